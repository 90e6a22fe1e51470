/**
 * Indexing: parts of parts, elements of what was put together, changes of what is read back.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { moved, reducedAs } from "../../ops/common/axes.ts";
import type { AdvIndexParams } from "../../ops/index/adv_index.ts";
import { intConstant, staticInt } from "../../ops/common/arguments.ts";
import { castTo } from "../../ops/common/build.ts";
import type { PatternItem } from "../../ops/shape/dimshuffle.ts";
import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import type { JoinParams } from "../../ops/shape/join.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import type { Length } from "../../graph/op.ts";
import { lengthVariable } from "../../ops/common/length_rules.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import {
  type IndexEntry,
  isWholeEntry,
  sliceRange,
  subtensorOp,
  type SubtensorParams,
  wholeEntry,
} from "../../ops/index/subtensor.ts";
import { applied, applyAgain, ew, inShape, isOneFromEnd, under } from "../match.ts";
import { losesCheck, positionsIn } from "./in_range.ts";
import type { Rewritten, Rule } from "../rule.ts";
import { viewThrough } from "./views.ts";

/** An entry of an index with its scalars. */
interface Taken {
  readonly entry: IndexEntry;
  readonly scalars: readonly Variable[];
}

function takenBy(index: readonly IndexEntry[], scalars: readonly Variable[]): Taken[] {
  let next = 0;
  return index.map((entry) => {
    const count = entry.kind === "int"
      ? 1
      : Number(entry.start) + Number(entry.stop) + Number(entry.step);
    return { entry, scalars: scalars.slice(next, next += count) };
  });
}

function take(x: Variable, taken: readonly Taken[]): Variable {
  const kept = [...taken];
  while (kept.length > 0 && isWholeEntry(kept.at(-1)!.entry)) kept.pop();
  if (kept.length === 0) return x;
  return outputOf<SubtensorParams>(subtensorOp, [x, ...kept.flatMap(({ scalars }) => scalars)], {
    index: kept.map(({ entry }) => entry),
  });
}

function takenIn(apply: Apply): Taken[] {
  return takenBy((apply.params as SubtensorParams).index, apply.inputs.slice(1));
}

/** Start, stop and step of a slice; null where they are missing. */
function partsOf({ entry, scalars }: Taken): (Variable | null)[] {
  if (entry.kind === "int") return [];
  let next = 0;
  return [entry.start, entry.stop, entry.step].map((given) => given ? scalars[next++]! : null);
}

function slice(start: Variable | null, stop: Variable | null, step: Variable | null): Taken {
  return {
    entry: { kind: "slice", start: start !== null, stop: stop !== null, step: step !== null },
    scalars: [start, stop, step].filter((part) => part !== null),
  };
}

function numberSlice(start: number | null, stop: number | null, step: number): Taken {
  const scalar = (n: number | null) => n === null ? null : intConstant(n);
  return slice(scalar(start), scalar(stop), step === 1 ? null : intConstant(step));
}

/** An entry without parts that say nothing, on an axis of a length. */
function plainEntry(taken: Taken, length: Length): Taken {
  if (taken.entry.kind === "int") return taken;
  const [start, stop, step] = partsOf(taken) as (Variable | null)[];
  const by = step === null ? 1 : staticInt(step!);
  if (by === null) return taken;
  const isFirst = start === null || staticInt(start!) === (by > 0 ? 0 : -1);
  const end = stop === null ? null : staticInt(stop!);
  const isLast = stop === null ||
    by > 0 && (stop === lengthVariable(length) || end !== null && typeof length === "number" &&
          end >= length);
  return slice(isFirst ? null : start!, isLast ? null : stop!, by === 1 ? null : step!);
}

const wholeSlices: Rule = {
  name: "whole-slices",
  law: "x[:] -> x, x[0:n] -> x, x[0] -> x without an axis of length 1",
  ops: ["subtensor"],
  rewrite(apply): Rewritten {
    const x = apply.inputs[0]!, lengths = lengthsOf(x), taken = takenIn(apply);
    const ones = taken.flatMap(({ entry, scalars }, axis) =>
      entry.kind === "int" && x.type.shape[axis] === 1 &&
        [0, -1].includes(staticInt(scalars[0]!) ?? 1)
        ? [axis]
        : []
    );
    const plain = taken.map((one, axis) =>
      ones.includes(axis) ? { entry: wholeEntry, scalars: [] } : plainEntry(one, lengths[axis]!)
    );
    const kept = Array.from({ length: x.ndim }, (_, d) => d).filter((d) => !ones.includes(d));
    if (ones.length > 0) {
      // The integers that are left count axes from the front: the axes go first.
      return take(moved(x, kept), plain.filter((_, axis) => !ones.includes(axis)));
    }
    const made = take(x, plain);
    return made === apply.output ? null : made;
  },
};

