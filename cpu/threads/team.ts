/**
 * The threads that share out large work on the CPU: workers that run parts of it in the same memory.
 *
 * They start, one by one, when the program has done enough work that they could have shared, and sleep
 * when there is none. They need no permission and don't keep a program from ending.
 *
 * @module
 */

import { builtin } from "../../core/base/builtin.ts";
import { CrotonError } from "../../core/base/errors.ts";
import { settings } from "../../core/base/settings.ts";
import { gemmWorkspaceBytes } from "../gemm/gemm.ts";
import type { CpuMemory } from "../memory/memory.ts";
import type { Code } from "./code.ts";
import { control, CONTROL_BYTES, MOST_THREADS, record, state } from "./control.ts";

/** Work after which a thread starts, and then the next one: starting takes as long as some 10⁹. */
const START_FROM = 4e9;

/** How often a thread looks for the next job before it sleeps. */
const LOOKS = 20_000;

/**
 * How long the main thread waits for others that are at a job, in milliseconds, and how much longer for each
 * millisecond that it was at the job itself.
 */
const PATIENCE = 60_000, PATIENCE_PER_WORK = 10;

/** What of a wait counts at most between two looks, in milliseconds: in more the whole program was stopped. */
const MOST_BETWEEN_LOOKS = 100;

/** How many modules a thread keeps. */
const MOST_MODULES = 256;

/** What a thread is given. */
interface ThreadData {
  readonly memory: WebAssembly.Memory;
  readonly block: number;
  /** Its number; the main thread is 0. */
  readonly me: number;
}

/** The program of a thread; it is passed as text, so it must not use anything around it. */
const threadText = `({ memory, block, me }) => {
  const words = new Int32Array(memory.buffer, block, ${CONTROL_BYTES / 4});
  const instances = new Map();
  const view = (Type, address, length) => {
    // The main thread may have grown the memory.
    if (memory.buffer.byteLength < address + length * Type.BYTES_PER_ELEMENT) memory.grow(0);
    return new Type(memory.buffer, address, length);
  };
  const link = (code) => {
    const [id, bytes, length] = view(Int32Array, code, ${record.imports});
    const known = instances.get(id);
    if (known !== undefined) return known;
    const module = new WebAssembly.Module(view(Uint8Array, bytes, length).slice());
    const global = new WebAssembly.Global({ value: "i32", mutable: true }, code);
    const imports = { env: { memory, code: global, watch() {} } };
    let place = code + ${4 * record.imports};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== "function" || from === "env") continue;
      const [other] = view(Int32Array, place, 1);
      place += 4;
      (imports[from] ??= {})[name] = other === 0 ? () => 0 : link(other)[name];
    }
    const { exports } = new WebAssembly.Instance(module, imports);
    if (instances.size >= ${MOST_MODULES}) instances.clear();
    instances.set(id, exports);
    return exports;
  };
  const mine = ${control.states} + me;
  let seen = Atomics.load(words, ${control.ring});
  Atomics.store(words, mine, ${state.idle});
  Atomics.add(words, ${control.ready}, 1);
  for (;;) {
    for (let i = 0; i < ${LOOKS} && Atomics.load(words, ${control.ring}) === seen; i++);
    Atomics.wait(words, ${control.ring}, seen);
    seen = Atomics.load(words, ${control.ring});
    // The main thread may have given it up.
    if (Atomics.compareExchange(words, mine, ${state.idle}, ${state.busy}) !== ${state.idle}) return;
    let part = -1;
    try {
      if (Atomics.load(words, ${control.open}) === 1 && me < words[${control.limit}]) {
        const run = link(words[${control.code}])["part" + words[${control.entry}]];
        const work = words[${control.workspaces} + me];
        while ((part = Atomics.add(words, ${control.next}, 1)) < words[${control.parts}]) run(part, work);
      }
    } catch (error) {
      // Others do the parts that it has not begun.
      if (part >= 0) Atomics.store(words, ${control.failed}, 1);
      if (Atomics.exchange(words, mine, ${state.away}) !== ${state.away}) Atomics.sub(words, ${control.ready}, 1);
      throw error;
    }
    Atomics.compareExchange(words, mine, ${state.busy}, ${state.idle});
  }
}`;

