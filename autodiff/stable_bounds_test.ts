// Logarithms of the greatest, the least and the size of exponentials, and of what is as close to 0.

import { assert, assertAlmostEquals } from "@std/assert";
import { onDevices } from "../dev/testing/devices.ts";
import { compile, grad, T, type Variable } from "../all.ts";

const { exp, log, maximum, minimum, sigmoid, softplus } = T;

type Of = (a: Variable, b: Variable, c: Variable) => Variable;

/** Written, where, the value, and the derivatives by a, b and c. */
const cases: [name: string, of: Of, at: number[], value: number, slopes: number[]][] = [
  ["a greatest", (a, b) => log(maximum(exp(a), exp(b))), [1000, 999, 0], 1000, [1, 0, 0]],
  ["a least", (a, b) => log(minimum(exp(a), exp(b))), [-1000, -999, 0], -1000, [1, 0, 0]],
  ["a tie", (a, b) => log(maximum(exp(a), exp(b))), [900, 900, 0], 900, [0.5, 0.5, 0]],
  ["a bound", (a) => log(maximum(exp(a), 3)), [1000, 0, 0], 1000, [1, 0, 0]],
  ["bounds", (a, b) => log(T.clip(exp(a), exp(b), 1e9)), [-1000, -990, 0], -990, [0, 1, 0]],
  [
    "a sum and one",
    (a, b, c) => log(minimum(exp(a).add(exp(b)), exp(c))),
    [1000, 999, -1000],
    -1000,
    [0, 0, 1],
  ],
  [
    "sums",
    (a, b, c) => log(maximum(exp(a).add(exp(b)), exp(c).mul(2))),
    [-900, -900, -950],
    -900 + Math.LN2,
    [0.5, 0.5, 0],
  ],
  ["a row", (a, b, c) => log(T.max(exp(T.stack([a, b, c])))), [800, 900, 1000], 1000, [0, 0, 1]],
  [
    "a row of sums",
    (a, b, c) => log(T.min(exp(T.stack([T.stack([a, b]), T.stack([c, c])])).sum(1))),
    [1000, 1000, -800],
    -800 + Math.LN2,
    [0, 0, 1],
  ],
  [
    "a row with weights",
    (a, b, c) => log(T.max(exp(T.stack([a, b, c])).mul(T.constant([1, 2, 4], "float32")))),
    [-800, -801, -850],
    -800,
    [1, 0, 0],
  ],
  ["a size", (a) => log(T.abs(exp(a).neg())), [-1000, 0, 0], -1000, [1, 0, 0]],
  [
    "the size of a sum",
    (a, b, c) => log(T.abs(exp(T.stack([a, b, c])).sum())),
    [1000, 1000, -1000],
    1000 + Math.LN2,
    [0.5, 0.5, 0],
  ],
  [
    "the size of a difference",
    (a, b) => log(T.abs(exp(a).sub(exp(b)))),
    [-1000, 1000, 0],
    1000,
    [0, 1, 0],
  ],
  ["softplus", (a) => log(softplus(a)), [-1000, 0, 0], -1000, [1, 0, 0]],
  ["softplus in words", (a) => log(T.log1p(exp(a))), [-800, 0, 0], -800, [1, 0, 0]],
  ["softplus of sigmoid", (a) => log(log(sigmoid(a)).neg()), [900, 0, 0], -900, [-1, 0, 0]],
  [
    "several softplus",
    (a, b, c) => log(T.stack([softplus(a), softplus(b), softplus(c)]).sum()),
    [-900, -900, -1000],
    -900 + Math.LN2,
    [0.5, 0.5, 0],
  ],
  [
    "a choice of softplus",
    (a, b) => log(T.where(T.gt(a, b), softplus(a), sigmoid(b))),
    [-1000, -900, 0],
    -900,
    [0, 1, 0],
  ],
  [
    "a greatest of logistic functions",
    (a, b) => log(maximum(sigmoid(a), sigmoid(b))),
    [-1000, -900, 0],
    -900,
    [0, 1, 0],
  ],
];

for (const [name, of, at, value, slopes] of cases) {
  onDevices(`logarithms of bounds: ${name}`, async (device) => {
    const dtype = device === "gpu" ? "float32" : "float64";
    const v = ["a", "b", "c"].map((name) => T.scalar(name, { dtype }));
    const y = of(v[0]!, v[1]!, v[2]!), none = { disconnectedInputs: "ignore" } as const;
    const first = grad(y, v, none);
    const second = grad(first.reduce((p, q) => p.add(q)), v, none);
    const f = await compile(v, [y, ...first, ...second], { device, onUnusedInput: "ignore" });
    const found = f(...at).map((result) => Number(result.item()));
    assertAlmostEquals(found[0]!, value, 1e-6 * Math.abs(value));
    slopes.forEach((slope, i) => assertAlmostEquals(found[1 + i]!, slope, 1e-5));
    // All of them go along when all exponents do.
    assert(found.slice(4).every((x) => Math.abs(x) < 1e-5), found.join());
  });
}
