/**
 * LU factors with partial pivoting: a panel of columns leaf by leaf, the columns right of it by products.
 *
 * @module
 */

import { realOf } from "../../../graph/dtype.ts";
import type {
  Element,
  EmitContext,
  LoopNestBuilder,
  MatrixView,
  Target,
} from "../../../graph/op.ts";
import { type Ix, sizeIx } from "../../../ir/builder.ts";
import { scalarTypeOf, type SNode } from "../../../ir/scalar.ts";
import { addSize, type Size, subSize } from "../../../ir/size.ts";
import {
  chosen,
  constantOf,
  elementOf,
  isZero,
  keptIf,
  minus,
  negated,
  over,
  realPart,
  taxicab,
  times,
} from "./numbers.ts";
import { emitTriangular } from "./triangular.ts";
import {
  accumulate,
  batchOf,
  type Block,
  blocksOf,
  endOf,
  fill,
  part,
  readAt,
  scratch,
  storeAt,
} from "./views.ts";

/** Columns of a panel: products with more of them are faster. */
const PANEL = 64;

/** Where the results go. */
interface LuTargets {
  readonly packed: MatrixView;
  /** int32 or int64: where each row came from; null where nobody asks. */
  readonly order: Target | null;
  /** int32 or int64: with which row each was exchanged; null where nobody asks. */
  readonly pivots: Target | null;
}

/** A panel of columns of the whole, from row `block.start` on. */
interface Panel {
  readonly block: Block;
  /** The panel turned, so that numbers of a column lie side by side; behind it, where its rows came from. */
  readonly columns: MatrixView;
  /** int32: the row of the whole with which each was exchanged, of all panels. */
  readonly exchanged: Target;
}

/** A number at the first axes of a nest and an index. */
function numberAt(nest: LoopNestBuilder, target: Target, ...index: readonly Ix[]): Element {
  const batch = nest.axes.slice(0, target.shape.length - index.length);
  return nest.readTarget(target, [...batch, ...index]);
}

/** The same of integers and other real numbers. */
function at(nest: LoopNestBuilder, target: Target, ...index: readonly Ix[]): SNode {
  return numberAt(nest, target, ...index) as SNode;
}

/** Factorises some columns of a panel, those before them being done. */
function factorise(
  context: EmitContext,
  { block, columns, exchanged }: Panel,
  { start, length }: Block,
): void {
  const { target } = columns, batch = batchOf(columns), rows = columns.columns;
  const leaf = part(columns, start, 0, length, rows);
  const temp = (name: string, size: Size) => context.temp(name, target.dtype, [...batch, size]);
  const [own, other] = [temp("own", columns.rows), temp("other", columns.rows)];
  const factor = temp("factor", rows), real = realOf(target.dtype);
  const below = context.temp("below", real, factor.shape);
  const flag = ({ b }: LoopNestBuilder, isOn: SNode): SNode =>
    realPart(keptIf(b, isOn, constantOf(b, real, 1)));
  const place = context.temp("place", "int32", batch);
  context.loop("factorise", length, (counter) => {
    const t = counter();
    const step = ({ b }: LoopNestBuilder) => b.addIx(sizeIx(start), t);
    context.nest("pivot", batch, [rows], (nest) => {
      const { b, axes } = nest, r = nest.loops[0]!, size = taxicab(b, readAt(nest, leaf, t, r));
      const isLeft = b.compare("ge", b.ixNode(r), b.ixNode(step(nest)));
      const found = nest.reduce("argmax", b.select(isLeft, size, b.constant(size.type, -1)));
      nest.storeOuter(place, axes, found);
      const inAll = b.addIx(sizeIx(addSize(block.start, start)), t);
      nest.storeOuter(exchanged, [...axes, inAll], b.add(found, b.size(block.start)));
    });
    const pivot = (nest: LoopNestBuilder) => nest.b.ix(at(nest, place));
    context.nest("rows", own.shape, [], (nest) => {
      const c = nest.axes.at(-1)!;
      nest.storeOuter(own, nest.axes, readAt(nest, columns, c, step(nest)));
      nest.storeOuter(other, nest.axes, readAt(nest, columns, c, pivot(nest)));
    });
    context.nest("exchange", own.shape, [], (nest) => {
      const c = nest.axes.at(-1)!;
      storeAt(nest, columns, c, pivot(nest), nest.readTarget(own, nest.axes));
      storeAt(nest, columns, c, step(nest), nest.readTarget(other, nest.axes));
    });
    context.nest("factor", factor.shape, [], (nest) => {
      const { b, axes } = nest, r = axes.at(-1)!, old = readAt(nest, leaf, t, r);
      const by = numberAt(nest, other, step(nest));
      const value = keptIf(b, b.unary("not", isZero(b, by)), over(b, old, by));
      const isBelow = b.compare("gt", b.ixNode(r), b.ixNode(step(nest)));
      nest.storeOuter(factor, axes, value);
      nest.storeOuter(below, axes, flag(nest, isBelow));
      storeAt(nest, leaf, t, r, chosen(b, isBelow, value, old));
    });
    context.nest("right", [...batch, length, rows], [], (nest) => {
      const { b } = nest, [c, r] = nest.axes.slice(-2) as [Ix, Ix], old = readAt(nest, leaf, c, r);
      const upper = numberAt(nest, other, b.addIx(sizeIx(start), c));
      const isDone = flag(nest, b.compare("le", b.ixNode(c), b.ixNode(t)));
      const less = minus(b, old, times(b, numberAt(nest, factor, r), upper));
      const isLeft = b.compare("gt", at(nest, below, r), isDone);
      storeAt(nest, leaf, c, r, chosen(b, isLeft, less, old));
    });
  });
}

