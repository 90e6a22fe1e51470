/**
 * How a row of the elementwise tables becomes an op.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex, isDiscrete, isInt } from "../../graph/dtype.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import type {
  Element,
  Fact,
  Op,
  ParamKinds,
  Params,
  Printing,
  ShapeContext,
} from "../../graph/op.ts";
import { sizeOf, type Value, valueData } from "../../graph/value.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import type { SNode } from "../../ir/scalar.ts";
import type { Size } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import {
  broadcastShapes,
  broadcastSizes,
  broadcastStatic,
  broadcastStrides,
  forEachPosition,
} from "../common/broadcast.ts";
import { broadcastLengths } from "../common/length_rules.ts";
import type { Complex } from "./complex_reference.ts";
import type { DTypes } from "./rules.ts";
import { broadcastAxes } from "../common/row_rules.ts";

type LinearSets = readonly (readonly number[])[];

/**
 * What is to be said of an elementwise op. Everything else follows from it: type inference, the
 * reference, both backends.
 */
export interface ElementwiseRow<P extends Params = Params> {
  readonly arity: number;
  /** What each of its params is; default: it has none. */
  readonly params?: ParamKinds<P>;
  /** dtypes that the arguments are converted to, and that of the result; throws for others. */
  dtypes(name: string, inputs: readonly DType[], params: P): DTypes;
  /** The reference in float64. */
  float?(args: readonly number[], dtypes: DTypes, params: P): number | bigint;
  /** The reference on integers and bools, exact; the result is wrapped to the dtype afterwards. */
  int?(args: readonly bigint[], dtypes: DTypes, params: P): bigint | number;
  /** The reference when an argument or the result is complex. */
  complexReference?(args: readonly Complex[], dtypes: DTypes, params: P): Complex;
  /** The element inside kernels. Narrow integers are wrapped by the planner. */
  scalar(b: ScalarBuilder, args: readonly SNode[], params: P): SNode;
  /** The same when an argument or the result is complex. */
  complex?(b: ScalarBuilder, args: readonly Element[], params: P): Element;
  /** About 1 for an addition, 10 for exp. */
  readonly cost: number;
  /** Whether it is its argument as it is, whatever the dtype; default false. */
  readonly view?: boolean;
  /** Whether it is its argument in the output's dtype, as the planner converts; default false. */
  readonly converts?: boolean;
  readonly facts?: readonly Fact[];
  /** How it is printed; default: its name, then the arguments in parentheses. */
  readonly printing?: Printing<P>;
  /** Sets of arguments in which it is linear; default: none. */
  readonly linear?: LinearSets | ((params: P) => LinearSets);
  /** The value as a host integer; without it the planner takes the reference. */
  size?(context: ShapeContext, args: readonly Size[], params: P): Size;
  /** Text that is equal for equal params, where JSON does not do. */
  key?(params: P): string;
}

/** An elementwise op. */
export interface ElementwiseOp<P extends Params = Params> extends Op<P> {
  readonly arity: number;
  /** dtypes that the arguments are converted to, and that of the result. */
  dtypes(inputs: readonly DType[], params: P): DTypes;
}

/** Makes the op that a row describes. */
export function elementwiseOp<P extends Params>(
  name: string,
  row: ElementwiseRow<P>,
): ElementwiseOp<P> {
  const action = `Cannot apply "${name}"`;
  const dtypes = (inputs: readonly DType[], params: P) => row.dtypes(name, inputs, params);
  const op: ElementwiseOp<P> = {
    name,
    arity: row.arity,
    dtypes,
    infer(inputs: readonly Variable[], params: P): readonly TensorType[] {
      if (inputs.length !== row.arity) {
        throw new TypeError(
          `${action}: expected ${row.arity} argument${
            row.arity === 1 ? "" : "s"
          }, got ${inputs.length}`,
        );
      }
      const { output } = dtypes(inputs.map((x) => x.dtype), params);
      return [TensorType.of(output, broadcastStatic(action, inputs.map((x) => x.type.shape)))];
    },
    shapes(context: ShapeContext, apply: Apply<P>): readonly (readonly Size[])[] {
      return [broadcastSizes(context, action, apply.inputs.map((x) => context.shape(x)))];
    },
    lengths: broadcastLengths,
    along: broadcastAxes,
    linear: ({ params }) =>
      typeof row.linear === "function" ? row.linear(params) : row.linear ?? [],
    evaluate(inputs: readonly Value[], params: P): readonly Value[] {
      return [evaluateRow(name, row, inputs, params)];
    },
    lowering: {
      kind: "elementwise",
      compute: (inputs, params) => dtypes(inputs, params).compute,
      scalar: (b, args, params) => row.scalar(b, args, params),
      ...(row.complex && { complex: row.complex.bind(row) }),
      cost: row.cost,
      ...(row.view && { view: true }),
      ...(row.converts && { converts: true }),
    },
    facts: new Set(row.facts),
    ...(row.params && { params: row.params }),
    ...(row.size && { size: row.size.bind(row) }),
    ...(row.key && { key: row.key.bind(row) }),
    ...(row.printing && { printing: row.printing }),
  };
  return Object.freeze(op);
}

