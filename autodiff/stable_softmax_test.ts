import { assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, hessian, scan, T, type Variable } from "../all.ts";

const { add, dot, exp, log, mul, softmax, sub, sum } = T;

/** Exponents, weights, and a matrix of weights; those of the greatest exponents are 0. */
interface Given {
  readonly x: Variable;
  readonly w: Variable;
  readonly m: Variable;
}

interface Form {
  readonly build: (given: Given) => Variable;
  readonly stable: (given: Given) => Variable;
}

const row = (x: Variable) => x.dimshuffle("x", 0), column = (x: Variable) => x.dimshuffle(0, "x");
const scores = ({ x }: Given) => mul(row(x), T.constant([[1], [0.5]], x.dtype));
const shares = ({ x, w }: Given) => sub(T.logsumexp(add(x, log(w))), T.logsumexp(x));

/** What underflows as it is written since the weights of the greatest exponents are 0, and what does not. */
const forms: Record<string, Form> = {
  "a product of vectors": { build: ({ x, w }) => log(dot(w, softmax(x))), stable: shares },
  "a sum": { build: ({ x, w }) => log(sum(mul(w, softmax(x)))), stable: shares },
  "a mean": {
    build: ({ x, w }) => log(T.mean(mul(softmax(x), w))),
    stable: (given) => sub(shares(given), Math.log(3)),
  },
  "times a number": {
    build: ({ x, w }) => log(mul(3, sum(mul(w, softmax(x))))),
    stable: (given) => add(shares(given), Math.log(3)),
  },
  "a matrix and a vector": {
    build: ({ x, m }) => log(dot(m, softmax(x))),
    stable: ({ x, m }) => sub(T.logsumexp(add(row(x), log(m)), 1), T.logsumexp(x)),
  },
  "a vector and a matrix": {
    build: ({ x, m }) => log(dot(softmax(x), m.T)),
    stable: ({ x, m }) => sub(T.logsumexp(add(row(x), log(m)), 1), T.logsumexp(x)),
  },
  "two matrices": {
    build: (given) => log(dot(softmax(scores(given)), given.m.T)),
    stable: (given) => {
      const z = scores(given);
      const terms = add(z.dimshuffle(0, "x", 1), log(given.m).dimshuffle("x", 0, 1));
      return sub(T.logsumexp(terms, 2), column(T.logsumexp(z, 1)));
    },
  },
  "two softmaxes": {
    build: ({ x }) => log(dot(softmax(x), softmax(T.neg(x)))),
    stable: ({ x }) => {
      const n = T.cast(T.shape(x).at(0), x.dtype);
      return sub(sub(log(n), T.logsumexp(x)), T.logsumexp(T.neg(x)));
    },
  },
  "the greatest taken off by hand": {
    build: ({ x, w }) => {
      const top = T.max(x);
      return add(log(sum(mul(w, exp(sub(x, top))))), top);
    },
    stable: ({ x, w }) => T.logsumexp(add(x, log(w))),
  },
  "shares of what counts": {
    build: ({ x, w }) => {
      const p = mul(w, softmax(x));
      return T.div(p, sum(p));
    },
    stable: ({ x, w }) => softmax(add(x, log(w))),
  },
  "a quotient of products": {
    build: ({ x, w }) => T.div(dot(softmax(x), T.sqr(w)), dot(softmax(x), w)),
    stable: ({ x, w }) => dot(softmax(add(x, log(w))), w),
  },
  "shares of what counts, without softmax": {
    build: ({ x, w }) => T.div(mul(w, exp(x)), sum(mul(w, exp(x)))),
    stable: ({ x, w }) => softmax(add(x, log(w))),
  },
  "steps of a loop": {
    build: ({ x, w }) =>
      (scan((s: Variable) => log(dot(w, softmax(add(x, s)))), {
        outputsInfo: mul(x.at(0), 0),
        nSteps: 2,
      })[0] as Variable).at(-1),
    stable: shares,
  },
};

const points = [[1000, 3, 1], [0, -200, -300], [-1000, -4000, -4001], [0.5, 0.25, -0.125]];
const weights = [0, 0.5, 0.25], table = [[0, 0.5, 0.25], [0, 0, 2]];

function inputs(dtype: "float32" | "float64"): Given {
  return {
    x: T.tensor(dtype, [null]),
    w: T.tensor(dtype, [null]),
    m: T.tensor(dtype, [null, null]),
  };
}

const listed = ({ x, w, m }: Given) => [x, w, m];

/** A value, and the first and second derivatives of a sum in which each element counts differently. */
function derived(value: Variable, { x }: Given): Variable[] {
  const flat = T.flatten(value), n = T.shape(flat).at(0);
  const cost = sum(mul(flat, T.cast(T.arange(n).add(1), value.dtype)));
  return [value, grad(cost, x), hessian(cost, x)];
}

for (const [name, { build, stable }] of Object.entries(forms)) {
  onDevices(`softmax with weights of 0 where it is greatest: ${name}`, async (device) => {
    const right = inputs("float64");
    const g = await compile(listed(right), derived(stable(right), right), {
      device: "cpu",
      onUnusedInput: "ignore",
    });
    for (const dtype of device === "cpu" ? ["float64", "float32"] as const : ["float32"] as const) {
      const given = inputs(dtype), digits = dtype === "float32" ? 2e-5 : 1e-9;
      const options = { device, onUnusedInput: "ignore" } as const;
      const f = await compile(listed(given), derived(build(given), given), options);
      for (const point of points) {
        const [have, want] = [f, g].map((of) => of(point, weights, table).map(numbers));
        have!.forEach((found, k) => {
          assertEquals(found.length, want![k]!.length);
          found.forEach((v, n) => {
            const right = want![k]![n]!, within = digits * (1 + Math.abs(right));
            assertAlmostEquals(v, right, within, `${k} at ${point}, ${dtype}`);
          });
        });
      }
    }
  });
}

onDevices("gradients in weights beside a softmax", async (device) => {
  const { x, w } = inputs("float32"), y = log(dot(w, softmax(x)));
  const f = await compile([x, w], [grad(y, w), hessian(y, w)], { device });
  const [dw, ddw] = f([0, -2, -3], [0.25, 0.5, 1]).map(numbers);
  const terms = [0.25, 0.5 * Math.exp(-2), Math.exp(-3)], total = terms[0]! + terms[1]! + terms[2]!;
  const slopes = [0, -2, -3].map((v) => Math.exp(v) / total);
  slopes.forEach((slope, i) => {
    assertAlmostEquals(dw![i]!, slope, 1e-5);
    slopes.forEach((other, k) => assertAlmostEquals(ddw![3 * i + k]!, -slope * other, 1e-4));
  });
});
