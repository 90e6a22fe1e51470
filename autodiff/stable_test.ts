import "../dev/testing/compiling.ts";
import { assert, assertAlmostEquals } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { toposort } from "../core/graph/walk.ts";
import { optimise } from "../core/rewrite/mod.ts";
import { compile, grad, hessian, scan, T, until, type Variable } from "../all.ts";

const { add, div, exp, log, log1p, mul, neg, sqr, sub, sum, sigmoid, tanh } = T;

const x = T.fvector("x"), y = T.fvector("y");
const p = (v: number) => 1 / (1 + Math.exp(-v));
const two = [1000, 999], apart = p(1) * p(-1);

interface Case {
  readonly build: () => Variable;
  readonly x: readonly number[];
  readonly y?: readonly number[];
  /** Gradients of the sum, and the Hessian in x where it is easily said. */
  readonly dx: readonly number[];
  readonly dy?: readonly number[];
  readonly ddx?: readonly number[];
}

const cases: Record<string, Case> = {
  "log(exp(x) + exp(y))": {
    build: () => log(add(exp(x), exp(y))),
    x: [1000, -1000, 3],
    y: [-800, -999, 3],
    dx: [1, p(-1), 0.5],
    dy: [0, p(1), 0.5],
    ddx: [0, 0, 0, 0, apart, 0, 0, 0, 0.25],
  },
  "log(exp(x) - exp(y))": {
    build: () => log(sub(exp(x), exp(y))),
    x: [1000],
    y: [999],
    dx: [1 / (1 - Math.exp(-1))],
    dy: [1 - 1 / (1 - Math.exp(-1))],
    ddx: [1 / (1 - Math.exp(-1)) - 1 / (1 - Math.exp(-1)) ** 2],
  },
  "a sum of three": {
    build: () => log(add(add(exp(x), exp(y)), exp(add(x, 1)))),
    x: [1000],
    y: [998],
    dx: [(1 + Math.E) / (1 + Math.E + Math.exp(-2))],
    dy: [Math.exp(-2) / (1 + Math.E + Math.exp(-2))],
  },
  "numbers as weights": {
    build: () => log(add(mul(0.3, exp(x)), mul(0.7, exp(y)))),
    x: [1000],
    y: [1000],
    dx: [0.3],
    dy: [0.7],
    ddx: [0.21],
  },
  "weights": {
    build: () => log(add(mul(y, exp(x)), mul(sub(1, y), exp(add(x, 1))))),
    x: [1000],
    y: [0.3],
    dx: [1],
    dy: [(1 - Math.E) / (0.3 + 0.7 * Math.E)],
    ddx: [0],
  },
  "log(sum(exp(x)))": {
    build: () => log(sum(exp(x))),
    x: two,
    dx: [p(1), p(-1)],
    ddx: [apart, -apart, -apart, apart],
  },
  "the maximum taken off": {
    build: () => add(log(sum(exp(sub(x, T.max(x))))), T.max(x)),
    x: two,
    dx: [p(1), p(-1)],
    ddx: [apart, -apart, -apart, apart],
  },
  "axes kept": {
    build: () =>
      log(sum(exp(add(x.dimshuffle("x", 0), y.dimshuffle(0, "x"))), { axis: 1, keepdims: true })),
    x: two,
    y: [500, -700],
    dx: [2 * p(1), 2 * p(-1)],
    dy: [1, 1],
  },
  "a weighted sum": {
    build: () => log(sum(mul(y, exp(x)))),
    x: two,
    y: [0.5, 0.5],
    dx: [p(1), p(-1)],
    dy: [2 * p(1), 2 * p(-1)],
  },
  "scalars in a row": {
    build: () => log(sum(T.stack([1, exp(x.at(0)), exp(x.at(1))]))),
    x: two,
    dx: [p(1), p(-1)],
    ddx: [apart, -apart, -apart, apart],
  },
  "rows put together": {
    build: () => log(sum(T.concatenate([exp(x), mul(2, exp(y)), y]))),
    x: two,
    y: [-800, 999],
    dx: [1 / (1 + 3 * Math.exp(-1)), Math.exp(-1) / (1 + 3 * Math.exp(-1))],
    dy: [0, 2 * Math.exp(-1) / (1 + 3 * Math.exp(-1))],
  },
  "log1mexp(-softplus(x))": {
    build: () => T.log1mexp(neg(T.softplus(x))),
    x: [-1000, -100, 0, 1000],
    dx: [1, 1, 0.5, 0],
  },
  "logdiffexp(y, y - softplus(x))": {
    build: () => T.logdiffexp(y, sub(y, T.softplus(x))),
    x: [-1000, -100, 0, 1000],
    y: [0, 100, 1000, -1000],
    dx: [1, 1, 0.5, 0],
    dy: [1, 1, 1, 1],
  },
  "log(mean(exp(x)))": { build: () => log(T.mean(exp(x))), x: two, dx: [p(1), p(-1)] },
  "base 2": {
    build: () => T.log2(sum(exp(x))),
    x: two,
    dx: [p(1) / Math.LN2, p(-1) / Math.LN2],
  },
  "base 10": {
    build: () => T.log10(add(exp(x), exp(y))),
    x: [1000],
    y: [999],
    dx: [p(1) / Math.LN10],
    dy: [p(-1) / Math.LN10],
  },
  "powers of 2": {
    build: () => T.log2(add(T.exp2(x), T.pow(2, y))),
    x: [2000],
    y: [2000],
    dx: [0.5],
    dy: [0.5],
  },
  "log1p(exp(x))": {
    build: () => log1p(exp(x)),
    x: [1000, -1000, 0],
    dx: [1, 0, 0.5],
    ddx: [0, 0, 0, 0, 0, 0, 0, 0, 0.25],
  },
  "log(1 - exp(x))": {
    build: () => log(sub(1, exp(x))),
    x: [-1000, -1e-3, -1],
    dx: [-0, -1 / Math.expm1(1e-3), -1 / Math.expm1(1)],
  },
  "log1p(-exp(x))": { build: () => log1p(neg(exp(x))), x: [-1000], dx: [-0], ddx: [-0] },
  "log(sigmoid(x))": {
    build: () => log(sigmoid(x)),
    x: [-1000, 0, 1000],
    dx: [1, 0.5, 0],
    ddx: [0, 0, 0, 0, -0.25, 0, 0, 0, 0],
  },
  "log of a sigmoid spelled out": {
    build: () => log(div(1, add(1, exp(neg(x))))),
    x: [-1000, 0, 1000],
    dx: [1, 0.5, 0],
    ddx: [0, 0, 0, 0, -0.25, 0, 0, 0, 0],
  },
  "log(1 - sigmoid(x))": {
    build: () => log(sub(1, sigmoid(x))),
    x: [-1000, 0, 1000],
    dx: [0, -0.5, -1],
    ddx: [0, 0, 0, 0, -0.25, 0, 0, 0, 0],
  },
  "cross entropy": {
    build: () => neg(add(mul(y, log(sigmoid(x))), mul(sub(1, y), log1p(neg(sigmoid(x)))))),
    x: [-1000, 1000],
    y: [1, 0],
    dx: [-1, 1],
    ddx: [0, 0, 0, 0],
  },
  "log(tanh(x))": { build: () => log(tanh(x)), x: [1, 1000], dx: [2 / Math.sinh(2), 0] },
  "log(1 - tanh(x))": { build: () => log(sub(1, tanh(x))), x: [1000, 0], dx: [-2, -1] },
  "log(1 - tanh(x)²)": {
    build: () => log(sub(1, sqr(tanh(x)))),
    x: [1000, 0, -1000],
    dx: [-2, 0, 2],
    ddx: [0, 0, 0, 0, -2, 0, 0, 0, 0],
  },
  "log of a softmax spelled out": {
    build: () => log(div(exp(x), sum(exp(x)))),
    x: two,
    dx: [1 - 2 * p(1), 1 - 2 * p(-1)],
    ddx: [-2 * apart, 2 * apart, 2 * apart, -2 * apart],
  },
  "log(softmax(x))": { build: () => log(T.softmax(x)), x: [1000, 0], dx: [-1, 1] },
  "softmax spelled out": {
    build: () => mul(div(exp(x), sum(exp(x))), [1, 2]),
    x: two,
    dx: [-apart, apart],
  },
  "a share of two": {
    build: () => div(exp(x), add(exp(x), exp(y))),
    x: [1000],
    y: [999],
    dx: [apart],
    dy: [-apart],
  },
  "a weight that cancels": {
    build: () => div(sum(mul(exp(x), T.specifyShape(y, [1]))), sum(exp(x))),
    x: [800],
    y: [0.25],
    dx: [0],
    dy: [1],
    ddx: [0],
  },
  "a sum that cancels": {
    build: () => log(mul(div(sum(exp(x)), sum(exp(x))), y)),
    x: two,
    y: [0.25],
    dx: [0, 0],
    dy: [4],
    ddx: [0, 0, 0, 0],
  },
  "nothing at all": { build: () => log(sum(exp(x))), x: [-Infinity, -Infinity], dx: [0, 0] },
  "logsumexp of nothing": { build: () => T.logsumexp(x), x: [-Infinity, -Infinity], dx: [0, 0] },
  "logaddexp at infinity": {
    build: () => T.logaddexp(x, y),
    x: [-Infinity, Infinity, -Infinity],
    y: [-Infinity, Infinity, 3],
    dx: [0.5, 0.5, 0],
    dy: [0.5, 0.5, 1],
  },
  "logdiffexp at infinity": {
    build: () => T.logdiffexp(x, y),
    x: [-Infinity, 3],
    y: [-Infinity, -Infinity],
    dx: [1, 1],
    dy: [0, 0],
  },
};

