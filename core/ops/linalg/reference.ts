/**
 * Factorisations of one matrix, in float64 and row by row: what the reference computes.
 *
 * @module
 */

import { sizeOf, type Value } from "../../graph/value.ts";
import { zeroValue } from "../common/moving.ts";
import { LinAlgError } from "../../base/errors.ts";

/** Numbers of a matrix, row by row. */
export type Rows = Float64Array;

/** One matrix after the other of some values whose last two axes hold matrices. */
export function eachMatrix(
  values: readonly Value[],
  visit: (matrices: readonly Rows[], at: number) => void,
): void {
  const count = sizeOf(values[0]!.shape.slice(0, -2));
  for (let i = 0; i < count; i++) {
    const matrices = values.map(({ data, shape }) => {
      const size = sizeOf(shape.slice(-2));
      return (data as Float64Array).subarray(i * size, (i + 1) * size);
    });
    visit(matrices, i);
  }
}

/** Values of zeros for results: of the axes that count matrices, and others. */
export function zeros(like: Value, ...axes: readonly (readonly number[])[]): Value[] {
  return axes.map((own) => zeroValue(like.dtype, [...like.shape.slice(0, -2), ...own]));
}

/** The lower factor of a positive definite matrix, of which the lower triangle is read. */
export function choleskyOf(a: Rows, n: number, l: Rows, isChecked: boolean, what: string): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i > j) l[i * n + j] = sum / l[j * n + j]!;
      else {
        if (!(sum > 0) && isChecked) throw new LinAlgError(what);
        l[j * n + j] = sum > 0 ? Math.sqrt(sum) : NaN;
      }
    }
  }
}

/** A triangle, as it is read. */
interface TriangleReader {
  readonly n: number;
  readonly isLower: boolean;
  readonly isUnit: boolean;
  at(row: number, column: number): number;
}

/** Solves for `columns` right sides, in place. */
export function substitute(triangle: TriangleReader, x: Rows, columns: number): void {
  const { n, isLower, isUnit, at } = triangle;
  for (let step = 0; step < n; step++) {
    const i = isLower ? step : n - 1 - step;
    for (let c = 0; c < columns; c++) {
      let sum = x[i * columns + c]!;
      for (let j = isLower ? 0 : i + 1; j < (isLower ? i : n); j++) {
        sum -= at(i, j) * x[j * columns + c]!;
      }
      x[i * columns + c] = isUnit ? sum : sum / at(i, i);
    }
  }
}

/**
 * Factorises a matrix of m rows and n columns in place, with rows exchanged: L below the diagonal, U from
 * it on. Gives where its rows came from, and which row each was exchanged with.
 */
export function luOf(a: Rows, m: number, n: number): { order: number[]; pivots: number[] } {
  const order = Array.from({ length: m }, (_, i) => i), pivots: number[] = [];
  for (let t = 0; t < Math.min(m, n); t++) {
    let p = t;
    for (let i = t; i < m; i++) {
      const x = Math.abs(a[i * n + t]!), best = Math.abs(a[p * n + t]!);
      if (x > best || Number.isNaN(x) && !Number.isNaN(best)) p = i;
    }
    pivots.push(p);
    [order[t], order[p]] = [order[p]!, order[t]!];
    for (let j = 0; j < n; j++) {
      [a[t * n + j], a[p * n + j]] = [a[p * n + j]!, a[t * n + j]!];
    }
    const pivot = a[t * n + t]!;
    for (let i = t + 1; i < m; i++) {
      const factor = pivot === 0 ? 0 : a[i * n + t]! / pivot;
      a[i * n + t] = factor;
      for (let j = t + 1; j < n; j++) a[i * n + j]! -= factor * a[t * n + j]!;
    }
  }
  return { order, pivots };
}
