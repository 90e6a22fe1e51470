/**
 * Derivatives of the elementwise ops.
 *
 * Each is written as if nothing broadcast. Complex numbers follow the convention that the gradient of a
 * real cost L is dL/dRe + i dL/dIm, so that a function with the complex derivative f' passes g·conj(f')
 * on; for real numbers `conj` is nothing.
 *
 * @module
 */

import { isComplex, isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, Constant, outputOf, type Variable } from "../core/graph/graph.ts";
import type { Params } from "../core/graph/op.ts";
import { castTo } from "../core/ops/common/build.ts";
import {
  add,
  and,
  clip,
  complex,
  conj,
  cos,
  cosh,
  digamma,
  div,
  eq,
  exp,
  expm1,
  ge,
  gt,
  imag,
  intDiv,
  isinf,
  le,
  log,
  lt,
  mul,
  neg,
  pow,
  real,
  sigmoid,
  sign,
  sin,
  sinh,
  sqr,
  sqrt,
  sub,
  trigamma,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import type { ElementwiseName } from "../core/ops/elementwise/table.ts";
import type { GradClipParams, GradScaleParams } from "../core/ops/elementwise/op_convert.ts";
import { lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { type Gradient, UndefinedGradient, zeroGradient } from "./gradient.ts";
import type { GradientRule, Tangent } from "./rule.ts";
import { numberLike, spreadLike, unstretched } from "./shapes.ts";
import { combined } from "./combined.ts";
import { kinkBetween } from "./kinks.ts";
import { asKink } from "./support.ts";
import { tetragamma } from "./tetragamma.ts";

/** The gradient of one argument from that of the result `g`, the result `y` and the arguments. */
type Partial = (g: Variable, y: Variable, ...x: readonly Variable[]) => Gradient;

/** What an op says: one for each argument; those left out have zero gradient. */
type Row = readonly Partial[] | ((params: Params) => readonly Partial[]);

/** g·conj(d), and zero where g is zero by its structure. */
function times(g: Variable, d: Variable): Variable {
  return combined(g, d, (value, at) => mul(value, conj(at)));
}

/** g/conj(d), and zero where g is zero by its structure. */
function over(g: Variable, d: Variable): Variable {
  return combined(g, d, (value, at) => div(value, conj(at)));
}

/** The partial of a function of one argument, from its derivative at x where it has the value y. */
function derivative(d: (x: Variable, y: Variable) => Variable): readonly Partial[] {
  return [(g, y, x) => times(g, d(x!, y))];
}

/** g where a condition holds, zero elsewhere. */
function keptWhere(condition: Variable, g: Variable): Variable {
  return where(condition, g, 0);
}

/** Shared equally where the arguments are equal. */
function wins(
  wins: (x: Variable, y: Variable) => Variable,
  winsOrTies: (x: Variable, y: Variable) => Variable,
): readonly Partial[] {
  const partial = (g: Variable, x: Variable, other: Variable): Variable =>
    keptWhere(
      kinkBetween(winsOrTies(x, other), [x, other]),
      where(wins(x, other), g, mul(g, 0.5)),
    );
  return [(g, _y, a, b) => partial(g, a!, b!), (g, _y, a, b) => partial(g, b!, a!)];
}

function keptBetween(
  g: Variable,
  condition: Variable,
  ...candidates: readonly Variable[]
): Variable {
  return keptWhere(kinkBetween(condition, candidates), g);
}

const pass: readonly Partial[] = [(g) => g];
/** Whole numbers, jumps, and what has no derivative other than zero. */
const flat: readonly Partial[] = [];

const rows = {
  neg: [(g) => neg(g)],
  abs: [(g, y, x) => isComplex(x!.dtype) ? times(g, conj(unit(x!, y))) : times(g, sign(x!))],
  sign: flat,
  floor: flat,
  ceil: flat,
  trunc: flat,
  round: flat,
  roundHalfAway: flat,
  sqrt: [(g, y) => over(g, mul(y, 2))],
  sqr: derivative((x) => mul(2, x)),
  reciprocal: derivative((_x, y) => neg(sqr(y))),

  exp: derivative((_x, y) => y),
  exp2: derivative((_x, y) => mul(y, Math.LN2)),
  // Not y + 1, which has no digits left for very negative x.
  expm1: derivative((x) => exp(x)),
  log: [(g, _y, x) => over(g, x!)],
  log2: [(g, _y, x) => over(g, mul(x!, Math.LN2))],
  log10: [(g, _y, x) => over(g, mul(x!, Math.LN10))],
  log1p: [(g, _y, x) => over(g, add(x!, 1))],
  sin: derivative((x) => cos(x)),
  cos: derivative((x) => neg(sin(x))),
  tan: derivative((_x, y) => add(sqr(y), 1)),
  asin: [(g, _y, x) => over(g, sqrt(sub(1, sqr(x!))))],
  acos: [(g, _y, x) => over(g, neg(sqrt(sub(1, sqr(x!)))))],
  atan: [(g, _y, x) => over(g, add(sqr(x!), 1))],
  sinh: derivative((x) => cosh(x)),
  cosh: derivative((x) => sinh(x)),
  tanh: derivative((x, y) =>
    !y.differentiates || isComplex(x.dtype) ? sub(1, sqr(y)) : mul(4, logisticSlope(mul(2, x)))
  ),
  asinh: [(g, _y, x) => over(g, sqrt(add(sqr(x!), 1)))],
  // Not x² - 1, which has few digits left near 1.
  acosh: [(g, _y, x) => over(g, sqrt(mul(sub(x!, 1), add(x!, 1))))],
  atanh: [(g, _y, x) => over(g, sub(1, sqr(x!)))],
  sigmoid: derivative((x, y) => y.differentiates ? logisticSlope(x) : mul(y, sub(1, y))),
  softplus: derivative((x) => sigmoid(x)),
  // In forms whose own derivatives do not overflow.
  logaddexp: [
    (g, _y, a, b) => times(g, sigmoid(apart(a!, b!, 0))),
    (g, _y, a, b) => times(g, sigmoid(apart(b!, a!, 0))),
  ],
  logdiffexp: [
    (g, _y, a, b) => times(g, sub(1, expOverExpm1(apart(b!, a!, -Infinity)))),
    (g, _y, a, b) => times(g, expOverExpm1(apart(b!, a!, -Infinity))),
  ],
  log1mexp: derivative((x) => expOverExpm1(x)),
  erf: derivative((x) => mul(exp(neg(sqr(x))), 2 / Math.sqrt(Math.PI))),
  erfc: derivative((x) => mul(exp(neg(sqr(x))), -2 / Math.sqrt(Math.PI))),
  erfinv: derivative((_x, y) => mul(exp(sqr(y)), Math.sqrt(Math.PI) / 2)),
  erfcinv: derivative((_x, y) => mul(exp(sqr(y)), -Math.sqrt(Math.PI) / 2)),
  gamma: derivative((x, y) => mul(y, digamma(x))),
  gammaln: derivative((x) => digamma(x)),
  digamma: derivative((x) => trigamma(x)),
  trigamma: derivative((x) => tetragamma(x)),

  add: [(g) => g, (g) => g],
  sub: [(g) => g, (g) => neg(g)],
  mul: [(g, _y, _a, b) => times(g, b!), (g, _y, a) => times(g, a!)],
  div: [(g, _y, _a, b) => over(g, b!), (g, y, _a, b) => over(times(g, neg(y)), b!)],
  intDiv: flat,
  mod: [(g) => g, (g, _y, a, b) => times(g, neg(intDiv(a!, b!)))],
  pow: [powBase, powExponent],
  atan2: [
    (g, _y, a, b) => over(times(g, b!), add(sqr(a!), sqr(b!))),
    (g, _y, a, b) => over(times(g, neg(a!)), add(sqr(a!), sqr(b!))),
  ],
  maximum: wins(gt, ge),
  minimum: wins(lt, le),
  clip: [
    (g, _y, x, lower, upper) =>
      keptBetween(g, and(ge(x!, lower!), le(x!, upper!)), x!, lower!, upper!),
    (g, _y, x, lower, upper) => keptBetween(g, lt(x!, lower!), x!, lower!, upper!),
    (g, _y, x, lower, upper) =>
      keptBetween(g, and(ge(x!, lower!), gt(x!, upper!)), x!, lower!, upper!),
  ],
  mulhi: flat,

  eq: flat,
  neq: flat,
  lt: flat,
  le: flat,
  gt: flat,
  ge: flat,
  and: flat,
  or: flat,
  xor: flat,
  invert: flat,
  leftShift: flat,
  rightShift: flat,
  isnan: flat,
  isinf: flat,
  isfinite: flat,
  switch: [
    () => zeroGradient,
    (g, _y, condition) => where(condition!, g, 0),
    (g, _y, condition) => where(condition!, 0, g),
  ],

  cast: pass,
  bitcast: flat,
  real: pass,
  imag: [(g, _y, z) => isComplex(z!.dtype) ? complex(0, g) : zeroGradient],
  conj: [(g) => conj(g)],
  complex: [(g) => real(g), (g) => imag(g)],
  angle: [angleOf],
  copy: pass,
  shifted: pass,
  held: pass,
  zeroGrad: flat,
  disconnectedGrad: [() => null],
  undefinedGrad: [() => new UndefinedGradient("undefinedGrad is on the way")],
  gradScale: (params) => [(g) => mul(g, (params as GradScaleParams).factor)],
  gradClip: (params) => [(g) => clipped(g, params as GradClipParams)],
} satisfies Record<ElementwiseName, Row>;

/**
 * The derivative of the logistic function, with all its digits where it is small. By the result it costs
 * less, and nothing has to be kept or computed again: of what the user wrote it is that, of derivatives this.
 */
function logisticSlope(x: Variable): Variable {
  return mul(sigmoid(x), sigmoid(neg(x)));
}

/** x - y, and a number instead where they are infinite and equal. */
function apart(x: Variable, y: Variable, instead: number): Variable {
  return where(and(eq(x, y), isinf(x)), instead, sub(x, y));
}

/** The derivative of log(1 - exp(x)). */
function expOverExpm1(x: Variable): Variable {
  return div(exp(x), expm1(x));
}

/** z / |z|, and 0 at 0. */
function unit(z: Variable, size: Variable): Variable {
  return div(z, where(eq(size, 0), 1, size));
}

/** The angle of z turns by Im(dz / z). */
function angleOf(g: Variable, _y: Variable, z?: Variable): Gradient {
  if (!isComplex(z!.dtype)) return zeroGradient;
  const [x, y] = [real(z!), imag(z!)];
  return over(times(g, complex(neg(y), neg(x))), add(sqr(x), sqr(y)));
}

/** Whether an exponent may be 0, where the derivative of the power is 0 and not 0·∞. */
function mayBeZero(exponent: Variable): boolean {
  return !(exponent instanceof Constant) ||
    Array.from(exponent.value.data as ArrayLike<number | bigint>).some((x) => Number(x) === 0);
}

function powBase(g: Variable, _y: Variable, x?: Variable, exponent?: Variable): Variable {
  const slope = times(times(g, exponent!), pow(x!, sub(exponent!, 1)));
  return mayBeZero(exponent!) ? where(asKink(eq(exponent!, 0)), 0, slope) : slope;
}

/** log(x)·y, and 0 where x is 0, also in further derivatives. */
function powExponent(g: Variable, y: Variable, x?: Variable): Variable {
  const none = asKink(eq(x!, 0));
  const slope = times(g, mul(y, log(where(none, 1, x!))));
  return where(none, 0, slope);
}

function clipped(g: Variable, { lower, upper }: GradClipParams): Variable {
  if (!isComplex(g.dtype)) return clip(g, lower, upper);
  return complex(clip(real(g), lower, upper), clip(imag(g), lower, upper));
}

/** Where the change of the result is the function itself of the changes. */
const ownTangent: readonly ElementwiseName[] = ["switch", "real", "imag", "complex"];

function isStretched(x: Variable, output: Variable): boolean {
  const all = lengthsOf(output), own = lengthsOf(x);
  return own.length < all.length || own.some((n, axis) => n !== all[axis]);
}

/**
 * The change of the result. An element depends on one of each argument alone: for real numbers what takes
 * gradients back takes changes forward, too, and for complex ones the conjugates of both.
 */
function tangentOf(
  { inputs, output }: Apply,
  partials: readonly Partial[],
  tangents: readonly (Variable | null)[],
  isSteered: boolean,
): Tangent {
  let sum: Variable | null = null;
  for (const [i, tangent] of tangents.entries()) {
    if (tangent === null) continue;
    const isFlat = isComplex(tangent.dtype) && !isComplex(output.dtype);
    const own = isFlat ? tangent : castTo(tangent, output.dtype);
    const whole = isStretched(inputs[i]!, output) ? spreadLike(own, output) : own;
    const turned = (v: Variable) => isSteered ? v : conj(v);
    const found = partials[i]?.(turned(whole), output, ...inputs) ?? zeroGradient;
    if (found instanceof UndefinedGradient) return found;
    if (!("dtype" in found)) continue;
    const part = isFlat ? real(turned(found)) : turned(found);
    sum = sum === null ? part : add(sum, part);
  }
  return sum;
}

function elementwiseRule(name: ElementwiseName, row: Row): GradientRule {
  return {
    pushforward(apply, tangents) {
      const { op, inputs, output, params } = apply;
      if (ownTangent.includes(name)) {
        const changes = inputs.map((x, i) => {
          if (name === "switch" && i === 0) return x;
          return tangents[i] ?? numberLike(isDiscrete(x.dtype) ? output : x, 0);
        });
        const change = outputOf(op, changes, params);
        return [inputs.some((x) => isStretched(x, output)) ? spreadLike(change, output) : change];
      }
      const isSteered = typeof row === "function";
      return [tangentOf(apply, isSteered ? row(params) : row, tangents, isSteered)];
    },
    pullback(apply: Apply, [g], wanted): Gradient[] {
      const partials = typeof row === "function" ? row(apply.params) : row;
      return apply.inputs.map((x, i) => {
        if (!wanted[i]) return null;
        const found = partials[i]?.(g!, apply.output, ...apply.inputs) ?? zeroGradient;
        if (!("dtype" in found)) return found;
        const part = isComplex(x.dtype) ? found : real(found);
        return unstretched(part, x, apply.output);
      });
    },
  };
}

/** The rules of the elementwise ops. */
export const elementwiseGradients: Readonly<Record<ElementwiseName, GradientRule>> = {
  ...Object.fromEntries(
    Object.entries(rows).map((
      [name, row],
    ) => [name, elementwiseRule(name as ElementwiseName, row)]),
  ) as Record<ElementwiseName, GradientRule>,
  disconnectedGrad: { pullback: () => [null], connected: () => false },
};
