import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, shared, T, tensor } from "../../all.ts";
import type { FloatDType } from "../graph/dtype.ts";
import { type ComplexNumber, Tensor } from "./tensor.ts";
import type { NestedValues } from "../graph/type_arithmetic.ts";

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true
  : false;

/** Takes only a value of exactly this type, as the type checker decides. */
function is<W>(): <V>(value: V, ...proof: Same<V, W> extends true ? [] : [never]) => void {
  return () => {};
}

Deno.test("types: what a tensor gives follows from its dtype and rank", () => {
  const f = tensor([[1, 2]], { dtype: "float32" });
  is<Tensor<"float32", 2>>()(f);
  is<Float32Array<ArrayBuffer>>()(f.dataSync());
  is<number[][]>()(f.arraySync());
  is<readonly [number, number]>()(f.shape);
  const i = tensor(2n), c = tensor([{ re: 1, im: 2 }], { dtype: "complex128" });
  is<BigInt64Array<ArrayBuffer>>()(i.dataSync());
  is<bigint>()(i.item());
  is<bigint>()(i.arraySync());
  is<readonly []>()(i.shape);
  is<Float64Array<ArrayBuffer>>()(c.dataSync());
  is<ComplexNumber>()(c.item());
  is<ComplexNumber[]>()(c.arraySync());
  is<boolean>()(tensor([true]).item());
  is<Tensor<FloatDType, 3>>()(tensor([[[1]]]));
  is<Tensor<"uint8", 1>>()(tensor(new Uint8Array(2)));
  is<Tensor<"int32", 2>>()(tensor(new Int32Array(4), { shape: [2, 2] }));
  is<Tensor<"int64", 0>>()(tensor(tensor(1n)));
  const any: Tensor = f, floats: Tensor<FloatDType> = f;
  is<NestedValues<number>>()(floats.arraySync());
  is<number>()(any.ndim);
  // @ts-expect-error the rank is 2
  const vector: Tensor<"float32", 1> = f;
  // @ts-expect-error the dtype is not known
  const narrow: Tensor<"float32"> = any;
  assertEquals([any, floats, vector, narrow].every((t) => t === f), true);
});

onDevices(
  "types: results and shared values have the dtype and rank of their variables",
  async (device) => {
    const w = shared(new Float32Array([1, 2]), { name: "w" }), m = T.fmatrix("m");
    const f = await compile([m], [m.dot(w), m.argmax(1), m.gt(0).any()], { device });
    const [product, top, some] = f([[1, 2], [3, 4]]);
    is<Tensor<"float32", 1>>()(product);
    is<number[]>()(product.arraySync());
    is<BigInt64Array<ArrayBuffer>>()(top.dataSync());
    is<boolean>()(some.item());
    is<Tensor<"float32", 1>>()(w.getValue());
    is<Tensor<"int32", 2>>()(shared([[1, 2]], { dtype: "int32" }).getValue());
    is<Tensor<FloatDType, 0>>()(shared(0).getValue());
    assertEquals(product.arraySync().map((x) => x + 1), [6, 12]);
    assertEquals([top.dataSync()[0], some.item()], [1n, true]);
    const [rows, columns] = m.shape;
    const g = await compile([m], rows.mul(columns), { device });
    assertEquals(g([[1, 2, 3]]).item(), 3n);
  },
);

onDevices("JSON holds the values of a tensor", async (device) => {
  const x = T.fmatrix("x");
  const f = await compile([x], { y: x.add(1), top: x.argmax(1), big: x.gt(2) }, { device });
  assertEquals(
    JSON.stringify(f([[1, 2], [3, 4]])),
    '{"y":[[2,3],[4,5]],"top":[1,1],"big":[[false,false],[true,true]]}',
  );
  assertEquals(JSON.stringify([tensor(0.5), tensor({ re: 1, im: 2 })]), '[0.5,{"re":1,"im":2}]');
  assertEquals(JSON.stringify(tensor(new Float32Array(0), { shape: [0, 2] })), "[]");
});

Deno.test("what JSON has no number for is an error, and what it advises works", () => {
  const cases: [Tensor, string, string][] = [
    [tensor([1, NaN]), "of dtype float32 as JSON, which has no number for NaN", '[1,"NaN"]'],
    [tensor(-Infinity, { dtype: "float64" }), "no number for -Infinity", '"-Infinity"'],
    [tensor({ re: 1, im: Infinity }), "no number for Infinity", '{"re":1,"im":"Infinity"}'],
    [tensor([2n ** 60n]), "no number for 1152921504606846976", '["1152921504606846976"]'],
  ];
  for (const [x, words, written] of cases) {
    const { message } = assertThrows(() => JSON.stringify(x), TypeError);
    assertStringIncludes(message, words);
    const advice = /JSON\.stringify\(x\.arraySync\(\), \(_, v\) => typeof v === "(\w+)"/.exec(
      message,
    )!;
    const isTold = (v: unknown) =>
      typeof v === advice[1] && !(typeof v === "number" && Number.isFinite(v));
    assertEquals(JSON.stringify(x.arraySync(), (_, v) => isTold(v) ? String(v) : v), written);
  }
});

Deno.test("consoles of Deno and Node show values", () => {
  const x = tensor([1, 2]), v = T.fvector("v");
  for (
    const [value, text] of [[x, "Tensor(float32[2]) [1, 2]"], [
      v,
      'Variable "v": TensorType(float32, vector)',
    ]]
  ) {
    assertEquals(Deno.inspect(value), text);
    const custom: unknown = Reflect.get(value as object, Symbol.for("nodejs.util.inspect.custom"));
    assertEquals((custom as () => string).call(value), text);
  }
});

Deno.test("a tensor has at most 64 axes", () => {
  const shape: number[] = Array(64).fill(1), more = [...shape, 1];
  assertEquals(tensor(new Float32Array(1), { shape }).shape, shape);
  assertThrows(
    () => tensor(new Float32Array(1), { shape: more }),
    TypeError,
    "at most 64 axes, got 65",
  );
  assertThrows(
    () => new Tensor("float32", more, new Float32Array(1)),
    TypeError,
    "at most 64 axes",
  );
});
