/**
 * Gradients that are combined with factors and divisors: what they were chosen from is, with the choice
 * around it.
 *
 * @module
 */

import { type Apply, makeConstant, outputOf, type Variable } from "../core/graph/graph.ts";
import { castTo } from "../core/ops/common/build.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { where } from "../core/ops/elementwise/elementwise.ts";
import { elementwiseOps } from "../core/ops/elementwise/table.ts";
import { advIncOp, type AdvIncParams, advIndexOp } from "../core/ops/index/adv_index.ts";
import {
  incSubtensorOp,
  type IncSubtensorParams,
  subtensorOp,
} from "../core/ops/index/subtensor.ts";
import { lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { isNumber } from "../core/rewrite/match.ts";
import { type Mask, whole } from "./masks.ts";
import { asKink, chosenBeside, chosenWhere, support } from "./support.ts";

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
  if (apply.op === elementwiseOps.switch) return choiceShell(gradient, apply, by);
  return apply.op === incSubtensorOp || apply.op === advIncOp
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
    put: (v) => (chosen === a ? where(condition, v, 0) : where(condition, 0, v)),
  };
}

function indexShell(gradient: Variable, apply: Apply, by: Variable): Shell | null {
  const [base, part, ...places] = apply.inputs as [Variable, Variable, ...Variable[]];
  const params = apply.params as unknown as IncSubtensorParams & AdvIncParams;
  const isRange = apply.op === incSubtensorOp;
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
      return outputOf(apply.op, [zeros, value, ...places], { ...params, set: false });
    },
  };
}
