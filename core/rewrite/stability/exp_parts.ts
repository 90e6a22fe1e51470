/**
 * Expressions that are linear in exponentials, in the form exp(exponent) * rest without overflow: sums and
 * products of matrices of them, views, choices and what is put in a row.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { type Length, placedInputs } from "../../graph/op.ts";
import { lengthVariable } from "../../ops/common/length_rules.ts";
import { moved, reduced, withAxes, withoutAxes } from "../../ops/common/axes.ts";
import { toposort } from "../../graph/walk.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { withShape } from "../../ops/shape/shape_ops.ts";
import { ifelse } from "../../ops/control/control.ts";
import { ifelseOp, type IfElseParams } from "../../ops/control/ifelse_op.ts";
import { incSubtensorOp } from "../../ops/index/subtensor.ts";
import { matmulOp } from "../../ops/linalg/matmul.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import {
  exponentOf,
  type ExpProduct,
  type ExpSum,
  isAtMost,
  isNearZero,
  isOne,
  isShiftedByHand,
  isShiftedExp,
  logOfSmall,
  mayVanish,
  one,
  ownAxes,
  type Shifted,
  shifted,
  sumOfTerms,
} from "./exp_sums.ts";
import {
  buildProduct,
  type Factor,
  opensAll,
  type Product,
  productOf,
  productOps,
  unpadded,
} from "../algebra/factors.ts";
import { applied, applyAgain, ew, inShape, isReal, number, numberOf } from "../match.ts";
import { transposed } from "../../ops/common/axes.ts";
import { type Sum, sumOf, sumOps, type Term } from "../algebra/terms.ts";
import { isView, sameView, viewThrough } from "../indexing/views.ts";
import {
  addedUp,
  areShifted,
  type Exponential,
  exponential,
  expProduct,
  levelled,
  ofSums,
  traitsOf,
} from "./exp_added.ts";
import { balanced, turnedBack } from "./exp_balanced.ts";
import { exponentIn, reducedBy, through, viewedBy } from "./exp_through.ts";

/** What was found: the same parts are asked for again and again. */
const known = new WeakMap<Variable, ExpProduct | null>();
const knownSmall = new WeakMap<Variable, ExpProduct | null>();

/** Products without exponentials. */
const plain = new WeakSet<Variable>();

/** Sums of more terms than this are left alone. */
const MOST_TERMS = 12;

/**
 * The exponentials of a product and the rest; null without exponentials. Under a logarithm, where it matters
 * that they underflow, logistic functions and softplus are such, too.
 */
export function expProductOf(variable: Variable, isUnderLog = false): ExpProduct | null {
  if (isUnderLog) return takenExps(variable, true);
  if (plain.has(variable)) return null;
  const found = takenExps(variable, false);
  if (found === null) plain.add(variable);
  return found;
}

function takenExps(variable: Variable, isUnderLog: boolean): ExpProduct | null {
  const product = isReal(variable.dtype) ? productOf(unpadded(variable), opensAll) : null;
  if (product === null) return null;
  const exponent: Term[] = [], rest: Factor[] = [];
  let isShifted = true, hasSums = false;
  for (const factor of product.factors) {
    const { base, power } = factor, small = isUnderLog ? logOfSmall(base, power) : null;
    const term = small ?? exponentOf(factor);
    const inner = term !== null ? null : expPartOf(base) ?? (isUnderLog ? smallPartOf(base) : null);
    if (term === null && inner === null) {
      rest.push(factor);
      continue;
    }
    isShifted &&= power > 0 && (inner?.isShifted ?? isShiftedExp(base));
    hasSums ||= inner?.hasSums === true;
    exponent.push(term ?? { base: sumOfTerms(inner!.exponent, base.dtype), scale: power });
    if (inner !== null) rest.push(...powersOf(inner.rest, power));
  }
  const left = { ...product, factors: rest };
  return exponent.length === 0 ? null : { exponent, rest: left, isShifted, hasSums };
}

