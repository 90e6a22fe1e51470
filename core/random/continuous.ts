/**
 * Distributions of real numbers.
 *
 * @module
 */

import { castTo } from "../ops/common/build.ts";
import {
  abs,
  cast,
  clip,
  exp,
  floor,
  gt,
  le,
  log,
  log1p,
  lt,
  maximum,
  sign,
  sqrt,
  sub,
  tan,
  undefinedGrad,
  where,
} from "../ops/elementwise/elementwise.ts";
import { index } from "../ops/index/indexing.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import { max, sum } from "../ops/reduce/reduce.ts";
import { expandDims } from "../ops/shape/dimshuffle.ts";
import { shapeOf } from "../ops/shape/shape_ops.ts";
import type { DType } from "../graph/dtype.ts";
import type { Variable } from "../graph/graph.ts";
import {
  type Bounds,
  checkBounds,
  computeDType,
  type DrawOptions,
  floatDType,
  parameter,
  sized,
} from "./arguments.ts";
import { Source } from "./source.ts";

/** A parameter: its name, value, and what it must keep. */
type Param = readonly [name: string, value: TensorLike, bounds: Bounds];

interface PreparedDraw {
  readonly source: Source;
  /** Parameters in the dtype that is computed in, of the shape of the draw or scalars. */
  readonly params: readonly Variable[];
  readonly dtype: DType;
}

/** Checks parameters and settles shape and dtype. */
function prepare(
  state: Variable,
  options: DrawOptions,
  params: readonly Param[],
  action: string,
): PreparedDraw {
  const values = params.map(([name, value, bounds]) => {
    const variable = parameter(value, name, action);
    checkBounds(variable, bounds, name, action);
    return variable;
  });
  const dtype = floatDType(options.dtype, values, action);
  const compute = computeDType(dtype);
  const { dims, params: fitted } = sized(options, values, params.map(([name]) => name), action);
  return {
    source: new Source(state, dims, compute),
    params: fitted.map((param) => castTo(param, compute)),
    dtype,
  };
}

const scaleBounds: Bounds = { min: 0 };
const shapeBounds: Bounds = { above: 0 };

/** x * scale + shift, without the operations that constants make idle. */
function placed(x: Variable, shift: Variable, scale: Variable): Variable {
  return x.mul(scale).add(shift);
}

/** Options of a distribution with a place and a scale. */
export interface LocationOptions extends DrawOptions {
  /** Where the distribution is centred; default 0. */
  readonly loc?: TensorLike;
  /** How wide it is; default 1. */
  readonly scale?: TensorLike;
}

/** Options of `uniform`. */
export interface UniformOptions extends DrawOptions {
  /** Lower end, included; default 0. */
  readonly low?: TensorLike;
  /** Upper end, excluded but for rounding; default 1. */
  readonly high?: TensorLike;
}

/** Uniform numbers. */
export function drawUniform(state: Variable, options: UniformOptions): Variable {
  const action = "Cannot draw uniform numbers";
  const { low = 0, high = 1 } = options;
  const { source, params, dtype } = prepare(
    state,
    options,
    [["low", low, {}], ["high", high, {}]],
    action,
  );
  const u = source.all("uniform");
  const plain = low === 0 && high === 1;
  // What is drawn has more digits than float16, and would be rounded up to 1.
  const unit = dtype === "float16" ? floor(u.mul(2 ** 11)).mul(2 ** -11) : u;
  const result = plain ? unit : placed(unit, params[0]!, params[1]!.sub(params[0]!));
  return castTo(result, dtype);
}

/** Options of `normal` and `truncatedNormal`. */
export interface NormalOptions extends DrawOptions {
  /** Mean; default 0. */
  readonly avg?: TensorLike;
  /** Standard deviation; default 1. */
  readonly std?: TensorLike;
}

function prepareNormal(state: Variable, options: NormalOptions): PreparedDraw {
  const { avg = 0, std = 1 } = options;
  return prepare(
    state,
    options,
    [["avg", avg, {}], ["std", std, scaleBounds]],
    "Cannot draw normal numbers",
  );
}

