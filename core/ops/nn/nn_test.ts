import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeValue, type Value } from "../../graph/value.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import * as T from "../../api/t.ts";
import type { Variable } from "../../graph/graph.ts";

function near(
  actual: ArrayLike<number | bigint>,
  expected: readonly number[],
  tolerance = 1e-14,
): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((y, i) => {
    const x = Number(actual[i]);
    const isNear = Object.is(x, y) || x === y ||
      Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y));
    assert(isNear, `element ${i} is ${x}, not ${y}`);
  });
}

function run(output: Variable, ...inputs: [Variable, Value][]): ArrayLike<number | bigint> {
  return evaluateGraph([output], new Map(inputs))[0]!.data;
}

const v = T.dvector("v"), m = T.dmatrix("m");

function on(f: (x: Variable) => Variable, numbers: number[]): ArrayLike<number | bigint> {
  return run(f(v), [v, makeValue("float64", [numbers.length], numbers)]);
}

const points = [-3, -2, -0.75, 0, 0.5, 2.25, 4, 7];

Deno.test("activations at known points", () => {
  near(on(T.hardSigmoid, points), [0, 0.1, 0.35, 0.5, 0.6, 0.95, 1, 1]);
  near(on(T.ultraFastSigmoid, points), [
    0.05,
    0.125,
    0.2954545454545454,
    0.5,
    0.65,
    0.8970588235294117,
    0.9745867295035069,
    0.997527376843365,
  ]);
  near(on((x) => T.relu(x), points), [0, 0, 0, 0, 0.5, 2.25, 4, 7]);
  near(on((x) => T.relu(x, 0.1), points), [-0.3, -0.2, -0.075, 0, 0.5, 2.25, 4, 7]);
  near(on((x) => T.elu(x), points), [
    -0.950212931632136,
    -0.8646647167633873,
    -0.5276334472589853,
    0,
    0.5,
    2.25,
    4,
    7,
  ]);
  near(on(T.selu, points), [
    -1.6705687287671118,
    -1.520166468595695,
    -0.9276320158350512,
    0,
    0.5253504936777402,
    2.364077221549831,
    4.202803949421922,
    7.354906911488364,
  ]);
  near(on(T.softsign, points), [-0.75, -2 / 3, -0.75 / 1.75, 0, 1 / 3, 2.25 / 3.25, 0.8, 0.875]);
  near(on(T.silu, [0, 1]), [0, 1 / (1 + Math.exp(-1))]);
  near(on((x) => T.gelu(x), [0, 1, -1, -10]), [
    0,
    0.8413447460685429,
    -0.15865525393145707,
    -7.61985302416052e-23,
  ]);
  near(on((x) => T.gelu(x, { approximate: "tanh" }), [1]), [0.8411919906082768]);
});

Deno.test("activations keep NaN, and integers become floatX where they must", () => {
  for (const f of [T.relu, T.elu, T.selu, T.softsign, T.hardSigmoid, T.silu]) {
    near(on((x) => (f as (x: Variable) => Variable)(x), [NaN]), [NaN]);
  }
  assertEquals(T.relu(T.ivector()).dtype, "int32");
  assertEquals(T.elu(T.ivector()).dtype, "float32");
  assertThrows(() => T.gelu(v, { approximate: "sigmoid" as "tanh" }), TypeError, 'got "sigmoid"');
});

Deno.test("softmax: any axis, huge numbers, vectors stay vectors", () => {
  const e = Math.E, row = [1 / (1 + e), e / (1 + e)];
  const huge = makeValue("float64", [2, 2], [1000, 1001, -1000, -999]);
  near(run(T.softmax(m), [m, huge]), [...row, ...row]);
  near(run(T.softmax(m, 0), [m, huge]), [1, 1, 0, 0]);
  near(run(T.softmax(m, null), [m, huge]), [...row, 0, 0]);
  near(on((x) => T.softmax(x), [0, 1]), row);
  assertEquals(T.softmax(v).ndim, 1);
  near(run(T.logSoftmax(m), [m, huge]), [...row, ...row].map(Math.log));
  near(on((x) => T.logSoftmax(x), [0, 5000]), [-5000, 0]);
  assertThrows(() => T.softmax(v, 1), RangeError, 'Cannot take the softmax of "v"');
  assertThrows(() => T.softmax(T.dscalar("s")), RangeError);
  assertThrows(() => T.softmax(T.zvector("z")), TypeError, "expected real numbers, got complex128");
});

Deno.test("binary cross-entropy of probabilities and of logits", () => {
  const t = T.dvector("t");
  const both = (f: (p: Variable, t: Variable) => Variable, p: number[], y: number[]) =>
    run(f(v, t), [v, makeValue("float64", [p.length], p)], [
      t,
      makeValue("float64", [y.length], y),
    ]);
  near(both(T.binaryCrossentropy, [0.25, 0.25, 0.5], [1, 0, 0.5]), [
    Math.log(4),
    -Math.log(0.75),
    Math.LN2,
  ]);
  near(
    both(T.sigmoidBinaryCrossentropy, [0, 50, 50, -50, 1000, -1000], [1, 1, 0, 1, 0, 0]),
    [Math.LN2, Math.exp(-50), 50, 50, 1000, 0],
  );
  const mixed = T.binaryCrossentropy(T.fvector(), T.ivector());
  assertEquals(mixed.dtype, "float32");
});

Deno.test("categorical cross-entropy of distributions and of positions", () => {
  const p = makeValue("float64", [2, 3], [0.5, 0.25, 0.25, 0.1, 0.2, 0.7]);
  const y = T.ivector("y"), d = T.dmatrix("d");
  const picked = T.categoricalCrossentropy(m, y);
  near(run(picked, [m, p], [y, makeValue("int32", [2], [1, 2])]), [Math.log(4), -Math.log(0.7)]);
  const spread = T.categoricalCrossentropy(m, d);
  const targets = makeValue("float64", [2, 3], [0, 1, 0, 0.5, 0, 0.5]);
  near(run(spread, [m, p], [d, targets]), [Math.log(4), -(Math.log(0.1) + Math.log(0.7)) / 2]);
  const cube = T.dtensor3("c"), places = T.imatrix("places");
  near(
    run(
      T.categoricalCrossentropy(cube, places),
      [cube, makeValue("float64", [1, 2, 3], [...p.data])],
      [places, makeValue("int32", [1, 2], [0, 1])],
    ),
    [Math.LN2, -Math.log(0.2)],
  );
  assertThrows(
    () => T.categoricalCrossentropy(m, T.ivector()) && T.categoricalCrossentropy(m, T.iscalar("y")),
    TypeError,
    "expected targets of rank 2 or 1",
  );
  assertThrows(
    () => T.categoricalCrossentropy(m, T.fvector("y")),
    TypeError,
    "expected integers as positions",
  );
});
