/**
 * When the steps of a program that is profiled are done: printed modules say so.
 *
 * @module
 */

let times: Float64Array = new Float64Array(0), last = 0;

/** Begins a run; the milliseconds that each step takes are added to `into`. */
export function startMarks(into: Float64Array): void {
  times = into;
  last = performance.now();
}

/** A step is done. */
export function mark(step: number): void {
  const now = performance.now();
  times[step]! += now - last;
  last = now;
}
