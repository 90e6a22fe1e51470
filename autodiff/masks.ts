/**
 * Masks: bools that broadcast to the shape of a gradient, false where it is zero by its structure.
 *
 * @module
 */

import { type Apply, makeConstant, outputOf, type Variable } from "../core/graph/graph.ts";
import type { Params } from "../core/graph/op.ts";
import { castTo } from "../core/ops/common/build.ts";
import { lengthVariable } from "../core/ops/common/length_rules.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { and, neq, or } from "../core/ops/elementwise/elementwise.ts";
import { foldWindowsOp } from "../core/ops/nn/window.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce/reduce_ops.ts";
import type { SumToParams } from "../core/ops/reduce/sum_to.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { knownDims, lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { reshapeOp } from "../core/ops/shape/reshape_op.ts";
import { applied } from "../core/rewrite/match.ts";
import { withAxes } from "./shapes.ts";

/** Where a gradient may be other than zero; null for everywhere. */
export type Mask = Variable | null;

const constants = new Map<boolean, Variable>();

function constantOf(value: boolean): Variable {
  const known = constants.get(value) ?? makeConstant(valueOf(value, "bool"));
  constants.set(value, known);
  return known;
}

export const yes = (): Variable => constantOf(true), no = (): Variable => constantOf(false);

export function both(a: Mask, b: Mask): Mask {
  if (a === null || a === b || isPart(b, a)) return b;
  if (b === null || isPart(a, b)) return a;
  return and(a, b);
}

/** Whether a mask is a conjunction that has another one in it. */
function isPart(mask: Mask, part: Variable): boolean {
  return mask !== null && applied(mask, "and")?.inputs.includes(part) === true;
}

export function either(a: Variable, b: Variable): Variable {
  if (a === b || b === no()) return a;
  return a === no() ? b : ofBoth(a, b) ?? ofBoth(b, a) ?? or(a, b);
}

/** What is left of `c && m || !c && m`, as both branches of a choice give it. */
function ofBoth(a: Variable, b: Variable): Variable | null {
  const parts = (mask: Variable) => applied(mask, "and")?.inputs ?? [mask];
  const others = parts(b), at = (part: Variable) => applied(part, "invert")?.inputs[0];
  const inverse = others.find((part) => parts(a).includes(at(part)!));
  if (inverse === undefined) return null;
  const rest = others.filter((part) => part !== inverse);
  const mine = parts(a).filter((part) => part !== at(inverse));
  if (rest.length !== mine.length || rest.some((part) => !mine.includes(part))) return null;
  return rest[0] ?? yes();
}

/** Where one of several gradients may be other than zero. */
export function eitherOf(masks: readonly Mask[]): Mask {
  const all = masks.reduce((a, b) => a && b && either(a, b));
  return all === yes() ? null : all;
}

export function any(mask: Variable, axes: readonly number[]): Variable {
  return outputOf<ReduceParams>(reduceOp, [mask], { kind: "any", axes, dtype: "bool" });
}

/** Whether there is anything along an axis, which gets length 1. */
export function anyAlong(mask: Variable, of: Variable, axis: number): Variable {
  const own = axis - of.ndim + mask.ndim;
  if (own < 0 || mask.type.shape[own] === 1) return mask;
  return withAxes(any(aligned(mask, of), [axis]), [axis]);
}

/** A mask with as many axes as a variable. */
export function aligned(mask: Variable, like: Variable): Variable {
  return withAxes(mask, Array.from({ length: like.ndim - mask.ndim }, (_, axis) => axis));
}

/** A mask in the shape of a variable, but for axes that may have length 1. */
export function whole(mask: Variable, like: Variable, short: readonly number[] = []): Variable {
  const own = aligned(mask, like);
  return stretched(
    own,
    knownDims(like).map((dim, axis) =>
      short.includes(axis) && own.type.shape[axis] === 1 ? lengthVariable(1) : dim
    ),
  );
}

/**
 * Masks that go through an op with the inputs that they belong to: it moves them, or adds up what counts.
 * Along axes that it leaves alone they may have length 1.
 */
export function moved(apply: Apply, of: readonly number[], masks: readonly Mask[]): Variable {
  const { op, inputs, output, params } = apply;
  const own = of.map((i, k) => aligned(masks[k] ?? yes(), inputs[i]!));
  const isShort = (axes: readonly (number | null)[]) => {
    const shapes = of.flatMap((i, k) => axes[i] == null ? [] : [own[k]!.type.shape[axes[i]]]);
    return shapes.length > 0 && shapes.every((n) => n === 1);
  };
  const short = output.type.shape.map((_, axis) => {
    const axes = op.along?.(apply, axis) ?? [];
    return isShort(axes) ? axes : [];
  });
  // These name the lengths of the result.
  const named = op === reshapeOp || op === foldWindowsOp;
  const all = inputs.map((input, i) => named && short[i - 1]?.length ? lengthVariable(1) : input);
  const adds = of.length === 1 && !op.facts?.has("moves");
  of.forEach((i, k) => {
    const mask = whole(own[k]!, inputs[i]!, short.flatMap((axes) => axes[i] ?? []));
    all[i] = adds ? castTo(mask, "int32") : mask;
  });
  const dtype = adds ? "int32" : "bool";
  const result = outputOf<Params>(op, all, "dtype" in params ? { ...params, dtype } : params);
  return adds ? neq(result, 0) : result;
}

/** The same for `sumTo`: along an axis where a mask has length 1 there is nothing to sum up. */
export function summedTo(mask: Variable, { op, inputs: [x, ...dims], params }: Apply): Variable {
  const { axes } = params as unknown as SumToParams, full = aligned(mask, x!);
  const left = axes.filter((axis) => full.type.shape[axis] !== 1);
  if (left.length === 0) return mask;
  const own = lengthsOf(full).map(lengthVariable), all = knownDims(x!);
  const counted = castTo(
    stretched(full, own.map((n, d) => left.includes(d) ? all[d]! : n)),
    "int32",
  );
  const kept = dims.filter((_, i) => left.includes(axes[i]!));
  return neq(outputOf(op, [counted, ...kept], { axes: left }), 0);
}
