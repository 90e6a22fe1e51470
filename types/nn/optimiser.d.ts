// Made of nn/optimiser.ts by `deno task types`.
/**
 * What optimisers have in common: options, gradients, what they remember, and the updates of a step.
 *
 * @module
 */
import { type OptionKinds } from "../core/base/options.d.ts";
import { type DType } from "../core/graph/dtype.d.ts";
import { Variable } from "../core/graph/graph.d.ts";
import { type SharedVariable } from "../core/runtime/shared.d.ts";
import { type ParameterTree, type VariableTree } from "./parameters.d.ts";
import { type LearningRate } from "./schedules.d.ts";
/** What is made smaller: a cost, which is a scalar, or its gradients in records and lists. */
export type CostOrGradients = Variable | VariableTree;
/**
 * What an optimiser remembers between steps: by kind, for each parameter by its name; and under `step` the
 * number of steps so far, where the optimiser counts them.
 */
export type OptimiserState = {
    readonly step?: SharedVariable;
} & {
    /** Averages and the like, by the names of parameters. */
    readonly [kind: string]: SharedVariable | Readonly<Record<string, SharedVariable>>;
};
/** The updates of one step: those of the parameters, then those of what the optimiser remembers. */
export type OptimiserUpdates = (readonly [SharedVariable, Variable])[] & {
    /** What the optimiser remembers, as `io.saveSafetensors` saves and `io.restore` restores it. */
    readonly state: OptimiserState;
};
/** Options that all optimisers have. */
export interface OptimiserOptions {
    /** The learning rate: a number, a shared or other scalar, or a schedule of the number of steps. */
    readonly learningRate?: LearningRate;
}
/** One parameter in a step. */
export interface ParameterStep<S extends string> {
    /** The gradient. */
    readonly g: Variable;
    /** The parameter. */
    readonly p: Variable;
    /** The learning rate. */
    readonly rate: Variable;
    /** The number of this step, from 1 on. */
    readonly t: Variable;
    /** What is remembered of the steps before. */
    readonly state: Readonly<Record<S, Variable>>;
}
/** What a step takes away from a parameter, and what it remembers. */
export interface ParameterChange<S extends string> {
    readonly change: Variable;
    readonly state: Readonly<Record<S, Variable>>;
}
/** An optimiser. */
interface OptimiserRule<S extends string> {
    readonly name: string;
    /** What it remembers for each parameter, and the number in all elements at first. */
    readonly state: Readonly<Record<S, number>>;
    /** Whether the rule needs the number of the step. */
    readonly counts?: boolean;
    readonly step: (place: ParameterStep<S>) => ParameterChange<S>;
}
/** Elements of float16 are too coarse for averages of squares. */
export declare function workingDType(dtype: DType): DType;
export declare function updatesOf<S extends string>(rule: OptimiserRule<S>, given: CostOrGradients, tree: ParameterTree, learningRate: LearningRate): OptimiserUpdates;
/** The gradients of parameters: those of a cost, or the given ones. */
export declare function gradientsOf(action: string, given: CostOrGradients, parameters: readonly SharedVariable[]): readonly Variable[];
/** The options, checked, and the learning rate. */
export declare function optionsOf<O extends OptimiserOptions>(name: string, options: O | undefined, kinds: Omit<OptionKinds<O>, "learningRate">, rate: number): O & {
    learningRate: LearningRate;
};
export {};
