/**
 * How much memory steps touch and how much they compute.
 *
 * @module
 */

import { dtypeInfo } from "../graph/dtype.ts";
import { sizeOfNodes } from "../ir/functions.ts";
import { visitNodes } from "../ir/nodes.ts";
import type { Program, Step, StepPart } from "../ir/program.ts";
import type { Size } from "../ir/size.ts";
import type { SNode } from "../ir/scalar.ts";
import {
  innerOutputs,
  type NumberedStep,
  outerOutputs,
  type Outputs,
  stepOutputs,
  touchesOf,
} from "../ir/steps.ts";

/** The lengths of a call, or of a plan. */
type SizeOf = (size: Size) => number;

/** What a step costs. */
interface StepCost {
  /** Bytes of the memory that it reads and writes: of each buffer no more than there are. */
  readonly bytes: number;
  /** Primitive operations; two for each term of a product. */
  readonly operations: number;
}

/** How often each step of a program runs, where the device does not count: loops to their ends. */
export function runsOf(steps: readonly NumberedStep[], at: SizeOf, runs: number): number[] {
  const found: number[] = [];
  for (const { outer } of steps) {
    const around = steps[outer]?.step;
    const times = around?.kind === "loop" ? at(around.steps) : 1;
    found.push((found[outer] ?? runs) * times);
  }
  return found;
}

/** Which part of a step's work each call of the user's is, by its operations. */
export function partsOf(step: Step, at: SizeOf): readonly (StepPart & { share: number })[] {
  const { parts = [] } = step;
  const loops = step.kind === "gemm" ? [step.k] : step.kind === "nest" ? step.loops : [];
  const iterations = loops.reduce<number>((n, size) => n * at(size), 1);
  // What only moves elements takes its time, too.
  const weights = parts.map(({ operations, inner }) =>
    Math.max(operations, 0.25) * (inner ? iterations : 1)
  );
  const all = weights.reduce((a, b) => a + b, 0);
  return parts.map((part, i) => ({
    ...part,
    share: all === 0 ? 1 / parts.length : weights[i]! / all,
  }));
}

const free: ReadonlySet<string> = new Set(["const", "index", "size", "load", "reduced", "product"]);

/** What a step costs, with all that is in it; of a choice, the more expensive side. */
export function costOf(step: Step, program: Program, at: SizeOf): StepCost {
  const product = (sizes: readonly Size[]) => sizes.reduce<number>((n, size) => n * at(size), 1);
  const all = (steps: readonly Step[]) =>
    steps.map((one) => costOf(one, program, at)).reduce(
      (a, b) => ({ bytes: a.bytes + b.bytes, operations: a.operations + b.operations }),
      { bytes: 0, operations: 0 },
    );
  switch (step.kind) {
    case "loop": {
      const { bytes, operations } = all(step.body), steps = at(step.steps);
      return { bytes: bytes * steps, operations: operations * steps };
    }
    case "branch": {
      const then = all(step.then), otherwise = all(step.otherwise);
      return then.operations > otherwise.operations ? then : otherwise;
    }
    case "sort": {
      const length = at(step.length), rows = at(step.rows);
      const bytes = 2 * rows * length * dtypeInfo(step.dtype).bytes;
      return { bytes, operations: rows * length * Math.ceil(Math.log2(length + 1)) };
    }
    case "nonzero":
      return {
        bytes: at(step.length) * (dtypeInfo(step.dtype).bytes + 4),
        operations: at(step.length),
      };
  }
  const own = product(step.kind === "gemm" ? [...step.batch, step.m, step.n] : step.axes);
  const points = step.kind === "gemm" ? own : own * product(step.loops);
  const computed = (outputs: Outputs, seen = new Set<SNode>()) => {
    const nodes: SNode[] = [];
    visitNodes(outputs, (node) => free.has(node.op) || nodes.push(node), seen);
    return sizeOfNodes(nodes);
  };
  const seen = new Set<SNode>();
  const operations = step.kind === "gemm"
    ? own * (2 * at(step.k) + computed(stepOutputs(step)))
    : points * (step.reductions.length + computed(innerOutputs(step), seen)) +
      own * computed(outerOutputs(step), seen);
  const accesses = new Map<number, number>();
  for (const { buffer } of touchesOf(step)) {
    accesses.set(buffer, (accesses.get(buffer) ?? 0) + points);
  }
  if (step.kind === "gemm") {
    accesses.set(step.left.buffer, product([...step.batch, step.m, step.k]));
    accesses.set(step.right.buffer, product([...step.batch, step.k, step.n]));
  }
  let bytes = 0;
  for (const [buffer, count] of accesses) {
    const { elements, dtype } = program.buffers[buffer]!;
    bytes += Math.min(count, at(elements)) * dtypeInfo(dtype).bytes;
  }
  return { bytes, operations };
}
