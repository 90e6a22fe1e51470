/**
 * Sums, extrema, sorting and matrix products of rows of which only the first count.
 *
 * @module
 */

import { type Apply, applyOp, type Variable } from "../../core/graph/graph.ts";
import { castTo } from "../../core/ops/common/build.ts";
import {
  add,
  eq,
  gt,
  intDiv,
  maximum,
  mod,
  mul,
  sub,
  where,
} from "../../core/ops/elementwise/elementwise.ts";
import { lengthOr } from "../../core/ops/common/checks.ts";
import { index } from "../../core/ops/index/indexing.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { sum } from "../../core/ops/reduce/reduce.ts";
import { summedTo } from "../../core/ops/reduce/sum_to.ts";
import { padded as paddedBy } from "../../core/ops/nn/window.ts";
import {
  again,
  constantOf,
  extentOf,
  filled,
  fitted,
  jointExtent,
  leastOf,
  type Made,
  mostOf,
  opened,
  type Padded,
  padded,
  wholes,
} from "../padded.ts";
import { actionOf, first, int64, type PaddedStep } from "./step.ts";

/** What does not count comes last, behind NaN and whatever is as large. */
export function sorted(apply: Apply, step: PaddedStep): Made | null {
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

export function reduced(apply: Apply, step: PaddedStep): Made | null {
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
  // Of no elements there is none: where the first one is read, that is an error, then.
  for (const axis of open) {
    const { length } = extents[axis]!;
    const start = lengthOr(castTo(where(gt(length, 0), 0, -1), "int64"), {
      action: `Cannot take the ${kind} of no elements`,
      expected: `axis ${axes.join(" or ")} has length 0`,
    });
    const row = index(value, [...wholes(axis), start]);
    const others = axes.filter((d) => d !== axis).map((d) => d - Number(d > axis));
    const one = others.length === 0
      ? row
      : applyOp(apply.op, [row], { ...apply.params, axes: others }).output;
    result = where(gt(length, 0), result, castTo(one, result.dtype));
  }
  return padded(result, rest);
}

/** A position among all rows as one among those that count. */
export function positionIn(part: Padded, axes: readonly number[], position: Variable): Variable {
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

export function matmul(apply: Apply, step: PaddedStep): Made | null {
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

export function sumTo(apply: Apply, step: PaddedStep): Made | null {
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