function close(found: readonly number[], expected: readonly number[], what: string): void {
  assert(found.length === expected.length, what);
  found.forEach((value, i) =>
    assertAlmostEquals(value, expected[i]!, 1e-5 + 2e-5 * Math.abs(expected[i]!), what)
  );
}

for (const [name, { build, ...points }] of Object.entries(cases)) {
  for (const mode of ["fastRun", { base: "none" }] as const) {
    const title = typeof mode === "string" ? mode : "no rewrites";
    onDevices(`gradients keep their digits: ${name}, ${title}`, async (device) => {
      const cost = sum(build()), options = { device, mode, onUnusedInput: "ignore" } as const;
      const f = await compile([x, y], [
        grad(cost, x),
        grad(cost, points.dy === undefined ? x : y),
        hessian(cost, x),
      ], options);
      const [dx, dy, ddx] = f(points.x, points.y ?? [0]);
      close(numbers(dx), points.dx, "dx");
      if (points.dy !== undefined) close(numbers(dy), points.dy, "dy");
      if (points.ddx !== undefined) close(numbers(ddx), points.ddx, "ddx");
      else if (points.x.every(Number.isFinite)) assert(numbers(ddx).every(Number.isFinite), "ddx");
    });
  }
}

onDevices("a recursion of logarithms of sums of exponentials in a scan", async (device) => {
  const table = T.fmatrix("table"), seen = T.fmatrix("seen");
  const likelihood = (step: (scores: Variable) => Variable) => {
    const [states] = [scan(
      (o: Variable, a: Variable) => add(step(add(a.dimshuffle(0, "x"), table)), o),
      { sequences: seen, outputsInfo: x },
    )].flat() as [Variable];
    return T.logsumexp(states.at(-1));
  };
  const naive = likelihood((scores) => log(sum(exp(scores), 0)));
  const right = likelihood((scores) => T.logsumexp(scores, 0));
  const f = await compile([x, table, seen], [
    naive,
    ...grad(naive, [x, table, seen]),
    right,
    ...grad(right, [x, table, seen]),
  ], { device });
  const results = f([0, -Infinity], [[-0.1, -900], [-2, -0.2]], [[-1000, -2], [-500, -1500], [
    3,
    1,
  ]]);
  const flat = results.map((result) => numbers(result));
  for (let i = 0; i < 4; i++) {
    assert(flat[i]!.every(Number.isFinite), `${flat[i]}`);
    close(flat[i]!, flat[4 + i]!, String(i));
  }
});

