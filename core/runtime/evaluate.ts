/**
 * `Variable.eval`: compiling and calling in one step.
 *
 * @module
 */

import type { Tensor } from "./tensor.ts";
import type { Variable } from "../graph/graph.ts";
import { compile } from "./function.ts";
import type { Givens } from "./updates.ts";
import { shown } from "../base/shown.ts";

/** The value of a variable for given values of the variables that it depends on. */
export async function evaluate(variable: Variable, givens: Givens): Promise<Tensor> {
  const pairs = pairsOf(givens);
  const inputs = pairs.map(([input]) => input);
  const options = { name: "eval", onUnusedInput: "ignore", allowInputDowncast: true } as const;
  const f = await compile(inputs, variable, options);
  return (f as (...values: unknown[]) => Tensor)(...pairs.map(([, value]) => value));
}

function pairsOf(givens: Givens): (readonly [Variable, unknown])[] {
  const given: unknown = givens;
  const pairs: readonly unknown[] | null = given instanceof Map
    ? [...given]
    : Array.isArray(given)
    ? Array.from(given)
    : null;
  const wrong = pairs === null ? given : pairs.find((pair) => !Array.isArray(pair));
  if (pairs === null || pairs.some((pair) => !Array.isArray(pair))) {
    throw new TypeError(
      `Cannot evaluate: expected pairs [variable, value] in a list or a Map, got ${shown(wrong)}`,
    );
  }
  return pairs as (readonly [Variable, unknown])[];
}
