import "../dev/testing/compiling.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { toposort } from "../core/graph/walk.ts";
import { optimise, resolveMode } from "../core/rewrite/mod.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, hessian, scan, T, type Variable } from "../all.ts";

const { add, dot, exp, log, log1p, mul, sum } = T;

/** Exponents, weights that may be 0, a positive number and a matrix of exponents. */
interface Given {
  readonly x: Variable;
  readonly w: Variable;
  readonly c: Variable;
  readonly m: Variable;
}

interface Form {
  readonly naive: (given: Given) => Variable;
  readonly stable: (given: Given) => Variable;
}

const row = (x: Variable) => x.dimshuffle("x", 0), column = (x: Variable) => x.dimshuffle(0, "x");
const weighted = ({ x, w }: Given) => T.logsumexp(add(x, log(w)));
const rows = ({ x, m }: Given) => T.logsumexp(add(row(x), m), 1);

/** Exponentials beside terms that are none, and the same without overflow. */
const forms: Record<string, Form> = {
  "log1p of a sum with weights": {
    naive: ({ x, w }) => log1p(sum(mul(w, exp(x)))),
    stable: (given) => T.softplus(weighted(given)),
  },
  "1 and a sum with weights": {
    naive: ({ x, w }) => log(add(1, sum(mul(exp(x), w)))),
    stable: (given) => T.softplus(weighted(given)),
  },
  "log1p of a product of vectors": {
    naive: ({ x, w }) => log1p(dot(w, exp(x))),
    stable: (given) => T.softplus(weighted(given)),
  },
  "log1p of a product of matrices": {
    naive: ({ x, m }) => log1p(dot(exp(m), exp(add(column(x), m)))),
    stable: ({ x, m }) =>
      T.softplus(
        T.logsumexp(add(m.dimshuffle(0, 1, "x"), add(column(x), m).dimshuffle("x", 0, 1)), 1),
      ),
  },
  "log1p of rows": {
    naive: ({ x, m }) => log1p(sum(exp(add(row(x), m)), 1)),
    stable: (given) => T.softplus(rows(given)),
  },
  "a number and rows": {
    naive: ({ x, m }) => log(add(0.25, dot(exp(add(row(x), m)), T.onesLike(x)))),
    stable: (given) => T.logaddexp(Math.log(0.25), rows(given)),
  },
  "a number and a sum with weights": {
    naive: ({ x, w }) => log(add(2, sum(mul(w, exp(x))))),
    stable: (given) => T.logaddexp(Math.log(2), weighted(given)),
  },
  "a positive term and a sum": {
    naive: ({ x, c }) => log(add(sum(exp(x)), c)),
    stable: ({ x, c }) => T.logaddexp(T.logsumexp(x), log(c)),
  },
  "a positive term and one exponential": {
    naive: ({ x, c }) => log(add(c, exp(x))),
    stable: ({ x, c }) => T.logaddexp(x, log(c)),
  },
  "1, a positive term and a sum": {
    naive: ({ x, c }) => log1p(add(sum(exp(x)), c)),
    stable: ({ x, c }) => T.logaddexp(T.logsumexp(x), log1p(c)),
  },
  "log1p of one exponential with weights": {
    naive: ({ x, w }) => log1p(mul(w, exp(x))),
    stable: ({ x, w }) => T.softplus(add(x, log(w))),
  },
  "log1p of two exponentials": {
    naive: ({ x }) => log1p(add(exp(x.at(0)), exp(x.at(1)))),
    stable: ({ x }) => T.softplus(T.logaddexp(x.at(0), x.at(1))),
  },
  "log1p of three exponentials": {
    naive: ({ x }) => log1p(add(add(exp(x.at(0)), exp(x.at(1))), exp(mul(x.at(1), 0.5)))),
    stable: ({ x }) => T.softplus(T.logaddexp(T.logaddexp(x.at(0), x.at(1)), mul(x.at(1), 0.5))),
  },
  "a choice": {
    naive: ({ x, w }) => log1p(sum(T.where(T.gt(w, 0), exp(x), 0))),
    stable: ({ x, w }) => T.softplus(T.logsumexp(T.where(T.gt(w, 0), x, -Infinity))),
  },
  "base 2": {
    naive: ({ x, w }) => T.log2(add(1, sum(mul(w, exp(x))))),
    stable: (given) => T.softplus(weighted(given)).div(Math.LN2),
  },
  "steps of a loop": {
    naive: ({ x, w }) =>
      (scan((o: Variable, s: Variable) => log1p(sum(mul(w, exp(add(s, o))))), {
        sequences: x,
        outputsInfo: x.at(0),
      })[0] as Variable).at(-1),
    stable: ({ x, w }) =>
      (scan((o: Variable, s: Variable) => T.softplus(T.logsumexp(add(add(s, o), log(w)))), {
        sequences: x,
        outputsInfo: x.at(0),
      })[0] as Variable).at(-1),
  },
};

