/**
 * Logarithms of products, sums and exponentials, without overflow and without loss of digits.
 *
 * @module
 */

import { reduced } from "../../ops/common/axes.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import { addedUp, areShifted, type Exponential, exponential, sizedUp } from "./exp_added.ts";
import { expPartUnderLog, expProductOf, expSumOf, isOpened, powersOf } from "./exp_parts.ts";
import {
  endedAtZeros,
  exponentsOf,
  finiteShift,
  guarded,
  isOne,
  logOfSmall,
  logSigmoid,
  shiftedExp,
  sumOfTerms,
  weightedBy,
  whereItCounts,
} from "./exp_sums.ts";
import {
  buildProduct,
  type Factor,
  opensAll,
  type Product,
  productOf,
  productOps,
} from "../algebra/factors.ts";
import {
  applied,
  applyAgain,
  ew,
  instead,
  isNumber,
  isReal,
  negated,
  number,
  numberOf,
  under,
} from "../match.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";
import { areEqual, buildSum, type Sum, sumOf, sumOps, type Term } from "../algebra/terms.ts";
import { isView, sameView } from "../indexing/views.ts";

/** c and z, for a variable that is c * sigmoid(z). */
interface Logistic {
  readonly scale: number;
  readonly z: Variable;
}

/** What is a logistic function in another spelling, 1 - sigmoid(z) or 1 + tanh(z); null for anything else. */
function logisticOf(variable: Variable): Logistic | null {
  const z = under(variable, "sigmoid");
  if (z !== null) return { scale: 1, z };
  const sum = sumOf(variable, opensAll, opensAll, 1);
  return sum === null ? null : logisticSum(sum);
}

function logisticSum({ constant, terms, dtype }: Sum): Logistic | null {
  if (terms.length !== 1 || !(constant > 0)) return null;
  const { base, scale } = terms[0]!, z = under(base, "sigmoid"), y = under(base, "tanh");
  if (z !== null && scale === -constant) return { scale: constant, z: negated(z) };
  if (y === null || Math.abs(scale) !== constant) return null;
  return { scale: 2 * constant, z: ew("mul", number(scale < 0 ? -2 : 2, dtype), y) };
}

/** log(2 cosh(x)) */
function logTwiceCosh(x: Variable, power: number): Term {
  const below = ew("mul", number(-2, x.dtype), x);
  return { base: ew("add", x, ew("softplus", below)), scale: power };
}

const logOfProduct: Rule = {
  name: "log-of-product",
  law:
    "log(exp(x) * y) -> x + log(y), log(sigmoid(z)) -> -softplus(-z), log(softmax) without division, " +
    "log(softplus(x)) -> x - exp(x) / 2 where x is small, log(cosh(x)) -> x + softplus(-2 x) - log(2), log(y * erfc(x)) -> log(y) + log(erfc(x)), " +
    "log(y * sum(exp(x))) -> m + log(y * sum(exp(x - m)))",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const product = isReal(output.dtype) ? productOf(x!, opensAll) : null;
    if (product === null) return null;
    const exps = exponentsOf(product), terms = [...exps.exponent], rest: Factor[] = [];
    const ofSums: Term[] = [];
    let { over } = product;
    const isAlone = product.factors.length === 1 && product.over === 1 && product.below === 1 &&
      product.factors[0]!.power === 1;
    for (const factor of exps.rest.factors) {
      const { base, power } = factor, logistic = logisticOf(base), of = under(base, "cosh");
      const small = logistic === null ? logOfSmall(base, power) : null;
      if (of !== null) {
        terms.push(logTwiceCosh(of, power));
        over *= 2 ** -power;
      } else if (logistic !== null) {
        terms.push(logSigmoid(logistic.z, power));
        over *= logistic.scale ** power;
      } else if (small !== null) {
        terms.push(small);
      } else if (!isAlone && (isExpSum(base) || under(base, "erfc") !== null)) {
        terms.push({ base: ew("log", base), scale: power });
      } else {
        const part = isAlone ? null : expPartUnderLog(base);
        for (const { base: x, scale } of part?.exponent ?? []) {
          ofSums.push({ base: x, scale: scale * power });
        }
        rest.push(...part === null ? [factor] : powersOf(part.rest, power));
      }
    }
    terms.push(...ofSums);
    if (terms.length === 0) return null;
    const left = { ...product, over, factors: rest };
    if (!isOne(left)) terms.push(logTerm(left, ofSums));
    return instead(output, sumOfTerms(terms, output.dtype));
  },
};

