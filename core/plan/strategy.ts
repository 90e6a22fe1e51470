/**
 * How a loop is run, by what its step is like.
 *
 * @module
 */

import type { LoopKernels } from "../ir/capabilities.ts";
import type { Loop, LoopStrategy, Step } from "../ir/program.ts";
import { productSize, type Size, sizeValue } from "../ir/size.ts";
import { type LanesPlan, type LoopContext, planLanes } from "./lanes.ts";
import { isSafeInAnyOrder, type ParallelPlan, planParallel } from "./parallel.ts";

/** A strategy, and why. */
interface ChosenStrategy {
  readonly strategy: LoopStrategy;
  readonly reason: string;
}

/** What decides beside the loop. */
export interface StrategyContext extends LoopContext {
  /** How the device runs loops in kernels; null if it runs all of them inside one function. */
  readonly loopKernels: LoopKernels | null;
}

/** Steps that compute at most this many elements are looped over inside one kernel. */
const RESIDENT_POINTS = 1 << 16;

/** So are those whose products take at most this many multiplications: more keep a whole GPU busy. */
const RESIDENT_PRODUCTS = 1 << 19;

/** So many points keep a GPU busy with a thread for each. */
const MANY_POINTS = 1 << 10;

/**
 * Chooses the strategy of a loop.
 *
 * @param loop The loop, whatever strategy it has.
 * @param asked The strategy that the user wants, or null.
 * @param context What decides beside the loop.
 * @throws TypeError when the one asked for is not possible, with the reason.
 */
export function chooseStrategy(
  loop: Loop,
  asked: LoopStrategy | null,
  context: StrategyContext,
): ChosenStrategy {
  const inOrder = "the steps run one after the other inside one function";
  if (asked === null && context.loopKernels === null) {
    return { strategy: "stepped", reason: inOrder };
  }
  const lanes = lanesOf(loop, context);
  const parallel = typeof lanes === "string" ? lanes : planParallel(lanes, context);
  /** Why the loop cannot be run by each strategy; null if it can. */
  const obstacles: Record<LoopStrategy, string | null> = {
    parallel: typeof parallel === "string" ? parallel : null,
    lanes: typeof lanes === "string" ? lanes : null,
    resident: residentObstacle(loop.body),
    stepped: null,
  };
  if (asked !== null) {
    const obstacle = obstacles[asked];
    if (obstacle === null) {
      return { strategy: asked, reason: `asked for${context.loopKernels ? "" : `; ${inOrder}`}` };
    }
    const possible = Object.entries(obstacles).flatMap(([name, why]) =>
      why === null ? [`"${name}"`] : []
    );
    throw new TypeError(
      `Cannot run "${loop.name}" with strategy "${asked}": ${obstacle}; possible are ${
        possible.join(", ")
      }`,
    );
  }
  if (typeof parallel !== "string" && isWorthScan(parallel, context)) {
    return { strategy: "parallel", reason: "many steps, which can be taken in any order" };
  }
  if (obstacles.lanes === null) {
    return { strategy: "lanes", reason: "the step is elementwise in its state" };
  }
  if (obstacles.resident === null) {
    return { strategy: "resident", reason: "the step's work fits one kernel" };
  }
  return { strategy: "stepped", reason: obstacles.lanes };
}

/** A plan by which one thread runs the whole loop for one element, or why it cannot. */
function lanesOf(loop: Loop, context: LoopContext): LanesPlan | string {
  for (const step of loop.body) {
    if (step.kind !== "nest") return `the step has a ${step.kind}`;
    // The threads of a group share the work of a reduction.
    if (step.loops.length > 0) return "the step reduces over an axis";
  }
  return planLanes(loop, context);
}

/** Whether to take each step twice, by many threads. */
function isWorthScan(plan: ParallelPlan, { loopKernels }: StrategyContext): boolean {
  const { loop, axes } = plan.lanes;
  return loopKernels !== null && sizeValue(loop.steps) >= loopKernels.parallelSteps &&
    sizeValue(productSize(axes)) < MANY_POINTS && isSafeInAnyOrder(plan);
}

function residentObstacle(body: readonly Step[]): string | null {
  let points = 0, products = 0;
  for (const step of body) {
    if (step.kind !== "nest" && step.kind !== "gemm") return `the step has a ${step.kind}`;
    const axes: readonly Size[] = step.kind === "gemm"
      ? [...step.batch, step.m, step.n]
      : step.axes;
    const count = axes.reduce<number>((n, size) => n * sizeValue(size), 1);
    points = Math.max(points, count);
    if (step.kind === "gemm") products += count * sizeValue(step.k);
  }
  if (points > RESIDENT_POINTS) return `the step computes ${points} elements`;
  return products > RESIDENT_PRODUCTS ? `the step takes ${products} multiplications` : null;
}
