/**
 * QR by Householder's reflections: those of a panel of columns step by step, then all of them together, as
 * I - V·T·Vᵀ (Schreiber and Van Loan, 1989), by products. Of complex matrices, too, R has real numbers on its
 * diagonal, as LAPACK has it: transposes have conjugates then.
 *
 * @module
 */

import { realOf } from "../../../graph/dtype.ts";
import {
  type EmitContext,
  isComplexElement,
  type LoopNestBuilder,
  type MatrixView,
  type Target,
} from "../../../graph/op.ts";
import type { Ix } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { type Size, subSize } from "../../../ir/size.ts";
import {
  chosen,
  conjugate,
  constantOf,
  elementOf,
  greatestPart,
  keptIf,
  minus,
  negated,
  over,
  realPart,
  squared,
  summed,
  times,
} from "./numbers.ts";
import {
  adjoint,
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

/** The reflections of a panel. */
interface Reflections {
  readonly block: Block;
  readonly v: MatrixView;
  readonly t: MatrixView;
}

/** Reflects the columns of a panel, in place, until nothing is left below its diagonal. */
function reflect(context: EmitContext, panel: MatrixView, block: Block): Reflections {
  const { rows, columns } = panel, batch = batchOf(panel), { dtype } = panel.target;
  const v = scratch(context, "reflections", panel.target, batch, rows, columns);
  const t = scratch(context, "together", panel.target, batch, columns, columns);
  const [tau, divided, beta, most] = ["tau", "divided", "beta", "most"].map((name, i) =>
    context.temp(name, i < 2 ? dtype : realOf(dtype), batch)
  ) as [Target, Target, Target, Target];
  const taus = context.temp("taus", dtype, [...batch, columns]);
  const by = context.temp("by", dtype, [...batch, columns]);
  const here = (nest: LoopNestBuilder) => nest.axes.slice(0, batch.length);
  const of = (nest: LoopNestBuilder, target: Target) => nest.readTarget(target, here(nest));
  context.loop("reflect", columns, (counter) => {
    const now = counter();
    // Squares of large numbers overflow, and tiny ones have few digits: all is in parts of the largest.
    context.nest("largest", batch, [rows], (nest) => {
      const { b } = nest, r = nest.loops[0]!, x = greatestPart(b, readAt(nest, panel, r, now));
      const isLeft = b.compare("ge", b.ixNode(r), b.ixNode(now));
      const found = nest.reduce("max", b.select(isLeft, x, b.constant(x.type, 0)));
      nest.storeOuter(most, nest.axes, found);
    });
    /** What an element is of the largest, if there is any but zeros. */
    const inUnits = (nest: LoopNestBuilder, r: Ix) => {
      const { b } = nest, unit = of(nest, most) as SNode, zero = b.constant(unit.type, 0);
      const size = b.select(b.compare("eq", unit, zero), b.constant(unit.type, 1), unit);
      return { size, x: over(b, readAt(nest, panel, r, now), size) };
    };
    context.nest("length", batch, [rows], (nest) => {
      const { b } = nest, r = nest.loops[0]!, { x } = inUnits(nest, r);
      const { size, x: whole } = inUnits(nest, now), head = realPart(whole);
      const [zero, one] = [b.constant(size.type, 0), b.constant(size.type, 1)];
      const isBelow = b.compare("gt", b.ixNode(r), b.ixNode(now));
      const rest = nest.reduce("sum", b.select(isBelow, squared(b, x), zero));
      const length = b.unary("sqrt", b.add(squared(b, whole), rest));
      const isAlone = b.compare("eq", rest, zero);
      const isDone = isComplexElement(whole)
        ? b.binary("and", isAlone, b.compare("eq", whole.im, zero))
        : isAlone;
      const end = b.select(b.compare("lt", head, zero), length, b.unary("neg", length));
      const as = realPart(readAt(nest, panel, now, now));
      const step = minus(b, whole, elementOf(b, dtype, end));
      const part = b.select(isDone, one, end);
      const factor = keptIf(b, b.unary("not", isDone), over(b, negated(b, step), part));
      nest.storeOuter(beta, nest.axes, b.select(isDone, as, b.mul(size, end)));
      nest.storeOuter(tau, nest.axes, factor);
      nest.storeOuter(taus, [...nest.axes, now], factor);
      nest.storeOuter(
        divided,
        nest.axes,
        chosen(b, isDone, elementOf(b, dtype, one), step),
      );
    });
    context.nest("reflection", [...batch, rows], [], (nest) => {
      const { b } = nest, r = nest.axes.at(-1)!, [at, step] = [b.ixNode(r), b.ixNode(now)];
      const x = over(b, inUnits(nest, r).x, of(nest, divided));
      const upper = keptIf(b, b.compare("eq", at, step), constantOf(b, dtype, 1));
      storeAt(nest, v, r, now, chosen(b, b.compare("gt", at, step), x, upper));
    });
    context.nest("by", [...batch, columns], [rows], (nest) => {
      const { b } = nest, c = nest.axes.at(-1)!, r = nest.loops[0]!;
      const mine = conjugate(b, readAt(nest, v, r, now));
      const sum = summed(nest, times(b, mine, readAt(nest, panel, r, c)));
      nest.storeOuter(by, nest.axes, times(b, sum, conjugate(b, of(nest, tau))));
    });
    context.nest("panel", [...batch, rows, columns], [], (nest) => {
      const { b } = nest, [r, c] = nest.axes.slice(-2) as [Ix, Ix];
      const old = readAt(nest, panel, r, c), amount = nest.readTarget(by, [...here(nest), c]);
      const less = minus(b, old, times(b, readAt(nest, v, r, now), amount));
      const [row, column, step] = [r, c, now].map((ix) => b.ixNode(ix)) as [SNode, SNode, SNode];
      const isDone = b.binary("or", b.compare("lt", column, step), b.compare("lt", row, step));
      const end = elementOf(b, dtype, of(nest, beta) as SNode);
      const own = keptIf(b, b.compare("eq", row, step), end);
      const next = chosen(b, b.compare("eq", column, step), own, less);
      storeAt(nest, panel, r, c, chosen(b, isDone, old, next));
    });
  });
  const products = scratch(context, "products", panel.target, batch, columns, columns);
  multiply(context, "products", adjoint(v), v, products);
  fill(context, "together", t, ({ b }) => constantOf(b, dtype, 0));
  context.loop("together", columns, (counter) => {
    const now = counter();
    context.nest("together", [...batch, columns], [columns], (nest) => {
      const { b } = nest, i = nest.axes.at(-1)!, j = nest.loops[0]!;
      const x = times(b, readAt(nest, t, i, j), readAt(nest, products, j, now));
      const step = b.ixNode(now);
      const sum = summed(nest, keptIf(b, b.compare("lt", b.ixNode(j), step), x));
      const factor = nest.readTarget(taus, [...here(nest), now]), at = b.ixNode(i);
      const last = keptIf(b, b.compare("eq", at, step), factor);
      const above = negated(b, times(b, factor, sum));
      storeAt(nest, t, i, now, chosen(b, b.compare("lt", at, step), above, last));
    });
  });
  return { block, v, t };
}

/** Stores Q with as many columns as `q` has, and R with as many rows as `r` has. */
export function emitQr(
  context: EmitContext,
  from: MatrixView,
  q: MatrixView | null,
  r: MatrixView,
): void {
  const { guards } = context, batch = batchOf(from), m = from.rows, n = from.columns;
  const { dtype } = from.target;
  fill(context, "r", r, ({ b }) => constantOf(b, dtype, 0));
  const all: Reflections[] = [];
  let rest = from;
  for (const block of blocksOf(guards, guards.min(m, n))) {
    const { start, length } = block, rows = subSize(m, start), end = endOf(block);
    const panel = scratch(context, "panel", from.target, batch, rows, length);
    const given = rest;
    fill(context, "panel", panel, (nest, i, j) => readAt(nest, given, i, j));
    const made = reflect(context, panel, block);
    all.push(made);
    fill(
      context,
      "r",
      part(r, start, start, length, length),
      (nest, i, j) => readAt(nest, panel, i, j),
    );
    const columns = subSize(n, end);
    if (guards.equal(columns, 0)) continue;
    const right = part(given, 0, length, rows, columns);
    const [seen, amounts] = ["seen", "amounts"].map((name) =>
      scratch(context, name, from.target, batch, length, columns)
    ) as [MatrixView, MatrixView];
    multiply(context, "seen", adjoint(made.v), right, seen);
    multiply(context, "amounts", adjoint(made.t), seen, amounts);
    const rowsOf = (view: MatrixView, first: Size, count: Size) =>
      part(view, first, 0, count, view.columns);
    const top = part(r, start, end, length, columns);
    multiply(context, "r", rowsOf(made.v, 0, length), amounts, top, rowsOf(right, 0, length));
    const below = subSize(rows, length);
    if (guards.equal(below, 0)) continue;
    const next = scratch(context, "rest", from.target, batch, below, columns);
    multiply(
      context,
      "rest",
      rowsOf(made.v, length, below),
      amounts,
      next,
      rowsOf(right, length, below),
    );
    rest = next;
  }
  if (q === null) return;
  fill(
    context,
    "identity",
    q,
    ({ b }, i, j) => keptIf(b, b.compare("eq", b.ixNode(i), b.ixNode(j)), constantOf(b, dtype, 1)),
  );
  for (const { block: { start, length }, v, t } of all.toReversed()) {
    const own = part(q, start, start, subSize(q.rows, start), subSize(q.columns, start));
    const [seen, amounts] = ["seen", "amounts"].map((name) =>
      scratch(context, name, from.target, batch, length, own.columns)
    ) as [MatrixView, MatrixView];
    multiply(context, "seen", adjoint(v), own, seen);
    multiply(context, "amounts", t, seen, amounts);
    multiply(context, "q", v, amounts, own, own);
  }
}
