/**
 * Joining tensors, and taking them apart.
 *
 * @module
 */

import { promote } from "../../graph/dtype.ts";
import { outputOf, Variable } from "../../graph/graph.ts";
import type { ForAxes, JoinedDType, Like, Plus1, RankOf } from "../../graph/type_arithmetic.ts";
import { type Dim, normalizeAxis, shapeLabel } from "../common/arguments.ts";
import { castTo, typed } from "../common/build.ts";
import { checkedLength } from "../common/checks.ts";
import { expandDims } from "./dimshuffle.ts";
import { joinOp, type JoinParams } from "./join.ts";
import { addDims, floorDivDims } from "../common/lengths.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { makeVector, specifyShape } from "./shape.ts";
import { asDims, shapeOf } from "./shape_ops.ts";
import { checkOptions } from "../../base/options.ts";
import { listText, shown } from "../../base/shown.ts";
import { MAX_RANK } from "../../graph/type.ts";
import { between } from "./between.ts";

function inOneDType(values: readonly TensorLike[]): Variable[] {
  const all = asVariables(values);
  const dtype = all.map((v) => v.dtype).reduce(promote);
  return all.map((v) => castTo(v, dtype));
}

/**
 * Tensors of one rank, one behind the other along an axis; the dtype is the promoted one. A single
 * tensor is returned as it is.
 *
 * Throws a TypeError for scalars (see {@linkcode stack}) and for different ranks, and a ShapeError for
 * lengths of other axes that differ.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.join(1, T.matrix("a"), T.matrix("b"));
 * ```
 */
export function join<const L extends readonly TensorLike[]>(
  axis: number,
  ...tensors: L
): Variable<JoinedDType<L>, RankOf<L[0]>> {
  if (typeof axis !== "number") {
    throw new TypeError("Cannot join tensors: expected the axis as a number before the tensors");
  }
  if (tensors.length === 0) {
    throw new TypeError("Cannot join tensors: expected at least one, got none");
  }
  const all = inOneDType(tensors);
  const scalar = all.find((v) => v.ndim === 0);
  if (scalar !== undefined) {
    throw new TypeError(
      `Cannot join ${scalar.label}: expected at least one axis, got a scalar; stack makes a vector of scalars`,
    );
  }
  const along = normalizeAxis(axis, all[0]!.ndim, "Cannot join tensors");
  return typed(all.length === 1 ? all[0]! : outputOf<JoinParams>(joinOp, all, { axis: along }));
}

/**
 * The tensors of a list, one behind the other along an axis: `join` with the list first.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.concatenate([T.vector("a"), T.vector("b")]);
 * ```
 */
export function concatenate<const L extends readonly TensorLike[]>(
  tensors: L,
  axis = 0,
): Variable<JoinedDType<L>, RankOf<L[0]>> {
  expectList(tensors, "join tensors");
  return typed(join(axis, ...tensors));
}

function expectList(tensors: unknown, what: string): void {
  if (Array.isArray(tensors)) return;
  const got = tensors instanceof Variable ? tensors.label : typeof tensors;
  throw new TypeError(`Cannot ${what}: expected a list of tensors, got ${got}`);
}

/**
 * The tensors of a list, all of one shape, along a new axis. Scalars give a vector.
 *
 * Throws a TypeError for different ranks and a ShapeError for different shapes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.stack([T.vector("a"), T.vector("b")], 1); // two columns
 * ```
 */
export function stack<const L extends readonly TensorLike[]>(
  tensors: L,
  axis = 0,
): Variable<JoinedDType<L>, Plus1<RankOf<L[0]>>> {
  expectList(tensors, "stack tensors");
  if (tensors.length === 0) {
    throw new TypeError("Cannot stack tensors: expected at least one, got none");
  }
  const all = inOneDType(tensors);
  const ndim = all[0]!.ndim;
  if (all.some((v) => v.ndim !== ndim)) {
    throw new TypeError(
      `Cannot stack tensors: expected one rank, got ${
        listText([...new Set(all.map((v) => String(v.type)))])
      }`,
    );
  }
  const at = normalizeAxis(axis, ndim + 1, "Cannot stack tensors");
  if (ndim === 0) return typed(makeVector(all));
  const parts = all.map((v) => expandDims(v, at));
  return typed(parts.length === 1 ? parts[0]! : outputOf<JoinParams>(joinOp, parts, { axis: at }));
}

/**
 * A tensor from nested lists of tensors of one shape: a list of lists of scalars gives a matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const a = T.scalar("a");
 * T.stacklists([[a, 0], [0, a]]);
 * ```
 */
export function stacklists(lists: NestedTensors): Variable {
  return stackLevel(lists, 0);
}

function stackLevel(lists: NestedTensors, depth: number): Variable {
  if (!Array.isArray(lists)) return asVariable(lists as TensorLike);
  if (depth === MAX_RANK) {
    throw new TypeError(`Cannot stack tensors: the lists are nested more than ${MAX_RANK} deep`);
  }
  return stack(lists.map((part: NestedTensors) => stackLevel(part, depth + 1)));
}

/** Tensors in nested lists. */
export type NestedTensors = TensorLike | readonly NestedTensors[];

/** As many parts as there are lengths, or as a number says. */
export type SplitParts<V, S, P extends number> = S extends readonly unknown[]
  ? { -readonly [K in keyof S]: V }
  : [...ForAxes<V>[S extends number ? S : P]];

/** Options of {@linkcode split}. */
export interface SplitOptions<P extends number = number> {
  /** The number of parts, where the lengths are a vector that doesn't say how many it has. */
  readonly parts?: P;
}

/**
 * x cut along an axis: into parts of the given lengths (numbers, scalars, or an integer vector with the
 * number of parts), or into a number of equal parts.
 *
 * The lengths must add up to that of the axis, which is checked when the function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [head, tail] = T.split(T.vector("x"), [1, 9]);
 * const [left, right] = T.split(T.matrix("m"), 2, 1);
 * ```
 */
export function split<
  A extends TensorLike,
  const S extends number | readonly Dim[] | Variable,
  const P extends number = number,
>(x: A, sizes: S, axis = 0, options?: SplitOptions<P>): SplitParts<Like<A>, S, P> {
  const v = asVariable(x), action = `Cannot split ${shapeLabel(v)}`;
  const { parts } = checkOptions(action, options, { parts: "number" });
  const along = normalizeAxis(axis, v.ndim, action);
  let lengths: readonly Dim[];
  if (typeof sizes === "number") {
    if (!Number.isInteger(sizes) || sizes < 1 || sizes > 10_000) {
      throw new RangeError(
        `${action}: expected a number of parts from 1 to 10000, got ${shown(sizes)}`,
      );
    }
    lengths = new Array<Dim>(sizes).fill(floorDivDims(shapeOf(v, along), sizes));
  } else {
    lengths = asDims(sizes as readonly Dim[], action, parts).map((n) => checkedLength(n, action));
  }
  const total = lengths.reduce<Dim>(addDims, 0);
  const whole = specifyShape(v, v.type.shape.map((_, d) => d === along ? total : null));
  let start: Dim = 0;
  return typed(lengths.map((length) => {
    const stop = addDims(start, length);
    const part = between(whole, along, start, stop);
    start = stop;
    return part;
  }));
}
