/**
 * Cases of the rules that keep functions accurate.
 *
 * @module
 */

import { outputOf, type Variable } from "../../../core/graph/graph.ts";
import { reduceOp, type ReduceParams } from "../../../core/ops/reduce/reduce_ops.ts";
import { c, type Cases, ew, i, m, num, s, T, x, y, z } from "./cases.ts";

function sum(of: Variable, ...axes: number[]): Variable {
  return outputOf<ReduceParams>(reduceOp, [of], { kind: "sum", axes, dtype: of.dtype });
}

function prod(of: Variable, ...axes: number[]): Variable {
  return outputOf<ReduceParams>(reduceOp, [of], { kind: "prod", axes, dtype: of.dtype });
}

/** The greatest element along axes, as what is taken off exponents. */
function shift(of: Variable, ...axes: number[]): Variable {
  return finite(greatest(of, axes));
}

/** The greatest of those along an axis that have weights other than 0, or else of all. */
function weightedShift(counting: Variable, of: Variable, axis: number): Variable {
  return finite(greatest(counting, [axis]), greatest(of, [axis]));
}

function greatest(of: Variable, axes: readonly number[]): Variable {
  const params = { kind: "max", axes, dtype: of.dtype, empty: true } as const;
  return outputOf<ReduceParams>(reduceOp, [of], params);
}

/** What is taken off, given the greatest exponent, and that of all if some have weights. */
function finite(top: Variable, all: Variable | null = null): Variable {
  const fixed = ew("disconnectedGrad", top);
  const chosen = all === null
    ? fixed
    : ew("switch", ew("isfinite", fixed), fixed, ew("disconnectedGrad", all));
  return ew("switch", ew("isfinite", chosen), chosen, num(0));
}

/** An exponential with a factor beside it that may be 0. */
function below(exponent: Variable, shift: Variable): Variable {
  return off(ew("minimum", num(700), ew("sub", exponent, shift)));
}

/** A sum of exponentials, by what was taken off them, and what it is where that is infinite. */
function guarded(total: Variable, shift: Variable, otherwise = total): Variable {
  const top = shift.owner!.inputs[0]!.owner!.inputs[0]!;
  return ew("switch", ew("isinf", top), ew("disconnectedGrad", otherwise), total);
}

/** The same under a logarithm, for exponents of which some may not count. */
function ended(total: Variable, shift: Variable): Variable {
  const chosen = shift.owner!.inputs[1]!, counting = chosen.owner!.inputs[1]!;
  const infinite = ew("mul", total, ew("maximum", num(0), counting));
  return guarded(guarded(total, shift, infinite), chosen);
}

/** The same for the last axis of m, with the axis kept. */
const kept = () => T.dimshuffle(shift(m, 1), 0, "x");
const shifted = () => off(ew("sub", m, kept()));
const shiftedSum = () => guarded(sum(shifted(), 1), shift(m, 1));
const e = (of: Variable) => ew("exp", of);
/** The same of what the greatest was taken off. */
const off = (of: Variable) => e(ew("shifted", of));
const onePlus = (of: Variable) => ew("add", num(1), of);
const sigmoid = (of: Variable) => ew("sigmoid", of);
const softplus = (of: Variable) => ew("softplus", of);
const neg = (of: Variable) => ew("neg", of);
const column = (of: Variable) => T.dimshuffle(of, 0, "x");

