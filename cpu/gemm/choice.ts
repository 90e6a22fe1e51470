/** Calls of the ways to compute a product, chosen for a known shape or by the function itself. */

import { blockedParts, emitBlocked } from "./blocked.ts";
import { emitDot } from "./dot.ts";
import {
  type GemmShape,
  PACK_COST,
  PACK_FROM,
  planGemm,
  SCATTER_COST,
  SCATTER_STEPS,
  sumCost,
} from "./plan.ts";
import { type GemmOptions, realOf, wholeSize } from "./real.ts";
import { emitGemvBytes, gemvLayout } from "./vector.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";

/** The parameters of a product function, with strides in bytes. */
export interface Operands {
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
  readonly work: Local<"i32">;
  readonly m: Local<"i32">;
  readonly n: Local<"i32">;
  readonly k: Local<"i32">;
  readonly ars: Local<"i32">;
  readonly acs: Local<"i32">;
  readonly brs: Local<"i32">;
  readonly bcs: Local<"i32">;
  readonly crs: Local<"i32">;
  readonly accumulate: Local<"i32">;
}

/** Calls the matrix-vector product for n = 1, or with `swap` for m = 1. */
function callVector(f: FunctionBuilder, o: Operands, size: number, swap: boolean, gemv: Func) {
  if (swap) {
    f.localGet(o.c).i32Const(size).localGet(o.b).localGet(o.bcs).localGet(o.brs);
    f.localGet(o.a).localGet(o.acs).localGet(o.work).localGet(o.n);
  } else {
    f.localGet(o.c).localGet(o.crs).localGet(o.a).localGet(o.ars).localGet(o.acs);
    f.localGet(o.b).localGet(o.brs).localGet(o.work).localGet(o.m);
  }
  f.localGet(o.k).localGet(o.accumulate).call(gemv);
}

/** Calls the product by dot products with A as the large operand, or with `swap` B. */
function callDot(f: FunctionBuilder, o: Operands, size: number, swap: boolean, dot: Func) {
  if (swap) {
    f.localGet(o.b).localGet(o.bcs).localGet(o.a).localGet(o.ars).localGet(o.acs);
    f.localGet(o.c).i32Const(size).localGet(o.crs).localGet(o.work);
    f.localGet(o.n).localGet(o.m);
  } else {
    f.localGet(o.a).localGet(o.ars).localGet(o.b).localGet(o.bcs).localGet(o.brs);
    f.localGet(o.c).localGet(o.crs).i32Const(size).localGet(o.work);
    f.localGet(o.m).localGet(o.n);
  }
  f.localGet(o.k).localGet(o.accumulate).call(dot);
}

/** Calls the blocked product. */
function callBlocked(
  f: FunctionBuilder,
  o: Operands,
  size: number,
  swap: boolean,
  packA: Local<"i32"> | number,
  packB: Local<"i32"> | number,
  blocked: Func,
) {
  if (swap) {
    f.localGet(o.b).localGet(o.a).localGet(o.c).localGet(o.work);
    f.localGet(o.n).localGet(o.m).localGet(o.k);
    f.localGet(o.bcs).localGet(o.brs).localGet(o.acs).localGet(o.ars);
    f.i32Const(size).localGet(o.crs);
  } else {
    f.localGet(o.a).localGet(o.b).localGet(o.c).localGet(o.work);
    f.localGet(o.m).localGet(o.n).localGet(o.k);
    f.localGet(o.ars).localGet(o.acs).localGet(o.brs).localGet(o.bcs);
    f.localGet(o.crs).i32Const(size);
  }
  f.localGet(o.accumulate).i32(packA).i32(packB).call(blocked);
}

/** A choice: a suffix for the function's name, and what emits the calls, for sizes of at least 1. */
export interface GemmChoice {
  /** Tells functions with different choices apart. */
  readonly key: string;
  /** Emits the calls. */
  emit(f: FunctionBuilder, operands: Operands): void;
}

/** From how many multiplications on a library is faster: a call of it costs about 3 µs. */
export const LIBRARY_FROM = 1 << 16;

/** Imports the product of a library, which returns whether it could compute it. */
export function importLibrary(module: ModuleBuilder): Func {
  const params = new Array<"i32">(12).fill("i32");
  return module.importFunc({ name: "product", params, results: ["i32"] }, "library");
}

/** The product of a library, and from how many multiplications on it is used. */
interface Library {
  readonly product: Func;
  readonly from: number;
}

/** Gives large products to a library; goes on where it does not take them. */
function emitLibrary(f: FunctionBuilder, o: Operands, { product, from }: Library): void {
  const { a, b, c, m, n, k, ars, acs, brs, bcs, crs, accumulate } = o;
  f.localGet(m).f32ConvertI32S().localGet(n).f32ConvertI32S().f32Mul();
  f.localGet(k).f32ConvertI32S().f32Mul().f32Const(from).f32Ge().if(() => {
    for (const one of [a, b, c, m, n, k, ars, acs, brs, bcs, crs, accumulate]) f.localGet(one);
    f.call(product).if(() => f.return());
  });
}

/**
 * Emits what any shape may need, and the choice that `planGemm` makes, in the function.
 *
 * @param library The product of a library, for large ones.
 */