/** The factors of a power of a product. */
export function powersOf(product: Product, by: number): Factor[] {
  if (isOne(product)) return [];
  if (product.over !== 1 || product.below !== 1) {
    return [{ base: buildProduct(product), power: by }];
  }
  return product.factors.map(({ base, power }) => ({ base, power: power * by }));
}

/** What is computed from exponentials by anything but a product, as one; null for anything else. */
export function expPartOf(variable: Variable): ExpProduct | null {
  const have = known.get(variable);
  if (have !== undefined) return have;
  // What is inside comes first, so that chains of any length need no deep stack.
  const order = toposort(
    [variable],
    (v) => known.has(v),
    (apply) => isOpened(apply) ? apply.inputs : [],
  );
  for (const { outputs } of order) {
    for (const output of outputs) known.set(output, newPartOf(output));
  }
  return known.get(variable) ?? null;
}

/** What is chosen or put together of what matters under a logarithm only, as an exponential. */
function smallPartOf(variable: Variable): ExpProduct | null {
  const order = toposort(
    [variable],
    (v) => knownSmall.has(v),
    (apply) => isOpened(apply) ? apply.inputs : [],
  );
  for (const { outputs } of order) {
    for (const output of outputs) knownSmall.set(output, newSmallPartOf(output));
  }
  return knownSmall.get(variable) ?? null;
}

function newSmallPartOf(variable: Variable): ExpProduct | null {
  const apply = variable.owner;
  if (apply === null || !isReal(variable.dtype)) return null;
  if (apply.op.name === "switch") return choiceOf(apply, true);
  if (apply.op.name === "ifelse") return lazyChoiceOf(variable, true);
  if (bounding.includes(apply.op.name)) return boundedOf(apply, true);
  return isView(apply) ? viewOf(apply, smallPartOf(apply.inputs[0]!)) : joinedOf(apply, true);
}

const opened = new Set([
  ...productOps,
  ...sumOps,
  "switch",
  "ifelse",
  "reduce",
  "matmul",
  "sqrt",
  "sort",
  "cumop",
  "incSubtensor",
  "advInc",
  "pow",
  "maximum",
  "minimum",
  "clip",
  "abs",
]);

/** Whether the exponentials in the inputs of an application may be those of its result. */
export function isOpened(apply: Apply): boolean {
  return opened.has(apply.op.name) || placedInputs(apply) !== null;
}

function newPartOf(variable: Variable): ExpProduct | null {
  const apply = variable.owner;
  if (apply === null || !isReal(variable.dtype)) return null;
  switch (apply.op.name) {
    case "switch":
      return choiceOf(apply);
    case "ifelse":
      return lazyChoiceOf(variable);
    case "reduce":
      return reducedPartOf(apply);
    case "matmul":
      return matmulOf(apply);
    case "add":
    case "sub":
      return addedOf(variable);
    case "incSubtensor":
    case "advInc":
      return changedOf(apply);
    case "maximum":
    case "minimum":
    case "clip":
      return boundedOf(apply);
    case "abs":
    case "sqrt":
    case "pow":
    case "sort":
    case "cumop": {
      const found = expProductOf(apply.inputs[0]!);
      return found && through[apply.op.name](apply, found);
    }
    default:
      return isView(apply) ? viewOf(apply, expProductOf(apply.inputs[0]!)) : joinedOf(apply);
  }
}

function viewOf(apply: Apply, inner: ExpProduct | null): ExpProduct | null {
  const whole = apply.inputs[0]!;
  if (inner === null || apply.op.name === "broadcastTo") return inner;
  const through = apply.op.name === "dimshuffle" ? viewThrough(apply) : null;
  return viewedBy(
    inner,
    (part) => through?.(part) ?? sameView(apply, inShape(part, lengthsOf(whole))),
  );
}

