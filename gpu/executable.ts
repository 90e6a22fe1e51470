/**
 * A program on the device: its kernels compiled, its memory planned, and a recording of dispatches at
 * each run.
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
import { dtypeInfo, type TypedArray } from "../core/graph/dtype.ts";
import type { BufferDecl, Program } from "../core/ir/program.ts";
import { sizeAt } from "../core/ir/size.ts";
import { allSteps } from "../core/ir/steps.ts";
import type { BufferHandle } from "./device/buffers.ts";
import { checkWords } from "./device/checks.ts";
import { toWords, wordCount } from "./device/convert.ts";
import { type BufferOwner, gpuBuffer } from "./device/device_buffer.ts";
import { foldGrid } from "./print/grid.ts";
import type { Bound, PrintedKernel, RunContext } from "./print/kernel_text.ts";
import type { Binding, CompiledKernel } from "./device/pipelines.ts";
import { StepClock } from "./device/step_clock.ts";
import { narrowProgram } from "./print/narrow.ts";
import { type MemoryPlan, planMemory, slotBytes } from "./device/plan_memory.ts";
import { kernelsOf, type Op, type PrintedProgram, printProgram } from "./print/program.ts";

/** Steps of a loop with a stop condition that are submitted before the flag is first looked at. */
const FIRST_LOOK = 256;
/** The same for kernels that run many steps each. */
const FIRST_LOOK_IN_KERNEL = 8;

/** Bind groups kept for one kernel. */
const MAX_GROUPS = 16;

/** A printed kernel with its pipeline, and what was last bound to it. */
interface Compiled {
  readonly printed: PrintedKernel;
  readonly kernel: CompiledKernel;
  /** Bind groups by the numbers of their buffers. */
  readonly groups: Map<string, GPUBindGroup>;
  group: GPUBindGroup | null;
  grid: readonly [number, number, number];
  block: Int32Array<ArrayBuffer> | null;
  /** The run for which `group`, `grid` and `block` were made. */
  run: number;
}

const numbers = new WeakMap<GPUBuffer, number>();
let nextNumber = 0;

function numberOf(buffer: GPUBuffer): number {
  let number = numbers.get(buffer);
  if (number === undefined) {
    number = nextNumber++;
    numbers.set(buffer, number);
  }
  return number;
}

/** What preparing a program found out before its kernels are compiled. */
interface PreparedProgram {
  readonly program: Program;
  readonly printed: PrintedProgram;
  readonly memory: MemoryPlan;
}

/** Prints a program for a device. */
export function printFor(program: Program, owner: BufferOwner): PrintedProgram {
  const { limits, dispatchSeconds, loopIterations } = owner;
  const software = owner.device.info.isFallbackAdapter;
  return printProgram(program, { limits, software, dispatchSeconds, loopIterations });
}

/** Prints a program and plans its memory. */
export function preparePrint(given: Program, owner: BufferOwner): PreparedProgram {
  const program = narrowProgram(given), printed = printFor(program, owner);
  return { program, printed, memory: planMemory(program, printed) };
}

/** All kernels of a prepared program, in the order in which {@linkcode GpuExecutable} takes them. */
export function kernelsOfProgram(prepared: PreparedProgram): PrintedKernel[] {
  return [...kernelsOf(prepared.printed.ops), ...kernelsOf(prepared.printed.commit)];
}

/** A program that is ready to run. */
export class GpuExecutable implements Executable {
  readonly #owner: BufferOwner;
  readonly #program: Program;
  readonly #printed: PrintedProgram;
  readonly #memory: MemoryPlan;
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #kernels = new Map<PrintedKernel, Compiled>();
  readonly #constants = new Map<number, BufferHandle>();
  readonly #listing: string;
  /** Shared buffers that `commit` writes. */
  readonly #committed: ReadonlySet<number>;
  /** Scratch memory of the run that is being recorded. */
  readonly #slots: BufferHandle[] = [];
  #scratchBytes: number;
  #flags: BufferHandle | null = null;
  #errors: BufferHandle | null = null;
  #run = 0;
  #counters = new Map<number, number>();
  #bindings: Bindings | null = null;
  /** Copies that only this run needs. */
  readonly #borrowed: BufferHandle[] = [];
  readonly #clock: StepClock | null = null;
  /** The numbers of the steps of kernels, where they are timed. */
  readonly #stepNumbers = new Map<PrintedKernel, number>();
  #disposed = false;

