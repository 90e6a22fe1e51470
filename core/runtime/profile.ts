/**
 * Measurements of one compiled function.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import { costOf } from "../plan/cost.ts";
import { sizeAt, type SizeEnv } from "../ir/size.ts";
import { dtypeInfo } from "../graph/dtype.ts";
import type { RewriteLog } from "../rewrite/log.ts";
import type { Executor } from "./executor.ts";
import { countsOf, type RewriteCount } from "./rewrites.ts";

/** What one kernel or loop of a plan took. */
export interface KernelProfile {
  /** Its name, made of the names and ops of the user's. */
  readonly name: string;
  /** What it is: "nest", "gemm", "sort", "nonzero", "branch", or "loop" with its strategy. */
  readonly kind: string;
  /** Number of the plan, from 1 on. */
  readonly plan: number;
  /** How often it ran. */
  readonly calls: number;
  /** Milliseconds in all calls; null where the device does not tell (see `timeKernels`). */
  readonly milliseconds: number | null;
  /** Part of the time of all kernels. */
  readonly share: number | null;
  /** Bytes that a call touches: of each buffer no more than there are. */
  readonly bytes: number;
  /** Primitive operations of a call. */
  readonly operations: number;
  /** Billions of bytes in a second. */
  readonly gigabytesPerSecond: number | null;
  /** Billions of operations in a second. */
  readonly gigaflops: number | null;
}

/** A piece of memory of a plan. */
export interface MemoryProfile {
  /** What is in it. */
  readonly name: string;
  /** Whose it is: "input", "shared", "output", "constant" or "temp", which may share memory with others. */
  readonly role: string;
  /** Its size. */
  readonly bytes: number;
}

/** What a device's timer found of a kernel. */
export interface KernelTime {
  /** Its label. */
  readonly label: string;
  /** How often it ran. */
  readonly calls: number;
  /** The sum of its times. */
  readonly milliseconds: number;
}

/** What a profile is taken of. */
interface Source {
  /** How the graph was rewritten, if that was recorded. */
  readonly log: RewriteLog | null;
  readonly executor: Executor;
}

const sources = new WeakMap<Profile, Source>();

/** Says what a profile is taken of. */
export function profileOf(profile: Profile, source: Source): void {
  sources.set(profile, source);
}

/** The profiles of functions that were made while `config.profile` was true. */
export const profiles: Profile[] = [];

/** Calls and times of a function. All times in milliseconds. */
export class Profile {
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

  /** Adds one call. */
  record(milliseconds: number): void {
    if (this.calls === 0) this.firstCallTime = milliseconds;
    this.calls++;
    this.callTime += milliseconds;
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

  /** The kernels and loops of all plans, in the order in which they run. */
  get kernels(): readonly KernelProfile[] {
    const executor = sources.get(this)?.executor;
    if (executor === undefined) return [];
    const rows = executor.prepared.flatMap(({ plan: { program }, executable, env }, plan) => {
      const steps = [...program.steps, ...program.commit], times = executable.stepTimes ?? null;
      return steps.map((step, i) => {
        const kind = step.kind === "loop" ? `loop, ${step.strategy}` : step.kind;
        const calls = times === null ? this.calls : times[steps.length]!;
        const { name } = step, milliseconds = times === null ? null : times[i]!;
        return { name, kind, plan: plan + 1, calls, milliseconds, ...costOf(step, program, env) };
      });
    });
    const all = rows.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0);
    return rows.map((row) => {
      const { milliseconds, calls, bytes, operations } = row;
      const rate = (amount: number) =>
        milliseconds === null || milliseconds === 0 ? null : amount * calls / milliseconds / 1e6;
      return {
        ...row,
        share: milliseconds === null || all === 0 ? null : milliseconds / all,
        gigabytesPerSecond: rate(bytes),
        gigaflops: rate(operations),
      };
    });
  }

