import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, type Mode, scan, T, type Variable } from "../all.ts";

const { dot, exp, log, mul, sum } = T;

/** Exponents, weights that may be 0 or negative, and a mask of zeros and ones. */
interface Given {
  readonly x: Variable;
  readonly w: Variable;
  readonly mask: Variable;
}

const row = (x: Variable) => x.dimshuffle("x", 0);
const over = { axis: 1, keepdims: true } as const;
const scores = ({ x }: Given) => row(x).add(T.constant([[0], [0.5]], x.dtype));

/** Quotients whose value stays when all exponents grow by the same. */
const quotients: Record<string, (given: Given) => Variable> = {
  "attention": ({ x, w }) => dot(exp(x), w).div(sum(exp(x))),
  "the weights first": ({ x, w }) => dot(w.transpose(), exp(x)).div(sum(exp(x))),
  "rows": (given) => {
    const e = exp(scores(given));
    return dot(e, given.w).div(sum(e, over));
  },
  "a batch": (given) => {
    const e = exp(scores(given)).dimshuffle("x", 0, 1);
    return T.batchedDot(e, given.w.dimshuffle("x", 0, 1)).div(
      sum(e, { axis: 2, keepdims: true }),
    );
  },
  "a mask as weights": (given) => {
    const e = exp(scores(given)).mul(given.mask);
    return dot(e, given.w).div(sum(e, over));
  },
  "a mask as a choice": (given) => {
    const e = T.where(T.gt(given.mask, 0), exp(scores(given)), 0);
    return dot(e, given.w).div(sum(e, over));
  },
  "a mask in the exponents": (given) => {
    const e = exp(T.where(T.gt(given.mask, 0), scores(given), -Infinity));
    return dot(e, given.w).div(sum(e, over));
  },
  "softmax first": (given) => {
    const e = exp(scores(given));
    return dot(e.div(sum(e, over)), given.w);
  },
  "sums with weights": ({ x, w }) => sum(exp(x).mul(w.at(null, 0))).div(sum(exp(x))),
  "a sum with a mask": ({ x, w, mask }) =>
    sum(exp(x).mul(mask).mul(w.at(null, 0))).div(dot(exp(x), mask)),
  "weights below that are not above": ({ x, w, mask }) =>
    dot(exp(x), w).div(sum(exp(x).mul(mask.add(1)))),
  "a term beside the sum": ({ x, w }) => dot(exp(x), w).add(exp(x.at(0))).div(sum(exp(x))),
  "a difference of ranks": ({ x, w }) => {
    const e = exp(x);
    return dot(e, w).mul(2).sub(sum(e)).div(sum(e).mul(3));
  },
  "numbers on both sides": ({ x, w }) => dot(exp(x), w).mul(2).div(sum(exp(x)).mul(3)),
  "squares": ({ x, w }) => T.sqr(dot(exp(x), w)).div(T.sqr(sum(exp(x)))),
  "two sums": ({ x, w }) =>
    dot(exp(x), w).mul(sum(exp(x).mul(w.at(null, 0)))).div(
      T.sqr(sum(exp(x))),
    ),
};

const points = [[0.3, -0.8, 0.4], [0.1, -90, -95], [-90, -0.2, -70]];
const tables = {
  "columns of zeros": [[1.5, 0, -1], [0.5, 0, 2], [-0.7, 0, 1]],
  "rows of zeros": [[0, 0, 0], [1, -2, 0.5], [2, 1, 1]],
  "nothing but zeros": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
  "the greatest counts nothing": [[0, 1, 0], [0, 0, -3], [1, 0, 0]],
};
const masks = [[1, 1, 0], [0, 1, 1]];

function inputs(dtype: "float32" | "float64"): Given {
  return {
    x: T.tensor(dtype, [null]),
    w: T.tensor(dtype, [null, null]),
    mask: T.tensor(dtype, [null]),
  };
}

/** A sum in which each element counts differently. */
function costOf(value: Variable): Variable {
  const flat = T.flatten(value), n = T.shape(flat).at(0);
  return sum(mul(flat, T.cast(T.arange(n).add(1), value.dtype)));
}

const listed = ({ x, w, mask }: Given) => [x, w, mask];

