/**
 * The op that brings axes into another order, adds and drops some.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { type Ix, zeroIx } from "../../ir/builder.ts";
import { sizeValue } from "../../ir/size.ts";
import { shown } from "../../base/shown.ts";
import { TensorType } from "../../graph/type.ts";
import { expectInputs, shapeLabel } from "../common/arguments.ts";
import { lengthsFrom } from "../common/length_rules.ts";
import { gather, rowMajor } from "../common/moving.ts";
import type { PatternItem } from "./dimshuffle.ts";
import { linearIn } from "../common/row_rules.ts";

/** Params of {@linkcode dimshuffleOp}. */
export interface DimshuffleParams {
  /** For each axis of the result: an axis of the input, or "x" for a new axis of length 1. */
  readonly pattern: readonly PatternItem[];
}

/** The axes of the input that a pattern leaves out. */
export function droppedAxes(pattern: readonly PatternItem[], ndim: number): number[] {
  return Array.from({ length: ndim }, (_, axis) => axis).filter((axis) => !pattern.includes(axis));
}

export function dropError(
  label: string,
  pattern: readonly PatternItem[],
  axis: number,
  got: string,
) {
  return new ShapeError(
    `Cannot dimshuffle ${label} with pattern (${
      pattern.join(", ")
    }): axis ${axis} is left out and must have length 1, got ${got}`,
  );
}

/** x with its axes permuted, new axes of length 1 put in, and axes of length 1 left out. */
export const dimshuffleOp: Op<DimshuffleParams> = {
  name: "dimshuffle",
  params: { pattern: "plain" },
  facts: new Set(["moves", "arranges", "symbolic"]),
  printing: {
    formula([x], { inputs, params: { pattern } }) {
      const n = inputs[0]!.ndim;
      const isReversed = n > 1 && pattern.length === n && pattern.every((p, d) => p === n - 1 - d);
      return isReversed ? `${x}.T` : null;
    },
    label: ({ params: { pattern } }) => `DimShuffle{${pattern.join(", ")}}`,
  },
  infer(inputs, { pattern }) {
    expectInputs("dimshuffle", inputs, 1);
    const x = inputs[0]!, shape = x.type.shape;
    const seen = new Set<number>();
    for (const item of pattern) {
      if (item === "x") continue;
      if (!Number.isInteger(item) || item < 0 || item >= x.ndim || seen.has(item)) {
        throw new RangeError(
          `Cannot dimshuffle ${shapeLabel(x)} with pattern (${
            pattern.join(", ")
          }): expected "x" and different axes from 0 to ${x.ndim - 1}, got ${shown(item)}${
            seen.has(item) ? " twice" : ""
          }`,
        );
      }
      seen.add(item);
    }
    for (const axis of droppedAxes(pattern, x.ndim)) {
      const n = shape[axis]!;
      if (n !== null && n !== 1) throw dropError(shapeLabel(x), pattern, axis, String(n));
    }
    return [TensorType.of(x.dtype, pattern.map((item) => item === "x" ? 1 : shape[item]!))];
  },
  shapes(context, apply) {
    const { pattern } = apply.params, x = apply.inputs[0]!;
    const shape = context.shape(x);
    for (const axis of droppedAxes(pattern, x.ndim)) {
      if (!context.guards.equal(shape[axis]!, 1)) {
        const got = String(sizeValue(shape[axis]!));
        if (apply.output.written.call === "dimshuffle") {
          throw dropError(writtenLabel(x), pattern, axis, got);
        }
        throw new ShapeError(
          `Cannot leave out axis ${axis} of ${writtenLabel(x)}: it must have length 1, got ${got}`,
        );
      }
    }
    return [pattern.map((item) => item === "x" ? 1 : shape[item]!)];
  },
  lengths: lengthsFrom(
    1,
    ([own], { params: { pattern } }) => pattern.map((item) => item === "x" ? 1 : own![item]!),
  ),
  along: ({ params: { pattern } }, axis) => {
    const item = pattern[axis]!;
    return [item === "x" ? null : item];
  },
  linear: linearIn(0),
  evaluate(inputs, { pattern }) {
    const x = inputs[0]!;
    for (const axis of droppedAxes(pattern, x.shape.length)) {
      if (x.shape[axis] !== 1) throw dropError("a value", pattern, axis, String(x.shape[axis]));
    }
    const strides = rowMajor(x.shape);
    const moved = pattern.map((item) => item === "x" ? 0 : strides[item]!);
    const shape = pattern.map((item) => item === "x" ? 1 : x.shape[item]!);
    return [gather(x, shape, (index) => index.reduce((at, i, d) => at + i * moved[d]!, 0))];
  },
  integers(context, apply) {
    return context.integers(apply.inputs[0]!);
  },
  lowering: {
    kind: "virtual",
    view: true,
    axes: ({ pattern }) => pattern,
    cost: 0,
    element(context, apply, index) {
      const { pattern } = apply.params, x = apply.inputs[0]!;
      const from: Ix[] = new Array(x.ndim).fill(zeroIx);
      pattern.forEach((item, d) => {
        if (item !== "x") from[item] = index[d]!;
      });
      return context.read(x, from);
    },
  },
};

/** Applies a pattern, without checking it; the identity gives x itself. */
export function shuffled(x: Variable, pattern: readonly PatternItem[]): Variable {
  const same = pattern.length === x.ndim && pattern.every((item, d) => item === d);
  return same ? x : outputOf(dimshuffleOp, [x], { pattern: [...pattern] });
}
