/**
 * Measurements of one compiled function.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import type { RewriteLog } from "../rewrite/log.ts";
import type { Executor } from "./executor.ts";
import { machineLimits, settleLimits } from "./machine_limits.ts";
import type {
  ComputeLimit,
  KernelProfile,
  KernelTime,
  MachineLimits,
  MemoryPeak,
  MemoryProfile,
  OpProfile,
  Profile as Measured,
  RewriteCount,
} from "./measured.ts";
import type { PreparedPlan } from "./plan_cache.ts";
import { kernelRows, memoryRows, opRows } from "./profile_rows.ts";
import { profileText, profileTrace } from "./profile_text.ts";
import { countsOf } from "./rewrites.ts";

/** The first calls are all measured. */
const ALL_MEASURED = 16;

/** Of calls of less than so many milliseconds some are measured only, and so many at most are passed by. */
const SHORT = 0.05, MOST_PASSED = 15;

/** What a profile is taken of. */
interface ProfiledFunction {
  /** How the graph was rewritten, if that was recorded. */
  readonly log: RewriteLog | null;
  readonly executor: Executor;
}

const sources = new WeakMap<Profile, ProfiledFunction>();

/** Says what a profile is taken of. */
export function profileOf(profile: Profile, source: ProfiledFunction): void {
  sources.set(profile, source);
}

/** The profiles of functions that were made while `config.profile` was true. */
export const profiles: Profile[] = [];

/** Calls and times of a function. All times in milliseconds. */
export class Profile implements Measured {
  /** Name of the function. */
  readonly name: string;
  /** Number of calls. */
  calls = 0;
  /** Time in calls, the first and its compilation included. */
  callTime = 0;
  /** Time of the first call, which plans and compiles for its shapes. */
  firstCallTime = 0;
  /** Time spent in rewriting the graph. */
  rewriteTime = 0;
  /** Time from compile() to the function: checks, rewriting, opening the device. */
  compileTime = 0;
  /** Time spent in planning, for all shapes so far. */
  planTime = 0;
  /** Time spent in printing plans and compiling what was printed. */
  printTime = 0;

  /**
   * Starts with nothing measured.
   *
   * @param name Name of the function.
   */
  constructor(name: string) {
    this.name = name;
    if (settings.profile) profiles.push(this);
  }

  /** Calls until one is measured again: looking at the clock takes as long as a tenth of a short call. */
  #passed = 0;
  #toPass = 0;

  /** A call begins: when, or -1 where it is not measured. */
  begin(): number {
    if (this.#toPass === 0) return performance.now();
    this.#toPass--;
    this.#passed++;
    return -1;
  }

  /** Adds a call that began at some time, and those before it that were not measured. */
  record(start: number): void {
    this.calls++;
    if (start < 0) return;
    const milliseconds = performance.now() - start;
    if (this.calls === 1) this.firstCallTime = milliseconds;
    this.callTime += milliseconds * (1 + this.#passed);
    this.#passed = 0;
    if (this.calls > ALL_MEASURED) {
      this.#toPass = Math.floor(Math.min(MOST_PASSED, SHORT / milliseconds));
    }
  }

  /** Adds one plan. */
  recordPlan(planning: number, printing: number): void {
    this.planTime += planning;
    this.printTime += printing;
  }

  /** The rewrites, the one that took longest first. */
  get rewrites(): readonly RewriteCount[] {
    const log = sources.get(this)?.log;
    return log == null ? [] : countsOf(log);
  }

  /** The phases of rewriting, with their times. */
  get phases(): readonly { readonly name: string; readonly milliseconds: number }[] {
    return sources.get(this)?.log?.phases.map(({ phase, milliseconds }) => ({
      name: phase,
      milliseconds,
    })) ??
      [];
  }

  /** The plans so far, those first that compute lengths for others. */
  get #prepared(): readonly PreparedPlan[] {
    const executor = sources.get(this)?.executor;
    const all = ({ stages, profiled }: Executor): PreparedPlan[] => [
      ...stages.flatMap(all),
      ...profiled,
    ];
    return executor === undefined ? [] : all(executor);
  }

  /**
   * The kernels and loops of all plans, in the order in which they run, each loop before what is in it. What
   * the machine can do is measured the first time that anything looks, once for a device, in less than
   * 100 ms.
   */
  get kernels(): readonly KernelProfile[] {
    const backend = sources.get(this)?.executor.backend;
    return kernelRows(
      this.#prepared,
      this.calls,
      (wanted) => backend === undefined ? null : machineLimits(backend, wanted),
    );
  }

  /** The calls of the user's, with their parts of the kernels; the one that took longest first. */
  get ops(): readonly OpProfile[] {
    return opRows(this.kernels);
  }

  /** The most that the device was measured to do, for what kernels of profiles do; null where nobody measured. */
  get limits(): MachineLimits | null {
    const backend = sources.get(this)?.executor.backend;
    return backend === undefined ? null : machineLimits(backend, new Set());
  }

  /** What the plans so far hold, the largest first. */
  get memory(): readonly MemoryProfile[] {
    return memoryRows(this.#prepared).memory;
  }

  /** When the plan that holds most memory holds most; `memory` says what. */
  get memoryPeak(): MemoryPeak | null {
    return memoryRows(this.#prepared).peak;
  }

  /** The most bytes in use on the device, of all functions together. */
  get peakBytes(): number {
    return sources.get(this)?.executor.backend.stats.peak ?? 0;
  }

  /**
   * What each kernel takes on the GPU, by timestamps around it, while `work` calls the function. Kernels that
   * run meanwhile are slower as a whole.
   *
   * Throws (rejects) with a TypeError for a device without timestamps; the CPU measures all the time.
   */
  async timeKernels(work: () => unknown): Promise<readonly KernelTime[]> {
    const timer = sources.get(this)?.executor.backend.kernelTimer?.() ?? null;
    if (timer === null) throw new TypeError("Cannot time kernels: the device has no timestamps");
    timer.start();
    let report;
    try {
      await work();
    } finally {
      report = await timer.stop();
    }
    return report.kernels;
  }

  /**
   * Waits for the times that a GPU has still to tell, and for what it can do. Where the host can wait for the
   * device, as in Deno, nobody needs this.
   */
  async settle(): Promise<this> {
    for (const { executable } of this.#prepared) await executable.settle?.();
    const backend = sources.get(this)?.executor.backend, asked = new Set<ComputeLimit>();
    kernelRows(this.#prepared, this.calls, (wanted) => {
      for (const one of wanted) asked.add(one);
      return null;
    });
    if (backend !== undefined && asked.size > 0) await settleLimits(backend, asked);
    return this;
  }

  /** All that was measured, as plain data. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { name, calls, callTime, firstCallTime, compileTime, rewriteTime, planTime } = this;
    const { printTime, phases, rewrites, limits, kernels, memory, memoryPeak, peakBytes } = this;
    return {
      ...{ name, calls, callTime, firstCallTime, compileTime, rewriteTime, planTime, printTime },
      ...{ phases, rewrites, limits, ops: opRows(kernels), kernels },
      ...{ memory, memoryPeak, peakBytes },
    };
  }

  /** A trace for Chrome or Perfetto: how compiling went, then a call, with the mean time of each kernel. */
  toTrace(): string {
    return profileTrace(this);
  }

  /** Tables of the measurements. */
  toString(): string {
    return profileText(this);
  }
}
