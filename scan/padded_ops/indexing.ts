/**
 * Elements and slices taken from rows of which only the first count.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { arrange, layoutOf } from "../../core/ops/index/adv_index.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { lengthOr } from "../../core/ops/common/checks.ts";
import {
  and,
  eq,
  gt,
  maximum,
  minimum,
  mul,
  sub,
  where,
} from "../../core/ops/elementwise/elementwise.ts";
import type { IndexItem } from "../../core/ops/index/index_spec.ts";
import { index, slice } from "../../core/ops/index/indexing.ts";
import { lengthsOf } from "../../core/ops/shape/known_lengths.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import {
  again,
  constantOf,
  counting,
  type Extent,
  extentOf,
  filled,
  lengthOfSpan,
  type Made,
  opened,
  type Padded,
  padded,
  placeIn,
  placesOf,
  runOf,
  together,
  wholes,
} from "../padded.ts";
import { positionIn } from "./reducing.ts";
import { actionOf, type Extents, int64, type PaddedStep, product } from "./step.ts";

/** Positions that are read or written, in range where they do not count. */
export function placesIn(
  x: Padded,
  axes: readonly number[],
  positions: readonly Padded[],
  step: PaddedStep,
  apply: Apply,
): { places: Variable[]; extents: Extents; mask: Variable | null } {
  const rank = Math.max(...positions.map(({ value }) => value.ndim));
  const { values, extents } = together(positions, rank, step.isSame, actionOf(apply));
  const mask = counting(extents);
  const places = values.map((value, i) => {
    const axis = axes[i]!, own = x.extents[axis] ?? null;
    const place = own === null ? value : placeIn(castTo(value, "int64"), own.count, own.length);
    return mask === null ? place : where(mask, place, castTo(asVariable(0), place.dtype));
  });
  return { places, extents, mask };
}

/** No positions at all where there are no rows in memory that those that do not count could read. */
function spared(
  x: Padded,
  axes: readonly number[],
  given: { places: Variable[]; extents: Extents },
  apply: Apply,
): { places: Variable[]; extents: Extents } {
  const axis = axes.find((d) => x.extents[d] !== null);
  if (axis === undefined || given.extents.every((extent) => extent === null)) return given;
  const { count } = x.extents[axis]!;
  const extents = given.extents.map((extent) => {
    if (extent === null || extent.count === count) return extent;
    const none = and(eq(count, 0), gt(extent.length, 0));
    const length = lengthOr(castTo(where(none, -1, extent.length), "int64"), {
      action: actionOf(apply),
      expected: "expected no positions in an axis of length 0",
    });
    return { count: minimum(extent.count, mul(extent.count, count)), length };
  });
  const places = given.places.map((place) => {
    const items = extents.slice(extents.length - place.ndim).map((extent, d) =>
      extent === null || lengthsOf(place)[d] === 1 ? slice() : slice(null, extent.count)
    );
    return index(place, items);
  });
  return { places, extents };
}

export function looked(apply: Apply, step: PaddedStep): Made | null {
  const { axes } = apply.params as unknown as { axes: readonly number[] };
  const [x, ...positions] = apply.inputs.map((input) => opened(step.of(input))) as [Padded];
  if ([x, ...positions].every(({ extents }) => extents.every((extent) => extent === null))) {
    return null;
  }
  const { places, extents } = spared(x, axes, placesIn(x, axes, positions, step, apply), apply);
  const layout = layoutOf(x.value.ndim, axes);
  const kept = layout.kept.map((d) => x.extents[d]!);
  return padded(again(apply, [x.value, ...places]), arrange(layout, extents, kept));
}

interface SliceEntry {
  readonly kind: string;
  readonly start?: boolean;
  readonly stop?: boolean;
  readonly step?: boolean;
}

interface Bounds {
  readonly at: Variable | null;
  readonly start: Variable | null;
  readonly stop: Variable | null;
  readonly step: Variable | null;
}

/** The bounds of each indexed axis. */
export function boundsOf(apply: Apply, scalars: readonly Variable[]): Bounds[] {
  let next = 0;
  const take = (has: boolean | undefined) => has ? scalars[next++]! : null;
  return (apply.params as unknown as { index: readonly SliceEntry[] }).index.map((entry) =>
    entry.kind === "int"
      ? { at: take(true), start: null, stop: null, step: null }
      : { at: null, start: take(entry.start), stop: take(entry.stop), step: take(entry.step) }
  );
}

