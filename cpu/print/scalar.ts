/**
 * Prints the primitives of the scalar language as scalar WebAssembly instructions.
 *
 * @module
 */

import type { Prim, ScalarType } from "../../core/ir/scalar.ts";
import type { Func, FunctionBuilder, ValType } from "../wasm/mod.ts";
import type { Storage } from "./kernel.ts";

/** Finds or prints a helper function of the module. */
export type Helpers = (name: HelperName) => Func;

/** Functions that a module contains only where it needs them. */
export type HelperName = "fmod" | "mulhi_u64" | "mulhi_s64";

const valTypes: Record<ScalarType, ValType> = {
  bool: "i32",
  i32: "i32",
  u32: "i32",
  i64: "i64",
  u64: "i64",
  f32: "f32",
  f64: "f64",
};

/** The WebAssembly type that holds a machine type. */
export function valType(type: ScalarType): ValType {
  return valTypes[type];
}

/** Pushes a literal. */
export function pushConst(f: FunctionBuilder, type: ScalarType, value: number | bigint): void {
  if (type === "f32" || type === "f64") f[`${type}Const`](Number(value));
  else if (type === "i64" || type === "u64") f.i64Const(BigInt.asIntN(64, BigInt(value)));
  else f.i32Const(Number(value) | 0);
}

const memory = {
  bool: ["i32Load8U", "i32Store8"],
  int8: ["i32Load8S", "i32Store8"],
  uint8: ["i32Load8U", "i32Store8"],
  int16: ["i32Load16S", "i32Store16"],
  uint16: ["i32Load16U", "i32Store16"],
  int32: ["i32Load", "i32Store"],
  uint32: ["i32Load", "i32Store"],
  int64: ["i64Load", "i64Store"],
  uint64: ["i64Load", "i64Store"],
  float32: ["f32Load", "f32Store"],
  float64: ["f64Load", "f64Store"],
} as const satisfies Record<Storage, unknown>;

/** Loads an element from the address on the stack. */
export function loadScalar(f: FunctionBuilder, storage: Storage, offset = 0): void {
  f[memory[storage][0]](offset);
  if (storage === "bool") f.i32Const(0).i32Ne();
}

/** Stores the value on the stack at the address below it. */
export function storeScalar(f: FunctionBuilder, storage: Storage, offset = 0): void {
  f[memory[storage][1]](offset);
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
    default:
      return applyInteger(f, op, type, helpers);
  }
}

type FloatOp =
  | ("Neg" | "Abs" | "Floor" | "Ceil" | "Trunc" | "Nearest" | "Sqrt")
  | ("Add" | "Sub" | "Mul" | "Div" | "Min" | "Max");

function unknown(op: Prim, type: ScalarType): never {
  throw new TypeError(`Cannot print "${op}" of ${type}`);
}

const floatOps: { readonly [op in Prim]?: FloatOp } = {
  neg: "Neg",
  abs: "Abs",
  floor: "Floor",
  ceil: "Ceil",
  trunc: "Trunc",
  nearest: "Nearest",
  sqrt: "Sqrt",
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  min: "Min",
  max: "Max",
};

function applyFloat(f: FunctionBuilder, op: Prim, type: "f32" | "f64", helpers: Helpers): void {
  if (op === "madd") return multiplyAdd(f, type);
  if (op === "rem") {
    if (type === "f64") f.call(helpers("fmod"));
    else {
      const b = f.alloc("f32");
      f.localSet(b).f64PromoteF32().localGet(b).f64PromoteF32().call(helpers("fmod"));
      f.f32DemoteF64().free(b);
    }
    return;
  }
  const name = floatOps[op];
  if (name === undefined) unknown(op, type);
  f[`${type}${name}`]();
}

