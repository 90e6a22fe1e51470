/**
 * The length that axes have together.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { Op, Params } from "../../graph/op.ts";
import { makeValue } from "../../graph/value.ts";
import { scalarTypeOf } from "../../ir/scalar.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs } from "../common/arguments.ts";
import { listText } from "../../base/shown.ts";
import { scalarOf } from "../common/moving.ts";

function jointLength(
  lengths: readonly Size[],
  equal: (a: Size, b: Size) => boolean,
): Size {
  let joint: Size = 1;
  for (const length of lengths) {
    if (equal(length, joint) || equal(length, 1)) continue;
    if (!equal(joint, 1)) {
      throw new ShapeError(
        `Cannot broadcast axes of lengths ${
          listText(lengths.map((n) => String(sizeValue(n))))
        }: expected equal lengths or 1`,
      );
    }
    joint = length;
  }
  return joint;
}

/** The length that axes of the given lengths broadcast to: 0-d integers in, int64 out. */
export const jointLengthOp: Op<Params> = {
  name: "jointLength",
  facts: new Set(["length"]),
  indexFrom: 0,
  infer(inputs) {
    expectInputs("jointLength", inputs, 1, Infinity);
    expectIndexScalars("jointLength", inputs, 0);
    return [TensorType.of("int64", [])];
  },
  shapes() {
    return [[]];
  },
  evaluate(inputs) {
    const joint = jointLength(inputs.map(scalarOf), (a, b) => a === b);
    return [makeValue("int64", [], [sizeValue(joint)])];
  },
  integers(context, apply) {
    const lengths = apply.inputs.map((input) => context.integer(input));
    return [jointLength(lengths, (a, b) => context.guards.equal(a, b))];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    element(context, apply) {
      return context.b.size(context.integer(apply.output), scalarTypeOf(context.held("int64")));
    },
  },
};

/** Joint lengths of more lengths than this are not taken apart: sums of many terms would need them all for each. */
const MOST_PARTS = 16;

/** The length that axes of these lengths broadcast to; one node for each set of lengths, unless it is large. */
export function jointLengthOf(lengths: readonly Variable[]): Variable {
  const parts = lengths.flatMap((n) =>
    n.owner?.op === jointLengthOp && n.owner.inputs.length <= MOST_PARTS ? [...n.owner.inputs] : [n]
  );
  const different = [...new Set(parts)].sort((a, b) => a.id - b.id);
  return different.length === 1 ? different[0]! : outputOf(jointLengthOp, different, {});
}
