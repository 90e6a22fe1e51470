/**
 * Expressions as people write them, which overflow or lose all digits at the points of the table: by the
 * names that they have in `reference.json`.
 *
 * @module
 */

import { T, type Variable } from "../../../all.ts";

/** What is written; and the naive form, where that is not the same. */
export interface Expression {
  readonly written: (x: Variable) => Variable;
  readonly naive?: (x: Variable) => Variable;
}

const {
  add,
  cosh,
  div,
  erf,
  erfc,
  exp,
  log,
  log1p,
  mul,
  neg,
  sigmoid,
  softmax,
  softplus,
  sqr,
  sub,
  sum,
} = T;

type Write = (x: Variable) => Variable;

/** Of each element by itself. */
export const elementwise: Readonly<Record<string, Write>> = {
  "log(1 + exp(x))": (x) => log(add(1, exp(x))),
  "log1p(exp(x))": (x) => log1p(exp(x)),
  "log2(1 + exp(x))": (x) => T.log2(add(1, exp(x))),
  "log10(1 + exp(x))": (x) => T.log10(add(1, exp(x))),
  "log(1 + exp(-x))": (x) => log(add(1, exp(neg(x)))),
  "log(3 + exp(x))": (x) => log(add(3, exp(x))),
  "log(sigmoid(x))": (x) => log(sigmoid(x)),
  "log(1 - sigmoid(x))": (x) => log(sub(1, sigmoid(x))),
  "log1p(-sigmoid(x))": (x) => log1p(neg(sigmoid(x))),
  "log(1 / (1 + exp(-x)))": (x) => log(div(1, add(1, exp(neg(x))))),
  "1 - 1 / (1 + exp(-x))": (x) => sub(1, div(1, add(1, exp(neg(x))))),
  "exp(x) / (1 + exp(x))": (x) => div(exp(x), add(1, exp(x))),
  "1 - sigmoid(x)": (x) => sub(1, sigmoid(x)),
  "sigmoid(x) * (1 - sigmoid(x))": (x) => mul(sigmoid(x), sub(1, sigmoid(x))),
  "cross-entropy of sigmoid(x)": (x) =>
    sub(mul(-0.25, log(sigmoid(x))), mul(0.75, log(sub(1, sigmoid(x))))),
  "log(sigmoid(x) / (1 - sigmoid(x)))": (x) => log(div(sigmoid(x), sub(1, sigmoid(x)))),
  "exp(x) * sigmoid(-x)": (x) => mul(exp(x), sigmoid(neg(x))),
  "exp(x) - 1": (x) => sub(exp(x), 1),
  "2 - 2 * exp(x)": (x) => sub(2, mul(2, exp(x))),
  "log(1 + x)": (x) => log(add(1, x)),
  "log(1 - x)": (x) => log(sub(1, x)),
  "log(exp(x) - 1)": (x) => log(sub(exp(x), 1)),
  "log(1 - exp(-x))": (x) => log(sub(1, exp(neg(x)))),
  "log(1 - exp(x))": (x) => log(sub(1, exp(x))),
  "exp(log(1 + x)) - 1": (x) => sub(exp(log(add(1, x))), 1),
  "log(exp(x))": (x) => log(exp(x)),
  "log(3 * exp(x))": (x) => log(mul(3, exp(x))),
  "log(exp(x) + exp(-x))": (x) => log(add(exp(x), exp(neg(x)))),
  "log(exp(x) + exp(2 * x))": (x) => log(add(exp(x), exp(mul(2, x)))),
  "log(1 + exp(x) + exp(2 * x))": (x) => log(add(add(1, exp(x)), exp(mul(2, x)))),
  "x - log(1 + exp(x))": (x) => sub(x, log(add(1, exp(x)))),
  "exp(x) / exp(x - 2)": (x) => div(exp(x), exp(sub(x, 2))),
  "exp(x) * exp(1 - x)": (x) => mul(exp(x), exp(sub(1, x))),
  "(1 - exp(-x)) / (1 + exp(-x))": (x) => div(sub(1, exp(neg(x))), add(1, exp(neg(x)))),
  "(exp(x) - exp(-x)) / (exp(x) + exp(-x))": (x) =>
    div(sub(exp(x), exp(neg(x))), add(exp(x), exp(neg(x)))),
  "log(cosh(x))": (x) => log(cosh(x)),
  "1 - tanh(x)": (x) => sub(1, T.tanh(x)),
  "log(1 - tanh(x))": (x) => log(sub(1, T.tanh(x))),
  "log(1 + tanh(x))": (x) => log(add(1, T.tanh(x))),
  "1 - erf(x)": (x) => sub(1, erf(x)),
  "1 + erf(x)": (x) => add(1, erf(x)),
  "erf(x) - 1": (x) => sub(erf(x), 1),
  "log(erfc(x))": (x) => log(erfc(x)),
  "log(1 - erf(x))": (x) => log(sub(1, erf(x))),
  "log of the normal distribution": (x) => log(mul(0.5, erfc(mul(-Math.SQRT1_2, x)))),
  "log(x ** 20)": (x) => log(T.pow(x, 20)),
  "log(sqr(x))": (x) => log(sqr(x)),
  "log(gamma(x))": (x) => log(T.gamma(x)),
  "log(softplus(x))": (x) => log(softplus(x)),
  "log(-log(sigmoid(x)))": (x) => log(neg(log(sigmoid(x)))),
  "log(maximum(exp(x), exp(-x)))": (x) => log(T.maximum(exp(x), exp(neg(x)))),
  "log(minimum(exp(x), exp(2 * x) + 1))": (x) => log(T.minimum(exp(x), add(exp(mul(2, x)), 1))),
  "log(abs(3 * exp(x)))": (x) => log(T.abs(mul(3, exp(x)))),
  "log(where(x > 0, sigmoid(-x), softplus(x)))": (x) =>
    log(T.where(T.gt(x, 0), sigmoid(neg(x)), softplus(x))),
  "1 - cos(x)": (x) => sub(1, T.cos(x)),
  "sqrt(sqr(x) + 1)": (x) => T.sqrt(add(sqr(x), 1)),
};

