import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { config } from "../../runtime/config.ts";
import { type DType, dtypes, promote } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { baseSize, Guards, type Size, sizeAt } from "../../ir/size.ts";
import type { ShapeContext } from "../../graph/op.ts";
import { makeValue, type Value } from "../../graph/value.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import * as T from "../../api/t.ts";
import type { Variable } from "../../graph/graph.ts";
import { elementwiseNames, elementwiseOps } from "./table.ts";

function vector(dtype: DType): Variable {
  return T.vector("v", dtype);
}

function run(output: Variable, ...inputs: [Variable, Value][]): (number | bigint)[] {
  return [...evaluateGraph([output], new Map(inputs))[0]!.data];
}

Deno.test("dtypes: arithmetic promotes", () => {
  const table: [DType, DType, DType][] = [
    ["int8", "int8", "int8"],
    ["int8", "uint8", "int16"],
    ["int32", "uint32", "int64"],
    ["int64", "uint64", "float64"],
    ["int16", "float32", "float32"],
    ["int32", "float32", "float32"],
    ["int64", "float16", "float16"],
    ["float32", "float64", "float64"],
    ["bool", "float32", "float32"],
    ["bool", "int32", "int32"],
    ["complex64", "int64", "complex64"],
    ["complex64", "float64", "complex128"],
  ];
  for (const [a, b, expected] of table) {
    assertEquals(T.add(vector(a), vector(b)).dtype, expected);
    assertEquals(T.mul(vector(b), vector(a)).dtype, expected);
  }
});

Deno.test("dtypes: every pair of every arithmetic op", () => {
  for (const a of dtypes) {
    for (const b of dtypes) {
      const meet = promote(a, b), x = vector(a), y = vector(b);
      const complex = meet.startsWith("complex"), bool = meet === "bool";
      const discrete = bool || meet.includes("int");
      const expectOrFail = (build: () => Variable, expected: DType | null) => {
        if (expected === null) assertThrows(build, TypeError);
        else assertEquals(build().dtype, expected);
      };
      expectOrFail(() => T.add(x, y), meet);
      expectOrFail(() => T.mul(x, y), meet);
      expectOrFail(() => T.sub(x, y), bool ? null : meet);
      expectOrFail(() => T.pow(x, y), bool ? null : meet);
      expectOrFail(() => T.div(x, y), discrete ? config.floatX : meet);
      expectOrFail(() => T.intDiv(x, y), bool || complex ? null : meet);
      expectOrFail(() => T.mod(x, y), bool || complex ? null : meet);
      expectOrFail(() => T.maximum(x, y), complex ? null : meet);
      expectOrFail(() => T.eq(x, y), "bool");
      expectOrFail(() => T.lt(x, y), complex ? null : "bool");
      expectOrFail(() => T.and(x, y), discrete ? meet : null);
      expectOrFail(() => T.leftShift(x, y), discrete && !bool ? meet : null);
      expectOrFail(() => T.where(x, x, y), meet);
      expectOrFail(() => T.atan2(x, y), complex ? null : discrete ? config.floatX : meet);
    }
  }
});

Deno.test("dtypes: float functions of integers give floatX, also when it changes", () => {
  const x = T.ivector("x");
  const before = config.floatX;
  try {
    for (const floatX of ["float32", "float64", "float16"] as const) {
      config.floatX = floatX;
      for (const f of [T.exp, T.sqrt, T.sigmoid, T.floor, T.round, T.reciprocal]) {
        assertEquals(f(x).dtype, floatX);
      }
      assertEquals(T.div(x, 2).dtype, floatX);
      assertEquals(T.mul(x, 0.5).dtype, floatX);
      assertEquals(T.exp(T.lscalar()).dtype, floatX);
    }
  } finally {
    config.floatX = before;
  }
});

Deno.test("dtypes: numbers take the dtype of what they meet", () => {
  assertEquals(T.add(T.ivector(), 1).dtype, "int32");
  assertEquals(T.pow(T.ivector(), 2).dtype, "int32");
  assertEquals(T.add(T.bvector(), 300).dtype, "int16");
  assertEquals(T.add(T.fvector(), 1.1).dtype, "float32");
  assertEquals(T.add(T.dvector(), 1).dtype, "float64");
  assertEquals(T.add(T.ivector(), 1n).dtype, "int64");
  assertEquals(T.add(T.ivector(), true).dtype, "int32");
  assertEquals(T.add(1, 2).dtype, config.floatX);
  assertEquals(T.abs(T.cvector()).dtype, "float32");
  assertEquals(T.real(T.zvector()).dtype, "float64");
});

Deno.test("bools: sum is or, product is and, difference is an error", () => {
  const p = T.gt(T.vector("x"), 0), q = T.gt(T.vector("y"), 0);
  assertStrictEquals(T.add(p, q), T.or(p, q));
  assertStrictEquals(T.mul(p, q), T.and(p, q));
  assertStrictEquals(T.maximum(p, q), T.or(p, q));
  assertStrictEquals(T.abs(p), p);
  assertThrows(
    () => T.sub(p, q),
    TypeError,
    'Cannot apply "sub" to bool and bool: expected numbers (cast bools first)',
  );
  assertThrows(() => T.neg(p), TypeError, "expected numbers");
});

