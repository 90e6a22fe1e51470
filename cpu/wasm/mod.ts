/** A small assembler for WebAssembly modules. */

export { FunctionBuilder } from "./function_builder.ts";
export type { I32Operand, PlainName } from "./instructions.ts";
export {
  type FunctionSpec,
  hasRelaxedSimd,
  type MemoryLimits,
  ModuleBuilder,
} from "./module_builder.ts";
export { type Func, type Global, type Local, type ValType } from "./types.ts";
