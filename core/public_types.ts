/**
 * Types that occur in signatures of the public functions: options, arguments, and what is computed of
 * dtypes and ranks.
 *
 * @module
 */

export type { AxesArguments, Dim } from "./ops/arguments.ts";
export type { RoundMode } from "./ops/arithmetic.ts";
export type { DTypeOption } from "./ops/build.ts";
export type { ResolvedDType } from "./ops/conversion.ts";
export type { Parts } from "./ops/combine.ts";
export type { Counted } from "./ops/order.ts";
export type { AxisRank } from "./ops/shape.ts";
export type {
  ByLetters,
  ConstantDType,
  ConstantOptions,
  ConstructorOptions,
  OpenConstructor,
  OpenConstructorOptions,
  PatternRank,
  PluralConstructor,
  ShapePattern,
  TensorConstructor,
} from "./ops/create.ts";
export type { PatternItem } from "./ops/dimshuffle.ts";
export type { Hole } from "./ops/expr.ts";
export type { IndexItem, IndexSpec, SliceSpec } from "./ops/index_spec.ts";
export type { TakeMode } from "./ops/indexing.ts";
export type { CloseOptions } from "./ops/logic.ts";
export type { GeluOptions } from "./ops/nn.ts";
export type {
  Axes,
  AxesList,
  AxesOf,
  Reduced,
  ReduceOptions,
  SumOptions,
  VarianceOptions,
} from "./ops/reduce.ts";
export type * from "./type_arithmetic.ts";
export type { Methods } from "./methods.ts";
export type { ElementwiseMethods } from "./methods_elementwise.ts";
