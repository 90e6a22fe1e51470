/**
 * What the steps of a program that is profiled take on the device, by timestamps around their kernels. That
 * keeps kernels apart, so the first run, the second, the fourth and so on are measured, and the others run
 * as ever.
 *
 * @module
 */

import type { StepTimes } from "../../core/runtime/backend.ts";
import type { GpuDevice } from "./device.ts";
import type { KernelTimer, Ticks } from "./timing.ts";

/** A run that was measured. */
interface Measured {
  readonly ticks: Ticks;
  /** The steps whose kernels were dispatched. */
  readonly steps: readonly number[];
  readonly isFirst: boolean;
}

/** Measures the runs of one program. */
export class StepClock implements StepTimes {
  readonly milliseconds: Float64Array;
  readonly samples: Float64Array;
  readonly calls: readonly null[];
  readonly #device: GpuDevice;
  readonly #timer: KernelTimer;
  readonly includesInner = false;
  #runs = 0;
  /** The steps whose kernels were dispatched in the run that is measured. */
  #steps: number[] | null = null;
  /** What was measured and is not read yet. */
  readonly #pending: Measured[] = [];
  /** Whether all that was read is of the first run, in which drivers may still compile. */
  #isFresh = true;

  /**
   * @param device A device with timestamps.
   * @param steps How many steps the program has.
   */
  constructor(device: GpuDevice, steps: number) {
    this.#device = device;
    this.#timer = device.timer();
    this.milliseconds = new Float64Array(steps);
    this.samples = new Float64Array(steps);
    this.calls = new Array<null>(steps).fill(null);
  }

  get runs(): number {
    return this.#runs;
  }

  /** Records a run, measured if it is its turn and nobody else measures. */
  run(record: () => void): void {
    const runs = ++this.#runs, { queue } = this.#device;
    if ((runs & (runs - 1)) !== 0 || queue.timer !== null) return record();
    const steps: number[] = this.#steps = [];
    this.#timer.start();
    try {
      record();
    } finally {
      this.#steps = null;
      const ticks = this.#timer.detach();
      this.#pending.push({ ticks, steps, isFirst: runs === 1 });
    }
  }

  /** Notes that a kernel of a step is dispatched; -1 for one of no step. */
  note(step: number): void {
    this.#steps?.push(step);
  }

  /** Reads what was measured, where that can be done at once. */
  collect(): this {
    if (!this.#device.readback.sync) return this;
    for (const one of this.#pending.splice(0)) this.#add(one, this.#timer.timesSync(one.ticks));
    return this;
  }

  /** Reads what was measured. */
  async settle(): Promise<void> {
    for (const one of this.#pending.splice(0)) {
      this.#add(one, await this.#timer.times(one.ticks));
    }
  }

  /** A step has as many samples as runs were measured in which it ran. */
  #add({ steps, isFirst }: Measured, times: readonly number[]): void {
    if (this.#isFresh && !isFirst) {
      this.milliseconds.fill(0);
      this.samples.fill(0);
      this.#isFresh = false;
    }
    times.forEach((time, i) => {
      const step = steps[i]!;
      if (step >= 0) this.milliseconds[step]! += time;
    });
    for (const step of new Set(steps)) if (step >= 0) this.samples[step]!++;
  }
}
