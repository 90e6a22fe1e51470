/**
 * How a matrix product is spread over the device: tile sizes, chosen from the sizes of the matrices
 * and the device's limits, apart from the text of the kernel.
 *
 * @module
 */

import type { GpuLimits } from "../device/context.ts";
import { foldGrid, type Grid } from "../print/grid.ts";

/** Sizes of a batch of products, `batch` times (m, k) by (k, n). */
export interface MatmulSizes {
  /** Number of products. */
  readonly batch: number;
  /** Rows of the left matrix. */
  readonly m: number;
  /** Columns of the right matrix. */
  readonly n: number;
  /** Columns of the left and rows of the right matrix. */
  readonly k: number;
}

/** Sizes, and along which index the elements of a matrix are neighbours in memory. */
export interface MatmulShape extends MatmulSizes {
  /** The index of the left matrix. */
  readonly leftRun: "m" | "k";
  /** The index of the right matrix. */
  readonly rightRun: "k" | "n";
}

/** What all schedules have. */
interface SlicedSchedule {
  /**
   * Parts that the sum over k is cut into, to keep a device busy when the result is small. Over 1,
   * the product leaves so many partial results, which a second kernel adds up.
   */
  readonly slices: number;
  /**
   * Whether sums are so long that they are made of parts of {@linkcode PART} terms, which keeps their
   * rounding errors small.
   *
   * @default {false}
   */
  readonly long?: boolean;
}

/** Terms of the parts that a thread's share of a long sum is made of. */
export const PART = 256;

/**
 * A workgroup computes a tile of the result, each thread a block of it, from tiles of both matrices
 * in workgroup memory.
 */
export interface TileSchedule extends SlicedSchedule {
  /** Tells it from a {@linkcode VectorSchedule}. */
  readonly kind: "tile";
  /** Rows of the result in a workgroup's tile; a multiple of `threadM`. */
  readonly tileM: number;
  /** Columns of the result in a workgroup's tile; a multiple of `threadN`. */
  readonly tileN: number;
  /** Steps of the sum between two barriers. */
  readonly tileK: number;
  /** Rows of the result in a thread's block; a multiple of 4. */
  readonly threadM: number;
  /** Columns of the result in a thread's block; a multiple of 4. */
  readonly threadN: number;
  /** Steps of the sum that are printed out in a row; divides `tileK`. */
  readonly unroll: number;
  /** As in {@linkcode MatmulShape}: decides which threads load which elements. */
  readonly leftRun: "m" | "k";
  /** As in {@linkcode MatmulShape}: decides which threads load which elements. */
  readonly rightRun: "k" | "n";
}

/** Several threads share the sum of one element, for a product of a matrix and a vector. */
export interface VectorSchedule extends SlicedSchedule {
  /** Tells it from a {@linkcode TileSchedule}. */
  readonly kind: "vector";
  /** Which operand is the matrix; the other one is a vector. */
  readonly matrix: "left" | "right";
  /** Elements of the result in a workgroup; a power of two. */
  readonly outputs: number;
  /** Threads for each of them; a power of two. */
  readonly lanes: number;
  /** Whether neighbouring threads go along the sum (else along the result). */
  readonly alongSum: boolean;
}

/** How a product is run. Any legal one gives the same result, up to the order of the sums. */
export type MatmulSchedule = TileSchedule | VectorSchedule;

/** Where the elements of one operand are: `offset + batch * b + row * i + column * j`. */
export interface MatmulStrides {
  /** Element (0, 0) of the first matrix, in elements. */
  readonly offset: number;
  /** Elements from one matrix to the next; may be 0 or negative. */
  readonly batch: number;
  /** Elements from one row to the next; may be 0 or negative. */
  readonly row: number;
  /** Elements from one column to the next; may be 0 or negative. */
  readonly column: number;
}

/** Threads of a workgroup under a schedule. */
export function workgroupSize(schedule: MatmulSchedule): number {
  return schedule.kind === "vector"
    ? schedule.outputs * schedule.lanes
    : (schedule.tileM / schedule.threadM) * (schedule.tileN / schedule.threadN);
}

/** Bytes of workgroup memory that a schedule needs, for elements of 4 bytes. */
export function workgroupBytes(schedule: MatmulSchedule): number {
  if (schedule.kind === "vector") return workgroupSize(schedule) * 4;
  return schedule.tileK * (leftPitch(schedule) + rightPitch(schedule)) * 16;
}