/** Whether a variable is a sum of exponentials, or a view of one: certainly positive. */
function isExpSum(variable: Variable): boolean {
  const found = expSumOf(viewsOf(variable).inner);
  return found !== null && found.rest.factors.length === 0 && found.rest.over > 0;
}

/** What was viewed, and the views, outermost first. */
function viewsOf(variable: Variable): { inner: Variable; views: readonly Apply[] } {
  const views: Apply[] = [];
  let inner = variable;
  while (isView(inner.owner)) {
    views.push(inner.owner);
    inner = inner.owner.inputs[0]!;
  }
  return { inner, views };
}

/** log of a product, beside exponents of the sums in it; that of a reciprocal is a negative term. */
function logTerm(product: Product, exponents: readonly Term[]): Term {
  const [only] = product.factors;
  const plain = product.over === 1 && product.below === 1 && product.factors.length === 1;
  if (plain && only!.power < 0) {
    const base = buildProduct({ ...product, factors: [{ ...only!, power: -only!.power }] });
    return { base: ew("log", endedAtZeros(base, exponents)), scale: -1 };
  }
  return { base: ew("log", endedAtZeros(buildProduct(product), exponents)), scale: 1 };
}

const logOfReciprocal: Rule = {
  name: "log-of-reciprocal",
  law: "log(1 / x) -> -log(x)",
  ops: ["log"],
  assumesFinite: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const inner = under(x!, "reciprocal");
    return inner !== null && isReal(output.dtype) ? ew("neg", ew("log", inner)) : null;
  },
};

/** The number that is beside an exponential; null for anything else. */
function factorOf({ rest: { over, below, factors } }: Exponential): number | null {
  return factors.length === 0 ? over / below : null;
}

/** The terms of a sum as exponentials with factors; null if there are none. */
function exponentials({ terms, constant, dtype }: Sum): Exponential[] | null {
  const found: Exponential[] = [];
  const one: Product = { dtype, over: 1, below: 1, factors: [], steps: 0 };
  // Logistic functions that underflow matter where there is nothing else.
  const isOnly = constant === 0 && terms.every(({ base }) => expProductOf(base, true) !== null);
  for (const { base, scale } of terms) {
    if (isExpSum(base)) {
      found.push({ exponent: ew("log", base), rest: { ...one, over: scale } });
      continue;
    }
    const product = isOnly || expProductOf(base) !== null ? expProductOf(base, true) : null;
    found.push(
      product === null
        ? { exponent: null, rest: { ...one, over: scale, factors: [{ base, power: 1 }] } }
        : exponential(product, scale),
    );
  }
  if (found.every(({ exponent }) => exponent === null)) return null;
  if (constant !== 0) found.push({ exponent: null, rest: { ...one, over: constant } });
  return found;
}

/** x + value */
function plus(x: Variable | null, value: number, dtype: Variable["dtype"]): Variable {
  return x === null ? number(value, dtype) : value === 0 ? x : ew("add", number(value, dtype), x);
}

/** log of a sum of exponentials that is positive, or not a number. */
function logOfExponentials(
  parts: readonly Exponential[],
  dtype: Variable["dtype"],
): Variable | null {
  const factors = parts.map(factorOf);
  const logs = parts.map(({ exponent }, i) =>
    plus(exponent, Math.log(Math.abs(factors[i] ?? 1)), dtype)
  );
  const [p, q] = factors, [a, b] = logs as [Variable, Variable];
  if (parts.length === 2 && typeof p === "number" && typeof q === "number") {
    if (p < 0 && q < 0) return null;
    if (p < 0 || q < 0) return p < 0 ? logOfDifference(b, a) : logOfDifference(a, b);
    const fixed = parts.findIndex(({ exponent }) => exponent === null);
    if (fixed < 0) return ew("logaddexp", a, b);
    // log(c + k exp(x)) = log(c) + softplus(x + log(k / c))
    const c = factors[fixed]!, { exponent } = parts[1 - fixed]!;
    const inner = plus(exponent, Math.log(factors[1 - fixed]! / c), dtype);
    return plus(ew("softplus", inner), Math.log(c), dtype);
  }
  const one = parts.findIndex((part) => part.exponent === null && factorOf(part) === 1);
  if (one >= 0) return logOfOneAnd(parts.filter((_, i) => i !== one), dtype);
  const { total, shift } = addedUp(parts, dtype);
  const ended = endedAtZeros(total, [{ base: shift, scale: 1 }]);
  return ew("add", ew("log", ended), shift);
}

