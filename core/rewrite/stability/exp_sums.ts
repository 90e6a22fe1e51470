/**
 * Sums of exponentials taken apart into exponents and weights, and what is taken off the exponents so that
 * they do not overflow.
 *
 * @module
 */

import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import { type Apply, Constant, type Variable } from "../../graph/graph.ts";
import { placedInputs } from "../../graph/op.ts";
import { padded, reduced, reducedAs, withAxes } from "../../ops/common/axes.ts";
import { toposort } from "../../graph/walk.ts";
import { buildProduct, type Factor, opensAll, type Product, unpadded } from "../algebra/factors.ts";
import {
  applied,
  applyAgain,
  constantNumber,
  ew,
  inShape,
  negated,
  number,
  numberOf,
  under,
} from "../match.ts";
import { buildSum, sumOf, type Term } from "../algebra/terms.ts";

/** A product as exp(exponent) * rest. */
export interface ExpProduct {
  /** The terms of the exponent. */
  readonly exponent: readonly Term[];
  readonly rest: Product;
  /** Whether the exponent is at most 0 where it counts, since the greatest was taken off. */
  readonly isShifted: boolean;
  /** Whether there are sums in the rest, which have any size. */
  readonly hasSums: boolean;
}

/** The exponent of a power of a number, as a term; null for anything else. */
export function exponentOf({ base, power }: Factor): Term | null {
  const natural = under(base, "exp"), binary = under(base, "exp2");
  if (natural !== null && isLevel(natural)) return null;
  if (natural !== null) return { base: under(natural, "shifted") ?? natural, scale: power };
  if (binary !== null) return { base: binary, scale: power * Math.LN2 };
  const general = applied(base, "pow");
  if (general === null) return null;
  const [x, y] = general.inputs as [Variable, Variable], value = constantNumber(x);
  if (value === null || !(value > 0) || value === Infinity || y.dtype !== base.dtype) return null;
  return { base: y, scale: power * Math.log(value) };
}

/** log(sigmoid(z)) */
export function logSigmoid(z: Variable, power = 1): Term {
  return { base: ew("softplus", negated(z)), scale: -power };
}

/** The largest whole numbers with finite exponentials on both sides of 0. */
const LEVELS = { float16: 9, float32: 87, float64: 708 };

/** From here down log(softplus(z)) is z - exp(z) / 2, which softplus has no digits for in the end. */
const SMALL = { float16: -6, float32: -20, float64: -30 };

/** log(softplus(z)); null where z is known not to be that small. */
function logSoftplus(z: Variable, power: number): Term | null {
  const { dtype } = z, least = SMALL[dtype as keyof typeof SMALL], bound = number(least, dtype);
  if (applied(z, "maximum")?.inputs.some((v) => (numberOf(v) ?? -Infinity) >= least)) return null;
  const series = ew("sub", z, ew("mul", number(0.5, dtype), ew("exp", z)));
  const usual = ew("log", ew("softplus", ew("maximum", z, bound)));
  return { base: ew("switch", ew("le", z, bound), series, usual), scale: power };
}

/** The logarithm of a power of what is close to 0 as exponentials are, as a term; null for anything else. */
export function logOfSmall(base: Variable, power: number): Term | null {
  const z = under(base, "sigmoid"), x = under(base, "softplus");
  return z !== null ? logSigmoid(z, power) : x !== null ? logSoftplus(x, power) : null;
}

/**
 * The logarithm of a positive number as a whole number, since a fraction would take digits from the large
 * exponents that it is added to.
 */
export function levelOf(size: Variable): Variable {
  const most = LEVELS[size.dtype as keyof typeof LEVELS];
  const bounds = [-most, most].map((bound) => number(bound, size.dtype));
  return ew("clip", ew("round", ew("log", size)), ...bounds);
}

/** Whether an exponent is the level of a number, which scales that number and nothing else. */
function isLevel(exponent: Variable): boolean {
  const clip = applied(exponent, "clip"), whole = clip && under(clip.inputs[0]!, "round");
  return whole !== null && under(whole, "log") !== null;
}

