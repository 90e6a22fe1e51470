/**
 * Picking elements by position, by mask and by number.
 *
 * @module
 */

import { isDiscrete } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { DTypeOf, Like, RankOf, TakenRank } from "../../graph/type_arithmetic.ts";
import { advIndexOp, type AdvIndexParams } from "./adv_index.ts";
import { type Dim, normalizeAxis, shapeLabel } from "../common/arguments.ts";
import { stretched } from "../shape/broadcast_to_op.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import { checkedLength, inRange } from "../common/checks.ts";
import { stack } from "../shape/combine.ts";
import type { PatternItem } from "../shape/dimshuffle.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { isPositionDType } from "../common/elements.ts";
import { broadcastDims, dimVariable, maxDims, productDims, subDims } from "../common/lengths.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { arange } from "../create/ranges.ts";
import { ravel } from "../shape/reshape.ts";
import { dimsOf, shapeOf } from "../shape/shape_ops.ts";
import { expectList } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { maskPositions } from "./nonzero.ts";

/** What `take` does with positions out of range: an error, the nearest one, or counting around. */
export type TakeMode = "raise" | "clip" | "wrap";

/** Whether elements are not zero. */
function truth(x: Variable): Variable {
  return castTo(x, "bool");
}

/**
 * The positions of the elements of x that are not zero, one int64 vector for each axis.
 *
 * Throws a TypeError for a scalar.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [rows, columns] = T.nonzero(T.matrix("m"));
 * ```
 */
export function nonzero(x: TensorLike): Variable<"int64", 1>[] {
  const v = asVariable(x);
  if (v.ndim === 0) {
    throw new TypeError(
      `Cannot find the nonzero elements of ${v.label}: expected axes, got a scalar`,
    );
  }
  const flat = maskPositions(truth(v));
  return typed(unravelled(flat, dimsOf(v)));
}

/**
 * The row-major positions of the elements of x that are not zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.flatnonzero(T.matrix("m"));
 * ```
 */
export function flatnonzero(x: TensorLike): Variable<"int64", 1> {
  return typed(maskPositions(truth(asVariable(x))));
}

/**
 * The elements of x that are not zero, as a vector.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.nonzeroValues(T.matrix("m"));
 * ```
 */
export function nonzeroValues<A extends TensorLike>(x: A): Variable<DTypeOf<A>, 1> {
  const v = asVariable(x);
  return typed(pick(ravel(v), flatnonzero(v), 0));
}

/**
 * The index on each axis of row-major positions in a shape.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [row, column] = T.unravelIndex(T.lvector("flat"), [3, 4]);
 * ```
 */
export function unravelIndex(flat: TensorLike, dims: readonly Dim[]): Variable[] {
  expectList("Cannot find indices", dims, "a list of lengths");
  const action = `Cannot unravel positions in a shape of ${dims.length} axes`;
  const positions = castTo(asVariable(flat, "int64"), "int64");
  const lengths = dims.map((dim) => checkedLength(dim, action));
  return unravelled(inRange(positions, productDims(lengths), action), lengths);
}

/** The same for positions that are in range. */
function unravelled(flat: Variable, dims: readonly Dim[]): Variable[] {
  let rest = flat;
  const found: Variable[] = [];
  dims.forEach((_, d) => {
    const below = dimVariable(productDims(dims.slice(d + 1)));
    if (d === dims.length - 1) return void found.push(rest);
    found.push(elementwise("intDiv", [rest, below]));
    rest = elementwise("mod", [rest, below]);
  });
  return found;
}

/**
 * The row-major positions of indices, one tensor for each axis, in a shape.
 *
 * Throws a TypeError unless there is a tensor for each axis.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.ravelMultiIndex([T.lvector("rows"), T.lvector("columns")], [3, 4]);
 * ```
 */
export function ravelMultiIndex(indices: readonly TensorLike[], dims: readonly Dim[]): Variable {
  expectList("Cannot find positions", indices, "a list of indices");
  expectList("Cannot find positions", dims, "a list of lengths");
  if (indices.length !== dims.length || indices.length === 0) {
    throw new TypeError(
      `Cannot find positions: expected an index for each of ${dims.length} axes, got ${indices.length}`,
    );
  }
  const lengths = dims.map((dim) => checkedLength(dim, "Cannot find positions"));
  return indices.map((index, d) => {
    const positions = castTo(asVariable(index, "int64"), "int64");
    return inRange(positions, lengths[d]!, `Cannot find positions: an index of axis ${d}`);
  }).reduce((
    flat,
    index,
    d,
  ) => elementwise("add", [elementwise("mul", [flat, dimVariable(lengths[d]!)]), index]));
}

/** x with axis `axis` indexed by a tensor of positions. */
function pick(x: Variable, positions: Variable, axis: number): Variable {
  return outputOf<AdvIndexParams>(advIndexOp, [x, positions], { axes: [axis] });
}

function asPositions(index: TensorLike, action: string): Variable {
  const positions = asVariable(index, "int64");
  if (isPositionDType(positions.dtype)) return positions;
  throw new TypeError(
    `${action}: expected positions of an integer dtype, got ${positions.label} of type ${positions.type}`,
  );
}

/**
 * The elements of x at positions along an axis (of the flattened x without one): the axes of `index` take
 * the place of that axis. Out of range is an error, or with `mode` the nearest position ("clip") or
 * counted around ("wrap").
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.take(T.matrix("m"), [0, 2], 1); // two columns
 * ```
 */
