/**
 * A function of its inverse.
 *
 * @module
 */

import { noComplex, real, rule, size, terms, x } from "../pattern.ts";
import type { Rule } from "../rule.ts";

const { abs, acosh, asinh, atan, atanh, cosh, erf, erfc, erfcinv, erfinv, exp, exp2 } = terms;
const { expm1, ge, invert, log, log1p, log2, mul, neg, reciprocal, sinh, sqr, sqrt } = terms;
const { switch: choose, tan, tanh } = terms;

/** f(g(x)) = x for all x that g is defined for. */
const everywhere = [
  [log, exp],
  [log2, exp2],
  [log1p, expm1],
  [asinh, sinh],
  [sinh, asinh],
  [atanh, tanh],
  [tan, atan],
  [erfinv, erf],
  [erfcinv, erfc],
] as const;

/** f(g(x)) = x from the least number on that g has a value for; elsewhere it is NaN. */
const somewhere = [
  [exp, log, 0],
  [exp2, log2, 0],
  [expm1, log1p, -1],
  [sqr, sqrt, 0],
  [cosh, acosh, 1],
] as const;

/** The rules of this file. */
export const inverseRules: readonly Rule[] = [
  rule(
    { name: "inverse", assumesFinite: true, stabilises: true },
    ...[neg, invert, reciprocal].map((f) => f(f(x)).to(x)),
    ...everywhere.map(([f, g]) => f(g(noComplex)).to(noComplex)),
  ),
  rule(
    { name: "root-of-square", stabilises: true },
    sqrt(sqr(real)).to(abs(real)),
    sqr(sqrt(size)).to(size),
    acosh(cosh(real)).to(abs(real)),
  ),
  rule(
    "inverse-where",
    ...somewhere.map(([f, g, least]) =>
      f(g(real)).to(
        choose(ge(real, least), real, NaN),
        // The outer one of log(exp(log(x))) goes first: it leaves a logarithm that may have a stable form.
        ({ context, output }) => !context.clients(output).some(({ op }) => op.name === g(real).op),
      )
    ),
  ),
];

/** Those that need the forms of the stabilising phase. */
export const stableRoots: readonly Rule[] = [rule(
  { name: "log-of-root", stabilises: true },
  log(sqrt(real)).to(mul(0.5, log(real))),
  log(sqr(real)).to(mul(2, log(abs(real)))),
)];
