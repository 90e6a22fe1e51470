/**
 * What a machine can do, measured with kernels of the library's own: how fast it copies, and how many
 * operations it does in a second.
 *
 * @module
 */

import { add, mul } from "../ops/elementwise/arithmetic.ts";
import { dot } from "../ops/linalg/linalg.ts";
import { constant } from "../ops/create/create.ts";
import { alloc } from "../ops/create/alloc.ts";
import { axisIx, ScalarBuilder, zeroIx } from "../ir/builder.ts";
import type { BufferDecl, Loop, LoopNest, Program } from "../ir/program.ts";
import { Guards } from "../ir/size.ts";
import { TensorType } from "../graph/type.ts";
import { makeVariable, type Variable } from "../graph/graph.ts";
import { HostArgument } from "./arguments.ts";
import type { Backend } from "./backend.ts";
import { Executor } from "./executor.ts";
import type { ComputeLimit, CopyLimit, MachineLimits } from "./measured.ts";
import type { Tensor } from "./tensor.ts";

/** Numbers of elements that are tried, until one of them takes `ENOUGH` milliseconds. */
const LENGTHS = [2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24], ENOUGH = 1;

/** Fewer elements than this are copied from a cache. */
const LEAST_COPIED = 2 ** 18;

/** Bytes that are copied in the caches of the CPU, and how many are copied all together. */
const CACHED = [2 ** 15, 2 ** 18], CACHED_WORK = 2 ** 24;

/** On the CPU more would stay in its memory for good. */
const MOST_ON_CPU = 2 ** 21;

/** Chains of multiplications and additions that don't wait for each other, and links of each. */
const CHAINS = 8, LINKS = 12;

/** Rows of a square product. */
const ROWS = 256;

/** How often each is tried at least and at most, the latter while it takes few milliseconds; the best counts. */
const LEAST_TRIES = 3, MOST_TRIES = 12, FEW = 6;

/** What is known of a device. */
interface Known {
  copies: readonly CopyLimit[] | null;
  readonly gigaflops: Map<ComputeLimit, number>;
}

const known = new WeakMap<Backend, Known>();

/** Work to be timed; told the milliseconds that it took. */
type Measuring = Generator<() => void, void, number>;

/**
 * What a device can do, as far as it is asked for. Each is measured once; null where that cannot be done
 * without waiting for a promise.
 */
export function machineLimits(
  backend: Backend,
  wanted: ReadonlySet<ComputeLimit>,
): MachineLimits | null {
  const timer = backend.hostReadable ? null : backend.kernelTimer?.() ?? null;
  const canWait = backend.hostReadable || timer !== null && backend.readsSync;
  const steps = canWait ? measure(backend, wanted) : null;
  let step = steps?.next();
  while (step !== undefined && step.done !== true) {
    const start = performance.now();
    timer?.start();
    step.value();
    const report = timer?.stopSync();
    step = steps!.next(report === undefined ? performance.now() - start : totalOf(report));
  }
  const found = known.get(backend);
  if (found === undefined || found.copies === null) return null;
  return { copies: found.copies, gigaflops: Object.fromEntries(found.gigaflops) };
}

/** Measures what `machineLimits` cannot, on any device that has a timer. */
export async function settleLimits(
  backend: Backend,
  wanted: ReadonlySet<ComputeLimit>,
): Promise<void> {
  const timer = backend.kernelTimer?.() ?? null;
  if (timer === null || backend.readsSync) return;
  const steps = measure(backend, wanted);
  let step = steps.next();
  while (step.done !== true) {
    timer.start();
    step.value();
    step = steps.next(totalOf(await timer.stop()));
  }
}

