/**
 * Solving triangular systems: blocks on the diagonal are inverted, all at once, and the rest are products.
 *
 * @module
 */

import type { EmitContext, MatrixView } from "../../../graph/op.ts";
import { type Ix, sizeIx } from "../../../ir/builder.ts";
import { type Size, subSize } from "../../../ir/size.ts";
import { LinAlgError } from "../../../base/errors.ts";
import { chosen, constantOf, isZero, keptIf, minus, over, times } from "./numbers.ts";
import {
  batchOf,
  BLOCK,
  type Block,
  blocksOf,
  endOf,
  multiply,
  part,
  placeOf,
  readAt,
  scratch,
  storeAt,
  turned,
} from "./views.ts";

/** What is known of a triangle. */
interface Triangle {
  readonly isLower: boolean;
  /** Whether its diagonal counts as ones, whatever it holds. */
  readonly isUnit: boolean;
}

/**
 * Inverts blocks on the diagonal of a lower triangle: `count` of them, side by side from `start` on, each
 * with `size` rows, into the same rows of `to`.
 */
function invertBlocks(
  context: EmitContext,
  from: MatrixView,
  to: MatrixView,
  start: Size,
  count: Size,
  size: Size,
  isUnit: boolean,
): void {
  const batch = [...batchOf(from), count];
  const row = context.temp("row", to.target.dtype, [...batch, size]);
  const here = (ix: readonly Ix[]) => ix.slice(0, batch.length);
  context.nest("identity", [...batch, size, size], [], (nest) => {
    const { b, axes } = nest, [block, r, c] = axes.slice(-3) as [Ix, Ix, Ix];
    const isOn = b.compare("eq", b.ixNode(r), b.ixNode(c));
    const value = keptIf(b, isOn, constantOf(b, row.dtype, 1));
    storeAt(nest, to, b.addIx(sizeIx(start), placeOf(b, block, size, r)), c, value);
  });
  context.loop("invert", size, (counter) => {
    const t = counter();
    context.nest("row", [...batch, size], [], (nest) => {
      const { b, axes } = nest, [block, c] = axes.slice(-2) as [Ix, Ix];
      const at = b.addIx(sizeIx(start), placeOf(b, block, size, t));
      const mine = readAt(nest, to, at, c);
      nest.storeOuter(row, axes, isUnit ? mine : over(b, mine, readAt(nest, from, at, at)));
    });
    context.nest("rows below", [...batch, size, size], [], (nest) => {
      const { b, axes } = nest, [block, r, c] = axes.slice(-3) as [Ix, Ix, Ix];
      const first = b.addIx(sizeIx(start), b.scaleIx(block, size));
      const mine = b.addIx(first, r), pivot = b.addIx(first, t);
      const old = readAt(nest, to, mine, c);
      const by = nest.readTarget(row, [...here(axes), c]);
      const less = minus(b, old, times(b, readAt(nest, from, mine, pivot), by));
      const [at, now] = [b.ixNode(r), b.ixNode(t)];
      const kept = chosen(b, b.compare("eq", at, now), by, old);
      storeAt(nest, to, mine, c, chosen(b, b.compare("gt", at, now), less, kept));
    });
  });
}

/** The inverses of the blocks on the diagonal, one under the other; those of an upper triangle are turned. */
function invertDiagonal(
  context: EmitContext,
  from: MatrixView,
  { isLower, isUnit }: Triangle,
  blocks: readonly Block[],
): MatrixView {
  const batch = batchOf(from), least = context.guards.min(from.rows, BLOCK);
  const to = scratch(context, "inverses", from.target, batch, from.rows, least);
  const lower = isLower ? from : turned(from);
  const full = blocks.filter(({ length }) => length === BLOCK).length;
  if (full > 0) invertBlocks(context, lower, to, 0, full, BLOCK, isUnit);
  for (const { start, length } of blocks.slice(full)) {
    invertBlocks(context, lower, to, start, 1, length, isUnit);
  }
  return to;
}

/** The inverse of one block, of those that {@linkcode invertDiagonal} gives. */
function inverseOf(
  inverses: MatrixView,
  { start, length }: Block,
  isLower: boolean,
): MatrixView {
  const one = part(inverses, start, 0, length, length);
  return isLower ? one : turned(one);
}

/** Fails where a number on the diagonal is zero. */
export function checkDiagonal(context: EmitContext, matrix: MatrixView, message: string): void {
  const { min } = context.guards;
  const length = min.call(context.guards, matrix.rows, matrix.columns);
  context.nest("check", [...batchOf(matrix), length], [], (nest) => {
    const at = nest.axes.at(-1)!, x = readAt(nest, matrix, at, at);
    nest.check(isZero(nest.b, x), message, LinAlgError);
  });
}

/** Solves `matrix · to = right`, where the matrix is a triangle. */
export function emitTriangular(
  context: EmitContext,
  matrix: MatrixView,
  triangle: Triangle,
  right: MatrixView,
  to: MatrixView,
): void {
  const { isLower } = triangle, { columns } = right, n = matrix.rows;
  const blocks = blocksOf(context.guards, n);
  const inverses = invertDiagonal(context, matrix, triangle, blocks);
  let isFirst = true;
  for (const block of isLower ? blocks : blocks.toReversed()) {
    const { start, length } = block;
    let rest = part(right, start, 0, length, columns);
    if (!isFirst) {
      const left = scratch(context, "rest", to.target, batchOf(to), length, columns);
      const from = isLower ? 0 : endOf(block), count = isLower ? start : subSize(n, from);
      multiply(
        context,
        "known part",
        part(matrix, start, from, length, count),
        part(to, from, 0, count, columns),
        left,
        rest,
      );
      rest = left;
    }
    const inverse = inverseOf(inverses, block, isLower);
    multiply(context, "solve block", inverse, rest, part(to, start, 0, length, columns));
    isFirst = false;
  }
}
