/**
 * What ops make of tensors of which only the first rows along some axes count.
 *
 * @module
 */

import { type Apply, applyOp } from "../core/graph/graph.ts";
import { arrange, layoutOf } from "../core/ops/adv_index.ts";
import { broadcastTo } from "../core/ops/broadcast_to.ts";
import { castTo } from "../core/ops/build.ts";
import { inRange, lengthOr } from "../core/ops/checks.ts";
import { join } from "../core/ops/combine.ts";
import { dimshuffle } from "../core/ops/dimshuffle.ts";
import {
  add,
  and,
  elementwiseOps,
  eq,
  ge,
  gt,
  intDiv,
  lt,
  maximum,
  minimum,
  mod,
  mul,
  sub,
  where,
} from "../core/ops/elementwise.ts";
import type { IndexItem } from "../core/ops/index_spec.ts";
import { index, slice } from "../core/ops/indexing.ts";
import { lengthsOf } from "../core/ops/known_lengths.ts";
import { asVariable } from "../core/ops/literal.ts";
import { arange } from "../core/ops/ranges.ts";
import { sum } from "../core/ops/reduce.ts";
import { reshape } from "../core/ops/reshape.ts";
import { withShape } from "../core/ops/shape.ts";
import { summedTo } from "../core/ops/sum_to.ts";
import { padded as paddedBy } from "../core/ops/window.ts";
import type { Variable } from "../core/variable.ts";
import {
  again,
  along,
  constantOf,
  counting,
  exactly,
  type Extent,
  extentOf,
  filled,
  fitted,
  isAlike,
  isPadded,
  type IsSame,
  jointExtent,
  leastOf,
  lengthFrom,
  lengthOfSpan,
  type Made,
  mostOf,
  opened,
  type Padded,
  padded,
  placeIn,
  placesOf,
  rowAt,
  runOf,
  sameLength,
  stretchedTo,
  together,
  wholes,
} from "./padded.ts";

/** What a rule may ask for. */
export interface Step {
  /** What was made of a variable. Throws where there is no number of rows. */
  of(variable: Variable): Made;
  /** The variable with the lengths that it should have. */
  plain(variable: Variable): Variable;
  /** Whether the value of a variable changes with the step. */
  varies(variable: Variable): boolean;
  /** The most that a length is in any step, or null. */
  most(length: Variable): Variable | null;
  readonly isSame: IsSame;
  /** How many rows of a trace its loop has computed, or null. */
  executed(variable: Variable): Variable | null;
}

type Rule = (apply: Apply, step: Step) => Made | readonly Made[] | null;
type Extents = readonly (Extent | null)[];

/** What an op makes of padded inputs or computed lengths; null if it makes no more of them than of others. */
export function padsOf(apply: Apply, step: Step): Made | readonly Made[] | null {
  const { op: { name } } = apply;
  if (Object.hasOwn(elementwiseOps, name)) return elementwise(apply, step);
  return Object.hasOwn(rules, name) ? rules[name]!(apply, step) : null;
}

const actionOf = ({ output, op }: Apply) =>
  `Cannot apply "${output.written.call === "" ? op.name : output.written.call}"`;

const int64 = (step: Step, variable: Variable) => castTo(step.plain(variable), "int64");

const elementwise: Rule = (apply, step) => {
  const parts = apply.inputs.map((input) => opened(step.of(input)));
  if (parts.every(({ extents }) => extents.every((extent) => extent === null))) return null;
  const { values, extents } = together(parts, apply.output.ndim, step.isSame, actionOf(apply));
  return padded(again(apply, values), extents);
};

/** The same of all rows: what does not count stays behind what does. */
function first(apply: Apply, step: Step): Padded | null {
  const made = step.of(apply.inputs[0]!);
  return isPadded(made) ? made : null;
}

