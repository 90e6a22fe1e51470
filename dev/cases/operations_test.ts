// Operations on tensors: dtypes, shapes, order.

import { config, T, type Variable } from "../../all.ts";
import { testCase, testError } from "./harness.ts";

testCase("op-int-reduction-dtype", async (input, { compile }) => {
  const b = T.bvector("b");
  const f = await compile([b], [b.sum(), b.mean()]), [s, m] = f(input("b_val"));
  const unsigned = T.vector("v", { dtype: "uint8" });
  const all = [b.sum(), b.prod(), b.mean(), T.cumsum(b), b.max(), b.any(), unsigned.sum()];
  return { s, types: all.map((x: Variable) => x.dtype), m };
}, { float64Only: "it asks for float64" });

testCase("op-type-promotion-table", () => {
  const b = T.bvector(), w = T.wvector(), i = T.ivector(), l = T.lvector();
  const f = T.fvector(), d = T.dvector(), ub = T.vector("v", { dtype: "uint8" });
  const u32 = T.vector("v", { dtype: "uint32" }), u64 = T.vector("v", { dtype: "uint64" });
  const o = T.vector("v", { dtype: "bool" });
  const all: Variable[] = [
    b.add(b),
    b.add(ub),
    i.add(u32),
    l.add(u64),
    w.add(f),
    i.add(f),
    l.add(f),
    f.add(d),
    o.mul(f),
    o.mul(i),
    b.exp(),
    w.exp(),
    i.exp(),
    i.div(i),
    i.intDiv(i),
    i.pow(2),
    f.add(1),
    f.add(1.5),
  ];
  return { types: all.map((x) => x.dtype) };
}, {
  float64Only: "it is a table for floatX = float64",
  choices: {
    types: [
      "int8",
      "int16",
      "int64",
      "float64",
      "float32",
      // An integer of any width with float32 gives float32.
      "float32",
      "float32",
      "float64",
      "float32",
      "int32",
      // Functions of integers give floatX.
      "float64",
      "float64",
      "float64",
      "float64",
      "int32",
      "int32",
      "float32",
      "float32",
    ],
  },
});

testCase("op-constant-dtypes", () => {
  const all: Variable[] = [
    T.constant(1),
    T.constant(300),
    T.constant(100000),
    T.arange(5),
    T.arange(T.bscalar()),
    T.fvector().argmax(),
    T.shape(T.fvector()),
    T.ivector().gt(0),
  ];
  return {
    types: all.map((x) => x.dtype),
    fx: T.zeros([2]).dtype === config.floatX && T.eye(2).dtype === config.floatX,
  };
}, {
  float64Only: "it is a list for floatX = float64",
  // A JavaScript number alone is of floatX.
  choices: {
    types: ["float64", "float64", "float64", "int64", "int64", "int64", "int64", "bool"],
  },
});

testError("op-index-out-of-bounds", /out of (bounds|range)/, async ({ compile }) => {
  const x = T.vector("x"), i = T.iscalar("i");
  const f = await compile([x, i], x.at(i));
  return () => f([0, 0, 0], 3);
});

testError("op-set-subtensor-not-subtensor", /index/, () => {
  const [v, u] = T.vectors("v", "u");
  T.setSubtensor(v, u);
});

testCase("op-reshape-flatten-dimshuffle", async (input, { compile }) => {
  const t = T.tensor3("t");
  const f = await compile([t], [
    t.reshape([4, -1]),
    t.flatten(),
    t.flatten(2),
    t.dimshuffle(2, "x", 0, 1).at(1, 0),
    t.transpose([1, 0, 2]),
    t.swapaxes(0, 2),
    T.shape(T.shapePadLeft(t, 2)),
  ]);
  const [o1, o2, o3, o4, o5, o6, s1] = f(input("t_val"));
  const r = T.row("r");
  const [o7, o8] = (await compile([r], [r.dimshuffle(1), r.squeeze()]))(input("r_val"));
  return { o1, o2, o3, o4, o5, o6, s1, o7, o8 };
});

testError("op-reshape-bad", /reshape/i, async ({ compile }) => {
  const v = T.vector("v");
  const f = await compile([v], v.reshape([2, 2]));
  return () => f([0, 0, 0, 0, 0]);
});

testError("op-dimshuffle-drop", /axis 0 is left out and must have length 1/, () => {
  T.matrix("m").dimshuffle(1);
});

testCase("op-tile-repeat-roll", async (input, { compile }) => {
  const m = T.matrix("m"), v = T.vector("v"), k = T.lvector("k");
  const f = await compile([m, v, k], [
    T.tile(m, [2, 1]),
    T.tile(v, 2),
    m.repeat(2, 1),
    m.repeat(2),
    v.repeat(k),
    T.roll(v, 1),
    T.roll(m, -1, 1),
    T.alloc(v, 2, v.shape[0]!),
  ]);
  const [o1, o2, o3, o4, o5, o6, o7, o8] = f(input("m_val"), input("v_val"), input("k_val"));
  return { o1, o2, o3, o4, o5, o6, o7, o8 };
});

testCase("op-sort-cumulative", async (input, { compile }) => {
  const m = T.matrix("m"), i = T.ivector("i");
  const f = await compile([m], [
    T.sort(m),
    T.sort(m, 0),
    T.sort(m, null),
    T.argsort(m, 1),
    T.cumsum(m),
    T.cumprod(m, 0),
    T.diff(m, 1, 1),
  ]);
  const [o1, o2, o3, o4, o5, o6, o7] = f(input("m_val"));
  const [o8, o9] = (await compile([i], [T.bincount(i), T.toOneHot(i, 4)]))(input("i_val"));
  return { o1, o2, o3, o4, o5, o6, o7, o8, o9 };
});

testCase("op-ifelse-lazy-list", async (input, { compile }) => {
  const c = T.iscalar("c"), [x, y] = T.vectors("x", "y");
  const [p, q] = T.ifelse(c, [x, y.mul(2)], [y, x.mul(2)]);
  const f = await compile([c, x, y], [p!, q!]);
  const [a1, a2] = f(2, input("x_val"), input("y_val"));
  const [b1, b2] = f(0, input("x_val"), input("y_val"));
  return { a1, a2, b1, b2 };
});
