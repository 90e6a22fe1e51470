import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, T, type Variable } from "../all.ts";

const { add, dot, exp, log, mul, sum } = T;

/** A vector, weights of the same length, and a square matrix of more weights. */
interface Given {
  readonly x: Variable;
  readonly y: Variable;
  readonly m: Variable;
}

interface Chain {
  /** One link as it overflows. */
  readonly naive: (v: Variable, given: Given) => Variable;
  /** The same without overflow. */
  readonly stable: (v: Variable, given: Given) => Variable;
}

const column = (v: Variable) => v.dimshuffle(0, "x");

const chains: Record<string, Chain> = {
  "vector · matrix": {
    naive: (v, { m }) => log(dot(exp(v), m)),
    stable: (v, { m }) => T.logsumexp(add(column(v), log(m)), 0),
  },
  "matrix · vector, with terms between": {
    naive: (v, { y, m }) => add(log(dot(m, exp(v))), y),
    stable: (v, { y, m }) => add(T.logsumexp(add(log(m), v), 1), y),
  },
  "weighted sums": {
    naive: (v, { x, y }) => add(log(sum(mul(exp(v), y))), x),
    stable: (v, { x, y }) => add(T.logsumexp(add(v, log(y))), x),
  },
  "sums with axes kept": {
    naive: (v, { m }) => log(sum(mul(exp(v), m), { axis: 1, keepdims: true })).dimshuffle(0),
    stable: (v, { m }) => T.logsumexp(add(v, log(m)), 1),
  },
  "two terms": {
    naive: (v, { x, y }) => log(add(exp(v), mul(y, exp(x)))),
    stable: (v, { x, y }) => T.logaddexp(v, add(x, log(y))),
  },
  "base 2": {
    naive: (v, { m }) => T.log2(dot(T.exp2(v), m)),
    stable: (v, { m }) =>
      T.logsumexp(add(column(v).mul(Math.LN2), log(m)), 0).div(T.constant(Math.LN2, v.dtype)),
  },
  "the exponential used elsewhere": {
    naive: (v, { m }) => {
      const e = exp(v);
      return log(dot(e, m)).add(e.div(sum(e)));
    },
    stable: (v, { m }) => T.logsumexp(add(column(v), log(m)), 0).add(T.softmax(v)),
  },
};

function chained(link: Chain["naive"], given: Given, depth: number): Variable {
  let v = given.x;
  for (let i = 0; i < depth; i++) v = link(v, given);
  return v;
}

function given(dtype: "float32" | "float64"): Given {
  return { x: T.tensor(dtype, [2]), y: T.tensor(dtype, [2]), m: T.tensor(dtype, [2, 2]) };
}

/** A sum in which each element counts differently. */
const costOf = (v: Variable) => sum(mul(v, [1, 3]));

const modes = ["fastRun", "fastCompile", { base: "none" }] as const;
const points = [[0.3, -0.8], [1000, 998], [-1000, -1003]];
const y = [0.5, 0.25], m = [[0.5, 0.5], [0.3, 0.75]];

function close(found: readonly number[], expected: readonly number[], what: string): void {
  assertEquals(found.length, expected.length, what);
  found.forEach((value, i) =>
    assertAlmostEquals(value, expected[i]!, 5e-4 * (1 + Math.abs(expected[i]!)), what)
  );
}

for (const [name, { naive, stable }] of Object.entries(chains)) {
  onDevices(`chains of logarithms: ${name}`, async (device) => {
    const right = given("float64"), own = given("float32");
    for (const depth of device === "cpu" ? [2, 7, 40] : [2, 25]) {
      const outputs = (of: Given, link: Chain["naive"]) => {
        const v = chained(link, of, depth), cost = costOf(v);
        return [v, ...grad(cost, [of.x, of.y, of.m], { disconnectedInputs: "ignore" })];
      };
      const inputs = ({ x, y, m }: Given) => [x, y, m];
      const want = await compile(inputs(right), outputs(right, stable), {
        device: "cpu",
        onUnusedInput: "ignore",
      });
      for (const mode of device === "cpu" && depth < 20 ? modes : modes.slice(0, 1)) {
        const have = await compile(inputs(own), outputs(own, naive), {
          device,
          mode,
          onUnusedInput: "ignore",
        });
        for (const x of points) {
          const expected = want(x, y, m).map((result) => numbers(result));
          // Without rewrites the value itself is that of the chain as written.
          const first = typeof mode === "string" ? 0 : 1;
          have(x, y, m).slice(first).forEach((result, k) => {
            const i = first + k;
            close(numbers(result), expected[i]!, `${name}: output ${i}, ${depth} deep at ${x}`);
          });
        }
      }
    }
  });
}

