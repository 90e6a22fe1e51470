/**
 * Fixed points of functions.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { Closed } from "./closed.ts";
import { implicitly, repeated } from "./implicit.ts";
import { checkedOptions, defaultTolerance, largest, type SolverOptions } from "./options.ts";
import {
  packed,
  Pieces,
  placesLike,
  type SolverState,
  type VariablesOf,
  vectorPlace,
} from "./states.ts";

/** A fixed point. */
export interface FixedPointResult<X> {
  /** The fixed point, in the form of the start. */
  readonly value: X;
  /** Whether the last step changed it by no more than the tolerance (bool). */
  readonly converged: Variable<"bool", 0>;
  /** How often the function was applied (int64). */
  readonly steps: Variable<"int64", 0>;
  /** The greatest change of an element in the last step. */
  readonly change: Variable;
}

/**
 * The fixed point x = f(x) that repeated application leads to, as a loop on the device that ends when no
 * element changes by more than tolerance · (1 + the greatest element).
 *
 * Gradients with respect to what `f` reads are those of the solution (the implicit ones), found by repetition as
 * well, and can be differentiated again; none flows to `x0`.
 *
 * @param f A function of the state, of the same form.
 * @param x0 Where to start: a tensor, or a list of variables.
 * @param options The tolerance (1e-10 in float64, 1e-5 in float32), and `maxSteps`, 1000 if missing.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const a = T.dscalar("a");
 * const { value } = solvers.fixedPoint((x) => T.cos(x).mul(a), T.cast(1, "float64"));
 * const f = await compile([a], [value, grad(value, a)]);
 * console.assert(Math.abs(f(1)[0].item() - 0.7390851332151607) < 1e-9);
 * ```
 */
export function fixedPoint<const S extends SolverState>(
  f: (x: VariablesOf<S>) => Variable | readonly Variable[],
  x0: S,
  options?: SolverOptions,
): FixedPointResult<VariablesOf<S>>;
export function fixedPoint(
  f: (x: never) => unknown,
  x0: SolverState,
  given?: SolverOptions,
): FixedPointResult<unknown> {
  const action = "Cannot find a fixed point";
  const { maxSteps: most = 1000, ...options } = checkedOptions(action, given);
  const start = new Pieces(action, x0), { vector } = start;
  const tolerance = options.tolerance ?? defaultTolerance(vector.dtype);
  const places = placesLike(start.variables);
  const parts = start.parts(action, f(start.like(places) as never));
  const whole = new Closed(places, parts);
  const place = vectorPlace(vector.dtype);
  const map = new Closed([place], [packed(whole.at(start.from(place)))]);
  const [found, change, steps] = repeated(map, vector, { tolerance, most }).states;
  const residual = new Closed([place], [T.sub(map.at([place])[0]!, place) as Variable]);
  const value = implicitly(found!, residual, "repeated");
  return {
    value: start.like(start.from(value)),
    converged: T.le(change!, T.mul(T.add(largest(found!), 1), tolerance)) as Variable<"bool", 0>,
    steps: steps as Variable<"int64", 0>,
    change: change!,
  };
}
