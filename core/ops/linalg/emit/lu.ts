/**
 * LU factors with partial pivoting: a panel of columns step by step, the columns right of it by products.
 *
 * @module
 */

import type { EmitContext, LoopNestBuilder, MatrixView, Target } from "../../../graph/op.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { modSize, type Size, subSize } from "../../../ir/size.ts";
import { inverseOf, invertDiagonal } from "./triangular.ts";
import { chosen, isZero, keptIf, minus, negated, over, taxicab, times } from "./numbers.ts";
import {
  accumulate,
  batchOf,
  type Block,
  blocksOf,
  endOf,
  fill,
  multiply,
  part,
  readAt,
  scratch,
  storeAt,
} from "./views.ts";

/** Where the results go. */
interface LuTargets {
  readonly packed: MatrixView;
  /** int32 or int64: where each row came from. */
  readonly order: Target;
  /** int32 or int64: with which row each was exchanged; null where nobody asks. */
  readonly pivots: Target | null;
}

/** The factors of a panel, and where its rows came from. */
interface Panel {
  readonly block: Block;
  readonly factors: MatrixView;
  readonly order: Target;
}

/** Factorises columns of which the first row is row `start` of the whole. */
function factorise(
  context: EmitContext,
  from: MatrixView,
  block: Block,
  pivots: Target | null,
): Panel {
  const { start, length } = block, { rows } = from, { dtype } = from.target;
  const batch = batchOf(from);
  // What a step reads and what it writes, in turn.
  const panel = context.temp("panel", dtype, [2, ...batch, rows, length]);
  const order = context.temp("order", "int32", [2, ...batch, rows]);
  const best = context.temp("pivot", "int32", batch);
  const factor = context.temp("factor", dtype, [...batch, rows]);
  const first = sizeIx(0);
  context.nest("panel", [...batch, rows, length], [], (nest) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
    nest.storeOuter(panel, [first, ...nest.axes], readAt(nest, from, r, c));
  });
  context.nest("order", [...batch, rows], [], (nest) => {
    const row = nest.b.ixNode(nest.axes.at(-1)!);
    nest.storeOuter(order, [first, ...nest.axes], row);
  });
  context.loop("factorise", length, (counter) => {
    const t = counter(), now = counter(0, 2), next = counter(1, 2);
    const here = (axes: readonly Ix[]) => axes.slice(0, batch.length);
    const at = (nest: LoopNestBuilder, r: Ix, c: Ix) =>
      nest.readTarget(panel, [now, ...here(nest.axes), r, c]);
    context.nest("pivot", batch, [rows], (nest) => {
      const { b } = nest, r = nest.loops[0]!, size = taxicab(b, at(nest, r, t));
      const isLeft = b.compare("ge", b.ixNode(r), b.ixNode(t));
      const found = nest.reduce("argmax", b.select(isLeft, size, b.constant(size.type, -1)));
      nest.storeOuter(best, nest.axes, found);
      if (pivots === null) return;
      const place = b.add(found, b.size(start));
      const type = pivots.dtype === "int64" ? "i64" : "i32";
      nest.storeOuter(pivots, [...nest.axes, b.addIx(t, sizeIx(start))], b.cast(place, type));
    });
    /** The row that comes to a place, and the pivot's. */
    const moved = (nest: LoopNestBuilder, r: Ix): [source: Ix, pivot: Ix] => {
      const { b } = nest, p = nest.readTarget(best, here(nest.axes)) as SNode;
      const [own, step] = [b.ixNode(r), b.ixNode(t)];
      const back = b.select(b.compare("eq", own, p), step, own);
      return [b.ix(b.select(b.compare("eq", own, step), p, back)), b.ix(p)];
    };
    context.nest("factor", [...batch, rows], [], (nest) => {
      const { b, axes } = nest, r = axes.at(-1)!, [source, p] = moved(nest, r);
      const pivot = at(nest, p, t), isBelow = b.compare("gt", b.ixNode(r), b.ixNode(t));
      const isSome = b.binary("and", isBelow, b.unary("not", isZero(b, pivot)));
      nest.storeOuter(factor, axes, keptIf(b, isSome, over(b, at(nest, source, t), pivot)));
      const was = nest.readTarget(order, [now, ...here(axes), source]);
      nest.storeOuter(order, [next, ...axes], was);
    });
    context.nest("rows below", [...batch, rows, length], [], (nest) => {
      const { b, axes } = nest, [r, c] = axes.slice(-2) as [Ix, Ix];
      const [source, p] = moved(nest, r), old = at(nest, source, c);
      const by = nest.readTarget(factor, [...here(axes), r]);
      const less = minus(b, old, times(b, by, at(nest, p, c)));
      const [row, column, step] = [r, c, t].map((ix) => b.ixNode(ix)) as [SNode, SNode, SNode];
      const isBelow = b.compare("gt", row, step);
      const isRight = b.binary("and", isBelow, b.compare("gt", column, step));
      const isPivot = b.binary("and", isBelow, b.compare("eq", column, step));
      const value = chosen(b, isRight, less, chosen(b, isPivot, by, old));
      nest.storeOuter(panel, [next, ...axes], value);
    });
  });
  const last = sizeIx(modSize(length, 2));
  const factors = scratch(context, "factors", from.target, batch, rows, length);
  fill(
    context,
    "factors",
    factors,
    (nest, r, c) => nest.readTarget(panel, [last, ...nest.axes.slice(0, -2), r, c]),
  );
  const found = context.temp("order", "int32", [...batch, rows]);
  context.nest("order", [...batch, rows], [], (nest) => {
    nest.storeOuter(found, nest.axes, nest.readTarget(order, [last, ...nest.axes]));
  });
  return { block, factors, order: found };
}

