/**
 * Distributions of integers.
 *
 * @module
 */

import { type DType, dtypeInfo, isDiscrete } from "../graph/dtype.ts";
import { castTo } from "../ops/common/build.ts";
import {
  add,
  bitcast,
  cast,
  ceil,
  ge,
  log1p,
  lt,
  maximum,
  minimum,
  mulhi,
  where,
} from "../ops/elementwise/elementwise.ts";
import { asVariable, type TensorLike } from "../ops/common/literal.ts";
import { Constant, type Variable } from "../graph/graph.ts";
import {
  checkBounds,
  checkHolds,
  computeDType,
  countDType,
  type DrawOptions,
  floatDType,
  greatest,
  known,
  least,
  parameter,
  sized,
  whole,
} from "./arguments.ts";
import { binomialCounts, poissonCounts, rangeOf } from "./counts.ts";
import { Source } from "./source.ts";

/** Options of `binomial`. */
export interface BinomialOptions extends DrawOptions {
  /** Number of trials, from 0 on; default 1. */
  readonly n?: TensorLike;
  /** Probability of success; default 0.5. */
  readonly p?: TensorLike;
}

/** Options of `bernoulli`. */
export interface BernoulliOptions extends DrawOptions {
  /** Probability of 1; default 0.5. */
  readonly p?: TensorLike;
}

/** A parameter that is a whole number; numbers become integers. */
export function wholeParameter(value: TensorLike, name: string, action: string): Variable {
  const variable = asVariable(value, "int64");
  if (!isDiscrete(variable.dtype)) {
    throw new TypeError(`${action}: expected "${name}" to be integers, got ${variable.type}`);
  }
  return variable;
}

/** The float dtype to compute in when the parameters are these. */
function computeOf(
  params: readonly Variable[],
  most: number,
  action: string,
): "float32" | "float64" {
  // float32 does not have all integers beyond 2^24.
  return most > 2 ** 24 ? "float64" : computeDType(floatDType(undefined, params, action));
}

/** Counts of successes. */
export function drawBinomial(state: Variable, options: BinomialOptions): Variable {
  const action = "Cannot draw binomial numbers";
  const n = wholeParameter(options.n ?? 1, "n", action);
  const p = parameter(options.p ?? 0.5, "p", action);
  checkBounds(n, { min: 0, whole: true }, "n", action);
  checkBounds(p, { min: 0, max: 1 }, "p", action);
  const most = greatest(n) ?? 0;
  const dtype = countDType(options.dtype, most, action);
  const compute = computeOf([p], most, action);
  const { dims, params } = sized(options, [n, p], ["n", "p"], action);
  const source = new Source(state, dims, compute);
  if (known(n) === 1) return castTo(lt(source.all("uniform"), castTo(params[1]!, compute)), dtype);
  const pair = params as [Variable, Variable];
  const result = binomialCounts(source, pair, [rangeOf(n), rangeOf(p)], dtype);
  return n instanceof Constant ? result : castTo(minimum(result, castTo(params[0]!, dtype)), dtype);
}

/** Options of `poisson`. */
export interface PoissonOptions extends DrawOptions {
  /** Mean, from 0 on; default 1. */
  readonly lam?: TensorLike;
}

/** Counts of rare events. */
export function drawPoisson(state: Variable, options: PoissonOptions): Variable {
  const action = "Cannot draw Poisson numbers";
  const lam = parameter(options.lam ?? 1, "lam", action);
  checkBounds(lam, { min: 0 }, "lam", action);
  const mean = greatest(lam) ?? 0;
  const dtype = countDType(options.dtype, mean, action);
  const compute = computeOf([lam], mean, action);
  const { dims, params } = sized(options, [lam], ["lam"], action);
  return poissonCounts(new Source(state, dims, compute), params[0]!, rangeOf(lam), dtype);
}

/** Options of `geometric`. */
export interface GeometricOptions extends DrawOptions {
  /** Probability of success, above 0; default 0.5. */
  readonly p?: TensorLike;
}

/** Numbers of trials up to and including the first success. */
export function drawGeometric(state: Variable, options: GeometricOptions): Variable {
  const action = "Cannot draw geometric numbers";
  const p = parameter(options.p ?? 0.5, "p", action);
  checkBounds(p, { above: 0, max: 1 }, "p", action);
  const dtype = countDType(options.dtype, 1, action);
  const compute = computeDType(floatDType(undefined, [p], action));
  const { dims, params } = sized(options, [p], ["p"], action);
  const chance = castTo(params[0]!, compute);
  const source = new Source(state, dims, compute);
  const top = Math.log(2) * (compute === "float64" ? 53 : 24) / (least(p) ?? 1);
  const certain = ge(chance, 1);
  const u = source.all("uniform");
  const trials = log1p(u.neg()).div(log1p(where(certain, 0.5, chance).neg()));
  const count = where(certain, 1, maximum(ceil(trials), 1));
  const limit = top <= 2 ** 31 - 1 ? 2147483520 : 2 ** 62;
  return whole(minimum(count, limit), dtype, top);
}

