/**
 * A printed program with its parameter block, ready to be called.
 *
 * @module
 */

import type {
  Bindings,
  DeviceBuffer,
  Executable,
  ExecutableInfo,
  StepTimes,
} from "../core/runtime/backend.ts";
import type { CodeCache } from "../core/runtime/code_cache.ts";
import { Dropped } from "../core/base/dropped.ts";
import { type BufferDecl, type Check, checkError, type Program } from "../core/ir/program.ts";
import { type Size, sizeAt, sizeValue } from "../core/ir/size.ts";
import { allSteps, type NumberedStep } from "../core/ir/steps.ts";
import type { Arena } from "./memory/arena.ts";
import { CpuBuffer } from "./memory/buffer.ts";
import { Marks, startMarks } from "./marks.ts";
import type { Constants } from "./memory/constants.ts";
import type { CpuMemory } from "./memory/memory.ts";
import { WORKSPACE } from "./print/params.ts";
import type { PrintedModule } from "./print/module.ts";
import type { Code } from "./threads/code.ts";
import type { Team } from "./threads/team.ts";
import { Scratch, type ScratchLayout } from "./memory/scratch.ts";

/** A linked program. */
export interface LinkedProgram {
  /** Runs it with the address of a parameter block. */
  readonly run: (block: number) => number;
  /** Its module, if that has jobs for threads. */
  readonly code: Code | null;
  /** The modules with jobs that it may open. */
  readonly codes: readonly Code[];
}

/** What programs on a device share. */
export interface Device {
  readonly memory: CpuMemory;
  readonly arena: Arena;
  readonly constants: Constants;
  readonly code: CodeCache<LinkedProgram>;
  readonly team: Team;
}

/** What a program needs to know of what was printed for it. */
export type Printed = Omit<PrintedModule, "bytes"> & {
  /** Bytes of the module. */
  readonly bytes: number;
  /** By what the code is kept. */
  readonly key: string;
  /** What to say of libraries that it uses. */
  readonly note: string | null;
  /** Whether threads share in its work. */
  readonly shared: boolean;
};

/** A place in the parameter block that holds the address of what is bound in a role. */
interface Slot {
  readonly decl: BufferDecl;
  /** Index into the i32 view of the heap, relative to the block. */
  readonly word: number;
  /** Index among the bound buffers of its role. */
  readonly index: number;
}

/** Memory that belongs to one program. */
class Holdings {
  readonly #device: Device;
  readonly #bytes: number;
  readonly #key: string;
  readonly #constants: ArrayBufferView[] = [];
  /** The parameter block; 0 once given back. */
  block: number;
  /** The most bytes of the arena that the program has needed. */
  #scratchBytes = 0;

  constructor(device: Device, bytes: number, key: string) {
    this.#device = device;
    this.#bytes = bytes;
    this.#key = key;
    this.block = device.memory.allocate(bytes);
  }

  constant(data: ArrayBufferView): number {
    this.#constants.push(data);
    return this.#device.constants.acquire(data);
  }

  /** Says that the program needs so many bytes of the arena. */
  need(bytes: number): void {
    this.#scratchBytes = Math.max(this.#scratchBytes, bytes);
  }

