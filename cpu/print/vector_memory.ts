/**
 * Loads and stores of four lanes: whole vectors where they lie side by side, else lane by lane.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { Size } from "../../core/ir/size.ts";
import type { FunctionContext } from "./context.ts";
import type { Storage } from "./kernel.ts";
import { type Form, lanesOf } from "./simd.ts";
import { loadScalar, storeScalar } from "./scalar.ts";
import type { FunctionBuilder, Local } from "../wasm/mod.ts";
import type { Lanes } from "./values.ts";

/** The form in which elements of a storage are loaded and stored first. */
function isWideStorage(storage: Storage): boolean {
  return dtypeInfo(storage).bytes === 8;
}

/** Loads the lanes of one form from the address on the stack; narrow types become four i32. */
export function loadVector(f: FunctionBuilder, storage: Storage, offset: number): void {
  switch (storage) {
    case "bool":
    case "uint8":
      f.v128Load32Zero(offset, 1).i16x8ExtendLowI8x16U().i32x4ExtendLowI16x8U();
      break;
    case "int8":
      f.v128Load32Zero(offset, 1).i16x8ExtendLowI8x16S().i32x4ExtendLowI16x8S();
      break;
    case "int16":
      f.v128Load16x4S(offset, 2);
      break;
    case "uint16":
      f.v128Load16x4U(offset, 2);
      break;
    default:
      f.v128Load(offset, 4);
  }
}

/**
 * Turns rows of four elements to the four vectors of their first, second, third and fourth elements; the
 * locals of the rows are used up. Elements of 64 bits take two vectors a row, and there are two rows.
 */
export function transposed(
  f: FunctionBuilder,
  rows: readonly (readonly Local<"v128">[])[],
): Local<"v128">[] {
  const join = (a: Local<"v128">, b: Local<"v128">, shuffle: () => void) => {
    const local = f.alloc("v128");
    f.localGet(a).localGet(b);
    shuffle();
    f.localSet(local);
    return local;
  };
  const halves = (a: Local<"v128">, b: Local<"v128">) => {
    const both = [[0, 2], [1, 3]].map(([i, j]) => join(a, b, () => f.i64x2Shuffle(i!, j!)));
    f.free(a, b);
    return both;
  };
  if (rows.length === 2) {
    const [a, b] = rows;
    return [...halves(a![0]!, b![0]!), ...halves(a![1]!, b![1]!)];
  }
  const [a, b, c, d] = rows.map(([row]) => row!);
  const pairs = [[a!, b!], [c!, d!]].map(([x, y]) => {
    const both = [
      join(x!, y!, () => f.i32x4Shuffle(0, 4, 1, 5)),
      join(x!, y!, () => f.i32x4Shuffle(2, 6, 3, 7)),
    ];
    f.free(x!, y!);
    return both;
  });
  const [[left, right], [low, high]] = pairs as [Local<"v128">[], Local<"v128">[]];
  return [...halves(left!, low!), ...halves(right!, high!)];
}

/** Lanes to load or store, and where they are. */
interface LaneAccess {
  readonly storage: Storage;
  readonly lanes: Lanes;
  /** Whether the lanes lie side by side. */
  readonly whole: boolean;
  /** Pushes a mask, form 0, of the lanes that are accessed at all. */
  readonly guard: (() => void) | null;
  /** Pushes the address of a lane; returns what the instruction is to add. */
  readonly address: (lane: number) => number;
}

/** Pushes, as an i32, bits of the lanes that count; null where all do. */
function laneBits(context: FunctionContext, access: LaneAccess): Local<"i32"> | number {
  const { f } = context;
  const { lanes, guard } = access;
  const literal = typeof lanes === "number" ? (1 << lanes) - 1 : null;
  if (guard === null && literal !== null) return literal;
  const bits = context.take("i32");
  const pushCount = () => {
    if (literal !== null) f.i32Const(literal);
    else f.i32Const(1).localGet(lanes as Local<"i32">).i32Shl().i32Const(1).i32Sub();
  };
  if (guard === null) pushCount();
  else {
    guard();
    f.i32x4Bitmask();
    if (literal !== 15) {
      pushCount();
      f.i32And();
    }
  }
  f.localSet(bits);
  return bits;
}

/** Runs `body` for each lane of a form that counts; addresses are computed in front of any test. */
function eachLane(
  context: FunctionContext,
  access: LaneAccess,
  form: Form,
  bits: Local<"i32"> | number,
  body: (lane: number, pushAddress: () => void, offset: number) => void,
): void {
  const { f } = context;
  const [first, count] = lanesOf(form);
  for (let lane = first; lane < first + count; lane++) {
    if (typeof bits === "number" && (bits >> lane & 1) === 0) continue;
    const address = f.alloc("i32");
    const offset = access.address(lane);
    f.localSet(address);
    const push = () => void f.localGet(address);
    if (typeof bits === "number") body(lane, push, offset);
    else f.localGet(bits).i32Const(1 << lane).i32And().if(() => body(lane, push, offset));
    f.free(address);
  }
}

