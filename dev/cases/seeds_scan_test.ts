// The loops of the seed documents.

import {
  grad,
  scan,
  type ScanOptions,
  shared,
  T,
  tensor,
  until,
  type Variable,
} from "../../all.ts";
import { many, num, one, testCase } from "./harness.ts";

testCase("seed-scan-map-double", async (input, { compile }) => {
  const x = T.vector();
  const [results] = scan((t) => t.mul(2), { sequences: x });
  return { r: (await compile([x], one(results)))(input("x_val")) };
});

testCase("seed-scan-sum", async (input, { compile }) => {
  const x = T.vector();
  const [results] = scan((t, v) => t.add(v), { sequences: x, outputsInfo: 0 });
  const result = one(results);
  const [total, running] = (await compile([x], [result.at(-1), result]))(input("x_val"));
  return { total, running };
});

testCase("seed-scan-polynomial-two-sequences", async (input, { compile }) => {
  const x = T.scalar("x"), A = T.vectors("A"), N = T.ivectors("N");
  const [components] = scan((a, n, v) => a.mul(v.pow(n)), { sequences: [A, N], nonSequences: x });
  const polynomial = await compile([x, A, N], one(components).sum());
  return { r: polynomial(10, input("A_val"), input("N_val")) };
});

testCase("seed-scan-rnn-taps-0-m1", async (input, { compile }) => {
  const [X, W1, W2, W3] = T.matrices("X", "W_1", "W_2", "W_3");
  const Y = T.vector("y");
  const [results] = scan(
    (x, before, y) => T.tanh(W1.dot(y).add(W2.dot(x)).add(W3.dot(before))),
    { sequences: { input: X, taps: [0, -1] }, outputsInfo: Y },
  );
  const f = await compile([X, Y, W1, W2, W3], one(results));
  return { r: f(input("x_val"), input("y_val"), input("w1"), input("w2"), input("w3")) };
});

testCase("seed-scan-matrix-power", async (input, { compile }) => {
  const A = T.matrix("A"), k = T.iscalar("k");
  const [results] = scan((P, A) => P.dot(A), {
    outputsInfo: T.eye(A.shape[0]!),
    nonSequences: A,
    nSteps: k,
  });
  return { r: (await compile([A, k], one(results).at(-1)))(input("a_val"), 10) };
});

testCase("seed-scan-shared-counter", async (_, { compile, dtype }) => {
  const n = shared(0, { dtype }), k = T.iscalar("k");
  const [, updates] = scan((n) => new Map([[n, n.add(1)]]), {
    nonSequences: n,
    nSteps: k,
  });
  const counter = await compile([k], [], { updates });
  const v0 = n.getValue(), out = counter(10).length, v1 = n.getValue();
  counter(10);
  return { v0, out, v1, v2: n.getValue() };
});

testCase("seed-scan-until-powers-of-two", async (_, { compile, dtype }) => {
  const maximum = T.scalar();
  const [results] = scan((before, max) => [before.mul(2), until(before.mul(2).gt(max))], {
    outputsInfo: T.constant(1, { dtype }),
    nonSequences: maximum,
    nSteps: 1000,
  });
  const powers = one(results);
  const f = await compile([maximum], [powers, powers.at({ stop: -1 }), powers.at(-1)]);
  const [full, dropped, last] = f(40), [full2, dropped2, last2] = f(0.5);
  return { full, dropped, last, full2, dropped2, last2 };
});

