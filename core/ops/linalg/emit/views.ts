/**
 * Parts of matrices in memory, and cutting lengths into blocks, for ops that emit blocked algorithms.
 *
 * @module
 */

import { isComplex, realOf } from "../../../graph/dtype.ts";
import type {
  ComplexElement,
  Element,
  EmitContext,
  LoopNestBuilder,
  MatrixView,
  Target,
} from "../../../graph/op.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { addSize, type Guards, mulSize, type Size, subSize } from "../../../ir/size.ts";
import { conjugate } from "./numbers.ts";

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

/** The transposed matrices, with conjugates for complex elements. */
export function adjoint(view: MatrixView): MatrixView {
  const other = turned(view);
  return isComplex(view.target.dtype) ? { ...other, isConjugate: !view.isConjugate } : other;
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
export function readAt(nest: LoopNestBuilder, view: MatrixView, r: Ix, c: Ix): Element {
  const x = nest.readTarget(view.target, placeIn(nest.b, view, nest.axes, r, c));
  return view.isConjugate === true ? conjugate(nest.b, x) : x;
}

/** The same of matrices that are not complex. */
export function readReal(nest: LoopNestBuilder, view: MatrixView, r: Ix, c: Ix): SNode {
  return readAt(nest, view, r, c) as SNode;
}

/** Stores an element of a view, once for each point of a nest. */
export function storeAt(
  nest: LoopNestBuilder,
  view: MatrixView,
  r: Ix,
  c: Ix,
  value: Element,
): void {
  nest.storeOuter(view.target, placeIn(nest.b, view, nest.axes, r, c), value);
}

/** Adds a nest over the elements of views of one size; `value` of each goes to `to`. */
export function fill(
  context: EmitContext,
  name: string,
  to: MatrixView,
  value: (nest: LoopNestBuilder, r: Ix, c: Ix) => Element,
): void {
  context.nest(name, [...batchOf(to), to.rows, to.columns], [], (nest) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    storeAt(nest, to, r, c, value(nest, r, c));
  });
}

/** Matrices as real ones, with both parts of complex elements side by side. */
function inParts(view: MatrixView): MatrixView {
  const { target, column, columns } = view, { dtype, shape } = target;
  if (!isComplex(dtype)) return view;
  const wide = [...shape.slice(0, -1), mulSize(shape.at(-1)!, 2)];
  return {
    ...view,
    target: { ...target, dtype: realOf(dtype), shape: wide },
    column: mulSize(column, 2),
    columns: mulSize(columns, 2),
  };
}

/**
 * Real matrices whose product is that of some matrices {@linkcode inParts}: each number x + iy on the right
 * becomes two rows, (x, y) and (-y, x).
 */
function realOperands(
  context: EmitContext,
  left: MatrixView,
  right: MatrixView,
): readonly [left: MatrixView, right: MatrixView] {
  if (!isComplex(left.target.dtype)) return [left, right];
  const { rows, columns } = right, batch = batchOf(right);
  let first = left;
  if (left.isTurned || left.isConjugate === true) {
    first = scratch(context, "left", left.target, batch, left.rows, left.columns);
    fill(context, "left", first, (nest, r, c) => readAt(nest, left, r, c));
  }
  const dtype = realOf(right.target.dtype);
  const pairs = context.temp("right", dtype, [...batch, rows, 2, columns, 2]);
  context.nest("right", [...batch, rows, columns], [], (nest) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix], here = nest.axes.slice(0, batch.length);
    const { re, im } = readAt(nest, right, r, c) as ComplexElement;
    const put = (row: number, part: number, value: SNode) =>
      nest.storeOuter(pairs, [...here, r, sizeIx(row), c, sizeIx(part)], value);
    put(0, 0, re);
    put(0, 1, im);
    put(1, 0, nest.b.unary("neg", im));
    put(1, 1, re);
  });
  const shape = [...batch, mulSize(rows, 2), mulSize(columns, 2)];
  return [inParts(first), whole({ ...pairs, shape })];
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
  const sink = inParts(to), source = from && inParts(from);
  context.product(name, ...realOperands(context, left, right), (nest, product) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    const value = source === null ? product : nest.b.sub(readReal(nest, source, r, c), product);
    storeAt(nest, sink, r, c, value);
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
  const sink = inParts(to);
  context.product(name, ...realOperands(context, left, right), (nest, product) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    storeAt(nest, sink, r, c, nest.b.add(readReal(nest, sink, r, c), product));
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
