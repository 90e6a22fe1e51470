// Made of core/mod.ts by `deno task types`.
/**
 * Symbolic tensors: types, graphs, operations, and compiling them into functions.
 *
 * @module
 */
export * as T from "./api/t.d.ts";
export { compile, compile as function } from "./runtime/function.d.ts";
export type { CompileOptions, DynamicAxes } from "./runtime/definition.d.ts";
export { In, type InOptions, type InputLike, Out } from "./runtime/inputs.d.ts";
export type { ComputeLimit, CopyLimit, KernelPart, KernelProfile, KernelTime, MachineLimits, MemoryPeak, MemoryProfile, OpProfile, Profile, Rates, RewriteCount, } from "./runtime/measured.d.ts";
export type { ArgumentOf, ArgumentsOf, CheckedArguments, CompiledFunction, CopyOptions, ExplainOptions, HasDefault, InputRank, NamedArguments, OneResult, OptionalArguments, OutputLike, OutputSpec, PlannedShape, PlanShapes, ResultOf, ShownPage, ShowOptions, SymbolicAxis, } from "./runtime/types.d.ts";
export type { Givens, UpdatePair, Updates } from "./runtime/updates.d.ts";
export { type Config, config } from "./runtime/config.d.ts";
export type { DeviceOption, Settings } from "./base/settings.d.ts";
export type { DeviceMemory, MemoryOptions, MemoryStatistics } from "./runtime/memory.d.ts";
export { type ComplexDType, type DType, type DTypeInfo, dtypeInfo, type DTypeKind, dtypes, type FloatDType, type IntDType, isDType, promote, type TypedArray, type TypedArrayOf, } from "./graph/dtype.d.ts";
export { AssertionError, type BadResult, CrotonError, DeviceLostError, DisconnectedInputError, FileError, FileFormatError, GpuCommandError, GradientError, IndexError, LimitError, type LimitUse, LinAlgError, type MemoryUse, MissingInputError, NanGuardError, NoGpuError, NullGradientError, OutOfMemoryError, ShaderError, ShapeError, UnusedInputError, VerificationError, } from "./base/errors.d.ts";
export type { Params } from "./graph/op.d.ts";
export type { LoopStrategy } from "./ir/program.d.ts";
export { Apply, Constant, Variable, type VariableJson } from "./graph/graph.d.ts";
export type { Written } from "./graph/origin.d.ts";
export type { Value, ValueData } from "./graph/value.d.ts";
export { ancestors, graphInputs, replace, toposort } from "./graph/walk.d.ts";
export type { AnyTypedArray, HostTensor, NestedArray, NestedElement, TensorLike, } from "./ops/common/literal.d.ts";
export type { ShapeLike } from "./ops/shape/shape.d.ts";
export { debugprint, type DebugPrintOptions, pp, type Printable } from "./graph/print.d.ts";
export * from "./random/mod.d.ts";
export { evaluateGraph } from "./graph/reference.d.ts";
export type { Mode, ModeOptions, NanGuardOptions } from "./rewrite/mode.d.ts";
export { type Container, type SetValueOptions, shared, type SharedOptions, type SharedValue, SharedVariable, } from "./runtime/shared.d.ts";
export { type ArrayOf, type ComplexNumber, type ItemOf, type Items, Tensor, tensor, type TensorOptions, } from "./runtime/tensor.d.ts";
export { type StaticShape, TensorType } from "./graph/type.d.ts";
export type * from "./api/public_types.d.ts";
