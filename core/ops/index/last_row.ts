/**
 * Rows that are known without the tensor they are the last of: loops offer their last values so, and the
 * values before them need not be kept.
 *
 * @module
 */

import { Constant, type Variable } from "../../graph/graph.ts";
import type { IndexSpec } from "./index_spec.ts";

type Finder = (x: Variable) => Variable | null;

const finders: Finder[] = [];

/** Adds a way to find last rows. */
export function registerLastRow(find: Finder): void {
  finders.push(find);
}

/** The last row of `x`, if the index asks for it and something knows it; else null. */
export function lastRow(x: Variable, spec: IndexSpec): Variable | null {
  const items: readonly unknown[] = Array.isArray(spec) ? spec : [spec];
  if (items.length !== 1 || !isMinusOne(items[0])) return null;
  for (const find of finders) {
    const found = find(x);
    if (found !== null) return found;
  }
  return null;
}

function isMinusOne(item: unknown): boolean {
  if (item instanceof Constant) return item.ndim === 0 && Number(item.value.data[0]) === -1;
  return item === -1;
}
