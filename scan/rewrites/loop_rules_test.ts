import "../compiling.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { replace, toposort } from "../../core/graph/walk.ts";
import type { Value } from "../../core/graph/value.ts";
import { evaluateGraph } from "../../core/graph/reference.ts";
import { optimise, resolveMode } from "../../core/rewrite/mod.ts";
import type { Mode } from "../../core/rewrite/mode.ts";
import { grad, scan, shared, T, until, type Variable } from "../../all.ts";
import { isScan, type ScanParams } from "../node.ts";
import type { Apply } from "../../core/graph/graph.ts";
import { loopRules } from "./loop_rules.ts";
import { mergeScans, mergeTwins } from "./merge.ts";

function value(shape: number[], phase = 0): Value {
  const size = shape.reduce((n, length) => n * length, 1);
  const data = Float64Array.from({ length: size }, (_, i) => Math.sin(1.3 * i + phase));
  return { dtype: "float64", shape, data };
}

function scans(outputs: readonly Variable[]): Apply<ScanParams>[] {
  return toposort(outputs).filter((node) =>
    isScan(node as unknown as Apply<ScanParams>)
  ) as unknown as Apply<ScanParams>[];
}

/** Ops inside the loops of a graph, by name. */
function insideLoops(outputs: readonly Variable[]): string[] {
  return scans(outputs).flatMap((node) =>
    toposort(node.params.step.outputs).map((inner) => inner.op.name)
  );
}

const tested = new Set<string>();

/** Rewrites, checks whether a rule fired, and that the values stay. */
function check(
  rule: string,
  fires: boolean,
  outputs: readonly Variable[],
  inputs: readonly (readonly [Variable, Value])[],
): readonly Variable[] {
  tested.add(rule);
  const hits = new Map<string, number>();
  const better = optimise(outputs, resolveMode(), hits);
  assertEquals(hits.has(rule), fires, `rules that fired: ${[...hits.keys()]}`);
  const values = new Map(inputs);
  const before = evaluateGraph(outputs, values), after = evaluateGraph(better, values);
  before.forEach((expected, i) => {
    assertEquals(after[i]!.shape, expected.shape);
    expected.data.forEach((x, k) =>
      assertAlmostEquals(
        Number(after[i]!.data[k]),
        Number(x),
        1e-9 * Math.max(1, Math.abs(Number(x))),
      )
    );
  });
  return better;
}

const X = T.dmatrix("X"), W = T.dmatrix("W"), h0 = T.dvector("h0"), n = T.iscalar("n");
const x5 = [X, value([5, 3])] as const, w3 = [W, value([3, 3], 1)] as const;
const start = [h0, value([3], 2)] as const;
const five = [n, { dtype: "int32", shape: [], data: Float64Array.from([5]) } as Value] as const;

Deno.test("scan-step rewrites the step", () => {
  const [h] = scan((x: Variable, h: Variable) => h.add(x).mul(1).neg().neg(), {
    sequences: X,
    outputsInfo: h0,
  });
  const better = check("scan-step", true, [h as Variable], [x5, start]);
  assertEquals(insideLoops(better).filter((name) => name !== "sumTo"), ["add"]);
  check("scan-step", false, better, [x5, start]);
});

Deno.test("a mode applies inside of loops, too", () => {
  const [h] = scan((x: Variable, h: Variable) => T.log(T.exp(h).add(T.exp(x))).mul(1), {
    sequences: X,
    outputsInfo: h0,
  });
  const ops = (mode: Mode) => insideLoops(optimise([h as Variable], resolveMode(mode)));
  for (const mode of ["fastRun", "fastCompile", "debug"] as const) {
    assertEquals(ops(mode), ["logaddexp"], mode);
  }
  assertEquals(ops({ base: "none", including: ["stabilize"] }), ["logaddexp"]);
  assert(ops({ base: "none" }).includes("mul"));
  assertEquals(ops({ excluding: ["stabilize"] }).at(-1), "log");
  assert(!ops({ excluding: ["scan-step"] }).includes("logaddexp"));
});

