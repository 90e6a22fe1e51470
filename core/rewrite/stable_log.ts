/**
 * Logarithms of products, sums and exponentials, without overflow and without loss of digits.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import type { ReduceParams } from "../ops/reduce_ops.ts";
import type { Variable } from "../variable.ts";
import { buildProduct, type Factor, opensAll, type Product, productOf } from "./factors.ts";
import {
  applied,
  constantNumber,
  ew,
  inShape,
  instead,
  isReal,
  negated,
  number,
  reduced,
  reducedAs,
  under,
  withKeptAxes,
} from "./match.ts";
import type { RewriteContext, Rewritten, Rule } from "./rule.ts";
import { buildSum, type Sum, sumOf, type Term } from "./terms.ts";
import { lengthsOf } from "../ops/known_lengths.ts";
import { isView, sameView } from "./views.ts";

/** A product as exp(exponent) * rest. */
export interface ExpProduct {
  /** The terms of the exponent. */
  readonly exponent: readonly Term[];
  readonly rest: Product;
}

/** The exponentials of a product and the rest; null without exponentials. */
export function expProductOf(variable: Variable): ExpProduct | null {
  const product = isReal(variable.dtype) ? productOf(variable, opensAll) : null;
  if (product === null) return null;
  const exponent: Term[] = [], rest: Factor[] = [];
  for (const factor of product.factors) {
    const inner = under(factor.base, "exp");
    if (inner === null) rest.push(factor);
    else exponent.push({ base: inner, scale: factor.power });
  }
  return exponent.length === 0 ? null : { exponent, rest: { ...product, factors: rest } };
}

/** The terms of a sum, added up. */
export function sumOfTerms(terms: readonly Term[], dtype: Variable["dtype"]): Variable {
  return buildSum({ dtype, constant: 0, terms, steps: 0 });
}

function isOne({ over, below, factors }: Product): boolean {
  return over === 1 && below === 1 && factors.length === 0;
}

const logOfProduct: Rule = {
  name: "log-of-product",
  law:
    "log(exp(x) * y) -> x + log(y), log(sigmoid(z)) -> -softplus(-z), log(softmax) without division",
  roots: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const product = isReal(output.dtype) ? productOf(x!, opensAll) : null;
    if (product === null) return null;
    const terms: Term[] = [], rest: Factor[] = [];
    const isAlone = product.factors.length === 1 && product.over === 1 && product.below === 1;
    for (const factor of product.factors) {
      const exponent = under(factor.base, "exp"), z = under(factor.base, "sigmoid");
      if (exponent !== null) terms.push({ base: exponent, scale: factor.power });
      else if (z !== null) terms.push({ base: ew("softplus", negated(z)), scale: -factor.power });
      else if (!isAlone && isExpSum(factor.base)) {
        terms.push({ base: ew("log", factor.base), scale: factor.power });
      } else rest.push(factor);
    }
    if (terms.length === 0) return null;
    const left = { ...product, factors: rest };
    if (!isOne(left)) terms.push(logTerm(left));
    return instead(output, sumOfTerms(terms, output.dtype));
  },
};

/** Whether a variable is a sum of exponentials, or a view of one: certainly positive. */
function isExpSum(variable: Variable): boolean {
  let inner = variable;
  while (isView(inner.owner)) inner = inner.owner.inputs[0]!;
  const found = expSumOf(inner);
  return found !== null && found.rest.factors.length === 0 && found.rest.over > 0;
}

/** log of a product; that of a reciprocal is a negative term. */
function logTerm(product: Product): Term {
  const [only] = product.factors;
  const plain = product.over === 1 && product.below === 1 && product.factors.length === 1;
  if (plain && only!.power < 0) {
    const base = buildProduct({ ...product, factors: [{ ...only!, power: -only!.power }] });
    return { base: ew("log", base), scale: -1 };
  }
  return { base: ew("log", buildProduct(product)), scale: 1 };
}

const logOfReciprocal: Rule = {
  name: "log-of-reciprocal",
  law: "log(1 / x) -> -log(x)",
  roots: ["log"],
  assumesFinite: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const inner = under(x!, "reciprocal");
    return inner !== null && isReal(output.dtype) ? ew("neg", ew("log", inner)) : null;
  },
};