/** Takes what a leaf of a panel explains from `count` columns right of it. */
function eliminate(context: EmitContext, { columns }: Panel, leaf: Block, count: Size): void {
  const { start, length } = leaf, { target } = columns, batch = batchOf(columns);
  const end = endOf(leaf), rows = subSize(columns.columns, end);
  const lower = part(columns, start, start, length, length);
  const right = part(columns, end, start, count, length);
  const upper = scratch(context, "upper", target, batch, count, length);
  const first = context.temp("first", target.dtype, [...batch, count]);
  fill(context, "upper", upper, (nest, c, r) => readAt(nest, right, c, r));
  context.loop("solve", length, (counter) => {
    const t = counter();
    context.nest("first", first.shape, [], (nest) => {
      nest.storeOuter(first, nest.axes, readAt(nest, upper, nest.axes.at(-1)!, t));
    });
    fill(context, "upper", upper, (nest, c, r) => {
      const { b } = nest, old = readAt(nest, upper, c, r);
      const less = minus(b, old, times(b, numberAt(nest, first, c), readAt(nest, lower, t, r)));
      return chosen(b, b.compare("gt", b.ixNode(r), b.ixNode(t)), less, old);
    });
  });
  fill(context, "upper", right, (nest, c, r) => readAt(nest, upper, c, r));
  if (context.guards.equal(rows, 0)) return;
  const negative = scratch(context, "minus", target, batch, length, rows);
  const below = part(columns, start, end, length, rows);
  fill(context, "minus", negative, (nest, c, r) => negated(nest.b, readAt(nest, below, c, r)));
  accumulate(context, "right of leaf", upper, negative, part(columns, end, end, count, rows));
}

/** Brings the rows of a whole matrix where a panel has put its own. */
function exchange(
  context: EmitContext,
  { block, columns, exchanged }: Panel,
  all: MatrixView,
): void {
  const { start, length } = block, batch = batchOf(all), both = addSize(length, length);
  const inAll = ({ b }: LoopNestBuilder, row: Ix): Ix => b.addIx(sizeIx(start), row);
  /** The places of pivots, and those of the rows that were there. */
  const placed = (nest: LoopNestBuilder, k: Ix): Ix => {
    const { b } = nest, own = b.ixNode(k), isPivot = b.compare("lt", own, b.size(length));
    const other = b.select(isPivot, b.constant("i32", 0), b.sub(own, b.size(length)));
    const place = at(nest, exchanged, inAll(nest, b.ix(other)));
    return b.ix(b.select(isPivot, own, b.sub(place, b.size(start))));
  };
  const moved = scratch(context, "moved", all.target, batch, both, all.columns);
  fill(context, "moved", moved, (nest, k, c) => {
    const { b } = nest, came = readAt(nest, columns, sizeIx(length), placed(nest, k));
    return readAt(nest, all, inAll(nest, b.ix(b.cast(realPart(came), "i32"))), c);
  });
  context.nest("exchanged", moved.target.shape, [], (nest) => {
    const [k, c] = nest.axes.slice(-2) as [Ix, Ix];
    storeAt(nest, all, inAll(nest, placed(nest, k)), c, readAt(nest, moved, k, c));
  });
}