Deno.test("scan-last-value reads the last value without the trace", () => {
  const [h] = scan((x: Variable, h: Variable) => T.tanh(h.add(x)), {
    sequences: X,
    outputsInfo: h0,
  });
  // The subtensor node is what other code may have made of the trace before it was known.
  const whole = (h as Variable).mul(1);
  check("scan-last-value", true, [T.index(whole, [-1])], [x5, start]);
  check("scan-last-value", false, [T.index(whole, [1])], [x5, start]);
});

Deno.test("scan-drop-unused drops states and results that nothing reads", () => {
  const [outputs] = scan((x: Variable, a: Variable, b: Variable) => [
    a.add(x),
    T.tanh(b.add(a)),
    x.mul(b),
  ], { sequences: X, outputsInfo: [h0, h0, null] });
  const [a, b] = outputs as Variable[];
  const better = check("scan-drop-unused", true, [a!], [x5, start]);
  assertEquals(scans(better)[0]!.params.step.layout.states.length, 1);
  // The second state needs the first.
  const both = check("scan-drop-unused", true, [b!], [x5, start]);
  assertEquals(scans(both)[0]!.params.step.layout.states.length, 2);
  const all = outputs as Variable[];
  check("scan-drop-unused", false, all, [x5, start]);
});

Deno.test("scan-inline-constants brings constants into the step", () => {
  const [h] = scan((x: Variable, h: Variable, c: Variable) => h.mul(c.sum()).add(x), {
    sequences: X,
    outputsInfo: h0,
    nonSequences: [T.constant([2, 3], { dtype: "float64" })],
  });
  check("scan-inline-constants", true, [h as Variable], [x5, start]);
  const [other] = scan((x: Variable, h: Variable, c: Variable) => T.dot(h, c).add(x), {
    sequences: X,
    outputsInfo: h0,
    nonSequences: [W],
  });
  check("scan-inline-constants", false, [other as Variable], [x5, start, w3]);
});

Deno.test("scan-hoist-invariants computes in front what does not change", () => {
  const [h] = scan((x: Variable, h: Variable, W: Variable) => h.add(x).mul(T.exp(W).sum()), {
    sequences: X,
    outputsInfo: h0,
    nonSequences: [W],
    nSteps: 4,
  });
  const better = [h as Variable];
  // The builder cuts such parts off by itself; what a rewrite uncovers is hoisted by the rule.
  assert(!insideLoops(better).includes("exp"));
  const [late] = scan((x: Variable, h: Variable, W: Variable) => {
    const mixed = T.exp(W.add(h.sub(h).sum()));
    return h.add(x).mul(mixed.sum());
  }, { sequences: X, outputsInfo: h0, nonSequences: [W] });
  const hoisted = check("scan-hoist-invariants", true, [late as Variable], [x5, start, w3]);
  assert(!insideLoops(hoisted).includes("exp"), insideLoops(hoisted).join());
  const [none] = scan((x: Variable, h: Variable) => h.add(x), { sequences: X, outputsInfo: h0 });
  check("scan-hoist-invariants", false, [none as Variable], [x5, start]);
});

Deno.test("scan-batch-sequences makes one product of what depends on sequences alone", () => {
  const step = (x: Variable, h: Variable, W: Variable) => T.tanh(T.dot(x, W).add(h));
  const [h] = scan(step, { sequences: X, outputsInfo: h0, nonSequences: W });
  const better = check("scan-batch-sequences", true, [h as Variable], [x5, start, w3]);
  assert(!insideLoops(better).includes("matmul"));
  // A loop that may stop early does not compute for steps that do not come.
  const [stopped] = scan(
    (x: Variable, h: Variable, W: Variable) => [step(x, h, W), until(h.sum().gt(100))],
    { sequences: X, outputsInfo: h0, nonSequences: W },
  );
  check("scan-batch-sequences", false, [stopped as Variable], [x5, start, w3]);
});

