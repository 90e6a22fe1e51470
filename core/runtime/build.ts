/**
 * From what was checked to a function: rewriting, and what runs the result. Loaded by the first `compile`.
 *
 * @module
 */

import type { Variable } from "../graph/graph.ts";
import { placementOf } from "../plan/placement.ts";
import { logged, RewriteLog } from "../rewrite/log.ts";
import { optimise, resolveMode } from "../rewrite/mod.ts";
import type { SharedVariable } from "./shared.ts";
import { chooseBackend } from "./device.ts";
import { Executor } from "./executor.ts";
import { NanGuard } from "./nan_guard.ts";
import { Profile, profileOf } from "./profile.ts";
import type { CompiledFunction } from "./types.ts";
import type { Definition } from "./definition.ts";
import { Callable } from "./callable.ts";

/** What a function computes, in the order of an executor, with the steps of its loops left as they are. */
function plainly(raw: readonly Variable[], count: number, updates: number): Variable[] {
  const roots = optimise(raw, resolveMode("fastCompile"));
  return [
    ...roots.slice(0, count),
    ...roots.slice(count + updates),
    ...roots.slice(count, count + updates),
  ];
}

/** Makes the function that a definition says; `start` is when compiling began. */
export async function build(definition: Definition, start: number): Promise<CompiledFunction> {
  const { options, name, specs } = definition;
  const what = `"${name}"`;
  const profile = options.profile ? new Profile(name) : null;
  const count = definition.outputs.length, updateCount = definition.updates.length;
  const raw = [
    ...definition.outputs,
    ...definition.updates.map(([, value]) => value),
    ...definition.states,
  ];
  const mode = resolveMode(options.mode);
  const rewriteStart = performance.now();
  const log = profile === null ? null : new RewriteLog();
  const better = log === null ? optimise(raw, mode) : logged(log, () => optimise(raw, mode));
  if (log !== null) profile!.rewriteTime = performance.now() - rewriteStart;
  const guard = mode.nanGuard === null ? null : new NanGuard(better, mode.nanGuard);
  const checked = guard?.guarded(), run = checked?.roots ?? better;
  const updates = definition.updates.map(([target], i): [SharedVariable, Variable] => [
    target,
    run[count + i]!,
  ]);
  const variables = specs.map((spec) => spec.variable);
  const { backend, why } = await chooseBackend(
    options.device,
    placementOf(better, variables, raw),
    what,
  );
  const executor = new Executor({
    name,
    inputs: variables,
    outputs: [
      ...run.slice(0, count),
      ...run.slice(count + updateCount),
      ...(checked === undefined ? [] : [checked.check]),
    ],
    updates,
    backend,
    dynamicAxes: options.dynamicAxes ?? "auto",
    profile,
    written: { inputs: variables, roots: raw },
    ...(guard === null && mode.base === "fastRun"
      ? { plain: () => plainly(raw, count, updateCount) }
      : {}),
  });
  if (profile !== null) profileOf(profile, { log, executor });
  const graph = { outputs: run.slice(0, count), updates };
  const made = new Callable(definition, executor, why, profile, graph, guard);
  if (variables.every((variable) => variable.type.shape.every((n) => n !== null))) {
    await made.warmUpStatic();
  }
  if (profile !== null) profile.compileTime = performance.now() - start;
  return made.toFunction();
}
