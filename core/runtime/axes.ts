/**
 * Which axis lengths of a function are planned as symbols: those that loops run over, those that were
 * seen with a second length, and those that the user says will change.
 *
 * @module
 */

import type { SymbolicLength } from "../plan/planner.ts";
import type { Variable } from "../graph/graph.ts";
import type { DynamicAxes } from "./definition.ts";

/** Axes of length 0 and 1 mean something else (nothing to do, broadcasting): they get plans of their own. */
const LEAST = 2;

/** How many lengths of an axis are compared with those of others. */
const REMEMBERED = 16;

/** Remembers the lengths that a function was planned for. */
export class AxisHistory {
  readonly #policy: DynamicAxes;
  /** For each variable and axis the lengths at the last plans. */
  readonly #seen = new Map<Variable, number[][]>();

  constructor(policy: DynamicAxes) {
    this.#policy = policy;
  }

  /** Adds the shape that a variable has at a new plan. */
  note(variable: Variable, shape: readonly number[]): void {
    const seen = this.#seen.get(variable);
    if (seen === undefined) this.#seen.set(variable, shape.map((n) => [n]));
    else {
      shape.forEach((n, axis) => {
        const lengths = seen[axis]!;
        lengths.push(n);
        // The first one stays: an axis that was seen to change goes on to be a symbol.
        if (lengths.length > REMEMBERED) lengths.splice(1, 1);
      });
    }
  }

  /** The axis as a symbol, or null where its length stays a number. `looped`: a loop runs over it. */
  symbol(variable: Variable, axis: number, looped: boolean): SymbolicLength | null {
    const lengths = this.#seen.get(variable)![axis]!, last = lengths.at(-1)!;
    // What always had the same length is taken to have it again.
    const name = lengths.join();
    if (looped) return { name: `loop ${name}`, least: 0, reason: "a loop runs over it" };
    if (this.#policy === "none" || last < LEAST || variable.type.shape[axis] !== null) return null;
    if (this.#policy === "all") return { name, least: LEAST, reason: "dynamicAxes" };
    const other = lengths.find((n) => n !== last && n >= LEAST);
    return other === undefined
      ? null
      : { name, least: LEAST, reason: `it had lengths ${other} and ${last}` };
  }
}