/** Whether a variable is the exponential of what is marked as at most 0 where it counts. */
export function isShiftedExp(variable: Variable): boolean {
  return applied(under(variable, "exp") ?? variable, "shifted") !== null;
}

/** Whether the exponent of a variable has more in it than was taken off, so that it may be large. */
export function isOpenExp(variable: Variable): boolean {
  const exponent = under(variable, "exp");
  if (exponent === null || isShiftedExp(variable)) return false;
  const terms = sumOf(exponent, opensAll)?.terms ?? [], shifts: Term[] = [];
  for (const { base, scale } of terms) {
    const top = scale < 0 ? shiftedBy(base) : null;
    if (top === null) continue;
    const [greatest] = greatestOf(top);
    // What it is the greatest of may be hidden.
    if (greatest === undefined) return false;
    shifts.push({ base: greatest.exponent, scale });
  }
  const others = terms.filter(({ base, scale }) => scale > 0 || shiftedBy(base) === null);
  return [...rootsOf([...others, ...shifts]).values()].some((scale) => scale > 0);
}

/** The exponentials of a product and the rest. */
export function exponentsOf(product: Product): Pick<ExpProduct, "exponent" | "rest"> {
  const exponent: Term[] = [], rest: Factor[] = [];
  for (const factor of product.factors) {
    const term = exponentOf(factor);
    if (term === null) rest.push(factor);
    else exponent.push(term);
  }
  return { exponent, rest: { ...product, factors: rest } };
}

/** The terms of a sum, added up. */
export function sumOfTerms(terms: readonly Term[], dtype: Variable["dtype"]): Variable {
  return buildSum({ dtype, constant: 0, terms, steps: 0 });
}

/** Whether a product is one, whatever its factors are. */
export function isOne({ over, below, factors }: Product): boolean {
  return over === 1 && below === 1 && factors.length === 0;
}

/** The product of nothing. */
export function one(dtype: Variable["dtype"]): Product {
  return { dtype, over: 1, below: 1, factors: [], steps: 0 };
}

/** What was viewed, stretched or wrapped. */
function unwrapped(variable: Variable): Variable {
  let inner = variable;
  const wrappers = ["dimshuffle", "broadcastTo", "disconnectedGrad", "copy"];
  while (inner.owner !== null && wrappers.includes(inner.owner.op.name)) {
    inner = inner.owner.inputs[0]!;
  }
  return inner;
}

/** t, for what is t where t is finite: the mark of what is taken off exponents. */
function shiftedBy(variable: Variable): Variable | null {
  const apply = applied(unwrapped(variable), "switch");
  if (apply === null) return null;
  const top = unwrapped(apply.inputs[1]!), test = under(unwrapped(apply.inputs[0]!), "isfinite");
  // What is taken off may be the greatest of those that count, or else of all.
  return test !== null && unwrapped(test) === top ? shiftedBy(top) ?? top : null;
}

/** Exponents, and the factors beside their exponentials that may be 0. */
interface Weighted {
  readonly exponent: Variable;
  readonly weights: readonly Variable[];
}

/** The greatest of two or more exponents that was taken off one of them by hand. */
export function maximumTakenOff(exponent: Variable): Variable | null {
  const terms = sumOf(exponent, opensAll)?.terms ?? [];
  const isGreatest = ({ base, scale }: Term) => scale === -1 && applied(base, "maximum") !== null;
  return terms.find(isGreatest)?.base ?? null;
}

/** What a variable is the greatest of, as it stands and without the weights of those that count. */
function greatestOf(top: Variable): Weighted[] {
  const exponent = under(top, "reduce");
  if (exponent === null) return [];
  const [test, least, counting] = applied(unwrapped(exponent), "switch")?.inputs ?? [];
  const weights = test === undefined || numberOf(least!) !== -Infinity ? null : zeroIn(test);
  const whole = { exponent, weights: [] };
  return weights === null ? [whole] : [whole, { exponent: counting!, weights }];
}

