import { assertAlmostEquals, assertThrows } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { compile, GradientError, scan, T } from "../mod.ts";
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
