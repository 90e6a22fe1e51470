import { assertEquals, assertThrows } from "@std/assert";
import { MissingInputError } from "../base/errors.ts";
import { makeValue, type Value } from "./value.ts";
import { evaluateGraph } from "./reference.ts";
import * as T from "../api/t.ts";
import type { Variable } from "./graph.ts";

const x = T.dscalar("x"), c = T.scalar("c", "bool");

function number(n: number): Value {
  return makeValue("float64", [], [n]);
}

function only(output: Variable, ...inputs: [Variable, Value][]): number {
  return Number(evaluateGraph([output], new Map(inputs))[0]!.data[0]);
}

Deno.test("values of several outputs, shared parts once", () => {
  const y = x.exp();
  const [a, b] = evaluateGraph([y.add(1), y], new Map([[x, number(0)]]));
  assertEquals([a!.data[0], b!.data[0]], [2, 1]);
});

Deno.test("a value can be given for anything in between", () => {
  const y = x.exp();
  assertEquals(only(y.mul(2), [y, number(21)]), 42);
});

Deno.test("a missing value is an error that names the variable", () => {
  assertThrows(
    () => only(x.add(1)),
    MissingInputError,
    'Cannot evaluate the graph: "x" has no value',
  );
});

Deno.test("only the chosen branch of ifelse is evaluated", () => {
  const absent = T.dscalar("absent");
  const choice = T.ifelse(c, x.add(1), absent.mul(2));
  const yes: [Variable, Value] = [c, makeValue("bool", [], [1])];
  const no: [Variable, Value] = [c, makeValue("bool", [], [0])];
  assertEquals(only(choice, yes, [x, number(1)]), 2);
  assertEquals(only(choice, no, [absent, number(4)]), 8);
  assertThrows(() => only(choice, no, [x, number(1)]), MissingInputError, '"absent"');
});

Deno.test("deep graphs are no deeper than memory", () => {
  let y: Variable = x;
  for (let k = 0; k < 50_000; k++) y = y.add(1);
  assertEquals(only(y, [x, number(0)]), 50_000);
});

Deno.test("sums and products of integers wrap, and do not round", () => {
  const n = 1408960381, wrapped = Math.imul(n, n);
  const x = T.constant(new Int32Array([n, -n]));
  const results = evaluateGraph(
    [T.dot(x, x), T.cumprod(x).at(1), T.prod(x, { dtype: "int32" })],
    new Map(),
  );
  assertEquals(results.map(({ data }) => Number(data[0])), [2 * wrapped | 0, -wrapped, -wrapped]);
});
