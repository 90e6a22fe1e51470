/**
 * The CPU device: programs printed as WebAssembly modules over one memory.
 *
 * @module
 */

import type { Backend, BackendStats, DeviceBuffer, Executable } from "../core/runtime/backend.ts";
import { noLimits, type RowLimits } from "../core/ir/capabilities.ts";
import { type DType, dtypeInfo } from "../core/graph/dtype.ts";
import { CodeCache } from "../core/runtime/code_cache.ts";
import { settings } from "../core/base/settings.ts";
import type { Gemm, Program, Step } from "../core/ir/program.ts";
import { eachLeaf } from "../core/ir/steps.ts";
import { type Blas, findBlas } from "./gemm/blas.ts";
import { LIBRARY_FROM } from "./gemm/choice.ts";
import { Arena } from "./memory/arena.ts";
import { CpuBuffer } from "./memory/buffer.ts";
import { Constants } from "./memory/constants.ts";
import { CpuExecutable, type Device, type LinkedProgram, type Printed } from "./executable.ts";
import { CpuMemory } from "./memory/memory.ts";
import { maySortTogether } from "./print/sort.ts";
import { printModule, type PrintOptions } from "./print/module.ts";
import { blockRows } from "./print/row_blocks.ts";
import { Runtime } from "./runtime.ts";
import { Code } from "./threads/code.ts";
import { SHARED_FROM } from "./threads/jobs.ts";
import { Team } from "./threads/team.ts";
import { hasRelaxedSimd } from "./wasm/mod.ts";

const ROWS: RowLimits = { bytes: 1 << 19, elements: 256 };

/** How many compiled programs are kept although nothing may use them. */
const MOST_UNUSED = 64;

/** How the CPU device prints programs. */
interface CpuOptions {
  /** Whether to use vector instructions; default true. */
  readonly simd?: boolean;
  /** Whether to use relaxed vector instructions; by default where the engine has them. */
  readonly relaxed?: boolean;
  /** Whether to check the code while printing it, for tests. */
  readonly check?: boolean;
  /** When neighbouring kernels run row by row; by default for results that don't fit the second cache. */
  readonly rows?: RowLimits;
  /** From how much work on threads share it, and after how much of it one starts; for tests. */
  readonly threads?: { readonly from: number; readonly start: number };
}

/**
 * Opens a CPU device. Devices have memories of their own; use one of them.
 *
 * @param options How programs are printed.
 */
export function createCpuBackend(options: CpuOptions = {}): Backend {
  return new CpuBackend(options);
}

class CpuBackend implements Backend, Device {
  readonly name = "cpu";
  readonly description: string;
  readonly loopKernels = null;
  readonly ieee = true;
  readonly functions = true;
  readonly kernelLimits = noLimits;
  readonly rows: RowLimits;
  readonly residentBytes = 2 ** 30;
  readonly readsSync = true;
  readonly hostReadable = true;
  readonly defersErrors = false;
  readonly lost = null;
  readonly memory = new CpuMemory();
  readonly arena = new Arena(this.memory);
  readonly constants = new Constants(this.memory);
  readonly team: Team;
  readonly #runtime: Runtime;
  readonly #counts = { buffers: 0, bytes: 0 };
  readonly #options: PrintOptions;
  /** Compiled programs by their bytes. */
  readonly code = new CodeCache<LinkedProgram>(MOST_UNUSED, ({ code }) => code?.release());
  #compiled = 0;