Deno.test("scan-batch-results makes one product of what no later step reads", () => {
  const [outputs] = scan((x: Variable, h: Variable, W: Variable) => {
    const next = T.tanh(h.add(x));
    return [next, T.dot(next, W)];
  }, { sequences: X, outputsInfo: [h0, null], nonSequences: W });
  const better = check("scan-batch-results", true, outputs as Variable[], [x5, start, w3]);
  assert(!insideLoops(better).includes("matmul"));
  const [map] = scan((x: Variable) => T.exp(x).mul(2), { sequences: X });
  assertEquals(scans(check("scan-batch-results", true, [map as Variable], [x5])).length, 0);
  const [state] = scan((x: Variable, h: Variable, W: Variable) => T.dot(h, W).add(x), {
    sequences: X,
    outputsInfo: h0,
    nonSequences: W,
  });
  check("scan-batch-results", false, [state as Variable], [x5, start, w3]);
});

Deno.test("scan-sum-at-once makes one product over time of a sum of products", () => {
  const [h] = scan((x: Variable, h: Variable, W: Variable) => T.tanh(x.add(T.dot(h, W))), {
    sequences: X,
    outputsInfo: h0,
    nonSequences: W,
  });
  const gradient = grad((h as Variable).sqr().sum(), W);
  // Gradients are built so from the start.
  const better = optimise([gradient]);
  assert(insideLoops(better).filter((name) => name === "matmul").length <= 2);
  const total = shared(new Float64Array(9), { shape: [3, 3] });
  const [, updates] = scan(
    (x: Variable) =>
      new Map([[total, total.add(T.matmul(x.dimshuffle(0, "x"), x.mul(2).dimshuffle("x", 0)))]]),
    { sequences: X },
  );
  const inputs = [x5, [total, value([3, 3], 4)] as const];
  const sum = updates.get(total)!;
  assertEquals(scans(check("scan-sum-at-once", true, [sum], inputs)).length, 0);
  const [, other] = scan(
    (x: Variable) => new Map([[total, total.mul(0.5).add(T.outer(x, x))]]),
    { sequences: X },
  );
  check("scan-sum-at-once", false, [other.get(total)!], inputs);
});

Deno.test("scan-constant-state turns a state that stays into a value", () => {
  const still = shared(new Float64Array(3));
  const [h, updates] = scan(
    (x: Variable, h: Variable) => [[h.add(x).add(still)], new Map([[still, still.mul(1)]])],
    { sequences: X, outputsInfo: h0 },
  );
  const inputs = [x5, start, [still, value([3], 5)] as const];
  check("scan-constant-state", true, [h as Variable, updates.get(still)!], inputs);
  const [moving, moved] = scan(
    (x: Variable, h: Variable) => [[h.add(x).add(still)], new Map([[still, still.mul(2)]])],
    { sequences: X, outputsInfo: h0 },
  );
  check("scan-constant-state", false, [moving as Variable, moved.get(still)!], inputs);
});

Deno.test("scan-unroll writes loops of few steps out", () => {
  const step = (h: Variable) => T.tanh(h.mul(2));
  const [two] = scan(step, { outputsInfo: h0, nSteps: 2 });
  assertEquals(scans(check("scan-unroll", true, [two as Variable], [start])).length, 0);
  const [many] = scan(step, { outputsInfo: h0, nSteps: 9 });
  check("scan-unroll", false, [many as Variable], [start]);
  const [open] = scan(step, { outputsInfo: h0, nSteps: n });
  check("scan-unroll", false, [open as Variable], [start, five]);
});

