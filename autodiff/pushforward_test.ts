// Forward mode of every op, against reverse mode and finite differences.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type DType, isComplex, isFloat } from "../core/graph/dtype.ts";
import { makeConstant } from "../core/graph/graph.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import { makeValue, type Value } from "../core/graph/value.ts";
import { allOps } from "../dev/testing/ops/all.ts";
import { examples } from "../dev/testing/ops/examples.ts";
import { type Program, programs } from "../dev/testing/ops/programs.ts";
import {
  compile,
  Lop,
  NullGradientError,
  pp,
  Rop,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../all.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { alwaysZero, neverConnected } from "./rule.ts";
import { gradientRule } from "./rules.ts";

/** Ops whose derivatives are not those of their value. */
const redefined = ["zeroGrad", "disconnectedGrad", "gradScale", "gradClip", "bitcast"];

/** Something along which to move, other than zero. */
function direction({ dtype, shape, data }: Value, by: number): Value {
  const values = Float64Array.from(
    { length: data.length },
    (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * by) + 0.1,
  );
  return makeValue(dtype, shape, values);
}

const kindsOfNumbers: readonly (readonly DType[])[] = [
  ["float64", "int32", "uint32", "int64", "bool"],
  ["float64"],
  ["complex128", "float64"],
  // What is drawn is no float64.
  ["float32", "uint32"],
];

const inner = (a: Value, b: Value) =>
  Array.from(a.data as Float64Array).reduce((sum, x, i) => sum + x * Number(b.data[i]), 0);

/** The change of what a program gives, by a difference along a direction. */
function difference(
  { output, feeds }: Program,
  moves: readonly (readonly [Variable, Value])[],
): Value {
  const step = 1e-6;
  const at = (by: number) => {
    const points = new Map(feeds);
    for (const [variable, move] of moves) {
      const { dtype, shape, data } = feeds.get(variable)!;
      const moved = Float64Array.from(
        data as Float64Array,
        (x, i) => x + by * Number(move.data[i]),
      );
      points.set(variable, makeValue(dtype, shape, moved));
    }
    return evaluateGraph([output], points)[0]!;
  };
  const [after, before] = [at(step), at(-step)];
  const data = Float64Array.from(
    after.data as Float64Array,
    (x, i) => (x - Number(before.data[i])) / (2 * step),
  );
  return makeValue(after.dtype, after.shape, data);
}

/** Says where forward mode, reverse mode and differences do not agree; null if they do. */
function differs(program: Program): string | null {
  const { name, output, feeds } = program;
  const points = [...feeds].filter(([v]) => isFloat(v.dtype) || isComplex(v.dtype));
  if (points.length === 0 || !(isFloat(output.dtype) || isComplex(output.dtype))) return null;
  const wrt = points.map(([v]) => v), moves = points.map(([, value], i) => direction(value, i));
  const [value] = evaluateGraph([output], feeds) as [Value];
  const row = direction(value, 17), weights = makeConstant(row);
  try {
    const ahead = Rop([output], wrt, moves.map((move) => makeConstant(move)), {
      disconnectedOutputs: "ignore",
    });
    const back = Lop([output], wrt, [weights], { disconnectedInputs: "ignore" }) as Variable[];
    const [change, ...rows] = evaluateGraph([...ahead, ...back], feeds) as [Value, ...Value[]];
    if (change.shape.join() !== value.shape.join() || ahead[0]!.dtype !== output.dtype) {
      return `${ahead[0]!.type} [${change.shape}] instead of ${output.type} [${value.shape}]`;
    }
    const forward = inner(row, change);
    const reverse = rows.reduce((sum, one, i) => sum + inner(one, moves[i]!), 0);
    const isRough = feeds.values().some(({ dtype }) => dtype === "float32");
    const isNear = (other: number, unit: number) =>
      Math.abs(forward - other) <= unit * Math.max(1, Math.abs(forward));
    if (name !== "gradClip" && !isNear(reverse, isRough ? 1e-4 : 1e-8)) {
      return `forward ${forward}, reverse ${reverse}`;
    }
    if (isRough || redefined.includes(name)) return null;
    const found = inner(row, difference(program, points.map(([v], i) => [v, moves[i]!])));
    return isNear(found, 1e-4) ? null : `forward ${forward}, difference ${found}`;
  } catch (error) {
    return error instanceof NullGradientError ? null : String(error);
  }
}

Deno.test("every op has a rule for forward mode, is linear, or has no derivative", () => {
  const linear = new Set(
    programs(1, { lengths: [2, 3] }).flatMap(({ name, apply }) =>
      (apply.op.linear?.(apply) ?? []).length > 0 ? [name] : []
    ),
  );
  const without = [...allOps.keys()].filter((name) => {
    const rule = gradientRule(name)!, isFlat = rule === alwaysZero || rule === neverConnected;
    return !rule.pushforward && !isFlat && !linear.has(name);
  });
  // Counts change in jumps; what is found in some other way says its gradient alone.
  assertEquals(without.sort(), ["binomialInverse", "customVjp", "poissonInverse"]);
});

Deno.test("forward mode of every op is reverse mode turned round, and what differences say", () => {
  const wrong: string[] = [], made = new Set<string>();
  for (const among of kindsOfNumbers) {
    for (
      const program of programs(among.length === 1 ? 4 : 2, {
        style: "domain",
        lengths: [2, 3],
        among,
      })
    ) {
      made.add(program.name);
      const problem = differs(program);
      if (problem !== null) wrong.push(`${program.name}: ${pp(program.output)}: ${problem}`);
    }
  }
  assertEquals([...examples.keys()].filter((name) => !made.has(name)), []);
  assertEquals(wrong, []);
});

onDevices("forward mode of each family of ops, as plans compute it", async (device) => {
  const x = T.fmatrix("x"), u = T.fmatrix("u");
  const spd = T.add(T.matmul(x, x.T), T.eye(3, 3, 0, "float32")), { linalg } = T;
  const families: Record<string, Variable> = {
    elementwise: T.mul(T.sin(x), T.pow(T.abs(x), 1.5)),
    reductions: T.stack([T.prod(x), T.max(x), T.sum(T.cumprod(x, 1))]),
    order: T.sort(x, 1),
    indexing: T.setSubtensor(x.at(0), T.sqr(x.take([2, 0, 1], 1).at(1))),
    choices: T.ifelse(x.at(0, 0).gt(0), T.log(T.abs(x)), x) as Variable,
    convolutions: T.conv2d(x.reshape([1, 1, 3, 3]), T.sqr(x.slice(1).reshape([1, 1, 2, 3]))),
    solutions: T.matmul(linalg.solve(spd, x), linalg.cholesky(spd)),
    decompositions: T.stack([linalg.det(x), linalg.eigh(spd)[0].at(2), linalg.svd(x)[1].at(0)]),
  };
  const changes = Object.values(families).map((y) => Rop(y, x, u));
  const numbersOf = [[1.2, -0.7, 0.4, 0.3, 0.9, -1.1, 0.8, 0.5, 2.0], [
    1,
    0.5,
    -1,
    2,
    0,
    1,
    0,
    -2,
    1,
  ]];
  const values = numbersOf.map((data) => makeValue("float32", [3, 3], data));
  const expected = evaluateGraph(changes, new Map([[x, values[0]!], [u, values[1]!]]));
  const f = await compile([x, u], changes, { device });
  const [a, b] = numbersOf.map((data) => tensor(Float32Array.from(data), { shape: [3, 3] }));
  (f(a!, b!) as unknown as Tensor[]).forEach((found, i) => {
    const name = `${Object.keys(families)[i]}`, wanted = expected[i]!;
    assertEquals(found.shape, wanted.shape, name);
    numbers(found).forEach((one, k) => assertAlmostEquals(one, Number(wanted.data[k]), 2e-3, name));
  });
});
