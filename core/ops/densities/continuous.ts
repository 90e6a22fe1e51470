/**
 * Distributions of real numbers.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { abs, div, neg, sqr, sub } from "../elementwise/arithmetic.ts";
import {
  atan2,
  erf,
  exp,
  expm1,
  gammaln,
  log,
  log1mexp,
  log1p,
  sigmoid,
  sin,
  softplus,
} from "../elementwise/functions.ts";
import { and, eq, ge, gt, isfinite, le, lt } from "../elementwise/logic.ts";
import { betainc } from "../special/beta.ts";
import { i0e } from "../special/bessel.ts";
import { betaln, gammainc } from "../special/gamma.ts";
import { logNdtr, ndtr } from "../special/normal.ts";
import { choose, plus, times } from "../special/support.ts";
import { type Continuous, continuous, standard } from "./distribution.ts";

/** A place and a scale. */
type LocScale = [loc?: TensorLike, scale?: TensorLike];

const ROOT = 0.5 * Math.log(2 * Math.PI);

/** A distribution of all numbers with a place and a scale, from that of place 0 and scale 1. */
function moved(
  name: string,
  logarithm: (z: Variable) => Variable,
  cdf: (z: Variable) => Variable,
  logcdf: (z: Variable) => Variable,
): Continuous<LocScale> {
  return continuous({
    name,
    defaults: [0, 1],
    inside: [0, 0, 1],
    right: (loc, scale) => and(isfinite(loc!), gt(scale!, 0), isfinite(scale!)),
    supports: (x) => isfinite(x),
    isBelow: (x) => lt(x, 0),
    log: (x, loc, scale) => sub(logarithm(standard(x, loc!, scale!)), log(scale!)),
    cdf: (x, loc, scale) => cdf(standard(x, loc!, scale!)),
    logcdf: (x, loc, scale) => logcdf(standard(x, loc!, scale!)),
  });
}

const bell = (z: Variable): Variable => sub(times(sqr(z), -0.5), ROOT);

/**
 * The normal distribution, by mean and standard deviation.
 *
 * @example
 * ```ts
 * import { compile, grad, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), mean = T.dscalar("mean");
 * const loss = T.stats.normal.logpdf(x, mean, 2).sum().neg();
 * const f = await compile([x, mean], [loss, grad(loss, mean)]);
 * console.log(f([1, 2, 3], 2));
 * ```
 */
export const normal: Continuous<[avg?: TensorLike, std?: TensorLike]> = moved(
  "normal",
  bell,
  (z) => ndtr(z),
  (z) => logNdtr(z),
);

/** Φ(2) - Φ(-2) */
const WITHIN = 0.9544997361036416;

/** The normal distribution, cut off 2 standard deviations from its mean. */
export const truncatedNormal: Continuous<[avg?: TensorLike, std?: TensorLike]> = continuous({
  name: "truncatedNormal",
  defaults: [0, 1],
  inside: [0, 0, 1],
  right: (avg, std) => and(isfinite(avg!), gt(std!, 0), isfinite(std!)),
  supports: (x, avg, std) => le(abs(standard(x, avg!, std!)), 2),
  isBelow: (x, avg) => lt(x, avg!),
  log: (x, avg, std) => sub(bell(standard(x, avg!, std!)), plus(log(std!), Math.log(WITHIN))),
  cdf: (x, avg, std) =>
    plus(times(erf(times(standard(x, avg!, std!), Math.SQRT1_2)), 0.5 / WITHIN), 0.5),
});

/** The uniform distribution from `low` to `high`. */
export const uniform: Continuous<[low?: TensorLike, high?: TensorLike]> = continuous({
  name: "uniform",
  defaults: [0, 1],
  inside: [0.5, 0, 1],
  right: (low, high) => and(lt(low!, high!), isfinite(low!), isfinite(high!)),
  supports: (x, low, high) => and(ge(x, low!), le(x, high!)),
  isBelow: (x, low) => lt(x, low!),
  log: (x, low, high) => times(plus(log(sub(high!, low!)), times(x, 0)), -1),
  cdf: (x, low, high) => div(sub(x, low!), sub(high!, low!)),
});

/** The exponential distribution with mean `scale`. */
export const exponential: Continuous<[scale?: TensorLike]> = continuous({
  name: "exponential",
  defaults: [1],
  inside: [1, 1],
  right: (scale) => and(gt(scale!, 0), isfinite(scale!)),
  supports: (x) => and(ge(x, 0), isfinite(x)),
  isBelow: (x) => lt(x, 0),
  log: (x, scale) => neg(plus(div(x, scale!), log(scale!))),
  cdf: (x, scale) => neg(expm1(neg(div(x, scale!)))),
  logcdf: (x, scale) => log1mexp(neg(div(x, scale!))),
});

