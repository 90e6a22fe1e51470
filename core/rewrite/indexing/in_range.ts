/**
 * Whether positions need no check any more, so that a rule may drop them.
 *
 * @module
 */

import { type Apply, Constant, type Variable } from "../../graph/graph.ts";
import { staticInt } from "../../ops/common/arguments.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import type { Length } from "../../graph/op.ts";
import { isElementwise, sameShape } from "../match.ts";
import type { RewriteContext } from "../rule.ts";

/** A position, or many, along an axis of a length. */
interface Position {
  readonly index: Variable;
  readonly axis: number;
  readonly length: Length;
}

/** The positions that an indexing of parts, or a change of them, checks. */
export function positionsIn(apply: Apply): Position[] {
  const { op, inputs } = apply;
  return (op.positions?.(apply) ?? []).map(({ input, axis }) => ({
    index: inputs[input]!,
    axis,
    length: lengthsOf(inputs[0]!)[axis]!,
  }));
}

/** Whether positions are in range whatever the arguments of the function are. */
export function isInRange({ index, length }: Position): boolean {
  if (index.type.shape.includes(0)) return true;
  if (typeof length !== "number") return false;
  if (index instanceof Constant) {
    return Array.from(index.value.data, Number).every((i) => i >= -length && i < length);
  }
  const i = staticInt(index);
  return i !== null && i >= -length && i < length;
}

/** Whether elements are computed from those of an input, so that no rule knows what they are. */
export function isGiven(variable: Variable): boolean {
  const stack = [variable];
  for (let steps = 0; stack.length > 0 && steps < 50; steps++) {
    const inner = stack.pop()!, apply = inner.owner;
    if (apply === null) {
      if (!(inner instanceof Constant)) return true;
    } else if (isElementwise(apply)) {
      stack.push(...apply.inputs.filter((input) => sameShape(input, inner)));
    } else if (!apply.op.facts?.has("made") && apply.inputs.length > 0) {
      stack.push(apply.inputs[0]!);
    }
  }
  return false;
}

/** Whether an application stays and checks its positions. */
function isRead({ op, inputs }: Apply): boolean {
  return op.facts?.has("moves") === true && isGiven(inputs[0]!);
}

/**
 * Whether an error gets lost where positions are not checked any more: it does not if something else reads
 * at the same positions of an axis of the same length.
 */
export function losesCheck(
  positions: readonly Position[],
  context: RewriteContext,
  gone: Apply | null = null,
): boolean {
  const stays = (one: Position) =>
    context.clients(one.index).some((apply) =>
      apply !== gone && isRead(apply) &&
      positionsIn(apply).some(({ index, length }) => index === one.index && length === one.length)
    );
  return !positions.every((one) => isInRange(one) || stays(one));
}

/** Whether a number is computed from lengths or positions that are checked where it is computed. */
export function hasCheck(variable: Variable): boolean {
  const stack = [variable];
  for (let steps = 0; stack.length > 0 && steps < 50; steps++) {
    const { owner, ndim } = stack.pop()!;
    if (owner === null || ndim > 0) continue;
    if (owner.op.facts?.has("checks")) return true;
    if (isElementwise(owner)) stack.push(...owner.inputs);
  }
  return false;
}
