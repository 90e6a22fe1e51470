import "../../../dev/testing/compiling.ts";
import { assert, assertEquals } from "@std/assert";
import { grad, T, type Variable } from "../../../all.ts";
import { makeValue, type Value } from "../../graph/value.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import { optimise, resolveMode } from "../mod.ts";

const debug = { ...resolveMode(), verify: true };
const x = T.dvector("x"), y = T.dvector("y"), m = T.dmatrix("m"), t = T.ivector("t");

type Given = readonly (readonly [Variable, Value])[];

function vector(...numbers: number[]): Value {
  return makeValue("float64", [numbers.length], numbers);
}

function numbers(value: Value): number[] {
  return Array.from(value.data as Float64Array, Number);
}

/** Checks the value after rewriting. With `needed`, as written it must be off. */
function check(
  expression: Variable,
  given: Given,
  expected: readonly number[],
  { tolerance = 1e-9, needed = true }: { tolerance?: number; needed?: boolean } = {},
): void {
  const values = new Map(given);
  const close = (list: readonly number[]) =>
    list.every((value, i) => {
      const want = expected[i]!;
      return value === want || Math.abs(value - want) <= tolerance * Math.abs(want) + 1e-300;
    });
  const [raw] = evaluateGraph([expression], values);
  if (needed) assert(!close(numbers(raw!)), "the expression as written is accurate already");
  const [better] = evaluateGraph(optimise([expression], debug), values);
  assertEquals(better!.shape, raw!.shape);
  assert(close(numbers(better!)), `expected ${expected}, got ${numbers(better!)}`);
}

/** The same for a gradient, which is made of stable forms and so needs no rewriting. */
function checkGradient(
  gradient: Variable,
  given: Given,
  expected: readonly number[],
  options: { tolerance?: number; needed?: boolean } = {},
): void {
  check(gradient, given, expected, { ...options, needed: false });
}

const wide = [-1000, -800, -100, -40, -20, 0, 20, 40, 100, 800, 1000];
const softplus = wide.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
const logistic = wide.map((v) => v >= 0 ? 1 / (1 + Math.exp(-v)) : Math.exp(v) / (1 + Math.exp(v)));
const atWide: Given = [[x, vector(...wide)]];

/** The logistic function as people write it. */
const spellings: readonly ((z: Variable) => Variable)[] = [
  (z) => T.sigmoid(z),
  (z) => T.div(1, T.add(1, T.exp(T.neg(z)))),
  (z) => T.reciprocal(T.add(T.exp(T.neg(z)), 1)),
  (z) => T.div(T.exp(z), T.add(1, T.exp(z))),
  (z) => T.div(T.exp(z), T.add(T.exp(z), 1)),
  (z) => T.pow(T.add(1, T.exp(T.neg(z))), -1),
  (z) => T.div(1, T.add(1, T.exp(T.mul(-1, z)))),
  (z) => T.div(T.add(1, T.tanh(T.div(z, 2))), 2),
  (z) => T.mul(0.5, T.add(T.tanh(T.mul(0.5, z)), 1)),
];

/** 1 - p, and the logarithm of it. */
const complements: readonly ((p: Variable) => Variable)[] = [
  (p) => T.log(T.sub(1, p)),
  (p) => T.log1p(T.neg(p)),
  (p) => T.log1p(T.mul(-1, p)),
  (p) => T.log(T.add(1, T.neg(p))),
  (p) => T.log(T.add(T.neg(p), 1)),
  (p) => T.log(T.neg(T.sub(p, 1))),
];

Deno.test("log(1 + exp(x)) is softplus in all spellings, and so is its gradient", () => {
  const e = T.exp(x);
  for (const sum of [T.add(1, e), T.add(e, 1), T.sub(e, -1), T.neg(T.sub(T.neg(e), 1))]) {
    check(T.log(sum), atWide, softplus);
    checkGradient(grad(T.sum(T.log(sum)), x), atWide, logistic);
  }
  check(T.log1p(e), atWide, softplus);
  checkGradient(grad(T.sum(T.log1p(e)), x), atWide, logistic);
  check(T.softplus(x), atWide, softplus, { needed: false });
  checkGradient(grad(T.sum(T.softplus(x)), x), atWide, logistic, { needed: false });
});

