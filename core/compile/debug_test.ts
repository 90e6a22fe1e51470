import { assertEquals } from "@std/assert";
import { T, type Variable } from "../../mod.ts";
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
