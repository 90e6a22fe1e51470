/**
 * Distributions of integers.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { div, floor, neg, sub } from "../elementwise/arithmetic.ts";
import { expm1, gammaln, log, log1p } from "../elementwise/functions.ts";
import { and, eq, ge, gt, isfinite, le, lt } from "../elementwise/logic.ts";
import { betainc } from "../special/beta.ts";
import { betaln, gammaincc } from "../special/gamma.ts";
import { choose, plus, times } from "../special/support.ts";
import { type Discrete, discrete } from "./distribution.ts";

/** 0, the logarithm of 1, where something holds, and -Infinity elsewhere. */
const surely = (condition: TensorLike): Variable => choose(condition, 0, -Infinity);

/** The number of n trials that succeed, each with probability p. */
export const binomial: Discrete<[n?: TensorLike, p?: TensorLike]> = discrete({
  name: "binomial",
  defaults: [1, 0.5],
  inside: [1, 2, 0.5],
  right: (n, p) => and(ge(n!, 0), isfinite(n!), eq(floor(n!), n!), ge(p!, 0), le(p!, 1)),
  supports: (x, n, p) => and(ge(x, 0), le(x, n!), gt(p!, 0), lt(p!, 1)),
  isBelow: (x, n, p) => choose(lt(p!, 1), lt(x, 0), lt(x, n!)),
  log: (x, n, p) => {
    const left: Variable = sub(n!, x);
    const ways = neg(plus(log(plus(n!, 1)), betaln(plus(left, 1), plus(x, 1))));
    return plus(ways, times(x, log(p!)), times(left, log1p(neg(p!))));
  },
  cdf: (x, n, p) => {
    const isAll: Variable = ge(x, n!), left = choose(isAll, 1, sub(n!, x));
    return choose(isAll, 1, betainc(left, plus(x, 1), sub(1, p!)));
  },
  // Certain failure, and certain success.
  edge: (x, n, p) =>
    choose(eq(p!, 0), surely(eq(x, 0)), choose(eq(p!, 1), surely(eq(x, n!)), -Infinity)),
});

/** 1 with probability p, else 0. */
export const bernoulli: Discrete<[p?: TensorLike]> = {
  logpmf: (x, p = 0.5) => binomial.logpmf(x, 1, p),
  pmf: (x, p = 0.5) => binomial.pmf(x, 1, p),
  cdf: (x, p = 0.5) => binomial.cdf(x, 1, p),
  logcdf: (x, p = 0.5) => binomial.logcdf(x, 1, p),
};

/** Poisson counts with mean `lam`. */
export const poisson: Discrete<[lam?: TensorLike]> = discrete({
  name: "poisson",
  defaults: [1],
  inside: [1, 1],
  right: (lam) => and(ge(lam!, 0), isfinite(lam!)),
  supports: (x, lam) => and(ge(x, 0), isfinite(x), gt(lam!, 0)),
  isBelow: (x) => lt(x, 0),
  log: (x, lam) => sub(times(x, log(lam!)), plus(lam!, gammaln(plus(x, 1)))),
  cdf: (x, lam) => gammaincc(plus(x, 1), lam!),
  edge: (x, lam) => surely(and(eq(lam!, 0), eq(x, 0))),
});

/** The number of trials up to and including the first that succeeds with probability p. */
export const geometric: Discrete<[p?: TensorLike]> = discrete({
  name: "geometric",
  defaults: [0.5],
  inside: [1, 0.5],
  right: (p) => and(gt(p!, 0), le(p!, 1)),
  supports: (x, p) => and(ge(x, 1), isfinite(x), lt(p!, 1)),
  isBelow: (x) => lt(x, 1),
  log: (x, p) => plus(times(sub(x, 1), log1p(neg(p!))), log(p!)),
  cdf: (x, p) => neg(expm1(times(x, log1p(neg(p!))))),
  edge: (x, p) => surely(and(eq(p!, 1), eq(x, 1))),
});

/** Integers from `low` to `high`, which is excluded. */
export const integers: Discrete<[low?: TensorLike, high?: TensorLike]> = discrete({
  name: "integers",
  defaults: [0, 2],
  inside: [0, 0, 2],
  right: (low, high) => and(lt(low!, high!), isfinite(low!), isfinite(high!)),
  supports: (x, low, high) => and(ge(x, low!), lt(x, high!)),
  isBelow: (x, low) => lt(x, low!),
  log: (x, low, high) => neg(plus(log(sub(high!, low!)), times(x, 0))),
  cdf: (x, low, high) => div(plus(sub(x, low!), 1), sub(high!, low!)),
});
