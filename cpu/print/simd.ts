/**
 * Prints the primitives of the scalar language as vector instructions.
 *
 * A value is four lanes. Types of 32 bits take one vector, form 0. Types of 64 bits take two: form 1
 * holds lanes 0 and 1, form 2 lanes 2 and 3. Bools are lane masks, and exist in all three forms.
 *
 * @module
 */

import type { Prim, ScalarType, SNode } from "../../core/ir/scalar.ts";
import type { FunctionBuilder, PlainName } from "../wasm/mod.ts";

/** Which lanes a vector holds; see the module's documentation. */
export type Form = 0 | 1 | 2;

/** Whether values of the type take two vectors. */
export function isWide(type: ScalarType): boolean {
  return type === "i64" || type === "u64" || type === "f64";
}

/** The forms of a value of the type; bools are made in form 0 unless something else is asked for. */
export function formsOf(type: ScalarType): readonly Form[] {
  return isWide(type) ? [1, 2] : [0];
}

/** The first lane that a form holds, and how many. */
export function lanesOf(form: Form): readonly [first: number, count: number] {
  return form === 0 ? [0, 4] : form === 1 ? [0, 2] : [2, 2];
}

const shapes = {
  bool: "i32x4",
  i32: "i32x4",
  u32: "i32x4",
  i64: "i64x2",
  u64: "i64x2",
  f32: "f32x4",
  f64: "f64x2",
} as const satisfies Record<ScalarType, string>;

/** Pushes a vector of equal lanes. */
export function splatConst(
  f: FunctionBuilder,
  type: ScalarType,
  form: Form,
  value: number | bigint,
): void {
  if (type === "bool") f.i32x4Const(Number(value) === 0 ? 0 : -1);
  else if (type === "f32" || type === "f64") f[`${shapes[type]}Const`](Number(value));
  else if (isWide(type)) f.i64x2Const(BigInt.asIntN(64, BigInt(value)));
  else f.i32x4Const(Number(value) | 0);
  if (form !== 0 && !isWide(type) && type !== "bool") {
    throw new TypeError(`Cannot print a constant of ${type} in form ${form}`);
  }
}

/** Turns the scalar on the stack into a vector of equal lanes. */
export function splat(f: FunctionBuilder, type: ScalarType): void {
  if (type === "bool") f.i32Const(0).i32Ne().i32x4Splat().i32x4Neg();
  else f[`${shapes[type]}Splat`]();
}

/** Extracts a lane, numbered within the form, as the scalar that the scalar printer works with. */
export function extract(f: FunctionBuilder, type: ScalarType, form: Form, lane: number): void {
  if (type !== "bool") f[`${shapes[type]}ExtractLane`](lane);
  else if (form === 0) f.i32x4ExtractLane(lane).i32Const(1).i32And();
  else f.i64x2ExtractLane(lane).i32WrapI64().i32Const(1).i32And();
}

/** Replaces a lane of the vector below by the scalar on the stack. */
export function replace(f: FunctionBuilder, type: ScalarType, form: Form, lane: number): void {
  if (type !== "bool") {
    f[`${shapes[type]}ReplaceLane`](lane);
    return;
  }
  // 0 or 1 becomes a mask.
  const t = f.alloc("i32");
  f.localSet(t).i32Const(0).localGet(t).i32Sub().free(t);
  if (form === 0) f.i32x4ReplaceLane(lane);
  else f.i64ExtendI32S().i64x2ReplaceLane(lane);
}

/** Pushes b where the mask's lanes are 0, else a; the stack has a, b, mask. */
export function blend(f: FunctionBuilder, form: Form, relaxed: boolean): void {
  if (!relaxed) f.v128Bitselect();
  else if (form === 0) f.i32x4RelaxedLaneselect();
  else f.i64x2RelaxedLaneselect();
}

const arithmetic = {
  neg: "Neg",
  abs: "Abs",
  add: "Add",
  sub: "Sub",
  mul: "Mul",
} as const;
const floats = {
  ...arithmetic,
  floor: "Floor",
  ceil: "Ceil",
  trunc: "Trunc",
  nearest: "Nearest",
  sqrt: "Sqrt",
  div: "Div",
  min: "Min",
  max: "Max",
} as const;
const bits = { and: "v128And", or: "v128Or", xor: "v128Xor", not: "v128Not" } as const;
const masks = {
  and: "v128And",
  mul: "v128And",
  min: "v128And",
  or: "v128Or",
  add: "v128Or",
  max: "v128Or",
  xor: "v128Xor",
  not: "v128Not",
} as const;

