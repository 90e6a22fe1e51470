/**
 * Symbolic tensors: types, graphs, operations, and compiling them into functions.
 *
 * @module
 */

import { beforeCompiling } from "./base/later.ts";
import { kernels } from "./ops/common/kernels.ts";

beforeCompiling(async () => kernels.set(await import("./ops/kernels.ts")));

export * as T from "./api/t.ts";
export { compile, compile as function } from "./runtime/function.ts";
export type { CompileOptions, DynamicAxes } from "./runtime/definition.ts";
export { In, type InOptions, type InputLike, Out } from "./runtime/inputs.ts";
export type {
  ComputeLimit,
  CopyLimit,
  KernelPart,
  KernelProfile,
  KernelTime,
  MachineLimits,
  MemoryPeak,
  MemoryProfile,
  OpProfile,
  Profile,
  Rates,
  RewriteCount,
} from "./runtime/measured.ts";
export type {
  ArgumentOf,
  ArgumentsOf,
  CheckedArguments,
  CompiledFunction,
  CopyOptions,
  ExplainOptions,
  HasDefault,
  InputRank,
  NamedArguments,
  OneResult,
  OptionalArguments,
  OutputLike,
  OutputSpec,
  PlannedShape,
  PlanShapes,
  ResultOf,
  ShownPage,
  ShowOptions,
  SymbolicAxis,
} from "./runtime/types.ts";
export type { Givens, UpdatePair, Updates } from "./runtime/updates.ts";
export { type Config, config } from "./runtime/config.ts";
export type { DeviceOption, Settings } from "./base/settings.ts";
export type { DeviceMemory, MemoryOptions, MemoryStatistics } from "./runtime/memory.ts";
export {
  type ComplexDType,
  type DType,
  type DTypeInfo,
  dtypeInfo,
  type DTypeKind,
  dtypes,
  type FloatDType,
  type IntDType,
  isDType,
  promote,
  type TypedArray,
  type TypedArrayOf,
} from "./graph/dtype.ts";
export {
  AssertionError,
  type BadResult,
  CrotonError,
  DeviceLostError,
  DisconnectedInputError,
  FileError,
  FileFormatError,
  GpuCommandError,
  GradientError,
  IndexError,
  LimitError,
  type LimitUse,
  LinAlgError,
  type MemoryUse,
  MissingInputError,
  NanGuardError,
  NoGpuError,
  NullGradientError,
  OutOfMemoryError,
  ShaderError,
  ShapeError,
  UnusedInputError,
  VerificationError,
} from "./base/errors.ts";
export type { Params } from "./graph/op.ts";
export type { LoopStrategy } from "./ir/program.ts";
export { Apply, Constant, Variable, type VariableJson } from "./graph/graph.ts";
export type { Written } from "./graph/origin.ts";
export type { Value, ValueData } from "./graph/value.ts";
export { ancestors, graphInputs, replace, toposort } from "./graph/walk.ts";
export type {
  AnyTypedArray,
  HostTensor,
  NestedArray,
  NestedElement,
  TensorLike,
} from "./ops/common/literal.ts";
export type { ShapeLike } from "./ops/shape/shape.ts";
export { debugprint, type DebugPrintOptions, pp, type Printable } from "./graph/print.ts";
export * from "./random/mod.ts";
export { evaluateGraph } from "./graph/reference.ts";
export type { Mode, ModeOptions, NanGuardOptions } from "./rewrite/mode.ts";
export {
  type Container,
  type SetValueOptions,
  shared,
  type SharedOptions,
  type SharedValue,
  SharedVariable,
} from "./runtime/shared.ts";
export {
  type ArrayOf,
  type ComplexNumber,
  type ItemOf,
  type Items,
  Tensor,
  tensor,
  type TensorOptions,
} from "./runtime/tensor.ts";
export { type StaticShape, TensorType } from "./graph/type.ts";
export type * from "./api/public_types.ts";
