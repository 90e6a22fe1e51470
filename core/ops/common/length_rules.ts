/**
 * Rules for the lengths of an op's output in terms of those of its inputs, which ops declare.
 *
 * @module
 */

import { type Apply, type Variable, withOriginOf } from "../../graph/graph.ts";
import type { Length, LengthRule, Op, Params } from "../../graph/op.ts";
import { jointLengthOf } from "../shape/joint_length.ts";
import { intConstant, staticInt } from "./arguments.ts";

type Lengths = readonly Length[];

/** A length as a 0-d integer variable. */
export function lengthVariable(length: Length): Variable {
  return typeof length === "number" ? intConstant(length) : length;
}

/** The length that axes broadcast to. Throws for numbers that do not go together. */
export function jointLength(lengths: Lengths): Length {
  const different = new Set(lengths.filter((n) => n !== 1));
  if (different.size === 0) return 1;
  if (different.size === 1) return [...different][0]!;
  return jointLengthOf([...different].map(lengthVariable));
}

/** Lengths that follow from those of the first `count` inputs; null for those that do not. */
export function lengthsFrom<P extends Params>(
  count: number,
  find: (own: readonly Lengths[], apply: Apply<P>) => readonly (Length | null)[],
): LengthRule<P> {
  return {
    needs: ({ inputs }) => inputs.slice(0, count),
    find: (apply, of) => find(apply.inputs.slice(0, count).map(of), apply),
  };
}

/** The shape of the only output is that of the first input. */
export const likeFirst: Pick<Op, "shapes"> & { readonly lengths: LengthRule } = {
  shapes: (context, { inputs }) => [context.shape(inputs[0]!)],
  lengths: lengthsFrom(1, ([own]) => own!),
};

/** The shape that all inputs broadcast to. */
export const broadcastLengths: LengthRule = lengthsFrom(Infinity, (all, { output }) => {
  const { shape } = output.type, ndim = shape.length;
  // What fails where these do not go together is the op, not the question.
  return withOriginOf(
    output,
    () =>
      shape.map((known, axis) =>
        known ?? jointLength(all.map((own) => own[axis - ndim + own.length] ?? 1))
      ),
  );
});

/** The shape of the first input, with lengths in it that the others name. */
export function lengthsWith<P extends Params>(
  find: (own: Lengths, named: Lengths, params: P) => Lengths,
): LengthRule<P> {
  return {
    needs: ({ inputs: [x, ...dims] }) => [x!, ...dims.flatMap(toldBy)],
    find: ({ inputs: [x, ...dims], params }, of) =>
      find(of(x!), dims.map((dim) => lengthOfDim(dim, of)), params),
  };
}

/** The lengths that the inputs behind the first name. */
export function lengthsNamed({ mayBeOpen = false } = {}): LengthRule {
  return {
    needs: ({ inputs }) => inputs.slice(1).flatMap(toldBy),
    find: ({ inputs }, of) =>
      inputs.slice(1).map((dim) =>
        // A dim may be -1: "as many as are left".
        mayBeOpen && !isNotNegative(dim) ? null : lengthOfDim(dim, of)
      ),
  };
}

/** The variable whose shape a dim tells, if it is one. */
export function toldBy(dim: Variable): Variable[] {
  return dim.owner?.op.name === "shapeI" ? [dim.owner.inputs[0]!] : [];
}

/** A dim as a length. */
export function lengthOfDim(dim: Variable, of: (variable: Variable) => Lengths): Length {
  const [source] = toldBy(dim);
  if (source === undefined) return staticInt(dim) ?? dim;
  return of(source)[(dim.owner!.params as { readonly axis: number }).axis]!;
}

/** Whether an integer is certainly not negative: a length, or computed from lengths. */
export function isNotNegative(dim: Variable): boolean {
  const stack = [dim];
  for (let steps = 0; stack.length > 0; steps++) {
    const top = stack.pop()!, known = staticInt(top), facts = top.owner?.op.facts;
    if (known !== null && known >= 0 || facts?.has("length")) continue;
    // Narrower ones may wrap.
    if (steps > 50 || !facts?.has("keepsNotNegative") || top.dtype !== "int64") return false;
    stack.push(...top.owner!.inputs);
  }
  return true;
}
