/**
 * Poisson and binomial counts of any mean: by inversion where the mean is small, else by transformed
 * rejection (Hörmann, "The transformed rejection method for generating Poisson random variables", 1993,
 * and "The generation of binomial random variates", 1993).
 *
 * @module
 */

import type { DType } from "../graph/dtype.ts";
import { outputOf, type Variable } from "../graph/graph.ts";
import { castTo } from "../ops/common/build.ts";
import {
  abs,
  and,
  floor,
  ge,
  gt,
  le,
  log,
  log1p,
  lt,
  maximum,
  minimum,
  or,
  sqrt,
  sub,
  where,
} from "../ops/elementwise/elementwise.ts";
import { greatest, least, whole } from "./arguments.ts";
import { binomialInverseOp, type InverseParams, poissonInverseOp, SMALL_MEAN } from "./inverse.ts";
import type { Proposal, SlotDraw, Source } from "./source.ts";

// A round fails with a probability below 0.3: all of them with less than 1e-12.
const ROUNDS = 24;

/** What log(k!) has beyond log(sqrt(2 pi)) + (k + 1/2) log(k + 1) - (k + 1). */
function correction(k: Variable): Variable {
  const r = k.add(1).reciprocal(), square = r.sqr();
  return r.mul(square.mul(square.mul(1 / 1260).sub(1 / 360)).add(1 / 12));
}

/** (1 + e) log(1 + e) - e, exact also where e is small. */
function deviance(e: Variable): Variable {
  let series = e.mul(-1 / 72).add(1 / 56);
  for (const n of [-1 / 42, 1 / 30, -1 / 20, 1 / 12, -1 / 6, 1 / 2]) series = series.mul(e).add(n);
  const near = lt(abs(e), 0.1);
  const far = maximum(e, -0.999999);
  return where(near, e.sqr().mul(series), log1p(far).mul(far.add(1)).sub(far));
}

interface Hat {
  readonly a: Variable;
  readonly b: Variable;
  readonly centre: Variable;
  /** Height up to which a proposal with a not too small `us` is accepted at once. */
  readonly squeeze: Variable;
  /** Largest value. */
  readonly most: Variable | null;
  /** Whether proposals far out with v > us are known to be refused. */
  readonly refusesTail: boolean;
  /** Whether log(v) plus something is at most the log of the density. */
  accepts(k: Variable, v: Variable, us: Variable): Variable;
}

function transformed(draw: SlotDraw, hat: Hat): Proposal {
  const { a, b, centre, squeeze, most } = hat;
  const u = draw("uniform", 0).sub(0.5);
  const v = sub(1, draw("uniform", 1));
  const us = maximum(sub(0.5, abs(u)), 2 ** -25);
  const raw = floor(a.mul(2).div(us).add(b).mul(u).add(centre));
  const positive = maximum(raw, 0);
  const k = most === null ? positive : minimum(positive, most);
  const inside = k.eq(raw);
  const quick = and(ge(us, 0.07), le(v, squeeze));
  const slow = hat.accepts(k, v, us);
  const tail = and(lt(us, 0.013), gt(v, us));
  const accepted = and(inside, or(quick, hat.refusesTail ? and(tail.invert(), slow) : slow));
  return { value: k, accepted };
}

function largePoisson(source: Source, mean: Variable, first: number): Variable {
  const root = sqrt(mean);
  const b = root.mul(2.53).add(0.931), a = b.mul(0.02483).sub(0.059);
  const alpha = b.sub(3.4).reciprocal().mul(1.1328).add(1.1239);
  const logMean = log(mean);
  const accepts = (k: Variable, v: Variable, us: Variable): Variable => {
    const x = k.add(1);
    const density = mean.mul(deviance(x.sub(mean).div(mean))).neg()
      .add(log(x).mul(0.5)).sub(logMean).sub(0.5 * Math.log(2 * Math.PI)).sub(correction(k));
    return le(log(v.mul(alpha).div(a.div(us.sqr()).add(b))), density);
  };
  const squeeze = sub(0.9277, b.sub(2).reciprocal().mul(3.6224));
  const hat: Hat = {
    a,
    b,
    centre: mean.add(0.43),
    squeeze,
    most: null,
    refusesTail: true,
    accepts,
  };
  return source.firstAccepted(ROUNDS, first, (draw) => transformed(draw, hat));
}

