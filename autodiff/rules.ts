/**
 * The derivatives of all ops.
 *
 * @module
 */

import type { Params } from "../core/graph/op.ts";
import { type GradientRule, ruleOf } from "./rule.ts";
import { controlGradients } from "./rules_control.ts";
import { decomposeGradients } from "./rules_decompose.ts";
import { eigGradients } from "./rules_eig.ts";
import { elementwiseGradients } from "./rules_elementwise.ts";
import { fftGradients } from "./rules_fft.ts";
import { indexingGradients } from "./rules_indexing.ts";
import { linalgGradients } from "./rules_linalg.ts";
import { orderGradients } from "./rules_order.ts";
import { randomGradients } from "./rules_random.ts";
import { reduceGradients } from "./rules_reduce.ts";
import { shapeGradients } from "./rules_shape.ts";
import { solveGradients } from "./rules_solve.ts";

/** Rules of the library, and those that were registered. */
const rules: Record<string, GradientRule> = {
  ...elementwiseGradients,
  ...reduceGradients,
  ...shapeGradients,
  ...indexingGradients,
  ...linalgGradients,
  ...solveGradients,
  ...decomposeGradients,
  ...eigGradients,
  ...fftGradients,
  ...orderGradients,
  ...controlGradients,
  ...randomGradients,
};

/** The rule of an op, if it has one. */
export function gradientRule(name: string): GradientRule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/**
 * Gives an op of another folder, or of one's own, its derivative.
 *
 * Throws a TypeError if the op has one already.
 *
 * @param name The name of the op.
 * @param rule The derivative.
 */
export function registerGradient<P extends Params>(name: string, rule: GradientRule<P>): void {
  if (gradientRule(name) !== undefined) {
    throw new TypeError(`Cannot register a gradient for "${name}": it has one already`);
  }
  rules[name] = ruleOf(rule);
}
