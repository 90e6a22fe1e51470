import { assert } from "@std/assert";
import { type DType, dtypeInfo, type TypedArray } from "../../core/graph/dtype.ts";
import { axisIx, ScalarBuilder } from "../../core/ir/builder.ts";
import type { Store } from "../../core/ir/program.ts";
import type { Prim, ScalarType, SNode } from "../../core/ir/scalar.ts";
import {
  compare,
  gpu,
  gpuTest,
  input,
  nest,
  output,
  runOn,
} from "../../dev/testing/gpu/compare.ts";

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  -2.5,
  3,
  7.25,
  -7.25,
  1e-3,
  1e10,
  -1e10,
  3e38,
  -3e38,
  2147483520,
  2147483648,
  -2147483648,
  -2147483904,
  4294967040,
  4294967296,
  1e-30,
  8388609,
  Infinity,
  -Infinity,
  NaN,
];
const INTS = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  5,
  31,
  32,
  33,
  255,
  256,
  65535,
  65536,
  -65536,
  46341,
  123456789,
  -123456789,
  2147483647,
  -2147483648,
  -2147483647,
];
const UINTS = [
  0,
  1,
  2,
  3,
  5,
  31,
  32,
  33,
  65535,
  65536,
  65537,
  123456789,
  2147483647,
  2147483648,
  4294967295,
];

const VALUES = { f32: FLOATS, i32: INTS, u32: UINTS, bool: [0, 1] };
const DTYPES = { f32: "float32", i32: "int32", u32: "uint32", bool: "bool" } as const;
type T = keyof typeof VALUES;

/** All pairs of values of a type, as two arrays. */
function pairs(type: T): [TypedArray, TypedArray] {
  const values = VALUES[type];
  const n = values.length ** 2;
  const [a, b] = [dtypeInfo(DTYPES[type]).array(n), dtypeInfo(DTYPES[type]).array(n)];
  for (let i = 0; i < n; i++) {
    a[i] = values[i % values.length]!;
    b[i] = values[Math.floor(i / values.length)]!;
  }
  return [a, b];
}

/** Applies each op to all pairs of values, in one kernel. */
async function check(
  type: T,
  ops: [Prim, ScalarType][],
  relative = 0,
  constants = false,
): Promise<void> {
  const [x, y] = pairs(type);
  const b = new ScalarBuilder();
  const dtype = DTYPES[type];
  const load = (i: number) => b.load(i, dtype, axisIx(0));
  const stores: Store[] = [];
  const outputs: (readonly [string, DType, number, ReturnType<typeof output>])[] = [];
  const add = (name: string, value: SNode) => {
    const id = 2 + outputs.length;
    stores.push({ buffer: id, address: axisIx(0), value, guard: null });
    outputs.push([name, DTYPES[value.type as T], x.length, output(outputs.length)]);
  };
  for (const [op, result] of ops) {
    const unary = [
      "neg",
      "abs",
      "floor",
      "ceil",
      "trunc",
      "nearest",
      "sqrt",
      "not",
      "cast",
      "bitcast",
    ];
    if (unary.includes(op)) add(op, b.prim(op, result, load(0)));
    else if (constants) {
      for (const value of VALUES[type]) {
        add(`${op} ${value}`, b.prim(op, result, load(0), b.constant(type, value)));
        add(`${value} ${op}`, b.prim(op, result, b.constant(type, value), load(0)));
      }
    } else add(op, b.prim(op, result, load(0), load(1)));
  }
  for (let from = 0; from < stores.length; from += 16) {
    const part = outputs.slice(from, from + 16);
    await compare({
      buffers: [
        ["x", dtype, x.length, input(0)],
        ["y", dtype, x.length, input(1)],
        ...part.map(([name, type, n], i) => [name, type, n, output(i)] as const),
      ],
      steps: [nest({
        axes: [x.length],
        outer: stores.slice(from, from + 16).map((store, i) => ({ ...store, buffer: 2 + i })),
      })],
      inputs: [x, y],
    }, { relative });
  }
}

const compares: [Prim, ScalarType][] = (["eq", "ne", "lt", "le", "gt", "ge"] as const)
  .map((op) => [op, "bool"]);
const same = (type: T, ...ops: Prim[]): [Prim, ScalarType][] => ops.map((op) => [op, type]);

gpuTest("exact float operations give the bits of the interpreter", async () => {
  await check("f32", [
    ...same("f32", "neg", "abs", "floor", "ceil", "trunc", "nearest", "add", "sub", "mul", "rem"),
    ...same("f32", "min", "max"),
    ...compares,
  ]);
});

gpuTest("quotients and roots are within three units", async () => {
  await check("f32", same("f32", "div", "sqrt"), 3 * 2 ** -23);
});

gpuTest("constants of every kind are exact", async () => {
  await check("f32", [...same("f32", "add", "mul", "min", "max"), ...compares], 0, true);
});

gpuTest("integer operations follow the rules of the scalar language", async () => {
  const ops: Prim[] = ["add", "sub", "mul", "div", "rem", "min", "max", "and", "or", "xor", "shl"];
  ops.push("shr", "mulhi", "neg", "abs", "not");
  await check("i32", [...same("i32", ...ops), ...compares]);
  await check("u32", [...same("u32", ...ops), ...compares]);
  await check("bool", [
    ...same("bool", "and", "or", "xor", "not", "min", "max", "add", "mul"),
    ...compares,
  ]);
});

