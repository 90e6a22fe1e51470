/** Matrix-vector products, `y (+)= A · x`. */

import { emitCopyTile } from "./kernels.ts";
import { countDown } from "./loops.ts";
import { emitOnce, type GemmOptions, type Real, realOf, wholeRows } from "./real.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";

/** Adds vectors pairwise into the first one. */
function addUp(f: FunctionBuilder, real: Real, vectors: readonly Local[]): void {
  for (let gap = 1; gap < vectors.length; gap *= 2) {
    for (let i = 0; i + gap < vectors.length; i += 2 * gap) {
      f.localGet(vectors[i]!).localGet(vectors[i + gap]!);
      real.add(f);
      f.localSet(vectors[i]!);
    }
  }
}

/** Bytes above which columns of A are added to y a few at a time, for it would be read in too small pieces. */
const COLUMN_BYTES = 3 << 19;

/** How many columns are then added at a time. */
const STREAM_STEPS = 8;

/**
 * Emits the product of a few rows of A, contiguous along k, with a contiguous x.
 *
 * Its parameters are `(y, yStride, a, rowStride, x, k, accumulate)`, in bytes.
 */
function emitRows(
  module: ModuleBuilder,
  options: GemmOptions,
  rows: number,
  vectors: number,
): Func {
  const real = realOf(options);
  const { lanes, size } = real;
  const name = `gemv_rows_${rows}`;
  return emitOnce(module, options, name, (f, y, yStride, a, rowStride, x, k, accumulate) => {
    const sums = Array.from(
      { length: rows },
      () => Array.from({ length: vectors }, () => f.local("v128")),
    );
    const pointers = [a];
    for (let i = 1; i < rows; i++) {
      const pointer = f.local("i32");
      f.localGet(pointers[i - 1]!).localGet(rowStride).i32Add().localSet(pointer);
      pointers.push(pointer);
    }
    const xs = Array.from({ length: vectors }, () => f.local("v128"));
    const av = f.local("v128");
    const step = (count: number) => {
      for (let j = 0; j < count; j++) f.localGet(x).v128Load(16 * j, size).localSet(xs[j]!);
      pointers.forEach((pointer, i) => {
        for (let j = 0; j < count; j++) {
          f.localGet(pointer).v128Load(16 * j, size).localSet(av);
          real.fma(f, av, xs[j]!, sums[i]![j]!);
        }
        f.increment(pointer, 16 * count);
      });
      f.increment(x, 16 * count);
    };
    countDown(f, k, vectors * lanes, () => step(vectors));
    if (vectors > 1) countDown(f, k, lanes, () => step(1));
    // The rest goes through lane 0, the other lanes adding 0 · 0.
    countDown(f, k, 1, () => {
      f.localGet(x);
      real.loadZero(f);
      f.localSet(xs[0]!).increment(x, size);
      pointers.forEach((pointer, i) => {
        f.localGet(pointer);
        real.loadZero(f);
        f.localSet(av).increment(pointer, size);
        real.fma(f, av, xs[0]!, sums[i]![0]!);
      });
    });
    const sum = f.local(real.scalar);
    for (const row of sums) {
      addUp(f, real, row);
      real.sumLanes(f, row[0]!);
      f.localSet(sum);
      f.localGet(accumulate).if(() => {
        f.localGet(y);
        real.load(f);
        f.localGet(sum);
        real.scalarAdd(f);
        f.localSet(sum);
      });
      f.localGet(y).localGet(sum);
      real.store(f);
      f.increment(y, yStride);
    }
  });
}

/**
 * Emits the product of a few vectors of columns: A is contiguous along its rows' index, and so is y.
 *
 * The sums stay in registers while k runs; narrow tiles take several steps of k at once, each with sums of
 * its own, to hide the latency of the addition. A `tail` of fewer elements than a vector has is loaded
 * and stored lane by lane.
 *
 * Its parameters are `(y, a, stepStride, x, xStride, k, accumulate)`, in bytes.
 */