  /**
   * @param owner The backend.
   * @param prepared What was printed.
   * @param kernels The kernels of `kernelsOfProgram`, compiled.
   */
  constructor(owner: BufferOwner, prepared: PreparedProgram, kernels: readonly CompiledKernel[]) {
    this.#owner = owner;
    this.#program = prepared.program;
    this.#printed = prepared.printed;
    this.#memory = prepared.memory;
    this.#decls = new Map(prepared.program.buffers.map((decl) => [decl.id, decl]));
    kernelsOfProgram(prepared).forEach((printed, i) => {
      this.#kernels.set(printed, {
        printed,
        kernel: kernels[i]!,
        groups: new Map(),
        group: null,
        grid: [0, 0, 0],
        block: null,
        run: -1,
      });
    });
    const { program, printed } = prepared;
    if (program.isTimed === true && owner.device.context.features.has("timestamp-query")) {
      const steps = allSteps(program);
      const numbers = new Map(steps.map(({ step }, number) => [step, number]));
      for (const [kernel, step] of printed.owners) {
        this.#stepNumbers.set(kernel, numbers.get(step)!);
      }
      this.#clock = new StepClock(owner.device, steps.length);
    }
    const bytes = slotBytes(this.#memory, null);
    this.#scratchBytes = bytes.reduce((a, b) => a + b, 0);
    const parts = [...this.#kernels.values()].map(({ kernel, printed }) =>
      `// ${printed.source.label}\n${kernel.wgsl}`
    );
    this.#listing = [...this.#printed.notes.map((note) => `// ${note}`), ...parts].join("\n");
    const written = new Set(
      [...kernelsOf(this.#printed.commit)].flatMap(({ bound, source }) =>
        bound.flatMap((b, i) => b.kind === "buffer" && source.storage[i] === "write" ? [b.id] : [])
      ),
    );
    this.#committed = new Set(
      this.#program.buffers.flatMap(({ id, role }) =>
        role.kind === "shared" && written.has(id) ? [role.shared] : []
      ),
    );
  }

  get info(): ExecutableInfo {
    return {
      scratchBytes: this.#scratchBytes,
      codeBytes: this.#listing.length,
      kernels: this.#kernels.size,
      note: null,
      listing: this.#listing,
    };
  }

  get stepTimes(): StepTimes | null {
    return this.#clock?.collect() ?? null;
  }

  async settle(): Promise<void> {
    await this.#clock?.settle();
  }

  run(bindings: Bindings): void {
    if (this.#disposed) throw new TypeError("Cannot run a GPU program that was disposed");
    const { device, checks } = this.#owner;
    device.checkAlive();
    this.#run++;
    this.#counters.clear();
    this.#bindings = bindings;
    try {
      this.#takeMemory(bindings);
      const tests = this.#program.checks;
      if (tests.length > 0) {
        device.queue.clear(this.#errors!.buffer, 0, 4 * checkWords(tests));
      }
      const perform = () => {
        this.#perform(this.#printed.ops);
        this.#perform(this.#printed.commit);
      };
      if (this.#clock === null) perform();
      else this.#clock.run(perform);
      const run = tests.length > 0 ? checks.open(tests, bindings.env, bindings.locate) : null;
      if (run !== null) {
        const { buffer, offset, bytes } = run.request;
        device.queue.copy(this.#errors!.buffer, 0, buffer, offset, bytes);
      }
      const committed = Array.from(this.#committed, (slot) => bindings.shared[slot]!);
      for (const result of [...bindings.outputs, ...committed]) {
        if (result === null) continue;
        const buffer = gpuBuffer(result, this.#owner);
        buffer.run = run;
        run?.keepFor(buffer);
      }
    } finally {
      this.#bindings = null;
      this.#giveBack(this.#borrowed);
      this.#giveBack(this.#slots);
    }
  }

  /** What later runs record may use the memory at once, and the last piece is the first to be taken again. */
  #giveBack(handles: BufferHandle[]): void {
    while (handles.length > 0) this.#owner.device.buffers.release(handles.pop()!);
  }

  /** Forgets what is bound, which keeps the objects of buffers alive. */
  free(): void {
    for (const compiled of this.#kernels.values()) {
      compiled.groups.clear();
      compiled.group = null;
      compiled.run = -1;
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.free();
    const { buffers } = this.#owner.device;
    for (const handle of this.#constants.values()) buffers.release(handle);
    this.#constants.clear();
    if (this.#flags !== null) buffers.release(this.#flags);
    if (this.#errors !== null) buffers.release(this.#errors);
    this.#flags = this.#errors = null;
    for (const { kernel } of this.#kernels.values()) this.#owner.device.pipelines.release(kernel);
  }

  /** Takes scratch memory for this run, and makes sure that constants and flags are there. */
  #takeMemory(bindings: Bindings): void {
    const { device } = this.#owner;
    const sizes = slotBytes(this.#memory, bindings.env);
    this.#scratchBytes = sizes.reduce((a, b) => a + b, 0);
    for (const bytes of sizes) this.#slots.push(device.buffers.acquire(bytes));
    for (const { id, role, dtype } of this.#program.buffers) {
      if (role.kind !== "constant" || this.#constants.has(id)) continue;
      const words = toWords(dtype, role.data as TypedArray);
      const handle = device.buffers.acquire(words.byteLength);
      device.queue.write(handle.buffer, 0, words);
      this.#constants.set(id, handle);
    }
    if (this.#flags === null) {
      this.#flags = device.buffers.acquire(4 * this.#printed.flags);
      device.queue.write(this.#flags.buffer, 0, Uint32Array.of(1));
    }
    this.#errors ??= device.buffers.acquire(4 * Math.max(4, checkWords(this.#program.checks)));
  }

  #perform(ops: readonly Op[]): void {
    for (const op of ops) {
      switch (op.kind) {
        case "dispatch":
          this.#dispatch(op.kernel, 0, 0);
          break;
        case "loop":
          this.#loop(op);
          break;
        case "exchanges": {
          const row = sizeAt(op.padded, this.#env);
          for (let run = 2 * op.block; run <= row; run *= 2) {
            for (let distance = run / 2; distance >= op.block; distance /= 2) {
              this.#dispatch(op.exchange, run, distance);
            }
            this.#dispatch(op.merge, run, 0);
          }
          break;
        }
        case "steps": {
          const steps = sizeAt(op.steps, this.#env);
          if (steps === 0 && op.always) this.#dispatch(op.kernel, 0, 0);
          this.#repeat(Math.ceil(steps / op.chunk), op.stops, FIRST_LOOK_IN_KERNEL, (i) => {
            const first = i * op.chunk;
            this.#dispatch(op.kernel, first, Math.min(steps, first + op.chunk));
          });
        }
      }
    }
  }

  get #env(): Float64Array {
    return this.#bindings!.env;
  }

  #loop({ loop, body, stops, flag }: Op & { kind: "loop" }): void {
    const { readback } = this.#owner.device;
    const steps = sizeAt(loop.steps, this.#env);
    // A long loop in a branch that is not taken.
    if (flag !== null && steps > FIRST_LOOK && readback.sync && !this.#isSet(flag)) return;
    this.#repeat(steps, stops, FIRST_LOOK, (t) => {
      this.#counters.set(loop.id, t);
      this.#perform(body);
    });
    this.#counters.delete(loop.id);
  }

  /** Submits work again and again until the flag `stops` says that the rest would do nothing. */
  #repeat(count: number, stops: number | null, look: number, submit: (i: number) => void): void {
    const looks = stops !== null && this.#owner.device.readback.sync;
    for (let i = 0; i < count; i++) {
      if (looks && i === look) {
        if (!this.#isSet(stops)) return;
        // Waiting costs as much as some dozens of steps that do nothing, so look ever less often.
        look *= 2;
      }
      submit(i);
    }
  }

  /** Waits for the device and looks at a flag. */
  #isSet(flag: number): boolean {
    const { buffer } = this.#flags!;
    const word = this.#owner.device.readback.readSync(buffer, 4 * flag, 4);
    return new Uint32Array(word)[0] !== 0;
  }

  #dispatch(printed: PrintedKernel, first: number, last: number): void {
    const compiled = this.#kernels.get(printed)!;
    const { queue } = this.#owner.device;
    if (compiled.run !== this.#run) this.#prepareKernel(compiled);
    const [x, y, z] = compiled.grid;
    if (x === 0) return;
    if (printed.varies) this.#fill(compiled, first, last);
    this.#clock?.note(this.#stepNumbers.get(printed) ?? -1);
    queue.dispatch(compiled.kernel, compiled.group!, compiled.block, x, y, z);
  }

  /** What stays the same for all dispatches of a kernel in a run. */
  #prepareKernel(compiled: Compiled): void {
    const { printed } = compiled;
    compiled.run = this.#run;
    const { limits } = this.#owner.device;
    const groups = printed.groups(this.#env);
    compiled.grid = foldGrid(groups, limits.maxComputeWorkgroupsPerDimension);
    if (groups === 0) return;
    const words = printed.headWords + printed.params.length;
    if (words > 0) {
      compiled.block ??= new Int32Array(words);
      if (!printed.varies) this.#fill(compiled, 0, 0);
    }
    compiled.group = this.#bind(compiled);
  }

  #fill({ printed, block }: Compiled, first: number, last: number): void {
    if (block === null) return;
    const context: RunContext = { env: this.#env, counters: this.#counters, first, last };
    const { params, head, headWords } = printed;
    if (head !== null) block.set(head(context));
    for (let i = 0; i < params.length; i++) block[headWords + i] = params[i]!(context);
  }

  #bind(compiled: Compiled): GPUBindGroup {
    const { printed, kernel, groups } = compiled;
    const pieces: Binding[] = printed.bound.map((bound) => this.#handle(bound));
    this.#separate(printed, pieces);
    const key = pieces.map(({ buffer, bytes }) => `${numberOf(buffer)}:${bytes}`)
      .join();
    let group = groups.get(key);
    if (group === undefined) {
      if (groups.size >= MAX_GROUPS) groups.clear();
      group = this.#owner.device.pipelines.bind(kernel, pieces);
      groups.set(key, group);
    }
    return group;
  }

  /**
   * WebGPU refuses a dispatch that reads and writes one buffer under two bindings, which happens when
   * a caller passes the value of a shared variable as an argument too: the reader gets a copy.
   */
  #separate(printed: PrintedKernel, pieces: Binding[]): void {
    const { storage } = printed.source;
    const clashes = ({ buffer }: Binding) =>
      pieces.some((other, i) => storage[i] === "write" && other.buffer === buffer);
    pieces.forEach((piece, i) => {
      if (storage[i] === "write" || !clashes(piece)) return;
      const { buffers, queue } = this.#owner.device;
      const copy = buffers.acquire(piece.bytes);
      queue.copy(piece.buffer, 0, copy.buffer, 0, piece.bytes);
      pieces[i] = { buffer: copy.buffer, bytes: piece.bytes };
      this.#borrowed.push(copy);
    });
  }

  #handle(bound: Bound): BufferHandle {
    switch (bound.kind) {
      case "flags":
        return this.#flags!;
      case "errors":
        return this.#errors!;
      case "scratch":
        return this.#slots[this.#memory.scratch.get(bound.scratch)!]!;
      case "buffer":
        return this.#bufferHandle(this.#decls.get(bound.id)!);
    }
  }

  #bufferHandle(decl: BufferDecl): BufferHandle {
    const { role } = decl;
    const bindings = this.#bindings!;
    switch (role.kind) {
      case "input":
        return this.#given(decl, bindings.inputs[role.input]);
      case "shared":
        return this.#given(decl, bindings.shared[role.shared]);
      case "output":
        return this.#given(decl, bindings.outputs[role.output]);
      case "constant":
        return this.#constants.get(decl.id)!;
      case "temp":
        return this.#slots[this.#memory.temps.get(decl.id)!]!;
    }
  }

  #given(decl: BufferDecl, buffer: DeviceBuffer | null | undefined): BufferHandle {
    if (buffer === undefined || buffer === null) {
      throw new TypeError(
        `Cannot run "${this.#program.name}": nothing is bound to the ${decl.role.kind} "${decl.name}"`,
      );
    }
    const elements = sizeAt(decl.elements, this.#env);
    const needed = 4 * wordCount(decl.dtype, elements);
    if (buffer.bytes < needed) {
      throw new RangeError(
        `Cannot run "${this.#program.name}": "${decl.name}" needs ${needed} bytes for ${elements} ` +
          `elements of ${dtypeInfo(decl.dtype).name}, its buffer has ${buffer.bytes}`,
      );
    }
    return gpuBuffer(buffer, this.#owner).handle;
  }
}