/** What is chosen as an exponential; 0 is that of -Infinity. */
function branchOf(branch: Variable, isUnderLog: boolean) {
  const value = numberOf(branch), { dtype } = branch, found = expProductOf(branch, isUnderLog);
  if (found === null) {
    return { part: null, exponent: number(value === 0 ? -Infinity : 0, dtype), rest: branch };
  }
  const rest = isOne(found.rest) ? null : buildProduct(found.rest);
  return { part: found, exponent: sumOfTerms(found.exponent, dtype), rest };
}

/** What is chosen of two as an exponential, given what chooses between two lists. */
function chosenOf(
  [x, y]: readonly Variable[],
  isUnderLog: boolean,
  choose: (a: readonly Variable[], b: readonly Variable[]) => readonly Variable[],
): ExpProduct | null {
  const p = branchOf(x!, isUnderLog), q = branchOf(y!, isUnderLog);
  const parts = [p, q].flatMap(({ part }) => part ?? []);
  if (parts.length === 0) return null;
  const unit = number(1, x!.dtype);
  // 0 is 0 by its exponent already.
  const isPlain = [p, q].every(({ rest, part }) =>
    part !== null ? rest === null : numberOf(rest!) === 0
  );
  const listOf = ({ exponent, rest }: typeof p) => isPlain ? [exponent] : [exponent, rest ?? unit];
  const [exponent, rest] = choose(listOf(p), listOf(q));
  return expProduct(exponent!, rest ?? null, traitsOf(parts));
}

function choiceOf(
  { inputs: [condition, ...branches], output }: Apply,
  isUnderLog = false,
): ExpProduct | null {
  const lengths = lengthsOf(output);
  return chosenOf(
    branches,
    isUnderLog,
    (a, b) => a.map((x, i) => inShape(ew("switch", condition!, x, b[i]!), lengths)),
  );
}

function lazyChoiceOf(variable: Variable, isUnderLog = false): ExpProduct | null {
  const { inputs, params } = variable.owner!, { n } = params as IfElseParams;
  const [x, y] = [1, 1 + n].map((first) => inputs[first + variable.index]!);
  // What shifted products chose is not theirs to choose again: derivatives would not be stable.
  if (choosesInside(x!) || choosesInside(y!)) return null;
  const whole = (list: readonly Variable[], like: Variable) =>
    list.map((part) => inShape(part, lengthsOf(like)));
  return chosenOf([x!, y!], isUnderLog, (a, b) => ifelse(inputs[0]!, whole(a, x!), whole(b, y!)));
}

/** Parts put together, in a row or otherwise, of which some are exponentials. */
function joinedOf(apply: Apply, isUnderLog = false): ExpProduct | null {
  const { inputs, output: { dtype } } = apply, placed = placedInputs(apply);
  if (placed === null || placed.length > MOST_TERMS) return null;
  const parts = placed.map((i) => ({
    whole: inputs[i]!,
    part: expProductOf(inputs[i]!, isUnderLog),
  }));
  const found = parts.flatMap(({ part }) => part ?? []);
  if (found.length === 0) return null;
  const joined = (of: (part: ExpProduct | null, whole: Variable) => Variable) => {
    const changed = parts.map(({ part, whole }) => inShape(of(part, whole), lengthsOf(whole)));
    return applyAgain(apply, inputs.map((input, i) => changed[placed.indexOf(i)] ?? input));
  };
  const exponent = joined((part, whole) =>
    part !== null
      ? sumOfTerms(part.exponent, dtype)
      : number(numberOf(whole) === 0 ? -Infinity : 0, dtype)
  );
  const isPlain = parts.every(({ part, whole }) =>
    part === null ? [0, 1].includes(numberOf(whole)!) : isOne(part.rest)
  );
  return expProduct(
    exponent,
    isPlain ? null : joined((part, whole) => part === null ? whole : buildProduct(part.rest)),
    traitsOf(found),
  );
}

type Bounding = "maximum" | "minimum" | "clip";

const bounding: readonly string[] = ["maximum", "minimum", "clip"] satisfies Bounding[];

