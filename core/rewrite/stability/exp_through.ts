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
import { buildProduct } from "../algebra/factors.ts";
import { applyAgain, ew, inShape } from "../match.ts";
import { expProduct } from "./exp_added.ts";
import { type ExpProduct, isOne, sumOfTerms } from "./exp_sums.ts";

/** A product of exponentials of which exponents and the rest are viewed. */
export function viewedBy(part: ExpProduct, view: (part: Variable) => Variable): ExpProduct {
  const { exponent, rest } = part;
  return expProduct(
    view(sumOfTerms(exponent, rest.dtype)),
    isOne(rest) ? null : view(buildProduct(rest)),
    part,
  );
}

/** An exponential and the positive number beside it, which goes through; null for any other rest. */
function scaled(exponent: Variable, { rest, ...found }: ExpProduct): ExpProduct | null {
  const { over, below, factors } = rest;
  if (factors.length > 0 || !(over / below > 0)) return null;
  return { ...expProduct(exponent, null, found), rest };
}

/** The product of exponentials along axes is that of the sum of their exponents; so are extremes. */
export function reducedBy(apply: Apply, found: ExpProduct): ExpProduct | null {
  const params = apply.params as ReduceParams, { kind, axes, dtype } = params;
  const x = apply.inputs[0]!;
  const exponent = inShape(sumOfTerms(found.exponent, x.dtype), lengthsOf(x));
  if (kind === "max" || kind === "min") return scaled(reducedAs(params, exponent, axes), found);
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

function rooted({ output }: Apply, found: ExpProduct): ExpProduct {
  const exponent = sumOfTerms(
    found.exponent.map(({ base, scale }) => ({ base, scale: scale / 2 })),
    output.dtype,
  );
  const rest = isOne(found.rest) ? null : ew("sqrt", buildProduct(found.rest));
  return expProduct(exponent, rest, found);
}

/** By the names of ops of one input. */
export const through = { sqrt: rooted, sort: sorted, cumop: accumulated };
