/**
 * Steps of ordinary differential equations from one time to the next: Runge's and Kutta's method of order 4,
 * and that of Dormand and Prince, which chooses the size of its steps.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { disconnectedGrad } from "../../core/ops/elementwise/elementwise.ts";
import { index } from "../../core/ops/index/indexing.ts";
import { positionalScan } from "../scan.ts";
import { until } from "../until.ts";
import { epsilonOf } from "./options.ts";

/** The derivatives of all parts of a state at a time. */
export type Derivatives = (ys: readonly Variable[], t: Variable) => Variable[];

/** How steps are made. */
export interface StepOptions {
  readonly method: "dopri5" | "rk4";
  /** Of "rk4": equal steps from one time to the next. */
  readonly steps: number;
  /** Of "dopri5": the most steps from one time to the next. */
  readonly maxSteps: number;
  readonly rtol: number;
  readonly atol: number;
  readonly firstStep: number | null;
  /** What is the same in all steps. */
  readonly fixed: readonly Variable[];
}

/** What goes along from time to time: a state, its derivatives, and the size of the next step. */
interface Moving {
  readonly ys: readonly Variable[];
  readonly slopes: readonly Variable[];
  readonly size: Variable;
}

/** A method's way from one time to the next. */
interface Stepper {
  start(ys: readonly Variable[], t: Variable): Moving;
  advance(moving: Moving, from: Variable, to: Variable): Moving;
}

/** y + h * (a weighted sum of slopes). */
function moved(
  ys: readonly Variable[],
  h: Variable,
  weights: readonly number[],
  slopes: readonly (readonly Variable[])[],
): Variable[] {
  return ys.map((y, i) => T.add(y, T.mul(h, weighted(weights, slopes, i))) as Variable);
}

function weighted(
  weights: readonly number[],
  slopes: readonly (readonly Variable[])[],
  i: number,
): Variable {
  return weights.flatMap((weight, k) =>
    weight === 0 ? [] : [T.mul(slopes[k]![i]!, weight) as Variable]
  ).reduce((a, b) => T.add(a, b) as Variable);
}

/** The states of a loop after its last step; gradients go through it. */
function lastOf(
  name: string,
  states: readonly Variable[],
  nSteps: number,
  fixed: readonly Variable[],
  step: (...states: Variable[]) => readonly unknown[],
): Variable[] {
  const [traces] = positionalScan((...args) => [...step(...args.slice(0, states.length))], {
    outputsInfo: [...states],
    nonSequences: [...fixed],
    nSteps,
    returnList: true,
    name,
  });
  return (traces as Variable[]).map((trace) => index(trace, [-1]));
}

/** The way that a method goes. */
export function stepper(f: Derivatives, options: StepOptions): Stepper {
  return options.method === "rk4" ? classical(f, options) : dormandPrince(f, options);
}

function classical(f: Derivatives, { steps, fixed }: StepOptions): Stepper {
  const one = (ys: readonly Variable[], t: Variable, h: Variable): Variable[] => {
    const half = T.mul(h, 0.5) as Variable, middle = T.add(t, half) as Variable;
    const k1 = f(ys, t);
    const k2 = f(moved(ys, half, [1], [k1]), middle);
    const k3 = f(moved(ys, half, [1], [k2]), middle);
    const k4 = f(moved(ys, h, [1], [k3]), T.add(t, h) as Variable);
    return moved(ys, h, [1 / 6, 1 / 3, 1 / 3, 1 / 6], [k1, k2, k3, k4]);
  };
  return {
    start: (ys, t) => ({ ys, slopes: [], size: t }),
    advance({ ys, size }, from, to) {
      const h = T.div(T.sub(to, from), steps) as Variable;
      if (steps === 1) return { ys: one(ys, from, h), slopes: [], size };
      const count = T.cast(0, from.dtype) as Variable;
      const last = lastOf("rk4", [count, ...ys], steps, fixed, (i, ...now) => {
        const t = T.add(from, T.mul(i!, h)) as Variable;
        return [T.add(i!, 1), ...one(now, t, h)];
      });
      return { ys: last.slice(1), slopes: [], size };
    },
  };
}

