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
import {
  histogramBytes,
  type KeyOps,
  keyOps,
  PARTS_BYTES,
  printByDigits,
  SHARED,
} from "./sort_digits.ts";
import { decode, encode, hasVectorKeys, keyBytes, printDecode, printEncode } from "./sort_keys.ts";
import { Jobs, type Sharing } from "../threads/jobs.ts";
import type { Func, FunctionBuilder, FunctionSpec, Local, ModuleBuilder } from "../wasm/mod.ts";

/** Rows up to this length are sorted by insertion. */
const SHORT = 32;
/** What sorting an element costs, in multiplications of a product. */
export const SORT_COST = 200;

const params = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * The function that sorts rows of a dtype. Its parameters are the addresses of source, values and
 * positions (0 for none), the bytes of a position, rows, length, whether to descend, and a workspace.
 */
export function sortImport(dtype: DType): FunctionSpec {
  return { name: `sort_${dtype}`, params };
}

/** Whether threads may sort a row of this length together. */
export function maySortTogether(length: Size): boolean {
  return typeof length !== "number" || length >= SHARED;
}

/** Bytes of workspace that sorting rows of this length takes. */
export function sortWorkspace(dtype: DType, length: Size): Size {
  const counts = maySortTogether(length) ? PARTS_BYTES : 0;
  return addSize(
    mulSize(length, 2 * (keyBytes(dtype) + 4)),
    histogramBytes(8 * keyBytes(dtype)) + counts + 64,
  );
}

/** Prints the sorting function of a dtype, which shares out long rows, and exports it. */
export function printSort(module: ModuleBuilder, dtype: DType, sharing: Sharing): Func {
  const storage = storageOf(dtype);
  const size = dtypeInfo(storage).bytes;
  const ops = keyOps(size);
  const insertion = printInsertion(module, ops);
  const jobs = sharing.block === 0 ? null : new Jobs(module, sharing.block);
  const digits = printByDigits(module, ops, jobs);
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
          const call = (func: Func, counts: () => void) => {
            f.localGet(keys).localGet(otherKeys);
            for (const one of [places, otherPlaces]) f.localGet(one).localGet(withPlaces).i32Mul();
            counts();
            f.localGet(length).call(func).localSet(result);
          };
          const alone = () => call(digits.alone, () => void f.localGet(histogram));
          const { together } = digits;
          if (jobs === null || together === null) return alone();
          f.localGet(length).i32Const(SHARED).i32GeS().if(
            () => {
              f.localGet(length).f64ConvertI32S().f64Const(SORT_COST).f64Mul();
              jobs.pays(f);
            },
            () => void f.i32Const(0),
            "i32",
          );
          f.if(
            () => call(together, () => void f.localGet(otherPlaces).localGet(n4).i32Add()),
            alone,
          );
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