/** By rule. */
export const stableCases: Cases = {
  "log-of-product": {
    fires: [
      () => [ew("log", ew("mul", e(x), s)), ew("add", x, ew("log", s))],
      () => [ew("log", sigmoid(x)), neg(softplus(neg(x)))],
      () => [
        ew("log", ew("div", shifted(), column(sum(shifted(), 1)))),
        ew("sub", ew("sub", m, kept()), ew("log", column(sum(shifted(), 1)))),
      ],
      () => [ew("log", ew("div", e(x), e(y))), ew("sub", x, y)],
      () => [
        ew("log", ew("cosh", x)),
        ew("add", ew("add", x, softplus(ew("mul", num(-2), x))), ew("log", num(0.5))),
      ],
      () => [
        ew("log", ew("mul", num(0.5), ew("erfc", x))),
        ew("add", ew("log", ew("erfc", x)), ew("log", num(0.5))),
      ],
      () => [
        ew("log", ew("div", sum(e(x), 0), s)),
        ew("sub", ew("log", sum(e(x), 0)), ew("log", s)),
      ],
    ],
    not: [
      () => ew("log", ew("mul", x, y)),
      () => ew("log", ew("mul", e(c), c)),
      () => ew("log", sum(e(x), 0)),
    ],
  },
  "quotient-of-exps": {
    fires: [
      () => [
        ew("div", e(m), column(sum(e(m), 1))),
        ew("div", shifted(), column(shiftedSum())),
      ],
      () => [
        ew("div", e(x), sum(e(x), 0)),
        (() => {
          const top = shift(x, 0), p = off(ew("sub", x, top));
          return ew("div", p, guarded(sum(p, 0), top));
        })(),
      ],
      () => [ew("div", e(x), e(y)), e(ew("sub", x, y))],
      () => [
        ew("div", ew("mul", e(x), y), ew("mul", e(z), s)),
        ew("div", ew("mul", y, e(ew("sub", x, z))), s),
      ],
      () => [ew("div", e(x), T.max(e(x))), e(ew("sub", x, T.max(x)))],
      () => [ew("div", sum(e(x), 0), e(s)), sum(e(ew("sub", x, s)), 0)],
      () => [
        ew("mul", sum(e(x), 0), ew("sigmoid", s)),
        sum(e(ew("sub", x, ew("softplus", neg(s)))), 0),
      ],
      () => {
        const top = shift(x, 0), total = sum(off(ew("sub", x, top)), 0);
        return [
          ew("div", s, sum(e(x), 0)),
          ew("div", ew("mul", s, e(neg(top))), guarded(total, top)),
        ];
      },
    ],
    not: [
      () => T.softmax(m),
      () => ew("div", x, e(y)),
      () => ew("div", e(x), y),
      () => ew("mul", e(x), sum(e(y), 0)),
      () => ew("div", shifted(), column(shiftedSum())),
      () => ew("mul", shiftedSum(), ew("sigmoid", s)),
      () => ew("mul", e(x), ew("sigmoid", y)),
    ],
  },
  "exp-times-shift": {
    fires: [
      () => [
        ew("mul", e(x), off(ew("sub", y, finite(z)))),
        e(ew("add", x, ew("sub", y, finite(z)))),
      ],
      () => {
        const top = shift(x, 0);
        return [
          ew("mul", sum(ew("mul", y, e(x)), 0), e(neg(top))),
          sum(ew("mul", y, off(ew("sub", x, top))), 0),
        ];
      },
    ],
    not: [
      () => ew("mul", e(x), e(ew("sub", y, z))),
      () => ew("mul", off(ew("sub", x, finite(z))), off(ew("sub", y, finite(z)))),
      () => ew("mul", x, off(ew("sub", y, finite(z)))),
      () => ew("mul", sum(x, 0), e(neg(shift(x, 0)))),
    ],
  },
  "log-sum-exp": {
    fires: [
      () => [ew("log", T.cumsum(e(x), 0)), T.logcumsumexp(x, 0)],
      () => [ew("log", T.cumprod(e(x), 0)), T.cumsum(x, 0)],
      () => [ew("log", T.sort(e(x), 0)), T.sort(x, 0)],
      () => [
        ew("log", sum(e(m), 1)),
        ew("add", ew("log", shiftedSum()), shift(m, 1)),
      ],
      () => {
        const top = shift(x, 0), total = sum(off(ew("sub", x, top)), 0);
        return [ew("log", sum(e(x), 0)), ew("add", ew("log", guarded(total, top)), top)];
      },
      () => {
        const counts = ew("switch", ew("eq", m, num(0)), num(-Infinity), m),
          top = weightedShift(counts, m, 1);
        const total = sum(ew("mul", m, below(m, column(top))), 1);
        return [
          ew("log", sum(ew("mul", m, e(m)), 1)),
          ew("add", ew("log", ended(total, top)), top),
        ];
      },
      // What was taken off may be that of others.
      () => {
        const half = shift(ew("mul", num(0.5), x), 0), left = ew("sub", x, T.dimshuffle(half, "x"));
        const top = shift(left, 0), total = sum(off(ew("sub", left, top)), 0);
        return [ew("log", sum(e(left), 0)), ew("add", ew("log", guarded(total, top)), top)];
      },
      // The exponents need not have all axes.
      () => {
        const counts = ew("switch", ew("eq", m, num(0)), num(-Infinity), x),
          top = weightedShift(counts, T.dimshuffle(x, "x", 0), 1);
        const total = sum(ew("mul", m, below(x, column(top))), 1);
        return [
          ew("log", sum(ew("mul", m, e(x)), 1)),
          ew("add", ew("log", ended(total, top)), top),
        ];
      },
    ],
    not: [
      () => ew("log", T.cumsum(x, 0)),
      () => ew("log", T.sort(x, 0)),

      () => ew("log", sum(shifted(), 1)),
      () => ew("log", sum(m, 1)),
      () => T.logsumexp(m, 1),
      () => T.logSoftmax(m),
    ],
  },
  "log-of-sum": {
    fires: [
      () => [ew("log", onePlus(x)), ew("log1p", x)],
      () => [ew("log", ew("sub", num(1), x)), ew("log1p", neg(x))],
      () => [ew("log", onePlus(e(x))), softplus(x)],
      () => [ew("log", ew("sub", num(1), sigmoid(x))), neg(softplus(x))],
      () => [
        ew("log", ew("add", e(x), e(y))),
        ew("logaddexp", x, y),
      ],
      () => [ew("log", ew("sub", e(x), e(y))), ew("logdiffexp", x, y)],
      () => [
        ew("log", ew("sub", e(x), num(2))),
        ew("add", x, ew("log1mexp", ew("sub", num(Math.LN2), x))),
      ],
      () => [
        ew("log", ew("add", ew("exp2", x), e(y))),
        ew("logaddexp", ew("mul", num(Math.LN2), x), y),
      ],
      () => [
        ew("log", ew("sub", num(1), ew("sqr", ew("tanh", x)))),
        ew(
          "add",
          num(Math.log(4)),
          neg(ew("add", softplus(neg(ew("mul", num(2), x))), softplus(ew("mul", num(2), x)))),
        ),
      ],
      () => [
        ew("log", ew("add", num(2), e(x))),
        ew("add", num(Math.log(2)), softplus(ew("add", num(-Math.log(2)), x))),
      ],
      () => [
        ew("log", ew("sub", num(1), e(x))),
        ew("log1mexp", x),
      ],
      () => [ew("log", ew("expm1", x)), ew("add", x, ew("log1mexp", neg(x)))],
      () => {
        const top = ew("maximum", ew("maximum", x, y), z);
        const at = finite(top);
        const parts = [x, y, z].map((v) => off(ew("sub", v, at)));
        const total = ew("add", ew("add", parts[0]!, parts[1]!), parts[2]!);
        return [
          ew("log", ew("add", ew("add", e(x), e(y)), e(z))),
          ew("add", ew("log", guarded(total, at)), at),
        ];
      },
      () => {
        const [a, b] = [ew("mul", z, e(x)), ew("mul", s, e(y))];
        const counts = [[z, x], [s, y]] as const;
        const top = finite(
          counts.map(([w, v]) => ew("switch", ew("eq", w, num(0)), num(-Infinity), v))
            .reduce((p, q) => ew("maximum", p, q)),
          ew("maximum", x, y),
        );
        const total = counts.map(([w, v]) => ew("mul", w, below(v, top)))
          .reduce((p, q) => ew("add", p, q));
        return [ew("log", ew("add", a, b)), ew("add", ew("log", ended(total, top)), top)];
      },
      () => {
        const counts = ew("switch", ew("eq", y, num(0)), num(-Infinity), num(0));
        const top = finite(ew("maximum", x, counts), ew("maximum", x, num(0)));
        const total = ew("add", off(ew("sub", x, top)), ew("mul", y, below(num(0), top)));
        return [ew("log", ew("add", e(x), y)), ew("add", ew("log", ended(total, top)), top)];
      },
    ],
    not: [
      () => ew("log", ew("add", x, y)),
      () => ew("log", ew("add", num(2), x)),
      () => ew("log", ew("add", off(x), y)),
      () => ew("log", ew("add", e(ew("sub", x, T.max(x))), y)),
      () => ew("log", onePlus(c)),
      () =>
        ew(
          "log",
          ew("add", e(ew("sub", x, ew("maximum", x, y))), e(ew("sub", y, ew("maximum", x, y)))),
        ),
      () => ew("log", ew("add", off(ew("sub", x, y)), ew("mul", z, off(ew("sub", y, y))))),
    ],
  },
  "log1mexp-of-softplus": {
    fires: [
      () => [ew("log1mexp", neg(softplus(x))), neg(softplus(neg(x)))],
      () => [ew("log1mexp", ew("mul", num(-1), softplus(x))), neg(softplus(neg(x)))],
      () => [ew("logdiffexp", num(0), neg(softplus(x))), neg(softplus(neg(x)))],
      () => [
        ew("logdiffexp", y, ew("sub", y, softplus(x))),
        ew("sub", y, softplus(neg(x))),
      ],
      // x - softplus(x), as it is written already.
      () => [ew("logdiffexp", x, neg(softplus(neg(x)))), ew("sub", x, softplus(neg(x)))],
      () => [ew("log1mexp", neg(ew("add", softplus(neg(x)), x))), neg(softplus(neg(x)))],
      () => [ew("logdiffexp", x, ew("sub", x, y)), ew("add", x, ew("log1mexp", neg(y)))],
    ],
    not: [
      () => ew("log1mexp", softplus(x)),
      () => ew("log1mexp", neg(ew("add", softplus(x), x))),
      () => ew("logdiffexp", x, ew("sub", y, z)),
      () => ew("log1mexp", ew("mul", num(-2), softplus(x))),
      () => ew("log1mexp", ew("sub", num(-1), softplus(x))),
      () => ew("logdiffexp", x, neg(softplus(y))),
    ],
  },
  "log-of-tanh": {
    fires: [() => [
      ew("log", ew("tanh", x)),
      ew("sub", ew("log1mexp", ew("mul", num(-2), x)), softplus(ew("mul", num(-2), x))),
    ]],
    not: [() => ew("log", ew("tanh", c)), () => ew("log", ew("sin", x))],
  },
  "log-of-sinh": {
    fires: [
      () => [
        ew("log", ew("sinh", x)),
        ew("sub", ew("add", x, ew("log1mexp", ew("mul", num(-2), x))), num(Math.LN2)),
      ],
    ],
    not: [() => ew("log", ew("asinh", x))],
  },
  "log-of-power": {
    fires: [
      () => [ew("log", ew("pow", x, num(0.5))), ew("mul", num(0.5), ew("log", x))],
      () => [ew("log", ew("pow", x, num(-1.7))), ew("mul", num(-1.7), ew("log", x))],
      () => [ew("log", ew("pow", x, num(4))), ew("mul", num(4), ew("log", ew("abs", x)))],
    ],
    not: [() => ew("log", ew("pow", x, num(0))), () => ew("log", ew("pow", x, y))],
  },
  "log-of-prod": {
    fires: [
      () => [ew("log", prod(sigmoid(x), 0)), sum(neg(softplus(neg(x))), 0)],
      () => [
        ew("log", prod(m, 1)),
        ew(
          "switch",
          ew("lt", prod(ew("sign", m), 1), num(0)),
          num(NaN),
          sum(ew("log", ew("abs", m)), 1),
        ),
      ],
      () => [ew("log", prod(ew("sqr", x), 0)), sum(ew("log", ew("sqr", x)), 0)],
    ],
    not: [() => ew("log", sum(x, 0)), () => ew("log", prod(c, 0))],
    numbers: [0.5, -2, 3, 0, -1, 2],
  },
  "log-of-gamma": {
    fires: [
      () => {
        const whole = ew("floor", x);
        const odd = ew("neq", ew("mod", whole, num(2)), num(0));
        const none = ew("and", ew("lt", x, num(0)), ew("or", odd, ew("eq", whole, x)));
        return [ew("log", ew("gamma", x)), ew("switch", none, num(NaN), ew("gammaln", x))];
      },
    ],
    not: [() => ew("log", ew("gammaln", x))],
    numbers: [0.5, 3, -0.5, -1.5, -2.5, 0, -1, -2, 20],
  },
  "log-of-base": {
    fires: [
      () => [
        ew("log2", ew("add", e(x), e(y))),
        ew("mul", num(Math.LOG2E), ew("logaddexp", x, y)),
      ],
      () => [ew("log10", sigmoid(x)), ew("mul", num(Math.LOG10E), neg(softplus(neg(x))))],
      () => [
        ew("log2", sum(e(m), 1)),
        ew("mul", num(Math.LOG2E), ew("add", ew("log", shiftedSum()), shift(m, 1))),
      ],
    ],
    not: [() => ew("log2", x), () => ew("log10", onePlus(x)), () => ew("log2", sum(m, 1))],
  },
  "log-of-part": {
    fires: [
      () => [
        ew("log", T.index(ew("div", e(m), s), [0])),
        T.index(ew("sub", m, ew("log", s)), [0]),
      ],
      () => [
        ew("log", column(sum(e(m), 1))),
        column(ew("add", ew("log", shiftedSum()), shift(m, 1))),
      ],
      () => [
        ew("log", T.index(T.transpose(onePlus(e(m))), [i])),
        T.index(T.transpose(softplus(m)), [i]),
      ],
    ],
    not: [() => ew("log", T.index(m, 0)), () => ew("log", T.index(onePlus(c), 0))],
    numbers: [0, 1, -1, 0.5, 2, -2],
  },
  "log-of-reciprocal": {
    fires: [() => [ew("log", ew("reciprocal", x)), neg(ew("log", x))]],
    not: [() => ew("log", ew("div", x, y)), () => ew("log", ew("reciprocal", c))],
  },
  "log1p-of-sum": {
    fires: [
      () => [ew("log1p", e(x)), softplus(x)],
      () => [ew("log1p", neg(sigmoid(x))), neg(softplus(x))],
      () => [ew("log1p", ew("mul", num(-1), sigmoid(x))), neg(softplus(x))],
      () => [ew("log1p", ew("sub", x, num(1))), ew("log", x)],
      () => [ew("log1p", ew("add", e(x), e(y))), softplus(ew("logaddexp", x, y))],
      () => [
        ew("log1p", neg(ew("minimum", e(x), num(0.5)))),
        ew("log1mexp", ew("minimum", x, num(-Math.LN2))),
      ],
    ],
    not: [
      () => ew("log1p", neg(x)),
      () => ew("log1p", ew("sub", x, y)),
      () => ew("log1p", neg(ew("minimum", x, num(0.5)))),
    ],
  },
  "log1p-of-part": {
    fires: [
      () => [
        ew("log1p", neg(T.index(sigmoid(x), [i]))),
        T.index(neg(softplus(x)), [i]),
      ],
      () => [ew("log1p", column(e(x))), column(softplus(x))],
    ],
    not: [() => ew("log1p", T.index(x, 0))],
    numbers: [0, 1, -1, 0.5, 2, -2],
  },
  "exp-minus-one": {
    fires: [
      () => [ew("sub", e(x), num(1)), ew("expm1", x)],
      () => [ew("sub", num(1), e(x)), neg(ew("expm1", x))],
      () => [
        ew("sub", ew("mul", num(2), e(x)), num(2)),
        ew("mul", num(2), ew("expm1", x)),
      ],
    ],
    not: [() => ew("sub", e(x), num(2)), () => ew("sub", e(x), e(y)), () => onePlus(e(x))],
  },
  "x-log-x": {
    fires: [
      () => [
        ew("mul", x, ew("log", x)),
        ew("mul", x, ew("log", ew("switch", ew("eq", x, num(0)), num(1), x))),
      ],
    ],
    not: [() => ew("mul", x, ew("log", y)), () => ew("mul", c, ew("log", c))],
  },

  "logistic": {
    fires: [
      () => [ew("reciprocal", onePlus(e(neg(x)))), sigmoid(x)],
      () => [ew("div", e(x), onePlus(e(x))), sigmoid(x)],
      () => [ew("div", ew("sub", e(x), num(1)), onePlus(e(x))), ew("tanh", ew("mul", num(0.5), x))],
      () => [
        ew("div", ew("mul", s, ew("expm1", x)), ew("add", num(2), ew("mul", num(2), e(x)))),
        ew("mul", ew("div", s, num(2)), ew("tanh", ew("mul", num(0.5), x))),
      ],
      () => [ew("div", s, onePlus(e(x))), ew("mul", s, sigmoid(neg(x)))],
      () => [
        ew("div", e(neg(x)), ew("sqr", onePlus(e(neg(x))))),
        ew("mul", sigmoid(neg(x)), sigmoid(x)),
      ],
      () => [
        ew("div", num(3), ew("add", num(2), ew("mul", num(2), e(x)))),
        ew("mul", ew("div", num(3), num(2)), sigmoid(neg(x))),
      ],
    ],
    not: [
      () => ew("reciprocal", ew("add", num(2), e(x))),
      () => ew("mul", s, onePlus(e(x))),
      () => ew("reciprocal", onePlus(e(c))),
    ],
  },
  "exp-times-sigmoid": {
    fires: [
      () => [ew("mul", e(x), sigmoid(neg(x))), sigmoid(x)],
      () => [ew("mul", e(neg(x)), sigmoid(x)), sigmoid(neg(x))],
      () => [ew("div", sigmoid(x), e(x)), sigmoid(neg(x))],
      () => [ew("mul", e(ew("sub", x, y)), sigmoid(ew("sub", y, x))), sigmoid(ew("sub", x, y))],
    ],
    not: [() => ew("mul", e(x), sigmoid(x)), () => ew("mul", e(neg(x)), sigmoid(y))],
  },
  "exp-over-exp-sum": {
    fires: [
      () => [ew("div", e(x), ew("add", e(x), e(y))), sigmoid(ew("sub", x, y))],
      () => [
        ew("div", ew("mul", s, e(y)), ew("add", e(x), e(y))),
        ew("mul", s, sigmoid(ew("sub", y, x))),
      ],
      () => [
        ew("div", ew("sub", e(x), e(neg(x))), ew("add", e(x), e(neg(x)))),
        ew("tanh", ew("mul", num(0.5), ew("sub", x, neg(x)))),
      ],
      () => [
        ew(
          "div",
          ew("sub", e(y), e(x)),
          ew("add", ew("mul", num(2), e(x)), ew("mul", num(2), e(y))),
        ),
        ew("mul", num(-0.5), ew("tanh", ew("mul", num(0.5), ew("sub", x, y)))),
      ],
    ],
    not: [
      () => ew("div", s, ew("add", e(x), e(y))),
      () => ew("div", e(x), ew("add", e(x), y)),
    ],
  },
  "divide-by-one-minus-sigmoid": {
    fires: [
      () => [ew("div", y, ew("sub", num(1), sigmoid(x))), ew("div", y, sigmoid(neg(x)))],
    ],
    not: [
      () => ew("mul", y, ew("sub", num(1), sigmoid(x))),
      () => ew("div", y, ew("sub", num(2), sigmoid(x))),
    ],
  },
  "tanh-logistic": {
    fires: [
      () => [
        ew("div", onePlus(ew("tanh", x)), num(2)),
        sigmoid(ew("mul", num(2), x)),
      ],
      () => [
        ew("mul", num(0.5), ew("sub", num(1), ew("tanh", x))),
        sigmoid(ew("mul", num(-2), x)),
      ],
    ],
    not: [() => ew("div", onePlus(ew("tanh", x)), num(3)), () => ew("div", onePlus(x), num(2))],
  },
  "one-minus-sigmoid": {
    fires: [
      () => [ew("sub", num(1), sigmoid(x)), sigmoid(neg(x))],
      () => [ew("sub", num(1), sigmoid(ew("sub", x, y))), sigmoid(ew("sub", y, x))],
    ],
    not: [
      () => ew("mul", sigmoid(x), ew("sub", num(1), sigmoid(x))),
      () => ew("mul", ew("mul", y, sigmoid(x)), ew("sub", num(1), sigmoid(x))),
      () => ew("sub", num(2), sigmoid(x)),
      () => ew("sub", sigmoid(x), sigmoid(y)),
    ],
  },
  "common-complement": {
    fires: [
      () => [ew("sub", y, ew("mul", y, sigmoid(x))), ew("mul", y, sigmoid(neg(x)))],
      () => [
        ew("add", ew("sub", ew("mul", y, ew("mul", s, sigmoid(x))), z), neg(ew("mul", s, y))),
        neg(ew("add", z, ew("mul", ew("mul", s, y), sigmoid(neg(x))))),
      ],
      () => [
        ew("sub", sigmoid(x), sigmoid(neg(x))),
        ew("tanh", ew("mul", num(0.5), x)),
      ],
      () => [
        ew("sub", ew("mul", y, sigmoid(neg(x))), ew("mul", sigmoid(x), y)),
        ew("mul", y, ew("tanh", ew("mul", num(0.5), neg(x)))),
      ],
    ],
    not: [
      () => ew("sub", y, ew("mul", z, sigmoid(x))),
      () => ew("add", y, ew("mul", y, sigmoid(x))),
    ],
  },
  "one-plus-tanh": {
    fires: [
      () => [onePlus(ew("tanh", x)), ew("mul", num(2), sigmoid(ew("mul", num(2), x)))],
      () => [
        ew("sub", num(0.5), ew("mul", num(0.5), ew("tanh", x))),
        sigmoid(ew("mul", num(-2), x)),
      ],
      () => [
        ew("mul", onePlus(ew("tanh", x)), ew("tanh", x)),
        ew("mul", ew("mul", num(2), sigmoid(ew("mul", num(2), x))), ew("tanh", x)),
      ],
    ],
    not: [
      () => ew("sub", num(2), ew("tanh", x)),
      () => ew("sub", num(1), ew("sqr", ew("tanh", x))),
    ],
  },
  "sinh-over-cosh": {
    fires: [() => [ew("div", ew("sinh", x), ew("cosh", x)), ew("tanh", x)]],
    not: [
      () => ew("div", ew("sinh", x), ew("cosh", y)),
      () => ew("div", ew("cosh", x), ew("sinh", x)),
    ],
  },
  "root-of-squares": {
    fires: [
      () => [ew("sqrt", ew("add", ew("sqr", x), ew("sqr", y))), T.hypot(x, y)],
      () => [ew("sqrt", ew("add", ew("sqr", x), num(4))), T.hypot(x, num(2))],
      () => [
        ew("sqrt", ew("add", num(1), ew("mul", num(4), ew("sqr", x)))),
        T.hypot(ew("mul", num(2), x), num(1)),
      ],
    ],
    not: [
      () => ew("sqrt", ew("sub", ew("sqr", x), ew("sqr", y))),
      () => ew("sqrt", ew("sub", ew("sqr", x), num(1))),
      () => ew("sqrt", ew("add", ew("sqr", x), y)),
      // How hypot itself is computed.
      () => ew("sqrt", ew("add", num(1), ew("sqr", ew("div", ew("minimum", x, y), z)))),
      () => ew("sqrt", ew("add", ew("sqr", c), num(1))),
    ],
  },
  "one-minus-cos": {
    fires: [
      () => [
        ew("sub", num(1), ew("cos", x)),
        ew("mul", num(2), ew("sqr", ew("sin", ew("mul", num(0.5), x)))),
      ],
      () => [
        ew("add", ew("mul", num(3), ew("cos", x)), num(3)),
        ew("mul", num(6), ew("sqr", ew("cos", ew("mul", num(0.5), x)))),
      ],
      () => [
        ew("sub", ew("cosh", x), num(1)),
        ew("mul", num(2), ew("sqr", ew("sinh", ew("mul", num(0.5), x)))),
      ],
    ],
    not: [() => ew("sub", num(2), ew("cos", x)), () => onePlus(ew("cosh", x))],
  },
  "softplus-difference": {
    fires: [
      () => [ew("sub", softplus(x), x), softplus(neg(x))],
      () => [ew("sub", x, softplus(x)), neg(softplus(neg(x)))],
    ],
    not: [() => ew("sub", softplus(x), y)],
  },
  "exp-product": {
    fires: [
      () => [ew("mul", e(x), e(y)), e(ew("add", x, y))],
      () => [ew("div", e(x), e(y)), e(ew("sub", x, y))],
      () => [ew("div", s, e(y)), ew("mul", s, e(neg(y)))],
    ],
    not: [
      () => ew("mul", e(x), y),
      () => ew("maximum", ew("mul", e(x), e(y)), ew("maximum", e(x), e(y))),
    ],
  },

  "one-minus-erf": {
    fires: [
      () => [ew("sub", num(1), ew("erf", x)), ew("erfc", x)],
      () => [onePlus(ew("erf", x)), ew("erfc", neg(x))],
      () => [ew("sub", ew("erf", x), num(1)), neg(ew("erfc", x))],
      () => [ew("sub", num(1), ew("erfc", x)), ew("erf", x)],
      () => [ew("sub", num(2), ew("erfc", x)), ew("erfc", neg(x))],
    ],
    not: [() => onePlus(ew("erfc", x)), () => ew("sub", num(2), ew("erf", x))],
  },
  "log-erfc": {
    fires: [() => [ew("log", ew("erfc", x)), farLogErfc(x)]],
    not: [
      () => ew("log", ew("erfc", ew("minimum", num(8), x))),
      () => ew("log", ew("erf", x)),
    ],
    numbers: [-3, 0, 0.5, 2, 7.9, 8.1, 12, 20],
  },
  "gauss-over-erfc": {
    fires: [
      () => [
        ew("div", e(neg(ew("sqr", x))), ew("erfc", x)),
        farRatio(x),
      ],
    ],
    not: [
      () => ew("div", e(ew("sqr", x)), ew("erfc", x)),
      () => ew("div", e(neg(ew("sqr", x))), ew("erfc", y)),
    ],
    numbers: [-3, 0, 0.5, 2, 7.9, 8.1, 12, 20],
  },
};

function series(of: Variable): Variable {
  const t = ew("reciprocal", ew("mul", num(2), ew("sqr", of)));
  let total = num(1);
  for (let k = 9; k > 0; k--) {
    total = ew("sub", num(1), ew("mul", ew("mul", num(2 * k - 1), t), total));
  }
  return total;
}

function bySize(near: (of: Variable) => Variable, far: (of: Variable) => Variable, of: Variable) {
  const limit = num(8);
  return ew(
    "switch",
    ew("lt", of, limit),
    near(ew("minimum", limit, of)),
    far(ew("maximum", limit, of)),
  );
}

function farLogErfc(of: Variable): Variable {
  const root = num(Math.sqrt(Math.PI));
  return bySize(
    (v) => ew("log", ew("erfc", v)),
    (v) => ew("sub", ew("log", ew("div", series(v), ew("mul", root, v))), ew("sqr", v)),
    of,
  );
}

function farRatio(of: Variable): Variable {
  const root = num(Math.sqrt(Math.PI));
  return bySize(
    (v) => ew("div", e(neg(ew("sqr", v))), ew("erfc", v)),
    (v) => ew("div", ew("mul", root, v), series(v)),
    of,
  );
}
