import { assertEquals } from "@std/assert";
import { debugprint, pp } from "./print.ts";
import * as T from "../api/t.ts";

const x = T.dscalar("x"), m = T.fmatrix("m"), v = T.fvector("v"), i = T.ivector("i");

Deno.test("pp: operators, functions, constants", () => {
  assertEquals(pp(x), "x");
  assertEquals(pp(x.pow(2).sub(1).neg()), "(-((x ** TensorConstant{2.0}) - TensorConstant{1.0}))");
  assertEquals(pp(x.abs().exp()), "exp(|x|)");
  assertEquals(pp(i.add(1).eq(3)), "((i + TensorConstant{1}) == TensorConstant{3})");
  assertEquals(pp(i.invert()), "(~i)");
  assertEquals(
    pp(T.where(v.gt(0), v, 0)),
    "switch((v > TensorConstant{0.0}), v, TensorConstant{0.0})",
  );
  assertEquals(pp(T.dscalar()), "<TensorType(float64, scalar)>");
  assertEquals(pp(x.cast("int32")), "Cast{int32}(x)");
  assertEquals(pp(T.gradClip(x, -1, 1)), "gradClip{lower=-1, upper=1}(x)");
});

Deno.test("pp: constants of all sizes", () => {
  const texts = [
    T.constant(true),
    T.constant(3n),
    T.constant([1, 1, 1]),
    T.constant([1, 2.5, -0], "float64"),
    T.constant([1, 2, 3, 4, 5, 6, 7], "int32"),
    T.constant([[1, 2]], "int8"),
    T.constant(0.1, "float64"),
    T.constant(NaN),
    T.constant(1, "complex64"),
  ].map(pp);
  assertEquals(texts, [
    "TensorConstant{True}",
    "TensorConstant{3}",
    "TensorConstant{(3,) of 1.0}",
    "TensorConstant{[1.0 2.5 -0.0]}",
    "TensorConstant{[1 2 3 ... 7]}",
    "TensorConstant{(1, 2) [1 2]}",
    "TensorConstant{0.1}",
    "TensorConstant{NaN}",
    "TensorConstant{(1+0j)}",
  ]);
});

Deno.test("pp: products, transposes, reductions, indices", () => {
  assertEquals(pp(m.T.dot(m)), "(m.T \\dot m)");
  assertEquals(pp(m.sum()), "Sum(m)");
  assertEquals(pp(m.max(1)), "Max{axis=[1]}(m)");
  assertEquals(pp(m.argmin(0)), "Argmin{axis=[0]}(m)");
  assertEquals(pp(m.at(0, { start: 1, step: 2 })), "m[0, 1::2]");
  assertEquals(pp(m.at(i)), "m[i]");
  assertEquals(pp(T.setSubtensor(m.at(0), 1)), "SetSubtensor(m[0], TensorConstant{1.0})");
  assertEquals(pp(m.shape[1]!), "m.shape[1]");
});

Deno.test("pp: the unoptimised gradient of x ** 2 has the text of the tutorial", () => {
  const w = T.dvector("x"), y = w.pow(2);
  const gradient = T.fill(y, 1).mul(2).mul(w.pow(T.sub(T.constant(2, "float64"), 1)));
  assertEquals(
    pp(gradient).replaceAll(".0}", "}"),
    "((fill((x ** TensorConstant{2}), TensorConstant{1}) * TensorConstant{2}) * " +
      "(x ** (TensorConstant{2} - TensorConstant{1})))",
  );
});

Deno.test("pp: named results by their names, deep graphs without recursion", () => {
  const y = x.add(1);
  y.name = "y";
  assertEquals(pp(y.mul(2)), "(y * TensorConstant{2.0})");
  assertEquals(pp(y), "(x + TensorConstant{1.0})");
  let deep = v.exp();
  for (let k = 0; k < 20_000; k++) deep = k % 2 === 0 ? deep.sin() : deep.cos();
  assertEquals(pp(deep).length, 20_001 * 5 + 1);
});

Deno.test("debugprint: a tree with ids, repeated nodes in one line", () => {
  const s = m.add(1);
  assertEquals(
    debugprint([s.mul(s), m.sum(0)], { file: "str" }),
    [
      "Elemwise{mul} [id A] ''",
      " |Elemwise{add} [id B] ''",
      " | |m [id C]",
      " | |TensorConstant{1.0} [id D]",
      " |Elemwise{add} [id B] ''",
      "Sum{axis=[0]} [id E] ''",
      " |m [id C]",
    ].join("\n"),
  );
});

Deno.test("debugprint: options", () => {
  const y = x.exp();
  y.name = "y";
  const z = y.add(x);
  assertEquals(
    debugprint(z, { file: "str", depth: 2, printType: true, ids: "int" }),
    [
      "Elemwise{add} <TensorType(float64, scalar)> [id 0] ''",
      " |Elemwise{exp} <TensorType(float64, scalar)> [id 1] 'y'",
      " |x <TensorType(float64, scalar)> [id 2]",
    ].join("\n"),
  );
  assertEquals(
    debugprint(z, { file: "str", ids: "", stopOnName: true }),
    ["Elemwise{add} ''", " |Elemwise{exp} 'y'", " |x"].join("\n"),
  );
});

Deno.test("debugprint: functions number their nodes and name their updates", () => {
  const printed = debugprint({ graph: { outputs: [x.cos().neg()], updates: [[v, v.mul(2)]] } }, {
    file: "str",
  });
  assertEquals(
    printed,
    [
      "Elemwise{neg} [id A] ''   1",
      " |Elemwise{cos} [id B] ''   0",
      "   |x [id C]",
      "Elemwise{mul} [id D] ''   2 (update of \"v\")",
      " |v [id E]",
      " |TensorConstant{2.0} [id F]",
    ].join("\n"),
  );
});

Deno.test("debugprint: ids go on after Z", () => {
  let sum = x.add(0);
  for (let k = 1; k < 20; k++) sum = sum.add(k);
  const lines = debugprint(sum, { file: "str" }).split("\n");
  assertEquals(lines.some((line) => line.includes("[id AA]")), true);
});
