/**
 * What is made of eigenvalues and singular values with their vectors.
 *
 * @module
 */

import { realOf } from "../../../graph/dtype.ts";
import type { EmitContext, MatrixView } from "../../../graph/op.ts";
import { type Ix, sizeIx } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { addSize } from "../../../ir/size.ts";
import { epsilonOf } from "../matrix_op.ts";
import { emitEigh, emitSvd } from "./jacobi.ts";
import { keptIf, over, times } from "./numbers.ts";
import { adjoint, batchOf, fill, multiply, readAt, scratch } from "./views.ts";

/** Stores pseudoinverses; singular values up to `rcond` of the largest count as zero. */
export function emitPinv(
  context: EmitContext,
  from: MatrixView,
  to: MatrixView,
  rcond: number | null,
): void {
  const { rows: m, columns: n } = from, batch = batchOf(from), { dtype } = from.target;
  const k = context.guards.min(m, n), most = context.guards.max(m, n);
  const values = context.temp("values", realOf(dtype), [...batch, k]);
  const u = scratch(context, "u", from.target, batch, m, k);
  const v = scratch(context, "v", from.target, batch, k, n);
  emitSvd(context, from, { values, u, v });
  const scaled = scratch(context, "scaled", from.target, batch, m, k);
  fill(context, "scaled", scaled, (nest, r, c) => {
    const { b, axes } = nest, first = axes.slice(0, batch.length);
    const at = (ix: Ix) => nest.readTarget(values, [...first, ix]) as SNode;
    const { type } = at(c);
    const epsilon = b.constant(type, epsilonOf(dtype));
    const part = rcond === null ? b.mul(b.size(most, type), epsilon) : b.constant(type, rcond);
    const isZero = b.compare("le", at(c), b.mul(part, at(sizeIx(0))));
    const one = b.constant(type, 1);
    const inverse = over(b, readAt(nest, u, r, c), b.select(isZero, one, at(c)));
    return keptIf(b, b.unary("not", isZero), inverse);
  });
  multiply(context, "pinv", adjoint(v), adjoint(scaled), to);
}

/** Stores square roots of symmetric matrices. */
export function emitSqrtm(context: EmitContext, from: MatrixView, to: MatrixView): void {
  const n = from.rows, batch = batchOf(from), { dtype } = from.target;
  const values = context.temp("values", realOf(dtype), [...batch, n]);
  const vectors = scratch(context, "vectors", from.target, batch, n, n);
  emitEigh(context, from, values, vectors.target);
  const scaled = scratch(context, "scaled", from.target, batch, n, n);
  fill(context, "scaled", scaled, (nest, r, c) => {
    const { b } = nest, x = nest.readTarget(values, [...nest.axes.slice(0, -2), c]) as SNode;
    const at = (ix: Ix) =>
      b.unary("abs", nest.readTarget(values, [...nest.axes.slice(0, -2), ix]) as SNode);
    const most = b.binary("max", at(sizeIx(0)), at(sizeIx(addSize(n, -1))));
    const [zero, epsilon] = [0, epsilonOf(dtype)].map((value) => b.constant(x.type, value)) as [
      SNode,
      SNode,
    ];
    // What rounding has made of a zero is one.
    const noise = b.mul(b.mul(b.size(n, x.type), epsilon), most);
    const isBelow = b.compare("lt", x, b.unary("neg", noise));
    const root = b.unary("sqrt", b.select(b.compare("lt", x, zero), zero, x));
    const factor = b.select(isBelow, b.constant(x.type, NaN), root);
    return times(b, factor, readAt(nest, vectors, r, c));
  });
  multiply(context, "sqrtm", scaled, adjoint(vectors), to);
}
