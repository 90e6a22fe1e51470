/**
 * Parts of models and of their training: optimisers, schedules of learning rates, clipping.
 *
 * @module
 */

export { ema, type EmaOptions } from "./averages.ts";
export { clipByGlobalNorm, clipByValue, globalNorm, weightDecay } from "./gradients.ts";
export {
  adadelta,
  type AdadeltaOptions,
  adagrad,
  type AdagradOptions,
  adam,
  type AdamOptions,
  adamw,
  type AdamWOptions,
  type CostOrGradients,
  lion,
  type LionOptions,
  momentum,
  type MomentumOptions,
  nesterov,
  type OptimiserOptions,
  type OptimiserState,
  type OptimiserUpdates,
  rmsprop,
  type RmspropOptions,
  sgd,
} from "./optimisers.ts";
export { type ParameterTree, trainable, type VariableTree, zerosLike } from "./parameters.ts";
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
export type { Tree, TreeOf } from "../core/base/tree.ts";