/** The value as float64 computes it as it is written, and gradients by finite differences. */
async function reference(build: (given: Given) => Variable) {
  const given = inputs("float64"), value = build(given);
  const f = await compile(listed(given), [value, costOf(value)], {
    device: "cpu",
    mode: { base: "none" },
    onUnusedInput: "ignore",
  });
  return (x: readonly number[], w: readonly (readonly number[])[], mask: readonly number[]) => {
    const h = 1e-5;
    const cost = (i: number, k: number | null, step: number) => {
      const at = k === null ? x.map((v, n) => n === i ? v + step : v) : x;
      const weights = w.map((row, n) => row.map((v, m) => n === i && m === k ? v + step : v));
      return numbers(f([...at], weights, [...mask])[1])[0]!;
    };
    const slope = (i: number, k: number | null) => (cost(i, k, h) - cost(i, k, -h)) / (2 * h);
    return {
      value: numbers(f([...x], w.map((row) => [...row]), [...mask])[0]),
      dx: x.map((_, i) => slope(i, null)),
      dw: w.flatMap((row, i) => row.map((_, k) => slope(i, k))),
    };
  };
}

function close(found: readonly number[], expected: readonly number[], what: string) {
  assertEquals(found.length, expected.length, what);
  found.forEach((value, i) =>
    assertAlmostEquals(value, expected[i]!, 5e-4 * (1 + Math.abs(expected[i]!)), what)
  );
}

const modes: readonly Mode[] = ["fastRun", "fastCompile", "debug"];

for (const [name, build] of Object.entries(quotients)) {
  onDevices(`weights of 0 beside exponentials out of range: ${name}`, async (device) => {
    const right = await reference(build), given = inputs("float32");
    const value = build(given), cost = costOf(value);
    const [dx, dw] = grad(cost, [given.x, given.w]) as [Variable, Variable];
    for (const mode of device === "cpu" ? modes : modes.slice(0, 1)) {
      const results = [value, dx, dw, grad(sum(mul(dx, dx)), given.x)];
      const f = await compile(listed(given), results, { device, mode, onUnusedInput: "ignore" });
      for (const [kind, table] of Object.entries(tables)) {
        for (const [p, point] of points.entries()) {
          const mask = masks[p % 2]!, want = right(point, table, mask);
          for (const far of [0, 1000, -800]) {
            if (mode === "debug" && far === 0 && p > 0) continue;
            const what = `${name}: ${kind}, exponents ${point} + ${far}, ${mode}`;
            const [v, x, w, ddx] = f(point.map((e) => e + far), table, mask).map(numbers);
            close(v!, want.value, what);
            close(x!, want.dx, `gradient, ${what}`);
            close(w!, want.dw, `gradient in the weights, ${what}`);
            assert(ddx!.every(Number.isFinite), `second derivative, ${what}`);
          }
        }
      }
    }
  });
}

onDevices("weights of 0 in the steps of a loop", async (device) => {
  const given = inputs("float32"), rows = T.fmatrix("rows");
  const attended = (softmax: (x: Variable, w: Variable) => Variable) =>
    scan((x: Variable, s: Variable) => softmax(x.add(s), given.w), {
      sequences: rows,
      outputsInfo: given.x,
    })[0] as Variable;
  const naive = attended((x, w) => dot(exp(x), w).div(sum(exp(x))));
  const right = attended((x, w) => dot(T.softmax(x), w));
  const wrt = [given.x, given.w, rows];
  const results = [naive, right].flatMap((y) => [y, ...grad(costOf(y), wrt)]);
  for (const mode of device === "cpu" ? modes : modes.slice(0, 1)) {
    const f = await compile(wrt, results, { device, mode });
    for (const far of [0, 1000, -800]) {
      const found = f(
        [0.5, 0, 1],
        tables["columns of zeros"],
        points.map((row) => row.map((v) => v + far)),
      ).map(numbers);
      for (let i = 0; i < 4; i++) close(found[i]!, found[4 + i]!, `${i}, ${far}, ${mode}`);
    }
  }
});

onDevices("logarithms where all weights of a column are 0", async (device) => {
  const { x, w } = inputs("float32"), y = log(dot(exp(x), w)), picked = y.at(0);
  const f = await compile([x, w], [y, ...grad(picked, [x, w])], { device });
  for (const far of [0, 1000, -800]) {
    const [v, dx, dw] = f([far, far - 1], [[0.5, 0], [0, 0]]).map(numbers);
    close(v!.slice(0, 1), [far + Math.log(0.5)], "value");
    assertEquals(v![1], -Infinity);
    close(dx!, [1, 0], "gradient");
    close(dw!, [2, 0, 2 * Math.exp(-1), 0], "gradient in the weights");
  }
});