/** A row of what a panel has exchanged the rows of, at most `more` further down. */
function sourceOf(nest: LoopNestBuilder, order: Target, row: Ix, count: number): Ix {
  return nest.b.ix(nest.readTarget(order, [...nest.axes.slice(0, count), row]) as SNode);
}

/** Factorises matrices of any shape. */
export function emitLu(context: EmitContext, from: MatrixView, to: LuTargets): void {
  const { guards } = context, batch = batchOf(from), { packed } = to;
  const m = from.rows, n = from.columns;
  const panels: Panel[] = [];
  let rest = from;
  for (const block of blocksOf(guards, guards.min(m, n))) {
    const { start, length } = block, rows = subSize(m, start);
    const panel = factorise(context, part(rest, 0, 0, rows, length), block, to.pivots);
    panels.push(panel);
    const end = endOf(block), columns = subSize(n, end), below = subSize(m, end);
    if (guards.equal(columns, 0)) continue;
    const { factors, order } = panel;
    /** Columns right of the panel, with their rows exchanged as it says. */
    const right = (name: string, first: Size, count: Size): MatrixView => {
      const made = scratch(context, name, from.target, batch, count, columns);
      fill(context, name, made, (nest, r, c) => {
        const { b } = nest;
        const source = sourceOf(nest, order, b.addIx(r, sizeIx(first)), batch.length);
        return readAt(nest, rest, source, b.addIx(c, sizeIx(length)));
      });
      return made;
    };
    const one = { start: 0, length };
    const square = part(factors, 0, 0, length, length);
    const inverses = invertDiagonal(context, square, { isLower: true, isUnit: true }, [one]);
    const above = part(packed, start, end, length, columns);
    multiply(context, "right", inverseOf(inverses, one, true), right("rows", 0, length), above);
    if (guards.equal(below, 0)) continue;
    const minus = scratch(context, "minus", from.target, batch, below, length);
    fill(
      context,
      "minus",
      minus,
      (nest, r, c) => negated(nest.b, readAt(nest, part(factors, length, 0, below, length), r, c)),
    );
    const next = right("rest", length, below);
    accumulate(context, "rest", minus, above, next);
    rest = next;
  }
  finish(context, panels, to, m);
}

/** Brings the rows of all panels where later ones have put them, and tells where rows came from. */
function finish(context: EmitContext, panels: readonly Panel[], to: LuTargets, m: Size): void {
  const { packed, order: target } = to, batch = batchOf(packed);
  const cast = (b: ScalarBuilder, node: SNode) =>
    b.cast(node, target.dtype === "int64" ? "i64" : "i32");
  /** Where rows behind the panel came from, as later panels exchanged them. */
  let later: Target | null = null;
  for (const { block, factors, order } of panels.toReversed()) {
    const { start, length } = block, { rows } = factors;
    const behind = later;
    /** The row of the panel that ends up in a row. */
    const source = (nest: LoopNestBuilder, r: Ix): Ix => {
      if (behind === null) return r;
      const { b } = nest, row = b.ixNode(r), first = b.size(length);
      const isMine = b.compare("lt", row, first);
      const at = b.select(isMine, b.constant("i32", 0), b.sub(row, first));
      const moved = nest.readTarget(behind, [...nest.axes.slice(0, batch.length), b.ix(at)]);
      return b.ix(b.select(isMine, row, b.add(moved as SNode, first)));
    };
    context.nest("factors", [...batch, rows, length], [], (nest) => {
      const [r, c] = nest.axes.slice(-2) as [Ix, Ix];
      const value = readAt(nest, factors, source(nest, r), c);
      storeAt(nest, part(packed, start, start, rows, length), r, c, value);
    });
    const all: Target = context.temp("order", "int32", [...batch, rows]);
    context.nest("order", [...batch, rows], [], (nest) => {
      const from = source(nest, nest.axes.at(-1)!);
      nest.storeOuter(all, nest.axes, nest.readTarget(order, [...nest.axes.slice(0, -1), from]));
    });
    later = all;
  }
  const found = later;
  context.nest("order", [...batch, m], [], (nest) => {
    const own = nest.b.ixNode(nest.axes.at(-1)!);
    const node = found === null ? own : nest.readTarget(found, nest.axes) as SNode;
    nest.storeOuter(target, nest.axes, cast(nest.b, node));
  });
}