/**
 * Vectors of 4 in a row of the left tile. One more than needed where neighbouring threads write to
 * neighbouring rows, which would else fall on the same bank of memory.
 */
export function leftPitch(schedule: TileSchedule): number {
  return schedule.tileM / 4 + (schedule.leftRun === "k" ? 1 : 0);
}

/** Vectors of 4 in a row of the right tile; see {@linkcode leftPitch}. */
export function rightPitch(schedule: TileSchedule): number {
  return schedule.tileN / 4 + (schedule.rightRun === "k" ? 1 : 0);
}

/** Tiles from large to small: [tileM, tileN, tileK, threadM, threadN]. */
const TILES: readonly (readonly [number, number, number, number, number])[] = [
  [128, 128, 8, 8, 8],
  [64, 64, 16, 4, 4],
  [128, 16, 16, 8, 4],
  [16, 128, 16, 4, 8],
  [32, 32, 16, 4, 4],
  [64, 8, 16, 4, 4],
  [8, 64, 16, 4, 4],
  [16, 16, 16, 4, 4],
];

/** Workgroups that a device should have at least, so that none of its cores is idle. */
const BUSY_GROUPS = 64;
/** The same for a CPU that plays a GPU. */
const BUSY_GROUPS_SOFTWARE = 8;
/** Terms of a sum under which it is not cut. */
const MIN_SLICE = 256;
/** Partial results for each element at most. */
const MAX_SLICES = 32;

/** What a schedule is chosen for. */
export interface ScheduleTarget {
  /** The device's limits. */
  readonly limits: GpuLimits;
  /**
   * Whether the device is a CPU, which compiles long kernels slowly and has few cores.
   *
   * @default {false}
   */
  readonly software?: boolean;
}

/**
 * Picks a schedule: threads that share sums for vectors; else the tile with the least work, where
 * padding and idle cores count as work.
 *
 * @param shape The sizes.
 * @param target The device.
 * @throws {RangeError} If the device's limits are under the least that WebGPU allows.
 */
export function chooseSchedule(shape: MatmulShape, target: ScheduleTarget): MatmulSchedule {
  const { limits, software = false } = target;
  const busy = software ? BUSY_GROUPS_SOFTWARE : BUSY_GROUPS;
  if (shape.n === 1 || shape.m === 1) return chooseVector(shape, limits, busy);
  const { leftRun, rightRun, m, n, k, batch } = shape;
  let best: TileSchedule | null = null;
  let bestCost = Infinity;
  for (const [tileM, tileN, tileK, threadM, threadN] of TILES) {
    const groups = Math.ceil(m / tileM) * Math.ceil(n / tileN) * batch;
    const slices = chooseSlices(groups, k, busy);
    const unroll = software ? 1 : tileK;
    const sizes = { tileM, tileN, tileK, threadM, threadN, unroll };
    const long = k / slices > 2 * PART;
    const tile: TileSchedule = { kind: "tile", ...sizes, slices, long, leftRun, rightRun };
    if (!fits(tile, limits)) continue;
    // For each step of the sum a tile loads m + n elements and does m * n multiplications, of which
    // a block of registers feeds more for each read from workgroup memory.
    const perStep = tileM * tileN * (1 + 2 / threadM + 2 / threadN) + 4 * (tileM + tileN);
    const product = perStep * Math.max(groups * slices, busy) * (k / slices);
    // Partial results are written and read again.
    const cost = product + (slices > 1 ? 8 * slices * batch * m * n : 0);
    if (cost < bestCost) {
      best = tile;
      bestCost = cost;
    }
  }
  if (best === null) {
    throw new RangeError(
      "Cannot multiply matrices on this GPU: expected at least 16 threads and 2560 bytes of memory " +
        `in a workgroup, got ${limits.maxComputeInvocationsPerWorkgroup} and ` +
        `${limits.maxComputeWorkgroupStorageSize}`,
    );
  }
  return best;
}

/**
 * Workgroups of a dispatch of the product.
 *
 * @param schedule The schedule.
 * @param sizes The sizes; where one of batch, m and n is 0 the grid is empty.
 * @param limits The device's limits.
 * @throws {LimitError} If there are more than the device can dispatch.
 */
