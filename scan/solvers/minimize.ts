/**
 * Minima of functions.
 *
 * @module
 */

import { grad } from "../../autodiff/grad.ts";
import { jacobian } from "../../autodiff/jacobian.ts";
import * as T from "../../core/api/functions.ts";
import { shown } from "../../core/base/shown.ts";
import { isFloat, promote } from "../../core/graph/dtype.ts";
import { Variable } from "../../core/graph/graph.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { Closed, runUntil } from "./closed.ts";
import { implicitly } from "./implicit.ts";
import { firstLbfgs, lbfgsNames, type LbfgsState, nextLbfgs, trialPoint } from "./lbfgs.ts";
import { firstNewton, type NewtonState, nextNewton } from "./newton.ts";
import {
  checkCount,
  checkedOptions,
  defaultTolerance,
  largest,
  type SolverOptions,
} from "./options.ts";
import { Pieces, placesLike, type SolverState, type VariablesOf, vectorPlace } from "./states.ts";

/** Options of {@linkcode minimize}. */
export interface MinimizeOptions extends SolverOptions {
  /**
   * "lbfgs", the default, needs gradients only, for any number of unknowns; "newton" solves a system of the
   * Hessian matrix in each step.
   */
  readonly method?: "lbfgs" | "newton";
  /** How many steps L-BFGS remembers; 10 if missing. */
  readonly memory?: number;
}

/** A minimum. */
export interface MinimizeResult<X> {
  /** Where it is, in the form of the start. */
  readonly value: X;
  /** The cost there. */
  readonly cost: Variable;
  /** Whether the gradient is within the tolerance (bool), and the cost has an end there. */
  readonly converged: Variable<"bool", 0>;
  /** How often the cost and its gradient were computed (int64). */
  readonly steps: Variable<"int64", 0>;
  /** The greatest element of the gradient, as an absolute value. */
  readonly gradientNorm: Variable;
}

/** How much a step of the size of x may change a minimum, as the gradient tells it, in parts of its size. */
const STILL = 0.1;

/** A method: a machine that is told what it wants to know. */
interface Method<S> {
  readonly names: readonly (keyof S & string)[];
  readonly first: (x: Variable) => S;
  readonly trial: (state: S) => Variable;
  /** What it wants to know: cost, gradient and more. */
  readonly graph: readonly Variable[];
  readonly next: (
    state: S,
    point: Variable,
    found: readonly Variable[],
  ) => { readonly state: S; readonly stuck: Variable };
}

/**
 * A local minimum of a cost, by L-BFGS or by Newton's method, as a loop on the device. It ends when no element
 * of the gradient is greater than tolerance · max(1, |cost|) (nor Σ |x·gradient| than a tenth of max(1, |cost|),
 * as it is where a cost falls without end), or when there is no way on, as where a cost is rounded too coarsely.
 *
 * Gradients with respect to what `cost` reads are those of the minimum (the implicit ones) and can be
 * differentiated again. They solve a system of the Hessian matrix: by conjugate gradients with "lbfgs", which must
 * be positive definite then, as a matrix with "newton". None flows to `x0`.
 *
 * @param cost A real scalar, a function of the state.
 * @param x0 Where to start: a tensor, or a list of variables.
 * @param options The method, the tolerance (1e-10 in float64, 1e-5 in float32), and `maxSteps`, 1000 if missing.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const a = T.dscalar("a");
 * const rosenbrock = (x: ReturnType<typeof T.dvector>) =>
 *   T.add(T.sqr(T.sub(a, x.at(0))), T.mul(T.sqr(T.sub(x.at(1), T.sqr(x.at(0)))), 100));
 * const start = T.constant([-1.2, 1], { dtype: "float64" });
 * const { value, converged } = solvers.minimize(rosenbrock, start);
 * const f = await compile([a], [value, grad(value.sum(), a), converged]);
 * const [x, slope] = f(1); // at (a, a²), with the slope 1 + 2a of the sum
 * console.assert(Math.abs(Number(x.dataSync()[1]) - 1) < 1e-6 && Math.abs(slope.item() - 3) < 1e-5);
 * ```
 */