/** Recursions of which the states overflow as they are written, and the same in stable forms. */
const recursions: Record<string, (stable: boolean) => Variable> = {
  "two exponentials": (stable) =>
    scan((e: Variable, s: Variable) => stable ? T.logaddexp(s, e) : log(add(exp(s), exp(e))), {
      sequences: y,
      outputsInfo: x,
    })[0] as Variable,
  "a sum, beside a state": (stable) =>
    (scan((e: Variable, s: Variable, r: Variable) => [
      add(stable ? T.logsumexp(add(s, r)) : log(sum(exp(add(s, r)))), mul(s, 0.5)),
      tanh(sub(r, e)),
    ], { sequences: y, outputsInfo: [x, x] })[0] as unknown as Variable[])[0]!,
  "two steps back": (stable) =>
    scan((a: Variable, b: Variable) => stable ? T.logaddexp(a, b) : log(add(exp(a), exp(b))), {
      outputsInfo: { initial: T.stack([x, mul(x, 0.999)]), taps: [-2, -1] },
      nSteps: 3,
    })[0] as Variable,
  "until a bound": (stable) =>
    scan((e: Variable, s: Variable) => {
      const next = stable ? T.logaddexp(s, e) : log(add(exp(s), exp(e)));
      return [next, until(T.gt(e, 1000.5))];
    }, { sequences: y, outputsInfo: x })[0] as Variable,
};

