/**
 * How a loop is run, by what its step is like.
 *
 * @module
 */

import type { LoopStrategy, Step } from "../kernel/program.ts";
import { sizeKey, sizeValue } from "../kernel/size.ts";
import { loadsOf } from "../kernel/nodes.ts";
import { accessOf, stepRoots } from "../kernel/steps.ts";
import { addressKey } from "../kernel/builder.ts";

/** A strategy, and why. */
export interface Choice {
  readonly strategy: LoopStrategy;
  readonly reason: string;
}

/** Steps that compute at most this many elements are looped over inside one kernel. */
const RESIDENT_POINTS = 1 << 16;

/** So are those whose products take at most this many multiplications: more keep a whole GPU busy. */
const RESIDENT_PRODUCTS = 1 << 19;

/** The strategies that a step allows, best first. */
export function eligibleStrategies(body: readonly Step[], until: boolean): Choice[] {
  const choices: Choice[] = [];
  const lanes = lanesObstacle(body, until);
  if (lanes === null) {
    choices.push({ strategy: "lanes", reason: "the step is elementwise in its state" });
  }
  const resident = residentObstacle(body);
  if (resident === null) {
    choices.push({ strategy: "resident", reason: "the step's work fits one kernel" });
  }
  choices.push({ strategy: "stepped", reason: lanes ?? resident ?? "always possible" });
  return choices;
}

/**
 * Chooses the strategy of a loop. Throws a TypeError when the one asked for is not possible, with the
 * reason.
 */
export function chooseStrategy(
  body: readonly Step[],
  asked: LoopStrategy | null,
  until: boolean,
): Choice {
  const choices = eligibleStrategies(body, until);
  if (asked === null) return choices[0]!;
  const found = choices.find((choice) => choice.strategy === asked);
  if (found !== undefined) return { strategy: asked, reason: "asked for" };
  throw new TypeError(
    `Cannot run a scan with strategy "${asked}": possible are ${
      choices.map((choice) => `"${choice.strategy}"`).join(", ")
    }`,
  );
}

/** Why one thread cannot run the whole loop for one element, or null if it can. */
function lanesObstacle(body: readonly Step[], until: boolean): string | null {
  let key: string | null = null;
  const written = accessOf(body).writes;
  const stores = new Set<string>();
  for (const step of body) {
    if (step.kind !== "nest") return `the step has a ${step.kind}`;
    if (step.loops.length > 0) return "the step reduces over an axis";
    const mine = step.axes.map(sizeKey).join();
    if (key !== null && mine !== key) return "the step's kernels have different shapes";
    key = mine;
    for (const store of step.outer) stores.add(`${store.buffer}:${pointKey(store.address)}`);
  }
  for (const step of body) {
    for (const load of loadsOf(stepRoots(step))) {
      if (!written.has(load.buffer)) continue;
      if (!stores.has(`${load.buffer}:${pointKey(load.address)}`)) {
        return "an element depends on other elements of the state";
      }
    }
  }
  if (until && key !== null && key !== "") return "the loop ends by a condition on the whole state";
  return null;
}

/** An address without the terms of loops. */
function pointKey(address: Parameters<typeof addressKey>[0]): string {
  return addressKey({
    offset: 0,
    terms: address.terms.filter((term) => term.axis.kind === "axis"),
    rest: address.rest,
  });
}

function residentObstacle(body: readonly Step[]): string | null {
  let points = 0, products = 0;
  for (const step of body) {
    if (step.kind !== "nest" && step.kind !== "gemm") return `the step has a ${step.kind}`;
    const axes = step.kind === "gemm" ? [...step.batch, step.m, step.n] : step.axes;
    const count = axes.reduce<number>((n, size) => n * sizeValue(size), 1);
    points = Math.max(points, count);
    if (step.kind === "gemm") products += count * sizeValue(step.k);
  }
  if (points > RESIDENT_POINTS) return `the step computes ${points} elements`;
  return products > RESIDENT_PRODUCTS ? `the step takes ${products} multiplications` : null;
}
