/**
 * Sorting of rows: keys that order like the values are sorted, with positions where these are asked for, by insertion
 * where rows are short and by digits (least significant first) where they are long. Stable.
 *
 * @module
 */

import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";
import { addSize, mulSize, type Size } from "../../core/ir/size.ts";
import { type Storage, storageOf } from "./kernel.ts";
import { loadScalar, storeScalar } from "./scalar.ts";
import { decode, encode, hasVectorKeys, keyBytes, printDecode, printEncode } from "./sort_keys.ts";
import type { Func, FunctionBuilder, FunctionSpec, Local, ModuleBuilder } from "../wasm/mod.ts";

/** Rows up to this length are sorted by insertion. */
const SHORT = 32;
/** Rows from this length on are sorted by digits of 11 bits, others by bytes. */
const LONG = 1 << 13;
/** How many keys the inner functions work on at a time. */
const STRETCH = 1 << 14;
const LONG_BITS = 11, SHORT_BITS = 8;

/** Bytes of the counts of all digits of keys; digits of fewer bits take less. */
function histogramBytes(bits: number): number {
  return Math.ceil(bits / LONG_BITS) * (4 << LONG_BITS);
}

const params = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * The function that sorts rows of a dtype. Its parameters are the addresses of source, values and
 * positions (0 for none), the bytes of a position, rows, length, whether to descend, and a workspace.
 */
export function sortImport(dtype: DType): FunctionSpec {
  return { name: `sort_${dtype}`, params };
}

/** Bytes of workspace that sorting rows of this length takes. */
export function sortWorkspace(dtype: DType, length: Size): Size {
  return addSize(
    mulSize(length, 2 * (keyBytes(dtype) + 4)),
    histogramBytes(8 * keyBytes(dtype)) + 64,
  );
}

/** Instructions on keys of 32 or 64 bits. */
interface KeyOps {
  readonly type: "i32" | "i64";
  readonly bytes: 4 | 8;
  readonly bits: number;
  load(f: FunctionBuilder): void;
  store(f: FunctionBuilder): void;
  /** Pushes the digit of the key on the stack. */
  digit(f: FunctionBuilder, shift: Local<"i32">, mask: Local<"i32">): void;
}

const ops32: Omit<KeyOps, "bits"> = {
  type: "i32",
  bytes: 4,
  load: (f) => void f.i32Load(),
  store: (f) => void f.i32Store(),
  digit: (f, shift, mask) => void f.localGet(shift).i32ShrU().localGet(mask).i32And(),
};
const ops64: Omit<KeyOps, "bits"> = {
  type: "i64",
  bytes: 8,
  load: (f) => void f.i64Load(),
  store: (f) => void f.i64Store(),
  digit: (f, shift, mask) =>
    void f.localGet(shift).i64ExtendI32U().i64ShrU().i32WrapI64().localGet(mask).i32And(),
};

