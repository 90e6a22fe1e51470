// Logarithms of sums of exponentials with ops between, and their derivatives, beside a softmax.

import { assert } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, grad, hessian, T, type Variable } from "../../../all.ts";
import { optimise, resolveMode } from "../mod.ts";

/** A weight, and the element of x of which the exponential is beside it; null for none. */
type Term = readonly [weight: number, element: number | null];
type Write = (e: Variable, x: Variable, y: Variable, c: Variable) => Variable;

const y = [2, 0, 0.5], ones: readonly Term[] = [[1, 0], [1, 1], [1, 2]];
const beside: readonly Term[] = y.map((weight) => [weight, null]);
const { sum, exp } = T;
const floats = (shape: number[], like: Variable) =>
  T.zeros(shape, like.dtype as "float32") as Variable;

/** What is under the logarithm, and what it is the sum of. */
const forms: Readonly<Record<string, readonly [Write, readonly Term[]]>> = {
  "the branch taken": [(e, _x, y, c) => sum(T.ifelse(c, e, y)) as Variable, ones],
  "the branch not taken": [(e, _x, y, c) => sum(T.ifelse(c, y, e)) as Variable, beside],
  "both branches": [(e, x, _y, c) => sum(T.ifelse(c, e, exp(T.neg(x)))) as Variable, ones],
  "a branch beside a term": [
    (e, _x, y, c) => sum(T.add(T.mul(3, e.at(0)), T.ifelse(c, e, y))) as Variable,
    [[10, 0], [1, 1], [1, 2]],
  ],
  "a padded branch": [(e, _x, y, c) => sum(T.pad(T.ifelse(c, e, y), 1)) as Variable, ones],
  "padding": [(e) => sum(T.pad(e, 1, { value: 2 })) as Variable, [...ones, [4, null]]],
  "weighted padding": [
    (e, _x, y) => sum(T.mul(T.pad(T.mul(e, y), 1), [1, 2, 3, 4, 5])) as Variable,
    [[4, 0], [0, 1], [2, 2]],
  ],
  "a part that is put in": [
    (e, _x, y) => sum(T.setSubtensor(y.slice(0, 2), e.slice(0, 2))) as Variable,
    [[1, 0], [1, 1], [0.5, null]],
  ],
  "a part put in zeros": [
    (e) => sum(T.setSubtensor(floats([4], e).slice(1, 4), e)) as Variable,
    ones,
  ],
  "a part that goes": [
    (e, _x, y) => sum(T.setSubtensor(e.at(1), y.at(0))) as Variable,
    [[1, 0], [2, null], [1, 2]],
  ],
  "a part that is added": [
    (e, _x, y) => sum(T.incSubtensor(y.at(0), e.at(1))) as Variable,
    [...beside, [1, 1]],
  ],
  "added to a part": [
    (e) => sum(T.incSubtensor(e.at(1), e.at(0))) as Variable,
    [[2, 0], [1, 1], [1, 2]],
  ],
  "put where indices say": [
    (e, _x, y) => sum(T.setSubtensor(y.at([2, 0]), e.slice(0, 2))) as Variable,
    [[1, 0], [1, 1], [0, null]],
  ],
  "added where indices say": [
    (e) => sum(T.incSubtensor(floats([2], e).at([1, 0, 1]), e)) as Variable,
    ones,
  ],
  "a choice beside variables": [
    (e, _x, y) => sum(T.where(T.gt(y, 1), y, e)) as Variable,
    [[2, null], [1, 1], [1, 2]],
  ],
  "a choice of sums": [
    (e, _x, y) => sum(T.where(T.gt(y, 0), T.mul(e, y), T.add(y, 1))) as Variable,
    [[2, 0], [1, null], [0.5, 2]],
  ],
  "sorted": [(e) => sum(T.sort(e)) as Variable, ones],
  "running sums": [(e) => sum(T.cumsum(e)) as Variable, [[3, 0], [2, 1], [1, 2]]],
  "the last running sum": [(e) => T.cumsum(T.mul(e, 2)).at(-1) as Variable, [
    [2, 0],
    [2, 1],
    [2, 2],
  ]],
};

const points = [
  [1000, 999, 1000.5],
  [-1000, -999, -1000.5],
  [800, -800, 799],
  [1000, -1000, 0],
  [-800, -800, -800],
  [0.5, 1, -1],
  [-1000, 3, 1000],
];

