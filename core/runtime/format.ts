/**
 * Tensors as text.
 *
 * @module
 */

import { type DType, isComplex, isFloat, type TypedArray } from "../graph/dtype.ts";

/** Rows and columns shown at each end before the middle is left out. */
const EDGE = 3;
/** Tensors with more elements than this are shortened. */
const LARGE = 1000;

/** The values in brackets, aligned, shortened in the middle when there are many. */
export function formatTensor(dtype: DType, shape: readonly number[], data: TypedArray): string {
  const total = shape.reduce((n, size) => n * size, 1);
  const short = total > LARGE;
  const cells: string[] = [];
  const visit = (depth: number, at: number, out: (position: number | null) => void): void => {
    if (depth === shape.length) return out(at);
    for (const i of shown(shape[depth]!, short)) {
      if (i === null) out(null);
      else visit(depth + 1, at * shape[depth]! + i, out);
    }
  };
  visit(0, 0, (position) => {
    if (position !== null) cells.push(formatElement(dtype, data, position));
  });
  const width = cells.reduce((w, cell) => Math.max(w, cell.length), 0);
  const write = (depth: number, at: number, indent: number): string => {
    if (depth === shape.length) {
      const cell = formatElement(dtype, data, at);
      return shape.length === 0 ? cell : cell.padStart(width);
    }
    const parts = shown(shape[depth]!, short).map((i) =>
      i === null ? "…" : write(depth + 1, at * shape[depth]! + i, indent + 1)
    );
    const last = depth === shape.length - 1;
    const blank = "\n".repeat(shape.length - 1 - depth);
    return `[${parts.join(last ? ", " : `,${blank}${" ".repeat(indent + 1)}`)}]`;
  };
  return write(0, 0, 0);
}

function shown(length: number, short: boolean): (number | null)[] {
  const all = Array.from({ length: Math.min(length, 2 * EDGE + LARGE) }, (_, i) => i);
  if (!short || length <= 2 * EDGE) return all;
  return [
    ...all.slice(0, EDGE),
    null,
    ...Array.from({ length: EDGE }, (_, i) => length - EDGE + i),
  ];
}

function formatElement(dtype: DType, data: TypedArray, i: number): string {
  if (isComplex(dtype)) {
    const im = Number(data[2 * i + 1]);
    const sign = im < 0 || Object.is(im, -0) ? "-" : "+";
    return `${formatNumber(dtype, Number(data[2 * i]))}${sign}${
      formatNumber(dtype, Math.abs(im))
    }i`;
  }
  if (dtype === "bool") return data[i] !== 0 ? "true" : "false";
  if (!isFloat(dtype)) return String(data[i]);
  return formatNumber(dtype, Number(data[i]));
}

function formatNumber(dtype: DType, x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const digits = dtype === "float16" ? 4 : dtype === "float32" || dtype === "complex64" ? 7 : 9;
  const text = String(Number(x.toPrecision(digits)));
  return text;
}
