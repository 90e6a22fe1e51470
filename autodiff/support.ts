/**
 * Where a gradient is zero by its structure: because a choice, an index or a condition left an element
 * out, and not because numbers happen to cancel.
 *
 * There the derivative of what was left out must not count, even if it is infinite or NaN, and 0·∞ is
 * NaN. So rules select instead of multiplying: what a gradient was chosen from stays around whatever
 * becomes of it.
 *
 * @module
 */

import {
  type Apply,
  Constant,
  makeConstant,
  outputOf,
  type Variable,
} from "../core/graph/graph.ts";
import type { Length, Params } from "../core/graph/op.ts";
import { type AdvIncParams, advIndexOp } from "../core/ops/index/adv_index.ts";
import { castTo } from "../core/ops/common/build.ts";
import { and, invert, neq, or, where } from "../core/ops/elementwise/elementwise.ts";
import { knownDims, lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { lengthVariable } from "../core/ops/common/length_rules.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce/reduce_ops.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { type IncSubtensorParams, isWholeEntry, subtensorOp } from "../core/ops/index/subtensor.ts";
import type { SumToParams } from "../core/ops/reduce/sum_to.ts";
import { isFullRange, isRangeFromStart } from "../core/rewrite/indexing/indexing_rules.ts";
import { isNumber } from "../core/rewrite/match.ts";
import { ancestors, replace, toposort } from "../core/graph/walk.ts";
import { withAxes } from "./shapes.ts";

/** Bools that broadcast to the shape of a gradient: false where it is zero by its structure. */
type Mask = Variable | null;

const yes = makeConstant(valueOf(true, "bool")), no = makeConstant(valueOf(false, "bool"));

/**
 * Which choices count: all, or only those by conditions, not those that indices and `max` make; for matrix
 * products also those by a single index, which costs no more than its positions.
 */
type Choices = "all" | "explicit" | "indexed";

const found: Readonly<Record<Choices, WeakMap<Variable, Variable | false>>> = {
  all: new WeakMap(),
  explicit: new WeakMap(),
  indexed: new WeakMap(),
};

/** Conditions of kinks, as `maximum` has one, each with what an index makes of it. */
const kinks = new WeakMap<Variable, Mask>();

/**
 * Notes that a condition belongs to a kink, where what is left out is rarely infinite, or to positions.
 *
 * @param byIndex Where positions are in it; null if there are none.
 */
export function asKink(condition: Variable, byIndex: Mask = null): Variable {
  kinks.set(condition, byIndex ?? kinks.get(condition) ?? null);
  return condition;
}

/** Graphs in which variables are replaced, with what is known of the conditions in them. */
export function replaceWithKinks(
  graphs: readonly Variable[],
  places: ReadonlyMap<Variable, Variable>,
): Variable[] {
  const conditions = toposort(graphs).flatMap(({ op, inputs }) =>
    op.name === "switch" ? [asWritten(inputs[0]!)] : []
  ).filter((condition) => kinks.has(condition));
  const masks = conditions.map((condition) => kinks.get(condition) ?? no);
  const replaced = replace([...graphs, ...conditions, ...masks], places);
  conditions.forEach((_, i) => {
    const mask = replaced[graphs.length + conditions.length + i]!;
    asKink(replaced[graphs.length + i]!, mask === no ? null : mask);
  });
  return replaced.slice(0, graphs.length);
}

/** Says where a variable may be other than zero that rules cannot look into, and what made it so. */
export function declareSupport(variable: Variable, mask: Variable, choices: Choices): void {
  found.all.set(variable, mask);
  if (choices !== "all") found.indexed.set(variable, mask);
  if (choices === "explicit") found.explicit.set(variable, mask);
}

/** Where a gradient may be other than zero; null for everywhere. */
export function support(gradient: Variable, choices: Choices = "all"): Mask {
  const known = found[choices];
  const stack = [gradient];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const rule = known.has(top) ? null : ruleOf(top, choices);
    const missing = rule?.needs.filter((needed) => !known.has(needed)) ?? [];
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    if (rule === null) continue;
    known.set(top, rule.find(...rule.needs.map((needed) => known.get(needed) || null)) ?? false);
  }
  return known.get(gradient) || null;
}

interface MaskRule {
  readonly needs: readonly Variable[];
  find(...masks: readonly Mask[]): Mask;
}

