/**
 * Large matrix products, shared out among threads by rows or columns of the result.
 *
 * Each number of the result is computed in the same way wherever its row or column is cut off, so the
 * result does not depend on how many threads there are.
 *
 * @module
 */

import { emitGemm, type GemmDtype, type GemmEmitOptions } from "../gemm/gemm.ts";
import type { WholeSizes } from "../gemm/real.ts";
import type { Func, Local, ModuleBuilder } from "../wasm/mod.ts";
import { Jobs, type Part, type Sharing } from "./jobs.ts";

/** Parts are multiples of this: no tile of columns is cut. */
const UNIT = 32;

/** The least rows or columns of a part. */
const LEAST = 64;

/** What a multiplication of a product by a vector costs where it waits for memory. */
const VECTOR_COST = 6;

/** How much larger such a product must be, for most of its matrix to be in the memory. */
const VECTOR_FROM = 2;

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

/** The name of the function for parts of products. */
export function partName(dtype: GemmDtype | ""): string {
  return `gemm_part_${dtype}`;
}

/** Emits what computes a part in the way that is chosen for the whole product, whose sizes it gets, too. */
function emitPartOf(module: ModuleBuilder, product: Func, whole: WholeSizes, name: string): void {
  const params = [...gemmParams, "i32", "i32"] as const;
  module.func({ name, params, export: true }, (f, ...all) => {
    f.localGet(all[13]!).globalSet(whole.m).localGet(all[14]!).globalSet(whole.n);
    for (const one of all.slice(0, 13)) f.localGet(one);
    f.call(product);
    for (const size of [whole.m, whole.n]) f.i32Const(0).globalSet(size);
  });
}

/** Emits a part of a product: some rows or columns of the result; the last part has what is left. */
function emitPart(jobs: Jobs, product: Func, bytes: number, whole: WholeSizes): Part {
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
    word("m").globalSet(whole.m);
    word("n").globalSet(whole.n);
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
    for (const size of [whole.m, whole.n]) f.i32Const(0).globalSet(size);
  });
}

/**
 * Emits a product with the parameters of `emitGemm` that shares out large ones, and one for parts of products.
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
  const jobs = sharing.block === 0 ? null : new Jobs(module, sharing.block);
  const variable = () => module.global();
  const whole = { m: variable(), n: variable() };
  const alone = emitGemm(module, { ...options, whole });
  emitPartOf(module, alone, whole, partName(options.dtype));
  if (jobs === null) {
    module.exportFunc(alone, name);
    return alone;
  }
  const taken = emitPart(jobs, alone, options.dtype === "float32" ? 4 : 8, whole);
  const spec = { name, params: gemmParams, export: true };
  return module.func(spec, (f, a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate) => {
    const most = f.local("i32"), threads = f.local("i32");
    const parts = f.local("i32"), size = f.local("i32"), byColumns = f.local("i32");
    const amount = f.local("f64"), isVector = f.local("i32");
    f.block((small) => {
      f.localGet(m).f64ConvertI32S().localGet(n).f64ConvertI32S().f64Mul();
      f.localGet(k).f64ConvertI32S().f64Mul().localSet(amount);
      f.localGet(m).i32Const(1).i32Eq().localGet(n).i32Const(1).i32Eq().i32Or().localSet(isVector);
      f.localGet(amount).f64Const(VECTOR_FROM * sharing.from).f64Const(sharing.from);
      f.localGet(isVector).select("f64").f64Lt().brIf(small);
      f.localGet(n).localGet(m).i32GtS().localSet(byColumns);
      f.localGet(n).localGet(m).localGet(byColumns).select("i32").localTee(most);
      f.i32Const(2 * LEAST).i32LtS().brIf(small);
      f.localGet(amount).f64Const(VECTOR_COST).f64Const(1).localGet(isVector).select("f64");
      f.f64Mul();
      jobs.pays(f);
      f.i32Eqz().brIf(small);
      jobs.pushThreads(f);
      f.localSet(threads);
      // Twice as many parts as threads where they stay large: one that wakes late then does less. A matrix
      // with a row of a vector in front of it is read in long pieces, though.
      f.localGet(threads).i32Const(1).i32Shl().localGet(threads);
      f.localGet(most).localGet(threads).i32Const(4 * LEAST).i32Mul().i32GeS();
      f.localGet(m).i32Const(1).i32Ne().i32And();
      f.select("i32").localSet(parts);
      f.localGet(most).localGet(parts).i32DivS().i32Const(-UNIT).i32And();
      f.localTee(size).i32Const(LEAST).localGet(size).i32Const(LEAST).i32GtS();
      f.select("i32").localSet(size);
      f.localGet(most).localGet(size).i32DivS().localSet(parts);
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
