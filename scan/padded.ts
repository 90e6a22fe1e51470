/**
 * Tensors of which only the first rows along some axes count.
 *
 * @module
 */

import { dtypeInfo } from "../core/graph/dtype.ts";
import { type Apply, applyOp, Constant, type Variable } from "../core/graph/graph.ts";
import { castTo } from "../core/ops/common/build.ts";
import { lengthOr } from "../core/ops/common/checks.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import {
  add,
  and,
  eq,
  ge,
  intDiv,
  lt,
  maximum,
  minimum,
  mul,
  sub,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import type { IndexItem } from "../core/ops/index/index_spec.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { isNotNegative, lengthVariable } from "../core/ops/common/length_rules.ts";
import { asVariable } from "../core/ops/common/literal.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { padded as paddedBy } from "../core/ops/nn/window.ts";

/** An axis of which the first rows count. */
export interface Extent {
  /** How many rows there are, those that do not count among them (int64 scalar). */
  readonly count: Variable;
  /** How many rows count (int64 scalar). */
  readonly length: Variable;
}

/** A tensor, of which the first rows along some axes count. */
export interface Padded {
  readonly value: Variable;
  /** One for each axis; null where all rows count. */
  readonly extents: readonly (Extent | null)[];
  /** The last row that counts along the first axis, where it is known. */
  readonly last: Variable | null;
  /** Why there is no number of rows, if there is none. */
  readonly unbounded: string | null;
}

/** What an op makes in a step: a tensor as it is, or one with rows that do not count. */
export type Made = Variable | Padded;

/** Whether two lengths are the same variable, or stand for the same one. */
export type IsSame = (a: Variable, b: Variable) => boolean;

export function isPadded(made: Made): made is Padded {
  return "extents" in made;
}

/** A tensor with what counts of it, or all of it if everything does. */
export function padded(value: Variable, extents: readonly (Extent | null)[]): Made {
  return extents.every((extent) => extent === null)
    ? value
    : { value, extents, last: null, unbounded: null };
}

/** A made tensor, with an extent or null for each axis. */
export function opened(made: Made): Padded {
  return isPadded(made)
    ? made
    : { value: made, extents: made.type.shape.map(() => null), last: null, unbounded: null };
}

/** How many rows there are along an axis, and how many count. */
export function extentOf({ value, extents }: Padded, axis: number): Extent {
  const known = extents[axis] ?? null;
  if (known !== null) return known;
  const length = lengthVariable(lengthsOf(value)[axis]!);
  return { count: length, length };
}

/** The value of a scalar constant, or null. */
export function constantOf(variable: Variable): number | null {
  return variable instanceof Constant && variable.ndim === 0
    ? Number(variable.value.data[0])
    : null;
}

/** Whole axes in front of an index. */
export function wholes(axis: number): IndexItem[] {
  return Array.from({ length: axis }, () => slice());
}

/** A length that is not negative. */
export function lengthFrom(count: Variable): Variable {
  return isNotNegative(count) ? count : maximum(count, 0);
}

/** A vector along one axis of `ndim`. */
export function along(vector: Variable, axis: number, ndim: number): Variable {
  return dimshuffle(
    vector,
    ...Array.from({ length: ndim }, (_, d) => d === axis ? 0 : "x" as const),
  );
}

/** Which elements count, in a shape that goes with the tensor; null if all do. */
export function counting(extents: readonly (Extent | null)[]): Variable | null {
  return extents.reduce<Variable | null>((mask, extent, axis) => {
    if (extent === null) return mask;
    const own = along(lt(arange(extent.count), extent.length), axis, extents.length);
    return mask === null ? own : and(mask, own);
  }, null);
}

/** A value in place of what does not count along some axes (all, if missing). */
export function filled(
  { value, extents }: Padded,
  by: number | bigint | boolean,
  axes: readonly number[] | null = null,
): Variable {
  const mask = counting(
    extents.map((extent, d) => axes === null || axes.includes(d) ? extent : null),
  );
  return mask === null ? value : where(mask, value, castTo(asVariable(by), value.dtype));
}

