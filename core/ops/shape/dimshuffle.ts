/**
 * Permuting axes, adding axes of length 1 and dropping them.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import type { Variable } from "../../graph/graph.ts";
import { shown } from "../../base/shown.ts";
import { MAX_RANK } from "../../graph/type.ts";
import type { DTypeOf, Less1, Like, Plus1, RankOf } from "../../graph/type_arithmetic.ts";
import {
  type AxesArguments,
  axesOf,
  listed,
  normalizeAxes,
  normalizeAxis,
  shapeLabel,
} from "../common/arguments.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { expectList } from "../../base/options.ts";
import { dropError, droppedAxes, shuffled } from "./dimshuffle_op.ts";

/** One axis of a dimshuffle: an axis of the input, or `"x"` for a new one of length 1. */
export type PatternItem = number | "x";

/**
 * x with its axes in another order: each item of the pattern is an axis of x, or `"x"` for a new axis of
 * length 1. Axes of length 1 may be left out when their length is known from the type.
 *
 * Throws a RangeError for an axis that x does not have or that comes twice, and a ShapeError for an axis
 * left out whose length is not known to be 1 (see {@linkcode squeeze} for one that is found out when the
 * function is called).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const bias = T.vector("bias");
 * T.dimshuffle(bias, 0, "x"); // a column
 * T.dimshuffle(T.matrix("m"), 1, 0); // the transpose
 * ```
 */
export function dimshuffle<A extends TensorLike, const P extends readonly PatternItem[]>(
  x: A,
  ...pattern: P
): Variable<DTypeOf<A>, P["length"]>;
/** The same, with the pattern in a list. */
export function dimshuffle<A extends TensorLike, const P extends readonly PatternItem[]>(
  x: A,
  pattern: P,
): Variable<DTypeOf<A>, P["length"]>;
export function dimshuffle(
  x: TensorLike,
  ...pattern: readonly (PatternItem | readonly PatternItem[])[]
): Variable {
  const v = asVariable(x);
  const given = Array.from(
    listed(pattern),
    (item) =>
      item === "x" ? item : normalizeAxis(item, v.ndim, `Cannot dimshuffle ${shapeLabel(v)}`),
  );
  for (const axis of droppedAxes(given, v.ndim)) {
    if (v.type.shape[axis] === null) {
      throw dropError(
        shapeLabel(v),
        given,
        axis,
        "a length that is not known (declare it with specifyShape, or use squeeze with the axis)",
      );
    }
  }
  return shuffled(v, given);
}

/**
 * x with its axes reversed, or in the order of `axes`.
 *
 * Throws a RangeError unless `axes` names every axis once.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.transpose(T.tensor3("t"), [2, 0, 1]);
 * ```
 */
export function transpose<A extends TensorLike>(x: A, ...axes: AxesArguments): Like<A>;
export function transpose(x: TensorLike, ...given: AxesArguments): Variable {
  const v = asVariable(x), axes = axesOf(given);
  if (axes === null) {
    return shuffled(v, Array.from({ length: v.ndim }, (_, d) => v.ndim - 1 - d));
  }
  const action = `Cannot transpose ${shapeLabel(v)}`;
  const order = normalizeAxes(axes, v.ndim, action);
  if (order.length !== v.ndim) {
    throw new RangeError(`${action}: expected ${v.ndim} axes, got ${order.length}`);
  }
  return shuffled(v, order);
}

/**
 * x with two axes exchanged.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.swapaxes(T.tensor3("t"), 0, 2);
 * ```
 */
export function swapaxes<A extends TensorLike>(x: A, a: number, b: number): Like<A> {
  const v = asVariable(x), action = `Cannot swap axes of ${shapeLabel(v)}`;
  const i = normalizeAxis(a, v.ndim, action), j = normalizeAxis(b, v.ndim, action);
  const order = Array.from({ length: v.ndim }, (_, d) => d === i ? j : d === j ? i : d);
  return typed(shuffled(v, order));
}

/**
 * x with some axes moved to other positions; the others keep their order.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.moveaxis(T.tensor4("images"), 1, -1); // channels last
 * ```
 */
