/**
 * What the CPU prints, as text.
 *
 * @module
 */

import { createCpuBackend } from "../../../cpu/backend.ts";
import { disassemble } from "../../../cpu/wasm/disassemble.ts";
import { executorOf } from "../../../core/runtime/callable.ts";

/** The text of the steps of a function that has been called. */
export function wasmText(f: Parameters<typeof executorOf>[0]): string {
  const [plan] = executorOf(f).plans, printed = createCpuBackend().printSteps!(plan!.program);
  return printed.map((bytes) => disassemble(bytes as Uint8Array<ArrayBuffer>)).join("\n");
}
