/**
 * What rules have in common: taking expressions apart, and putting replacements together.
 *
 * @module
 */

import { type DType, isComplex, isDiscrete, isFloat } from "../graph/dtype.ts";
import { type Apply, Constant, makeConstant, outputOf, type Variable } from "../graph/graph.ts";
import type { Length, Params } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import type { ReduceParams } from "../ops/reduce/reduce_ops.ts";
import { castTo, elementwise } from "../ops/common/build.ts";
import { stretched } from "../ops/shape/broadcast_to_op.ts";
import { type ElementwiseName, elementwiseOps } from "../ops/elementwise/table.ts";
import { lengthsOf } from "../ops/shape/known_lengths.ts";
import { lengthVariable } from "../ops/common/length_rules.ts";
import { valueOf } from "../ops/common/literal.ts";

/** Constants with more elements than this are not searched for one repeated value. */
const LARGE = 4096;

/** Applies an elementwise op. */
export function ew(name: ElementwiseName, ...inputs: readonly Variable[]): Variable {
  return elementwise(name, inputs);
}

/** The application of `name` that computes a variable; null if something else does. */
export function applied(variable: Variable, name: string): Apply | null {
  return variable.owner !== null && variable.owner.op.name === name ? variable.owner : null;
}

/** The first argument of the application of `name` that computes a variable; null if something else does. */
export function under(variable: Variable, name: string): Variable | null {
  return applied(variable, name)?.inputs[0] ?? null;
}

/** Whether an application is of an elementwise op. */
export function isElementwise(apply: Apply): boolean {
  return Object.hasOwn(elementwiseOps, apply.op.name);
}

const uniform = new WeakMap<Constant, number | null>();

/** The number that all elements of a constant are; null if they differ or it is no real number. */
export function constantNumber(variable: Variable): number | null {
  if (!(variable instanceof Constant)) return null;
  let found = uniform.get(variable);
  if (found === undefined) uniform.set(variable, found = uniformNumber(variable));
  return found;
}

function uniformNumber({ value }: Constant): number | null {
  const { data, dtype } = value, complex = isComplex(dtype);
  if (data.length === 0 || data.length > LARGE) return null;
  const first = data[0]!;
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== (complex && i % 2 === 1 ? 0 : first)) return null;
  }
  const number = Number(first);
  return typeof first === "bigint" && !Number.isSafeInteger(number) ? null : number;
}

/** The same, also where a number was stretched or got axes of length 1. */
export function numberOf(variable: Variable): number | null {
  let inner = variable;
  for (;;) {
    const name = inner.owner?.op.name;
    if (name === "broadcastTo" || name === "dimshuffle") inner = inner.owner!.inputs[0]!;
    else if (name === "fill") inner = inner.owner!.inputs[1]!;
    else return constantNumber(inner);
  }
}

/** Whether all elements are certainly this number. */
export function isNumber(variable: Variable, number: number): boolean {
  return numberOf(variable) === number;
}

/** A number as a 0-d constant. */
export function number(value: number, dtype: DType): Variable {
  return makeConstant(valueOf(value, dtype));
}

/** Whether two variables certainly have the same shape. */
export function sameShape(a: Variable, b: Variable): boolean {
  return a === b || sameLengths(lengthsOf(a), lengthsOf(b));
}

/** Whether lengths are certainly the same. */
export function sameLengths(a: readonly Length[], b: readonly Length[]): boolean {
  return a.length === b.length && a.every((n, d) => n === b[d]);
}

/** A variable in a shape: itself if it has it for sure, else stretched. */
export function inShape(value: Variable, lengths: readonly Length[]): Variable {
  return sameLengths(lengthsOf(value), lengths)
    ? value
    : stretched(value, lengths.map(lengthVariable));
}

/** The replacement of `original` by `value`: in its dtype and its shape. */
export function instead(original: Variable, value: Variable): Variable {
  return inShape(castTo(value, original.dtype), lengthsOf(original));
}

/** The replacement of `original` by a number. */
export function insteadNumber(original: Variable, value: number): Variable {
  return instead(original, number(value, original.dtype));
}

/** Whether an axis certainly has length 1, counted from the end so that missing axes count. */
export function isOneFromEnd(variable: Variable, fromEnd: number): boolean {
  const axis = variable.ndim - fromEnd;
  return axis < 0 || lengthsOf(variable)[axis] === 1;
}

/** -x, without a negation too many. */
export function negated(x: Variable): Variable {
  const inner = under(x, "neg");
  if (inner !== null) return inner;
  const difference = applied(x, "sub");
  if (difference !== null) return ew("sub", difference.inputs[1]!, difference.inputs[0]!);
  const value = x instanceof Constant && x.ndim === 0 ? constantNumber(x) : null;
  return value !== null ? number(-value, x.dtype) : ew("neg", x);
}

/** Whether a dtype is that of a real number with a fraction. */
export function isReal(dtype: DType): boolean {
  return isFloat(dtype);
}

/** Whether values have no NaN and no rounding: integers and bools. */
export function isExact(dtype: DType): boolean {
  return isDiscrete(dtype);
}

/** Applies an op to other inputs with the same params. */
export function applyAgain(apply: Apply, inputs: readonly Variable[], params?: Params): Variable {
  return outputOf(apply.op, inputs, params ?? apply.params);
}

/** What may be of nothing: itself, or leaves that it is computed from. */
const fromNothing = new WeakMap<Apply, { readonly itself: boolean; readonly leaves: boolean }>();

let isInside = false;

/** Runs `work` on a graph inside of another one, whose leaves stand for anything of that. */
export function inside<R>(work: () => R): R {
  const before = isInside;
  isInside = true;
  try {
    return work();
  } finally {
    isInside = before;
  }
}

/** Whether a value may come from no elements at all or from their number, as a mean does. */
export function mayBeOfNothing(value: Variable): boolean {
  const isFound = ({ owner }: Variable) => owner !== null && fromNothing.has(owner);
  const partOf = (v: Variable) =>
    v.owner === null
      ? { itself: false, leaves: !(v instanceof Constant) }
      : fromNothing.get(v.owner)!;
  for (const apply of toposort([value], isFound)) {
    const parts = apply.inputs.map(partOf);
    fromNothing.set(apply, {
      itself: takesNothing(apply) || parts.some(({ itself }) => itself),
      leaves: parts.some(({ leaves }) => leaves),
    });
  }
  const { itself, leaves } = partOf(value);
  return itself || isInside && leaves;
}

/** Whether an application may make something of no elements. */
function takesNothing({ op, params, inputs: [x] }: Apply): boolean {
  const mayBeEmpty = (axis: number) => (x!.type.shape[axis] ?? 0) === 0;
  if (op.name === "reduce") return (params as ReduceParams).axes.some(mayBeEmpty);
  if (op.name === "matmul") return mayBeEmpty(x!.ndim - 1);
  // What loops make is not looked into.
  return op.name === "shapeI" || op.name === "sumTo" || op.inner !== undefined;
}
