/**
 * NumPy's broadcasting of shapes: axes are matched from the last one on, and a length of 1 stretches.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import type { ShapeContext } from "../../graph/op.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { listText, shapeText } from "../../base/shown.ts";
import type { StaticShape } from "../../graph/type.ts";

/** The error for shapes that do not go together; `action` as in `Cannot apply "add"`. */
function mismatch(
  action: string,
  shapes: readonly (readonly (number | null)[])[],
  axis: number,
  a: number,
  b: number,
): ShapeError {
  return new ShapeError(
    `${action} to shapes ${
      listText(shapes.map(shapeText))
    }: expected equal lengths or 1 on axis ${axis}, got ${a} and ${b}`,
  );
}

/** The static shape of the result; null stays where the length is not known. */
export function broadcastStatic(action: string, shapes: readonly StaticShape[]): StaticShape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: (number | null)[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let length: number | null = 1, unknown = false;
    for (const shape of shapes) {
      const n: number | null | undefined = shape[axis - rank + shape.length];
      if (n === undefined || n === 1) continue;
      if (n === null) unknown = true;
      else if (length === 1) length = n;
      else if (length !== n) throw mismatch(action, shapes, axis, length, n);
    }
    result.push(unknown && length === 1 ? null : length);
  }
  return result;
}

/** The concrete shape of the result. Throws a ShapeError where lengths do not agree. */
export function broadcastShapes(action: string, shapes: readonly (readonly number[])[]): number[] {
  return broadcastStatic(action, shapes) as number[];
}

/** The same at plan time; comparisons of lengths that vary between calls become guards. */
export function broadcastSizes(
  context: ShapeContext,
  action: string,
  shapes: readonly (readonly Size[])[],
): Size[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: Size[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let length: Size = 1;
    for (const shape of shapes) {
      const n: Size | undefined = shape[axis - rank + shape.length];
      if (n === undefined || n === 1) continue;
      if (length === 1) length = n;
      else if (context.guards.equal(length, n)) length = typeof n === "number" ? n : length;
      else if (context.guards.equal(length, 1)) length = n;
      else if (!context.guards.equal(n, 1)) {
        const plain = shapes.map((s) => s.map(sizeValue));
        throw mismatch(action, plain, axis, sizeValue(length), sizeValue(n));
      }
    }
    result.push(length);
  }
  return result;
}

/** Strides, in elements, that read a contiguous array of `shape` as if it had shape `to`. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const strides = new Array<number>(to.length).fill(0);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1) strides[to.length - shape.length + d] = stride;
    stride *= shape[d]!;
  }
  return strides;
}

/**
 * Visits a shape in row-major order with the positions of several strided arrays.
 *
 * The array given to `visit` is reused between visits.
 */
export function forEachPosition(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (positions: readonly number[], index: number) => void,
): void {
  const total = shape.reduce((n, length) => n * length, 1);
  const counter = new Array<number>(shape.length).fill(0);
  const positions = new Array<number>(strides.length).fill(0);
  for (let index = 0; index < total; index++) {
    visit(positions, index);
    for (let d = shape.length - 1; d >= 0; d--) {
      counter[d]!++;
      for (let k = 0; k < strides.length; k++) positions[k]! += strides[k]![d]!;
      if (counter[d]! < shape[d]!) break;
      for (let k = 0; k < strides.length; k++) positions[k]! -= strides[k]![d]! * shape[d]!;
      counter[d] = 0;
    }
  }
}
