/**
 * Plans in words.
 *
 * @module
 */

import { printPasses, printSteps } from "../plan/print.ts";
import type { Executor } from "./executor.ts";
import type { ExplainOptions, PlanShapes } from "./types.ts";

/** The shapes that each plan is for. */
export function plannedShapes(executor: Executor): PlanShapes[] {
  return executor.plans.map(({ leaves }) => {
    const count = leaves.length - executor.shared.length;
    return { inputs: leaves.slice(0, count), shared: leaves.slice(count) };
  });
}

/** The kernels, loops and memory of each plan; with options also how it came to be, and its code. */
export function explainPlans(executor: Executor, options: ExplainOptions): string {
  const { plans, executables, backend } = executor;
  const lines = [`${executor.request.name} on ${backend.name} (${backend.description})`];
  if (plans.length === 0) lines.push("  no plan yet: call it first");
  plans.forEach((plan, i) => {
    const { program } = plan;
    const { scratchBytes, kernels, note, listing } = executables[i]!.info;
    lines.push(`plan ${i + 1}: ${kernels} kernels, ${scratchBytes} bytes of scratch memory`);
    if (note !== null) lines.push(`  ${note}`);
    for (const { label, axes } of plan.leaves) {
      axes.forEach((length, axis) => {
        if (typeof length === "number") return;
        const { symbol, least, reason } = length;
        lines.push(
          `  axis ${axis} of ${label} is ${symbol}, any length from ${least} on: ${reason}`,
        );
      });
    }
    lines.push(...printSteps(program.steps, program.buffers));
    lines.push(...printSteps(program.commit, program.buffers, "  update: "));
    if (options.passes === true) lines.push(printPasses(executor.requestOf(plan)));
    if (options.code === true) lines.push(listing);
  });
  for (const stage of executor.stages) {
    lines.push(`first, for lengths that it needs: ${explainPlans(stage, options)}`);
  }
  return lines.join("\n");
}
