import { assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, hessian, T, type Tensor, type Variable } from "../all.ts";

onDevices("products have second derivatives where elements are 0", async (device) => {
  const cases: readonly [(x: Variable) => Variable, number[], number[]][] = [
    [(x) => T.prod(x), [1, 2, 0], [0, 0, 2, 0, 0, 1, 2, 1, 0]],
    [(x) => T.prod(x), [0, 0, 3], [0, 3, 0, 3, 0, 0, 0, 0, 0]],
    [(x) => T.prod(x), [0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    // x0 + x0 x1 + x0 x1 x2.
    [(x) => T.cumprod(x).sum(), [0, 2, 3], [0, 4, 2, 4, 0, 0, 2, 0, 0]],
    [(x) => T.cumprod(x).sum(), [5, 0, 0], [0, 1, 0, 1, 0, 5, 0, 5, 0]],
    [(x) => T.cumprod(x).at(-1), [1, 2, 0], [0, 0, 2, 0, 0, 1, 2, 1, 0]],
  ];
  for (const [build, at, expected] of cases) {
    const x = T.fvector("x");
    const f = await compile([x], hessian(build(x), x), { device });
    assertEquals(numbers(f(at) as Tensor).map((n) => n + 0), expected, String(at));
  }
});

onDevices(
  "products of functions that are 0, differentiated twice and three times",
  async (device) => {
    const x = T.fvector("x"), y = T.sin(x).add(T.sqr(x)), weights = [1, 0.5, 2];
    // Another product of the same numbers.
    const plain = (v: Variable) => v.at(0).mul(v.at(1)).mul(v.at(2));
    const pairs: Record<string, readonly [Variable, Variable]> = {
      "a product": [T.prod(y), plain(y)],
      "the square of one": [T.sqr(T.prod(y)), T.sqr(plain(y))],
      "a running product": [T.cumprod(y).at(2), plain(y)],
      "products of rows": [
        T.prod(T.stack([x, T.sqr(x)], 1), 1).sum(),
        T.mul(x, T.sqr(x)).sum(),
      ],
      "numbers that come twice": [T.prod(T.take(y, [0, 1, 1])), y.at(0).mul(y.at(1)).mul(y.at(1))],
    };
    for (const [name, costs] of Object.entries(pairs)) {
      const [found, expected] = await Promise.all(costs.map(async (cost) => {
        const slope = T.dot(grad(cost, x), T.constant(weights));
        // Third derivatives are the same graph on both devices, and long kernels.
        const graph = [hessian(cost, x), ...device === "cpu" ? [hessian(slope, x)] : []];
        return await compile([x], graph, { device });
      }));
      for (const at of [[1, 0, 2], [0, 0, 1], [0, 0, 0], [2, 1, -1]]) {
        const [a, b] = [found!, expected!].map((f) => f(at).flatMap((part) => numbers(part)));
        a!.forEach((value, i) => assertAlmostEquals(value, b![i]!, 1e-3, `${name} at ${at}`));
      }
    }
  },
);