/** Prints the sorting function of a dtype and exports it. */
export function printSort(module: ModuleBuilder, dtype: DType): Func {
  const storage = storageOf(dtype);
  const size = dtypeInfo(storage).bytes;
  const ops: KeyOps = { ...(size === 8 ? ops64 : ops32), bits: 8 * size };
  const insertion = printInsertion(module, ops);
  const digits = printDigits(module, ops);
  const vectors = hasVectorKeys(dtype)
    ? { encode: printEncode(module, dtype), decode: printDecode(module, dtype) }
    : null;
  return module.func(
    { name: `sort_${dtype}`, params, export: true },
    (f, source, values, positions, positionBytes, rows, length, descending, work) => {
      const row = f.local("i32"), i = f.local("i32"), at = f.local("i32"), n4 = f.local("i32");
      const keys = f.local("i32"), places = f.local("i32"), otherKeys = f.local("i32");
      const otherPlaces = f.local("i32"), histogram = f.local("i32"), result = f.local("i32");
      const key = f.local(ops.type), to = f.local("i32"), withPlaces = f.local("i32");
      f.localGet(length).i32Const(0).i32LeS().if(() => f.return());
      f.localGet(length).i32Const(2).i32Shl().localSet(n4);
      // The histogram comes first, so that keys of 8 bytes are aligned.
      f.localGet(work).localSet(histogram);
      f.localGet(work).i32Const(histogramBytes(ops.bits)).i32Add().localTee(keys);
      f.localGet(length).i32Const(ops.bytes).i32Mul().i32Add().localTee(otherKeys);
      f.localGet(length).i32Const(ops.bytes).i32Mul().i32Add().localTee(places);
      f.localGet(n4).i32Add().localSet(otherPlaces);
      f.forLoop(row, 0, rows, 1, () => {
        // Values alone are turned back from their keys.
        f.localGet(positions).i32Const(0).i32Ne().localGet(length).i32Const(SHORT).i32LeS().i32Or();
        f.localSet(withPlaces);
        const encodeEach = () => {
          f.localGet(source).localSet(at).localGet(keys).localSet(to);
          f.forLoop(i, 0, length, 1, () => {
            f.localGet(at);
            loadScalar(f, storage);
            encode(f, dtype, key, descending, withPlaces);
            f.localGet(to).localGet(key);
            ops.store(f);
            f.increment(at, size).increment(to, ops.bytes);
          });
        };
        if (vectors === null) encodeEach();
        else {
          f.localGet(length).i32Const(SHORT).i32LeS().if(encodeEach, () => {
            f.localGet(source).localGet(source).localGet(length).i32Const(size).i32Mul().i32Add();
            f.localGet(keys).localGet(descending).call(vectors.encode);
            f.localGet(withPlaces).i32Or().localSet(withPlaces);
          });
        }
        f.localGet(withPlaces).if(() => {
          f.localGet(places).localSet(to);
          f.forLoop(i, 0, length, 1, () => {
            f.localGet(to).localGet(i).i32Store().increment(to, 4);
          });
        });
        f.localGet(length).i32Const(SHORT).i32LeS();
        f.if(() => {
          f.localGet(keys).localGet(places).localGet(length).call(insertion);
          f.localGet(places).localSet(result);
        }, () => {
          f.localGet(keys).localGet(otherKeys);
          for (const one of [places, otherPlaces]) f.localGet(one).localGet(withPlaces).i32Mul();
          f.localGet(histogram).localGet(length).call(digits).localSet(result);
        });
        f.localGet(withPlaces).if(() => {
          printResults(f, storage, { source, values, positions, positionBytes, length, result, i });
        }, () => {
          if (vectors !== null) {
            f.localGet(result).localGet(result).localGet(length).i32Const(size).i32Mul().i32Add();
            f.localGet(values).localGet(descending).call(vectors.decode);
            return;
          }
          f.localGet(values).localSet(to);
          f.forLoop(i, 0, length, 1, () => {
            f.localGet(result);
            ops.load(f);
            f.localSet(key).localGet(to);
            decode(f, dtype, key, descending);
            storeScalar(f, storage);
            f.increment(result, ops.bytes).increment(to, size);
          });
        });
        f.localGet(length).i32Const(size).i32Mul().localSet(at);
        f.increment(source, at);
        f.localGet(values).if(() => f.increment(values, at));
        f.localGet(length).localGet(positionBytes).i32Mul().localSet(at);
        f.localGet(positions).if(() => f.increment(positions, at));
      });
    },
  );
}

interface ResultLocals {
  source: Local<"i32">;
  values: Local<"i32">;
  positions: Local<"i32">;
  positionBytes: Local<"i32">;
  length: Local<"i32">;
  result: Local<"i32">;
  i: Local<"i32">;
}

/** Writes the sorted values and the positions of a row. */
function printResults(f: FunctionBuilder, storage: Storage, l: ResultLocals): void {
  const size = dtypeInfo(storage).bytes;
  const place = () => f.localGet(l.result).localGet(l.i).i32Const(2).i32Shl().i32Add().i32Load();
  f.localGet(l.values).if(() => {
    f.forLoop(l.i, 0, l.length, 1, () => {
      f.localGet(l.values).localGet(l.i).i32Const(size).i32Mul().i32Add();
      f.localGet(l.source);
      place();
      f.i32Const(size).i32Mul().i32Add();
      loadScalar(f, storage);
      storeScalar(f, storage);
    });
  });
  f.localGet(l.positions).if(() => {
    f.localGet(l.positionBytes).i32Const(8).i32Eq();
    f.if(() => {
      f.forLoop(l.i, 0, l.length, 1, () => {
        f.localGet(l.positions).localGet(l.i).i32Const(3).i32Shl().i32Add();
        place();
        f.i64ExtendI32U().i64Store();
      });
    }, () => {
      f.localGet(l.positions).localGet(l.result).localGet(l.length).i32Const(2).i32Shl();
      f.memoryCopy();
    });
  });
}