export function moveaxis<A extends TensorLike>(
  x: A,
  source: number | readonly number[],
  destination: number | readonly number[],
): Like<A> {
  const v = asVariable(x), action = `Cannot move axes of ${shapeLabel(v)}`;
  const list = (axes: number | readonly number[]) => typeof axes === "number" ? [axes] : axes;
  const from = normalizeAxes(list(source), v.ndim, action);
  const to = normalizeAxes(list(destination), v.ndim, action);
  if (from.length !== to.length) {
    throw new RangeError(
      `${action}: expected as many destinations as sources, got ${to.length} and ${from.length}`,
    );
  }
  const order: (number | null)[] = new Array(v.ndim).fill(null);
  to.forEach((position, i) => order[position] = from[i]!);
  const rest = Array.from({ length: v.ndim }, (_, d) => d).filter((d) => !from.includes(d));
  return typed(shuffled(v, order.map((axis) => axis ?? rest.shift()!)));
}

/**
 * x without axes of length 1: without `axis` all those whose length is known from the type, else exactly
 * the given ones, whose length is checked when the function is called.
 *
 * Throws a ShapeError for an axis of another length.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.squeeze(T.col("c")); // a vector
 * T.squeeze(T.matrix("m"), 0); // the rows of m must be one
 * ```
 */
export function squeeze<A extends TensorLike, const X extends AxesArguments>(
  x: A,
  ...axes: X
): Variable<DTypeOf<A>, X extends readonly [number] ? Less1<RankOf<A>> : number> {
  const v = asVariable(x), wanted = axesOf(axes);
  const drop = wanted === null
    ? v.type.shape.flatMap((n, d) => n === 1 ? [d] : [])
    : normalizeAxes(wanted, v.ndim, `Cannot squeeze ${shapeLabel(v)}`);
  const pattern = Array.from({ length: v.ndim }, (_, d) => d).filter((d) => !drop.includes(d));
  return typed(shuffled(v, pattern));
}

/**
 * x with new axes of length 1 at the given positions of the result.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.expandDims(T.matrix("image"), [0, 1]); // one image of one channel
 * ```
 */
export function expandDims<A extends TensorLike, const X extends AxesArguments>(
  x: A,
  ...axes: X
): Variable<DTypeOf<A>, X extends readonly [number] ? Plus1<RankOf<A>> : number> {
  const v = asVariable(x), action = `Cannot add axes to ${shapeLabel(v)}`;
  const list = expectList(action, axesOf(axes)!, "an axis or a list of axes");
  const ndim = v.ndim + list.length;
  const fresh = normalizeAxes(list, ndim, action);
  let next = 0;
  return typed(
    shuffled(v, Array.from({ length: ndim }, (_, d) => fresh.includes(d) ? "x" : next++)),
  );
}

/**
 * x with `count` axes of length 1 added in front.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.shapePadLeft(T.vector("v"), 2); // shape (1, 1, n)
 * ```
 */
export function shapePadLeft<A extends TensorLike>(x: A, count = 1): Variable<DTypeOf<A>> {
  const v = asVariable(x);
  return typed(shuffled(v, [...newAxes(count), ...Array.from({ length: v.ndim }, (_, d) => d)]));
}

/**
 * x with `count` axes of length 1 added at the end.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.shapePadRight(T.vector("v")); // a column
 * ```
 */
export function shapePadRight<A extends TensorLike>(x: A, count = 1): Variable<DTypeOf<A>> {
  const v = asVariable(x);
  return typed(shuffled(v, [...Array.from({ length: v.ndim }, (_, d) => d), ...newAxes(count)]));
}

function newAxes(count: number): "x"[] {
  if (!Number.isInteger(count) || count < 0 || count > MAX_RANK) {
    throw new RangeError(
      `Cannot add axes: expected how many as an integer from 0 to ${MAX_RANK}, got ${shown(count)}`,
    );
  }
  return new Array<"x">(count).fill("x");
}

/**
 * x with one axis of length 1 added at position `axis` of the result.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.shapePadAxis(T.matrix("m"), 1); // shape (rows, 1, columns)
 * ```
 */
export function shapePadAxis<A extends TensorLike>(
  x: A,
  axis: number,
): Variable<DTypeOf<A>, Plus1<RankOf<A>>> {
  return typed(expandDims(x, axis));
}