function totalOf({ kernels }: { readonly kernels: readonly { milliseconds: number }[] }): number {
  return kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

/** Measures what is wanted and not known yet. */
function* measure(backend: Backend, wanted: ReadonlySet<ComputeLimit>): Measuring {
  let have = known.get(backend);
  if (have === undefined) known.set(backend, have = { copies: null, gigaflops: new Map() });
  const missing = [...wanted].filter((one) => !have.gigaflops.has(one));
  if (have.copies !== null && missing.length === 0) return;
  const { peak } = backend.stats;
  try {
    if (have.copies === null) have.copies = yield* copies(backend);
    for (const one of missing) {
      const dtype = one.endsWith("64") ? "float64" : "float32";
      // Only the host has libraries for products.
      const rate = one.startsWith("product") && backend.hostReadable
        ? yield* productRate(backend, dtype)
        : have.gigaflops.get(dtype) ?? (yield* chainRate(backend, dtype));
      have.gigaflops.set(one, rate);
    }
  } finally {
    backend.resetPeak(peak);
  }
}

type Float = "float32" | "float64";

function* copies(backend: Backend): Generator<() => void, readonly CopyLimit[], number> {
  const found: CopyLimit[] = [];
  for (const bytes of backend.hostReadable ? CACHED : []) {
    const times = CACHED_WORK / bytes, executable = backend.prepare(copyAround(bytes / 8, times));
    const result = backend.allocate("float32", 1), env = new Float64Array(0);
    const least = yield* best(() =>
      executable.run({ env, inputs: [], shared: [], outputs: [result] })
    );
    executable.dispose();
    result.dispose();
    found.push({ bytes, gigabytesPerSecond: CACHED_WORK / least / 1e6 });
  }
  yield* growing(backend, "float32", (x) => add(x, 1), LEAST_COPIED, (elements, milliseconds) => {
    const bytes = 8 * elements;
    found.push({ bytes, gigabytesPerSecond: bytes / milliseconds / 1e6 });
  });
  return found;
}

/** Copies numbers from one piece of memory to another and back, again and again. */
function copyAround(elements: number, times: number): Program {
  const b = new ScalarBuilder();
  const nest = (from: number | null, to: number, length: number): LoopNest => {
    const address = length === 1 ? zeroIx : axisIx(0);
    const value = from === null
      ? b.constant("f32", 0)
      : b.binary("add", b.load(from, "float32", address), b.constant("f32", 1));
    const store = { buffer: to, address, value, guard: null };
    const none = { loops: [], reductions: [], inner: [], checks: [] };
    return { kind: "nest", name: "copy", axes: [length], ...none, outer: [store] };
  };
  const buffer = (id: number, length: number, role: BufferDecl["role"]): BufferDecl => {
    return { id, name: "copy", dtype: "float32", elements: length, role };
  };
  const loop: Loop = {
    ...{ kind: "loop", name: "copies", id: 0, steps: times / 2, until: null, count: null },
    body: [nest(0, 1, elements), nest(1, 0, elements)],
    ...{ strategy: "stepped", reason: "" },
  };
  return {
    name: "machine limits",
    buffers: [
      buffer(0, elements, { kind: "temp" }),
      buffer(1, elements, { kind: "temp" }),
      buffer(2, 1, { kind: "output", output: 0 }),
    ],
    steps: [nest(null, 0, elements), loop, nest(0, 2, 1)],
    ...{ commit: [], checks: [], symbols: [], guards: new Guards() },
  };
}

function* chainRate(backend: Backend, dtype: Float): Generator<() => void, number, number> {
  let most = 0;
  yield* growing(backend, dtype, chains, LENGTHS[0]!, (elements, milliseconds) => {
    most = Math.max(most, 2 * CHAINS * LINKS * elements / milliseconds / 1e6);
  });
  return most;
}

/** Sums of chains x·(x·(…) + 1) + 1. */
function chains(x: Variable): Variable {
  const ends = Array.from({ length: CHAINS }, (_, chain) => {
    let link = add(x, chain);
    for (let i = 0; i < LINKS; i++) link = add(mul(link, x), 1);
    return link;
  });
  return ends.reduce((a, b) => add(a, b));
}

function* productRate(backend: Backend, dtype: Float): Generator<() => void, number, number> {
  const matrix = () => makeVariable(TensorType.of(dtype, [ROWS, ROWS])), a = matrix(), b = matrix();
  const product = executorOf(backend, [a, b], dot(a, b));
  const data = dtype === "float32" ? new Float32Array(ROWS ** 2) : new Float64Array(ROWS ** 2);
  const rows = new HostArgument(dtype, [ROWS, ROWS], data.fill(0.5));
  const least = yield* best(() => dispose(product.run([rows, rows])));
  product.dispose();
  return 2 * ROWS ** 3 / least / 1e6;
}

/** Computes something of ever more elements until it takes long enough. */
function* growing(
  backend: Backend,
  dtype: Float,
  build: (x: Variable) => Variable,
  first: number,
  note: (elements: number, milliseconds: number) => void,
): Measuring {
  const n = makeVariable(TensorType.of("int64", []));
  const x = makeVariable(TensorType.of(dtype, [null]));
  const make = executorOf(backend, [n], alloc(constant(0.5, { dtype }), n));
  const work = executorOf(backend, [x], build(x));
  for (const elements of LENGTHS.filter((one) => one >= first)) {
    if (backend.hostReadable && elements > MOST_ON_CPU) break;
    const [values] = make.run([new HostArgument("int64", [], BigInt64Array.of(BigInt(elements)))]);
    const least = yield* best(() => dispose(work.run([values!])));
    values!.dispose();
    note(elements, least);
    if (least >= ENOUGH) break;
  }
  make.dispose();
  work.dispose();
}

/** The least time of some work, after a first try. */
function* best(work: () => void): Generator<() => void, number, number> {
  yield work;
  let least = Infinity, all = 0;
  for (let i = 0; i < LEAST_TRIES || i < MOST_TRIES && all < FEW; i++) {
    const time = Math.max(1e-6, yield work);
    all += time;
    least = Math.min(least, time);
  }
  return least;
}

function executorOf(backend: Backend, inputs: readonly Variable[], output: Variable): Executor {
  const request = { name: "machine limits", inputs, outputs: [output], updates: [] };
  return new Executor({ ...request, backend, dynamicAxes: "all" });
}

function dispose(results: readonly Tensor[]): void {
  for (const result of results) result.dispose();
}
