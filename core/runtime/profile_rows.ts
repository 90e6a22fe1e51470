/**
 * What was measured of a function, by kernel, by op and by piece of memory.
 *
 * @module
 */

import { costOf, partsOf, runsOf } from "../plan/cost.ts";
import { livesOf } from "../plan/lives.ts";
import { sizeAt } from "../ir/size.ts";
import { allSteps, buffersOf, type NumberedStep } from "../ir/steps.ts";
import { dtypeInfo } from "../graph/dtype.ts";
import type { Program, Step } from "../ir/program.ts";
import type { StepTimes } from "./backend.ts";
import type {
  ComputeLimit,
  KernelProfile,
  MachineLimits,
  MemoryPeak,
  MemoryProfile,
  OpProfile,
  Rates,
} from "./measured.ts";
import type { PreparedPlan } from "./plan_cache.ts";

/** Rough nanoseconds, to share out time where nothing else is known. */
function roughTime({ operations, bytes }: { operations: number; bytes: number }): number {
  return 1 + 0.2 * operations + 0.1 * bytes;
}

/** A row before its rates. */
interface Row {
  readonly step: Step;
  readonly within: number | null;
  readonly calls: number;
  readonly bytes: number;
  readonly operations: number;
  milliseconds: number | null;
  estimated: boolean;
}

/** The kernels of all plans, each loop before what is in it. */
export function kernelRows(
  prepared: readonly PreparedPlan[],
  calls: number,
  limits: (wanted: ReadonlySet<ComputeLimit>) => MachineLimits | null,
): KernelProfile[] {
  const found: (Row & { readonly plan: number; readonly one: PreparedPlan })[] = [];
  prepared.forEach((one, plan) => {
    const first = found.length;
    for (const row of rowsOf(one, calls)) {
      const within = row.within === null ? null : row.within + first;
      found.push({ ...row, within, plan: plan + 1, one });
    }
  });
  const all = found.reduce(
    (sum, { within, milliseconds }) => within === null ? sum + (milliseconds ?? 0) : sum,
    0,
  );
  const machine = all === 0 ? null : limits(
    new Set(found.map(({ step, one }) => computeLimit(step, one.plan.program))),
  );
  const least = found.map(({ step, one, ...work }) =>
    limitTime(work, machine, computeLimit(step, one.plan.program))
  );
  // A loop needs what its steps do: they find in caches what all of them together would not.
  const sums = new Map<number, LimitTime>();
  for (let i = found.length - 1; i >= 0; i--) {
    const { within, calls } = found[i]!, own = sums.get(i), outer = found[within ?? -1];
    if (own !== undefined) least[i] = own;
    const time = least[i] ?? null;
    if (outer === undefined || time === null || outer.calls === 0) continue;
    const { bytes, operations } = sums.get(within!) ?? { bytes: 0, operations: 0 };
    const times = calls / outer.calls;
    sums.set(within!, {
      bytes: bytes + times * time.bytes,
      operations: operations + times * time.operations,
    });
  }
  return found.map(({ step, plan, within, calls, estimated, one, ...work }, i) => {
    const { name, kind } = step, at = atOf(one);
    return {
      ...{ name, kind: step.kind === "loop" ? `loop, ${step.strategy}` : kind },
      ...{ plan, within, calls, estimated },
      ...rates({ ...work, calls }, all, least[i]!),
      ops: partsOf(step, at).map(({ op, place, share }) => ({ op, place, share })),
    };
  });
}

function atOf({ env }: PreparedPlan): (size: Parameters<typeof sizeAt>[0]) => number {
  return (size) => sizeAt(size, env);
}

/** What bounds the operations of a step. */
function computeLimit(step: Step, program: Program): ComputeLimit {
  const { reads, writes } = buffersOf(step);
  const isDouble = [...reads, ...writes].some((id) => DOUBLE.has(program.buffers[id]!.dtype));
  if (step.kind === "gemm") return isDouble ? "product64" : "product32";
  return isDouble ? "float64" : "float32";
}

const DOUBLE: ReadonlySet<string> = new Set(["float64", "complex128"]);

