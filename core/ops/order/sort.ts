/**
 * Sorting along an axis.
 *
 * @module
 */

import { type DType, isComplex } from "../../graph/dtype.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import type { EmitContext, Op, Target } from "../../graph/op.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import type { Ix } from "../../ir/builder.ts";
import { productSize } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectInputs, shapeLabel } from "../common/arguments.ts";
import { likeFirst } from "../common/length_rules.ts";
import { copyElement, zeroValue } from "../common/moving.ts";
import { sameAxesBut } from "../common/row_rules.ts";

/** Params of {@linkcode sortOp} and {@linkcode argsortOp}. */
export interface SortParams {
  /** The axis along which elements are sorted. */
  readonly axis: number;
}

function checkSort(inputs: readonly Variable[], { axis }: SortParams, name: string): Variable {
  expectInputs(name, inputs, 1);
  const x = inputs[0]!;
  if (isComplex(x.dtype)) {
    throw new TypeError(`Cannot sort ${x.label}: expected real numbers, got ${x.dtype}`);
  }
  if (!Number.isInteger(axis) || axis < 0 || axis >= x.ndim) {
    throw new RangeError(`Cannot sort ${shapeLabel(x)} along axis ${axis}`);
  }
  return x;
}

/** Positions along `axis` in sorted order, for one line of elements. */
function sortedOrder(x: Value, base: number, stride: number, n: number): number[] {
  const at = (i: number) => x.data[base + i * stride]!;
  return Array.from({ length: n }, (_, i) => i).sort((i, j) => {
    const a = at(i), b = at(j);
    const strayA = Number.isNaN(a), strayB = Number.isNaN(b);
    if (strayA || strayB) return Number(strayA) - Number(strayB);
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

function evaluateLines(
  x: Value,
  axis: number,
  put: (to: number, from: number, position: number) => void,
): void {
  const n = x.shape[axis]!, stride = sizeOf(x.shape.slice(axis + 1));
  for (let p = 0; p < sizeOf(x.shape.slice(0, axis)); p++) {
    for (let q = 0; q < stride; q++) {
      const base = p * n * stride + q;
      sortedOrder(x, base, stride, n).forEach((from, to) =>
        put(base + to * stride, base + from * stride, from)
      );
    }
  }
}

/** The elements of x in ascending order along an axis, NaN last. */
export const sortOp: Op<SortParams> = {
  name: "sort",
  params: { axis: "axis" },
  holds: (inputs) => inputs,
  infer(inputs, params) {
    return [checkSort(inputs, params, "sort").type];
  },
  ...likeFirst,
  along: sameAxesBut(({ axis }) => [axis]),
  evaluate(inputs, { axis }) {
    const x = inputs[0]!, out = zeroValue(x.dtype, x.shape);
    evaluateLines(x, axis, (to, from) => copyElement(out, to, x, from));
    return [out];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, apply) {
      emitSort(context, apply, "values");
    },
  },
};

/** int64 positions along an axis that sort x; equal elements keep their order. */
export const argsortOp: Op<SortParams> = {
  name: "argsort",
  params: { axis: "axis" },
  infer(inputs, params) {
    return [TensorType.of("int64", checkSort(inputs, params, "argsort").type.shape)];
  },
  ...likeFirst,
  along: sameAxesBut(({ axis }) => [axis]),
  evaluate(inputs, { axis }) {
    const x = inputs[0]!, out = zeroValue("int64", x.shape);
    evaluateLines(x, axis, (to, _from, position) => out.data[to] = BigInt(position));
    return [out];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, apply) {
      emitSort(context, apply, "positions");
    },
  },
};

/** Sorts rows; another axis than the last is brought there and back by copies. */
function emitSort(
  context: EmitContext,
  apply: Apply<SortParams>,
  what: "values" | "positions",
): void {
  const x = apply.inputs[0]!, { axis } = apply.params;
  const shape = context.shape(x), out = context.output(0);
  const sort = (source: Target, target: Target, dtype: DType) =>
    context.push({
      kind: "sort",
      name: apply.op.name,
      dtype: context.held(dtype),
      source: source.buffer,
      rows: productSize(source.shape.slice(0, -1)),
      length: source.shape.at(-1)!,
      descending: false,
      values: what === "values" ? target.buffer : null,
      positions: what === "positions" ? target.buffer : null,
    });
  if (axis === x.ndim - 1) return void sort(context.buffer(x), out, x.dtype);
  const turned = [...shape.filter((_, d) => d !== axis), shape[axis]!];
  const back = (index: readonly Ix[]) =>
    shape.map((_, d) => d === axis ? index.at(-1)! : index[d < axis ? d : d - 1]!);
  const rows = context.temp("rows", x.dtype, turned);
  const sorted = context.temp("sorted", apply.output.dtype, turned);
  context.nest("rows", turned, [], (nest) => {
    nest.storeOuter(rows, nest.axes, nest.read(x, back(nest.axes)));
  });
  sort(rows, sorted, x.dtype);
  context.nest("columns", turned, [], (nest) => {
    nest.storeOuter(out, back(nest.axes), nest.readTarget(sorted, nest.axes));
  });
}
