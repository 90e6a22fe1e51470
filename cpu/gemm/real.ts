/** What the product kernels need to know of an element type, and the few vector steps they share. */

import {
  type Func,
  type FunctionBuilder,
  type Global,
  hasRelaxedSimd,
  type Local,
  type ModuleBuilder,
} from "../wasm/mod.ts";

/** Element types that products are computed in. */
export type GemmDtype = "float32" | "float64";

/** How the product functions are emitted. */
export interface GemmOptions {
  /** The element type of all operands. */
  readonly dtype: GemmDtype;
  /** Whether to use the fused multiply-add; by default where the engine has it. */
  readonly relaxed?: boolean;
  /** Where a product is a part of a larger one: how many rows and columns that has, else 0. */
  readonly whole?: WholeSizes;
}

/** Variables by which parts of a product are computed in the way that is chosen for the whole. */
export interface WholeSizes {
  readonly m: Global;
  readonly n: Global;
}

/** Makes a local of the size of the whole product, or of one that isn't a part. */
export function wholeSize(
  f: FunctionBuilder,
  { whole }: GemmOptions,
  size: Local<"i32">,
  name: keyof WholeSizes,
): Local<"i32"> {
  if (whole === undefined) return size;
  const local = f.local("i32");
  f.globalGet(whole[name]).localGet(size).globalGet(whole[name]).select("i32").localSet(local);
  return local;
}

/** The same for the rows of a matrix that is multiplied by a vector: the other size is 1. */
export function wholeRows(
  f: FunctionBuilder,
  options: GemmOptions,
  size: Local<"i32">,
): Local<"i32"> {
  const m = wholeSize(f, options, size, "m"), n = wholeSize(f, options, size, "n");
  if (m === n) return size;
  f.localGet(m).localGet(n).localGet(m).localGet(n).i32GtS().select("i32").localSet(m);
  return m;
}

/** An element type in WebAssembly terms, with vector steps that work on either one. */
export interface Real {
  /** The scalar value type. */
  readonly scalar: "f32" | "f64";
  /** Bytes per element. */
  readonly size: number;
  /** Its logarithm to base 2. */
  readonly shift: number;
  /** Elements per vector. */
  readonly lanes: number;
  /** `c += a * b`, fused where allowed. */
  fma(f: FunctionBuilder, a: Local, b: Local, c: Local): void;
  /** Pops an address; pushes a vector with that one element in every lane. */
  loadSplat(f: FunctionBuilder, offset?: number): void;
  /** Pops an address; pushes a vector whose first lanes are the two elements there. */
  loadPair(f: FunctionBuilder, offset: number): void;
  /** Pops a vector; pushes one with its first lane in every lane. */
  splatFirst(f: FunctionBuilder, temporary: Local): void;
  /** Pops an address; pushes a vector with that one element in lane 0 and zeros. */
  loadZero(f: FunctionBuilder, offset?: number): void;
  /** Pops two vectors, pushes their sum. */
  add(f: FunctionBuilder): void;
  /** Pops an address, pushes an element. */
  load(f: FunctionBuilder, offset?: number): void;
  /** Pops an address and an element. */
  store(f: FunctionBuilder, offset?: number): void;
  /** Pops two elements, pushes their sum. */
  scalarAdd(f: FunctionBuilder): void;
  /** Pushes an element zero. */
  scalarZero(f: FunctionBuilder): void;
  /** Pops an address and a vector, and stores the given lane. */
  storeLane(f: FunctionBuilder, lane: number, offset?: number): void;
  /** Pushes the sum of the lanes of a vector, as an element. */
  sumLanes(f: FunctionBuilder, v: Local): void;
}

function realF32(relaxed: boolean): Real {
  return {
    scalar: "f32",
    size: 4,
    shift: 2,
    lanes: 4,
    fma(f, a, b, c) {
      f.localGet(a).localGet(b);
      if (relaxed) f.localGet(c).f32x4RelaxedMadd();
      else f.f32x4Mul().localGet(c).f32x4Add();
      f.localSet(c);
    },
    loadSplat: (f, offset) => f.v128Load32Splat(offset),
    loadPair: (f, offset) => f.v128Load64Splat(offset),
    splatFirst: (f, v) => f.localTee(v).localGet(v).i32x4Shuffle(0, 0, 0, 0),
    loadZero: (f, offset) => f.v128Load32Zero(offset),
    add: (f) => f.f32x4Add(),
    load: (f, offset) => f.f32Load(offset),
    store: (f, offset) => f.f32Store(offset),
    scalarAdd: (f) => f.f32Add(),
    scalarZero: (f) => f.f32Const(0),
    storeLane: (f, lane, offset) => f.v128Store32Lane(lane, offset),
    sumLanes(f, v) {
      f.localGet(v).localGet(v).localGet(v).i32x4Shuffle(2, 3, 2, 3);
      f.f32x4Add().localTee(v).localGet(v).localGet(v);
      f.i32x4Shuffle(1, 1, 1, 1).f32x4Add().f32x4ExtractLane(0);
    },
  };
}

function realF64(relaxed: boolean): Real {
  return {
    scalar: "f64",
    size: 8,
    shift: 3,
    lanes: 2,
    fma(f, a, b, c) {
      f.localGet(a).localGet(b);
      if (relaxed) f.localGet(c).f64x2RelaxedMadd();
      else f.f64x2Mul().localGet(c).f64x2Add();
      f.localSet(c);
    },
    loadSplat: (f, offset) => f.v128Load64Splat(offset),
    loadPair: (f, offset) => f.v128Load(offset, 8),
    splatFirst: (f, v) => f.localTee(v).localGet(v).i64x2Shuffle(0, 0),
    loadZero: (f, offset) => f.v128Load64Zero(offset),
    add: (f) => f.f64x2Add(),
    load: (f, offset) => f.f64Load(offset),
    store: (f, offset) => f.f64Store(offset),
    scalarAdd: (f) => f.f64Add(),
    scalarZero: (f) => f.f64Const(0),
    storeLane: (f, lane, offset) => f.v128Store64Lane(lane, offset),
    sumLanes(f, v) {
      f.localGet(v).f64x2ExtractLane(0).localGet(v).f64x2ExtractLane(1).f64Add();
    },
  };
}

/** The vector steps for the element type that the options name. */
export function realOf({ dtype, relaxed = hasRelaxedSimd() }: GemmOptions): Real {
  return dtype === "float32" ? realF32(relaxed) : realF64(relaxed);
}

const EMITTED = new WeakMap<ModuleBuilder, Map<string, Func>>();

/**
 * Emits a function into a module unless it is there already.
 *
 * @param name What it does; element type and kind of arithmetic are appended.
 * @param body Emits the body; it has as many parameters of type i32 as this callback names behind `f`.
 */
export function emitOnce(
  module: ModuleBuilder,
  options: GemmOptions,
  name: string,
  body: (f: FunctionBuilder, ...params: Local<"i32">[]) => void,
): Func {
  let funcs = EMITTED.get(module);
  if (funcs === undefined) EMITTED.set(module, funcs = new Map());
  const relaxed = options.relaxed ?? hasRelaxedSimd();
  const key = `${name}_${options.dtype}${relaxed ? "" : "_strict"}`;
  let func = funcs.get(key);
  if (func === undefined) {
    const params = new Array<"i32">(body.length - 1).fill("i32");
    func = module.func({ name: key, params }, body);
    funcs.set(key, func);
  }
  return func;
}
