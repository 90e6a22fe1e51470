/**
 * Arguments and results of functions of rows: variables, in records and lists.
 *
 * @module
 */

import { Variable } from "../../core/graph/graph.ts";
import { shown } from "../../core/base/shown.ts";
import { ShapeError } from "../../core/base/errors.ts";
import { makeVariable, standsFor } from "../../core/graph/graph.ts";
import { TensorType } from "../../core/graph/type.ts";
import { shapeLabel, staticInt } from "../../core/ops/common/arguments.ts";
import type { TensorLike } from "../../core/ops/common/literal.ts";
import { shapeOf, withShape } from "../../core/ops/shape/shape_ops.ts";
import type { LeafKind } from "../../core/base/tree.ts";

/** An axis of rows for each value, or one for all values of a record or list; null: the same for all rows. */
export type RowAxes = number | null | readonly RowAxes[] | { readonly [name: string]: RowAxes };

function isRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Whether a list holds more than numbers, and so is no value itself. */
function holdsValues(value: unknown): boolean {
  return Array.isArray(value) &&
    value.some((item) =>
      Array.isArray(item)
        ? holdsValues(item)
        : typeof item === "object" && item !== null && !("re" in item)
    );
}

/** What can be an argument. */
export const values: LeafKind<TensorLike> = {
  is: (value): value is TensorLike => {
    if (value === null || value === undefined || typeof value === "function") return false;
    return !isRecord(value) && !holdsValues(value) || isHostValue(value);
  },
  words: "variables or values",
};

/** A tensor as a plain object, or a complex number. */
function isHostValue(value: unknown): boolean {
  return isRecord(value) && ("data" in (value as object) || "re" in (value as object));
}

/** What can be a result. */
export const variables: LeafKind<Variable> = {
  is: (value): value is Variable => value instanceof Variable,
  words: "variables",
};

/** The axis that is said for a value at a path of records and lists. */
export function axisAt(axes: RowAxes, path: readonly string[], action: string): number | null {
  let part: unknown = axes;
  for (const key of path) {
    if (part === null || typeof part === "number") break;
    if (typeof part !== "object" || !Object.hasOwn(part, key)) break;
    part = (part as Record<string, unknown>)[key];
  }
  if (part === null || Number.isInteger(part)) return part as number | null;
  const where = path.length === 0 ? "" : ` for "${path.join(".")}"`;
  throw new TypeError(`${action}: expected an axis or null${where}, got ${shown(part)}`);
}

/** An axis counted from the first one. */
export function axisOf(axis: number, ndim: number, what: string, action: string): number {
  const at = axis < 0 ? axis + ndim : axis;
  if (at >= 0 && at < ndim) return at;
  const have = ndim === 0 ? "it is a scalar" : `it has ${ndim} ax${ndim === 1 ? "is" : "es"}`;
  throw new RangeError(`${action}: there is no axis ${axis} of ${what}; ${have}`);
}

/** A placeholder for a row of a tensor whose first axis are the rows. */
export function placeholderOf(value: Variable): Variable {
  const place = makeVariable(TensorType.of(value.dtype, value.type.shape.slice(1)));
  standsFor(place, value, "a row of ");
  return place;
}

/** A tensor whose first axis are the rows. */
export interface Stack {
  readonly value: Variable;
  /** How messages call it. */
  readonly label: string;
}

/** The number of rows, and tensors that are checked to have so many. */
export function together(
  stacks: readonly Stack[],
  size: Variable | null,
  action: string,
): { count: Variable; values: Variable[] } {
  const lengths = stacks.map(({ value }) => shapeOf(value, 0));
  const all = size === null ? lengths : [size, ...lengths];
  const count = all.find((length) => staticInt(length) !== null) ?? all[0]!;
  const wanted = staticInt(count);
  const values = stacks.map(({ value }, i) => {
    const length = lengths[i]!, have = staticInt(length);
    if (length === count || have !== null && have === wanted) return value;
    if (have !== null && wanted !== null) {
      const texts = stacks.map((stack) => `${stack.label} of shape ${shapeLabel(stack.value)}`);
      throw new ShapeError(
        `${action}: expected one number of rows, got ${wanted} and ${have} (${texts.join(", ")})`,
      );
    }
    return withShape(value, [count, ...value.type.shape.slice(1).map(() => null)], { action });
  });
  return { count, values };
}

/** RowValues in records and lists, as arguments and results are. */
export type RowValues = Variable | readonly RowValues[] | { readonly [name: string]: RowValues };
