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

import { type Apply, Constant, outputOf, type Variable } from "../core/graph/graph.ts";
import { ancestors, replace, toposort } from "../core/graph/walk.ts";
import { castTo } from "../core/ops/common/build.ts";
import { invert, where } from "../core/ops/elementwise/elementwise.ts";
import { elementwiseOps } from "../core/ops/elementwise/table.ts";
import { ifelseOp } from "../core/ops/control/ifelse_op.ts";
import { advIncOp } from "../core/ops/index/adv_index.ts";
import { incSubtensorOp } from "../core/ops/index/subtensor.ts";
import { fftOp } from "../core/ops/fft/op.ts";
import { matmulOp } from "../core/ops/linalg/matmul.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce/reduce_ops.ts";
import { sumToOp } from "../core/ops/reduce/sum_to.ts";
import { broadcastToOp } from "../core/ops/shape/broadcast_to_op.ts";
import { isNumber } from "../core/rewrite/match.ts";
import {
  aligned,
  any,
  anyAlong,
  both,
  eitherOf,
  type Mask,
  moved,
  no,
  summedTo,
  whole,
  yes,
} from "./masks.ts";
import { earlyMask, putMask } from "./put_masks.ts";

/**
 * Which choices count: all, or only those by conditions, not those that indices and `max` make; for matrix
 * products also those by a single index, which costs no more than its positions; or rows alone, which indices
 * take from somewhere before the end of an axis.
 */
type Choices = "all" | "explicit" | "indexed" | "rows";

const found: Readonly<Record<Choices, WeakMap<Variable, Variable | false>>> = {
  all: new WeakMap(),
  explicit: new WeakMap(),
  indexed: new WeakMap(),
  rows: new WeakMap(),
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
    op === elementwiseOps.switch ? [asWritten(inputs[0]!)] : []
  ).filter((condition) => kinks.has(condition));
  const masks = conditions.map((condition) => kinks.get(condition) ?? no());
  const replaced = replace([...graphs, ...conditions, ...masks], places);
  conditions.forEach((_, i) => {
    const mask = replaced[graphs.length + conditions.length + i]!;
    asKink(replaced[graphs.length + i]!, mask === no() ? null : mask);
  });
  return replaced.slice(0, graphs.length);
}