/** The greatest or least of two, or what is clipped, of which some are exponentials. */
function boundedOf({ op, inputs }: Apply, isUnderLog = false): ExpProduct | null {
  const found = inputs.map((input) => expProductOf(input, isUnderLog));
  const parts = found.flatMap((part) => part ?? []);
  if (parts.length === 0) return null;
  const exponents = inputs.flatMap((input, i) => exponentIn(found[i]!, input) ?? []);
  return exponents.length < inputs.length
    ? null
    : expProduct(ew(op.name as Bounding, ...exponents), null, traitsOf(parts));
}

/** Changed parts as placed ones; what is increased, as a sum of those. */
function changedOf(apply: Apply): ExpProduct | null {
  if (placedInputs(apply) !== null) return joinedOf(apply);
  const { op, inputs: [x, y, ...where], params } = apply;
  // Several may go to one place.
  if (op !== incSubtensorOp as unknown) return null;
  const found = expProductOf(x!) ?? expProductOf(y!);
  const zeros = inShape(number(0, x!.dtype), lengthsOf(x!));
  return found &&
    addedOf(ew("add", x!, outputOf(op, [zeros, y!, ...where], { ...params, set: true })));
}

function reducedPartOf(apply: Apply): ExpProduct | null {
  const { kind } = apply.params as ReduceParams;
  if (kind === "sum") return sumPartOf(apply.output);
  const { inputs: [x] } = apply, found = expProductOf(x!);
  return found && reducedBy(apply, found);
}

/** Terms that are added up, of which some are exponentials. */
function addedOf(variable: Variable): ExpProduct | null {
  const sum = sumOf(variable, opensAll, opensAll, MOST_TERMS) ?? pairOf(variable);
  const { dtype } = variable, [only] = sum?.terms ?? [];
  if (sum === null || only === undefined) return null;
  if (sum.terms.length === 1 && sum.constant === 0) {
    // x + x
    const part = expProductOf(only.base);
    return part === null
      ? null
      : { ...part, rest: { ...part.rest, over: part.rest.over * only.scale } };
  }
  let found = false;
  const parts = sum.terms.map(({ base, scale }): Exponential => {
    const part = expProductOf(base);
    found ||= part !== null;
    return part === null
      ? { exponent: null, rest: { ...one(dtype), over: scale, factors: [{ base, power: 1 }] } }
      : exponential(part, scale);
  });
  if (sum.constant !== 0) {
    parts.push({ exponent: null, rest: { ...one(dtype), over: sum.constant } });
  }
  if (!found || areShifted(parts)) return null;
  const { total, shift } = addedUp(parts, dtype);
  return expProduct(shift, total, ofSums);
}

/** The terms of a sum of many, as two. */
function pairOf({ owner, dtype }: Variable): Sum | null {
  if (owner === null || owner.op.name === "neg") return null;
  const scales = [1, owner.op.name === "sub" ? -1 : 1];
  const terms = owner.inputs.map((base, i) => ({ base, scale: scales[i]! }));
  return terms[0]!.base === terms[1]?.base ? null : { dtype, constant: 0, terms, steps: 0 };
}

function unstretched(variable: Variable): Variable {
  let inner = unpadded(variable);
  while (inner.owner?.op.name === "broadcastTo") inner = unpadded(inner.owner.inputs[0]!);
  return inner;
}

/** The sum of exponentials over axes that a variable is, if they may overflow, or underflow under a logarithm. */
export function expSumOf(variable: Variable, isUnderLog = false): ExpSum | null {
  const sum = applied(variable, "reduce");
  if (sum === null || !isReal(variable.dtype)) return null;
  const { kind, axes, dtype } = sum.params as ReduceParams, summand = sum.inputs[0]!;
  if (kind !== "sum" || dtype !== summand.dtype) return null;
  if (isOfOnes(summand, axes)) return null;
  const found = expProductOf(unstretched(summand), isUnderLog);
  if (found === null) return null;
  if (found.isShifted && !(isUnderLog && mayVanish(found.rest) && countsAll(found))) return null;
  const product = levelled(found), exponent = unstretched(sumOfTerms(product.exponent, dtype));
  const isOpen = isUnderLog && mayVanish(product.rest);
  if (!isOpen && isShiftedByHand(exponent, ownAxes(axes, summand, exponent))) return null;
  return { axes, exponent, rest: product.rest, summand };
}

