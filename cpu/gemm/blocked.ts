/** The matrix product in blocks that fit the caches, with the operands packed or read in place. */

import { emitCopyTile, emitTile, TILE_ROWS, TILE_VECTORS } from "./kernels.ts";
import { emitPackPanel, emitTranspose } from "./pack.ts";
import { balance, min, shareOut, shares } from "./loops.ts";
import { emitOnce, type GemmOptions, realOf } from "./real.ts";
import type { Func, Local, ModuleBuilder } from "../wasm/mod.ts";

/** The most products summed in one block: a panel of B is then 8 KiB in either element type. */
export const BLOCK_STEPS = 256;

/** The most rows of A in one block, a multiple of the rows of a tile; 96 made strides of 16 KiB slower. */
export const BLOCK_ROWS = 48;

/** The most columns of B that are packed at once, a multiple of the columns of a tile. */
export const BLOCK_COLUMNS = 1024;

/** Bytes at the start of the workspace for the tiles at an edge. */
export const TILE_BYTES = TILE_ROWS * TILE_VECTORS * 16;

/** What of the kernels one shape needs; without it all are emitted. */
interface BlockedParts {
  /** Numbers of rows that tiles have. */
  readonly rows: ReadonlySet<number>;
  /** Numbers of vectors that rows of tiles have. */
  readonly vectors: ReadonlySet<number>;
  /** Whether A is packed. */
  readonly packsA: boolean;
  /** Whether any columns of B are packed. */
  readonly packsB: boolean;
}

/** A suffix of function names that tells the parts. */
function nameParts(parts: BlockedParts | undefined): string {
  if (parts === undefined) return "";
  const { rows, vectors, packsA, packsB } = parts;
  const packs = (packsA ? "a" : "") + (packsB ? "b" : "");
  return `_${[...rows].sort().join("")}x${[...vectors].sort().join("")}${packs}`;
}

/**
 * Which parts a product of this shape needs.
 *
 * @param m Rows of A.
 * @param n Columns of B.
 * @param lanes Elements per vector.
 * @param packsA Whether A is packed.
 * @param packB Whether all of B is packed; else only the columns that fill no vector are.
 */
export function blockedParts(
  m: number,
  n: number,
  lanes: number,
  packsA: boolean,
  packB: boolean,
): BlockedParts {
  const units = Math.ceil(m / TILE_ROWS);
  const blocks = Math.ceil(m / BLOCK_ROWS);
  const block = Math.ceil(units / blocks) * TILE_ROWS;
  const rows = new Set(shares(((m - 1) % block) + 1, TILE_ROWS));
  if (m > block) rows.add(TILE_ROWS);
  const width = TILE_VECTORS * lanes;
  const vectors = new Set<number>();
  if (n >= width) vectors.add(2);
  const rest = n % width;
  if (packB && rest > lanes) vectors.add(2);
  else if (rest > 0) vectors.add(1);
  return { rows, vectors, packsA, packsB: packB || n % lanes > 0 };
}

/**
 * Emits the product of a block of A with the columns of B, tile by tile.
 *
 * Its parameters are `(a, aRowStride, aStepStride, b, bStepStride, bPanelStride, c, cRowStride,
 * cColumnStride, m, n, k, accumulate, tile)`, in bytes. Vectors of B must be readable up to the end of
 * the last one. `tile` points at TILE_BYTES of scratch memory.
 */
