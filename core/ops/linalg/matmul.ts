/**
 * The matrix product, which all other products reduce to.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { asWritten, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { Op, Params } from "../../graph/op.ts";
import { sizeOf, type Value, widened, wrappedTo } from "../../graph/value.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectInputs, expectSameDType, shapeLabel } from "../common/arguments.ts";
import { shapeText } from "../../base/shown.ts";
import { lengthsFrom } from "../common/length_rules.ts";
import { zeroValue } from "../common/moving.ts";
import { linearInEach } from "../common/row_rules.ts";

type Lengths = readonly (number | null)[];

/** Throws a ShapeError, which calls the operands as `words` says, if lengths that are known do not go together. */
function checkLengths(x: Lengths, y: Lengths, words: () => readonly [string, string]): void {
  const inner = [x.at(-1)!, y.at(-2)!];
  const fail = (what: string) => new ShapeError(`Cannot multiply ${words().join(" by ")}: ${what}`);
  if (inner[0] !== null && inner[1] !== null && inner[0] !== inner[1]) {
    throw fail(`the inner lengths must agree, got ${inner[0]} and ${inner[1]}`);
  }
  x.slice(0, -2).forEach((n, d) => {
    const m = y[d]!;
    if (n !== null && m !== null && n !== m) {
      throw fail(`lengths of batch axis ${d} must agree, got ${n} and ${m}`);
    }
  });
}

/** The products of matrices (…, m, k) and (…, k, n); both have the same dtype, rank and batch axes. */
export const matmulOp: Op<Params> = {
  name: "matmul",
  printing: { infix: "\\dot" },
  infer(inputs) {
    expectInputs("matmul", inputs, 2);
    const [a, b] = inputs as [Variable, Variable];
    const dtype = expectSameDType("matmul", inputs);
    if (a.ndim !== b.ndim || a.ndim < 2) {
      throw new TypeError(
        `Cannot apply "matmul": expected two tensors of one rank >= 2, got ${a.type} and ${b.type}`,
      );
    }
    if (isComplex(dtype) || dtype === "bool") {
      throw new TypeError(`Cannot apply "matmul": expected real numbers, got ${dtype}`);
    }
    const x = a.type.shape, y = b.type.shape;
    checkLengths(x, y, () => [shapeLabel(asWritten(a)), shapeLabel(asWritten(b))]);
    const batch = x.slice(0, -2).map((n, d) => n ?? y[d]!);
    return [TensorType.of(dtype, [...batch, x.at(-2)!, y.at(-1)!])];
  },
  shapes(context, apply) {
    const [a, b] = apply.inputs as [Variable, Variable];
    const x = context.shape(a), y = context.shape(b);
    const agree = (n: Size, m: Size) => context.guards.equal(n, m);
    if (!agree(x.at(-1)!, y.at(-2)!) || !x.slice(0, -2).every((n, d) => agree(n, y[d]!))) {
      const words = (v: Variable) =>
        `${writtenLabel(v)} of shape ${shapeText(context.shape(asWritten(v)).map(sizeValue))}`;
      checkLengths(x.map(sizeValue), y.map(sizeValue), () => [words(a), words(b)]);
    }
    return [[...x.slice(0, -1), y.at(-1)!]];
  },
  lengths: lengthsFrom(2, ([x, y]) => [...x!.slice(0, -1), y!.at(-1)!]),
  along: (
    { output: { ndim } },
    axis,
  ) => [axis < ndim - 1 ? axis : null, axis === ndim - 2 ? null : axis],
  linear: linearInEach,
  evaluate(inputs) {
    const [a, b] = inputs.map(widened) as [Value, Value];
    const words = (v: Value) => `a value of shape ${shapeText(v.shape)}`;
    checkLengths(a.shape, b.shape, () => [words(a), words(b)]);
    const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
    const batch = sizeOf(a.shape.slice(0, -2));
    const out = zeroValue(a.dtype, [...a.shape.slice(0, -1), n]);
    // Integers are bigints, which the same operators multiply and add.
    const x = a.data as Float64Array, y = b.data as Float64Array, z = out.data as Float64Array;
    for (let p = 0; p < batch; p++) {
      for (let i = 0; i < m; i++) {
        for (let h = 0; h < k; h++) {
          const factor = x[(p * m + i) * k + h]!;
          for (let j = 0; j < n; j++) {
            z[(p * m + i) * n + j]! += factor * y[(p * k + h) * n + j]!;
          }
        }
      }
    }
    return [wrappedTo(inputs[0]!.dtype, out)];
  },
  lowering: { kind: "matmul" },
};
