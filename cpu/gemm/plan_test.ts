import { assertEquals } from "@std/assert";
import { type GemmPlan, type GemmShape, planGemm } from "./plan.ts";

function plan(m: number, n: number, k: number, layout: string): GemmPlan {
  const shape: GemmShape = {
    m,
    n,
    k,
    aRowStride: layout[0] === "n" ? k : 1,
    aColumnStride: layout[0] === "n" ? 1 : m,
    bRowStride: layout[1] === "n" ? n : 1,
    bColumnStride: layout[1] === "n" ? 1 : k,
  };
  return planGemm(shape, 4);
}

Deno.test("planGemm finds nothing to sum in empty products", () => {
  for (const [m, n, k] of [[0, 5, 5], [5, 0, 5], [5, 5, 0]] as const) {
    assertEquals(plan(m, n, k, "nn"), { way: "nothing" });
  }
});

Deno.test("planGemm takes vectors for what they are", () => {
  assertEquals(plan(100, 1, 100, "nn"), { way: "vector", swap: false });
  assertEquals(plan(1, 100, 100, "nn"), { way: "vector", swap: true });
});

Deno.test("planGemm packs large operands, rows of A only where they aren't contiguous", () => {
  const packed = { way: "blocked", swap: false, packB: true } as const;
  assertEquals(plan(512, 512, 512, "nn"), { ...packed, packA: false });
  assertEquals(plan(512, 512, 512, "tt"), { ...packed, packA: true });
});

Deno.test("planGemm never packs the large operand of a narrow product", () => {
  assertEquals(plan(600, 10, 784, "nn"), { way: "dot", swap: false });
  assertEquals(plan(600, 10, 784, "nt"), { way: "dot", swap: false });
  assertEquals(plan(10, 600, 784, "nt"), { way: "dot", swap: true });
  const inPlace = { way: "blocked", packA: false, packB: false } as const;
  assertEquals(plan(784, 10, 600, "tn"), { ...inPlace, swap: true });
  assertEquals(plan(10, 600, 784, "nn"), { ...inPlace, swap: false });
  assertEquals(plan(20, 20, 20, "nn"), { ...inPlace, swap: false });
});
