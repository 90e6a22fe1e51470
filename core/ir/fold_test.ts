import { assertEquals } from "@std/assert";
import { castValue, foldPrim, nearest } from "./fold.ts";

Deno.test("int64 becomes float32 with one rounding", () => {
  // By float64 the first would be rounded to the tie 2^60 + 2^36, then down to 2^60.
  assertEquals(castValue("i64", "f32", (1n << 60n) + (1n << 36n) + 1n), 2 ** 60 + 2 ** 37);
  assertEquals(castValue("i64", "f32", (1n << 60n) + (1n << 36n)), 2 ** 60);
  assertEquals(castValue("i64", "f32", -(1n << 60n) - (1n << 36n) - 1n), -(2 ** 60) - 2 ** 37);
  assertEquals(castValue("i64", "f32", (1n << 60n) + (1n << 36n) - 1n), 2 ** 60);
  assertEquals(castValue("u64", "f32", (1n << 64n) - 1n), 2 ** 64);
  assertEquals(castValue("u64", "f32", (1n << 63n) + (1n << 39n) + 1n), 2 ** 63 + 2 ** 40);
});

Deno.test("floats become integers by truncation and saturation", () => {
  assertEquals(castValue("f32", "i32", -1.9), -1);
  assertEquals(castValue("f32", "i32", 3e9), 2147483647);
  assertEquals(castValue("f32", "u32", -3), 0);
  assertEquals(castValue("f64", "i64", 1e30), (1n << 63n) - 1n);
  assertEquals(castValue("f64", "u64", NaN), 0n);
  assertEquals(castValue("f64", "bool", NaN), 1);
});

Deno.test("integer division is total and truncates", () => {
  assertEquals(foldPrim("div", "i32", "i32", [-7, 2]), -3);
  assertEquals(foldPrim("div", "i32", "i32", [-(2 ** 31), -1]), -(2 ** 31));
  assertEquals(foldPrim("div", "i64", "i64", [-(2n ** 63n), -1n]), -(2n ** 63n));
  assertEquals(foldPrim("div", "u32", "u32", [5, 0]), 0);
  assertEquals(foldPrim("rem", "i32", "i32", [-7, 2]), -1);
  assertEquals(foldPrim("rem", "i64", "i64", [7n, 0n]), 0n);
});

Deno.test("mulhi, shifts and wrapping", () => {
  assertEquals(foldPrim("mulhi", "u32", "u32", [0xffffffff, 0xffffffff]), 0xfffffffe);
  assertEquals(foldPrim("mulhi", "u64", "u64", [2n ** 63n, 6n]), 3n);
  assertEquals(foldPrim("mul", "u32", "u32", [0xffffffff, 0xffffffff]), 1);
  assertEquals(foldPrim("shl", "i32", "i32", [1, 33]), 2);
  assertEquals(foldPrim("shr", "u32", "u32", [0x80000000, 31]), 1);
  assertEquals(foldPrim("neg", "i32", "i32", [-(2 ** 31)]), -(2 ** 31));
});

Deno.test("nearest takes ties to even and keeps the sign of zero", () => {
  assertEquals([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994].map(nearest), [0, 2, 2, -0, -2, 0]);
});
