/**
 * The incomplete beta function.
 *
 * @module
 */

import { derivedAs } from "../control/derived_as.ts";
import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { div, maximum, neg, sqr, sqrt, sub } from "../elementwise/arithmetic.ts";
import { zeroGrad } from "../elementwise/conversion.ts";
import { digamma, exp, expm1, log, log1p } from "../elementwise/functions.ts";
import { and, eq, ge, gt, isnan, le, lt, or } from "../elementwise/logic.ts";
import { LARGE, logBeta, logExcess, stirlingRest } from "./logarithms.ts";
import { beside, choose, inFloat, integrals, negligible, plus, times } from "./support.ts";

/** A number between 0 and 1 with what is left to 1, and the logarithms of both. */
interface Share {
  readonly x: Variable;
  readonly rest: Variable;
  readonly logX: Variable;
  readonly logRest: Variable;
}

/** x^a (1 - x)^b / (a B(a, b)). */
function powersOverBeta(a: Variable, b: Variable, { x, rest, logX, logRest }: Share): Variable {
  const isLarge: Variable = and(ge(a, LARGE), ge(b, LARGE));
  const [littleA, littleB] = [choose(isLarge, 1, a), choose(isLarge, 1, b)];
  const plain = sub(
    plus(times(littleA, logX), times(littleB, logRest)),
    plus(logBeta(littleA, littleB), log(littleA)),
  );
  const [largeA, largeB] = [choose(isLarge, a, LARGE), choose(isLarge, b, LARGE)];
  const all = plus(largeA, largeB);
  // By how much x is off the mean a / (a + b), and its rest off the other share.
  const off: Variable = sub(times(rest, largeA), times(x, largeB));
  const logA: Variable = log(times(x, div(all, largeA)));
  const logB: Variable = log(times(rest, div(all, largeB)));
  const excess = plus(
    times(largeA, logExcess(div(neg(off), largeA), logA)),
    times(largeB, logExcess(div(off, largeB), logB)),
  );
  const series = plus(
    neg(excess),
    times(log(div(largeB, times(largeA, all))), 0.5),
    -0.5 * Math.log(2 * Math.PI),
    sub(stirlingRest(all), plus(stirlingRest(largeA), stirlingRest(largeB))),
  );
  return exp(choose(isLarge, series, plain));
}

/** I of x below about the mean, and its derivatives in a and b. */
function lowerBeta(
  a: Variable,
  b: Variable,
  share: Share,
): readonly [Variable, Variable, Variable] {
  const { x, rest, logX, logRest } = share, c = negligible(x);
  const head = powersOverBeta(a, b, share), all = plus(a, b), ratio: Variable = div(x, rest);
  // The integral below x of t^a (1 - t)^(b - 1) in s = log(x / t).
  const more: Variable = sub(b, 1), steep = plus(a, 1);
  const exponent = (s: Variable, spread: (v: Variable) => Variable) => {
    const room = times(neg(expm1(neg(s))), spread(ratio));
    return { room, value: sub(times(log1p(room), spread(more)), times(s, spread(steep))) };
  };
  const asIs = (v: Variable) => v;
  // Its logarithm is concave for b > 1: Newton's steps to where it is -c come from beyond.
  const up: Variable = maximum(more, 0);
  const first: Variable = sub(steep, times(up, ratio));
  const bent = times(times(up, ratio), plus(ratio, 1));
  const fall: Variable = maximum(first, 0);
  let end: Variable = div(2 * c, plus(fall, sqrt(plus(sqr(fall), times(bent, 2 * c)))));
  for (let i = 0; i < 5; i++) {
    const { room, value } = exponent(end, asIs);
    const grown: Variable = times(ratio, exp(neg(end)));
    const slope = sub(times(more, div(grown, plus(room, 1))), steep);
    end = sub(end, div(plus(value, c), slope));
  }
  const last: Variable = zeroGrad(choose(gt(more, 0), end, div(c, steep)));
  const wide = beside(last);
  const [integral, moment, other] = integrals(x.dtype, (u) => {
    const s = times(wide, u), { room, value } = exponent(s, beside);
    const f: Variable = exp(value);
    return [f, times(f, s), times(f, log1p(room))];
  }).map((value) => times(value, last)) as [Variable, Variable, Variable];
  const value = times(head, plus(times(times(all, ratio), integral), 1));
  const both: Variable = digamma(all), front = times(head, ratio);
  return [
    value,
    plus(
      times(value, plus(logX, sub(both, digamma(plus(a, 1))))),
      times(front, sub(integral, times(all, moment))),
    ),
    plus(
      times(value, plus(logRest, sub(both, digamma(b)))),
      times(front, plus(integral, times(all, other))),
    ),
  ];
}

function incompleteBeta(a: Variable, b: Variable, x: Variable): Variable {
  const isInside = and(gt(a, 0), gt(b, 0), gt(x, 0), lt(x, 1), lt(a, Infinity), lt(b, Infinity));
  const [p, q] = [choose(isInside, a, 1), choose(isInside, b, 1)];
  const safe = choose(isInside, x, 0.5), rest: Variable = sub(1, safe);
  const [logX, logRest] = [log(safe), log1p(neg(safe))];
  const isLower: Variable = le(times(safe, plus(p, q, 2)), plus(p, 1));
  const pick = (one: Variable, two: Variable) => choose(isLower, one, two);
  const [value, first, second] = lowerBeta(pick(p, q), pick(q, p), {
    x: pick(safe, rest),
    rest: pick(rest, safe),
    logX: pick(logX, logRest),
    logRest: pick(logRest, logX),
  });
  const isWrong = or(
    isnan(a),
    isnan(b),
    isnan(x),
    lt(a, 0),
    lt(b, 0),
    lt(x, 0),
    gt(x, 1),
    and(eq(a, 0), eq(b, 0)),
    and(eq(a, Infinity), eq(b, Infinity)),
  );
  const isNone = or(eq(x, 0), and(gt(x, 0), lt(x, 1), or(eq(b, 0), eq(a, Infinity))));
  const isAll = or(eq(x, 1), and(gt(x, 0), lt(x, 1), or(eq(a, 0), eq(b, Infinity))));
  const edge = choose(isWrong, NaN, choose(isNone, 0, choose(isAll, 1, NaN)));
  const within = (slope: Variable) => choose(isInside, slope, choose(isWrong, NaN, 0));
  const density: Variable = div(
    times(powersOverBeta(p, q, { x: safe, rest, logX, logRest }), p),
    times(safe, rest),
  );
  // At the ends Infinity, a or b, or 0.
  const atEnd = (own: Variable, other: Variable) =>
    choose(lt(own, 1), Infinity, choose(eq(own, 1), other, 0));
  const ends = choose(eq(x, 0), atEnd(a, b), choose(eq(x, 1), atEnd(b, a), 0));
  return derivedAs(choose(isInside, pick(value, sub(1, value)), edge), [
    [a, within(pick(first, neg(second)))],
    [b, within(pick(second, neg(first)))],
    [x, choose(isInside, density, choose(isWrong, NaN, ends))],
  ]);
}

/**
 * The regularised incomplete beta function I(a, b, x): the distribution function at x of beta numbers. It has
 * derivatives in all three. SciPy's `betainc`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = await T.betainc(2, 1, T.constant(0.5)).eval();
 * console.assert(Math.abs(Number(p.item()) - 0.25) < 1e-6);
 * ```
 */
export function betainc(a: TensorLike, b: TensorLike, x: TensorLike): Variable {
  return inFloat("betainc", [a, b, x], incompleteBeta);
}
