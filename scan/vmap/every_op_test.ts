import { assertEquals } from "@std/assert";
import { isFloat } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { evaluateGraph } from "../../core/graph/reference.ts";
import { fromTypedArray, toTypedArray, type Value } from "../../core/graph/value.ts";
import { replace } from "../../core/graph/walk.ts";
import { allOps } from "../../dev/testing/ops/all.ts";
import { input, randomSource } from "../../dev/testing/ops/harness.ts";
import { type Program, programs } from "../../dev/testing/ops/programs.ts";
import { expectRows, rowOf, stackedValue } from "../../dev/testing/ops/stacked.ts";
import { compile, T, tensor, vmap } from "../../all.ts";

const next = randomSource(11);

/** Ops whose numbers are other ones where the state is the same for all rows. */
const DRAWS = new Set(["draw", "drawEach"]);

/** The inputs of all rows, some of them the same for all, with rows along any axis. */
interface Case {
  readonly name: string;
  readonly output: Variable;
  readonly feeds: ReadonlyMap<Variable, Value>;
  readonly rows: readonly ReadonlyMap<Variable, Value>[];
  /** The inputs without rows. */
  readonly empty: readonly Value[];
  /** Whether integers have rows, which may be lengths. */
  readonly hasLengths: boolean;
}

/** The value with its first axis elsewhere. */
function moved(value: Value, to: number): Value {
  const place = input(value.dtype, value.shape);
  return evaluateGraph([T.moveaxis(place, 0, to)], new Map([[place, value]]))[0]!;
}

/** How many rows types tell: all of them, some of them, none. */
type Known = "some" | "none";

function asTensor(value: Value) {
  return tensor(toTypedArray(value), { dtype: value.dtype, shape: value.shape });
}

function caseOf({ name, output, feeds }: Program, count: number, known: Known): Case | null {
  const all = [...feeds], isDraw = DRAWS.has(name);
  const varies = all.map(([x]) => isDraw || next() < (isFloat(x.dtype) ? 0.7 : 0.3));
  if (!varies.includes(true)) varies[Math.floor(next() * varies.length)] = true;
  if (all.length === 0) return null;
  const rows = Array.from({ length: count }, () => new Map<Variable, Value>());
  const inAxes: (number | null)[] = [], given = new Map<Variable, Value>();
  const empty: Value[] = [];
  all.forEach(([x, value], i) => {
    if (!varies[i]) {
      inAxes.push(null);
      given.set(x, value);
      empty.push(value);
      rows.forEach((row) => row.set(x, value));
      return;
    }
    const axis = Math.floor(next() * (x.ndim + 1)), stack = stackedValue(value, count, next);
    const shape = [...x.type.shape];
    shape.splice(axis, 0, known === "some" && next() < 0.5 ? count : null);
    given.set(input(x.dtype, shape), moved(stack, axis));
    const none = [...value.shape.slice(0, axis), 0, ...value.shape.slice(axis)];
    empty.push({ ...value, shape: none, data: value.data.slice(0, 0) as Value["data"] });
    inAxes.push(next() < 0.5 ? axis : axis - x.ndim - 1);
    rows.forEach((row, k) => row.set(x, rowOf(stack, k)));
  });
  const inputs = all.map(([x]) => x);
  const f = (...args: Variable[]) =>
    replace([output], new Map(inputs.map((x, i) => [x, args[i]!])))[0]!;
  const outAxes = Math.floor(next() * (output.ndim + 1));
  const made = vmap(f, { inAxes, outAxes })(...given.keys()) as Variable;
  const hasLengths = all.some(([x], i) => varies[i]! && !isFloat(x.dtype));
  return { name, output: T.moveaxis(made, outAxes, 0), feeds: given, rows, empty, hasLengths };
}

const options = {
  style: "domain",
  lengths: [2, 3],
  among: ["float64", "float32", "int64", "complex128"],
} as const;
const all = programs(4, options);

Deno.test("every op is made for all rows, as it is for each", () => {
  const met = new Set<string>();
  for (const program of all) {
    const { name, output } = program, made = caseOf(program, 3, "some");
    if (made === null) continue;
    met.add(name);
    const each = made.rows.map((row) => evaluateGraph([output], row)[0]!);
    const [together] = evaluateGraph([made.output], made.feeds);
    expectRows(together!, each, 1e-6, `${name}: ${output}`);
  }
  assertEquals([...allOps.keys()].filter((name) => !met.has(name)), [], "an example of it");
});

Deno.test("so it is when compiled, also for no rows", async () => {
  const first = new Map(all.map((program) => [program.name, program] as const));
  const cases = [...first.values()].flatMap((program) => {
    const made = caseOf(program, 3, "none");
    return made === null ? [] : [{ ...made, one: program }];
  });
  for (let at = 0; at < cases.length; at += 16) {
    const part = cases.slice(at, at + 16);
    const inputs = part.flatMap(({ feeds }) => [...feeds.keys()]);
    const f = await compile(inputs, part.map(({ output }) => output), {
      device: "cpu",
      onUnusedInput: "ignore",
    });
    const results = f(...part.flatMap(({ feeds }) => [...feeds.values()].map(asTensor)));
    part.forEach(({ name, rows, one }, i) => {
      const result = results[i]!;
      const value = fromTypedArray(result.dtype, result.shape, result.dataSync());
      const each = rows.map((row) => evaluateGraph([one.output], row)[0]!);
      expectRows(value, each, 1e-4, `${name}: ${one.output}`);
    });
    const none = f(...part.flatMap(({ empty }) => empty.map(asTensor)));
    part.forEach(({ name, one, hasLengths }, i) => {
      const { shape } = one.expected;
      assertEquals(none[i]!.shape[0], 0, name);
      if (!hasLengths) assertEquals(none[i]!.shape, [0, ...shape], name);
    });
  }
});