function evaluateRow<P extends Params>(
  name: string,
  row: ElementwiseRow<P>,
  inputs: readonly Value[],
  params: P,
): Value {
  const shape = broadcastShapes(`Cannot apply "${name}"`, inputs.map((x) => x.shape));
  const strides = inputs.map((x) => broadcastStrides(x.shape, shape));
  const dtypes = row.dtypes(name, inputs.map((x) => x.dtype), params);
  const { compute, output } = dtypes;
  const data = valueData(output, sizeOf(shape));
  const wrap = isInt(output) ? wrapper(output) : null;
  const put = (i: number, x: number | bigint): void => {
    const exact = wrap !== null ? wrap(wholeOf(x)) : x;
    if (data instanceof Float64Array) data[i] = Number(exact);
    else data[i] = wholeOf(exact);
  };
  if (isComplex(output) || compute.some(isComplex)) {
    const args = inputs.map((x, k) => complexReader(x, compute[k]!));
    const pairs = isComplex(output);
    forEachPosition(shape, strides, (at, i) => {
      const z = row.complexReference!(args.map((read, k) => read(at[k]!)), dtypes, params);
      if (!pairs) return put(i, z.re);
      data[2 * i] = z.re;
      data[2 * i + 1] = z.im;
    });
  } else if (compute.every(isDiscrete)) {
    const args = inputs.map((x, k) => integerReader(x, compute[k]!));
    forEachPosition(shape, strides, (at, i) => {
      put(i, row.int!(args.map((read, k) => read(at[k]!)), dtypes, params));
    });
  } else {
    const args = inputs.map((x, k) => numberReader(x, compute[k]!));
    forEachPosition(shape, strides, (at, i) => {
      put(i, row.float!(args.map((read, k) => read(at[k]!)), dtypes, params));
    });
  }
  return { dtype: output, shape, data };
}

function numberReader(value: Value, to: DType): (i: number) => number {
  const { data } = value;
  if (to === "bool" && value.dtype !== "bool") {
    if (isComplex(value.dtype)) return (i) => Number(data[2 * i] !== 0 || data[2 * i + 1] !== 0);
    return (i) => data[i] !== 0 && data[i] !== 0n ? 1 : 0;
  }
  return data instanceof Float64Array ? (i) => data[i]! : (i) => Number(data[i]!);
}

function integerReader(value: Value, to: DType): (i: number) => bigint {
  const { data } = value;
  if (to === "bool") {
    const read = numberReader(value, to);
    return (i) => BigInt(read(i));
  }
  const wrap = wrapper(to);
  return (i) => wrap(wholeOf(data[i]!));
}

function wrapper(dtype: DType): (x: bigint) => bigint {
  const { kind, bytes } = dtypeInfo(dtype);
  return kind === "uint" ? (x) => BigInt.asUintN(8 * bytes, x) : (x) => BigInt.asIntN(8 * bytes, x);
}

function complexReader(value: Value, to: DType): (i: number) => Complex {
  if (isComplex(value.dtype) && isComplex(to)) {
    const { data } = value;
    return (i) => ({ re: data[2 * i] as number, im: data[2 * i + 1] as number });
  }
  const read = numberReader(value, to);
  return (i) => ({ re: read(i), im: 0 });
}

/** An integer of any size from a reference number; what is no number is 0. */
function wholeOf(x: number | bigint): bigint {
  return typeof x === "bigint" ? x : Number.isFinite(x) ? BigInt(Math.trunc(x)) : 0n;
}