/** Where the stages stand, and what of the slopes before leads to them. */
const stages: readonly { readonly at: number; readonly weights: readonly number[] }[] = [
  { at: 1 / 5, weights: [1 / 5] },
  { at: 3 / 10, weights: [3 / 40, 9 / 40] },
  { at: 4 / 5, weights: [44 / 45, -56 / 15, 32 / 9] },
  { at: 8 / 9, weights: [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729] },
  { at: 1, weights: [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656] },
  { at: 1, weights: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84] },
];

/** The step of order 5 less that of order 4. */
const differences = [
  71 / 57600,
  0,
  -71 / 16695,
  71 / 1920,
  -17253 / 339200,
  22 / 525,
  -1 / 40,
];

function dormandPrince(
  f: Derivatives,
  { rtol, atol, maxSteps, firstStep, fixed }: StepOptions,
): Stepper {
  /** The root of the mean of squares, each element in parts of what is tolerated. */
  const norm = (parts: readonly Variable[], ...sizes: (readonly Variable[])[]): Variable => {
    const squares = parts.map((part, i) => {
      const size = sizes.map((ys) => T.abs(ys[i]!) as Variable)
        .reduce((a, b) => T.maximum(a, b) as Variable);
      return T.sqr(T.div(part, T.add(T.mul(size, rtol), atol))) as Variable;
    });
    const sum = squares.map((one) => T.sum(one) as Variable)
      .reduce((a, b) => T.add(a, b) as Variable);
    const count = parts.map((one) => one.size as Variable)
      .reduce((a, b) => T.add(a, b) as Variable);
    return T.sqrt(T.div(sum, T.cast(T.maximum(count, 1), sum.dtype))) as Variable;
  };
  return {
    start(ys, t) {
      const slopes = f(ys, t);
      const height = norm(ys, ys), steep = norm(slopes, ys);
      const guess = T.where(
        T.and(T.gt(height, 1e-5), T.gt(steep, 1e-5)),
        T.mul(T.div(height, steep), 0.01),
        1e-6,
      );
      const size = T.cast(firstStep ?? guess, t.dtype) as Variable;
      return { ys, slopes, size: disconnectedGrad(size) };
    },
    advance({ ys, slopes, size }, from, to) {
      const n = ys.length;
      const least = T.mul(T.maximum(T.abs(from), T.abs(to)), 4 * epsilonOf(from.dtype));
      const last = lastOf("dopri5", [from, size, ...ys, ...slopes], maxSteps, fixed, (
        t,
        size,
        ...parts
      ) => {
        const now = parts.slice(0, n), first = parts.slice(n);
        const left = T.sub(to, t) as Variable;
        const isLast = T.le(T.abs(left), T.mul(size!, 1 + 1e-6)) as Variable;
        const along = T.mul(T.where(T.lt(to, from), -1, 1), size!);
        const h = T.where(isLast, left, along) as Variable;
        const k = [first];
        let next = now;
        for (const { at, weights } of stages) {
          next = moved(now, h, weights, k);
          k.push(f(next, T.add(t!, T.mul(h, at)) as Variable));
        }
        const wrong = now.map((_, i) => T.mul(h, weighted(differences, k, i)) as Variable);
        const error = disconnectedGrad(norm(wrong, now, next));
        const accepted = T.le(error, 1) as Variable;
        // An error that is not a number is a step that was far too long.
        const power = T.clip(T.mul(T.pow(error, -0.2), 0.9), 0.2, 10);
        const factor = T.where(T.eq(error, error), power, 0.2) as Variable;
        const made = T.mul(T.abs(h), factor) as Variable;
        const resized = disconnectedGrad(
          T.where(T.and(isLast, accepted), T.maximum(size!, made), made) as Variable,
        );
        const choose = (a: Variable, b: Variable) => T.where(accepted, a, b) as Variable;
        const arrived = T.and(accepted, isLast) as Variable;
        return [
          choose(T.where(isLast, to, T.add(t!, h)) as Variable, t!),
          resized,
          ...next.map((y, i) => choose(y, now[i]!)),
          ...k.at(-1)!.map((slope, i) => choose(slope, first[i]!)),
          until(T.or(arrived, T.le(resized, least))),
        ];
      });
      const [t, resized, ...parts] = last;
      const isThere = T.eq(t!, to);
      return {
        ys: parts.slice(0, n).map((y) => T.where(isThere, y, NaN) as Variable),
        slopes: parts.slice(n),
        size: disconnectedGrad(resized!),
      };
    },
  };
}
