import { assert, assertEquals } from "@std/assert";
import type { FunctionBuilder } from "./function_builder.ts";
import { hasRelaxedSimd, ModuleBuilder } from "./module_builder.ts";
import {
  RELAXED_OPCODES,
  SIMD_LANE_MEMORY_OPCODES,
  SIMD_LANE_OPCODES,
  SIMD_MEMORY_OPCODES,
  SIMD_OPCODES,
} from "./opcodes_simd.ts";
import type { ValType } from "./types.ts";

type Value = number | bigint;
type Method = (...args: number[]) => FunctionBuilder;

const TYPES: Record<string, ValType> = { i: "i32", l: "i64", f: "f32", d: "f64", v: "v128" };
const RESULT = 64;

interface Machine {
  readonly bytes: Uint8Array;
  readonly run: Record<string, (...args: Value[]) => Value>;
}

/**
 * A function for every instruction. Vector operands come from addresses 0, 16 and 32, a vector result goes
 * to address 64; scalars are parameters and results. `immediates` are lanes.
 */
function instantiate(
  table: Readonly<Record<string, readonly [number, string, ...unknown[]]>>,
  immediates: readonly number[] = [],
): Machine {
  const module = new ModuleBuilder({ check: true }).importMemory({ min: 1 });
  for (const [name, [, text]] of Object.entries(table)) {
    const [operands, result] = text.split(">") as [string, string];
    const params = [...operands].filter((c) => c !== "v").map((c) => TYPES[c]!);
    const results = [...result].filter((c) => c !== "v").map((c) => TYPES[c]!);
    module.func({ name, params, results, export: true }, (f, ...locals) => {
      if (result === "v") f.i32Const(RESULT);
      const scalars = [...locals];
      [...operands].forEach((c, i) => {
        if (c === "v") f.i32Const(16 * i).v128Load();
        else f.localGet(scalars.shift()!);
      });
      (f[name as keyof FunctionBuilder] as Method).call(f, ...immediates);
      if (result === "v") f.v128Store();
    });
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  return { bytes: new Uint8Array(memory.buffer), run: exports as never };
}

/** The lanes of a vector as signed integers, or as floats. */
function lanes(shape: string, bytes: Uint8Array): Value[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const bits = Number(/\d+/.exec(shape)![0]);
  return Array.from({ length: 128 / bits }, (_, i) => {
    const at = i * bits / 8;
    if (shape.startsWith("f")) {
      return bits === 32 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    }
    if (bits === 64) return view.getBigInt64(at, true);
    return bits === 8
      ? view.getInt8(at)
      : bits === 16
      ? view.getInt16(at, true)
      : view.getInt32(at, true);
  });
}

function saturate(x: bigint, bits: number, signed: boolean): bigint {
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const greatest = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  return x < least ? least : x > greatest ? greatest : x;
}

function truncate(x: number, signed: boolean): bigint {
  if (Number.isNaN(x)) return 0n;
  return saturate(BigInt(Math.trunc(Math.max(-1e12, Math.min(1e12, x)))), 32, signed);
}

/** One lane of an operation between integers of a width. */
function integerLane(op: string, bits: number, a: bigint, b: bigint): bigint | undefined {
  const signed = !op.endsWith("U");
  const widen = (x: bigint) => signed ? x : BigInt.asUintN(bits, x);
  const [x, y] = [widen(a), widen(b)];
  const flag = (truth: boolean) => truth ? -1n : 0n;
  const table: Record<string, () => bigint> = {
    Eq: () => flag(a === b),
    Ne: () => flag(a !== b),
    Lt: () => flag(x < y),
    Gt: () => flag(x > y),
    Le: () => flag(x <= y),
    Ge: () => flag(x >= y),
    Abs: () => a < 0n ? -a : a,
    Neg: () => -a,
    Add: () => a + b,
    Sub: () => a - b,
    Mul: () => a * b,
    Min: () => x < y ? x : y,
    Max: () => x > y ? x : y,
  };
  const plain = /^(Lt|Gt|Le|Ge|Min|Max)[SU]$/.exec(op)?.[1] ?? op;
  return table[plain]?.();
}

function floatLane(op: string, a: number, b: number): Value | undefined {
  const flag = (truth: boolean) => truth ? -1n : 0n;
  const near = (x: number) => {
    const floor = Math.floor(x), rest = x - floor;
    const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
    const result = up ? floor + 1 : floor;
    return result === 0 && (x < 0 || Object.is(x, -0)) ? -0 : result;
  };
  const table: Record<string, () => Value> = {
    Eq: () => flag(a === b),
    Ne: () => flag(a !== b),
    Lt: () => flag(a < b),
    Gt: () => flag(a > b),
    Le: () => flag(a <= b),
    Ge: () => flag(a >= b),
    Abs: () => Math.abs(a),
    Neg: () => -a,
    Sqrt: () => Math.sqrt(a),
    Add: () => a + b,
    Sub: () => a - b,
    Mul: () => a * b,
    Div: () => a / b,
    Min: () => Math.min(a, b),
    Max: () => Math.max(a, b),
    Pmin: () => b < a ? b : a,
    Pmax: () => a < b ? b : a,
    Ceil: () => Math.ceil(a),
    Floor: () => Math.floor(a),
    Trunc: () => Math.trunc(a),
    Nearest: () => Math.abs(a) < 2 ** 50 ? near(a) : a,
  };
  return table[op]?.();
}

/** What a vector instruction without scalars gives, lane by lane in the shape of its name. */
function expectedLanes(name: string, a: Uint8Array, b: Uint8Array, c: Uint8Array): Value[] {
  const [, shape, op] = /^([a-z]\d+x\d+|v128)(.*)$/.exec(name)!;
  const signed = !/U(Zero)?$/.test(op!);
  const big = (type: string, v: Uint8Array) => lanes(type, v).map((x) => BigInt(x));
  const unsign = (bits: number) => (x: bigint) => signed ? x : BigInt.asUintN(bits, x);
  if (shape === "v128") {
    const bits = (x: number, y: number, z: number) =>
      ({
        Not: ~x,
        And: x & y,
        Andnot: x & ~y,
        Or: x | y,
        Xor: x ^ y,
        Bitselect: (x & z) | (y & ~z),
      })[op!]!;
    return Array.from(a, (x, i) => (bits(x, b[i]!, c[i]!) << 24) >> 24);
  }
  const width = Number(/\d+/.exec(shape!)![0]);
  const half = /^(Extend|Extmul)(Low|High)/.exec(op!);
  if (half !== null) {
    const from = `i${width / 2}x`;
    const part = (v: Uint8Array) => {
      const all = big(from, v).map(unsign(width / 2));
      return half[2] === "Low" ? all.slice(0, all.length / 2) : all.slice(all.length / 2);
    };
    const y = part(b);
    return part(a).map((x, i) => half[1] === "Extend" ? x : x * y[i]!);
  }
  if (op!.startsWith("TruncSatF32x4")) {
    return lanes("f32x4", a).map((x) => truncate(x as number, signed));
  }
  if (op!.startsWith("TruncSatF64x2")) {
    return [...lanes("f64x2", a).map((x) => truncate(x as number, signed)), 0n, 0n];
  }
  if (op!.startsWith("Convert")) {
    const all = big("i32x4", a).map(unsign(32)).map(Number);
    return shape === "f32x4" ? all.map(Math.fround) : all.slice(0, 2);
  }
  if (op === "DemoteF64x2Zero") {
    return [...lanes("f64x2", a).map((x) => Math.fround(x as number)), 0, 0];
  }
  if (op === "PromoteLowF32x4") return lanes("f32x4", a).slice(0, 2);
  if (shape!.startsWith("i")) {
    const y = big(shape!, b);
    return big(shape!, a).map((x, i) => {
      const result = integerLane(op!, width, x, y[i]!);
      assert(result !== undefined, `No test for "${name}"`);
      return result;
    });
  }
  const y = lanes(shape!, b);
  return lanes(shape!, a).map((x, i) => {
    const result = floatLane(op!, x as number, y[i] as number);
    assert(result !== undefined, `No test for "${name}"`);
    return shape === "f32x4" && typeof result === "number" ? Math.fround(result) : result;
  });
}

const FLOATS = [0, -0, 1.5, -2.5, 3e9, -5e9, Infinity, NaN, 0.49999997, 1e-40, -7, 2.5];

/** Pairs of vectors for a shape: special values first, then random bytes. */
function* samples(shape: string): Generator<Uint8Array> {
  const special = new Uint8Array(48);
  if (shape.startsWith("f")) {
    for (let round = 0; round < FLOATS.length; round++) {
      const values = shape === "f32x4" ? new Float32Array(12) : new Float64Array(6);
      values.forEach((_, i) => values[i] = FLOATS[(round + 5 * i) % FLOATS.length]!);
      yield new Uint8Array(values.buffer);
    }
    return;
  }
  yield special.fill(0xff, 0, 16).slice();
  yield special.fill(0x80, 16, 32).slice();
  yield special.fill(0x7f, 0, 16).slice();
  yield new Uint8Array(new Int32Array(12).fill(-0x80000000).buffer);
  yield new Uint8Array(new Int16Array(24).fill(-0x8000).buffer);
  let state = 1;
  for (let round = 0; round < 20; round++) {
    yield new Uint8Array(48).map(() => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
  }
  yield new Uint8Array(48).map((_, i) => 37 * i % 19);
}

Deno.test("vector instructions compute their lanes as JavaScript does", () => {
  const { bytes, run } = instantiate(SIMD_OPCODES);
  for (const [name, [, signature]] of Object.entries(SIMD_OPCODES)) {
    if (!/^v+>v$/.test(signature)) continue;
    const shape = /^(v128|[a-z]\d+x\d+)/.exec(name)![0].replace("v128", "i8x16");
    const from = /(?:Trunc|Convert|Demote|Promote)\w*?([if]\d+x\d)/.exec(name)?.[1] ?? shape;
    for (const sample of samples(from)) {
      bytes.set(sample);
      const [a, b, c] = [0, 16, 32].map((at) => sample.slice(at, at + 16));
      run[name]!();
      const expected = expectedLanes(name, a!, b!, c!);
      const kind = typeof expected[0] === "bigint" ? shape.replace("f", "i") : shape;
      const found = lanes(kind, bytes.slice(RESULT, RESULT + 16));
      const width = Number(/\d+/.exec(kind)![0]);
      const wanted = expected.map((x) => typeof x === "bigint" ? BigInt.asIntN(width, x) : x);
      const same = found.map((x) => typeof wanted[0] === "bigint" ? BigInt(x) : x);
      assertEquals(same, wanted, `${name} of ${sample}`);
    }
  }
});

Deno.test("shifts, splats, tests and masks of vectors", () => {
  const { bytes, run } = instantiate(SIMD_OPCODES);
  for (const shape of ["i32x4", "i64x2"]) {
    const bits = Number(/\d+/.exec(shape)![0]);
    const unsigned = (x: bigint) => BigInt.asUintN(bits, x);
    for (const sample of samples(shape)) {
      bytes.set(sample);
      const all = lanes(shape, sample).map(BigInt);
      for (const by of [0, 1, 7, bits - 1, bits + 3]) {
        const n = BigInt(by % bits);
        const shifts: Record<string, (x: bigint) => bigint> = {
          Shl: (x) => BigInt.asIntN(bits, x << n),
          ShrS: (x) => x >> n,
          ShrU: (x) => BigInt.asIntN(bits, unsigned(x) >> n),
        };
        for (const [op, shift] of Object.entries(shifts)) {
          run[shape + op]!(by);
          const found = lanes(shape, bytes.slice(RESULT, RESULT + 16)).map(BigInt);
          assertEquals(found, all.map(shift), `${shape}${op} by ${by}`);
        }
      }
      const mask = lanes("i32x4", sample).reduce<number>(
        (sum, x, i) => x < 0 ? sum + 2 ** i : sum,
        0,
      );
      assertEquals(run.i32x4Bitmask!(), mask);
      assertEquals(run.v128AnyTrue!(), Number(all.some((x) => x !== 0n)));
    }
    run[`${shape}Splat`]!(bits === 64 ? -3n : -3);
    assert(lanes(shape, bytes.slice(RESULT, RESULT + 16)).every((x) => Number(x) === -3));
  }
  for (const shape of ["f32x4", "f64x2"]) {
    run[`${shape}Splat`]!(1.25);
    assert(lanes(shape, bytes.slice(RESULT, RESULT + 16)).every((x) => x === 1.25));
  }
});

Deno.test("vector loads and stores", () => {
  const { bytes, run } = instantiate(SIMD_MEMORY_OPCODES);
  for (let i = 0; i < 64; i++) bytes[i] = 0x71 + 5 * i;
  const at = 19;
  const source = bytes.slice(at, at + 16);
  const result = () => bytes.slice(RESULT, RESULT + 16);
  for (const name of Object.keys(SIMD_MEMORY_OPCODES)) {
    if (name === "v128Store") continue;
    run[name]!(at);
    const [, size, times, kind] = /^v128Load(\d*)(?:x(\d))?(\w*)$/.exec(name)!;
    if (size === "") {
      assertEquals(result(), source);
    } else if (kind === "Splat") {
      const width = Number(size) / 8;
      assertEquals(result(), new Uint8Array(16).map((_, i) => source[i % width]!), name);
    } else if (kind === "Zero") {
      const width = Number(size) / 8;
      assertEquals(result(), new Uint8Array(16).map((_, i) => i < width ? source[i]! : 0), name);
    } else {
      const bits = Number(size);
      const from = lanes(`i${bits}x`, source).slice(0, Number(times)).map(BigInt);
      const wanted = from.map((x) => kind === "U" ? BigInt.asUintN(bits, x) : x);
      assertEquals(lanes(`i${2 * bits}x`, result()).map(BigInt), wanted, name);
    }
  }
  // The value is the second operand, which the harness takes from address 16.
  run.v128Store!(200);
  assertEquals(bytes.slice(200, 216), bytes.slice(16, 32));
});

Deno.test("access to single lanes", () => {
  for (const [name, [code, signature, count]] of Object.entries(SIMD_LANE_OPCODES)) {
    for (const lane of [0, 1, count - 1]) {
      const { bytes, run } = instantiate({ [name]: [code, signature] }, [lane]);
      const [, shape, op, sign] = /^([a-z]\d+x\d+)(Extract|Replace)Lane([SU]?)$/.exec(name)!;
      for (let i = 0; i < 16; i++) bytes[i] = 0x41 + 11 * i;
      const before = lanes(shape!, bytes.slice(0, 16));
      if (op === "Extract") {
        const bits = Number(/\d+/.exec(shape!)![0]);
        const value = before[lane]!;
        const wanted = sign === "U" ? Number(BigInt.asUintN(bits, BigInt(value))) : value;
        assertEquals(run[name]!(), wanted, `${name} ${lane}`);
      } else {
        const value = shape === "i64x2" ? 77n : 77;
        run[name]!(value);
        const wanted = before.map((x, i) => i === lane ? value : x);
        assertEquals(lanes(shape!, bytes.slice(RESULT, RESULT + 16)), wanted, `${name} ${lane}`);
      }
    }
  }
});

Deno.test("loads and stores of single lanes", () => {
  for (const [name, [code, signature, , count]] of Object.entries(SIMD_LANE_MEMORY_OPCODES)) {
    for (const lane of [0, count - 1]) {
      const { bytes, run } = instantiate({ [name]: [code, signature] }, [lane]);
      for (let i = 0; i < 64; i++) bytes[i] = 3 + 13 * i;
      const width = 16 / count, at = 37;
      const vector = bytes.slice(16, 32);
      if (name.includes("Load")) {
        const wanted = vector.slice();
        wanted.set(bytes.slice(at, at + width), lane * width);
        run[name]!(at);
        assertEquals(bytes.slice(RESULT, RESULT + 16), wanted, `${name} ${lane}`);
      } else {
        const after = bytes[at + width];
        run[name]!(at);
        const wanted = vector.slice(lane * width, (lane + 1) * width);
        assertEquals(bytes.slice(at, at + width), wanted, `${name} ${lane}`);
        assertEquals(bytes[at + width], after);
      }
    }
  }
});

Deno.test({
  name: "relaxed vector instructions where all machines agree",
  ignore: !hasRelaxedSimd(),
}, () => {
  const { bytes, run } = instantiate(RELAXED_OPCODES);
  const floats = new Float32Array(bytes.buffer), doubles = new Float64Array(bytes.buffer);
  const result = (shape: string) => lanes(shape, bytes.slice(RESULT, RESULT + 16));
  floats.set([1, 2, 3, 4, 5, 6, 7, 8, 0.5, 0.25, 1, 2]);
  run.f32x4RelaxedMadd!();
  assertEquals(result("f32x4"), [5.5, 12.25, 22, 34]);
  doubles.set([3, 5, -2, 4, 1, 0.5]);
  run.f64x2RelaxedMadd!();
  assertEquals(result("f64x2"), [-5, 20.5]);
  for (const shape of ["i32x4", "i64x2"]) {
    bytes.fill(1, 0, 16).fill(2, 16, 32).fill(0, 32, 40).fill(0xff, 40, 48);
    run[`${shape}RelaxedLaneselect`]!();
    const wanted = new Uint8Array(16).fill(2, 0, 8).fill(1, 8);
    assertEquals(bytes.slice(RESULT, RESULT + 16), wanted, shape);
  }
});
