/**
 * The method of Broyden, Fletcher, Goldfarb and Shanno with limited memory, as a machine that gets the cost
 * and the gradient at one point after the other and says where to look next. Its line search ends where
 * Wolfe's conditions hold.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { solveTriangular } from "../../core/ops/linalg/systems.ts";
import { epsilonOf, isFinite, largest } from "./options.ts";

/** What the machine remembers. Vectors have the length n of the solution, memories m rows of it. */
export interface LbfgsState {
  /** The best point so far. */
  readonly x: Variable;
  /** The cost there; infinite at first. */
  readonly f: Variable;
  /** The gradient there. */
  readonly g: Variable;
  /** The direction in which to look. */
  readonly p: Variable;
  /** How far to go. */
  readonly t: Variable;
  /** A step that is too short, or 0. */
  readonly low: Variable;
  /** A step that is too long, or infinite. */
  readonly high: Variable;
  /** Steps that the line search has tried. */
  readonly tries: Variable;
  /** The scale of the inverse of the Hessian matrix. */
  readonly scale: Variable;
  /** The last steps, oldest first; zeros where there are none yet. */
  readonly S: Variable;
  /** How the gradient changed in each. */
  readonly Y: Variable;
}

/** The names of what the machine remembers. */
export const lbfgsNames = [
  "x",
  "f",
  "g",
  "p",
  "t",
  "low",
  "high",
  "tries",
  "scale",
  "S",
  "Y",
] as const;

/** How much the cost has to fall, of what the slope says. */
const FALL = 1e-4;
/** How much of the slope may be left. */
const SLOPE = 0.9;
/** Steps that a line search tries. */
const TRIES = 25;

function choose(condition: Variable, a: unknown, b: unknown): Variable {
  return T.where(condition, a as Variable, b as Variable) as Variable;
}

const dot = (a: Variable, b: Variable): Variable => T.dot(a, b) as Variable;
const not = (a: Variable): Variable => T.invert(a) as Variable;
const both = (...all: Variable[]): Variable => all.reduce((a, b) => T.and(a, b) as Variable);
const either = (...all: Variable[]): Variable => all.reduce((a, b) => T.or(a, b) as Variable);

/** The machine before it has seen anything, for a solution that starts at `x`. */
export function firstLbfgs(x: Variable, memory: number): LbfgsState {
  const zeros = T.zerosLike(x) as Variable;
  const number = (value: number) => T.cast(value, x.dtype) as Variable;
  const rows = T.zeros([T.constant(memory, { dtype: "int64" }), x.shape[0]!], x.dtype) as Variable;
  return {
    x,
    f: number(Infinity),
    g: zeros,
    p: zeros,
    t: number(1),
    low: number(0),
    high: number(Infinity),
    tries: number(0),
    scale: number(1),
    S: rows,
    Y: rows,
  };
}

/** Where the machine wants to know the cost and its gradient. */
export function trialPoint({ x, p, t }: LbfgsState): Variable {
  return T.add(x, T.mul(t, p)) as Variable;
}

