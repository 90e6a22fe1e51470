/**
 * One step of the backward loop: what it reads, what it carries, and what it records.
 *
 * @module
 */

import { replaceWithKinks } from "../../autodiff/support.ts";
import { applyOp, makeVariable, type Variable } from "../../core/graph/graph.ts";
import { withoutReports } from "../../core/ops/control/reports.ts";
import { TensorType } from "../../core/graph/type.ts";
import { StepGraph } from "../inner.ts";
import { scanOutputs } from "../node.ts";
import { scanOp } from "../op.ts";
import { reachedBy } from "../rewrites/rebuild.ts";
import type { ForwardLoop } from "./forward_loop.ts";
import type { VisitedSteps } from "./visited_steps.ts";

/** What the backward loop gives. */
export interface BackwardResults {
  /** One row for each step of what was recorded. */
  readonly traces: readonly Variable[];
  /** The last values of what was carried. */
  readonly finals: readonly Variable[];
}

/** Collects what the backward step reads and gives. */
export class BackwardStep {
  readonly sequences: { readonly outer: Variable; readonly place: Variable }[] = [];
  readonly carried: {
    readonly initial: Variable;
    readonly place: Variable;
    readonly next: Variable;
  }[] = [];
  readonly maps: Variable[] = [];
  readonly #mapIndex = new Map<Variable, number>();
  readonly #known = new Map<Variable, Variable>();

  /** A placeholder for the rows of `outer`, which is in the order of the backward steps. */
  sequence(outer: Variable): Variable {
    const have = this.#known.get(outer);
    if (have !== undefined) return have;
    const place = makeVariable(TensorType.of(outer.dtype, outer.type.shape.slice(1)));
    this.sequences.push({ outer, place });
    this.#known.set(outer, place);
    return place;
  }

  /** Number of the trace that records an expression of the step. */
  map(variable: Variable): number {
    let at = this.#mapIndex.get(variable);
    if (at === undefined) {
      at = this.maps.length;
      this.maps.push(variable);
      this.#mapIndex.set(variable, at);
    }
    return at;
  }

  /** Carries a value from step to step; the number of its last value. */
  carry(initial: Variable, place: Variable, next: Variable): number {
    return this.carried.push({ initial, place, next }) - 1;
  }

  /** Makes the node of the backward loop. */
  build(
    { params, placeholders, outer }: ForwardLoop,
    { steps, limit }: VisitedSteps,
  ): BackwardResults {
    const { others } = placeholders;
    const results = withoutReports([...this.maps, ...this.carried.map(({ next }) => next)]);
    const reached = reachedBy(results);
    const used = this.sequences.filter(({ place }) => reached.has(place));
    const fixed = others.flatMap((other, i) => reached.has(other) ? [i] : []);
    // Placeholders belong to one step only: the others get new ones here.
    const fresh = new Map(fixed.map((i) => [others[i]!, makeVariable(others[i]!.type)] as const));
    const step = new StepGraph(
      {
        sequences: used.map(() => [0]),
        states: [],
        maps: this.maps.length,
        carried: this.carried.length,
        others: fixed.length,
        until: false,
        limited: limit !== null,
      },
      [
        ...used.map(({ place }) => place),
        ...this.carried.map(({ place }) => place),
        ...fixed.map((i) => fresh.get(others[i]!)!),
      ],
      replaceWithKinks(results, fresh),
    );
    const node = applyOp(scanOp, [
      steps,
      ...used.map(({ outer }) => outer),
      ...this.carried.map(({ initial }) => initial),
      ...fixed.map((i) => outer.others[i]!),
      ...(limit === null ? [] : [limit]),
    ], {
      step,
      name: `gradient of ${params.name ?? "scan"}`,
      truncateGradient: -1,
      strategy: null,
      checkpoint: null,
      shared: new Map(),
      implicit: new Set<number>(),
    });
    const { traces, carried } = scanOutputs(node);
    return { traces, finals: carried };
  }
}