function emitColumns(
  module: ModuleBuilder,
  options: GemmOptions,
  vectors: number,
  tail: number,
): Func {
  const real = realOf(options);
  const { size } = real;
  const name = tail > 0 ? `gemv_tail_${tail}` : `gemv_columns_${vectors}`;
  const phases = Math.max(1, Math.min(4, 8 / vectors));
  return emitOnce(module, options, name, (f, y, a, stepStride, x, xStride, k, accumulate) => {
    const sums = Array.from(
      { length: phases },
      () => Array.from({ length: vectors }, () => f.local("v128")),
    );
    const av = f.local("v128"), xv = f.local("v128");
    const load = (pointer: Local<"i32">, j: number) => {
      f.localGet(pointer);
      if (tail === 0) {
        f.v128Load(16 * j, size);
      } else if (tail === 1) {
        real.loadZero(f);
      } else {
        f.v128Load64Zero(0, size);
        if (tail === 3) {
          f.localSet(av).localGet(pointer).localGet(av).v128Load32Lane(2, 8);
        }
      }
    };
    const step = (phase: number) => {
      f.localGet(x);
      real.loadSplat(f);
      f.localSet(xv).increment(x, xStride);
      sums[phase]!.forEach((sum, j) => {
        load(a, j);
        f.localSet(av);
        real.fma(f, av, xv, sum);
      });
      f.increment(a, stepStride);
    };
    countDown(f, k, Math.max(phases, 2), () => {
      for (let u = 0; u < Math.max(phases, 2); u++) step(u % phases);
    });
    countDown(f, k, 1, () => step(0));
    for (let j = 0; j < vectors; j++) addUp(f, real, sums.map((row) => row[j]!));
    const result = sums[0]!;
    f.localGet(accumulate).if(() => {
      result.forEach((sum, j) => {
        load(y, j);
        f.localGet(sum);
        real.add(f);
        f.localSet(sum);
      });
    });
    result.forEach((sum, j) => {
      if (tail === 0) f.localGet(y).localGet(sum).v128Store(16 * j, size);
      else if (tail === 1) real.storeLane(f.localGet(y).localGet(sum), 0);
      else f.localGet(y).localGet(sum).v128Store64Lane(0, 0, size);
      if (tail === 3) f.localGet(y).localGet(sum).v128Store32Lane(2, 8);
    });
  });
}

/** Emits `y (+)= A · x` for A contiguous along its columns' index and contiguous x. */
function emitGemvRows(module: ModuleBuilder, options: GemmOptions): Func {
  const four = emitRows(module, options, 4, 2);
  const one = emitRows(module, options, 1, 4);
  return emitOnce(
    module,
    options,
    "gemv_all_rows",
    (f, y, yStride, a, rowStride, x, m, k, accumulate) => {
      const run = (rows: number, func: Func) => {
        countDown(f, m, rows, () => {
          f.localGet(y).localGet(yStride).localGet(a).localGet(rowStride).localGet(x);
          f.localGet(k).localGet(accumulate).call(func);
          for (const [pointer, stride] of [[y, yStride], [a, rowStride]] as const) {
            f.localGet(stride).i32Const(rows).i32Mul().localGet(pointer).i32Add();
            f.localSet(pointer);
          }
        });
      };
      run(4, four);
      run(1, one);
    },
  );
}

/**
 * Emits the addition of some columns of A, times elements of x, to y: both contiguous, and a multiple of
 * two vectors long.
 *
 * Its parameters are `(y, a, stepStride, x, xStride, m)`, in bytes.
 */
