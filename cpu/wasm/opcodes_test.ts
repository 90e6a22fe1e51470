import { assert, assertEquals } from "@std/assert";
import type { FunctionBuilder } from "./function_builder.ts";
import { ModuleBuilder } from "./module_builder.ts";
import { ATOMIC_OPCODES, MEMORY_OPCODES, SCALAR_OPCODES } from "./opcodes.ts";
import type { ValType } from "./types.ts";

type Value = number | bigint;
type Method = (...args: number[]) => FunctionBuilder;

const TYPES: Record<string, ValType> = { i: "i32", l: "i64", f: "f32", d: "f64", v: "v128" };

function signatureOf(text: string): { params: ValType[]; results: ValType[] } {
  const [params, results] = text.split(">").map((part) => [...part].map((c) => TYPES[c]!));
  return { params: params!, results: results! };
}

/** A function for every instruction: its parameters are the operands. */
function instantiate(
  table: Readonly<Record<string, readonly [number, string, ...unknown[]]>>,
  memory: WebAssembly.Memory = new WebAssembly.Memory({ initial: 1 }),
): Record<string, (...args: Value[]) => Value> {
  const module = new ModuleBuilder({ check: true }).importMemory({ min: 1 });
  for (const [name, [, text]] of Object.entries(table)) {
    module.func({ name, ...signatureOf(text), export: true }, (f, ...params) => {
      for (const param of params) f.localGet(param);
      (f[name as keyof FunctionBuilder] as Method).call(f);
    });
  }
  return new WebAssembly.Instance(module.compile(), { env: { memory } }).exports as never;
}

const I32 = [0, 1, -1, 2, 7, -7, 31, 32, 33, 255, -128, 0x7fffffff, -0x80000000, 0x12345678];
const I64 = [
  0n,
  1n,
  -1n,
  5n,
  -5n,
  63n,
  64n,
  1n << 40n,
  -(1n << 40n),
  (1n << 63n) - 1n,
  -(1n << 63n),
];
const F64 = [0, -0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e10, -3e9, 1e-40, 1e300, Infinity, -Infinity, NaN];
const F32 = F64.map(Math.fround);

const SAMPLES: Record<string, readonly Value[]> = { i: I32, l: I64, f: F32, d: F64 };

function roundToEven(x: number): number {
  if (Math.abs(x) >= 2 ** 52 || Number.isNaN(x)) return x;
  const floor = Math.floor(x), rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const rounded = up ? floor + 1 : floor;
  return rounded === 0 ? (x < 0 || Object.is(x, -0) ? -0 : 0) : rounded;
}

/** Integer operations on bits of a given width; operands come signed. */
function integer(bits: number, op: string, a: bigint, b: bigint): bigint | undefined {
  const unsigned = (x: bigint) => BigInt.asUintN(bits, x);
  const [ua, ub] = [unsigned(a), unsigned(b)];
  const by = ub % BigInt(bits);
  const text = ua.toString(2).padStart(bits, "0");
  const flag = (x: boolean) => x ? 1n : 0n;
  const table: Record<string, () => bigint | undefined> = {
    Eqz: () => flag(a === 0n),
    Eq: () => flag(a === b),
    Ne: () => flag(a !== b),
    LtS: () => flag(a < b),
    LtU: () => flag(ua < ub),
    GtS: () => flag(a > b),
    GtU: () => flag(ua > ub),
    LeS: () => flag(a <= b),
    LeU: () => flag(ua <= ub),
    GeS: () => flag(a >= b),
    GeU: () => flag(ua >= ub),
    Clz: () => BigInt(text.indexOf("1") < 0 ? bits : text.indexOf("1")),
    Popcnt: () => BigInt([...text].filter((c) => c === "1").length),
    Add: () => a + b,
    Sub: () => a - b,
    Mul: () => a * b,
    DivS: () => b === 0n || (b === -1n && a === -(1n << BigInt(bits - 1))) ? undefined : a / b,
    DivU: () => b === 0n ? undefined : ua / ub,
    RemS: () => b === 0n ? undefined : a % b,
    RemU: () => b === 0n ? undefined : ua % ub,
    And: () => a & b,
    Or: () => a | b,
    Xor: () => a ^ b,
    Shl: () => a << by,
    ShrS: () => a >> by,
    ShrU: () => ua >> by,
  };
  return table[op]?.();
}

function float(op: string, a: number, b: number): number | undefined {
  const table: Record<string, () => number> = {
    Eq: () => Number(a === b),
    Ne: () => Number(a !== b),
    Lt: () => Number(a < b),
    Gt: () => Number(a > b),
    Le: () => Number(a <= b),
    Ge: () => Number(a >= b),
    Abs: () => Math.abs(a),
    Neg: () => -a,
    Ceil: () => Math.ceil(a),
    Floor: () => Math.floor(a),
    Trunc: () => Math.trunc(a),
    Nearest: () => roundToEven(a),
    Sqrt: () => Math.sqrt(a),
    Add: () => a + b,
    Sub: () => a - b,
    Mul: () => a * b,
    Div: () => a / b,
    Min: () => Math.min(a, b),
    Max: () => Math.max(a, b),
  };
  return table[op]?.();
}

