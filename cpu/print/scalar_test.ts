import { assert, assertEquals } from "@std/assert";
import { type DType, dtypeInfo, type TypedArray } from "../../core/graph/dtype.ts";
import { axisIx, ScalarBuilder } from "../../core/ir/builder.ts";
import { foldPrim, type ScalarValue } from "../../core/ir/fold.ts";
import type { Prim, ScalarType } from "../../core/ir/scalar.ts";
import { createCpuBackend } from "../mod.ts";
import { input, nest, output, Runner } from "../../dev/testing/cpu/programs.ts";

const dtypeOf: Record<ScalarType, DType> = {
  bool: "bool",
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  f32: "float32",
  f64: "float64",
};

const ints = [
  0,
  1,
  -1,
  2,
  3,
  -7,
  31,
  32,
  33,
  100,
  65535,
  65536,
  2 ** 31 - 1,
  -(2 ** 31),
  123456789,
];
const floats = [
  ...[0, -0, 0.5, -0.5, 1, -1, 1.5, 2.5, -2.5, 3.25, 1e10, -1e10, 1e-40, 1e38, -3e38, 2 ** 31],
  ...[2 ** 32, -(2 ** 31) - 1, 2 ** 63, 2 ** 64, -(2 ** 63), 4503599627370497.5, NaN, Infinity],
  ...[-Infinity, 1e300, 255.7, 2147483520],
];
const values: Record<ScalarType, ScalarValue[]> = {
  bool: [0, 1],
  i32: ints,
  u32: ints.map((x) => x >>> 0),
  i64: [...ints.map(BigInt), 2n ** 63n - 1n, -(2n ** 63n), 64n, 63n, 0x123456789abcdefn],
  u64: [...ints.map((x) => BigInt(x >>> 0)), 2n ** 64n - 1n, 2n ** 63n, 64n, 0xfedcba987654321n],
  f32: floats.map(Math.fround),
  f64: floats,
};

function arrayOf(type: ScalarType, list: readonly ScalarValue[]): TypedArray {
  const array = dtypeInfo(dtypeOf[type]).array(list.length);
  list.forEach((value, i) => (array as { [i: number]: ScalarValue })[i] = value);
  return array;
}

const backends = [
  createCpuBackend({ simd: false, check: true }),
  createCpuBackend({ check: true }),
];

/** Compares a primitive with folding, on all combinations of special values. */
function compare(op: Prim, type: ScalarType, from: readonly ScalarType[]): void {
  let rows: ScalarValue[][] = [[]];
  for (const one of from) {
    rows = rows.flatMap((row) => values[one].map((value) => [...row, value]));
  }
  // Three arguments make many rows; a part of them will do.
  if (rows.length > 4000) rows = rows.filter((_, i) => i % 13 === 0);
  const expected = arrayOf(type, rows.map((row) => foldPrim(op, type, from[0]!, row)));
  const b = new ScalarBuilder();
  const args = from.map((one, i) => b.load(i, dtypeOf[one], axisIx(0)));
  const value = b.prim(op, type, ...args);
  for (const backend of backends) {
    const runner = new Runner(backend, {
      buffers: [
        ...from.map((one, i) =>
          [`x${i}`, dtypeOf[one], rows.length, input(i)] as [
            string,
            DType,
            number,
            ReturnType<typeof input>,
          ]
        ),
        ["y", dtypeOf[type], rows.length, output(0)],
      ],
      steps: [nest({
        axes: [rows.length],
        outer: [{ buffer: from.length, address: axisIx(0), value, guard: null }],
      })],
    }, { inputs: from.map((one, i) => arrayOf(one, rows.map((row) => row[i]!))) });
    const actual = runner.run().results()[0]!;
    rows.forEach((row, i) => {
      const a = expected[i]!, c = actual[i]!;
      const same = op === "min" || op === "max" ? a === c || Object.is(a, c) : Object.is(a, c);
      // One rounding or two, and from 64-bit integers to float32 one rounding or two.
      const near = (op === "madd" || (op === "cast" && type === "f32")) &&
        Math.abs(Number(a) - Number(c)) <= 1e-6 * Math.abs(Number(a)) + 1e-30;
      const fused = op === "madd" && row.some((x) => Math.abs(Number(x)) > 1e30);
      assert(
        same || near || fused,
        `${backend.description}: ${op}(${
          row.join(", ")
        }) of ${from} as ${type}: expected ${a}, got ${c}`,
      );
    });
  }
}