/** exp(exponent) * factor, for a positive number as factor. */
interface Exponential {
  /** Null for exp(0). */
  readonly exponent: Variable | null;
  readonly factor: number;
}

/** The terms of a sum as exponentials with positive factors; null if there are others. */
function exponentials({ terms, constant, dtype }: Sum): Exponential[] | null {
  if (constant < 0) return null;
  const found: Exponential[] = [];
  for (const { base, scale } of terms) {
    const product = expProductOf(base);
    if (product === null || product.rest.factors.length > 0) return null;
    const factor = scale * product.rest.over / product.rest.below;
    if (!(factor > 0)) return null;
    found.push({ exponent: sumOfTerms(product.exponent, dtype), factor });
  }
  if (constant > 0) found.push({ exponent: null, factor: constant });
  return found;
}

/** Whether exponents have been shifted by one and the same variable already. */
function areShifted(parts: readonly Exponential[]): boolean {
  const shifts = new Set(
    parts.map(({ exponent }) =>
      exponent === null ? null : applied(exponent, "sub")?.inputs[1] ?? null
    ),
  );
  return shifts.size === 1 && !shifts.has(null);
}

/** log of a sum of exponentials. */
function logOfExponentials(parts: readonly Exponential[], dtype: Variable["dtype"]): Variable {
  const plus = (x: Variable | null, value: number): Variable =>
    x === null ? number(value, dtype) : value === 0 ? x : ew("add", number(value, dtype), x);
  const [p, q] = parts as [Exponential, Exponential];
  if (parts.length === 2 && (p.exponent === null || q.exponent === null)) {
    // log(c + k exp(x)) = log(c) + softplus(x + log(k / c))
    const [fixed, open] = p.exponent === null ? [p, q] : [q, p];
    const inner = plus(open.exponent, Math.log(open.factor / fixed.factor));
    return plus(ew("softplus", inner), Math.log(fixed.factor));
  }
  const logs = parts.map(({ exponent, factor }) => plus(exponent, Math.log(factor)));
  if (parts.length === 2) {
    const [a, b] = logs as [Variable, Variable];
    const distance = ew("neg", ew("abs", ew("sub", a, b)));
    const apart = ew("add", ew("maximum", a, b), ew("softplus", distance));
    // Equal infinities have no difference.
    return ew("switch", ew("eq", a, b), plus(a, Math.LN2), apart);
  }
  const shift = finiteShift(logs.reduce((a, b) => ew("maximum", a, b)));
  const total = logs.map((x) => ew("exp", ew("sub", x, shift))).reduce((a, b) => ew("add", a, b));
  return ew("add", ew("log", total), shift);
}

/** A shift of exponents: what is infinite would make NaN. */
function finiteShift(top: Variable): Variable {
  return ew("switch", ew("isfinite", top), top, number(0, top.dtype));
}

/** log of a sum; null if there is nothing better than adding up and taking the logarithm. */
function logOfSumForm(sum: Sum, isLog1p: boolean): Variable | null {
  const { dtype, terms, constant } = sum;
  if (terms.length === 0) return null;
  const parts = exponentials(sum);
  if (parts !== null && parts.length > 1 && !areShifted(parts)) {
    return logOfExponentials(parts, dtype);
  }
  const [only] = terms;
  const y = terms.length === 1 && constant === 0 ? under(only!.base, "expm1") : null;
  if (y !== null && !isBounded(y) && Math.abs(only!.scale) === 1) {
    return only!.scale > 0 ? logExpm1(y) : log1mexp(y);
  }
  if (constant === 0 && isLog1p) return ew("log", buildSum(sum));
  if (constant !== 1) return null;
  if (terms.length === 1 && only!.scale === -1) {
    const z = under(only!.base, "sigmoid");
    if (z !== null) return ew("neg", ew("softplus", z));
    const found = expProductOf(only!.base);
    const exponent = found !== null && isOne(found.rest) ? sumOfTerms(found.exponent, dtype) : null;
    if (exponent !== null) return isBounded(negated(exponent)) ? null : log1mexp(exponent);
  }
  return isLog1p ? null : ew("log1p", buildSum({ ...sum, constant: 0 }));
}

/** Where log(1 - exp(x)) goes from one form to the other. */
const HALF = -Math.LN2;