/** The Gumbel distribution. */
export const gumbel: Continuous<LocScale> = moved(
  "gumbel",
  (z) => neg(plus(z, exp(neg(z)))),
  (z) => exp(neg(exp(neg(z)))),
  (z) => neg(exp(neg(z))),
);

/** The Laplace distribution. */
export const laplace: Continuous<LocScale> = moved(
  "laplace",
  (z) => neg(plus(abs(z), Math.LN2)),
  (z) => {
    const half = times(exp(neg(abs(z))), 0.5);
    return choose(lt(z, 0), half, sub(1, half));
  },
  (z) => choose(lt(z, 0), sub(z, Math.LN2), log1p(times(exp(neg(abs(z))), -0.5))),
);

/** The Cauchy distribution. */
export const cauchy: Continuous<LocScale> = moved(
  "cauchy",
  (z) => neg(plus(log1p(sqr(z)), Math.log(Math.PI))),
  (z) => times(atan2(1, neg(z)), 1 / Math.PI),
  (z) => log(times(atan2(1, neg(z)), 1 / Math.PI)),
);

/** The logistic distribution. */
export const logistic: Continuous<LocScale> = moved(
  "logistic",
  (z) => neg(plus(abs(z), times(softplus(neg(abs(z))), 2))),
  (z) => sigmoid(z),
  (z) => neg(softplus(neg(z))),
);

/** The gamma distribution, with mean shape * scale. */
export const gamma: Continuous<[shape: TensorLike, scale?: TensorLike]> = continuous({
  name: "gamma",
  defaults: [1, 1],
  inside: [1, 1, 1],
  right: (shape, scale) => and(gt(shape!, 0), gt(scale!, 0), isfinite(shape!), isfinite(scale!)),
  supports: (x) => and(gt(x, 0), isfinite(x)),
  isBelow: (x) => le(x, 0),
  log: (x, shape, scale) => {
    const z: Variable = div(x, scale!);
    const power = sub(times(sub(shape!, 1), log(z)), z);
    return sub(power, plus(gammaln(shape!), log(scale!)));
  },
  cdf: (x, shape, scale) => gammainc(shape!, div(x, scale!)),
  edge: (x, shape, scale) => {
    const atZero = choose(lt(shape!, 1), Infinity, neg(log(scale!)));
    return choose(and(eq(x, 0), le(shape!, 1)), atZero, -Infinity);
  },
});

/** The chi-squared distribution with `df` degrees of freedom. */
export const chisquare: Continuous<[df: TensorLike]> = {
  logpdf: (x, df) => gamma.logpdf(x, times(df, 0.5), 2),
  pdf: (x, df) => gamma.pdf(x, times(df, 0.5), 2),
  cdf: (x, df) => gamma.cdf(x, times(df, 0.5), 2),
  logcdf: (x, df) => gamma.logcdf(x, times(df, 0.5), 2),
};

/** The beta distribution, with mean a / (a + b). */
export const beta: Continuous<[a: TensorLike, b: TensorLike]> = continuous({
  name: "beta",
  defaults: [],
  inside: [0.5, 1, 1],
  right: (a, b) => and(gt(a!, 0), gt(b!, 0), isfinite(a!), isfinite(b!)),
  supports: (x) => and(gt(x, 0), lt(x, 1)),
  isBelow: (x) => le(x, 0),
  log: (x, a, b) =>
    sub(plus(times(sub(a!, 1), log(x)), times(sub(b!, 1), log1p(neg(x)))), betaln(a!, b!)),
  cdf: (x, a, b) => betainc(a!, b!, x),
  edge: (x, a, b) => {
    const end = (own: Variable, other: Variable) =>
      choose(lt(own, 1), Infinity, choose(eq(own, 1), log(other), -Infinity));
    return choose(
      eq(x, 0),
      end(a!, b!),
      choose(eq(x, 1), end(b!, a!), -Infinity),
    );
  },
});

