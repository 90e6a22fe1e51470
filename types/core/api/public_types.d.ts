// Made of core/api/public_types.ts by `deno task types`.
/**
 * Types that occur in signatures of methods: options, arguments, and what is computed of dtypes and
 * ranks. Those of functions alone are in `T` with them.
 *
 * @module
 */
export type { AxesArguments, Dim } from "../ops/common/arguments.d.ts";
export type { RoundMode } from "../ops/elementwise/arithmetic.d.ts";
export type { DTypeOption } from "../ops/common/dtype_option.d.ts";
export type { HookInfo } from "../ops/control/print.d.ts";
export type { ResolvedDType } from "../ops/elementwise/conversion.d.ts";
export type { Counted } from "../ops/order/order.d.ts";
export type { AxisRank } from "../ops/shape/shape.d.ts";
export type { PatternItem } from "../ops/shape/dimshuffle.d.ts";
export type { IndexItem, IndexSpec, SliceSpec } from "../ops/index/index_spec.d.ts";
export type { TakeMode } from "../ops/index/selecting.d.ts";
export type { Axes, AxesList, AxesOf, Reduced, ReduceOptions, SumOptions, VarianceOptions, } from "../ops/reduce/reduce.d.ts";
export type * from "../graph/type_arithmetic.d.ts";
export type { Methods } from "./methods.d.ts";
export type { ElementwiseMethods } from "./methods_elementwise.d.ts";
