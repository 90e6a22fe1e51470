/**
 * How much memory steps touch and how much they compute.
 *
 * @module
 */

import { dtypeInfo } from "../graph/dtype.ts";
import { nodesOf } from "../ir/nodes.ts";
import type { Program, Step } from "../ir/program.ts";
import { type Size, sizeAt, type SizeEnv } from "../ir/size.ts";
import { stepOutputs, touchesOf } from "../ir/steps.ts";

/** What a step costs. */
interface StepCost {
  /** Bytes of the memory that it reads and writes: of each buffer no more than there are. */
  readonly bytes: number;
  /** Primitive operations; two for each term of a product. */
  readonly operations: number;
}

const free: ReadonlySet<string> = new Set(["const", "index", "size", "load", "reduced", "product"]);

/** What a step costs, with all that is in it; of a choice, the dearer side. */
export function costOf(step: Step, program: Program, env: SizeEnv): StepCost {
  const at = (size: Size) => sizeAt(size, env);
  const product = (sizes: readonly Size[]) => sizes.reduce<number>((n, size) => n * at(size), 1);
  const all = (steps: readonly Step[]) =>
    steps.map((one) => costOf(one, program, env)).reduce(
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
  const points = step.kind === "gemm"
    ? product([...step.batch, step.m, step.n])
    : product([...step.axes, ...step.loops]);
  const computed = nodesOf(stepOutputs(step)).filter(({ op }) => !free.has(op)).length;
  const reductions = step.kind === "nest" ? step.reductions.length : 2 * at(step.k);
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
  return { bytes, operations: points * (computed + reductions) };
}
