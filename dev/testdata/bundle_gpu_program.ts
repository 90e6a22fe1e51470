// Compares the GPU with the CPU where there is an adapter, reading by promises as browsers do.

import {
  compile,
  CrotonError,
  grad,
  NoGpuError,
  RandomStreams,
  scan,
  T,
  type Variable,
} from "@croton/croton";

const x = T.vector("x"), A = T.matrix("A"), k = T.ivector("k");
const [sums] = scan((e, sum) => sum.mul(0.5).add(e), { sequences: x, outputsInfo: 0 });
const { h } = scan(
  { sequences: { row: A }, carry: { h: T.zeros([3]) } },
  ({ row, h }) => ({ h: T.tanh(h.at(-1).dot(A).add(row.at(0))) }),
);
const stream = new RandomStreams(1);

const values = [0.5, -1, 2, 0.25], square = [[1, 0, 2], [0, 1, -1], [0.5, 0, 1]];
const works: Record<string, [inputs: Variable[], output: Variable, ...args: unknown[]]> = {
  value: [[x], T.exp(x).sub(x.sqr()).sum(), values],
  gradient: [[x], grad(T.softplus(x).mul(x).sum(), x), values],
  product: [[A], A.dot(A.T), square],
  softmax: [[A], T.logSoftmax(A), square],
  scan: [[x], sums, values],
  recurrence: [[A], grad(h.at(-1).sum(), A), square],
  sort: [[x], T.sort(x), values],
  cumsum: [[x], x.cumsum(), values],
  index: [[A, k], A.at(k), square, [2, 0]],
  int64: [[k], k.cast("int64").mul(3_000_000_000n).intDiv(7), [5, -9]],
  random: [[], stream.uniform({ size: [4] })],
  normal: [[], stream.normal({ size: [4] })],
};

/** Whether numbers are equal up to rounding. */
function close(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.every((value, i) => close(value, b[i]));
  return Math.abs(Number(a) - Number(b)) <= 1e-4 * (1 + Math.abs(Number(b)));
}

let agree = 0;
try {
  for (const [name, [inputs, output, ...args]] of Object.entries(works)) {
    const results = [];
    for (const device of ["cpu", "gpu"] as const) {
      const f = await compile(inputs, output, { device, noDefaultUpdates: true });
      // deno-lint-ignore no-explicit-any -- the arguments fit the inputs of the row
      results.push(await (f as any)(...args).array());
    }
    const [cpu, gpu] = results;
    if (!close(gpu, cpu)) throw new Error(`${name}: the GPU says ${gpu}, the CPU ${cpu}`);
    agree++;
  }
  console.log(`gpu: ${agree} programs agree with the CPU`);
} catch (error) {
  if (!(error instanceof NoGpuError)) throw error;
  // Names and classes of errors are those of the library.
  if (error.name !== "NoGpuError" || error.constructor.name !== "NoGpuError") throw error;
  if (!(error instanceof CrotonError)) throw error;
  console.log("gpu: there is none");
}