/** log(1 + x) for a sum of exponentials x, with the digits of x where that is close to 0. */
function logOfOneAnd(parts: readonly Exponential[], dtype: Variable["dtype"]): Variable | null {
  const isPositive = parts.every((part) => (factorOf(part) ?? -1) > 0);
  if (isPositive) {
    const inner = logOfExponentials(parts, dtype);
    return inner && ew("softplus", inner);
  }
  const { exponent, rest } = sizedUp(parts, dtype);
  const zero = number(0, dtype), counting = ew("maximum", zero, whereItCounts(exponent, rest));
  const shift = finiteShift(counting, counting);
  const x = guarded(weightedBy(rest, shiftedExp(exponent, shift, rest)), shift, true);
  // Where something was taken off, x is near 1 or -1.
  return ew("add", ew("log1p", ew("add", x, ew("expm1", ew("neg", shift)))), shift);
}

/** log(exp(a) - exp(b)) */
function logOfDifference(a: Variable, b: Variable): Variable {
  if (isNumber(a, 0)) return ew("log1mexp", b);
  if (numberOf(a) !== null) return ew("add", a, ew("log1mexp", ew("sub", b, a)));
  if (numberOf(b) === null) return ew("logdiffexp", a, b);
  return ew("add", a, ew("log1mexp", isNumber(b, 0) ? ew("neg", a) : ew("sub", b, a)));
}

/** log of a sum; null if there is nothing better than adding up and taking the logarithm. */
function logOfSumForm(sum: Sum, isLog1p: boolean): Variable | null {
  const { dtype, terms, constant } = sum;
  if (terms.length === 0) return null;
  const parts = exponentials(sum);
  if (parts !== null && parts.length > 1 && !areShifted(parts)) {
    const value = logOfExponentials(parts, dtype);
    if (value !== null) return value;
  }
  const [only] = terms, logistic = logisticSum(sum);
  if (logistic !== null) {
    return plus(sumOfTerms([logSigmoid(logistic.z)], dtype), Math.log(logistic.scale), dtype);
  }
  if (terms.length === 1 && only!.scale === -constant) {
    // 1 - tanh(x)² = 4 sigmoid(2 x) sigmoid(-2 x)
    const x = under(under(only!.base, "sqr") ?? only!.base, "tanh");
    const twice = x === null ? null : ew("mul", number(2, dtype), x);
    if (twice !== null) {
      return plus(
        sumOfTerms([logSigmoid(twice), logSigmoid(negated(twice))], dtype),
        Math.log(4 * constant),
        dtype,
      );
    }
  }
  const y = terms.length === 1 && constant === 0 ? under(only!.base, "expm1") : null;
  if (y !== null) {
    const one = number(0, dtype), size = Math.log(Math.abs(only!.scale));
    return plus(
      only!.scale > 0 ? logOfDifference(y, one) : logOfDifference(one, y),
      size,
      dtype,
    );
  }
  if (constant === 0 && isLog1p) return ew("log", buildSum(sum));
  if (constant !== 1) return null;
  return isLog1p ? null : ew("log1p", buildSum({ ...sum, constant: 0 }));
}

const logOfSum: Rule = {
  name: "log-of-sum",
  law:
    "log(1 + x) -> log1p(x), log(1 + exp(x)) -> softplus(x), log(exp(x) + exp(y)) without overflow, " +
    "also with sums of exponentials, log(1 - exp(x)) and log(exp(x) - 1) without loss of digits",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const sum = isReal(output.dtype) ? sumOf(x!, opensAll) : null;
    if (sum === null) return null;
    const isDoubled = applied(x!, "add") !== null && sum.terms.length === 1 && sum.constant === 0;
    const value = isDoubled ? ew("log", buildSum(sum)) : logOfSumForm(sum, false);
    return value === null ? null : instead(output, value);
  },
};

