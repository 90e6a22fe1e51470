/**
 * Factorisations of one matrix, in float64 and row by row: what the reference computes.
 *
 * @module
 */

import type { DType } from "../../graph/dtype.ts";
import type { Value } from "../../graph/value.ts";
import { zeroValue } from "../common/moving.ts";
import { LinAlgError } from "../../base/errors.ts";
import {
  conjugate,
  type Entry,
  isZero,
  minus,
  over,
  re,
  type Rows,
  taxicab,
  times,
} from "./reference_numbers.ts";

/** A value of zeros for results: of the axes that count matrices, and others. */
export function zeros(like: Value, axes: readonly number[], dtype: DType = like.dtype): Value {
  return zeroValue(dtype, [...like.shape.slice(0, -2), ...axes]);
}

/** The lower factor of a positive definite matrix, of which the lower triangle is read. */
export function choleskyOf(a: Rows, n: number, l: Rows, isChecked: boolean, what: string): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a.at(i * n + j);
      for (let k = 0; k < j; k++) {
        sum = minus(sum, times(l.at(i * n + k), conjugate(l.at(j * n + k))));
      }
      if (i > j) l.put(i * n + j, over(sum, re(l.at(j * n + j))));
      else {
        if (!(re(sum) > 0) && isChecked) throw new LinAlgError(what);
        l.put(j * n + j, re(sum) > 0 ? Math.sqrt(re(sum)) : NaN);
      }
    }
  }
}

/** A triangle, as it is read. */
interface TriangleReader {
  readonly n: number;
  readonly isLower: boolean;
  readonly isUnit: boolean;
  at(row: number, column: number): Entry;
}

/** Solves for `columns` right sides, in place. */
export function substitute(triangle: TriangleReader, x: Rows, columns: number): void {
  const { n, isLower, isUnit, at } = triangle;
  for (let step = 0; step < n; step++) {
    const i = isLower ? step : n - 1 - step;
    for (let c = 0; c < columns; c++) {
      let sum = x.at(i * columns + c);
      for (let j = isLower ? 0 : i + 1; j < (isLower ? i : n); j++) {
        sum = minus(sum, times(at(i, j), x.at(j * columns + c)));
      }
      x.put(i * columns + c, isUnit ? sum : over(sum, at(i, i)));
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
      const x = taxicab(a.at(i * n + t)), best = taxicab(a.at(p * n + t));
      if (x > best || Number.isNaN(x) && !Number.isNaN(best)) p = i;
    }
    pivots.push(p);
    [order[t], order[p]] = [order[p]!, order[t]!];
    for (let j = 0; j < n; j++) {
      const own = a.at(t * n + j);
      a.put(t * n + j, a.at(p * n + j));
      a.put(p * n + j, own);
    }
    const pivot = a.at(t * n + t);
    for (let i = t + 1; i < m; i++) {
      const factor = isZero(pivot) ? 0 : over(a.at(i * n + t), pivot);
      a.put(i * n + t, factor);
      for (let j = t + 1; j < n; j++) {
        a.put(i * n + j, minus(a.at(i * n + j), times(factor, a.at(t * n + j))));
      }
    }
  }
  return { order, pivots };
}
