/**
 * Ordinary differential equations.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import { ShapeError } from "../../core/base/errors.ts";
import { shown } from "../../core/base/shown.ts";
import { promote } from "../../core/graph/dtype.ts";
import { makeVariable, type Variable } from "../../core/graph/graph.ts";
import { TensorType } from "../../core/graph/type.ts";
import type { DTypeOf, Floating, Plus1, RankOf } from "../../core/graph/type_arithmetic.ts";
import { asFloating, castTo } from "../../core/ops/common/build.ts";
import { lengthOr } from "../../core/ops/common/checks.ts";
import type { TensorLike } from "../../core/ops/common/literal.ts";
import { withShape } from "../../core/ops/shape/shape_ops.ts";
import { checkOptions } from "../../core/base/options.ts";
import { positionalScan } from "../scan.ts";
import { until } from "../until.ts";
import { withAdjoint } from "./adjoint.ts";
import { Closed } from "./closed.ts";
import { checkCount } from "./options.ts";
import { type Derivatives, type StepOptions, stepper } from "./runge_kutta.ts";
import { Pieces, placesLike, type SolverState, type VariablesOf } from "./states.ts";

/** Options of {@linkcode odeint}. */
export interface OdeOptions<Y = never> {
  /**
   * "dopri5", the default, is Dormand's and Prince's method of order 5, which chooses its steps; "rk4" the
   * classical one of order 4 with steps of equal size.
   */
  readonly method?: "dopri5" | "rk4";
  /** Of "dopri5": the error that a step may have, in parts of the state; 1e-7 in float64, else 1e-5. */
  readonly rtol?: number;
  /** Of "dopri5": the error that a step may have beside that; 1e-9 in float64, else 1e-6. */
  readonly atol?: number;
  /** Of "dopri5": the most steps from one time to the next, 1000 if missing; what takes more is NaN. */
  readonly maxSteps?: number;
  /** Of "dopri5": the size of the first step; found from the equation if missing. */
  readonly firstStep?: number;
  /** Of "rk4": how many steps lead from one time to the next; 1 if missing. */
  readonly steps?: number;
  /**
   * "steps", the default, differentiates the steps as they were made, exactly; "adjoint" solves the equation of
   * the gradients backwards in time instead, with memory for the results alone.
   */
  readonly gradient?: "steps" | "adjoint";
  /** Ends the results with the first of the times, after the one at the start, at which it holds. */
  readonly until?: (y: Y, t: Variable) => Variable;
}

/** The states at all times: for a variable one with an axis of times in front, for a list a list. */
export type TrajectoryOf<S> = S extends readonly Variable[] ? {
    -readonly [K in keyof S]: S[K] extends Variable<infer D, infer N> ? Variable<D, Plus1<N>>
      : never;
  }
  : Variable<Floating<DTypeOf<S>>, Plus1<RankOf<S>>>;

/**
 * The solution of dy/dt = f(y, t) from the state `y0` at the first of some times: the states at all of them,
 * along a new first axis. The times may rise or fall. Everything is a loop on the device.
 *
 * Gradients go to `y0`, to the times and to all that `f` reads beside y and t, and can be differentiated again. A
 * batch of states shares its steps; with `vmap` each has its own.
 *
 * @param f The derivatives of the state, of the same form.
 * @param y0 The state at the first time: a tensor, or a list of variables.
 * @param times A vector.
 * @param options The method and its steps.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const rate = T.dscalar("rate");
 * const y = solvers.odeint((y) => y.mul(rate).neg(), T.cast(1, "float64"), [0, 0.5, 1]);
 * const f = await compile([rate], [y, grad(y.at(-1), rate)]);
 * const [decay, slope] = f(2); // exp(-2t), and -exp(-2)
 * console.assert(Math.abs(Number(decay.dataSync()[2]) - Math.exp(-2)) < 1e-6);
 * console.assert(Math.abs(slope.item() + Math.exp(-2)) < 1e-6);
 * ```
 */
