/**
 * The op that gives elements another shape.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { type Apply, outputOf, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { ElementContext, Length, Op } from "../../graph/op.ts";
import type { Value } from "../../graph/value.ts";
import { type Ix, zeroIx } from "../../ir/builder.ts";
import {
  floorDivSize,
  Guards,
  mulSize,
  productSize,
  type Size,
  sizeKey,
  sizeValue,
} from "../../ir/size.ts";
import { expectExact } from "../../ir/size_dtype.ts";
import { type StaticShape, TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs, shapeLabel, staticInt } from "../common/arguments.ts";
import { shapeText } from "../../base/shown.ts";
import { shuffled } from "./dimshuffle_op.ts";
import { lengthsNamed } from "../common/length_rules.ts";
import { scalarOf } from "../common/moving.ts";
import { hasShape } from "./shape_ops.ts";
import { linearIn } from "../common/row_rules.ts";
import { lengthsOf } from "./known_lengths.ts";

/** Params of {@linkcode reshapeOp}. */
export interface ReshapeParams {
  /** Number of axes of the result: how many lengths follow x. */
  readonly ndim: number;
}

function reshapeError(
  label: string,
  from: readonly (number | null)[],
  to: readonly (number | null)[],
): ShapeError {
  const count = (shape: readonly (number | null)[]) =>
    shape.some((n) => n === null || n < 0)
      ? ""
      : ` (${shape.reduce<number>((size, n) => size * n!, 1)} elements)`;
  return new ShapeError(
    `Cannot reshape ${label} of shape ${shapeText(from)}${count(from)} to ${shapeText(to)}${
      count(to)
    }`,
  );
}

/**
 * The result's shape; a length of -1 is found from the others. Lengths that both shapes have cancel, so
 * that rows can be kept while the rest is merged even if there are no rows.
 */
function solveSizes(
  guards: Guards,
  from: readonly Size[],
  to: readonly Size[],
  label: () => string,
): Size[] {
  const open = to.findIndex((n) => sizeValue(n) === -1 && guards.equal(n, -1));
  const error = () => reshapeError(label(), from.map(sizeValue), to.map(sizeValue));
  if (to.some((n, d) => d !== open && guards.less(n, 0))) throw error();
  const have = [...from], want: Size[] = [];
  to.forEach((n, d) => {
    if (d === open) return;
    const same = have.findIndex((m) => sizeKey(m) === sizeKey(n));
    if (same < 0) want.push(n);
    else have.splice(same, 1);
  });
  const size = productSize(have), others = productSize(want);
  for (const count of [size, others]) expectExact(guards, count);
  if (open < 0) {
    if (!guards.equal(size, others) && !guards.equal(productSize(from), productSize(to))) {
      throw error();
    }
    return [...to];
  }
  if (guards.equal(others, 0)) throw error();
  const length = floorDivSize(size, others);
  if (!guards.equal(mulSize(length, others), size)) throw error();
  return to.map((n, d) => d === open ? length : n);
}

const named = lengthsNamed({ mayBeOpen: true });

/** Lengths of which one is -1, which is what the others leave, if that is a single one. */
function closed(
  { inputs: [, ...dims] }: Apply,
  to: readonly (Length | null)[],
  from: readonly Length[],
): (Length | null)[] {
  const open = dims.findIndex((dim) => staticInt(dim) === -1);
  const left = from.filter((n) => n !== 1);
  const isKnown = to.every((n, d) => {
    if (d === open || n === 1) return true;
    const at = n === null ? -1 : left.indexOf(n);
    return at >= 0 && left.splice(at, 1).length > 0;
  });
  return to.map((n, d) => d === open && isKnown && left.length < 2 ? left[0] ?? 1 : n);
}

/** x in another shape: x, then one length for each axis of the result, one of which may be -1. */
export const reshapeOp: Op<ReshapeParams> = {
  name: "reshape",
  params: { ndim: "plain" },
  facts: new Set(["moves", "arranges", "symbolic"]),
  indexFrom: 1,
  infer(inputs, { ndim }) {
    expectInputs("reshape", inputs, 1 + ndim);
    expectIndexScalars("reshape", inputs, 1);
    const [x, ...dims] = inputs as [Variable, ...Variable[]];
    return [TensorType.of(x.dtype, inferShape(x, dims.map(staticInt)))];
  },
  shapes(context, apply) {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const to = dims.map((dim) => context.integer(dim));
    return [solveSizes(context.guards, context.shape(x), to, () => writtenLabel(x))];
  },
  lengths: {
    needs: (apply) => [apply.inputs[0]!, ...named.needs(apply)],
    find: (apply, of) => closed(apply, named.find(apply, of), of(apply.inputs[0]!)),
  },
  along: ({ inputs: [x], output }, axis) => {
    const from = lengthsOf(x!), to = lengthsOf(output);
    return [axisBehindSame(from, to, axis) ?? axisBeforeSame(from, to, axis)];
  },
  linear: linearIn(0),
  evaluate(inputs) {
    const [x, ...dims] = inputs as [Value, ...Value[]];
    const shape = solveSizes(new Guards(), x.shape, dims.map(scalarOf), () => "a value");
    return [{ ...x, shape: shape.map(sizeValue) }];
  },
  integers(context, apply) {
    return context.integers(apply.inputs[0]!);
  },
  lowering: {
    kind: "virtual",
    view: true,
    inOrder: true,
    cost: 1,
    element(context, apply, index) {
      const x = apply.inputs[0]!;
      const to = context.shape(apply.output), from = context.shape(x);
      return context.read(x, reshapedIndex(context, index, to, from));
    },
  },
};

