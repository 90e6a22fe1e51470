/**
 * Gradients of solutions by the theorem of implicit functions: where F(x, p) = 0, dx is -J⁻¹·(dF/dp)·dp.
 * How x was found does not count.
 *
 * @module
 */

import { jacobian } from "../../autodiff/jacobian.ts";
import { pullback } from "../../autodiff/pullback.ts";
import * as T from "../../core/api/functions.ts";
import { makeVariable, type Variable } from "../../core/graph/graph.ts";
import { customVjp } from "../../core/ops/control/custom_vjp.ts";
import { solve } from "../../core/ops/linalg/systems.ts";
import { Closed, runUntil } from "./closed.ts";
import { placesLike } from "./states.ts";
import { defaultTolerance, largest } from "./options.ts";

/** How the systems of the Jacobian matrix J are solved. */
type LinearSolver =
  /** By J as a matrix. */
  | "matrix"
  /** By conjugate gradients: J is symmetric and positive definite, and may be large. */
  | "conjugate"
  /** By repetition: J is A - 1, and powers of A vanish. */
  | "repeated";

/**
 * A vector that was found as a solution of residual(x) = 0, with its derivatives with respect to all that
 * the residual reads beside x.
 *
 * @param found The solution.
 * @param residual A function of a vector to a vector of the same length.
 * @param solver How to solve systems of its Jacobian matrix.
 */
export function implicitly(found: Variable, residual: Closed, solver: LinearSolver): Variable {
  if (residual.values.length === 0) return found;
  const [output] = residual.outputs;
  const seed = makeVariable(output!.type);
  return customVjp(found, residual.values, {
    pullback(value, sources, gradient, wanted) {
      const weights = transposedSolution(residual, value, sources, gradient, solver);
      const asked = residual.others.filter((_, i) => wanted[i]);
      // At places, what flows to one source does not flow on to another, nor back to the solution.
      const found = pullback([output!], [seed], asked);
      const graph = found.filter((one) => one !== null);
      const made = residual.at([value], {
        graph,
        values: sources,
        more: new Map([[seed, T.neg(weights) as Variable]]),
      });
      const gradients = found.map((one) => one === null ? null : made.shift()!);
      return wanted.map((is) => is ? gradients.shift() ?? null : null);
    },
  });
}

/** The solution w of Jᵀ·w = gradient. */
function transposedSolution(
  residual: Closed,
  value: Variable,
  sources: readonly Variable[],
  gradient: Variable,
  solver: LinearSolver,
): Variable {
  const [place] = residual.places, [output] = residual.outputs;
  if (solver === "matrix") {
    const matrix = jacobian(output!, place!, { disconnectedInputs: "ignore" });
    const [J] = residual.at([value], { graph: [matrix], values: sources });
    return solve(J as never, gradient, { transposed: true, check: false });
  }
  const seed = makeVariable(output!.type);
  const [back] = pullback([output!], [seed], [place!]);
  const times = (x: Variable): Variable =>
    back === null ? T.zerosLike(x) as Variable : residual.at([value], {
      graph: [back!],
      values: sources,
      more: new Map([[seed, x]]),
    })[0]!;
  const [x] = placesLike([gradient]);
  const system = new Closed([x!], [T.sub(times(x!), gradient) as Variable]);
  const found = solver === "conjugate" ? conjugateGradients(system, gradient) : repeated(
    new Closed([x!], [T.sub(T.add(times(x!), x!), gradient) as Variable]),
    T.neg(gradient) as Variable,
  ).states[0]!;
  return implicitly(found, system, solver);
}

/** The solution x of A·x = b by conjugate gradients, where `system` is A·x - b. */
function conjugateGradients(system: Closed, b: Variable): Variable {
  const norm = (x: Variable) => T.dot(x, x) as Variable;
  const limit = T.mul(norm(b), defaultTolerance(b.dtype) ** 2) as Variable;
  const zeros = T.zerosLike(b) as Variable, first = norm(b);
  const [x] = runUntil({
    name: "conjugate gradients",
    states: [zeros, b, b, first],
    most: T.add(T.mul(b.shape[0]!, 4), 10) as Variable,
    fixed: [...system.values, b, limit],
  }, ([x, r, p, rr]) => {
    const Ap = T.add(system.at([p!])[0]!, b) as Variable;
    const curvature = T.dot(p!, Ap) as Variable;
    const step = T.where(T.gt(curvature, 0), T.div(rr!, curvature), 0) as Variable;
    const rest = T.sub(r!, T.mul(step, Ap)) as Variable;
    const next = norm(rest);
    const ratio = T.where(T.gt(rr!, 0), T.div(next, rr!), 0) as Variable;
    return {
      states: [
        T.add(x!, T.mul(step, p!)) as Variable,
        rest,
        T.add(rest, T.mul(ratio, p!)) as Variable,
        next,
      ],
      done: T.le(next, limit) as Variable,
    };
  });
  return x!;
}

/** What `repeated` gives: the states are the solution, the change in the last step and the number of steps. */
interface Repeated {
  readonly states: readonly Variable[];
}

/** A function applied again and again, until its result changes by no more than a tolerance. */
export function repeated(
  f: Closed,
  start: Variable,
  { tolerance = defaultTolerance(start.dtype), most = 1000 }: {
    readonly tolerance?: number;
    readonly most?: number;
  } = {},
): Repeated {
  const states = runUntil({
    name: "fixed point",
    states: [start, T.cast(Infinity, start.dtype) as Variable, T.cast(0, "int64") as Variable],
    most,
    fixed: f.values,
  }, ([x, _, steps]) => {
    const [next] = f.at([x!]);
    const change = largest(T.sub(next!, x!) as Variable);
    return {
      states: [next!, change, T.add(steps!, 1) as Variable],
      done: T.le(change, T.mul(T.add(largest(next!), 1), tolerance)) as Variable,
    };
  });
  return { states };
}