const rules: Record<string, Rule> = {
  shapeI(apply, step) {
    const part = first(apply, step);
    return part && extentOf(part, (apply.params as unknown as { axis: number }).axis).length;
  },

  dimshuffle(apply, step) {
    const part = first(apply, step);
    if (part === null) return null;
    const { pattern } = apply.params as unknown as { pattern: readonly (number | "x")[] };
    if (part.extents.some((extent, d) => extent !== null && !pattern.includes(d))) return null;
    const extents = pattern.map((item) => item === "x" ? null : part.extents[item]!);
    return padded(dimshuffle(part.value, ...pattern), extents);
  },

  fill(apply, step) {
    const part = first(apply, step);
    return part && padded(again(apply, [part.value, step.plain(apply.inputs[1]!)]), part.extents);
  },

  derivedAs(apply, step) {
    const parts = apply.inputs.map((input) => opened(step.of(input)));
    const { values, extents } = together(parts, apply.output.ndim, step.isSame, actionOf(apply));
    return padded(again(apply, values), extents);
  },

  inRange(apply, step) {
    const part = first(apply, step);
    if (part === null) return null;
    const limits = apply.inputs.slice(1).map((limit) => step.plain(limit));
    return padded(again(apply, [filled(part, 0), ...limits]), part.extents);
  },

  cumop(apply, step) {
    const part = first(apply, step);
    if (part === null) return null;
    const { kind, axis } = apply.params as unknown as { kind: string; axis: number };
    return padded(again(apply, [filled(part, kind === "prod" ? 1 : 0, [axis])]), part.extents);
  },

  sort: sorted,
  argsort: sorted,
  reduce: reduced,
  argreduce: reduced,
  matmul,
  arange: range,
  broadcastTo: broadcast,
  reshape: reshaped,
  join: joined,
  advIndex: looked,
  advInc: scattered,
  subtensor,
  incSubtensor,
  specifyShape,
  sumTo,
  pad: widened,
  ifelse: chosen,
  nonzero: found,
  draw: drawn,

  jointLength(apply, step) {
    const lengths = apply.inputs.map((input) => int64(step, input));
    const joint = jointExtent(
      lengths.map((length) => {
        const whole = { count: length, length };
        return [{ value: length, extents: [whole], last: null, unbounded: null }, 0] as const;
      }),
      step.isSame,
      { action: "Cannot broadcast axes", stretches: true },
    );
    return joint!.length;
  },
};

/** What does not count comes last, behind NaN and whatever is as large. */
function sorted(apply: Apply, step: Step): Made | null {
  const part = first(apply, step);
  if (part === null) return null;
  const { axis } = apply.params as unknown as { axis: number };
  const { dtype } = part.value, largest = mostOf(dtype);
  if (largest === null) return null;
  const last = largest === Infinity ? NaN : largest;
  return padded(again(apply, [filled(part, last, [axis])]), part.extents);
}

/** What a reduction does not notice. */
function neutralOf(kind: string, dtype: Variable["dtype"]): number | bigint | boolean | null {
  switch (kind) {
    case "sum":
      return 0;
    case "prod":
      return 1;
    case "any":
      return false;
    case "all":
      return true;
    case "max":
    case "argmax":
      return leastOf(dtype);
    case "min":
    case "argmin":
      return mostOf(dtype);
  }
  return null;
}

function reduced(apply: Apply, step: Step): Made | null {
  const part = first(apply, step);
  if (part === null) return null;
  const { kind, axes, empty } = apply.params as unknown as {
    kind: string;
    axes: readonly number[];
    empty?: true;
  };
  const { value, extents } = part;
  const open = axes.filter((axis) => extents[axis] !== null);
  const rest = extents.filter((_, d) => !axes.includes(d));
  if (open.length === 0) return padded(again(apply, [value]), rest);
  const neutral = neutralOf(kind, value.dtype);
  if (neutral === null) return null;
  let result = again(apply, [filled(part, neutral, axes)]);
  if (kind.startsWith("arg")) result = positionIn(part, axes, result);
  if (!["max", "min", "argmax", "argmin"].includes(kind) || empty) return padded(result, rest);
  // Of no elements there is none: reading the first one is an error, then.
  for (const axis of open) {
    const row = rowAt(part, axis, asVariable(0, "int64"));
    const others = axes.filter((d) => d !== axis).map((d) => d - Number(d > axis));
    const one = others.length === 0
      ? row
      : applyOp(apply.op, [row], { ...apply.params, axes: others }).output;
    result = where(gt(extents[axis]!.length, 0), result, castTo(one, result.dtype));
  }
  return padded(result, rest);
}