Deno.test("broadcasting: static shapes", () => {
  const x = T.matrix("x", { shape: [null, 3] }), column = T.col("c");
  assertEquals(T.add(x, column).type.shape, [null, 3]);
  assertEquals(T.add(T.tensor("float32", [5, 1]), T.tensor("float32", [4])).type.shape, [5, 4]);
  assertEquals(T.add(T.tensor("float32", [null]), T.tensor("float32", [1])).type.shape, [null]);
  assertThrows(
    () => T.add(x, T.tensor("float32", [4])),
    ShapeError,
    'Cannot apply "add" to shapes (?, 3) and (4,): expected equal lengths or 1 on axis 1, got 3 and 4',
  );
});

Deno.test("broadcasting: values", () => {
  const x = T.dmatrix("x"), y = T.dvector("y");
  const values: [Variable, Value][] = [
    [x, makeValue("float64", [2, 1], [10, 20])],
    [y, makeValue("float64", [3], [1, 2, 3])],
  ];
  assertEquals(run(T.add(x, y), ...values), [11, 12, 13, 21, 22, 23]);
  assertThrows(
    () =>
      run(
        T.add(T.dvector("a").copy(), y),
        [y, makeValue("float64", [3], [1, 2, 3])],
      ),
    TypeError,
    '"a" has no value',
  );
});

Deno.test("evaluate: integers wrap, 64 bits are exact", () => {
  const b = T.bscalar("b"), l = T.lscalar("l"), u = T.scalar("u", "uint64");
  const set = (
    v: Variable,
    x: number | bigint,
  ): [Variable, Value] => [v, makeValue(v.dtype, [], [x])];
  assertEquals(run(T.add(b, 100), set(b, 100)), [-56]);
  assertEquals(run(T.neg(b), set(b, -128)), [-128]);
  assertEquals(run(T.mul(l, l), set(l, 3037000501n)), [BigInt.asIntN(64, 3037000501n ** 2n)]);
  assertEquals(run(T.add(u, 1), set(u, 2n ** 64n - 1n)), [0n]);
  assertEquals(run(T.intDiv(l, -2), set(l, 7n)), [-4n]);
  assertEquals(run(T.mod(l, -2), set(l, 7n)), [-1n]);
  assertEquals(run(T.intDiv(l, 0), set(l, 7n)), [0n]);
  assertEquals(run(T.pow(b, -1), set(b, -1)), [-1]);
});

Deno.test("evaluate: floats at special points", () => {
  const x = T.dvector("x"), y = T.dvector("y");
  const at = (f: (x: Variable, y: Variable) => Variable, p: number[], q: number[]) =>
    run(f(x, y), [x, makeValue("float64", [p.length], p)], [
      y,
      makeValue("float64", [q.length], q),
    ]);
  assertEquals(at(T.mod, [7, -7, 7, -7, 5.5], [3, 3, -3, -3, 2]), [1, 2, -2, -1, 1.5]);
  assertEquals(at(T.intDiv, [7, -7, 1, 5], [2, 2, 0.1, 0]), [3, -4, 9, Infinity]);
  assertEquals(at(T.pow, [1, -1, 0, NaN], [NaN, Infinity, 0, 0]), [1, 1, 1, 1]);
  assertEquals(at(T.maximum, [NaN, 1], [1, 2]), [NaN, 2]);
  const one = (f: (x: Variable) => Variable, p: number[]) =>
    run(f(x), [x, makeValue("float64", [p.length], p)]);
  assertEquals(one(T.round, [0.5, 1.5, -0.5, 2.5]), [0, 2, -0, 2]);
  const away = one((v) => T.round(v, "halfAwayFromZero"), [0.5, -2.5, 0.49999999999999994]);
  assertEquals(away, [1, -3, 0]);
  assertEquals(one((v) => T.clip(v, 2, 1), [0, 1.5, 3, NaN]), [2, 2, 1, NaN]);
  assertEquals(one(T.sign, [-3, -0, 5, NaN]), [-1, -0, 1, NaN]);
  assertEquals(one(T.softplus, [1000, -1000, 0]), [1000, 0, Math.log(2)]);
  assertEquals(one(T.sigmoid, [1000, -1000, 0]), [1, 0, 0.5]);
  const inf = Infinity;
  assertEquals(at(T.logaddexp, [1000, -inf, inf, -inf, 2], [1000, -inf, inf, 5, NaN]), [
    1000 + Math.LN2,
    -inf,
    inf,
    5,
    NaN,
  ]);
  assertEquals(at(T.logdiffexp, [1000, -inf, 3, 3, 3, inf, inf], [999, -inf, -inf, 3, 4, 3, inf]), [
    1000 + Math.log1p(-Math.exp(-1)),
    -inf,
    3,
    -inf,
    NaN,
    inf,
    NaN,
  ]);
  assertEquals(one(T.log1mexp, [0, -inf, 1, -1e-20]), [-inf, -0, NaN, Math.log(1e-20)]);
});

