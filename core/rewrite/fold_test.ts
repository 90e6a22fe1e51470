// Constants are as stable as inputs are, and are computed when a function is made all the same.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, grad, scan, T, type Variable } from "../../all.ts";

type Write = (x: Variable) => Variable;

const weights = T.constant([0, 0.5, 0.25], "float32");
const far = T.constant([0, -200, -300], "float32");

/** By what is computed of a number: the number, the value and its derivative. */
const cases: readonly (readonly [Write, number, number, number])[] = [
  [(x) => T.log(T.exp(x).add(T.exp(x.sub(1)))), 1000, 1000.3132616875182, 1],
  [(x) => T.log(T.sigmoid(x)), -800, -800, 1],
  [(x) => T.log(T.sub(1, T.sigmoid(x))), 800, -800, -1],
  [(x) => T.log(T.exp(1000)).add(x), 1, 1001, 1],
  // Only one of the two is a constant.
  [(x) => T.log(T.add(T.exp(999), T.exp(x))), 1000, 1000.3132616875182, 0.7310585786300049],
  [
    (x) => T.div(T.exp(x), T.add(T.exp(999), T.exp(x))),
    1000,
    0.7310585786300049,
    0.19661193324148185,
  ],
  [(x) => T.logNdtr(x), -40, -804.6084420137538, 40.02496886095439],
  [(x) => T.log(T.softmax(T.stack([x, 0]))).at(1), 900, -900, -1],
  [(x) => T.log(T.sum(T.exp(T.mul(x, T.constant([1, 2], "float32"))))), 500, 1000, 2],
  [(x) => T.log(T.dot(weights, T.exp(T.sub(far, x)))), 1000, -1200.6931471805599, -1],
  [(x) => T.log(T.prod(T.stack([x, x, 1e-30]))), 1e30, 69.0775527898, 2e-30],
  [(x) => T.sqrt(T.add(T.sqr(x), 1)), 1e30, 1e30, 1],
  [(x) => T.stats.normal.logcdf(x), -30, -454.32124395634265, 30.033223164203115],
  [
    (x) =>
      (scan((s: Variable) => T.log(T.add(T.exp(s), T.exp(999))), {
        outputsInfo: x,
        nSteps: 2,
      })[0] as Variable).at(-1),
    1000,
    1000.551444713932,
    0.576116884765829,
  ],
];

onDevices("values and gradients of constants", async (device) => {
  const x = cases.map(() => T.fscalar());
  const c = cases.map(([, at]) => T.constant(at, { dtype: "float32" }) as Variable);
  const both = (of: readonly Variable[]) =>
    cases.flatMap(([f], i) => [f(of[i]!), grad(f(of[i]!), of[i]!) as Variable]);
  const known = await compile([], both(c), { device }),
    open = await compile(x, both(x), { device });
  const results = [known(), open(...cases.map(([, at]) => at))].map((all) => all.map(numbers));
  cases.forEach(([, at, value, slope], i) => {
    for (const of of results) {
      const [a, b] = [of[2 * i]![0]!, of[2 * i + 1]![0]!];
      assertAlmostEquals(a, value, 1e-5 * Math.abs(value), `${i} at ${at}`);
      assertAlmostEquals(b, slope, 1e-4 * Math.abs(slope), `the derivative of ${i} at ${at}`);
    }
  });
});

Deno.test("what is computed of constants alone is computed once", async () => {
  const c = T.constant([1, 2, 3], "float32");
  const f = await compile([], [T.log(T.sum(T.exp(c))), T.tanh(c), T.log(T.softmax(c))]);
  const kernels = f.explain().split("\n").filter((line) => line.includes("-> output"));
  assertEquals(kernels.map((line) => line.trim().split(" ")[0]), ["copy", "copy", "copy"]);
});