const log1pOfSum: Rule = {
  name: "log1p-of-sum",
  law: "log1p(exp(x)) -> softplus(x), log1p(-sigmoid(x)) -> -softplus(x), log1p(x - 1) -> log(x)",
  ops: ["log1p"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const sum = isReal(output.dtype) ? sumOf(x!, opensAll) : null;
    if (sum === null) return null;
    const value = logOfSumForm({ ...sum, constant: sum.constant + 1 }, true);
    return value === null ? null : instead(output, value);
  },
};

/** Ops that other rules look through. */
const looked = new Set([...productOps, ...sumOps, "sqrt"]);

/** Whether there may be exponentials in what an application makes. */
function isSource(apply: Apply): boolean {
  return !looked.has(apply.op.name) && isOpened(apply) && !isView(apply);
}

const logSumExp: Rule = {
  name: "log-sum-exp",
  law:
    "log(sum(exp(x))) -> m + log(sum(exp(x - m))) with m = max(x), also with factors before exp, " +
    "for products of matrices, for choices, for parts put together, changed or sorted, and " +
    "log(cumsum(exp(x))) -> logcumsumexp(x)",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const isOurs = x!.owner !== null && isSource(x!.owner);
    const found = isOurs && isReal(output.dtype) ? expPartUnderLog(x!) : null;
    if (found === null) return null;
    const rest = isOne(found.rest) ? [] : [logTerm(found.rest, found.exponent)];
    return instead(output, sumOfTerms([...rest, ...found.exponent], output.dtype));
  },
};

const throughView: readonly Rule[] = [logOfProduct, logSumExp, logOfSum];

const logOfView: Rule = {
  name: "log-of-part",
  law: "log(softmax(x)[i]) -> log(softmax(x))[i], where the logarithm of the whole is stable",
  ops: ["log"],
  stabilises: true,
  rewrite(apply, context: RewriteContext): Rewritten {
    const x = apply.inputs[0]!, { inner, views } = viewsOf(x);
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
  ops: ["log1p"],
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

/** z, for what is -softplus(z), also as -softplus(-z) - z; null for anything else. */
function negativeSoftplus({ constant, terms }: Sum): Variable | null {
  if (constant !== 0 || terms.length > 2) return null;
  for (const [i, { base, scale }] of terms.entries()) {
    const z = under(base, "softplus"), other = terms[1 - i];
    if (z === null || scale !== -1) continue;
    if (other === undefined) return z;
    const rest = sumOfTerms([other], z.dtype);
    if (areEqual(z, rest)) return negated(rest);
  }
  return null;
}

const log1mexpOfSoftplus: Rule = {
  name: "log1mexp-of-softplus",
  law: "log(1 - exp(-softplus(x))) -> -softplus(-x), also of a difference of two exponentials, " +
    "log(exp(x) - exp(x - y)) -> x + log(1 - exp(-y))",
  ops: ["log1mexp", "logdiffexp"],
  stabilises: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    if (!isReal(output.dtype)) return null;
    const sum = sumOf(y === undefined ? x! : ew("sub", y, x!), opensAll, opensAll, 3);
    if (sum === null) return null;
    const first = y === undefined || isNumber(x!, 0) ? [] : [{ base: x!, scale: 1 }];
    const z = negativeSoftplus(sum);
    if (z !== null) return instead(output, sumOfTerms([...first, logSigmoid(z)], output.dtype));
    if (y === undefined || numberOf(x!) !== null || sum.terms.some(({ base }) => base === x)) {
      return null;
    }
    const below = { base: ew("log1mexp", buildSum(sum)), scale: 1 };
    return instead(output, sumOfTerms([...first, below], output.dtype));
  },
};

const logOfTanh: Rule = {
  name: "log-of-tanh",
  law: "log(tanh(x)) -> log(1 - exp(-2 x)) - softplus(-2 x)",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const y = under(x!, "tanh");
    if (y === null || !isReal(output.dtype)) return null;
    const below = ew("mul", number(-2, output.dtype), y);
    return ew("sub", ew("log1mexp", below), ew("softplus", below));
  },
};

