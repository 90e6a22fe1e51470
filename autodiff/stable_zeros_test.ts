import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, T, type Variable } from "../all.ts";

const { dot, exp, log, mul, sum } = T;

/** Exponentials of a vector and of its sums and differences with itself, and weights that may be 0. */
interface Given {
  readonly x: Variable;
  readonly e: Variable;
  readonly sums: Variable;
  readonly differences: Variable;
  readonly w: Variable;
  readonly m: Variable;
}

/** Expressions, and whether their values stay when all exponents of x grow by the same. */
const forms: Record<string, { build: (given: Given) => Variable; stays?: true }> = {
  "vectors": { stays: true, build: ({ e, w, m }) => dot(e, w).div(dot(e, m)) },
  "vectors behind weights": { stays: true, build: ({ e, w, m }) => dot(w, e).div(dot(m, e)) },
  "matrices": { stays: true, build: ({ sums, w, m }) => dot(sums, w).div(dot(sums, m)) },
  "matrices behind weights": {
    build: ({ sums, differences, w, m }) => dot(w, sums).div(dot(differences, m)),
  },
  "all pairs": {
    stays: true,
    build: ({ e, w, m }) => dot(e, w).dimshuffle(0, "x").div(dot(e, m).dimshuffle("x", 0)),
  },
  "sums along different axes": {
    stays: true,
    build: ({ sums, w, m }) => sum(sums.mul(w), { axis: 1 }).div(sum(sums.mul(m), { axis: 0 })),
  },
  "a sum over all axes": { build: ({ e, sums, w }) => sum(sums.mul(w)).div(sum(e)) },
  "a chain": { build: ({ e, differences, w, m }) => dot(dot(e, w), differences).div(dot(e, m)) },
  "a chain over a matrix": {
    build: ({ e, sums, w }) => dot(dot(sums, w), e).div(dot(sums, e)),
  },
  "quotients inside": {
    stays: true,
    build: ({ e, w, m }) => dot(e.div(sum(e)), w).div(dot(e.div(sum(e)), m)),
  },
  "a product of quotients": {
    stays: true,
    build: ({ e, w, m }) => e.div(dot(e, m)).mul(dot(e, w).div(sum(e))),
  },
  "a logarithm beside it": { build: ({ e, w, m }) => log(dot(e, m)).mul(dot(e, w)) },
  "the logarithm of two": {
    build: ({ sums, differences, w, m }) => log(dot(sums, m).add(dot(differences, w))),
  },
  "the logarithm of a chain": {
    build: ({ sums, differences, w }) => log(dot(dot(sums, w), differences).add(sums)),
  },
  "the logarithm of several ranks": {
    build: ({ e, sums, differences, w, m }) => log(dot(sums, m).add(dot(w, differences).mul(e))),
  },
  "a reciprocal": { build: ({ e, w, m }) => T.reciprocal(dot(e, m).add(dot(e, w))) },
};

const weights = {
  "a column": [[1.5, 0, -0.2], [0.5, 0, 2], [0.7, 0, 1]],
  "a row": [[1, 2, 1], [0, 0, 0], [2, 0.3, 1]],
  "all": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
  "all but three": [[0, 1, 0], [0, 0, 3], [1, 0, 0]],
};
const tables = [[[1, 0.5, 2], [0.3, 1, 1], [2, 1, 0.7]], [[0, 1, 0], [0, 0, 3], [1, 0, 0]]];
const exponents = [0.3, -0.8, 0.4];

type Values = readonly [number[], number[][], number[][]];

function costOf(value: Variable): Variable {
  const flat = T.flatten(value), n = T.shape(flat).at(0);
  return sum(mul(flat, T.cast(T.arange(n).add(1), value.dtype)));
}

function inputs(dtype: "float32" | "float64", build: (given: Given) => Variable) {
  const x = T.tensor(dtype, [null]), w = T.tensor(dtype, [null, null]);
  const m = T.tensor(dtype, [null, null]), row = x.dimshuffle("x", 0);
  const column = x.dimshuffle(0, "x");
  const given = { x, w, m, e: exp(x), sums: exp(column.add(row)) };
  const value = build({ ...given, differences: exp(column.sub(row.mul(0.5))) });
  return { wrt: [x, w, m], cost: costOf(value) };
}

/** Gradients by finite differences of what is computed as it is written. */
async function slopesOf(build: (given: Given) => Variable) {
  const { wrt, cost } = inputs("float64", build), h = 1e-5;
  const f = await compile(wrt, cost, {
    device: "cpu",
    mode: { base: "none" },
    onUnusedInput: "ignore",
  });
  return (values: Values) =>
    values.map((_, which) =>
      values[which]!.flat().map((_, i) => {
        const at = (step: number) => {
          const changed = structuredClone(values) as [number[], number[][], number[][]];
          if (which === 0) changed[0][i]! += step;
          else changed[which as 1 | 2][Math.floor(i / 3)]![i % 3]! += step;
          return numbers(f(...changed))[0]!;
        };
        return (at(h) - at(-h)) / (2 * h);
      })
    );
}

