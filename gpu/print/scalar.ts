/**
 * The scalar language in WGSL.
 *
 * WGSL lets a compiler assume that NaN and infinity never occur, gives integer division and
 * conversions results of its own, and refuses some constants. What is printed here follows the rules
 * of core/ir/scalar.ts all the same: NaN is found by its bits, infinities come from memory, and
 * constants are given by their bits.
 *
 * @module
 */

import type { DType } from "../../core/graph/dtype.ts";
import type { Prim, ScalarType } from "../../core/ir/scalar.ts";
import {
  isWide,
  WIDE,
  wideCast,
  wideCompare,
  wideConstant,
  widePrim,
  type WideType,
} from "./int64.ts";
import type { Prelude } from "./prelude.ts";

/** A type that a scalar has inside a kernel; 64-bit integers are pairs of words. */
export type WgslType = "bool" | "i32" | "u32" | "f32" | WideType;

/** How WGSL names the type of an element in memory. */
export type StoredType = "f32" | "i32" | "u32" | typeof WIDE;

/** A printed value. */
export interface Printed {
  /** A WGSL expression that may be used several times. */
  readonly text: string;
  readonly type: WgslType;
  /** Whether it can be NaN; always false for types other than f32. */
  readonly nan: boolean;
}

/** The type of a scalar in WGSL. Throws a TypeError for types that WGSL does not have. */
export function wgslType(type: ScalarType): WgslType {
  switch (type) {
    case "bool":
    case "i32":
    case "u32":
    case "f32":
    case "i64":
    case "u64":
      return type;
    default:
      throw new TypeError(`Cannot print a value of type ${type} for the GPU: it has no such type`);
  }
}

/** How WGSL names a type. */
export function wgslName(type: WgslType): string {
  return isWide(type) ? WIDE : type;
}

/** The type of one element of a buffer in memory: four bytes, or eight for 64-bit integers. */
export function storedType(dtype: DType): StoredType {
  switch (dtype) {
    case "float16":
    case "float32":
    case "complex64":
      return "f32";
    case "int8":
    case "int16":
    case "int32":
      return "i32";
    case "bool":
    case "uint8":
    case "uint16":
    case "uint32":
      return "u32";
    case "int64":
    case "uint64":
      return WIDE;
    default:
      throw new TypeError(`Cannot store ${dtype} on the GPU`);
  }
}

const bitsView = new DataView(new ArrayBuffer(4));

/** The bits of a float32. */
function floatBits(value: number): number {
  bitsView.setFloat32(0, value);
  return bitsView.getUint32(0);
}

