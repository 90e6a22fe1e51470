import { assert } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, hessian, type Mode, scan, T, type Variable } from "../all.ts";

const trace = (step: (...args: Variable[]) => Variable, options: Parameters<typeof scan>[1]) =>
  scan(step, options)[0] as Variable;
const root = (x: Variable, e: Variable): Variable =>
  trace((e, s) => T.sqrt(s!.sub(e!)).mul(s!), { sequences: e, outputsInfo: x });
const over = (rows: Variable): Variable =>
  trace((a, r) => T.sin(a!).add(r!.mul(0.5)), { sequences: rows, outputsInfo: rows.at(0) });

const row = { axis: 1, keepdims: true } as const, all = T.slice();
const share = (s: Variable): Variable => T.div(s, T.sum(s, row));
const column = (s: Variable) => T.dimshuffle(s, 0, 1, "x");

/** What is computed from a trace, each row from the same row or from those before it. */
const between: Record<string, (s: Variable) => Variable> = {
  softmax: (s) => T.softmax(s),
  "log-softmax": (s) => T.logSoftmax(s),
  "shares": share,
  "rows with mean 0 and spread 1": (s) => T.div(T.sub(s, T.mean(s, row)), T.std(s, row)),
  "parts of the greatest": (s) => T.div(s, T.max(s, row)),
  "times the product": (s) => T.mul(s, T.prod(s, row)),
  "logsumexp": (s) => T.logsumexp(s, 1),
  "in order": (s) => T.sort(s, 1),
  "running sums": (s) => T.cumsum(s, 1),
  "running products": (s) => T.cumprod(s, 1),
  "running products over the steps": (s) => T.cumprod(s, 0),
  "in reverse": (s) => s.at(all, T.slice(null, null, -1)),
  "stacked": (s) => T.stack([s, T.sqr(s)], 2),
  "joined": (s) => T.join(1, s, T.exp(s)),
  "a product": (s) => T.dot(s, [[1, 2], [3, 4]]),
  "a product from the left": (s) => T.dot([[1, 2], [3, 4]], s.T).T,
  "products with itself": (s) => T.batchedDot(column(s), T.dimshuffle(s, 0, "x", 1)),
  "tensordot": (s) => T.tensordot(s, T.constant([[1, 0], [2, 1]]), 1),
  "another shape": (s) => T.reshape(s, [-1, 1, 2]),
  "taken columns": (s) => s.take([1, 0], 1),
  "a column replaced": (s) => T.setSubtensor(s.at(all, 0), 1),
  "a column increased": (s) => T.incSubtensor(s.at(all, 0), s.at(all, 1)),
  "padded": (s) => T.pad(s, [[0, 0], [1, 1]]),
  "repeated": (s) => T.repeat(s, 2, 1),
  "a choice": (s) => T.where(s.gt(1), s, T.sqr(s)),
  "a maximum": (s) => T.maximum(s, T.exp(s)),
  "all but the last": (s) => T.softmax(s.slice(null, -1)),
  "a loop": (s) => over(s),
  "a loop over shares": (s) => over(share(s)),
  "a loop over softmax": (s) => over(T.softmax(s)),
  "a loop without a state": (s) => trace((a) => T.softmax(a!), { sequences: s }),
};

const reads: readonly ((y: Variable, k: Variable) => Variable)[] = [
  (y, k) => T.sqr(y.at(k)).sum(),
  (y) => T.sqr(y.slice(null, 1)).sum(),
  (y) => T.sqr(y.at(-3)).sum(),
  (y) => T.sqr(y.at(1)).sum(),
];

function isClose(found: readonly number[], expected: readonly number[]): boolean {
  return found.every((x, i) => Math.abs(x - expected[i]!) <= 2e-4 * (1 + Math.abs(expected[i]!)));
}

/** Gradients of what reads early steps, when later ones are good and bad. */
async function check(name: string, read: number, device: "cpu" | "gpu", mode: Mode) {
  const x = T.fvector("x"), e = T.fvector("e"), k = T.iscalar("k");
  const cost = reads[read]!(between[name]!(root(x, e)), k);
  const options = { disconnectedInputs: "ignore" } as const;
  const slopes = grad(cost, [x, e], options);
  const second = grad(T.mul(slopes[0]!, [0.3, 0.7]).sum(), [x, e], options);
  const outputs = [cost, ...slopes, ...second];
  const f = await compile([x, e, k], outputs, { device, mode, onUnusedInput: "ignore" });
  const of = (last: number) => f([2, 3], [0.5, 0.4, 0.3, last], 1).map(numbers);
  const right = of(0.25);
  for (const last of [1e6, NaN, Infinity]) {
    of(last).forEach((found, i) =>
      assert(isClose(found, right[i]!), `${name}, ${mode}, ${i}: ${found}, not ${right[i]}`)
    );
  }
}

