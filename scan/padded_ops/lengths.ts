/**
 * Shapes made of lengths that vary with the step, and of rows of which only the first count.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { stretched } from "../../core/ops/shape/broadcast_to_op.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { join } from "../../core/ops/shape/combine.ts";
import {
  add,
  eq,
  ge,
  gt,
  intDiv,
  maximum,
  minimum,
  mod,
  mul,
  sub,
  where,
} from "../../core/ops/elementwise/elementwise.ts";
import { index } from "../../core/ops/index/indexing.ts";
import { lengthsOf } from "../../core/ops/shape/known_lengths.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { arange } from "../../core/ops/create/ranges.ts";
import { reshape } from "../../core/ops/shape/reshape.ts";
import {
  saidOf,
  type SpecifyShapeParams,
  withRows,
  withShape,
} from "../../core/ops/shape/shape_ops.ts";
import { padded as paddedBy } from "../../core/ops/nn/window.ts";
import {
  along,
  constantOf,
  exactly,
  type Extent,
  extentOf,
  fitted,
  jointExtent,
  lengthFrom,
  lengthOfSpan,
  type Made,
  opened,
  padded,
  sameLength,
  wholes,
} from "../padded.ts";
import { actionOf, int64, type PaddedStep, product } from "./step.ts";

export function range(apply: Apply, step: PaddedStep): Made | null {
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
export function extentsOf(dims: readonly Variable[], step: PaddedStep): (Extent | null)[] | null {
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

export function broadcast(apply: Apply, step: PaddedStep): Made | null {
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
    const asked = int64(step, dim), length = lengthFrom(asked);
    if (own !== null && [asked, length].some((same) => step.isSame(own.length, same))) {
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
  return padded(stretched(value, sizes), given);
}

/** Elements where they are in memory, found by where they are among those that count. */
export function reshaped(apply: Apply, step: PaddedStep): Made | null {
  const [input, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const part = opened(step.of(input)), { isSame } = step, action = actionOf(apply);
  if (part.extents.every((extent) => extent === null) && !dims.some(step.varies, step)) return null;
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

export function joined(apply: Apply, step: PaddedStep): Made | null {
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

export function specifyShape(apply: Apply, step: PaddedStep): Made | null {
  const [input, ...given] = apply.inputs as [Variable, ...Variable[]];
  const part = opened(step.of(input)), { isSame } = step;
  const params = apply.params as unknown as SpecifyShapeParams;
  const { shape, masks, action = actionOf(apply) } = params;
  const said = saidOf(shape, given), extents = [...part.extents];
  let { value } = part;
  const promises = shape.map((promise, axis) => {
    if (typeof promise !== "object") return promise === "given" ? said[axis]! : promise;
    if (promise === null) return null;
    const steps = said[axis] ?? promise.steps as number;
    // Of rows that vary, or steps that do, reading them tells.
    if (extents[axis] === null && (typeof steps === "number" || !step.varies(steps))) {
      const rows = typeof steps === "number" ? asVariable(steps, "int64") : int64(step, steps);
      value = withRows(value, { ...promise, steps: rows }, action);
    }
    return null;
  });
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
