/**
 * L-BFGS as an optimiser: one step of `solvers.minimize` in each call.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions } from "../core/base/options.ts";
import { promote } from "../core/graph/dtype.ts";
import { Variable } from "../core/graph/graph.ts";
import type { SharedVariable } from "../core/runtime/shared.ts";
import {
  firstLbfgs,
  lbfgsNames,
  type LbfgsState,
  nextLbfgs,
  trialPoint,
} from "../scan/solvers/lbfgs.ts";
import { checkCount } from "../scan/solvers/options.ts";
import { packed, unpacked } from "../scan/solvers/states.ts";
import { gradientsOf, type OptimiserUpdates, workingDType } from "./optimiser.ts";
import { filled, parametersOf, type ParameterTree } from "./parameters.ts";

/** Options of {@linkcode lbfgs}. */
export interface LbfgsOptions {
  /** How many steps are remembered; 10 if missing. */
  readonly memory?: number;
}

/**
 * L-BFGS with a line search, for costs of all the data at once: there is no learning rate to choose. A call
 * computes the cost and its gradients once, and the parameters move to the point that the line search wants to
 * know next; where the cost does not fall there, the next call goes back. `state.x` has the best point so far,
 * all parameters one after the other in a vector, and `state.f` the cost there.
 *
 * @param cost A scalar; gradients alone do not tell how far to go.
 * @param parameters Shared variables in records and lists.
 * @param options How many steps are remembered.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { compile, nn, shared, T } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = T.sqr(w.sub([1, 2])).sum();
 * const train = await compile([], cost, { updates: nn.lbfgs(cost, w) });
 * for (let step = 0; step < 10; step++) train();
 * console.assert(Number(train().item()) < 1e-9);
 * ```
 */
export function lbfgs(
  cost: Variable,
  parameters: ParameterTree,
  options?: LbfgsOptions,
): OptimiserUpdates {
  const action = "Cannot make updates by lbfgs";
  const { memory = 10 } = checkOptions<LbfgsOptions>(action, options, { memory: "number" });
  checkCount(action, "memory", memory);
  if (!(cost instanceof Variable)) {
    throw new TypeError(`${action}: expected a cost, as gradients do not tell how far to go`);
  }
  const targets = parametersOf(action, parameters).map(({ variable }) => variable);
  if (targets.length === 0) throw new TypeError(`${action}: there are no parameters`);
  const gradients = gradientsOf(action, cost, targets);
  const dtype = targets.map((one) => workingDType(one.dtype)).reduce(promote);
  const vectorOf = (list: readonly Variable[]) => packed(list.map((one) => T.cast(one, dtype)));
  const point = vectorOf(targets);
  const size = targets.reduce(
    (sum, { container: { shape } }) => sum + shape.reduce((product, n) => product * n, 1),
    0,
  );
  const first = firstLbfgs(point, memory);
  const state = Object.fromEntries(lbfgsNames.map((name) => {
    const shape = [[], [size], [memory, size]][first[name].ndim]!;
    return [name, filled(dtype, shape, starts[name] ?? 0, name)];
  })) as Record<keyof LbfgsState, SharedVariable>;
  const { state: next } = nextLbfgs(
    state as unknown as LbfgsState,
    point,
    T.cast(cost, dtype),
    vectorOf(gradients),
  );
  const moved = unpacked(trialPoint(next), targets);
  return Object.assign([
    ...targets.map((target, i) => [target, moved[i]!] as const),
    ...lbfgsNames.map((name) => [state[name], next[name]] as const),
  ], { state });
}

/** What numbers are at first, where not 0. */
const starts: Partial<Record<keyof LbfgsState, number>> = {
  f: Infinity,
  t: 1,
  high: Infinity,
  scale: 1,
};
