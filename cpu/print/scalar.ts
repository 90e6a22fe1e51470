/**
 * Prints the primitives of the scalar language as scalar WebAssembly instructions.
 *
 * @module
 */

import type { Prim, ScalarType } from "../../core/ir/scalar.ts";
import type { Func, FunctionBuilder, PlainName, ValType } from "../wasm/mod.ts";
import type { Storage } from "./kernel.ts";

/** Finds or prints a helper function of the module. */
export type Helpers = (name: HelperName) => Func;

/** Functions that a module contains only where it needs them. */
export type HelperName = "fmod" | "mulhi_u64" | "mulhi_s64";

/** The WebAssembly type that holds a machine type. */
export function valType(type: ScalarType): ValType {
  switch (type) {
    case "i64":
    case "u64":
      return "i64";
    case "f32":
      return "f32";
    case "f64":
      return "f64";
    default:
      return "i32";
  }
}

/** Pushes a literal. */
export function pushConst(f: FunctionBuilder, type: ScalarType, value: number | bigint): void {
  switch (valType(type)) {
    case "i64":
      f.i64Const(BigInt.asIntN(64, BigInt(value)));
      break;
    case "f32":
      f.f32Const(Number(value));
      break;
    case "f64":
      f.f64Const(Number(value));
      break;
    default:
      f.i32Const(Number(value) | 0);
  }
}

/** Loads an element from the address on the stack. */
export function loadScalar(f: FunctionBuilder, storage: Storage, offset = 0): void {
  switch (storage) {
    case "bool":
      f.i32Load8U(offset).i32Const(0).i32Ne();
      break;
    case "int8":
      f.i32Load8S(offset);
      break;
    case "uint8":
      f.i32Load8U(offset);
      break;
    case "int16":
      f.i32Load16S(offset);
      break;
    case "uint16":
      f.i32Load16U(offset);
      break;
    case "int32":
    case "uint32":
      f.i32Load(offset);
      break;
    case "int64":
    case "uint64":
      f.i64Load(offset);
      break;
    case "float32":
      f.f32Load(offset);
      break;
    case "float64":
      f.f64Load(offset);
      break;
  }
}

/** Stores the value on the stack at the address below it. */
export function storeScalar(f: FunctionBuilder, storage: Storage, offset = 0): void {
  switch (storage) {
    case "bool":
    case "int8":
    case "uint8":
      f.i32Store8(offset);
      break;
    case "int16":
    case "uint16":
      f.i32Store16(offset);
      break;
    case "int32":
    case "uint32":
      f.i32Store(offset);
      break;
    case "int64":
    case "uint64":
      f.i64Store(offset);
      break;
    case "float32":
      f.f32Store(offset);
      break;
    case "float64":
      f.f64Store(offset);
      break;
  }
}

/** Applies a primitive to the operands on the stack; `from` is the type of the first one. */
export function applyScalar(
  f: FunctionBuilder,
  op: Prim,
  type: ScalarType,
  from: ScalarType,
  helpers: Helpers,
): void {
  switch (op) {
    case "select": {
      // The stack has condition, a, b; select wants a, b, condition.
      const val = valType(type);
      const b = f.alloc(val), a = f.alloc(val), c = f.alloc("i32");
      f.localSet(b).localSet(a).localSet(c);
      f.localGet(a).localGet(b).localGet(c).select(val).free(a, b, c);
      return;
    }
    case "cast":
      return castScalar(f, from, type);
    case "bitcast":
      return bitcastScalar(f, from, type);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return compareScalar(f, op, from);
  }
  switch (type) {
    case "f32":
    case "f64":
      return applyFloat(f, op, type, helpers);
    case "bool":
      return applyBool(f, op);
    case "i32":
    case "u32":
      return apply32(f, op, type);
    default:
      return apply64(f, op, type, helpers);
  }
}

function unknown(op: Prim, type: ScalarType): never {
  throw new TypeError(`Cannot print "${op}" of ${type}`);
}

type FloatOps = { readonly [op in Prim]?: PlainName };

const floatOps: Record<"f32" | "f64", FloatOps> = {
  f32: {
    neg: "f32Neg",
    abs: "f32Abs",
    floor: "f32Floor",
    ceil: "f32Ceil",
    trunc: "f32Trunc",
    nearest: "f32Nearest",
    sqrt: "f32Sqrt",
    add: "f32Add",
    sub: "f32Sub",
    mul: "f32Mul",
    div: "f32Div",
    min: "f32Min",
    max: "f32Max",
  },
  f64: {
    neg: "f64Neg",
    abs: "f64Abs",
    floor: "f64Floor",
    ceil: "f64Ceil",
    trunc: "f64Trunc",
    nearest: "f64Nearest",
    sqrt: "f64Sqrt",
    add: "f64Add",
    sub: "f64Sub",
    mul: "f64Mul",
    div: "f64Div",
    min: "f64Min",
    max: "f64Max",
  },
};

