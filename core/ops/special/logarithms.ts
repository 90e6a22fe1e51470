/**
 * Differences of logarithms and of logarithms of the gamma function, without loss of digits.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import {
  abs,
  div,
  maximum,
  minimum,
  neg,
  reciprocal,
  sqr,
  sub,
} from "../elementwise/arithmetic.ts";
import { gammaln, log, log1p } from "../elementwise/functions.ts";
import { ge, lt } from "../elementwise/logic.ts";
import { choose, plus, polynomial, times } from "./support.ts";

/** Where Stirling's series has all digits. */
export const LARGE = 10;

/** B(2k) / (2k (2k - 1)), the coefficients of Stirling's series. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
] as const;

/** log Γ(x) - ((x - 1/2) log x - x + log √(2π)), from `LARGE` on. */
export function stirlingRest(x: Variable): Variable {
  const r: Variable = reciprocal(x);
  return times(r, polynomial(sqr(r), STIRLING));
}

/** t - log(1 + t), which is about t²/2. `log1` is log(1 + t), where that is known better. */
export function logExcess(t: Variable, log1: Variable = log1p(t)): Variable {
  const isSmall: Variable = lt(abs(t), 0.4), near = choose(isSmall, t, 0);
  // With s = t / (2 + t): t - 2s - (log(1 + t) - 2s), and log(1 + t) = 2 artanh s.
  const s: Variable = div(near, plus(near, 2)), u: Variable = sqr(s);
  const terms = Array.from({ length: 12 }, (_, k) => 2 / (2 * k + 3));
  const series = sub(times(s, near), times(times(s, u), polynomial(u, terms)));
  return choose(isSmall, series, sub(t, log1));
}

/** log Γ(1 + a) / (a (a - 1)) in a - 1/2, for a from 0 to 1; error 2^-54. */
const GAMMA = [
  0.483128950540980889,
  -0.145959895914306082,
  0.0629114010745649381,
  -0.0313084875010109982,
  0.0167970986311870089,
  -0.00942562244846990297,
  0.00544645784453919578,
  -0.00321207407718695887,
  0.00192291614080466334,
  -0.00116441447443144288,
  0.000711522244336237509,
  -0.000437995112116944073,
  0.000271277337000791045,
  -0.000168894478052055638,
  0.000105620898579718054,
  -0.0000663117818386331705,
  0.0000417985294977934521,
  -0.0000264136042091737908,
  0.0000166125481554901306,
  -0.000010551471717084069,
  7.17868844216048811e-6,
  -4.58235998110176864e-6,
  1.82670745707958595e-6,
  -1.16537486252082248e-6,
  2.2803582432149964e-6,
  -1.46703272646938497e-6,
] as const;

/** log Γ(1 + a) for a from 0 to 1, also where a is tiny. */
export function gammaln1p(a: Variable): Variable {
  return times(times(a, sub(a, 1)), polynomial(sub(a, 0.5), GAMMA));
}

/** log(Γ(a) Γ(b) / Γ(a + b)) for positive numbers. */
export function logBeta(a: Variable, b: Variable): Variable {
  const low: Variable = minimum(a, b), high: Variable = maximum(a, b);
  const bothLarge: Variable = ge(low, LARGE), oneLarge: Variable = ge(high, LARGE);
  const small = choose(oneLarge, 1, high);
  const plain: Variable = sub(plus(gammaln(low), gammaln(small)), gammaln(plus(low, small)));
  const large = choose(oneLarge, high, LARGE), all = plus(low, large);
  // log(high / (low + high)), and what Stirling's series of both leave.
  const share: Variable = log1p(div(low, large));
  const rest: Variable = sub(stirlingRest(large), stirlingRest(all));
  const one = plus(
    gammaln(low),
    rest,
    times(share, sub(0.5, large)),
    times(low, sub(1, log(all))),
  );
  const little = choose(bothLarge, low, LARGE), sum = plus(little, large);
  const two = plus(
    stirlingRest(little),
    rest,
    times(sub(little, 0.5), log(div(little, sum))),
    times(share, neg(large)),
    times(log(large), -0.5),
    0.5 * Math.log(2 * Math.PI),
  );
  return choose(bothLarge, two, choose(oneLarge, one, plain));
}