function emitSweep(
  module: ModuleBuilder,
  options: GemmOptions,
  parts: BlockedParts | undefined,
): Func {
  const { lanes, size } = realOf(options);
  const width = TILE_VECTORS * lanes;
  const kernels: (Func | undefined)[] = [];
  for (let vectors = 1; vectors <= TILE_VECTORS; vectors++) {
    for (let rows = 1; rows <= TILE_ROWS; rows++) {
      const wanted = parts === undefined || parts.rows.has(rows) && parts.vectors.has(vectors);
      kernels.push(wanted ? emitTile(module, options, rows, vectors) : undefined);
    }
  }
  const copyTile = emitCopyTile(module, options);
  return emitOnce(
    module,
    options,
    `gemm_sweep${nameParts(parts)}`,
    (f, a, ars, acs, b, bks, bps, c, crs, ccs, m, n, k, accumulate, tile) => {
      const j = f.local("i32"), columns = f.local("i32"), direct = f.local("i32");
      const cp = f.local("i32"), to = f.local("i32"), trs = f.local("i32");
      const tileAccumulate = f.local("i32");
      f.forLoop(j, 0, n, width, () => {
        f.localGet(n).localGet(j).i32Sub().localSet(columns);
        min(f, columns, width);
        f.localSet(columns);
        f.localGet(columns).i32Const(lanes - 1).i32And().i32Eqz();
        f.localGet(ccs).i32Const(size).i32Eq().i32And().localSet(direct);
        f.localGet(c).localSet(cp);
        f.i32(crs).i32Const(width * size).localGet(direct).select("i32").localSet(trs);
        f.localGet(accumulate).localGet(direct).i32And().localSet(tileAccumulate);
        shareOut(f, m, TILE_ROWS, (start, rows) => {
          f.localGet(cp).localGet(tile).localGet(direct).select("i32").localSet(to);
          f.localGet(rows).i32Const(1).i32Sub();
          f.localGet(columns).i32Const(lanes).i32GtS().i32Const(TILE_ROWS).i32Mul().i32Add();
          f.switch(kernels.map((kernel) => () => {
            if (kernel === undefined) {
              f.unreachable();
              return;
            }
            f.localGet(a).localGet(start).localGet(ars).i32Mul().i32Add();
            f.localGet(ars).localGet(acs).localGet(b).localGet(bks);
            f.localGet(to).localGet(trs).localGet(k).localGet(tileAccumulate).call(kernel);
          }));
          f.localGet(direct).i32Eqz().if(() => {
            f.localGet(tile).localGet(trs).localGet(cp).localGet(crs).localGet(ccs);
            f.localGet(rows).localGet(columns).localGet(accumulate).call(copyTile);
          });
          f.localGet(rows).localGet(crs).i32Mul().localGet(cp).i32Add().localSet(cp);
        });
        f.increment(b, bps);
        f.localGet(c).localGet(ccs).i32Const(width).i32Mul().i32Add().localSet(c);
      });
    },
  );
}

/**
 * Emits the blocked product.
 *
 * Its parameters are `(a, b, c, work, m, n, k, aRowStride, aColumnStride, bRowStride, bColumnStride,
 * cRowStride, cColumnStride, accumulate, packA, packB)`, strides in bytes, all sizes at least 1.
 * Without `packB` the columns of B must lie next to each other. Where `parts` are given, they must be those
 * of the shape that is passed.
 */
