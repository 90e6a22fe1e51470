import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, hessian, scan, T, type Variable } from "../all.ts";

const { dot, exp, log, mul, sum } = T;

/** A vector of exponents, weights of the same length, and a square matrix of more weights. */
interface Given {
  readonly x: Variable;
  readonly y: Variable;
  readonly m: Variable;
}

interface Form {
  readonly build: (given: Given) => Variable;
  /** By how much values grow when all exponents grow by 1. */
  readonly growth: number;
}

const row = (x: Variable) => x.dimshuffle("x", 0), column = (x: Variable) => x.dimshuffle(0, "x");
const batch = (x: Variable) => x.dimshuffle("x", 0, 1);

const forms: Record<string, Form> = {
  "vector · vector": { growth: 1, build: ({ x, y }) => log(dot(y, exp(x))) },
  "matrix · vector": { growth: 1, build: ({ x, m }) => log(dot(m, exp(x))) },
  "vector · matrix": { growth: 1, build: ({ x, m }) => log(dot(exp(x), m)) },
  "matrix · matrix": { growth: 1, build: ({ x, m }) => log(dot(m, exp(column(x).add(m)))) },
  "matrix of exponentials · matrix": {
    growth: 1,
    build: ({ x, m }) => log(dot(exp(row(x).add(m)), m)),
  },
  "matrix of exponentials · vector of them": {
    growth: 2,
    build: ({ x, m }) => log(dot(exp(row(x).sub(m)), exp(x))),
  },
  "two matrices of exponentials": {
    growth: 2,
    build: ({ x, m }) => log(T.matmul(exp(row(x).add(m)), exp(column(x).sub(m)))),
  },
  "tensordot": {
    growth: 1,
    build: ({ x, m }) => log(T.tensordot(batch(m), exp(row(x).add(m)), [[1], [1]])),
  },
  "batchedDot": {
    growth: 1,
    build: ({ x, m }) => log(T.batchedDot(batch(m), batch(exp(row(x).add(m))))),
  },
  "items that are vectors": {
    growth: 1,
    build: ({ x, m }) => log(T.batchedDot(m, exp(row(x).add(m)))),
  },
  "bilinear": { growth: 2, build: ({ x, m }) => log(dot(dot(exp(x), m), exp(x))) },
  "weights beside the exponentials": {
    growth: 1,
    build: ({ x, y, m }) => log(dot(m, mul(y, exp(x))).div(3)),
  },
  "a choice": {
    growth: 1,
    build: ({ x, y }) => log(sum(T.where(T.gt(y, 0.3), mul(exp(x), y), 0))),
  },
  "a choice of exponentials alone": {
    growth: 1,
    build: ({ x, y }) => log(sum(T.where(T.gt(y, 0.6), 0, exp(x)))),
  },
  "a logarithm of a logarithm's exponential": {
    growth: 1,
    build: ({ x, y }) => log(exp(log(sum(mul(exp(x), y))))),
  },
  "attention": { growth: 0, build: ({ x, y }) => sum(mul(exp(x), y)).div(sum(exp(x))) },
  "attention of rows": {
    growth: 0,
    build: ({ x, m }) => {
      const e = exp(row(x).add(m));
      return dot(e, m).div(sum(e, { axis: 1, keepdims: true }));
    },
  },
  "attention of a vector": { growth: 0, build: ({ x, m }) => dot(exp(x), m).div(sum(exp(x))) },
  "attention with a mask": {
    growth: 0,
    build: ({ x, y, m }) => {
      const e = T.where(T.gt(y, 0.3), exp(x), 0);
      return dot(m, e).div(sum(e));
    },
  },
  "a sum over an exponential": { growth: 0, build: ({ x }) => sum(exp(x)).div(exp(x)) },
  "over the greatest": { growth: 0, build: ({ x }) => exp(x).div(T.max(exp(x))) },
  "over the first": { growth: 0, build: ({ x }) => exp(x).div(exp(x).at(0)) },
  "squares": { growth: 0, build: ({ x }) => T.sqr(exp(x)).div(sum(T.sqr(exp(x)))) },
  "over the norm": { growth: 0, build: ({ x }) => exp(x).div(T.sqrt(sum(T.sqr(exp(x))))) },
  "over a sum of three": {
    growth: 0,
    build: ({ x, y }) => exp(x).div(exp(x).add(mul(y, exp(x.sub(1)))).add(exp(x.at(0)))),
  },
  "over another sum": {
    growth: 0,
    build: ({ x, y }) => sum(mul(y, exp(x))).div(dot(T.sqr(y), exp(x.add(y)))),
  },
  "the greatest": { growth: 1, build: ({ x, y }) => log(mul(y, T.max(exp(x)))) },
};

const points = [[0.3, -0.8, 0.4], [0.7]];
const weights = (n: number) => [0.5, 0.9, 0.2].slice(0, n);
const square = (n: number) =>
  Array.from(
    { length: n },
    (_, i) => Array.from({ length: n }, (_, k) => 0.2 + ((3 * i + k) % 4) / 5),
  );

function inputs(dtype: "float32" | "float64"): Given {
  return {
    x: T.tensor(dtype, [null]),
    y: T.tensor(dtype, [null]),
    m: T.tensor(dtype, [null, null]),
  };
}