/** Normal numbers. */
export function drawNormal(state: Variable, options: NormalOptions): Variable {
  const { source, params, dtype } = prepareNormal(state, options);
  const z = source.all("normal");
  const plain = (options.avg ?? 0) === 0 && (options.std ?? 1) === 1;
  return castTo(plain ? z : placed(z, params[0]!, params[1]!), dtype);
}

/** Normal numbers, drawn again where they are further than two standard deviations from the mean. */
export function drawTruncatedNormal(state: Variable, options: NormalOptions): Variable {
  const { source, params, dtype } = prepareNormal(state, options);
  // A round fails with a probability of 0.0455.
  const z = source.firstAccepted(12, 0, (draw) => {
    const value = draw("normal", 0);
    return { value, accepted: le(abs(value), 2) };
  });
  return castTo(placed(clip(z, -2, 2), params[0]!, params[1]!), dtype);
}

/** Options of `exponential`. */
export interface ExponentialOptions extends DrawOptions {
  /** Mean; default 1. */
  readonly scale?: TensorLike;
}

/** Exponential numbers. */
export function drawExponential(state: Variable, options: ExponentialOptions): Variable {
  const { source, params, dtype } = prepare(
    state,
    options,
    [["scale", options.scale ?? 1, scaleBounds]],
    "Cannot draw exponential numbers",
  );
  return castTo(log1p(source.all("uniform").neg()).neg().mul(params[0]!), dtype);
}

/** Numbers with a place and a scale, from uniform ones. */
function located(
  state: Variable,
  options: LocationOptions,
  what: string,
  standard: (u: Variable, tiny: number) => Variable,
): Variable {
  const { loc = 0, scale = 1 } = options;
  const { source, params, dtype } = prepare(
    state,
    options,
    [["loc", loc, {}], ["scale", scale, scaleBounds]],
    `Cannot draw ${what} numbers`,
  );
  // Half of the distance of neighbouring uniforms stands for 0, whose logarithm is not finite.
  const tiny = source.dtype === "float64" ? 2 ** -54 : 2 ** -25;
  return castTo(placed(standard(source.all("uniform"), tiny), params[0]!, params[1]!), dtype);
}

/** Gumbel numbers (the greatest of many). */
export function drawGumbel(state: Variable, options: LocationOptions): Variable {
  return located(state, options, "Gumbel", (u, tiny) => gumbelOf(u, tiny));
}

/** Standard Gumbel numbers from uniform ones. */
export function gumbelOf(u: Variable, tiny: number): Variable {
  return log(maximum(log1p(u.neg()).neg(), tiny)).neg();
}

/** Laplace numbers. */
export function drawLaplace(state: Variable, options: LocationOptions): Variable {
  return located(state, options, "Laplace", (u, tiny) => {
    const v = u.sub(0.5);
    return sign(v).mul(log(maximum(sub(1, abs(v).mul(2)), tiny))).neg();
  });
}

/** Cauchy numbers. */
export function drawCauchy(state: Variable, options: LocationOptions): Variable {
  return located(state, options, "Cauchy", (u) => tan(u.sub(0.5).mul(Math.PI)));
}

/** Logistic numbers. */
export function drawLogistic(state: Variable, options: LocationOptions): Variable {
  return located(state, options, "logistic", (u, tiny) => {
    const v = maximum(u, tiny);
    return log(v).sub(log1p(v.neg()));
  });
}

/** Options of `gamma`. */
export interface GammaOptions extends DrawOptions {
  /** Shape parameter, above 0. */
  readonly shape: TensorLike;
  /** Scale; default 1. */
  readonly scale?: TensorLike;
}

/** Rounds of a gamma draw: each fails with a probability below 0.05. */
const GAMMA_ROUNDS = 12;

/**
 * Standard gamma numbers and their logarithms (Marsaglia and Tsang, "A simple method for generating gamma
 * variables", 2000). Shapes below 1 are drawn as shape + 1 times a power of a uniform.
 *
 * @param order Which of the gamma draws of one variable it is.
 */
