/**
 * The derivatives of all ops.
 *
 * @module
 */

import type { Params } from "../core/graph/op.ts";
import { families } from "./families.ts";
import { type GradientRule, ruleOf } from "./rule.ts";
/** Rules as they were asked for or registered. */
const rules = new Map<string, GradientRule>();

/** The rule of an op, if it has one. */
export function gradientRule(name: string): GradientRule | undefined {
  const known = rules.get(name);
  if (known !== undefined) return known;
  const family = families.find((family) => Object.hasOwn(family, name));
  if (family === undefined) return undefined;
  const rule = ruleOf(family[name]!);
  rules.set(name, rule);
  return rule;
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
  rules.set(name, ruleOf(rule));
}
