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

Deno.test("what is no vector is an error", () => {
  const any = anyInput("float64", 2, "any"), n = anyInput("int64", 1, "n");
  assertThrows(() => jacobian(any, any), TypeError, "expected a vector or a scalar");
  assertThrows(() => hessian(sum(pow(any, 2)), any), TypeError, 'with respect to "any"');
  assertThrows(() => jacobian(pair, n), TypeError, "int64");
  assertThrows(() => jacobian(3 as unknown as Variable, pair), TypeError, "the number 3");
});

Deno.test("types: matrices of derivatives have the dtype of the variable, and its rank and one more", () => {
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
  // @ts-expect-error it may be null
  const maybe: Variable<"float64", 2> = hessian(cost, x, { returnDisconnected: "none" });
  assertEquals([second, ...listed, slope, maybe].map((v) => [v.dtype, v.ndim]), [
    ["float64", 2],
    ["float64", 2],
    ["float64", 2],
    ["float32", 3],
    ["float32", 2],
    ["float64", 2],
  ]);
});