onDevices(
  "what is made of each row of a trace keeps steps that nobody reads out",
  async (device) => {
    for (const [i, name] of Object.keys(between).entries()) {
      // Compiling all is slow on the GPU.
      if (device === "cpu" || i % 4 === 0) await check(name, i % 4, device, "fastRun");
    }
  },
);

Deno.test("the same in other modes", async () => {
  for (const mode of ["fastCompile", "debug"] as const) {
    for (const name of ["softmax", "a loop over shares", "a choice"]) {
      await check(name, 0, "cpu", mode);
    }
  }
});

/** States of which one is a power of w and the other overflows, of one loop or of two. */
const pairs: readonly ((w: Variable) => Variable[])[] = [
  (w) =>
    scan((a: Variable, b: Variable) => [a.mul(w), b.mul(b).mul(a)], {
      outputsInfo: [1, 2].map((value) => T.constant(value)),
      nSteps: 40,
    })[0] as unknown as Variable[],
  (w) => [
    trace((a) => a!.mul(w), { outputsInfo: T.constant(1), nSteps: 40 }),
    trace((b) => T.exp(b!).mul(w), { outputsInfo: T.constant(2), nSteps: 40 }),
  ],
];

/** One of both by its place, and which power of w that is. */
const chosen: Record<string, [number, (a: Variable, b: Variable, n: Variable) => Variable]> = {
  "a computed one": [40, (a, b, n) => T.stack([a.at(-1), b.at(-1)]).at(n)],
  "a known one": [80, (a, b) => T.sqr(T.stack([a.at(-1), b.at(-1)])).at(0)],
  "a function of a computed one": [
    80,
    (a, b, n) => T.sqr(T.stack([b.at(-1), a.at(-1)]).at(n.add(1))),
  ],
  "taken": [40, (a, b, n) => T.take(T.stack([a.at(-1), b.at(-1)]), T.stack([n, n]), 0).mean()],
  "a trace": [40, (a, b, n) => T.stack([a, b]).at(n).at(-1)],
  "an early step of a trace": [10, (a, b, n) => T.stack([a, b]).at(n).at(9)],
  "a column": [40, (a, b, n) => T.stack([a, b], 1).at(all, n).at(-1)],
  "an element": [40, (a, b, n) => T.stack([a, b], 1).at(-1, n)],
  "a branch": [40, (a, b, n) => T.ifelse(n.lt(1), a.at(-1), b.at(-1))],
  "a finite one": [40, (a, b) => T.where(T.isfinite(b.at(-1)), b.at(-1), a.at(-1))],
  "the least": [40, (a, b) => {
    const both = T.stack([a.at(-1), b.at(-1)]);
    return both.at(T.argmin(both));
  }],
  "the first in order": [40, (a, b) => T.sort(T.stack([a.at(-1), b.at(-1)])).at(0)],
};

onDevices("second derivatives leave out states that are not chosen", async (device) => {
  for (const [i, [name, [power, choose]]] of Object.entries(chosen).entries()) {
    for (const [j, pair] of pairs.entries()) {
      if (device === "gpu" && (i + j) % 3 !== 0) continue;
      const w = T.fvector("w"), n = T.iscalar("n"), [a, b] = pair(w.at(0));
      const cost = choose(a!, b!, n), slope = grad(cost, w);
      const twice = grad(T.sqr(slope).sum(), w);
      const outputs = [cost, slope, hessian(cost, w), twice];
      const f = await compile([w, n], outputs, { device, onUnusedInput: "ignore" });
      for (const at of [1.01, 0.98]) {
        const [p, value] = [power, (k: number) => at ** k];
        const [first, second] = [p * value(p - 1), p * (p - 1) * value(p - 2)];
        const expected = [value(p), first, second, 2 * first * second];
        f([at], 0).forEach((found, k) =>
          assert(isClose(numbers(found), [expected[k]!]), `${name}, ${j}, ${k}: ${numbers(found)}`)
        );
      }
    }
  }
});
