/**
 * `compile`: from a graph to a function.
 *
 * @module
 */

import type { Variable } from "../graph/graph.ts";
import { replace } from "../graph/walk.ts";
import { SharedVariable } from "./shared.ts";
import { loadParts } from "../base/later.ts";
import { checkOptions, type OptionKinds } from "../base/options.ts";
import { defaultDevice } from "./device.ts";
import { settings } from "../base/settings.ts";
import { checkInputs, type InputLike, type InputSpec } from "./inputs.ts";
import { takeReports } from "../ops/control/reports.ts";
import type { build as Build } from "./build.ts";
import type { CompiledFunction, OutputSpec } from "./types.ts";
import { checkGivens, checkUpdates, defaultUpdates } from "./updates.ts";
import { cut } from "../base/shown.ts";
import type { CompileOptions, Definition } from "./definition.ts";
import { formOf } from "./outputs.ts";
import { checkLeaves, leafLike } from "./leaves.ts";

/**
 * Compiles a function of `inputs` that computes `outputs` and applies `updates`.
 *
 * The result of a call has the form of `outputs`: one variable gives one tensor, a list a list, an
 * object an object, nothing gives undefined. Calls are synchronous; values stay on the device until they
 * are read.
 *
 * Throws (rejects) with a TypeError for a wrong list of inputs, updates or givens, a MissingInputError
 * when the outputs need a variable that is not given, an UnusedInputError for an input without use.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * const x = T.dscalar("x"), y = T.dscalar("y");
 * const add = await compile([x, y], x.add(y));
 * console.assert(add(2, 3).item() === 5);
 * ```
 */
export async function compile<
  const I extends readonly InputLike[],
  const O extends OutputSpec = undefined,
>(
  inputs: I,
  outputs?: O,
  options: CompileOptions = {},
): Promise<CompiledFunction<I, O>> {
  const start = performance.now();
  const given = checkOptions("Cannot compile", options, optionKinds);
  return await compileChecked(inputs, outputs, given, start) as unknown as CompiledFunction<I, O>;
}

const optionKinds: OptionKinds<CompileOptions> = {
  updates: "any",
  dynamicAxes: ["auto", "all", "none"],
  givens: "any",
  noDefaultUpdates: "any",
  name: "string",
  onUnusedInput: "any",
  allowInputDowncast: "boolean",
  mode: "any",
  device: "any",
  profile: "boolean",
};

async function compileChecked(
  inputs: readonly InputLike[],
  outputs: OutputSpec,
  options: CompileOptions,
  start: number,
): Promise<CompiledFunction> {
  const what = options.name === undefined ? "the function" : `"${cut(options.name)}"`;
  const checked = checkInputs(inputs, what);
  const form = formOf(outputs, what);
  const variables = checked.map((spec) => spec.variable);
  const given = checkGivens(options.givens, variables, what);
  checkSuppressed(options.noDefaultUpdates, what);
  const explicit = checkUpdates(options.updates, what);
  const states = checked.flatMap(({ options: { update } }) => update === undefined ? [] : [update]);
  // An input may be any variable of the graph: what computes it is cut off.
  const severed = new Map(
    variables.filter(({ owner }) => owner !== null).map((old) => [old, leafLike(old)] as const),
  );
  const specs = checked.map((spec): InputSpec => ({
    ...spec,
    variable: severed.get(spec.variable) ?? spec.variable,
  }));
  const substitute = (graph: readonly Variable[]) => replace(replace(graph, given), severed);
  const roots = substitute([...form.variables, ...explicit.map(([, value]) => value), ...states]);
  const count = form.variables.length;
  const updates: (readonly [SharedVariable, Variable])[] = explicit.map(
    ([target], i) => [target, roots[count + i]!],
  );
  updates.push(...defaultUpdates(roots, {
    targets: explicit.map(([target]) => target),
    suppressed: options.noDefaultUpdates ?? false,
    replaced: new Set(given.keys()),
    substitute,
    what,
  }));
  const all = [...roots, ...updates.map(([, value]) => value)];
  checkLeaves(all, specs, form, options, what);
  const { outputs: graph, items: reports, values } = takeReports(all);

  const definition: Definition = {
    name: options.name ?? "function",
    inputs,
    specs,
    form,
    outputs: graph.slice(0, count),
    updates: updates.map(([target], i) => [target, graph[roots.length + i]!]),
    states: [...graph.slice(count + explicit.length, roots.length), ...values],
    // As the settings are now, and not when the parts that compile are there.
    options: {
      ...options,
      device: options.device === undefined ? defaultDevice() : options.device,
      profile: options.profile ?? settings.profile,
    },
    reports,
  };
  const build = builder ?? await loadBuilder();
  return await build(definition, start);
}

/** What makes functions, once it is loaded. */
let builder: typeof Build | null = null;

async function loadBuilder(): Promise<typeof Build> {
  await loadParts();
  const { build } = await import("./build.ts");
  return builder = build;
}

function checkSuppressed(option: CompileOptions["noDefaultUpdates"], what: string): void {
  if (option === undefined || typeof option === "boolean") return;
  if (Array.isArray(option) && option.every((item) => item instanceof SharedVariable)) return;
  throw new TypeError(
    `Cannot compile ${what}: noDefaultUpdates must be true, false or a list of shared variables`,
  );
}