/** The least value of a dtype. */
export function leastOf(dtype: Variable["dtype"]): number | bigint | boolean | null {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "float") return -Infinity;
  if (kind === "bool") return false;
  if (kind === "uint") return 0;
  return kind === "int" ? -(2n ** BigInt(8 * bytes - 1)) : null;
}

/** The largest value of a dtype. */
export function mostOf(dtype: Variable["dtype"]): number | bigint | boolean | null {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "float") return Infinity;
  if (kind === "bool") return true;
  if (kind === "uint") return 2n ** BigInt(8 * bytes) - 1n;
  return kind === "int" ? 2n ** BigInt(8 * bytes - 1) - 1n : null;
}

/** The lengths of axes that must go together, and what the error says if they do not. */
interface Agreement {
  readonly action: string;
  /** Whether a length of 1 stretches. */
  readonly stretches: boolean;
}

function agreedLength(a: Variable, b: Variable, { action, stretches }: Agreement): Variable {
  const same = where(eq(a, b), a, -1);
  const joint = stretches ? where(eq(a, 1), b, where(eq(b, 1), a, same)) : same;
  return lengthOr(castTo(joint, "int64"), {
    action,
    expected: stretches ? "expected equal lengths or 1" : "expected equal lengths",
  });
}

/** As many rows as the longest has, and none if one has none. */
function jointCount(counts: readonly Variable[]): Variable {
  const most = counts.reduce((a, b) => maximum(a, b));
  return minimum(most, counts.reduce((a, b) => mul(a, b)));
}

/** The extent that axes have together; null where none of them is padded, or there is none but lengths of 1. */
export function jointExtent(
  axes: readonly (readonly [Padded, number])[],
  isSame: IsSame,
  agreement: Agreement,
): Extent | null {
  if (axes.every(([part, axis]) => part.extents[axis] === null)) return null;
  const all: Extent[] = [];
  for (const [part, axis] of axes) {
    const isOne = part.extents[axis] === null && lengthsOf(part.value)[axis] === 1;
    if (isOne && agreement.stretches) continue;
    const own = extentOf(part, axis);
    if (all.every((other) => !isAlike(own, other, isSame))) all.push(own);
  }
  if (all.length === 1) return all[0]!;
  const length = all.map((extent) => extent.length).reduce((a, b) =>
    isSame(a, b) ? a : agreedLength(a, b, agreement)
  );
  return { count: jointCount(all.map(({ count }) => count)), length };
}

export function isAlike(a: Extent, b: Extent, isSame: IsSame): boolean {
  return isSame(a.length, b.length) && isSame(a.count, b.count);
}

/** Rows of an axis of `count`, at the places that are nearest to those asked for; zeros if there are none. */
export function rowsNear(
  value: Variable,
  axis: number,
  places: Variable,
  count: Variable,
): Variable {
  const zero = castTo(asVariable(0), value.dtype);
  const some = paddedBy(value, zero, [axis], [0], [sub(1, minimum(count, 1))]);
  const near = maximum(minimum(places, sub(count, 1)), 0);
  return index(some, [...wholes(axis), castTo(near, "int64")]);
}

/** The tensor with as many rows along an axis as an extent has. A length of 1 stretches, if asked for. */
export function fitted(
  part: Padded,
  axis: number,
  extent: Extent | null,
  isSame: IsSame,
  stretches: boolean,
): Variable {
  const { value } = part, own = extentOf(part, axis);
  if (extent === null || isAlike(own, extent, isSame)) return value;
  if (stretches && part.extents[axis] === null && lengthsOf(value)[axis] === 1) return value;
  const near = maximum(minimum(arange(extent.count), sub(own.count, 1)), 0);
  const places = stretches ? where(eq(own.length, 1), 0, near) : near;
  return index(value, [...wholes(axis), castTo(places, "int64")]);
}

