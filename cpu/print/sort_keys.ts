/**
 * Keys of numbers: whole numbers without signs that order like them.
 *
 * @module
 */

import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";
import { storageOf } from "./kernel.ts";

/** How many bytes the keys of a dtype have. */
export function keyBytes(dtype: DType): 4 | 8 {
  return dtypeInfo(storageOf(dtype)).bytes === 8 ? 8 : 4;
}

/** The bits that a key may use. */
function keyMask(dtype: DType): number {
  const { bytes } = dtypeInfo(dtype);
  return bytes >= 4 ? 0xffffffff : 2 ** (8 * bytes) - 1;
}

/**
 * Turns the loaded element on the stack into a key that orders like it, ascending. Both zeros have one
 * key: `withPlaces` becomes 1 where it cannot be turned back.
 */
export function encode(
  f: FunctionBuilder,
  dtype: DType,
  key: Local,
  descending: Local<"i32">,
  withPlaces: Local<"i32">,
): void {
  const invert = () => {
    f.localGet(descending).if(() => {
      f.localGet(key);
      if (key.type === "i64") f.i64Const(-1).i64Xor();
      else f.i32Const(keyMask(dtype)).i32Xor();
      f.localSet(key);
    });
  };
  const { kind } = dtypeInfo(dtype);
  if (kind !== "float") {
    if (dtype === "int64") f.i64Const(-(2n ** 63n)).i64Xor();
    else if (kind === "int") f.i32Const((keyMask(dtype) + 1) / 2 | 0).i32Add();
    if (kind === "int" && dtype !== "int64" && dtype !== "int32") {
      f.i32Const(keyMask(dtype)).i32And();
    }
    f.localSet(key);
    invert();
    return;
  }
  if (dtype === "float64") {
    f.i64ReinterpretF64().localSet(key);
    const sign = -(2n ** 63n);
    f.localGet(key).i64Const(2n ** 63n - 1n).i64And().i64Const(0x7ff0n << 48n).i64GtU();
    f.if(() => f.i64Const(-1).localSet(key), () => {
      f.localGet(key).i64Const(sign).i64Eq().if(() => {
        f.i64Const(0).localSet(key).i32Const(1).localSet(withPlaces);
      });
      f.localGet(key).localGet(key).i64Const(63).i64ShrS().i64Const(sign).i64Or().i64Xor();
      f.localSet(key);
      invert();
    });
    return;
  }
  const half = dtype === "float16";
  if (half) f.i32Const(16).i32Shl();
  else f.i32ReinterpretF32();
  f.localSet(key);
  const infinity = half ? 0x7c000000 : 0x7f800000;
  f.localGet(key).i32Const(0x7fffffff).i32And().i32Const(infinity).i32GtU();
  f.if(() => f.i32Const(-1).localSet(key), () => {
    f.localGet(key).i32Const(1 << 31).i32Eq().if(() => {
      f.i32Const(0).localSet(key).i32Const(1).localSet(withPlaces);
    });
    f.localGet(key).localGet(key).i32Const(31).i32ShrS().i32Const(1 << 31).i32Or().i32Xor();
    f.localSet(key);
    f.localGet(descending).if(() => f.localGet(key).i32Const(-1).i32Xor().localSet(key));
  });
  if (half) f.localGet(key).i32Const(16).i32ShrU().localSet(key);
}

/**
 * Turns the key of an element of less than 4 bytes back into it, and pushes it; NaN is one key, and zero has no
 * sign.
 */
export function decode(
  f: FunctionBuilder,
  dtype: DType,
  key: Local,
  descending: Local<"i32">,
): void {
  const { kind } = dtypeInfo(dtype);
  if (kind !== "float") {
    // The mask where the order descends, else nothing.
    f.localGet(key).i32Const(keyMask(dtype)).localGet(descending).i32Mul().i32Xor();
    if (kind === "int") f.i32Const((keyMask(dtype) + 1) / 2).i32Sub();
    return;
  }
  f.localGet(key).i32Const(16).i32Shl().localTee(key).i32Const(0xffff0000 | 0).i32Eq();
  f.if(() => f.i32Const(0x7e000000).localSet(key), () => {
    f.localGet(key).i32Const(0).localGet(descending).i32Sub().i32Xor().localSet(key);
    f.localGet(key).localGet(key).i32Const(-1).i32Xor().i32Const(31).i32ShrS();
    f.i32Const(1 << 31).i32Or().i32Xor().localSet(key);
  });
  f.localGet(key).i32Const(16).i32ShrU();
}

/** Whether elements are as long as their keys, which turn to each other as vectors. */
export function hasVectorKeys(dtype: DType): boolean {
  return dtypeInfo(dtype).bytes >= 4;
}

const params = ["i32", "i32", "i32", "i32"] as const;

