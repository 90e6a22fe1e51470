/**
 * Elements and slices written into rows of which only the first count.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { arrange, layoutOf } from "../../core/ops/index/adv_index.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { inRange } from "../../core/ops/common/checks.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import {
  add,
  and,
  eq,
  ge,
  gt,
  intDiv,
  lt,
  mod,
  sub,
  where,
} from "../../core/ops/elementwise/elementwise.ts";
import { index, slice } from "../../core/ops/index/indexing.ts";
import { lengthsOf } from "../../core/ops/shape/known_lengths.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { arange } from "../../core/ops/create/ranges.ts";
import { padded as paddedBy } from "../../core/ops/nn/window.ts";
import {
  again,
  along,
  constantOf,
  extentOf,
  fitted,
  jointExtent,
  type Made,
  opened,
  type Padded,
  padded,
  placeIn,
  rowsNear,
  runOf,
  sameLength,
  stretchedTo,
  together,
  wholes,
} from "../padded.ts";
import { boundsOf, notZero, placesIn } from "./indexing.ts";
import { actionOf, int64, type PaddedStep } from "./step.ts";

/** A part replaced or increased: what does not count goes into one row more, which is dropped again. */
export function scattered(apply: Apply, step: PaddedStep): Made | null {
  const { axes } = apply.params as unknown as { axes: readonly number[] };
  const [x, y, ...positions] = apply.inputs.map((input) => opened(step.of(input))) as [
    Padded,
    Padded,
    ...Padded[],
  ];
  if ([x, y, ...positions].every(({ extents }) => extents.every((extent) => extent === null))) {
    return null;
  }
  const { isSame } = step, action = actionOf(apply), layout = layoutOf(x.value.ndim, axes);
  const rank = Math.max(...positions.map(({ value }) => value.ndim));
  const own = together(positions, rank, isSame, action);
  // What y says of the shape of the part goes for the positions, too.
  const kept = layout.kept.map((d) => x.extents[d]!);
  const wanted = arrange(layout, own.extents, kept);
  const source = stretchedTo(y, wanted, isSame);
  const { places, mask } = placesIn(x, axes, positions, step, apply);
  if (mask === null) return padded(again(apply, [x.value, source, ...places]), x.extents);
  const axis = axes[0]!, { count } = extentOf(x, axis);
  const zero = castTo(asVariable(0), x.value.dtype);
  const more = paddedBy(x.value, zero, [axis], [0], [1]);
  const [one, ...others] = places as [Variable, ...Variable[]];
  const at = castTo(one, "int64");
  const place = x.extents[axis] === null ? placeIn(at, add(count, 1), count) : at;
  const aside = where(mask, place, count);
  const changed = again(apply, [more, source, aside, ...others]);
  return padded(index(changed, [...wholes(axis), slice(null, count)]), x.extents);
}

/** A part replaced or increased, element by element of the whole. */
export function incSubtensor(apply: Apply, step: PaddedStep): Made | null {
  const [input, given, ...scalars] = apply.inputs as [Variable, Variable, ...Variable[]];
  const x = opened(step.of(input)), y = opened(step.of(given)), { isSame } = step;
  const bounds = boundsOf(apply, scalars), ndim = x.value.ndim, action = actionOf(apply);
  const varies = bounds.some(({ start, stop, step: by }) =>
    [start, stop, by].some((bound) => bound !== null && step.varies(bound))
  );
  const isWhole = [...x.extents, ...y.extents].every((extent) => extent === null);
  if (isWhole && !varies) return null;
  const own = (v: Variable | null) => v === null ? null : int64(step, v);
  // y with an axis for each axis of x, of length 1 where the part has none.
  let left = y.value.ndim;
  const pattern: (number | "x")[] = [];
  for (let d = ndim - 1; d >= 0; d--) {
    pattern.unshift(bounds[d]?.at || left === 0 ? "x" : --left);
  }
  let value = dimshuffle(y.value, ...pattern), mask: Variable | null = null;
  const extents = pattern.map((item) => item === "x" ? null : y.extents[item]!);
  const rows = [...x.extents];
  for (let axis = 0; axis < ndim; axis++) {
    const { count, length } = extentOf(x, axis), source = { ...y, value, extents };
    const { at, start, stop, step: by } = bounds[axis] ??
      { at: null, start: null, stop: null, step: null };
    let here: Variable;
    if (at !== null) {
      const asked = own(at)!, place = where(lt(asked, 0), add(asked, length), asked);
      const checked = inRange(place, length, action);
      // The check is made where there are no elements, too.
      const least = add(length, sub(checked, place));
      if (x.extents[axis] !== null) rows[axis] = { count, length: least };
      here = eq(arange(count), checked);
    } else if (start === null && stop === null && by === null) {
      const extent = x.extents[axis]!;
      if (extent !== null || extents[axis] !== null) {
        const joint = jointExtent([[x, axis], [source, axis]], isSame, { action, stretches: true });
        const wanted = { count, length: joint!.length };
        value = fitted(source, axis, wanted, isSame, true);
        extents[axis] = wanted;
      }
      continue;
    } else {
      const jump = own(by), isKnown = jump === null || constantOf(jump) !== null;
      const run = runOf(length, own(start), own(stop), isKnown ? jump : notZero(jump));
      const forward = gt(asVariable(run.by, "int64"), 0);
      const away = sub(arange(count), run.from), far = where(forward, away, sub(0, away));
      const size = where(forward, run.by, sub(0, run.by)), place = intDiv(far, size);
      here = and(and(ge(far, 0), eq(mod(far, size), 0)), lt(place, run.length));
      if (extents[axis] !== null || lengthsOf(value)[axis] !== 1) {
        const mine = extentOf(source, axis);
        const checked = sameLength(
          where(eq(mine.length, 1), run.length, mine.length),
          run.length,
          isSame,
          action,
        );
        const near = add(where(eq(mine.length, 1), 0, place), sub(checked, run.length));
        value = rowsNear(value, axis, near, mine.count);
        extents[axis] = null;
      }
    }
    const shaped = along(here, axis, ndim);
    mask = mask === null ? shaped : and(mask, shaped);
  }
  const { set } = apply.params as unknown as { set: boolean };
  const zero = castTo(asVariable(0), value.dtype);
  const news = set ? value : add(x.value, mask === null ? value : where(mask, value, zero));
  const made = set && mask !== null ? where(mask, value, x.value) : news;
  return padded(castTo(made, x.value.dtype), rows);
}