const everywhere: MaskRule = { needs: [], find: () => null };

/** Ops that keep each element where it is, or stretch it, and zero zero. */
const inPlace = new Set([
  "neg",
  "cast",
  "real",
  "imag",
  "conj",
  "copy",
  "specifyShape",
  "mul",
  "div",
  // Masks stretch anyway.
  "broadcastTo",
]);
/** Ops that move elements of their first input. */
const moving = new Set(["reshape", "subtensor", "advIndex", "windows"]);
/** Ops that add up elements of their first input. */
const adding = new Set(["cumop", "foldWindows"]);

function ruleOf(variable: Variable, choices: Choices): MaskRule {
  const apply = variable.owner;
  if (isNumber(variable, 0)) return { needs: [], find: () => no };
  if (apply === null) return everywhere;
  const { inputs, op: { name } } = apply, [first] = inputs as [Variable];
  const again = (...masks: readonly Variable[]): Variable =>
    outputOf(apply.op, [...masks, ...inputs.slice(masks.length)], apply.params);
  if (name === "switch") return choiceRule(apply, choices);
  if (inPlace.has(name)) return { needs: [first], find: (mask) => mask ?? null };
  // The choices of the other one are made by how it is computed.
  if (name === "derivedAs") return { needs: [inputs[1]!], find: (mask) => mask ?? null };
  const adds = name === "add" || name === "sub" || name === "complex";
  if (choices === "indexed" && (adds || name === "join")) {
    // Parts that indices took are put together; others that are put together are everywhere.
    const byIndex = (part: Variable, mask: Mask) => mask && support(part, "explicit") !== mask;
    const find = (a: Mask = null, b: Mask = null) =>
      adds && byIndex(inputs[0]!, a) && byIndex(inputs[1]!, b)
        ? either(a!, b!)
        : support(variable, "explicit");
    return { needs: inputs.slice(0, 2), find };
  }
  if (adds) {
    return { needs: inputs, find: (a, b) => a && b ? either(a, b) : null };
  }
  if (name === "dimshuffle") {
    return { needs: [first], find: (mask) => mask ? again(aligned(mask, first)) : null };
  }
  if (moving.has(name)) {
    return { needs: [first], find: (mask) => mask ? movedMask(apply, mask) : null };
  }
  if (name === "sumTo") {
    // Mostly nothing has to be summed up.
    return { needs: [first], find: (mask) => mask ? summedTo(mask, apply) : null };
  }
  if (name === "reduce" || name === "matmul" || adding.has(name)) {
    return { needs: [], find: () => sumRule(apply, choices) };
  }
  if (name === "join" || name === "makeVector" || name === "pad") {
    const parts = name === "pad" ? inputs.slice(0, 2) : inputs;
    const find = (...masks: readonly Mask[]) => {
      if (masks.every((mask) => mask === null)) return null;
      const all = masks.map((mask, i) => whole(mask ?? yes, parts[i]!));
      return name === "makeVector" ? outputOf(apply.op, all, { dtype: "bool" }) : again(...all);
    };
    return { needs: parts, find };
  }
  if (name === "incSubtensor" || name === "advInc") {
    const { set } = apply.params as IncSubtensorParams, parts = inputs.slice(0, 2);
    if (choices !== "all") {
      return { needs: parts, find: (...masks) => putRule(apply, masks, choices) };
    }
    const find = (base: Mask = null, part: Mask = null) => {
      if (set ? base === null && part === null : base === null) return null;
      return again(whole(base ?? yes, first), whole(part ?? yes, parts[1]!));
    };
    return { needs: parts, find };
  }
  if (name === "ifelse") {
    const { n } = apply.params as { n: number }, condition = castTo(first, "bool");
    const [a, b] = [inputs[1 + variable.index]!, inputs[1 + n + variable.index]!];
    // The branch that is not taken is nobody's business, and so are its conditions.
    const chosen = (x: Mask, y: Mask): Variable =>
      outputOf(apply.op, [first, aligned(x ?? yes, a), aligned(y ?? yes, b)], {
        ...apply.params,
        n: 1,
      });
    const [isA, isB] = [a, b].map((branch) => !isNumber(branch, 0));
    if (!isA || !isB) {
      const find = () => {
        const mask = support(isA ? a : b, choices === "all" ? "indexed" : choices);
        if (mask !== null) return isA ? chosen(mask, no) : chosen(no, mask);
        return isA ? condition : invert(condition);
      };
      return { needs: [], find };
    }
    const find = (x: Mask = null, y: Mask = null) => x === null && y === null ? null : chosen(x, y);
    return { needs: [a, b], find };
  }
  return everywhere;
}