/** A sum in which each element counts differently. */
function costOf(value: Variable): Variable {
  const flat = T.flatten(value), n = T.shape(flat).at(0);
  return sum(mul(flat, T.cast(T.arange(n).add(1), value.dtype)));
}

/** Value, gradient and Hessian by finite differences of what float64 makes of the form as written. */
async function reference(form: Form) {
  const given = inputs("float64"), value = form.build(given);
  const f = await compile([given.x, given.y, given.m], [value, costOf(value)], {
    device: "cpu",
    mode: { base: "none" },
    onUnusedInput: "ignore",
  });
  return (x: readonly number[]) => {
    const n = x.length;
    const cost = (...steps: readonly (readonly [number, number])[]) => {
      const at = x.map((v, i) => v + steps.reduce((all, [k, h]) => k === i ? all + h : all, 0));
      return numbers(f(at, weights(n), square(n))[1])[0]!;
    };
    const g = 1e-5, h = 1e-3, all = x.map((_, i) => i);
    return {
      value: numbers(f([...x], weights(n), square(n))[0]),
      gradient: all.map((i) => (cost([i, g]) - cost([i, -g])) / (2 * g)),
      hessian: all.flatMap((i) =>
        all.map((k) =>
          (cost([i, h], [k, h]) - cost([i, h], [k, -h]) - cost([i, -h], [k, h]) +
            cost([i, -h], [k, -h])) / (4 * h * h)
        )
      ),
    };
  };
}

function close(
  found: readonly number[],
  expected: readonly number[],
  within: number,
  what: string,
) {
  assertEquals(found.length, expected.length, what);
  found.forEach((value, i) =>
    assertAlmostEquals(value, expected[i]!, within * (1 + Math.abs(expected[i]!)), what)
  );
}

for (const [name, form] of Object.entries(forms)) {
  onDevices(`linear in exponentials out of range: ${name}`, async (device) => {
    const right = await reference(form), given = inputs("float32");
    const value = form.build(given), cost = costOf(value);
    const f = await compile([given.x, given.y, given.m], [
      value,
      grad(cost, given.x),
      hessian(cost, given.x),
    ], { device, onUnusedInput: "ignore" });
    for (const point of points) {
      const want = right(point), n = point.length;
      for (const far of [0, 1000, -300]) {
        const results = f(point.map((v) => v + far), weights(n), square(n));
        const [v, g, h] = results.map((result) => numbers(result)) as [
          number[],
          number[],
          number[],
        ];
        const what = `${name}: ${n} exponents near ${far}`;
        close(v, want.value.map((w) => w + form.growth * far), 2e-5, what);
        // The exponents are rounded so far out.
        close(g, want.gradient, 4e-4, `gradient, ${what}`);
        close(h, want.hessian, 2e-3, `Hessian, ${what}`);
      }
    }
  });
}

onDevices("states of a hidden Markov model by products of matrices in a scan", async (device) => {
  const start = T.fvector("start"), table = T.fmatrix("table"), seen = T.fmatrix("seen");
  const likelihood = (step: (a: Variable) => Variable) => {
    const [states] = [scan(
      (o: Variable, a: Variable) => step(a).add(o),
      { sequences: seen, outputsInfo: start },
    )].flat() as [Variable];
    return T.logsumexp(states.at(-1));
  };
  const naive = likelihood((a) => log(dot(exp(a), table)));
  const right = likelihood((a) => T.logsumexp(column(a).add(log(table)), 0));
  const wrt = [start, table, seen];
  const f = await compile(wrt, [naive, ...grad(naive, wrt), right, ...grad(right, wrt)], {
    device,
  });
  for (const rows of [3, 1]) {
    const results = f(
      [0, -900],
      [[0.9, 0.1], [0.3, 0.7]],
      [[-1000, -2], [-500, -1500], [3, 1]].slice(0, rows),
    )
      .map((result) => numbers(result));
    for (let i = 0; i < 4; i++) {
      assert(results[i]!.every(Number.isFinite), `${results[i]}`);
      close(results[i]!, results[4 + i]!, 2e-5, String(i));
    }
  }
});

onDevices("weights of 0 and exponents far apart lose nothing", async (device) => {
  const x = T.fvector("x"), a = T.fmatrix("a"), b = T.fmatrix("b");
  const options = { device, onUnusedInput: "ignore" } as const;
  const f = await compile([x, a, b], [
    log(dot(exp(x), a)),
    log(dot(exp(a), exp(x))),
    log(dot(b, exp(a))),
  ], options);
  const [through, joint, rows] = f([50, -600], [[1, 0], [0, 1]], [[1, 0], [0, 1]]);
  close(numbers(through), [50, -600], 1e-6, "forbidden ways");
  close(numbers(joint), [51, 50], 1e-6, "sums of exponents");
  close(numbers(rows), [1, 0, 0, 1], 1e-6, "rows of the unit matrix");
  const [, both, picked] = f([0, 1000], [[1000, 0], [2000, 1990]], [[0, 1], [1, 0]]);
  close(numbers(both), [1000 + Math.LN2, 2990], 1e-6, "greatest in different places");
  close(numbers(picked).slice(0, 2), [2000, 1990], 1e-6, "rows of very different size");
});
