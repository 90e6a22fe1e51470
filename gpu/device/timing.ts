/**
 * The time that each kernel takes on the device, by timestamps around it.
 *
 * @module
 */

import type { GpuContext } from "./context.ts";
import type { GpuQueue } from "./queue.ts";
import type { Readback, ReadRequest } from "./readback.ts";

/** WebGPU's most queries in a set. */
const SET_QUERIES = 4096;
/** Sets of queries in one measurement: 32,768 dispatches. */
const MAX_SETS = 16;

/** Time that a kernel took on the device. */
interface KernelTime {
  /** The kernel's label. */
  readonly label: string;
  /** How often it ran. */
  readonly calls: number;
  /** The sum of its times, in milliseconds. */
  readonly milliseconds: number;
}

/** What a measurement found. */
interface TimerReport {
  /** By kernel, the slowest first. */
  readonly kernels: readonly KernelTime[];
  /** Dispatches that were not measured, being too many. */
  readonly dropped: number;
}

/**
 * Measures the kernels that a queue runs between {@linkcode KernelTimer.start} and
 * {@linkcode KernelTimer.stop}. Each one gets a pass of its own meanwhile, which is slower as a
 * whole.
 */
export class KernelTimer {
  readonly #context: GpuContext;
  readonly #queue: GpuQueue;
  readonly #readback: Readback;
  #sets: GPUQuerySet[] = [];
  #labels: string[] = [];
  #dropped = 0;

  /**
   * Prepares a measurement.
   *
   * @param context The device; it needs the feature "timestamp-query".
   * @param queue The queue to measure.
   * @param readback Reads the timestamps.
   * @throws {TypeError} If the device has no timestamps.
   */
  constructor(context: GpuContext, queue: GpuQueue, readback: Readback) {
    if (!context.features.has("timestamp-query")) {
      throw new TypeError(
        'Cannot time GPU kernels: the device does not have the feature "timestamp-query"',
      );
    }
    this.#context = context;
    this.#queue = queue;
    this.#readback = readback;
  }

  /** Begins to measure. */
  start(): void {
    this.#queue.flush();
    this.#labels = [];
    this.#dropped = 0;
    this.#queue.timer = this;
  }

  /** The timestamps of the next pass; for the queue alone. */
  begin(label: string): GPUComputePassTimestampWrites | undefined {
    const query = this.#labels.length * 2;
    const set = Math.floor(query / SET_QUERIES);
    if (set >= MAX_SETS) {
      this.#dropped++;
      return undefined;
    }
    this.#labels.push(label);
    return this.#writes(set, query % SET_QUERIES);
  }

  /** Ends the measurement without waiting for the device. */
  detach(): Ticks {
    this.#queue.timer = null;
    this.#queue.flush();
    const labels = this.#labels, sets = this.#sets, buffers: GPUBuffer[] = [];
    const { raw } = this.#context, encoder = raw.createCommandEncoder();
    for (let query = 0; query < labels.length * 2; query += SET_QUERIES) {
      const count = Math.min(SET_QUERIES, labels.length * 2 - query);
      const buffer = raw.createBuffer({
        label: "croton timestamps",
        size: count * 8,
        usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
      });
      encoder.resolveQuerySet(sets[query / SET_QUERIES]!, 0, count, buffer, 0);
      buffers.push(buffer);
    }
    raw.queue.submit([encoder.finish()]);
    [this.#sets, this.#labels] = [[], []];
    return { labels, buffers, sets };
  }

  /** The times of dispatches in milliseconds, where the device can be waited for. */
  timesSync(ticks: Ticks): number[] {
    const requests = requestsOf(ticks), perMillisecond = this.#rateSync();
    return timesOf(ticks, this.#readback.readManySync(requests), perMillisecond);
  }

  /** As `timesSync`, on any device. */
  async times(ticks: Ticks): Promise<number[]> {
    const perMillisecond = ticks.labels.length === 0 ? 1 : await this.#rate();
    return timesOf(ticks, await this.#readback.readMany(requestsOf(ticks)), perMillisecond);
  }

  /** Ends the measurement. */
  async stop(): Promise<TimerReport> {
    const dropped = this.#dropped, ticks = this.detach();
    return { kernels: tableOf(ticks, await this.times(ticks)), dropped };
  }

  /**
   * As `stop`, without a promise.
   *
   * @throws {TypeError} If this engine cannot read at once.
   */
  stopSync(): TimerReport {
    const dropped = this.#dropped, ticks = this.detach();
    return { kernels: tableOf(ticks, this.timesSync(ticks)), dropped };
  }

  #writes(set: number, query: number): GPUComputePassTimestampWrites {
    const querySet = this.#sets[set] ??= this.#context.raw.createQuerySet({
      label: "croton timestamps",
      type: "timestamp",
      count: SET_QUERIES,
    });
    return { querySet, beginningOfPassWriteIndex: query, endOfPassWriteIndex: query + 1 };
  }