export function chooseAtRunTime(
  module: ModuleBuilder,
  options: GemmOptions,
  library: Library | null,
): GemmChoice {
  const { lanes, size } = realOf(options);
  const gemv = emitGemvBytes(module, options);
  const dot = emitDot(module, options);
  const blocked = emitBlocked(module, options);
  const emit = (f: FunctionBuilder, o: Operands): void => {
    const { m, n, k, ars, acs, brs, bcs } = o;
    if (library !== null) emitLibrary(f, o, library);
    f.localGet(n).i32Const(1).i32Eq().if(() => {
      callVector(f, o, size, false, gemv);
      f.return();
    });
    f.localGet(m).i32Const(1).i32Eq().if(() => {
      callVector(f, o, size, true, gemv);
      f.return();
    });
    const pack = f.local("i32");
    // Parts of a product are computed as it is itself.
    const allRows = wholeSize(f, options, m, "m"), allColumns = wholeSize(f, options, n, "n");
    f.localGet(allRows).i32Const(PACK_FROM).i32GeS();
    f.localGet(allColumns).i32Const(PACK_FROM).i32GeS().i32And().if(() => {
      f.localGet(acs).i32Const(size).i32Ne().localSet(pack);
      callBlocked(f, o, size, false, pack, 1, blocked);
      f.return();
    });
    const float = (local: Local) => f.localGet(local).f32ConvertI32S();
    const product = f.local("f32"), best = f.local("f32"), cost = f.local("f32");
    const way = f.local("i32");
    const addCopies = (columns: Local, stride: Local) => {
      f.f32Const(0);
      float(columns).f32Const(PACK_COST).f32Mul();
      f.localGet(stride).i32Const(size).i32Eq().select("f32").f32Add();
    };
    const blockedCost = (rows: Local, columns: Local, stride: Local) => {
      f.localGet(columns).i32Const(lanes - 1).i32Add().i32Const(-lanes).i32And();
      f.f32ConvertI32S();
      float(rows).f32Mul();
      addCopies(columns, stride);
    };
    const dotCost = (small: Local, largeStride: Local, smallStride: Local) => {
      f.localGet(product).f32Const(1).f32Const(sumCost(lanes) + SCATTER_COST);
      float(k).f32Div().f32Add().f32Mul();
      float(small).f32Add();
      addCopies(small, smallStride);
      f.f32Const(Infinity).localGet(largeStride).i32Const(size).i32Eq().select("f32");
    };
    float(allRows);
    float(allColumns).f32Mul().localSet(product);
    blockedCost(allRows, allColumns, bcs);
    f.localSet(best);
    const challengers = [
      () => {
        blockedCost(allColumns, allRows, ars);
        f.localGet(product).f32Const(SCATTER_COST).f32Mul();
        float(k).f32Const(SCATTER_STEPS).f32Min().f32Div().f32Add();
      },
      () => dotCost(allColumns, acs, brs),
      () => dotCost(allRows, brs, acs),
    ];
    challengers.forEach((challenger, i) => {
      challenger();
      f.localTee(cost).localGet(best).f32Lt().if(() => {
        f.localGet(cost).localSet(best).i32Const(i + 1).localSet(way);
      });
    });
    f.localGet(way).switch([
      () => {
        f.localGet(bcs).i32Const(size).i32Ne().localSet(pack);
        callBlocked(f, o, size, false, 0, pack, blocked);
      },
      () => {
        f.localGet(ars).i32Const(size).i32Ne().localSet(pack);
        callBlocked(f, o, size, true, 0, pack, blocked);
      },
      () => callDot(f, o, size, false, dot),
      () => callDot(f, o, size, true, dot),
    ]);
  };
  return { key: "", emit };
}

/** Emits only what one shape needs. */
export function chooseNow(
  module: ModuleBuilder,
  options: GemmOptions,
  shape: GemmShape,
): GemmChoice {
  const { lanes, size } = realOf(options);
  const { m, n, aRowStride, aColumnStride, bRowStride, bColumnStride } = shape;
  const plan = planGemm(shape, lanes);
  if (plan.way === "nothing") return { key: "_nothing", emit: (f) => f.nop() };
  const { swap } = plan;
  const turned = swap ? "_swapped" : "";
  if (plan.way === "vector") {
    const layout = swap
      ? gemvLayout(bColumnStride, bRowStride)
      : gemvLayout(aRowStride, aColumnStride);
    const gemv = emitGemvBytes(module, options, layout);
    const emit: GemmChoice["emit"] = (f, o) => callVector(f, o, size, swap, gemv);
    return { key: `_${layout}${turned}`, emit };
  }
  if (plan.way === "dot") {
    const dot = emitDot(module, options, swap ? m : n);
    const emit: GemmChoice["emit"] = (f, o) => callDot(f, o, size, swap, dot);
    return { key: `_${dot.name}${turned}`, emit };
  }
  const { packA, packB } = plan;
  const parts = blockedParts(swap ? n : m, swap ? m : n, lanes, packA, packB);
  const blocked = emitBlocked(module, options, parts);
  const emit: GemmChoice["emit"] = (f, o) => {
    callBlocked(f, o, size, swap, Number(packA), Number(packB), blocked);
  };
  return { key: `_${blocked.name}${Number(packB)}${turned}`, emit };
}
