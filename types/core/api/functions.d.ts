// Made of core/api/functions.ts by `deno task types`.
/**
 * The functions that build graphs, by the names under which `T` and `T.expr` have them: all that these
 * modules export.
 *
 * @module
 */
export * from "../ops/create/create.d.ts";
export * from "../ops/create/create_typed.d.ts";
export * from "../ops/elementwise/arithmetic.d.ts";
export * from "../ops/elementwise/functions.d.ts";
export * from "../ops/elementwise/logic.d.ts";
export * from "../ops/elementwise/hypot.d.ts";
export * from "../ops/elementwise/conversion.d.ts";
export * from "../ops/control/assert.d.ts";
export * from "../ops/control/control.d.ts";
export * from "../ops/control/print.d.ts";
export * from "../ops/reduce/reduce.d.ts";
export * from "../ops/create/alloc.d.ts";
export * from "../ops/create/ranges.d.ts";
export * from "../ops/shape/broadcast_to.d.ts";
export * from "../ops/shape/combine.d.ts";
export * from "../ops/shape/dimshuffle.d.ts";
export * from "../ops/shape/repeat.d.ts";
export * from "../ops/shape/reshape.d.ts";
export * from "../ops/shape/shape.d.ts";
export * from "../ops/index/indexing.d.ts";
export * from "../ops/index/selecting.d.ts";
export * from "../ops/linalg/einsum.d.ts";
export * from "../ops/linalg/linalg.d.ts";
export * from "../ops/linalg/matrices.d.ts";
export * from "../ops/order/order.d.ts";
export * from "../ops/statistics/counts.d.ts";
export * from "../ops/statistics/missing.d.ts";
export * from "../ops/statistics/moments.d.ts";
export * from "../ops/statistics/quantiles.d.ts";
export * from "../ops/signal/signal.d.ts";
export * from "../ops/special/beta.d.ts";
export * from "../ops/special/bessel.d.ts";
export * from "../ops/special/gamma.d.ts";
export * from "../ops/special/normal.d.ts";
export * from "../ops/nn/conv.d.ts";
export * from "../ops/nn/nn.d.ts";
export * from "../ops/nn/pool.d.ts";
