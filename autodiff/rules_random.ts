/**
 * Derivatives of drawing random numbers.
 *
 * Numbers of a distribution that is moved and scaled are computed from standard ones by other ops, and
 * their gradients are those of these ops.
 *
 * @module
 */

import { UndefinedGradient } from "./gradient.ts";
import { type GradientRule, neverConnected } from "./rule.ts";

/** The rule of `draw`: the state of a generator is made of whole numbers. */
export const drawGradient: GradientRule = neverConnected;

/** The rule of `drawEach`, of which the same is true. */
export const drawEachGradient: GradientRule = neverConnected;

/** The rule of `advance`, of which the same is true. */
export const advanceGradient: GradientRule = neverConnected;

/**
 * The rule of ops that draw counts: a count jumps, so that its derivative says nothing of how its mean
 * depends on a parameter.
 */
export const countGradient: GradientRule = {
  pullback: ({ inputs }) =>
    inputs.map(() => new UndefinedGradient("counts that are drawn change in jumps")),
};