for (const [name, { build, stays }] of Object.entries(forms)) {
  onDevices(`gradients in weights of which some are 0: ${name}`, async (device) => {
    const right = await slopesOf(build), { wrt, cost } = inputs("float32", build);
    const options = { disconnectedInputs: "ignore" } as const;
    const f = await compile(wrt, grad(cost, wrt, options), {
      device,
      onUnusedInput: "ignore",
    });
    for (const [kind, w] of Object.entries(weights)) {
      for (const m of tables) {
        const want = right([exponents, w, m]);
        for (const far of stays === true ? [0, 1000, -800] : [0]) {
          const found = f(exponents.map((e) => e + far), w, m).map(numbers);
          found.forEach((gradient, which) => {
            assertEquals(gradient.length, want[which]!.length);
            gradient.forEach((g, i) => {
              const slope = want[which]![i]!, what = `${kind}, input ${which}, + ${far}`;
              assertAlmostEquals(g, slope, 2e-3 * (1 + Math.abs(slope)), what);
            });
          });
        }
      }
    }
  });
}

/** Logarithms that are -Infinity where a row or column of w is 0, and log w beside the exponents instead. */
const logarithms: Record<string, (given: Given, logs: Variable) => [Variable, Variable]> = {
  "a product with a vector": ({ x, e, w }, logs) => [log(dot(w, e)), T.logsumexp(logs.add(x), 1)],
  "a product with a vector before it": ({ x, e, w }, logs) => [
    log(dot(e, w)),
    T.logsumexp(logs.add(x.dimshuffle(0, "x")), 0),
  ],
  "a sum": ({ x, e, w }, logs) => [log(sum(mul(w, e), { axis: 1 })), T.logsumexp(logs.add(x), 1)],
  "in base 2": ({ x, e, w }, logs) => [
    T.log2(sum(mul(w, e), { axis: 1 })),
    T.logsumexp(logs.add(x), 1).mul(Math.LOG2E),
  ],
  "of a number times it": ({ x, e, w }, logs) => [
    log(mul(2, dot(w, e))),
    T.logsumexp(logs.add(x), 1).add(Math.LN2),
  ],
  "over a sum": ({ x, e, w }, logs) => [
    log(dot(w, e).div(sum(e))),
    T.logsumexp(logs.add(x), 1).sub(T.logsumexp(x)),
  ],
  "of a part": ({ x, e, w }, logs) => [log(dot(w, e).at(1)), T.logsumexp(logs.add(x), 1).at(1)],
  "of two": ({ x, e, w }, logs) => [
    log(dot(w, e).add(dot(w, e.mul(e)))),
    T.logaddexp(T.logsumexp(logs.add(x), 1), T.logsumexp(logs.add(x.mul(2)), 1)),
  ],
  "a product of matrices": ({ x, sums, w }, logs) => [
    log(dot(w, sums)),
    T.logsumexp(logs.dimshuffle(0, "x", 1).add(x).add(x.dimshuffle(0, "x")), 2),
  ],
  "a transposed product of matrices": ({ x, sums, w }, logs) => [
    log(dot(sums, w).dimshuffle(1, 0)),
    T.logsumexp(logs.dimshuffle(1, "x", 0).add(x).add(x.dimshuffle(0, "x")), 2),
  ],
  "a choice": ({ x, e, w }, logs) => [
    log(T.where(T.lt(x, 0), dot(w, e), e)),
    T.where(T.lt(x, 0), T.logsumexp(logs.add(x), 1), x),
  ],
  "a chain": ({ x, e, sums, w }, logs) => [
    log(dot(dot(w, sums), e)),
    T.logsumexp(logs.add(x).add(T.logsumexp(x.mul(2))), 1),
  ],
};

for (const [name, build] of Object.entries(logarithms)) {
  onDevices(`what is -Infinity has no gradients in the exponents: ${name}`, async (device) => {
    const x = T.tensor("float32", [null]), w = T.tensor("float32", [null, null]);
    const row = x.dimshuffle("x", 0), column = x.dimshuffle(0, "x"), e = exp(x);
    const sums = exp(column.add(row)), given = { x, w, m: w, e, sums, differences: sums };
    const values = build(given, log(w)).map((value) => T.flatten(value));
    const slopes = values.map((value) => grad(costOf(value), x));
    const f = await compile([x, w], [...values, ...slopes], { device });
    for (const far of [0, 1000, -800]) {
      const found = f(exponents.map((e) => e + far), [[1.5, 0, 0.2], [0, 0, 0], [0.7, 0, 1]]);
      const [value, wanted, slope, right] = found.map(numbers);
      if (far === 0) assert(value!.includes(-Infinity));
      value!.forEach((v, i) => {
        if (v === -Infinity) assertEquals(v, wanted![i]);
        else assertAlmostEquals(v, wanted![i]!, 1e-3);
      });
      slope!.forEach((g, i) => assertAlmostEquals(g, right![i]!, 2e-3, `+ ${far}: ${slope}`));
    }
  });
}