  constructor(options: CpuOptions) {
    const { simd = true, relaxed = hasRelaxedSimd(), check = false, rows = ROWS, threads } =
      options;
    this.rows = rows;
    this.team = new Team(this.memory, threads?.start);
    const sharing = {
      block: this.team.block,
      from: threads?.from ?? SHARED_FROM,
      products: true,
    };
    const { limits } = this.memory;
    this.#options = { simd, relaxed: simd && relaxed, check, memory: limits, sharing };
    this.#runtime = new Runtime(this.memory, this.#options.relaxed, sharing, this.team.watch);
    const kind = simd ? (this.#options.relaxed ? "relaxed SIMD" : "SIMD") : "scalar";
    this.description = `WebAssembly, ${kind}`;
  }

  findLoss(): null {
    return null;
  }

  supports(_dtype: DType): boolean {
    return true;
  }

  allocate(dtype: DType, elements: number): DeviceBuffer {
    return new CpuBuffer(this.memory, dtypeInfo(dtype).bytes * elements, this.#counts);
  }

  prepare(original: Program): Executable {
    const { bytes, program, printed, library } = this.#print(original), { key } = printed;
    const entry = this.code.acquire(key) ??
      this.#link(printed, library, bytes, new WebAssembly.Module(bytes));
    return new CpuExecutable(this, program, printed, entry);
  }

  async prepareAsync(original: Program): Promise<Executable> {
    const { bytes, program, printed, library } = this.#print(original), { key } = printed;
    let entry = this.code.acquire(key);
    if (entry === undefined) {
      const module = await WebAssembly.compile(bytes);
      // Another call may have linked the same program in the meantime.
      entry = this.code.acquire(key) ?? this.#link(printed, library, bytes, module);
    }
    return new CpuExecutable(this, program, printed, entry);
  }

  #print(original: Program) {
    const { library, note, large } = productsBy(original);
    const sharing = { ...this.#options.sharing, products: library === null };
    // Times are those of steps that run one after the other.
    const program = original.isTimed === true ? original : blockRows(original, sharing);
    const { bytes, ...rest } = printModule(program, { ...this.#options, sharing });
    const text = textOf(bytes);
    // It is linked with a library or without.
    const key = library === null ? text : `${library.path}: ${text}`;
    const shared = rest.jobs || large || sortsTogether(program);
    const printed: Printed = { ...rest, note, shared, bytes: bytes.length, key };
    return { bytes, program, printed, library };
  }

  printSteps(program: Program): readonly Uint8Array<ArrayBuffer>[] {
    const options = { ...this.#options, names: true };
    const print = (steps: readonly Step[]) => {
      const { library } = productsBy({ ...program, steps });
      const sharing = { ...options.sharing, products: library === null };
      const alone = { ...program, steps, commit: [], isTimed: false };
      return printModule(blockRows(alone, sharing), { ...options, sharing }).bytes;
    };
    return [...program.steps, ...program.commit].map((step) => print([step]));
  }

  get stats(): BackendStats {
    const { used, peak, reserved } = this.memory, code = this.code.size;
    return { compiled: this.#compiled, code, ...this.#counts, used, peak, reserved };
  }

  resetPeak(least?: number): void {
    this.memory.resetPeak(least);
  }

  #link(
    { key, jobs }: Printed,
    blas: Blas | null,
    bytes: Uint8Array<ArrayBuffer>,
    module: WebAssembly.Module,
  ): LinkedProgram {
    this.#compiled++;
    const imports = WebAssembly.Module.imports(module)
      .filter(({ kind, module }) => kind === "function" && module !== "env")
      .map(({ name }) => ({ name, ...this.#runtime.get(name, blas) }));
    const codes = imports.map(({ code }) => code);
    const code = jobs ? new Code(this.memory, bytes, codes) : null;
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory: this.memory.memory, watch: this.team.watch, ...code && { code: code.global } },
      runtime: Object.fromEntries(imports.map(({ name, call }) => [name, call])),
    });
    return this.code.add(key, {
      run: exports.run as LinkedProgram["run"],
      code,
      codes: [code, ...codes].filter((one) => one !== null),
    });
  }
}

/** Whether a program has rows that threads may sort together. */
function sortsTogether({ steps, commit }: Program): boolean {
  let may = false;
  for (const list of [steps, commit]) {
    eachLeaf(list, (step) => may ||= step.kind === "sort" && maySortTogether(step.length));
  }
  return may;
}

/** What computes the large products of a program. */
interface ProductsBy {
  readonly library: Blas | null;
  /** What to say of it. */
  readonly note: string | null;
  /** Whether threads may share them out. */
  readonly large: boolean;
}

/** The library for a program's products, if any may be large enough for one, and what to say of it. */
function productsBy(program: Program): ProductsBy {
  let large = false;
  for (const steps of [program.steps, program.commit]) {
    eachLeaf(steps, (step) => large ||= step.kind === "gemm" && mayBeLarge(step));
  }
  const found = large ? findBlas(settings.blas) : null;
  if (typeof found === "string") {
    return { library: null, note: `no native BLAS: ${found}`, large };
  }
  const note = found && `large products by ${found.name}`;
  return { library: found, note, large: large && found === null };
}

function mayBeLarge({ m, n, k }: Gemm): boolean {
  const known = [m, n, k].filter((size) => typeof size === "number");
  return known.length < 3 || known.reduce((product, size) => product * size, 1) >= LIBRARY_FROM;
}

/** A text for some bytes, equal for equal bytes only. */
function textOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  }
  return parts.join("");
}
