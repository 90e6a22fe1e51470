/**
 * Lengths of transforms.
 *
 * @module
 */

import { shown } from "../../base/shown.ts";
import { asIndexScalar, type Dim, staticDim } from "../common/arguments.ts";

/** A length to transform, checked as far as it is known. */
export function checkedLength(n: Dim | null | undefined, action: string): Dim | null {
  if (n === null || n === undefined) return null;
  const length = asIndexScalar(n, action, "a length"), known = staticDim(length);
  if (known !== null && known < 1) {
    throw new RangeError(`${action}: expected a length >= 1, got ${shown(known)}`);
  }
  return length;
}
