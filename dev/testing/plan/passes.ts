/** What plans look like after each pass. */

import "../compiling.ts";
import type { SharedVariable } from "../../../core/runtime/shared.ts";
import type { Variable } from "../../../core/graph/graph.ts";
import { planProgram, type PlanRequest } from "../../../core/plan/planner.ts";
import { livesOf } from "../../../core/plan/lives.ts";
import { printSteps } from "../../../core/plan/print.ts";

/** What to plan: inputs with their shapes, outputs, and new values of shared variables. */
export interface Planned
  extends Partial<Pick<PlanRequest, "rows" | "kernelLimits" | "loopKernels">> {
  inputs: [Variable, number[]][];
  outputs?: Variable[];
  updates?: [SharedVariable, Variable][];
}

/** The steps of a level (default: the function) after each pass, printed. */
export function afterPasses(
  { inputs, outputs = [], updates = [], ...limits }: Planned,
  level = "f",
): Record<string, string> {
  const after: Record<string, string> = {};
  planProgram({
    name: "f",
    inputs: inputs.map(([variable, shape]) => ({ variable, shape })),
    shared: updates.map(([variable]) => ({ variable, shape: variable.container.shape })),
    outputs,
    updates: updates.map(([, value], shared) => ({ shared, value })),
    ieee: true,
    ...limits,
  }, (pass, { name, steps, commit, planner: { buffers: { all } } }) => {
    if (name !== level) return;
    after[pass] = [...printSteps(steps, all), ...printSteps(commit, all, "  update: ")].join("\n");
  });
  return after;
}

/** When each temp of a plan is in use, by the names of the buffers. */
export function livesIn({ inputs, outputs = [] }: Planned): Record<string, [number, number]> {
  const { program } = planProgram({
    name: "f",
    inputs: inputs.map(([variable, shape]) => ({ variable, shape })),
    shared: [],
    outputs,
    updates: [],
    ieee: true,
  });
  return Object.fromEntries(
    [...livesOf(program)].map((
      [id, { first, last }],
    ) => [program.buffers[id]!.name, [first, last]]),
  );
}
