/**
 * The time that each kernel takes on the device, by timestamps around it.
 *
 * @module
 */

import type { GpuContext } from "./context.ts";
import type { GpuQueue } from "./queue.ts";
import type { Readback } from "./readback.ts";

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

  /** Ends the measurement. */
  async stop(): Promise<TimerReport> {
    this.#queue.timer = null;
    this.#queue.flush();
    const labels = this.#labels;
    const ticks = await this.#read(labels.length * 2);
    const perMillisecond = labels.length === 0 ? 1 : await this.#ticksPerMillisecond();
    const table = new Map<string, { label: string; calls: number; milliseconds: number }>();
    labels.forEach((label, i) => {
      const elapsed = Number(ticks[2 * i + 1]! - ticks[2 * i]!) / perMillisecond;
      const row = table.get(label) ?? { label, calls: 0, milliseconds: 0 };
      row.calls++;
      row.milliseconds += elapsed;
      table.set(label, row);
    });
    for (const set of this.#sets) set.destroy();
    this.#sets = [];
    const kernels = [...table.values()].sort((a, b) => b.milliseconds - a.milliseconds);
    return { kernels, dropped: this.#dropped };
  }

  #writes(set: number, query: number): GPUComputePassTimestampWrites {
    const querySet = this.#sets[set] ??= this.#context.raw.createQuerySet({
      label: "croton timestamps",
      type: "timestamp",
      count: SET_QUERIES,
    });
    return { querySet, beginningOfPassWriteIndex: query, endOfPassWriteIndex: query + 1 };
  }

  async #read(queries: number): Promise<BigUint64Array> {
    const ticks = new BigUint64Array(queries);
    for (let first = 0; first < queries; first += SET_QUERIES) {
      const count = Math.min(SET_QUERIES, queries - first);
      const buffer = this.#context.raw.createBuffer({
        label: "croton timestamps",
        size: count * 8,
        usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
      });
      const encoder = this.#context.raw.createCommandEncoder();
      encoder.resolveQuerySet(this.#sets[first / SET_QUERIES]!, 0, count, buffer, 0);
      this.#context.raw.queue.submit([encoder.finish()]);
      ticks.set(new BigUint64Array(await this.#readback.read(buffer, 0, count * 8)), first);
      buffer.destroy();
    }
    return ticks;
  }

  /**
   * WebGPU counts in nanoseconds, but some implementations hand out the driver's own ticks, so the
   * unit is measured against the clock.
   */
  async #ticksPerMillisecond(): Promise<number> {
    const stamp = async (query: number): Promise<number> => {
      const encoder = this.#context.raw.createCommandEncoder();
      encoder.beginComputePass({ timestampWrites: this.#writes(0, query) }).end();
      this.#context.raw.queue.submit([encoder.finish()]);
      await this.#context.raw.queue.onSubmittedWorkDone();
      return performance.now();
    };
    const from = await stamp(0);
    await new Promise((resolve) => setTimeout(resolve, 25));
    const to = await stamp(2);
    const ticks = await this.#read(4);
    const rate = Number(ticks[2]! - ticks[0]!) / (to - from);
    return rate > 0.8e6 && rate < 1.25e6 ? 1e6 : rate;
  }
}