export function odeint<const S extends SolverState>(
  f: (y: VariablesOf<S>, t: Variable) => Variable | readonly Variable[],
  y0: S,
  times: TensorLike,
  options?: OdeOptions<VariablesOf<S>>,
): TrajectoryOf<S>;
export function odeint(
  f: (y: never, t: Variable) => unknown,
  y0: SolverState,
  times: TensorLike,
  given?: OdeOptions,
): unknown {
  const action = "Cannot solve an equation";
  const options = checkOptions<OdeOptions>(action, given, {
    method: ["dopri5", "rk4"],
    rtol: "number",
    atol: "number",
    maxSteps: "number",
    firstStep: "number",
    steps: "number",
    gradient: ["steps", "adjoint"],
    until: "function",
  });
  const start = new Pieces(action, y0), { variables: first } = start;
  const dtype = first.map((one) => one.dtype).reduce(promote);
  const ts = atLeastOne(action, castTo(asFloating(times), dtype));
  const places = placesLike(first), time = makeVariable(TensorType.of(dtype, []));
  const rhs = new Closed(
    [...places, time],
    start.parts(action, f(start.like(places) as never, time)),
  );
  const steps = stepOptions(action, options, dtype, rhs.values);
  const derivatives: Derivatives = (ys, t) => rhs.at([...ys, t]);
  const end = options.until;
  const traces = trajectory(
    derivatives,
    first,
    ts,
    steps,
    end === undefined ? null : (ys, t) => end(start.like(ys) as never, t),
  );
  if (options.gradient !== "adjoint") return start.like(traces);
  return start.like(withAdjoint(traces, { start: first, times: ts, rhs, steps }));
}

/** The states at all times. */
function trajectory(
  f: Derivatives,
  first: readonly Variable[],
  times: Variable,
  options: StepOptions,
  end: ((ys: readonly Variable[], t: Variable) => Variable) | null,
): Variable[] {
  const way = stepper(f, options), n = first.length;
  const { slopes, size } = way.start(first, times.at(0));
  const [traces] = positionalScan((from, to, ...rest) => {
    const states = rest.slice(0, n + slopes.length + 1);
    const next = way.advance(
      {
        ys: states.slice(0, n),
        slopes: states.slice(n, -1),
        size: states.at(-1)!,
      },
      from!,
      to!,
    );
    const results = [...next.ys, ...next.slopes, next.size];
    return end === null ? results : [...results, until(end(next.ys, to!))];
  }, {
    sequences: [times.at(T.slice(null, -1)), times.at(T.slice(1))],
    outputsInfo: [...first, ...slopes, size],
    nonSequences: [...options.fixed],
    returnList: true,
    name: "odeint",
  });
  return first.map((y, i) =>
    T.concatenate([T.expandDims(y, 0) as Variable, (traces as Variable[])[i]!]) as Variable
  );
}

function stepOptions(
  action: string,
  options: OdeOptions,
  dtype: Variable["dtype"],
  fixed: readonly Variable[],
): StepOptions {
  const isDouble = dtype === "float64";
  const { method = "dopri5", steps = 1, maxSteps = 1000, firstStep = null } = options;
  const { rtol = isDouble ? 1e-7 : 1e-5, atol = isDouble ? 1e-9 : 1e-6 } = options;
  checkCount(action, "steps", steps);
  checkCount(action, "maxSteps", maxSteps);
  const others = method === "rk4"
    ? ["rtol", "atol", "maxSteps", "firstStep"] as const
    : ["steps"] as const;
  for (const name of others) {
    if (options[name] === undefined) continue;
    throw new TypeError(`${action}: "${method}" has no option "${name}"`);
  }
  if (!(rtol >= 0 && atol >= 0 && rtol + atol > 0 && rtol + atol < Infinity)) {
    throw new RangeError(
      `${action}: expected rtol and atol from 0 on, one of them above, got ${shown(rtol)} and ${
        shown(atol)
      }`,
    );
  }
  if (firstStep !== null && !(firstStep > 0)) {
    throw new RangeError(`${action}: expected a positive firstStep, got ${shown(firstStep)}`);
  }
  return { method, steps, maxSteps, rtol, atol, firstStep, fixed };
}

/** A vector of times, or an error: now if there are known to be none, else when the function is called. */
function atLeastOne(action: string, times: Variable): Variable {
  if (times.ndim !== 1) {
    throw new TypeError(`${action}: expected a vector of times, got ${times.type}`);
  }
  const expected = "expected at least one time, got none", [n] = times.type.shape;
  if (n === 0) throw new ShapeError(`${action}: ${expected}`);
  if (n !== null) return times;
  const more = lengthOr(T.sub(times.shape[0]!, 1) as Variable, { action, expected });
  return withShape(times, [T.add(more, 1) as Variable], { action });
}