const all: ScalarType[] = ["bool", "i32", "u32", "i64", "u64", "f32", "f64"];
const integers: ScalarType[] = ["i32", "u32", "i64", "u64"];
const reals: ScalarType[] = ["f32", "f64"];

Deno.test("casts between all types follow the rules at their edges", () => {
  for (const from of all) {
    for (const to of all) if (from !== to) compare("cast", to, [from]);
  }
});

Deno.test("bitcasts keep the bits", () => {
  for (
    const [from, to] of [["f32", "i32"], ["i32", "f32"], ["f32", "u32"], ["i32", "u32"]] as const
  ) {
    compare("bitcast", to, [from]);
  }
  for (const [from, to] of [["f64", "i64"], ["u64", "f64"], ["i64", "u64"]] as const) {
    compare("bitcast", to, [from]);
  }
});

Deno.test("comparisons and selections", () => {
  for (const type of all) {
    for (const op of ["eq", "ne", "lt", "le", "gt", "ge"] as const) {
      compare(op, "bool", [type, type]);
    }
    compare("select", type, ["bool", type, type]);
  }
});

Deno.test("integer arithmetic wraps, and divides without traps", () => {
  const ops: Prim[] = [
    "add",
    "sub",
    "mul",
    "div",
    "rem",
    "min",
    "max",
    "and",
    "or",
    "xor",
    "mulhi",
  ];
  for (const type of integers) {
    for (const op of [...ops, "shl", "shr"] as Prim[]) compare(op, type, [type, type]);
    for (const op of ["neg", "abs", "not", "floor", "nearest"] as const) compare(op, type, [type]);
    compare("madd", type, [type, type, type]);
  }
  for (const op of ["and", "or", "xor", "add", "mul", "min", "max"] as const) {
    compare(op, "bool", ["bool", "bool"]);
  }
  compare("not", "bool", ["bool"]);
});

Deno.test("float arithmetic, remainders and roundings", () => {
  for (const type of reals) {
    for (const op of ["add", "sub", "mul", "div", "rem", "min", "max"] as const) {
      compare(op, type, [type, type]);
    }
    const unary = ["neg", "abs", "floor", "ceil", "trunc", "nearest", "sqrt"] as const;
    for (const op of unary) compare(op, type, [type]);
    compare("madd", type, [type, type, type]);
  }
});

Deno.test("float16 is stored rounded to nearest, ties to even, and read exactly", () => {
  const bits = new Uint16Array(65536).map((_, i) => i);
  const halves = new Float16Array(bits.buffer);
  const list = Float32Array.from(
    { length: 20000 },
    (_, i) => (i % 2 ? -1 : 1) * 2 ** ((i % 1000) / 20 - 28) * (1 + (i % 77) / 77),
  );
  list.set([
    65504,
    65519.99,
    65520,
    65536,
    Infinity,
    -Infinity,
    NaN,
    2 ** -25,
    2 ** -24 * 1.5,
    0,
    -0,
  ]);
  for (const backend of backends) {
    const b = new ScalarBuilder();
    const runner = new Runner(backend, {
      buffers: [
        ["h", "float16", 65536, input(0)],
        ["x", "float32", list.length, input(1)],
        ["hx", "float32", 65536, output(0)],
        ["xh", "float16", list.length, output(1)],
      ],
      steps: [
        nest({
          axes: [65536],
          outer: [{
            buffer: 2,
            address: axisIx(0),
            value: b.load(0, "float16", axisIx(0)),
            guard: null,
          }],
        }),
        nest({
          axes: [list.length],
          outer: [{
            buffer: 3,
            address: axisIx(0),
            value: b.load(1, "float32", axisIx(0)),
            guard: null,
          }],
        }),
      ],
    }, { inputs: [halves, list] });
    const [wide, narrow] = runner.run().results();
    assertEquals(wide, Float32Array.from(halves));
    assertEquals(narrow, Float16Array.from(list));
  }
});
