// What ops say about themselves, against what the reference does with numbers.

import { assert, assertEquals } from "@std/assert";
import { allOps } from "../../dev/testing/ops/all.ts";
import { randomSource, value } from "../../dev/testing/ops/harness.ts";
import { programs } from "../../dev/testing/ops/programs.ts";
import type { DType } from "../graph/dtype.ts";
import { makeConstant, outputOf } from "../graph/graph.ts";
import { type Fact, heldInputs } from "../graph/op.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { elementwiseOps } from "./elementwise/table.ts";
import type { ElementwiseOp } from "./elementwise/op.ts";

type List = readonly number[];

function evaluated(op: ElementwiseOp, inputs: readonly List[], dtype: DType = "float64"): number[] {
  const constants = inputs.map((list) => makeConstant(value(dtype, [list.length], list)));
  const [found] = evaluateGraph([outputOf(op, constants, {})], new Map());
  return Array.from(found!.data as ArrayLike<number | bigint>, Number);
}

Deno.test("an output that holds elements of inputs holds no others", () => {
  const met = new Set<string>();
  for (const { apply, feeds } of programs(3, {})) {
    const held = heldInputs(apply);
    if (held === null) continue;
    const [value, ...from] = evaluateGraph([apply.output, ...held], feeds);
    const all = new Set(from.flatMap(({ data }) => Array.from<number | bigint>(data).map(Number)));
    for (const element of value!.data) assert(all.has(Number(element)), apply.op.name);
    if (value!.data.length > 0) met.add(apply.op.name);
  }
  const says = [...allOps.values()].filter(({ holds, facts }) => holds || facts?.has("moves"));
  assertEquals(says.map(({ name }) => name).filter((name) => !met.has(name)), []);
});

Deno.test("what a fact says of where it counts is so", async () => {
  const root = new URL("../../", import.meta.url);
  const text = await Deno.readTextFile(new URL("core/graph/op.ts", root));
  const list = text.slice(text.indexOf("export type Fact"), text.indexOf("/** Machine type in"));
  const facts = [...list.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*\| "(\w+)"/gs)];
  assertEquals(facts.length, list.match(/\| "/g)!.length);
  for (const [, words, fact] of facts) {
    const files = [...words!.matchAll(/`([\w/]+\.ts)`/g)].map(([, path]) => path!);
    assert(files.length > 0, fact);
    for (const path of files) {
      const code = await Deno.readTextFile(new URL(path, root)).catch(() => "");
      assert(code.includes(`"${fact}"`), `${fact}: ${path} does not ask for it`);
    }
  }
});

const next = randomSource(3);
const some = Array.from({ length: 80 }, (_, i) => (next() * 2 - 1) * [1, 2, 8, 50][i % 4]!)
  .sort((a, b) => a - b);
const integers = some.map(Math.round);
const negative = some.map((x) => -x), sizes = integers.map(Math.abs);
const close = (x: number, y: number) => Object.is(x, y) || Math.abs(x - y) <= 1e-12 * Math.abs(y);

/** Whether a fact holds for numbers. */
const holds: Partial<Record<Fact, (op: ElementwiseOp) => boolean>> = {
  even: (op) => {
    const mirrored = evaluated(op, [negative]);
    return evaluated(op, [some]).every((y, i) => close(mirrored[i]!, y));
  },
  odd: (op) => {
    const mirrored = evaluated(op, [negative]);
    return evaluated(op, [some]).every((y, i) => Number.isNaN(y) || close(-mirrored[i]!, y));
  },
  rising: (op) => {
    const small = some.filter((x) => Math.abs(x) < 10), found = evaluated(op, [small]);
    return found.every((y, i) => i === 0 || y >= found[i - 1]!) && new Set(found).size > 40;
  },
  notNegative: (op) => evaluated(op, [some]).every((y) => !(y < 0)),
  keepsNotNegative: (op) =>
    evaluated(op, [sizes, sizes.toReversed()].slice(0, op.arity), "int64").every((y) => y >= 0),
  rounding: (op) =>
    evaluated(op, [some]).every(Number.isInteger) &&
    evaluated(op, [integers]).every((y, i) => y === integers[i]),
};

for (const [fact, isTrue] of Object.entries(holds)) {
  const having = Object.values(elementwiseOps).filter(({ facts }) => facts?.has(fact as Fact));
  Deno.test(`${fact}: ${having.map(({ name }) => name).join(", ")}`, () => {
    assert(having.length > 0);
    assertEquals(having.filter((op) => !isTrue(op)).map(({ name }) => name), []);
    // It tells those that have it from others.
    const wrong = Object.values(elementwiseOps).some((op) => {
      try {
        return op.arity === having[0]!.arity && !isTrue(op);
      } catch {
        return false;
      }
    });
    assert(wrong);
  });
}