Deno.test("scan-merge joins loops over the same steps", () => {
  const [a] = scan((x: Variable, h: Variable) => T.tanh(h.add(x)), {
    sequences: X,
    outputsInfo: h0,
  });
  const [b] = scan((x: Variable, h: Variable) => T.sin(h.mul(x)), {
    sequences: X.mul(2),
    outputsInfo: h0,
  });
  const better = check("scan-merge", true, [a as Variable, b as Variable], [x5, start]);
  assertEquals(scans(better).length, 1);
  // One needs the other.
  const [c] = scan((x: Variable, h: Variable) => T.sin(h.mul(x)), {
    sequences: a as Variable,
    outputsInfo: h0,
    nSteps: (a as Variable).shape[0]!,
  });
  check("scan-merge", false, [a as Variable, c as Variable], [x5, start]);
});

Deno.test("scan-merge-twins joins loops over the same values, and what is equal in them", () => {
  const step = (x: Variable, h: Variable) => T.tanh(T.dot(h, W).add(x).add(h));
  const over = (step: (x: Variable, h: Variable) => Variable[], x = X) =>
    scan(step, { sequences: x, outputsInfo: [h0, null], returnList: true })[0] as Variable[];
  const a = over((x, h) => [step(x, h), T.sin(h)]), b = over((x, h) => [step(x, h), T.dot(h, W)]);
  const inputs = [x5, start, w3];
  const [node, ...others] = scans(check("scan-merge-twins", true, [...a, ...b], inputs));
  assertEquals(others.length, 0);
  assertEquals(node!.params.step.layout.states.length, 1);
  // The loop computes the product for its state: it is not made again for all steps at once.
  const products = toposort(optimise([...a, ...b])).filter(({ op }) => op.name === "matmul");
  assertEquals(products, []);
  check("scan-merge-twins", false, [...a, ...over((x, h) => [step(x, h), h], X.mul(2))], inputs);
});

Deno.test("scan-merge keeps loops of one step apart, and makes no circle", () => {
  const step = (x: Variable, h: Variable) => T.tanh(h.add(x));
  const over = (sequences: Variable, nSteps: Variable | number) =>
    scan(step, { sequences, outputsInfo: h0, nSteps })[0] as Variable;
  // The same step, as jacobian() makes it: only what it runs over differs.
  const a = over(X, 5);
  const twice = [a, replace([a], new Map([[X, X.mul(2)]]))[0]!];
  assertEquals(scans(check("scan-merge", true, twice, [x5, start])).length, 1);
  // b needs a and d needs c, over other numbers of steps: only one of the two pairs can be joined.
  const rows = over(X, 4), d = over(X.mul(2), 5);
  const c = over(T.join(0, d, d), 4), b = over(T.join(0, rows, rows), 5);
  assertEquals(scans(check("scan-merge", true, [b, c], [x5, start])).length, 3);
});

Deno.test("scan-share-states computes equal states and results once", () => {
  const twice = (k: number) =>
    scan((x: Variable, p: Variable, q: Variable) => {
      const [u, v] = [T.tanh(p.add(x)), T.tanh(q.add(x).mul(k))];
      return [u, v, u.mul(p), v.mul(q)];
    }, { sequences: X, outputsInfo: [h0, h0, null, null], returnList: true })[0] as Variable[];
  const [node] = scans(check("scan-share-states", true, twice(1), [x5, start]));
  assertEquals(node!.params.step.layout.states.length, 1);
  check("scan-share-states", false, twice(2), [x5, start]);
  // Equal at the start, and not after it.
  const [other] = scan(
    (x: Variable, p: Variable, q: Variable) => [T.tanh(q.add(x)), T.tanh(p.mul(2).add(x))],
    { sequences: X, outputsInfo: [h0, h0], returnList: true },
  );
  check("scan-share-states", false, other as Variable[], [x5, start]);
});

Deno.test("every rewrite of loops has a test", () => {
  assertEquals(
    [...loopRules, mergeScans, mergeTwins].map(({ name }) => name).filter((name) =>
      !tested.has(name)
    ),
    [],
  );
});