Deno.test("logarithms of the logistic function and its complement keep their digits", () => {
  for (const [i, spelling] of spellings.entries()) {
    const p = spelling(x);
    check(p, atWide, logistic, { needed: i > 2 && i < 5 || i > 6, tolerance: 1e-12 });
    check(T.log(p), atWide, softplus.map((_, k) => -softplus[wide.length - 1 - k]!));
    for (const complement of complements) check(complement(p), atWide, softplus.map((v) => -v));
  }
});

Deno.test("gradients of logarithms of the logistic function are logistic", () => {
  const below = logistic.map((p) => -p), above = [...logistic].reverse();
  for (const spelling of spellings.slice(0, 7)) {
    const p = spelling(x);
    checkGradient(grad(T.sum(T.log(p)), x), atWide, above);
    for (const complement of complements) {
      checkGradient(grad(T.sum(complement(p)), x), atWide, below);
    }
  }
});

Deno.test("cross-entropies of the logistic function, and their gradients", () => {
  const given: Given = [[x, vector(-1000, -30, 0, 30, 1000)], [y, vector(0, 1, 0, 1, 1)]];
  const entropy = [0, 30.000000000000094, Math.LN2, 9.357622968839299e-14, 0];
  const slope = [0, -0.9999999999999064, 0.5, -9.357622968839299e-14, 0];
  for (const spelling of spellings.slice(0, 7)) {
    const p = spelling(x);
    const byHand = T.sub(
      T.mul(T.neg(y), T.log(p)),
      T.mul(T.sub(1, y), T.log(T.sub(1, p))),
    );
    check(byHand, given, entropy);
    checkGradient(grad(T.sum(byHand), x), given, slope);
    checkGradient(grad(T.mean(byHand), x), given, slope.map((g) => g / 5));
  }
  const loss = T.binaryCrossentropy(T.sigmoid(x), y);
  check(loss, given, entropy);
  checkGradient(grad(T.sum(loss), x), given, slope);
});

const rows = makeValue("float64", [5, 2], [1000, 1000, -1000, -1000, 1000, 0, 0, -1000, 800, 799]);
const sums = [1000.6931471805599, -999.3068528194401, 1000, 0, 800.3132616875182];
const ratios = [0.5, 0.5, 0.5, 0.5, 1, 0, 1, 0, 0.7310585786300049, 0.26894142136999516];

Deno.test("log(sum(exp(x))) over any axes, and its gradient, the softmax", () => {
  const given: Given = [[m, rows]], e = T.exp(m);
  check(T.log(T.sum(e, 1)), given, sums);
  check(T.log(T.sum(e, { axis: 1, keepdims: true })), given, sums);
  check(T.log(T.sum(T.transpose(e), 0)), given, sums);
  check(T.log(T.dimshuffle(T.sum(e, 1), "x", 0)), given, sums);
  check(T.log(T.sum(e)), given, [1001.0986122886682]);
  check(T.log(T.mean(e, 1)), given, sums.map((s) => s - Math.LN2));
  checkGradient(grad(T.sum(T.log(T.sum(e, 1))), m), given, ratios);
  checkGradient(grad(T.sum(T.log(T.sum(e, { axis: 1, keepdims: true }))), m), given, ratios);
});

Deno.test("log(exp(a) + exp(b)) of huge and infinite numbers", () => {
  const a = T.index(m, [T.slice(), 0]), b = T.index(m, [T.slice(), 1]);
  check(T.log(T.add(T.exp(a), T.exp(b))), [[m, rows]], sums);
  const given: Given = [[x, vector(Infinity, -Infinity, 1, 700)], [
    y,
    vector(Infinity, -Infinity, -Infinity, 710),
  ]];
  const three = T.add(T.exp(x), T.exp(y), T.exp(x));
  check(T.log(three), given, [Infinity, -Infinity, 1 + Math.LN2, 710.0000907957376]);
  checkGradient(grad(T.sum(T.log(T.add(T.exp(x), T.exp(y)))), x), [
    [x, vector(1000, -1000, 3)],
    [y, vector(999, 5, 3)],
  ], [0.7310585786300049, 0, 0.5]);
});