/** Tensors that broadcast to a common shape: each with rows as they have together, and what counts of these. */
export function together(
  parts: readonly Padded[],
  ndim: number,
  isSame: IsSame,
  action: string,
): { values: Variable[]; extents: (Extent | null)[] } {
  const extents = Array.from({ length: ndim }, (_, d) => {
    const axes = parts.flatMap((part) => {
      const axis = d - ndim + part.value.ndim;
      return axis < 0 ? [] : [[part, axis] as const];
    });
    return jointExtent(axes, isSame, { action, stretches: true });
  });
  return { extents, values: parts.map((part) => stretchedTo(part, extents, isSame)) };
}

/** A tensor with rows as extents say, its axes the last ones of these. */
export function stretchedTo(
  part: Padded,
  extents: readonly (Extent | null)[],
  isSame: IsSame,
): Variable {
  let { value } = part;
  for (let axis = 0; axis < value.ndim; axis++) {
    const extent = extents[axis - value.ndim + extents.length] ?? null;
    value = fitted({ ...part, value }, axis, extent, isSame, true);
  }
  return value;
}

/** A length that is what it should be, or a ShapeError when the function is called. */
export function sameLength(a: Variable, b: Variable, isSame: IsSame, action: string): Variable {
  return isSame(a, b) ? a : agreedLength(a, b, { action, stretches: false });
}

/** A place counted from the end if it is negative; one that does not count is out of range. */
export function placeIn(at: Variable, count: Variable, length: Variable): Variable {
  const place = where(lt(at, 0), add(at, length), at);
  return where(and(ge(place, 0), lt(place, length)), place, count);
}

/** How many places there are in a span, one at each step. */
export function lengthOfSpan(span: Variable, by: number | Variable): Variable {
  if (typeof by === "number" && by === 1) return maximum(span, 0);
  return maximum(intDiv(sub(add(span, by), 1), by), 0);
}

/** Bounds of a slice: from where on, how many, and how far apart. */
interface Run {
  readonly from: Variable;
  readonly length: Variable;
  readonly by: number | Variable;
}

/** A slice of an axis of a length. */
export function runOf(
  length: Variable,
  start: Variable | null,
  stop: Variable | null,
  step: Variable | null,
): Run {
  const known = step === null ? 1 : constantOf(step);
  const forward = known !== null ? known > 0 : null;
  const either = (a: Variable, b: Variable): Variable =>
    forward === null ? where(castTo(lt(0, step!), "bool"), a, b) : forward ? a : b;
  const none = asVariable(-1, "int64"), zero = asVariable(0, "int64");
  const low = either(zero, none), high = either(length, sub(length, 1));
  const clip = (i: Variable) => {
    const at = constantOf(i);
    const place = at === null ? where(lt(i, 0), add(i, length), i) : at < 0 ? add(i, length) : i;
    return minimum(maximum(place, low), high);
  };
  const from = start === null ? either(zero, sub(length, 1)) : clip(start);
  const to = stop === null ? either(length, none) : clip(stop);
  const size = known === null ? maximum(step!, mul(step!, -1)) : Math.abs(known);
  const span = either(sub(to, from), sub(from, to));
  return { from, length: lengthOfSpan(span, size), by: known ?? step! };
}

/** The rows of a run, at the positions where they are. */
export function placesOf({ from, by }: Run, most: Variable, count: Variable): Variable {
  const places = add(mul(arange(most), by), from);
  return castTo(maximum(minimum(places, sub(count, 1)), 0), "int64");
}

/** An op applied again. */
export function again(apply: Apply, inputs: readonly Variable[]): Variable {
  return applyOp(apply.op, inputs, apply.params).output;
}

/** The tensor with as many rows along an axis as it should have, checked when the function is called. */
export function exactly(
  part: Padded,
  axis: number,
  wanted: Variable,
  isSame: IsSame,
  action: string,
): Variable {
  const { count, length } = extentOf(part, axis);
  const checked = sameLength(length, wanted, isSame, action);
  const places = add(minimum(arange(wanted), sub(count, 1)), sub(checked, wanted));
  return index(part.value, [...wholes(axis), castTo(places, "int64")]);
}
