/**
 * Parts of matrices in memory, and cutting lengths into blocks, for ops that emit blocked algorithms.
 *
 * @module
 */

import type { EmitContext, LoopNestBuilder, MatrixView, Target } from "../../../graph/op.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { addSize, type Guards, type Size, subSize } from "../../../ir/size.ts";

/** Rows and columns of a block: what is inside of one is computed step by step, the rest by products. */
export const BLOCK = 32;

/** All of the matrices of a target. */
export function whole(target: Target): MatrixView {
  const [rows, columns] = target.shape.slice(-2) as [Size, Size];
  return { target, row: 0, column: 0, rows, columns, isTurned: false };
}

/** The transposed matrices. */
export function turned(view: MatrixView): MatrixView {
  return { ...view, rows: view.columns, columns: view.rows, isTurned: !view.isTurned };
}

/** Some rows and columns of a view. */
export function part(
  view: MatrixView,
  row: Size,
  column: Size,
  rows: Size,
  columns: Size,
): MatrixView {
  const [down, right] = view.isTurned ? [column, row] : [row, column];
  return {
    ...view,
    row: addSize(view.row, down),
    column: addSize(view.column, right),
    rows,
    columns,
  };
}

/** The axes that count the matrices of a view. */
export function batchOf({ target }: MatrixView): readonly Size[] {
  return target.shape.slice(0, -2);
}

/** The place of an element in the target of a view. */
function placeIn(b: ScalarBuilder, view: MatrixView, batch: readonly Ix[], r: Ix, c: Ix): Ix[] {
  const [down, right] = view.isTurned ? [c, r] : [r, c];
  return [
    ...batch.slice(0, view.target.shape.length - 2),
    b.addIx(sizeIx(view.row), down),
    b.addIx(sizeIx(view.column), right),
  ];
}

/** The element of a view in row `r` and column `c` of the matrix at the first axes of a nest. */
export function readAt(nest: LoopNestBuilder, view: MatrixView, r: Ix, c: Ix): SNode {
  return nest.readTarget(view.target, placeIn(nest.b, view, nest.axes, r, c)) as SNode;
}

/** Stores an element of a view, once for each point of a nest. */
export function storeAt(
  nest: LoopNestBuilder,
  view: MatrixView,
  r: Ix,
  c: Ix,
  value: SNode,
): void {
  nest.storeOuter(view.target, placeIn(nest.b, view, nest.axes, r, c), value);
}

/** Adds a nest over the elements of views of one size; `value` of each goes to `to`. */
export function fill(
  context: EmitContext,
  name: string,
  to: MatrixView,
  value: (nest: LoopNestBuilder, r: Ix, c: Ix) => SNode,
): void {
  context.nest(name, [...batchOf(to), to.rows, to.columns], [], (nest) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    storeAt(nest, to, r, c, value(nest, r, c));
  });
}

/** Adds a product that is stored as it is, or less than what `from` holds. */
export function multiply(
  context: EmitContext,
  name: string,
  left: MatrixView,
  right: MatrixView,
  to: MatrixView,
  from: MatrixView | null = null,
): void {
  context.product(name, left, right, (nest, product) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    const value = from === null ? product : nest.b.sub(readAt(nest, from, r, c), product);
    storeAt(nest, to, r, c, value);
  });
}

/** Adds a product to what is stored. */
export function accumulate(
  context: EmitContext,
  name: string,
  left: MatrixView,
  right: MatrixView,
  to: MatrixView,
): void {
  context.product(name, left, right, (nest, product) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    storeAt(nest, to, r, c, nest.b.add(readAt(nest, to, r, c), product));
  });
}

/** A piece of a length. */
export interface Block {
  readonly start: Size;
  readonly length: Size;
}

/** A length in pieces of `size`, of which the last may be shorter. */
export function blocksOf(guards: Guards, length: Size, size = BLOCK): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  while (guards.less(start + size, length)) {
    blocks.push({ start, length: size });
    start += size;
  }
  if (!guards.equal(length, start)) blocks.push({ start, length: subSize(length, start) });
  return blocks;
}

/** Where a block ends. */
export function endOf({ start, length }: Block): Size {
  return addSize(start, length);
}

/** `times` of a position and a second one. */
export function placeOf(b: ScalarBuilder, first: Ix, times: Size, second: Ix): Ix {
  return b.addIx(b.scaleIx(first, times), second);
}

/** A temp of matrices, and all of it as a view. */
export function scratch(
  context: EmitContext,
  name: string,
  like: Target,
  batch: readonly Size[],
  rows: Size,
  columns: Size,
): MatrixView {
  return whole(context.temp(name, like.dtype, [...batch, rows, columns]));
}
