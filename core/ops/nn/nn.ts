/**
 * What neural networks are made of: activations, softmax and losses. All of them are compositions of
 * smaller operations, in forms that neither overflow nor lose digits.
 *
 * @module
 */

import { isDiscrete, isFloat } from "../../graph/dtype.ts";
import type {
  DTypeOf,
  Floating,
  FloatLike,
  FloatPair,
  Less1,
  Pair,
  RankOf,
} from "../../graph/type_arithmetic.ts";
import type { Variable } from "../../graph/graph.ts";
import { type AxesArguments, axesOf, normalizeAxes } from "../common/arguments.ts";
import { abs, add, clip, div, mul, neg, sub } from "../elementwise/arithmetic.ts";
import { asFloating, castTo } from "../common/build.ts";
import { disconnectedGrad } from "../elementwise/conversion.ts";
import { expandDims, squeeze } from "../shape/dimshuffle.ts";
import { erfc, exp, expm1, log, log1p, sigmoid, softplus, tanh } from "../elementwise/functions.ts";
import { index } from "../index/indexing.ts";
import { takeAlongAxis } from "../index/selecting.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { ge, gt, le, lt, where } from "../elementwise/logic.ts";
import { arange } from "../create/ranges.ts";
import { sum } from "../reduce/reduce.ts";
import { topOf } from "../reduce/support.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { shown } from "../../base/shown.ts";
import { checkOptions } from "../../base/options.ts";

/** `x` less its greatest element along axes, and options that keep those axes. */
function shifted(
  name: string,
  x: TensorLike,
  given: AxesArguments,
): [Variable, { axis: number[]; keepdims: true }] {
  const v = asFloating(x), action = `Cannot take the ${name} of ${v.label}`;
  if (!isFloat(v.dtype)) throw new TypeError(`${action}: expected real numbers, got ${v.dtype}`);
  const all = given.length === 1 && given[0] === null;
  const list = axesOf(given) ?? (all ? v.type.shape.map((_, d) => d) : [-1]);
  const axes = {
    axis: normalizeAxes(list, v.ndim, action).sort((a, b) => a - b),
    keepdims: true,
  } as const;
  // The shift cancels, so gradients need not see it.
  return [sub(v, disconnectedGrad(topOf(v, axes.axis))), axes];
}

/**
 * exp(x) / sum(exp(x)) along an axis (the last one by default) without overflow. A vector gives a
 * vector.
 *
 * Throws a RangeError for an axis that is not there.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w, b] = [T.matrix("x"), T.matrix("w"), T.vector("b")];
 * const p = T.softmax(x.dot(w).add(b));
 * ```
 */
export function softmax<A extends TensorLike>(x: A, ...axis: AxesArguments): FloatLike<A> {
  const [z, axes] = shifted("softmax", x, axis);
  const e: Variable = exp(z);
  return div(e, sum(e, axes)) as Variable as FloatLike<A>;
}

/** log(softmax(x)) along an axis (the last one by default), accurate where the softmax is tiny. */
export function logSoftmax<A extends TensorLike>(x: A, ...axis: AxesArguments): FloatLike<A> {
  const [z, axes] = shifted("logSoftmax", x, axis);
  return sub(z, log(sum(exp(z), axes))) as Variable as FloatLike<A>;
}

/**
 * x where it is positive, `alpha` * x elsewhere. The derivative at 0 is alpha; NaN stays.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const [plain, leaky] = [T.relu(x), T.relu(x, 0.01)];
 * ```
 */
export function relu<A extends TensorLike, B extends TensorLike = 0>(
  x: A,
  alpha?: B,
): Pair<A, B> {
  const v = asVariable(x), slope = alpha ?? 0;
  const below: TensorLike = slope === 0 ? 0 : mul(v, slope);
  return where(le(v, 0), below, v) as Variable as Pair<A, B>;
}

/** x where it is positive, alpha * (exp(x) - 1) elsewhere. The derivative at 0 is alpha. */
export function elu<A extends TensorLike>(x: A, alpha: TensorLike = 1): FloatLike<A> {
  const v = asFloating(x), positive = gt(v, 0);
  // The exponential sees no positive numbers, so that its gradient never meets an infinity.
  const curve = mul(expm1(where(positive, 0, v)), alpha);
  return where(positive, v, curve) as Variable as FloatLike<A>;
}

/** The scaled elu of self-normalizing networks (Klambauer et al. 2017). */
export function selu<A extends TensorLike>(x: A): FloatLike<A> {
  const alpha = 1.6732632423543772, scale = 1.0507009873554805;
  return mul(scale, elu(x, alpha)) as Variable as FloatLike<A>;
}

/** Options of `gelu`. */
export interface GeluOptions {
  /** "none" (default) for the exact function, "tanh" for the usual approximation. */
  readonly approximate?: "none" | "tanh";
}

/** x times the probability that a normal number is below x. */
export function gelu<A extends TensorLike>(x: A, options: GeluOptions = {}): FloatLike<A> {
  const { approximate = "none" } = checkOptions("Cannot take gelu", options, {
    approximate: ["none", "tanh"],
  });
  const v = asFloating(x), half = mul(v, 0.5);
  if (approximate === "none") {
    // The complement keeps its digits where the probability is small.
    return mul(half, erfc(mul(v, -Math.SQRT1_2))) as Variable as FloatLike<A>;
  }
  if (approximate !== "tanh") {
    throw new TypeError(
      `Cannot take the gelu: expected approximate "none" or "tanh", got ${shown(approximate)}`,
    );
  }
  const cubic = add(v, mul(0.044715, mul(v, mul(v, v))));
  const t = tanh(mul(Math.sqrt(2 / Math.PI), cubic));
  return mul(half, add(1, t)) as Variable as FloatLike<A>;
}

