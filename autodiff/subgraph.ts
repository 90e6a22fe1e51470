/**
 * Differentiating a part of a graph.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import type { Variable } from "../core/graph/graph.ts";
import { finished, type KnownGrads, knownPairs, seedOf, wrtList } from "./grad.ts";
import { passBack } from "./pullback.ts";

/** What `subgraphGrad` differentiates. */
export interface SubgraphOptions {
  /** The variables to differentiate with respect to. */
  readonly wrt: readonly Variable[];
  /** Where the part ends: nothing flows back past these variables. */
  readonly end: readonly Variable[];
  /** Where the part starts: variables with their gradients. */
  readonly start?: KnownGrads;
  /** A scalar whose gradient is added. */
  readonly cost?: Variable;
}

/**
 * The gradients in a part of a graph, from its start or a cost back to its end. Those of the end are the
 * start of the next part, so that a long graph can be differentiated piece by piece.
 *
 * Returns the gradients of `wrt` and those of `end`; zeros where nothing flows.
 *
 * Throws a TypeError without start and cost, and otherwise as `grad` does.
 *
 * @param options The part of the graph.
 *
 * @example
 * ```ts
 * import { subgraphGrad, T } from "@croton/croton";
 *
 * const v = T.dvector("v"), u = T.dvector("u");
 * const a = T.tanh(v);
 * const [[gu], [ga]] = subgraphGrad({ wrt: [u], end: [a], cost: a.mul(u).sum() });
 * const [[gv]] = subgraphGrad({ wrt: [v], end: [v], start: [[a, ga!]] });
 * ```
 */
export function subgraphGrad(options: SubgraphOptions): [Variable[], Variable[]] {
  const action = "Cannot differentiate a part of a graph";
  if (options === undefined) {
    throw new TypeError(`${action}: expected an object of options, got undefined`);
  }
  checkOptions<SubgraphOptions>(action, options, {
    wrt: "any",
    end: "any",
    start: "any",
    cost: "any",
  });
  const wrt = wrtList(options.wrt), end = wrtList(options.end);
  const seeds = knownPairs("start", options.start);
  if (options.cost === undefined && seeds.length === 0) {
    throw new TypeError(`${action}: expected "start" or "cost"`);
  }
  const cost = options.cost === undefined ? [] : [[options.cost, seedOf(options.cost)] as const];
  const list = [...wrt, ...end];
  const found = passBack([...cost, ...seeds], list, { constants: new Set(end) });
  const results = finished(found, list, "a part of a graph", { disconnectedInputs: "ignore" });
  return [results.slice(0, wrt.length) as Variable[], results.slice(wrt.length) as Variable[]];
}
