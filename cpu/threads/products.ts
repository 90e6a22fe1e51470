/**
 * Large matrix products, shared out among threads by rows or columns of the result.
 *
 * Each number of the result is computed in the same way wherever its row or column is cut off, so the
 * result does not depend on how many threads there are.
 *
 * @module
 */

import { emitGemm, type GemmDtype, type GemmEmitOptions } from "../gemm/gemm.ts";
import { longFrom } from "../gemm/long.ts";
import { PACK_FROM } from "../gemm/plan.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";
import { control } from "./control.ts";

/** From how many multiplications on sharing pays: a thread is awake after 5 to 20 µs. */
const SHARED_FROM = 1 << 20;

/** Parts are multiples of this: no row of vectors is cut. */
const UNIT = 16;

/** What is kept of a product, in words from `control.job` on. */
const words = [
  ...["a", "b", "c", "m", "n", "k", "ars", "acs", "brs", "bcs", "crs", "accumulate"],
  ...["size", "byColumns", "bytes"],
] as const;
type Word = typeof words[number];

/** The address of a word of the job. */
function wordAt(block: number, name: Word): number {
  return block + 4 * (control.job + words.indexOf(name));
}

const gemmParams = [
  ...(["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const),
  ...(["i32", "i32", "i32", "i32", "i32", "i32"] as const),
] as const;

/**
 * Emits a function that takes parts of the open job until none are left; its parameter is its workspace.
 *
 * @param module Where to emit.
 * @param block Address of the control block.
 * @param products The product functions by the bytes of their elements.
 */
function emitTakeParts(
  module: ModuleBuilder,
  block: number,
  products: ReadonlyMap<number, Func>,
): Func {
  return module.func({ name: "take_parts", params: ["i32"], export: true }, (f, work) => {
    const part = f.local("i32"), start = f.local("i32"), length = f.local("i32");
    const stop = f.local("i32"), by = f.local("i32");
    const word = (name: Word) => f.i32Const(wordAt(block, name)).i32Load();
    const parts = () => f.i32Const(block + 4 * control.parts).i32Load();
    f.loop((again) => {
      f.i32Const(block + 4 * control.next).i32Const(1).i32AtomicRmwAdd().localTee(part);
      parts().i32GeS().if(() => f.return());
      // The last part takes what is left.
      word("n");
      word("m");
      word("byColumns").select("i32").localSet(stop);
      f.localGet(part);
      word("size").i32Mul().localSet(start);
      f.localGet(stop).localGet(start).i32Sub();
      word("size");
      f.localGet(part).i32Const(1).i32Add();
      parts().i32Eq().select("i32").localSet(length);
      word("byColumns").localSet(by);
      /** Pushes an address, moved by rows or columns where the job is cut along them. */
      const moved = (name: Word, stride: () => FunctionBuilder, byColumns: boolean) => {
        word(name);
        stride();
        word("bytes").i32Mul().localGet(start).i32Mul();
        f.localGet(by);
        if (!byColumns) f.i32Eqz();
        f.i32Mul().i32Add();
      };
      const args = () => {
        moved("a", () => word("ars"), false);
        moved("b", () => word("bcs"), true);
        word("c");
        f.i32Const(1);
        word("crs");
        f.localGet(by).select("i32");
        word("bytes").i32Mul().localGet(start).i32Mul().i32Add();
        f.localGet(work);
        word("m").localGet(length).localGet(by).select("i32");
        f.localGet(length);
        word("n").localGet(by).select("i32");
        for (const name of ["k", "ars", "acs", "brs", "bcs", "crs", "accumulate"] as const) {
          word(name);
        }
      };
      for (const [bytes, product] of products) {
        word("bytes").i32Const(bytes).i32Eq().if(() => {
          args();
          f.call(product);
        });
      }
      f.br(again);
    });
  });
}

/**
 * Emits a product with the parameters of `emitGemm` that shares out large ones.
 *
 * @param module Where to emit.
 * @param options Element type and kind of arithmetic.
 * @param block Address of the control block.
 * @param name Under which name it is exported.
 */
export function emitSharedProduct(
  module: ModuleBuilder,
  options: GemmEmitOptions,
  block: number,
  name: string,
): Func {
  const alone = emitGemm(module, options), bytes = options.dtype === "float32" ? 4 : 8;
  const takeParts = emitTakeParts(module, block, new Map([[bytes, alone]]));
  const spec = { name, params: gemmParams, export: true };
  return module.func(spec, (f, a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate) => {
    const least = f.local("i32"), most = f.local("i32"), threads = f.local("i32");
    const parts = f.local("i32"), size = f.local("i32"), byColumns = f.local("i32");
    const amount = f.local("f64"), at = (place: number) => f.i32Const(block + 4 * place);
    f.block((small) => {
      f.localGet(m).f64ConvertI32S().localGet(n).f64ConvertI32S().f64Mul();
      f.localGet(k).f64ConvertI32S().f64Mul().localTee(amount).f64Const(SHARED_FROM).f64Lt();
      f.brIf(small);
      f.localGet(n).localGet(m).i32GtS().localSet(byColumns);
      f.localGet(m).localGet(n).localGet(byColumns).select("i32").localSet(least);
      f.localGet(n).localGet(m).localGet(byColumns).select("i32").localSet(most);
      // Parts must be computed in the way of the whole: that of large products, which are never long.
      f.localGet(least).i32Const(PACK_FROM).i32LtS().brIf(small);
      f.localGet(k).i32Const(longFrom(2, 2)).i32GtS().brIf(small);
      at(control.work);
      at(control.work).f64Load().localGet(amount).f64Add().f64Store();
      at(control.ready).i32AtomicLoad().i32Const(1).i32Add().localTee(threads);
      at(control.limit).i32Load();
      f.localGet(threads);
      at(control.limit).i32Load().i32LtS().select("i32").localTee(threads);
      f.i32Const(2).i32LtS().brIf(small);
      // Twice as many parts as threads where they stay large: one that wakes late then does less.
      f.localGet(threads).i32Const(1).i32Shl().localGet(threads);
      f.localGet(most).localGet(threads).i32Const(4 * PACK_FROM).i32Mul().i32GeS();
      f.select("i32").localSet(parts);
      f.localGet(most).localGet(parts).i32DivS().i32Const(-UNIT).i32And();
      f.localTee(size).i32Const(PACK_FROM).localGet(size).i32Const(PACK_FROM).i32GtS();
      f.select("i32").localSet(size);
      f.localGet(most).localGet(size).i32DivS().localTee(parts).i32Const(2).i32LtS().brIf(small);
      const job: Record<Word, Local<"i32"> | number> = {
        ...{ a, b, c, m, n, k, ars, acs, brs, bcs, crs, accumulate, size, byColumns, bytes },
      };
      for (const word of words) f.i32Const(wordAt(block, word)).i32(job[word]).i32Store();
      at(control.parts).localGet(parts).i32Store();
      at(control.next).i32Const(0).i32AtomicStore();
      at(control.open).i32Const(1).i32AtomicStore();
      at(control.ring).i32Const(1).i32AtomicRmwAdd().drop();
      at(control.ring).i32Const(0x7fffffff).memoryAtomicNotify().drop();
      f.localGet(work).call(takeParts);
      at(control.open).i32Const(0).i32AtomicStore();
      f.loop((again) => {
        at(control.active).i32AtomicLoad().brIf(again);
      });
      f.return();
    });
    for (const one of [a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate]) {
      f.localGet(one);
    }
    f.call(alone);
  });
}

/** Emits what a thread runs: parts of products of either element type. */
export function emitThread(module: ModuleBuilder, block: number, relaxed: boolean): Func {
  const dtypes: readonly GemmDtype[] = ["float32", "float64"];
  const products = dtypes.map((dtype, i): [number, Func] => [
    4 << i,
    emitGemm(module, { dtype, relaxed }),
  ]);
  return emitTakeParts(module, block, new Map(products));
}
