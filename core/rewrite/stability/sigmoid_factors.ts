/**
 * Logistic functions among the factors of a product, and what is one in another spelling.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import { type Factor, opensAll, type Product } from "../algebra/factors.ts";
import { ew, negated, number, under } from "../match.ts";
import { areEqual, areOpposite, sumOf, type Term } from "../algebra/terms.ts";

/** Collects factors and their powers. */
class Factors {
  readonly #powers = new Map<Variable, number>();

  constructor(factors: readonly Factor[]) {
    for (const { base, power } of factors) this.add(base, power);
  }

  add(base: Variable, power: number): void {
    this.#powers.set(base, (this.#powers.get(base) ?? 0) + power);
  }

  get list(): Factor[] {
    return [...this.#powers].flatMap(([base, power]) => power === 0 ? [] : [{ base, power }]);
  }
}

/** c and a, for a variable that is c + c * exp(a). */
function onePlusExp(variable: Variable): { scale: number; exponent: Variable } | null {
  const sum = sumOf(variable, opensAll, opensAll, 1);
  if (sum === null || sum.terms.length !== 1 || sum.constant <= 0) return null;
  const { base, scale } = sum.terms[0]!, exponent = under(base, "exp");
  return exponent !== null && scale === sum.constant ? { scale, exponent } : null;
}

/** c, for a variable that is c * (exp(a) - 1); null for anything else. */
function expMinusOne(variable: Variable, exponent: Variable): number | null {
  const of = under(variable, "expm1");
  if (of !== null) return areEqual(of, exponent) ? 1 : null;
  const sum = sumOf(variable, opensAll, opensAll, 1);
  if (sum === null || sum.terms.length !== 1 || sum.constant === 0) return null;
  const { base, scale } = sum.terms[0]!, inner = under(base, "exp");
  const isOurs = inner !== null && scale === -sum.constant && areEqual(inner, exponent);
  return isOurs ? scale : null;
}

/** z, for a variable that is 1 - sigmoid(z). */
function oneMinusSigmoid(variable: Variable): Variable | null {
  const sum = sumOf(variable, opensAll, opensAll, 1);
  if (sum === null || sum.terms.length !== 1 || sum.constant !== 1) return null;
  const { base, scale } = sum.terms[0]!;
  return scale === -1 ? under(base, "sigmoid") : null;
}

/** 1 / (1 + exp(-z)) */
export function sigmoid(z: Variable): Variable {
  return ew("sigmoid", z);
}

/**
 * 1 / (1 + exp(a)), exp(a) / (1 + exp(a)) and (exp(a) - 1) / (exp(a) + 1) among factors; null if there are
 * none.
 */
export function withoutOnePlusExp(product: Product): Product | null {
  const factors = new Factors(product.factors);
  let { over, below } = product, found = false;
  for (const { base, power: whole } of product.factors) {
    const plus = whole < 0 ? onePlusExp(base) : null;
    if (plus === null) continue;
    found = true;
    const { exponent, scale } = plus;
    factors.add(base, -whole);
    below *= scale ** -whole;
    let power = whole;
    for (const factor of factors.list) {
      const size = factor.power > 0 ? expMinusOne(factor.base, exponent) : null;
      const pairs = size === null ? 0 : Math.min(factor.power, -power);
      if (size === null || pairs <= 0) continue;
      factors.add(factor.base, -pairs);
      factors.add(ew("tanh", ew("mul", number(0.5, exponent.dtype), exponent)), pairs);
      over *= size ** pairs;
      power += pairs;
    }
    const same = factors.list.find((factor) => {
      const inner = factor.power > 0 ? under(factor.base, "exp") : null;
      return inner !== null && areEqual(inner, exponent);
    });
    const pairs = same === undefined ? 0 : Math.min(same.power, -power);
    if (same !== undefined) factors.add(same.base, -pairs);
    if (pairs > 0) factors.add(sigmoid(exponent), pairs);
    if (-power > pairs) factors.add(sigmoid(negated(exponent)), -power - pairs);
  }
  return found ? { ...product, over, below, factors: factors.list } : null;
}

/** exp(a) * sigmoid(-a) and sigmoid(a) / exp(a) among factors; null if there are none. */
export function withoutExpTimesSigmoid(product: Product): Product | null {
  for (const { base, power } of product.factors) {
    const z = power > 0 ? under(base, "sigmoid") : null;
    if (z === null) continue;
    for (const other of product.factors) {
      const exponent = under(other.base, "exp");
      if (exponent === null) continue;
      const sign = Math.sign(other.power);
      if (!(sign > 0 ? areOpposite(exponent, z) : areEqual(exponent, z))) continue;
      const pairs = Math.min(power, Math.abs(other.power));
      const factors = new Factors(product.factors);
      factors.add(base, -pairs);
      factors.add(other.base, -sign * pairs);
      factors.add(sigmoid(sign > 0 ? exponent : negated(z)), pairs);
      return { ...product, factors: factors.list };
    }
  }
  return null;
}

/** 1 - sigmoid(z) below the fraction bar, where it must not vanish; null if there is none. */
export function withoutComplement(product: Product): Product | null {
  const factors = new Factors(product.factors);
  let found = false;
  for (const { base, power } of product.factors) {
    const z = oneMinusSigmoid(base);
    if (z === null) continue;
    const opposite = product.factors.find((other) => {
      const inner = under(other.base, "sigmoid");
      return inner !== null && areOpposite(inner, z);
    });
    if (power > 0 && (opposite === undefined || opposite.power > 0)) continue;
    found = true;
    factors.add(base, -power);
    factors.add(opposite?.base ?? sigmoid(negated(z)), power);
  }
  return found ? { ...product, factors: factors.list } : null;
}

/** (1 + tanh(y)) / 2 among factors; null if there is none. */
export function withoutTanh(product: Product): Product | null {
  if (product.over / product.below !== 0.5) return null;
  for (const factor of product.factors) {
    const sum = factor.power === 1 ? sumOf(factor.base, opensAll, opensAll, 1) : null;
    if (sum === null || sum.terms.length !== 1 || sum.constant !== 1) continue;
    const { base, scale } = sum.terms[0]!, y = under(base, "tanh");
    if (y === null || Math.abs(scale) !== 1) continue;
    const twice = ew("mul", number(2 * scale, product.dtype), y);
    const factors = product.factors.filter((other) => other !== factor);
    return {
      ...product,
      over: 1,
      below: 1,
      factors: [...factors, { base: sigmoid(twice), power: 1 }],
    };
  }
  return null;
}

/** c, for a variable that is c * (p - q); null for anything else. */
function differenceOf(variable: Variable, p: Variable, q: Variable): number | null {
  const sum = sumOf(variable, opensAll, opensAll, 2);
  if (sum === null || sum.terms.length !== 2 || sum.constant !== 0) return null;
  const [c, d] = [p, q].map((base) => sum.terms.find((term) => term.base === base)?.scale);
  return c !== undefined && c + d! === 0 ? c : null;
}

/**
 * exp(a) / (exp(a) + exp(b)) and (exp(a) - exp(b)) / (exp(a) + exp(b)) among factors; null if there are
 * none.
 */
export function withoutExpSums(product: Product): Product | null {
  for (const below of product.factors) {
    const sum = below.power < 0 ? sumOf(below.base, opensAll, opensAll, 2) : null;
    if (sum === null || sum.terms.length !== 2 || sum.constant !== 0) continue;
    const [p, q] = sum.terms as [Term, Term];
    const [a, b] = [under(p.base, "exp"), under(q.base, "exp")];
    if (a === null || b === null || p.scale !== q.scale || p.scale <= 0) continue;
    for (const factor of product.factors) {
      const size = factor.power > 0 ? differenceOf(factor.base, p.base, q.base) : null;
      if (size === null) continue;
      const pairs = Math.min(factor.power, -below.power), factors = new Factors(product.factors);
      factors.add(factor.base, -pairs);
      factors.add(below.base, pairs);
      factors.add(ew("tanh", ew("mul", number(0.5, a.dtype), ew("sub", a, b))), pairs);
      const over = product.over * (size / p.scale) ** pairs;
      return { ...product, over, factors: factors.list };
    }
    const above = product.factors.find(({ base, power }) =>
      power > 0 && (base === p.base || base === q.base)
    );
    if (above === undefined) continue;
    const [mine, other] = above.base === p.base ? [a, b] : [b, a];
    const pairs = Math.min(above.power, -below.power);
    const factors = new Factors(product.factors);
    factors.add(above.base, -pairs);
    factors.add(below.base, pairs);
    factors.add(sigmoid(ew("sub", mine, other)), pairs);
    return { ...product, below: product.below * p.scale ** pairs, factors: factors.list };
  }
  return null;
}

/** Factors without exponentials and complements that cancel against logistic functions. */
export function tidied(product: Product): Product {
  let current = product;
  for (;;) {
    const next = withoutExpTimesSigmoid(current) ?? withoutComplement(current);
    if (next === null) return current;
    current = next;
  }
}
