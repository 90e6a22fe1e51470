/**
 * Newton's method for minima and roots, kept from going astray.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { solve } from "../../core/ops/linalg/systems.ts";
import { epsilonOf, isFinite, largest } from "./options.ts";

function choose(condition: Variable, a: unknown, b: unknown): Variable {
  return T.where(condition, a as Variable, b as Variable) as Variable;
}

const number = (value: number, like: Variable): Variable => T.cast(value, like.dtype) as Variable;

/** How the search for a minimum stands. */
export interface NewtonState {
  readonly x: Variable;
  readonly f: Variable;
  readonly g: Variable;
  /** The Hessian matrix at x. */
  readonly H: Variable;
  /** The next step. */
  readonly p: Variable;
  /** What is added to the diagonal, in parts of the largest element. */
  readonly damping: Variable;
}

/** The state before anything is known. */
export function firstNewton(x: Variable): NewtonState {
  const zeros = T.zerosLike(x) as Variable, n = x.shape[0]!;
  return {
    x,
    f: number(Infinity, x),
    g: zeros,
    H: T.zeros([n, n], x.dtype) as Variable,
    p: zeros,
    damping: number(0, x),
  };
}

/**
 * The state after cost, gradient and Hessian matrix are known at the point x + p. A step by which the cost does not
 * fall is not taken, and the next one is shorter and closer to the steepest descent.
 */
export function nextNewton(
  state: NewtonState,
  point: Variable,
  f: Variable,
  g: Variable,
  H: Variable,
): { readonly state: NewtonState; readonly stuck: Variable } {
  const isFirst = T.isinf(state.f) as Variable;
  const isNumber = T.and(isFinite(f), isFinite(largest(g))) as Variable;
  const fallen = T.le(f, T.add(state.f, T.mul(T.dot(state.g, state.p), 1e-4)));
  const even = T.and(
    T.le(f, T.add(state.f, T.mul(T.abs(state.f), 8 * epsilonOf(f.dtype)))),
    T.le(largest(g), largest(state.g)),
  );
  const accepted = T.and(isNumber, T.or(isFirst, T.or(fallen, even))) as Variable;
  const { damping: before } = state;
  const damping = choose(
    isFirst,
    0,
    choose(
      accepted,
      choose(T.gt(before, 1e-6) as Variable, T.mul(before, 0.1), 0),
      T.maximum(T.mul(before, 10), 1e-3),
    ),
  );
  const gradient = choose(accepted, g, state.g), hessian = choose(accepted, H, state.H);
  const n = state.x.shape[0]!;
  const greatest = largest(T.flatten(hessian) as Variable);
  const shift = T.mul(damping, choose(T.gt(greatest, 0) as Variable, greatest, 1));
  const matrix = T.add(hessian, T.mul(T.eye(n, n, 0, f.dtype), shift)) as Variable;
  return {
    state: {
      x: choose(accepted, point, state.x),
      f: choose(accepted, f, state.f),
      g: gradient,
      H: hessian,
      p: T.neg(solve(matrix as never, gradient, { check: false })) as Variable,
      damping,
    },
    stuck: T.or(T.gt(damping, 1e12), T.and(isFirst, T.invert(isNumber))) as Variable,
  };
}

/** How the search for a root stands. */
export interface RootState {
  readonly x: Variable;
  /** What the function gives there. */
  readonly F: Variable;
  /** Half the sum of its squares; infinite at first. */
  readonly size: Variable;
  /** The direction of Newton's step. */
  readonly p: Variable;
  /** How much of it is taken. */
  readonly t: Variable;
}

/** The state before anything is known. */
export function firstRoot(x: Variable): RootState {
  const zeros = T.zerosLike(x) as Variable;
  return { x, F: zeros, size: number(Infinity, x), p: zeros, t: number(1, x) };
}

/** The state after the function and its Jacobian matrix at x + t·p are known. */
export function nextRoot(
  state: RootState,
  F: Variable,
  J: Variable,
): { readonly state: RootState; readonly stuck: Variable } {
  const { t } = state;
  const isFirst = T.isinf(state.size) as Variable;
  const size = T.mul(T.dot(F, F), 0.5) as Variable;
  const falls = T.le(size, T.mul(state.size, T.sub(1, T.mul(t, 2e-4))));
  const isNumber = isFinite(size);
  const accepted = T.and(isNumber, T.or(isFirst, falls)) as Variable;
  const newton = T.neg(solve(J as never, F, { check: false })) as Variable;
  // Where the matrix has no inverse, the squares still have a slope.
  const slope = T.dot(F, J) as Variable;
  const image = T.dot(J, slope) as Variable;
  const descent = T.neg(T.mul(slope, T.div(T.dot(slope, slope), T.dot(image, image)))) as Variable;
  const p = choose(isFinite(largest(newton)), newton, descent);
  const shorter = T.clip(
    T.div(T.mul(T.mul(t, t), state.size), T.add(size, T.mul(state.size, T.sub(T.mul(t, 2), 1)))),
    T.mul(t, 0.1),
    T.mul(t, 0.5),
  ) as Variable;
  const next = choose(isNumber, shorter, T.mul(t, 0.1));
  return {
    state: {
      x: choose(accepted, T.add(state.x, T.mul(t, state.p)), state.x),
      F: choose(accepted, F, state.F),
      size: choose(accepted, size, state.size),
      p: choose(accepted, p, state.p),
      t: choose(accepted, 1, next),
    },
    stuck: T.or(T.lt(next, 1e-10), T.and(isFirst, T.invert(isNumber))) as Variable,
  };
}
