/**
 * Roots of functions.
 *
 * @module
 */

import { jacobian } from "../../autodiff/jacobian.ts";
import * as T from "../../core/api/functions.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { Closed, runUntil } from "./closed.ts";
import { implicitly } from "./implicit.ts";
import { firstRoot, nextRoot, type RootState } from "./newton.ts";
import { checkedOptions, defaultTolerance, largest, type SolverOptions } from "./options.ts";
import {
  packed,
  Pieces,
  placesLike,
  type SolverState,
  type VariablesOf,
  vectorPlace,
} from "./states.ts";

/** A root. */
export interface RootResult<X> {
  /** The root, in the form of the start. */
  readonly value: X;
  /** Whether the residual is within the tolerance (bool). */
  readonly converged: Variable<"bool", 0>;
  /** How often the function and its Jacobian matrix were computed (int64). */
  readonly steps: Variable<"int64", 0>;
  /** The greatest absolute value that the function has at the root. */
  readonly residual: Variable;
}

/**
 * A root of a function, f(x) = 0, by Newton's method with steps that are shortened until the sum of squares
 * falls: a loop on the device that ends when no element of f(x) is greater than the tolerance, or when there is
 * no way on.
 *
 * Gradients with respect to what `f` reads are those of the root (the implicit ones) and can be differentiated
 * again; where the Jacobian matrix is singular they are not finite. None flows to `x0`.
 *
 * @param f A function of the state, of the same form: as many equations as unknowns.
 * @param x0 Where to start: a tensor, or a list of variables.
 * @param options The tolerance (1e-10 in float64, 1e-5 in float32), and `maxSteps`, 100 if missing.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const a = T.dscalar("a");
 * const { value } = solvers.rootFind((x) => x.sqr().sub(a), T.cast(1, "float64"));
 * const f = await compile([a], [value, grad(value, a)]);
 * console.assert(Math.abs(f(4)[0].item() - 2) < 1e-12 && Math.abs(f(4)[1].item() - 0.25) < 1e-12);
 * ```
 */
export function rootFind<const S extends SolverState>(
  f: (x: VariablesOf<S>) => Variable | readonly Variable[],
  x0: S,
  options?: SolverOptions,
): RootResult<VariablesOf<S>>;
export function rootFind(
  f: (x: never) => unknown,
  x0: SolverState,
  given?: SolverOptions,
): RootResult<unknown> {
  const action = "Cannot find a root";
  const { maxSteps: most = 100, ...options } = checkedOptions(action, given);
  const start = new Pieces(action, x0), { vector } = start;
  const tolerance = options.tolerance ?? defaultTolerance(vector.dtype);
  const places = placesLike(start.variables);
  const whole = new Closed(places, start.parts(action, f(start.like(places) as never)));
  const place = vectorPlace(vector.dtype);
  const residual = new Closed([place], [packed(whole.at(start.from(place)))]);
  const [F] = residual.outputs;
  const J = jacobian(F!, place, { disconnectedInputs: "ignore" }) as Variable;

  const isDone = (F: Variable) => T.le(largest(F), tolerance) as Variable;
  const names = ["x", "F", "size", "p", "t"] as const;
  const first = firstRoot(vector);
  const found = runUntil({
    name: "Newton's method",
    states: [...names.map((name) => first[name]), T.cast(0, "int64") as Variable],
    most,
    fixed: residual.values,
  }, (values) => {
    const state = Object.fromEntries(names.map((name, i) => [name, values[i]])) as unknown as
      & RootState
      & Record<string, Variable>;
    const at = T.add(state.x, T.mul(state.t, state.p)) as Variable;
    const [value, matrix] = residual.at([at], { graph: [F!, J] });
    const next = nextRoot(state, value!, matrix!);
    return {
      states: [...names.map((name) => next.state[name]), T.add(values.at(-1)!, 1) as Variable],
      done: T.or(isDone(next.state.F), next.stuck) as Variable,
    };
  });
  const [x, value] = found, steps = found.at(-1)!;
  const size = T.where(T.isinf(found[2]!), Infinity, largest(value!)) as Variable;
  return {
    value: start.like(start.from(implicitly(x!, residual, "matrix"))),
    converged: T.le(size, tolerance) as Variable<"bool", 0>,
    steps: steps as Variable<"int64", 0>,
    residual: size,
  };
}
