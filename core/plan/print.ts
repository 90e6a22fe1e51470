/**
 * Plans in words: what each step reads and writes, and when scratch memory is in use.
 *
 * @module
 */

import type { BufferDecl, Program, Step } from "../ir/program.ts";
import type { Size } from "../ir/size.ts";
import { buffersOf } from "../ir/steps.ts";
import { livesOf } from "./lives.ts";
import { planProgram, type PlanRequest } from "./planner.ts";

type Buffers = readonly BufferDecl[];

/** Steps in words, a line for each; temps are their numbers. */
export function printSteps(steps: readonly Step[], buffers: Buffers, indent = "  "): string[] {
  return steps.flatMap((step) => {
    const line = (words: string) => `${indent}${words}${accessWords(step, buffers)}`;
    const inside = (list: readonly Step[]) => printSteps(list, buffers, `${indent}  `);
    switch (step.kind) {
      case "nest": {
        const loops = step.loops.length === 0 ? "" : `, over ${sizes(step.loops)}`;
        return [line(`${step.name} [${sizes(step.axes)}]${loops}`)];
      }
      case "gemm": {
        const { name, batch, m, n, k } = step;
        return [line(`product ${name} [${sizes([...batch, m, n])}], over ${sizes([k])}`)];
      }
      case "loop": {
        const { name, steps, strategy, reason, body } = step;
        return [`${indent}loop ${name}, ${steps} steps, ${strategy}: ${reason}`, ...inside(body)];
      }
      case "branch":
        return [
          `${indent}if ${step.name} (${label(buffers[step.condition]!)})`,
          ...inside(step.then),
          `${indent}else`,
          ...inside(step.otherwise),
        ];
      default:
        return [line(`${step.kind} ${step.name}`)];
    }
  });
}

function sizes(list: readonly Size[]): string {
  return list.map(String).join(", ");
}

/** What a step reads and writes, and whether it can fail. */
function accessWords(step: Step, buffers: Buffers): string {
  const names = (ids: Iterable<number>) =>
    [...ids].map((id) => label(buffers[id]!)).filter((name) => name !== "").join(", ");
  const { reads, writes } = buffersOf(step);
  const checks = step.kind === "nest" && step.checks.length > 0 ? ["checks"] : [];
  const results = [names(writes), ...checks].filter((words) => words !== "").join(", ");
  return `: ${names(reads)} -> ${results}`;
}

function label({ id, name, role }: BufferDecl): string {
  switch (role.kind) {
    case "temp":
      return `%${id}`;
    case "output":
      return `output ${role.output}`;
    case "constant":
      return "";
    default:
      return name;
  }
}

/** The scratch memory of a program in words: a line for each piece. */
function printLives(program: Program): string[] {
  return [...livesOf(program)].sort(([, a], [, b]) => a.first - b.first).map(([id, life]) => {
    const { name, dtype, elements } = program.buffers[id]!;
    return `  %${id} ${name}: ${dtype} [${elements}], from ${life.first} to ${life.last}`;
  });
}

/** Plans once more, and gives the steps of each level after each pass in words, and the memory. */
export function printPasses(request: PlanRequest): string {
  const lines: string[] = [];
  const { program } = planProgram(request, (pass, { name, steps, commit, planner }) => {
    const { all } = planner.buffers;
    lines.push(`${pass} (${name}):`, ...printSteps(steps, all));
    lines.push(...printSteps(commit, all, "  update: "));
  });
  return [...lines, `lives (${program.name}):`, ...printLives(program)].join("\n");
}
