// Made of autodiff/rules.ts by `deno task types`.
/**
 * The derivatives of all ops.
 *
 * @module
 */
import type { Params } from "../core/graph/op.d.ts";
import { type GradientRule } from "./rule.d.ts";
/** The rule of an op, if it has one. */
export declare function gradientRule(name: string): GradientRule | undefined;
/**
 * Gives an op of another folder, or of one's own, its derivative.
 *
 * Throws a TypeError if the op has one already.
 *
 * @param name The name of the op.
 * @param rule The derivative.
 */
export declare function registerGradient<P extends Params>(name: string, rule: GradientRule<P>): void;