/** Says where a variable may be other than zero that rules cannot look into, and what made it so. */
export function declareSupport(variable: Variable, mask: Variable, choices: Choices): void {
  found.all.set(variable, mask);
  if (choices !== "all") {
    found.indexed.set(variable, mask);
    found.rows.set(variable, mask);
  }
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

function ruleOf(variable: Variable, choices: Choices): MaskRule {
  const apply = variable.owner;
  if (isNumber(variable, 0)) return { needs: [], find: () => no() };
  if (apply === null) return everywhere;
  const { op, inputs } = apply;
  if (op === elementwiseOps.switch) return choiceRule(apply, choices);
  if (op === ifelseOp) return branchRule(variable, apply, choices);
  if ((op === incSubtensorOp || op === advIncOp) && choices !== "all") {
    const find = (...masks: readonly Mask[]) =>
      choices === "rows" ? earlyMask(apply, masks) : putMask(apply, masks, choices === "indexed");
    return { needs: inputs.slice(0, 2), find };
  }
  if (op === matmulOp) return { needs: [], find: () => productMask(apply, choices) };
  const [own = []] = op.linear?.(apply) ?? [], needs = own.map((i) => inputs[i]!);
  // A solution has all numbers of a right side in each of its own, and a spectrum those of a signal.
  if (needs.length === 0 || op.facts?.has("counted") || op === fftOp) return everywhere;
  const isStretched = own.every((i) => isInPlace(apply, i));
  if (needs.length > 1) {
    const find = (...masks: readonly Mask[]) => {
      if (choices === "indexed") {
        // Parts that indices took are put together; others that are put together are everywhere.
        const byIndex = (mask: Mask, i: number) =>
          mask !== null && support(needs[i]!, "explicit") !== mask;
        if (!isStretched || !masks.every(byIndex)) return support(variable, "explicit");
      }
      if (isStretched) return eitherOf(masks);
      return masks.every((mask) => mask === null) ? null : moved(apply, own, masks);
    };
    return { needs, find };
  }
  if (isStretched) return { needs, find: (mask = null) => mask };
  if (op.facts?.has("moves")) {
    return {
      needs,
      find: (mask = null) => mask && moved(apply, own, [mask]),
    };
  }
  // Mostly nothing has to be summed up.
  if (op === sumToOp) return { needs, find: (mask = null) => mask && summedTo(mask, apply) };
  return { needs: [], find: () => sumMask(apply, own, choices) };
}

/** Whether an op keeps the elements of an input where they are, or stretches them. */
function isInPlace(apply: Apply, input: number): boolean {
  const { op, inputs, output } = apply, { ndim, type } = inputs[input]!, skip = output.ndim - ndim;
  return skip >= 0 &&
    type.shape.every((n, axis) => n === 1 || op.along?.(apply, axis + skip)[input] === axis);
}

function productMask({ inputs }: Apply, choices: Choices): Mask {
  const [x, y] = inputs as [Variable, Variable];
  return both(chosenAlong(x, x.ndim - 1, choices), chosenAlong(y, y.ndim - 2, choices));
}

/** Sums are zero where all terms are. */
function sumMask(apply: Apply, own: readonly number[], choices: Choices): Mask {
  const [x] = apply.inputs as [Variable];
  // A running sum has those parts that end before what was left out, and windows add up along new axes.
  const over = apply.op === reduceOp ? (apply.params as ReduceParams).axes : [];
  const mask = chosenBeside(x, over, choices);
  if (mask === null) return null;
  return apply.op === reduceOp
    ? leftOf(mask, any(aligned(mask, x), over), choices)
    : moved(apply, own, [mask]);
}

/** What is left of a mask in a sum: of rows that were summed up, some are always there. */
function leftOf(mask: Variable, sum: Variable, choices: Choices): Mask {
  return choices === "rows" && isOne(sum) && !isOne(mask) ? null : sum;
}

/** The branch that is not taken is nobody's business, and so are its conditions. */
function branchRule(variable: Variable, apply: Apply, choices: Choices): MaskRule {
  const { n } = apply.params as { n: number }, [first] = apply.inputs as [Variable];
  const [a, b] = [1 + variable.index, 1 + n + variable.index].map((i) => apply.inputs[i]!) as [
    Variable,
    Variable,
  ];
  // Both have one shape: lengths in a loop may not depend on which is taken.
  const chosen = (x: Mask, y: Mask): Variable => {
    const masks = [aligned(x ?? yes(), a), aligned(y ?? yes(), b)];
    const short = a.type.shape.flatMap((_, axis) =>
      masks.every(({ type }) => type.shape[axis] === 1) ? [axis] : []
    );
    const [then, otherwise] = [a, b].map((branch, i) => whole(masks[i]!, branch, short));
    return outputOf(apply.op, [first, then!, otherwise!], { ...apply.params, n: 1 });
  };
  const [isA, isB] = [a, b].map((branch) => !isNumber(branch, 0));
  if (choices !== "rows" && (!isA || !isB)) {
    const find = () => {
      const mask = support(isA ? a : b, choices === "all" ? "indexed" : choices);
      if (mask !== null) return isA ? chosen(mask, no()) : chosen(no(), mask);
      const condition = castTo(first, "bool");
      return isA ? condition : invert(condition);
    };
    return { needs: [], find };
  }
  const isNone = (x: Mask, y: Mask) =>
    choices === "rows" ? x === null || y === null : x === null && y === null;
  return { needs: [a, b], find: (x = null, y = null) => isNone(x, y) ? null : chosen(x, y) };
}

/**
 * What a sum over axes has to know of its terms. What was left out by an index, or at a kink, is rarely
 * left out of a whole sum: it counts if it is along other axes.
 */
export function chosenBeside(x: Variable, axes: readonly number[], choices: Choices): Mask {
  if (choices === "rows") return support(x, "rows");
  const explicit = support(x, "explicit");
  if (choices === "explicit") return explicit;
  const mask = support(x, "indexed");
  return mask !== null && (explicit !== null || isOpenBeside(mask, x, axes) || isComputed(mask))
    ? mask
    : null;
}

function isOne(mask: Variable): boolean {
  return mask.type.shape.every((n) => n === 1);
}

/** Whether a mask is one bool for all of a variable, which only a call can tell. */
export function isComputed(mask: Variable): boolean {
  return isOne(mask) && ancestors([mask]).some((v) => v.owner === null && !(v instanceof Constant));
}

/** Whether a mask may differ along an axis of a variable other than some. */
function isOpenBeside(mask: Variable, of: Variable, axes: readonly number[]): boolean {
  const skip = of.ndim - mask.ndim;
  return mask.type.shape.some((n, axis) => n !== 1 && !axes.includes(axis + skip));
}

/** Where a sum of products over an axis of an operand has a choice along its other axes; null without. */
export function chosenAlong(operand: Variable, over: number, choices: Choices): Mask {
  const mask = chosenBeside(operand, [over], choices);
  return mask && leftOf(mask, anyAlong(mask, operand, over), choices);
}

function choiceRule({ inputs }: Apply, choices: Choices): MaskRule {
  const [given, a, b] = inputs as [Variable, Variable, Variable];
  const byIndex = kinks.get(asWritten(given)), isRows = choices === "rows";
  const counts = choices === "all" || byIndex === undefined && !isRows;
  const condition = castTo(given, "bool");
  if (isNumber(b, 0)) {
    const mine = counts ? condition : choices === "explicit" ? null : byIndex ?? null;
    return { needs: [a], find: (mask = null) => both(mine, mask) };
  }
  if (isNumber(a, 0)) {
    return { needs: [b], find: (mask = null) => counts ? both(invert(condition), mask) : mask };
  }
  if (isRows) return { needs: [a, b], find: (...masks) => eitherOf(masks) };
  const find = (x: Mask = null, y: Mask = null) =>
    x === null && y === null ? null : where(condition, x ?? yes(), y ?? yes()) as Variable;
  return { needs: [a, b], find };
}

/** A condition without what stretches it. */
function asWritten(condition: Variable): Variable {
  const { owner } = condition;
  return owner?.op === broadcastToOp && !kinks.has(condition)
    ? asWritten(owner.inputs[0]!)
    : condition;
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

export function chosenWhere(
  gradient: Variable,
  mask: Mask,
  value: Variable,
  instead = 0,
): Variable {
  if (mask === null) return value;
  if (support(gradient, "explicit") === null) asKink(mask, support(gradient, "indexed"));
  return where(mask, value, instead);
}
