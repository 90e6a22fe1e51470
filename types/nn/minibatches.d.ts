// Made of nn/minibatches.ts by `deno task types`.
/**
 * Minibatches of data on the host, in an order that a seed and the number of the epoch determine.
 *
 * @module
 */
import { type DType, type TypedArray } from "../core/graph/dtype.d.ts";
import { type Seed } from "../core/random/generator.d.ts";
import type { SharedValue } from "../core/runtime/shared.d.ts";
import { Tensor } from "../core/runtime/tensor.d.ts";
/** Data on the host: tensors, or arrays of numbers, whose first axes are as long as each other. */
export type DataSet = Readonly<Record<string, SharedValue>>;
/** Rows of each part of the data. */
export type Minibatch<D extends DataSet> = {
    readonly [K in keyof D]: Tensor;
};
/** Options of {@linkcode minibatches}. */
export interface MinibatchOptions {
    /** Rows in a minibatch. */
    readonly batch: number;
    /** The seed of the order; 0 if missing. */
    readonly seed?: Seed;
    /** The number of the epoch, each of which has its own order; 0 if missing. */
    readonly epoch?: number;
    /** Whether rows come in a random order; true if missing. */
    readonly shuffle?: boolean;
    /** Whether the last rows come, too, where they are fewer than a minibatch; true if missing. */
    readonly partial?: boolean;
}
/** A part of the data, row by row. */
export interface Part {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
    readonly data: TypedArray;
    /** Elements of the array in a row. */
    readonly each: number;
}
/** The parts of data, and how many rows each of them has. */
export declare function partsOf(action: string, data: DataSet): {
    parts: Part[];
    count: number;
};
/** The numbers below `count` in an order that a seed and an epoch determine. */
export declare function permutation(count: number, seed: Seed, epoch: number, action: string): Uint32Array;
/**
 * The minibatches of one epoch. Seed and epoch determine the order of rows, so that a run that goes on where
 * another one stopped sees what that would have seen.
 *
 * @param data Tensors or arrays by name, with rows along their first axes.
 * @param options Rows in a minibatch, seed and epoch.
 * @returns The minibatches, one after the other: tensors by the same names.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const data = { x: [[1, 2], [3, 4], [5, 6]], y: new Int32Array([0, 1, 0]) };
 * for (let epoch = 0; epoch < 2; epoch++) {
 *   for (const { x, y } of nn.minibatches(data, { batch: 2, seed: 1, epoch })) {
 *     console.assert(x.shape[0] === y.shape[0]);
 *   }
 * }
 * ```
 */
export declare function minibatches<D extends DataSet>(data: D, options: MinibatchOptions): Generator<Minibatch<D>>;
/** Rows of a part in an order; `lead` are the axes in place of that of rows, if there are others. */
export declare function rowsOf(part: Part, order: Uint32Array | null, start: number, end: number, lead?: readonly number[]): Tensor;