/**
 * log(1 - exp(x)); M. Mächler, "Accurately computing log(1 - exp(-|a|))", 2012. Each side is kept to
 * its own numbers, which also tells the rules that it is done.
 */
function log1mexp(x: Variable): Variable {
  const half = number(HALF, x.dtype);
  const near = ew("log", ew("neg", ew("expm1", ew("maximum", half, x))));
  const far = ew("log1p", ew("neg", ew("minimum", ew("exp", x), number(0.5, x.dtype))));
  return ew("switch", ew("gt", x, half), near, far);
}

/** log(exp(x) - 1), which is x and a small rest for large x. */
function logExpm1(x: Variable): Variable {
  const one = number(1, x.dtype);
  const near = ew("log", ew("expm1", ew("minimum", one, x)));
  const small = ew("exp", ew("neg", ew("maximum", one, x)));
  const far = ew("add", x, ew("log1p", ew("neg", small)));
  return ew("switch", ew("gt", x, one), far, near);
}

/** Whether a variable is kept on one side of a number. */
function isBounded(x: Variable): boolean {
  const apply = applied(x, "maximum") ?? applied(x, "minimum");
  return apply !== null && apply.inputs.some((input) => constantNumber(input) !== null);
}

const logOfSum: Rule = {
  name: "log-of-sum",
  law:
    "log(1 + x) -> log1p(x), log(1 + exp(x)) -> softplus(x), log(exp(x) + exp(y)) without overflow, " +
    "log(1 - exp(x)) and log(exp(x) - 1) without loss of digits",
  roots: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const sum = isReal(output.dtype) ? sumOf(x!, opensAll) : null;
    const value = sum === null ? null : logOfSumForm(sum, false);
    return value === null ? null : instead(output, value);
  },
};

const log1pOfSum: Rule = {
  name: "log1p-of-sum",
  law: "log1p(exp(x)) -> softplus(x), log1p(-sigmoid(x)) -> -softplus(x), log1p(x - 1) -> log(x)",
  roots: ["log1p"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const sum = isReal(output.dtype) ? sumOf(x!, opensAll) : null;
    if (sum === null) return null;
    const value = logOfSumForm({ ...sum, constant: sum.constant + 1 }, true);
    return value === null ? null : instead(output, value);
  },
};

/** Whether a greatest element along axes is taken off a variable already. */
export function isShifted(x: Variable, axes: readonly number[]): boolean {
  const sum = sumOf(x, opensAll);
  return sum !== null && sum.terms.some(({ base, scale }) => scale === -1 && isTop(base, axes));
}

function isTop(variable: Variable, axes: readonly number[]): boolean {
  let top = variable;
  for (;;) {
    const apply: Apply | null = top.owner;
    if (apply === null) return false;
    const { name } = apply.op;
    if (["dimshuffle", "broadcastTo", "disconnectedGrad", "copy"].includes(name)) {
      top = apply.inputs[0]!;
    } else if (name === "switch" && under(apply.inputs[0]!, "isfinite") === apply.inputs[1]) {
      top = apply.inputs[1]!;
    } else {
      const { kind, axes: own } = apply.params as ReduceParams;
      return name === "reduce" && kind === "max" && own.join() === axes.join();
    }
  }
}

/** The greatest exponents along axes, as they are taken off: reduced, and with the axes kept. */
export function shiftOf(
  exponent: Variable,
  axes: readonly number[],
): { reduced: Variable; kept: Variable } {
  const top = reducedAs({ kind: "max", axes, dtype: exponent.dtype, empty: true }, exponent, axes);
  const shift = finiteShift(top);
  return { reduced: shift, kept: withKeptAxes(shift, exponent.ndim, axes) };
}

/** The sum of exponentials over axes that a variable is, with the exponent in full shape. */
export function expSumOf(
  variable: Variable,
): { axes: readonly number[]; exponent: Variable; rest: Product; summand: Variable } | null {
  const sum = applied(variable, "reduce");
  if (sum === null || !isReal(variable.dtype)) return null;
  const { kind, axes, dtype } = sum.params as ReduceParams, summand = sum.inputs[0]!;
  if (kind !== "sum" || dtype !== summand.dtype) return null;
  const product = expProductOf(summand);
  if (product === null) return null;
  const exponent = inShape(sumOfTerms(product.exponent, dtype), lengthsOf(summand));
  if (isShifted(exponent, axes)) return null;
  return { axes, exponent, rest: product.rest, summand };
}

