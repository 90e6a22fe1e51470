/**
 * The CPU device: programs printed as WebAssembly modules over one memory.
 *
 * @module
 */

import type {
  Backend,
  BackendStats,
  Bindings,
  DeviceBuffer,
  Executable,
  ExecutableInfo,
} from "../core/backend.ts";
import { type DType, dtypeInfo } from "../core/dtype.ts";
import { IndexError } from "../core/errors.ts";
import type { BufferDecl, Check, Program } from "../core/kernel/program.ts";
import { type Size, sizeAt, type SizeEnv, sizeValue } from "../core/kernel/size.ts";
import { CpuBuffer } from "./buffer.ts";
import { CpuMemory } from "./memory.ts";
import { WORKSPACE } from "./params.ts";
import { type PrintedModule, printModule } from "./print_module.ts";
import { Runtime } from "./runtime.ts";
import { Scratch, type ScratchLayout } from "./scratch.ts";
import { hasRelaxedSimd } from "./wasm/mod.ts";

/** How the CPU device prints programs. */
export interface CpuOptions {
  /** Whether to use vector instructions; default true. */
  readonly simd?: boolean;
  /** Whether to use relaxed vector instructions; by default where the engine has them. */
  readonly relaxed?: boolean;
  /** Whether to check the code while printing it, for tests. */
  readonly check?: boolean;
}

/** Calls a printed program with the address of its parameter block. */
type Entry = (block: number) => number;

/** What the CPU device is made of, for the programs on it. */
interface Device {
  readonly memory: CpuMemory;
  readonly runtime: Runtime;
  entry(printed: PrintedModule): Entry;
  entryAsync(printed: PrintedModule): Promise<Entry>;
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
  readonly narrowsInt64 = false;
  readonly memory = new CpuMemory();
  readonly runtime: Runtime;
  readonly #counts = { buffers: 0, bytes: 0 };
  readonly #options: Required<CpuOptions>;
  /** Compiled programs by their bytes. */
  readonly #entries = new Map<string, Entry>();
  #compiled = 0;

  constructor(options: CpuOptions) {
    const { simd = true, relaxed = hasRelaxedSimd(), check = false } = options;
    this.#options = { simd, relaxed: simd && relaxed, check };
    this.runtime = new Runtime(this.memory, this.#options.relaxed);
    const kind = simd ? (this.#options.relaxed ? "relaxed SIMD" : "SIMD") : "scalar";
    this.description = `WebAssembly, ${kind}`;
  }

  supports(_dtype: DType): boolean {
    return true;
  }

  allocate(dtype: DType, elements: number): DeviceBuffer {
    return new CpuBuffer(this.memory, dtypeInfo(dtype).bytes * elements, this.#counts);
  }

  prepare(program: Program): Executable {
    const printed = printModule(program, this.#options);
    return new CpuExecutable(this, program, printed, this.entry(printed));
  }

  async prepareAsync(program: Program): Promise<Executable> {
    const printed = printModule(program, this.#options);
    return new CpuExecutable(this, program, printed, await this.entryAsync(printed));
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  get stats(): BackendStats {
    return { compiled: this.#compiled, ...this.#counts, reserved: this.memory.reserved };
  }

  entry({ bytes }: PrintedModule): Entry {
    const key = keyOf(bytes);
    return this.#entries.get(key) ?? this.#link(key, new WebAssembly.Module(bytes));
  }

  async entryAsync({ bytes }: PrintedModule): Promise<Entry> {
    const key = keyOf(bytes);
    const have = this.#entries.get(key);
    if (have !== undefined) return have;
    const module = await WebAssembly.compile(bytes);
    return this.#entries.get(key) ?? this.#link(key, module);
  }

  #link(key: string, module: WebAssembly.Module): Entry {
    this.#compiled++;
    const runtime: Record<string, WebAssembly.ImportValue> = {};
    for (const { kind, name } of WebAssembly.Module.imports(module)) {
      if (kind === "function") runtime[name] = this.runtime.get(name);
    }
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory: this.memory.memory },
      runtime,
    });
    const entry = exports.run as Entry;
    this.#entries.set(key, entry);
    return entry;
  }
}

/** A text for some bytes, equal for equal bytes only. */
function keyOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  }
  return parts.join("");
}

/** A place in the parameter block that holds the address of what is bound in a role. */
interface Slot {
  readonly decl: BufferDecl;
  /** Index into the i32 view of the heap, relative to the block. */
  readonly word: number;
  /** Index among the bound buffers of its role. */
  readonly index: number;
}

class CpuExecutable implements Executable {
  readonly #device: Device;
  readonly #entry: Entry;
  readonly #printed: PrintedModule;
  readonly #checks: readonly Check[];
  readonly #scratch: Scratch;
  readonly #slots: Record<"inputs" | "shared" | "outputs", Slot[]> = {
    inputs: [],
    shared: [],
    outputs: [],
  };
  readonly #temps: { id: number; word: number }[] = [];
  readonly #constants: { address: number; bytes: number }[] = [];
  readonly #blockBytes: number;
  /** The parameter block; 0 once disposed. */
  #block: number;
  #scratchAddress = 0;
  #scratchBytes = 0;
  /** The sizes that the block was written for. */
  #env: Float64Array | null = null;
  #usesEnv: boolean;