/** A position among all rows as one among those that count. */
function positionIn(part: Padded, axes: readonly number[], position: Variable): Variable {
  if (axes.slice(1).every((axis) => part.extents[axis] === null)) return position;
  let left = position, result: Variable | null = null, scale: Variable | null = null;
  for (const axis of [...axes].reverse()) {
    const { count, length } = extentOf(part, axis);
    const digit = mod(left, maximum(count, 1));
    left = intDiv(left, maximum(count, 1));
    result = result === null ? digit : add(result, mul(digit, scale!));
    scale = scale === null ? length : mul(scale, length);
  }
  return castTo(result!, position.dtype);
}

function matmul(apply: Apply, step: Step): Made | null {
  const [a, b] = apply.inputs.map((input) => opened(step.of(input))) as [Padded, Padded];
  const { isSame } = step, action = actionOf(apply);
  const row = a.value.ndim - 1, column = b.value.ndim - 2;
  const inner = jointExtent([[a, row], [b, column]], isSame, { action, stretches: false });
  const batches = a.extents.slice(0, -2).map((_, d) =>
    jointExtent([[a, d], [b, d]], isSame, { action, stretches: false })
  );
  const all = [inner, ...batches, a.extents[row - 1] ?? null, b.extents[column + 1] ?? null];
  if (all.every((extent) => extent === null)) return null;
  const of = (part: Padded, axis: number) => {
    const extents = part.extents.map((own, d) => d === axis ? inner : batches[d] ?? own);
    let { value } = part;
    extents.forEach((extent, d) => value = fitted({ ...part, value }, d, extent, isSame, false));
    return filled({ ...part, value, extents }, 0, [axis]);
  };
  const extents = [...batches, a.extents[row - 1] ?? null, b.extents[column + 1] ?? null];
  return padded(again(apply, [of(a, row), of(b, column)]), extents);
}

function range(apply: Apply, step: Step): Made | null {
  const [start, , by] = apply.inputs as [Variable, Variable, Variable];
  const [from, to, apart] = apply.inputs.map((input) => int64(step, input)) as [
    Variable,
    Variable,
    Variable,
  ];
  const known = constantOf(by);
  if (known === 0) return null;
  const length = constantOf(start) === 0 && known === 1 ? to : known === null
    ? where(
      gt(apart, 0),
      lengthOfSpan(sub(to, from), maximum(apart, 1)),
      lengthOfSpan(sub(from, to), maximum(sub(0, apart), 1)),
    )
    : lengthOfSpan(known > 0 ? sub(to, from) : sub(from, to), Math.abs(known));
  const count = step.most(length);
  if (count === null) return null;
  const places = add(mul(arange(count), known ?? apart), from);
  const extent = { count, length: lengthFrom(length) };
  return padded(castTo(places, apply.output.dtype), [extent]);
}

/** The extents of lengths that are given, some of them computed in the step. */
function extentsOf(dims: readonly Variable[], step: Step): (Extent | null)[] | null {
  const extents: (Extent | null)[] = [];
  for (const dim of dims) {
    if (!step.varies(dim)) {
      extents.push(null);
      continue;
    }
    const length = int64(step, dim), count = step.most(length);
    if (count === null) return null;
    extents.push({ count, length: lengthFrom(length) });
  }
  return extents;
}

