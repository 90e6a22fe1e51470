/**
 * Arguments that say where and how much: lengths, axes, positions.
 *
 * @module
 */

import { type DType, isDiscrete } from "../../graph/dtype.ts";
import { Constant, makeConstant, Variable } from "../../graph/graph.ts";
import { shapeText, shown } from "../../base/shown.ts";

/** A length or a position: a number, or a 0-d integer variable. */
export type Dim = number | bigint | Variable;

/** An int64 scalar constant. */
export function intConstant(value: number | bigint): Variable {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(
      `Cannot make a length or position: expected an integer up to 2^53, got ${shown(value)}`,
    );
  }
  return makeConstant({ dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(value)) });
}

/**
 * A length or position as a 0-d integer variable.
 *
 * @param what How a message calls it, as in `the length of axis 0`.
 */
export function asIndexScalar(dim: Dim, action: string, what: string): Variable {
  if (dim instanceof Variable) {
    if (dim.ndim !== 0 || !isDiscrete(dim.dtype)) {
      throw new TypeError(
        `${action}: expected ${what} to be an integer or a 0-d integer variable, got ${dim.label} of type ${dim.type}`,
      );
    }
    return elementOf(dim) ?? dim;
  }
  if (typeof dim !== "bigint" && !Number.isSafeInteger(dim)) {
    throw new TypeError(
      `${action}: expected ${what} to be an integer or a 0-d integer variable, got ${shown(dim)}`,
    );
  }
  return intConstant(dim);
}

/** The scalar that an element of a vector of scalars is, as in `x.shape[0]`; null for anything else. */
function elementOf(variable: Variable): Variable | null {
  const owner = variable.owner, vector = owner?.inputs[0]?.owner;
  if (owner?.op.name !== "subtensor" || vector?.op.name !== "makeVector") return null;
  const at = owner.inputs[1];
  if (variable.ndim !== 0 || !(at instanceof Constant)) return null;
  const i = Number(at.value.data[0]);
  return vector.inputs.at(i) ?? null;
}

/** The value of a 0-d integer variable when the graph says it; null otherwise. */
export function staticInt(variable: Variable): number | null {
  if (variable instanceof Constant && variable.ndim === 0 && isDiscrete(variable.dtype)) {
    return Number(variable.value.data[0]);
  }
  const element = elementOf(variable);
  if (element !== null) return staticInt(element);
  const owner = variable.owner;
  if (owner !== null && owner.op.name === "shapeI") {
    const { axis } = owner.params as { axis: number };
    return owner.inputs[0]!.type.shape[axis] ?? null;
  }
  return null;
}

/** The value of a dim when it is known; null otherwise. */
export function staticDim(dim: Dim): number | null {
  if (dim instanceof Variable) return staticInt(dim);
  return typeof dim === "bigint" ? Number(dim) : typeof dim === "number" ? dim : NaN;
}

/** An axis counted from the front. Throws a RangeError for one that is not there. */
export function normalizeAxis(axis: number, ndim: number, action: string): number {
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim) {
    const range = ndim === 0 ? "no axis of a scalar" : `an integer from ${-ndim} to ${ndim - 1}`;
    throw new RangeError(`${action}: expected the axis to be ${range}, got ${shown(axis)}`);
  }
  return axis < 0 ? axis + ndim : axis;
}

/** Different axes counted from the front, in the order given. */
export function normalizeAxes(axes: readonly number[], ndim: number, action: string): number[] {
  if (!Array.isArray(axes)) {
    throw new TypeError(`${action}: expected an axis or a list of axes, got ${shown(axes)}`);
  }
  const all = Array.from(axes, (axis) => normalizeAxis(axis, ndim, action));
  if (new Set(all).size !== all.length) {
    throw new RangeError(`${action}: expected different axes, got ${shown(axes)}`);
  }
  return all;
}

/** Axes one by one, or in a list; nothing or null stands for all, or for those that the op takes then. */
export type AxesArguments =
  | readonly number[]
  | readonly [axes?: number | readonly number[] | null];

/** The axes in a list of arguments, not checked yet; null for none. */
export function axesOf(rest: readonly unknown[]): readonly number[] | null {
  let count = rest.length;
  while (count > 0 && rest[count - 1] === undefined) count--;
  if (count === 0 || count === 1 && rest[0] === null) return null;
  return listed(rest.slice(0, count)) as readonly number[];
}

/**
 * A list given as one argument or as several: `f(0, 1)` is `f([0, 1])`.
 *
 * @param rest The arguments of a method that takes a list.
 */
export function listed<T>(rest: readonly (T | readonly T[])[]): readonly T[] {
  return rest.length === 1 && Array.isArray(rest[0]) ? rest[0] : rest as readonly T[];
}

/** A variable with its shape, for messages: `"x" of shape (3, ?)`. */
export function shapeLabel(variable: Variable): string {
  return `${variable.label} of shape ${shapeText(variable.type.shape)}`;
}

/** Throws a TypeError unless there are as many inputs as the op takes. */
export function expectInputs(
  name: string,
  inputs: readonly Variable[],
  from: number,
  to: number = from,
): void {
  if (inputs.length >= from && inputs.length <= to) return;
  const wanted = from === to
    ? `${from}`
    : to === Infinity
    ? `at least ${from}`
    : `${from} to ${to}`;
  throw new TypeError(`Cannot apply "${name}": expected ${wanted} inputs, got ${inputs.length}`);
}

/** Throws a TypeError unless the inputs from `start` on are 0-d integers. */
export function expectIndexScalars(name: string, inputs: readonly Variable[], start: number): void {
  for (const input of inputs.slice(start)) {
    if (input.ndim !== 0 || !isDiscrete(input.dtype)) {
      throw new TypeError(
        `Cannot apply "${name}": expected 0-d integers for lengths and positions, got ${input.label} of type ${input.type}`,
      );
    }
  }
}

/** Throws a TypeError unless all the inputs have one dtype, which is returned. */
export function expectSameDType(name: string, inputs: readonly Variable[]): DType {
  const dtypes = [...new Set(inputs.map((input) => input.dtype))];
  if (dtypes.length !== 1) {
    throw new TypeError(`Cannot apply "${name}": expected one dtype, got ${dtypes.join(" and ")}`);
  }
  return dtypes[0]!;
}
