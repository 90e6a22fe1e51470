/** Packing of the operands of a matrix product into the order in which the kernels read them. */

import { emitOnce, type GemmOptions, type Real, realOf } from "./real.ts";
import { countDown } from "./loops.ts";
import { TILE_VECTORS } from "./kernels.ts";
import type { Func, FunctionBuilder, Local, ModuleBuilder } from "../wasm/mod.ts";

/** Loads a vector from each of `lanes` addresses and has the rows of their transpose stored. */
function transposeSquare(
  f: FunctionBuilder,
  real: Real,
  sources: readonly Local<"i32">[],
  store: (row: number, pushVector: () => void) => void,
): void {
  const { lanes, size } = real;
  const v = sources.map((source) => {
    const local = f.alloc("v128");
    f.localGet(source).v128Load(0, size).localSet(local);
    return local;
  });
  if (lanes === 2) {
    for (const i of [0, 1]) {
      store(i, () => f.localGet(v[0]!).localGet(v[1]!).i64x2Shuffle(i, i + 2));
    }
  } else {
    for (const half of [0, 2]) {
      const x = f.alloc("v128"), y = f.alloc("v128");
      for (const [pair, t] of [[0, x], [2, y]] as const) {
        f.localGet(v[pair]!).localGet(v[pair + 1]!);
        f.i32x4Shuffle(half, half + 4, half + 1, half + 5).localSet(t);
      }
      for (const i of [0, 1]) {
        store(half + i, () => f.localGet(x).localGet(y).i64x2Shuffle(i, i + 2));
      }
      f.free(x, y);
    }
  }
  f.free(...v);
}

/** Copies `rows` by `columns` elements with any strides into rows of `width`, filling up with zeros. */
function copyStrided(
  f: FunctionBuilder,
  real: Real,
  { destination, source, rowStride, columnStride, rows, columns, width }: {
    destination: Local<"i32">;
    source: Local<"i32">;
    rowStride: Local<"i32">;
    columnStride: Local<"i32">;
    rows: Local<"i32">;
    columns: Local<"i32">;
    width: number | Local<"i32">;
  },
): void {
  const i = f.alloc("i32"), j = f.alloc("i32"), from = f.alloc("i32");
  f.forLoop(i, 0, rows, 1, () => {
    f.localGet(source).localSet(from);
    f.forLoop(j, 0, columns, 1, () => {
      f.localGet(destination).localGet(from);
      real.load(f);
      real.store(f);
      f.increment(from, columnStride).increment(destination, real.size);
    });
    f.forLoop(j, columns, width, 1, () => {
      f.localGet(destination);
      real.scalarZero(f);
      real.store(f);
      f.increment(destination, real.size);
    });
    f.increment(source, rowStride);
  });
  f.free(i, j, from);
}

/**
 * Emits the packing of one panel of B: rows of as many columns as a tile is wide, next to each other.
 *
 * Its parameters are `(to, b, rowStride, columnStride, rows, columns)`, strides in bytes. Where there
 * are fewer columns than fit, rows are filled up with zeros.
 */
export function emitPackPanel(module: ModuleBuilder, options: GemmOptions): Func {
  const real = realOf(options);
  const { lanes, size } = real;
  const width = TILE_VECTORS * lanes;
  const rowBytes = width * size;
  return emitOnce(
    module,
    options,
    "pack_panel",
    (f, destination, b, rowStride, columnStride, rows, columns) => {
      f.localGet(columns).i32Const(width).i32Eq().if(() => {
        f.localGet(columnStride).i32Const(size).i32Eq().if(() => {
          f.whileLoop(() => f.localGet(rows), () => {
            for (let j = 0; j < TILE_VECTORS; j++) {
              f.localGet(destination).localGet(b).v128Load(16 * j, size).v128Store(16 * j, size);
            }
            f.increment(destination, rowBytes).increment(b, rowStride).increment(rows, -1);
          });
          f.return();
        });
        f.localGet(rowStride).i32Const(size).i32Eq().if(() => {
          const pointers = [b];
          for (let j = 1; j < width; j++) {
            const pointer = f.alloc("i32");
            f.localGet(pointers[j - 1]!).localGet(columnStride).i32Add().localSet(pointer);
            pointers.push(pointer);
          }
          f.whileLoop(() => f.localGet(rows).i32Const(lanes).i32GeS(), () => {
            for (let j = 0; j < width; j += lanes) {
              const sources = pointers.slice(j, j + lanes);
              transposeSquare(f, real, sources, (row, pushVector) => {
                f.localGet(destination);
                pushVector();
                f.v128Store(row * rowBytes + j * size, size);
              });
            }
            for (const pointer of pointers) f.increment(pointer, 16);
            f.increment(destination, lanes * rowBytes).increment(rows, -lanes);
          });
          f.free(...pointers.slice(1));
        });
      });
      copyStrided(f, real, {
        destination,
        source: b,
        rowStride,
        columnStride,
        rows,
        columns,
        width,
      });
    },
  );
}

/**
 * Emits a copy that turns rows into columns, `to[j][i] = from[i][j]`, with the result contiguous.
 *
 * Its parameters are `(to, from, rowStride, columnStride, rows, columns)`, strides in bytes.
 */
export function emitTranspose(module: ModuleBuilder, options: GemmOptions): Func {
  const real = realOf(options);
  const { lanes, size, shift } = real;
  return emitOnce(
    module,
    options,
    "transpose",
    (f, to, from, rowStride, columnStride, rows, columns) => {
      const toStride = f.local("i32"), left = f.local("i32");
      f.localGet(rows).i32Const(shift).i32Shl().localSet(toStride);
      f.localGet(columnStride).i32Const(size).i32Eq().if(() => {
        countDown(f, columns, lanes, () => {
          const sources: Local<"i32">[] = [], targets: Local<"i32">[] = [];
          for (let i = 0; i < lanes; i++) {
            const source = f.alloc("i32"), target = f.alloc("i32");
            f.localGet(from).localGet(rowStride).i32Const(i).i32Mul().i32Add().localSet(source);
            f.localGet(to).localSet(target).increment(to, toStride);
            sources.push(source);
            targets.push(target);
          }
          f.localGet(rows).localSet(left);
          countDown(f, left, lanes, () => {
            transposeSquare(f, real, sources, (row, pushVector) => {
              f.localGet(targets[row]!);
              pushVector();
              f.v128Store(0, size);
            });
            for (const source of sources) {
              f.localGet(rowStride).i32Const(lanes).i32Mul().localGet(source).i32Add();
              f.localSet(source);
            }
            for (const target of targets) f.increment(target, 16);
          });
          countDown(f, left, 1, () => {
            targets.forEach((target, i) => {
              f.localGet(target).localGet(sources[0]!);
              real.load(f, i * size);
              real.store(f);
              f.increment(target, size);
            });
            f.increment(sources[0]!, rowStride);
          });
          f.increment(from, lanes * size).free(...sources, ...targets);
        });
      });
      copyStrided(f, real, {
        destination: to,
        source: from,
        rowStride: columnStride,
        columnStride: rowStride,
        rows: columns,
        columns: rows,
        width: rows,
      });
    },
  );
}
