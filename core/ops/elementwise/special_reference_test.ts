import { assert, assertEquals } from "@std/assert";
import * as special from "./special_reference.ts";

/** Values to 17 digits, from arithmetic with more digits than are printed here. */
const known: [keyof typeof special, number, number][] = [
  ["erf", 0.5, 0.5204998778130465],
  ["erf", 1.5, 0.9661051464753108],
  ["erf", -3, -0.9999779095030014],
  ["erf", 1e-10, 1.1283791670955126e-10],
  ["erfc", 0.3, 0.6713732405408726],
  ["erfc", 1, 0.15729920705028513],
  ["erfc", 5, 1.5374597944280349e-12],
  ["erfc", 26, 5.663192408856143e-296],
  ["erfc", -2, 1.9953222650189527],
  ["erfinv", 0.3, 0.27246271472675443],
  ["erfinv", 0.99, 1.8213863677184496],
  ["erfcinv", 1e-10, 4.572824967389486],
  ["gamma", 0.5, Math.sqrt(Math.PI)],
  ["gamma", 5.5, 52.34277778455352],
  ["gamma", -1.5, 2.3632718012073544],
  ["gamma", 20.5, 5.406242982335075e17],
  ["gamma", 171.5, 9.483367566824801e307],
  ["gammaln", 1.2, -0.08537409000331584],
  ["gammaln", 3, Math.LN2],
  ["gammaln", 100.5, 361.4355404677776],
  ["gammaln", -0.5, 1.2655121234846454],
  ["digamma", 1, -0.5772156649015329],
  ["digamma", 0.1, -10.423754940411076],
  ["digamma", -0.5, 0.03648997397857652],
  ["trigamma", 1, Math.PI ** 2 / 6],
  ["trigamma", -0.5, 8.934802200544679],
  ["trigamma", 0.1, 101.43329915079276],
];

Deno.test("special functions have their known values to a few units in the last place", () => {
  for (const [name, x, expected] of known) {
    const value = (special[name] as (x: number) => number)(x);
    const error = Math.abs(value - expected);
    const scale = name === "digamma" ? Math.max(1, Math.abs(expected)) : Math.abs(expected);
    assert(error <= 16 * 2 ** -53 * scale, `${name}(${x}) is ${value}, not ${expected}`);
  }
});

Deno.test("special functions at the ends of their domains", () => {
  const { erf, erfc, erfcinv, erfinv, gamma, gammaln, digamma, trigamma, pow } = special;
  assertEquals([Infinity, -Infinity, NaN, -0].map(erf), [1, -1, NaN, -0]);
  assertEquals([Infinity, -Infinity, NaN, 30].map(erfc), [0, 2, NaN, 0]);
  assertEquals([1, -1, 1.1, NaN, -0].map(erfinv), [Infinity, -Infinity, NaN, NaN, -0]);
  assertEquals([0, 2, -1, 1].map(erfcinv), [Infinity, -Infinity, NaN, 0]);
  assertEquals([0, -0, -1, 200, -Infinity, 5].map(gamma), [
    Infinity,
    -Infinity,
    NaN,
    Infinity,
    NaN,
    24,
  ]);
  assertEquals([0, -3, Infinity, 1, 2].map(gammaln), [Infinity, Infinity, Infinity, 0, 0]);
  assertEquals([0, -1, Infinity].map(digamma), [-Infinity, NaN, Infinity]);
  assertEquals([0, -1, Infinity].map(trigamma), [Infinity, Infinity, 0]);
  assertEquals([pow(1, NaN), pow(-1, -Infinity), pow(0, 0)], [1, 1, 1]);
});

Deno.test("inverses undo their functions", () => {
  for (const x of [1e-8, 0.01, 0.4, 0.9, 2, 3.5]) {
    assert(Math.abs(special.erfcinv(special.erfc(x)) - x) <= 1e-15 + 1e-14 * x);
    if (x < 2) {
      assert(Math.abs(special.erfinv(special.erf(x)) - x) <= 1e-14 * (1 + Math.exp(x * x)));
    }
  }
  // Deep in the tail only the complement has digits.
  const x = 20;
  assert(Math.abs(special.erfcinv(special.erfc(x)) - x) <= 1e-14 * x);
});

Deno.test("gamma satisfies its recurrence, digamma and trigamma are its slopes", () => {
  for (const x of [0.2, 0.7, 1.3, 4.9, 11.2, -2.4]) {
    const ratio = special.gamma(x + 1) / special.gamma(x);
    assert(Math.abs(ratio - x) <= 1e-14 * Math.abs(x));
    const h = 1e-4;
    const slope = (special.gammaln(x + h) - special.gammaln(x - h)) / (2 * h);
    assert(Math.abs(slope - special.digamma(x)) <= 1e-5 * (1 + Math.abs(slope)));
    const second = (special.digamma(x + h) - special.digamma(x - h)) / (2 * h);
    assert(Math.abs(second - special.trigamma(x)) <= 1e-5 * (1 + Math.abs(second)));
  }
});
