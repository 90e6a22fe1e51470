/**
 * Parts of models and of their training: first values, layers, losses, optimisers, schedules of learning
 * rates, clipping, the loop of training.
 *
 * @module
 */

export * from "./attention.ts";
export { ema, type EmaOptions } from "./averages.ts";
export * from "./fit.ts";
export { clipByGlobalNorm, clipByValue, globalNorm, weightDecay } from "./gradients.ts";
export * from "./initialisers.ts";
export * from "./convolutions.ts";
export {
  batchNorm,
  type BatchNormOptions,
  type BatchNormParameters,
  dense,
  type DenseParameters,
  dropout,
  type DropoutOptions,
  embedding,
  type EmbeddingParameters,
  initBatchNorm,
  initDense,
  initEmbedding,
  initLayerNorm,
  layerNorm,
  type LayerNormOptions,
  type LayerNormParameters,
  type LayerOptions,
} from "./layers.ts";
export { lbfgs, type LbfgsOptions } from "./lbfgs.ts";
export * from "./losses.ts";
export { type DataSet, type Minibatch, minibatches, type MinibatchOptions } from "./minibatches.ts";
export type {
  CostOrGradients,
  OptimiserOptions,
  OptimiserState,
  OptimiserUpdates,
} from "./optimiser.ts";
export * from "./optimisers.ts";
export { type ParameterTree, trainable, type VariableTree, zerosLike } from "./parameters.ts";
export { progressLines } from "./progress.ts";
export * from "./recurrent.ts";
export {
  cosineDecay,
  type CosineDecayOptions,
  exponentialDecay,
  type ExponentialDecayOptions,
  type LearningRate,
  type Schedule,
  stepDecay,
  type StepDecayOptions,
  warmUp,
} from "./schedules.ts";
export type { StepFunction, StepGraph } from "./steps.ts";
export type { Tree, TreeOf } from "../core/base/tree.ts";
