/**
 * Which kernels call functions instead of having copies of their primitives.
 *
 * @module
 */

import { sizeOfNodes } from "../../core/ir/functions.ts";
import { nodesOf } from "../../core/ir/nodes.ts";
import type { LoopNest, Program } from "../../core/ir/program.ts";
import { productSize } from "../../core/ir/size.ts";
import { eachLeaf, stepOutputs } from "../../core/ir/steps.ts";

/**
 * From this size on, in nodes, a kernel is as fast with calls: the constants of its functions don't stay
 * in registers, and the processor's caches don't hold its code.
 */
const LARGE_NEST = 3000;

/** Kernels of at most so many points run as long as it takes to load their constants. */
const FEW_POINTS = 32;

/** From this size on a program takes so long to compile that its kernels call functions, too. */
const LARGE_PROGRAM = 100_000;

/** Says of the nests of a program, and whether they are in loops, if they call functions. */
export function choosesCalls(program: Program): (nest: LoopNest, inLoop: boolean) => boolean {
  const sizes = new Map<LoopNest, number>();
  let total = 0;
  eachLeaf([...program.steps, ...program.commit], (step) => {
    if (step.kind !== "nest") return;
    const nodes = nodesOf(stepOutputs(step));
    // Without functions there is nothing to choose.
    const size = nodes.some((node) => node.op === "call") ? sizeOfNodes(nodes) : 0;
    sizes.set(step, size);
    total += size;
  });
  return (nest, inLoop) => {
    if (sizes.get(nest)! > LARGE_NEST) return true;
    const points = productSize([...nest.axes, ...nest.loops]);
    const isShort = typeof points === "number" && points <= FEW_POINTS;
    return !inLoop && (isShort || total > LARGE_PROGRAM);
  };
}
