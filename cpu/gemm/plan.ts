/** How a product of a given shape is computed: the choice in JavaScript numbers. */

/** Sizes of a product and strides of its operands, in elements. */
export interface GemmShape {
  /** Rows of A and C. */
  readonly m: number;
  /** Columns of B and C. */
  readonly n: number;
  /** Columns of A and rows of B. */
  readonly k: number;
  /** From one row of A to the next. */
  readonly aRowStride: number;
  /** From one column of A to the next. */
  readonly aColumnStride: number;
  /** From one row of B to the next. */
  readonly bRowStride: number;
  /** From one column of B to the next. */
  readonly bColumnStride: number;
}

/**
 * A way to compute a product.
 *
 * `blocked` takes vectors along the columns of B, `dot` along k. `swap` says that the roles of A and B are
 * exchanged, which computes the transpose of C in place.
 */
export type GemmPlan =
  | { readonly way: "nothing" }
  | { readonly way: "vector"; readonly swap: boolean }
  | { readonly way: "dot"; readonly swap: boolean }
  | {
    readonly way: "blocked";
    readonly swap: boolean;
    readonly packA: boolean;
    readonly packB: boolean;
  };

/** Sizes from which on both operands are packed: each row of B is then used often enough. */
export const PACK_FROM = 48;

/** What packing one element costs, in multiply-adds done by vectors. */
export const PACK_COST = 8;

/** What storing one element of C by itself costs, in the same unit. */
export const SCATTER_COST = 24;

/** How many products are summed before C is stored, where it is stored element by element. */
export const SCATTER_STEPS = 256;

/** What adding up the lanes of a vector costs, in multiply-adds done by vectors, by the number of lanes. */
export function sumCost(lanes: number): number {
  return 5 * lanes;
}

/**
 * Chooses how to compute a product; the functions emitted for unknown shapes choose likewise.
 *
 * @param shape Sizes and strides.
 * @param lanes Elements per vector.
 */
export function planGemm(shape: GemmShape, lanes: number): GemmPlan {
  const { m, n, k, aRowStride, aColumnStride, bRowStride, bColumnStride } = shape;
  if (m <= 0 || n <= 0 || k <= 0) return { way: "nothing" };
  if (n === 1) return { way: "vector", swap: false };
  if (m === 1) return { way: "vector", swap: true };
  if (m >= PACK_FROM && n >= PACK_FROM) {
    return { way: "blocked", swap: false, packA: aColumnStride !== 1, packB: true };
  }
  const blocked = (rows: number, columns: number, stride: number) =>
    Math.ceil(columns / lanes) * lanes * rows + (stride === 1 ? 0 : PACK_COST * columns);
  // The small operand is read once per tile of the large one: of two equals the smaller one is to be it.
  const dot = (small: number, largeStride: number, smallStride: number) =>
    largeStride !== 1 ? Infinity : m * n * (1 + (sumCost(lanes) + SCATTER_COST) / k) + small +
      (smallStride === 1 ? 0 : PACK_COST * small);
  const costs = [
    blocked(m, n, bColumnStride),
    blocked(n, m, aRowStride) + SCATTER_COST * m * n / Math.min(k, SCATTER_STEPS),
    dot(n, aColumnStride, bRowStride),
    dot(m, bRowStride, aColumnStride),
  ];
  const best = costs.indexOf(Math.min(...costs));
  const swap = best % 2 === 1;
  if (best >= 2) return { way: "dot", swap };
  const packB = (swap ? aRowStride : bColumnStride) !== 1;
  return { way: "blocked", swap, packA: false, packB };
}
