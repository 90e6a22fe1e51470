/**
 * Types and literals as StableHLO writes them.
 *
 * @module
 */

import type { DType, TypedArray } from "../../core/graph/dtype.ts";
import type { ScalarType } from "../../core/ir/scalar.ts";

/** Types of elements, as StableHLO names them. */
export type ElementType =
  | "i1"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "ui8"
  | "ui16"
  | "ui32"
  | "ui64"
  | "f16"
  | "f32"
  | "f64"
  | "complex<f32>"
  | "complex<f64>";

const ofDType: Readonly<Record<DType, ElementType>> = {
  bool: "i1",
  int8: "i8",
  int16: "i16",
  int32: "i32",
  int64: "i64",
  uint8: "ui8",
  uint16: "ui16",
  uint32: "ui32",
  uint64: "ui64",
  float16: "f16",
  float32: "f32",
  float64: "f64",
  complex64: "complex<f32>",
  complex128: "complex<f64>",
};

const ofScalar: Readonly<Record<ScalarType, ElementType>> = {
  bool: "i1",
  i32: "i32",
  u32: "ui32",
  i64: "i64",
  u64: "ui64",
  f32: "f32",
  f64: "f64",
};

/** The element type of a dtype. */
export function elementOf(dtype: DType): ElementType {
  return ofDType[dtype];
}

/** The element type of a machine type of kernels. */
export function elementOfScalar(type: ScalarType): ElementType {
  return ofScalar[type];
}

/** Whether elements are real floats. */
export function isFloatElement(type: ElementType): boolean {
  return type.startsWith("f");
}

/** Whether elements are complex. */
export function isComplexType(type: ElementType): boolean {
  return type.startsWith("complex");
}

/** The type of the parts of a complex element; that of a real one is itself. */
export function partOf(type: ElementType): ElementType {
  return type === "complex<f32>" ? "f32" : type === "complex<f64>" ? "f64" : type;
}

/** Bits of an integer or float. */
export function bitsOf(type: ElementType): number {
  return Number(/\d+/.exec(type)![0]);
}

/** How comparisons look at elements. */
export function comparedAs(type: ElementType): "FLOAT" | "SIGNED" | "UNSIGNED" {
  if (isFloatElement(type) || isComplexType(type)) return "FLOAT";
  return /^ui|^i1$/.test(type) ? "UNSIGNED" : "SIGNED";
}

/** `tensor<2x3xf32>` */
export function tensorType(type: ElementType, shape: readonly number[]): string {
  return `tensor<${[...shape, type].join("x")}>`;
}

const bits = new DataView(new ArrayBuffer(8));

/** A number that is not finite has no decimal form: its bits. */
function bitsText(type: ElementType, value: number): string {
  switch (type) {
    case "f16":
      return `0x${Number.isNaN(value) ? "7E00" : value > 0 ? "7C00" : "FC00"}`;
    case "f32":
      bits.setFloat32(0, value);
      return `0x${bits.getUint32(0).toString(16).toUpperCase().padStart(8, "0")}`;
    default:
      bits.setFloat64(0, value);
      return `0x${bits.getBigUint64(0).toString(16).toUpperCase().padStart(16, "0")}`;
  }
}

/** One number as a literal. */
export function literalText(type: ElementType, value: number | bigint): string {
  if (type === "i1") return Number(value) !== 0 ? "true" : "false";
  if (!isFloatElement(type)) return String(typeof value === "bigint" ? value : Math.trunc(value));
  const x = Number(value);
  if (!Number.isFinite(x)) return bitsText(type, x);
  if (Object.is(x, -0)) return "-0.0";
  const [digits, exponent] = x.toExponential().split("e") as [string, string];
  return `${digits.includes(".") ? digits : `${digits}.0`}e${Number(exponent)}`;
}

/** Longer literals are written as their bytes. */
const MOST_WRITTEN = 64;

/** The elements of a tensor as a literal, of a typed array as the dtype has it. */
export function denseText(dtype: DType, shape: readonly number[], data: TypedArray): string {
  const type = elementOf(dtype), { length } = data;
  if (length === 0) return "dense<>";
  if (length > MOST_WRITTEN && type !== "i1") return `dense<"0x${hexOf(data)}">`;
  const part = partOf(type);
  const numbers = Array.from(data as ArrayLike<number | bigint>, (x) => literalText(part, x));
  let items = isComplexType(type)
    ? numbers.flatMap((re, i) => i % 2 === 0 ? [`(${re}, ${numbers[i + 1]})`] : [])
    : numbers;
  for (const n of shape.toReversed()) {
    const rows = items;
    items = Array.from(
      { length: rows.length / n },
      (_, i) => `[${rows.slice(i * n, (i + 1) * n).join(", ")}]`,
    );
  }
  return `dense<${items[0]}>`;
}

function hexOf({ buffer, byteOffset, byteLength }: TypedArray): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength), parts: string[] = [];
  for (const byte of bytes) parts.push(byte.toString(16).padStart(2, "0"));
  return parts.join("").toUpperCase();
}
