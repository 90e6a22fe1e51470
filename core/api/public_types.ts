/**
 * Types that occur in signatures of methods: options, arguments, and what is computed of dtypes and
 * ranks. Those of functions alone are in `T` with them.
 *
 * @module
 */

export type { AxesArguments, Dim } from "../ops/common/arguments.ts";
export type { RoundMode } from "../ops/elementwise/arithmetic.ts";
export type { DTypeOption } from "../ops/common/dtype_option.ts";
export type { HookInfo } from "../ops/control/print.ts";
export type { ResolvedDType } from "../ops/elementwise/conversion.ts";
export type { Counted } from "../ops/order/order.ts";
export type { AxisRank } from "../ops/shape/shape.ts";
export type { PatternItem } from "../ops/shape/dimshuffle.ts";
export type { IndexItem, IndexSpec, SliceSpec } from "../ops/index/index_spec.ts";
export type { TakeMode } from "../ops/index/selecting.ts";
export type {
  Axes,
  AxesList,
  AxesOf,
  Reduced,
  ReduceOptions,
  SumOptions,
  VarianceOptions,
} from "../ops/reduce/reduce.ts";
export type * from "../graph/type_arithmetic.ts";
export type { Methods } from "./methods.ts";
export type { ElementwiseMethods } from "./methods_elementwise.ts";
