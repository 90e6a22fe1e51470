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

import { type Apply, apply as applyOp, makeConstant } from "../core/graph/graph.ts";
import type { Params } from "../core/graph/op.ts";
import { type AdvIncParams, advIndexOp } from "../core/ops/adv_index.ts";
import { castTo } from "../core/ops/build.ts";
import { and, invert, neq, or, where } from "../core/ops/elementwise.ts";
import { knownDims, lengthsOf } from "../core/ops/known_lengths.ts";
import { valueOf } from "../core/ops/literal.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce.ts";
import { stretched } from "../core/ops/broadcast_to.ts";
import { type IncSubtensorParams, subtensorOp } from "../core/ops/subtensor.ts";
import { isNumber, sameLengths } from "../core/rewrite/match.ts";
import { Constant, type Variable } from "../core/variable.ts";
import { withAxes } from "./shapes.ts";

/** Bools that broadcast to the shape of a gradient: false where it is zero by its structure. */
type Mask = Variable | null;

const yes = makeConstant(valueOf(true, "bool")), no = makeConstant(valueOf(false, "bool"));

/** Which choices count: all, or only those that the program asks for, not those that `max` makes. */
export type Choices = "all" | "explicit";

const found: Readonly<Record<Choices, WeakMap<Variable, Variable | false>>> = {
  all: new WeakMap(),
  explicit: new WeakMap(),
};

/** Conditions of kinks, as `maximum` has one. */
const kinks = new WeakSet<Variable>();

/** Notes that a condition belongs to a kink, where what is left out is rarely infinite. */
export function asKink(condition: Variable): Variable {
  kinks.add(condition);
  return condition;
}

