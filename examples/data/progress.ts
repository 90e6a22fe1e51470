/**
 * A progress bar for long loops, with rate and time left.
 *
 * @module
 */
import { ProgressBar } from "@std/cli/unstable-progress-bar";
import { format } from "@std/fmt/duration";

/** Options of {@linkcode Progress}. */
export interface ProgressOptions {
  /** The number of steps in all. */
  max: number;
  /** What a step is, such as `images`. */
  unit: string;
  /** Where the bar is drawn, by default standard error. */
  writable?: WritableStream<Uint8Array>;
  /** Whether to draw at all; by default only on a terminal. */
  show?: boolean;
}

/** Milliseconds between two drawings, and between two pauses of a loop. */
const INTERVAL = 100;

/**
 * Shows how far a loop has come.
 *
 * A loop that never waits would keep the bar from being drawn, and Ctrl-C from being seen. So
 * {@linkcode Progress.update} waits for a moment, ten times a second at most.
 */
export class Progress {
  /** What stands at the end of the line, such as the loss so far. */
  note = "";

  #bar: ProgressBar | undefined;
  #paused = performance.now();

  /** Draws the bar for the first time. */
  constructor(options: ProgressOptions) {
    const { max, unit, show = Deno.stderr.isTerminal() } = options;
    if (!show) return;
    this.#bar = new ProgressBar({
      max,
      clear: true,
      interval: INTERVAL,
      barLength: 24,
      formatter: (x) => `[${x.progressBar}] ${describe(x, unit)}${this.note && `, ${this.note}`}`,
      ...(options.writable && { writable: options.writable }),
    });
  }

  /** Sets how many steps are done; await it in the loop. */
  async update(value: number): Promise<void> {
    if (this.#bar) this.#bar.value = value;
    if (performance.now() - this.#paused < INTERVAL) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#paused = performance.now();
  }

  /** Wipes the bar out. */
  async stop(): Promise<void> {
    await this.#bar?.stop();
  }
}

/** How far a loop has come. */
export interface State {
  /** Steps done. */
  value: number;
  /** Steps in all. */
  max: number;
  /** Milliseconds since the start. */
  time: number;
}

/**
 * Says how far a loop has come: `45 %, 12,300 images/s, 1m 5s left`.
 *
 * @param state The steps and the time
 * @param unit What a step is
 */
export function describe({ value, max, time }: State, unit: string): string {
  const share = `${Math.floor(100 * Math.min(1, value / max))} %`;
  if (value <= 0 || time <= 0) return share;
  const rate = 1000 * value / time;
  const left = Math.ceil(Math.max(0, max - value) / rate);
  const duration = format(1000 * left, { ignoreZero: true }) || "0s";
  return `${share}, ${significant(rate)} ${unit}/s, ${duration} left`;
}

/**
 * Writes a number with three significant digits, with commas in thousands.
 *
 * @param value The number
 */
export function significant(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
