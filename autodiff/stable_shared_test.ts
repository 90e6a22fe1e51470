import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, T, type Variable } from "../all.ts";

const { dot, exp, log, sum } = T;

interface Given {
  readonly x: Variable;
  readonly e: Variable;
  /** Exponentials in rows, each shifted by another element of x. */
  readonly rows: Variable;
  readonly w: Variable;
  readonly m: Variable;
}

/** Expressions, and by how much they grow when all exponents grow by 1. */
interface Form {
  readonly build: (given: Given) => readonly Variable[];
  readonly growth?: number;
}

const over = (v: Variable) => T.div(1, sum(v));

/** v ← v * sum(v) / sum(exp(x / 2)), again and again. */
function scaled({ x, e }: Given, depth: number): Variable {
  let v = e;
  for (let i = 0; i < depth; i++) v = v.mul(sum(v)).div(sum(exp(x.mul(0.5))));
  return v;
}

const forms: Record<string, Form> = {
  "products with matrices": {
    build: ({ e, w, m }) => ((r) => [dot(e, w).mul(r), dot(e, m).mul(r)])(over(e)),
  },
  "a sum of two": {
    build: ({ e, w, m }) => ((r) => [dot(e, w).mul(r).add(dot(m, e).mul(r))])(over(e)),
  },
  "a reciprocal of a weighted sum": {
    build: ({ e, w, m }) =>
      ((r) => [dot(e, w).mul(r), sum(e).mul(r), e.mul(r)])(T.reciprocal(dot(e, m))),
  },
  "moments": {
    build: ({ e, w }) =>
      ((r) => [sum(e.mul(w.at(0))).mul(r), sum(e.mul(T.sqr(w.at(0)))).mul(r)])(over(e)),
  },
  "squares": {
    build: ({ e }) =>
      ((r) => [e.mul(r), e.mul(r).mul(e).mul(r), sum(e.mul(e)).mul(r).mul(r)])(over(e)),
  },
  "twice in one product": { build: ({ e }) => ((r) => [e.mul(r).mul(e).mul(r)])(over(e)) },
  "rows": {
    build: ({ rows, w, m }) =>
      ((r) => [dot(rows, w).mul(r), dot(rows, m).mul(r)])(
        T.div(1, sum(rows, { axis: 1, keepdims: true })),
      ),
  },
  "beside a logarithm": {
    build: ({ e, w, m }) => ((r) => [log(dot(e, T.abs(w)).mul(r)), dot(e, m).mul(r)])(over(e)),
  },
  "a multiple, and other exponentials": {
    build: ({ x, e, w, m }) => {
      const r = T.div(2, sum(e)), half = exp(x.mul(0.5)), q = over(half);
      return [dot(e, w).mul(r), dot(half, w).mul(q), dot(e, m).mul(T.neg(r)), sum(half).mul(q)];
    },
  },
  "quotients by others, once": { growth: 1.5, build: (given) => [log(scaled(given, 1))] },
  "quotients by others, twice": { growth: 2.5, build: (given) => [log(scaled(given, 2))] },
  "quotients by others, three times": { growth: 4.5, build: (given) => [log(scaled(given, 3))] },
  "the sum of a quotient by others": {
    growth: 0.5,
    build: ({ x, e }) => [log(sum(e.div(sum(exp(x.mul(0.5))))))],
  },
  "a product with a quotient by others": {
    growth: 0.5,
    build: ({ x, e, m }) => [log(dot(e.div(sum(exp(x.mul(0.5)))), m))],
  },
};

const exponents = [0.3, -0.8, 0.4];
const matrices: readonly [number[][], number[][]] = [[[1, 2, 0.1], [0.2, -1, 2], [3, 0, 1]], [
  [1, 2, 0.5],
  [0.2, 1, 1],
  [2, 3, 2],
]];

function inputs(dtype: "float32" | "float64", { build }: Form) {
  const x = T.tensor(dtype, [null]), w = T.tensor(dtype, [null, null]);
  const m = T.tensor(dtype, [null, null]),
    rows = exp(x.dimshuffle(0, "x").mul(0.3).add(x.mul(0.7)));
  const values = build({ x, e: exp(x), rows, w, m }).map((value) => T.flatten(value));
  const value = T.concatenate(values), n = T.shape(value).at(0);
  return { x, w, m, value, cost: sum(value.mul(T.cast(T.arange(n).add(1), dtype))) };
}