  /** A view of the block, valid until the next allocation. */
  view(): DataView {
    return new DataView(this.#device.memory.heap.u8.buffer, this.block, this.#bytes);
  }

  release(): void {
    if (this.block === 0) return;
    for (const data of this.#constants) this.#device.constants.release(data);
    this.#device.memory.release(this.block, this.#bytes);
    this.#device.code.release(this.#key);
    this.#device.arena.leave(this.#scratchBytes);
    this.block = 0;
  }
}

/** Frees what programs held that are not reachable any more. */
const dropped = new Dropped<Holdings>((holdings) => holdings.release());

/** A program on the CPU device. */
export class CpuExecutable implements Executable {
  readonly #device: Device;
  readonly #entry: LinkedProgram;
  readonly #printed: Printed;
  readonly #checks: readonly Check[];
  readonly #scratch: Scratch;
  readonly #holdings: Holdings;
  readonly #inputs: Slot[] = [];
  readonly #shared: Slot[] = [];
  readonly #outputs: Slot[] = [];
  readonly #temps: { id: number; word: number }[] = [];
  /** What was measured of the steps of a program that is timed. */
  readonly #marks: Marks | null = null;
  readonly #steps: readonly NumberedStep[];
  /** The same when it was disposed. */
  #lastTimes: StepTimes | null = null;
  readonly #usesEnv: boolean;
  /** The sizes that the block was written for. */
  #env: Float64Array | null = null;
  #scratchBytes: number;
  /** Bytes that each thread works with. */
  #threadBytes = 0;
  #arenaVersion = -1;
  /** Where the block says that temps are. */
  #layout: ScratchLayout | null = null;

  /**
   * @param device What programs share.
   * @param program The program.
   * @param printed What was printed for it.
   * @param entry What runs it.
   */
  constructor(device: Device, program: Program, printed: Printed, entry: LinkedProgram) {
    this.#device = device;
    this.#entry = entry;
    this.#printed = printed;
    this.#checks = program.checks;
    this.#scratch = new Scratch(program);
    const { params } = printed;
    this.#holdings = new Holdings(device, Math.max(8, params.bytes), printed.key);
    dropped.register(this, this.#holdings);
    this.#steps = program.isTimed === true ? allSteps(program) : [];
    if (program.isTimed === true) {
      this.#marks = new Marks(this.#steps);
      params.clearCounters(this.#holdings.view());
    }
    params.readFailure(this.#holdings.view());
    this.#usesEnv = params.hasSizes ||
      program.buffers.some(({ elements }) => typeof elements !== "number") ||
      [...printed.workspaces, ...printed.threadWorkspaces].some((size) => typeof size !== "number");
    for (const decl of program.buffers) {
      const offset = params.buffers.get(decl.id);
      if (offset === undefined) continue;
      const { role } = decl;
      const word = offset / 4;
      switch (role.kind) {
        case "input":
          this.#inputs.push({ decl, word, index: role.input });
          break;
        case "shared":
          this.#shared.push({ decl, word, index: role.shared });
          break;
        case "output":
          this.#outputs.push({ decl, word, index: role.output });
          break;
        case "temp":
          this.#temps.push({ id: decl.id, word });
          break;
        case "constant": {
          const address = this.#holdings.constant(role.data);
          device.memory.heap.i32[this.#holdings.block / 4 + word] = address;
        }
      }
    }
    this.#scratchBytes = this.#measure(sizeValue).bytes;
  }

  get info(): ExecutableInfo {
    const { kernels, bytes, shared } = this.#printed, { size } = this.#device.team;
    const threads = shared && size > 1 ? `large work on ${size} threads` : null;
    const note = this.#printed.note ?? threads;
    return {
      scratchBytes: this.#scratchBytes,
      codeBytes: bytes,
      kernels,
      note,
      listing: `WebAssembly module of ${bytes} bytes, ${kernels} kernels`,
    };
  }

  get stepTimes(): StepTimes | null {
    if (this.#marks === null || this.#holdings.block === 0) return this.#lastTimes;
    const counts = this.#printed.params.readCounters(this.#holdings.view());
    const { milliseconds, samples } = this.#marks;
    const calls = this.#steps.map(({ list }) => counts.get(list) ?? null);
    return { milliseconds, samples, calls, runs: counts.get(0) ?? 0, includesInner: true };
  }

  run(bindings: Bindings): void {
    const { block } = this.#holdings;
    if (block === 0) throw new TypeError("Cannot run a program that was disposed");
    const { arena, memory } = this.#device;
    const env = this.#env;
    if (env === null || (this.#usesEnv && !sameValues(env, bindings.env))) {
      this.#resize(bindings.env);
    } else if (this.#arenaVersion !== arena.version) this.#resize(env);
    const { i32 } = memory.heap;
    const start = block / 4;
    bind(i32, start, this.#inputs, bindings.inputs);
    bind(i32, start, this.#shared, bindings.shared);
    bind(i32, start, this.#outputs, bindings.outputs);
    if (this.#marks !== null) startMarks(this.#marks);
    const code = this.#printed.shared ? this.#runShared(block) : this.#entry.run(block);
    if (code === 0) return;
    const bad = this.#printed.params.readFailure(this.#holdings.view());
    throw checkError(this.#checks[code - 1], bindings.env, bad);
  }

  #runShared(block: number): number {
    const { team } = this.#device;
    team.prepare(this.#entry.codes, this.#threadBytes);
    let code: number;
    try {
      code = this.#entry.run(block);
    } catch (error) {
      team.abandon();
      throw error;
    }
    team.check();
    return code;
  }

  /** Lays the scratch block out: temps, and behind them the workspace of sorts and products. */
  #measure(valueOf: (size: Size) => number): { layout: ScratchLayout; bytes: number } {
    const work = Math.max(0, ...this.#printed.workspaces.map(valueOf));
    const layout = this.#scratch.layout(valueOf, this.#device.arena.bytes - work);
    return { layout, bytes: layout.bytes + work };
  }

  /** Writes the sizes, and where the temps are, for values of the base symbols. */
  #resize(env: Float64Array): void {
    const { arena, memory } = this.#device, { params } = this.#printed;
    const { layout, bytes } = this.#measure((size) => sizeAt(size, env));
    arena.need(bytes);
    this.#scratchBytes = bytes;
    this.#holdings.need(bytes);
    const works = this.#printed.threadWorkspaces.map((size) => sizeAt(size, env));
    this.#threadBytes = Math.max(0, ...works);
    if (this.#layout !== layout || this.#arenaVersion !== arena.version) {
      this.#layout = layout;
      this.#arenaVersion = arena.version;
      const { i32 } = memory.heap, start = this.#holdings.block / 4;
      for (const { id, word } of this.#temps) {
        i32[start + word] = arena.address + layout.offsets.get(id)!;
      }
      const workspace = params.buffers.get(WORKSPACE);
      if (workspace !== undefined) i32[start + workspace / 4] = arena.address + layout.bytes;
    }
    params.writeSizes(this.#holdings.view(), env);
    if (this.#env === null) this.#env = env.slice();
    else this.#env.set(env);
  }

  free(): void {
    this.#device.arena.release();
  }

  dispose(): void {
    this.#lastTimes = this.stepTimes;
    dropped.unregister(this.#holdings);
    this.#holdings.release();
  }
}

function bind(
  i32: Int32Array,
  start: number,
  slots: readonly Slot[],
  buffers: readonly (DeviceBuffer | null)[],
): void {
  for (const { decl, word, index } of slots) {
    const buffer = buffers[index];
    if (!(buffer instanceof CpuBuffer) || buffer.address === 0) throw unbound(decl, buffer);
    i32[start + word] = buffer.address;
  }
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function unbound(decl: BufferDecl, buffer: DeviceBuffer | null | undefined): TypeError {
  const what = buffer === undefined || buffer === null
    ? "nothing is bound"
    : buffer instanceof CpuBuffer
    ? "a buffer that was disposed is bound"
    : "a buffer of another device is bound";
  return new TypeError(`Cannot run: ${what} to the ${decl.role.kind} "${decl.name}"`);
}