export function matmulGrid(
  schedule: MatmulSchedule,
  sizes: Omit<MatmulSizes, "k">,
  limits: GpuLimits,
): Grid {
  const groups = schedule.kind === "vector"
    ? Math.ceil((schedule.matrix === "left" ? sizes.m : sizes.n) / schedule.outputs)
    : Math.ceil(sizes.m / schedule.tileM) * Math.ceil(sizes.n / schedule.tileN);
  const total = sizes.m * sizes.n === 0 ? 0 : groups * sizes.batch * schedule.slices;
  return foldGrid(total, limits.maxComputeWorkgroupsPerDimension);
}

/** Threads of a workgroup of the kernel that adds partial results up. */
export const SUM_GROUP = 64;

/**
 * Workgroups of a dispatch of the kernel that adds partial results up.
 *
 * @param sizes The sizes.
 * @param limits The device's limits.
 * @throws {LimitError} If there are more than the device can dispatch.
 */
export function matmulSumGrid(sizes: Omit<MatmulSizes, "k">, limits: GpuLimits): Grid {
  const total = Math.ceil(sizes.batch * sizes.m * sizes.n / SUM_GROUP);
  return foldGrid(total, limits.maxComputeWorkgroupsPerDimension);
}

/** Elements (of the summed type) of the partial results; 0 if the schedule makes none. */
export function partialElements(
  schedule: MatmulSchedule,
  sizes: Omit<MatmulSizes, "k">,
): number {
  return schedule.slices > 1 ? schedule.slices * sizes.batch * sizes.m * sizes.n : 0;
}

/** Number of 32-bit words of {@linkcode matmulParams}. */
export const MATMUL_PARAM_WORDS = 20;

/**
 * The parameter block of a product and of the kernel that adds its partial results up: sizes, where
 * the operands and the result are, and the slices.
 *
 * @param schedule The schedule.
 * @param sizes The sizes.
 * @param strides Where the left, the right and the resulting matrices are.
 */
export function matmulParams(
  schedule: MatmulSchedule,
  sizes: MatmulSizes,
  strides: readonly [left: MatmulStrides, right: MatmulStrides, result: MatmulStrides],
): Uint32Array<ArrayBuffer> {
  const words = [sizes.m, sizes.n, sizes.k, sizes.batch];
  // Negative strides wrap, and so does the kernel's sum of products, back to the right index.
  for (const { offset, batch, row, column } of strides) words.push(offset, batch, row, column);
  const unit = schedule.kind === "tile" ? schedule.tileK : schedule.lanes * 4;
  const perSlice = Math.ceil(Math.ceil(sizes.k / schedule.slices) / unit) * unit;
  words.push(schedule.slices, perSlice, 0, 0);
  return Uint32Array.from(words);
}

function chooseVector(shape: MatmulShape, limits: GpuLimits, busy: number): VectorSchedule {
  const most = Math.min(256, limits.maxComputeInvocationsPerWorkgroup);
  const threads = 2 ** Math.floor(Math.log2(Math.min(most, limits.maxComputeWorkgroupSizeX)));
  const matrix = shape.n === 1 ? "left" : "right";
  const alongSum = (matrix === "left" ? shape.leftRun : shape.rightRun) === "k";
  const size = matrix === "left" ? shape.m : shape.n;
  // Along the sum, 64 threads read neighbours; along the result, 32 of them do.
  let lanes = alongSum ? Math.min(64, threads) : Math.max(1, threads / 32);
  // No more threads for a sum than it has terms.
  while (lanes > 1 && lanes > shape.k) lanes /= 2;
  let outputs = threads / lanes;
  while (outputs > 1 && outputs / 2 >= size) outputs /= 2;
  const groups = Math.ceil(size / outputs) * shape.batch;
  const slices = chooseSlices(groups, shape.k / 4, busy);
  const long = shape.k / slices / lanes / 4 > 2 * PART;
  return { kind: "vector", matrix, outputs, lanes, alongSum, slices, long };
}

/** Parts of a sum of `k` terms for a result of so many workgroups. */
function chooseSlices(groups: number, k: number, busy: number): number {
  if (groups === 0 || groups * 2 > busy) return 1;
  const wanted = Math.min(Math.floor(busy / groups), Math.floor(k / MIN_SLICE), MAX_SLICES);
  return Math.max(1, wanted);
}

function fits(tile: TileSchedule, limits: GpuLimits): boolean {
  const threads = workgroupSize(tile);
  return threads <= limits.maxComputeInvocationsPerWorkgroup &&
    threads <= limits.maxComputeWorkgroupSizeX &&
    workgroupBytes(tile) <= limits.maxComputeWorkgroupStorageSize;
}