/** What an instruction gives, or undefined where it traps. */
function expected(name: string, args: readonly Value[]): Value | undefined {
  const type = name.slice(0, 3), op = name.slice(3);
  const view = new DataView(new ArrayBuffer(8));
  const [a, b] = args;
  const wrap = (x: bigint | undefined): Value | undefined =>
    x === undefined ? x : type === "i64" ? BigInt.asIntN(64, x) : Number(BigInt.asIntN(32, x));
  const truncation = /^TruncSatF(?:32|64)([SU])$/.exec(op);
  if (truncation !== null) {
    const bits = type === "i64" ? 64n : 32n, signed = truncation[1] === "S";
    const least = signed ? -(1n << (bits - 1n)) : 0n;
    const greatest = (1n << (signed ? bits - 1n : bits)) - 1n;
    const whole = Math.trunc(a as number);
    if (Number.isNaN(whole)) return wrap(0n);
    const bounded = whole >= Number(greatest)
      ? greatest
      : whole <= Number(least)
      ? least
      : undefined;
    return wrap(bounded ?? BigInt(whole));
  }
  if (op.startsWith("Convert")) {
    const bits = op.includes("I64") ? 64 : 32;
    const exact = op.endsWith("U") ? BigInt.asUintN(bits, BigInt(a!)) : BigInt(a!);
    if (type === "f64") return Number(exact);
    // Rounding twice could differ, but no sample lies that close to the middle of two floats.
    return Math.fround(Number(exact));
  }
  switch (name) {
    case "i32WrapI64":
    case "i64ExtendI32S":
      return wrap(BigInt(a!));
    case "i64ExtendI32U":
      return BigInt.asUintN(32, BigInt(a!));
    case "f32DemoteF64":
      return Math.fround(a as number);
    case "f64PromoteF32":
      return a;
    case "i32ReinterpretF32":
      view.setFloat32(0, a as number);
      return view.getInt32(0);
    case "i64ReinterpretF64":
      view.setFloat64(0, a as number);
      return view.getBigInt64(0);
    case "f32ReinterpretI32":
      view.setInt32(0, a as number);
      return view.getFloat32(0);
    case "f64ReinterpretI64":
      view.setBigInt64(0, a as bigint);
      return view.getFloat64(0);
  }
  if (type === "i32") return wrap(integer(32, op, BigInt(a!), BigInt(b ?? 0)));
  if (type === "i64") {
    const result = integer(64, op, a as bigint, (b ?? 0n) as bigint);
    const flag = /^(Eqz|Eq|Ne|[LG][te][SU])$/.test(op);
    return flag ? Number(result) : wrap(result);
  }
  const result = float(op, a as number, b as number)!;
  return type === "f32" ? Math.fround(result) : result;
}

Deno.test("scalar instructions compute what JavaScript computes", () => {
  const functions = instantiate(SCALAR_OPCODES);
  for (const [name, [, text]] of Object.entries(SCALAR_OPCODES)) {
    const kinds = [...text.split(">")[0]!];
    for (const a of SAMPLES[kinds[0]!]!) {
      for (const b of kinds.length > 1 ? SAMPLES[kinds[1]!]! : [0]) {
        const args = kinds.length > 1 ? [a, b] : [a];
        let found: Value | undefined;
        try {
          found = functions[name]!(...args);
        } catch (error) {
          assert(error instanceof WebAssembly.RuntimeError);
        }
        const wanted = expected(name, args);
        assert(Object.is(found, wanted), `${name}(${args}) is ${found}, expected ${wanted}`);
      }
    }
  }
});

Deno.test("loads and stores reach the right bytes with the right extension", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const functions = instantiate(MEMORY_OPCODES, memory);
  const view = new DataView(memory.buffer);
  const fill = () => {
    for (let i = 0; i < 32; i++) view.setUint8(i, 0x81 + 7 * i);
  };
  for (const name of Object.keys(MEMORY_OPCODES)) {
    const [, type, kind, size, sign] = /^(...)(Load|Store)(\d*)([SU]?)$/.exec(name)!;
    const bits = size === "" ? Number(type!.slice(1)) : Number(size);
    const address = 9;
    fill();
    if (type!.startsWith("f")) {
      const read = () =>
        bits === 32 ? view.getFloat32(address, true) : view.getFloat64(address, true);
      if (kind === "Store") functions[name]!(address, 1.5);
      assertEquals(kind === "Store" ? 1.5 : functions[name]!(address), read(), name);
      continue;
    }
    let stored = 0n;
    if (kind === "Store") {
      functions[name]!(address, type === "i32" ? 0x12345678 : 0x1122334455667788n);
    }
    for (let i = 0; i < bits / 8; i++) {
      stored |= BigInt(view.getUint8(address + i)) << BigInt(8 * i);
    }
    if (kind === "Store") {
      const whole = type === "i32" ? 0x12345678n : 0x1122334455667788n;
      assertEquals(stored, BigInt.asUintN(bits, whole), name);
      assertEquals(view.getUint8(address + bits / 8), (0x81 + 7 * (address + bits / 8)) & 0xff);
    } else {
      const extended = sign === "U" ? stored : BigInt.asIntN(bits, stored);
      const result = type === "i64" ? extended : Number(extended);
      assertEquals(functions[name]!(address), result, name);
    }
  }
});

Deno.test("atomic instructions work on a shared memory", () => {
  const module = new ModuleBuilder({ check: true });
  module.importMemory({ min: 1, max: 2, shared: true });
  for (const [name, [, text]] of Object.entries(ATOMIC_OPCODES)) {
    module.func({ name, ...signatureOf(text), export: true }, (f, ...params) => {
      for (const param of params) f.localGet(param);
      (f[name as keyof FunctionBuilder] as Method).call(f);
    });
  }
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  const functions = exports as unknown as Record<string, (...args: Value[]) => Value>;
  const words = new Int32Array(memory.buffer);
  functions.i32AtomicStore!(16, 12);
  assertEquals(words[4], 12);
  assertEquals(functions.i32AtomicLoad!(16), 12);
  assertEquals(functions.i32AtomicRmwAdd!(16, 3), 12);
  assertEquals(words[4], 15);
  assertEquals(functions.memoryAtomicNotify!(16, 1), 0);
});
