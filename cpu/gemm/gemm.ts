/**
 * The matrix product `C (+)= A · B` as WebAssembly functions with sizes and strides given at run time.
 *
 * The functions emitted here choose between a matrix-vector product, a product that reads the larger
 * operand in place, and one with both operands packed into blocks.
 */

import { BLOCK_COLUMNS, BLOCK_ROWS, BLOCK_STEPS, TILE_BYTES } from "./blocked.ts";
import {
  chooseAtRunTime,
  chooseNow,
  type GemmChoice,
  importLibrary,
  type Operands,
} from "./choice.ts";
import { DOT_STEPS, DOT_TILE_BYTES } from "./dot.ts";
import { TILE_VECTORS } from "./kernels.ts";
import { min } from "./loops.ts";
import { type GemmShape, PACK_FROM } from "./plan.ts";
import { emitAddPart, longFrom, partBytes, partSteps } from "./long.ts";
import { emitOnce, type GemmDtype, type GemmOptions, realOf } from "./real.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";

export type { GemmShape } from "./plan.ts";
export type { GemmDtype } from "./real.ts";

/**
 * How many bytes of workspace a product of these sizes needs, for any strides; a multiple of 64.
 *
 * @param m Rows of A and C.
 * @param n Columns of B and C.
 * @param k Columns of A and rows of B.
 * @param dtype The element type.
 */
export function gemmWorkspaceBytes(m: number, n: number, k: number, dtype: GemmDtype): number {
  const size = dtype === "float32" ? 4 : 8;
  const width = TILE_VECTORS * 16 / size;
  const most = Math.max(m, n);
  const columns = Math.min(Math.ceil(most / width) * width, BLOCK_COLUMNS);
  const rows = Math.min(most, BLOCK_ROWS);
  const steps = Math.min(Math.ceil(k / 4) * 4, BLOCK_STEPS);
  const blocks = TILE_BYTES + steps * (columns + rows) * size;
  const small = Math.min(m, n) < PACK_FROM ? Math.min(m, n) : 0;
  const dots = DOT_TILE_BYTES + small * Math.min(Math.ceil(k / 4) * 4, DOT_STEPS) * size;
  const vector = Math.max(m, n, k) * size;
  const parts = k > longFrom(m, n) ? partBytes(m, n, size) : 0;
  return parts + Math.ceil(Math.max(blocks, dots, vector) / 64) * 64;
}

/** Fills rows of a matrix with zeros. */
function fillRows(
  f: FunctionBuilder,
  c: Local<"i32">,
  rowStride: Local<"i32">,
  rows: Local<"i32">,
  columns: Local<"i32">,
  shift: number,
): void {
  const i = f.alloc("i32");
  f.forLoop(i, 0, rows, 1, () => {
    f.localGet(c).i32Const(0).localGet(columns).i32Const(shift).i32Shl().memoryFill();
    f.increment(c, rowStride);
  });
  f.free(i);
}

/** How the product functions are emitted. */
export interface GemmEmitOptions extends GemmOptions {
  /**
   * The only shape that the function will be called with. It then holds only what that shape needs, which
   * makes the module a few times smaller; the arguments are the same.
   */
  readonly shape?: GemmShape;
  /**
   * From how many multiplications on products are those of the import `library.product`; in modules that
   * have no function yet.
   */
  readonly library?: number;
}

/**
 * Emits `C[m, n] (+)= A[m, k] · B[k, n]`.
 *
 * The function has the parameters `(a, b, c, work, m, n, k, aRowStride, aColumnStride, bRowStride,
 * bColumnStride, cRowStride, accumulate)`, all i32: pointers in bytes, strides in elements, of any sign and
 * also 0 for A and B. Columns of C lie next to each other. `work` points at `gemmWorkspaceBytes`, aligned
 * to 16. With `accumulate` other than 0 the product is added to C, else C is overwritten; where k is 0 the
 * product is zero. C must not overlap A or B.
 *
 * Sums are kept in the element type, in an order that depends only on sizes and strides. Long ones are made
 * of parts whose rounding errors are carried along, so that the error does not grow with the length.
 *
 * @param module Where to emit; what is there already is used again.
 * @param options Element type, kind of arithmetic and, where it is known, the shape.
 * @returns What `call` takes.
 */
