/**
 * Functions that printed modules import: compiled once for the memory, when they are first needed.
 *
 * @module
 */

import type { DType } from "../core/graph/dtype.ts";
import { baseOf, type Blas, type BlasProduct, blasProduct } from "./gemm/blas.ts";
import { LIBRARY_FROM } from "./gemm/choice.ts";
import { emitGemm, type GemmDtype } from "./gemm/gemm.ts";
import type { CpuMemory } from "./memory/memory.ts";
import { printSort } from "./print/sort.ts";
import { emitSharedProduct } from "./threads/products.ts";
import type { Team } from "./threads/team.ts";
import { ModuleBuilder } from "./wasm/mod.ts";

/** Compiles and keeps functions by name. */
export class Runtime {
  readonly #memory: CpuMemory;
  readonly #relaxed: boolean;
  readonly #team: Team;
  readonly #functions = new Map<string, CallableFunction>();

  /**
   * @param memory What the functions work on.
   * @param relaxed Whether they may use relaxed vector instructions.
   * @param team The threads that share out large work.
   */
  constructor(memory: CpuMemory, relaxed: boolean, team: Team) {
    this.#team = team;
    this.#memory = memory;
    this.#relaxed = relaxed;
  }

  /** The function of a name that a printed module imports; with a library, it does large products. */
  get(name: string, blas: Blas | null): CallableFunction {
    const isProduct = name.startsWith("gemm_");
    const key = isProduct && blas !== null ? `${name} ${blas.path}` : name;
    let found = this.#functions.get(key);
    if (found === undefined) {
      const builder = new ModuleBuilder();
      builder.importMemory(this.#memory.limits);
      const library: Record<string, BlasProduct> = {};
      if (!isProduct) this.#printSort(builder, name);
      else {
        const dtype = name.slice(5) as GemmDtype, bytes = dtype === "float32" ? 4 : 8;
        if (blas !== null) {
          library.product = blasProduct(
            blas.functions[dtype],
            bytes,
            baseOf(() => this.#memory.heap.u8),
          );
        }
        const options = { dtype, relaxed: this.#relaxed, ...blas && { library: LIBRARY_FROM } };
        const { block } = this.#team;
        if (block === 0 || blas !== null) builder.exportFunc(emitGemm(builder, options), name);
        else emitSharedProduct(builder, options, block, name);
      }
      const { exports } = new WebAssembly.Instance(builder.compile(), {
        env: { memory: this.#memory.memory },
        library,
      });
      found = exports[name] as CallableFunction;
      this.#functions.set(key, found);
    }
    return found;
  }

  #printSort(builder: ModuleBuilder, name: string): void {
    if (name.startsWith("sort_")) printSort(builder, name.slice(5) as DType);
    else throw new TypeError(`Cannot link "${name}": there is no such function`);
  }
}
