/**
 * Where a tensor is not zero.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import type { Op, Params } from "../../graph/op.ts";
import { makeValue } from "../../graph/value.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import { productSize } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs } from "../common/arguments.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";

/**
 * The row-major positions at which a bool tensor is true: the tensor, then the number of those
 * positions, which says how long the result is. Where a step of a loop asks for more, the rest is not read.
 */
export const nonzeroOp: Op<Params> = {
  name: "nonzero",
  facts: new Set(["arranges"]),
  indexFrom: 1,
  infer(inputs) {
    expectInputs("nonzero", inputs, 2);
    expectIndexScalars("nonzero", inputs, 1);
    if (inputs[0]!.dtype !== "bool") {
      throw new TypeError(`Cannot apply "nonzero": expected a bool tensor, got ${inputs[0]!.type}`);
    }
    return [TensorType.of("int64", [null])];
  },
  shapes(context, apply) {
    return [[context.integer(apply.inputs[1]!)]];
  },
  evaluate(inputs) {
    const data = inputs[0]!.data as Float64Array, length = Number(inputs[1]!.data[0]);
    const found = Array.from({ length }, () => 0);
    let count = 0;
    data.forEach((x, i) => {
      if (x !== 0) found[count++] = i;
    });
    return [makeValue("int64", [length], found)];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, apply) {
      const mask = apply.inputs[0]!, length = productSize(context.shape(mask));
      const found = context.temp("positions", "int32", [length]);
      const count = context.temp("count", "int32", []);
      context.push({
        kind: "nonzero",
        name: "nonzero",
        dtype: context.held("bool"),
        source: context.buffer(mask).buffer,
        length,
        positions: found.buffer,
        count: count.buffer,
      });
      const out = context.output(0);
      context.nest("positions", context.shape(apply.output), [], (nest) => {
        const position = nest.readTarget(found, nest.axes) as SNode;
        nest.storeOuter(out, nest.axes, nest.b.cast(position, scalarTypeOf(context.held("int64"))));
      });
    },
  },
};

/** The row-major positions where a mask is true, int64. */
export function maskPositions(mask: Variable): Variable {
  const axes = Array.from({ length: mask.ndim }, (_, d) => d);
  const count = outputOf<ReduceParams>(reduceOp, [mask], { kind: "sum", axes, dtype: "int64" });
  return outputOf(nonzeroOp, [mask, count], {});
}
