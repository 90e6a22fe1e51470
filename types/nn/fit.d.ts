// Made of nn/fit.ts by `deno task types`.
/**
 * The loop of training: epochs, validation, patience, the best parameters.
 *
 * @module
 */
import type { Seed } from "../core/random/generator.d.ts";
import type { Profile } from "../core/runtime/measured.d.ts";
import type { Tensor } from "../core/runtime/tensor.d.ts";
import { type DataSet } from "./minibatches.d.ts";
import type { ParameterTree } from "./parameters.d.ts";
import { type StepFunction, type StepGraph } from "./steps.d.ts";
/** What {@linkcode fit} tells after each epoch. */
export interface FitEvent {
    /** The number of epochs done. */
    readonly epoch: number;
    /** The most epochs. */
    readonly epochs: number;
    /** The mean loss of the minibatches of this epoch. */
    readonly loss: number;
    /** What `validate` gave; NaN without it. */
    readonly validation: number;
    /** Whether no epoch before was as good. */
    readonly best: boolean;
    /** Seconds since the start. */
    readonly seconds: number;
}
/** What {@linkcode fit} tells while an epoch goes on. */
export interface FitProgress {
    /** The number of epochs done. */
    readonly epoch: number;
    /** The most epochs. */
    readonly epochs: number;
    /** Minibatches of the next epoch that are done. */
    readonly batch: number;
    /** Minibatches of an epoch. */
    readonly batches: number;
    /** The mean loss of those done. */
    readonly loss: number;
}
/** Where a training is: with the parameters, what the optimiser remembers and random streams, all there is. */
export interface FitState {
    /** Numbers and lists, fit for JSON. */
    readonly progress: {
        /** The number of epochs done. */
        readonly epoch: number;
        /** Minibatches of the next epoch that are done. */
        readonly batch: number;
        /** The sum of their losses. */
        readonly sum: number;
        /** Seconds since the start. */
        readonly seconds: number;
        /** What was told of the epochs done; `validation` is null, not NaN, without one. */
        readonly history: readonly (Omit<FitEvent, "validation"> & {
            readonly validation: number | null;
        })[];
    };
    /** The values of the best parameters so far, in the order of reading; none before the first epoch ends. */
    readonly best: readonly Tensor[];
}
/** What and how {@linkcode fit} trains. */
export interface FitOptions<D extends DataSet> {
    /** A function that takes a step with a minibatch and gives its loss, or the graph of a step. */
    readonly step: StepFunction<D> | StepGraph<D>;
    /** The data: tensors or arrays by name, with rows along their first axes. */
    readonly data: D;
    /** Rows in a minibatch. */
    readonly batch: number;
    /** The most epochs. */
    readonly epochs: number;
    /**
     * Whether the steps of a graph are a scan that runs on the device for as many minibatches as fit ("scan",
     * if missing), or a call each ("host"). The results are the same, on the CPU to the bit.
     */
    readonly loop?: "scan" | "host";
    /** Where to go on: what `onState` was told. */
    readonly resume?: FitState;
    /** The seed of the order of rows; 0 if missing. */
    readonly seed?: Seed;
    /** What has the values of the best epoch at the end, running averages included. */
    readonly parameters: ParameterTree;
    /** An error of the model, the smaller the better, after each epoch; the loss decides without it. */
    readonly validate?: () => number | Promise<number>;
    /** Epochs to go on without a better one; all if missing. */
    readonly patience?: number;
    /** Is told of each epoch. */
    readonly onEpoch?: (event: FitEvent) => void | Promise<void>;
    /** Is told how far the training is, some times a second. */
    readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
    /** May save what there is: after each epoch, when the signal ends the training, and now and then. */
    readonly onState?: (state: FitState) => void | Promise<void>;
    /** Seconds between two calls of `onState` in an epoch; 30 if missing. */
    readonly stateSeconds?: number;
    /**
     * The most bytes of minibatches that are brought to the device at once, while it works on those before: a
     * window has as many as fit, but at least one. 256 MiB if missing.
     */
    readonly windowBytes?: number;
    /** Ends the training after the minibatches of the moment; the best parameters are kept. */
    readonly signal?: AbortSignal;
}
/** How a training went. */
export interface FitResult {
    /** All epochs that were done. */
    readonly history: readonly FitEvent[];
    /** The best one; null if none was done. */
    readonly best: FitEvent | null;
    /** Why it ended. */
    readonly reason: "epochs" | "patience" | "signal";
    /** What was measured of the function that takes the steps, where the graph's `profile` asks for it. */
    readonly profile: Profile | null;
}
/**
 * Trains for some epochs of minibatches. At the end the parameters have the values of the epoch with the
 * smallest validation error, or with the smallest loss if there is none.
 *
 * Throws a RangeError if a loss is not finite: then the parameters have the values of the best epoch, too.
 *
 * @param options The step, the data, the parameters, and when to end.
 * @returns How it went.
 *
 * @example
 * ```ts
 * import { nn, shared, T } from "@croton/croton";
 *
 * const x = T.matrix("x"), y = T.vector("y"), model = { w: shared([0, 0]), b: shared(0) };
 * const cost = x.dot(model.w).add(model.b).sub(y).sqr().mean();
 * const { best } = await nn.fit({
 *   step: { inputs: { x, y }, cost, updates: nn.adam(cost, model) },
 *   data: { x: [[0, 1], [1, 0], [1, 1]], y: [1, 2, 3] },
 *   batch: 2,
 *   epochs: 3,
 *   parameters: model,
 * });
 * console.assert(best!.epoch === 3);
 * ```
 */
export declare function fit<D extends DataSet>(options: FitOptions<D>): Promise<FitResult>;