function broadcast(apply: Apply, step: Step): Made | null {
  const [input, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const part = opened(step.of(input)), ahead = dims.length - part.value.ndim;
  const given: (Extent | null)[] = [];
  let { value } = part;
  for (const [d, dim] of dims.entries()) {
    const axis = d - ahead, own = axis < 0 ? null : part.extents[axis]!;
    if (!step.varies(dim) && own === null) {
      given.push(null);
      continue;
    }
    const length = lengthFrom(int64(step, dim));
    if (own !== null && step.isSame(own.length, length)) {
      given.push(own);
      continue;
    }
    const count = step.varies(dim) ? step.most(length) : length;
    if (count === null) return null;
    const isOne = axis < 0 || own === null && lengthsOf(value)[axis] === 1;
    const mine = isOne ? null : extentOf(part, axis).length;
    const checked = mine === null
      ? length
      : sameLength(where(eq(mine, 1), length, mine), length, step.isSame, actionOf(apply));
    const extent = { count, length: checked };
    given.push(extent);
    if (axis >= 0) value = fitted({ ...part, value }, axis, extent, step.isSame, true);
  }
  const sizes = dims.map((dim, d) => given[d]?.count ?? step.plain(dim));
  return padded(broadcastTo(value, sizes), given);
}

const product = (list: readonly Variable[]): Variable =>
  list.reduce((a, b) => mul(a, b), asVariable(1, "int64"));

/** Elements where they are in memory, found by where they are among those that count. */
function reshaped(apply: Apply, step: Step): Made | null {
  const [input, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const part = opened(step.of(input)), { isSame } = step, action = actionOf(apply);
  const own = part.extents.map((_, d) => extentOf(part, d));
  const size = product(own.map(({ length }) => length));
  const most = product(own.map(({ count }) => count));
  const isOpen = dims.map((dim) => constantOf(dim) === -1);
  const lengths = dims.map((dim, d) => isOpen[d] ? null : int64(step, dim));
  if (own.length > 0 && part.extents.slice(1).every((extent) => extent === null)) {
    const [first] = own as [Extent], [one, ...others] = lengths as [Variable | null];
    if (dims.length === 1) {
      const length = one === null ? size : sameLength(one, size, isSame, action);
      return padded(reshape(part.value, [most]), [{ count: most, length }]);
    }
    const keeps = one !== null &&
      others.every((length, d) => length !== null && !step.varies(dims[d + 1]!));
    if (keeps && isSame(one, first.length)) {
      const value = reshape(part.value, [first.count, ...others as Variable[]]);
      return padded(value, dims.map((_, d) => d === 0 ? first : null));
    }
  }
  const fixed = product(
    lengths.filter((length, d) => length !== null && !step.varies(dims[d]!)) as Variable[],
  );
  const known = product(lengths.filter((length) => length !== null));
  const total = isOpen.includes(true) ? mul(known, intDiv(size, maximum(known, 1))) : known;
  const extents: Extent[] = [];
  for (const [d, length] of lengths.entries()) {
    if (length === null) {
      const count = intDiv(most, maximum(fixed, 1));
      extents.push({ count, length: intDiv(size, maximum(known, 1)) });
      continue;
    }
    const like = own.find((extent) => isSame(extent.length, length));
    const count = !step.varies(dims[d]!)
      ? length
      : like?.count ?? (dims.length === 1 ? most : step.most(length));
    if (count === null) return null;
    extents.push({ count, length: lengthFrom(length) });
  }
  const ndim = dims.length;
  let flat = sub(sameLength(total, size, isSame, action), size), scale = product([]);
  for (const [d, { count, length }] of [...extents.entries()].reverse()) {
    flat = add(flat, along(mul(arange(count), scale), d, ndim));
    scale = mul(scale, length);
  }
  let left = flat, place: Variable = asVariable(0, "int64"), stride = product([]);
  for (const { count, length } of [...own].reverse()) {
    const n = maximum(length, 1);
    place = add(place, mul(mod(left, n), stride));
    left = intDiv(left, n);
    stride = mul(stride, count);
  }
  // One element more, so that there always is one to read.
  const zero = castTo(asVariable(0), part.value.dtype);
  const memory = paddedBy(reshape(part.value, [-1]), zero, [0], [0], [1]);
  const safe = castTo(maximum(minimum(place, sub(most, 1)), 0), "int64");
  const isKept = extents.map((_, d) => isOpen[d]! || step.varies(dims[d]!));
  return padded(index(memory, [safe]), extents.map((extent, d) => isKept[d] ? extent : null));
}

function joined(apply: Apply, step: Step): Made | null {
  const { axis } = apply.params as unknown as { axis: number };
  const parts = apply.inputs.map((input) => opened(step.of(input)));
  if (parts.every(({ extents }) => extents.every((extent) => extent === null))) return null;
  const { isSame } = step, action = actionOf(apply), ndim = apply.output.ndim;
  const extents: (Extent | null)[] = Array.from(
    { length: ndim },
    (_, d) =>
      d === axis ? null : jointExtent(parts.map((part) => [part, d] as const), isSame, {
        action,
        stretches: false,
      }),
  );
  const values = parts.map((part) => {
    let { value } = part;
    extents.forEach((extent, d) => {
      if (d !== axis) value = fitted({ ...part, value }, d, extent, isSame, false);
    });
    return value;
  });
  const whole = join(axis, ...values);
  if (parts.every((part) => part.extents[axis] === null)) return padded(whole, extents);
  const own = parts.map((part) => extentOf(part, axis));
  const sum = (list: readonly Variable[]) => list.reduce((a, b) => add(a, b));
  const count = sum(own.map((extent) => extent.count));
  const length = sum(own.map((extent) => extent.length));
  extents[axis] = { count, length };
  if (parts.slice(0, -1).every((part) => part.extents[axis] === null)) {
    return padded(whole, extents);
  }
  let places: Variable = arange(count);
  const at = places;
  for (let i = 1; i < own.length; i++) {
    const before = own.slice(0, i);
    const start = sum(before.map((extent) => extent.length));
    const memory = sum(before.map((extent) => extent.count));
    places = where(ge(at, start), add(sub(at, start), memory), places);
  }
  const safe = castTo(maximum(minimum(places, sub(count, 1)), 0), "int64");
  return padded(index(whole, [...wholes(axis), safe]), extents);
}

/** Positions that are read or written, in range where they do not count. */
function placesIn(
  x: Padded,
  axes: readonly number[],
  positions: readonly Padded[],
  step: Step,
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

function looked(apply: Apply, step: Step): Made | null {
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

/** A part replaced or increased: what does not count goes into one row more, which is dropped again. */
function scattered(apply: Apply, step: Step): Made | null {
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
function boundsOf(apply: Apply, scalars: readonly Variable[]): Bounds[] {
  let next = 0;
  const take = (has: boolean | undefined) => has ? scalars[next++]! : null;
  return (apply.params as unknown as { index: readonly SliceEntry[] }).index.map((entry) =>
    entry.kind === "int"
      ? { at: take(true), start: null, stop: null, step: null }
      : { at: null, start: take(entry.start), stop: take(entry.stop), step: take(entry.step) }
  );
}

function subtensor(apply: Apply, step: Step): Made | null {
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
  step: Step,
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
function allRows(part: Padded, axis: number, step: Step): Extent {
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
  { isSame, executed }: Step,
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
function notZero(by: Variable): Variable {
  const checked = lengthOr(castTo(where(eq(by, 0), -1, 1), "int64"), {
    action: "Cannot take a slice",
    expected: "expected a step other than 0",
  });
  return mul(by, checked);
}

/** A part replaced or increased, element by element of the whole. */
function incSubtensor(apply: Apply, step: Step): Made | null {
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
        const near = maximum(minimum(place, sub(mine.count, 1)), 0);
        const places = add(where(eq(mine.length, 1), 0, near), sub(checked, run.length));
        value = index(value, [...wholes(axis), castTo(places, "int64")]);
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

function specifyShape(apply: Apply, step: Step): Made | null {
  const [input, ...given] = apply.inputs as [Variable, ...Variable[]];
  const part = opened(step.of(input)), { isSame } = step;
  const { shape, masks, action = actionOf(apply) } = apply.params as unknown as {
    shape: readonly (number | null | "given")[];
    masks?: { label: string; from: number };
    action?: string;
  };
  let next = 0;
  const promises = shape.map((promise) => promise === "given" ? given[next++]! : promise);
  const extents = [...part.extents];
  let { value } = part;
  const text = masks === undefined ? action : `Cannot index ${masks.label} by a mask`;
  const rest = promises.map((promise, axis) => {
    if (promise === null) return null;
    const varies = typeof promise !== "number" && step.varies(promise);
    const own = extents[axis]!;
    if (own === null && !varies) return typeof promise === "number" ? promise : step.plain(promise);
    const wanted = typeof promise === "number"
      ? asVariable(promise, "int64")
      : int64(step, promise);
    if (varies) {
      const { count, length } = extentOf(part, axis);
      extents[axis] = { count, length: sameLength(length, wanted, isSame, text) };
      return null;
    }
    value = exactly({ ...part, value }, axis, wanted, isSame, text);
    extents[axis] = null;
    return typeof promise === "number" ? promise : wanted;
  });
  return padded(withShape(value, rest), extents);
}

function sumTo(apply: Apply, step: Step): Made | null {
  const [input, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const { axes } = apply.params as unknown as { axes: readonly number[] };
  const part = opened(step.of(input));
  const extents = [...part.extents];
  let { value } = part;
  const others: number[] = [];
  axes.forEach((axis, i) => {
    const dim = dims[i]!, own = extents[axis]!;
    if (own === null && !step.varies(dim)) return others.push(i);
    const wanted = int64(step, dim);
    if (own !== null && step.isSame(own.length, wanted)) return;
    const { count } = extentOf(part, axis);
    const whole = { ...part, value, extents };
    const total = sum(filled(whole, 0, [axis]), { axis, keepdims: true, dtype: value.dtype });
    extents[axis] = constantOf(wanted) === 1 ? null : { count: maximum(count, 1), length: wanted };
    if (extents[axis] === null) {
      value = total;
      return;
    }
    const zero = castTo(asVariable(0), value.dtype);
    const more = paddedBy(value, zero, [axis], [0], [sub(maximum(count, 1), count)]);
    value = where(eq(wanted, 1), total, more);
  });
  const rest = others.map((i) => step.plain(dims[i]!));
  return padded(summedTo(value, others.map((i) => axes[i]!), rest), extents);
}

function widened(apply: Apply, step: Step): Made | null {
  const part = first(apply, step);
  if (part === null) return null;
  const { axes, before, after } = apply.params as unknown as {
    axes: readonly number[];
    before: readonly (number | null)[];
    after: readonly (number | null)[];
  };
  const [, by, ...given] = apply.inputs as [Variable, Variable, ...Variable[]];
  if (given.some((width) => step.varies(width))) return null;
  let next = 0;
  const widths = [...before, ...after].map((n) =>
    n === null ? int64(step, given[next++]!) : asVariable(n, "int64")
  );
  const fill = step.plain(by), extents = [...part.extents];
  let value = again(apply, [part.value, fill, ...given.map((width) => step.plain(width))]);
  axes.forEach((axis, i) => {
    const own = extents[axis]!, ahead = widths[i]!, behind = widths[axes.length + i]!;
    if (own === null) return;
    const end = add(own.length, ahead);
    const extent = {
      count: add(add(own.count, ahead), behind),
      length: add(add(own.length, ahead), behind),
    };
    value = where(along(lt(arange(extent.count), end), axis, value.ndim), value, fill);
    extents[axis] = extent;
  });
  return padded(value, extents);
}

function chosen(apply: Apply, step: Step): readonly Made[] | null {
  const { n } = apply.params as unknown as { n: number }, { isSame } = step;
  const condition = step.plain(apply.inputs[0]!);
  const parts = apply.inputs.slice(1).map((input) => opened(step.of(input)));
  if (parts.every(({ extents }) => extents.every((extent) => extent === null))) return null;
  const all: (Extent | null)[][] = [];
  const values = parts.map(({ value }) => value);
  for (let i = 0; i < n; i++) {
    const a = parts[i]!, b = parts[n + i]!;
    all.push(a.extents.map((own, axis) => {
      if (own === null && b.extents[axis] === null) return null;
      const x = extentOf(a, axis), y = extentOf(b, axis);
      if (isAlike(x, y, isSame)) return x;
      const count = maximum(x.count, y.count);
      for (const [at, mine] of [[i, x], [n + i, y]] as const) {
        const zero = castTo(asVariable(0), a.value.dtype);
        values[at] = paddedBy(values[at]!, zero, [axis], [0], [sub(count, mine.count)]);
      }
      return { count, length: where(condition, x.length, y.length) };
    }));
  }
  const { outputs } = applyOp(apply.op, [condition, ...values], apply.params);
  return outputs.map((output, i) => padded(output, all[i]!));
}

/** Positions in a mask: as many as it has elements, of which as many count as it has marks. */
function found(apply: Apply, step: Step): Made | null {
  const [input, marks] = apply.inputs as [Variable, Variable];
  const mask = opened(step.of(input));
  if (mask.extents.slice(1).some((extent) => extent !== null)) return null;
  const count = product(mask.extents.map((_, d) => extentOf(mask, d).count));
  const value = again(apply, [filled(mask, false), count]);
  return padded(value, [{ count, length: int64(step, marks) }]);
}

function drawn(apply: Apply, step: Step): Made | null {
  const [state, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const extents = extentsOf(dims, step);
  if (extents === null || extents.every((extent) => extent === null)) return null;
  const counts = dims.map((dim, d) => extents[d]?.count ?? step.plain(dim));
  return padded(again(apply, [step.plain(state), ...counts]), extents);
}