/** Student's t distribution with `df` degrees of freedom. */
export const studentT: Continuous<[df: TensorLike, loc?: TensorLike, scale?: TensorLike]> =
  continuous({
    name: "studentT",
    defaults: [1, 0, 1],
    inside: [0, 1, 0, 1],
    right: (df, loc, scale) =>
      and(gt(df!, 0), isfinite(df!), isfinite(loc!), gt(scale!, 0), isfinite(scale!)),
    supports: (x) => isfinite(x),
    isBelow: (x) => lt(x, 0),
    log: (x, df, loc, scale) => {
      const z = standard(x, loc!, scale!), half = times(df!, 0.5);
      const power = times(log1p(div(sqr(z), df!)), plus(half, 0.5));
      return neg(plus(power, betaln(half, 0.5), times(log(df!), 0.5), log(scale!)));
    },
    cdf: (x, df, loc, scale) => {
      const z = standard(x, loc!, scale!), square: Variable = sqr(z);
      const half = times(df!, 0.5), isNear: Variable = lt(square, df!);
      // What is beyond |z| on one side, by the smaller of two shares.
      const all = plus(square, df!);
      const near = sub(1, betainc(0.5, half, div(square, all)));
      const tail = times(choose(isNear, near, betainc(half, 0.5, div(df!, all))), 0.5);
      return choose(lt(z, 0), tail, sub(1, tail));
    },
  });

/** The distribution of numbers whose logarithms are normal, with this mean and standard deviation. */
export const lognormal: Continuous<[avg?: TensorLike, std?: TensorLike]> = continuous({
  name: "lognormal",
  defaults: [0, 1],
  inside: [1, 0, 1],
  right: (avg, std) => and(isfinite(avg!), gt(std!, 0), isfinite(std!)),
  supports: (x) => and(gt(x, 0), isfinite(x)),
  isBelow: (x) => le(x, 0),
  log: (x, avg, std) => sub(bell(standard(log(x), avg!, std!)), plus(log(std!), log(x))),
  cdf: (x, avg, std) => ndtr(standard(log(x), avg!, std!)),
  logcdf: (x, avg, std) => logNdtr(standard(log(x), avg!, std!)),
});

/** The Weibull distribution. */
export const weibull: Continuous<[shape: TensorLike, scale?: TensorLike]> = continuous({
  name: "weibull",
  defaults: [1, 1],
  inside: [1, 1, 1],
  right: (shape, scale) => and(gt(shape!, 0), gt(scale!, 0), isfinite(shape!), isfinite(scale!)),
  supports: (x) => and(gt(x, 0), isfinite(x)),
  isBelow: (x) => le(x, 0),
  log: (x, shape, scale) => {
    const logZ: Variable = sub(log(x), log(scale!));
    const power = sub(times(sub(shape!, 1), logZ), exp(times(shape!, logZ)));
    return plus(power, sub(log(shape!), log(scale!)));
  },
  cdf: (x, shape, scale) => neg(expm1(neg(exp(times(shape!, sub(log(x), log(scale!))))))),
  edge: (x, shape, scale) => {
    const atZero = choose(lt(shape!, 1), Infinity, neg(log(scale!)));
    return choose(and(eq(x, 0), le(shape!, 1)), atZero, -Infinity);
  },
});

/** The Pareto distribution of numbers from `scale` on. */
export const pareto: Continuous<[shape: TensorLike, scale?: TensorLike]> = continuous({
  name: "pareto",
  defaults: [1, 1],
  inside: [2, 1, 1],
  right: (shape, scale) => and(gt(shape!, 0), gt(scale!, 0), isfinite(shape!), isfinite(scale!)),
  supports: (x, _shape, scale) => and(ge(x, scale!), isfinite(x)),
  isBelow: (x, _shape, scale) => lt(x, scale!),
  log: (x, shape, scale) => sub(log(shape!), plus(log(x), times(shape!, sub(log(x), log(scale!))))),
  cdf: (x, shape, scale) => neg(expm1(times(shape!, sub(log(scale!), log(x))))),
});

const circular = continuous<[mu?: TensorLike, kappa?: TensorLike]>({
  name: "vonMises",
  defaults: [0, 1],
  inside: [0, 0, 1],
  right: (mu, kappa) => and(isfinite(mu!), ge(kappa!, 0), isfinite(kappa!)),
  supports: (x) => isfinite(x),
  isBelow: (x) => lt(x, 0),
  log: (x, mu, kappa) =>
    sub(
      times(kappa!, times(sqr(sin(times(sub(x, mu!), 0.5))), -2)),
      plus(log(i0e(kappa!)), 2 * ROOT),
    ),
  cdf: (x) => x,
});

/** The von Mises distribution of angles, any whole number of turns off; its density alone. */
export const vonMises: Pick<Continuous<[mu?: TensorLike, kappa?: TensorLike]>, "logpdf" | "pdf"> = {
  logpdf: circular.logpdf,
  pdf: circular.pdf,
};
