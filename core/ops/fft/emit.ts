/**
 * How Fourier transforms become kernels.
 *
 * @module
 */

import type { Apply } from "../../graph/graph.ts";
import type { EmitContext } from "../../graph/op.ts";
import { productSize, sizeValue } from "../../ir/size.ts";
import { emitHalved, emitJoined } from "./halves.ts";
import { type FftParams, halfOf, scaleOf } from "./op.ts";
import { type Lines, linesOf, transform } from "./passes.ts";

/** Emits a transform. */
export function emitFft(context: EmitContext, apply: Apply<FftParams>): void {
  const x = context.buffer(apply.inputs[0]!), out = context.output(0), { params } = apply;
  const { axis, kind, sign } = params, isHalf = kind === "toHalf";
  const length = (isHalf ? x : out).shape[axis]!, n = sizeValue(length);
  // Passes are made for one length.
  context.guards.equal(length, n);
  const lines: Lines = {
    context,
    dtype: context.held(out.dtype),
    rows: productSize(out.shape.slice(0, axis)),
    columns: productSize(out.shape.slice(axis + 1)),
  };
  const half = halfOf(n), scale = scaleOf(params, n);
  const from = linesOf(lines, x, kind === "fromHalf" ? half : n);
  const to = linesOf(lines, out, isHalf ? half : n);
  if (kind === "complex") transform(lines, { n, sign, scale, source: from.source, sink: to.sink });
  else if (isHalf) emitHalved(lines, n, scale, from, to);
  else emitJoined(lines, n, scale, from, to);
}