Deno.test("a sum of no exponentials is zero", () => {
  const empty: Given = [[m, makeValue("float64", [2, 0], [])]];
  check(T.log(T.sum(T.exp(m), 1)), empty, [-Infinity, -Infinity], { needed: false });
});

const naive = T.div(T.exp(m), T.sum(T.exp(m), { axis: 1, keepdims: true }));
const labels = makeValue("int32", [5], [0, 1, 0, 0, 1]);
const atRows: Given = [[m, rows], [t, labels]];
const losses = [Math.LN2, Math.LN2, 0, 0, 1.3132616875182228];
const slopes = [-0.5, 0.5, 0.5, -0.5, 0, 0, 0, 0, 0.7310585786300049, -0.7310585786300049];

Deno.test("softmax as people write it", () => {
  check(naive, atRows, ratios);
  check(T.softmax(m), atRows, ratios, { needed: false });
  const spread = T.div(T.exp(m), T.dimshuffle(T.sum(T.exp(m), 1), 0, "x"));
  check(spread, atRows, ratios);
  check(T.mul(T.exp(x), T.reciprocal(T.sum(T.exp(x)))), [[x, vector(1000, 999)]], [
    0.7310585786300049,
    0.2689414213699951,
  ]);
});

Deno.test("softmax and logarithms of sums along axes of length 1", () => {
  for (const axis of [0, 1, [0, 1]]) {
    const z = T.tensor("float64", [axis === 1 ? 2 : 1, axis === 1 ? 1 : 2]);
    const over = { axis, keepdims: true }, total = T.sum(T.exp(z), over);
    const both = typeof axis === "object";
    const at: Given = [[z, makeValue("float64", z.type.shape as number[], [1000, 999])]];
    const first = 0.7310585786300049, parts = both ? [first, 1 - first] : [1, 1];
    const softmax = T.div(T.exp(z), total), top = 1000 + Math.log(1 + Math.exp(-1));
    check(softmax, at, parts);
    check(T.log(total), at, both ? [top] : [1000, 999]);
    check(T.log(softmax), at, both ? [1000 - top, 999 - top] : [0, 0]);
    const slope = grad(T.sqr(softmax).sum(), z) as Variable, p = parts[0]!;
    // The derivative of p² + (1 - p)², and that of its square, by chains of p (1 - p).
    const away = 2 * p * (1 - p) * (2 * p - 1);
    const change = 2 * p * (1 - p) * ((1 - 2 * p) * (2 * p - 1) + 2 * p * (1 - p));
    checkGradient(slope, at, [away, -away]);
    const second = 4 * away * change;
    checkGradient(grad(T.sqr(slope).sum(), z) as Variable, at, [second, -second]);
  }
});

Deno.test("exponentials beside a sum of them", () => {
  const s = T.dscalar("s"),
    at: Given = [[x, vector(1000, 999)], [s, makeValue("float64", [], [1001])]];
  const sum = T.sum(T.exp(x)), [a, b, c] = [1000, 999, 1001].map((n) => Math.exp(n - 1000));
  const all = a! + b! + c!;
  check(T.log(T.add(sum, T.exp(s))), at, [1000 + Math.log(all)]);
  check(T.log(T.add(sum, T.mul(T.sum(T.exp(x)), 2))), at, [1000 + Math.log(3 * (a! + b!))]);
  check(T.log(T.add(1, sum)), at, [1000 + Math.log(a! + b!)]);
  const slopes = grad(T.log(T.add(sum, T.exp(s))), [x, s]) as Variable[];
  checkGradient(slopes[0]!, at, [a! / all, b! / all]);
  checkGradient(slopes[1]!, at, [c! / all]);
});

Deno.test("logarithms of softmax, before and after picking the labels", () => {
  const far = makeValue("float64", [1, 2], [0, -2000]);
  for (const p of [naive, T.softmax(m)]) {
    check(T.log(p), [[m, far]], [0, -2000]);
    check(T.neg(T.log(p).at(T.arange(T.shape(t).at(0)), t)), [[m, far], [
      t,
      makeValue("int32", [1], [1]),
    ]], [2000]);
    check(T.neg(T.log(p.at(T.arange(T.shape(t).at(0)), t))), [[m, far], [
      t,
      makeValue("int32", [1], [1]),
    ]], [2000]);
  }
  const p = naive, picked = T.arange(T.shape(t).at(0));
  check(T.neg(T.log(p).at(picked, t)), atRows, losses);
  check(T.neg(T.log(p.at(picked, t))), atRows, losses);
  check(T.categoricalCrossentropy(p, t), atRows, losses);
});

