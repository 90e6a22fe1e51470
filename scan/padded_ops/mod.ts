/**
 * What ops make of tensors of which only the first rows along some axes count.
 *
 * @module
 */

import { type Apply, applyOp, type Variable } from "../../core/graph/graph.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { maximum, sub, where } from "../../core/ops/elementwise/elementwise.ts";
import type { Op } from "../../core/graph/op.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { padded as paddedBy } from "../../core/ops/nn/window.ts";
import {
  again,
  type Extent,
  extentOf,
  filled,
  fitted,
  isAlike,
  jointExtent,
  type Made,
  opened,
  padded,
  together,
} from "../padded.ts";
import { found, looked, subtensor } from "./indexing.ts";
import { broadcast, extentsOf, joined, range, reshaped, specifyShape } from "./lengths.ts";
import { matmul, reduced, sorted, sumTo } from "./reducing.ts";
import { actionOf, first, int64, type PaddedRule, type PaddedStep } from "./step.ts";
import { foldWindows, widened, windows } from "./windows.ts";
import { incSubtensor, scattered } from "./writing.ts";

/** What an op makes of padded inputs or computed lengths; null if it makes no more of them than of others. */
export function padsOf(apply: Apply, step: PaddedStep): Made | readonly Made[] | null {
  return (padRule(apply.op) ?? rowByRow)(apply, step);
}

/** The rule of an op; null if all that is known is which axes go along with each other. */
export function padRule({ name, lowering }: Op): PaddedRule | null {
  if (lowering.kind === "elementwise") return elementwise;
  return Object.hasOwn(rules, name) ? rules[name]! : null;
}

/** Rows that are made of those of the same number, where the op says so. */
const rowByRow: PaddedRule = (apply, step) => {
  const { op, inputs, outputs, output } = apply, { isSame } = step;
  const parts = inputs.map((input) => opened(step.of(input)));
  const isOpen = parts.map(({ extents }) => extents.map((extent) => extent !== null));
  if (!isOpen.flat().includes(true)) return null;
  const agreement = { action: actionOf(apply), stretches: true };
  const extents = output.type.shape.map((_, axis) => {
    const own = outputs.length === 1 ? op.along?.(apply, axis) ?? [] : [];
    const pairs = own.flatMap((at, i) => at === null ? [] : [[i, at] as const]);
    const extent = jointExtent(pairs.map(([i, at]) => [parts[i]!, at]), isSame, agreement);
    for (const [i, at] of pairs) {
      isOpen[i]![at] = false;
      parts[i] = { ...parts[i]!, value: fitted(parts[i]!, at, extent, isSame, true) };
    }
    return extent;
  });
  if (!isOpen.flat().includes(true)) {
    return padded(again(apply, parts.map(({ value }) => value)), extents);
  }
  const unbounded =
    `${agreement.action} to rows whose number changes from step to step of a loop: ` +
    `"${op.name}" does not say what becomes of them (see "along" in extend.Op); give it what has one ` +
    `shape, such as T.where(T.arange(most).lt(n), rows, 0)`;
  return outputs.map((value) => ({ ...opened(value), unbounded }));
};

const elementwise: PaddedRule = (apply, step) => {
  const parts = apply.inputs.map((input) => opened(step.of(input)));
  if (parts.every(({ extents }) => extents.every((extent) => extent === null))) return null;
  const { values, extents } = together(parts, apply.output.ndim, step.isSame, actionOf(apply));
  return padded(again(apply, values), extents);
};

const rules: Record<string, PaddedRule> = {
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
  windows,
  foldWindows,
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

function chosen(apply: Apply, step: PaddedStep): readonly Made[] | null {
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

function drawn(apply: Apply, step: PaddedStep): Made | null {
  const [state, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const extents = extentsOf(dims, step);
  if (extents === null || extents.every((extent) => extent === null)) return null;
  const counts = dims.map((dim, d) => extents[d]?.count ?? step.plain(dim));
  return padded(again(apply, [step.plain(state), ...counts]), extents);
}
