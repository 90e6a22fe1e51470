/**
 * Derivatives of indexing.
 *
 * @module
 */

import { makeConstant, outputOf, type Variable } from "../core/graph/graph.ts";
import {
  advIncOp,
  type AdvIncParams,
  advIndexOp,
  type AdvIndexParams,
} from "../core/ops/index/adv_index.ts";
import {
  incSubtensorOp,
  type IncSubtensorParams,
  subtensorOp,
  type SubtensorParams,
} from "../core/ops/index/subtensor.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { Scattered } from "./gradient.ts";
import { alwaysZero, type GradientRules, ruleOf } from "./rule.ts";
import { unstretched } from "./shapes.ts";

function zeroOf(g: Variable): Variable {
  return makeConstant(valueOf(0, g.dtype));
}

/** The rules of indexing. */
export const indexingGradients: GradientRules = {
  // The gradient goes back to where the part was taken.
  subtensor: ruleOf<SubtensorParams>({
    pullback(apply, [g]) {
      const where = apply.inputs.slice(1), { index } = apply.params;
      return [
        new Scattered((base) =>
          outputOf<IncSubtensorParams>(incSubtensorOp, [base, g!, ...where], { index, set: false })
        ),
      ];
    },
  }),
  // X keeps what was not replaced, y gets the part.
  incSubtensor: ruleOf<IncSubtensorParams>({
    pullback(apply, [g], wanted) {
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
  }),
  // What was taken more than once gets the sum.
  advIndex: ruleOf<AdvIndexParams>({
    connected: (_apply, input) => input === 0,
    pullback(apply, [g]) {
      const where = apply.inputs.slice(1), { axes } = apply.params;
      return [
        new Scattered((base) =>
          outputOf<AdvIncParams>(advIncOp, [base, g!, ...where], { axes, set: false })
        ),
      ];
    },
  }),
  // Where values were put twice, each gets the gradient of the place.
  advInc: ruleOf<AdvIncParams>({
    connected: (_apply, input) => input < 2,
    pullback(apply, [g], wanted) {
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
  }),
  // Positions do not change gradually.
  nonzero: alwaysZero,
};