export function take<
  A extends TensorLike,
  const I extends TensorLike,
  const X extends number | null = null,
>(
  x: A,
  index: I,
  axis?: X,
  mode?: TakeMode,
): Variable<DTypeOf<A>, TakenRank<RankOf<A>, RankOf<I>, X>>;
export function take(
  x: TensorLike,
  index: TensorLike,
  axis: number | null = null,
  mode: TakeMode = "raise",
): Variable {
  const v = asVariable(x), action = `Cannot take elements of ${shapeLabel(v)}`;
  const from = axis === null ? ravel(v) : v;
  const along = axis === null ? 0 : normalizeAxis(axis, v.ndim, action);
  let positions = asPositions(index, action);
  if (mode === "clip" || mode === "wrap") {
    const n = shapeOf(from, along), wide = castTo(positions, "int64");
    positions = mode === "wrap"
      ? elementwise("mod", [wide, n])
      : elementwise("clip", [wide, dimVariable(0), dimVariable(maxDims(subDims(n, 1), 0))]);
  } else if (mode !== "raise") {
    throw new RangeError(`${action}: expected mode "raise", "clip" or "wrap", got ${shown(mode)}`);
  }
  return pick(from, positions, along);
}

/**
 * NumPy's `take_along_axis`: at each place the element of x at the position that `index` holds there,
 * along one axis. The other axes of both broadcast.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const m = T.matrix("m");
 * T.takeAlongAxis(m, T.argsort(m, 1), 1); // m with sorted rows
 * ```
 */
export function takeAlongAxis<A extends TensorLike>(
  x: A,
  index: TensorLike,
  axis: number,
): Like<A> {
  const v = asVariable(x), action = `Cannot take elements of ${shapeLabel(v)} along an axis`;
  const positions = asPositions(index, action);
  if (positions.ndim !== v.ndim) {
    throw new TypeError(`${action}: expected positions of ${v.ndim} axes, got ${positions.type}`);
  }
  const along = normalizeAxis(axis, v.ndim, action);
  const indices = Array.from({ length: v.ndim }, (_, d) => {
    if (d === along) return positions;
    const pattern = Array.from({ length: v.ndim }, (_, e): PatternItem => e === d ? 0 : "x");
    return shuffled(arange(shapeOf(v, d)), pattern);
  });
  const axes = Array.from({ length: v.ndim }, (_, d) => d);
  return typed(outputOf<AdvIndexParams>(advIndexOp, [v, ...indices], { axes }));
}

/**
 * NumPy's `choose`: at each place the element of the choice whose number `index` holds there; index and
 * choices broadcast together. A tensor as choices is a list along its axis 0.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.choose(T.ivector("which"), [T.vector("a"), T.vector("b")]);
 * ```
 */
export function choose(
  index: TensorLike,
  choices: readonly TensorLike[] | Variable,
  mode: TakeMode = "raise",
): Variable {
  const which = asVariable(index, "int64");
  if (!isDiscrete(which.dtype)) {
    throw new TypeError(`Cannot choose: expected integers to choose by, got ${which.type}`);
  }
  const list = Array.isArray(choices) ? asVariables(choices) : null;
  const all = list === null ? asVariable(choices as Variable) : stack(sameShape(list));
  if (all.ndim === 0) {
    throw new TypeError("Cannot choose: expected a list of choices, got a scalar");
  }
  // Both are brought to the same rank, with the choices along a first axis.
  const rank = Math.max(which.ndim, all.ndim - 1);
  const skip = rank - (all.ndim - 1);
  const options = shuffled(all, [
    0,
    ...new Array<PatternItem>(skip).fill("x"),
    ...Array.from({ length: all.ndim - 1 }, (_, d) => d + 1),
  ]);
  const n = shapeOf(options, 0);
  let at = castTo(which, "int64");
  if (mode === "wrap") at = elementwise("mod", [at, n]);
  else if (mode === "clip") {
    at = elementwise("clip", [at, dimVariable(0), dimVariable(subDims(n, 1))]);
  } else at = inRange(at, n, "Cannot choose");
  const padded = shuffled(at, [
    ...new Array<PatternItem>(rank + 1 - which.ndim).fill("x"),
    ...Array.from({ length: which.ndim }, (_, d) => d),
  ]);
  const wide = broadcastExcept(options, padded);
  const chosen = takeAlongAxis(wide, padded, 0);
  return shuffled(chosen, Array.from({ length: rank }, (_, d) => d + 1));
}

/** Options stretched to the places of `at` on all axes but the first. */
function broadcastExcept(options: Variable, at: Variable): Variable {
  const [own, other] = [dimsOf(options), dimsOf(at)];
  const dims = own.map((n, d) => d === 0 ? n : dimVariable(broadcastDims(n, other[d]!)));
  return stretched(options, dims);
}

/** The variables, all broadcast to their common shape. */
function sameShape(list: readonly Variable[]): Variable[] {
  const rank = Math.max(0, ...list.map((v) => v.ndim));
  const dims = Array.from({ length: rank }, (_, d) =>
    list.reduce<Dim>((n, v) => {
      const axis = d - (rank - v.ndim);
      return axis < 0 ? n : broadcastDims(n, shapeOf(v, axis));
    }, 1)).map(dimVariable);
  return list.map((v) => stretched(v, dims));
}
