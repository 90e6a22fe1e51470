/**
 * Sums of exponentials multiplied by an exponential, which goes into them: what overflows by itself need
 * not do so in a quotient.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { moved, padded, reduced, withAxes, withoutAxes } from "../../ops/common/axes.ts";
import type { PatternItem } from "../../ops/shape/dimshuffle.ts";
import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import { boundedExp, exponentOf, isAtMost, largeExp, sumOfTerms, weightedBy } from "./exp_sums.ts";
import { expProductOf, sumOfProducts } from "./exp_parts.ts";
import { buildProduct, opensAll, productOf, unpadded } from "../algebra/factors.ts";
import { applyAgain, ew, inShape } from "../match.ts";
import { buildSum, sumOf, type Term } from "../algebra/terms.ts";
import { isPartOf } from "../indexing/views.ts";

/** What is farther inside than this many sums keeps its own scale. */
const DEEPEST = 6;

/** Sums of more terms than this are left alone. */
const MOST_TERMS = 12;

/** What adds up exponentials: along axes, of which there may be many, or term by term. */
export function additionIn(variable: Variable): "axes" | "terms" | null {
  const { owner } = variable;
  if (owner === null) return null;
  const { name } = owner.op;
  if (name === "dimshuffle" || name === "broadcastTo") return additionIn(owner.inputs[0]!);
  if (name === "reduce") return (owner.params as ReduceParams).kind === "sum" ? "axes" : null;
  if (name === "matmul") return "axes";
  return name === "add" || name === "sub" ? "terms" : null;
}

/**
 * What may come of it: nothing that overflows ("bounds"), what overflows as it does already ("any"), or
 * no infinity, since it meets zeros in a product of matrices ("product").
 */
type Within = "bounds" | "any" | "product";

/** variable * exp(by), with the exponential inside of its sums; null where axes are in the way. */
export function timesExp(
  variable: Variable,
  by: readonly Term[],
  within: Within,
  depth = DEEPEST,
): Variable | null {
  const { owner } = variable;
  if (owner === null || depth === 0 || !by.every(({ base }) => isPartOf(variable, base))) {
    return null;
  }
  const moving = (move: (base: Variable) => Variable) =>
    by.map(({ base, scale }) => ({ base: move(padded(base, variable.ndim)), scale }));
  const whole = (value: Variable | null, like: Variable) =>
    value === null ? null : inShape(value, lengthsOf(like));
  const inner = owner.inputs[0]!;
  switch (owner.op.name) {
    case "dimshuffle": {
      const { pattern } = owner.params as DimshuffleParams;
      const back = Array.from({ length: inner.ndim }, (_, d): PatternItem => {
        const place = pattern.indexOf(d);
        return place < 0 ? "x" : place;
      });
      const value = timesExp(inner, moving((base) => moved(base, back)), within, depth);
      return value === null ? null : applyAgain(owner, [value]);
    }
    case "broadcastTo":
      return whole(timesExp(inner, by, within, depth), variable);
    case "reduce": {
      const { axes } = owner.params as ReduceParams;
      const kept = moving((base) => withAxes(base, axes));
      const value = whole(productTimesExp(inner, kept, within, depth - 1), inner);
      return value === null ? null : reduced("sum", value, axes);
    }
    case "matmul":
      return matmulTimesExp(owner, moving((base) => base), within, depth);
    default:
      return whole(sumTimesExp(variable, by, within, depth), variable);
  }
}

/** The exponential goes into the matrix of exponentials, if there is one alone and it has its rows. */
function matmulTimesExp(
  apply: Apply,
  by: readonly Term[],
  within: Within,
  depth: number,
): Variable | null {
  // Elements that overflow beside zeros are left out of a sum, but not of a product of matrices.
  const plain = within === "any" ? sumOfProducts(apply.inputs[0]!, apply.inputs[1]!) : null;
  if (plain !== null && by.every(({ base }) => base.type.shape[plain.axis] === 1)) {
    const own = by.map(({ base, scale }) => ({ base: withoutAxes(base, [plain.axis]), scale }));
    const value = timesExp(plain.sum, own, within, depth);
    return value && withAxes(value, [plain.axis]);
  }
  const sides = apply.inputs.map((side) => expProductOf(side) !== null);
  if (sides[0] === sides[1]) return null;
  const place = sides[0] ? 0 : 1, side = apply.inputs[place]!;
  const axis = side.ndim - 1 - place;
  if (by.some(({ base }) => lengthsOf(base)[axis] !== 1)) return null;
  const inside = within === "bounds" ? within : "product";
  const value = productTimesExp(side, by, inside, depth - 1);
  if (value === null) return null;
  const inputs = [...apply.inputs];
  inputs[place] = inShape(value, lengthsOf(side));
  return outputOf(apply.op, inputs, apply.params);
}

function sumTimesExp(
  variable: Variable,
  by: readonly Term[],
  within: Within,
  depth: number,
): Variable | null {
  const sum = sumOf(variable, opensAll, opensAll, MOST_TERMS), { dtype } = variable;
  if (sum === null) return null;
  const scale = ew("exp", sumOfTerms(by, dtype)), isBounded = within === "bounds";
  const terms: Term[] = [];
  for (const term of sum.terms) {
    const isExp = expProductOf(term.base) !== null;
    if (isBounded && (!isExp || sum.constant !== 0)) return null;
    const base = isExp
      ? productTimesExp(term.base, by, within, depth - 1)
      : ew("mul", term.base, scale);
    if (base === null) return null;
    terms.push({ base, scale: term.scale });
  }
  if (sum.constant !== 0) terms.push({ base: scale, scale: sum.constant });
  return buildSum({ ...sum, constant: 0, terms });
}

/** A product of exponentials and of sums of them, multiplied by one more. */
function productTimesExp(
  variable: Variable,
  by: readonly Term[],
  within: Within,
  depth: number,
): Variable | null {
  const product = productOf(variable, opensAll), part = expProductOf(variable);
  if (product === null || part === null) return null;
  if (!product.factors.some((factor) => exponentOf(factor) !== null)) {
    for (const factor of product.factors) {
      if (factor.power !== 1 || additionIn(factor.base) === null) continue;
      const base = timesExp(factor.base, by, within, depth);
      if (base === null) continue;
      const others = product.factors.filter((other) => other !== factor);
      return buildProduct({ ...product, factors: [...others, { base, power: 1 }] });
    }
  }
  const [only] = by;
  const isSafe = by.length === 1 && only!.scale === -1 ? isAtMost(part, only!.base) : null;
  if (isSafe === null && within === "bounds") return null;
  const own = by.map(({ base, scale }) => ({ base: unpadded(base), scale }));
  const exponent = sumOfTerms([...part.exponent, ...own], variable.dtype);
  if (isSafe === "all") return weightedBy(part.rest, boundedExp(exponent, null));
  const e = isSafe === null
    ? largeExp(exponent, part.rest, within === "product")
    : boundedExp(exponent, part.rest);
  return weightedBy(part.rest, e);
}