/** What the machine would need for a call, in milliseconds, by moving bytes and by doing operations. */
interface LimitTime {
  readonly bytes: number;
  readonly operations: number;
}

function limitTime(
  { bytes, operations }: { readonly bytes: number; readonly operations: number },
  limits: MachineLimits | null,
  by: ComputeLimit,
): LimitTime | null {
  const copy = limits?.copies.find((one) => one.bytes >= bytes) ?? limits?.copies.at(-1);
  if (limits === null || copy === undefined) return null;
  const gigaflops = limits.gigaflops[by];
  if (gigaflops === undefined) return null;
  return {
    bytes: bytes / copy.gigabytesPerSecond / 1e6,
    operations: operations / gigaflops / 1e6,
  };
}

function rates(
  { milliseconds, bytes, operations, calls }:
    & Pick<Row, "milliseconds" | "bytes" | "operations">
    & { readonly calls: number },
  all: number,
  limit: LimitTime | null,
): Rates {
  const isTimed = milliseconds !== null && milliseconds > 0 && calls > 0;
  const rate = (amount: number) => isTimed ? amount * calls / milliseconds / 1e6 : null;
  const least = limit === null ? 0 : Math.max(limit.bytes, limit.operations);
  const isLimited = isTimed && limit !== null && least > 0;
  return {
    ...{ milliseconds, share: milliseconds === null || all === 0 ? null : milliseconds / all },
    ...{ bytes, operations, gigabytesPerSecond: rate(bytes), gigaflops: rate(operations) },
    bound: !isLimited ? null : limit.bytes >= limit.operations ? "bytes" : "operations",
    limitShare: !isLimited ? null : least * calls / milliseconds,
  };
}

/** The steps of a plan with their times. */
function rowsOf(prepared: PreparedPlan, calls: number): Row[] {
  const { plan: { program }, executable } = prepared, at = atOf(prepared);
  const steps = allSteps(program), times = executable.stepTimes ?? null;
  const counted = runsOf(steps, at, times?.runs ?? calls);
  const rows = steps.map(({ step, outer }, i): Row => {
    const { bytes, operations } = costOf(step, program, at);
    return {
      ...{ step, bytes, operations, calls: times?.calls[i] ?? counted[i]! },
      ...{ within: outer < 0 ? null : outer, milliseconds: null, estimated: false },
    };
  });
  if (times !== null) spread(rows, steps, times);
  return rows;
}

/** Finds the times of rows by what was measured: what is in a loop takes as long as the loop. */
function spread(rows: readonly Row[], steps: readonly NumberedStep[], times: StepTimes): void {
  const inside = new Map<number, number[]>();
  steps.forEach(({ outer }, i) => inside.set(outer, [...inside.get(outer) ?? [], i]));
  const measured = (i: number): number | null => {
    const { samples, milliseconds, calls, runs } = times;
    const own = samples[i] === 0 ? null : milliseconds[i]! / samples[i]! * (calls[i] ?? runs);
    if (times.includesInner) return own;
    const inner = (inside.get(i) ?? []).map(measured).filter((time) => time !== null);
    return own === null && inner.length === 0 ? null : inner.reduce((a, b) => a + b, own ?? 0);
  };
  const visit = (i: number, time: number | null, estimated: boolean): void => {
    rows[i]!.milliseconds = time;
    rows[i]!.estimated = estimated;
    const list = inside.get(i) ?? [];
    if (list.length === 0 || time === null) return;
    const found = list.map((one) => rows[one]!.calls === 0 ? 0 : measured(one));
    const known = found.every((one) => one !== null), isAlone = list.length === 1;
    const weights = known ? found : list.map((one) => rows[one]!.calls * roughTime(rows[one]!));
    const sum = weights.reduce((a, b) => a + b, 0);
    // What is measured on its own has nothing of the loop in it.
    const all = known && !times.includesInner ? sum : time;
    list.forEach((one, k) =>
      visit(one, sum === 0 ? 0 : all * weights[k]! / sum, estimated || !known && !isAlone)
    );
  };
  for (const i of inside.get(-1) ?? []) {
    visit(i, rows[i]!.calls === 0 ? 0 : measured(i), false);
  }
}

