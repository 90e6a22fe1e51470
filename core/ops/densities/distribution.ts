/**
 * How a distribution is described, and what follows from that.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { div, floor, sub } from "../elementwise/arithmetic.ts";
import { exp, log } from "../elementwise/functions.ts";
import { and, eq, isnan } from "../elementwise/logic.ts";
import { choose, inFloat } from "../special/support.ts";

/** A distribution of real numbers; `P` are its parameters, in the order of `RandomStreams`. */
export interface Continuous<P extends readonly unknown[]> {
  /** The logarithm of the density; -Infinity where there is none. */
  logpdf(x: TensorLike, ...parameters: P): Variable;
  /** The density. */
  pdf(x: TensorLike, ...parameters: P): Variable;
  /** The probability of a number of at most x. */
  cdf(x: TensorLike, ...parameters: P): Variable;
  /** The logarithm of that. */
  logcdf(x: TensorLike, ...parameters: P): Variable;
}

/** A distribution of integers; `P` are its parameters, in the order of `RandomStreams`. */
export interface Discrete<P extends readonly unknown[]> {
  /** The logarithm of the probability; -Infinity for what is not drawn. */
  logpmf(x: TensorLike, ...parameters: P): Variable;
  /** The probability. */
  pmf(x: TensorLike, ...parameters: P): Variable;
  /** The probability of an integer of at most x. */
  cdf(x: TensorLike, ...parameters: P): Variable;
  /** The logarithm of that. */
  logcdf(x: TensorLike, ...parameters: P): Variable;
}

type Of = (x: Variable, ...parameters: Variable[]) => Variable;

/** What is to be said of a distribution; functions see numbers in range only. */
interface Description {
  readonly name: string;
  /** Parameters where they are left out. */
  readonly defaults: readonly TensorLike[];
  /** A number and parameters in range, to stand for what is not. */
  readonly inside: readonly number[];
  /** Which parameters are right; others give NaN. */
  right(...parameters: Variable[]): TensorLike;
  /** Where the density is a formula. */
  supports(x: Variable, ...parameters: Variable[]): TensorLike;
  /** What is left of the support: there the distribution function is 0, and it is 1 elsewhere. */
  isBelow(x: Variable, ...parameters: Variable[]): TensorLike;
  /** The logarithm of the density, or of the probability. */
  readonly log: Of;
  readonly cdf: Of;
  /** The logarithm of `cdf`, where that is known better. */
  readonly logcdf?: Of;
  /** The logarithm of the density elsewhere; default -Infinity. */
  readonly edge?: Of;
}

/**
 * A function of numbers and parameters that are in range. Of wrong ones and NaN it is NaN, with a gradient of
 * zero; so is that of what is out of the support.
 */
function guarded(
  d: Description,
  args: readonly (TensorLike | undefined)[],
  value: Of,
  outside: Of,
): Variable {
  const [x, ...given] = args;
  const parameters = d.inside.slice(1).map((_, i) => given[i] ?? d.defaults[i]!);
  const all = [x!, ...parameters];
  return inFloat(d.name, all, (x, ...parameters) => {
    const right = and(d.right(...parameters), eq(isnan(x), false));
    const known: Variable = and(right, d.supports(x, ...parameters));
    const [first, ...others] = [x, ...parameters].map((v, i) => choose(known, v, d.inside[i]!));
    return choose(known, value(first!, ...others), choose(right, outside(x, ...parameters), NaN));
  });
}

const nothing: Of = () => -Infinity as unknown as Variable;

function functionsOf(d: Description) {
  const logOf = (x: TensorLike, ...p: readonly (TensorLike | undefined)[]) =>
    guarded(d, [x, ...p], d.log, d.edge ?? nothing);
  const side = (below: number, above: number): Of => (x, ...p) =>
    choose(d.isBelow(x, ...p), below, above);
  const logcdf = d.logcdf ?? ((x, ...p) => log(d.cdf(x, ...p)));
  return {
    log: logOf,
    plain: (x: TensorLike, ...p: readonly (TensorLike | undefined)[]) =>
      exp(logOf(x, ...p)) as Variable,
    cdf: (x: TensorLike, ...p: readonly (TensorLike | undefined)[]) =>
      guarded(d, [x, ...p], d.cdf, side(0, 1)),
    logcdf: (x: TensorLike, ...p: readonly (TensorLike | undefined)[]) =>
      guarded(d, [x, ...p], logcdf, side(-Infinity, 0)),
  };
}

/** The functions of a distribution of real numbers. */
export function continuous<P extends readonly (TensorLike | undefined)[]>(
  d: Description,
): Continuous<P> {
  const { log, plain, cdf, logcdf } = functionsOf(d);
  return { logpdf: log, pdf: plain, cdf, logcdf };
}

/** The functions of a distribution of integers. The distribution function has steps. */
export function discrete<P extends readonly (TensorLike | undefined)[]>(
  d: Description,
): Discrete<P> {
  const { log, plain } = functionsOf({
    ...d,
    supports: (x, ...p) => and(eq(floor(x), x), d.supports(x, ...p)),
  });
  const { cdf, logcdf } = functionsOf({
    ...d,
    supports: (x, ...p) => d.supports(floor(x), ...p),
    cdf: (x, ...p) => d.cdf(floor(x), ...p),
  });
  return { logpmf: log, pmf: plain, cdf, logcdf };
}

/** How far x is from a place, in units of a scale. */
export function standard(x: Variable, loc: Variable, scale: Variable): Variable {
  return div(sub(x, loc), scale);
}
