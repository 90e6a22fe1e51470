/**
 * Minibatches of data on the host, in an order that a seed and the number of the epoch determine.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { type DType, isComplex, type TypedArray } from "../core/graph/dtype.ts";
import { sizeOf } from "../core/graph/value.ts";
import { deriveKey, keyOfSeed, type Seed } from "../core/random/generator.ts";
import { hostWords, philox } from "../core/random/philox.ts";
import type { SharedValue } from "../core/runtime/shared.ts";
import { Tensor, tensor } from "../core/runtime/tensor.ts";

/** Data on the host: tensors, or arrays of numbers, whose first axes are as long as each other. */
export type DataSet = Readonly<Record<string, SharedValue>>;

/** Rows of each part of the data. */
export type Minibatch<D extends DataSet> = { readonly [K in keyof D]: Tensor };

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
export function partsOf(action: string, data: DataSet): { parts: Part[]; count: number } {
  if (typeof data !== "object" || data === null || Object.keys(data).length === 0) {
    throw new TypeError(`${action}: expected data by name, got ${shown(data)}`);
  }
  const parts = Object.entries(data).map(([name, value]) => {
    const { dtype, shape, ...rest } = held(value);
    if (shape.length === 0) throw new TypeError(`${action}: expected rows, got a scalar "${name}"`);
    const each = sizeOf(shape.slice(1)) * (isComplex(dtype) ? 2 : 1);
    return { name, dtype, shape, each, ...rest };
  });
  const count = parts[0]!.shape[0]!;
  const other = parts.find(({ shape }) => shape[0] !== count);
  if (other !== undefined) {
    throw new TypeError(
      `${action}: "${parts[0]!.name}" has ${count} rows, and "${other.name}" has ${other.shape[0]}`,
    );
  }
  return { parts, count };
}

function held(value: SharedValue): { dtype: DType; shape: readonly number[]; data: TypedArray } {
  const whole: Tensor = value instanceof Tensor ? value : tensor(value);
  return { dtype: whole.dtype, shape: whole.shape, data: whole.dataSync() };
}

/** The numbers below `count` in an order that a seed and an epoch determine. */
export function permutation(
  count: number,
  seed: Seed,
  epoch: number,
  action: string,
): Uint32Array {
  const key = deriveKey(keyOfSeed(seed, action), "split", epoch);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let words: readonly number[] = [];
  for (let i = count - 1; i > 0; i--) {
    const at = (count - 1 - i) % 4;
    if (at === 0) words = philox(hostWords, [i >>> 0, 0, 0, 3], key);
    // Of 2^32 words, which are more than enough for all rows to be as likely.
    const j = Math.floor((words[at]! / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

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
export function* minibatches<D extends DataSet>(
  data: D,
  options: MinibatchOptions,
): Generator<Minibatch<D>> {
  const action = "Cannot make minibatches";
  const { batch, seed = 0, epoch = 0, shuffle = true, partial = true } = checkOptions(
    action,
    options,
    { batch: "number", seed: "any", epoch: "number", shuffle: "boolean", partial: "boolean" },
  );
  if (!Number.isInteger(batch) || batch < 1) {
    throw new RangeError(`${action}: expected a batch from 1 on, got ${shown(batch)}`);
  }
  if (!Number.isInteger(epoch) || epoch < 0) {
    throw new RangeError(`${action}: expected an epoch from 0 on, got ${shown(epoch)}`);
  }
  const { parts, count } = partsOf(action, data);
  const order = shuffle ? permutation(count, seed, epoch, action) : null;
  for (let start = 0; start < count; start += batch) {
    const end = Math.min(start + batch, count);
    if (!partial && end - start < batch) return;
    yield Object.fromEntries(
      parts.map((part) => [part.name, rowsOf(part, order, start, end)]),
    ) as Minibatch<D>;
  }
}

/** Rows of a part in an order; `lead` are the axes in place of that of rows, if there are others. */
export function rowsOf(
  part: Part,
  order: Uint32Array | null,
  start: number,
  end: number,
  lead: readonly number[] = [end - start],
): Tensor {
  const { dtype, shape, data, each } = part;
  const rows = data.slice(start * each, end * each) as TypedArray;
  if (order !== null) {
    for (let i = start; i < end; i++) {
      const from = order[i]! * each;
      rows.set(data.subarray(from, from + each) as never, (i - start) * each);
    }
  }
  return new Tensor(dtype, [...lead, ...shape.slice(1)], rows);
}