function standardGamma(
  source: Source,
  shape: Variable,
  order: number,
): { value: Variable; log: Variable } {
  const k = undefinedGrad(shape);
  const low = lt(k, 1);
  const d = where(low, k.add(1), k).sub(1 / 3);
  const c = sqrt(d.mul(9)).reciprocal();
  const first = order * (GAMMA_ROUNDS + 1);
  const e = source.firstAccepted(GAMMA_ROUNDS, first, (draw) => {
    const x = draw("normal", 0), v = sub(1, draw("uniform", 2));
    const raw = c.mul(x);
    const value = maximum(raw, -0.99999);
    const cube = value.mul(value.mul(value.add(3)).add(3));
    const bound = x.sqr().mul(0.5).add(d.mul(log1p(value).mul(3).sub(cube)));
    return { value, accepted: gt(raw, -0.99999).and(lt(log(v), bound)) };
  });
  const u = sub(1, source.each("uniform", 0, first + GAMMA_ROUNDS));
  const boost = where(low, log(u).div(where(low, k, 1)), 0);
  const t = e.add(1);
  return {
    value: d.mul(t).mul(t).mul(t).mul(exp(boost)),
    log: log(d).add(log1p(e).mul(3)).add(boost),
  };
}

/** Gamma numbers. */
export function drawGamma(state: Variable, options: GammaOptions): Variable {
  const action = "Cannot draw gamma numbers";
  if (options.shape === undefined) throw new TypeError(`${action}: "shape" is missing`);
  const { source, params, dtype } = prepare(
    state,
    options,
    [["shape", options.shape, shapeBounds], ["scale", options.scale ?? 1, scaleBounds]],
    action,
  );
  return castTo(standardGamma(source, params[0]!, 0).value.mul(params[1]!), dtype);
}

/** Options of `beta`. */
export interface BetaOptions extends DrawOptions {
  /** First parameter, above 0. */
  readonly a: TensorLike;
  /** Second parameter, above 0. */
  readonly b: TensorLike;
}

/** Beta numbers. */
export function drawBeta(state: Variable, options: BetaOptions): Variable {
  const action = "Cannot draw beta numbers";
  if (options.a === undefined || options.b === undefined) {
    throw new TypeError(`${action}: "${options.a === undefined ? "a" : "b"}" is missing`);
  }
  const { source, params, dtype } = prepare(
    state,
    options,
    [["a", options.a, shapeBounds], ["b", options.b, shapeBounds]],
    action,
  );
  // By their logarithms, because both gamma numbers may be too small for a float.
  const x = standardGamma(source, params[0]!, 0).log, y = standardGamma(source, params[1]!, 1).log;
  return castTo(exp(y.sub(x)).add(1).reciprocal(), dtype);
}

/** Options of `dirichlet`. */
export interface DirichletOptions extends DrawOptions {
  /** Concentrations, above 0: a vector, or one for each row of the draw. */
  readonly alpha: TensorLike;
}

/** Vectors of positive numbers whose sum is 1. The last axis is that of `alpha`. */
export function drawDirichlet(state: Variable, options: DirichletOptions): Variable {
  const action = "Cannot draw Dirichlet numbers";
  if (options.alpha === undefined) throw new TypeError(`${action}: "alpha" is missing`);
  const alpha = parameter(options.alpha, "alpha", action);
  checkBounds(alpha, shapeBounds, "alpha", action);
  if (alpha.ndim === 0) {
    throw new TypeError(`${action}: expected "alpha" to be a vector or more, got a scalar`);
  }
  const dtype = floatDType(options.dtype, [alpha], action), compute = computeDType(dtype);
  const first = index(alpha, ["...", 0]);
  const { dims } = sized(options, [first], ["alpha"], action);
  const source = new Source(state, [...dims, shapeOf(alpha, alpha.ndim - 1)], compute);
  const logs = standardGamma(source, cast(alpha, compute), 0).log;
  const axis = dims.length;
  const shifted = exp(logs.sub(expandDims(max(logs, axis), axis)));
  return castTo(shifted.div(expandDims(sum(shifted, axis), axis)), dtype);
}