export function emitGemm(module: ModuleBuilder, options: GemmEmitOptions): Func {
  const { shift } = realOf(options);
  const library = options.library === undefined
    ? null
    : { from: options.library, product: importLibrary(module) };
  const { key, emit } = options.shape === undefined
    ? chooseAtRunTime(module, options, library)
    : chooseNow(module, options, options.shape);
  return emitOnce(
    module,
    options,
    `gemm${key}`,
    (f, a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate) => {
      f.localGet(m).i32Const(0).i32LeS().localGet(n).i32Const(0).i32LeS().i32Or();
      f.if(() => f.return());
      for (const stride of [ars, acs, brs, bcs, crs]) {
        f.localGet(stride).i32Const(shift).i32Shl().localSet(stride);
      }
      f.localGet(k).i32Const(0).i32LeS().if(() => {
        f.localGet(accumulate).i32Eqz().if(() => fillRows(f, c, crs, m, n, shift));
        f.return();
      });
      const operands = { a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate };
      const known = options.shape;
      if (known !== undefined && known.k <= longFrom(known.m, known.n)) emit(f, operands);
      else emitLong(f, module, options, key, emit, operands);
    },
  );
}

/** Cuts a long sum into parts; a short one is computed at once. */
function emitLong(
  f: FunctionBuilder,
  module: ModuleBuilder,
  options: GemmOptions,
  key: string,
  emit: GemmChoice["emit"],
  operands: Operands,
): void {
  const { shift } = realOf(options);
  const part = emitOnce(
    module,
    options,
    `gemm_part${key}`,
    (f, a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate) =>
      emit(f, { a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate }),
  );
  const addPart = emitAddPart(module, options);
  const { a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, accumulate } = operands;
  const isVector = f.local("i32");
  f.localGet(m).i32Const(1).i32Eq().localGet(n).i32Const(1).i32Eq().i32Or().localSet(isVector);
  const byKind = (sizes: (m: number, n: number) => number) =>
    f.i32Const(sizes(1, 1)).i32Const(sizes(2, 2)).localGet(isVector).select("i32");
  f.localGet(k);
  byKind(longFrom);
  f.i32LeS().if(() => {
    emit(f, operands);
    f.return();
  });
  const steps = f.local("i32"), k0 = f.local("i32"), kb = f.local("i32");
  const errors = f.local("i32"), rest = f.local("i32"), stride = f.local("i32");
  const call = (to: Local, rowStride: Local, add: Local<"i32"> | number) => {
    f.localGet(a).localGet(b).localGet(to).localGet(rest).localGet(m).localGet(n).localGet(kb);
    f.localGet(ars).localGet(acs).localGet(brs).localGet(bcs).localGet(rowStride).i32(add);
    f.call(part);
  };
  byKind(partSteps);
  f.localSet(steps);
  f.localGet(n).i32Const(shift).i32Shl().localSet(stride);
  const bytes = () => f.localGet(m).localGet(stride).i32Mul();
  f.localGet(work);
  bytes().i32Add().localSet(errors);
  f.localGet(errors);
  bytes().i32Add().i32Const(63).i32Add().i32Const(-64).i32And().localSet(rest);
  f.localGet(errors).i32Const(0);
  bytes().memoryFill();
  f.forLoop(k0, 0, k, steps, () => {
    f.localGet(k).localGet(k0).i32Sub().localSet(kb);
    min(f, kb, steps);
    f.localSet(kb);
    f.localGet(k0).i32Eqz().if(() => call(c, crs, accumulate), () => {
      call(work, stride, 0);
      f.localGet(c).localGet(crs).localGet(work).localGet(errors).localGet(m).localGet(n);
      f.call(addPart);
    });
    for (const [pointer, by] of [[a, acs], [b, brs]] as const) {
      f.localGet(by).localGet(steps).i32Mul().localGet(pointer).i32Add().localSet(pointer);
    }
  });
}
