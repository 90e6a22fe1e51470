/**
 * The type of a variable: element type, rank, and what is known of the shape.
 *
 * @module
 */

import { type DType, dtypeInfo } from "./dtype.ts";
import { LimitError } from "../base/errors.ts";
import { lengthsText, shown } from "../base/shown.ts";

/** Lengths of the axes; null where a length is known only when the function is called. */
export type StaticShape = readonly (number | null)[];

/** Tensors have at most this many axes. */
export const MAX_RANK = 64;

const interned = new Map<string, TensorType>();

/** The type of a tensor. Equal types are the same object, so `===` compares them. */
export class TensorType<D extends DType = DType, N extends number = number> {
  /** Type of the elements. */
  readonly dtype: D;
  /** Lengths of the axes, null where unknown. */
  readonly shape: StaticShape;

  private constructor(dtype: D, shape: StaticShape) {
    this.dtype = dtype;
    this.shape = shape;
  }

  /**
   * The type with this dtype and static shape.
   *
   * Throws a TypeError for an unknown dtype and a RangeError for a negative or fractional length.
   */
  static of<D extends DType, N extends number = number>(
    dtype: D,
    shape: StaticShape,
  ): TensorType<D, N> {
    dtypeInfo(dtype);
    if (!Array.isArray(shape) || shape.length > MAX_RANK) {
      throw new RangeError(
        `Cannot make a tensor type: expected a list of at most ${MAX_RANK} lengths, got ${
          shown(shape)
        }`,
      );
    }
    let key = `${dtype}[`;
    for (const n of shape) {
      if (Number.isInteger(n) && n! > Number.MAX_SAFE_INTEGER) {
        throw new LimitError("Cannot make a tensor type", {
          limit: "exact integers",
          requested: n!,
          maximum: Number.MAX_SAFE_INTEGER,
        });
      }
      // Only numbers: the text of ["2"] or [[2]] is that of [2].
      if (n !== null && (typeof n !== "number" || !Number.isSafeInteger(n) || n < 0)) {
        throw new RangeError(
          `Cannot make a tensor type: an axis length must be an integer >= 0, got ${shown(n)}`,
        );
      }
      key += `${n ?? "?"},`;
    }
    let type = interned.get(key);
    if (type === undefined) {
      type = new TensorType(dtype, Object.freeze([...shape]));
      Object.freeze(type);
      interned.set(key, type);
    }
    return type as TensorType<D, N>;
  }

  /** Number of axes. */
  get ndim(): N {
    return this.shape.length as N;
  }

  /** Whether values of `other` are values of this type for all that is known. */
  accepts(other: TensorType): boolean {
    expectType(other);
    return this.dtype === other.dtype && this.ndim === other.ndim &&
      this.shape.every((n, d) => n === null || n === other.shape[d]);
  }

  /** Whether some value could have both types: same dtype and rank, no contradicting length. */
  compatible(other: TensorType): boolean {
    expectType(other);
    return this.dtype === other.dtype && this.ndim === other.ndim &&
      this.shape.every((n, d) => n === null || other.shape[d] === null || n === other.shape[d]);
  }

  /** As `TensorType(float64, matrix)`, in Theano's words. */
  toString(): string {
    const known = this.shape.some((n) => n !== null);
    const names = ["scalar", "vector", "matrix"];
    let rank: string = names[this.ndim] ?? `${this.ndim}D`;
    if (this.ndim === 2 && this.shape[0] === 1 && this.shape[1] === null) rank = "row";
    else if (this.ndim === 2 && this.shape[1] === 1 && this.shape[0] === null) rank = "col";
    else if (known) rank = `(${lengthsText(this.shape)})`;
    return `TensorType(${this.dtype}, ${rank})`;
  }
}

function expectType(other: unknown): void {
  if (other instanceof TensorType) return;
  throw new TypeError(`Cannot compare types: expected a TensorType, got ${shown(other)}`);
}