export function minimize<const S extends SolverState>(
  cost: (x: VariablesOf<S>) => Variable,
  x0: S,
  options?: MinimizeOptions,
): MinimizeResult<VariablesOf<S>>;
export function minimize(
  cost: (x: never) => unknown,
  x0: SolverState,
  given?: MinimizeOptions,
): MinimizeResult<unknown> {
  const action = "Cannot minimize";
  const options = checkedOptions<MinimizeOptions>(action, given, {
    method: ["lbfgs", "newton"],
    memory: "number",
  });
  const { method = "lbfgs", memory = 10, maxSteps: most = 1000 } = options;
  checkCount(action, "memory", memory);
  const start = new Pieces(action, x0), { vector } = start;
  const tolerance = options.tolerance ?? defaultTolerance(vector.dtype);
  const places = placesLike(start.variables);
  const whole = new Closed(places, [costOf(action, cost(start.like(places) as never), vector)]);
  const place = vectorPlace(vector.dtype);
  const inner = new Closed([place], whole.at(start.from(place)));
  const [f] = inner.outputs;
  const g = grad(f!, place, { disconnectedInputs: "ignore" }) as Variable;

  // Where a cost falls without end it grows as well, and so does what its gradient may be; but then a step
  // of the size of x changes it as much as it is large.
  const isFlat = (x: Variable, f: Variable, g: Variable): Variable => {
    const size = T.maximum(1, T.abs(f));
    const isNear = T.le(largest(g), T.mul(size, tolerance));
    const isStill = T.le(T.sum(T.abs(T.mul(x, g))), T.mul(size, STILL));
    return T.and(T.and(isNear, isStill), T.invert(T.isinf(f))) as Variable;
  };
  const run = <S>({ names, first, trial, graph, next }: Method<S>): Variable[] => {
    const initial = first(vector) as Record<string, Variable>;
    return runUntil({
      name: method,
      states: [...names.map((name) => initial[name]!), T.cast(0, "int64") as Variable],
      most,
      fixed: inner.values,
    }, (values) => {
      const state = Object.fromEntries(names.map((name, i) => [name, values[i]!])) as S;
      const point = trial(state);
      const made = next(state, point, inner.at([point], { graph }));
      const after = made.state as Record<string, Variable>;
      const isDone = isFlat(after["x"]!, after["f"]!, after["g"]!);
      return {
        states: [...names.map((name) => after[name]!), T.add(values.at(-1)!, 1) as Variable],
        done: T.or(isDone, made.stuck) as Variable,
      };
    });
  };
  const found = method === "newton"
    ? run<NewtonState>({
      names: ["x", "f", "g", "H", "p", "damping"],
      first: firstNewton,
      trial: ({ x, p }) => T.add(x, p) as Variable,
      graph: [f!, g, jacobian(g, place, { disconnectedInputs: "ignore" }) as Variable],
      next: (state, point, [f, g, H]) => nextNewton(state, point, f!, g!, H!),
    })
    : run<LbfgsState>({
      names: lbfgsNames,
      first: (x) => firstLbfgs(x, memory),
      trial: trialPoint,
      graph: [f!, g],
      next: (state, point, [f, g]) => nextLbfgs(state, point, f!, g!),
    });
  const [x, reached, gradient] = found, steps = found.at(-1)!;
  const slopes = new Closed([place], [inner.at([place], { graph: [g] })[0]!]);
  const value = implicitly(x!, slopes, method === "newton" ? "matrix" : "conjugate");
  const norm = T.where(T.isinf(reached!), Infinity, largest(gradient!)) as Variable;
  return {
    value: start.like(start.from(value)),
    cost: inner.at([value])[0]!,
    converged: isFlat(x!, reached!, gradient!) as Variable<"bool", 0>,
    steps: steps as Variable<"int64", 0>,
    gradientNorm: norm,
  };
}

/** What a cost gives, a scalar in the dtype of the unknowns. */
function costOf(action: string, given: unknown, { dtype }: Variable): Variable {
  if (!(given instanceof Variable)) {
    throw new TypeError(`${action}: expected the cost to give a variable, got ${shown(given)}`);
  }
  if (given.ndim === 0 && isFloat(given.dtype) && promote(given.dtype, dtype) === dtype) {
    return castTo(given, dtype);
  }
  throw new TypeError(
    `${action}: expected the cost to be a ${dtype} scalar, as what it is made of, got ${given.type}` +
      (given.ndim === 0 ? "" : "; take its sum or mean"),
  );
}