  constructor(device: Device, program: Program, printed: PrintedModule, entry: Entry) {
    this.#device = device;
    this.#entry = entry;
    this.#printed = printed;
    this.#checks = program.checks;
    this.#scratch = new Scratch(program);
    const { params } = printed;
    this.#blockBytes = Math.max(8, params.bytes);
    this.#block = device.memory.allocate(this.#blockBytes);
    this.#usesEnv = params.hasSizes ||
      program.buffers.some(({ elements }) => typeof elements !== "number") ||
      printed.workspaces.some((size) => typeof size !== "number");
    for (const decl of program.buffers) {
      const offset = params.buffers.get(decl.id);
      if (offset === undefined) continue;
      const { role } = decl;
      const word = offset / 4;
      if (role.kind === "input") this.#slots.inputs.push({ decl, word, index: role.input });
      else if (role.kind === "shared") this.#slots.shared.push({ decl, word, index: role.shared });
      else if (role.kind === "output") this.#slots.outputs.push({ decl, word, index: role.output });
      else if (role.kind === "temp") this.#temps.push({ id: decl.id, word });
      else this.#addConstant(role.data, word);
    }
  }

  get info(): ExecutableInfo {
    const { kernels, bytes } = this.#printed;
    return {
      scratchBytes: this.#env === null ? this.#measure(sizeValue).bytes : this.#scratchBytes,
      kernels,
      listing: `WebAssembly module of ${bytes.length} bytes, ${kernels} kernels`,
    };
  }

  #addConstant(data: ArrayBufferView, word: number): void {
    const { memory } = this.#device;
    const bytes = data.byteLength;
    const address = memory.allocate(bytes);
    memory.heap.u8.set(new Uint8Array(data.buffer, data.byteOffset, bytes), address);
    this.#constants.push({ address, bytes });
    memory.heap.i32[(this.#block >> 2) + word] = address;
  }

  run(bindings: Bindings): void {
    if (this.#block === 0) throw new TypeError("Cannot run a program that was disposed");
    if (this.#env === null || (this.#usesEnv && !sameValues(this.#env, bindings.env))) {
      this.#resize(bindings.env);
    }
    const { i32 } = this.#device.memory.heap;
    const start = this.#block >> 2;
    this.#bind(i32, start, this.#slots.inputs, bindings.inputs);
    this.#bind(i32, start, this.#slots.shared, bindings.shared);
    this.#bind(i32, start, this.#slots.outputs, bindings.outputs);
    const code = this.#entry(this.#block);
    if (code !== 0) throw new IndexError(this.#checks[code - 1]!.message);
  }

  #bind(
    i32: Int32Array,
    start: number,
    slots: readonly Slot[],
    buffers: readonly DeviceBuffer[],
  ): void {
    for (const { decl, word, index } of slots) {
      const buffer = buffers[index];
      if (!(buffer instanceof CpuBuffer) || buffer.address === 0) throw unbound(decl, buffer);
      i32[start + word] = buffer.address;
    }
  }

  /** Lays the scratch block out: temps, and behind them the workspace of sorts and products. */
  #measure(valueOf: (size: Size) => number): { layout: ScratchLayout; bytes: number } {
    const layout = this.#scratch.layout(valueOf);
    const work = Math.max(0, ...this.#printed.workspaces.map(valueOf));
    return { layout, bytes: layout.bytes + work };
  }

  /** Writes the sizes, and lays the scratch block out, for new values of the base symbols. */
  #resize(env: SizeEnv & Float64Array): void {
    const { memory } = this.#device;
    const { layout, bytes } = this.#measure((size) => sizeAt(size, env));
    if (bytes > this.#scratchBytes || this.#scratchAddress === 0) {
      this.#releaseScratch();
      if (bytes > 0) this.#scratchAddress = memory.allocate(bytes);
      this.#scratchBytes = bytes;
    }
    const { i32, u8 } = memory.heap;
    const start = this.#block >> 2;
    for (const { id, word } of this.#temps) {
      i32[start + word] = this.#scratchAddress + layout.offsets.get(id)!;
    }
    const { params } = this.#printed;
    const workspace = params.buffers.get(WORKSPACE);
    if (workspace !== undefined) {
      i32[start + workspace / 4] = this.#scratchAddress + layout.bytes;
    }
    params.writeSizes(new DataView(u8.buffer, this.#block, this.#blockBytes), env);
    this.#env = Float64Array.from(env);
  }

  #releaseScratch(): void {
    if (this.#scratchAddress !== 0) {
      this.#device.memory.release(this.#scratchAddress, this.#scratchBytes);
    }
    this.#scratchAddress = 0;
    this.#scratchBytes = 0;
  }

  free(): void {
    this.#releaseScratch();
    this.#env = null;
  }

  dispose(): void {
    if (this.#block === 0) return;
    this.free();
    const { memory } = this.#device;
    for (const { address, bytes } of this.#constants) memory.release(address, bytes);
    memory.release(this.#block, this.#blockBytes);
    this.#block = 0;
  }
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function unbound(decl: BufferDecl, buffer: DeviceBuffer | undefined): TypeError {
  const what = buffer === undefined
    ? "nothing is bound"
    : buffer instanceof CpuBuffer
    ? "a buffer that was disposed is bound"
    : "a buffer of another device is bound";
  return new TypeError(`Cannot run: ${what} to the ${decl.role.kind} "${decl.name}"`);
}