function emitAddColumns(module: ModuleBuilder, options: GemmOptions, steps: number): Func {
  const real = realOf(options);
  const { lanes, size } = real;
  return emitOnce(module, options, `gemv_add_${steps}`, (f, y, a, stepStride, x, xStride, m) => {
    const pointers = [a];
    for (let i = 1; i < steps; i++) {
      const pointer = f.local("i32");
      f.localGet(pointers[i - 1]!).localGet(stepStride).i32Add().localSet(pointer);
      pointers.push(pointer);
    }
    const xs = pointers.map(() => f.local("v128"));
    for (const v of xs) {
      f.localGet(x);
      real.loadSplat(f);
      f.localSet(v).increment(x, xStride);
    }
    const sums = [f.local("v128"), f.local("v128")];
    const av = f.local("v128");
    countDown(f, m, 2 * lanes, () => {
      sums.forEach((sum, j) => f.localGet(y).v128Load(16 * j, size).localSet(sum));
      pointers.forEach((pointer, i) => {
        sums.forEach((sum, j) => {
          f.localGet(pointer).v128Load(16 * j, size).localSet(av);
          real.fma(f, av, xs[i]!, sum);
        });
        f.increment(pointer, 32);
      });
      sums.forEach((sum, j) => f.localGet(y).localGet(sum).v128Store(16 * j, size));
      f.increment(y, 32);
    });
  });
}

/** Emits `y (+)= A · x` for A contiguous along its rows' index and contiguous y. */
function emitGemvColumns(module: ModuleBuilder, options: GemmOptions): Func {
  const { lanes, shift } = realOf(options);
  const widths = [8, 4, 2, 1];
  const tiles = widths.map((vectors) => emitColumns(module, options, vectors, 0));
  const tails: Func[] = [];
  for (let tail = 1; tail < lanes; tail++) tails.push(emitColumns(module, options, 1, tail));
  const many = emitAddColumns(module, options, STREAM_STEPS);
  const one = emitAddColumns(module, options, 1);
  return emitOnce(
    module,
    options,
    "gemv_all_columns",
    (f, y, a, stepStride, x, xStride, m, k, accumulate) => {
      f.localGet(wholeRows(f, options, m)).f32ConvertI32S().localGet(k).f32ConvertI32S().f32Mul();
      f.f32Const(COLUMN_BYTES >> shift).f32Ge().if(() => {
        const whole = f.local("i32"), left = f.local("i32"), bytes = f.local("i32");
        const ap = f.local("i32"), xp = f.local("i32");
        f.localGet(m).i32Const(-2 * lanes).i32And().localTee(whole);
        f.i32Const(shift).i32Shl().localSet(bytes);
        f.localGet(accumulate).i32Eqz().if(() => {
          f.localGet(y).i32Const(0).localGet(bytes).memoryFill();
        });
        f.localGet(k).localSet(left).localGet(a).localSet(ap).localGet(x).localSet(xp);
        for (const [steps, func] of [[STREAM_STEPS, many], [1, one]] as const) {
          countDown(f, left, steps, () => {
            f.localGet(y).localGet(ap).localGet(stepStride).localGet(xp).localGet(xStride);
            f.localGet(whole).call(func);
            for (const [pointer, stride] of [[ap, stepStride], [xp, xStride]] as const) {
              f.localGet(stride).i32Const(steps).i32Mul().localGet(pointer).i32Add();
              f.localSet(pointer);
            }
          });
        }
        f.increment(y, bytes).increment(a, bytes);
        f.localGet(m).localGet(whole).i32Sub().localSet(m);
      });
      const pushArguments = () => {
        f.localGet(y).localGet(a).localGet(stepStride).localGet(x).localGet(xStride);
        f.localGet(k).localGet(accumulate);
      };
      widths.forEach((vectors, i) => {
        countDown(f, m, vectors * lanes, () => {
          pushArguments();
          f.call(tiles[i]!).increment(y, 16 * vectors).increment(a, 16 * vectors);
        });
      });
      tails.forEach((func, i) => {
        f.localGet(m).i32Const(i + 1).i32Eq().if(() => {
          pushArguments();
          f.call(func);
        });
      });
    },
  );
}