const direction = [1, -2, 0.5];

/** The logarithm, its derivatives, and those of it along a direction and of the squares of its slopes. */
function derivatives(terms: readonly Term[], x: readonly number[]): number[][] {
  const logs = terms.map(([w, i]) => Math.log(w) + (i === null ? 0 : x[i]!)),
    most = Math.max(...logs);
  const log = most + Math.log(logs.reduce((sum, t) => sum + Math.exp(t - most), 0));
  const p = x.map((_, k) =>
    logs.reduce((sum, t, i) => sum + (terms[i]![1] === k ? Math.exp(t - log) : 0), 0)
  );
  const h = p.map((a, i) => p.map((b, j) => (i === j ? a : 0) - a * b));
  const times = (v: readonly number[]) =>
    h.map((row) => row.reduce((sum, a, j) => sum + a * v[j]!, 0));
  return [[log], p, h.flat(), times(direction), times(p.map((a) => 2 * a))];
}

onDevices("derivatives of logarithms of placed exponentials", async (device) => {
  const dtype = device === "cpu" ? "float64" : "float32";
  const [x, y0, v] = ["x", "y", "v"].map((name) => T.tensor(dtype, [3], name) as Variable);
  const c = T.iscalar("c"), options = { disconnectedInputs: "ignore" } as const;
  const outputs = Object.values(forms).flatMap(([write]) => {
    const cost = T.log(write(exp(x!) as Variable, x!, y0!, c)) as Variable, slope = grad(cost, x!);
    return [
      cost,
      slope,
      hessian(cost, x!, options),
      ...[T.mul(slope, v!), T.sqr(slope)].map((y) => grad(sum(y) as Variable, x!, options)),
    ] as Variable[];
  });
  const f = await compile([x!, y0!, v!, c], outputs, { device });
  const most = device === "cpu" ? 1e-11 : 4e-4;
  for (const at of points) {
    const results = f(at, y, direction, 1).map(numbers);
    for (const [k, [name, [, terms]]] of Object.entries(forms).entries()) {
      derivatives(terms, at).forEach((want, order) => {
        const have = results[5 * k + order]!;
        const isRight = want.every((w, i) => Math.abs(w - have[i]!) <= most * (1 + Math.abs(w)));
        assert(isRight, `${name} at ${at}, ${order}: ${have}, not ${want}`);
      });
    }
  }
});

Deno.test("placed exponentials without a logarithm or quotient stay as they are", () => {
  const x = T.dvector("x"), y = T.dvector("y"), c = T.iscalar("c"), soft = T.softmax(x);
  for (
    const value of [
      ...Object.values(forms).map(([write]) => write(exp(x), x, y, c)),
      T.log(T.ifelse(c, y, x)),
      T.log(sum(T.sort(y))),
      T.log(sum(T.cumsum(y))),
      T.cumsum(soft),
      T.log(T.setSubtensor(y.at(0), x.at(0))),
    ]
  ) {
    const hits = new Map<string, number>();
    optimise([value as Variable], resolveMode(), hits);
    assert(!hits.has("log-sum-exp"), String(value));
  }
});

Deno.test("logarithms of placed exponentials are made stable", () => {
  const x = T.dvector("x"), y = T.dvector("y"), c = T.iscalar("c");
  for (const [name, [write]] of Object.entries(forms)) {
    const hits = new Map<string, number>();
    optimise([T.log(write(exp(x), x, y, c)) as Variable], resolveMode(), hits);
    assert(["log-sum-exp", "log-of-product", "log-of-part"].some((rule) => hits.has(rule)), name);
  }
});

onDevices(
  "logarithms of sums of exponentials that are not numbers have no numbers as slopes",
  async (device) => {
    const x = T.tensor(device === "cpu" ? "float64" : "float32", [3], "x") as Variable;
    const costs = [exp(x), T.sigmoid(x), T.sort(exp(x))].map((e) => T.log(sum(e)) as Variable);
    const slopes = costs.map((cost) => grad(cost, x));
    const f = await compile([x], [...costs, ...slopes] as Variable[], { device });
    for (const result of f([NaN, 1, 2])) {
      assert(
        numbers(result).every(Number.isNaN),
        String(result),
      );
    }
  },
);
