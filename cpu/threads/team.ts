/**
 * The threads that share out large work on the CPU: workers that run parts of it in the same memory.
 *
 * They start, one by one, when the program has done enough work that they could have shared, and sleep
 * when there is none. They need no permission and don't keep a program from ending.
 *
 * @module
 */

import { settings } from "../../core/base/settings.ts";
import { gemmWorkspaceBytes } from "../gemm/gemm.ts";
import type { CpuMemory } from "../memory/memory.ts";
import { ModuleBuilder } from "../wasm/mod.ts";
import { control, CONTROL_BYTES } from "./control.ts";
import { emitThread } from "./products.ts";

/** Multiplications after which a thread starts, and then the next one: starting takes as long as some 10⁹. */
const START_FROM = 4e9;

/** More threads than this are of no use to a product. */
const MOST_THREADS = 64;

/** How often a thread looks for the next job before it sleeps. */
const LOOKS = 20_000;

/** What a thread is given. */
interface ThreadData {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly block: number;
  readonly work: number;
}

/** The program of a thread; it is passed as text, so it must not use anything around it. */
const threadText = `({ memory, module, block, work }) => {
  const words = new Int32Array(memory.buffer, block, ${CONTROL_BYTES / 4});
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  let seen = Atomics.load(words, ${control.ring});
  Atomics.add(words, ${control.ready}, 1);
  for (;;) {
    for (let i = 0; i < ${LOOKS} && Atomics.load(words, ${control.ring}) === seen; i++);
    Atomics.wait(words, ${control.ring}, seen);
    seen = Atomics.load(words, ${control.ring});
    Atomics.add(words, ${control.active}, 1);
    if (Atomics.load(words, ${control.open}) === 1) exports.take_parts(work);
    Atomics.sub(words, ${control.active}, 1);
  }
}`;

/** Threads on one memory. */
export class Team {
  /** Where the control block is; 0 where there can be no threads. */
  readonly block: number;
  readonly #memory: CpuMemory;
  readonly #relaxed: boolean;
  /** How many threads were asked for, the main one included. */
  #asked = 1;
  readonly #cores = (globalThis as { navigator?: Navigator }).navigator?.hardwareConcurrency ?? 1;
  #module: WebAssembly.Module | null = null;

  /**
   * @param memory What the threads work on.
   * @param relaxed Whether they may use relaxed vector instructions.
   */
  constructor(memory: CpuMemory, relaxed: boolean) {
    this.#memory = memory;
    this.#relaxed = relaxed;
    this.block = memory.shared ? memory.allocate(CONTROL_BYTES) : 0;
    if (this.block === 0) return;
    this.#words.fill(0);
    this.#words[control.limit] = 1;
  }

  /** How many threads there are, the main one included, as far as they have started. */
  get size(): number {
    return this.block === 0 ? 1 : 1 + Atomics.load(this.#words, control.ready);
  }

  get #words(): Int32Array {
    const { buffer } = this.#memory.heap.u8;
    return new Int32Array(buffer, this.block, CONTROL_BYTES / 4);
  }

  /** Before a run of a program with products: how many threads may work, and whether to start one more. */
  prepare(): void {
    if (this.block === 0) return;
    const { i32, f64 } = this.#memory.heap, at = this.block / 4;
    const wanted = Math.max(1, Math.min(MOST_THREADS, Math.floor(settings.threads ?? this.#cores)));
    i32[at + control.limit] = wanted;
    const work = f64[(at + control.work) / 2]!;
    if (wanted > this.#asked && work >= START_FROM * this.#asked) this.#start();
  }

  #start(): void {
    this.#asked++;
    const { memory, limits } = this.#memory;
    try {
      const startThread = findWorkers();
      if (this.#module === null) {
        const builder = new ModuleBuilder();
        builder.importMemory(limits);
        emitThread(builder, this.block, this.#relaxed);
        this.#module = builder.compile();
      }
      // For any product of either type that is not long.
      const work = this.#memory.allocate(gemmWorkspaceBytes(1 << 14, 1 << 14, 1 << 14, "float64"));
      startThread(threadText, { memory, module: this.#module, block: this.block, work });
    } catch {
      // Hosts may have no workers, and memory may be short: the work is done without them.
      this.#asked = Infinity;
    }
  }
}

/** What starts a thread. */
type StartThread = (text: string, data: ThreadData) => void;

interface NodeWorker {
  unref(): void;
  on(event: "error", listener: (error: Error) => void): void;
}

/** Deno's and Node's threads start at once and don't keep a program alive; browsers have workers. */
function findWorkers(): StartThread {
  const { process, Worker: WebWorker } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
    Worker?: typeof Worker;
  };
  const node = process?.getBuiltinModule?.("node:worker_threads") as {
    Worker: new (text: string, options: { eval: true; workerData: ThreadData }) => NodeWorker;
  } | undefined;
  if (node !== undefined) {
    return (text, workerData) => {
      const program = `(${text})(require("node:worker_threads").workerData)`;
      const worker = new node.Worker(program, { eval: true, workerData });
      worker.unref();
      // The work is done without it all the same.
      worker.on("error", () => {});
    };
  }
  if (WebWorker === undefined) throw new TypeError("There are no workers");
  return (text, data) => {
    const program = `addEventListener("message", ({ data }) => (${text})(data))`;
    const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const worker = new WebWorker(url);
    worker.postMessage(data);
  };
}
