// What ops say about themselves, against what the reference does with numbers.

import { assert, assertEquals } from "@std/assert";
import { allOps } from "../../dev/testing/ops/all.ts";
import { randomSource, value } from "../../dev/testing/ops/harness.ts";
import { T } from "../../mod.ts";
import type { DType } from "../graph/dtype.ts";
import { makeConstant, outputOf, type Variable } from "../graph/graph.ts";
import { type Fact, heldInputs } from "../graph/op.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { intConstant } from "./common/arguments.ts";
import { asVariable } from "./common/literal.ts";
import { inRange, lengthOr } from "./common/checks.ts";
import { filledLike } from "./create/fill.ts";
import { padded } from "./nn/window.ts";
import { specifyShapeOp } from "./shape/shape_ops.ts";
import { elementwiseOps } from "./elementwise/table.ts";
import type { ElementwiseOp } from "./elementwise/op.ts";

type List = readonly number[];

function evaluated(op: ElementwiseOp, inputs: readonly List[], dtype: DType = "float64"): number[] {
  const constants = inputs.map((list) => makeConstant(value(dtype, [list.length], list)));
  const [found] = evaluateGraph([outputOf(op, constants, {})], new Map());
  return Array.from(found!.data as ArrayLike<number | bigint>, Number);
}

/** An application of each op whose output holds elements of its inputs. */
const holding = (): Variable[] => {
  const x = T.constant([[7, 2, 5], [1, 9, 4]]),
    n = intConstant(2),
    v = asVariable([1, 0, 1], "int64");
  return [
    ...[x.T, x.reshape([3, 2]), x.at(1), x.at(v), T.broadcastTo(x, [2, 2, 3])],
    ...[
      x.copy(),
      outputOf(specifyShapeOp, [x], { shape: [null, 3] }),
      T.sort(x, 1),
      T.concatenate([x, x], 0),
    ],
    ...[T.makeVector([x.at(0, 0), x.at(1, 1)]), filledLike(x, x.at(0, 0))],
    ...[padded(x, T.constant(3), [0], [n], [n]), inRange(v, 9, "Cannot take")],
    lengthOr(n, { action: "Cannot take" }),
  ];
};

Deno.test("an output that holds elements of inputs holds no others", () => {
  const met = new Set<string>();
  for (const made of holding()) {
    const { op } = made.owner!, held = heldInputs(made.owner!);
    assert(held !== null, op.name);
    const [value, ...from] = evaluateGraph([made, ...held], new Map());
    const all = new Set(from.flatMap(({ data }) => Array.from<number | bigint>(data).map(Number)));
    for (const element of value!.data) assert(all.has(Number(element)), op.name);
    met.add(op.name);
  }
  const says = [...allOps.values()].filter(({ holds, facts }) => holds || facts?.has("moves"));
  assertEquals(says.map(({ name }) => name).filter((name) => !met.has(name)), []);
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
    evaluated(op, [sizes, sizes.toReversed()], "int64").every((y) => y >= 0),
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
