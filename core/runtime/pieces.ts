/**
 * Values in several pieces of memory.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex, type TypedArray } from "../graph/dtype.ts";

/** One array of the pieces of a value. */
export function joinPieces(dtype: DType, pieces: readonly TypedArray[]): TypedArray {
  if (pieces.length === 1) return pieces[0]!;
  const parts = pieces.reduce((sum, { length }) => sum + length, 0);
  const joined = dtypeInfo(dtype).array(isComplex(dtype) ? parts / 2 : parts);
  const bytes = new Uint8Array(joined.buffer);
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of pieces) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return joined;
}