function largeBinomial(source: Source, n: Variable, p: Variable, first: number): Variable {
  const q = sub(1, p), root = sqrt(n.mul(p).mul(q));
  const b = root.mul(2.53).add(1.15);
  const a = b.mul(0.0248).sub(0.0873).add(p.mul(0.01));
  const alpha = b.reciprocal().mul(5.1).add(2.83).mul(root);
  const mode = floor(n.add(1).mul(p));
  const x0 = mode.add(1), y0 = n.sub(mode).add(1);
  // log of the ratio of neighbouring densities at the mode, without cancellation.
  const slope = log1p(n.mul(p).sub(mode).add(p).sub(q).div(x0.mul(q)));
  const atMode = correction(mode).add(correction(n.sub(mode)));
  const accepts = (k: Variable, v: Variable, us: Variable): Variable => {
    const d = k.sub(mode), up = d.div(x0), down = d.div(y0).neg();
    const density = log1p(up).add(log1p(down)).mul(0.5)
      .sub(x0.mul(deviance(up))).sub(y0.mul(deviance(down)))
      .add(d.mul(slope)).add(atMode).sub(correction(k)).sub(correction(n.sub(k)));
    return le(log(v.mul(alpha).div(a.div(us.sqr()).add(b))), density);
  };
  const squeeze = sub(0.92, b.reciprocal().mul(4.2));
  const hat: Hat = {
    a,
    b,
    centre: n.mul(p).add(0.5),
    squeeze,
    most: n,
    refusesTail: false,
    accepts,
  };
  return source.firstAccepted(ROUNDS, first, (draw) => transformed(draw, hat));
}

/** What is known of a parameter when the graph is built. */
interface KnownRange {
  readonly least: number | null;
  readonly greatest: number | null;
}

/** The least and the greatest element of a parameter. */
export function rangeOf(param: Variable): KnownRange {
  return { least: least(param), greatest: greatest(param) };
}

/** Poisson counts with these means, which lie in `range`, as `dtype`. */
export function poissonCounts(
  source: Source,
  mean: Variable,
  range: KnownRange,
  dtype: DType,
): Variable {
  const lam = castTo(mean, source.dtype);
  const most = range.greatest ?? 0;
  const isSmall = range.greatest !== null && most < SMALL_MEAN;
  const isLarge = (range.least ?? 0) >= SMALL_MEAN;
  const count = (x: Variable) => whole(x, dtype, most + 12 * Math.sqrt(most));
  const small = () =>
    outputOf<InverseParams>(
      poissonInverseOp,
      [source.each("uniform", 0), isSmall ? lam : minimum(lam, SMALL_MEAN)],
      { dtype: source.dtype },
    );
  // Round 0 belongs to the inversion.
  const large = () => largePoisson(source, isLarge ? lam : maximum(lam, SMALL_MEAN), 1);
  if (isSmall) return count(small());
  if (isLarge) return count(large());
  return count(where(lt(lam, SMALL_MEAN), small(), large()));
}

/** Binomial counts of n trials with probability p, which lie in these ranges, as `dtype`. */
export function binomialCounts(
  source: Source,
  [n, p]: readonly [Variable, Variable],
  [trialRange, chanceRange]: readonly [KnownRange, KnownRange],
  dtype: DType,
): Variable {
  const trials = castTo(n, source.dtype), chance = castTo(p, source.dtype);
  const flips = gt(chance, 0.5);
  const rare = where(flips, sub(1, chance), chance);
  const mean = trials.mul(rare);
  const { least: fewest, greatest: most } = trialRange;
  const { least: low, greatest: high } = chanceRange;
  const rarest = high !== null && high < 0.5 ? high : low !== null && low > 0.5 ? 1 - low : 0.5;
  const isSmall = most !== null && most * rarest < SMALL_MEAN;
  const isLarge = fewest !== null && high !== null && low !== null &&
    fewest * Math.min(low, 1 - high) >= SMALL_MEAN;
  const small = () => {
    // Where the other way is taken, any chance does that keeps the search short.
    const fitting = isSmall ? rare : where(lt(mean, SMALL_MEAN), rare, 0);
    return outputOf<InverseParams>(
      binomialInverseOp,
      [source.each("uniform", 0), trials, fitting],
      { dtype: source.dtype },
    );
  };
  const large = () => {
    const fits = ge(mean, SMALL_MEAN);
    const [m, q] = isLarge ? [trials, rare] : [where(fits, trials, 40), where(fits, rare, 0.5)];
    return largeBinomial(source, m, q, 1);
  };
  const count = isSmall
    ? small()
    : isLarge
    ? large()
    : where(lt(mean, SMALL_MEAN), small(), large());
  return whole(where(flips, trials.sub(count), count), dtype, most ?? 0);
}
