import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/devices.ts";
import { compile, hessian, T, type Tensor, type Variable } from "../mod.ts";

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
