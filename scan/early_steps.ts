/**
 * At which steps a loop is read from outside, as the gradient of its traces tells: steps that nothing
 * reads have no adjoint, whatever their values.
 *
 * @module
 */

import { chosenBeside, support } from "../autodiff/support.ts";
import { isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, applyOp, Constant, makeConstant, type Variable } from "../core/graph/graph.ts";
import { ancestors } from "../core/graph/walk.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { staticInt } from "../core/ops/common/arguments.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import type { AdvIncParams } from "../core/ops/index/adv_index.ts";
import { type IncSubtensorParams, subtensorOp } from "../core/ops/index/subtensor.ts";
import { isNumber } from "../core/rewrite/match.ts";
import { or } from "../core/ops/elementwise/elementwise.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import { any } from "../core/ops/reduce/reduce.ts";
import type { StepGraph } from "./inner.ts";

type Gradient = Variable | null;

/**
 * For each state, and then for what is carried: at which steps what comes from it is read from outside,
 * null if that may be at the end, or never.
 *
 * @param times At which steps the states, what is carried, and other results are read; null if that may be at
 * the end, undefined for those that are not.
 */
export function readTimes(
  { placeholders, results }: StepGraph,
  times: readonly (Variable | null | undefined)[],
): (Variable | null)[] {
  const places = [...placeholders.states, ...placeholders.carried.map((place) => [place])];
  const sources = [...results.states, ...results.carried, ...results.maps].map((result) => {
    const from = new Set(ancestors([result]));
    return places.flatMap((taps, i) => taps.some((tap) => from.has(tap)) ? [i] : []);
  });
  return places.map((_, i) => {
    const reached = new Set([i]);
    // Also through what is reached, which a set visits, too.
    for (const at of reached) sources.forEach((from, to) => from.includes(at) && reached.add(to));
    const all = [...reached].map((at) => times[at]).filter((one) => one !== undefined);
    return all.length === 0 || all.includes(null)
      ? null
      : all.map((one) => one!).reduce((a, b) => or(a, b));
  });
}

/**
 * At which steps rows may be other than zero, if they were put into zeros at places that do not reach the
 * end; null for others.
 */
export function earlySteps(rows: Variable): Variable | null {
  const { owner } = rows;
  if (isNumber(rows, 0)) return everyStep(rows, false);
  if (owner?.op.name === "add" || owner?.op.name === "sub") {
    const [a, b] = owner.inputs.map(earlySteps);
    return a && b ? or(a, b) : null;
  }
  if (owner?.op.name === "ifelse") {
    const { n } = owner.params as { n: number };
    const [a, b] = [1 + rows.index, 1 + n + rows.index].map((i) => earlySteps(owner.inputs[i]!));
    if (!a || !b) return null;
    return applyOp(owner.op, [owner.inputs[0]!, a, b], { ...owner.params, n: 1 }).output;
  }
  const from = owner === null ? null : rowsFrom(owner);
  if (from !== null) return earlySteps(from);
  if (owner?.op.name === "subtensor" || owner?.op.name === "dimshuffle") return stepsOfPart(owner);
  const put = owner === null ? null : earlyPlaces(owner);
  const before = put === null
    ? null
    : earlySteps(owner!.inputs[0]!) ?? (put.there ? null : everyStep(owner!.inputs[0]!, true));
  if (before === null) return null;
  const there = makeConstant(valueOf(put!.there));
  return applyOp(owner!.op, [before, there, ...put!.places], put!.params).output;
}

/** What an op makes its rows from, each from the same row, and zeros from zeros; null for others. */
function rowsFrom({ op: { name }, inputs, params, output }: Apply): Variable | null {
  const [first, second, third] = inputs as [Variable, Variable, Variable];
  const { pattern, axes = [], axis, kind = "sum" } = params as {
    pattern?: readonly unknown[];
    axes?: readonly number[];
    axis?: number;
    kind?: string;
  };
  const isSame = (of: Variable) => of.ndim > 0 && of.type.shape[0] === output.type.shape[0];
  switch (name) {
    case "switch":
      return isNumber(third, 0) ? second : isNumber(second, 0) ? third : null;
    case "derivedAs":
      return second;
    case "neg":
    case "cast":
      return first;
    case "mul":
    case "div":
    case "matmul":
      return first.ndim === output.ndim && isSame(first) ? first : null;
    case "broadcastTo":
    case "dimshuffle":
      return (pattern?.[0] ?? first.ndim - output.ndim) === 0 && isSame(first) ? first : null;
    case "reduce":
    case "sumTo":
      return kind === "sum" && !axes.includes(0) ? first : null;
    case "cumop":
      return kind === "sum" && axis !== 0 ? first : null;
    default:
      return null;
  }
}

