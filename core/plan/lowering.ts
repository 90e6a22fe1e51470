/**
 * How an application is computed, once shapes are known.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import type { Params, PlainLowering, ShapeContext } from "../graph/op.ts";

/** The lowering of an application for the shapes at hand. */
export function loweringOf(apply: Apply, shapes: ShapeContext): PlainLowering<Params> {
  const { lowering } = apply.op;
  return lowering.kind === "byShape" ? lowering.choose(shapes, apply) : lowering;
}
