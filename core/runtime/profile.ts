/**
 * Measurements of one compiled function.
 *
 * @module
 */

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

  /**
   * Starts with nothing measured.
   *
   * @param name Name of the function.
   */
  constructor(name: string) {
    this.name = name;
  }

  /** Adds one call. */
  record(milliseconds: number): void {
    if (this.calls === 0) this.firstCallTime = milliseconds;
    this.calls++;
    this.callTime += milliseconds;
  }

  /** A table of the measurements. */
  toString(): string {
    const later = this.calls > 1 ? (this.callTime - this.firstCallTime) / (this.calls - 1) : NaN;
    const rows: [string, string][] = [
      ["calls", String(this.calls)],
      [
        "compile",
        `${this.compileTime.toFixed(3)} ms (rewriting ${this.rewriteTime.toFixed(3)} ms)`,
      ],
      ["first call", `${this.firstCallTime.toFixed(3)} ms`],
      ["later calls", Number.isNaN(later) ? "none" : `${later.toFixed(4)} ms each`],
    ];
    return [`Profile of ${this.name}`, ...rows.map(([k, v]) => `  ${k.padEnd(12)}${v}`)].join("\n");
  }
}
