// Loops: taps, states, updates, conditions.

import {
  foldl,
  foldr,
  RandomStreams,
  scan,
  type ScanOptions,
  shared,
  T,
  tensor,
  until,
  type Variable,
} from "../../all.ts";
import { many, one, testCase, testError } from "./harness.ts";

function weighted(...taps: Variable[]): Variable {
  return taps.map((tap, j) => tap.mul((j + 1) * 10 ** j)).reduce((sum, term) => sum.add(term));
}

testCase("scan-seq-taps-m2-0-1", async (input, { compile }) => {
  const x = T.vector("x");
  const [r] = scan(weighted, { sequences: { input: x, taps: [-2, 0, 1] } });
  return { r: (await compile([x], one(r)))(input("x_val")) };
});

testCase("scan-seq-taps-only-plus2", async (input, { compile }) => {
  const x = T.vector("x");
  const [r] = scan(weighted, { sequences: { input: x, taps: [2] } });
  return { r: (await compile([x], one(r)))(input("x_val")) };
});

testCase("scan-n-steps-smaller", async (input, { compile }) => {
  const x = T.vector("x"), n = T.iscalar("n");
  const [r] = scan((a, h) => a.add(h), { sequences: x, outputsInfo: 0, nSteps: n });
  return { r: (await compile([x, n], one(r)))(input("x_val"), 3) };
});

testCase("scan-n-steps-zero", async (_, { compile }) => {
  const n = T.iscalar("n");
  const [r] = scan((h) => h.tanh().add(1), { outputsInfo: 0, nSteps: n });
  return { length: (await compile([n], one(r)))(0).shape[0]! };
});

testCase("scan-n-steps-one-keeps-axis", async (input, { compile }) => {
  const x = T.matrix("x"), s = T.vector("s");
  const [result] = scan((a, h) => a.add(h), { sequences: x, outputsInfo: s, nSteps: 1 });
  const r = (await compile([x, s], one(result)))(input("x_val"), input("s_val"));
  return { r, nd: r.ndim };
});

testError("scan-n-steps-float", /nSteps must be an integer, got float/, () => {
  scan((a) => a.mul(2), { outputsInfo: 1, nSteps: T.scalar() });
});

testCase("scan-out-initial-longer", async (input, { compile }) => {
  const [x, y] = T.vectors("x", "y");
  const [r] = scan((a, m2) => a.add(m2), {
    sequences: x,
    outputsInfo: { initial: y, taps: [-2] },
  });
  return { r: (await compile([x, y], one(r)))(input("x_val"), input("y_val")) };
});

testCase("scan-out-taps-m3-m5", async (input, { compile }) => {
  const I = T.matrix("I");
  const [r] = scan((a, b) => a.add(b.mul(0.5)), {
    outputsInfo: { initial: I, taps: [-3, -5] },
    nSteps: 7,
  });
  return { r: (await compile([I], one(r)))(input("i_val")) };
});

testCase("scan-fibonacci-int", async (_, { compile }) => {
  const [result] = scan((a, b) => a.add(b), {
    outputsInfo: { initial: T.constant([0, 1], { dtype: "int64" }), taps: [-2, -1] },
    nSteps: 12,
  });
  const r = (await compile([], one(result)))();
  return { r, dtype: r.dtype };
});

testCase("scan-mixed-outputs-order", async (input, { compile }) => {
  const x = T.vector("x"), h0 = T.vector("h0");
  const outputsInfo: ScanOptions["outputsInfo"] = [null, 1, { initial: h0, taps: [-2, -1] }, {}];
  const [results] = scan(
    (a, s, h2, h1) => [a.mul(3), s.add(a), h2.mul(a).add(h1), a.sub(s)],
    { sequences: x, outputsInfo },
  );
  const [o1, o2, o3, o4] = (await compile([x, h0], many(results)))(input("x_val"), input("h_val"));
  return { o1, o2, o3, o4 };
});

