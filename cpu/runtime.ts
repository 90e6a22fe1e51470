/**
 * Functions that printed modules import: compiled once for the memory, when they are first needed.
 *
 * @module
 */

import type { DType } from "../core/graph/dtype.ts";
import { emitGemm, type GemmDtype } from "./gemm/gemm.ts";
import type { CpuMemory } from "./memory/memory.ts";
import { printSort } from "./print/sort.ts";
import { ModuleBuilder } from "./wasm/mod.ts";

/** Compiles and keeps functions by name. */
export class Runtime {
  readonly #memory: WebAssembly.Memory;
  readonly #relaxed: boolean;
  readonly #functions = new Map<string, CallableFunction>();

  /**
   * @param memory What the functions work on.
   * @param relaxed Whether they may use relaxed vector instructions.
   */
  constructor(memory: CpuMemory, relaxed: boolean) {
    this.#memory = memory.memory;
    this.#relaxed = relaxed;
  }

  /** The function of a name that a printed module imports. */
  get(name: string): CallableFunction {
    let found = this.#functions.get(name);
    if (found === undefined) {
      const builder = new ModuleBuilder();
      builder.importMemory({ min: 1 });
      this.#print(builder, name);
      const { exports } = new WebAssembly.Instance(builder.compile(), {
        env: { memory: this.#memory },
      });
      found = exports[name] as CallableFunction;
      this.#functions.set(name, found);
    }
    return found;
  }

  #print(builder: ModuleBuilder, name: string): void {
    if (name.startsWith("sort_")) printSort(builder, name.slice(5) as DType);
    else if (name.startsWith("gemm_")) {
      const dtype = name.slice(5) as GemmDtype;
      builder.exportFunc(emitGemm(builder, { dtype, relaxed: this.#relaxed }), name);
    } else throw new TypeError(`Cannot link "${name}": there is no such function`);
  }
}
