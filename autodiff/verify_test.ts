import { assertEquals, assertThrows } from "@std/assert";
import { GradientError } from "../core/base/errors.ts";
import { derivedAs } from "../core/ops/control/derived_as.ts";
import type { Variable } from "../core/graph/graph.ts";
import { zeroGrad } from "../core/ops/elementwise/conversion.ts";
import { add, exp, gradScale, mul, real, sqr } from "../core/ops/elementwise/elementwise.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import { gradScale as scaled, verifyGrad } from "./mod.ts";
import { complexPoint } from "../dev/testing/autodiff/check.ts";

Deno.test("verifyGrad passes right gradients", () => {
  verifyGrad((x, y) => mul(exp(x), y), [[[0.1, 0.2], [0.3, 0.4]], [1.5, -2]]);
  verifyGrad((z) => real(mul(z, z)), [complexPoint([2], [1, 2, 3, 4])]);
  verifyGrad((x) => sum(x), [new Float32Array([1, 2])]);
  verifyGrad(() => sum([1, 2]), [3]);
  for (const order of [1, 2] as const) verifyGrad(() => sum([1, 2]), [], { order });
});

Deno.test("verifyGrad finds a wrong gradient, and says where", () => {
  const wrong = (x: Parameters<typeof index>[0]) => {
    const right = sqr(index(x, [0])), left = index(x, [slice(1, null)]);
    return add(right, sqr(scaled(left, 2)));
  };
  const error = assertThrows(
    () => verifyGrad((_y, x) => wrong(x!), [1, [[1, 2], [3, 4]]]),
    GradientError,
    "The gradient of argument 1 at [1, 0] is wrong",
  );
  assertEquals([error.argument, error.position], [1, [1, 0]]);
  assertEquals(Math.round(error.symbolic / error.numeric * 1000), 2000);
  verifyGrad((x) => gradScale(sqr(x), 1 + 1e-9), [[1, 2]]);
});

Deno.test("verifyGrad of order 2 finds a wrong gradient of a right one", () => {
  const half = (x: Parameters<typeof sqr>[0]) => derivedAs(sqr(x), sqr(zeroGrad(x)));
  const first = (x: Variable) => mul(x, derivedAs(x, zeroGrad(x))) as Variable;
  assertThrows(() => verifyGrad((x) => half(x!), [[1, 2]]), GradientError);
  // x·x with the second factor constant has gradient x, and so has x²/2.
  const value = (x: Variable) => derivedAs(mul(sqr(x), 0.5) as Variable, first(x));
  verifyGrad((x) => value(x!), [[1, 2]]);
  assertThrows(() => verifyGrad((x) => value(x!), [[1, 2]], { order: 2 }), GradientError);
  verifyGrad((x) => mul(sqr(x), x), [[1, 2]], { order: 2 });
});

Deno.test("verifyGrad takes tolerances and a seed", () => {
  const off = (x: Parameters<typeof sqr>[0]) => gradScale(sqr(x), 1.01);
  assertThrows(() => verifyGrad((x) => off(x!), [[1, 2]]), GradientError);
  verifyGrad((x) => off(x!), [[1, 2]], { relTol: 0.02 });
  const value = (seed: number) =>
    assertThrows(() => verifyGrad((x) => off(x!), [[1, 2]], { seed }), GradientError).symbolic;
  assertEquals(value(3), value(3));
  assertEquals(value(3) === value(4), false);
});

Deno.test("verifyGrad wants floats", () => {
  assertThrows(() => verifyGrad((x) => sum(x!), [new Int32Array([1])]), TypeError, "got int32");
});
