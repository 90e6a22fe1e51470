/**
 * The primitives on JavaScript numbers: constant folding, and the evaluator that printed kernels are
 * compared with.
 *
 * @module
 */

import type { Prim, ScalarType } from "./scalar.ts";

/** A scalar while it is evaluated: bigint for i64 and u64, 0 or 1 for bool. */
export type ScalarValue = number | bigint;

const view = new DataView(new ArrayBuffer(8));

/** Applies a primitive; `type` is that of the result, `from` that of the first argument. */
export function foldPrim(
  op: Prim,
  type: ScalarType,
  from: ScalarType,
  args: readonly ScalarValue[],
): ScalarValue {
  const [a, b, c] = args as [ScalarValue, ScalarValue, ScalarValue];
  switch (op) {
    case "select":
      return a !== 0 ? b : c;
    case "cast":
      return castValue(from, type, a);
    case "bitcast":
      return bitcastValue(from, type, a);
    case "eq":
      return Number(a === b);
    case "ne":
      return Number(a !== b);
    case "lt":
      return Number(a < b);
    case "le":
      return Number(a <= b);
    case "gt":
      return Number(a > b);
    case "ge":
      return Number(a >= b);
  }
  if (type === "i64" || type === "u64") {
    const value = fold64(op, type, a as bigint, b as bigint, c as bigint);
    return type === "i64" ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  }
  if (type === "f32") return Math.fround(foldFloat(op, a as number, b as number, c as number));
  if (type === "f64") return foldFloat(op, a as number, b as number, c as number);
  if (type === "bool") return foldBool(op, a as number, b as number);
  return fold32(op, type, a as number, b as number, c as number);
}

function foldFloat(op: Prim, a: number, b: number, c: number): number {
  switch (op) {
    case "neg":
      return -a;
    case "abs":
      return Math.abs(a);
    case "floor":
      return Math.floor(a);
    case "ceil":
      return Math.ceil(a);
    case "trunc":
      return Math.trunc(a);
    case "nearest":
      return nearest(a);
    case "sqrt":
      return Math.sqrt(a);
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "rem":
      return a % b;
    case "min":
      return Math.min(a, b);
    case "max":
      return Math.max(a, b);
    case "madd":
      return a * b + c;
  }
  throw new TypeError(`Cannot apply "${op}" to floats`);
}

/** Rounds to the nearest integer, ties to even. */
export function nearest(a: number): number {
  if (!Number.isFinite(a) || Math.abs(a) >= 2 ** 52) return a;
  const down = Math.floor(a), rest = a - down;
  const value = rest < 0.5 ? down : rest > 0.5 ? down + 1 : down % 2 === 0 ? down : down + 1;
  return value === 0 && (a < 0 || Object.is(a, -0)) ? -0 : value;
}

function foldBool(op: Prim, a: number, b: number): number {
  switch (op) {
    case "not":
      return 1 - a;
    case "and":
    case "mul":
    case "min":
      return a & b;
    case "or":
    case "add":
    case "max":
      return a | b;
    case "xor":
      return a ^ b;
  }
  throw new TypeError(`Cannot apply "${op}" to bools`);
}

function fold32(op: Prim, type: "i32" | "u32", a: number, b: number, c: number): number {
  const wrap = (x: number) => type === "i32" ? x | 0 : x >>> 0;
  switch (op) {
    case "neg":
      return wrap(-a);
    case "abs":
      return wrap(Math.abs(a));
    case "not":
      return wrap(~a);
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return a;
    case "add":
      return wrap(a + b);
    case "sub":
      return wrap(a - b);
    case "mul":
      return wrap(Math.imul(a, b));
    case "madd":
      return wrap(Math.imul(a, b) + c);
    case "div":
      return b === 0 ? 0 : wrap(Math.trunc(a / b));
    case "rem":
      return b === 0 ? 0 : wrap(a % b);
    case "min":
      return Math.min(a, b);
    case "max":
      return Math.max(a, b);
    case "and":
      return wrap(a & b);
    case "or":
      return wrap(a | b);
    case "xor":
      return wrap(a ^ b);
    case "shl":
      return wrap(a << b);
    case "shr":
      return type === "i32" ? a >> b : a >>> b;
    case "mulhi":
      return Number(
        type === "i32"
          ? BigInt.asIntN(32, (BigInt(a) * BigInt(b)) >> 32n)
          : (BigInt(a) * BigInt(b)) >> 32n,
      );
  }
  throw new TypeError(`Cannot apply "${op}" to ${type}`);
}

