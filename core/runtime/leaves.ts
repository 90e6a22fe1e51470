/**
 * Variables of a graph that nothing computes: inputs, and what is missing.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import { MissingInputError, UnusedInputError } from "../base/errors.ts";
import { Constant, makeVariable, type Variable } from "../graph/graph.ts";
import { ancestors, graphInputs } from "../graph/walk.ts";
import { SharedVariable } from "./shared.ts";
import { shown } from "../base/shown.ts";
import type { InputSpec } from "./inputs.ts";
import type { CompileOptions } from "./definition.ts";
import type { OutputForm } from "./outputs.ts";

/** An input that stands for a variable of the graph. */
export function leafLike(variable: Variable): Variable {
  const leaf = makeVariable(variable.type);
  leaf.name = variable.name;
  return leaf;
}

export function checkLeaves(
  graph: readonly Variable[],
  specs: readonly InputSpec[],
  form: OutputForm,
  options: CompileOptions,
  what: string,
): void {
  const given = new Set(specs.map((spec) => spec.variable));
  const used = new Set<Variable>();
  const open = new Set<Variable>();
  for (const leaf of graphInputs(graph)) (given.has(leaf) ? used : open).add(leaf);
  for (const leaf of open) {
    if (leaf instanceof Constant || leaf instanceof SharedVariable) continue;
    const user = ancestors(graph).find((v) => v.owner?.inputs.includes(leaf));
    const where = leaf.origin === "" ? "" : ` (made at ${leaf.origin})`;
    throw new MissingInputError(
      `Cannot compile ${what}: ${leaf.label}${where} is used to compute ${
        user?.label ?? form.variables[0]?.label ?? "an output"
      } but was not provided and not given a value`,
    );
  }
  const policy = options.onUnusedInput === undefined
    ? settings.onUnusedInput
    : options.onUnusedInput;
  if (!["raise", "warn", "ignore"].includes(policy)) {
    throw new TypeError(
      `Cannot compile ${what}: onUnusedInput must be "raise", "warn" or "ignore", got ${
        shown(policy)
      }`,
    );
  }
  if (policy === "ignore") return;
  specs.forEach((spec, i) => {
    if (used.has(spec.variable)) return;
    const message =
      `Cannot compile ${what}: input ${i}, ${spec.variable.label}, is not used by the ` +
      `outputs or updates; remove it, or give onUnusedInput: "ignore"`;
    if (policy === "raise") throw new UnusedInputError(message);
    // deno-lint-ignore no-console
    console.warn(message.replace("Cannot compile", "While compiling"));
  });
}
