import { assertEquals } from "@std/assert";
import { compile, grad, scan, T, type Variable } from "../all.ts";
import { onDevices } from "../dev/testing/devices.ts";

const x = T.fscalar("x"), one = T.constant(1, { dtype: "float32" });
const cubed = scan((v) => v.mul(x), { outputsInfo: one, nSteps: 3 })[0];
const towering = scan((v) => T.exp(v.mul(x)), { outputsInfo: one, nSteps: 6 })[0];
const a = cubed.at(-1), b = towering.at(-1);

/** Of two loops one overflows; the other one, x³, is chosen. */
const choices: Record<string, Variable> = {
  "minimum": T.minimum(a, b),
  "minimum, the other way round": T.minimum(b, a),
  "maximum of what is negative": T.neg(T.maximum(T.neg(a), T.neg(b))),
  "least of a stack": T.min(T.stack([a, b])),
  "least of a row of three": T.min(T.stack([b, a, a.add(b)])),
  "least along an axis": T.min(T.stack([T.stack([a, b]), T.stack([b, a])]), 1).at(0),
  "clipped above": T.clip(a, 0, b),
  "clipped to the upper bound": T.clip(b, 0, a),
  "minimum of what is made of them": T.minimum(a.add(0), b.mul(2)),
  "states read early": T.minimum(cubed.at(2), towering.at(5)),
};

for (const mode of ["fastRun", "fastCompile"] as const) {
  onDevices(
    `what loses against another loop is left out of gradients, in mode ${mode}`,
    async (device) => {
      for (const [name, cost] of Object.entries(choices)) {
        const slope = grad(cost, x);
        const f = await compile([x], [cost, slope, grad(slope, x)], { device, mode });
        assertEquals(f(3).map((value) => value.item()), [27, 27, 18], name);
      }
    },
  );
}