function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16)}u`;
}

/** A literal. */
export function printConstant(
  type: ScalarType,
  value: number | bigint,
  prelude: Prelude,
): Printed {
  const t = wgslType(type);
  const number = Number(value);
  switch (t) {
    case "bool":
      return { text: number !== 0 ? "true" : "false", type: t, nan: false };
    case "u32":
      return { text: `${number >>> 0}u`, type: t, nan: false };
    case "i32":
      return { text: printInt(number), type: t, nan: false };
    case "i64":
    case "u64":
      return { text: wideConstant(BigInt(value)), type: t, nan: false };
    case "f32": {
      if (Number.isNaN(number)) {
        prelude.use("special");
        return { text: "bitcast<f32>(special.z)", type: t, nan: true };
      }
      if (!Number.isFinite(number)) {
        prelude.use("special");
        const part = number > 0 ? "x" : "y";
        return { text: `bitcast<f32>(special.${part})`, type: t, nan: false };
      }
      return { text: printFloat(number), type: t, nan: false };
    }
  }
}

/** An i32. */
export function printInt(value: number): string {
  if (value === -2147483648) return "bitcast<i32>(0x80000000u)";
  return value < 0 ? `(${value}i)` : `${value}i`;
}

/** The number, for a text that `printInt` gives, but for the least; null for any other. */
export function literalInt(text: string): number | null {
  const digits = /^\(?(-?[0-9]+)i\)?$/.exec(text);
  return digits && Number(digits[1]);
}

function printFloat(value: number): string {
  // Decimal text is safe only where no parser can round it.
  const exact = Number.isInteger(value * 256) && Math.abs(value) < 65536 && !Object.is(value, -0);
  if (!exact) return `bitcast<f32>(${hex(floatBits(value))})`;
  const text = Number.isInteger(value) ? `${value}.0f` : `${value}f`;
  return value < 0 ? `(${text})` : text;
}

/** A primitive applied to printed arguments. */
export function printPrim(
  op: Prim,
  type: ScalarType,
  args: readonly Printed[],
  prelude: Prelude,
): Printed {
  const t = wgslType(type);
  const [a, b, c] = args as [Printed, Printed, Printed];
  const give = (text: string, nan = false): Printed => ({ text, type: t, nan });
  switch (op) {
    case "select":
      return give(`select(${c.text}, ${b.text}, ${a.text})`, b.nan || c.nan);
    case "cast":
      return printCast(a, t, prelude);
    case "bitcast":
      return printBitcast(a, t);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return give(printCompare(op, a, b, prelude));
  }
  const anyNan = args.some((arg) => arg.nan);
  switch (t) {
    case "f32":
      return printFloatPrim(op, args, anyNan, prelude);
    case "bool":
      return give(printBoolPrim(op, a, b));
    case "i64":
    case "u64":
      return give(widePrim(op, t, args, prelude));
    default:
      return give(printIntPrim(op, t, args, prelude));
  }
}

const OPERATORS: Partial<Record<Prim, string>> = {
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  add: "+",
  sub: "-",
  mul: "*",
  and: "&",
  or: "|",
  xor: "^",
};

function printCompare(op: Prim, a: Printed, b: Printed, prelude: Prelude): string {
  if (a.type === "bool") {
    // false < true.
    switch (op) {
      case "lt":
        return `(!${a.text} & ${b.text})`;
      case "le":
        return `(!${a.text} | ${b.text})`;
      case "gt":
        return `(${a.text} & !${b.text})`;
      case "ge":
        return `(${a.text} | !${b.text})`;
    }
    return `(${a.text} ${OPERATORS[op]} ${b.text})`;
  }
  if (isWide(a.type)) return wideCompare(op, a, b, prelude);
  if (a.type !== "f32") return `(${a.text} ${OPERATORS[op]} ${b.text})`;
  // `!=` is printed by naga as a comparison that is false for NaN.
  if (op === "ne") return `!${printCompare("eq", a, b, prelude)}`;
  let text = `(${a.text} ${OPERATORS[op]} ${b.text})`;
  for (const operand of a.text === b.text ? [a] : [a, b]) {
    if (operand.nan) text = `(${text} & !${prelude.use("is_nan")}(${operand.text}))`;
  }
  return text;
}

function printFloatPrim(
  op: Prim,
  args: readonly Printed[],
  anyNan: boolean,
  prelude: Prelude,
): Printed {
  const [a, b, c] = args.map((arg) => arg.text);
  const give = (text: string, nan: boolean): Printed => ({ text, type: "f32", nan });
  switch (op) {
    case "neg":
      return give(`(-${a})`, anyNan);
    case "abs":
    case "floor":
    case "ceil":
    case "trunc":
      return give(`${op}(${a})`, anyNan);
    case "nearest":
      return give(`round(${a})`, anyNan);
    case "sqrt":
      return give(`sqrt(${a})`, true);
    case "add":
    case "sub":
    case "mul":
      return give(`(${a} ${OPERATORS[op]} ${b})`, true);
    case "div":
      return give(`(${a} / ${b})`, true);
    case "rem":
      return give(`${prelude.use("rem_f")}(${a}, ${b})`, true);
    case "min":
    case "max":
      return anyNan
        ? give(`${prelude.use(`${op}_f`)}(${a}, ${b})`, true)
        : give(`${op}(${a}, ${b})`, false);
    case "madd":
      return give(`fma(${a}, ${b}, ${c})`, true);
  }
  throw new TypeError(`Cannot apply "${op}" to floats`);
}

function printBoolPrim(op: Prim, a: Printed, b: Printed): string {
  switch (op) {
    case "not":
      return `(!${a.text})`;
    case "and":
    case "mul":
    case "min":
      return `(${a.text} & ${b.text})`;
    case "or":
    case "add":
    case "max":
      return `(${a.text} | ${b.text})`;
    case "xor":
      return `(${a.text} != ${b.text})`;
  }
  throw new TypeError(`Cannot apply "${op}" to bools`);
}

function printIntPrim(
  op: Prim,
  type: "i32" | "u32",
  args: readonly Printed[],
  prelude: Prelude,
): string {
  const [a, b, c] = args.map((arg) => arg.text);
  switch (op) {
    case "neg":
      return type === "i32" ? `(-${a})` : `(~${a} + 1u)`;
    case "abs":
      return type === "i32" ? `abs(${a})` : a!;
    case "not":
      return `(~${a})`;
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return a!;
    case "add":
    case "sub":
    case "mul":
    case "and":
    case "or":
    case "xor":
      return `(${a} ${OPERATORS[op]} ${b})`;
    case "madd":
      return `(${a} * ${b} + ${c})`;
    case "min":
    case "max":
      return `${op}(${a}, ${b})`;
    case "shl":
    case "shr": {
      const amount = type === "u32" ? b : `bitcast<u32>(${b})`;
      const least = isLiteral(b!) ? `${parseInt(b!) & 31}u` : `(${amount} & 31u)`;
      return `(${a} ${op === "shl" ? "<<" : ">>"} ${least})`;
    }
    case "mulhi":
      return `${prelude.use(type === "u32" ? "mulhi_u" : "mulhi_i")}(${a}, ${b})`;
    case "div":
    case "rem":
      return printDivision(op, type, a!, b!);
  }
  throw new TypeError(`Cannot apply "${op}" to ${type}`);
}

/** Whether a text is a literal integer that is not negative. */
function isLiteral(text: string): boolean {
  return /^[0-9]+[iu]$/.test(text);
}

function printDivision(op: "div" | "rem", type: "i32" | "u32", a: string, b: string): string {
  const [zero, one] = type === "i32" ? ["0i", "1i"] : ["0u", "1u"];
  const sign = op === "div" ? "/" : "%";
  if (b === zero) return zero;
  if (isLiteral(b)) return `(${a} ${sign} ${b})`;
  // x % 1 is 0, so only a quotient has to be replaced.
  const safe = `(${a} ${sign} select(${b}, ${one}, ${b} == ${zero}))`;
  return op === "div" ? `select(${safe}, ${zero}, ${b} == ${zero})` : safe;
}

/** Conversion of the value by the rules of the scalar language. */
export function printCast(a: Printed, to: WgslType, prelude: Prelude): Printed {
  const give = (text: string): Printed => ({ text, type: to, nan: false });
  if (a.type === to) return a;
  if (isWide(a.type) || isWide(to)) return give(wideCast(a, to, prelude));
  if (a.type === "bool") {
    switch (to) {
      case "i32":
        return give(`select(0i, 1i, ${a.text})`);
      case "u32":
        return give(`select(0u, 1u, ${a.text})`);
      default:
        return give(`select(0.0f, 1.0f, ${a.text})`);
    }
  }
  if (to === "bool") {
    if (a.type !== "f32") return give(`(${a.text} != ${a.type === "i32" ? "0i" : "0u"})`);
    // NaN is not zero, and neither sign of zero counts.
    return give(`((bitcast<u32>(${a.text}) & 0x7fffffffu) != 0u)`);
  }
  if (a.type === "f32") return give(`${prelude.use(`f32_to_${to}`)}(${a.text})`);
  return give(`${to}(${a.text})`);
}

function printBitcast(a: Printed, to: WgslType): Printed {
  if (a.type === to) return a;
  if (isWide(to)) return { ...a, type: to };
  if (a.type === "bool") {
    return printBitcast({ text: `select(0u, 1u, ${a.text})`, type: "u32", nan: false }, to);
  }
  if (to === "bool") return { text: `(bitcast<u32>(${a.text}) != 0u)`, type: to, nan: false };
  return { text: `bitcast<${to}>(${a.text})`, type: to, nan: to === "f32" };
}
