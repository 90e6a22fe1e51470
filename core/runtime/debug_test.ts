import { assert, assertEquals } from "@std/assert";
import { compile, scan, T, tensor, type Variable } from "../../all.ts";
import { toleranceOf } from "./debug.ts";

Deno.test("debug mode allows for the rounding of the coarsest float on the way", () => {
  const half = T.vector("h", { dtype: "float16" }), single = T.fvector("x");
  const double = T.dvector("d"), pair = T.vector("c", { dtype: "complex64" });
  const all: [Variable, number][] = [
    [half, 2e-2],
    [single.add(1), 1e-3],
    [double.mul(double), 1e-8],
    [half.astype("float64").mul(double), 2e-2],
    [single.astype("float64").sum(), 1e-3],
    [T.ivector("i").astype("float64").add(double), 1e-8],
    [pair.mul(pair), 1e-3],
    [T.real(pair).astype("float64"), 1e-3],
    [double.astype("complex128"), 1e-8],
    [T.argmax(half).astype("float64"), 2e-2],
  ];
  for (const [variable, tolerance] of all) assertEquals(toleranceOf(variable), tolerance);
});

Deno.test("debug mode takes masks and convolutions, which check lengths in words of their own", async () => {
  const x = T.vector("x"), mask = T.vector("mask", { dtype: "bool" });
  const chosen = await compile([x, mask], x.at(mask), { device: "cpu", mode: "debug" });
  assertEquals(chosen([1, 2, 3], [true, false, true]).arraySync(), [1, 3]);
  const images = T.tensor4("images"), filters = T.tensor4("filters");
  const back = await compile([images, filters], T.conv2dTranspose(images, filters), {
    device: "cpu",
    mode: "debug",
  });
  assertEquals(back([[[[2]]]], [[[[1, 3]]]]).arraySync(), [[[[6, 2]]]]);
});

Deno.test("debug mode knows where the program as written loses digits that rewriting keeps", async () => {
  const x = T.fvector("x"), lost = (v: Variable) => T.log(T.sub(1, T.sigmoid(v)));
  const [steps] = scan((v) => lost(v), { sequences: x });
  for (const mode of ["debug", { base: "fastRun", verify: true }] as const) {
    const f = await compile([x], [lost(x), steps], { device: "cpu", mode });
    for (const values of f([1, 20, 28, 30, 33])) {
      const rounded = Array.from(
        values.dataSync(),
        (value) => Math.round(1e4 * Number(value)) / 1e4,
      );
      assertEquals(rounded, [-1.3133, -20, -28, -30, -33]);
    }
  }
});

Deno.test("debug mode knows which whole numbers hang on the rounding of floats", async () => {
  const x = T.fvector("x"), total = T.sum(T.softmax(x));
  const f = await compile([x], [T.cast(total, "uint8"), T.ge(total, 1), T.cast(x, "int32")], {
    device: "cpu",
    mode: "debug",
  });
  for (let i = 0; i < 40; i++) {
    const values = [Math.sin(i), Math.cos(3 * i), i / 7];
    assertEquals(f(values)[2].arraySync(), values.map(Math.trunc).map((n) => n === 0 ? 0 : n));
  }
});

Deno.test("debug mode knows that a constant made of several is rounded", async () => {
  const x = T.fscalar("x");
  const grown = (v: Variable) => v.mul(0.9).add(v).add(v);
  const [states] = scan((v) => grown(v), { outputsInfo: x, nSteps: 3 });
  for (const y of [T.sin(states).at(-1), T.sin(grown(grown(grown(x))))]) {
    const f = await compile([x], y, { device: "cpu", mode: "debug" });
    for (const value of [1, -1, 0.7]) {
      const error = Number(f(value).item()) - Math.sin(2.9 ** 3 * value);
      assert(Math.abs(error) < 1e-4, String(error));
    }
  }
});

Deno.test("debug mode knows which floats are noise on the device", async () => {
  const x = T.dscalar("x"), i = T.lvector("i");
  const rest = T.mod(i, T.var(T.ge(i, x)));
  const f = await compile([x, i], rest, { device: "cpu", mode: "debug" });
  const values = f(1, [4n, -2n, -876121221840764928n]).dataSync();
  assert(Array.from(values, Number).every((value) => value >= 0 && value < 0.25));
});

Deno.test("debug mode knows that numbers may be too large for their dtype", async () => {
  const x = T.vector("x"), squares = T.sqr(x);
  const powers = T.concatenate([squares, squares.sub(squares.mul(3)), squares.div(squares.add(x))]);
  const f = await compile([x], powers, { mode: "debug", device: "cpu" });
  const found = [...f(tensor([1e30, -1e30, 2])).dataSync()];
  assertEquals(found, [
    Infinity,
    Infinity,
    4,
    -Infinity,
    -Infinity,
    -8,
    NaN,
    NaN,
    Math.fround(4 / 6),
  ]);
});