for (const [name, form] of Object.entries(forms)) {
  onDevices(`a reciprocal or quotient of sums in many places: ${name}`, async (device) => {
    const plain = inputs("float64", form), h = 1e-5;
    const reference = await compile([plain.x, plain.w, plain.m], [plain.value, plain.cost], {
      device: "cpu",
      mode: { base: "none" },
      onUnusedInput: "ignore",
    });
    const costAt = (x: number[]) => numbers(reference(x, ...matrices)[1]!)[0]!;
    const values = numbers(reference(exponents, ...matrices)[0]!);
    const slopes = exponents.map((_, i) => {
      const at = (step: number) => costAt(exponents.map((v, k) => k === i ? v + step : v));
      return (at(h) - at(-h)) / (2 * h);
    });
    const { x, w, m, value, cost } = inputs("float32", form), growth = form.growth ?? 0;
    const f = await compile([x, w, m], [value, grad(cost, x)], { device, onUnusedInput: "ignore" });
    for (const far of [0, 40, 1000, -1000]) {
      const [found, gradient] = f(exponents.map((v) => v + far), ...matrices).map(numbers);
      assertEquals(found!.length, values.length);
      const close = (a: number, b: number, what: string) =>
        assertAlmostEquals(a, b, 3e-3 * (1 + Math.abs(b)), `${what} + ${far}`);
      found!.forEach((v, i) => close(v, values[i]! + growth * far, "value"));
      gradient!.forEach((v, i) => close(v, slopes[i]!, "gradient"));
    }
  });
}

onDevices("the logarithm of a quotient that underflows", async (device) => {
  const x = T.tensor("float32", [null]), w = T.tensor("float32", [null, null]), e = exp(x);
  const values = [log(sum(w.mul(e), { axis: 1 }).div(sum(e))), T.log2(dot(w, e).div(sum(e)))];
  const slopes = values.map((value) => grad(value.at(0), x));
  const f = await compile([x, w], [...values, ...slopes], { device });
  const found = f([500, 0, 100], [[0, 1, 0], [1, 1, 1]]).map(numbers);
  const wanted = [[-500, 0], [-500 * Math.LOG2E, 0], [-1, 1, 0], [-Math.LOG2E, Math.LOG2E, 0]];
  wanted.flat().forEach((v, i) => assertAlmostEquals(found.flat()[i]!, v, 1e-3));
});

/** Quotients with other uses than their logarithm, and by how much the logarithm of the first row falls. */
const shared: Record<string, (given: Given) => { logs: Variable; uses: readonly Variable[] }> = {
  "itself": ({ e, w }) => ((q) => ({ logs: log(q), uses: [q] }))(dot(w, e).div(sum(e))),
  "a product with it": ({ e, w }) =>
    ((q) => ({ logs: log(q.mul(2)).sub(Math.LN2), uses: [q.mul(q)] }))(dot(w, e).div(sum(e))),
  "other logarithms": ({ e, w }) => {
    const q = dot(w, e).div(sum(e));
    return { logs: log(q), uses: [T.log2(q).mul(1e-3), T.log10(q).mul(1e-3)] };
  },
  "the entropy": ({ e, w }) =>
    ((q) => ({ logs: log(q), uses: [sum(q.mul(log(q)))] }))(dot(w, e).div(sum(e))),
  "a part": ({ e, w }) =>
    ((q) => ({ logs: log(q.at("::1")), uses: [sum(q)] }))(sum(w.mul(e), { axis: 1 }).div(sum(e))),
  "a shared reciprocal": ({ e, w }) =>
    ((r) => ({ logs: log(dot(w, e).mul(r)), uses: [e.mul(r)] }))(over(e)),
  "a root": ({ e, w }) =>
    ((q) => ({ logs: log(T.sqrt(q)).mul(2), uses: [q] }))(dot(w, e).div(sum(e))),
  "a sum of two": ({ e, w }) => {
    const q = dot(w, e).div(sum(e)), r = sum(w.mul(w).mul(e), { axis: 1 }).div(sum(e));
    return { logs: log(q.add(r.mul(2))).sub(Math.log(3)), uses: [q, r] };
  },
  "a sum of quotients": ({ e, w }) => {
    const q = w.mul(e).div(sum(e));
    return { logs: log(sum(q, { axis: 1 })), uses: [q] };
  },
};

for (const [name, build] of Object.entries(shared)) {
  onDevices(`the logarithm of a quotient that has other uses: ${name}`, async (device) => {
    const x = T.tensor("float32", [null]), w = T.tensor("float32", [null, null]), e = exp(x);
    const { logs, uses } = build({ x, e, rows: e, w, m: w });
    const all = uses.map((use) => sum(use)).reduce((a, b) => a.add(b));
    const slopes = [grad(logs.at(0), x), grad(all, x)];
    for (const mode of ["fastRun", "fastCompile"] as const) {
      const f = await compile([x, w], [logs, ...uses, ...slopes], { device, mode });
      for (const far of [0, 1000, -1000]) {
        const found = f([far + 500, far, far + 100], [[0, 1, 0], [1, 1, 1]]).map(numbers);
        assertEquals(found[0]!.length, 2);
        [-500, 0].forEach((v, i) => assertAlmostEquals(found[0]![i]!, v, 1e-3));
        const slope = found[1 + uses.length]!;
        [-1, 1, 0].forEach((v, i) => assertAlmostEquals(slope[i]!, v, 1e-3));
        assert(found.flat().every(Number.isFinite));
      }
    }
  });
}