function applyFloat(f: FunctionBuilder, op: Prim, type: "f32" | "f64", helpers: Helpers): void {
  if (op === "madd") {
    const c = f.alloc(type);
    f.localSet(c);
    if (type === "f32") f.f32Mul().localGet(c).f32Add();
    else f.f64Mul().localGet(c).f64Add();
    f.free(c);
    return;
  }
  if (op === "rem") {
    if (type === "f64") f.call(helpers("fmod"));
    else {
      const b = f.alloc("f32");
      f.localSet(b).f64PromoteF32().localGet(b).f64PromoteF32().call(helpers("fmod"));
      f.f32DemoteF64().free(b);
    }
    return;
  }
  const name = floatOps[type][op];
  if (name === undefined) unknown(op, type);
  f[name]();
}

function applyBool(f: FunctionBuilder, op: Prim): void {
  switch (op) {
    case "not":
      f.i32Eqz();
      return;
    case "and":
    case "mul":
    case "min":
      f.i32And();
      return;
    case "or":
    case "add":
    case "max":
      f.i32Or();
      return;
    case "xor":
      f.i32Xor();
      return;
  }
  unknown(op, "bool");
}

function apply32(f: FunctionBuilder, op: Prim, type: "i32" | "u32"): void {
  const signed = type === "i32";
  switch (op) {
    case "neg": {
      const a = f.alloc("i32");
      f.localSet(a).i32Const(0).localGet(a).i32Sub().free(a);
      return;
    }
    case "abs": {
      if (!signed) return;
      const a = f.alloc("i32"), s = f.alloc("i32");
      f.localTee(a).i32Const(31).i32ShrS().localTee(s).localGet(a).i32Xor().localGet(s).i32Sub();
      f.free(a, s);
      return;
    }
    case "not":
      f.i32Const(-1).i32Xor();
      return;
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return;
    case "add":
      f.i32Add();
      return;
    case "sub":
      f.i32Sub();
      return;
    case "mul":
      f.i32Mul();
      return;
    case "madd": {
      const c = f.alloc("i32");
      f.localSet(c).i32Mul().localGet(c).i32Add().free(c);
      return;
    }
    case "div":
    case "rem": {
      const a = f.alloc("i32"), b = f.alloc("i32");
      f.localSet(b).localSet(a);
      // 0 and -1 are the divisors that may trap: x/0 = 0 = x*0, x/-1 = x*-1.
      if (signed) f.localGet(b).i32Const(1).i32Add().i32Const(2).i32LtU();
      else f.localGet(b).i32Eqz();
      f.if(() => {
        if (op === "div" && signed) f.localGet(a).localGet(b).i32Mul();
        else f.i32Const(0);
      }, () => {
        f.localGet(a).localGet(b);
        if (op === "div") signed ? f.i32DivS() : f.i32DivU();
        else signed ? f.i32RemS() : f.i32RemU();
      }, "i32").free(a, b);
      return;
    }
    case "min":
    case "max": {
      const a = f.alloc("i32"), b = f.alloc("i32");
      f.localSet(b).localTee(a).localGet(b).localGet(a).localGet(b);
      if (op === "min") signed ? f.i32LtS() : f.i32LtU();
      else signed ? f.i32GtS() : f.i32GtU();
      f.select("i32").free(a, b);
      return;
    }
    case "and":
      f.i32And();
      return;
    case "or":
      f.i32Or();
      return;
    case "xor":
      f.i32Xor();
      return;
    case "shl":
      f.i32Shl();
      return;
    case "shr":
      signed ? f.i32ShrS() : f.i32ShrU();
      return;
    case "mulhi": {
      const b = f.alloc("i32");
      f.localSet(b);
      if (signed) f.i64ExtendI32S().localGet(b).i64ExtendI32S();
      else f.i64ExtendI32U().localGet(b).i64ExtendI32U();
      f.i64Mul().i64Const(32).i64ShrU().i32WrapI64().free(b);
      return;
    }
  }
  unknown(op, type);
}

