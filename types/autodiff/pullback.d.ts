// Made of autodiff/pullback.ts by `deno task types`.
/**
 * Reverse mode: one pass backwards over a graph.
 *
 * @module
 */
import { NullGradientError } from "../core/base/errors.d.ts";
import { type Apply, Variable } from "../core/graph/graph.d.ts";
import { type Gradient, UndefinedGradient, zeroGradient } from "./gradient.d.ts";
import { type GradientRule } from "./rule.d.ts";
/** What flows to a variable in the end. */
export type Found = Variable | UndefinedGradient | typeof zeroGradient | null;
/** How a pass departs from the plain one. */
interface PassOptions {
    /** Variables at which the flow ends; their own gradient is there nevertheless. */
    readonly constants?: ReadonlySet<Variable>;
    /** Gradients that are given: they take the place of what would flow there. */
    readonly known?: ReadonlyMap<Variable, Variable>;
}
/**
 * The gradients of some variables, from gradients of others. Gradients that flow together are added, in
 * the order in which the graph is walked.
 *
 * @param seeds Variables with their gradients; several for one variable are added.
 * @param wrt The variables whose gradients are asked for.
 */
export declare function passBack(seeds: readonly (readonly [Variable, Gradient])[], wrt: readonly Variable[], options?: PassOptions): Found[];
/**
 * The gradients of `wrt` when those of `outputs` are given, each with the shape and dtype of its variable;
 * null where none flows.
 *
 * Throws a NullGradientError for a gradient that is not defined.
 */
export declare function pullback(outputs: readonly Variable[], outputGrads: readonly Variable[], wrt: readonly Variable[]): (Variable | null)[];
/** The error for a gradient that is not defined. */
export declare function undefinedError(variable: Pick<Variable, "label">, { reason }: UndefinedGradient): NullGradientError;
export declare function missingRule(apply: Apply): GradientRule;
/** The gradients of the inputs of an application alone, from those of its outputs. */
export declare function pulledThrough(apply: Apply, outputGrads: readonly (Variable | null)[], wanted: readonly boolean[]): readonly (Variable | UndefinedGradient | null)[];
export {};