/** exp(exponent - shift) * rest */
export function shiftedSummand(exponent: Variable, shift: Variable, rest: Product): Variable {
  const e = ew("exp", ew("sub", exponent, shift));
  if (isOne(rest)) return e;
  return buildProduct({ ...rest, factors: [...rest.factors, { base: e, power: 1 }] });
}

const logSumExp: Rule = {
  name: "log-sum-exp",
  law: "log(sum(exp(x))) -> m + log(sum(exp(x - m))) with m = max(x), also with factors before exp",
  roots: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const found = expSumOf(x!);
    if (found === null) return null;
    const { axes, exponent, rest } = found;
    const shift = shiftOf(exponent, axes);
    const total = reduced("sum", shiftedSummand(exponent, shift.kept, rest), axes);
    return instead(output, ew("add", ew("log", total), shift.reduced));
  },
};

const throughView: readonly Rule[] = [logOfProduct, logSumExp, logOfSum];

const logOfView: Rule = {
  name: "log-of-part",
  law: "log(softmax(x)[i]) -> log(softmax(x))[i], where the logarithm of the whole is stable",
  roots: ["log"],
  stabilises: true,
  rewrite(apply, context: RewriteContext): Rewritten {
    const x = apply.inputs[0]!, views: Apply[] = [];
    let inner = x;
    while (isView(inner.owner)) {
      views.push(inner.owner);
      inner = inner.owner.inputs[0]!;
    }
    if (views.length === 0 || !isReal(x.dtype)) return null;
    const whole = ew("log", inner).owner!;
    for (const rule of throughView) {
      const found = rule.rewrite(whole, context) as Variable | null;
      if (found === null) continue;
      return views.reduceRight((value, view) => sameView(view, value), found);
    }
    return null;
  },
};

const log1pOfView: Rule = {
  name: "log1p-of-part",
  law: "log1p(-sigmoid(x)[i]) -> log1p(-sigmoid(x))[i], where the whole is stable",
  roots: ["log1p"],
  stabilises: true,
  rewrite({ inputs: [x] }, context: RewriteContext): Rewritten {
    const negative = under(x!, "neg"), view = (negative ?? x!).owner;
    if (!isView(view) || !isReal(x!.dtype)) return null;
    const inner = view.inputs[0]!;
    const whole = ew("log1p", negative === null ? inner : ew("neg", inner)).owner!;
    const found = log1pOfSum.rewrite(whole, context) as Variable | null;
    return found === null ? null : sameView(view, found);
  },
};

const expm1: Rule = {
  name: "exp-minus-one",
  law: "exp(x) - 1 -> expm1(x), 2 - 2 * exp(x) -> -2 * expm1(x)",
  roots: ["add", "sub"],
  stabilises: true,
  rewrite({ output }): Rewritten {
    const sum = isReal(output.dtype) ? sumOf(output, opensAll, opensAll, 1) : null;
    if (sum === null || sum.terms.length !== 1 || sum.constant === 0) return null;
    const { base, scale } = sum.terms[0]!, x = under(base, "exp");
    if (x === null || scale !== -sum.constant) return null;
    return instead(output, sumOfTerms([{ base: ew("expm1", x), scale }], output.dtype));
  },
};

const xLogX: Rule = {
  name: "x-log-x",
  law: "x * log(x) -> 0 where x = 0, not NaN",
  roots: ["mul"],
  stabilises: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    if (!isReal(output.dtype)) return null;
    const of = (a: Variable, b: Variable): Variable | null => {
      if (under(b, "log") !== a || a.dtype !== output.dtype) return null;
      const one = number(1, a.dtype), zero = number(0, a.dtype);
      return ew("mul", a, ew("log", ew("switch", ew("eq", a, zero), one, a)));
    };
    return of(x!, y!) ?? of(y!, x!);
  },
};

/** The rules of this file. */
export const stableLogRules: readonly Rule[] = [
  logOfProduct,
  logSumExp,
  logOfSum,
  logOfView,
  logOfReciprocal,
  log1pOfSum,
  log1pOfView,
  expm1,
  xLogX,
];
