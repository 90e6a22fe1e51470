/**
 * Cholesky's factor, a block of columns after the other.
 *
 * @module
 */

import { LinAlgError } from "../../../base/errors.ts";
import type { Element, EmitContext, MatrixView } from "../../../graph/op.ts";
import type { Ix } from "../../../ir/builder.ts";
import { type Size, subSize } from "../../../ir/size.ts";
import { NOT_POSITIVE } from "../matrix_op.ts";
import {
  chosen,
  conjugate,
  constantOf,
  elementOf,
  keptIf,
  minus,
  over,
  realPart,
  times,
} from "./numbers.ts";
import {
  adjoint,
  batchOf,
  BLOCK,
  blocksOf,
  endOf,
  fill,
  multiply,
  part,
  readAt,
  scratch,
  storeAt,
} from "./views.ts";

/** Rows of which what is above the diagonal is made zeros at once. */
const STRIP = 4 * BLOCK;

/**
 * Factorises a block on the diagonal, of which the lower triangle is read, and inverts the factor: columns
 * of the block that are done make room for those of the inverse.
 */
function factorise(
  context: EmitContext,
  from: MatrixView,
  to: MatrixView,
  isChecked: boolean,
): MatrixView {
  const batch = batchOf(from), n = from.rows, { dtype } = from.target;
  const left = scratch(context, "left", from.target, batch, n, n);
  const column = context.temp("column", dtype, [...batch, n]);
  const row = context.temp("row", dtype, [...batch, n]);
  const here = (axes: readonly Ix[]) => axes.slice(0, batch.length);
  fill(context, "left", left, (nest, r, c) => {
    const { b } = nest, isLower = b.compare("ge", b.ixNode(r), b.ixNode(c));
    return chosen(b, isLower, readAt(nest, from, r, c), conjugate(b, readAt(nest, from, c, r)));
  });
  context.loop("factorise", n, (counter) => {
    const t = counter();
    context.nest("column", [...batch, n], [], (nest) => {
      const { b, axes } = nest, i = axes.at(-1)!;
      const square = realPart(readAt(nest, left, t, t)), zero = b.constant(square.type, 0);
      const isNot = b.binary("or", b.compare("le", square, zero), b.isNan(square));
      if (isChecked) nest.check(isNot, NOT_POSITIVE, LinAlgError);
      const root = b.select(isNot, b.constant(square.type, NaN), b.unary("sqrt", square));
      const [at, now] = [b.ixNode(i), b.ixNode(t)], isOn = b.compare("eq", at, now);
      const below = over(b, readAt(nest, left, i, t), root);
      const rest = keptIf(b, isOn, elementOf(b, dtype, root));
      const value = chosen(b, b.compare("gt", at, now), below, rest);
      nest.storeOuter(column, axes, value);
      const own = chosen(b, isOn, constantOf(b, dtype, 1), readAt(nest, left, t, i));
      nest.storeOuter(row, axes, over(b, own, root));
      storeAt(nest, to, i, t, value);
    });
    context.nest("rows below", [...batch, n, n], [], (nest) => {
      const { b, axes } = nest, [r, c] = axes.slice(-2) as [Ix, Ix];
      const [mine, by] = [[column, r], [row, c]].map(([target, ix]) =>
        nest.readTarget(target as typeof row, [...here(axes), ix as Ix])
      ) as [Element, Element];
      const old = readAt(nest, left, r, c);
      const [at, other, step] = [b.ixNode(r), b.ixNode(c), b.ixNode(t)];
      const before = keptIf(b, b.compare("ne", other, step), old);
      const less = minus(b, before, times(b, mine, by));
      const own = keptIf(b, b.compare("le", other, step), by);
      const kept = chosen(b, b.compare("eq", at, step), own, old);
      storeAt(nest, left, r, c, chosen(b, b.compare("gt", at, step), less, kept));
    });
  });
  return left;
}

/** Stores the lower factor of positive definite matrices, of which the lower triangle is read. */
export function emitCholesky(
  context: EmitContext,
  from: MatrixView,
  to: MatrixView,
  isChecked: boolean,
): void {
  const n = from.rows, batch = batchOf(from), { guards } = context;
  for (const { start, length } of guards.less(BLOCK, n) ? blocksOf(guards, n, STRIP) : []) {
    const strip = part(to, start, start, length, subSize(n, start));
    fill(context, "above", strip, ({ b }) => constantOf(b, to.target.dtype, 0));
  }
  for (const block of blocksOf(guards, n)) {
    const { start, length } = block, rows = subSize(n, start), end = endOf(block);
    let panel = part(from, start, start, rows, length);
    if (start !== 0) {
      // Less what the columns before it explain.
      const rest = scratch(context, "panel", to.target, batch, rows, length);
      const known = (at: Size, count: Size) => part(to, at, 0, count, start);
      multiply(
        context,
        "known part",
        known(start, rows),
        adjoint(known(start, length)),
        rest,
        panel,
      );
      panel = rest;
    }
    const diagonal = part(panel, 0, 0, length, length);
    const inverse = factorise(
      context,
      diagonal,
      part(to, start, start, length, length),
      isChecked,
    );
    const below = subSize(n, end);
    if (guards.equal(below, 0)) continue;
    multiply(
      context,
      "below",
      part(panel, length, 0, below, length),
      adjoint(inverse),
      part(to, end, start, below, length),
    );
  }
}
