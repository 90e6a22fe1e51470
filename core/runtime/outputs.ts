/**
 * The form of the outputs of a function: one variable, a list, an object, or nothing.
 *
 * @module
 */

import { Variable } from "../graph/graph.ts";
import type { Tensor } from "./tensor.ts";
import { isRecord } from "../base/options.ts";
import { shown } from "../base/shown.ts";
import { Out } from "./inputs.ts";
import type { OutputLike, OutputSpec } from "./types.ts";

export interface OutputForm {
  readonly variables: readonly Variable[];
  readonly keys: readonly (string | number)[];
  wrap(tensors: readonly Tensor[]): unknown;
}

export function formOf(outputs: OutputSpec, what: string): OutputForm {
  const one = (output: unknown, place: string): Variable => {
    const variable = output instanceof Out ? output.variable : output;
    if (variable instanceof Variable) return variable;
    throw new TypeError(`Cannot compile ${what}: ${place} is not a variable but ${shown(output)}`);
  };
  if (outputs === null || outputs === undefined) {
    return { variables: [], keys: [], wrap: () => undefined };
  }
  if (outputs instanceof Variable || outputs instanceof Out) {
    return { variables: [one(outputs, "the output")], keys: [0], wrap: (tensors) => tensors[0] };
  }
  if (Array.isArray(outputs)) {
    // Not map, which skips the holes of sparse lists.
    const variables = Array.from(outputs, (output: unknown, i) => one(output, `output ${i}`));
    return { variables, keys: variables.map((_, i) => i), wrap: (tensors) => [...tensors] };
  }
  const isList = typeof outputs !== "object" || Symbol.iterator in outputs || "then" in outputs;
  if (isList || !isRecord(outputs)) {
    throw new TypeError(
      `Cannot compile ${what}: expected a variable, a list or an object of variables as outputs, got ` +
        shown(outputs),
    );
  }
  const keys = Object.keys(outputs);
  const record = outputs as Readonly<Record<string, OutputLike>>;
  return {
    variables: keys.map((key) => one(record[key], `output ${shown(key)}`)),
    keys,
    wrap: (tensors) => Object.fromEntries(keys.map((key, i) => [key, tensors[i]])),
  };
}
