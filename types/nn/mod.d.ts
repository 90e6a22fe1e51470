// Made of nn/mod.ts by `deno task types`.
/**
 * Parts of models and of their training: first values, layers, losses, optimisers, schedules of learning
 * rates, clipping, the loop of training.
 *
 * @module
 */
export { attention, type AttentionOptions, attentionWeights, initMultiHeadAttention, initTransformerBlock, multiHeadAttention, type MultiHeadAttentionOptions, type MultiHeadAttentionParameters, transformerBlock, type TransformerBlockOptions, type TransformerBlockParameters, } from "./attention.d.ts";
export { ema, type EmaOptions } from "./averages.d.ts";
export { fit, type FitEvent, type FitOptions, type FitProgress, type FitResult, type FitState, } from "./fit.d.ts";
export { clipByGlobalNorm, clipByValue, globalNorm, weightDecay } from "./gradients.d.ts";
export { glorotNormal, glorotUniform, heNormal, heUniform, init, type Initialiser, type InitialiserOptions, type InitOptions, lecunNormal, lecunUniform, orthogonal, truncatedNormal, } from "./initialisers.d.ts";
export { averagePool1d, averagePool2d, averagePool3d, conv1d, conv2d, conv3d, type ConvInitOptions, type ConvLayerOptions, type ConvParameters, initConv1d, initConv2d, initConv3d, maxPool1d, maxPool2d, maxPool3d, type PoolLayerOptions, } from "./convolutions.d.ts";
export { batchNorm, type BatchNormOptions, type BatchNormParameters, dense, type DenseParameters, dropout, type DropoutOptions, embedding, type EmbeddingParameters, initBatchNorm, initDense, initEmbedding, initLayerNorm, layerNorm, type LayerNormOptions, type LayerNormParameters, type LayerOptions, } from "./layers.d.ts";
export { lbfgs, type LbfgsOptions } from "./lbfgs.d.ts";
export { type CrossEntropyOptions, ctcLoss, type CtcOptions, hingeLoss, huberLoss, type HuberOptions, klDivergence, sigmoidCrossEntropy, softmaxCrossEntropy, } from "./losses.d.ts";
export { type DataSet, type Minibatch, minibatches, type MinibatchOptions } from "./minibatches.d.ts";
export type { CostOrGradients, OptimiserOptions, OptimiserState, OptimiserUpdates, } from "./optimiser.d.ts";
export { adadelta, type AdadeltaOptions, adagrad, type AdagradOptions, adam, type AdamOptions, adamw, type AdamWOptions, lion, type LionOptions, momentum, type MomentumOptions, nesterov, rmsprop, type RmspropOptions, sgd, } from "./optimisers.d.ts";
export { type ParameterTree, trainable, type VariableTree, zerosLike } from "./parameters.d.ts";
export { progressLines } from "./progress.d.ts";
export { bidirectional, gru, type GruParameters, initGru, initLstm, initRnn, lstm, type RecurrentLayer, type RecurrentOptions, type RecurrentParameters, type RecurrentResult, rnn, } from "./recurrent.d.ts";
export { cosineDecay, type CosineDecayOptions, exponentialDecay, type ExponentialDecayOptions, type LearningRate, type Schedule, stepDecay, type StepDecayOptions, warmUp, } from "./schedules.d.ts";
export type { StepFunction, StepGraph } from "./steps.d.ts";
export type { Tree, TreeOf } from "../core/base/tree.d.ts";
