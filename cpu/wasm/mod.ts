/** A small assembler for WebAssembly modules. */

export { ByteWriter } from "./byte_writer.ts";
export { hasRelaxedSimd } from "./features.ts";
export { FunctionBuilder } from "./function_builder.ts";
export type {
  I32Operand,
  Instructions,
  LaneMemoryName,
  LaneName,
  MemoryName,
  PlainName,
} from "./instructions.ts";
export {
  type FunctionSpec,
  type MemoryLimits,
  ModuleBuilder,
  type ModuleOptions,
} from "./module_builder.ts";
export {
  type Func,
  type Global,
  type Label,
  type Local,
  type LocalsOf,
  type ValType,
} from "./types.ts";
export { ATOMIC_OPCODES, MEMORY_OPCODES, SCALAR_OPCODES } from "./opcodes.ts";
export {
  RELAXED_OPCODES,
  SIMD_LANE_MEMORY_OPCODES,
  SIMD_LANE_OPCODES,
  SIMD_MEMORY_OPCODES,
  SIMD_OPCODES,
} from "./opcodes_simd.ts";
