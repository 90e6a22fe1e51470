/**
 * Where two values differ.
 *
 * @module
 */

import { isDiscrete, realOf } from "../graph/dtype.ts";
import type { Value } from "../graph/value.ts";

const tolerances: Record<string, number> = { float16: 1e-2, float32: 1e-4, float64: 1e-9 };

/** How two values may differ. */
interface Closeness {
  /** Relative (and, below 1, absolute) tolerance; default by dtype. */
  readonly tolerance?: number;
  /** Compare only where the first value is finite. */
  readonly onlyFinite?: boolean;
  /** What else may lie between them at a position. */
  readonly slack?: (position: number) => number;
}

/** Says where two values differ; null if they are close. Both zeros are equal. */
export function difference(want: Value, have: Value, options: Closeness = {}): string | null {
  if (want.dtype !== have.dtype) return `expected dtype ${want.dtype}, got ${have.dtype}`;
  if (want.shape.join() !== have.shape.join()) {
    return `expected shape (${want.shape}), got (${have.shape})`;
  }
  const exact = isDiscrete(want.dtype);
  const tolerance = exact ? 0 : options.tolerance ?? tolerances[realOf(want.dtype)]!;
  for (let i = 0; i < want.data.length; i++) {
    const p = want.data[i]!, q = have.data[i]!;
    if (p === q || Number.isNaN(p) && Number.isNaN(q)) continue;
    const a = Number(p), b = Number(q);
    if (options.onlyFinite === true && !Number.isFinite(a)) continue;
    if (Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a))) continue;
    if (options.slack !== undefined && Math.abs(a - b) <= options.slack(i)) continue;
    return `expected ${p} at position ${i}, got ${q}`;
  }
  return null;
}
