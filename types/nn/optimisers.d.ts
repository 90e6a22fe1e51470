// Made of nn/optimisers.ts by `deno task types`.
/**
 * Optimisers: functions from a cost, or gradients, and parameters to the updates of one step.
 *
 * @module
 */
import { type CostOrGradients, type OptimiserOptions, type OptimiserUpdates } from "./optimiser.d.ts";
import type { ParameterTree } from "./parameters.d.ts";
/**
 * Stochastic gradient descent: p - rate * g.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { compile, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const train = await compile([], cost, { updates: nn.sgd(cost, [w], { learningRate: 0.25 }) });
 * train();
 * console.assert(w.getValue().dataSync()[1] === 2);
 * ```
 */
export declare function sgd(given: CostOrGradients, parameters: ParameterTree, options?: OptimiserOptions): OptimiserUpdates;
/** Options of {@linkcode momentum} and {@linkcode nesterov}. */
export interface MomentumOptions extends OptimiserOptions {
    /** What is left of the velocity after a step; 0.9 if missing. */
    readonly momentum?: number;
}
/**
 * Gradient descent with momentum: v = momentum * v + g, p - rate * v.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing, and the momentum.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.momentum(w.sqr().sum(), [w], { momentum: 0.95 });
 * ```
 */
export declare function momentum(given: CostOrGradients, parameters: ParameterTree, options?: MomentumOptions): OptimiserUpdates;
/**
 * Gradient descent with Nesterov's momentum: v = momentum * v + g, p - rate * (momentum * v + g).
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing, and the momentum.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.nesterov(w.sqr().sum(), [w], { learningRate: 0.1 });
 * ```
 */
export declare function nesterov(given: CostOrGradients, parameters: ParameterTree, options?: MomentumOptions): OptimiserUpdates;
/** Options of {@linkcode adagrad}. */
export interface AdagradOptions extends OptimiserOptions {
    /** Where the sums of squares start; 0.1 if missing. */
    readonly initial?: number;
    /** Is added to the sums of squares; 1e-7 if missing. */
    readonly epsilon?: number;
}
/**
 * AdaGrad: s = s + g², p - rate * g / sqrt(s + epsilon).
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.01 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.adagrad(w.sqr().sum(), [w], { learningRate: 0.1 });
 * ```
 */
export declare function adagrad(given: CostOrGradients, parameters: ParameterTree, options?: AdagradOptions): OptimiserUpdates;
/** Options of {@linkcode adadelta}. */
export interface AdadeltaOptions extends OptimiserOptions {
    /** What is left of the averages after a step; 0.9 if missing. */
    readonly rho?: number;
    /** Is added to the averages; 1e-6 if missing. */
    readonly epsilon?: number;
}
/**
 * AdaDelta: steps scaled by the ratio of the averages of past steps and of gradients.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 1 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.adadelta(w.sqr().sum(), [w]);
 * ```
 */
export declare function adadelta(given: CostOrGradients, parameters: ParameterTree, options?: AdadeltaOptions): OptimiserUpdates;
/** Options of {@linkcode rmsprop}. */
export interface RmspropOptions extends OptimiserOptions {
    /** What is left of the average after a step; 0.9 if missing. */
    readonly decay?: number;
    /** Is added to the average of squares; 1e-8 if missing. */
    readonly epsilon?: number;
    /** What is left of the velocity after a step; 0 if missing. */
    readonly momentum?: number;
    /** Whether to divide by the standard deviation, not by the root of the mean of squares. */
    readonly centered?: boolean;
}
/**
 * RMSProp: s = decay * s + (1 - decay) * g², p - rate * g / sqrt(s + epsilon).
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.rmsprop(w.sqr().sum(), [w], { momentum: 0.9 });
 * ```
 */
export declare function rmsprop(given: CostOrGradients, parameters: ParameterTree, options?: RmspropOptions): OptimiserUpdates;
/** Options of {@linkcode adam}. */
export interface AdamOptions extends OptimiserOptions {
    /** What is left of the average of gradients after a step; 0.9 if missing. */
    readonly beta1?: number;
    /** What is left of the average of their squares after a step; 0.999 if missing. */
    readonly beta2?: number;
    /** Is added to the root of the average of squares; 1e-8 if missing. */
    readonly epsilon?: number;
    /** Whether to look ahead as Nesterov's momentum does. */
    readonly nesterov?: boolean;
}
/**
 * Adam: averages of gradients over the root of averages of their squares, corrected for their start at 0.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { compile, nn, shared, T } from "@croton/croton";
 *
 * const x = T.vector("x"), model = { out: { w: shared([3, 4]), b: shared(0) } };
 * const cost = x.dot(model.out.w).add(model.out.b).sqr();
 * const learningRate = nn.cosineDecay(0.01, { steps: 1000 });
 * const train = await compile([x], cost, { updates: nn.adam(cost, model, { learningRate }) });
 * train([1, 2]);
 * ```
 */
export declare function adam(given: CostOrGradients, parameters: ParameterTree, options?: AdamOptions): OptimiserUpdates;
/** Options of {@linkcode adamw}. */
export interface AdamWOptions extends AdamOptions {
    /** How fast weights decay, in units of the learning rate; 0.0001 if missing. */
    readonly weightDecay?: number;
}
/**
 * Adam with weight decay apart from the gradients.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.adamw(w.sqr().sum(), [w], { weightDecay: 0.01 });
 * ```
 */
export declare function adamw(given: CostOrGradients, parameters: ParameterTree, options?: AdamWOptions): OptimiserUpdates;
/** Options of {@linkcode lion}. */
export interface LionOptions extends OptimiserOptions {
    /** The share of the average in the direction of a step; 0.9 if missing. */
    readonly beta1?: number;
    /** What is left of the average of gradients after a step; 0.99 if missing. */
    readonly beta2?: number;
    /** How fast weights decay, in units of the learning rate; 0.001 if missing. */
    readonly weightDecay?: number;
}
/**
 * Lion: steps of one size in the direction of the sign of an average of gradients.
 *
 * @param given A cost, or gradients in records and lists.
 * @param parameters Shared variables in records and lists.
 * @param options The learning rate, 0.0001 if missing, and others.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" });
 * const updates = nn.lion(w.sqr().sum(), [w], { learningRate: 1e-3 });
 * ```
 */
export declare function lion(given: CostOrGradients, parameters: ParameterTree, options?: LionOptions): OptimiserUpdates;
