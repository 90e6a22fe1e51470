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
import { Code } from "./threads/code.ts";
import type { Sharing } from "./threads/jobs.ts";
import { begin, mark } from "./marks.ts";
import { emitSharedProduct, partName } from "./threads/products.ts";
import { ModuleBuilder } from "./wasm/mod.ts";

/** A function of the runtime. */
interface RuntimeFunction {
  readonly call: CallableFunction;
  /** Its module, if threads may run it, too. */
  readonly code: Code | null;
}

/** A module of them. */
interface RuntimeModule {
  readonly exports: WebAssembly.Exports;
  readonly code: Code | null;
}

/** Compiles and keeps functions by name. */
export class Runtime {
  readonly #memory: CpuMemory;
  readonly #relaxed: boolean;
  readonly #sharing: Sharing;
  readonly #watch: (waiting: number) => void;
  readonly #modules = new Map<string, RuntimeModule>();

  /**
   * @param memory What the functions work on.
   * @param relaxed Whether they may use relaxed vector instructions.
   * @param sharing How work is shared out.
   * @param watch What those that share work import.
   */
  constructor(
    memory: CpuMemory,
    relaxed: boolean,
    sharing: Sharing,
    watch: (waiting: number) => void,
  ) {
    this.#watch = watch;
    this.#sharing = sharing;
    this.#memory = memory;
    this.#relaxed = relaxed;
  }

  /** The function of a name that a printed module imports; with a library, it does large products. */
  get(name: string, blas: Blas | null): RuntimeFunction {
    if (name === "mark" || name === "begin") {
      return { call: name === "mark" ? mark : begin, code: null };
    }
    // Parts of products are in the module of whole ones.
    const main = name.replace(partName(""), "gemm_"), isProduct = main.startsWith("gemm_");
    const key = isProduct && blas !== null ? `${main} ${blas.path}` : main;
    let found = this.#modules.get(key);
    if (found === undefined) this.#modules.set(key, found = this.#make(main, isProduct, blas));
    return { call: found.exports[name] as CallableFunction, code: found.code };
  }

  #make(name: string, isProduct: boolean, blas: Blas | null): RuntimeModule {
    const builder = new ModuleBuilder();
    builder.importMemory(this.#memory.limits);
    const library: Record<string, BlasProduct> = {};
    if (!isProduct) this.#printSort(builder, name);
    else {
      const dtype = name.slice(5) as GemmDtype, bytes = dtype === "float32" ? 4 : 8;
      const options = { dtype, relaxed: this.#relaxed };
      if (blas === null) emitSharedProduct(builder, options, this.#sharing, name);
      else {
        const heap = () => this.#memory.heap.u8;
        library.product = blasProduct(blas.functions[dtype], bytes, baseOf(heap));
        builder.exportFunc(emitGemm(builder, { ...options, library: LIBRARY_FROM }), name);
      }
    }
    const bytes = builder.build().slice();
    // Parts of jobs call sorts, and products that no library computes.
    const code = blas === null || !isProduct ? new Code(this.#memory, bytes, []) : null;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.#memory.memory, watch: this.#watch, ...code && { code: code.global } },
      library,
    });
    return { exports, code };
  }

  #printSort(builder: ModuleBuilder, name: string): void {
    if (name.startsWith("sort_")) printSort(builder, name.slice(5) as DType, this.#sharing);
    else throw new TypeError(`Cannot link "${name}": there is no such function`);
  }
}