/** Products of matrices and exponentials without logarithms in between: a hidden Markov model as written. */
const products: Record<string, (v: Variable, given: Given, step: number) => Variable> = {
  "vector · matrix": (v, { m }) => dot(v, m),
  "matrix · vector, with exponentials between": (v, { y, m }, step) =>
    dot(m, v).mul(exp(y.at(0).mul(step % 3 - 30))),
};

for (const [name, link] of Object.entries(products)) {
  onDevices(`long products of matrices under a logarithm: ${name}`, async (device) => {
    const own = given("float32"), inputs = [own.x, own.y, own.m];
    for (const depth of device === "cpu" ? [23, 200] : [60]) {
      let v: Variable = exp(own.x);
      for (let i = 0; i < depth; i++) v = link(v, own, i);
      const value = log(v),
        f = await compile(inputs, [value, grad(costOf(value), own.x)], {
          device,
          onUnusedInput: "ignore",
        });
      const table = [[0.5, 0.5], [0.25, 0.75]];
      const [near, slope] = f([0.5, 1], y, table).map(numbers);
      assert(near!.every(Number.isFinite) && slope!.every(Number.isFinite));
      close([slope![0]! + slope![1]!], [4], name);
      for (const far of [1000, -1000]) {
        const [v, dx] = f([0.5 + far, 1 + far], y, table).map(numbers);
        close(v!, near!.map((n) => n + far), `${name}, ${depth} deep, ${far}`);
        close(dx!, slope!, `gradient of ${name}, ${depth} deep, ${far}`);
      }
    }
  });
}

onDevices("quotients by a sum of exponentials inside of each other", async (device) => {
  const { x } = given("float32");
  for (const depth of device === "cpu" ? [1, 3, 8] : [3]) {
    const nested = (v: Variable) => {
      for (let i = 0; i < depth; i++) v = v.add(mul(v, sum(v)).div(sum(exp(x))));
      return v;
    };
    const softmax = (v: Variable) => exp(v).div(sum(exp(v)));
    for (const mode of device === "cpu" && depth < 5 ? modes : modes.slice(0, 1)) {
      const [first, second] = [nested(x), nested(softmax(x))];
      const f = await compile([x], [
        grad(costOf(first), x),
        grad(costOf(second), x),
        grad(sum(T.sqr(grad(costOf(second), x))), x),
        ...typeof mode === "string" ? [first, second] : [],
      ], { device, mode });
      const p = 1 / (1 + Math.exp(-1)), slope = -2 * p * (1 - p);
      const found = f([1000, 999]).map(numbers);
      close(found[0]!, [1, 3], `a vector, ${depth} deep`);
      close(found[1]!, [slope, -slope], `softmax, ${depth} deep`);
      const curve = 4 * slope * slope * (1 - 2 * p);
      close(found[2]!, [curve, -curve], `second derivative, ${depth} deep`);
      if (typeof mode !== "string") continue;
      close(found[3]!, [1000, 999], "the vector itself");
      close(found[4]!, [p, 1 - p], "the softmax itself");
    }
  }
});

onDevices("sums of many exponentials, or of the same twice", async (device) => {
  const { x } = given("float32"), e = exp(x);
  let many: Variable = e;
  for (let i = 1; i <= 15; i++) many = many.add(mul(exp(mul(x, 1 - i / 1000)), sum(e).div(sum(e))));
  const twice = log(e.add(mul(e, sum(e)).div(sum(e)))),
    apart = T.logdiffexp(x, x.sub(T.softplus(x)));
  const results = [twice, log(dot(many, [1, 1])), apart];
  const f = await compile([x], [...results, ...results.map((y) => grad(sum(y), x))], { device });
  const [a, b, c, da, db, dc] = f([-1000, -1000]).map(numbers);
  close(a!, [-1000 + Math.LN2, -1000 + Math.LN2], "twice");
  close(da!, [1, 1], "gradient of it");
  const total = Array.from({ length: 16 }, (_, i) => Math.exp(i));
  const whole = total.reduce((p, q) => p + q),
    own = total.reduce((p, q, i) => p + q * (1 - i / 1000), 0);
  close(b!, [-1000 + Math.log(2 * whole)], "many");
  close(db!, [own / whole / 2, own / whole / 2], "gradient of many");
  close(c!, [-2000, -2000], "a difference");
  close(dc!, [2, 2], "gradient of a difference");
});