/** What has to be 0 for a test to hold, one of many; null for other tests. */
function zeroIn(test: Variable): readonly Variable[] | null {
  const { owner } = unwrapped(test), [a, b] = owner?.inputs ?? [];
  if (owner?.op.name === "eq") {
    return numberOf(b!) === 0 ? [unwrapped(a!)] : numberOf(a!) === 0 ? [unwrapped(b!)] : null;
  }
  if (owner?.op.name !== "or") return null;
  const [left, right] = [zeroIn(a!), zeroIn(b!)];
  return left === null || right === null ? null : [...left, ...right];
}

function areSame(a: ReadonlyMap<Variable, number>, b: ReadonlyMap<Variable, number>): boolean {
  return a.size === b.size && [...a].every(([base, scale]) => b.get(base) === scale);
}

/**
 * What to take off exponents, given the greatest of those that count, and of all: those beside zeros alone
 * matter to the gradients in the zeros. What is infinite would make NaN.
 */
export function finiteShift(counting: Variable, all: Variable): Variable {
  // It cancels, so that gradients need not see it.
  const [top, other] = [counting, all].map((v) => ew("disconnectedGrad", v));
  const chosen = counting === all ? top! : ew("switch", ew("isfinite", top!), top!, other!);
  return ew("switch", ew("isfinite", chosen), chosen, number(0, counting.dtype));
}

/** The greatest along axes, which stay with length 1 or not. */
export function greatestAlong(of: Variable, axes: readonly number[], isKept: boolean): Variable {
  const top = reducedAs({ kind: "max", axes, dtype: of.dtype, empty: true }, of, axes);
  return isKept ? withAxes(top, axes) : top;
}

/** The same for exponents along axes, which stay with length 1 or not. */
export function shiftOf(
  exponent: Variable,
  counting: Variable,
  axes: readonly number[],
  isKept = false,
): Variable {
  const top = (of: Variable) => greatestAlong(of, axes, isKept), among = top(counting);
  return finiteShift(among, counting === exponent ? among : top(exponent));
}

/**
 * A sum of exponentials; where all exponents are infinite, which leaves 0 or infinity, gradients end. What
 * was taken down beside weights that may be 0 is infinite again where it counts.
 */
export function guarded(total: Variable, shift: Variable, isWeighted: boolean): Variable {
  const top = applied(shift, "switch")!.inputs[1]!;
  if (!isWeighted) return whereFinite(top, total);
  const greatest = ew("maximum", number(0, total.dtype), countingOf(shift) ?? top);
  return whereFinite(top, total, ew("mul", total, greatest));
}

/** A value whose gradients end where the greatest exponent is infinite, and what it is there; NaN has its own. */
function whereFinite(top: Variable, value: Variable, otherwise = value): Variable {
  return ew("switch", ew("isinf", top), ew("disconnectedGrad", otherwise), value);
}

/** Ops that exponents are put together with, beside those that only place them. */
const carriers = new Set(["switch", "ifelse", "add", "sub", "neg", "mul", "div"]);

/**
 * The rest of sums of exponentials under a logarithm, given their exponents: where none of those counts it is
 * log(0), and gradients end.
 */
export function endedAtZeros(rest: Variable, exponents: readonly Term[]): Variable {
  const counting = new Map<Variable, Variable>(), from = exponents.map(({ base }) => base);
  const isOpen = (apply: Apply) => carriers.has(apply.op.name) || placedInputs(apply) !== null;
  const inputsOf = (apply: Apply) =>
    isOpen(apply) && countingOf(apply.output) === null ? apply.inputs : [];
  for (const apply of toposort(from, undefined, inputsOf)) {
    const top = countingOf(apply.output), inputs = apply.inputs.map((v) => counting.get(v) ?? v);
    if (top !== null) counting.set(apply.output, top);
    else if (isOpen(apply) && inputs.some((v, i) => v !== apply.inputs[i])) {
      counting.set(apply.output, applyAgain(apply, inputs));
    }
  }
  return from.reduce((value, base) => {
    const top = counting.get(base);
    return top === undefined ? value : whereFinite(top, value);
  }, rest);
}

