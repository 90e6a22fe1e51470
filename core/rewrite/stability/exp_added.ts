/**
 * Products of exponentials of which several are added up: what is taken off all of their exponents, and what
 * is true of the result.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import {
  type ExpProduct,
  finiteShift,
  guarded,
  isShiftedByHand,
  levelOf,
  maximumTakenOff,
  one,
  shiftedExp,
  sumOfTerms,
  weightedBy,
  weightsOf,
  whereItCounts,
} from "./exp_sums.ts";
import { buildProduct, type Product, unpadded } from "../algebra/factors.ts";
import { ew, number, numberOf } from "../match.ts";

type Traits = Pick<ExpProduct, "isShifted" | "hasSums">;

/** What is true of several exponentials together. */
export function traitsOf(parts: readonly ExpProduct[]): Traits {
  return {
    isShifted: parts.every(({ isShifted }) => isShifted),
    hasSums: parts.some(({ hasSums }) => hasSums),
  };
}

/** What is true of a sum of exponentials. */
export const ofSums: Traits = { isShifted: false, hasSums: true };

/** exp(exponent) * rest */
export function expProduct(
  exponent: Variable,
  rest: Variable | null,
  { isShifted, hasSums }: Traits,
): ExpProduct {
  const value = rest === null ? 1 : numberOf(rest), { dtype } = exponent;
  const isNumber = value !== null && value !== 0 && Number.isFinite(value);
  return {
    isShifted,
    hasSums,
    exponent: [{ base: unpadded(exponent), scale: 1 }],
    rest: isNumber
      ? { ...one(dtype), over: value }
      : { ...one(dtype), factors: [{ base: unpadded(rest!), power: 1 }] },
  };
}

/** exp(exponent) * rest. */
export interface Exponential {
  /** Null for exp(0). */
  readonly exponent: Variable | null;
  readonly rest: Product;
  /** Whether the exponent is at most 0 where it counts. */
  readonly isShifted?: boolean;
  /** Whether the greatest was taken off by hand, so that nothing overflows. */
  readonly isBounded?: boolean;
}

/** A product of exponentials as a term of a sum. */
export function exponential(part: ExpProduct, scale: number): Exponential {
  const { exponent, rest, isShifted } = levelled(part);
  const whole = sumOfTerms(exponent, rest.dtype);
  return {
    exponent: whole,
    rest: { ...rest, over: rest.over * scale },
    isShifted,
    isBounded: isShiftedByHand(whole),
  };
}

/** A sum of exponentials as an exponential beside 1, -1 or 0. */
export function sizedUp(parts: readonly Exponential[], dtype: Variable["dtype"]) {
  const [only] = parts;
  const { total, shift } = parts.length === 1 && only!.exponent !== null
    ? { total: buildProduct(only!.rest), shift: only!.exponent }
    : addedUp(parts, dtype);
  const { exponent, rest } = levelled(expProduct(shift, total, ofSums));
  return { exponent: sumOfTerms(exponent, dtype), rest };
}

/** The same with the size of sums as a part of the exponent, so that products of many stay in range. */
export function levelled(part: ExpProduct): ExpProduct {
  const { exponent, rest, hasSums } = part, { dtype } = rest;
  if (!hasSums || rest.factors.length === 0) return part;
  const value = buildProduct(rest), size = ew("abs", value), unit = number(1, dtype);
  const hasSize = ew("and", ew("gt", size, number(0, dtype)), ew("isfinite", size));
  // It cancels, so that gradients need not see it.
  const level = levelOf(ew("disconnectedGrad", ew("switch", hasSize, size, unit)));
  return {
    isShifted: false,
    hasSums: false,
    exponent: [...exponent, { base: level, scale: 1 }],
    rest: {
      ...one(dtype),
      factors: [{ base: value, power: 1 }, { base: ew("exp", level), power: -1 }],
    },
  };
}

/** Whether the greatest exponent was taken off all of them already. */
export function areShifted(parts: readonly Exponential[]): boolean {
  const exps = parts.filter(({ exponent }) => exponent !== null);
  if (exps.every(({ isShifted }) => isShifted === true)) return true;
  // They do not matter where they underflow, unless there is nothing else.
  const isBounded = exps.every(({ isShifted, isBounded }) =>
    isShifted === true || isBounded === true
  );
  if (isBounded && exps.length < parts.length) return true;
  const [shift, ...others] = parts.map(({ exponent }) => exponent && maximumTakenOff(exponent));
  return shift !== null && shift !== undefined && others.every((other) => other === shift);
}

/** A sum of exponentials as exp(shift) * total. */
export function addedUp(parts: readonly Exponential[], dtype: Variable["dtype"]) {
  const zero = number(0, dtype), [first] = parts, shared = first?.exponent ?? null;
  if (shared !== null && parts.every(({ exponent }) => exponent === shared)) {
    const total = parts.map(({ rest }) => buildProduct(rest)).reduce((x, y) => ew("add", x, y));
    return { total, shift: shared };
  }
  const counting = parts.map(({ exponent, rest }) => whereItCounts(exponent ?? zero, rest));
  const all = parts.map(({ exponent }) => exponent ?? zero);
  const greatest = (of: readonly Variable[]) => of.reduce((x, y) => ew("maximum", x, y));
  const among = greatest(counting), isWhole = counting.every((of, i) => of === all[i]);
  const shift = finiteShift(among, isWhole ? among : greatest(all));
  const terms = parts.map(({ exponent, rest }) =>
    weightedBy(rest, shiftedExp(exponent ?? zero, shift, rest))
  );
  const isWeighted = parts.some(({ rest }) => weightsOf(rest).length > 0);
  return { total: guarded(terms.reduce((x, y) => ew("add", x, y)), shift, isWeighted), shift };
}