/** The axis of the same length that has the same lengths in front of it, but for those of 1. */
function axisBehindSame(
  from: readonly Length[],
  to: readonly Length[],
  axis: number,
): number | null {
  const before = to.slice(0, axis).filter((n) => n !== 1);
  let at = 0;
  for (const n of before) {
    while (from[at] === 1) at++;
    if (from[at++] !== n) return null;
  }
  if (to[axis] !== 1) { while (from[at] === 1) at++; }
  return from[at] === to[axis] ? at : null;
}

/** The same with those behind it. */
function axisBeforeSame(
  from: readonly Length[],
  to: readonly Length[],
  axis: number,
): number | null {
  const at = axisBehindSame(from.toReversed(), to.toReversed(), to.length - 1 - axis);
  return at === null ? null : from.length - 1 - at;
}

function inferShape(x: Variable, dims: readonly (number | null)[]): StaticShape {
  const from = x.type.shape;
  const open = dims.indexOf(-1);
  if (dims.lastIndexOf(-1) !== open || dims.some((n) => n !== null && n < -1)) {
    throw new ShapeError(
      `Cannot reshape ${shapeLabel(x)}: expected lengths >= 0 and at most one -1, got ${
        shapeText(dims)
      }`,
    );
  }
  const unknown = dims.filter((n) => n === null).length;
  const vague = unknown > 0 && (open >= 0 || unknown > 1 || from.includes(0));
  if (from.some((n) => n === null) || vague) {
    return dims.map((n) => n === -1 ? null : n);
  }
  const lengths = solveSizes(
    new Guards(),
    from as readonly number[],
    dims.map((n) => n ?? -1),
    () => x.label,
  );
  return lengths.map(sizeValue);
}

/**
 * The index in `from` of the element at `index` in `to`. Axes are matched in groups of equal size, so
 * that an index stays affine where axes are kept or split, and division is only needed to merge them.
 */
function reshapedIndex(
  context: ElementContext,
  index: readonly Ix[],
  to: readonly Size[],
  from: readonly Size[],
): Ix[] {
  const { guards } = context;
  const result: Ix[] = from.map(() => zeroIx);
  if ([...to, ...from].some((n) => sizeValue(n) === 0)) return result;
  const real = (shape: readonly Size[]) =>
    shape.flatMap((n, d) => sizeValue(n) === 1 && guards.equal(n, 1) ? [] : [d]);
  const left = real(from), right = real(to);
  while (left.length > 0 && right.length > 0) {
    const ins = [left.shift()!], outs = [right.shift()!];
    let have = from[ins[0]!]!, want = to[outs[0]!]!;
    while (!guards.equal(have, want)) {
      if (guards.less(have, want)) {
        const next = left.shift();
        if (next === undefined) break;
        ins.push(next);
        have = mulSize(have, from[next]!);
      } else {
        const next = right.shift();
        if (next === undefined) break;
        outs.push(next);
        want = mulSize(want, to[next]!);
      }
    }
    const flat = context.ravel(outs.map((d) => index[d]!), outs.map((d) => to[d]!));
    const found = context.unravel(flat, ins.map((d) => from[d]!));
    ins.forEach((d, i) => result[d] = found[i]!);
  }
  return result;
}

/** Reshapes, without checking arguments; to the shape that x is known to have it is x. */
export function reshaped(x: Variable, dims: readonly Variable[]): Variable {
  const lengths = dims.map(staticInt);
  if (hasShape(x, dims) || x.ndim === 1 && lengths.length === 1 && lengths[0] === -1) return x;
  // Only axes of length 1 come or go: no index has to be computed.
  const known = inferShape(x, lengths);
  const squeezed = (shape: StaticShape) => shape.filter((n) => n !== 1);
  if ([...x.type.shape, ...known].every((n) => n !== null)) {
    const before = squeezed(x.type.shape), after = squeezed(known);
    if (before.length === after.length && before.every((n, d) => n === after[d])) {
      const axes = x.type.shape.flatMap((n, d) => n === 1 ? [] : [d]);
      let next = 0;
      return shuffled(x, known.map((n) => n === 1 ? "x" : axes[next++]!));
    }
  }
  return outputOf<ReshapeParams>(reshapeOp, [x, ...dims], { ndim: dims.length });
}