/** The greatest of the exponents that count, for what is taken off where some may not. */
function countingOf(shift: Variable): Variable | null {
  const outer = applied(shift, "switch");
  if (outer === null || shiftedBy(shift) === null) return null;
  const inner = applied(outer.inputs[1]!, "switch");
  return inner !== null && shiftedBy(inner.output) !== null ? inner.inputs[1]! : null;
}

/** Whether any exponent counts, given what was taken off them. */
export function countsSomewhere(shift: Variable): Variable {
  return ew("isfinite", countingOf(shift) ?? applied(shift, "switch")!.inputs[1]!);
}

/** Whether greatest elements, along just these axes if any are given, were taken off an exponent by hand. */
export function isShiftedByHand(x: Variable, axes: readonly number[] | null = null): boolean {
  if (axes === null) return isTakenOff(x, null);
  const shuffle = applied(x, "dimshuffle"), stretch = applied(x, "broadcastTo");
  if (shuffle !== null) {
    const { pattern } = shuffle.params as DimshuffleParams;
    const own = axes.flatMap((axis) => pattern[axis] === "x" ? [] : [pattern[axis] as number]);
    return isShiftedByHand(shuffle.inputs[0]!, own.sort((a, b) => a - b));
  }
  if (stretch !== null) {
    const inner = stretch.inputs[0]!;
    return isShiftedByHand(inner, ownAxes(axes, x, inner));
  }
  return isTakenOff(x, axes);
}

function isTakenOff(x: Variable, axes: readonly number[] | null): boolean {
  const { terms } = sumOf(x, opensAll) ?? { terms: [] };
  return terms.some(({ base, scale }) => {
    const top = applied(shiftedBy(base) ?? unwrapped(base), "reduce");
    const { kind, axes: own } = (top?.params ?? {}) as Partial<ReduceParams>;
    const isOther = axes !== null && own?.join() !== axes.join();
    if (scale !== -1 || kind !== "max" || isOther) return false;
    const others = terms.filter((term) => term.base !== base);
    return areSame(rootsOf(others), rootsOf([{ base: top!.inputs[0]!, scale: 1 }]));
  });
}

/** The sum over axes of exp(exponent) * rest. */
export interface ExpSum {
  readonly axes: readonly number[];
  /** It may have fewer axes than the summand, and axes of length 1 where that has others. */
  readonly exponent: Variable;
  readonly rest: Product;
  readonly summand: Variable;
}

/** Those of the axes of a summand that a part of it has. */
export function ownAxes(axes: readonly number[], summand: Variable, part: Variable): number[] {
  return axes.map((axis) => axis - summand.ndim + part.ndim).filter((axis) => axis >= 0);
}

/** A sum of exponentials as exp(shift) * total. */
export interface Shifted {
  readonly total: Variable;
  readonly shift: Variable;
  /** exp(exponent - shift), before it was multiplied and summed. */
  readonly summand: Variable;
}

/** An exponent, and -Infinity where a factor beside the exponential is 0. */
export function whereItCounts(exponent: Variable, rest: Product): Variable {
  const weights = weightsOf(rest);
  if (weights.length === 0) return exponent;
  return ew("switch", anyIsZero(weights), number(-Infinity, exponent.dtype), exponent);
}

function anyIsZero(weights: readonly Variable[]): Variable {
  return weights.map((weight) => ew("eq", weight, number(0, weight.dtype)))
    .reduce((a, b) => ew("or", a, b));
}

/**
 * Exponents beside the weight 0 are taken down to this: 0 times infinity is NaN, and gradients in the weight
 * meet factors that must not make them infinite.
 */
const MOST = { float16: 10, float32: 80, float64: 700 };

/** The largest numbers with finite exponentials. */
const LARGEST = { float16: 11, float32: 88, float64: 709 };

function atMost(bounds: typeof MOST, exponent: Variable): Variable {
  const most = number(bounds[exponent.dtype as keyof typeof MOST], exponent.dtype);
  return ew("minimum", most, exponent);
}