/** The machine when it knows them at a point, and whether it has no way left to go on. */
export function nextLbfgs(
  state: LbfgsState,
  point: Variable,
  f: Variable,
  g: Variable,
): { readonly state: LbfgsState; readonly stuck: Variable } {
  const { t, low, high } = state, { dtype } = state.x;
  const epsilon = epsilonOf(dtype);
  const slope = dot(state.g, state.p), here = dot(g, state.p);
  const isFirst = T.isinf(state.f) as Variable;
  const fallen = T.le(f, T.add(state.f, T.mul(T.mul(t, slope), FALL))) as Variable;
  // Close to the solution, costs differ by less than they are rounded; gradients still tell.
  const even = both(
    T.le(f, T.add(state.f, T.mul(T.abs(state.f), 8 * epsilon))) as Variable,
    T.le(here, T.mul(slope, 2 * FALL - 1)) as Variable,
    T.lt(largest(g), largest(state.g)) as Variable,
  );
  const isNumber = both(isFinite(f), isFinite(largest(g)));
  const enough = both(isNumber, either(isFirst, fallen, even));
  const tries = T.add(state.tries, 1) as Variable;
  const last = T.ge(tries, TRIES) as Variable;
  const flat = T.ge(here, T.mul(slope, SLOPE)) as Variable;
  const accepted = both(enough, either(isFirst, flat, last));
  const failed = both(not(accepted), last);

  // The point moves, and the memory gains a row.
  const s = T.sub(point, state.x) as Variable, y = T.sub(g, state.g) as Variable;
  const sy = dot(s, y), yy = dot(y, y);
  const kept = both(accepted, not(isFirst), T.gt(sy, T.mul(yy, epsilon)) as Variable);
  const pushed = (rows: Variable, row: Variable) =>
    choose(
      kept,
      T.concatenate([rows.at(T.slice(1)), T.expandDims(row, 0) as Variable]),
      choose(failed, 0, rows),
    );
  const x = choose(accepted, point, state.x);
  const cost = choose(accepted, f, state.f), gradient = choose(accepted, g, state.g);
  const S = pushed(state.S, s), Y = pushed(state.Y, y);
  const plain = T.div(1, T.maximum(1, T.sqrt(dot(gradient, gradient)))) as Variable;
  const scale = choose(kept, T.div(sy, yy), choose(either(isFirst, failed), plain, state.scale));
  const along = T.neg(inverseTimes(S, Y, scale, gradient)) as Variable;
  const falls = both(isFinite(largest(along)), T.lt(dot(along, gradient), 0) as Variable);
  const direction = choose(falls, along, T.neg(T.mul(plain, gradient)));

  // Or the search goes on, between steps that are too short and too long.
  const lower = choose(enough, t, low), upper = choose(enough, high, t);
  const width = T.sub(upper, lower);
  const parabola = T.div(
    T.neg(T.mul(slope, T.sqr(t))),
    T.mul(T.sub(T.sub(f, state.f), T.mul(slope, t)), 2),
  );
  const secant = T.mul(t, T.div(slope, T.sub(slope, here)));
  const guess = choose(enough, secant, parabola);
  const inside = T.clip(
    choose(isFinite(guess), guess, T.add(lower, T.mul(width, 0.5))),
    T.add(lower, T.mul(width, 0.1)),
    T.add(lower, T.mul(width, 0.5)),
  );
  const beyond = T.clip(
    choose(T.gt(guess as Variable, 0) as Variable, guess, Infinity),
    T.mul(t, 2),
    T.mul(t, 10),
  );
  const step = choose(T.isinf(upper) as Variable, beyond, inside);
  const restart = either(accepted, failed);
  return {
    state: {
      x,
      f: cost,
      g: gradient,
      p: choose(restart, direction, state.p),
      t: choose(restart, 1, step),
      low: choose(restart, 0, lower),
      high: choose(restart, Infinity, upper),
      tries: choose(restart, 0, tries),
      scale,
      S,
      Y,
    },
    // From the direction of steepest descent there is no other one to try.
    stuck: either(
      both(failed, T.eq(largest(T.flatten(state.S) as Variable), 0) as Variable),
      both(isFirst, not(isNumber)),
    ),
  };
}

/**
 * The inverse of the Hessian matrix, as the memory tells it, times a vector: the compact form by Byrd,
 * Nocedal and Schnabel.
 */
function inverseTimes(S: Variable, Y: Variable, scale: Variable, v: Variable): Variable {
  const products = T.dot(S, T.transpose(Y as never)) as Variable;
  const diagonal = T.diagonal(products as never) as Variable;
  const ones = T.diag(T.cast(T.eq(diagonal, 0), S.dtype) as never) as Variable;
  const R = T.add(T.triu(products as never), ones) as Variable;
  const a = solveTriangular(R as never, dot(S, v), { check: false }) as Variable;
  const z = dot(a, Y);
  const right = T.add(T.mul(diagonal, a), T.mul(scale, T.sub(dot(Y, z), dot(Y, v)))) as Variable;
  const b = solveTriangular(R as never, right, { transposed: true, check: false }) as Variable;
  return T.add(T.mul(scale, T.sub(v, z)), dot(b, S)) as Variable;
}