Deno.test("evaluate: isclose", () => {
  const x = T.dvector("x");
  const values = makeValue("float64", [4], [1, NaN, Infinity, 1 + 1e-7]);
  const y = [1.00003, NaN, Infinity, 1];
  assertEquals(run(T.isclose(x, y), [x, values]), [0, 0, 1, 1]);
  assertEquals(run(T.isclose(x, y, { equalNan: true, rtol: 1e-4 }), [x, values]), [1, 1, 1, 1]);
});

Deno.test("cast: identity, saturation, complex", () => {
  const x = T.fvector("x");
  assertStrictEquals(T.cast(x, "float32"), x);
  assertEquals(T.cast(T.ivector(), "floatX").dtype, config.floatX);
  const values = makeValue("float32", [5], [1.9, -1.9, 1e20, NaN, 300]);
  assertEquals(run(T.cast(x, "int32"), [x, values]), [1, -1, 2147483647, 0, 300]);
  assertEquals(run(T.cast(x, "uint8"), [x, values]), [1, 0, 255, 0, 44]);
  assertEquals(run(T.cast(x, "bool"), [x, values]), [1, 1, 1, 1, 1]);
  assertEquals(run(T.bitcast(x, "uint32"), [x, values])[0], 0x3ff33333);
  assertThrows(() => T.cast(T.cscalar(), "float32"), TypeError, "Cannot cast complex64 to float32");
  assertThrows(() => T.cast(x, "float8" as DType), TypeError, 'Unknown dtype "float8"');
  assertThrows(() => T.bitcast(x, "int64"), TypeError, "two dtypes of one width");
});

Deno.test("nodes are shared: the same application is the same variable", () => {
  const x = T.vector("x");
  assertStrictEquals(T.exp(x), T.exp(x));
  assertStrictEquals(x.add(1).mul(2), x.add(1).mul(2));
  const clips = [T.gradClip(x, -Infinity, 1), T.gradClip(x, -1, 1), T.gradClip(x, -Infinity, 1)];
  assert(clips[0] !== clips[1]);
  assertStrictEquals(clips[0], clips[2]);
  assertThrows(() => T.gradClip(x, NaN, 1), TypeError, "Cannot clip a gradient");
});

Deno.test("errors: wrong number of arguments, no arguments", () => {
  assertThrows(
    () => elementwiseOps.add.infer([T.vector()], {}),
    TypeError,
    'Cannot apply "add": expected 2 arguments, got 1',
  );
  assertThrows(() => T.add(), TypeError, "expected at least one argument");
  assertThrows(() => T.exp({} as never), TypeError);
});

Deno.test("sizes: integers on the host follow the same rules and can be asked again", () => {
  const guards = new Guards();
  const context = { guards } as ShapeContext;
  const n = baseSize("n", 0, 7);
  const size = (name: keyof typeof elementwiseOps, ...args: Size[]): Size =>
    elementwiseOps[name].size!(context, args, { dtype: "int8" });
  const at = (s: Size, value: number) => sizeAt(s, [value]);
  assertEquals(at(size("add", n, size("mul", n, 2)), 10), 30);
  assertEquals(at(size("intDiv", size("neg", n), 2), 9), -5);
  assertEquals(at(size("mod", size("neg", n), 4), 9), 3);
  assertEquals(at(size("cast", n), 300), 44);
  assertEquals(at(size("pow", n, 2), 5), 25);
  assertEquals(size("switch", size("gt", n, 5), 1, 2), 1);
  assertEquals(guards.hold([6]), true);
  assertEquals(guards.hold([5]), false);
  assertEquals(at(size("maximum", n, 3), 20), 20);
  assertEquals(at(size("clip", n, 0, 100), 20), 20);
});

Deno.test("what is claimed to be commutative or idempotent is", () => {
  for (const name of elementwiseNames) {
    const { facts, arity, lowering } = elementwiseOps[name];
    if (facts === undefined || lowering.kind !== "elementwise") continue;
    const types: DType[] = ["float64", "int32", "bool"];
    for (const dtype of types) {
      const evaluate = (...args: number[]): number | null => {
        try {
          const values = args.map((x) => makeValue(dtype, [], [x]));
          return Number(
            elementwiseOps[name].evaluate(values, { dtype }, null as never)[0]!.data[0],
          );
        } catch (error) {
          assert(error instanceof TypeError);
          return null;
        }
      };
      const points = dtype === "float64"
        ? [-2.5, -1, 0, 0.25, 1, 3]
        : dtype === "bool"
        ? [0, 1]
        : [-3, -1, 0, 1, 4];
      if (arity === 2 && evaluate(1, 1) !== null) {
        for (const x of points) {
          if (facts.has("idempotent")) assertEquals(evaluate(x, x), x, name);
          for (const y of points) {
            if (facts.has("commutative")) assertEquals(evaluate(x, y), evaluate(y, x), name);
          }
        }
      }
    }
  }
});