/** The same for a part of rows, or for one of several loops' rows. */
function stepsOfPart({ inputs, params, output }: Apply): Variable | null {
  const [from, ...places] = inputs as [Variable, ...Variable[]];
  const { index: [entry] = [] } = params as unknown as Partial<IncSubtensorParams>;
  if (entry?.kind === "slice") {
    const before = earlySteps(from);
    if (before === null) return null;
    const own = [entry.start, entry.stop, entry.step].filter(Boolean).length;
    return applyOp(subtensorOp, [before, ...places.slice(0, own)], { index: [entry] }).output;
  }
  // Of a loop that constants say is read, all is.
  const mask = isByCall(from) ? support(output, "indexed") : null;
  if (mask === null) return null;
  const all = stretched(mask, knownDims(output));
  return any(all, { axis: all.type.shape.flatMap((_, d) => d === 0 ? [] : [d]) });
}

/** Whether a position that is computed says where along the first axis something was put. */
function isByCall({ owner }: Variable): boolean {
  if (owner === null) return false;
  const from = rowsFrom(owner) ?? (owner.op.name === "subtensor" ? owner.inputs[0]! : null);
  if (from !== null) return isByCall(from);
  if (owner.op.name === "add" || owner.op.name === "sub") return owner.inputs.some(isByCall);
  const put = earlyPlaces(owner);
  return put !== null && put.places.some((place) => staticInt(place) === null);
}

/** The same for all steps of rows. */
function everyStep(rows: Variable, isRead: boolean): Variable {
  return stretched(makeConstant(valueOf(isRead)), knownDims(rows).slice(0, 1));
}

/** What rows are chosen by, of each row or of all; null for everything. */
export function chosenRows(rows: Variable): Gradient {
  const mask = chosenBeside(rows, [0], "indexed");
  if (mask !== null) return mask;
  const steps = earlySteps(rows);
  return steps &&
    dimshuffle(steps, ...Array.from({ length: rows.ndim }, (_, d) => d === 0 ? 0 : "x" as const));
}

/** Whether a position is written as the last one of a length. */
function isLastPlace({ owner }: Variable): boolean {
  if (owner?.op.name === "cast") return isLastPlace(owner.inputs[0]!);
  if (owner?.op.name !== "sub" || !isNumber(owner.inputs[1]!, 1)) return false;
  let length = owner.inputs[0]!;
  while (length.owner?.op.name === "cast") length = length.owner.inputs[0]!;
  return length.owner?.op.name === "shapeI";
}

/**
 * Where along the first axis an index puts something, or zeros, if that may leave out the end: by its
 * constants, or because it is computed.
 */
function earlyPlaces({ op, inputs, params, output }: Apply) {
  const length = output.type.shape[0] ?? Infinity, [, part, ...places] = inputs;
  const isBefore = (at: number | null, end = 0) =>
    at !== null && (at < 0 ? at < end : at < length + end);
  const { set } = params as unknown as IncSubtensorParams;
  const there = !set || !isNumber(part!, 0);
  if (op.name === "advInc") {
    const { axes } = params as unknown as AdvIncParams, [at] = places;
    if (!there || axes[0] !== 0 || at === undefined || !isDiscrete(at.dtype)) return null;
    const isKnown = !(at instanceof Constant) ||
      Array.from(at.value.data as ArrayLike<number>, Number).every((n) => isBefore(n, -1));
    // A range has all steps.
    if (!isKnown || at.owner?.op.name === "arange") return null;
    return { places: [at], params: { axes: [0], set: true }, there };
  }
  const { index = [] } = params as unknown as Partial<IncSubtensorParams>, [entry] = index;
  if (op.name !== "incSubtensor" || entry === undefined) return null;
  const of = (has: boolean) => has ? places[own++]! : null;
  let own = 0;
  const isEarly = (at: Variable | null, end: number) => {
    if (at === null) return false;
    const value = staticInt(at);
    return value === null ? !isLastPlace(at) : isBefore(value, end);
  };
  if (entry.kind === "int") {
    if (!there || !isEarly(of(true), -1)) return null;
  } else {
    const [start, stop, step] = [of(entry.start), of(entry.stop), of(entry.step)];
    const by = step === null ? 1 : staticInt(step);
    if (by === null) return null;
    if (!there) {
      // Zeros in the place of the last steps.
      if (by !== 1 || start === null || stop !== null || index.length > 1) return null;
    } else if (by < 0 ? !isEarly(start, -1) : !isEarly(stop, 0)) return null;
  }
  return { places: places.slice(0, own), params: { index: [entry], set: true }, there };
}
