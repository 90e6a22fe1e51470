// Made of nn/mod.ts by `deno task types`.
/**
 * Parts of models and of their training: first values, layers, losses, optimisers, schedules of learning
 * rates, clipping, the loop of training.
 *
 * @module
 */
export * from "./attention.d.ts";
export { ema, type EmaOptions } from "./averages.d.ts";
export * from "./fit.d.ts";
export { clipByGlobalNorm, clipByValue, globalNorm, weightDecay } from "./gradients.d.ts";
export * from "./initialisers.d.ts";
export * from "./convolutions.d.ts";
export { batchNorm, type BatchNormOptions, type BatchNormParameters, dense, type DenseParameters, dropout, type DropoutOptions, embedding, type EmbeddingParameters, initBatchNorm, initDense, initEmbedding, initLayerNorm, layerNorm, type LayerNormOptions, type LayerNormParameters, type LayerOptions, } from "./layers.d.ts";
export { lbfgs, type LbfgsOptions } from "./lbfgs.d.ts";
export * from "./losses.d.ts";
export { type DataSet, type Minibatch, minibatches, type MinibatchOptions } from "./minibatches.d.ts";
export type { CostOrGradients, OptimiserOptions, OptimiserState, OptimiserUpdates, } from "./optimiser.d.ts";
export * from "./optimisers.d.ts";
export { type ParameterTree, trainable, type VariableTree, zerosLike } from "./parameters.d.ts";
export { progressLines } from "./progress.d.ts";
export * from "./recurrent.d.ts";
export { cosineDecay, type CosineDecayOptions, exponentialDecay, type ExponentialDecayOptions, type LearningRate, type Schedule, stepDecay, type StepDecayOptions, warmUp, } from "./schedules.d.ts";
export type { StepFunction, StepGraph } from "./steps.d.ts";
export type { Tree, TreeOf } from "../core/base/tree.d.ts";
