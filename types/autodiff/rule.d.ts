// Made of autodiff/rule.ts by `deno task types`.
/**
 * Gradient rules: what an op says about its derivative.
 *
 * @module
 */
import type { Apply, Variable } from "../core/graph/graph.d.ts";
import { type Params } from "../core/graph/op.d.ts";
import type { Gradient, UndefinedGradient } from "./gradient.d.ts";
/** How an output changes; null where it does not. */
export type Tangent = Variable | UndefinedGradient | null;
/** The derivative of an op. */
export interface GradientRule<P extends Params = Params> {
    /**
     * The gradients of the inputs, in order.
     *
     * `outputGrads` has the gradient of each output, or null where none flows; at least one is there. A
     * gradient has the shape of its variable and its dtype. Only inputs for which `wanted` is true are
     * asked for; what stands for the others does not matter. What is left out at the end is zero. The dtype
     * is settled afterwards: a complex gradient of a real input counts with its real part.
     */
    pullback(apply: Apply<P>, outputGrads: readonly (Variable | null)[], wanted: readonly boolean[]): readonly Gradient[];
    /**
     * The changes of the outputs, in order, from those of the inputs.
     *
     * `tangents` has the change of each input, in its shape and dtype, or null where it does not change; at
     * least one is there. What is left out at the end does not change. The dtype is settled afterwards.
     * Default: an op that is linear in what changes is applied to the changes; of any other op, the pullback
     * is pulled back again.
     */
    pushforward?(apply: Apply<P>, tangents: readonly (Variable | null)[]): readonly Tangent[];
    /**
     * Whether values of an input can change an output. Default: yes, but for inputs that say where or how
     * much. What is not connected has no gradient, not even zero.
     */
    connected?(apply: Apply<P>, input: number, output: number): boolean;
}
/** Rules by the names of their ops. */
export type GradientRules = Readonly<Record<string, GradientRule>>;
/** A rule that reads params, as one among others. */
export declare function ruleOf<P extends Params>(rule: GradientRule<P>): GradientRule;
/** Whether values of an input of an application can change an output. */
export declare function isConnected(rule: GradientRule, apply: Apply, input: number, output: number): boolean;
/** A rule for ops of which no gradient can flow: whole numbers come out, or nothing but a shape. */
export declare const neverConnected: GradientRule;
/** A rule for ops whose values jump: connected, but with zero gradient. */
export declare const alwaysZero: GradientRule;
