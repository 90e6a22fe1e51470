/**
 * The steps that a gradient visits, last first: how rows get there, and back.
 *
 * @module
 */

import type { Variable } from "../../core/graph/graph.ts";
import { zerosLike } from "../../core/ops/create/alloc.ts";
import { arange } from "../../core/ops/create/ranges.ts";
import {
  add,
  and,
  cast,
  eq,
  ge,
  lt,
  maximum,
  minimum,
  sub,
  where,
} from "../../core/ops/elementwise/elementwise.ts";
import { incIndex, index, slice } from "../../core/ops/index/indexing.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { endsEarly } from "../inner.ts";
import type { ForwardLoop } from "./forward_loop.ts";

/** The last steps of a loop, or all of them, backwards. */
export class VisitedSteps {
  /** How many steps the loop has executed. */
  readonly executed: Variable;
  /** How many rows the backward loop has. */
  readonly steps: Variable;
  /** How many steps it executes, if it may be fewer. */
  readonly limit: Variable | null;
  /** How many steps the loop could have had. */
  readonly #all: Variable;
  /** The first step that is visited, if not all are. */
  readonly #first: Variable | null;

  constructor({ params, outer, values }: ForwardLoop) {
    const { step: { layout }, truncateGradient: most } = params, ends = endsEarly(layout);
    const truncated = (count: Variable) => most < 0 ? count : minimum(count, cast(most, "int64"));
    this.#all = outer.steps;
    this.executed = ends ? values.count : outer.steps;
    this.steps = truncated(outer.steps);
    this.limit = ends ? truncated(this.executed) : null;
    this.#first = most < 0 ? null : sub(this.executed, this.limit ?? this.steps);
  }

  /** Whether the loop may have executed fewer steps than it has rows. */
  get mayEndEarly(): boolean {
    return this.limit !== null;
  }

  /** Rows of the visited steps, last first; that of step t is element t + tap. */
  backwards(rows: Variable, tap = 0): Variable {
    const { executed } = this, first = this.#first;
    if (this.mayEndEarly) return index(rows, [add(maximum(this.#fromEnd(this.steps), 0), tap)]);
    const start = first === null ? tap === 0 ? null : tap : later(first, tap);
    const stop = later(executed, tap);
    return index(index(rows, [slice(start, stop)]), [slice(null, null, -1)]);
  }

  /** A sequence, increased by rows of the backward loop where a tap reads it. */
  increased(sequence: Variable, rows: Variable, tap: number): Variable {
    if (this.mayEndEarly) {
      const forward = rowsForward(rows, this.#fromEnd(this.#all), this.steps);
      return incIndex(sequence, [slice(tap, later(this.#all, tap))], forward);
    }
    const forward = index(rows, [slice(null, null, -1)]), first = this.#first;
    const start = first === null ? tap : later(first, tap);
    return incIndex(sequence, [slice(start, later(this.executed, tap))], forward);
  }

  /** A gradient that has come back to the first step, or zeros where it has not been visited. */
  atStart(gradient: Variable): Variable {
    if (this.#first === null) return gradient;
    return where(eq(this.limit ?? this.steps, this.executed), gradient, zerosLike(gradient));
  }

  /** How many steps from the end each of some steps is. */
  #fromEnd(count: Variable): Variable {
    return sub(sub(this.executed, 1), arange(count));
  }
}

/** Rows of backward steps for the forward steps they belong to; zeros for those that have none. */
function rowsForward(rows: Variable, places: Variable, count: Variable): Variable {
  const has = and(ge(places, 0), lt(places, count));
  const taken = index(rows, [where(has, places, 0)]);
  return where(dimshuffle(has, 0, ...rows.type.shape.slice(1).map(() => "x" as const)), taken, 0);
}

/** A number of steps and some more. */
function later(steps: Variable, by: number): Variable {
  return by === 0 ? steps : add(steps, by);
}
