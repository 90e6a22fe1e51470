/**
 * When the steps of a program that is profiled begin and end: printed modules say so.
 *
 * @module
 */

import type { NumberedStep } from "../core/ir/steps.ts";

/** Samples up to which earlier ones are forgotten. */
const MOST_FRESH = 1 << 12;

/** A kernel that takes so many times as long as before, and so many milliseconds, was interrupted. */
const LONGER = 16, LONG = 0.1;

/** What was measured of the steps of a program, by their numbers in `allSteps`. */
export class Marks {
  /** Milliseconds of all times that each was measured, without those when the engine still compiled. */
  readonly milliseconds: Float64Array;
  readonly samples: Float64Array;
  /** The steps that run one after the other, by the number of the first of them. */
  readonly #lists = new Map<number, number[]>();
  readonly #begun = new Map<number, number>();
  /** Loops and choices: they may take longer at times. */
  readonly #varies: readonly boolean[];

  /** Starts with nothing measured. */
  constructor(steps: readonly NumberedStep[]) {
    this.milliseconds = new Float64Array(steps.length);
    this.samples = new Float64Array(steps.length);
    this.#varies = steps.map(({ step }) => step.kind === "loop" || step.kind === "branch");
    steps.forEach(({ list }, step) => {
      this.#lists.set(list, [...this.#lists.get(list) ?? [], step]);
    });
  }

  /** A list of steps begins, and is measured. */
  begin(list: number): void {
    const times = (this.#begun.get(list) ?? 0) + 1;
    this.#begun.set(list, times);
    // Engines compile again what runs often: what counts is the later half.
    if (times > MOST_FRESH || (times & (times - 1)) !== 0) return;
    for (const step of this.#lists.get(list)!) this.milliseconds[step] = this.samples[step] = 0;
  }

  /** A step took so long. */
  add(step: number, time: number): void {
    const { milliseconds, samples } = this, count = samples[step]!;
    const isLong = time > LONG && count > LONGER && time * count > LONGER * milliseconds[step]!;
    if (isLong && !this.#varies[step]) return;
    milliseconds[step]! += time;
    samples[step]!++;
  }
}

let current: Marks | null = null;
/** What reading the clock takes at least, in milliseconds. */
let reading = Infinity;

/** Begins a run. */
export function startMarks(marks: Marks): void {
  current = marks;
}

/** A list of steps begins: gives the time. */
export function begin(list: number): number {
  current!.begin(list);
  const start = performance.now(), now = performance.now();
  reading = Math.min(reading, now - start);
  return now;
}

/** A step that began at some time is done: gives the time. */
export function mark(step: number, since: number): number {
  const now = performance.now();
  current!.add(step, Math.max(0, now - since - reading));
  return now;
}