const logOfSinh: Rule = {
  name: "log-of-sinh",
  law: "log(sinh(x)) -> x + log(1 - exp(-2 x)) - log(2)",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output: { dtype } }): Rewritten {
    const y = under(x!, "sinh");
    if (y === null || !isReal(dtype)) return null;
    const below = ew("log1mexp", ew("mul", number(-2, dtype), y));
    return ew("sub", ew("add", y, below), number(Math.LN2, dtype));
  },
};

const logOfPower: Rule = {
  name: "log-of-power",
  law: "log(x^c) -> c log(x), for even c, of which x may be negative, c log(abs(x))",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output: { dtype } }): Rewritten {
    const [base, power] = applied(x!, "pow")?.inputs ?? [], c = power && numberOf(power);
    if (base?.dtype !== dtype || !isReal(dtype) || !Number.isFinite(c) || c === 0) return null;
    return ew("mul", number(c!, dtype), ew("log", c! % 2 === 0 ? ew("abs", base) : base));
  },
};

const logOfProd: Rule = {
  name: "log-of-prod",
  law:
    "log(prod(sigmoid(z))) -> -sum(softplus(-z)), log(prod(x)) -> sum(log(abs(x))), which is NaN " +
    "where prod(sign(x)) is negative",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output: { dtype } }): Rewritten {
    const apply = applied(x!, "reduce"), y = apply?.inputs[0];
    const { kind, axes } = (apply?.params ?? {}) as Partial<ReduceParams>;
    if (kind !== "prod" || y?.dtype !== dtype || !isReal(dtype)) return null;
    const logistic = logisticOf(y);
    if (logistic?.scale === 1) {
      return reduced("sum", sumOfTerms([logSigmoid(logistic.z)], dtype), axes!);
    }
    const isPositive = y.owner?.op.facts?.has("notNegative") === true;
    const logs = reduced("sum", ew("log", isPositive ? y : ew("abs", y)), axes!);
    const sign = isPositive ? null : applyAgain(apply!, [ew("sign", y)]);
    return sign === null ? logs : nanWhere(ew("lt", sign, number(0, dtype)), logs);
  },
};

/** A value, and NaN where there is none. */
function nanWhere(condition: Variable, value: Variable): Variable {
  return ew("switch", condition, number(NaN, value.dtype), value);
}

const logOfGamma: Rule = {
  name: "log-of-gamma",
  law: "log(gamma(x)) -> gammaln(x), which is NaN where gamma(x) is negative",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x], output: { dtype } }): Rewritten {
    const y = under(x!, "gamma");
    if (y === null || !isReal(dtype)) return null;
    const zero = number(0, dtype), whole = ew("floor", y);
    const isOdd = ew("neq", ew("mod", whole, number(2, dtype)), zero);
    const isPole = ew("eq", whole, y);
    const isNegative = ew("and", ew("lt", y, zero), ew("or", isOdd, isPole));
    return nanWhere(isNegative, ew("gammaln", y));
  },
};

/** Logarithms of other functions. */
const logOfOthers: readonly Rule[] = [logOfTanh, logOfSinh, logOfPower, logOfProd, logOfGamma];

const logOfBase: Rule = {
  name: "log-of-base",
  law: "log2(x) -> log(x) / log(2) where log(x) has a stable form, and so for log10",
  ops: ["log2", "log10"],
  stabilises: true,
  rewrite({ op: { name }, inputs: [x], output }, context: RewriteContext): Rewritten {
    if (!isReal(output.dtype)) return null;
    const whole = ew("log", x!).owner!;
    for (const rule of [...throughView, logOfView, ...logOfOthers]) {
      const found = rule.rewrite(whole, context) as Variable | null;
      if (found === null || found.owner?.op.name === "log1p") continue;
      const factor = number(name === "log2" ? Math.LOG2E : Math.LOG10E, output.dtype);
      return ew("mul", factor, found);
    }
    return null;
  },
};

const expm1: Rule = {
  name: "exp-minus-one",
  law: "exp(x) - 1 -> expm1(x), 2 - 2 * exp(x) -> -2 * expm1(x)",
  ops: ["add", "sub"],
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
  ops: ["mul"],
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
  log1mexpOfSoftplus,
  ...logOfOthers,
  logOfBase,
  log1pOfSum,
  log1pOfView,
  expm1,
  xLogX,
];
