/**
 * Symbolic tensors: types, graphs, operations, and compiling them into functions.
 *
 * @module
 */

export * as T from "./t.ts";
export type { DynamicAxes } from "./compile/axes.ts";
export { compile, compile as function, type CompileOptions } from "./compile/function.ts";
export { In, type InOptions, type InputLike, Out } from "./compile/inputs.ts";
export type { Profile } from "./compile/profile.ts";
export type {
  ArgumentOf,
  ArgumentsOf,
  CheckedArguments,
  CompiledFunction,
  CopyOptions,
  HasDefault,
  InputRank,
  NamedArguments,
  OneResult,
  OptionalArguments,
  OutputLike,
  OutputSpec,
  ResultOf,
} from "./compile/types.ts";
export type { Givens, UpdatePair, Updates } from "./compile/updates.ts";
export { type Config, config } from "./config.ts";
export type { DeviceOption, Settings } from "./settings.ts";
export type { DeviceMemory, MemoryOptions, MemoryStatistics } from "./memory.ts";
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
} from "./dtype.ts";
export {
  CrotonError,
  DeviceLostError,
  DisconnectedInputError,
  GpuCommandError,
  GradientError,
  IndexError,
  LimitError,
  type MemoryUse,
  MissingInputError,
  NoGpuError,
  NullGradientError,
  OutOfMemoryError,
  ShaderError,
  ShapeError,
  UnusedInputError,
  VerificationError,
} from "./errors.ts";
export {
  Apply,
  applyOp,
  Constant,
  makeConstant,
  Variable,
  type VariableJson,
  type Written,
} from "./graph/graph.ts";
export type {
  CheckMessage,
  ComplexElement,
  ControlScope,
  Element,
  ElementContext,
  EmitContext,
  Fact,
  Lowering,
  NeedValue,
  NestBuilder,
  Op,
  Params,
  PlainLowering,
  ShapeContext,
  Target,
} from "./graph/op.ts";
export type { Ix, ScalarBuilder } from "./kernel/builder.ts";
export type {
  Branch,
  CheckError,
  Gemm,
  Loop,
  LoopStrategy,
  Nest,
  NestCheck,
  Nonzero,
  Operand,
  ReduceKind,
  Reduction,
  Sort,
  Step,
  Store,
} from "./kernel/program.ts";
export type { BuildFunction, ScalarFunction } from "./kernel/functions.ts";
export type {
  Address,
  AxisRef,
  BinaryPrim,
  CallNode,
  ComparePrim,
  ConstNode,
  IndexNode,
  LoadNode,
  NodeBase,
  Prim,
  PrimNode,
  ProductNode,
  ReducedNode,
  RunningNode,
  ScalarType,
  SizeNode,
  SNode,
  Term,
  UnaryPrim,
} from "./kernel/scalar.ts";
export type { Atom, Guards, Size, SizeEnv, Sym } from "./kernel/size.ts";
export type { Value, ValueData } from "./graph/value.ts";
export { ancestors, graphInputs, replace, toposort } from "./graph/walk.ts";
export type {
  AnyTypedArray,
  HostTensor,
  NestedArray,
  NestedElement,
  TensorLike,
} from "./ops/literal.ts";
export type { ShapeLike } from "./ops/shape.ts";
export { debugprint, type DebugPrintOptions, pp, type Printable } from "./print.ts";
export {
  type BernoulliOptions,
  type BetaOptions,
  type BinomialOptions,
  type CategoricalOptions,
  type ChoiceOptions,
  type DirichletOptions,
  type DrawArguments,
  type DrawOptions,
  type ExponentialOptions,
  type GammaOptions,
  Generator,
  type GeneratorValueOptions,
  GeneratorVariable,
  type GeometricOptions,
  type IntegersOptions,
  type LocationOptions,
  type MultinomialOptions,
  type NormalOptions,
  type PermutationOptions,
  type PoissonOptions,
  RandomStreams,
  type RandomVariable,
  type Seed,
  type SizeLike,
  type StateUpdate,
  type UniformOptions,
} from "./random/mod.ts";
export { evaluateGraph } from "./reference.ts";
export type { Mode, ModeOptions } from "./rewrite/mod.ts";
export {
  type Container,
  type SetValueOptions,
  shared,
  type SharedOptions,
  type SharedValue,
  SharedVariable,
} from "./shared.ts";
export {
  type ArrayOf,
  type ComplexNumber,
  type ItemOf,
  type Items,
  Tensor,
  tensor,
  type TensorOptions,
} from "./tensor.ts";
export { type StaticShape, TensorType } from "./type.ts";
export type * from "./public_types.ts";
