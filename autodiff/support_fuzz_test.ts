import "../dev/testing/compiling.ts";
import { assert } from "@std/assert";
import { makeConstant, makeVariable } from "../core/graph/graph.ts";
import { makeValue } from "../core/graph/value.ts";
import { optimise } from "../core/rewrite/mod.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import { TensorType } from "../core/graph/type.ts";
import { grad, pp, scan, T, type Variable } from "../all.ts";

const points = [-1, 0, 2, NaN, 0.4, 1, 1000, -0.5];

const unary: readonly ((v: Variable) => Variable)[] = [
  T.sqrt,
  T.log,
  T.reciprocal,
  T.exp,
  T.sqr,
  T.neg,
  T.tanh,
  T.acos,
  T.log1p,
  T.gammaln,
  T.atanh,
  T.abs,
  T.cosh,
  T.acosh,
  T.erfinv,
  (v) => T.pow(v, 1.5),
  (v) => T.pow(2, v),
  (v) => T.maximum(v, 0.5),
  (v) => T.clip(v, -1, 1),
  (v) => T.mod(v, 0.7),
  (v) => T.where(v.gt(0.3), v, v.mul(2)),
  (v) => T.concatenate([v, v]).slice(T.shape(v).at(0)),
  (v) => v.slice(null, null, -1).slice(null, null, -1),
  (v) => T.stack([v, v.mul(2)]).sum(0),
  (v) => T.reshape(T.dimshuffle(v, "x", 0), [-1]),
  (v) => T.dot(T.stack([v, T.neg(v)], 1), T.constant([2, 0.5])),
  (v) => T.prod(T.stack([v, T.cos(v), T.exp(v)], 1), 1),
  (v) => T.cumprod(T.stack([v, T.cos(v)], 1), 1).sum(1),
  (v) => T.logdiffexp(v, 0.4),
  (v) => T.dot(T.constant([[0.5, -1]]), T.stack([v, T.sqr(v)])).at(0),
  (v) => scan((e: Variable) => T.sin(e).mul(e), { sequences: v })[0] as Variable,
];
const binary = [T.mul, T.div, T.add, T.sub, T.pow, T.maximum, T.atan2, T.logaddexp] as readonly ((
  a: Variable,
  b: Variable,
) => Variable)[];

/** Random functions of vectors, element by element. */
function program(seed: number): (x: Variable) => Variable {
  return (x) => {
    let state = seed * 7919 + 1;
    const next = (n: number) => (state = state * 16807 % 2147483647) % n;
    const build = (depth: number): Variable =>
      depth === 0
        ? x
        : next(3) > 0
        ? unary[next(unary.length)]!(build(depth - 1))
        : binary[next(binary.length)]!(build(depth - 1), build(depth - 1));
    return build(1 + seed % 4);
  };
}

const bools = (of: readonly boolean[]) =>
  makeConstant(makeValue("bool", [of.length], of.map((b) => b ? 1n : 0n)));
const x = makeVariable(TensorType.of("float64", [null]));
const at = (values: readonly number[]) =>
  new Map([[x, makeValue("float64", [values.length], values)]]);
const numbersOf = (graph: Variable, values: readonly number[]) =>
  Array.from(evaluateGraph([graph], at(values))[0]!.data, Number);

Deno.test("gradients of random functions are those of what was chosen", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const y = program(seed)(x);
    const slope = grad(y.sum(), x, { disconnectedInputs: "ignore" }) as Variable;
    // One element at a time: nothing is left out.
    const alone = points.map((p) => [numbersOf(y, [p])[0]!, numbersOf(slope, [p])[0]!] as const);
    const good = alone.map((pair) => pair.every(Number.isFinite));
    const chosen = bools(good), others = bools(good.map((b) => !b));
    const expected = alone.map(([, g], i) => good[i] ? g : 0);
    const costs = [
      T.where(chosen, y, 0).sum(),
      T.where(others, 0, y).mean().mul(points.length),
      T.setIndex(y, [T.nonzero(others)[0]!], 0).sum(),
      y.at(T.nonzero(chosen)[0]!).sum(),
      ...good.some((b) => b)
        ? [good.flatMap((b, i) => b ? [y.at(i)] : []).reduce((sum, part) => sum.add(part))]
        : [],
    ];
    for (const cost of costs) {
      const plain = grad(cost, x, { disconnectedInputs: "ignore" }) as Variable;
      for (const gradient of [plain, optimise([plain])[0]!]) {
        numbersOf(gradient, points).forEach((found, i) => {
          const close = Math.abs(found - expected[i]!) <= 1e-9 + 1e-6 * Math.abs(expected[i]!);
          assert(close, `${found}, not ${expected[i]} at ${points[i]} (${seed}): ${pp(y)}`);
        });
      }
    }
  }
});