/** Sums are zero where all terms are. */
function sumRule(apply: Apply, choices: Choices): Mask {
  const { inputs: [x, y], op: { name } } = apply as Apply & {
    inputs: readonly [Variable, Variable];
  };
  if (name === "matmul") {
    return both(chosenAlong(x, x.ndim - 1, choices), chosenAlong(y, y.ndim - 2, choices));
  }
  const { kind = "sum", axes } = apply.params as Partial<ReduceParams>;
  if (kind !== "sum") return null;
  // A running sum has those parts that end before what was left out, and windows add up along new axes.
  const over = name === "reduce" ? axes! : [], mask = chosenBeside(x, over, choices);
  if (mask === null) return null;
  return name === "reduce" ? any(aligned(mask, x), over) : summed(mask, apply);
}

/**
 * What a sum over axes has to know of its terms. What was left out by an index, or at a kink, is rarely
 * left out of a whole sum: it counts if it is along other axes.
 */
export function chosenBeside(x: Variable, axes: readonly number[], choices: Choices): Mask {
  const explicit = support(x, "explicit");
  if (choices === "explicit") return explicit;
  const mask = support(x, "indexed");
  return mask !== null && (explicit !== null || isOpenBeside(mask, x, axes) || isComputed(mask))
    ? mask
    : null;
}

/** Whether a mask is one bool for all of a variable, which only a call can tell. */
function isComputed(mask: Variable): boolean {
  return mask.type.shape.every((n) => n === 1) &&
    ancestors([mask]).some((v) => v.owner === null && !(v instanceof Constant));
}

/** Whether a mask may differ along an axis of a variable other than some. */
function isOpenBeside(mask: Variable, of: Variable, axes: readonly number[]): boolean {
  const skip = of.ndim - mask.ndim;
  return mask.type.shape.some((n, axis) => n !== 1 && !axes.includes(axis + skip));
}

/** Where parts that indices took were put into zeros, or into what has such parts already. */
function putRule(
  apply: Apply,
  [base = null, part = null]: readonly Mask[],
  choices: Choices,
): Mask {
  const [x, y, ...places] = apply.inputs as [Variable, Variable, ...Variable[]];
  const { set } = apply.params as IncSubtensorParams, counts = choices === "indexed";
  const isEmpty = isNumber(x, 0);
  if (set && !isEmpty) {
    if (!isNumber(y, 0)) return null;
    return counts ? both(positionsOf(apply, false), base) : base;
  }
  if (!isEmpty && base === null) return null;
  const there = part !== null
    ? outputOf(apply.op, [whole(no, x), whole(part, y), ...places], apply.params)
    : counts
    ? positionsOf(apply, true)
    : null;
  return isEmpty || there === null ? there : either(base!, there);
}

/** True at the positions of an index or false there, with length 1 along axes that it picks nothing from. */
function positionsOf(apply: Apply, there: boolean): Mask {
  const [base, , ...places] = apply.inputs as [Variable, Variable, ...Variable[]];
  const { index, axes } = apply.params as unknown as IncSubtensorParams & AdvIncParams;
  const isAdvanced = apply.op.name === "advInc", lengths = lengthsOf(base);
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
  return outputOf(apply.op, [stretched(there ? no : yes, all), there ? yes : no, ...kept], {
    ...apply.params,
    ...(isAdvanced ? { axes: own.map((i) => axes[i]!) } : {}),
    set: true,
  } as Params);
}

/** Whether positions are a range over all of an axis, or one from its start that stands beside others. */
function isRange(place: Variable, length: Length, places: number): boolean {
  return isFullRange(place, length) || places > 1 && isRangeFromStart(place);
}