export function emitBlocked(
  module: ModuleBuilder,
  options: GemmOptions,
  parts?: BlockedParts,
): Func {
  const { lanes, size, shift } = realOf(options);
  const width = TILE_VECTORS * lanes;
  const rowBytes = width * size;
  const sweep = emitSweep(module, options, parts);
  const packPanel = parts?.packsB === false ? undefined : emitPackPanel(module, options);
  const transpose = parts?.packsA === false ? undefined : emitTranspose(module, options);
  return emitOnce(
    module,
    options,
    `gemm_blocked${nameParts(parts)}`,
    (f, a, b, c, work, m, n, k, ars, acs, brs, bcs, crs, ccs, accumulate, packA, packB) => {
      const nc = f.local("i32"), kc = f.local("i32"), mc = f.local("i32");
      const j0 = f.local("i32"), k0 = f.local("i32"), i0 = f.local("i32");
      const nb = f.local("i32"), kb = f.local("i32"), mb = f.local("i32");
      const bp = f.local("i32"), ap = f.local("i32"), aw = f.local("i32");
      const bw = f.local("i32"), whole = f.local("i32"), j = f.local("i32"), to = f.local("i32");
      const add = f.local("i32"), rowStride = f.local("i32"), stepStride = f.local("i32");

      /** Pushes `base + index * stride`. */
      const at = (base: Local<"i32">, index: Local<"i32">, stride: Local<"i32">) =>
        f.localGet(base).localGet(index).localGet(stride).i32Mul().i32Add();

      // Columns that are read in place need no limit.
      balance(f, n, BLOCK_COLUMNS, width);
      f.localGet(n).localGet(packB).select("i32").localSet(nc);
      balance(f, k, BLOCK_STEPS, 4);
      f.localSet(kc);
      balance(f, m, BLOCK_ROWS, TILE_ROWS);
      f.localSet(mc);
      f.localGet(work).i32Const(TILE_BYTES).i32Add().localSet(bw);
      f.localGet(nc).i32Const(width).localGet(packB).select("i32").localGet(kc).i32Mul();
      f.i32Const(shift).i32Shl().localGet(bw).i32Add().localSet(aw);

      f.forLoop(j0, 0, n, nc, () => {
        f.localGet(n).localGet(j0).i32Sub().localSet(nb);
        min(f, nb, nc);
        f.localSet(nb);
        f.forLoop(k0, 0, k, kc, () => {
          f.localGet(k).localGet(k0).i32Sub().localSet(kb);
          min(f, kb, kc);
          f.localSet(kb);
          f.localGet(accumulate).localGet(k0).i32Or().i32Const(0).i32Ne().localSet(add);
          at(b, k0, brs).localGet(j0).localGet(bcs).i32Mul().i32Add().localSet(bp);
          // Without packing, vectors are read in place up to the last whole one, and the rest is packed.
          f.i32Const(0).localGet(nb).i32Const(-lanes).i32And().localGet(packB).select("i32");
          f.localSet(whole);
          if (packPanel !== undefined) {
            f.localGet(bw).localSet(to);
            f.forLoop(j, whole, nb, width, () => {
              f.localGet(to);
              at(bp, j, bcs).localGet(brs).localGet(bcs).localGet(kb);
              const rest = f.alloc("i32");
              f.localGet(nb).localGet(j).i32Sub().localSet(rest);
              min(f, rest, width);
              f.free(rest).call(packPanel);
              f.localGet(kb).i32Const(rowBytes).i32Mul().localGet(to).i32Add().localSet(to);
            });
          }
          f.forLoop(i0, 0, m, mc, () => {
            f.localGet(m).localGet(i0).i32Sub().localSet(mb);
            min(f, mb, mc);
            f.localSet(mb);
            at(a, i0, ars).localGet(k0).localGet(acs).i32Mul().i32Add().localSet(ap);
            f.localGet(ars).localSet(rowStride).localGet(acs).localSet(stepStride);
            if (transpose !== undefined) {
              f.localGet(packA).if(() => {
                f.localGet(aw).localGet(ap).localGet(acs).localGet(ars).localGet(kb);
                f.localGet(mb).call(transpose).localGet(aw).localSet(ap);
                f.localGet(kb).i32Const(shift).i32Shl().localSet(rowStride);
                f.i32Const(size).localSet(stepStride);
              });
            }
            const sweepColumns = (packed: boolean) => {
              f.localGet(ap).localGet(rowStride).localGet(stepStride);
              if (packed) {
                f.localGet(bw).i32Const(rowBytes).localGet(kb).i32Const(rowBytes).i32Mul();
              } else {
                f.localGet(bp).localGet(brs).i32Const(rowBytes);
              }
              at(c, i0, crs).localGet(j0);
              if (packed) f.localGet(whole).i32Add();
              f.localGet(ccs).i32Mul().i32Add();
              f.localGet(crs).localGet(ccs).localGet(mb);
              if (packed) f.localGet(nb).localGet(whole).i32Sub();
              else f.localGet(whole);
              f.localGet(kb).localGet(add).localGet(work).call(sweep);
            };
            f.localGet(whole).if(() => sweepColumns(false));
            f.localGet(whole).localGet(nb).i32LtS().if(() => sweepColumns(true));
          });
        });
      });
    },
  );
}