/** Emits `y (+)= A · x` for any strides, element by element; sums are in float64. */
function emitGemvStrided(module: ModuleBuilder, options: GemmOptions): Func {
  const real = realOf(options);
  return emitOnce(
    module,
    options,
    "gemv_strided",
    (f, y, yStride, a, ars, acs, x, xStride, m, k, accumulate) => {
      const sum = f.local("f64"), isNarrow = real.scalar === "f32";
      const load = (pointer: Local) => {
        f.localGet(pointer);
        real.load(f);
        if (isNarrow) f.f64PromoteF32();
      };
      const ap = f.local("i32"), xp = f.local("i32"), j = f.local("i32");
      countDown(f, m, 1, () => {
        f.localGet(accumulate).if(() => load(y), () => f.f64Const(0), "f64");
        f.localSet(sum).localGet(a).localSet(ap).localGet(x).localSet(xp);
        f.forLoop(j, 0, k, 1, () => {
          f.localGet(sum);
          load(ap);
          load(xp);
          f.f64Mul().f64Add().localSet(sum).increment(ap, acs).increment(xp, xStride);
        });
        f.localGet(y).localGet(sum);
        if (isNarrow) f.f32DemoteF64();
        real.store(f);
        f.increment(y, yStride).increment(a, ars);
      });
    },
  );
}

/** How the matrix is laid out: contiguous along its rows, along its columns, or neither. */
type GemvLayout = "rows" | "columns" | "strided";

/** The layout that strides in elements make. */
export function gemvLayout(rowStride: number, columnStride: number): GemvLayout {
  return columnStride === 1 ? "rows" : rowStride === 1 ? "columns" : "strided";
}

/**
 * Emits the matrix-vector product.
 *
 * Its parameters are `(y, yStride, a, aRowStride, aColumnStride, x, xStride, work, m, k, accumulate)`, in
 * bytes, with m and k at least 1. The workspace holds max(m, k) elements.
 *
 * @param layout The layout of A where it is known; else the function looks at the strides.
 */
export function emitGemvBytes(
  module: ModuleBuilder,
  options: GemmOptions,
  layout?: GemvLayout,
): Func {
  const { size } = realOf(options);
  const copyTile = emitCopyTile(module, options);
  const wanted = (one: GemvLayout) => layout === undefined || layout === one;
  const rows = wanted("rows") ? emitGemvRows(module, options) : undefined;
  const columns = wanted("columns") ? emitGemvColumns(module, options) : undefined;
  const strided = wanted("strided") ? emitGemvStrided(module, options) : undefined;
  return emitOnce(
    module,
    options,
    `gemv_bytes${layout === undefined ? "" : `_${layout}`}`,
    (f, y, yStride, a, ars, acs, x, xStride, work, m, k, accumulate) => {
      if (rows !== undefined) {
        const byRows = () => {
          f.localGet(xStride).i32Const(size).i32Ne().if(() => {
            f.localGet(x).localGet(xStride).localGet(work).i32Const(size).i32Const(size);
            f.localGet(k).i32Const(1).i32Const(0).call(copyTile).localGet(work).localSet(x);
          });
          f.localGet(y).localGet(yStride).localGet(a).localGet(ars).localGet(x);
          f.localGet(m).localGet(k).localGet(accumulate).call(rows).return();
        };
        if (layout === undefined) f.localGet(acs).i32Const(size).i32Eq().if(byRows);
        else byRows();
      }
      if (columns !== undefined) {
        const byColumns = () => {
          f.localGet(yStride).i32Const(size).i32Eq().if(() => {
            f.localGet(y).localGet(a).localGet(acs).localGet(x).localGet(xStride);
            f.localGet(m).localGet(k).localGet(accumulate).call(columns);
          }, () => {
            f.localGet(work).localGet(a).localGet(acs).localGet(x).localGet(xStride);
            f.localGet(m).localGet(k).i32Const(0).call(columns);
            f.localGet(work).i32Const(size).localGet(y).localGet(yStride).i32Const(size);
            f.localGet(m).i32Const(1).localGet(accumulate).call(copyTile);
          });
          f.return();
        };
        if (layout === undefined) f.localGet(ars).i32Const(size).i32Eq().if(byColumns);
        else byColumns();
      }
      if (strided !== undefined) {
        f.localGet(y).localGet(yStride).localGet(a).localGet(ars).localGet(acs).localGet(x);
        f.localGet(xStride).localGet(m).localGet(k).localGet(accumulate).call(strided);
      }
    },
  );
}
