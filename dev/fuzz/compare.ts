/**
 * Comparing values with the reference, as closely as rounding allows.
 *
 * @module
 */

import { dtypeInfo, isComplex, isDiscrete } from "../../core/graph/dtype.ts";
import { toTypedArray, type Value } from "../../core/graph/value.ts";
import { evaluateGraph, type Variable } from "../../all.ts";
import { evaluateNoisy } from "./noise.ts";

/** The least number that devices need not flush to zero. */
const TINY = 2 ** -126;

/** What a value may be. */
export interface Expected {
  readonly value: Value;
  /** For each number what it may be away from the value; null where the value says nothing. */
  tolerance(i: number): number | null;
}

/** A number of a value as the dtype holds it. */
function held(value: Value): (i: number) => number | bigint {
  const array = toTypedArray(value) as ArrayLike<number | bigint>;
  return (i) => array[i]!;
}

/** The reference values of outputs, and how far rounding, and other signs of zeros, may move them. */
export function expectedValues(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  rounds: number,
  hasSigns = true,
): Expected[] {
  const values = evaluateGraph(outputs, inputs);
  const runs: (Value[] | null)[] = [];
  for (let i = 0; i < rounds; i++) {
    try {
      runs.push(evaluateNoisy(outputs, inputs, { hasSigns }));
    } catch {
      // An index that rounding moves out of bounds: nothing can be said of this program.
      runs.push(null);
    }
  }
  /** With noise of whole numbers, too; made when it is asked for. */
  let rough: readonly Value[] | null = null;
  /** How far a 0 may be from 0 that whole numbers leave in the graph as written, and others in an equal one. */
  const leftOver = (k: number, i: number): number => {
    try {
      rough ??= evaluateNoisy(outputs, inputs, { wholeToo: true });
    } catch {
      rough = values;
    }
    const { data } = rough[k]!, left = Math.abs(Number(data[i]));
    return data.length === values[k]!.data.length && left < 1e-6 ? left : 0;
  };
  return values.map((value, k) => ({
    value,
    tolerance(i) {
      const exact = value.data[i]!;
      if (isDiscrete(value.dtype)) {
        const same = runs.every((run) =>
          run !== null && run[k]!.data.length === value.data.length && run[k]!.data[i] === exact
        );
        return same ? 0 : null;
      }
      const unit = 2 **
        (dtypeInfo(value.dtype).bytes / (isComplex(value.dtype) ? 2 : 1) === 8
          ? -52
          : value.dtype === "float16"
          ? -10
          : -23);
      const x = Number(exact);
      let spread = 0;
      for (const run of runs) {
        const y = run === null || run[k]!.data.length !== value.data.length
          ? NaN
          : Number(run[k]!.data[i]);
        if (Object.is(x, y) || x === y) continue;
        if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
        spread = Math.max(spread, Math.abs(x - y));
      }
      if (!Number.isFinite(x)) return 0;
      if (x === 0 && spread === 0) spread = leftOver(k, i);
      const other = isComplex(value.dtype) ? Math.abs(Number(value.data[i ^ 1])) : 0;
      const scale = Math.max(Math.abs(x), other);
      const tolerance = 30 * spread + 16 * unit * scale + 64 * TINY;
      // What is all noise says nothing.
      return spread > 0.02 * Math.max(scale, 1e-30) && spread > 1e-2 ? null : tolerance;
    },
  }));
}

/** Says where a result differs from what it may be; null if it does not. */
export function mismatch(
  { value, tolerance }: Expected,
  found: Value,
  onlyFinite: boolean,
): string | null {
  if (found.dtype !== value.dtype) return `dtype is ${found.dtype}, expected ${value.dtype}`;
  if (found.shape.join() !== value.shape.join()) {
    return `shape is [${found.shape}], expected [${value.shape}]`;
  }
  const want = held(value), have = held(found);
  for (let i = 0; i < value.data.length; i++) {
    const a = want(i), b = have(i);
    if (a === b || Number.isNaN(a) && Number.isNaN(b)) continue;
    const x = Number(a), y = Number(b);
    if (onlyFinite && !Number.isFinite(x)) continue;
    const allowed = tolerance(i);
    if (allowed === null || Math.abs(x - y) <= allowed) continue;
    return `number ${i} is ${b}, expected ${a} (+- ${allowed.toPrecision(3)})`;
  }
  return null;
}
