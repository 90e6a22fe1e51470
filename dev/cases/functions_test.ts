// Compiled functions and shared variables.

import { config, In, shared, T, tensor } from "../../all.ts";
import { num, testCase, testError } from "./harness.ts";

testCase("fn-output-shapes", async (_, { compile }) => {
  const x = T.scalar("x"), double = x.mul(2);
  const bare = (await compile([x], double))(3);
  const list = (await compile([x], [double]))(3);
  const pair = (await compile([x], [double, x] as const))(3);
  const record = (await compile([x], { b: double, a: x.add(1) }))(3);
  return {
    bare_is_list: Array.isArray(bare),
    n_l: list.length,
    n_t: pair.length,
    keys: Object.keys(record).sort().join(),
    v: [bare, list[0], pair[0], pair[1], record.a, record.b].map(num),
  };
});

testCase("fn-updates-dict-fibonacci", async (_, { compile, dtype }) => {
  const a = shared(0, { dtype }), b = shared(1, { dtype });
  const f = await compile([], a, { updates: new Map([[a, b.copy()], [b, a.add(b)]]) });
  return { r: Array.from({ length: 8 }, () => num(f())) };
});

testCase("fn-in-with-update", async (_, { compile }) => {
  const [st, inc] = T.scalars("st", "inc");
  const state = new In(st, { value: 0, name: "s", update: st.add(inc) });
  const acc = await compile([inc, state], st);
  const r1 = acc(1), a = acc.get("s");
  const r2 = acc(2), b = acc.get("s");
  const r3 = acc(1, { s: 10 }), c = acc.get("s");
  acc.set("s", 5);
  const r4 = acc(2), d = acc.get("s");
  return { r1, a, r2, b, r3, c, r4, d };
});

testCase("fn-default-first", async (_, { compile }) => {
  const [x, y] = T.scalars("x", "y");
  const g = await compile([new In(y, { value: 1 }), x], x.sub(y));
  return { r1: g({ x: 33 }), r2: g(5, 33) };
});

testError("fn-default-first-missing", /missing required input: "x"/, async ({ compile }) => {
  const [x, y] = T.scalars("x", "y");
  const g = await compile([new In(y, { value: 1 }), x], x.sub(y));
  return () => g(33);
});

testError(
  "fn-missing-graph-input",
  /"y".*is used to compute.*but was not provided and not given a value/,
  async ({ compile }) => {
    const [x, y] = T.scalars("x", "y");
    await compile([x], x.add(y));
  },
);

testError(
  "fn-update-type-mismatch",
  /the update of "s" must have type .*int32.*and it has .*float/,
  async ({ compile }) => {
    const s = shared(0, { dtype: "int32", name: "s" });
    await compile([], s, { updates: [[s, s.add(T.scalar("x").mul(0))]] });
  },
);

testCase("fn-givens-constant-and-shared", async (_, { compile, dtype }) => {
  const [x, y] = T.vectors("x", "y"), s = shared([10, 20], { dtype });
  const f = await compile([], x.mul(y), { givens: [[x, s], [y, T.constant([2, 3], { dtype })]] });
  const r1 = f();
  s.setValue([1, 1]);
  return { r1, r2: f() };
});

testCase("fn-copy-independent-names", async (_, { compile, dtype }) => {
  const s = shared(3, { dtype }), x = T.scalar("x");
  const f = await compile([x], [x.mul(s)], { name: "f" });
  const g = f.copy({ name: "g" });
  const [a] = g(2);
  s.setValue(10);
  const [b] = g(2);
  return { a, b, name: g.name };
});

testError(
  "fn-copy-swap-type",
  /"s" has type .*int32.*, its replacement .*float/,
  async (setting) => {
    const s = shared(0, { dtype: "int32", name: "s" });
    const f = await setting.compile([], s, { updates: [[s, s.add(1)]] });
    f.copy({ swap: [[s, shared(1.5)]] });
  },
);

testError(
  "fn-int-input-lossy",
  /3\.5 cannot be stored as int32.*allowInputDowncast/,
  async (setting) => {
    const i = T.iscalar("i");
    const f = await setting.compile([i], i.mul(2));
    return () => f(3.5);
  },
);

// A JavaScript number alone is of floatX, whole or not; a BigInt is int64.
testCase("shared-dtypes", () => {
  const s = shared([1, 1, 1]);
  s.setValue([0, 0, 0, 0, 0]);
  const n = s.getValue().shape[0]!;
  s.setValue(tensor([0, 1], { dtype: "int8" }));
  return {
    d1: shared(0n).dtype,
    d2: shared(0).dtype,
    d3: shared(new Float32Array(2)).dtype,
    n,
    d4: s.getValue().dtype,
  };
}, { float64Only: "it asks for float64" });

testCase("shared-zero", (_, { dtype }) => {
  const s = shared([1, 2], { dtype });
  s.zero();
  return { r: s.getValue() };
});

testCase("constructors-prefixes", () => ({
  types: [T.bvector(), T.wvector(), T.ivector(), T.lvector(), T.fvector(), T.dvector()]
    .map((x) => x.dtype),
  fx: T.vector().dtype === config.floatX,
  u: T.vector("v", { dtype: "uint8" }).dtype,
  t: T.tensor("float32", [true, false, false]).ndim,
}));

testCase("fn-output-subset", async (_, { compile, dtype }) => {
  const s = shared(0, { dtype }), x = T.scalar("x");
  const f = await compile([x], [x.add(1), x.mul(2), x.pow(2)], { updates: [[s, s.add(x)]] });
  const r = f.subset([2, 0], 3).map(num);
  return { r, v: s.getValue() };
});
