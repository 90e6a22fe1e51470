/**
 * Arguments of a module: their shapes, and the values that are known of them.
 *
 * @module
 */

import { ShapeError } from "../core/base/errors.ts";
import { shown } from "../core/base/shown.ts";
import { isDiscrete } from "../core/graph/dtype.ts";
import type { Variable } from "../core/graph/graph.ts";
import type { LeafInfo } from "../core/plan/shapes.ts";

/** Shapes of inputs, in order or by name. */
export type ShapesOption =
  | readonly (readonly number[] | null)[]
  | Readonly<Record<string, readonly number[] | null>>;

/** An argument of a module. */
export interface Argument {
  readonly variable: Variable;
  readonly name: string;
  readonly shape: readonly number[];
}

/** The shape of an input, as it is given or as its type says. */
export function shapeOfInput(
  action: string,
  variable: Variable,
  name: string,
  i: number,
  shapes: ShapesOption | undefined,
): readonly number[] {
  const given = (isList(shapes) ? shapes[i] : shapes?.[name]) ?? null;
  const shape = given ?? variable.type.shape;
  const fits = Array.isArray(shape) && shape.length === variable.ndim &&
    shape.every((n: unknown, d) =>
      Number.isSafeInteger(n) && (n as number) >= 0 &&
      (variable.type.shape[d] === null || variable.type.shape[d] === n)
    );
  if (fits) return shape;
  const what = given === null ? "nothing" : shown(given);
  throw new ShapeError(
    `${action}: expected a shape of the input "${name}" of type ${variable.type} in "shapes", got ${what}`,
  );
}

function isList(shapes: ShapesOption | undefined): shapes is readonly (readonly number[] | null)[] {
  return Array.isArray(shapes);
}

/** Checks that an option is about inputs that there are. */
export function checkNames(
  action: string,
  given: object | undefined,
  names: readonly string[],
  option: string,
): void {
  if (given === undefined) return;
  if (Array.isArray(given)) {
    if (given.length <= names.length) return;
    throw new TypeError(
      `${action}: expected at most ${names.length} entries of "${option}", got ${given.length}`,
    );
  }
  for (const key of Object.keys(given)) {
    if (names.includes(key)) continue;
    throw new TypeError(
      `${action}: "${option}" names ${shown(key)}, which is none of its inputs: ${
        names.join(", ")
      }`,
    );
  }
}

/** What is known of an argument. */
export function leafOf(
  action: string,
  { variable, name, shape }: Argument,
  values: Readonly<Record<string, number>>,
): LeafInfo {
  const value: unknown = values[name];
  if (value === undefined) return { shape };
  if (variable.ndim === 0 && isDiscrete(variable.dtype) && Number.isSafeInteger(value)) {
    return { shape, integers: [value as number] };
  }
  throw new TypeError(
    `${action}: "values" fixes integers, and the input "${name}" is ${variable.type}, given ${
      shown(value)
    }`,
  );
}
