/**
 * What ops on matrices, in the last two axes of tensors, have in common.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { shapeText } from "../../base/shown.ts";
import { type DType, realOf } from "../../graph/dtype.ts";
import { type Apply, asWritten, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { Params, ShapeContext } from "../../graph/op.ts";
import type { Value } from "../../graph/value.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { expectInputs, shapeLabel } from "../common/arguments.ts";

/** The lesser of two lengths, as far as types say. */
export function least(m: number | null, n: number | null): number | null {
  if (m === null || n === null) return m === 0 || n === 0 ? 0 : null;
  return Math.min(m, n);
}

/** How far 1 is from the next number. */
export function epsilonOf(dtype: DType): number {
  return realOf(dtype) === "float64" ? 2 ** -52 : 2 ** -23;
}

/** The first input, which holds matrices of floats or complex numbers. */
export function expectMatrices(
  name: string,
  inputs: readonly Variable[],
  count = 1,
): readonly Variable[] {
  expectInputs(name, inputs, count);
  for (const x of inputs) {
    if (x.ndim < 2) {
      throw new TypeError(
        `Cannot apply "${name}": expected matrices, in the last two axes, got ${x.label} of type ${x.type}`,
      );
    }
    if (!["float32", "float64"].includes(realOf(x.dtype))) {
      throw new TypeError(
        `Cannot apply "${name}": expected float32, float64 or complex numbers, got ${x.label} of type ${x.type}`,
      );
    }
  }
  return inputs;
}

function notSquare(name: string, label: string): ShapeError {
  return new ShapeError(`Cannot apply "${name}" to ${label}: expected square matrices`);
}

/** Throws a ShapeError for lengths in a type that make no square. */
export function expectSquare(name: string, x: Variable): void {
  const [rows, columns] = x.type.shape.slice(-2) as [number | null, number | null];
  if (rows !== null && columns !== null && rows !== columns) throw notSquare(name, shapeLabel(x));
}

/** The lengths of an input at plan time, and an error unless its matrices are square. */
export function squareShape(context: ShapeContext, apply: Apply<Params>, input = 0): Size[] {
  const x = apply.inputs[input]!, shape = [...context.shape(x)];
  if (!context.guards.equal(shape.at(-1)!, shape.at(-2)!)) {
    const written = asWritten(x);
    const text = shapeText(context.shape(written).map(sizeValue));
    throw notSquare(apply.op.name, `${writtenLabel(x)} of shape ${text}`);
  }
  shape[shape.length - 1] = shape.at(-2)!;
  return shape;
}

/** The axes that count matrices go along with those of all inputs. */
export function alongBatch({ inputs, output }: Apply<Params>, axis: number): (number | null)[] {
  return axis < output.ndim - 2 ? inputs.map(() => axis) : [];
}

/** Throws a ShapeError for values that are no square matrices, or no right sides of them. */
export function expectSquareValues(name: string, a: Value, b?: Value): void {
  const [rows, columns] = a.shape.slice(-2);
  if (rows !== columns) throw notSquare(name, `a value of shape ${shapeText(a.shape)}`);
  if (b === undefined || a.shape.slice(0, -1).join() === b.shape.slice(0, -1).join()) return;
  throw new ShapeError(
    `Cannot apply "${name}" to values of shapes ${shapeText(a.shape)} and ${
      shapeText(b.shape)
    }: expected as many rows of both`,
  );
}

/** What the error says of a matrix that has no factor. */
export const NOT_POSITIVE =
  "Cannot factorise: expected a positive definite matrix; give check: false for NaN in the place of an error";

/** Real parts that differ by less, in parts of the largest element, count as equal in the order of values. */
export const sameReal = (dtype: DType): number => 1.1 * (dtype === "float64" ? 2 ** -40 : 2 ** -12);
