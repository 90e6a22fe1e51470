import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { compile, GradientError, scan, T } from "../all.ts";
import { derivedAs } from "../core/ops/control/derived_as.ts";

onDevices("debug mode compares gradients with finite differences on request", async (device) => {
  const x = T.fvector("x"), i = T.ivector("i"), mode = { verify: true, gradients: true };
  const [h] = scan((v, h) => T.tanh(h.add(v)), {
    sequences: x.at(i),
    outputsInfo: T.constant(0, "float32"),
  });
  const f = await compile([x, i], [h.at(-1), x.sqr().sum()], { mode, device });
  assertAlmostEquals(f([0.5, -1], [1, 0])[1].item(), 1.25, 1e-6);
  const wrong = derivedAs(T.sqr(x), T.sqr(x).mul(2));
  const g = await compile([x], wrong.sum(), { mode, device });
  assertThrows(() => g([1, 2]), GradientError);
  const plain = await compile([x], wrong.sum(), { mode: "debug", device });
  assertAlmostEquals(Number(plain([1, 2]).item()), 5, 1e-6);
});

Deno.test("differences that tell no slope are no alarm, and others are one at any size", async () => {
  const x = T.fvector("x"), mode = { gradients: true }, device = "cpu" as const;
  const fine = [
    // Lost in rounding, not finite, beside a pole, at kinks.
    [T.exp(x).sum(), [50, 80]],
    [T.log(x).sum(), [0, 1]],
    [x.reciprocal().sum(), [1e-6, 1e6]],
    [T.relu(x).sum().add(T.sqrt(x.sqr().sum())), [0, 0]],
  ] as const;
  for (const [y, at] of fine) {
    const f = await compile([x], y, { mode, device });
    f([...at]);
  }
  const square = T.sqr(x), wrong = derivedAs(square, square.mul(2)).sum();
  for (const at of [1e-3, 1, 1e9]) {
    const f = await compile([x], wrong, { mode, device });
    const { message } = assertThrows(() => f([at]), GradientError);
    assert(/of the result of sum by "x", made at \S*debug_gradients_test/.test(message), message);
  }
});
