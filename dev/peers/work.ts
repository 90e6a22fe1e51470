/**
 * What the programs that are set side by side share: the sizes of the work, its inputs, and the clock.
 *
 * Each program does the work in the way that is best there, on one thread, in float32, with all inputs in the
 * memory of its device before the clock starts and all results computed when it stops.
 *
 * @module
 */

/** The names of the works, in the order of the table. */
export const works = [
  "recurrence 10, 20",
  "recurrence 100, 200",
  "recurrence 100, 200, batch 64",
  "the same with gradient",
  "logistic step 400×784",
  "softmax step 600×784→10",
  "product 512",
  "chain on 10⁶",
  "sum of 10⁷",
  "cumsum of 10⁶",
  "sort 10⁶",
  "uniform 10⁷",
  "normal 10⁷",
] as const;

/** The name of a work. */
export type WorkName = typeof works[number];

/** Makes the inputs of a work and gives the function that is timed. */
export type Setup = () => (() => void) | Promise<() => void>;

/** What a program can do. */
export type Works = Partial<Record<WorkName, Setup>>;

/** Steps of the recurrences. */
export const STEPS = 1001;

/** Numbers between -scale and scale that are the same in every run. */
export function numbers(length: number, scale = 1, seed = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  let state = seed * 2654435761 >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) * scale;
  }
  return values;
}

/** Milliseconds of one call: the least of many, behind a warm-up. */
export function best(run: () => void): number {
  const began = performance.now();
  run();
  run();
  const once = (performance.now() - began) / 2;
  for (let warm = 0; warm < Math.min(200, 300 / once); warm++) run();
  // Short calls are timed several at once, as the clock is coarse.
  const inner = Math.max(1, Math.ceil(1 / once));
  let least = Infinity;
  const until = performance.now() + 800;
  for (let pass = 0; pass < 3 || performance.now() < until; pass++) {
    const start = performance.now();
    for (let i = 0; i < inner; i++) run();
    least = Math.min(least, (performance.now() - start) / inner);
  }
  return least;
}

/** Times all works of a program and prints one line of JSON for each. */
export async function report(own: Works): Promise<void> {
  const wanted = Deno.args.filter((arg) => !arg.startsWith("--"));
  for (const name of works) {
    const setup = own[name];
    if (setup === undefined || (wanted.length > 0 && !wanted.includes(name))) continue;
    console.log(JSON.stringify({ work: name, milliseconds: best(await setup()) }));
  }
}
