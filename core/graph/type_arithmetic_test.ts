import { assertEquals, assertThrows } from "@std/assert";
import { type DType, dtypes, type FloatDType, promote } from "./dtype.ts";
import * as T from "../api/t.ts";
import type { DotRank, IndexedRank, MaxRank, Promote, ReducedRank } from "./type_arithmetic.ts";
import type { Constant, Variable } from "./graph.ts";

// What is tested here is decided by the type checker. `Same` is exact: neither `any` nor a wider type
// passes.

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true
  : false;

/** Compiles only if both types are the same. */
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

/** Takes only a variable of exactly this type. */
function is<D extends DType, N extends number>(): <V extends Variable>(
  variable: V,
  ...proof: [V["dtype"], V["ndim"]] extends [D, N] ? [D, N] extends [V["dtype"], V["ndim"]] ? []
    : [never]
    : [never]
) => void {
  return () => {};
}

const b = T.bvector("b"), i = T.imatrix("i"), f = T.fmatrix("f"), d = T.dscalar("d");
const x = T.matrix("x"), z = T.cvector("z");

Deno.test("types: promotion agrees with the function for all pairs", () => {
  same<Promote<"int8", "uint8">, "int16">();
  same<Promote<"uint32", "int8">, "int64">();
  same<Promote<"int64", "uint64">, "float64">();
  same<Promote<"uint16", "int32">, "int32">();
  same<Promote<"int64", "float32">, "float32">();
  same<Promote<"float16", "float64">, "float64">();
  same<Promote<"complex64", "float64">, "complex128">();
  same<Promote<"complex64", "int64">, "complex64">();
  same<Promote<"bool", "bool">, "bool">();
  same<Promote<DType, "int8">, DType>();
  same<Promote<"int8" | "float32", "int16">, "int16" | "float32">();
  // Each entry has the one type that the checker computes, and the value that the function gives.
  type Names = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
  ];
  type Row<A extends DType, L extends readonly DType[]> = { [K in keyof L]: Promote<A, L[K]> };
  type Rows<L extends readonly DType[]> = { [K in keyof L]: Row<L[K], Names> };
  // deno-fmt-ignore
  const table: Rows<Names> = [
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"],
    ["int8", "int8", "int16", "int32", "int64", "int16", "int32", "int64", "float64", "float16", "float32", "float64", "complex64", "complex128"],
    ["int16", "int16", "int16", "int32", "int64", "int16", "int32", "int64", "float64", "float16", "float32", "float64", "complex64", "complex128"],
    ["int32", "int32", "int32", "int32", "int64", "int32", "int32", "int64", "float64", "float16", "float32", "float64", "complex64", "complex128"],
    ["int64", "int64", "int64", "int64", "int64", "int64", "int64", "int64", "float64", "float16", "float32", "float64", "complex64", "complex128"],
    ["uint8", "int16", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"],
    ["uint16", "int32", "int32", "int32", "int64", "uint16", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"],
    ["uint32", "int64", "int64", "int64", "int64", "uint32", "uint32", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"],
    ["uint64", "float64", "float64", "float64", "float64", "uint64", "uint64", "uint64", "uint64", "float16", "float32", "float64", "complex64", "complex128"],
    ["float16", "float16", "float16", "float16", "float16", "float16", "float16", "float16", "float16", "float16", "float32", "float64", "complex64", "complex128"],
    ["float32", "float32", "float32", "float32", "float32", "float32", "float32", "float32", "float32", "float32", "float32", "float64", "complex64", "complex128"],
    ["float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64", "complex128", "complex128"],
    ["complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex64", "complex128", "complex64", "complex128"],
    ["complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128", "complex128"],
  ];
  assertEquals<readonly (readonly string[])[]>(
    table,
    dtypes.map((a) => dtypes.map((b) => promote(a, b))),
  );
});

Deno.test("types: ranks", () => {
  same<MaxRank<0, 3>, 3>();
  same<MaxRank<2, 1>, 2>();
  same<MaxRank<number, 1>, number>();
  same<ReducedRank<3, undefined>, 0>();
  same<ReducedRank<3, 0>, 2>();
  same<ReducedRank<3, readonly [0, 2]>, 1>();
  same<ReducedRank<3, number[]>, number>();
  same<ReducedRank<3, { readonly axis: 0; readonly keepdims: true }>, 3>();
  same<ReducedRank<3, { readonly axis: 0; readonly keepdims: false }>, 2>();
  same<ReducedRank<3, { readonly axis: 0 }>, 2>();
  same<ReducedRank<3, { readonly keepdims: boolean }>, number>();
  same<ReducedRank<3, { readonly dtype: "int8" }>, 0>();
  same<DotRank<2, 2>, 2>();
  same<DotRank<1, 1>, 0>();
  same<DotRank<3, 1>, 2>();
  same<DotRank<0, 2>, 2>();
  same<IndexedRank<3, [1, null, "...", { start: 1 }]>, 3>();
  same<IndexedRank<2, [0]>, 1>();
});

Deno.test("types: elementwise operations", () => {
  is<"float32", 2>()(f.add(i));
  is<"float64", 2>()(f.mul(d));
  is<"int8", 1>()(b.add(1));
  is<FloatDType, 1>()(b.mul(0.5));
  is<FloatDType, 2>()(i.div(2));
  is<"float32", 2>()(i.div(f));
  is<"int64", 2>()(i.add(1n));
  is<"int8", 1>()(b.add(true));
  is<"bool", 2>()(f.gt(0));
  is<"int32", 2>()(f.gt(0).mul(2));
  is<FloatDType, 2>()(T.add(x, x));
  is<FloatDType, 2>()(T.exp(i));
  is<"float32", 2>()(T.exp(f));
  is<"float32", 1>()(T.abs(z));
  is<"float64", 2>()(T.where(f.gt(0), 1, d));
  is<"float64", 2>()(T.clip(f, 0, d));
  is<"float64", 2>()(T.add(f, new Float64Array(3)));
  is<"int64", 1>()(T.add(b, new BigInt64Array(3)));
  is<"int8", 2>()(T.cast(f, "int8"));
  is<FloatDType, 2>()(T.cast(i, "floatX"));
  is<"float32", 2>()(f.neg().exp().sqr().T.floor());
});

Deno.test("types: reductions, products, indices, shapes", () => {
  is<"float32", 0>()(f.sum());
  is<"int64", 1>()(i.sum(0));
  is<"float32", 2>()(f.mean({ axis: [0], keepdims: true }));
  is<FloatDType, 0>()(b.mean());
  is<"int64", 1>()(f.argmax(1));
  is<"float32", 2>()(f.dot(i));
  is<"float32", 1>()(f.dot(b));
  is<"float64", 2>()(T.dot(d, f));
  is<"float32", 1>()(f.at(0));
  is<"float32", 0>()(f.at(0, -1));
  is<"float32", 3>()(f.at({ start: 1 }, null));
  is<"float32", 3>()(f.reshape([2, -1, 3]));
  is<"float32", 3>()(f.dimshuffle(0, "x", 1));
  is<"float32", 1>()(f.flatten());
  is<"int64", 0>()(f.shape[0]);
});

Deno.test("types: constructors and constants", () => {
  is<FloatDType, 2>()(x);
  is<"uint8", 1>()(T.vector("v", "uint8"));
  is<"bool", 1>()(T.vector("v", { dtype: "bool" }));
  is<"int8", 2>()(T.tensor("int8", [null, 3]));
  is<"float64", 4>()(T.tensor("float64", 4));
  is<FloatDType, 1>()(T.vectors("A"));
  const [p, q] = T.dscalars("p", "q");
  is<"float64", 0>()(p.add(q));
  const constant: Constant<"int32"> = T.constant([1, 2], "int32");
  is<FloatDType, 0>()(T.constant(2));
  assertEquals(constant.dtype, "int32");
});

Deno.test("types: narrow variables are accepted for wide ones, not the other way round", () => {
  const any: Variable = f;
  const float: Variable<FloatDType> = f;
  const rank: Variable<DType, 2> = f;
  // @ts-expect-error the rank is 2
  const vector: Variable<"float32", 1> = f;
  // @ts-expect-error the dtype is float32
  const double: Variable<"float64", 2> = f;
  // @ts-expect-error any dtype is not float32
  const narrow: Variable<"float32", 2> = rank;
  // @ts-expect-error sub wants a tensor
  const failing = () => f.sub("1");
  const generic = <E extends "float32" | "float64">(v: Variable<E, 2>): Variable<E, 2> => v.neg().T;
  is<"float32", 2>()(generic(f));
  assertEquals([any, float, rank, vector, double, narrow].every((v) => v === f), true);
  assertEquals(typeof failing, "function");
});

/** Takes only a variable of exactly this type, by the type checker and when it runs. */
function typed<D extends DType, N extends number>(dtype: D, ndim: N): <V extends Variable>(
  variable: V,
  ...proof: [V["dtype"], V["ndim"]] extends [D, N] ? [D, N] extends [V["dtype"], V["ndim"]] ? []
    : [never]
    : [never]
) => void {
  return (variable, ..._proof) => assertEquals([variable.dtype, variable.ndim], [dtype, ndim]);
}

Deno.test("types: products and sorting agree with what is built", () => {
  const t = T.ftensor3("t");
  typed("float32", 3)(t.matmul(f));
  typed("float32", 3)(T.matmul(t, t));
  typed("float32", 1)(f.matmul(b));
  typed("float64", 2)(b.matmul(T.dtensor3("a")));
  typed("float32", 3)(t.dot(f));
  typed("float32", 2)(f.sort());
  typed("float32", 1)(f.sort(null));
  typed("int64", 2)(f.argsort(0));
  typed("float32", 1)(f.cumsum());
  typed("int32", 2)(i.cumsum(1));
  typed("int64", 1)(f.gt(0).cumprod());
  typed("float32", 2)(f.repeat(2, 0));
  typed("int64", 0)(i.trace());
  typed("float32", 0)(T.trace(f));
});

Deno.test("types: taking, joining and splitting agree with what is built", () => {
  typed("float32", 2)(f.take([0, 1], 1));
  typed("float32", 1)(f.take(0, 0));
  typed("float32", 1)(f.take(T.ivector("p")));
  typed("float32", 3)(T.take(f, T.imatrix("p"), 0));
  typed("float32", 2)(T.stack([b, T.fvector("v")]));
  typed("int32", 1)(T.stack([T.iscalar("s"), 1]));
  typed("int32", 1)(T.stack([1, 2, T.iscalar("s")]));
  typed("float64", 3)(T.stack([i, T.dmatrix("m"), f]));
  typed("int16", 1)(T.concatenate([b, T.tensor("uint8", [null])]));
  typed("float32", 2)(T.join(1, f, f, i));
  typed("float32", 2)(T.concatenate(Array.from({ length: 3 }, () => f)));
  const [head, tail] = T.split(f, [1, 2], 1), [left, right] = T.split(b, 2);
  typed("float32", 2)(head);
  typed("float32", 2)(tail);
  typed("int8", 1)(left);
  typed("int8", 1)(right);
  const parts = T.split(b, [1, 2] as number[]);
  same<typeof parts, Variable<"int8", 1>[]>();
  // @ts-expect-error there are two parts
  const third = T.split(b, 2)[2];
  assertEquals(third, undefined);
  typed("float32", 1)(f.squeeze(0));
  typed("float32", 3)(f.expandDims(1));
});

Deno.test("types: convolutions take images and filters", () => {
  const images = T.ftensor4("images"), filters: Variable = T.ftensor4("filters");
  typed("float32", 4)(T.conv2d(images, images));
  same<ReturnType<typeof T.conv2d<typeof images, Variable>>, Variable<DType, 4>>();
  assertEquals(T.conv2d(images, filters).ndim, 4);
  // @ts-expect-error a matrix is no image
  assertThrows(() => T.conv2d(f, f), TypeError);
  // @ts-expect-error a matrix is no filter
  assertThrows(() => T.conv2dTranspose(images, f), TypeError);
  // @ts-expect-error a number is no filter
  assertThrows(() => T.conv2d(images, 1), TypeError);
});

Deno.test("types: what takes matrices takes no vectors", () => {
  const images = T.ftensor3("images"), any: Variable = T.ftensor3("any");
  typed("float32", 3)(T.pool2d(images, [2, 2]));
  typed("float32", 3)(T.batchedDot(images, images));
  typed("float32", 1)(T.batchedDot(f, f));
  same<ReturnType<typeof T.batchedDot<typeof images, typeof f>>, Variable<"float32", 2>>();
  assertEquals(T.batchedDot(any, images).ndim, 3);
  typed("float32", 2)(T.matmul(f, f));
  typed("float32", 1)(T.diagonal(f));
  const v = T.fvector("v");
  const fails = (f: () => unknown) => assertThrows(f, Error, "Cannot ");
  // @ts-expect-error a vector has no windows on two axes
  fails(() => T.pool2d(v, [2, 2]));
  // @ts-expect-error a vector is no batch
  fails(() => T.batchedDot(v, images));
  // @ts-expect-error a scalar is no matrix
  fails(() => T.matmul(f, 2));
  // @ts-expect-error a vector has no power
  fails(() => T.matrixPower(v, 2));
  // @ts-expect-error a vector has no diagonal
  fails(() => T.diagonal(v));
  // @ts-expect-error a vector has no trace
  fails(() => T.trace(v));
  // @ts-expect-error a vector has no triangle
  fails(() => T.tril(v));
  // @ts-expect-error a vector has no triangle
  fails(() => T.triu(v));
});