/** Says where a variable may be other than zero that rules cannot look into. */
export function declareSupport(variable: Variable, mask: Variable): void {
  for (const known of Object.values(found)) known.set(variable, mask);
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

/** Ops that keep each element where it is, and zero zero. */
const inPlace = new Set([
  "neg",
  "cast",
  "real",
  "imag",
  "conj",
  "copy",
  "specifyShape",
  "derivedAs",
  "mul",
  "div",
]);
/** Ops that move elements of their first input. */
const moving = new Set(["reshape", "broadcastTo", "subtensor", "advIndex", "windows"]);
/** Ops that add up elements of their first input. */
const adding = new Set(["sumTo", "cumop", "foldWindows"]);

function ruleOf(variable: Variable, choices: Choices): MaskRule {
  const apply = variable.owner;
  if (isNumber(variable, 0)) return { needs: [], find: () => no };
  if (apply === null) return everywhere;
  const { inputs, op: { name } } = apply, [first] = inputs as [Variable];
  const again = (...masks: readonly Variable[]): Variable =>
    applyOp(apply.op, [...masks, ...inputs.slice(masks.length)], apply.params);
  if (name === "switch") return choiceRule(apply, choices);
  if (inPlace.has(name)) return { needs: [first], find: (mask) => mask ?? null };
  if (name === "add" || name === "sub" || name === "complex") {
    return { needs: inputs, find: (a, b) => a && b ? either(a, b) : null };
  }
  if (name === "dimshuffle") {
    return { needs: [first], find: (mask) => mask ? again(aligned(mask, first)) : null };
  }
  if (moving.has(name)) {
    return { needs: [first], find: (mask) => mask ? again(whole(mask, first)) : null };
  }
  if (adding.has(name)) {
    if (name === "cumop" && (apply.params as { kind: string }).kind !== "sum") return everywhere;
    const find = (mask: Mask | undefined) =>
      mask ? neq(again(castTo(whole(mask, first), "int32")), 0) as Variable : null;
    return { needs: [first], find };
  }
  if (name === "reduce" && (apply.params as ReduceParams).kind === "sum") {
    const { axes } = apply.params as ReduceParams;
    return { needs: [first], find: (mask) => mask ? any(aligned(mask, first), axes) : null };
  }
  if (name === "join" || name === "makeVector" || name === "pad") {
    const parts = name === "pad" ? inputs.slice(0, 2) : inputs;
    const find = (...masks: readonly Mask[]) =>
      masks.some((mask) => mask)
        ? again(...masks.map((mask, i) => whole(mask ?? yes, parts[i]!)))
        : null;
    return { needs: parts, find };
  }
  if (name === "incSubtensor" || name === "advInc") {
    // Parts that are put together again are everywhere: not worth finding out for a matrix product.
    if (choices === "explicit") return everywhere;
    const { set } = apply.params as IncSubtensorParams, parts = inputs.slice(0, 2);
    const find = (base: Mask = null, part: Mask = null) => {
      if (set ? base === null && part === null : base === null) return null;
      return again(whole(base ?? yes, first), whole(part ?? yes, parts[1]!));
    };
    return { needs: parts, find };
  }
  if (name === "matmul") {
    const [a, b] = inputs as [Variable, Variable];
    const find = (rows: Mask = null, columns: Mask = null) =>
      both(rows && anyAlong(rows, a, a.ndim - 1), columns && anyAlong(columns, b, b.ndim - 2));
    return { needs: [a, b], find };
  }
  if (name === "ifelse") {
    const { n } = apply.params as { n: number }, condition = castTo(first, "bool");
    // The other branch is nobody's business, and so are its conditions.
    if (isNumber(inputs[1 + n + variable.index]!, 0)) return { needs: [], find: () => condition };
    if (isNumber(inputs[1 + variable.index]!, 0)) {
      return { needs: [], find: () => invert(condition) };
    }
  }
  return everywhere;
}

function choiceRule({ inputs }: Apply, choices: Choices): MaskRule {
  const [given, a, b] = inputs as [Variable, Variable, Variable];
  const counts = choices === "all" || !kinks.has(given);
  const condition = castTo(given, "bool");
  if (isNumber(b, 0)) {
    return { needs: [a], find: (mask = null) => counts ? both(condition, mask) : mask };
  }
  if (isNumber(a, 0)) {
    return { needs: [b], find: (mask = null) => counts ? both(invert(condition), mask) : mask };
  }
  const find = (x: Mask = null, y: Mask = null) =>
    x === null && y === null ? null : where(condition, x ?? yes, y ?? yes) as Variable;
  return { needs: [a, b], find };
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
  return applyOp<ReduceParams>(reduceOp, [mask], { kind: "any", axes, dtype: "bool" });
}

/** Whether there is anything along an axis, which gets length 1. */
export function anyAlong(mask: Variable, of: Variable, axis: number): Variable {
  return withAxes(any(aligned(mask, of), [axis]), [axis]);
}

/** A value that a gradient was multiplied into: zero where the gradient is by its structure. */
export function selectedBy(gradient: Variable, value: Variable): Variable {
  const mask = support(gradient);
  if (mask === null) return value;
  if (support(gradient, "explicit") === null) asKink(mask);
  return where(mask, value, 0) as Variable;
}

/** A mask with as many axes as a variable. */
function aligned(mask: Variable, like: Variable): Variable {
  return withAxes(mask, Array.from({ length: like.ndim - mask.ndim }, (_, axis) => axis));
}

/** A mask in the shape of a variable. */
function whole(mask: Variable, like: Variable): Variable {
  return stretched(mask, knownDims(like));
}

/** What a gradient was chosen from, and how: `gradient` is `put(value)`. */
export interface Shell {
  readonly value: Variable;
  /** The elements of a variable that go with those of `value`, if it has the shape of the gradient. */
  at(variable: Variable): Variable;
  /** Zero but where the elements are; onto `base`, if it is given. */
  put(value: Variable, base?: Variable): Variable;
  /** Whether elements stay where they are. */
  readonly inPlace: boolean;
}

/** The outermost choice that a gradient is, if it is one. */
export function shellOf(gradient: Variable): Shell | null {
  const apply = gradient.owner;
  if (apply === null) return null;
  const { name } = apply.op;
  if (name === "switch") return choiceShell(gradient, apply);
  if (name !== "incSubtensor" && name !== "advInc") return null;
  const [base, part, ...places] = apply.inputs as [Variable, Variable, ...Variable[]];
  const { set } = apply.params as IncSubtensorParams;
  if (!isNumber(base, 0) || name === "advInc" && set) return null;
  const params = name === "advInc"
    ? { axes: (apply.params as unknown as AdvIncParams).axes }
    : { index: (apply.params as IncSubtensorParams).index };
  const taken = (from: Variable): Variable =>
    applyOp<Params>(
      name === "advInc" ? advIndexOp as never : subtensorOp,
      [from, ...places],
      params as Params,
    );
  return {
    inPlace: false,
    value: stretched(part, knownDims(taken(gradient))),
    at: (variable) => isNumberLike(variable) ? variable : taken(whole(variable, gradient)),
    put: (value, onto = whole(castTo(zero, value.dtype), gradient)) =>
      applyOp(apply.op, [onto, value, ...places], { ...apply.params, set: false } as Params),
  };
}

const zero = makeConstant(valueOf(0, "int8"));

function isNumberLike(variable: Variable): boolean {
  return variable instanceof Constant && variable.ndim === 0;
}

function choiceShell(gradient: Variable, { inputs }: Apply): Shell | null {
  const [condition, a, b] = inputs as [Variable, Variable, Variable];
  const chosen = isNumber(b, 0) ? a : isNumber(a, 0) ? b : null;
  if (chosen === null) return null;
  const value = castTo(chosen, gradient.dtype);
  return {
    inPlace: true,
    value: sameLengths(lengthsOf(value), lengthsOf(gradient)) ? value : whole(value, gradient),
    at: (variable) => variable,
    put: (v) => (chosen === a ? where(condition, v, 0) : where(condition, 0, v)) as Variable,
  };
}
