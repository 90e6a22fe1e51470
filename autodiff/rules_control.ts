/**
 * The derivative of lazy choice, and of values that say themselves what theirs is.
 *
 * @module
 */

import type { Apply } from "../core/graph/graph.ts";
import type { IfElseParams } from "../core/ops/control/control.ts";
import { Conditional, type Gradient, zeroGradient } from "./gradient.ts";
import type { GradientRule } from "./rule.ts";

/** The rule of `ifelse`: each branch has a gradient when it is the one that is taken. */
export const ifelseGradient: GradientRule<IfElseParams> = {
  connected: (apply, input, output) => input === 0 || (input - 1) % apply.params.n === output,
  pullback(apply: Apply<IfElseParams>, outputGrads): Gradient[] {
    const condition = apply.inputs[0]!;
    const side = (holds: boolean) =>
      outputGrads.map((g) => g === null ? zeroGradient : new Conditional(condition, holds, g));
    return [zeroGradient, ...side(true), ...side(false)];
  },
};

/** The rule of `derivedAs`: what is computed does not count. */
export const derivedAsGradient: GradientRule = {
  connected: (_apply, input) => input === 1,
  pullback: (_apply, [g]) => [null, g!],
};
