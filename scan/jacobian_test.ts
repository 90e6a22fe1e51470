import { assertEquals } from "@std/assert";
import { compile, hessian, jacobian, T, tensor } from "../mod.ts";

Deno.test("jacobian() of a vector of any length", async () => {
  const w = T.dmatrix("w"), x = T.dvector("x");
  const f = await compile([w, x], jacobian(T.pow(T.dot(w, x), 2), [w, x]), { device: "cpu" });
  const [jw, jx] = f([[1, 2, 3], [4, 5, 6]], [1, 2, 3]);
  assertEquals(jw!.shape, [2, 2, 3]);
  assertEquals(jw!.arraySync(), [[[28, 56, 84], [0, 0, 0]], [[0, 0, 0], [64, 128, 192]]]);
  assertEquals(jx!.arraySync(), [[28, 56, 84], [256, 320, 384]]);
  const none = f(tensor(new Float64Array(0), { shape: [0, 3] }), [1, 2, 3]);
  assertEquals(none.map(({ shape }) => shape), [[0, 0, 3], [0, 3]]);
});

Deno.test("hessian() of a vector of any length, one matrix for each", async () => {
  const v = T.dvector("v"), u = T.dvector("u");
  const cost = T.sum(T.mul(T.pow(v, 2), T.pow(u, 3)));
  const f = await compile([v, u], hessian(cost, [v, u]), { device: "cpu" });
  const [hv, hu] = f([1, 2], [0.5, -1]);
  assertEquals(hv!.arraySync(), [[0.25, 0], [0, -2]]);
  assertEquals(hu!.arraySync(), [[3, 0], [0, -24]]);
  const linear = await compile([v], hessian(T.sum(T.mul(v, 2)), v), { device: "cpu" });
  assertEquals(linear([1, 2, 3]).arraySync(), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
});