testCase("scan-dict-initial-default-tap", async (input, { compile }) => {
  const x = T.matrix("x"), s = T.vector("s");
  const step = (r: Variable, h: Variable) => r.add(h.mul(2));
  const [a] = scan(step, { sequences: x, outputsInfo: { initial: s } });
  const [b] = scan(step, { sequences: x, outputsInfo: { initial: s, taps: [-1] } });
  const [r1, r2] = (await compile([x, s], [one(a), one(b)]))(input("x_val"), input("s_val"));
  return { r1, r2 };
});

testCase("scan-return-list", () => {
  const x = T.vector("x"), k = shared(0, { dtype: "int64" });
  const [a] = scan((t) => t.mul(2), { sequences: x, returnList: true });
  const [b] = scan((t) => t.mul(2), { sequences: x });
  const [c, updates] = scan(() => new Map([[k, k.add(1)]]), { sequences: x });
  return {
    is_list: Array.isArray(a),
    n: Array.isArray(a) ? a.length : -1,
    bare: !Array.isArray(b),
    none: c === null,
    n_up: updates.size,
  };
});

testCase("scan-go-backwards-map", async (input, { compile }) => {
  const x = T.vector("x");
  const [r] = scan((a) => a.mul(10), { sequences: x, goBackwards: true });
  return { r: (await compile([x], one(r)))(input("x_val")) };
});

testCase("scan-go-backwards-different-lengths", async (input, { compile }) => {
  const [x, y] = T.vectors("x", "y");
  const [r] = scan((a, b) => a.mul(10).add(b), { sequences: [x, y], goBackwards: true });
  return { r: (await compile([x, y], one(r)))(input("x_val"), input("y_val")) };
});

testCase("scan-foldl-foldr", async (input, { compile }) => {
  const x = T.vector("x");
  const step = (a: Variable, s: Variable) => a.add(s.mul(2));
  const [l] = foldl(step, { sequences: x, outputsInfo: 0 });
  const [r] = foldr(step, { sequences: x, outputsInfo: 0 });
  const [vl, vr] = (await compile([x], [one(l), one(r)]))(input("x_val"));
  return { vl, vr };
});

testCase("scan-until-never", async (input, { compile }) => {
  const x = T.vector("x");
  const [r] = scan((a) => [a.mul(2), until(a.gt(100))], { sequences: x });
  return { r: (await compile([x], one(r)))(input("x_val")) };
});

testCase("scan-until-two-outputs", async (input, { compile }) => {
  const x = T.vector("x");
  const [results] = scan((a, s) => [[s.add(a), a.mul(a)], until(s.add(a).gt(6))], {
    sequences: x,
    outputsInfo: [0, null],
  });
  const [sums, squares] = many(results);
  const [s, q] = (await compile([x], [sums, squares]))(input("x_val"));
  return { s, q };
});

testCase("scan-until-newton-sqrt", async (_, { compile }) => {
  const a = T.scalar("a");
  const [result] = scan((x, a) => {
    const next = x.add(T.div(a, x)).mul(0.5);
    return [next, until(next.sub(x).abs().lt(1e-6))];
  }, { outputsInfo: a, nonSequences: a, nSteps: 50 });
  const r = one(result);
  const [last, first3] = (await compile([a], [r.at(-1), r.at(":3")]))(2);
  return { last, first3 };
});

testCase("scan-shared-read-implicit", async (input, { compile }) => {
  const W = shared(input("w1")), x = T.matrix("x");
  const [r] = scan((row) => row.dot(W), { sequences: x });
  const f = await compile([x], one(r));
  const a = f(input("x_val"));
  W.setValue(input("w2"));
  return { a, b: f(input("x_val")) };
});

function prefixSums(dtype: "float32" | "float64") {
  const acc = shared(0, { dtype }), x = T.vector("x");
  const [result, updates] = scan((a) => [[acc.mul(1)], new Map([[acc, acc.add(a)]])], {
    sequences: x,
  });
  return { acc, x, result: one(result), updates };
}

