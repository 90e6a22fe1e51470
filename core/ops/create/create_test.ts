import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { config } from "../../runtime/config.ts";
import * as T from "../../api/t.ts";
import { Constant } from "../../graph/graph.ts";

Deno.test("letters stand for dtypes", () => {
  const made = [
    T.bvector(),
    T.wvector(),
    T.ivector(),
    T.lvector(),
    T.fvector(),
    T.dvector(),
    T.cvector(),
  ];
  assertEquals(made.map((x) => x.dtype), [
    "int8",
    "int16",
    "int32",
    "int64",
    "float32",
    "float64",
    "complex64",
  ]);
  assertEquals(T.zmatrix().dtype, "complex128");
  assertEquals([T.dscalar(), T.drow(), T.dcol(), T.dtensor3(), T.dtensor7()].map((x) => x.ndim), [
    0,
    2,
    2,
    3,
    7,
  ]);
});

Deno.test("without a letter the dtype is floatX at the time of the call", () => {
  const before = config.floatX;
  try {
    config.floatX = "float64";
    assertEquals(T.vector("x").dtype, "float64");
    assertEquals(T.scalars("x", "y").map((x) => x.dtype), ["float64", "float64"]);
    assertEquals(T.vector.type.dtype, "float64");
    config.floatX = "float16";
    assertEquals(T.vector("x", "floatX").dtype, "float16");
  } finally {
    config.floatX = before;
  }
  assertEquals(T.vector("x").dtype, before);
  assertEquals(T.vector("x", "uint8").dtype, "uint8");
  assertEquals(T.matrix("x", { dtype: "bool", shape: [null, 3] }).type.shape, [null, 3]);
});

Deno.test("types are the same object for the same dtype and shape", () => {
  assertStrictEquals(T.dscalar("x").type, T.dscalar.type);
  assertStrictEquals(T.dscalar("x").type, T.tensorType("float64", 0));
  assertStrictEquals(T.tensorType("float32", [true, false]), T.frow.type);
  assertEquals(String(T.dscalar.type), "TensorType(float64, scalar)");
  assertEquals(T.tensor("float32", [true, false, false]).ndim, 3);
  assertEquals(T.tensor("int8", 4, "t").name, "t");
  assertEquals(T.row().type.shape, [1, null]);
  assertEquals(T.col().type.shape, [null, 1]);
});

Deno.test("plurals", () => {
  assertEquals(T.dscalars("a", "b").map((x) => x.name), ["a", "b"]);
  assertEquals(T.dscalars("xyz").map((x) => x.name), ["x", "y", "z"]);
  assertEquals(T.ivectors(["rows", "columns"]).map((x) => x.name), ["rows", "columns"]);
  assertEquals(T.imatrices(3).map((x) => x.name), [null, null, null]);
  assertEquals(T.imatrices(1).length, 1);
  // One letter is one variable, as the constructors of Theano have it.
  assertEquals(T.vectors("A").name, "A");
  assertEquals(T.ivectors("N").dtype, "int32");
  assertEquals(T.ftensor3s("a", "b").map((x) => x.ndim), [3, 3]);
});

Deno.test("every call makes a new variable", () => {
  assertNotStrictEquals(T.vector("x"), T.vector("x"));
});

Deno.test("errors of constructors", () => {
  assertThrows(() => T.vector("x", "float" as "float32"), TypeError, 'Unknown dtype "float"');
  assertThrows(() => T.vector(3 as never), TypeError, "expected a string as name, got 3");
  assertThrows(
    () => T.matrix("x", { shape: [1] }),
    RangeError,
    "Cannot make a variable: expected a shape of 2 lengths, got 1",
  );
  assertThrows(
    () => T.row("x", { shape: [2, 2] }),
    RangeError,
    "expected length 1 on axis 0, got 2",
  );
  assertThrows(() => T.tensor("int8", -1), RangeError, "expected a rank from 0 to 64, got -1");
  assertThrows(() => T.scalars(-1), RangeError, "expected an integer from 0 to 10000");
});

Deno.test("constants", () => {
  assertEquals(T.constant(2).dtype, config.floatX);
  assertEquals(T.constant(2n).dtype, "int64");
  assertEquals(T.constant(true).dtype, "bool");
  assertEquals(T.constant(new Float64Array(3)).dtype, "float64");
  assertEquals(T.constant([[1, 2], [3, 4]], "int32").type.shape, [2, 2]);
  assertEquals(T.constant(1, { ndim: 2 }).type.shape, [1, 1]);
  assertStrictEquals(T.constant(3), T.constant(3));
  const named = T.constant(3, { name: "three" });
  assertEquals(named.name, "three");
  assertEquals(T.constant(3).name, null);
  assert(named instanceof Constant);
  assertThrows(
    () => T.constant([1, 2], { ndim: 0 }),
    TypeError,
    "Cannot make a constant of rank 0",
  );
  assertThrows(() => T.constant(T.scalar("x") as never), TypeError, "expected a value");
  assertThrows(() => T.constant([[1], [2, 3]]), TypeError, "rows of one length");
});