/** x * sigmoid(x). */
export function silu<A extends TensorLike>(x: A): FloatLike<A> {
  const v = asFloating(x);
  return mul(v, sigmoid(v)) as Variable as FloatLike<A>;
}

/** x / (1 + |x|). */
export function softsign<A extends TensorLike>(x: A): FloatLike<A> {
  const v = asFloating(x);
  return div(v, add(1, abs(v))) as Variable as FloatLike<A>;
}

/** clip(0.2 x + 0.5, 0, 1). */
export function hardSigmoid<A extends TensorLike>(x: A): FloatLike<A> {
  return clip(add(mul(asFloating(x), 0.2), 0.5), 0, 1) as Variable as FloatLike<A>;
}

/** A sigmoid of pieces: a hyperbola, a line and a constant on either side. */
export function ultraFastSigmoid<A extends TensorLike>(x: A): FloatLike<A> {
  const half = mul(asFloating(x), 0.5), a: Variable = abs(half);
  const near = div(mul(a, 1.5), add(a, 1));
  const far = add(0.935409070603099, mul(0.0458812946797165, sub(a, 1.7)));
  const z = where(lt(a, 1.7), near, where(lt(a, 3), far, 0.99505475368673));
  const signed = where(ge(half, 0), z, neg(z));
  return mul(add(signed, 1), 0.5) as Variable as FloatLike<A>;
}

/**
 * -(t log p + (1 - t) log(1 - p)), elementwise. Of a sigmoid it is computed from the logits.
 *
 * @param p Probabilities.
 * @param t Targets in [0, 1].
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [z, y] = [T.vector("z"), T.vector("y")];
 * const cost = T.binaryCrossentropy(T.sigmoid(z), y).mean();
 * ```
 */
export function binaryCrossentropy<A extends TensorLike, B extends TensorLike>(
  p: A,
  t: B,
): FloatPair<A, B> {
  const [q, y] = probabilitiesAndTargets(p, t);
  const hit = mul(y, log(q)), miss = mul(sub(1, y), log1p(neg(q)));
  return neg(add(hit, miss)) as Variable as FloatPair<A, B>;
}

/**
 * The binary cross-entropy of sigmoid(z), from the logits: accurate for all z. Its gradient is
 * sigmoid(z) - t.
 *
 * @param z Logits.
 * @param t Targets in [0, 1].
 */
export function sigmoidBinaryCrossentropy<A extends TensorLike, B extends TensorLike>(
  z: A,
  t: B,
): FloatPair<A, B> {
  const [v, y] = probabilitiesAndTargets(z, t);
  const positive = gt(v, 0);
  // -|z|, but with a derivative of 1 at 0, which makes that of the whole 1/2 - t.
  const minus: Variable = where(positive, neg(v), v);
  const line = mul(v, sub(castTo(positive, v.dtype), y));
  return add(softplus(minus), line) as Variable as FloatPair<A, B>;
}

function probabilitiesAndTargets(p: TensorLike, t: TensorLike): [Variable, Variable] {
  const [q, y] = asVariables([p, t]) as [Variable, Variable];
  return [asFloating(q), isDiscrete(y.dtype) ? castTo(y, asFloating(q).dtype) : y];
}

/**
 * The cross-entropy of distributions along the last axis: -sum(t log p) for targets `t` of the same
 * rank, -log p[…, t] for targets that are integer positions, one rank lower.
 *
 * Throws a TypeError for targets of another rank, or of positions that are no integers.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [z, y] = [T.matrix("z"), T.ivector("y")];
 * const cost = T.categoricalCrossentropy(T.softmax(z), y).mean();
 * ```
 */
export function categoricalCrossentropy<A extends TensorLike>(
  p: A,
  t: TensorLike,
): Variable<Floating<DTypeOf<A>>, Less1<RankOf<A>>> {
  const q = asFloating(p), y = asVariable(t, q.dtype);
  return entropy(q, y) as Variable<Floating<DTypeOf<A>>, Less1<RankOf<A>>>;
}

function entropy(p: Variable, t: Variable): Variable {
  const action = "Cannot take the categorical cross-entropy";
  if (p.ndim === 0) throw new TypeError(`${action}: expected distributions, got a scalar`);
  if (t.ndim === p.ndim) {
    return neg(sum(mul(castTo(t, p.dtype), log(p)), -1));
  }
  if (t.ndim !== p.ndim - 1) {
    throw new TypeError(
      `${action}: expected targets of rank ${p.ndim} or ${
        p.ndim - 1
      }, got ${t.label} of rank ${t.ndim}`,
    );
  }
  if (!isDiscrete(t.dtype) || t.dtype === "bool") {
    throw new TypeError(`${action}: expected integers as positions, got ${t.label} of ${t.dtype}`);
  }
  if (p.ndim === 1) return neg(log(index(p, t)));
  if (p.ndim === 2) return neg(log(index(p, [arange(shapeOf(p, 0)), t])));
  const picked = takeAlongAxis(p, expandDims(t, p.ndim - 1), -1);
  return neg(log(squeeze(picked, p.ndim - 1)));
}
