/**
 * Large matrix products, shared out among threads by rows or columns of the result.
 *
 * Each number of the result is computed in the same way wherever its row or column is cut off, so the
 * result does not depend on how many threads there are.
 *
 * @module
 */

import { emitGemm, type GemmEmitOptions } from "../gemm/gemm.ts";
import { longFrom } from "../gemm/long.ts";
import { PACK_FROM } from "../gemm/plan.ts";
import type { Func, Local, ModuleBuilder } from "../wasm/mod.ts";
import { Jobs, type Part, type Sharing } from "./jobs.ts";

/** Parts are multiples of this: no row of vectors is cut. */
const UNIT = 16;

/** What is kept of a product, in words. */
const words = [
  ...["a", "b", "c", "m", "n", "k", "ars", "acs", "brs", "bcs", "crs", "accumulate"],
  ...["size", "byColumns"],
] as const;
type Word = typeof words[number];

const gemmParams = [
  ...(["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const),
  ...(["i32", "i32", "i32", "i32", "i32", "i32"] as const),
] as const;

/** Emits a part of a product: some rows or columns of the result; the last part has what is left. */
function emitPart(jobs: Jobs, product: Func, bytes: number): Part {
  return jobs.part((f, part, work) => {
    const start = f.local("i32"), length = f.local("i32"), left = f.local("i32");
    const by = f.local("i32");
    const word = (name: Word) => jobs.pushWord(f, words.indexOf(name));
    word("byColumns").localSet(by);
    f.localGet(part);
    word("size").i32Mul().localSet(start);
    word("n");
    word("m").localGet(by).select("i32").localGet(start).i32Sub().localSet(left);
    // Behind it is no whole part.
    word("size").localSet(length);
    f.localGet(left).localGet(length);
    f.localGet(left).localGet(length).i32Const(1).i32Shl().i32LtS().select("i32").localSet(length);
    /** Pushes an address, moved by rows or columns where the job is cut along them. */
    const moved = (name: Word, stride: Word, byColumns: boolean) => {
      word(name);
      word(stride).i32Const(bytes).i32Mul().localGet(start).i32Mul();
      f.localGet(by);
      if (!byColumns) f.i32Eqz();
      f.i32Mul().i32Add();
    };
    moved("a", "ars", false);
    moved("b", "bcs", true);
    word("c");
    f.i32Const(1);
    word("crs").localGet(by).select("i32").i32Const(bytes).i32Mul().localGet(start).i32Mul();
    f.i32Add().localGet(work);
    word("m").localGet(length).localGet(by).select("i32");
    f.localGet(length);
    word("n").localGet(by).select("i32");
    for (const name of ["k", "ars", "acs", "brs", "bcs", "crs", "accumulate"] as const) word(name);
    f.call(product);
  });
}

/**
 * Emits a product with the parameters of `emitGemm` that shares out large ones.
 *
 * @param module Where to emit.
 * @param options Element type and kind of arithmetic.
 * @param sharing How work is shared out.
 * @param name Under which name it is exported.
 */
export function emitSharedProduct(
  module: ModuleBuilder,
  options: GemmEmitOptions,
  sharing: Sharing,
  name: string,
): Func {
  const jobs = new Jobs(module, sharing.block), alone = emitGemm(module, options);
  const taken = emitPart(jobs, alone, options.dtype === "float32" ? 4 : 8);
  const spec = { name, params: gemmParams, export: true };
  return module.func(spec, (f, a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate) => {
    const least = f.local("i32"), most = f.local("i32"), threads = f.local("i32");
    const parts = f.local("i32"), size = f.local("i32"), byColumns = f.local("i32");
    const amount = f.local("f64");
    f.block((small) => {
      f.localGet(m).f64ConvertI32S().localGet(n).f64ConvertI32S().f64Mul();
      f.localGet(k).f64ConvertI32S().f64Mul().localTee(amount).f64Const(sharing.from).f64Lt();
      f.brIf(small);
      f.localGet(n).localGet(m).i32GtS().localSet(byColumns);
      f.localGet(m).localGet(n).localGet(byColumns).select("i32").localSet(least);
      f.localGet(n).localGet(m).localGet(byColumns).select("i32").localSet(most);
      // Parts must be computed in the way of the whole: that of large products, which are never long.
      f.localGet(least).i32Const(PACK_FROM).i32LtS().brIf(small);
      f.localGet(k).i32Const(longFrom(2, 2)).i32GtS().brIf(small);
      f.localGet(amount);
      jobs.pays(f);
      f.i32Eqz().brIf(small);
      jobs.pushThreads(f);
      f.localSet(threads);
      // Twice as many parts as threads where they stay large: one that wakes late then does less.
      f.localGet(threads).i32Const(1).i32Shl().localGet(threads);
      f.localGet(most).localGet(threads).i32Const(4 * PACK_FROM).i32Mul().i32GeS();
      f.select("i32").localSet(parts);
      f.localGet(most).localGet(parts).i32DivS().i32Const(-UNIT).i32And();
      f.localTee(size).i32Const(PACK_FROM).localGet(size).i32Const(PACK_FROM).i32GtS();
      f.select("i32").localSet(size);
      f.localGet(most).localGet(size).i32DivS().localTee(parts).i32Const(2).i32LtS().brIf(small);
      const job: Record<Word, Local<"i32">> = {
        ...{ a, b, c, m, n, k, ars, acs, brs, bcs, crs, accumulate, size, byColumns },
      };
      jobs.run(
        f,
        taken,
        words.map((word) => () => f.localGet(job[word])),
        () => f.localGet(parts),
        () => f.localGet(work),
      );
      f.return();
    });
    for (const one of [a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate]) {
      f.localGet(one);
    }
    f.call(alone);
  });
}