/** Factorises matrices of any shape. */
export function emitLu(context: EmitContext, from: MatrixView, to: LuTargets): void {
  const { guards } = context, batch = batchOf(from), { packed } = to;
  const m = from.rows, n = from.columns, least = guards.min(m, n);
  fill(context, "packed", packed, (nest, r, c) => readAt(nest, from, r, c));
  const exchanged = context.temp("exchanged", "int32", [...batch, least]);
  for (const block of blocksOf(guards, least, PANEL)) {
    const { start, length } = block, rows = subSize(m, start), end = endOf(block);
    const width = subSize(n, end), below = subSize(m, end);
    const mine = part(packed, start, start, rows, length);
    const columns = scratch(context, "panel", packed.target, batch, addSize(length, 1), rows);
    fill(
      context,
      "panel",
      part(columns, 0, 0, length, rows),
      (nest, c, r) => readAt(nest, mine, r, c),
    );
    fill(
      context,
      "rows",
      part(columns, length, 0, 1, rows),
      ({ b }, _, r) =>
        elementOf(
          b,
          packed.target.dtype,
          b.cast(b.ixNode(r), scalarTypeOf(realOf(packed.target.dtype))),
        ),
    );
    const panel = { block, columns, exchanged };
    for (const leaf of blocksOf(guards, length)) {
      factorise(context, panel, leaf);
      const count = subSize(length, endOf(leaf));
      if (!guards.equal(count, 0)) eliminate(context, panel, leaf, count);
    }
    const isLast = guards.equal(width, 0);
    if (!isLast || start !== 0) exchange(context, panel, packed);
    const negative = scratch(context, "minus", packed.target, batch, rows, length);
    fill(context, "factors", mine, (nest, r, c) => {
      const value = readAt(nest, columns, c, r);
      storeAt(nest, negative, r, c, negated(nest.b, value));
      return value;
    });
    if (isLast) continue;
    const right = part(packed, start, end, length, width);
    const above = scratch(context, "above", packed.target, batch, length, width);
    const square = part(mine, 0, 0, length, length);
    emitTriangular(context, square, { isLower: true, isUnit: true }, right, above);
    fill(context, "above", right, (nest, r, c) => readAt(nest, above, r, c));
    if (guards.equal(below, 0)) continue;
    const left = part(negative, length, 0, below, length);
    accumulate(context, "rest", left, above, part(packed, end, end, below, width));
  }
  finish(context, exchanged, m, to);
}

/** Tells which rows were exchanged, and where each one came from. */
function finish(context: EmitContext, exchanged: Target, m: Size, to: LuTargets): void {
  const batch = exchanged.shape.slice(0, -1), { pivots, order: found } = to;
  const cast = ({ b }: LoopNestBuilder, { dtype }: Target, node: SNode) =>
    b.cast(node, dtype === "int64" ? "i64" : "i32");
  if (pivots !== null) {
    context.nest("pivots", pivots.shape, [], (nest) => {
      nest.storeOuter(
        pivots,
        nest.axes,
        cast(nest, pivots, at(nest, exchanged, nest.axes.at(-1)!)),
      );
    });
  }
  if (found === null) return;
  const order = context.temp("order", "int32", [...batch, m]);
  const [own, other] = ["own", "other"].map((name) => context.temp(name, "int32", batch)) as [
    Target,
    Target,
  ];
  context.nest("order", order.shape, [], (nest) => {
    nest.storeOuter(order, nest.axes, nest.b.ixNode(nest.axes.at(-1)!));
  });
  context.loop("order", exchanged.shape.at(-1)!, (counter) => {
    const t = counter();
    const place = (nest: LoopNestBuilder) => nest.b.ix(at(nest, exchanged, t));
    context.nest("rows", batch, [], (nest) => {
      nest.storeOuter(own, nest.axes, at(nest, order, t));
      nest.storeOuter(other, nest.axes, at(nest, order, place(nest)));
    });
    context.nest("order", batch, [], (nest) => {
      nest.storeOuter(order, [...nest.axes, place(nest)], at(nest, own));
    });
    context.nest("order", batch, [], (nest) => {
      nest.storeOuter(order, [...nest.axes, t], at(nest, other));
    });
  });
  context.nest("order", order.shape, [], (nest) => {
    nest.storeOuter(found, nest.axes, cast(nest, found, at(nest, order, nest.axes.at(-1)!)));
  });
}
