import { assert, assertEquals, assertThrows } from "@std/assert";
import { NullGradientError } from "../core/base/errors.ts";
import {
  abs,
  add,
  angle,
  cast,
  clip,
  complex,
  conj,
  cos,
  div,
  exp,
  gradClip,
  gradScale,
  imag,
  log,
  maximum,
  minimum,
  mul,
  pow,
  real,
  reciprocal,
  sign,
  sin,
  sqr,
  sqrt,
  sub,
  tanh,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import { elementwise } from "../core/ops/common/build.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import { expectClose } from "../dev/testing/ops/harness.ts";
import type { Variable } from "../core/graph/graph.ts";
import { grad } from "./mod.ts";
import { check, complexPoint, filled, gradients, spread } from "../dev/testing/autodiff/check.ts";

Deno.test("trigamma has derivatives of any order, also below zero", () => {
  check((x) => elementwise("trigamma", [x]), [filled([4], (i) => [-0.6, -2.3, 0.3, 7.5][i]!)], {
    absTol: 1e-4,
    relTol: 1e-4,
    eps: 1e-4,
    second: false,
  });
});

Deno.test("gradients are summed over what was broadcast, whether or not shapes are known", () => {
  const shapes: [number[], number[]][] = [
    [[2, 3], [3]],
    [[2, 3], []],
    [[], [2, 3]],
    [[2, 1], [3]],
    [[2, 1], [1, 3]],
    [[1], [4]],
    [[1, 1], [2, 3]],
    [[4, 1, 3], [2, 1]],
    [[1], [1]],
    [[], []],
    [[0], [1]],
    [[2, 0], [1, 1]],
    [[2, 0], [0]],
    [[1, 0], [2, 1]],
  ];
  for (const [a, b] of shapes) {
    check((x, y) => mul(add(x, mul(y, 2)), y), [spread(a, -2, 2, 1), spread(b, -2, 2, 2)]);
  }
});

Deno.test("three operands that stretch each other", () => {
  check((x, y, z) => add(mul(x, y), mul(y, mul(z, z))), [
    spread([2, 1, 1], -1, 1, 1),
    spread([3, 1], -1, 1, 2),
    spread([4], -1, 1, 3),
  ]);
});

Deno.test("a sum over a stretched axis of complex numbers", () => {
  check((x, y) => mul(x, y), [complexPoint([2, 1], [1, 2, -1, 0.5]), spread([3], 0.5, 2)]);
});

Deno.test("gradients have the dtype of what they belong to", () => {
  const built = gradients((x) => mul(cast(x, "float32"), cast(x, "float64")), [
    filled([2], (i) => i + 1),
  ]);
  expectClose(built[0]!, [2, 4]);
});

Deno.test("maximum and minimum share the gradient between equals", () => {
  const x = filled([3], (i) => i), y = filled([3], () => 1);
  assertEquals(gradients((a, b) => maximum(a, b), [x, y]), [[0, 0.5, 1], [1, 0.5, 0]]);
  assertEquals(gradients((a, b) => minimum(a, b), [x, y]), [[1, 0.5, 0], [0, 0.5, 1]]);
});

Deno.test("clip passes the gradient on the closed interval, else to the bound", () => {
  const x = filled([5], (i) => [-0.5, 0, 0.5, 1, 1.5][i]!);
  const bounds = [filled([], () => 0), filled([], () => 1)];
  assertEquals(gradients((a, lo, hi) => clip(a, lo, hi), [x, ...bounds]), [
    [0, 1, 1, 1, 0],
    [1],
    [1],
  ]);
});

Deno.test("abs has slope 0 at 0, sqrt an infinite one", () => {
  assertEquals(gradients((x) => abs(x), [filled([3], (i) => i - 1)]), [[-1, 0, 1]]);
  assertEquals(gradients((x) => sqrt(x), [filled([2], (i) => i)]), [[Infinity, 0.5]]);
});

Deno.test("powers: constant exponents, exponent 0, base 0 and negative bases", () => {
  const base = filled([4], (i) => i - 1);
  assertEquals(gradients((x) => pow(x, 2), [base]), [[-2, 0, 2, 4]]);
  assertEquals(gradients((x) => pow(x, 0), [base]), [[0, 0, 0, 0]]);
  assertEquals(gradients((x) => pow(x, 1), [base]), [[1, 1, 1, 1]]);
  assertEquals(gradients((x) => pow(x, 3), [base]), [[3, 0, 3, 12]]);
  const zero = filled([3], () => 0), exponent = filled([3], (i) => i);
  assertEquals(gradients((x, y) => pow(x, y), [zero, exponent]), [[0, 1, 0], [0, 0, 0]]);
  const [, dy] = gradients((x, y) => pow(x, y), [filled([2], () => -2), filled([2], (i) => i + 1)]);
  assert(dy!.every(Number.isNaN));
  assertEquals(gradients((x) => pow(x, [2, 0, 3, 0]), [base]), [[-2, 0, 3, 0]]);
});

Deno.test("the second derivative of a power is finite where the base is 0", () => {
  const slope = (x: Variable, y: Variable) => grad(sum(pow(x, y)), y);
  const points = [filled([2], () => 0), filled([2], (i) => i + 3)];
  assertEquals(gradients(slope, points), [[0, 0], [0, 0]]);
});

Deno.test("where masks: the branch that is not taken may have an infinite slope", () => {
  const x = filled([3], (i) => i - 1);
  const safe = (v: Variable): Variable =>
    where(
      elementwise("gt", [v, mul(v, 0)]),
      log(where(elementwise("gt", [v, mul(v, 0)]), v, 1)),
      sqr(v),
    );
  assertEquals(gradients(safe, [x]), [[-2, 0, 1]]);
  assertEquals(
    gradients((v) => where(elementwise("gt", [v, mul(v, 0)]), v, 0), [filled([2], () => NaN)]),
    [[0, 0]],
  );
});

Deno.test("wrappers change the gradient only", () => {
  const x = filled([3], (i) => 2 * i - 2);
  assertEquals(gradients((v) => sqr(gradClip(v, -1, 1)), [x]), [[-1, 0, 1]]);
  assertEquals(gradients((v) => sqr(gradScale(v, -2)), [x]), [[8, 0, -8]]);
  assertEquals(gradients((v) => mul(elementwise("zeroGrad", [v]), v), [x]), [[-2, 0, 2]]);
  assertEquals(gradients((v) => mul(elementwise("disconnectedGrad", [v]), v), [x]), [[-2, 0, 2]]);
  assertThrows(() => gradients((v) => elementwise("undefinedGrad", [v]), [x]), NullGradientError);
});

Deno.test("gradients through complex numbers", () => {
  const z = complexPoint([3], [1, 2, -0.5, 0.3, 0.2, -1.1]);
  const w = complexPoint([3], [0.3, -0.7, 1.1, 0.4, -0.9, 0.2]);
  const unary: ((v: Variable) => Variable)[] = [
    (v) => sqr(v),
    (v) => exp(v),
    (v) => log(v),
    (v) => sqrt(v),
    (v) => sin(v),
    (v) => cos(v),
    (v) => elementwise("sinh", [v]),
    (v) => elementwise("cosh", [v]),
    (v) => tanh(v),
    (v) => reciprocal(v),
    (v) => conj(v),
    (v) => real(v),
    (v) => imag(v),
    (v) => abs(v),
    (v) => angle(v),
    (v) => pow(v, 3),
    (v) => elementwise("neg", [v]),
    (v) => gradScale(v, 1),
    (v) => sum(v),
    (v) => cast(cast(real(v), "complex128"), "complex128"),
  ];
  for (const f of unary) check(f, [z]);
  check((a, b) => add(a, b), [z, w]);
  check((a, b) => sub(a, b), [z, w]);
  check((a, b) => mul(a, b), [z, w]);
  check((a, b) => div(a, b), [z, w]);
  check((a, b) => pow(a, b), [z, w]);
  check((a, b) => mul(a, b), [z, spread([3], 0.5, 2)]);
  check((a, b) => complex(a, b), [spread([3]), spread([3], -1, 1, 4)]);
  check((a, b) => where([true, false, true], a, b), [z, w]);
});

Deno.test("the absolute value of a complex number has slope 0 at 0", () => {
  assertEquals(gradients((z) => abs(z), [complexPoint([2], [0, 0, 3, 4])]), [[0, 0, 0.6, 0.8]]);
});

Deno.test("signs, and gradients of constants, do not get in the way of others", () => {
  check((x) => mul(sign(x), sqr(x)), [spread([4], 0.2, 2)]);
});