/** Whether what was taken off is the greatest exponent of all, those beside the weight 0 included. */
function countsAll({ exponent, rest }: ExpProduct): boolean {
  const { terms } = sumOf(sumOfTerms(exponent, rest.dtype), opensAll) ?? { terms: [] };
  return terms.some((shift) => {
    const others = terms.filter((term) => term !== shift);
    return shift.scale === -1 && isAtMost({ exponent: others, rest }, shift.base) === "all";
  });
}

function sumPartOf(variable: Variable): ExpProduct | null {
  const { inputs: [x], params } = variable.owner!, { axes } = params as ReduceParams;
  if (variable.dtype === x!.dtype && isOfOnes(x!, axes)) {
    const inner = expProductOf(x!), lengths = lengthsOf(x!);
    return inner && viewedBy(inner, (part) => withoutAxes(inShape(part, lengths), axes));
  }
  return wholeSumOf(variable, false);
}

function wholeSumOf(variable: Variable, isUnderLog: boolean): ExpProduct | null {
  const found = expSumOf(variable, isUnderLog);
  if (found === null) return null;
  const { total, shift } = shifted(found);
  return expProduct(shift, total, ofSums);
}

/**
 * The same for what needs it only under a logarithm: a sum of exponentials less their
 * greatest, which may count nothing beside a weight of 0.
 */
export function expPartUnderLog(variable: Variable): ExpProduct | null {
  const { owner, dtype } = variable;
  const sum = owner?.op.name === "reduce" ? wholeSumOf(variable, true) : null;
  const found = sum ?? expPartOf(variable);
  if (found !== null || owner === null || !isReal(dtype)) return found;
  const { op, inputs } = owner, small = smallPartOf(variable);
  if (small !== null) return small;
  if (op === matmulOp) return matmulOf(owner, true);
  if (op.name === "cumop") {
    const inner = expProductOf(inputs[0]!);
    return inner && through.cumop(owner, { ...inner, isShifted: false });
  }
  return isView(owner) ? viewOf(owner, expPartUnderLog(inputs[0]!)) : null;
}

/** Whether axes certainly have length 1, so that a sum over them is none. */
function isOfOnes({ type: { shape } }: Variable, axes: readonly number[]): boolean {
  return axes.every((axis) => shape[axis] === 1);
}

/** A variable of which an axis has length 1. */
function withOne(variable: Variable, axis: number): Variable {
  return isOfOnes(variable, [axis]) ? variable : withAxes(withoutAxes(variable, [axis]), [axis]);
}

function levelledOf(variable: Variable): ExpProduct | null {
  const part = expProductOf(variable);
  return part && levelled(part);
}

