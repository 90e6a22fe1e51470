/**
 * The functions that build graphs, by the names under which `T` and `T.expr` have them: all that these
 * modules export.
 *
 * @module
 */

import "./methods.ts";

// Input variables and constants.
export * from "../ops/create/create.ts";
export * from "../ops/create/create_typed.ts";

// Elementwise.
export * from "../ops/elementwise/arithmetic.ts";
export * from "../ops/elementwise/functions.ts";
export * from "../ops/elementwise/logic.ts";
export * from "../ops/elementwise/hypot.ts";
export * from "../ops/elementwise/conversion.ts";
export * from "../ops/control/assert.ts";
export * from "../ops/control/control.ts";
export * from "../ops/control/print.ts";

// Reductions.
export * from "../ops/reduce/reduce.ts";

// Shapes.
export * from "../ops/create/alloc.ts";
export * from "../ops/create/ranges.ts";
export * from "../ops/shape/broadcast_to.ts";
export * from "../ops/shape/combine.ts";
export * from "../ops/shape/dimshuffle.ts";
export * from "../ops/shape/repeat.ts";
export * from "../ops/shape/reshape.ts";
export * from "../ops/shape/shape.ts";

// Indexing.
export * from "../ops/index/indexing.ts";
export * from "../ops/index/selecting.ts";

// Products.
export * from "../ops/linalg/einsum.ts";
export * from "../ops/linalg/linalg.ts";
export * from "../ops/linalg/matrices.ts";

// Order and counting.
export * from "../ops/order/order.ts";

// Statistics and signals.
export * from "../ops/statistics/counts.ts";
export * from "../ops/statistics/missing.ts";
export * from "../ops/statistics/moments.ts";
export * from "../ops/statistics/quantiles.ts";
export * from "../ops/signal/signal.ts";

// Special functions that are made of other operations.
export * from "../ops/special/beta.ts";
export * from "../ops/special/bessel.ts";
export * from "../ops/special/gamma.ts";
export * from "../ops/special/normal.ts";

// Neural networks.
export * from "../ops/nn/conv.ts";
export * from "../ops/nn/nn.ts";
export * from "../ops/nn/pool.ts";
