/**
 * The op that stretches axes of length 1.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { Op, Params } from "../../graph/op.ts";
import type { Value } from "../../graph/value.ts";
import { zeroIx } from "../../ir/builder.ts";
import { sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs, shapeLabel, staticInt } from "../common/arguments.ts";
import { shapeText } from "../../base/shown.ts";
import { lengthsNamed } from "../common/length_rules.ts";
import { broadcastPosition, gather, scalarOf } from "../common/moving.ts";
import { hasShape, shapeIOp } from "./shape_ops.ts";
import { broadcastAxes, linearIn } from "../common/row_rules.ts";

function stretchError(
  label: string,
  from: readonly (number | null)[],
  to: readonly (number | null)[],
): ShapeError {
  return new ShapeError(
    `Cannot broadcast ${label} of shape ${shapeText(from)} to ${
      shapeText(to)
    }: expected each length to be 1 or that of the result`,
  );
}

/** x with axes of length 1 stretched and axes added in front: x, then one length for each axis. */
export const broadcastToOp: Op<Params> = {
  name: "broadcastTo",
  facts: new Set(["moves", "arranges", "symbolic", "made"]),
  printing: {
    formula([x], { inputs }, textOf) {
      const of = filled(inputs.slice(1));
      return of === null ? null : `fill(${textOf(of)}, ${x})`;
    },
    label: () => "Alloc",
  },
  indexFrom: 1,
  infer(inputs) {
    expectInputs("broadcastTo", inputs, 1, Infinity);
    expectIndexScalars("broadcastTo", inputs, 1);
    const [x, ...dims] = inputs as [Variable, ...Variable[]];
    const to = dims.map(staticInt), skip = dims.length - x.ndim;
    if (skip < 0) {
      throw new TypeError(
        `Cannot broadcast ${shapeLabel(x)} to ${dims.length} axes: expected at least ${x.ndim}`,
      );
    }
    const known = to.map((n, d) => {
      const have = d < skip ? 1 : x.type.shape[d - skip]!;
      const unfit = n !== null && (n < 0 || have !== null && have !== 1 && have !== n);
      if (unfit) throw stretchError(x.label, x.type.shape, to);
      return n ?? (have === 1 ? null : have);
    });
    return [TensorType.of(x.dtype, known)];
  },
  shapes(context, apply) {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const from = context.shape(x), to = dims.map((dim) => context.integer(dim));
    const skip = to.length - from.length;
    to.forEach((n, d) => {
      const have = d < skip ? 1 : from[d - skip]!;
      const fits = !context.guards.less(n, 0) &&
        (context.guards.equal(have, 1) || context.guards.equal(have, n));
      if (!fits) throw stretchError(writtenLabel(x), from.map(sizeValue), to.map(sizeValue));
    });
    return [to];
  },
  lengths: lengthsNamed(),
  along: broadcastAxes,
  linear: linearIn(0),
  evaluate(inputs) {
    const [x, ...dims] = inputs as [Value, ...Value[]];
    const to = dims.map(scalarOf), skip = to.length - x.shape.length;
    const fits = skip >= 0 && to.every((n) => n >= 0) &&
      x.shape.every((n, d) => n === 1 || n === to[skip + d]);
    if (!fits) throw stretchError("a value", x.shape, to);
    return [gather(x, to, (index) => broadcastPosition(index, x.shape))];
  },
  integers(context, apply) {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const values = context.integers(x);
    if (dims.length === 0 || values.length !== 1) return values;
    const n = context.integer(dims[0]!);
    context.guards.equal(n, sizeValue(n));
    return Array.from({ length: sizeValue(n) }, () => values[0]!);
  },
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element(context, apply, index) {
      const x = apply.inputs[0]!, shape = context.shape(x);
      const skip = index.length - shape.length;
      return context.read(
        x,
        shape.map((n, d) => context.guards.equal(n, 1) ? zeroIx : index[skip + d]!),
      );
    },
  },
};

/** The variable whose shape the lengths are, if there is one. */
function filled(dims: readonly Variable[]): Variable | null {
  const owner = dims[0]?.owner ?? null;
  const of = owner?.op === shapeIOp as Op ? owner!.inputs[0]! : null;
  return of !== null && hasShape(of, dims) ? of : null;
}

/** Broadcasts, without checking arguments; a shape that x is known to have gives x itself. */
export function stretched(x: Variable, dims: readonly Variable[]): Variable {
  return hasShape(x, dims) ? x : outputOf(broadcastToOp, [x, ...dims], {});
}