/** A product of matrices that are exponentials, with exponents taken off the rows and the columns. */
function matmulOf(apply: Apply, isUnderLog = false): ExpProduct | null {
  const [a, b] = apply.inputs as [Variable, Variable], rank = a.ndim;
  if (isOfOnes(a, [rank - 1]) || isOfOnes(b, [rank - 2])) {
    // The other one must have it, too.
    const [column, row] = [withOne(a, rank - 1), withOne(b, rank - 2)];
    return isUnderLog ? null : expProductOf(ew("mul", column, row));
  }
  const p = levelledOf(a), q = levelledOf(b);
  if (p === null && q === null) return null;
  const isDone = (side: ExpProduct | null, of: Variable, axis: number, beside: Variable) => {
    if (side === null) return null;
    const mayCountLess = isUnderLog && isNearZero(beside);
    if (side.isShifted) return !(mayCountLess && countsAll(side));
    const exponent = inShape(sumOfTerms(side.exponent, of.dtype), lengthsOf(of));
    return !mayCountLess && isShiftedByHand(exponent, [axis]);
  };
  const done = [isDone(p, a, rank - 1, b), isDone(q, b, rank - 2, a)];
  if (!done.includes(false)) return null;
  const plain = sumOfProducts(a, b);
  if (plain !== null) return asSum(plain, isUnderLog);
  const exact = spreadOut(a, b, isUnderLog);
  // Choices inside of choices would be planned for each side of each.
  if (exact === null || choosesInside(a) || choosesInside(b)) {
    return exact && expProduct(exact.shift, exact.total, ofSums);
  }
  const fast = q !== null ? balanced(a, p, b, q) : turnedBack(balanced(
    transposed(b),
    null,
    transposed(a),
    viewedBy(p!, (part) => transposed(inShape(part, lengthsOf(a)))),
  ));
  const first = [fast.exponent, fast.total], second = [exact.shift, exact.total];
  const [exponent, total] = ifelse(fast.isWhole, first, second) as [Variable, Variable];
  return expProduct(exponent, total, ofSums);
}

const choosing = new WeakMap<Variable, boolean>();

/** Whether there is a lazy choice, or what becomes one here, in what a variable is computed from. */
function choosesInside(variable: Variable): boolean {
  for (const { op, inputs, outputs } of toposort([variable], (v) => choosing.has(v))) {
    const isChoice = op.name === ifelseOp.name ||
      op.name === matmulOp.name && expPartOf(outputs[0]!) !== null;
    const chooses = isChoice || inputs.some((input) => choosing.get(input) === true);
    for (const output of outputs) choosing.set(output, chooses);
  }
  return choosing.get(variable) ?? false;
}

/** Says that a variable without an owner stands for another one. */
export function standsFor(place: Variable, variable: Variable): void {
  choosing.set(place, choosesInside(variable));
}

/** A product of matrices as a sum of products of their elements, each of which has a shift of its own. */
function spreadOut(a: Variable, b: Variable, isUnderLog: boolean): Shifted | null {
  const rank = a.ndim, all = Array.from({ length: rank }, (_, d) => d);
  const left = moved(a, [...all, "x"]);
  const right = moved(b, [...all.slice(0, rank - 2), "x", rank - 2, rank - 1]);
  const found = expSumOf(reduced("sum", ew("mul", left, right), [rank - 1]), isUnderLog);
  return found && shifted(found);
}

/** A variable whose axis must have a length, where a product of elements would stretch it. */
function alike(variable: Variable, axis: number, length: Length): Variable {
  const shape = lengthsOf(variable);
  if (shape[axis] === length) return variable;
  const wanted = shape.map((_, d) => d === axis ? lengthVariable(length) : null);
  return withShape(variable, wanted, {
    action: "Cannot multiply matrices whose inner lengths differ",
  });
}

/** A product with a vector as a sum along an axis, which is where the result has length 1; else null. */
export function sumOfProducts(a: Variable, b: Variable): { sum: Variable; axis: number } | null {
  const rank = a.ndim, isColumn = b.type.shape[rank - 1] === 1;
  if (!isColumn && a.type.shape[rank - 2] !== 1) return null;
  const axis = isColumn ? rank - 1 : rank - 2;
  const [whole, part] = isColumn ? [a, transposed(b)] : [b, transposed(a)];
  const product = ew("mul", whole, alike(part, axis, lengthsOf(whole)[axis]!));
  return { sum: reduced("sum", product, [axis]), axis };
}

/** Of a sum along an axis the greatest exponents are known. */
function asSum(
  { sum, axis }: { sum: Variable; axis: number },
  isUnderLog: boolean,
): ExpProduct | null {
  const found = expSumOf(sum, isUnderLog);
  if (found === null) return null;
  const { total, shift } = shifted(found);
  return expProduct(
    withAxes(shift, [axis]),
    withAxes(total, [axis]),
    ofSums,
  );
}