/** Sorts keys and places in place. */
function printInsertion(module: ModuleBuilder, ops: KeyOps): Func {
  return module.func(
    { name: `insertion_${ops.bits}`, params: ["i32", "i32", "i32"] },
    (f, keys, places, length) => {
      const i = f.local("i32"), j = f.local("i32"), place = f.local("i32");
      const key = f.local(ops.type), other = f.local(ops.type);
      const keyAt = (index: Local<"i32">, less: number) =>
        f.localGet(keys).localGet(index).i32Const(less).i32Sub().i32Const(ops.bytes).i32Mul()
          .i32Add();
      const placeAt = (index: Local<"i32">, less: number) =>
        f.localGet(places).localGet(index).i32Const(less).i32Sub().i32Const(2).i32Shl().i32Add();
      f.forLoop(i, 1, length, 1, () => {
        keyAt(i, 0);
        ops.load(f);
        f.localSet(key);
        placeAt(i, 0).i32Load().localSet(place).localGet(i).localSet(j);
        f.block((done) => {
          f.loop((again) => {
            f.localGet(j).i32Eqz().brIf(done);
            keyAt(j, 1);
            ops.load(f);
            f.localTee(other).localGet(key);
            if (ops.type === "i64") f.i64LeU();
            else f.i32LeU();
            f.brIf(done);
            keyAt(j, 0).localGet(other);
            ops.store(f);
            placeAt(j, 0);
            placeAt(j, 1).i32Load().i32Store();
            f.localGet(j).i32Const(1).i32Sub().localSet(j).br(again);
          });
        });
        keyAt(j, 0).localGet(key);
        ops.store(f);
        placeAt(j, 0).localGet(place).i32Store();
      });
    },
  );
}

/**
 * Prints a function that counts all digits of a stretch of keys at once, each in a histogram of its own. Its
 * parameters are the stretch's start and end, and the histograms.
 */
function printCount(module: ModuleBuilder, ops: KeyOps, width: number): Func {
  return module.func(
    { name: `count_${ops.bits}_${width}`, params: ["i32", "i32", "i32"] },
    (f, at, end, histograms) => {
      const slot = f.local("i32"), key = f.local(ops.type), digit = f.local("i32");
      f.loop((again) => {
        f.localGet(at);
        ops.load(f);
        f.localSet(key);
        for (let shift = 0, offset = 0; shift < ops.bits; shift += width, offset += 4 << width) {
          f.localGet(key);
          if (ops.type === "i64") f.i64Const(shift).i64ShrU().i32WrapI64();
          else f.i32Const(shift).i32ShrU();
          f.i32Const((1 << width) - 1).i32And().localSet(digit);
          f.localGet(histograms).localGet(digit).i32Const(2).i32Shl().i32Add().localTee(slot);
          f.localGet(slot).i32Load(offset).i32Const(1).i32Add().i32Store(offset);
        }
        f.increment(at, ops.bytes).localGet(at).localGet(end).i32LtU().brIf(again);
      });
    },
  );
}

/**
 * Prints a function that moves a stretch of keys, and their places if asked, to where the histogram says.
 * Its parameters are the stretch's start and end, the histogram of the digit, its shift and mask, the places
 * and the arrays to move to.
 */
function printMove(module: ModuleBuilder, ops: KeyOps, withPlaces: boolean): Func {
  return module.func(
    {
      name: `move_${ops.bits}${withPlaces ? "_places" : ""}`,
      params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    },
    (f, at, end, histogram, shift, mask, from, toKeys, toPlaces) => {
      const slot = f.local("i32"), to = f.local("i32"), key = f.local(ops.type);
      f.loop((again) => {
        f.localGet(at);
        ops.load(f);
        f.localSet(key).localGet(histogram).localGet(key);
        ops.digit(f, shift, mask);
        f.i32Const(2).i32Shl().i32Add().localTee(slot).i32Load().localSet(to);
        f.localGet(slot).localGet(to).i32Const(1).i32Add().i32Store();
        f.localGet(toKeys).localGet(to).i32Const(ops.bytes).i32Mul().i32Add().localGet(key);
        ops.store(f);
        if (withPlaces) {
          f.localGet(toPlaces).localGet(to).i32Const(2).i32Shl().i32Add();
          f.localGet(from).i32Load().i32Store();
          f.increment(from, 4);
        }
        f.increment(at, ops.bytes);
        f.localGet(at).localGet(end).i32LtU().brIf(again);
      });
    },
  );
}

