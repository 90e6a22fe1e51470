/**
 * Distributions of vectors, which lie along the last axis, and of categories.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { abs, floor, neg, sqr, sub } from "../elementwise/arithmetic.ts";
import { gammaln, log } from "../elementwise/functions.ts";
import { and, eq, ge, gt, le } from "../elementwise/logic.ts";
import { arange } from "../create/ranges.ts";
import { onesLike } from "../create/alloc.ts";
import { cholesky, solveTriangular } from "../linalg/systems.ts";
import { diagonal } from "../linalg/matrices.ts";
import { lengthsOf } from "../shape/known_lengths.ts";
import { all, sum } from "../reduce/reduce.ts";
import { beside, choose, inFloat, plus, times } from "../special/support.ts";

/** A distribution of vectors. */
export interface Multivariate<P extends readonly unknown[]> {
  /** The logarithm of the density; -Infinity where there is none. */
  logpdf(x: TensorLike, ...parameters: P): Variable;
}

/** A distribution of vectors of integers, or of categories. */
export interface Categories<P extends readonly unknown[]> {
  /** The logarithm of the probability; -Infinity for what is not drawn. */
  logpmf(x: TensorLike, ...parameters: P): Variable;
}

const total = (x: TensorLike): Variable => sum(x, { axis: -1 });
const every = (x: TensorLike): Variable => all(x, { axis: -1 });

/** x log p, and 0 where x is. */
function weighed(x: Variable, p: Variable): Variable {
  const isNone: Variable = eq(x, 0);
  return choose(isNone, 0, times(x, log(choose(isNone, 1, p))));
}

/** The multivariate normal distribution; the covariance matrix has to be positive definite. */
export const multivariateNormal: Multivariate<[mean: TensorLike, cov: TensorLike]> = {
  logpdf: (x, mean, cov) =>
    inFloat("multivariateNormal", [x, mean, cov], (x, mean, cov) => {
      const factor: Variable = cholesky(cov), off: Variable = sub(x, mean);
      const solved: Variable = solveTriangular(factor, beside(off), { lower: true });
      const squares: Variable = sum(sqr(solved), { axis: [-2, -1] });
      const logRoot = total(log(diagonal(factor, 0, -2, -1)));
      const n = total(onesLike(off));
      return sub(times(plus(squares, times(n, Math.log(2 * Math.PI))), -0.5), logRoot);
    }),
};

/** The Dirichlet distribution of positive numbers whose sum is 1. */
export const dirichlet: Multivariate<[alpha: TensorLike]> = {
  logpdf: (x, alpha) =>
    inFloat("dirichlet", [x, alpha], (x, alpha) => {
      const right = every(gt(alpha, 0)), tolerance = x.dtype === "float64" ? 1e-10 : 1e-4;
      const isWhole = le(abs(sub(total(x), 1)), tolerance);
      const known: Variable = and(right, every(gt(x, 0)), isWhole);
      const [safe, shape] = [choose(beside(known), x, 1), choose(beside(known), alpha, 1)];
      const powers = total(times(sub(shape, 1), log(safe)));
      const value = plus(powers, gammaln(total(shape)), neg(total(gammaln(shape))));
      return choose(known, value, choose(right, -Infinity, NaN));
    }),
};

/** How often each category comes in n trials. */
export const multinomial: Categories<[n: TensorLike, pvals: TensorLike]> = {
  logpmf: (x, n, pvals) =>
    inFloat("multinomial", [x, n, pvals], (x, n, p) => {
      const right = every(and(ge(p, 0), le(p, 1)));
      const counts = every(and(ge(x, 0), eq(floor(x), x)));
      const known: Variable = and(right, counts, eq(total(x), n));
      const [safe, chance] = [choose(beside(known), x, 0), choose(beside(known), p, 1)];
      const value = plus(
        gammaln(plus(total(safe), 1)),
        neg(total(gammaln(plus(safe, 1)))),
        total(weighed(safe, chance)),
      );
      return choose(known, value, choose(right, -Infinity, NaN));
    }),
};

/** Numbers of categories with probabilities `p` along the last axis. */
export const categorical: Categories<[p: TensorLike]> = {
  logpmf: (x, p) =>
    inFloat("categorical", [x, p], (x, p) => {
      const isIt: Variable = eq(beside(x), arange(lengthsOf(p).at(-1)!));
      const right = every(and(ge(p, 0), le(p, 1)));
      const chance = total(choose(isIt, p, 0)), known: Variable = and(right, gt(chance, 0));
      return choose(known, log(choose(known, chance, 1)), choose(right, -Infinity, NaN));
    }),
};