/** Instructions on vectors of keys and of the numbers that they are of. */
function vectorOps(dtype: DType) {
  const wide = keyBytes(dtype) === 8, { kind } = dtypeInfo(dtype);
  const int = wide ? "i64x2" : "i32x4", float = wide ? "f64x2" : "f32x4";
  const splat = (f: FunctionBuilder, value: bigint) =>
    wide ? f.i64Const(value).i64x2Splat() : f.i32Const(Number(value)).i32x4Splat();
  return {
    kind,
    int,
    float,
    /** Pushes the bits of a number without others. */
    sign: (f: FunctionBuilder) => splat(f, wide ? -(2n ** 63n) : -(2n ** 31n)),
    nan: (f: FunctionBuilder) => splat(f, wide ? 0x7ff8n << 48n : 0x7fc00000n),
    ones: (f: FunctionBuilder) => splat(f, -1n),
    /** Pushes the signs of the vector on the stack, each in all bits of its lane. */
    signs: (f: FunctionBuilder) => f.i32Const(wide ? 63 : 31)[`${int}ShrS`](),
    /** Pushes all bits where the order descends, else none. */
    inverts: (f: FunctionBuilder, descending: Local<"i32">) =>
      f.i32Const(0).localGet(descending).i32Sub().i32x4Splat(),
  } as const;
}

/**
 * Turns vectors from one place to another, the last of which overlaps the one before it where they don't come out
 * even, so there must be one at least. The callback leaves a vector in the place of the one on the stack.
 */
function eachVector(
  f: FunctionBuilder,
  from: Local<"i32">,
  end: Local<"i32">,
  to: Local<"i32">,
  body: () => void,
): void {
  const left = f.local("i32");
  f.loop((again) => {
    f.localGet(to).localGet(from).v128Load();
    body();
    f.v128Store();
    f.localGet(end).localGet(from).i32Sub().i32Const(16).i32Sub().localTee(left);
    f.if(() => {
      // 16 bytes on, or as many as are left.
      f.localGet(left).i32Const(16).localGet(left).i32Const(16).i32LtU().select("i32");
      f.localTee(left).localGet(from).i32Add().localSet(from);
      f.increment(to, left).br(again);
    });
  });
}

/**
 * Prints a function that turns elements into keys. Its parameters are their start and end, where the keys go, and
 * whether the order descends; it returns whether there are zeros with a sign, which their keys do not have.
 */
export function printEncode(module: ModuleBuilder, dtype: DType): Func {
  const { kind, int, float, sign, signs, inverts } = vectorOps(dtype);
  return module.func(
    { name: `encode_${dtype}`, params, results: ["i32"] },
    (f, from, end, to, descending) => {
      const bits = f.local("v128"), mask = f.local("v128"), zeros = f.local("v128");
      const negative = f.local("v128"), top = f.local("v128");
      inverts(f, descending).localSet(mask);
      sign(f).localSet(top);
      if (kind === "int") f.localGet(mask).localGet(top).v128Xor().localSet(mask);
      eachVector(f, from, end, to, () => {
        if (kind !== "float") {
          f.localGet(mask).v128Xor();
          return;
        }
        f.localTee(bits).localGet(bits).localGet(top)[`${int}Eq`]().localTee(negative);
        f.v128Andnot().localSet(bits).localGet(zeros).localGet(negative).v128Or().localSet(zeros);
        signs(f.localGet(bits)).localGet(top).v128Or().localGet(bits).v128Xor();
        f.localGet(mask).v128Xor().localGet(bits).localGet(bits)[`${float}Ne`]().v128Or();
      });
      f.localGet(zeros).v128AnyTrue();
    },
  );
}

/** Prints a function that turns keys into elements; its parameters are as those of the one above. */
export function printDecode(module: ModuleBuilder, dtype: DType): Func {
  const { kind, int, sign, nan, ones, signs, inverts } = vectorOps(dtype);
  return module.func({ name: `decode_${dtype}`, params }, (f, from, end, to, descending) => {
    const key = f.local("v128"), mask = f.local("v128"), bits = f.local("v128");
    const top = f.local("v128"), all = f.local("v128"), noNumber = f.local("v128");
    inverts(f, descending).localSet(mask);
    sign(f).localSet(top);
    ones(f).localSet(all);
    nan(f).localSet(noNumber);
    if (kind === "int") f.localGet(mask).localGet(top).v128Xor().localSet(mask);
    eachVector(f, from, end, to, () => {
      if (kind !== "float") {
        f.localGet(mask).v128Xor();
        return;
      }
      f.localSet(key).localGet(noNumber);
      f.localGet(key).localGet(mask).v128Xor().localTee(bits);
      signs(f.localGet(bits).v128Not()).localGet(top).v128Or().v128Xor();
      f.localGet(key).localGet(all)[`${int}Eq`]().v128Bitselect();
    });
  });
}
