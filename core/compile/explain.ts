/**
 * Plans in words.
 *
 * @module
 */

import type { Step } from "../kernel/program.ts";
import type { Size } from "../kernel/size.ts";
import type { Executor } from "./executor.ts";

/** The kernels, loops and memory of each plan. */
export function explainPlans(executor: Executor): string {
  const { plans, executables, request, backend } = executor;
  const lines = [`${request.name} on ${backend.name} (${backend.description})`];
  if (plans.length === 0) lines.push("  no plan yet: call it first");
  plans.forEach(({ program, symbolicAxes }, i) => {
    const { scratchBytes, kernels } = executables[i]!.info;
    lines.push(`plan ${i + 1}: ${kernels} kernels, ${scratchBytes} bytes of scratch memory`);
    for (const axis of symbolicAxes) lines.push(`  ${axis}`);
    for (const step of program.steps) describe(step, "  ", lines);
    for (const step of program.commit) describe(step, "  update: ", lines);
  });
  return lines.join("\n");
}

function describe(step: Step, indent: string, lines: string[]): void {
  switch (step.kind) {
    case "nest": {
      const loops = step.loops.length === 0 ? "" : `, over ${sizes(step.loops)}`;
      lines.push(`${indent}${step.name} [${sizes(step.axes)}]${loops}`);
      break;
    }
    case "gemm":
      lines.push(
        `${indent}product ${step.name} [${sizes([...step.batch, step.m, step.n])}], over ${
          sizes([step.k])
        }`,
      );
      break;
    case "loop":
      lines.push(
        `${indent}loop ${step.name}, ${String(step.steps)} steps, ${step.strategy}: ${step.reason}`,
      );
      for (const inner of step.body) describe(inner, `${indent}  `, lines);
      break;
    case "branch":
      lines.push(`${indent}if ${step.name}`);
      for (const inner of step.then) describe(inner, `${indent}  `, lines);
      lines.push(`${indent}else`);
      for (const inner of step.otherwise) describe(inner, `${indent}  `, lines);
      break;
    default:
      lines.push(`${indent}${step.kind} ${step.name}`);
  }
}

function sizes(list: readonly Size[]): string {
  return list.map(String).join(", ");
}