/** Pushes the lanes of one form; lanes that don't count are 0. */
export function gatherLanes(
  context: FunctionContext,
  access: LaneAccess & { readonly form: Form },
): void {
  const { f } = context;
  const { storage, form, whole } = access;
  const bits = laneBits(context, access);
  const result = f.alloc("v128");
  const emitLanes = () => {
    f.i32x4Const(0).localSet(result);
    eachLane(context, access, form, bits, (lane, push, offset) => {
      const at = lane - lanesOf(form)[0];
      const { bytes } = dtypeInfo(storage);
      if (bytes >= 4) {
        push();
        f.localGet(result);
        if (bytes === 8) f.v128Load64Lane(at, offset, 8);
        else f.v128Load32Lane(at, offset, 4);
      } else {
        f.localGet(result);
        push();
        loadScalar(f, storage, offset);
        f.i32x4ReplaceLane(at);
      }
      f.localSet(result);
    });
  };
  if (whole && typeof bits !== "number") {
    const [first, count] = lanesOf(form);
    const all = ((1 << count) - 1) << first;
    const address = f.alloc("i32");
    const offset = access.address(first);
    f.localSet(address);
    f.localGet(bits).i32Const(all).i32And().i32Const(all).i32Eq().if(() => {
      f.localGet(address);
      loadVector(f, storage, offset);
      f.localSet(result);
      // What one branch computes is not at hand behind it.
    }, () => context.scoped(emitLanes));
    f.free(address);
  } else emitLanes();
  f.localGet(result).free(result);
}

/** Stores one lane of a vector; the address is pushed first. */
function storeLane(
  f: FunctionBuilder,
  storage: Storage,
  value: Local<"v128">,
  at: number,
  offset: number,
): void {
  const { bytes } = dtypeInfo(storage);
  f.localGet(value);
  if (bytes === 8) f.v128Store64Lane(at, offset, 8);
  else if (bytes === 4) f.v128Store32Lane(at, offset, 4);
  else {
    f.i32x4ExtractLane(at);
    if (storage === "bool") f.i32Const(1).i32And();
    storeScalar(f, storage, offset);
  }
}

/** Stores a whole vector of a form; the address is pushed first. */
function storeWhole(
  f: FunctionBuilder,
  storage: Storage,
  value: Local<"v128">,
  offset: number,
): void {
  const { bytes } = dtypeInfo(storage);
  f.localGet(value);
  if (bytes >= 4) {
    f.v128Store(offset, 4);
    return;
  }
  f.localGet(value);
  if (bytes === 2) {
    f.i8x16Shuffle([0, 1, 4, 5, 8, 9, 12, 13, 0, 1, 4, 5, 8, 9, 12, 13]);
    f.v128Store64Lane(0, offset, 2);
  } else {
    f.i8x16Shuffle([0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12]);
    if (storage === "bool") f.i32x4Const(0x01010101).v128And();
    f.v128Store32Lane(0, offset, 1);
  }
}

/** Stores lanes; `value` gives the local that holds a form. */
export function storeLanes(
  context: FunctionContext,
  access: LaneAccess,
  value: (form: Form) => Local<"v128">,
): void {
  const { f } = context;
  const { storage, whole, lanes, guard } = access;
  const bits = laneBits(context, access);
  const forms: readonly Form[] = isWideStorage(storage) ? [1, 2] : [0];
  for (const form of forms) {
    const [first, count] = lanesOf(form);
    const all = ((1 << count) - 1) << first;
    const byLane = () =>
      context.scoped(() =>
        eachLane(context, access, form, bits, (lane, push, offset) => {
          push();
          storeLane(f, storage, value(form), lane - first, offset);
        })
      );
    const isFew = guard === null && form === 0 && dtypeInfo(storage).bytes === 4;
    if (!whole) byLane();
    else if (typeof bits === "number" && (bits & all) === all) {
      const offset = access.address(first);
      storeWhole(f, storage, value(form), offset);
    } else if (isFew) storeFew(context, access, value(form), lanes);
    else if (typeof bits === "number") byLane();
    else {
      const address = f.alloc("i32");
      const offset = access.address(first);
      f.localSet(address);
      f.localGet(bits).i32Const(all).i32And().i32Const(all).i32Eq().if(() => {
        f.localGet(address);
        storeWhole(f, storage, value(form), offset);
      }, byLane);
      f.free(address);
    }
  }
}

/** Stores one, two or three lanes of 32 bits that lie side by side. */
function storeFew(
  context: FunctionContext,
  access: LaneAccess,
  value: Local<"v128">,
  lanes: Lanes,
): void {
  const { f } = context;
  const two = () => {
    const offset = access.address(0);
    f.localGet(value).v128Store64Lane(0, offset, 4);
  };
  const one = (lane: number) => {
    const offset = access.address(lane);
    f.localGet(value).v128Store32Lane(lane, offset, 4);
  };
  if (typeof lanes === "number") {
    if (lanes >= 2) two();
    if (lanes % 2 === 1) one(lanes - 1);
    return;
  }
  f.localGet(lanes).i32Const(2).i32And().if(
    () =>
      context.scoped(() => {
        two();
        f.localGet(lanes).i32Const(1).i32And().if(() => context.scoped(() => one(2)));
      }),
    () => context.scoped(() => one(0)),
  );
}

/** Whether lanes at this stride are loaded as whole vectors and put in order. */
export function isShuffled(stride: Size, bytes: number): boolean {
  return (stride === -1 && bytes >= 4) || (stride === 2 && bytes === 4);
}