for (const id of ["seed-scan-ten-arguments", "seed-scan-ten-arguments-taps-none"]) {
  testCase(id, async (input, { compile }) => {
    const [S1, S2, S3, O1] = T.vectors("S1", "S2", "S3", "O1");
    const [O2, O3, A1, A2] = T.scalars("O2", "O3", "A1", "A2");
    const seen: number[] = [];
    const step = (...args: Variable[]): Variable[] => {
      seen.push(args.length);
      const total = args.map((a, i) => a.mul(i + 1)).reduce((sum, term) => sum.add(term));
      return [total.mul(0.0078125), total.mul(0.125), total.mul(0.001953125)];
    };
    const second = id === "seed-scan-ten-arguments" ? null : { initial: O2, taps: null };
    const outputsInfo: ScanOptions["outputsInfo"] = [{ initial: O1, taps: [-3, -5] }, second, O3];
    const [results] = scan(step, {
      sequences: [{ input: S1, taps: [-3, 2, -1] }, S2, { input: S3, taps: 3 }],
      outputsInfo,
      nonSequences: [A1, A2],
    });
    const [r1, r2, r3] = many(results);
    const f = await compile([S1, S2, S3, O1, O3, A1, A2], [r1, r2, r3]);
    const [o1, o2, o3] = f(
      input("S1v"),
      input("S2v"),
      input("S3v"),
      input("O1v"),
      input("O3v"),
      input("A1v"),
      input("A2v"),
    );
    return { n_args: seen[0]!, o1, o2, o3 };
  });
}

testCase("seed-scan-elementwise-power", async (input, { compile }) => {
  const k = T.iscalar("k"), a = T.matrix("a");
  const [result, updates] = scan((before, a) => before.mul(a), {
    outputsInfo: T.onesLike(a),
    nonSequences: a,
    nSteps: k,
  });
  const power = await compile([a, k], one(result).at(-1), { updates });
  return { r: power(input("a_val"), 2) };
});

testCase("seed-scan-polynomial-arange", async (input, { compile }) => {
  const coefs = T.vector("coefs"), x = T.scalar("x");
  const [result] = scan((coef, power, base) => coef.mul(base.pow(power)), {
    outputsInfo: null,
    sequences: [coefs, T.arange(100)],
    nonSequences: x,
  });
  const components = one(result);
  const polynomial = await compile([coefs, x], components.sum());
  const count = await compile([coefs, x], components.shape[0]!, { onUnusedInput: "ignore" });
  return { r: polynomial(input("c_val"), 3), n: count(input("c_val"), 3) };
});

testCase("seed-scan-add-captured-scalar", async (input, { compile }) => {
  const x = T.vector("x"), y = T.scalar("y");
  const [result] = scan((xi) => y.add(xi), { sequences: x });
  const z = (await compile([x, y], [one(result)]))(input("x_val"), 100);
  return { n: z.length, r: z[0] };
});

testCase("seed-scan-add-matrix-rows", async (input, { compile }) => {
  const x = T.matrix("x"), y = T.scalar("y");
  const [result] = scan((xi) => y.add(xi), { sequences: x });
  return { r: (await compile([x, y], [one(result)]))(input("x_val"), 100)[0] };
});

testCase("seed-scan-affine-rows", async (input, { compile }) => {
  const x = T.matrix("x"), [w, b] = T.vectors("w", "b");
  const [linear] = scan((xi) => xi.dot(w).add(b), { sequences: x });
  const [squashed] = scan((xi) => xi.dot(w).add(b).tanh(), { sequences: x });
  const f = await compile([x, w, b], [one(linear), one(squashed)]);
  const [r_lin, r_tanh] = f(input("x_val"), input("w_val"), input("b_val"));
  return { r_lin, r_tanh };
});

testCase("seed-scan-counter-no-arguments", async (_, { compile }) => {
  const k = shared(0, { dtype: "int64" }), steps = T.iscalar("step");
  const [, updates] = scan(() => new Map([[k, k.add(1)]]), { nSteps: steps });
  const add = await compile([steps], [], { updates });
  const v0 = k.getValue(), n1 = add(3).length, v1 = k.getValue();
  k.setValue(5);
  const v2 = k.getValue();
  add(3);
  return { v0, n1, v1, v2, v3: k.getValue() };
});

testCase("seed-scan-tanh-affine-identity", async (input, { compile, dtype }) => {
  const [X, W] = T.matrices("X", "W"), b = T.vector("b_sym");
  const [results] = scan((v) => v.dot(W).add(b).tanh(), { sequences: X });
  const f = await compile([X, W, b], [one(results)]);
  const eye = tensor([[1, 0], [0, 1]], { dtype }), ones = tensor([[1, 1], [1, 1]], { dtype });
  return { r: f(eye, ones, input("b_val"))[0] };
});