/** exp(exponent - shift) */
export function shiftedExp(exponent: Variable, shift: Variable, rest: Product): Variable {
  return boundedExp(ew("sub", exponent, shift), rest);
}

/** The exponential of what is at most 0 unless a factor beside it is 0. */
export function boundedExp(exponent: Variable, rest: Product | null): Variable {
  const isAlone = rest === null || weightsOf(rest).length === 0;
  return ew("exp", ew("shifted", isAlone ? exponent : atMost(MOST, exponent)));
}

/** The exponential of what may be large; in a product of matrices with 0 it has to be finite. */
export function largeExp(exponent: Variable, rest: Product, isInProduct: boolean): Variable {
  const weights = weightsOf(rest), counting = isInProduct ? atMost(LARGEST, exponent) : exponent;
  if (weights.length === 0) return ew("exp", counting);
  return ew("exp", ew("switch", anyIsZero(weights), atMost(MOST, exponent), counting));
}

/** Whether there are factors beside an exponential that may be 0 or close to it. */
export function mayVanish(rest: Product): boolean {
  return weightsOf(rest).some(isNearZero);
}

/** Whether elements may be 0 or close to it. */
export function isNearZero(variable: Variable): boolean {
  if (!(variable instanceof Constant)) return true;
  const { data } = variable.value, least = 1e-3;
  return data.length > LARGE || !Array.from(data, Number).every((v) => Math.abs(v) > least);
}

/** Constants with more elements than this are not searched for zeros. */
const LARGE = 4096;

/** An exponential multiplied by the factors that were beside it. */
export function weightedBy(rest: Product, e: Variable): Variable {
  return buildProduct({ ...rest, factors: [...rest.factors, { base: e, power: 1 }] });
}

/**
 * Whether a shift was taken off another sum of the same exponentials: "all" where no exponent is above it,
 * "counting" where none is that has no weight 0 beside it.
 */
export function isAtMost(
  { exponent, rest }: Pick<ExpProduct, "exponent" | "rest">,
  shift: Variable,
): "all" | "counting" | null {
  const top = shiftedBy(shift), own = rootsOf(exponent);
  const found = top === null
    ? undefined
    : greatestOf(top).find(({ exponent }) => areSame(own, rootsOf([{ base: exponent, scale: 1 }])));
  if (found === undefined) return null;
  if (found.weights.length === 0) return "all";
  const beside = new Set(weightsOf(rest).map(unwrapped));
  return found.weights.every((weight) => beside.has(weight)) ? "counting" : null;
}

/** The factors that may make 0 of a product. */
export function weightsOf({ factors }: Product): Variable[] {
  return factors.filter(({ power }) => power > 0).map(({ base }) => base);
}

/** The terms of a sum without views. */
function rootsOf(terms: readonly Term[]): Map<Variable, number> {
  const roots = new Map<Variable, number>();
  for (const { base, scale } of terms) {
    const root = unwrapped(base),
      inner = sumOf(root, opensAll)?.terms ?? [{ base: root, scale: 1 }];
    for (const term of inner) {
      const own = unwrapped(term.base);
      roots.set(own, (roots.get(own) ?? 0) + scale * term.scale);
    }
  }
  return roots;
}

/** Takes the greatest exponents off. */
export function shifted({ axes, exponent, rest, summand }: ExpSum): Shifted {
  const counting = whereItCounts(exponent, rest), own = ownAxes(axes, summand, counting);
  const shift = shiftOf(padded(exponent, counting.ndim), counting, own);
  const e = shiftedExp(exponent, unpadded(withAxes(shift, own)), rest);
  const product = inShape(weightedBy(rest, e), lengthsOf(summand));
  const total = reduced("sum", product, axes);
  const isWeighted = weightsOf(rest).length > 0;
  return {
    total: guarded(total, shift, isWeighted),
    shift: inShape(shift, lengthsOf(total)),
    summand: e,
  };
}
