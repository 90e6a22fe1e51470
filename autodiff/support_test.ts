import { assert, assertEquals } from "@std/assert";
import { toposort } from "../core/graph/walk.ts";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import {
  compile,
  grad,
  hessian,
  jacobian,
  Lop,
  type Mode,
  pp,
  Rop,
  scan,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../all.ts";

const { NaN: nan } = Number;
const modes: readonly Mode[] = ["fastRun", "fastCompile", "debug", { base: "none" }];

/** An expression of a vector, where to evaluate it, its gradient and the diagonal of its Hessian matrix. */
type Case = readonly [
  name: string,
  cost: (x: Variable<"float32", 1>) => Variable,
  at: readonly number[],
  gradient: readonly number[],
  second: readonly number[],
];

const guarded: readonly Case[] = [
  ["sqrt", (x) => T.where(x.gt(0), T.sqrt(x), 0).sum(), [0, -1, 4], [0, 0, 1 / 4], [0, 0, -1 / 32]],
  [
    "the mean of sqrt",
    (x) => T.where(x.gt(0), T.sqrt(x), 0).mean(),
    [0, -1, 4],
    [0, 0, 1 / 12],
    [0, 0, -1 / 96],
  ],
  ["log", (x) => T.where(x.gt(0), T.log(x), 0).sum(), [0, -1, 4], [0, 0, 1 / 4], [0, 0, -1 / 16]],
  ["the other branch", (x) => T.where(x.le(0), x, T.log(x)).sum(), [0, -1, 4], [1, 1, 0.25], [
    0,
    0,
    -1 / 16,
  ]],
  ["1/x", (x) => T.where(x.neq(0), T.div(1, x), 0).sum(), [0, -1, 4], [0, -1, -1 / 16], [
    0,
    -2,
    1 / 32,
  ]],
  ["pow", (x) => T.where(x.gt(0), T.pow(x, 0.5), 0).sum(), [0, -1, 4], [0, 0, 1 / 4], [
    0,
    0,
    -1 / 32,
  ]],
  ["acos", (x) => T.where(T.abs(x).lt(1), T.acos(x), 0).sum(), [0, -1, 4], [-1, 0, 0], [0, 0, 0]],
  ["x log x", (x) => T.where(x.gt(0), x.mul(T.log(x)), 0).sum(), [0, -1, 1], [0, 0, 1], [0, 0, 1]],
  ["overflow", (x) => T.where(x.lt(9), x.mul(T.exp(x)), x).sum(), [0, 2000, -1], [1, 1, 0], [
    2,
    0,
    Math.exp(-1),
  ]],
  [
    "a choice in a choice",
    (x) => T.where(x.gt(0), T.where(x.gt(1), T.log(x.sub(1)), T.sqrt(x)), 0).sum(),
    [0, 1, 3],
    [0, 1 / 2, 1 / 2],
    [0, -1 / 4, -1 / 4],
  ],
  [
    "a guarded divisor",
    (x) => T.where(x.gt(0), T.div(1, T.where(x.gt(0), x, 0)), 0).sum(),
    [0, -1, 2],
    [0, 0, -1 / 4],
    [0, 0, 1 / 4],
  ],
  ["maximum inside", (x) => T.sqrt(T.maximum(x, 0)).sum(), [-1, -2, 4], [0, 0, 1 / 4], [
    0,
    0,
    -1 / 32,
  ]],
  ["maximum outside", (x) => T.maximum(T.sqrt(x), 1).sum(), [0, 0.25, 4], [0, 0, 1 / 4], [
    0,
    0,
    -1 / 32,
  ]],
  ["clip", (x) => T.clip(T.log(x), -2, 2).sum(), [0, 0.01, 4], [0, 0, 1 / 4], [0, 0, -1 / 16]],
  ["the greatest", (x) => T.max(T.sqrt(x)), [0, 0, 4], [0, 0, 1 / 4], [0, 0, -1 / 32]],
  ["a slice", (x) => T.sqrt(x).slice(1).sum(), [0, 1, 4], [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32]],
  [
    "a slice of a sum of slices",
    (x) => T.sqrt(x).slice(1).mul(2).sum().add(T.sqrt(x).slice(2).sum()),
    [0, 1, 4],
    [0, 1, 3 / 4],
    [0, -1 / 2, -3 / 32],
  ],
  ["an element replaced", (x) => T.setIndex(T.sqrt(x), [0], 0).sum(), [0, 1, 4], [
    0,
    1 / 2,
    1 / 4,
  ], [0, -1 / 4, -1 / 32]],
  ["elements taken", (x) => T.log(x).take([1, 2, 1]).sum(), [0, 1, 4], [0, 2, 1 / 4], [
    0,
    -2,
    -1 / 16,
  ]],
  ["a part of what was joined", (x) => T.concatenate([T.sqrt(x), x]).slice(1).sum(), [0, 1, 4], [
    1,
    3 / 2,
    5 / 4,
  ], [0, -1 / 4, -1 / 32]],
  [
    "views on the way",
    (x) => T.where(T.dimshuffle(x.gt(0), 0, "x"), T.dimshuffle(T.sqrt(x), 0, "x"), 0).sum(),
    [0, -1, 4],
    [0, 0, 1 / 4],
    [0, 0, -1 / 32],
  ],
  [
    "rows that are left out",
    (x) => T.where(x.gt(0), T.dimshuffle(T.sqrt(x), 0, "x").mul([1, 2]).sum(1), 0).sum(),
    [0, -1, 4],
    [0, 0, 3 / 4],
    [0, 0, -3 / 32],
  ],
  [
    "running sums",
    (x) => T.where([true, true, false], T.cumsum(T.sqrt(x)), 0).sum(),
    [1, 4, -1],
    [1, 1 / 4, 0],
    [-1 / 2, -1 / 32, 0],
  ],
  [
    "running products",
    (x) => T.where([true, true, false], T.cumprod(x), 0).sum(),
    [2, 3, nan],
    [4, 2, 0],
    [0, 0, 0],
  ],
  [
    "elements of a product",
    (x) => {
      const y = T.dot(T.stack([T.sqrt(x), x], 1), T.constant([2, 0.5], { dtype: "float32" }));
      return y.at(1).add(y.at(2));
    },
    [0, 1, 4],
    [0, 3 / 2, 1],
    [0, -1 / 2, -1 / 16],
  ],
  [
    "products of rows",
    (x) => T.where(T.isnan(x), 0, T.prod(T.stack([x, T.sqr(x)], 1), 1)).sum(),
    [2, nan, 0],
    [12, 0, 0],
    [12, 0, 0],
  ],
  [
    "running products of rows taken",
    (x) => T.cumprod(T.stack([x, T.sqr(x)], 1), 1).slice(null, 2).sum(),
    [2, 0, nan],
    [13, 1, 0],
    [12, 0, 0],
  ],
  [
    "logdiffexp",
    (x) => T.where(x.gt(0), T.logdiffexp(x, 0), 0).sum(),
    [0, -1, Math.LN2],
    [0, 0, 2],
    [
      0,
      0,
      -2,
    ],
  ],
  [
    "logaddexp",
    (x) => T.where(T.isnan(x), 0, T.logaddexp(x, 0)).sum(),
    [nan, 0, 0],
    [0, 0.5, 0.5],
    [
      0,
      0.25,
      0.25,
    ],
  ],
  [
    "elements of a running product",
    (x) => T.sqr(T.cumprod(x).at(1)),
    [2, 3, nan],
    [36, 24, 0],
    [18, 8, 0],
  ],
  [
    "elements of a running sum",
    (x) => T.cumsum(T.log(x)).slice(null, 2).sum(),
    [1, 2, -1],
    [2, 0.5, 0],
    [-2, -0.25, 0],
  ],
  ["x ** 0", (x) => T.pow(x, [0, 1, 2]).sum(), [0, 0, 0], [0, 1, 0], [0, 0, 2]],
  ["0 ** x", (x) => T.pow([0, 1, 2], x).sum(), [2, 2, 1], [0, 0, 2 * Math.LN2], [
    0,
    0,
    2 * Math.LN2 ** 2,
  ]],
  ["ifelse", (x) => T.ifelse(x.at(0).gt(0), T.sqrt(x.at(0)), x.at(1)), [0, 1, 2], [0, 1, 0], [
    0,
    0,
    0,
  ]],
];

function close(found: Tensor, expected: readonly number[], what: string): void {
  const rounded = (x: number) => Math.abs(x) < 1e-6 ? 0 : Number(x.toPrecision(5));
  assertEquals(numbers(found).map(rounded), expected.map(rounded), what);
}

onDevices("the gradient is that of the branch taken", async (device) => {
  for (const [name, build, at, gradient, second] of guarded) {
    for (const mode of device === "cpu" ? modes : modes.slice(0, 1)) {
      const x = T.fvector("x"), cost = build(x);
      const diagonal = T.diagonal(hessian(cost, x));
      const f = await compile([x], [grad(cost, x), diagonal], { device, mode });
      const [first, other] = f(at) as unknown as Tensor[];
      close(first!, gradient, `${name}, ${JSON.stringify(mode)}`);
      close(other!, second, `${name}, second derivative, ${JSON.stringify(mode)}`);
    }
  }
});

Deno.test("changes forwards take the branch, too, and those of gradients", async () => {
  const wrong: string[] = [];
  for (const [name, build, at, gradient, second] of guarded) {
    const x = T.fvector("x"), v = T.fvector("v"), cost = build(x);
    const f = await compile([x, v], [Rop(cost, x, v), Rop(grad(cost, x), x, v)], {
      onUnusedInput: "ignore",
    });
    at.forEach((_, i) => {
      const unit = at.map((_, j) => Number(i === j));
      const [change, changes] = (f(at, unit) as unknown as Tensor[]).map(numbers);
      const found = [change![0]!, changes![i]!], expected = [gradient[i]!, second[i]!];
      const isNear = found.every((n, k) => Math.abs(n - expected[k]!) < 1e-4);
      if (!isNear) wrong.push(`${name}: along ${i} ${found}, expected ${expected}`);
    });
  }
  assertEquals(wrong, []);
});

Deno.test("products with matrices of derivatives take the branch, too", async () => {
  const x = T.dvector("x"), y = T.where(x.gt(0), T.sqrt(x), 0);
  const f = await compile([x], [jacobian(y, x), Rop(y, x, [1, 1, 2]), Lop(y, x, [1, 1, 2])]);
  const [matrix, change, product] = f([0, -1, 4]) as unknown as Tensor[];
  assertEquals(numbers(matrix!), [0, 0, 0, 0, 0, 0, 0, 0, 0.25]);
  assertEquals(numbers(change!), [0, 0, 0.5]);
  assertEquals(numbers(product!), [0, 0, 0.5]);
});

onDevices("rows that a choice leaves out do not reach the weights", async (device) => {
  const X = T.fmatrix("X"), w = T.fvector("w"), W = T.fmatrix("W");
  const valid = T.isfinite(X).all(1);
  const of = (loss: Variable, wrt: Variable) => grad(loss, wrt) as Variable;
  const column = T.dimshuffle(valid, 0, "x");
  const f = await compile([X, w, W], [
    of(T.where(valid, T.sqr(T.dot(X, w)), 0).sum(), w),
    of(T.where(column, T.dot(X, W), 0).sum(), W),
    of(T.where(T.isnan(X), 0, X.mul(w)).sum(), w),
    of(T.where(T.isnan(T.dot(X, W)), 0, T.dot(X, W)).sum(), W),
  ], { device });
  const data = tensor(new Float32Array([1, 2, nan, 3]), { shape: [2, 2] });
  const matrix = tensor(new Float32Array([1, 2, 3, 4]), { shape: [2, 2] });
  const found = f(data, [1, 1], matrix) as unknown as Tensor[];
  assertEquals(found.map(numbers), [[6, 12], [1, 1, 2, 2], [1, 5], [1, 1, 2, 2]]);
});

Deno.test("what is honestly undefined stays so", async () => {
  const x = T.dvector("x");
  const f = await compile([x], grad(T.sqr(T.sqrt(x)).sum(), x), { mode: { base: "none" } });
  assertEquals(numbers(f([0, 4]) as Tensor), [nan, 1]);
});

/** How many choices there are in gradients. */
function choicesIn(cost: Variable, wrt: readonly Variable[]): number {
  const slopes = grad(cost, wrt, { disconnectedInputs: "ignore" }) as Variable[];
  return toposort(slopes).filter(({ op }) => op.name === "switch").length;
}

Deno.test("matrix products are masked for a choice or rows of an index, not for a maximum or columns", () => {
  const X = T.dmatrix("X"), W = T.dmatrix("W"), i = T.lvector("i"), z = T.dot(X, W);
  const isMasked = (y: Variable) => {
    const product = grad(y.sum(), W).owner!;
    assertEquals(product.op.name, "matmul");
    return product.inputs[0]!.owner!.inputs[0]!.owner?.op.name === "switch";
  };
  for (const y of [T.maximum(z, 0), T.clip(z, 0, 1), T.tanh(T.maximum(z, 0)), T.take(z, i, 1)]) {
    assertEquals(isMasked(y), false, pp(y));
  }
  const chosen = [
    T.where(X.gt(0), z, 0),
    z.slice(1),
    z.at(0),
    T.take(z, i, 0),
    T.tanh(z).at(-1),
    z.at(0).add(z.at(1)),
    z.at(i, i),
  ];
  for (const y of chosen) assertEquals(isMasked(y), true, pp(y));
  // Rows are known without looking at the columns.
  for (const y of [z.slice(1), T.matmul(T.tensor3("H"), W).at(0)]) {
    assertEquals(pp(grad(y.sum(), W)).includes("Any"), false, pp(y));
  }
});

Deno.test("ordinary networks get no choices by what they pick from products", () => {
  const X = T.fmatrix("X"), W = T.fmatrix("W"), V = T.fmatrix("V"), b = T.fvector("b");
  const y = T.lvector("y"), t = T.fvector("t"), all = T.slice();
  const hidden = T.tanh(T.dot(X, W)), z = T.dot(hidden, V).add(b);
  const vector = T.dot(T.tanh(T.dot(X.at(0), W)), V).add(b);
  const last = (states: unknown) => (states as Variable).at(-1);
  const [states] = scan((row: Variable, h: Variable) => T.tanh(T.dot(row, W).add(T.dot(h, V))), {
    sequences: X,
    outputsInfo: b,
  });
  const costs: Record<string, Variable> = {
    "values of actions": T.sqr(z.at(T.arange(y.shape[0]!), y).sub(t)).mean(),
    "the same by its rows": T.sqr(z.at(T.arange(X.shape[0]!), y).sub(t)).mean(),
    "one column": z.at(all, 0).sum(),
    "a mixture": T.sqr(z.at(all, 0).mul(T.exp(z.at(all, 1)))).sum(),
    gates: T.sigmoid(z.at(all, T.slice(0, 2))).mul(T.tanh(z.at(all, T.slice(2, 4)))).sum(),
    "gates of a vector": T.sigmoid(vector.slice(0, 2)).mul(T.tanh(vector.slice(2, 4))).sum(),
    "embedded words": T.sqr(T.dot(T.tanh(T.dot(W.at(y), V)), V)).sum(),
    "the last step": T.sqr(T.dot(last(states), V)).sum(),
  };
  for (const [name, cost] of Object.entries(costs)) {
    assertEquals(choicesIn(cost, [W, V, b]), 0, name);
  }
  // Cross entropy has those of its own alone, with what it picks and without.
  const own = T.logSoftmax(z), picked = own.at(T.arange(y.shape[0]!), y);
  assertEquals(choicesIn(picked.mean(), [W, V, b]), choicesIn(T.sqr(own).mean(), [W, V, b]));
});

onDevices("rows of a product that are not taken do not count", async (device) => {
  const x = T.matrix("x"), w = T.matrix("w"), r = T.ivector("r");
  const z = T.dot(T.sqrt(x), w), first = T.constant([[1, 2], [1, 2]]);
  const costs: Record<string, Variable> = {
    take: T.take(z, r, 0),
    slice: z.slice(0, 2),
    "slice of a slice": z.slice(0, 3).slice(0, 2),
    "a part of a part": T.take(z.slice(null, null, -1), T.sub(2, r), 0),
    "replaced by zero": T.setSubtensor(z.at(2), 0),
    "functions behind": T.tanh(T.take(T.sqr(z), r, 0)),
    "a sum behind": T.take(z.add(w.at(0)), r, 0),
    "two products": T.take(T.dot(T.sqrt(z), first), r, 0),
    "matrix by vector": T.take(T.dot(T.log(x), w.at(0)), r),
    columns: T.take(T.dot(w, T.sqrt(x.T)), r, 1),
    "one column": T.dot(w, T.sqrt(x.T)).T.at(0),
    "a column of data": T.dot(w, T.log(x).T).T.slice(0, 2),
    "two rows": z.at(0).add(z.at(1)),
    "rows in a list": T.stack([z.at(1), z.at(0)]),
    "rows of several kinds": T.take(z, r, 0).sum(0).add(z.at(0)).mul(z.slice(0, 2)),
    "a difference of rows": T.sqr(z.slice(0, 1).sub(z.slice(1, 2))),
    "two columns": T.dot(w, T.sqrt(x.T)).at(T.slice(), 0).mul(T.dot(w, T.sqrt(x.T)).at(0, 1)),
    "elements of a vector": T.dot(T.log(x), w.at(0)).at(0).mul(T.dot(T.log(x), w.at(0)).at(1)),
    "an element of each row": T.dot(w, T.sqrt(x.T)).at(T.arange(2), r),
    "pairs of positions": z.at(r, T.sub(1, r)),
    "a batch": T.matmul(T.reshape(T.sqrt(x), [3, 1, 2]), w).slice(0, 2),
    "steps of a batch": T.matmul(T.reshape(T.sqrt(x), [1, 3, 2]), w).at(T.slice(), T.slice(0, 2)),
    "a product of three": T.take(T.dot(T.dot(T.sqrt(x), w), first), r, 0),
  };
  for (const [name, cost] of Object.entries(costs)) {
    const slopes = grad(cost.sum(), [x, w]);
    const options = { device, onUnusedInput: "ignore" } as const;
    const f = await compile([x, w, r], slopes as Variable[], options);
    const [w0, taken] = [[[1, 2], [3, 4]], [0, 1]];
    const bad = f([[1, 4], [4, 9], [-1, 0]], w0, taken).map(numbers);
    const good = f([[1, 4], [4, 9], [16, 25]], w0, taken).map(numbers);
    // The last row has no part in it.
    assertEquals(bad[0]!.slice(4), [0, 0], name);
    assertEquals(bad, good, name);
  }
});

onDevices("an element replaced in each row of a product leaves the others", async (device) => {
  const x = T.matrix("x"), w = T.matrix("w"), i = T.ivector("i");
  const z = T.dot(x, w), pair = T.arange(x.shape[0]!);
  const cost = T.setSubtensor(z.at(pair, i), 0).sum();
  const f = await compile([x, w, i], grad(cost, [x, w]) as Variable[], { device });
  const slopes = f([[1, 2], [3, 4]], [[5, 6], [7, 8]], [0, 1]).map(numbers);
  assertEquals(slopes, [[6, 8, 5, 7], [3, 1, 4, 2]]);
});

/** What is left of rows that are left out: nothing, in first and second derivatives. */
function leavesOut(name: string, wrong: readonly number[], right: readonly number[]): void {
  right.forEach((value, i) => {
    const close = Math.abs(wrong[i]! - value) <= 1e-3 * (1 + Math.abs(value));
    assert(close, `${name}: ${wrong}, not ${right}`);
  });
}

onDevices("rows that are reduced, of which some are taken", async (device) => {
  const axis = { axis: 1, keepdims: true } as const;
  const functions: Record<string, (x: Variable) => Variable> = {
    "a share": (x) => T.div(x, T.sum(x, axis)),
    "a share of a share": (x) => {
      const y = T.div(x, T.sum(x, axis));
      return T.div(y, T.sum(T.sqr(y), axis));
    },
    "the length": (x) => T.div(x, T.sqrt(T.sum(T.sqr(x), axis))),
    "the spread": (x) => T.div(T.sub(x, T.mean(x, axis)), T.std(x, axis)),
    "the variance": (x) => T.mul(T.var(x, axis), x),
    "log-softmax": (x) => T.sqr(T.logSoftmax(T.log(x))),
    "the greatest": (x) => T.log(T.sub(2, T.div(x, T.max(x, axis)))),
    "a running sum": (x) => T.mul(T.cumsum(T.log(x), 1), x),
    "a running product": (x) => T.cumprod(T.sqrt(x), 1),
    "in order": (x) => T.mul(T.sort(x, 1), T.log(x)),
  };
  const rows: Record<string, (y: Variable) => Variable> = {
    taken: (y) => T.take(y, [0, 2], 0),
    "one by one": (y) => T.mul(y.at(0), y.at(2)),
    replaced: (y) => T.setSubtensor(y.at(1), 0),
    "sums of rows": (y) => T.sqr(T.take(y.sum(1), [0, 2])),
  };
  const x = T.fmatrix("x"), weights = T.constant([[0.3, -1], [0.7, 1], [0.5, 2]]);
  const cases = Object.entries(functions).flatMap(([name, f], i) =>
    Object.entries(rows).flatMap(([which, take], j) =>
      // Compiling all is slow on the GPU.
      device === "cpu" || j === i % 4 ? [[`${name}, ${which}`, take(f(x)).sum()] as const] : []
    )
  );
  const outputs = cases.flatMap(([, cost]) => {
    const slope = grad(cost, x);
    return [slope, grad(T.mul(slope, T.cast(weights, "float32")).sum(), x)];
  });
  const f = await compile([x], outputs, { device });
  const of = (row: number[]) => f([[1.6, 0.5], row, [2.2, 0.4]]).map(numbers);
  const right = of([1, 2]).map((value) => [...value.slice(0, 2), 0, 0, ...value.slice(4)]);
  for (const row of [[nan, 1], [0, 0], [-1, 1]]) {
    of(row).forEach((value, i) => leavesOut(cases[i >> 1]![0], value, right[i]!));
  }
});

onDevices("columns that are reduced as a whole, of which some are taken", async (device) => {
  const x = T.fvector("x"), w = T.fvector("w"), axis = { axis: 0, keepdims: true } as const;
  const functions: Record<string, (m: Variable) => Variable> = {
    softmax: (m) => T.softmax(m, 0),
    "log-softmax": (m) => T.logSoftmax(m, 0),
    logsumexp: (m) => T.sqr(T.logsumexp(m, axis)),
    "the length": (m) => T.div(m, T.norm(m, 2, axis)),
    "the spread": (m) => T.std(m, axis),
  };
  const columns = [
    (f: Variable) => T.outer(w, f),
    (f: Variable) => T.add(w.dimshuffle(0, "x"), f),
  ];
  const costs = Object.values(functions).flatMap((reduced, i) =>
    columns.map((make, j) => {
      const y = reduced(make(T.sqrt(x)));
      return ((i + j) % 2 === 0 ? T.take(y, [0, 2], 1) : y.at(T.slice(), 2)).at(-1).sum();
    })
  );
  const outputs = costs.flatMap((cost) => {
    const slope = grad(cost, x);
    return [slope, grad(T.sqr(slope).sum(), x)];
  });
  const f = await compile([x, w], outputs, { device });
  const of = (middle: number) => f([0.7, middle, 1.5], [0.3, 1, -0.4]).map(numbers);
  of(2).forEach((value, i) => assertEquals(value[1], 0, `output ${i}`));
  for (const bad of [-1, 0]) of(bad).forEach((value, i) => leavesOut(`${i}`, value, of(2)[i]!));
});

onDevices("parts of one tensor in the branches of a choice", async (device) => {
  const x = T.fmatrix("x"), c = T.iscalar("c"), i = T.iscalar("i");
  const z = T.mul(T.div(1, x), x.at(0)), column = (k: number | Variable) => z.at(T.slice(), k);
  const costs: Record<string, Variable> = {
    columns: T.ifelse(c.gt(0), column(2), column(1)).sum(),
    "computed columns": T.sqr(T.ifelse(c.gt(0), column(2), column(i))).sum(),
    "a column or all that is good": T.ifelse(c.gt(0), column(2).sum(), T.take(z, [0, 1], 1).sum()),
    "a column or nothing of it": T.ifelse(c.gt(0), T.sum(x.at(0, 0)), T.sum(column(1))),
    "one in the other": T.ifelse(c.gt(1), column(2), T.ifelse(c.gt(0), column(2), column(0))).sum(),
  };
  const outputs = Object.values(costs).flatMap((cost) => {
    const slope = grad(cost, x);
    return [slope, grad(T.sqr(slope).sum(), x)];
  });
  const f = await compile([x, c, i], outputs, { device });
  const of = (bad: number) => f([[1.5, 2, bad], [0.7, 3, bad]], 0, 1).map(numbers);
  const right = of(4);
  for (const bad of [NaN, 0, Infinity]) {
    of(bad).forEach((found, k) => leavesOut(Object.keys(costs)[k >> 1]!, found, right[k]!));
  }
});

onDevices("windows of which some are taken", async (device) => {
  const x = T.fmatrix("x"), k = T.iscalar("k"), image = T.dimshuffle(x, "x", "x", 0, 1);
  const pool = (v: Variable, size: [number, number], mode: "max" | "sum" = "max") =>
    T.pool2d(v, size, { mode });
  const costs: Record<string, Variable> = {
    "the greatest of rows": T.take(pool(T.sqrt(image), [1, 2]), [0, 2], 2).sum(),
    "computed rows": T.sqr(pool(T.log(image), [1, 2]).at(0, 0, T.stack([k, k.add(2)]))).sum(),
    "sums of rows": T.sqr(T.take(pool(T.sqrt(image), [1, 2], "sum"), [0, 2], 2)).sum(),
    "functions of the greatest": T.log(pool(T.div(1, image), [1, 2])).at(0, 0, 0).sum(),
  };
  const outputs = Object.values(costs).flatMap((cost) => {
    const slope = grad(cost, x);
    return [slope, grad(T.sqr(slope).sum(), x)];
  });
  const f = await compile([x, k], outputs, { device });
  const of = (row: number[]) => f([[1.5, 2], row, [0.7, 3]], 0).map(numbers);
  const right = of([1, 2]);
  for (const row of [[NaN, NaN], [NaN, 1], [-1, -1]]) {
    of(row).forEach((found, i) => leavesOut(Object.keys(costs)[i >> 1]!, found, right[i]!));
  }
});