/** The instruction that a primitive is, where it is one. */
function instructionOf(op: Prim, type: ScalarType): PlainName | undefined {
  const has = <T extends object>(table: T, op: string): op is keyof T & string => op in table;
  if (type === "bool") return has(masks, op) ? masks[op] : undefined;
  if (type === "f32" || type === "f64") {
    return has(floats, op) ? `${shapes[type]}${floats[op]}` : undefined;
  }
  if (has(bits, op)) return bits[op];
  if (has(arithmetic, op)) return `${shapes[type]}${arithmetic[op]}`;
  if (isWide(type) || op !== "min" && op !== "max") return undefined;
  return `i32x4${op === "min" ? "Min" : "Max"}${type === "i32" ? "S" : "U"}`;
}

/**
 * Applies a primitive, other than casts, bitcasts, comparisons and selects, to the vectors on the
 * stack. Returns false, and prints nothing, where there is no vector form.
 */
export function applySimd(
  f: FunctionBuilder,
  op: Prim,
  type: ScalarType,
  relaxed: boolean,
): boolean {
  if (op === "abs" && (type === "u32" || type === "u64")) return true;
  if (type !== "f32" && type !== "f64" && ["floor", "ceil", "trunc", "nearest"].includes(op)) {
    return true;
  }
  const name = instructionOf(op, type);
  if (name !== undefined) {
    f[name]();
    return true;
  }
  switch (op) {
    case "madd":
      if (relaxed && type === "f32") f.f32x4RelaxedMadd();
      else if (relaxed && type === "f64") f.f64x2RelaxedMadd();
      else {
        const c = f.alloc("v128");
        f.localSet(c);
        applySimd(f, "mul", type, relaxed);
        f.localGet(c).free(c);
        applySimd(f, "add", type, relaxed);
      }
      return true;
    case "min":
    case "max": {
      // 64-bit integers.
      const a = f.alloc("v128"), b = f.alloc("v128");
      f.localSet(b).localTee(a).localGet(b).localGet(a).localGet(b);
      compareSimd(f, op === "min" ? "lt" : "gt", type);
      blend(f, 1, relaxed);
      f.free(a, b);
      return true;
    }
    case "mulhi": {
      if (type !== "i32" && type !== "u32") return false;
      const a = f.alloc("v128"), b = f.alloc("v128"), S = type === "i32" ? "S" : "U";
      f.localSet(b).localTee(a).localGet(b)[`i64x2ExtmulLowI32x4${S}`]();
      f.localGet(a).localGet(b)[`i64x2ExtmulHighI32x4${S}`]();
      f.i32x4Shuffle(1, 3, 5, 7).free(a, b);
      return true;
    }
  }
  return false;
}

/** Shifts by an amount that is the same in all lanes; the stack has the vector and an i32. */
export function shiftSimd(f: FunctionBuilder, op: "shl" | "shr", type: ScalarType): void {
  const shape = isWide(type) ? "i64x2" : "i32x4", S = type === "i32" || type === "i64" ? "S" : "U";
  if (op === "shl") f[`${shape}Shl`]();
  else f[`${shape}Shr${S}`]();
}

const comparisons = {
  eq: ["i32x4Eq", "i32x4Eq", "i64x2Eq", "f32x4Eq", "f64x2Eq"],
  ne: ["i32x4Ne", "i32x4Ne", "i64x2Ne", "f32x4Ne", "f64x2Ne"],
  lt: ["i32x4LtS", "i32x4LtU", "i64x2LtS", "f32x4Lt", "f64x2Lt"],
  le: ["i32x4LeS", "i32x4LeU", "i64x2LeS", "f32x4Le", "f64x2Le"],
  gt: ["i32x4GtS", "i32x4GtU", "i64x2GtS", "f32x4Gt", "f64x2Gt"],
  ge: ["i32x4GeS", "i32x4GeU", "i64x2GeS", "f32x4Ge", "f64x2Ge"],
} as const;
// Masks compare as unsigned: all ones is more than zero.
const column = { bool: 1, i32: 0, u32: 1, i64: 2, u64: 2, f32: 3, f64: 4 } as const;

