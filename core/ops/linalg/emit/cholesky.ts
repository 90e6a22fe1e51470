/**
 * Cholesky's factor, a block of columns after the other.
 *
 * @module
 */

import { LinAlgError } from "../../../base/errors.ts";
import type { Element, EmitContext, MatrixView } from "../../../graph/op.ts";
import type { Ix } from "../../../ir/builder.ts";
import { type Size, subSize } from "../../../ir/size.ts";
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
  blocksOf,
  endOf,
  fill,
  multiply,
  part,
  readAt,
  scratch,
  storeAt,
} from "./views.ts";

/** What the error says of a matrix that has no factor. */
export const NOT_POSITIVE =
  "Cannot factorise: expected a positive definite matrix; give check: false for NaN in the place of an error";

/** Factorises a block on the diagonal, of which the lower triangle is read, and inverts the factor. */
function factorise(
  context: EmitContext,
  from: MatrixView,
  to: MatrixView,
  isChecked: boolean,
): MatrixView {
  const batch = batchOf(from), n = from.rows, { dtype } = from.target;
  const left = scratch(context, "left", from.target, batch, n, n);
  const inverse = scratch(context, "inverse", from.target, batch, n, n);
  const column = context.temp("column", dtype, [...batch, n]);
  const row = context.temp("row", dtype, [...batch, n]);
  const here = (axes: readonly Ix[]) => axes.slice(0, batch.length);
  fill(context, "left", left, (nest, r, c) => readAt(nest, from, r, c));
  fill(context, "identity", inverse, (nest, r, c) => {
    const { b } = nest, isOn = b.compare("eq", b.ixNode(r), b.ixNode(c));
    return keptIf(b, isOn, constantOf(b, dtype, 1));
  });
  context.loop("factorise", n, (counter) => {
    const t = counter();
    context.nest("column", [...batch, n], [], (nest) => {
      const { b, axes } = nest, i = axes.at(-1)!;
      const square = realPart(readAt(nest, left, t, t)), zero = b.constant(square.type, 0);
      const isNot = b.binary("or", b.compare("le", square, zero), b.isNan(square));
      if (isChecked) nest.check(isNot, NOT_POSITIVE, LinAlgError);
      const root = b.select(isNot, b.constant(square.type, NaN), b.unary("sqrt", square));
      const [at, now] = [b.ixNode(i), b.ixNode(t)];
      const below = over(b, readAt(nest, left, i, t), root);
      const rest = keptIf(b, b.compare("eq", at, now), elementOf(b, dtype, root));
      const value = chosen(b, b.compare("gt", at, now), below, rest);
      nest.storeOuter(column, axes, value);
      nest.storeOuter(row, axes, over(b, readAt(nest, inverse, t, i), root));
      storeAt(nest, to, i, t, value);
    });
    context.nest("rows below", [...batch, n, n], [], (nest) => {
      const { b, axes } = nest, [r, c] = axes.slice(-2) as [Ix, Ix];
      const [mine, other, by] = [[column, r], [column, c], [row, c]].map(([target, ix]) =>
        nest.readTarget(target as typeof row, [...here(axes), ix as Ix])
      ) as [Element, Element, Element];
      const now = readAt(nest, left, r, c), old = readAt(nest, inverse, r, c);
      storeAt(nest, left, r, c, minus(b, now, times(b, mine, conjugate(b, other))));
      const less = minus(b, old, times(b, mine, by));
      const [at, step] = [b.ixNode(r), b.ixNode(t)];
      const kept = chosen(b, b.compare("eq", at, step), by, old);
      storeAt(nest, inverse, r, c, chosen(b, b.compare("gt", at, step), less, kept));
    });
  });
  return inverse;
}

/** Stores the lower factor of positive definite matrices, of which the lower triangle is read. */
export function emitCholesky(
  context: EmitContext,
  from: MatrixView,
  to: MatrixView,
  isChecked: boolean,
): void {
  const n = from.rows, batch = batchOf(from);
  for (const block of blocksOf(context.guards, n)) {
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
      fill(
        context,
        "above",
        part(to, 0, start, start, length),
        ({ b }) => constantOf(b, to.target.dtype, 0),
      );
    }
    const diagonal = part(panel, 0, 0, length, length);
    const inverse = factorise(
      context,
      diagonal,
      part(to, start, start, length, length),
      isChecked,
    );
    const below = subSize(n, end);
    if (context.guards.equal(below, 0)) continue;
    multiply(
      context,
      "below",
      part(panel, length, 0, below, length),
      adjoint(inverse),
      part(to, end, start, below, length),
    );
  }
}