/**
 * Sorts by digits between two pairs of arrays, or between two where `places` is 0; returns the address of
 * the places, or of the keys, in order.
 */
function printDigits(module: ModuleBuilder, ops: KeyOps): Func {
  const counting = [LONG_BITS, SHORT_BITS].map((width) => printCount(module, ops, width));
  const movingKeys = printMove(module, ops, false), moving = printMove(module, ops, true);
  return module.func(
    {
      name: `digits_${ops.bits}`,
      params: ["i32", "i32", "i32", "i32", "i32", "i32"],
      results: ["i32"],
    },
    (f, keys, otherKeys, places, otherPlaces, histogram, length) => {
      const width = f.local("i32"), mask = f.local("i32"), shift = f.local("i32");
      const slot = f.local("i32"), sum = f.local("i32"), count = f.local("i32");
      const last = f.local("i32"), at = f.local("i32"), end = f.local("i32");
      const from = f.local("i32"), keysEnd = f.local("i32");
      f.i32Const(LONG_BITS).i32Const(SHORT_BITS).localGet(length).i32Const(LONG).i32GeS();
      f.select("i32");
      f.localSet(width);
      f.i32Const(1).localGet(width).i32Shl().i32Const(1).i32Sub().localSet(mask);
      /** Runs over the keys in stretches, so that the engine can optimise what works on them meanwhile. */
      const inStretches = (body: () => void) => {
        f.localGet(keys).localSet(at);
        f.loop((again) => {
          f.localGet(at).i32Const(STRETCH * ops.bytes).i32Add().localTee(end).localGet(keysEnd);
          f.localGet(end).localGet(keysEnd).i32LtU().select("i32").localSet(end);
          f.localGet(at).localGet(end).localGet(histogram);
          body();
          f.localGet(end).localTee(at).localGet(keysEnd).i32LtU().brIf(again);
        });
      };
      const findEnd = () =>
        f.localGet(keys).localGet(length).i32Const(ops.bytes).i32Mul().i32Add().localSet(keysEnd);
      f.localGet(histogram).i32Const(0).i32Const(histogramBytes(ops.bits)).memoryFill();
      findEnd();
      f.localGet(width).i32Const(LONG_BITS).i32Eq();
      const [long, short] = counting.map((count) => () => inStretches(() => void f.call(count)));
      f.if(long!, short!);
      f.block((out) => {
        f.loop((nextDigit) => {
          f.localGet(shift).i32Const(ops.bits).i32GeS().brIf(out);
          findEnd();
          f.localGet(histogram).localGet(mask).i32Const(2).i32Shl().i32Add().localSet(last);
          f.block((skip) => {
            // Nothing to do where all keys have the digit of the first one.
            f.localGet(histogram).localGet(keys);
            ops.load(f);
            ops.digit(f, shift, mask);
            f.i32Const(2).i32Shl().i32Add().i32Load().localGet(length).i32Eq().brIf(skip);
            f.i32Const(0).localSet(sum).localGet(histogram).localSet(slot);
            f.loop((again) => {
              f.localGet(slot).i32Load().localSet(count);
              f.localGet(slot).localGet(sum).i32Store();
              f.increment(sum, count).increment(slot, 4);
              f.localGet(slot).localGet(last).i32LeU().brIf(again);
            });
            f.localGet(places).localTee(from).if(() => {
              inStretches(() => {
                f.localGet(shift).localGet(mask);
                f.localGet(from).localGet(otherKeys).localGet(otherPlaces).call(moving);
                f.increment(from, 4 * STRETCH);
              });
            }, () => {
              inStretches(() => {
                f.localGet(shift).localGet(mask);
                f.localGet(from).localGet(otherKeys).localGet(otherPlaces).call(movingKeys);
              });
            });
            f.localGet(keys).localGet(otherKeys).localSet(keys).localSet(otherKeys);
            f.localGet(places).localGet(otherPlaces).localSet(places).localSet(otherPlaces);
          });
          // The histogram of the next digit is behind this one.
          f.localGet(last).i32Const(4).i32Add().localSet(histogram);
          f.increment(shift, width).br(nextDigit);
        });
      });
      f.localGet(places).localGet(keys).localGet(places).select("i32");
    },
  );
}
