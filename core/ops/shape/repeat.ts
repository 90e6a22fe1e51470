/**
 * Repeating, rolling, flipping and padding.
 *
 * @module
 */

import { isDiscrete } from "../../graph/dtype.ts";
import { outputOf, Variable } from "../../graph/graph.ts";
import type { DTypeOf, Like } from "../../graph/type_arithmetic.ts";
import {
  advIncOp,
  type AdvIncParams,
  advIndexOp,
  type AdvIndexParams,
} from "../index/adv_index.ts";
import { zeros } from "../create/alloc.ts";
import {
  asIndexScalar,
  type AxesArguments,
  axesOf,
  type Dim,
  intConstant,
  normalizeAxes,
  normalizeAxis,
  shapeLabel,
  staticDim,
} from "../common/arguments.ts";
import { stretched } from "./broadcast_to_op.ts";
import { checkedLength, inRange } from "../common/checks.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import { join } from "./combine.ts";
import { between } from "./between.ts";
import { cumulative } from "../reduce/cumulative.ts";
import { expandDims, type PatternItem, swapaxes } from "./dimshuffle.ts";
import { shuffled } from "./dimshuffle_op.ts";
import { addDims, dimVariable, maxDims, modDims, mulDims, subDims } from "../common/lengths.ts";
import { asVariable, isTypedArray, type TensorLike } from "../common/literal.ts";
import { arange } from "../create/ranges.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import { ravel } from "./reshape.ts";
import { reshaped } from "./reshape_op.ts";
import type { AxisRank, ShapeLike } from "./shape.ts";
import { asDims, dimsOf, shapeOf, withShape } from "./shape_ops.ts";
import { padded } from "../nn/window.ts";
import { shown } from "../../base/shown.ts";
import { checkOptions } from "../../base/options.ts";

/**
 * x repeated as a whole, `reps[d]` times along axis d. With fewer numbers than axes the last axes are
 * repeated; with more, x gets axes in front.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tile(T.vector("v"), [3, 2]); // three rows of v twice
 * ```
 */
export function tile<A extends TensorLike>(
  x: A,
  reps: ShapeLike,
  ndim?: number,
): Variable<DTypeOf<A>> {
  const v = asVariable(x);
  const action = `Cannot tile ${shapeLabel(v)}`;
  const given: Dim[] = asDims(reps, action, ndim).map((n) => checkedLength(n, action));
  const rank = Math.max(v.ndim, given.length);
  const times = [...new Array<Dim>(rank - given.length).fill(1), ...given];
  const own = [...new Array<Dim>(rank - v.ndim).fill(1), ...dimsOf(v)];
  // Each axis gets one in front of it that is stretched; merging the two repeats it.
  const pattern = own.flatMap((_, d): PatternItem[] => {
    const axis = d - (rank - v.ndim);
    return ["x", axis < 0 ? "x" : axis];
  });
  const wide = own.flatMap((n, d) => [times[d]!, n]).map(dimVariable);
  const merged = own.map((n, d) => dimVariable(mulDims(times[d]!, checkedLength(n, action))));
  return typed(reshaped(stretched(shuffled(v, pattern), wide), merged));
}

/**
 * x with each element repeated along an axis (of the flattened x without one): all equally often, or
 * each its own number of times, given as a list or an integer vector.
 *
 * Throws a RangeError for negative numbers, and a ShapeError for another number of counts than elements.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.repeat(T.vector("v"), 2);
 * T.repeat(T.vector("v"), T.lvector("counts"));
 * ```
 */
export function repeat<A extends TensorLike, const X extends number | null = null>(
  x: A,
  counts: Dim | TensorLike,
  axis?: X,
): Variable<DTypeOf<A>, AxisRank<A, X>>;
export function repeat(
  x: TensorLike,
  counts: Dim | TensorLike,
  axis: number | null = null,
): Variable {
  const v = asVariable(x), action = `Cannot repeat ${shapeLabel(v)}`;
  const from = axis === null ? ravel(v) : v;
  const along = axis === null ? 0 : normalizeAxis(axis, v.ndim, action);
  const several = Array.isArray(counts) || isTypedArray(counts) ||
    counts instanceof Variable && counts.ndim > 0;
  if (several) return repeatEach(from, asVariable(counts, "int64"), along, action);
  const known = staticDim(counts as Dim);
  if (known !== null && known < 0) {
    throw new RangeError(`${action}: expected a count >= 0, got ${shown(known)}`);
  }
  const dims = dimsOf(from), times = checkedLength(counts as Dim, action);
  const wide = [...dims.slice(0, along + 1), times, ...dims.slice(along + 1)];
  const merged = dims.map((n, d) =>
    d === along ? dimVariable(mulDims(checkedLength(n, action), times)) : n
  );
  return reshaped(stretched(expandDims(from, along + 1), wide), merged);
}