gpuTest("integer division and shifts by constants follow the rules too", async () => {
  await check("i32", same("i32", "div", "rem", "shl", "shr"), 0, true);
  await check("u32", same("u32", "div", "rem", "shl", "shr"), 0, true);
});

gpuTest("conversions saturate, wrap and test", async () => {
  const to = (...types: ScalarType[]): [Prim, ScalarType][] => types.map((type) => ["cast", type]);
  await check("f32", [...to("i32", "u32", "bool"), ["bitcast", "u32"]]);
  await check("i32", [...to("f32", "u32", "bool"), ["bitcast", "u32"]]);
  await check("u32", [...to("f32", "i32", "bool"), ["bitcast", "i32"]]);
  await check("bool", to("f32", "i32", "u32"));
});

gpuTest("narrow dtypes wrap and float16 rounds when stored", async () => {
  const b = new ScalarBuilder();
  const values = new Float32Array([
    0,
    -0,
    1,
    1.0004883,
    1.0014648,
    65504,
    65519.996,
    65520,
    -65520,
    6e-8,
    2.9802322e-8,
    2.99e-8,
    8.940697e-8,
    6.1e-5,
    1e-10,
    0.1,
    -0.3333333,
    1000.25,
    300,
    -129,
    40000,
    Infinity,
    -Infinity,
    NaN,
  ]);
  const n = values.length;
  const x = b.load(0, "float32", axisIx(0));
  const i = b.cast(x, "i32");
  const dtypes = ["float16", "int8", "int16", "uint8", "uint16"] as const;
  const nodes = [x, i, i, b.cast(i, "u32"), b.cast(i, "u32")];
  await compare({
    buffers: [
      ["x", "float32", n, input(0)],
      ...dtypes.map((dtype, d) => [dtype, dtype, n, output(d)] as const),
    ],
    steps: [nest({
      axes: [n],
      outer: nodes.map((value, d) => ({ buffer: 1 + d, address: axisIx(0), value, guard: null })),
    })],
    inputs: [values],
  }, { relative: 0, absolute: 0 });
});

gpuTest("NaN is found inside of a fused selection", async () => {
  const b = new ScalarBuilder();
  const x = b.load(0, "float32", axisIx(0));
  const infinity = b.constant("f32", Infinity), five = b.constant("f32", 5);
  const replaced = b.select(b.isNan(x), b.constant("f32", 0), x);
  const masked = b.select(
    b.compare("lt", x, b.constant("f32", 0)),
    b.constant("f32", -Infinity),
    x,
  );
  const nodes = [
    replaced,
    b.select(b.isNan(b.sub(x, x)), five, x),
    b.mul(five, infinity),
    b.select(b.compare("gt", x, five), b.mul(five, infinity), b.unary("neg", infinity)),
    b.binary("max", masked, replaced),
    b.select(b.compare("ne", x, x), five, b.constant("f32", 1)),
    b.select(b.compare("eq", x, x), five, b.constant("f32", 1)),
    b.select(b.isInf(b.mul(x, five)), five, x),
    b.div(x, x),
    b.sub(b.add(x, five), five),
    b.mul(b.mul(x, b.constant("f32", 1e30)), b.constant("f32", 1e30)),
    b.compare("gt", b.add(x, five), x),
    b.mul(b.unary("sqrt", x), b.unary("sqrt", x)),
    b.madd(x, b.constant("f32", 0), five),
  ];
  const inputs = [new Float32Array([1, -2, NaN, Infinity, -Infinity, 1e38, -1e38, 7])];
  const setup = {
    buffers: [
      ["x", "float32", 8, input(0)] as const,
      ...nodes.map((_, i) =>
        [`y${i}`, nodes[i]!.type === "bool" ? "bool" : "float32", 8, output(i)] as const
      ),
    ],
    steps: [nest({
      axes: [8],
      outer: nodes.map((value, i) => ({ buffer: 1 + i, address: axisIx(0), value, guard: null })),
    })],
    inputs,
  };
  await compare(setup);
  const { outputs } = await runOn(await gpu(), setup);
  assert(outputs[0]!.every((value) => !Number.isNaN(value)));
  assert(outputs[2]!.every((value) => value === Infinity));
});

gpuTest("the remainder is exact over the whole range", async () => {
  const b = new ScalarBuilder();
  const n = 4096;
  const bits = [new Uint32Array(n), new Uint32Array(n)];
  let state = 12345;
  for (let i = 0; i < n; i++) {
    for (const array of bits) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      // Any finite number; small ones only where the driver keeps them.
      const exponent = 1 + (state >>> 8) % 253;
      array[i] = (((state & 1) << 31) | (exponent << 23) | (state >>> 9)) >>> 0;
    }
  }
  const inputs = bits.map((array) => new Float32Array(array.buffer));
  const load = (i: number) => b.load(i, "float32", axisIx(0));
  await compare({
    buffers: [
      ["x", "float32", n, input(0)],
      ["y", "float32", n, input(1)],
      ["z", "float32", n, output(0)],
    ],
    steps: [nest({
      axes: [n],
      outer: [{
        buffer: 2,
        address: axisIx(0),
        value: b.binary("rem", load(0), load(1)),
        guard: null,
      }],
    })],
    inputs,
  }, { relative: 0, absolute: 2 ** -126 });
});