  /** What the plans so far hold, the largest first. */
  get memory(): readonly MemoryProfile[] {
    const prepared = sources.get(this)?.executor.prepared ?? [];
    return prepared.flatMap(({ plan: { program }, env }) =>
      program.buffers.map(({ name, role, elements, dtype }) => ({
        name,
        role: role.kind,
        bytes: sizeAt(elements, env as SizeEnv) * dtypeInfo(dtype).bytes,
      }))
    ).sort((a, b) => b.bytes - a.bytes);
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

  /** All that was measured, as plain data. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { name, calls, callTime, firstCallTime, compileTime, rewriteTime, planTime } = this;
    const { printTime, phases, rewrites, kernels, memory, peakBytes } = this;
    return {
      ...{ name, calls, callTime, firstCallTime, compileTime, rewriteTime, planTime, printTime },
      ...{ phases, rewrites, kernels, memory, peakBytes },
    };
  }

  /** A trace for Chrome or Perfetto: how compiling went, then a call, with the mean time of each kernel. */
  toTrace(): string {
    let now = 0;
    const events: Readonly<Record<string, unknown>>[] = [];
    const add = (name: string, milliseconds: number, category: string, args = {}) => {
      const event = { name, cat: category, ph: "X", pid: 1, tid: 1, args };
      events.push({ ...event, ts: now * 1000, dur: milliseconds * 1000 });
      now += milliseconds;
    };
    for (const { name, milliseconds } of this.phases) add(name, milliseconds, "rewrite");
    add("plan", this.planTime, "compile");
    add("print", this.printTime, "compile");
    for (const { name, kind, calls, milliseconds, bytes, operations } of this.kernels) {
      if (milliseconds === null || calls === 0) continue;
      add(name, milliseconds / calls, kind, { bytes, operations, calls });
    }
    return JSON.stringify({ traceEvents: events, displayTimeUnit: "ms" });
  }

  /** Tables of the measurements. */
  toString(): string {
    const later = this.calls > 1 ? (this.callTime - this.firstCallTime) / (this.calls - 1) : NaN;
    const slow = this.rewrites.slice(0, 3).map(({ rule, fired, milliseconds }) =>
      `${rule} ${milliseconds.toFixed(1)} (${fired})`
    ).join(", ");
    const rows: [string, string][] = [
      ["calls", String(this.calls)],
      [
        "compile",
        `${this.compileTime.toFixed(3)} ms (rewriting ${this.rewriteTime.toFixed(3)} ms)`,
      ],
      ...(slow === "" ? [] : [["rules", `${slow}`] as [string, string]]),
      ["plans", `${this.planTime.toFixed(3)} ms, printed in ${this.printTime.toFixed(3)} ms`],
      ["first call", `${this.firstCallTime.toFixed(3)} ms`],
      ["later calls", Number.isNaN(later) ? "none" : `${later.toFixed(4)} ms each`],
      ["memory", `${this.peakBytes} bytes at most on the device`],
    ];
    const kernels = this.kernels.toSorted((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0));
    return [
      `Profile of ${this.name}`,
      ...rows.map(([k, v]) => `  ${k.padEnd(12)}${v}`),
      ...(kernels.length === 0 ? [] : [
        "        ms   share   calls     GB/s  GFLOP/s  kernel",
        ...kernels.slice(0, MOST_ROWS).map(rowText),
      ]),
    ].join("\n");
  }
}

/** Kernels that the table shows. */
const MOST_ROWS = 20;

function rowText(row: KernelProfile): string {
  const number = (x: number | null, digits: number, width: number) =>
    (x === null ? "–" : x.toFixed(digits)).padStart(width);
  const share = row.share === null ? null : 100 * row.share;
  return `${number(row.milliseconds, 3, 10)} ${number(share, 1, 6)}% ${number(row.calls, 0, 7)} ${
    number(row.gigabytesPerSecond, 2, 8)
  } ${number(row.gigaflops, 2, 8)}  ${row.name} (${row.kind})`;
}