/** A mask moved as its variable is; rows that are reshaped stay rows. */
function movedMask({ op, inputs, params, output }: Apply, mask: Variable): Variable {
  const [x, ...rest] = inputs as [Variable, ...Variable[]];
  const [from, to] = [x, output].map((v) => lengthsOf(v).at(-1));
  if (op.name === "reshape" && from === to && from !== undefined && mask.type.shape.at(-1) === 1) {
    const dims = [...knownDims(x).slice(0, -1), lengthVariable(1)];
    return outputOf(op, [stretched(mask, dims), ...rest.slice(0, -1), lengthVariable(1)], params);
  }
  return outputOf(op, [whole(mask, x), ...rest], params);
}

/** Where a sum of products over an axis of an operand has a choice along its other axes; null without. */
export function chosenAlong(operand: Variable, over: number, choices: Choices): Mask {
  const mask = chosenBeside(operand, [over], choices);
  return mask === null ? null : anyAlong(mask, operand, over);
}

/** The same for `sumTo`: along an axis where a mask has length 1 there is nothing to sum up. */
function summedTo(mask: Variable, { op, inputs: [x, ...dims], params }: Apply): Variable {
  const { axes } = params as unknown as SumToParams, full = aligned(mask, x!);
  const left = axes.filter((axis) => full.type.shape[axis] !== 1);
  if (left.length === 0) return mask;
  const own = lengthsOf(full).map(lengthVariable), all = knownDims(x!);
  const counted = castTo(
    stretched(full, own.map((n, d) => left.includes(d) ? all[d]! : n)),
    "int32",
  );
  const kept = dims.filter((_, i) => left.includes(axes[i]!));
  return neq(outputOf(op, [counted, ...kept], { axes: left }) as Variable, 0) as Variable;
}

/** Where a sum has terms that count. */
function summed(mask: Variable, { op, inputs: [x, ...rest], params }: Apply): Variable {
  const counts = outputOf(op, [castTo(whole(mask, x!), "int32"), ...rest], params) as Variable;
  return neq(counts, 0) as Variable;
}

function choiceRule({ inputs }: Apply, choices: Choices): MaskRule {
  const [given, a, b] = inputs as [Variable, Variable, Variable];
  const byIndex = kinks.get(asWritten(given)), counts = choices === "all" || byIndex === undefined;
  if (isNumber(b, 0)) {
    const condition = counts ? castTo(given, "bool") : choices === "indexed" ? byIndex : null;
    return { needs: [a], find: (mask = null) => both(condition, mask) };
  }
  const condition = castTo(given, "bool");
  if (isNumber(a, 0)) {
    return { needs: [b], find: (mask = null) => counts ? both(invert(condition), mask) : mask };
  }
  const find = (x: Mask = null, y: Mask = null) =>
    x === null && y === null ? null : where(condition, x ?? yes, y ?? yes) as Variable;
  return { needs: [a, b], find };
}

/** A condition without what stretches it. */
function asWritten(condition: Variable): Variable {
  const { owner } = condition;
  return owner?.op.name === "broadcastTo" && !kinks.has(condition)
    ? asWritten(owner.inputs[0]!)
    : condition;
}

function both(a: Mask, b: Mask): Mask {
  if (a === null || a === b || isPart(b, a)) return b;
  if (b === null || isPart(a, b)) return a;
  return and(a, b);
}

/** Whether a mask is a conjunction that has another one in it. */
function isPart(mask: Mask, part: Variable): boolean {
  return mask?.owner?.op.name === "and" && mask.owner.inputs.includes(part);
}

function either(a: Variable, b: Variable): Variable {
  if (a === b || b === no) return a;
  return a === no ? b : or(a, b);
}

function any(mask: Variable, axes: readonly number[]): Variable {
  return outputOf<ReduceParams>(reduceOp, [mask], { kind: "any", axes, dtype: "bool" });
}

/** Whether there is anything along an axis, which gets length 1. */
function anyAlong(mask: Variable, of: Variable, axis: number): Variable {
  const own = axis - of.ndim + mask.ndim;
  if (own < 0 || mask.type.shape[own] === 1) return mask;
  return withAxes(any(aligned(mask, of), [axis]), [axis]);
}

/**
 * A gradient combined with a factor or divisor that broadcasts to it: what it was chosen from is, with the
 * choice around it.
 */
