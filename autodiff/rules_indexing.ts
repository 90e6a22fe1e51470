/**
 * Derivatives of indexing.
 *
 * @module
 */

import { type Apply, makeConstant, outputOf, type Variable } from "../core/graph/graph.ts";
import {
  advIncOp,
  type AdvIncParams,
  advIndexOp,
  type AdvIndexParams,
  incSubtensorOp,
  type IncSubtensorParams,
  subtensorOp,
  type SubtensorParams,
} from "../core/ops/index/indexing.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { type Gradient, Scattered } from "./gradient.ts";
import { alwaysZero, type GradientRule } from "./rule.ts";
import { unstretched } from "./shapes.ts";

function zeroOf(g: Variable): Variable {
  return makeConstant(valueOf(0, g.dtype));
}

/** The rule of `subtensor`: the gradient goes back to where the part was taken. */
export const subtensorGradient: GradientRule<SubtensorParams> = {
  pullback(apply: Apply<SubtensorParams>, [g]): Gradient[] {
    const where = apply.inputs.slice(1), { index } = apply.params;
    return [
      new Scattered((base) =>
        outputOf<IncSubtensorParams>(incSubtensorOp, [base, g!, ...where], { index, set: false })
      ),
    ];
  },
};

/** The rule of `incSubtensor`: x keeps what was not replaced, y gets the part. */
export const incSubtensorGradient: GradientRule<IncSubtensorParams> = {
  pullback(apply: Apply<IncSubtensorParams>, [g], wanted): Gradient[] {
    const [, y, ...where] = apply.inputs as [Variable, Variable, ...Variable[]];
    const { index, set } = apply.params;
    const kept = () =>
      set
        ? outputOf<IncSubtensorParams>(incSubtensorOp, [g!, zeroOf(g!), ...where], { index, set })
        : g!;
    const taken = () => {
      const part = outputOf<SubtensorParams>(subtensorOp, [g!, ...where], { index });
      return unstretched(part, y, part);
    };
    return [wanted[0] ? kept() : null, wanted[1] ? taken() : null];
  },
};

/** The rule of `advIndex`: what was taken more than once gets the sum. */
export const advIndexGradient: GradientRule<AdvIndexParams> = {
  connected: (_apply, input) => input === 0,
  pullback(apply: Apply<AdvIndexParams>, [g]): Gradient[] {
    const where = apply.inputs.slice(1), { axes } = apply.params;
    return [
      new Scattered((base) =>
        outputOf<AdvIncParams>(advIncOp, [base, g!, ...where], { axes, set: false })
      ),
    ];
  },
};

/** The rule of `advInc`; where values were put twice, each gets the gradient of the place. */
export const advIncGradient: GradientRule<AdvIncParams> = {
  connected: (_apply, input) => input < 2,
  pullback(apply: Apply<AdvIncParams>, [g], wanted): Gradient[] {
    const [, y, ...where] = apply.inputs as [Variable, Variable, ...Variable[]];
    const { axes, set } = apply.params;
    const kept = () =>
      set ? outputOf<AdvIncParams>(advIncOp, [g!, zeroOf(g!), ...where], { axes, set }) : g!;
    const taken = () => {
      const part = outputOf<AdvIndexParams>(advIndexOp, [g!, ...where], { axes });
      return unstretched(part, y, part);
    };
    return [wanted[0] ? kept() : null, wanted[1] ? taken() : null];
  },
};

/** The rule of `nonzero`: positions do not change gradually. */
export const nonzeroGradient: GradientRule = alwaysZero;