testCase("scan-shared-update-and-output", async (input, { compile, dtype }) => {
  const { acc, x, result, updates } = prefixSums(dtype);
  const f = await compile([x], result, { updates });
  const r1 = f(input("x_val")), v1 = acc.getValue();
  const r2 = f(input("x_val")), v2 = acc.getValue();
  return { r1, v1, r2, v2 };
});

testCase("scan-shared-update-not-passed", async (input, { compile, dtype }) => {
  const { acc, x, result } = prefixSums(dtype);
  const f = await compile([x], result);
  return { r1: f(input("x_val")), r2: f(input("x_val")), v: acc.getValue() };
});

testCase("scan-two-shared-updates", async (_, { compile, dtype }) => {
  const a = shared(0, { dtype }), b = shared(1, { dtype }), n = T.iscalar("n");
  const [, updates] = scan(() => new Map([[a, b as Variable], [b, a.add(b)]]), { nSteps: n });
  const f = await compile([n], [], { updates });
  f(10);
  return { va: a.getValue(), vb: b.getValue() };
});

testCase("scan-updates-as-pair-list", async (input, { compile }) => {
  const k = shared(0, { dtype: "int64" }), x = T.vector("x");
  const [result, updates] = scan((a) => [[a.mul(2)], [[k, k.add(2)]]], { sequences: x });
  const f = await compile([x], one(result), { updates });
  return { r: f(input("x_val")), v: k.getValue() };
});

testCase("scan-random-no-repeat-across-calls", async (_, { compile }) => {
  const srng = new RandomStreams(99), d = srng.uniform([]), n = T.iscalar("n");
  const [result, updates] = scan(() => d.mul(1), { nSteps: n });
  const f = await compile([n], one(result), { updates });
  srng.seed(5);
  const a = [...f(4).dataSync(), ...f(4).dataSync()];
  srng.seed(5);
  const b = [...f(8).dataSync()];
  return { same: a.join() === b.join(), distinct: new Set(b).size === 8 };
});

testCase("scan-nested-recurrent", async (input, { compile }) => {
  const X = T.matrix("X");
  const outer = (row: Variable, s: Variable) => {
    const [r] = scan((v, t) => t.mul(0.5).add(v.mul(v)), { sequences: row, outputsInfo: s });
    return one(r).at(-1);
  };
  const [r] = scan(outer, { sequences: X, outputsInfo: 0 });
  return { r: (await compile([X], one(r)))(input("x_val")) };
});

// Croton keeps all values: `checkpoint` only says what the gradient keeps.
testCase("scan-scan-checkpoints", async (input, { compile }) => {
  const k = T.iscalar("k"), A = T.vector("A");
  const [result, updates] = scan((before, A) => before.mul(A), {
    outputsInfo: [T.onesLike(A)],
    nonSequences: [A],
    nSteps: k,
    checkpoint: 4,
  });
  const f = await compile([A, k], one(result).at("3::4"), { updates });
  return { r: f(input("a_val"), 12) };
});

testError("scan-err-dup-taps", /all taps of output 0 must be different/, () => {
  const y = T.vector("y");
  scan((b, c) => b.add(c), { outputsInfo: { initial: y, taps: [-1, -1] }, nSteps: 3 });
});

testError(
  "scan-err-dtype-mismatch",
  /starts as float32 and the step returns float64: an upcast or downcast happened/,
  () => {
    const x = T.vector("x");
    scan((a, b) => a.add(b), { sequences: x, outputsInfo: tensor(0, { dtype: "float32" }) });
  },
  { float64Only: "it mixes two dtypes" },
);

testError("scan-err-return-non-symbolic", /only symbolic variables.*T\.constant/, () => {
  scan(() => [1], { sequences: T.vector("x") });
});

testError(
  "scan-strict-missing-shared",
  /"W".*is used in the step and missing from nonSequences/,
  () => {
    const W = shared([[1, 1], [1, 1]], { name: "W" });
    scan((r) => r.dot(W), { sequences: T.matrix("x"), strict: true });
  },
);
