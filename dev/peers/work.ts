/**
 * What the programs that are set side by side share: the sizes of the work, its inputs, the clock, and
 * what tells whether results are equal.
 *
 * Each program does the work in the way that is best there, in float32 where nothing else is said, with all
 * inputs in the memory of its device before the clock starts and all results computed when it stops.
 *
 * @module
 */

/** The names of the works, in the order of the table. */
export const works = [
  "recurrence 10, 20",
  "recurrence 100, 200",
  "recurrence 512, 512",
  "recurrence 100, 200, batch 64",
  "the same with gradient",
  "LSTM 64→128, batch 32",
  "its gradient",
  "10⁶ steps of a number",
  "logistic step 400×784",
  "softmax step 600×784→10",
  "MLP step 784-500-10, batch 20",
  "MLP step 784-500-10, batch 600",
  "LeNet step, batch 64",
  "attention 8×4×128×32",
  "product 512",
  "product 512, float64",
  "matrix·vector 2048",
  "vector·matrix 2048",
  "softmax of 1000×1000",
  "chain on 10⁶",
  "sum of 10⁷",
  "cumsum of 10⁶",
  "sort 10⁶",
  "uniform 10⁷",
  "normal 10⁷",
  "300,000 numbers in lists",
] as const;

/** The name of a work. */
export type WorkName = typeof works[number];

/** What is timed, and what numbers a call of it gave, if not all those of its result. */
export interface Job {
  /** Does the work once. */
  readonly run: () => unknown;
  /** The numbers that are compared, of what a call returned. */
  readonly result?: (returned: unknown) => unknown;
}

/** Makes the inputs of a work and gives the function that is timed. */
export type Setup = () => (() => unknown) | Job | Promise<(() => unknown) | Job>;

/** What a program can do. */
export type Works = Partial<Record<WorkName, Setup>>;

/** What a program tells of a work. */
export interface Report {
  readonly work: WorkName;
  /** Milliseconds of a call: the median and the least of many. */
  readonly milliseconds: number;
  readonly least: number;
  /** Milliseconds to compile and to call the first time. */
  readonly first: number;
  /** How many numbers came out, their sum, and the sum of their squares. */
  readonly digest: Digest;
}

/** How many numbers, their sum, and the sum of their squares. */
export type Digest = readonly [count: number, sum: number, squares: number];

/** Steps of the recurrences. */
export const STEPS = 1001;

/** Steps of the LSTM. */
export const LSTM_STEPS = 100;

/** Numbers between -scale and scale that are the same in every run and every program. */
export function numbers(length: number, scale = 1, seed = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  let state = seed * 2654435761 >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) * scale;
  }
  return values;
}

/** The numbers of a result: of arrays, tensors with `dataSync`, and lists of them. */
function flat(value: unknown): ArrayLike<number>[] {
  if (typeof value === "number") return [[value]];
  if (ArrayBuffer.isView(value)) return [value as unknown as ArrayLike<number>];
  if (Array.isArray(value)) return value.flatMap(flat);
  return [(value as { dataSync(): ArrayLike<number> }).dataSync()];
}

function digestOf(value: unknown): Digest {
  let count = 0, sum = 0, squares = 0;
  for (const part of flat(value)) {
    count += part.length;
    for (let i = 0; i < part.length; i++) {
      sum += part[i]!;
      squares += part[i]! ** 2;
    }
  }
  return [count, sum, squares];
}

/** Whether two programs computed the same, for all that float32 and other orders of sums leave. */
export function agree([count, sum, squares]: Digest, [n, other, square]: Digest): boolean {
  const near = (a: number, b: number, scale: number) => Math.abs(a - b) <= 2e-3 * scale + 1e-6;
  return count === n && near(sum, other, Math.sqrt(count * squares)) &&
    near(squares, square, squares);
}

/** Gives the memory of results back, as programs do that count references; what has no `dispose` stays. */
function release(value: unknown): void {
  if (Array.isArray(value)) value.forEach(release);
  else (value as { dispose?: () => void } | null | undefined)?.dispose?.();
}

/** Milliseconds of one call, behind a warm-up: the median and the least of many. */
function timesOf(call: () => unknown): Pick<Report, "milliseconds" | "least"> {
  const run = () => release(call());
  const began = performance.now();
  run();
  run();
  const once = (performance.now() - began) / 2;
  for (let warm = 0; warm < Math.min(200, 300 / once); warm++) run();
  // Short calls are timed several at once, as the clock is coarse.
  const inner = Math.max(1, Math.ceil(1 / once));
  const times: number[] = [], until = performance.now() + 800;
  while (times.length < 3 || performance.now() < until) {
    const start = performance.now();
    for (let i = 0; i < inner; i++) run();
    times.push((performance.now() - start) / inner);
  }
  times.sort((a, b) => a - b);
  return { milliseconds: times[times.length >> 1]!, least: times[0]! };
}

/** Does all works of a program and prints one line of JSON for each. */
export async function report(own: Works): Promise<void> {
  const wanted = Deno.args.filter((arg) => !arg.startsWith("--"));
  for (const work of works) {
    const setup = own[work];
    if (setup === undefined || (wanted.length > 0 && !wanted.includes(work))) continue;
    const start = performance.now(), made = await setup();
    const { run, result } = typeof made === "function" ? { run: made, result: undefined } : made;
    const returned = run(), first = performance.now() - start;
    const digest = digestOf(result === undefined ? returned : result(returned));
    console.log(JSON.stringify({ work, ...timesOf(run), first, digest } satisfies Report));
  }
}

/** The last numbers of a result of one array, as all steps of a loop are computed and the last are compared. */
export function lastOf(count: number): (returned: unknown) => unknown {
  return (returned) =>
    flat(returned)[0] instanceof Float32Array
      ? (flat(returned)[0] as Float32Array).subarray(-count)
      : Array.from(flat(returned)[0]!).slice(-count);
}