/** Compares the two vectors on the stack, which have the given type; leaves a mask of its width. */
export function compareSimd(
  f: FunctionBuilder,
  op: "eq" | "ne" | "lt" | "le" | "gt" | "ge",
  type: ScalarType,
): void {
  if (type === "u64" && op !== "eq" && op !== "ne") {
    // There is no unsigned form: move the range.
    const b = f.alloc("v128");
    f.i64x2Const(-(2n ** 63n)).v128Xor().localSet(b);
    f.i64x2Const(-(2n ** 63n)).v128Xor().localGet(b).free(b);
  }
  f[comparisons[op][column[type]]]();
}

/** Joins the masks of forms 1 and 2 on the stack to one of form 0. */
export function narrowMask(f: FunctionBuilder): void {
  f.i32x4Shuffle(0, 2, 4, 6);
}

/** Widens the mask of form 0 on the stack. */
export function widenMask(f: FunctionBuilder, form: 1 | 2): void {
  if (form === 1) f.i64x2ExtendLowI32x4S();
  else f.i64x2ExtendHighI32x4S();
}

/** Whether `castSimd` has the cast. */
export function hasCast(from: ScalarType, to: ScalarType): boolean {
  const is64 = (type: ScalarType) => type === "i64" || type === "u64";
  const isReal = (type: ScalarType) => type === "f32" || type === "f64";
  return !(is64(from) && isReal(to)) && !(isReal(from) && is64(to));
}

/**
 * Converts; `push` pushes a form of the argument. Not for casts between 64-bit integers and floats,
 * nor for casts to bool and from bool in a form other than the argument's.
 */
export function castSimd(
  f: FunctionBuilder,
  from: ScalarType,
  to: ScalarType,
  form: Form,
  push: (form: Form) => void,
): void {
  if (to === "bool") {
    push(form);
    splatConst(f, from, isWide(from) ? 1 : 0, 0);
    compareSimd(f, "ne", from);
    return;
  }
  if (from === "bool") {
    push(form);
    splatConst(f, to, isWide(to) ? 1 : 0, 1);
    f.v128And();
    return;
  }
  if (isWide(from) && isWide(to)) {
    push(form);
    return;
  }
  if (isWide(from)) {
    for (const half of [1, 2] as const) {
      push(half);
      if (from !== "f64") continue;
      if (to === "f32") f.f32x4DemoteF64x2Zero();
      else if (to === "i32") f.i32x4TruncSatF64x2SZero();
      else f.i32x4TruncSatF64x2UZero();
    }
    if (from === "f64") f.i64x2Shuffle(0, 2);
    else f.i32x4Shuffle(0, 2, 4, 6);
    return;
  }
  push(0);
  if (isWide(to)) {
    const signed = from === "i32";
    if (to === "f64") {
      if (form === 2) {
        const t = f.alloc("v128");
        f.localTee(t).localGet(t).i64x2Shuffle(1, 1).free(t);
      }
      if (from === "f32") f.f64x2PromoteLowF32x4();
      else signed ? f.f64x2ConvertLowI32x4S() : f.f64x2ConvertLowI32x4U();
    } else if (form === 1) {
      signed ? f.i64x2ExtendLowI32x4S() : f.i64x2ExtendLowI32x4U();
    } else {
      signed ? f.i64x2ExtendHighI32x4S() : f.i64x2ExtendHighI32x4U();
    }
    return;
  }
  if (from === "f32") {
    if (to === "i32") f.i32x4TruncSatF32x4S();
    else if (to === "u32") f.i32x4TruncSatF32x4U();
  } else if (to === "f32") {
    from === "i32" ? f.f32x4ConvertI32x4S() : f.f32x4ConvertI32x4U();
  }
}

/** Pushes the lane numbers 0 to 3, plus a start. */
export function pushLaneNumbers(f: FunctionBuilder, start = 0): void {
  f.i32x4Const(start, start + 1, start + 2, start + 3);
}

/** Whether a primitive that is neither a cast nor a comparison has vector instructions. */
export function hasVectorForm(node: SNode): boolean {
  const { op, type } = node;
  const integer = type !== "f32" && type !== "f64";
  switch (op) {
    case "div":
    case "rem":
      return !integer && op === "div";
    case "mulhi":
      return type === "i32" || type === "u32";
    case "sqrt":
      return !integer;
  }
  return true;
}
