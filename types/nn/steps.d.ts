// Made of nn/steps.ts by `deno task types`.
/**
 * How the loop of training takes its steps: each by a call, or many by one call, as a scan.
 *
 * @module
 */
import type { DeviceOption } from "../core/base/settings.d.ts";
import { Variable } from "../core/graph/graph.d.ts";
import type { Profile } from "../core/runtime/measured.d.ts";
import type { SharedVariable } from "../core/runtime/shared.d.ts";
import type { Tensor } from "../core/runtime/tensor.d.ts";
import { type DataSet, type Minibatch, type Part } from "./minibatches.d.ts";
/** A step of training as a graph. */
export interface StepGraph<D extends DataSet> {
    /** What stands for a minibatch of each part of the data. */
    readonly inputs: {
        readonly [K in keyof D]: Variable;
    };
    /** The loss of the minibatch. */
    readonly cost: Variable;
    /** What a step changes, as optimisers give it. */
    readonly updates: readonly (readonly [SharedVariable, Variable])[];
    /** Where to run; as `compile` chooses, if missing. */
    readonly device?: DeviceOption;
    /** Whether to measure calls, kernels and compiling, as `compile` does. */
    readonly profile?: boolean;
}
/** A function that takes steps, and what was measured of it, if that was wanted. */
interface CompiledSteps {
    readonly take: TakeSteps;
    readonly profile: Profile | null;
}
/** A step of training: takes a minibatch and gives its loss. */
export type StepFunction<D extends DataSet> = (batch: Minibatch<D>) => Tensor | number;
/** Where rows are taken from: parts of the data, and their order. */
export interface RowOrder {
    readonly parts: readonly Part[];
    readonly order: Uint32Array;
    readonly batch: number;
}
/** Takes minibatches `first` to before `end`, unless `stop` says so earlier: the losses of those taken. */
export type TakeSteps = (rows: RowOrder, first: number, end: number, stop: () => boolean) => readonly (Tensor | number)[];
/** Steps by a call for each. */
export declare function stepsByCalls<D extends DataSet>(step: StepFunction<D>): TakeSteps;
/** A function of a minibatch that takes the step of a graph. */
export declare function compiledStep<D extends DataSet>(action: string, graph: StepGraph<D>, names: string[]): Promise<CompiledSteps>;
/** A function of many minibatches that takes the step of a graph with one after the other: a scan. */
export declare function compiledLoop<D extends DataSet>(action: string, graph: StepGraph<D>, names: string[]): Promise<CompiledSteps>;
export {};
