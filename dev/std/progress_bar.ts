/**
 * Stand-in for `@std/cli/unstable-progress-bar`: a line that shows how far some work has come.
 *
 * @module
 */

/** What a bar knows each time it draws itself. */
export interface ProgressBarFormatter {
  /** The time since the start as `mm:ss`. */
  styledTime: string;
  /** Value and maximum as `0.40/97.66 KiB`. */
  styledData: string;
  /** The bar alone, such as `###-------`. */
  progressBar: string;
  /** Milliseconds since the start. */
  time: number;
  /** `time` at the last drawing. */
  previousTime: number;
  /** The current value. */
  value: number;
  /** `value` at the last drawing. */
  previousValue: number;
  /** The value at the end. */
  max: number;
}

/** Options of {@linkcode ProgressBar}. */
export interface ProgressBarOptions {
  /** Where the bar is drawn, by default standard error. */
  writable?: WritableStream<Uint8Array>;
  /** The value at the start, 0 by default. */
  value?: number;
  /** The value at the end. */
  max: number;
  /** The length of the bar in characters, 50 by default. */
  barLength?: number;
  /** The character of what is done, `#` by default. */
  fillChar?: string;
  /** The character of what is left, `-` by default. */
  emptyChar?: string;
  /** Whether the bar is wiped out when it stops. */
  clear?: boolean;
  /** Makes the line. */
  formatter?: (formatter: ProgressBarFormatter) => string;
  /** Whether `writable` stays open when the bar stops, true by default. */
  keepOpen?: boolean;
  /** Milliseconds between two drawings, 1000 by default. */
  interval?: number;
}

const CLEAR_LINE = "\r\x1b[K";

/** A progress bar that draws itself until {@linkcode ProgressBar.stop}. */
export class ProgressBar {
  /** How far the work has come. */
  value: number;
  /** The value at the end. */
  max: number;

  #options: ProgressBarOptions;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #timer: ReturnType<typeof setInterval>;
  #start = Date.now();
  #previousTime = 0;
  #previousValue: number;

  /** Draws the bar for the first time. */
  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.value = this.#previousValue = options.value ?? 0;
    this.max = options.max;
    this.#writer = (options.writable ?? Deno.stderr.writable).getWriter();
    this.#timer = setInterval(() => this.#draw(), options.interval ?? 1000);
    this.#draw();
  }

  /** Draws the bar a last time, or wipes it out, and ends it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    try {
      if (this.#options.clear) {
        await this.#write(CLEAR_LINE);
      } else {
        await this.#draw();
        await this.#write("\n");
      }
      if (this.#options.keepOpen === false) await this.#writer.close().catch(() => {});
    } finally {
      this.#writer.releaseLock();
    }
  }

  async #draw(): Promise<void> {
    const state = this.#state();
    this.#previousTime = state.time;
    this.#previousValue = state.value;
    await this.#write(CLEAR_LINE + (this.#options.formatter ?? defaultFormatter)(state));
  }

  async #write(text: string): Promise<void> {
    // Whoever reads the bar may have gone away; the work goes on.
    await this.#writer.write(new TextEncoder().encode(text)).catch(() =>
      clearInterval(this.#timer)
    );
  }

  #state(): ProgressBarFormatter {
    const { barLength = 50, fillChar = "#", emptyChar = "-" } = this.#options;
    const time = Date.now() - this.#start;
    const done = Math.trunc(barLength * Math.min(1, Math.max(0, this.value / this.max)));
    const pad = (n: number): string => String(Math.trunc(n)).padStart(2, "0");
    return {
      styledTime: `${pad(time / 60_000)}:${pad(time / 1000 % 60)}`,
      styledData: dataFraction(this.value, this.max),
      progressBar: fillChar.repeat(done) + emptyChar.repeat(barLength - done),
      time,
      previousTime: this.#previousTime,
      value: this.value,
      previousValue: this.#previousValue,
      max: this.max,
    };
  }
}

function defaultFormatter(x: ProgressBarFormatter): string {
  return `[${x.styledTime}] [${x.progressBar}] [${x.styledData}]`;
}

function dataFraction(value: number, max: number): string {
  const names = ["KiB", "MiB", "GiB", "TiB", "PiB"];
  const power = Math.min(names.length, Math.max(1, Math.floor(Math.log2(max) / 10) || 1));
  const show = (n: number): string => (n / 1024 ** power).toFixed(2);
  return `${show(value)}/${show(max)} ${names[power - 1]}`;
}