function apply64(f: FunctionBuilder, op: Prim, type: "i64" | "u64", helpers: Helpers): void {
  const signed = type === "i64";
  switch (op) {
    case "neg": {
      const a = f.alloc("i64");
      f.localSet(a).i64Const(0).localGet(a).i64Sub().free(a);
      return;
    }
    case "abs": {
      if (!signed) return;
      const a = f.alloc("i64"), s = f.alloc("i64");
      f.localTee(a).i64Const(63).i64ShrS().localTee(s).localGet(a).i64Xor().localGet(s).i64Sub();
      f.free(a, s);
      return;
    }
    case "not":
      f.i64Const(-1).i64Xor();
      return;
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return;
    case "add":
      f.i64Add();
      return;
    case "sub":
      f.i64Sub();
      return;
    case "mul":
      f.i64Mul();
      return;
    case "madd": {
      const c = f.alloc("i64");
      f.localSet(c).i64Mul().localGet(c).i64Add().free(c);
      return;
    }
    case "div":
    case "rem": {
      const a = f.alloc("i64"), b = f.alloc("i64");
      f.localSet(b).localSet(a);
      if (signed) f.localGet(b).i64Const(1).i64Add().i64Const(2).i64LtU();
      else f.localGet(b).i64Eqz();
      f.if(() => {
        if (op === "div" && signed) f.localGet(a).localGet(b).i64Mul();
        else f.i64Const(0);
      }, () => {
        f.localGet(a).localGet(b);
        if (op === "div") signed ? f.i64DivS() : f.i64DivU();
        else signed ? f.i64RemS() : f.i64RemU();
      }, "i64").free(a, b);
      return;
    }
    case "min":
    case "max": {
      const a = f.alloc("i64"), b = f.alloc("i64");
      f.localSet(b).localTee(a).localGet(b).localGet(a).localGet(b);
      if (op === "min") signed ? f.i64LtS() : f.i64LtU();
      else signed ? f.i64GtS() : f.i64GtU();
      f.select("i64").free(a, b);
      return;
    }
    case "and":
      f.i64And();
      return;
    case "or":
      f.i64Or();
      return;
    case "xor":
      f.i64Xor();
      return;
    case "shl":
      f.i64Shl();
      return;
    case "shr":
      signed ? f.i64ShrS() : f.i64ShrU();
      return;
    case "mulhi":
      f.call(helpers(signed ? "mulhi_s64" : "mulhi_u64"));
      return;
  }
  unknown(op, type);
}

const comparisons = {
  eq: ["i32Eq", "i32Eq", "i64Eq", "i64Eq", "f32Eq", "f64Eq"],
  ne: ["i32Ne", "i32Ne", "i64Ne", "i64Ne", "f32Ne", "f64Ne"],
  lt: ["i32LtS", "i32LtU", "i64LtS", "i64LtU", "f32Lt", "f64Lt"],
  le: ["i32LeS", "i32LeU", "i64LeS", "i64LeU", "f32Le", "f64Le"],
  gt: ["i32GtS", "i32GtU", "i64GtS", "i64GtU", "f32Gt", "f64Gt"],
  ge: ["i32GeS", "i32GeU", "i64GeS", "i64GeU", "f32Ge", "f64Ge"],
} as const;
const column = { bool: 1, i32: 0, u32: 1, i64: 2, u64: 3, f32: 4, f64: 5 } as const;

function compareScalar(
  f: FunctionBuilder,
  op: "eq" | "ne" | "lt" | "le" | "gt" | "ge",
  type: ScalarType,
): void {
  f[comparisons[op][column[type]]]();
}

function castScalar(f: FunctionBuilder, from: ScalarType, to: ScalarType): void {
  if (from === to) return;
  const source = valType(from);
  if (to === "bool") {
    switch (source) {
      case "i32":
        f.i32Const(0).i32Ne();
        break;
      case "i64":
        f.i64Const(0).i64Ne();
        break;
      case "f32":
        f.f32Const(0).f32Ne();
        break;
      case "f64":
        f.f64Const(0).f64Ne();
        break;
    }
    return;
  }
  // bool counts as unsigned.
  const signed = from === "i32" || from === "i64";
  switch (to) {
    case "i32":
    case "u32":
      if (source === "i64") f.i32WrapI64();
      else if (source === "f32") to === "i32" ? f.i32TruncSatF32S() : f.i32TruncSatF32U();
      else if (source === "f64") to === "i32" ? f.i32TruncSatF64S() : f.i32TruncSatF64U();
      return;
    case "i64":
    case "u64":
      if (source === "i32") signed ? f.i64ExtendI32S() : f.i64ExtendI32U();
      else if (source === "f32") to === "i64" ? f.i64TruncSatF32S() : f.i64TruncSatF32U();
      else if (source === "f64") to === "i64" ? f.i64TruncSatF64S() : f.i64TruncSatF64U();
      return;
    case "f32":
      if (source === "i32") signed ? f.f32ConvertI32S() : f.f32ConvertI32U();
      else if (source === "i64") signed ? f.f32ConvertI64S() : f.f32ConvertI64U();
      else if (source === "f64") f.f32DemoteF64();
      return;
    case "f64":
      if (source === "i32") signed ? f.f64ConvertI32S() : f.f64ConvertI32U();
      else if (source === "i64") signed ? f.f64ConvertI64S() : f.f64ConvertI64U();
      else if (source === "f32") f.f64PromoteF32();
      return;
  }
}

function bitcastScalar(f: FunctionBuilder, from: ScalarType, to: ScalarType): void {
  const source = valType(from), target = valType(to);
  if (source === target) return;
  const key = `${source}>${target}`;
  if (key === "i32>f32") f.f32ReinterpretI32();
  else if (key === "f32>i32") f.i32ReinterpretF32();
  else if (key === "i64>f64") f.f64ReinterpretI64();
  else if (key === "f64>i64") f.i64ReinterpretF64();
  else throw new TypeError(`Cannot print a bitcast from ${from} to ${to}: the widths differ`);
}