/** Threads on one memory. */
export class Team {
  /** Where the control block is; 0 where there can be no threads. */
  readonly block: number;
  readonly #memory: CpuMemory;
  readonly #startFrom: number;
  /** How many threads were asked for, the main one included. */
  #asked = 1;
  readonly #cores = countCores();
  readonly #patience: number;
  readonly #stops: (() => void)[] = [];
  /** When the open job began, and when the main thread last looked at those it waits for. */
  #opened = 0;
  #looked = 0;
  /** How much longer it waits; null before it does. */
  #left: number | null = null;
  #gaveUp = false;
  /** Bytes of the workspace of each thread: any product that is not long fits. */
  #workspace = gemmWorkspaceBytes(1 << 14, 1 << 14, 1 << 14, "float64");

  /**
   * @param memory What the threads work on.
   * @param startFrom After how much work a thread starts.
   * @param patience How long to wait for threads that don't answer, in milliseconds.
   */
  constructor(memory: CpuMemory, startFrom = START_FROM, patience = PATIENCE) {
    this.#patience = patience;
    this.#memory = memory;
    this.#startFrom = startFrom;
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

  /**
   * Before a run of a program with work to share: how many threads may work, whether to start one more, and what
   * they need.
   *
   * @param codes The modules that have jobs.
   * @param workspace Bytes that each thread works with.
   */
  prepare(codes: readonly Code[], workspace = 0): void {
    if (this.block === 0) return;
    const { i32, f64 } = this.#memory.heap, at = this.block / 4;
    const wanted = this.#gaveUp
      ? 1
      : Math.max(1, Math.min(MOST_THREADS, Math.floor(settings.threads ?? this.#cores)));
    i32[at + control.limit] = wanted;
    const work = f64[(at + control.work) / 2]!;
    if (wanted > this.#asked && work >= this.#startFrom * this.#asked) this.#start();
    if (this.#asked < 2 || wanted < 2) return;
    if (workspace > this.#workspace) this.#widen(workspace);
    for (const code of codes) code.publish();
  }

  /** After a run: throws if a thread failed. */
  check(): void {
    if (this.block === 0) return;
    const { i32 } = this.#memory.heap, at = this.block / 4 + control.failed;
    if (i32[at] === 0) return;
    i32[at] = 0;
    throw new CrotonError(
      "A thread failed at its part of a call, whose results are not valid; " +
        "with config.threads = 1 there is one thread only",
    );
  }

  /** After a run that threw: nobody works on the job any more. */
  abandon(): void {
    if (this.block === 0) return;
    const words = this.#words;
    Atomics.store(words, control.open, 0);
    this.watch(0);
    const states = words.subarray(control.states);
    try {
      for (let me = 1; me < MOST_THREADS; me++) {
        while (Atomics.load(states, me) === state.busy) this.watch(1);
      }
    } catch {
      // They are given up; the caller has an error to throw.
    }
    words[control.busy] = 0;
  }

  /**
   * A thread can be gone without a word, and what tells of it comes only when the main thread isn't at work. So
   * that waits for threads, but not for ever: what modules with jobs import.
   *
   * @param waiting Whether it waits; else a job opens.
   * @throws CrotonError after a wait that is long beside what the main thread did of the job itself.
   */
  readonly watch = (waiting: number): void => {
    const now = performance.now();
    if (waiting === 0) {
      this.#opened = now;
      this.#left = null;
      return;
    }
    if (this.#left === null) {
      this.#left = this.#patience + PATIENCE_PER_WORK * (now - this.#opened);
    } else this.#left -= Math.min(now - this.#looked, MOST_BETWEEN_LOOKS);
    this.#looked = now;
    if (this.#left > 0) return;
    this.#giveUp();
    throw new CrotonError(
      "A thread did not finish its part of a call and was given up, so the call's results are not valid: " +
        "it was ended from outside, or the machine had no time for it. Calls from now on run on one thread; " +
        "with config.threads = 1 they do from the start",
    );
  };

  /** Goes on with the main thread alone. */
  #giveUp(): void {
    this.#gaveUp = true;
    this.#asked = Infinity;
    for (const stop of this.#stops) stop();
    const words = this.#words;
    for (let me = 1; me < MOST_THREADS; me++) this.#ended(me);
    words[control.limit] = 1;
  }

  /** A thread is not there any more. */
  #ended(me: number): void {
    const words = this.#words;
    if (Atomics.exchange(words, control.states + me, state.away) === state.away) return;
    Atomics.sub(words, control.ready, 1);
  }

  /** Gives threads larger workspaces. */
  #widen(bytes: number): void {
    const before = this.#workspace;
    for (let i = 1; i < MOST_THREADS; i++) {
      const place = this.block / 4 + control.workspaces + i,
        address = this.#memory.heap.i32[place]!;
      if (address === 0) continue;
      const wider = this.#memory.allocate(bytes);
      this.#memory.release(address, before);
      this.#memory.heap.i32[place] = wider;
    }
    this.#workspace = bytes;
  }

  #start(): void {
    const { memory } = this.#memory, me = this.#asked++;
    try {
      const startThread = findWorkers();
      const workspace = this.#memory.allocate(this.#workspace);
      this.#memory.heap.i32[this.block / 4 + control.workspaces + me] = workspace;
      this.#words[control.asked] = me;
      const stop = startThread(
        threadText,
        { memory, block: this.block, me },
        () => this.#ended(me),
      );
      this.#stops.push(stop);
    } catch {
      // Hosts may have no workers, and memory may be short: the work is done without them.
      this.#asked = Infinity;
    }
  }
}

/** Starts a thread, and gives what stops it; `ended` is called where the host tells that it isn't there any more. */
type StartThread = (text: string, data: ThreadData, ended: () => void) => () => void;

interface NodeWorker {
  unref(): void;
  terminate(): unknown;
  on(event: "error" | "exit", listener: () => void): void;
}

/**
 * The cores of the machine, of which old versions of Node say nothing elsewhere. In a worker of the program's own
 * it is one: others beside it may use the library, too, and can't be counted.
 */
function countCores(): number {
  const { navigator, WorkerGlobalScope } = globalThis as {
    navigator?: Navigator;
    WorkerGlobalScope?: unknown;
  };
  const workers = builtin<{ isMainThread?: boolean }>("node:worker_threads");
  if (WorkerGlobalScope !== undefined || workers?.isMainThread === false) return 1;
  return navigator?.hardwareConcurrency ??
    builtin<{ availableParallelism?: () => number }>("node:os")?.availableParallelism?.() ?? 1;
}

/** Deno's and Node's threads start at once and don't keep a program alive; browsers have workers. */
function findWorkers(): StartThread {
  const { Worker: WebWorker } = globalThis as { Worker?: typeof Worker };
  const node = builtin<{
    Worker: new (text: string, options: { eval: true; workerData: ThreadData }) => NodeWorker;
  }>("node:worker_threads");
  if (node !== undefined) {
    return (text, workerData, ended) => {
      const program = `(${text})(require("node:worker_threads").workerData)`;
      const worker = new node.Worker(program, { eval: true, workerData });
      worker.unref();
      // The work is done without it all the same.
      worker.on("error", () => {});
      worker.on("exit", ended);
      return () => void worker.terminate();
    };
  }
  if (WebWorker === undefined) throw new TypeError("There are no workers");
  return (text, data) => {
    const program = `addEventListener("message", ({ data }) => (${text})(data))`;
    const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const worker = new WebWorker(url);
    worker.postMessage(data);
    return () => worker.terminate();
  };
}