/** The range x[start::step] of a length that a slice takes, for numbers. */
interface StridedRange {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** A slice that takes a range of an axis of n elements. */
function sliceOf({ start, step, length }: StridedRange, n: number): Taken {
  if (length === 0) return numberSlice(0, 0, 1);
  const last = start + step * (length - 1);
  if (step > 0) {
    return numberSlice(start === 0 ? null : start, last + 1 >= n ? null : last + 1, step);
  }
  return numberSlice(start === n - 1 ? null : start, last === 0 ? null : last - 1, step);
}

/** One entry in the place of two on an axis of known length; null for indices out of range. */
function mergeKnown(first: Taken, second: Taken, n: number): Taken | null {
  const [a, b] = [first, second].map((taken) =>
    taken.entry.kind === "int"
      ? taken.scalars.map(staticInt)
      : partsOf(taken).map((part) => part === null ? undefined : staticInt(part))
  ) as [(number | null | undefined)[], (number | null | undefined)[]];
  if ([...a, ...b].includes(null)) return null;
  const outer = sliceRange(a[0] ?? null, a[1] ?? null, a[2] ?? null, n);
  if (second.entry.kind === "int") {
    const i = b[0]!, at = i < 0 ? i + outer.length : i;
    if (at < 0 || at >= outer.length) return null;
    return { entry: second.entry, scalars: [intConstant(outer.start + at * outer.step)] };
  }
  const inner = sliceRange(b[0] ?? null, b[1] ?? null, b[2] ?? null, outer.length);
  return sliceOf({
    start: outer.start + inner.start * outer.step,
    step: outer.step * inner.step,
    length: inner.length,
  }, n);
}

/** One entry in the place of two, whatever the length of the axis; null where it depends on it. */
function mergeOpen(first: Taken, second: Taken): Taken | null {
  const numbers = (taken: Taken) =>
    partsOf(taken).map((part) => part === null ? undefined : staticInt(part));
  const [start, stop, step] = numbers(first);
  if (start === null || stop === null || step === null) return null;
  const by = step ?? 1;
  if (by === -1 && start === undefined && stop === undefined) return mergeReversed(second);
  const from = start ?? 0;
  if (by < 1 || from < 0 || (stop ?? 0) < 0) return null;
  if (second.entry.kind === "int") {
    const i = staticInt(second.scalars[0]!);
    const at = i === null || i < 0 ? null : from + i * by;
    // Past the stop it is out of range, although x may have an element there.
    if (at === null || stop !== undefined && at >= stop) return null;
    return { entry: second.entry, scalars: [intConstant(at)] };
  }
  const [from2, stop2, step2] = numbers(second);
  if (from2 === null || stop2 === null || step2 === null) return null;
  const by2 = step2 ?? 1;
  if (by2 < 1 || (from2 ?? 0) < 0 || (stop2 ?? 0) < 0) return null;
  const ends = [stop, stop2 === undefined ? undefined : from + stop2 * by].filter((n) =>
    n !== undefined
  );
  const begin = from + (from2 ?? 0) * by;
  return numberSlice(
    begin === 0 ? null : begin,
    ends.length === 0 ? null : Math.min(...ends),
    by * by2,
  );
}

/** What an entry means on a reversed axis, as an entry on the axis itself. */
function mergeReversed(second: Taken): Taken | null {
  if (second.entry.kind === "int") {
    const i = staticInt(second.scalars[0]!);
    return i === null ? null : { entry: second.entry, scalars: [intConstant(-1 - i)] };
  }
  const [start, stop, step] = partsOf(second).map((part) =>
    part === null ? undefined : staticInt(part)
  );
  if (start === null || stop === null || step === null) return null;
  const turned = (n: number | undefined) => n === undefined ? null : -1 - n;
  return numberSlice(turned(start), turned(stop), -(step ?? 1));
}

const partOfPart: Rule = {
  name: "part-of-part",
  law: "x[2:][::-1][1] -> x[i], slices of slices as one slice",
  ops: ["subtensor"],
  rewrite(apply): Rewritten {
    const inner = applied(apply.inputs[0]!, "subtensor");
    if (inner === null) return null;
    const x = inner.inputs[0]!, first = takenIn(inner), second = takenIn(apply);
    const merged: Taken[] = [];
    let next = 0;
    for (let axis = 0; axis < x.ndim; axis++) {
      const outer = first[axis] ?? { entry: wholeEntry, scalars: [] };
      if (outer.entry.kind === "int") {
        merged.push(outer);
        continue;
      }
      const then = second[next++] ?? { entry: wholeEntry, scalars: [] };
      if (isWholeEntry(then.entry)) merged.push(outer);
      else if (isWholeEntry(outer.entry)) merged.push(then);
      else {
        const n = x.type.shape[axis]!;
        const one = n === null ? mergeOpen(outer, then) : mergeKnown(outer, then, n);
        if (one === null) return null;
        merged.push(one);
      }
    }
    const made = take(x, merged);
    return sameRange(made, apply.output) ? made : null;
  },
};

/** Whether lengths do not contradict each other. */
function sameRange(a: Variable, b: Variable): boolean {
  return a.type.compatible(b.type);
}

/** The constant index of the only indexed axis, counted from the front; null otherwise. */
function constantIndex(taken: Taken, length: number | null): number | null {
  if (taken.entry.kind !== "int") return null;
  const i = staticInt(taken.scalars[0]!);
  if (i === null) return null;
  if (i >= 0) return length !== null && i >= length ? null : i;
  return length === null || i + length < 0 ? null : i + length;
}

const elementOfVector: Rule = {
  name: "element-of-vector",
  law: "[a, b, c][1] -> b, [a, b, c][1:] -> [b, c]",
  ops: ["subtensor"],
  rewrite(apply): Rewritten {
    const vector = applied(apply.inputs[0]!, "makeVector");
    const [taken] = takenIn(apply);
    if (vector === null || taken === undefined) return null;
    const n = vector.inputs.length;
    if (taken.entry.kind === "int") {
      const i = constantIndex(taken, n);
      return i === null ? null : vector.inputs[i]!;
    }
    const parts = partsOf(taken).map((part) => part === null ? undefined : staticInt(part));
    if (parts.includes(null)) return null;
    const { start, step, length } = sliceRange(
      parts[0] ?? null,
      parts[1] ?? null,
      parts[2] ?? null,
      n,
    );
    const chosen = Array.from({ length }, (_, i) => vector.inputs[start + i * step]!);
    return outputOf(vector.op, chosen, vector.params);
  },
};

const elementOfRange: Rule = {
  name: "element-of-range",
  law: "arange(a, b, s)[i] -> a + i * s, for an i that is in range for sure",
  ops: ["subtensor"],
  rewrite(apply): Rewritten {
    const range = applied(apply.inputs[0]!, "arange"), [taken] = takenIn(apply);
    if (range === null || taken === undefined) return null;
    const n = range.output.type.shape[0]!;
    const i = n === null ? null : constantIndex(taken, n);
    if (i === null) return null;
    const [start, , step] = range.inputs.map((input) => castTo(input, "int64"));
    const value = ew("add", start!, ew("mul", intConstant(i), step!));
    return castTo(value, apply.output.dtype);
  },
};

const partOfStretched: Rule = {
  name: "part-of-stretched",
  law: "(x stretched)[i, 1:] -> x[i] stretched",
  ops: ["subtensor"],
  rewrite(apply, context): Rewritten {
    const whole = apply.inputs[0]!, inner = under(whole, "broadcastTo");
    if (inner === null || inner.ndim === 0) return null;
    const lost = positionsIn(apply).filter(({ axis }) => isOneFromEnd(inner, whole.ndim - axis));
    if (losesCheck(lost, context)) return null;
    const lengths = lengthsOf(apply.output);
    if (lengths.some((n) => typeof n !== "number" && namesLengthOf(n, apply))) return null;
    const part = viewThrough(apply)?.(inner) ?? null;
    return part === null ? null : inShape(part, lengths);
  },
};

/** Whether a length can only be told by what an application computes. */
export function namesLengthOf(length: Variable, apply: Apply): boolean {
  const owner = length.owner;
  if (owner === null) return false;
  if (owner.op.name === "jointLength") return owner.inputs.some((n) => namesLengthOf(n, apply));
  return owner.op.name === "shapeI" && owner.inputs[0]!.owner === apply;
}

const partOfMoved: Rule = {
  name: "part-of-moved",
  law: "(x with axes moved)[i] -> x[:, i] with axes moved",
  ops: ["subtensor"],
  rewrite(apply): Rewritten {
    const shuffle = applied(apply.inputs[0]!, "dimshuffle");
    if (shuffle === null) return null;
    const { pattern } = shuffle.params as DimshuffleParams, x = shuffle.inputs[0]!;
    const taken = takenIn(apply);
    const fresh = taken.some(({ entry }, d) => pattern[d] === "x" && !isWholeEntry(entry));
    if (fresh) return null;
    const taking: Taken[] = Array.from(
      { length: x.ndim },
      () => ({ entry: wholeEntry, scalars: [] }),
    );
    taken.forEach((one, d) => {
      const item = pattern[d]!;
      if (item !== "x") taking[item] = one;
    });
    const gone = taking.flatMap(({ entry }, d) => entry.kind === "int" ? [d] : []);
    const left = pattern.filter((item) => item === "x" || !gone.includes(item));
    const after = left.map((item): PatternItem =>
      item === "x" ? item : item - gone.filter((d) => d < item).length
    );
    return moved(take(x, taking), after);
  },
};

const partOfJoin: Rule = {
  name: "part-of-join",
  law: "join(x, y)[i] -> x[i], for an i that is in x for sure; join(x, y)[n:] -> y",
  ops: ["subtensor"],
  rewrite(apply): Rewritten {
    const join = applied(apply.inputs[0]!, "join");
    if (join === null) return null;
    const { axis } = join.params as JoinParams, taken = takenIn(apply), one = taken[axis];
    if (one === undefined || isWholeEntry(one.entry)) return null;
    const lengths = join.inputs.map((part) => part.type.shape[axis]!);
    const total = join.output.type.shape[axis]!;
    let from: number, to: number;
    if (one.entry.kind === "int") {
      const i = constantIndex(one, total);
      if (i === null) return null;
      [from, to] = [i, i + 1];
    } else {
      const numbers = partsOf(one).map((part) => part === null ? undefined : staticInt(part));
      const [start, stop, step] = numbers;
      if (start === null || stop === null || step !== undefined) return null;
      if (total === null) {
        if (start !== undefined && start < 0 || stop === undefined || stop < 0) return null;
        [from, to] = [start ?? 0, stop];
      } else {
        const range = sliceRange(start ?? null, stop ?? null, null, total);
        [from, to] = [range.start, range.start + range.length];
      }
      if (to <= from) return null;
    }
    let offset = 0;
    for (const [k, length] of lengths.entries()) {
      if (length === null) return null;
      if (from >= offset && to <= offset + length) {
        const inside = one.entry.kind === "int"
          ? { entry: one.entry, scalars: [intConstant(from - offset)] }
          : numberSlice(from - offset, to - offset, 1);
        const others = taken.map((other, d) => d === axis ? inside : other);
        return take(join.inputs[k]!, others);
      }
      offset += length;
    }
    return null;
  },
};

const partOfReduced: Rule = {
  name: "part-of-reduced",
  law: "sum(x, 1)[i] -> sum(x[i], 0)",
  ops: ["subtensor"],
  rewrite(apply, context): Rewritten {
    const total = apply.inputs[0]!, inner = applied(total, "reduce");
    if (inner === null || context.uses(total) > 1) return null;
    const params = inner.params as ReduceParams, { axes } = params, x = inner.inputs[0]!;
    const taken = takenIn(apply);
    let next = 0;
    const taking = Array.from(
      { length: x.ndim },
      (_, d): Taken =>
        axes.includes(d)
          ? { entry: wholeEntry, scalars: [] }
          : taken[next++] ?? { entry: wholeEntry, scalars: [] },
    );
    const gone = taking.flatMap(({ entry }, d) => entry.kind === "int" ? [d] : []);
    const left = axes.map((axis) => axis - gone.filter((d) => d < axis).length);
    return reducedAs(params, take(x, taking), left);
  },
};

const partOfProduct: Rule = {
  name: "part-of-matmul",
  law: "dot(x, y)[i] -> dot(x[i], y), dot(x, y)[:, j] -> dot(x, y[:, j])",
  ops: ["subtensor"],
  rewrite(apply, context): Rewritten {
    const total = apply.inputs[0]!, product = applied(total, "matmul");
    if (product === null || context.uses(total) > 1) return null;
    const [a, b] = product.inputs as [Variable, Variable], rank = a.ndim;
    const given = takenIn(apply), none: Taken = { entry: wholeEntry, scalars: [] };
    const taken = Array.from({ length: rank }, (_, d) => given[d] ?? none);
    const batch = taken.slice(0, -2), [row, column] = taken.slice(-2) as [Taken, Taken];
    const gone = batch.filter(({ entry }) => entry.kind === "int").length;
    const left = withAxis(take(a, [...batch, row, none]), row, rank - gone, -2);
    const right = withAxis(take(b, [...batch, none, column]), column, rank - gone, -1);
    const pattern = taken.filter((_, d) => d >= rank - 2 || taken[d]!.entry.kind !== "int")
      .flatMap(({ entry }, d) => entry.kind === "int" ? [] : [d]);
    return moved(applyAgain(product, [left, right]), pattern);
  },
};

/** A part from which an integer took an axis, with that axis again, of length 1. */
function withAxis(part: Variable, { entry }: Taken, rank: number, axis: number): Variable {
  if (entry.kind !== "int") return part;
  const pattern: PatternItem[] = Array.from({ length: rank - 1 }, (_, d) => d);
  pattern.splice(rank + axis, 0, "x");
  return moved(part, pattern);
}

const rangeOfAll: Rule = {
  name: "all-positions",
  law: "x[arange(n)] -> x where x has n rows",
  ops: ["advIndex"],
  rewrite(apply): Rewritten {
    const [x, ...indices] = apply.inputs as [Variable, ...Variable[]];
    const { axes } = apply.params as AdvIndexParams;
    if (indices.length !== 1) return null;
    return isFullRange(indices[0]!, lengthsOf(x)[axes[0]!]!) ? x : null;
  },
};

/** Whether a variable is 0, 1, … up to a length. */
export function isFullRange(index: Variable, length: Length): boolean {
  if (!isRangeFromStart(index)) return false;
  const stop = (under(index, "cast") ?? index).owner!.inputs[1]!;
  return typeof length === "number" ? staticInt(stop) === length : namesLength(stop, length);
}

/** Whether positions are 0, 1, 2, and so on. */
export function isRangeFromStart(index: Variable): boolean {
  const range = applied(under(index, "cast") ?? index, "arange");
  if (range === null) return false;
  const [start, , step] = range.inputs as [Variable, Variable, Variable];
  return staticInt(start) === 0 && staticInt(step) === 1;
}

function namesLength(stop: Variable, length: Variable): boolean {
  if (stop === length) return true;
  const apply = applied(under(stop, "cast") ?? stop, "shapeI");
  if (apply === null) return false;
  return lengthsOf(apply.inputs[0]!)[(apply.params as { axis: number }).axis] === length;
}

const positionsOfStretched: Rule = {
  name: "positions-of-stretched-scalar",
  law: "(a number stretched)[positions] -> the number stretched",
  ops: ["advIndex"],
  rewrite(apply, context): Rewritten {
    const inner = under(apply.inputs[0]!, "broadcastTo");
    if (inner === null || inner.ndim > 0) return null;
    if (losesCheck(positionsIn(apply), context)) return null;
    const lengths = lengthsOf(apply.output);
    if (lengths.some((n) => typeof n !== "number" && namesLengthOf(n, apply))) return null;
    return inShape(inner, lengths);
  },
};

/** Rules that bring indexing into one form. */
export const indexingRules: readonly Rule[] = [
  wholeSlices,
  partOfPart,
  elementOfVector,
  elementOfRange,
  partOfStretched,
  partOfMoved,
  partOfJoin,
  rangeOfAll,
  positionsOfStretched,
];

/** Rules that compute only what is picked. */
export const cheaperIndexing: readonly Rule[] = [partOfReduced, partOfProduct];
