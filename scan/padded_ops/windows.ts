/**
 * Padding of rows of which only the first count, and windows over them.
 *
 * @module
 */

import { type Apply, applyOp, type Variable } from "../../core/graph/graph.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { lengthOr } from "../../core/ops/common/checks.ts";
import {
  add,
  and,
  ge,
  intDiv,
  lt,
  maximum,
  mul,
  sub,
  where,
} from "../../core/ops/elementwise/elementwise.ts";
import { index, slice } from "../../core/ops/index/indexing.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { arange } from "../../core/ops/create/ranges.ts";
import {
  padded as paddedBy,
  type PadParams,
  windowed,
  type WindowParams,
} from "../../core/ops/nn/window.ts";
import {
  along,
  type Extent,
  extentOf,
  filled,
  type Made,
  opened,
  type Padded,
  padded,
  rowsNear,
  wholes,
} from "../padded.ts";
import { actionOf, int64, type PaddedStep } from "./step.ts";

/** A length of at least so much, or a ShapeError when the function is called. */
function atLeast(least: number, length: Variable, action: string, what: string): Variable {
  return lengthOr(castTo(where(lt(length, least), -1, length), "int64"), {
    action,
    expected: `expected ${what} >= ${least}`,
  });
}

/** A number of elements: as it is, or computed in the step and at most so many in any step. */
interface Amount {
  readonly most: Variable;
  readonly own: Variable;
  readonly varies: boolean;
}

/** Amounts, checked where they are computed; null if one has no bound. */
function amountsOf(
  given: readonly (number | Variable)[],
  step: PaddedStep,
  least: number,
  action: string,
  what: string,
): Amount[] | null {
  const all: Amount[] = [];
  for (const n of given) {
    const own = typeof n === "number" ? asVariable(n, "int64") : int64(step, n);
    if (typeof n === "number" || !step.varies(n)) {
      all.push({ most: own, own, varies: false });
      continue;
    }
    const most = step.most(own);
    if (most === null) return null;
    const checked = atLeast(least, own, action, what);
    all.push({ most: maximum(most, least), own: checked, varies: true });
  }
  return all;
}

/** Numbers, with inputs in the place of those that are null. */
function withInputs(numbers: readonly (number | null)[], inputs: readonly Variable[]) {
  let next = 0;
  return numbers.map((n) => n ?? inputs[next++]!);
}

export function widened(apply: Apply, step: PaddedStep): Made | null {
  const { axes, before, after } = apply.params as unknown as PadParams;
  const [input, by, ...given] = apply.inputs as [Variable, Variable, ...Variable[]];
  const part = opened(step.of(input)), extents = [...part.extents];
  const isFixed = given.every((width) => !step.varies(width));
  if (isFixed && extents.every((extent) => extent === null)) return null;
  const all = withInputs([...before, ...after], given);
  const widths = amountsOf(all, step, 0, actionOf(apply), "widths");
  if (widths === null) return null;
  const fill = step.plain(by);
  let { value } = part;
  axes.forEach((axis, i) => {
    const ahead = widths[i]!, behind = widths[axes.length + i]!;
    const isOpen = extents[axis] !== null || behind.varies;
    const own = extentOf({ ...part, value, extents }, axis);
    const extent = {
      count: add(add(own.count, ahead.most), behind.most),
      length: add(add(own.length, ahead.own), behind.own),
    };
    const rows = arange(extent.count);
    if (ahead.varies) {
      const places = sub(rows, ahead.own);
      const here = and(ge(places, 0), lt(places, own.length));
      const moved = rowsNear(value, axis, places, own.count);
      value = where(along(here, axis, value.ndim), moved, fill);
    } else {
      value = paddedBy(value, fill, [axis], [ahead.most], [behind.most]);
      if (extents[axis] !== null) {
        const end = add(own.length, ahead.own);
        value = where(along(lt(rows, end), axis, value.ndim), value, fill);
      }
    }
    if (isOpen || ahead.varies) extents[axis] = extent;
  });
  return padded(value, extents);
}

