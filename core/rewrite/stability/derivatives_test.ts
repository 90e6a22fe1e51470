// Derivatives of what saturates, and of lengths, at the points where other forms of them have no digits.

import { assert } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, grad, scan, T, type Variable } from "../../../all.ts";

type Write = (x: Variable) => Variable;

const inSteps = (f: Write): Write => (x) =>
  scan((e: Variable) => f(e) as Variable, { sequences: x })[0] as Variable;

const slopeOf = (at: number) => Math.exp(-Math.abs(at)) / (1 + Math.exp(-Math.abs(at))) ** 2;

/** What is computed, how often it is differentiated, where, and what comes of it. */
const rows: readonly (readonly [Write, number, readonly number[], readonly number[]])[] = [
  // By the result, which is 1 there.
  [T.sigmoid as Write, 1, [-30, 0, 30, 80], [slopeOf(-30), slopeOf(0), 0, 0]],
  [inSteps(T.sigmoid as Write), 1, [-30, 30, 80], [slopeOf(-30), 0, 0]],
  [T.softplus as Write, 2, [-30, 30, 80], [-30, 30, 80].map(slopeOf)],
  [inSteps(T.softplus as Write), 2, [-30, 30, 80], [-30, 30, 80].map(slopeOf)],
  [inSteps(T.tanh as Write), 2, [1e-9], [-2e-9]],
  [(x) => T.sum(T.mul(T.exp(x), T.sigmoid(T.neg(x)))), 1, [30, 500], [slopeOf(30), 0]],
  [(x) => T.div(T.sinh(x), T.cosh(x)), 0, [300, -0.5], [1, Math.tanh(-0.5)]],
  // Around 0 a length has a curvature, and beside what is as long.
  [(x) => T.hypot(x, 4), 2, [0, 3, 1e15], [0.25, 16 / 125, 16e-45]],
  [(x) => T.sqrt(T.add(T.sqr(x), 16)), 2, [0, 3, 4, 1e15], [0.25, 16 / 125, 0.25 / 2 ** 1.5, 0]],
  [(x) => T.hypot(x, 1), 3, [1, 0], [-3 / 2 ** 2.5, 0]],
  [inSteps((x) => T.sqrt(T.add(T.sqr(x), 1))), 1, [1e30, -1e30, 0], [1, -1, 0]],
  [(x) => T.log(T.sqr(x)), 1, [1e-30, -1e30], [2e30, -2e-30]],
  [(x) => T.log(T.prod(x)), 1, [-1e30, -1e30, 0.5], [-1e-30, -1e-30, 2]],
  [(x) => T.log(T.prod(x)), 0, [-1, 2, 3], [NaN]],
  [(x) => T.log(T.gamma(x)), 0, [60, -1.5, -0.5], [
    184.53382886144948,
    0.860047015376481,
    NaN,
  ]],
  // Logistic functions that underflow, and powers of exponentials.
  [(x) => T.log1p(twiceLogistic(x)), 0, [90, 1000, 0], [Math.log(3), Math.log(3), Math.LN2]],
  [(x) => T.log1p(twiceLogistic(x)), 1, [0, 1000], [0.25, 0]],
  [twiceLogistic, 0, [200, -200, 0], [2, 0, 1]],
  [twiceLogistic, 1, [200, -30, 0], [0, 2 * slopeOf(-30), 0.5]],
  [(x) => T.div(T.sum(T.exp(x)), T.add(T.exp(x), 1)), 0, [100, 101], [
    1 + Math.E,
    1 + 1 / Math.E,
  ]],
  [(x) => T.log(T.sum(T.sigmoid(x))), 0, [-200, -201, -300], [Math.log1p(1 / Math.E) - 200]],
  [(x) => T.log(T.sum(T.sigmoid(x))), 1, [-200, -201, -300], [
    1 / (1 + 1 / Math.E),
    1 / (1 + Math.E),
    0,
  ]],
  [(x) => T.log(T.add(T.sigmoid(x), T.sigmoid(T.mul(2, x)))), 1, [-200, 200], [1, 0]],
  [(x) => T.log(T.sum(T.mul(T.exp(x), T.sigmoid(x)))), 0, [-200, -201], [
    Math.log1p(Math.exp(-2)) - 400,
  ]],
  [(x) => T.log(T.sum(T.sqr(T.sqrt(T.exp(x))))), 0, [200, 201], [201 + Math.log1p(1 / Math.E)]],
  // Powers of sums of them, in all spellings.
  [(x) => T.log(T.sqr(T.sum(T.exp(x)))), 0, [200, 201], [402 + 2 * Math.log1p(1 / Math.E)]],
  [(x) => T.log(twice(T.sum(T.exp(x)))), 1, [-200, -201], [2 / (1 + 1 / Math.E), 2 / (1 + Math.E)]],
  [(x) => T.log(T.pow(T.add(T.exp(x), 1), 2)), 1, [-30, 200], [2 * Math.exp(-30), 2]],
  [(x) => T.log(T.add(T.sqr(T.sqrt(T.exp(x))), 1)), 2, [-30, 30, 80], [-30, 30, 80].map(slopeOf)],
  [(x) => T.log(T.add(T.pow(T.exp(x), 1.5), 1)), 1, [-40, 200], [1.5 * Math.exp(-60), 1.5]],
  [(x) => T.log(T.sum(T.pow(T.exp(x), -1.5))), 1, [-200, -202, 200], [
    -1.5 / (1 + Math.exp(3)),
    -1.5 / (1 + Math.exp(-3)),
    0,
  ]],
];

const twice: Write = (x) => T.mul(x, x);

/** (exp(x) + exp(x)) / (exp(x) + 1) */
function twiceLogistic(x: Variable): Variable {
  const e = T.exp(x);
  return T.div(T.add(e, e), T.add(e, 1));
}

onDevices("derivatives where other forms have no digits", async (device) => {
  const inputs = rows.map(([, , at]) => T.tensor("float32", [at.length]) as Variable);
  const outputs = rows.map(([write, order], i) => {
    let value = write(inputs[i]!);
    for (let k = 0; k < order; k++) value = grad(T.sum(value), inputs[i]!) as Variable;
    return value;
  });
  const f = await compile(inputs, outputs, { device });
  const results = f(...rows.map(([, , at]) => [...at])).map(numbers);
  for (const [i, [, order, at, expected]] of rows.entries()) {
    expected.forEach((want, k) => {
      const have = results[i]![k]!, error = Math.abs(have - want);
      // Below 1e-38 there is nothing left in float32.
      const isRight = Object.is(have, want) || error <= 3e-5 * Math.abs(want) || error < 1e-37;
      assert(isRight, `row ${i}, order ${order} at ${at[k]}: ${have}, not ${want}`);
    });
  }
});
