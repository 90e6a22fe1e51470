/**
 * Eigenvalues of matrices of any kind as an op. Complex numbers are pairs of tensors.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import { kernels } from "../common/kernels.ts";
import { lengthsFrom } from "../common/length_rules.ts";
import { zeroValue } from "../common/moving.ts";
import type { VectorParams } from "./decompose_ops.ts";
import { eigOf } from "./eig_reference.ts";
import { expectMatrices, expectSquare, expectSquareValues, squareShape } from "./matrix_op.ts";

/**
 * Real and imaginary parts of eigenvalues, and of vectors in columns, of square matrices: real ones, or their
 * real and imaginary parts.
 */
export const eigOp: Op<VectorParams> = {
  name: "eig",
  params: { vectors: "plain" },
  facts: new Set(["counted"]),
  infer(inputs, { vectors }) {
    const [x, y] = expectMatrices("eig", inputs, inputs.length === 2 ? 2 : 1) as [
      Variable,
      Variable | undefined,
    ];
    for (const one of inputs) {
      expectSquare("eig", one);
      if (isComplex(one.dtype)) {
        throw new TypeError(
          `Cannot apply "eig": expected parts of complex numbers, got ${one.type}`,
        );
      }
    }
    if (y !== undefined && (y.dtype !== x.dtype || y.ndim !== x.ndim)) {
      throw new TypeError(
        `Cannot apply "eig": expected parts of one type, got ${x.type}, ${y.type}`,
      );
    }
    const { shape } = x.type, n = shape.at(-1) ?? shape.at(-2)!, batch = shape.slice(0, -2);
    const values = TensorType.of(x.dtype, [...batch, n]);
    if (!vectors) return [values, values];
    const columns = TensorType.of(x.dtype, [...batch, n, n]);
    return [values, values, columns, columns];
  },
  shapes(context, apply) {
    const square = squareShape(context, apply), values = square.slice(0, -1);
    if (apply.inputs.length === 2) {
      context.guards.equal(context.shape(apply.inputs[1]!).at(-1)!, square.at(-1)!);
    }
    return apply.params.vectors ? [values, values, square, square] : [values, values];
  },
  lengths: lengthsFrom(1, ([x]) => x!.slice(0, -1)),
  along: ({ inputs, output: { ndim } }, axis) => axis < ndim - 1 ? inputs.map(() => axis) : [],
  evaluate(inputs, { vectors }) {
    const [a] = inputs as [Value], n = a.shape.at(-1)!;
    for (const one of inputs) expectSquareValues("eig", one);
    const made = (square: boolean) => zeroValue(a.dtype, square ? a.shape : a.shape.slice(0, -1));
    const outputs = [false, false, ...vectors ? [true, true] : []].map(made);
    const [re, im, wr, wi, vr, vi] = [a, inputs[1], ...outputs].map((value) =>
      value?.data as Float64Array | undefined
    );
    for (let i = 0; i < sizeOf(a.shape.slice(0, -2)); i++) {
      const square = (x: Float64Array) => x.subarray(i * n * n, (i + 1) * n * n);
      const line = (x: Float64Array) => x.subarray(i * n, (i + 1) * n);
      eigOf(
        { re: square(re!), im: im === undefined ? null : square(im) },
        n,
        { re: line(wr!), im: line(wi!) },
        vectors ? { re: square(vr!), im: square(vi!) } : null,
      );
    }
    return outputs;
  },
  lowering: {
    kind: "byShape",
    choose: (_, { inputs }) => ({
      kind: "emit",
      buffers: inputs.map((_, i) => i),
      emit(context, { inputs: [re, im], params: { vectors } }): void {
        const { emitEig, whole } = kernels.get().linalg;
        const parts = [re, im].map((x) => x === undefined ? null : whole(context.buffer(x)));
        const output = (i: number) => ({ re: context.output(i), im: context.output(i + 1) });
        emitEig(context, parts[0]!, parts[1]!, {
          values: output(0),
          vectors: vectors ? output(2) : null,
        });
      },
    }),
  },
};