function repeatEach(x: Variable, counts: Variable, axis: number, action: string): Variable {
  if (counts.ndim !== 1 || !isDiscrete(counts.dtype)) {
    throw new TypeError(`${action}: expected an integer vector of counts, got ${counts.type}`);
  }
  const each = inRange(
    withShape(castTo(counts, "int64"), [shapeOf(x, axis)], {
      action: `${action} by counts of another length`,
    }),
    null,
    action,
  );
  // Marks at the places where elements begin; how many there are up to a place says which element it is.
  const ends = cumulative("sum", each, 0);
  const total = outputOf<ReduceParams>(reduceOp, [each], {
    kind: "sum",
    axes: [0],
    dtype: "int64",
  });
  const starts = elementwise("sub", [ends, each]);
  const marks = outputOf<AdvIncParams>(
    advIncOp,
    [zeros([addDims(total, 1)], "int64"), intConstant(1), starts],
    { axes: [0], set: false },
  );
  const which = elementwise("sub", [cumulative("sum", marks, 0), intConstant(1)]);
  return outputOf<AdvIndexParams>(advIndexOp, [x, between(which, 0, null, total)], {
    axes: [axis],
  });
}

/**
 * x shifted around along axes: what leaves at the end comes in at the front. Without an axis the
 * flattened x is shifted and the shape restored.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.roll(T.matrix("m"), -1, 1);
 * ```
 */
export function roll<A extends TensorLike>(
  x: A,
  shift: Dim | readonly Dim[],
  axis: number | readonly number[] | null = null,
): Like<A> {
  const v = asVariable(x);
  if (axis === null) {
    if (Array.isArray(shift)) {
      throw new TypeError("Cannot roll a flattened tensor by several shifts");
    }
    return typed(reshaped(rolled(ravel(v), shift as Dim, 0), dimsOf(v)));
  }
  const axes = (Array.isArray(axis) ? axis as number[] : [axis as number])
    .map((d) => normalizeAxis(d, v.ndim, `Cannot roll ${shapeLabel(v)}`));
  const shifts = Array.isArray(shift) ? shift as Dim[] : axes.map(() => shift as Dim);
  if (shifts.length !== axes.length) {
    throw new TypeError(
      `Cannot roll ${
        shapeLabel(v)
      }: expected a shift for each of ${axes.length} axes, got ${shifts.length}`,
    );
  }
  return typed(axes.reduce((turned, d, i) => rolled(turned, shifts[i]!, d), v));
}

function rolled(x: Variable, shift: Dim, axis: number): Variable {
  const n = shapeOf(x, axis), cut = modDims(subDims(0, shift), n);
  if (staticDim(cut) === 0) return x;
  const turned = join(axis, between(x, axis, cut, null), between(x, axis, null, cut));
  if (staticDim(shift) !== null) return turned;
  // Parts of computed lengths have the length of the whole, though nothing in these says so.
  return withShape(turned, dimsOf(x).map((length, d) => d === axis ? length : null));
}

/**
 * x with the order of elements reversed along axes; along all without any.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.flip(T.matrix("m"), 0); // rows from the last to the first
 * ```
 */
export function flip<A extends TensorLike>(x: A, ...axes: AxesArguments): Like<A>;
export function flip(x: TensorLike, ...given: AxesArguments): Variable {
  const v = asVariable(x), listed = axesOf(given) ?? v.type.shape.map((_, d) => d);
  const axes = normalizeAxes(listed, v.ndim, `Cannot flip ${shapeLabel(v)}`);
  return axes.reduce((turned, d) => between(turned, d, null, null, -1), v);
}

/**
 * x turned by k times 90 degrees in the plane of two axes, from the first towards the second.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const m = T.matrix("m");
 * const f = await compile([m], T.rot90(m));
 * f([[1, 2], [3, 4]]).arraySync(); // [[2, 4], [1, 3]]
 * ```
 */
export function rot90<A extends TensorLike>(
  x: A,
  k?: number,
  axes?: readonly [number, number],
): Like<A>;
export function rot90(x: TensorLike, k = 1, axes: readonly [number, number] = [0, 1]): Variable {
  const v = asVariable(x), action = `Cannot turn ${shapeLabel(v)}`;
  if (!Number.isInteger(k)) {
    throw new RangeError(`${action}: expected how often as an integer, got ${shown(k)}`);
  }
  const [a, b] = normalizeAxes(axes, v.ndim, action) as [number, number];
  if (axes.length !== 2) throw new RangeError(`${action}: expected two axes, got ${shown(axes)}`);
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return v;
  if (turns === 2) return flip(v, a, b);
  return turns === 1 ? flip(swapaxes(v, a, b), a) : swapaxes(flip(v, a), a, b);
}