Deno.test("gradients of cross-entropies of softmax are softmax less the labels", () => {
  const picked = T.arange(T.shape(t).at(0)), all = T.arange(T.shape(m).at(0));
  for (const p of [naive, T.softmax(m)]) {
    const needed = p === naive;
    for (const index of [picked, all]) {
      const late = T.neg(T.log(p).at(index, t)), early = T.neg(T.log(p.at(index, t)));
      checkGradient(grad(T.sum(late), m), atRows, slopes, { needed });
      checkGradient(grad(T.sum(early), m), atRows, slopes, { needed });
      checkGradient(grad(T.mean(late), m), atRows, slopes.map((g) => g / 5), { needed });
    }
    checkGradient(grad(T.sum(T.categoricalCrossentropy(p, t)), m), atRows, slopes, { needed });
  }
  // A probability of 0 is no reason for a gradient of NaN.
  const far: Given = [[m, makeValue("float64", [1, 2], [0, -2000])], [
    t,
    makeValue("int32", [1], [1]),
  ]];
  const loss = T.neg(T.log(T.softmax(m)).at(picked, t));
  checkGradient(grad(T.sum(loss), m), far, [1, -1]);
});

Deno.test("differences with erf and erfc, and logarithms of erfc", () => {
  const at = vector(2, 4, 5), tiny = vector(1e-12, 0.5);
  const tails = [0.004677734981047266, 1.541725790028002e-8, 1.537459794428035e-12];
  check(T.sub(1, T.erf(x)), [[x, at]], tails);
  check(T.sub(T.erf(x), 1), [[x, at]], tails.map((v) => -v));
  check(T.add(1, T.erf(x)), [[x, vector(-2, -4, -5)]], tails);
  check(T.sub(1, T.erfc(x)), [[x, tiny]], [1.1283791670955126e-12, 0.5204998778130465]);
  check(T.log(T.erfc(x)), [[x, vector(1, 5, 20, 27, 40)]], [
    -1.8496055099332482,
    -27.200889545537436,
    -403.56934333410425,
    -732.8688865078974,
    -1604.2615566532736,
  ], { tolerance: 1e-9 });
  checkGradient(grad(T.sum(T.log(T.erfc(x))), x), [[x, vector(0, 5, 30, 1000)]], [
    -1.1283791670955126,
    -10.19270005486368,
    -60.033296398756214,
    -2000.000999999,
  ], { tolerance: 1e-9 });
});

Deno.test("small differences of exponentials", () => {
  check(T.sub(T.exp(x), 1), [[x, vector(1e-12, -1e-10)]], [1.0000000000005e-12, -9.9999999995e-11]);
  check(T.log(T.add(1, x)), [[x, vector(1e-15, -1e-12)]], [
    9.999999999999995e-16,
    -1.0000000000005e-12,
  ]);
  check(T.log(T.sub(1, T.exp(x))), [[x, vector(-1e-12, -50)]], [
    -27.631021115929047,
    -1.9287498479639178e-22,
  ]);
  check(T.log(T.sub(T.exp(x), 1)), [[x, vector(1e-12, 1, 1000)]], [
    -27.631021115928047,
    0.541324854612918,
    1000,
  ]);
  check(T.div(T.exp(x), T.exp(y)), [[x, vector(1000)], [y, vector(999)]], [Math.E]);
  check(T.mul(x, T.log(x)), [[x, vector(0, 1, 2)]], [0, 0, 2 * Math.LN2]);
});

Deno.test("1 - sigmoid(x) that is an output keeps its digits beside its gradient", () => {
  const value = T.sub(1, T.sigmoid(x)), given = new Map([[x as Variable, vector(60)]]);
  const [better] = evaluateGraph(optimise([value, grad(T.sum(value), x)], debug), given);
  assert(Math.abs(numbers(better!)[0]! / 8.75651076269652e-27 - 1) < 1e-9);
});