onDevices(
  "states that overflow as they are written, with few rewrites and without",
  async (device) => {
    const all = Object.entries(recursions);
    for (const [name, build] of device === "gpu" ? all.slice(0, 2) : all) {
      for (const mode of [{ base: "none" }, "fastCompile", "fastRun"] as const) {
        if (device === "gpu" && mode !== "fastCompile") continue;
        const results = [false, true].flatMap((stable) => {
          const last = build(stable).at(-1), cost = sum(mul(last, [1, 2]));
          // Without rewrites the value itself is that of the states as written.
          return [
            ...typeof mode === "string" ? [last] : [],
            ...grad(cost, [x, y], { disconnectedInputs: "ignore" }),
            grad(sum(grad(cost, x)), x),
          ];
        });
        const f = await compile([x, y], results, { device, mode, onUnusedInput: "ignore" });
        const found = f([1000, 999], [999, 1000, 1001, 1002]).map(numbers);
        const count = found.length / 2;
        for (let i = 0; i < count; i++) close(found[i]!, found[count + i]!, `${name} ${i}`);
      }
    }
  },
);

Deno.test("the stable form of a loop is the loop that runs anyway", () => {
  for (const [name, build] of Object.entries(recursions).slice(0, 2)) {
    const cost = sum(build(false).at(-1)), loops = optimise([cost, grad(cost, x)]);
    assert(toposort(loops).filter(({ op }) => op.name === "scan").length === 2, name);
  }
  const plain = scan((s: Variable) => tanh(s), { outputsInfo: x, nSteps: 3 })[0] as Variable;
  const loops = toposort([grad(sum(plain.at(-1)), x)]).filter(({ op }) => op.name === "scan");
  assert(loops.length === 2);
});

Deno.test("a variable in the middle gets the gradient of its own uses", async () => {
  const e = exp(x), s = sum(e), cost = log(s);
  const f = await compile([x], grad(cost, [e, s, x]));
  const [de, ds, dx] = f([0, 0]);
  close(numbers(de), [0.5, 0.5], "e");
  close(numbers(ds), [0.5], "s");
  close(numbers(dx), [0.5, 0.5], "x");
  const g = await compile(
    [x],
    grad(cost, x, { considerConstant: [e], disconnectedInputs: "ignore" }),
  );
  close(numbers(g([0, 0])), [0, 0], "constant");
  const wrapped = await compile([x], grad(log(sum(exp(T.disconnectedGrad(x)).add(exp(x)))), x));
  close(numbers(wrapped([0, 0])), [0.25, 0.25], "disconnected");
});
