/**
 * What ops make of an exponential, as an exponential.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { reduced, reducedAs } from "../../ops/common/axes.ts";
import type { CumulativeParams } from "../../ops/reduce/cumulative.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { buildProduct, type Product } from "../algebra/factors.ts";
import { applyAgain, ew, inShape, number, numberOf } from "../match.ts";
import { expProduct } from "./exp_added.ts";
import { type ExpProduct, isOne, sumOfTerms } from "./exp_sums.ts";
import { isNotNegative } from "./signs.ts";

/** A product of exponentials of which exponents and the rest are viewed. */
export function viewedBy(part: ExpProduct, view: (part: Variable) => Variable): ExpProduct {
  const { exponent, rest } = part;
  return expProduct(
    view(sumOfTerms(exponent, rest.dtype)),
    isOne(rest) ? null : view(buildProduct(rest)),
    part,
  );
}

/** The number that a product is; null for any other. */
function numberIn({ over, below, factors }: Product): number | null {
  return factors.length > 0 ? null : over / below;
}

/** x, for what is exp(x) as a whole; null for what may be negative. */
export function exponentIn(part: ExpProduct | null, whole: Variable): Variable | null {
  const { dtype } = whole, value = part === null ? numberOf(whole) : numberIn(part.rest);
  const rest = part !== null && value === null ? buildProduct(part.rest) : null;
  if (value === null ? rest === null || !isNotNegative(rest) : !(value >= 0)) return null;
  const log = rest === null ? number(Math.log(value!), dtype) : ew("log", rest);
  if (part === null) return log;
  const exponent = sumOfTerms(part.exponent, dtype);
  return value === 1 ? exponent : ew("add", log, exponent);
}

/** An exponential and the positive number beside it, which goes through; null for any other rest. */
function scaled(exponent: Variable, { rest, ...found }: ExpProduct): ExpProduct | null {
  return (numberIn(rest) ?? 0) > 0 ? { ...expProduct(exponent, null, found), rest } : null;
}

/** The product of exponentials along axes is that of the sum of their exponents; so are extremes. */
export function reducedBy(apply: Apply, found: ExpProduct): ExpProduct | null {
  const params = apply.params as ReduceParams, { kind, axes, dtype } = params;
  const x = apply.inputs[0]!;
  const exponent = inShape(sumOfTerms(found.exponent, x.dtype), lengthsOf(x));
  if (kind === "max" || kind === "min") {
    const direct = scaled(reducedAs(params, exponent, axes), found);
    const own = direct === null ? exponentIn(found, x) : null;
    const whole = own && reducedAs(params, inShape(own, lengthsOf(x)), axes);
    return direct ?? (whole && expProduct(whole, null, found));
  }
  if (kind !== "prod" || dtype !== x.dtype) return null;
  const rest = isOne(found.rest)
    ? null
    : reducedAs(params, inShape(buildProduct(found.rest), lengthsOf(x)), axes);
  return expProduct(reduced("sum", exponent, axes), rest, found);
}

/** Running sums, products and extremes of exponentials. */
function accumulated(apply: Apply, found: ExpProduct): ExpProduct | null {
  const { op, inputs: [x] } = apply, params = apply.params as CumulativeParams;
  const { kind } = params;
  const along = (v: Variable, kind: CumulativeParams["kind"]) =>
    outputOf(op, [inShape(v, lengthsOf(x!))], { ...params, kind });
  const exponent = sumOfTerms(found.exponent, x!.dtype);
  switch (kind) {
    case "prod": {
      const rest = isOne(found.rest) ? null : along(buildProduct(found.rest), kind);
      return expProduct(along(exponent, "sum"), rest, found);
    }
    case "max":
    case "min":
      return scaled(along(exponent, kind), found);
    case "sum":
      return found.isShifted ? null : scaled(along(exponent, "logsumexp"), found);
    default:
      return null;
  }
}

/** Exponentials have the order of their exponents. */
function sorted(apply: Apply, found: ExpProduct): ExpProduct | null {
  const x = apply.inputs[0]!, exponent = sumOfTerms(found.exponent, x.dtype);
  return scaled(applyAgain(apply, [inShape(exponent, lengthsOf(x))]), found);
}

/** A power is that of the exponents multiplied. */
function raised({ op, inputs: [x, y], output }: Apply, found: ExpProduct): ExpProduct | null {
  const { dtype } = output, by = op.name === "sqrt" ? 0.5 : numberOf(y!);
  if (by === null || by === 0 || !Number.isFinite(by) || x!.dtype !== dtype) return null;
  const terms = found.exponent.map(({ base, scale }) => ({ base, scale: scale * by }));
  const whole = isOne(found.rest) ? null : buildProduct(found.rest);
  const rest = whole && (by === 0.5 ? ew("sqrt", whole) : ew("pow", whole, number(by, dtype)));
  const isShifted = found.isShifted && by > 0;
  return expProduct(sumOfTerms(terms, dtype), rest, { ...found, isShifted });
}

/** Exponentials have no sign. */
function unsigned(_: Apply, found: ExpProduct): ExpProduct {
  const value = numberIn(found.rest);
  if (value !== null) return { ...found, rest: { ...found.rest, over: Math.abs(found.rest.over) } };
  const exponent = sumOfTerms(found.exponent, found.rest.dtype), rest = buildProduct(found.rest);
  return expProduct(exponent, isNotNegative(rest) ? rest : ew("abs", rest), found);
}

/** By the names of ops. */
export const through = {
  abs: unsigned,
  sqrt: raised,
  pow: raised,
  sort: sorted,
  cumop: accumulated,
};
