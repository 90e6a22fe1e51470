// Made of nn/gradients.ts by `deno task types`.
/**
 * Gradients, changed before an optimiser uses them.
 *
 * @module
 */
import type { TreeOf } from "../core/base/tree.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
import type { TensorLike } from "../core/ops/common/literal.d.ts";
import { type ParameterTree, type VariableTree } from "./parameters.d.ts";
/**
 * The norm of all elements of gradients together.
 *
 * @param gradients Gradients in records and lists.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const norm = nn.globalNorm([T.matrix(), T.vector()]);
 * ```
 */
export declare function globalNorm(gradients: VariableTree): Variable;
/**
 * Gradients scaled down together so that their norm is at most `norm`. Smaller ones stay as they are.
 *
 * @param gradients Gradients in records and lists.
 * @param norm The largest norm.
 *
 * @example
 * ```ts
 * import { grad, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const updates = nn.sgd(nn.clipByGlobalNorm(grad(cost, [w]), 1), [w], { learningRate: 0.1 });
 * ```
 */
export declare function clipByGlobalNorm<G extends VariableTree>(gradients: G, norm: TensorLike): TreeOf<G, Variable, Variable>;
/**
 * Gradients with each element cut to [-limit, limit].
 *
 * @param gradients Gradients in records and lists.
 * @param limit The largest magnitude.
 *
 * @example
 * ```ts
 * import { grad, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const updates = nn.sgd(nn.clipByValue(grad(cost, [w]), 1), [w], { learningRate: 0.1 });
 * ```
 */
export declare function clipByValue<G extends VariableTree>(gradients: G, limit: TensorLike): TreeOf<G, Variable, Variable>;
/**
 * Gradients with those of `rate / 2` times the squared parameters added: weight decay of the old kind, which
 * optimisers then scale like all gradients. `adamw` and `lion` have one of their own.
 *
 * @param gradients Gradients in records and lists, as `grad` gives them for `nn.trainable(parameters)`.
 * @param parameters The parameters that they belong to.
 * @param rate How fast weights decay.
 *
 * @example
 * ```ts
 * import { grad, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const updates = nn.sgd(nn.weightDecay(grad(cost, [w]), [w], 1e-4), [w], { learningRate: 0.1 });
 * ```
 */
export declare function weightDecay<G extends VariableTree>(gradients: G, parameters: ParameterTree, rate: TensorLike): TreeOf<G, Variable, Variable>;
/** Throws a TypeError unless there is a gradient for each parameter. */
export declare function checkCount(action: string, gradients: readonly Variable[], count: number): void;
