/**
 * Masks of what an index puts parts into.
 *
 * @module
 */

import { isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, Constant, outputOf, type Variable } from "../core/graph/graph.ts";
import type { Length, Params } from "../core/graph/op.ts";
import { staticInt } from "../core/ops/common/arguments.ts";
import { lengthOfDim, lengthVariable, toldBy } from "../core/ops/common/length_rules.ts";
import { arangeOp } from "../core/ops/create/arange.ts";
import { advIncOp, type AdvIncParams } from "../core/ops/index/adv_index.ts";
import {
  type IncSubtensorParams,
  type IndexEntry,
  isWholeEntry,
  wholeEntry,
} from "../core/ops/index/subtensor.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { knownDims, lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { isFullRange, isRangeFromStart } from "../core/rewrite/indexing/indexing_rules.ts";
import { applied, isNumber, under } from "../core/rewrite/match.ts";
import { both, either, type Mask, moved, no, whole, yes } from "./masks.ts";

type Put = IncSubtensorParams & AdvIncParams;

/** Where parts that indices took were put into zeros, or into what has such parts already. */
export function putMask(
  apply: Apply,
  [base = null, part = null]: readonly Mask[],
  counts: boolean,
): Mask {
  const [x, y] = apply.inputs as [Variable, Variable];
  const { set } = apply.params as IncSubtensorParams;
  const isEmpty = isNumber(x, 0);
  if (set && !isEmpty) {
    if (!isNumber(y, 0)) return null;
    return counts ? both(positionsOf(apply, false), base) : base;
  }
  if (!isEmpty && base === null) return null;
  const there = part !== null
    ? moved(apply, [0, 1], [no(), part])
    : counts
    ? positionsOf(apply, true)
    : null;
  return isEmpty || there === null ? there : either(base!, there);
}

/** True at the positions of an index or false there, with length 1 along axes that it picks nothing from. */
function positionsOf(apply: Apply, there: boolean): Mask {
  const [base, , ...places] = apply.inputs as [Variable, Variable, ...Variable[]];
  const { index, axes } = apply.params as unknown as Put;
  const isAdvanced = apply.op === advIncOp, lengths = lengthsOf(base);
  // A range beside positions picks from each row, or from nearly all of them.
  const own = isAdvanced
    ? places.flatMap((place, i) => isRange(place, lengths[axes[i]!]!, places.length) ? [] : [i])
    : [];
  const picked = lengths.map((_, axis) =>
    isAdvanced
      ? own.some((i) => axes[i] === axis)
      : index[axis] !== undefined && !isWholeEntry(index[axis]!)
  );
  if (!picked.includes(true)) return null;
  // What a range pairs with positions is replaced at these pairs alone.
  if (!there && isAdvanced && own.length < places.length) return null;
  const all = knownDims(base).map((dim, axis) => picked[axis] ? dim : lengthVariable(1));
  const kept = isAdvanced ? own.map((i) => places[i]!) : places;
  return outputOf(apply.op, [stretched(there ? no() : yes(), all), there ? yes() : no(), ...kept], {
    ...apply.params,
    ...(isAdvanced ? { axes: own.map((i) => axes[i]!) } : {}),
    set: true,
  });
}

/** Whether positions are a range over all of an axis, or one from its start that stands beside others. */
function isRange(place: Variable, length: Length, places: number): boolean {
  return isFullRange(place, length) || places > 1 && isRangeFromStart(place);
}

/** The same, but at places along an axis that certainly, or probably, do not reach its end. */
export function earlyMask(apply: Apply, [given = null, part = null]: readonly Mask[]): Mask {
  const [x] = apply.inputs as [Variable], base = isNumber(x, 0) ? no() : given;
  const early = earlyPlaces(apply);
  if (base === null && early?.there !== false) return null;
  if (part !== null && early?.there !== false) return moved(apply, [0, 1], [base, part]);
  if (early === null) return null;
  const { axis, places, params, there } = early;
  const short = x.type.shape.flatMap((_, d) => d === axis ? [] : [d]);
  return outputOf(
    apply.op,
    [whole(base ?? yes(), x, short), there ? yes() : no(), ...places],
    params,
  );
}

interface EarlyPlaces {
  readonly axis: number;
  readonly places: readonly Variable[];
  readonly params: Params;
  /** Whether something is put there, and not zeros. */
  readonly there: boolean;
}

/**
 * Where along the first such axis an index puts something, or zeros, if that may leave out the end: by its
 * constants, or because it is computed.
 */
function earlyPlaces({ op, inputs: [x, part, ...places], params }: Apply): EarlyPlaces | null {
  const { set, index, axes } = params as unknown as Put, lengths = lengthsOf(x!);
  const there = !set || !isNumber(part!, 0);
  if (op === advIncOp) {
    const i = there ? places.findIndex((at, i) => isEarlyList(at, lengths[axes[i]!]!)) : -1;
    if (i < 0) return null;
    return { axis: axes[i]!, places: [places[i]!], params: { axes: [axes[i]!], set: true }, there };
  }
  let next = 0;
  for (const [axis, entry] of index.entries()) {
    const from = next;
    const of = (has: boolean) => has ? places[next++]! : null;
    const ends = entry.kind === "int"
      ? [of(true), null, null] as const
      : [of(entry.start), of(entry.stop), of(entry.step)] as const;
    if (!isEarly(entry, ends, lengths[axis]!, there)) continue;
    // Zeros in a part of what is at some places leave the rest of it.
    if (!there && index.some((other, d) => d !== axis && !isWholeEntry(other))) continue;
    const own = index.slice(0, axis + 1).map((other, d) => d === axis ? other : wholeEntry);
    return { axis, places: places.slice(from, next), params: { index: own, set: true }, there };
  }
  return null;
}

function isBefore(at: number, length: Length, end: number): boolean {
  return at < 0 ? at < end : typeof length !== "number" || at < length + end;
}

/** Whether positions may leave out the end; a range has all. */
function isEarlyList(at: Variable, length: Length): boolean {
  if (!isDiscrete(at.dtype) || at.owner?.op === arangeOp) return false;
  return !(at instanceof Constant) ||
    Array.from(at.value.data, Number).every((n) => isBefore(n, length, -1));
}

/** Whether an entry leaves out the end of an axis or, of zeros, only has it. */
function isEarly(
  entry: IndexEntry,
  [start, stop, step]: readonly (Variable | null)[],
  length: Length,
  there: boolean,
): boolean {
  const endsBefore = (at: Variable | null, end: number) => {
    if (at === null || lengthOfDim(at, lengthsOf) === length) return false;
    const value = staticInt(at);
    return value === null ? !isLastPlace(at) : isBefore(value, length, end);
  };
  if (entry.kind === "int") return there && endsBefore(start!, -1);
  const by = step ? staticInt(step) : 1;
  if (by === null) return false;
  // Zeros in the place of the last rows.
  if (!there) return by === 1 && start !== null && stop === null;
  return by < 0 ? endsBefore(start!, -1) : endsBefore(stop!, 0);
}

/** Whether a position is written as the last one of a length. */
function isLastPlace(at: Variable): boolean {
  const [length, one] = applied(withoutCasts(at), "sub")?.inputs ?? [];
  return one !== undefined && isNumber(one, 1) && toldBy(withoutCasts(length!)).length > 0;
}

function withoutCasts(integer: Variable): Variable {
  const inner = under(integer, "cast");
  return inner === null ? integer : withoutCasts(inner);
}