/** a * b + c, rounded twice. */
function multiplyAdd(f: FunctionBuilder, val: "i32" | "i64" | "f32" | "f64"): void {
  const c = f.alloc(val);
  f.localSet(c)[`${val}Mul`]().localGet(c)[`${val}Add`]().free(c);
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

const integerOps = {
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  and: "And",
  or: "Or",
  xor: "Xor",
  shl: "Shl",
} as const;

function applyInteger(
  f: FunctionBuilder,
  op: Prim,
  type: "i32" | "u32" | "i64" | "u64",
  helpers: Helpers,
): void {
  const isWide = type === "i64" || type === "u64", val = isWide ? "i64" : "i32";
  const isSigned = type === val, S = isSigned ? "S" : "U";
  switch (op) {
    case "neg": {
      const a = f.alloc(val);
      f.localSet(a)[`${val}Const`](0).localGet(a)[`${val}Sub`]().free(a);
      return;
    }
    case "abs": {
      if (!isSigned) return;
      const a = f.alloc(val), s = f.alloc(val);
      f.localTee(a)[`${val}Const`](isWide ? 63 : 31)[`${val}ShrS`]();
      f.localTee(s).localGet(a)[`${val}Xor`]().localGet(s)[`${val}Sub`]();
      f.free(a, s);
      return;
    }
    case "not":
      f[`${val}Const`](-1)[`${val}Xor`]();
      return;
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return;
    case "add":
    case "sub":
    case "mul":
    case "and":
    case "or":
    case "xor":
    case "shl":
      f[`${val}${integerOps[op]}`]();
      return;
    case "shr":
      f[`${val}Shr${S}`]();
      return;
    case "madd":
      return multiplyAdd(f, val);
    case "div":
    case "rem": {
      const a = f.alloc(val), b = f.alloc(val);
      f.localSet(b).localSet(a).localGet(b);
      // 0 and -1 are the divisors that may trap: x/0 = 0 = x*0, x/-1 = x*-1.
      if (!isSigned) f[`${val}Eqz`]();
      else {
        f[`${val}Const`](1)[`${val}Add`]();
        f[`${val}Const`](2)[`${val}LtU`]();
      }
      f.if(() => {
        if (op === "div" && isSigned) f.localGet(a).localGet(b)[`${val}Mul`]();
        else f[`${val}Const`](0);
      }, () => {
        f.localGet(a).localGet(b)[`${val}${op === "div" ? "Div" : "Rem"}${S}`]();
      }, val).free(a, b);
      return;
    }
    case "min":
    case "max": {
      const a = f.alloc(val), b = f.alloc(val);
      f.localSet(b).localTee(a).localGet(b).localGet(a).localGet(b);
      f[`${val}${op === "min" ? "Lt" : "Gt"}${S}`]().select(val).free(a, b);
      return;
    }
    case "mulhi": {
      if (isWide) {
        f.call(helpers(isSigned ? "mulhi_s64" : "mulhi_u64"));
        return;
      }
      const b = f.alloc("i32"), extend = `i64ExtendI32${S}` as const;
      f.localSet(b)[extend]().localGet(b)[extend]().i64Mul().i64Const(32).i64ShrU().i32WrapI64();
      f.free(b);
      return;
    }
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
  if (to === "bool") {
    pushConst(f, from, 0);
    compareScalar(f, "ne", from);
    return;
  }
  const source = valTypes[from], target = valTypes[to];
  // bool counts as unsigned.
  const S = from === "i32" || from === "i64" ? "S" : "U", toS = to === target ? "S" : "U";
  switch (`${source}>${target}` as const) {
    case "i64>i32":
      f.i32WrapI64();
      return;
    case "i32>i64":
      f[`i64ExtendI32${S}`]();
      return;
    case "f32>i32":
      f[`i32TruncSatF32${toS}`]();
      return;
    case "f64>i32":
      f[`i32TruncSatF64${toS}`]();
      return;
    case "f32>i64":
      f[`i64TruncSatF32${toS}`]();
      return;
    case "f64>i64":
      f[`i64TruncSatF64${toS}`]();
      return;
    case "i32>f32":
      f[`f32ConvertI32${S}`]();
      return;
    case "i64>f32":
      f[`f32ConvertI64${S}`]();
      return;
    case "i32>f64":
      f[`f64ConvertI32${S}`]();
      return;
    case "i64>f64":
      f[`f64ConvertI64${S}`]();
      return;
    case "f64>f32":
      f.f32DemoteF64();
      return;
    case "f32>f64":
      f.f64PromoteF32();
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