function fold64(op: Prim, type: "i64" | "u64", a: bigint, b: bigint, c: bigint): bigint {
  switch (op) {
    case "neg":
      return -a;
    case "abs":
      return a < 0n ? -a : a;
    case "not":
      return ~a;
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return a;
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "madd":
      return a * b + c;
    case "div":
      return b === 0n ? 0n : a / b;
    case "rem":
      return b === 0n ? 0n : a % b;
    case "min":
      return a < b ? a : b;
    case "max":
      return a > b ? a : b;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << (BigInt.asUintN(6, b));
    case "shr":
      return a >> (BigInt.asUintN(6, b));
    case "mulhi":
      return (a * b) >> 64n;
  }
  throw new TypeError(`Cannot apply "${op}" to ${type}`);
}

/** Converts a value between machine types by the rules of scalar.ts. */
export function castValue(from: ScalarType, to: ScalarType, value: ScalarValue): ScalarValue {
  if (to === "bool") return Number(from === "i64" || from === "u64" ? value !== 0n : value !== 0);
  if (to === "f32") return typeof value === "bigint" ? roundToF32(value) : Math.fround(value);
  if (to === "f64") return Number(value);
  const fromFloat = from === "f32" || from === "f64";
  if (fromFloat) {
    const x = value as number;
    if (Number.isNaN(x)) return to === "i64" || to === "u64" ? 0n : 0;
    const t = Math.trunc(x);
    switch (to) {
      case "i32":
        return Math.max(-2147483648, Math.min(2147483647, t)) + 0;
      case "u32":
        return Math.max(0, Math.min(4294967295, t)) + 0;
      case "i64":
        return t >= 2 ** 63 ? 2n ** 63n - 1n : t <= -(2 ** 63) ? -(2n ** 63n) : BigInt(t);
      case "u64":
        return t >= 2 ** 64 ? 2n ** 64n - 1n : t <= 0 ? 0n : BigInt(t);
    }
  }
  const big = BigInt(value);
  switch (to) {
    case "i32":
      return Number(BigInt.asIntN(32, big));
    case "u32":
      return Number(BigInt.asUintN(32, big));
    case "i64":
      return BigInt.asIntN(64, big);
    case "u64":
      return BigInt.asUintN(64, big);
  }
}

/** One rounding: the bits that float64 would round away only say "not a tie". */
function roundToF32(value: bigint): number {
  const dropped = BigInt.asIntN(64, value) & 0xffffn;
  const wide = value >= 1n << 53n || value <= -(1n << 53n);
  return Math.fround(Number(wide && dropped !== 0n ? (value & ~0xffffn) | 0x8000n : value));
}

function bitcastValue(from: ScalarType, to: ScalarType, value: ScalarValue): ScalarValue {
  switch (from) {
    case "f32":
      view.setFloat32(0, value as number);
      break;
    case "f64":
      view.setFloat64(0, value as number);
      break;
    case "i64":
      view.setBigInt64(0, value as bigint);
      break;
    case "u64":
      view.setBigUint64(0, value as bigint);
      break;
    default:
      view.setInt32(0, value as number);
  }
  switch (to) {
    case "f32":
      return view.getFloat32(0);
    case "f64":
      return view.getFloat64(0);
    case "i64":
      return view.getBigInt64(0);
    case "u64":
      return view.getBigUint64(0);
    case "i32":
      return view.getInt32(0);
    default:
      return view.getUint32(0);
  }
}
