import { assertEquals, assertThrows } from "@std/assert";
import { DisconnectedInputError } from "../core/base/errors.ts";
import { makeValue, type Value } from "../core/graph/value.ts";
import { mul, pow } from "../core/ops/elementwise/elementwise.ts";
import { index } from "../core/ops/index/indexing.ts";
import { dot } from "../core/ops/linalg/linalg.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import {
  anyInput,
  evaluate,
  expectClose,
  input,
  numbers,
  run,
} from "../dev/testing/ops/harness.ts";
import * as T from "../core/api/t.ts";
import type { Variable } from "../core/graph/graph.ts";
import { hessian, jacobian } from "./mod.ts";
import cases from "../dev/testing/autodiff/cases.json" with { type: "json" };

// Loops are tested in scan/; here lengths are known and rows are made one by one.
const m = input("float64", [2, 3], "m"), v = input("float64", [3], "v");
const pair = input("float64", [2], "pair"), other = input("float64", [2], "other");

function value(shape: readonly number[], data: unknown): Value {
  return makeValue("float64", shape, [data].flat(Infinity) as number[]);
}

function flat(data: unknown): number[] {
  return [data].flat(Infinity) as number[];
}

Deno.test("the Jacobian matrix of a vector, a list of them, and of a scalar", () => {
  const { inputs, outputs } = cases["grad-jacobian"];
  const feeds = [[m, value([2, 3], inputs.m_val)], [v, value([3], inputs.v_val)]] as const;
  const results = evaluate(jacobian(pow(dot(m, v), 2), [m, v]) as Variable[], feeds);
  assertEquals(results.map(({ shape }) => shape), [[2, 2, 3], [2, 3]]);
  results.forEach((result, i) => expectClose(numbers(result), flat(outputs[i]), 1e-9));
  const js = jacobian(sum(pow(v, 2)), v);
  expectClose(run(js, feeds.slice(1)), flat(outputs[2]), 1e-9);
});

Deno.test("Hessian matrices", () => {
  const { inputs, outputs } = cases["grad-hessian"];
  const feeds = [[pair, value([2], inputs.v_val)], [other, value([2], inputs.u_val)]] as const;
  const h = hessian(mul(sum(pow(pair, 3)), index(pair, [0])), pair);
  const z = hessian(sum(mul(pair, 2)), pair);
  const both = hessian(sum(mul(pow(pair, 2), pow(other, 3))), [pair, other]);
  expectClose(run(h, feeds.slice(0, 1)), flat(outputs[0]), 1e-9);
  assertEquals(run(z, feeds.slice(0, 1)), [0, 0, 0, 0]);
  const blocks = evaluate(both as Variable[], feeds).map(numbers);
  expectClose(blocks[0]!, flat(outputs[2]), 1e-9);
  expectClose(blocks[1]!, flat(outputs[3]), 1e-9);
});

Deno.test("variables that nothing depends on", () => {
  const square = pow(pair, 2);
  assertThrows(() => jacobian(square, other), DisconnectedInputError);
  const zeros = jacobian(square, other, { disconnectedInputs: "ignore" });
  assertEquals(run(zeros, [[other, value([2], [1, 2])]]), [0, 0, 0, 0]);
  const list = jacobian(square, [other, pair], {
    disconnectedInputs: "ignore",
    returnDisconnected: "none",
  });
  assertEquals(list[0] as unknown, null);
  assertEquals(run(list[1]!, [[pair, value([2], [1, 2])]]), [2, 0, 0, 4]);
});

Deno.test("derivatives of a matrix in matrices, and second ones in a matrix and a scalar", () => {
  const a = input("float64", [2, 2], "a"), k = input("float64", [], "k");
  const [p, q, r, s] = [1.5, -2, 0.5, 3] as const, feed = [a, value([2, 2], [p, q, r, s])] as const;
  const one = [k, value([], [2])] as const;
  const [byA, byK] = evaluate(jacobian(mul(dot(a, a), k), [a, k]) as Variable[], [feed, one]);
  assertEquals([byA!.shape, byK!.shape], [[2, 2, 2, 2], [2, 2]]);
  const squared = [p * p + q * r, p * q + q * s, r * p + s * r, r * q + s * s];
  // d(A·A)[i,j] / dA[k,l] = (i = k) A[l,j] + A[i,k] (l = j)
  const m = [[p, q], [r, s]], pairs = [0, 1].flatMap((i) => [0, 1].map((j) => [i, j] as const));
  const wanted = pairs.flatMap(([i, j]) =>
    pairs.map(([k, l]) => 2 * ((i === k ? m[l]![j]! : 0) + (l === j ? m[i]![k]! : 0)))
  );
  expectClose(numbers(byA!), wanted, 1e-12);
  expectClose(numbers(byK!), squared, 1e-12);
  const cost = sum(mul(dot(a, a), pow(k, 3)));
  const [inMatrix, inScalar] = evaluate(hessian(cost, [a, k]) as Variable[], [feed, one]);
  // d2(sum A·A) / dA[i,j] dA[k,l] = (j = k) + (i = l)
  const second = pairs.flatMap(([i, j]) =>
    pairs.map(([k, l]) => 8 * (Number(j === k) + Number(i === l)))
  );
  assertEquals(inMatrix!.shape, [2, 2, 2, 2]);
  expectClose(numbers(inMatrix!), second, 1e-12);
  expectClose(numbers(inScalar!), [12 * squared.reduce((x, y) => x + y)], 1e-12);
});

Deno.test("what is no number is an error", () => {
  const n = anyInput("int64", 1, "n");
  assertThrows(() => jacobian(pair, n), TypeError, "int64");
  assertThrows(() => jacobian(3 as unknown as Variable, pair), TypeError, "the number 3");
});

Deno.test("types: derivatives have the dtype of the variable, and the ranks of both", () => {
  const x = T.tensor("float64", [3], "x"), m = T.fmatrix("m"), cost = x.sqr().sum().add(m.sum());
  const second: Variable<"float64", 2> = hessian(cost, x);
  const [one] = hessian(cost, [x]), [byVector, byMatrix] = jacobian(x.mul(m.sum()), [x, m]);
  const listed: readonly [Variable<"float64", 2>, Variable<"float64", 2>, Variable<"float32", 3>] =
    [
      one,
      byVector,
      byMatrix,
    ];
  const slope: Variable<"float32", 2> = jacobian(cost, m);
  const k = T.tensor("float32", [2, 2], "k"), [again] = jacobian(k.dot(k), [k]);
  const twice: Variable<"float32", 4> = hessian(k.sqr().sum(), k);
  const rank4: Variable<"float32", 4> = again;
  // @ts-expect-error it may be null
  const maybe: Variable<"float64", 2> = hessian(cost, x, { returnDisconnected: "none" });
  assertEquals([second, ...listed, slope, twice, rank4, maybe].map((v) => [v.dtype, v.ndim]), [
    ["float64", 2],
    ["float64", 2],
    ["float64", 2],
    ["float32", 3],
    ["float32", 2],
    ["float32", 4],
    ["float32", 4],
    ["float64", 2],
  ]);
});