export function subtensor(apply: Apply, step: PaddedStep): Made | null {
  const [input, ...scalars] = apply.inputs as [Variable, ...Variable[]];
  const bounds = boundsOf(apply, scalars);
  const part = opened(step.of(input));
  const varies = bounds.map(({ start, stop, step: by }) =>
    [start, stop, by].some((bound) => bound !== null && step.varies(bound))
  );
  if (part.extents.every((extent) => extent === null) && !varies.includes(true)) return null;
  const own = (v: Variable | null) => v === null ? null : int64(step, v);
  const { last } = part;
  const isLast = last !== null && bounds[0]?.at && constantOf(bounds[0].at) === -1;
  const isOpen = bounds.map((_, d) => varies[d] || part.extents[d] !== null);
  const others = bounds.map(({ at, start, stop, step: by }, d): IndexItem => {
    if (isOpen[d]) return slice();
    return at === null ? slice(own(start), own(stop), own(by)) : step.plain(at);
  });
  if (isLast) {
    const rest = opened(padded(last, part.extents.slice(1)));
    return indexed(rest, bounds.slice(1), others.slice(1), isOpen.slice(1), step);
  }
  return indexed(part, bounds, others, isOpen, step);
}

/** The axes that are open one by one, the last one first, then the others. */
function indexed(
  part: Padded,
  bounds: readonly Bounds[],
  others: readonly IndexItem[],
  isOpen: readonly boolean[],
  step: PaddedStep,
): Made | null {
  const own = (v: Variable | null) => v === null ? null : int64(step, v);
  let { value } = part;
  const extents: (Extent | null | "gone")[] = [...part.extents];
  for (let axis = bounds.length - 1; axis >= 0; axis--) {
    const { at, start, stop, step: by } = bounds[axis]!;
    if (at !== null) extents[axis] = "gone";
    if (!isOpen[axis]) continue;
    const whole = allRows(part, axis, step);
    if (at !== null) {
      const place = placeIn(own(at)!, whole.count, whole.length);
      value = index(value, [...wholes(axis), place]);
      continue;
    }
    const made = sliced(value, axis, whole, [own(start), own(stop), own(by)], step);
    if (made === null) return null;
    value = made.value;
    extents[axis] = made.extent;
  }
  const rest = others.filter((_, d) => !(isOpen[d] && bounds[d]!.at !== null));
  if (isOpen.includes(false)) value = index(value, rest);
  return padded(value, extents.filter((extent) => extent !== "gone"));
}

/** How many rows a tensor has; of a trace, all that there are in memory. */
function allRows(part: Padded, axis: number, step: PaddedStep): Extent {
  const executed = axis === 0 && part.extents[0] === null ? step.executed(part.value) : null;
  if (executed === null) return extentOf(part, axis);
  const count = castTo(part.value.owner!.inputs[0]!, "int64");
  return { count, length: count };
}

/** A slice of one axis. */
function sliced(
  value: Variable,
  axis: number,
  whole: Extent,
  [start, stop, by]: readonly [Variable | null, Variable | null, Variable | null],
  { isSame, executed }: PaddedStep,
): { value: Variable; extent: Extent } | null {
  const { count, length } = whole;
  const known = by === null ? 1 : constantOf(by);
  if (known === 0) return null;
  const take = (item: IndexItem) => index(value, [...wholes(axis), item]);
  const from = start === null ? 0 : constantOf(start), to = stop === null ? null : constantOf(stop);
  const isFirst = known === 1 && from === 0;
  if (isFirst && stop !== null && axis === 0 && stop === executed(value)) {
    return { value, extent: { count, length: stop } };
  }
  if (isFirst && (stop === null || isSame(stop, length))) return { value, extent: whole };
  const less = (k: number) => ({
    count: maximum(sub(count, k), 0),
    length: maximum(sub(length, k), 0),
  });
  if (known === 1 && stop === null && from !== null && from > 0) {
    return { value: take(slice(from)), extent: less(from) };
  }
  if (isFirst && to !== null && to < 0) return { value: take(slice(null, to)), extent: less(-to) };
  const run = runOf(length, start, stop, known === null ? notZero(by!) : by);
  if (isFirst) return { value, extent: { count, length: run.length } };
  const size = known === null ? null : Math.abs(known);
  const most = size === null || size === 1 ? count : lengthOfSpan(count, size);
  const rows = start === null && stop === null && size !== null
    ? size === 1 ? length : lengthOfSpan(length, size)
    : run.length;
  return { value: take(placesOf(run, most, count)), extent: { count: most, length: rows } };
}

/** A step of a slice, with an error if it is 0. */
export function notZero(by: Variable): Variable {
  const checked = lengthOr(castTo(where(eq(by, 0), -1, 1), "int64"), {
    action: "Cannot take a slice",
    expected: "expected a step other than 0",
  });
  return mul(by, checked);
}

/** Positions in a mask: as many as it has elements, of which as many count as it has marks. */
export function found(apply: Apply, step: PaddedStep): Made | null {
  const [input, marks] = apply.inputs as [Variable, Variable];
  const mask = opened(step.of(input));
  const count = product(mask.extents.map((_, d) => extentOf(mask, d).count));
  const all = again(apply, [filled(mask, false), count]);
  const places = positionIn(mask, mask.extents.map((_, d) => d), all);
  return padded(places, [{ count, length: int64(step, marks) }]);
}