/** Options of `integers` and `randomIntegers`. */
export interface IntegersOptions extends DrawOptions {
  /** Least integer; default 0. */
  readonly low?: TensorLike;
  /** Greatest integer of `randomIntegers`; one more than it of `integers`. */
  readonly high?: TensorLike;
}

const narrowDTypes: readonly DType[] = ["bool", "int8", "uint8", "int16", "uint16", "int32"];

function fitsInt32(x: Variable): boolean {
  if (narrowDTypes.includes(x.dtype)) return true;
  const [low, high] = [least(x), greatest(x)];
  return low !== null && high !== null && low >= -(2 ** 31) && high < 2 ** 31;
}

/**
 * Uniform integers from `low` to `high`, without it unless `inclusive`. Bounds that are `lengths` are known
 * to fit in int32.
 */
export function drawIntegers(
  state: Variable,
  options: IntegersOptions,
  inclusive: boolean,
  lengths = false,
): Variable {
  const action = "Cannot draw integers";
  const low = wholeParameter(options.low ?? 0, "low", action);
  if (options.high === undefined && !inclusive) throw new TypeError(`${action}: "high" is missing`);
  const given = wholeParameter(options.high ?? 1, "high", action);
  const dtype = options.dtype === undefined ? "int64" : countDType(options.dtype, 0, action);
  checkRange(low, given, inclusive, dtype, action);
  const { dims, params } = sized(options, [low, given], ["low", "high"], action);
  const source = new Source(state, dims, "float32");
  const [from, to] = params as [Variable, Variable];
  const word = (x: Variable) => cast(x, "uint32");
  const one = inclusive ? 1 : 0;
  const spanOf = (a: number, b: number) => b - a + one;
  const knownSpan = known(low) !== null && known(given) !== null
    ? spanOf(known(low)!, known(given)!)
    : null;
  const high = source.each("bits", 0);
  let offset: Variable;
  if (knownSpan === 2 ** 32) offset = high;
  else {
    // The integer part of span * (words / 2^64), which leaves a bias below 2^-32.
    const span = knownSpan === null
      ? word(to).sub(word(from)).add(asVariable(one, "uint32"))
      : asVariable(knownSpan, "uint32");
    const part = mulhi(source.each("bits", 1), span);
    const carried = lt(high.mul(span).add(part), part);
    offset = add(mulhi(high, span), cast(carried, "uint32"));
  }
  if (low.dtype === "uint32" && dtype === "uint32") return offset.add(from);
  if (lengths || fitsInt32(low) && (fitsInt32(given) || narrowSpan(low, given, one))) {
    return castTo(bitcast(offset.add(word(from)), "int32"), dtype);
  }
  return castTo(cast(offset, "int64").add(cast(from, "int64")), dtype);
}

/** Whether high is one more than int32 has, and stays outside. */
function narrowSpan(low: Variable, high: Variable, one: number): boolean {
  const top = greatest(high);
  return fitsInt32(low) && top !== null && top - 1 + one < 2 ** 31;
}

function checkRange(
  low: Variable,
  high: Variable,
  inclusive: boolean,
  dtype: DType,
  action: string,
): void {
  const last = (x: number) => inclusive ? x : x - 1;
  const [lowest, highest] = [least(low), greatest(high)];
  const [lowTop, highBottom] = [greatest(low), least(high)];
  const paired = low.ndim === 0 || high.ndim === 0;
  if (paired && lowTop !== null && highBottom !== null && lowTop > last(highBottom)) {
    throw new RangeError(
      `${action}: there are none from "low" ${lowTop} to "high" ${highBottom}${
        inclusive ? "" : ", which is excluded"
      }`,
    );
  }
  if (lowest !== null) checkHolds(dtype, Math.min(lowest, 0), Math.max(lowest, 0), action);
  if (highest !== null) checkHolds(dtype, 0, Math.max(last(highest), 0), action);
  if (lowest !== null && highest !== null && last(highest) - lowest + 1 > 2 ** 32) {
    throw new RangeError(
      `${action}: expected at most 2^32 different ones, got "low" ${lowest} and "high" ${highest}`,
    );
  }
  if (dtypeInfo(dtype).kind === "bool") checkHolds(dtype, lowest ?? 0, last(highest ?? 1), action);
}
