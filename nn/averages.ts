/**
 * Running averages of parameters.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions, expectList } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { mapTree, type TreeOf } from "../core/base/tree.ts";
import { promote } from "../core/graph/dtype.ts";
import type { Variable } from "../core/graph/graph.ts";
import { shared, SharedVariable } from "../core/runtime/shared.ts";
import type { ParameterTree } from "./parameters.ts";

/** Options of {@linkcode ema}. */
export interface EmaOptions {
  /** What is left of an average after a step; 0.999 if missing. */
  readonly decay?: number;
}

/**
 * Running averages of parameters, which often predict better than the parameters of the last step:
 * a = decay * a + (1 - decay) * p, of the values that the updates give, starting from those of now.
 *
 * @param parameters Shared variables in records and lists.
 * @param updates The updates of a step, as an optimiser gives them.
 * @param options How much of an average is left after a step.
 * @returns The averages in the same records and lists, to take the place of the parameters by `givens`, and
 * all updates: those given and those of the averages.
 *
 * @example
 * ```ts
 * import { compile, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const { averages, updates } = nn.ema({ w }, nn.sgd(cost, [w]), { decay: 0.9 });
 * const train = await compile([], cost, { updates });
 * const test = await compile([], cost, { givens: [[w, averages.w]] });
 * ```
 */
export function ema<P extends ParameterTree>(
  parameters: P,
  updates: readonly (readonly [SharedVariable, Variable])[],
  options?: EmaOptions,
): {
  averages: TreeOf<P, SharedVariable, SharedVariable>;
  updates: (readonly [SharedVariable, Variable])[];
} {
  const action = "Cannot average parameters";
  const { decay = 0.999 } = checkOptions(action, options, { decay: "number" });
  if (!(decay >= 0 && decay <= 1)) {
    throw new RangeError(`${action}: expected a decay from 0 to 1, got ${shown(decay)}`);
  }
  for (const [i, update] of expectList(action, updates, "a list of updates").entries()) {
    if (Array.isArray(update) && update.length === 2) continue;
    throw new TypeError(
      `${action}: expected update ${i} to be a pair [variable, value], got ${shown(update)}`,
    );
  }
  const next = new Map(updates), added: [SharedVariable, Variable][] = [];
  const isShared = (value: unknown): value is SharedVariable => value instanceof SharedVariable;
  const averages = mapTree(
    action,
    parameters,
    { is: isShared, words: "shared variables" },
    (one, path) => {
      // Small changes of a float16 average would be lost.
      const dtype = one.dtype === "float16" ? "float32" : one.dtype;
      const average = shared(one.getValue(), {
        dtype,
        name: `${one.name ?? path.join(".")}.average`,
      }) as SharedVariable;
      const value = T.cast(next.get(one) ?? one, promote(dtype, one.dtype));
      const mixed = T.add(T.mul(average, decay), T.mul(value, 1 - decay));
      added.push([average, T.cast(mixed, dtype)]);
      return average;
    },
  );
  return {
    averages: averages as TreeOf<P, SharedVariable, SharedVariable>,
    updates: [...updates, ...added],
  };
}