/** The user's calls, with their parts of the kernels; the one that took longest first. */
export function opRows(kernels: readonly KernelProfile[]): OpProfile[] {
  const containers = new Set(kernels.map(({ within }) => within));
  const rows = new Map<string, OpWork>();
  kernels.forEach((kernel, i) => {
    if (containers.has(i)) return;
    const { name, calls, milliseconds, limitShare } = kernel;
    const parts = kernel.ops.length > 0 ? kernel.ops : [{ op: name, place: "", share: 1 }];
    const seen = new Set<OpWork>();
    for (const { op, place, share } of parts) {
      const key = `${op}\n${place}`;
      let row = rows.get(key);
      if (row === undefined) rows.set(key, row = { op, place, ...nothing });
      if (!seen.has(row)) row.calls += calls;
      seen.add(row);
      row.bytes += share * kernel.bytes * calls;
      row.operations += share * kernel.operations * calls;
      if (milliseconds === null) continue;
      const time = share * milliseconds;
      row.milliseconds = (row.milliseconds ?? 0) + time;
      row.share += share * (kernel.share ?? 0);
      if (limitShare === null) continue;
      row.least += time * limitShare;
      if (kernel.bound === "bytes") row.boundBytes += time;
      else row.boundOperations += time;
    }
  });
  return [...rows.values()].map((row): OpProfile => {
    const { op, place, calls, milliseconds } = row;
    const each = (sum: number) => calls === 0 ? 0 : sum / calls;
    const work = { milliseconds, calls, bytes: each(row.bytes), operations: each(row.operations) };
    const isLimited = milliseconds !== null && milliseconds > 0 && row.least > 0;
    return {
      ...{ op, place, calls },
      ...rates(work, 0, null),
      share: milliseconds === null ? null : row.share,
      bound: !isLimited ? null : row.boundBytes >= row.boundOperations ? "bytes" : "operations",
      limitShare: isLimited ? row.least / milliseconds : null,
    };
  }).sort((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0));
}

/** What comes together for one op. */
interface OpWork {
  readonly op: string;
  readonly place: string;
  calls: number;
  milliseconds: number | null;
  share: number;
  bytes: number;
  operations: number;
  /** The time that the machine would need. */
  least: number;
  /** The time in kernels that each limit bounds. */
  boundBytes: number;
  boundOperations: number;
}

const nothing = {
  ...{ calls: 0, milliseconds: null, share: 0, bytes: 0, operations: 0, least: 0 },
  ...{ boundBytes: 0, boundOperations: 0 },
};

/** The pieces of memory of all plans, the largest first, and when most is held. */
export function memoryRows(prepared: readonly PreparedPlan[]): {
  readonly memory: readonly MemoryProfile[];
  readonly peak: MemoryPeak | null;
} {
  const memory: MemoryProfile[] = [];
  let peak: MemoryPeak | null = null;
  prepared.forEach((one, i) => {
    const { plan: { program } } = one, at = atOf(one), plan = i + 1;
    const names: string[] = [];
    const lives = livesOf(program, ({ name }) => names.push(name));
    const pieces = program.buffers.map(({ id, name, role: { kind: role }, elements, dtype }) => ({
      ...{ name, role, bytes: at(elements) * dtypeInfo(dtype).bytes, plan },
      life: role === "temp" ? lives.get(id) ?? null : { first: 0, last: Infinity },
    }));
    let most = 0, when = 0;
    const held = (time: number) =>
      pieces.filter(({ life }) => life !== null && life.first <= time && time <= life.last);
    for (let time = 0; time < Math.max(1, names.length); time++) {
      const bytes = held(time).reduce((sum, piece) => sum + piece.bytes, 0);
      if (bytes > most) [most, when] = [bytes, time];
    }
    const holders = new Set(held(when));
    for (const piece of pieces) {
      const { life: _, ...row } = piece;
      memory.push({ ...row, atPeak: holders.has(piece) });
    }
    if (peak === null || most > peak.bytes) peak = { plan, bytes: most, kernel: names[when] ?? "" };
  });
  return { memory: memory.sort((a, b) => b.bytes - a.bytes), peak };
}