/** Other functions that overflow or underflow, and the same without. */
const others: Record<string, Form> = {
  "cosh": {
    naive: ({ x, c }) => sum(log(mul(c, T.cosh(x)))),
    stable: ({ x, c }) => sum(T.logaddexp(x, T.neg(x)).add(log(c)).sub(Math.LN2)),
  },
  "sinh": {
    naive: ({ x }) => log(T.sinh(T.abs(x))),
    stable: ({ x }) => T.logdiffexp(T.abs(x), T.neg(T.abs(x))).sub(Math.LN2),
  },
  "running sums": {
    naive: ({ x }) => log(T.cumsum(exp(x))),
    stable: ({ x }) => T.stack([x.at(0), T.logaddexp(x.at(0), x.at(1))]),
  },
  "a product of exponentials": {
    naive: ({ x, c }) => log(T.prod(mul(c, exp(x)))),
    stable: ({ x, c }) => sum(add(x, log(c))),
  },
  "a product of sigmoids": {
    naive: ({ x, m }) => log(T.prod(T.sigmoid(T.neg(add(row(x), m))), 1)),
    stable: ({ x, m }) => T.neg(sum(T.softplus(add(row(x), m)), 1)),
  },
  "a power of a sum": {
    naive: ({ x, w }) => log(T.pow(dot(w, exp(mul(x, 2))), 0.5)),
    stable: ({ x, w }) => mul(T.logsumexp(add(mul(x, 2), log(w))), 0.5),
  },
  "a power of a sum, in base 10": {
    naive: ({ x }) => T.log10(T.pow(sum(exp(x)), -1.7)),
    stable: ({ x }) => mul(T.logsumexp(x), -1.7 / Math.LN10),
  },
};

const points = [[1000, 999], [-1000, -800], [0.3, -0.8], [90, -100], [-13, -17]];
const weights = [[0.5, 1.5], [0, 0.25], [1, 0]];

function inputs(dtype: "float32" | "float64"): Given {
  return {
    x: T.tensor(dtype, [null]),
    w: T.tensor(dtype, [null]),
    c: T.tensor(dtype, []),
    m: T.tensor(dtype, [null, null]),
  };
}

const listed = ({ x, w, c, m }: Given) => [x, w, c, m];

/** A value, and the first and second derivatives of a sum in which each element counts differently. */
function derived(value: Variable, { x }: Given): Variable[] {
  const flat = T.flatten(value), n = T.shape(flat).at(0);
  const cost = sum(mul(flat, T.cast(T.arange(n).add(1), value.dtype)));
  return [value, grad(cost, x), hessian(cost, x)];
}

for (const [name, { naive, stable }] of Object.entries({ ...forms, ...others })) {
  onDevices(`logarithms of what overflows: ${name}`, async (device) => {
    const right = inputs("float64");
    const g = await compile(listed(right), derived(stable(right), right), {
      device: "cpu",
      onUnusedInput: "ignore",
    });
    for (const dtype of device === "cpu" ? ["float64", "float32"] as const : ["float32"] as const) {
      const given = inputs(dtype), digits = dtype === "float32" ? 2e-5 : 1e-9;
      for (
        const mode of device === "cpu" ? ["fastRun", "fastCompile"] as const : ["fastRun"] as const
      ) {
        const f = await compile(listed(given), derived(naive(given), given), {
          device,
          mode,
          onUnusedInput: "ignore",
        });
        for (const [i, point] of points.entries()) {
          const at = [point, weights[i % 3]!, 0.75, [[0.5, 0.25], [-0.5, 1]]] as const;
          const [have, want] = [f(...at), g(...at)].map((all) => all.map(numbers));
          have!.forEach((found, k) => {
            assertEquals(found.length, want![k]!.length);
            const largest = Math.max(...want![k]!.map(Math.abs));
            found.forEach((v, n) => {
              // Small values keep their digits; derivatives are what is left of others.
              const size = Math.abs(want![k]![n]!) + (k === 0 ? 0 : largest + 1e-3);
              const within = digits * size * Math.max(1, Math.abs(point[0]!) / 50) + 1e-30;
              assertAlmostEquals(v, want![k]![n]!, within, `${k} at ${point}, ${dtype}, ${mode}`);
            });
          });
        }
      }
    }
  });
}

Deno.test("terms beside exponentials are left alone where nothing overflows", () => {
  const x = T.dvector("x"), y = T.dscalar("y");
  const count = (value: Variable, name: string) =>
    toposort(optimise([value], resolveMode())).filter(({ op }) => op.name === name).length;
  const plain: readonly Variable[] = [
    log(add(1e-8, T.softmax(x))),
    log(add(y, T.softmax(x))),
    log1p(sum(exp(x.sub(T.max(x))))),
    log(add(y, sum(T.sqr(x)))),
  ];
  for (const value of plain) {
    assertEquals([count(value, "isfinite"), count(value, "maximum")], [0, 0]);
  }
  for (const value of Object.values(forms).map(({ naive }) => naive(inputs("float64")))) {
    assert(count(value, "isfinite") + count(value, "softplus") + count(value, "scan") > 0);
  }
});