const w = T.constant([0.5, 2, 0.25], "float32");

/** Of three elements together; of what has more than one, the sum with weights. */
export const whole: Readonly<Record<string, Expression>> = {
  "log(sum(exp(x)))": { written: (x) => log(sum(exp(x))) },
  "log(mean(exp(x)))": { written: (x) => log(T.mean(exp(x))) },
  "log(sum(w * exp(x)))": { written: (x) => log(sum(mul(w, exp(x)))) },
  "log(dot(w, exp(x)))": { written: (x) => log(T.dot(T.cast(w, x.dtype), exp(x))) },
  "log(sum(exp(x) ** 2))": { written: (x) => log(sum(T.pow(exp(x), 2))) },
  "log(prod(exp(x)))": { written: (x) => log(T.prod(exp(x))) },
  "log(prod(x))": { written: (x) => log(T.prod(x)) },
  "log(cumsum(exp(x)))": { written: (x) => log(T.cumsum(exp(x))) },
  "exp(x) / sum(exp(x))": { written: (x) => div(exp(x), sum(exp(x))) },
  "log(softmax(x))": { written: (x) => log(softmax(x)) },
  "log(exp(x) / sum(exp(x)))": { written: (x) => log(div(exp(x), sum(exp(x)))) },
  "-log(softmax(x)[2])": { written: (x) => neg(log(softmax(x).at(2))) },
  "sum(w * exp(x)) / sum(exp(x))": {
    written: (x) => div(sum(mul(w, exp(x))), sum(exp(x))),
  },
  "exp(x) / max(exp(x))": { written: (x) => div(exp(x), T.max(exp(x))) },
  "log(exp(x[0]) + exp(x[1]))": { written: (x) => log(add(exp(x.at(0)), exp(x.at(1)))) },
  "log(max(exp(x)))": { written: (x) => log(T.max(exp(x))) },
  "log(min(w * exp(x)))": { written: (x) => log(T.min(mul(w, exp(x)))) },
  "log(abs(sum(exp(x))))": { written: (x) => log(T.abs(sum(exp(x)))) },
  "log(maximum(exp(x[0]) + exp(x[1]), exp(x[2])))": {
    written: (x) => log(T.maximum(add(exp(x.at(0)), exp(x.at(1))), exp(x.at(2)))),
  },
  "maximum(exp(x), exp(x - 1)) / sum(exp(x))": {
    written: (x) => div(T.maximum(exp(x), exp(sub(x, 1))), sum(exp(x))),
  },
  "var(x)": {
    written: (x) => T.var(x),
    naive: (x) => sub(T.mean(sqr(x)), sqr(T.mean(x))),
  },
  "std(x)": {
    written: (x) => T.std(x),
    naive: (x) => T.sqrt(sub(T.mean(sqr(x)), sqr(T.mean(x)))),
  },
  "hypot(x[0], x[1])": {
    written: (x) => T.hypot(x.at(0), x.at(1)),
    naive: (x) => T.sqrt(add(sqr(x.at(0)), sqr(x.at(1)))),
  },
};

/** The number of which gradient and Hessian are in the table. */
export function costOf(value: Variable): Variable {
  return value.ndim === 0 ? value : sum(mul(T.cast(w, value.dtype), value));
}

/** What of a row does not have all digits where it is small beside 1; it is right to 16 digits there. */
export const shortcomings: Readonly<Record<string, readonly string[]>> = {
  "log1p(-sigmoid(x))": ["hessian"],
  "log(sigmoid(x) / (1 - sigmoid(x)))": ["hessian"],
  "(1 - exp(-x)) / (1 + exp(-x))": ["gradient", "hessian"],
  "(exp(x) - exp(-x)) / (exp(x) + exp(-x))": ["gradient", "hessian"],
  "1 - tanh(x)": ["gradient", "hessian"],
};