  /** Writes a timestamp now. */
  #stamp(): Ticks {
    this.start();
    const encoder = this.#context.raw.createCommandEncoder();
    encoder.beginComputePass({ timestampWrites: this.begin("")! }).end();
    this.#context.raw.queue.submit([encoder.finish()]);
    return this.detach();
  }

  async #rate(): Promise<number> {
    const known = rates.get(this.#context);
    if (known !== undefined) return known;
    const stamp = async () => {
      const ticks = this.#stamp();
      await this.#context.raw.queue.onSubmittedWorkDone();
      return { at: performance.now(), ticks };
    };
    const from = await stamp();
    await new Promise((resolve) => setTimeout(resolve, 25));
    const to = await stamp();
    const [first, last] = [
      timesOf(from.ticks, await this.#readback.readMany(requestsOf(from.ticks)), null)[0]!,
      timesOf(to.ticks, await this.#readback.readMany(requestsOf(to.ticks)), null)[0]!,
    ];
    return this.#keepRate((last - first) / (to.at - from.at));
  }

  #rateSync(): number {
    const known = rates.get(this.#context);
    if (known !== undefined) return known;
    const stamp = () => {
      const ticks = this.#stamp(), words = this.#readback.readManySync(requestsOf(ticks));
      return { at: performance.now(), tick: timesOf(ticks, words, null)[0]! };
    };
    const from = stamp();
    while (performance.now() < from.at + 10);
    const to = stamp();
    return this.#keepRate((to.tick - from.tick) / (to.at - from.at));
  }

  /**
   * WebGPU counts in nanoseconds, but some implementations hand out the driver's own ticks, so the
   * unit is measured against the clock.
   */
  #keepRate(measured: number): number {
    const rate = measured > 0.8e6 && measured < 1.25e6 ? 1e6 : measured;
    rates.set(this.#context, rate);
    return rate;
  }
}

/** Ticks in a millisecond, once known. */
const rates = new WeakMap<GpuContext, number>();

/** Timestamps of dispatches that the device is still to write. */
export interface Ticks {
  /** The kernels, in order. */
  readonly labels: readonly string[];
  readonly buffers: readonly GPUBuffer[];
  readonly sets: readonly GPUQuerySet[];
}

/** The times by kernel, the slowest first. */
function tableOf({ labels }: Ticks, times: readonly number[]): KernelTime[] {
  const table = new Map<string, { label: string; calls: number; milliseconds: number }>();
  labels.forEach((label, i) => {
    const row = table.get(label) ?? { label, calls: 0, milliseconds: 0 };
    row.calls++;
    row.milliseconds += times[i]!;
    table.set(label, row);
  });
  return [...table.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

function requestsOf({ buffers }: Ticks): ReadRequest[] {
  return buffers.map((buffer) => ({ buffer, offset: 0, bytes: buffer.size }));
}

/** The times of dispatches; without a rate, the ticks at which they began. Gives the memory back. */
function timesOf(ticks: Ticks, words: readonly ArrayBuffer[], rate: number | null): number[] {
  for (const one of [...ticks.buffers, ...ticks.sets]) one.destroy();
  return words.flatMap((word) => {
    const all = new BigUint64Array(word);
    return Array.from({ length: all.length / 2 }, (_, i) => {
      const [from, to] = [all[2 * i]!, all[2 * i + 1]!];
      return rate === null ? Number(from) : Number(to - from) / rate;
    });
  });
}