export function combined(
  gradient: Variable,
  by: Variable,
  combine: (value: Variable, by: Variable) => Variable,
): Variable {
  const shell = shellOf(gradient, by);
  if (shell === null) {
    const made = combine(gradient, by), mask = maskBeside(gradient, by);
    // What it says beyond conditions comes from indices; the conditions are in what it was combined from.
    if (mask && support(gradient, "explicit") !== mask) asKink(mask, support(gradient, "indexed"));
    return chosenWhere(gradient, mask, made);
  }
  return shell.put(combined(shell.value, shell.by, combine));
}

/**
 * A value that a gradient was multiplied into, or is going to be: zero, or another number, where the
 * gradient is zero by its structure.
 */
export function selectedBy(
  gradient: Variable,
  value: Variable,
  choices: Choices = "all",
  instead = 0,
): Variable {
  return chosenWhere(gradient, support(gradient, choices), value, instead);
}

function chosenWhere(gradient: Variable, mask: Mask, value: Variable, instead = 0): Variable {
  if (mask === null) return value;
  if (support(gradient, "explicit") === null) asKink(mask, support(gradient, "indexed"));
  return where(mask, value, instead) as Variable;
}

/** What has to be known of a gradient that is combined with a factor, which may stretch along axes. */
function maskBeside(gradient: Variable, by: Variable): Mask {
  const lengths = lengthsOf(gradient), own = lengthsOf(by), skip = gradient.ndim - by.ndim;
  const stretches = lengths.flatMap((n, axis) =>
    axis < skip || own[axis - skip] === 1 && n !== 1 ? [axis] : []
  );
  return stretches.length === 0 ? support(gradient) : chosenBeside(gradient, stretches, "all");
}

/** Whether a factor has an element for each of a gradient; what stretches belongs to several. */
function goesWith(by: Variable, gradient: Variable): boolean {
  const all = lengthsOf(gradient);
  return by.ndim === gradient.ndim && lengthsOf(by).every((n, d) => n !== 1 || all[d] === 1);
}

/** A mask with as many axes as a variable. */
function aligned(mask: Variable, like: Variable): Variable {
  return withAxes(mask, Array.from({ length: like.ndim - mask.ndim }, (_, axis) => axis));
}

/** A mask in the shape of a variable. */
function whole(mask: Variable, like: Variable): Variable {
  return stretched(mask, knownDims(like));
}

/** What a gradient was chosen from. */
interface Shell {
  readonly value: Variable;
  /** The elements that go with those of `value`. */
  readonly by: Variable;
  /** The choice around something else. */
  put(value: Variable): Variable;
}

/** The outermost choice that a gradient is, if it is one. */
function shellOf(gradient: Variable, by: Variable): Shell | null {
  const apply = gradient.owner;
  if (apply === null) return null;
  if (apply.op.name === "switch") return choiceShell(gradient, apply, by);
  return apply.op.name === "incSubtensor" || apply.op.name === "advInc"
    ? indexShell(gradient, apply, by)
    : null;
}

function choiceShell(gradient: Variable, { inputs }: Apply, by: Variable): Shell | null {
  const [condition, a, b] = inputs as [Variable, Variable, Variable];
  const chosen = isNumber(b, 0) ? a : isNumber(a, 0) ? b : null;
  if (chosen === null) return null;
  return {
    value: whole(castTo(chosen, gradient.dtype), gradient),
    by,
    put: (v) => (chosen === a ? where(condition, v, 0) : where(condition, 0, v)) as Variable,
  };
}

function indexShell(gradient: Variable, apply: Apply, by: Variable): Shell | null {
  const [base, part, ...places] = apply.inputs as [Variable, Variable, ...Variable[]];
  const params = apply.params as unknown as IncSubtensorParams & AdvIncParams;
  const isRange = apply.op.name === "incSubtensor";
  const isWhole = by.ndim === 0 || goesWith(by, gradient);
  if (!isWhole || !isNumber(base, 0) || !isRange && params.set) return null;
  const taken = (from: Variable): Variable =>
    isRange
      ? outputOf(subtensorOp, [from, ...places], { index: params.index })
      : outputOf(advIndexOp, [from, ...places], { axes: params.axes });
  return {
    value: whole(part, taken(gradient)),
    by: by.ndim === 0 ? by : taken(whole(by, gradient)),
    put(value) {
      const zeros = whole(makeConstant(valueOf(0, value.dtype)), gradient);
      return outputOf(apply.op, [zeros, value, ...places], { ...params, set: false } as Params);
    },
  };
}
