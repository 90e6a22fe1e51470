/**
 * Gradients, changed before an optimiser uses them.
 *
 * @module
 */

import type { TreeOf } from "../core/base/tree.ts";
import type { Variable } from "../core/graph/graph.ts";
import type { TensorLike } from "../core/ops/common/literal.ts";
import * as T from "../core/api/functions.ts";
import {
  mapVariables,
  parametersOf,
  type ParameterTree,
  variablesOf,
  type VariableTree,
} from "./parameters.ts";

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
export function globalNorm(gradients: VariableTree): Variable {
  const all = variablesOf("Cannot take a norm", gradients);
  return T.sqrt(squares(all));
}

function squares(all: readonly Variable[]): Variable {
  return all.map((one) => T.sum(T.sqr(one))).reduce((a, b) => T.add(a, b), T.constant(0));
}

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
export function clipByGlobalNorm<G extends VariableTree>(
  gradients: G,
  norm: TensorLike,
): TreeOf<G, Variable, Variable> {
  const action = "Cannot clip gradients";
  const found: Variable = T.sqrt(squares(variablesOf(action, gradients)));
  const factor: Variable = T.where(T.gt(found, norm), T.div(norm, found), 1);
  return mapVariables(action, gradients, (one) => T.mul(one, T.cast(factor, one.dtype)));
}

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
export function clipByValue<G extends VariableTree>(
  gradients: G,
  limit: TensorLike,
): TreeOf<G, Variable, Variable> {
  return mapVariables(
    "Cannot clip gradients",
    gradients,
    (one) => T.cast(T.clip(one, T.neg(limit), limit), one.dtype),
  );
}

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
export function weightDecay<G extends VariableTree>(
  gradients: G,
  parameters: ParameterTree,
  rate: TensorLike,
): TreeOf<G, Variable, Variable> {
  const action = "Cannot add weight decay";
  const all = parametersOf(action, parameters);
  checkCount(action, variablesOf(action, gradients), all.length);
  return mapVariables(action, gradients, (one, i) => {
    const decay = T.mul(all[i]!.variable, rate);
    return T.add(one, T.cast(decay, one.dtype));
  });
}

/** Throws a TypeError unless there is a gradient for each parameter. */
export function checkCount(action: string, gradients: readonly Variable[], count: number): void {
  if (gradients.length === count) return;
  throw new TypeError(
    `${action}: expected a gradient for each of ${count} parameters, got ${gradients.length}`,
  );
}