testCase("seed-scan-two-sequences-reversed", async (input, { compile }) => {
  const X = T.vector("X"), [W, U, Y, V, P] = T.matrices("W", "U", "Y", "V", "P");
  const [results] = scan(
    (y, p, before) => T.tanh(before.dot(W).add(y.dot(U)).add(p.dot(V))),
    { sequences: [Y, P.at("::-1")], outputsInfo: [X] },
  );
  const f = await compile([X, W, U, Y, V, P], [one(results)]);
  const o = input("o");
  return { r: f(input("x_val"), o, o, input("y_val"), o, input("p_val"))[0] };
});

testCase("seed-scan-row-norms", async (input, { compile }) => {
  const X = T.matrix("X");
  const [results] = scan((row) => row.pow(2).sum().sqrt(), { sequences: [X] });
  return { r: (await compile([X], [one(results)]))(input("x_val"))[0] };
});

testCase("seed-scan-column-norms", async (input, { compile }) => {
  const X = T.matrix("X");
  const [results] = scan((column) => column.pow(2).sum().sqrt(), { sequences: [X.T] });
  return { r: (await compile([X], [one(results)]))(input("x_val"))[0] };
});

testCase("seed-scan-trace", async (input, { compile }) => {
  const X = T.matrix("X");
  const [results] = scan((i, j, sum) => X.at(i, j).add(sum).cast("float32"), {
    sequences: [T.arange(X.shape[0]!), T.arange(X.shape[1]!)],
    outputsInfo: tensor(0, { dtype: "float32" }),
  });
  const [r] = (await compile([X], [one(results).at(-1)]))(input("x_val"));
  return { r, dtype: r.dtype };
});

testCase("seed-scan-two-taps-recurrence", async (input, { compile }) => {
  const [X, W, U, V] = T.matrices("X", "W", "U", "V");
  const b = T.vector("b_sym"), n = T.iscalar("n_sym");
  const [results] = scan(
    (x2, x1) => x2.dot(U).add(x1.dot(V)).add(x1.dot(W).add(b).tanh()),
    { nSteps: n, outputsInfo: [{ initial: X, taps: [-2, -1] }] },
  );
  const f = await compile([X, U, V, W, b, n], [one(results)]);
  const [r] = f(
    input("x_val"),
    input("u_val"),
    input("v_val"),
    input("w_val"),
    input("b_val"),
    10,
  );
  return { r };
});

testCase("seed-scan-jacobian", async (input, { compile }) => {
  const v = T.vector(), A = T.matrix(), y = v.dot(A).tanh();
  const [results] = scan((i) => grad(y.at(i) as Variable, v), {
    sequences: [T.arange(y.shape[0]!)],
  });
  const f = await compile([A, v], [one(results)], { allowInputDowncast: true });
  return { r: f(input("A_val"), input("v_val"))[0] };
});

testCase("seed-scan-accumulate-shared", async (_, { compile }) => {
  const k = shared(0, { dtype: "int64" }), n = T.iscalar("n_sym");
  const [, updates] = scan(() => new Map([[k, k.add(1)]]), { nSteps: n });
  const accumulator = await compile([n], [], { updates, allowInputDowncast: true });
  const a = num(k.getValue());
  accumulator(5);
  return { a, b: num(k.getValue()) };
});

testCase("seed-scan-power-range", async (input, { compile }) => {
  const k = T.iscalar("k"), A = T.vector("A");
  const [result, updates] = scan((before, B) => before.mul(B), {
    outputsInfo: T.onesLike(A),
    nonSequences: A,
    nSteps: k,
  });
  return { r: (await compile([A, k], one(result).at(-1), { updates }))(input("A_val"), 2) };
});

testCase("seed-scan-polynomial-10000", async (input, { compile }) => {
  const coefficients = T.vector("coefficients"), x = T.scalar("x");
  const [components] = scan((coef, power, free) => coef.mul(free.pow(power)), {
    outputsInfo: null,
    sequences: [coefficients, T.arange(10000)],
    nonSequences: x,
  });
  return { r: (await compile([coefficients, x], one(components).sum()))(input("c_val"), 3) };
});
