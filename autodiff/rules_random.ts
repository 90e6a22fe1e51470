/**
 * Derivatives of drawing random numbers.
 *
 * Numbers of a distribution that is moved and scaled are computed from standard ones by other ops, and
 * their gradients are those of these ops.
 *
 * @module
 */

import { UndefinedGradient } from "./gradient.ts";
import { type GradientRule, type GradientRules, neverConnected } from "./rule.ts";

/** A count jumps, so that its derivative says nothing of how its mean depends on a parameter. */
const count: GradientRule = {
  pullback: ({ inputs }) =>
    inputs.map(() => new UndefinedGradient("counts that are drawn change in jumps")),
};

/** The rules of drawing. */
export const randomGradients: GradientRules = {
  // The state of a generator is made of whole numbers.
  draw: neverConnected,
  drawEach: neverConnected,
  advance: neverConnected,
  poissonInverse: count,
  binomialInverse: count,
};