/** How many elements there are from the first to the last of a window, but one. */
function spanOf(size: Variable, { dilation }: WindowParams, i: number): Variable {
  return mul(sub(size, 1), dilation[i]!);
}

/** How many windows there are on so many elements. */
function windowsOn(n: Variable, size: Variable, params: WindowParams, i: number): Variable {
  const room = sub(sub(n, spanOf(size, params, i)), 1);
  return maximum(add(intDiv(room, params.stride[i]!), 1), 0);
}

/** Windows on what does not count come behind those that count. */
export function windows(apply: Apply, step: PaddedStep): Made | null {
  const params = apply.params as unknown as WindowParams, { axes } = params;
  const [input, ...given] = apply.inputs as [Variable, ...Variable[]];
  const part = opened(step.of(input));
  const isFixed = given.every((size) => !step.varies(size));
  if (isFixed && part.extents.every((extent) => extent === null)) return null;
  const all = withInputs(params.size, given);
  const sizes = amountsOf(all, step, 1, actionOf(apply), "sizes");
  if (sizes === null) return null;
  const extents = [...part.extents];
  let { value } = part;
  axes.forEach((axis, i) => {
    const size = sizes[i]!, own = extentOf(part, axis);
    if (part.extents[axis] === null && !size.varies) return;
    let { count } = own;
    if (size.varies) {
      // Room for the elements that a window does not have in this step.
      const more = spanOf(size.most, params, i);
      const zero = castTo(asVariable(0), value.dtype);
      value = paddedBy(value, zero, [axis], [0], [more]);
      count = add(count, more);
    }
    extents[axis] = {
      count: windowsOn(count, size.most, params, i),
      length: windowsOn(own.length, size.own, params, i),
    };
  });
  const most = sizes.map(({ most }, i) => params.size[i] ?? most);
  const made = windowed(value, axes, most, params.stride, params.dilation);
  const inside = sizes.map(({ most, own, varies }) => varies ? { count: most, length: own } : null);
  return padded(made, [...extents, ...inside]);
}

/** Windows added up where they overlap; those that do not count are zero. */
export function foldWindows(apply: Apply, step: PaddedStep): Made | null {
  const params = apply.params as unknown as WindowParams, { axes, dilation } = params;
  const [input, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const given = opened(step.of(input)), ndim = dims.length;
  const isFixed = axes.every((axis) => !step.varies(dims[axis]!));
  if (isFixed && given.extents.every((extent) => extent === null)) return null;
  const part: Padded & { extents: (Extent | null)[] } = { ...given, extents: [...given.extents] };
  const extents: (Extent | null)[] = part.extents.slice(0, ndim);
  const lengths = dims.map((dim, axis) =>
    axes.includes(axis) ? step.plain(dim) : extentOf(part, axis).count
  );
  const spare: Variable[] = axes.map(() => asVariable(0, "int64"));
  let { value } = part;
  for (const [i, axis] of axes.entries()) {
    const dim = dims[axis]!, size = extentOf(part, ndim + i), own = extentOf(part, axis);
    if (step.varies(dim)) {
      const length = int64(step, dim), count = step.most(length);
      if (count === null) return null;
      const checked = atLeast(1, size.length, actionOf(apply), "sizes");
      extents[axis] = { count, length: add(length, sub(checked, size.length)) };
      lengths[axis] = count;
    } else extents[axis] = null;
    if (part.extents[ndim + i] !== null) spare[i] = mul(sub(size.count, 1), dilation[i]!);
    else if (!step.varies(dim) && part.extents[axis] === null) continue;
    lengths[axis] = add(lengths[axis]!, spare[i]!);
    const count = windowsOn(lengths[axis]!, size.count, params, i);
    value = rowsNear(value, axis, arange(count), own.count);
    part.extents[axis] = { count, length: own.length };
  }
  value = filled({ ...part, value }, 0);
  const whole = applyOp(apply.op, [value, ...lengths], apply.params).output;
  const rest = axes.reduce((made, axis, i) => {
    if (part.extents[ndim + i] === null) return made;
    return index(made, [...wholes(axis), slice(null, sub(lengths[axis]!, spare[i]!))]);
  }, whole);
  return padded(rest, extents);
}
