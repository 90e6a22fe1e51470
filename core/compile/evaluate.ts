/**
 * `Variable.eval`: compiling and calling in one step.
 *
 * @module
 */

import type { Tensor } from "../tensor.ts";
import { registerEvaluator, type Variable } from "../variable.ts";
import { compile } from "./function.ts";
import type { Givens } from "./updates.ts";

/** The value of a variable for given values of the variables that it depends on. */
export async function evaluate(variable: Variable, givens: Givens): Promise<Tensor> {
  const pairs = [...givens];
  const inputs = pairs.map(([input]) => input);
  const options = { name: "eval", onUnusedInput: "ignore", allowInputDowncast: true } as const;
  const f = await compile(inputs, variable, options);
  return (f as (...values: unknown[]) => Tensor)(...pairs.map(([, value]) => value));
}

registerEvaluator(evaluate);