/** What {@linkcode pad} puts around a tensor: one value, its border, its mirror image, or its other end. */
export type PadMode = "constant" | "edge" | "reflect" | "wrap";

/** Options of {@linkcode pad}. */
export interface PadOptions {
  /** "constant" if missing. */
  readonly mode?: PadMode;
  /** The value for "constant"; 0 if missing. */
  readonly value?: TensorLike;
}

/** How far to pad: everywhere, in front of and behind every axis, or for each axis. */
export type PadWidths = Dim | readonly [Dim, Dim] | readonly (readonly [Dim, Dim])[];

function widthsOf(widths: PadWidths, ndim: number, action: string): (readonly [Dim, Dim])[] {
  const list: readonly unknown[] = Array.isArray(widths) ? widths : [widths, widths];
  if (list.length === 2 && list.every((part) => !Array.isArray(part))) {
    return Array.from({ length: ndim }, () => list as unknown as [Dim, Dim]);
  }
  const pairs = list as readonly (readonly [Dim, Dim])[];
  if (pairs.length === 1 && Array.isArray(pairs[0])) {
    return Array.from({ length: ndim }, () => pairs[0]!);
  }
  if (pairs.length !== ndim || pairs.some((pair) => !Array.isArray(pair) || pair.length !== 2)) {
    throw new TypeError(`${action}: expected a pair of widths for each of ${ndim} axes`);
  }
  return [...pairs];
}

/**
 * x with elements added around it, as NumPy's `pad`: of one value, or copies of the border ("edge"), of
 * what is inside of the border, mirrored ("reflect"), or of the other end ("wrap").
 *
 * Throws a RangeError for negative widths.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pad(T.matrix("m"), [[1, 1], [0, 2]], { mode: "edge" });
 * ```
 */
export function pad<A extends TensorLike>(
  x: A,
  widths: PadWidths,
  options: PadOptions = {},
): Like<A> {
  const v = asVariable(x), action = `Cannot pad ${shapeLabel(v)}`;
  checkOptions(action, options, { mode: "any", value: "any" });
  const pairs = widthsOf(widths, v.ndim, action);
  const known = pairs.flat().map((width) => {
    // Checks it, too.
    asIndexScalar(width, action, "a width");
    return staticDim(width);
  });
  if (known.some((n) => n !== null && n < 0)) {
    throw new RangeError(`${action}: expected widths >= 0, got [${known.join(", ")}]`);
  }
  const mode = options.mode ?? "constant";
  const axes = pairs.flatMap(([before, after], d) =>
    staticDim(before) === 0 && staticDim(after) === 0 ? [] : [d]
  );
  if (mode === "constant") {
    const value = castTo(asVariable(options.value ?? 0, v.dtype), v.dtype);
    return typed(
      padded(v, value, axes, axes.map((d) => pairs[d]![0]), axes.map((d) => pairs[d]![1])),
    );
  }
  if (!["edge", "reflect", "wrap"].includes(mode)) {
    throw new RangeError(
      `${action}: expected mode "constant", "edge", "reflect" or "wrap", got ${shown(mode)}`,
    );
  }
  return typed(axes.reduce((wide, axis) => {
    const [before, after] = pairs[axis]!.map((n) => checkedLength(n, action)) as [Dim, Dim];
    const n = shapeOf(wide, axis);
    const positions = elementwise("sub", [
      arange(addDims(addDims(n, before), after)),
      castTo(dimVariable(before), "int64"),
    ]);
    return outputOf<AdvIndexParams>(advIndexOp, [wide, inside(positions, n, mode)], {
      axes: [axis],
    });
  }, v));
}

/** Positions that may be outside of [0, n), brought inside. */
function inside(positions: Variable, n: Variable, mode: PadMode): Variable {
  const last = dimVariable(subDims(n, 1));
  if (mode === "edge") return elementwise("clip", [positions, intConstant(0), last]);
  if (mode === "wrap") return elementwise("mod", [positions, n]);
  // The mirror images repeat after both ways through the axis.
  const period = dimVariable(mulDims(last, 2));
  const at = elementwise("mod", [positions, dimVariable(maxDims(period, 1))]);
  return elementwise("minimum", [at, elementwise("sub", [period, at])]);
}
