/**
 * Stand-in for `@std/cli/unstable-progress-bar`: a line that shows how far some work has come, and that is
 * wiped out when it stops.
 *
 * @module
 */

/** What a bar knows each time it draws itself. */
export interface ProgressBarFormatter {
  /** The bar alone, such as `###-------`. */
  progressBar: string;
  /** Milliseconds since the start. */
  time: number;
  /** The current value. */
  value: number;
  /** The value at the end. */
  max: number;
}

/** Options of {@linkcode ProgressBar}. */
export interface ProgressBarOptions {
  /** Where the bar is drawn, by default standard error. */
  writable?: WritableStream<Uint8Array>;
  /** The value at the end. */
  max: number;
  /** The length of the bar in characters. */
  barLength: number;
  /** The bar is wiped out when it stops. */
  clear: true;
  /** Makes the line. */
  formatter: (formatter: ProgressBarFormatter) => string;
  /** Milliseconds between two drawings. */
  interval: number;
}

const CLEAR_LINE = "\r\x1b[K";

/** A progress bar that draws itself until {@linkcode ProgressBar.stop}. */
export class ProgressBar {
  /** How far the work has come. */
  value = 0;
  /** The value at the end. */
  max: number;

  #options: ProgressBarOptions;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #timer: ReturnType<typeof setInterval>;
  #start = Date.now();

  /** Draws the bar for the first time. */
  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.max = options.max;
    this.#writer = (options.writable ?? Deno.stderr.writable).getWriter();
    this.#timer = setInterval(() => this.#draw(), options.interval);
    this.#draw();
  }

  /** Wipes the bar out and ends it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    try {
      await this.#write(CLEAR_LINE);
    } finally {
      this.#writer.releaseLock();
    }
  }

  async #draw(): Promise<void> {
    const { barLength, formatter } = this.#options, { value, max } = this;
    const done = Math.trunc(barLength * Math.min(1, Math.max(0, value / max)));
    const progressBar = "#".repeat(done) + "-".repeat(barLength - done);
    const time = Date.now() - this.#start;
    await this.#write(CLEAR_LINE + formatter({ progressBar, time, value, max }));
  }

  async #write(text: string): Promise<void> {
    // The reader of the bar may have gone away; the work goes on.
    await this.#writer.write(new TextEncoder().encode(text)).catch(() =>
      clearInterval(this.#timer)
    );
  }
}
