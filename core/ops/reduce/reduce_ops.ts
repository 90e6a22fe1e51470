/**
 * The ops that reduce axes: sums, products, extremes, logic, and positions of extremes.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex, isDiscrete, isFloat } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import type { Op, PlainLowering, ShapeContext } from "../../graph/op.ts";
import { capital } from "../../graph/print.ts";
import { rounded, sizeOf, type Value, valueData } from "../../graph/value.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import { productSize, type Size } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { forEachPosition } from "../common/broadcast.ts";
import { mapElement } from "../common/elements.ts";
import { lengthsFrom } from "../common/length_rules.ts";
import { axesWithout } from "../common/row_rules.ts";
import { mulElements, toComplex } from "../elementwise/complex_elements.ts";

/** What `reduce` computes. */
export type ReduceOpKind = "sum" | "prod" | "max" | "min" | "any" | "all";

/** Params of `reduce`. */
export interface ReduceParams {
  readonly kind: ReduceOpKind;
  /** The axes that vanish: sorted, not negative, at least one. */
  readonly axes: readonly number[];
  /** dtype of the result, in which values are accumulated. */
  readonly dtype: DType;
  /** Of no elements `max` is -Infinity and `min` is Infinity, and not an error; for floats. */
  readonly empty?: true;
}

/** Params of `argreduce`. */
export interface ArgReduceParams {
  readonly kind: "argmax" | "argmin";
  /** The axes that vanish: sorted, not negative, at least one. */
  readonly axes: readonly number[];
}

const byParts: PlainLowering<ReduceParams> = {
  kind: "reduce",
  reduction: ({ kind, axes, dtype }) => ({ kind, axes, accumulator: dtype }),
};

/** Each part of a product takes both parts of its factors. */
const complexProduct: PlainLowering<ReduceParams> = {
  kind: "emit",
  emit(context, { inputs: [x], params: { axes } }) {
    const to = context.output(0), shape = context.shape(x!);
    context.nest("one", to.shape, [], (nest) => {
      const [one, zero] = [1, 0].map((part) =>
        nest.b.constant(scalarTypeOf(context.held(to.dtype)), part)
      ) as [SNode, SNode];
      nest.storeOuter(to, nest.axes, { re: one, im: zero });
    });
    context.nest("prod", to.shape, axes.map((axis) => shape[axis]!), (nest) => {
      const { b } = nest, points = [...nest.axes], loops = [...nest.loops];
      const at = shape.map((_, d) => (axes.includes(d) ? loops : points).shift()!);
      const before = toComplex(b, nest.readTarget(to, nest.axes));
      const own = mapElement([nest.read(x!, at)], ([part]) => b.cast(part!, before.re.type));
      nest.storeInner(to, nest.axes, mulElements(b, before, toComplex(b, own)));
    });
  },
};

/**
 * Reduces axes. Sums and products of no elements are 0 and 1, `any` and `all` false and true; `max`
 * and `min` give NaN if there is one, and of no elements they are an error.
 */
export const reduceOp: Op<ReduceParams> = {
  name: "reduce",
  facts: new Set(["gathers"]),
  params: { kind: "plain", axes: "axes", dtype: "plain", empty: "plain" },
  printing: { label: reductionLabel },
  infer(inputs, params) {
    const x = onlyInput("reduce", inputs);
    const { kind, axes, dtype } = params;
    checkAxes("reduce", x, axes);
    dtypeInfo(dtype);
    const isExtreme = kind === "max" || kind === "min", isLogic = kind === "any" || kind === "all";
    const isPossible = isExtreme
      ? (params.empty !== true || isFloat(dtype)) && dtype === x.dtype && dtype !== "bool" &&
        !isComplex(dtype)
      : isLogic
      ? dtype === "bool"
      : dtype !== "bool" && (isComplex(dtype) || !isComplex(x.dtype));
    if (!isPossible) {
      throw new TypeError(`Cannot take the ${kind} of ${x.dtype} as ${dtype}`);
    }
    return [TensorType.of(dtype, without(x.type.shape, axes))];
  },
  shapes(context, apply) {
    const shape = context.shape(apply.inputs[0]!);
    const { kind, axes, empty } = apply.params;
    if (empty !== true && (kind === "max" || kind === "min")) {
      expectElements(context, kind, shape, axes);
    }
    return [without(shape, axes)];
  },
  lengths: lengthsFrom(1, ([own], { params: { axes } }) => without(own!, axes)),
  along: axesWithout,
  linear: ({ params: { kind } }) => kind === "sum" ? [[0]] : [],
  evaluate([x], params) {
    return [evaluateReduce(x!, params)];
  },
  lowering: {
    kind: "byShape",
    choose: (_, { params: { kind, dtype } }) =>
      kind === "prod" && isComplex(dtype) ? complexProduct : byParts,
  },
};

/**
 * The position of the first extreme, counted in row-major order within the reduced axes, as int64. A
 * NaN counts as the extreme.
 */
export const argreduceOp: Op<ArgReduceParams> = {
  name: "argreduce",
  params: { kind: "plain", axes: "axes" },
  printing: { label: reductionLabel },
  infer(inputs, params) {
    const x = onlyInput("argreduce", inputs);
    checkAxes("argreduce", x, params.axes);
    if (isComplex(x.dtype)) {
      throw new TypeError(
        `Cannot take the ${params.kind} of ${x.dtype}: expected real numbers, complex ones have no order`,
      );
    }
    return [TensorType.of("int64", without(x.type.shape, params.axes))];
  },
  shapes(context, apply) {
    const shape = context.shape(apply.inputs[0]!);
    expectElements(context, apply.params.kind, shape, apply.params.axes);
    return [without(shape, apply.params.axes)];
  },
  lengths: lengthsFrom(1, ([own], { params: { axes } }) => without(own!, axes)),
  along: axesWithout,
  evaluate([x], params) {
    return [evaluateArg(x!, params)];
  },
  lowering: {
    kind: "reduce",
    // The values are compared in their own dtype; positions come out as integers by themselves.
    reduction: ({ kind, axes }, input) => ({
      kind,
      axes,
      accumulator: input === "bool" ? "int32" : input,
    }),
  },
};

/** As in `Sum`, or with axes where some stay. */
function reductionLabel({ params, inputs }: Apply<ReduceParams | ArgReduceParams>): string {
  const { kind, axes } = params, isAll = axes.length === inputs[0]!.ndim;
  return capital(kind) + (isAll ? "" : `{axis=[${axes.join(", ")}]}`);
}

function onlyInput(name: string, inputs: readonly Variable[]): Variable {
  if (inputs.length !== 1) {
    throw new TypeError(`Cannot apply "${name}": expected 1 argument, got ${inputs.length}`);
  }
  return inputs[0]!;
}

function checkAxes(name: string, x: Variable, axes: readonly number[]): void {
  const isSorted = axes.every((axis, i) => i === 0 || axis > axes[i - 1]!);
  const isInside = axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < x.ndim);
  if (axes.length === 0 || !isSorted || !isInside) {
    throw new RangeError(
      `Cannot apply "${name}": expected sorted axes below ${x.ndim}, got [${axes.join(", ")}]`,
    );
  }
}

function without<T>(shape: readonly T[], axes: readonly number[]): T[] {
  return shape.filter((_, d) => !axes.includes(d));
}

function noElements(kind: string, axes: readonly number[]): ShapeError {
  return new ShapeError(
    `Cannot take the ${kind} of no elements: axis ${axes.join(" or ")} has length 0`,
  );
}

function expectElements(
  context: ShapeContext,
  kind: string,
  shape: readonly Size[],
  axes: readonly number[],
): void {
  const count = productSize(axes.map((axis) => shape[axis]!));
  if (context.guards.equal(count, 0)) throw noElements(kind, axes);
}

/** Strides of the input, and for each input element the strides of its place in the result. */
function placeStrides(shape: readonly number[], axes: readonly number[]): [number[], number[]] {
  const from: number[] = new Array(shape.length), to: number[] = new Array(shape.length);
  let f = 1, t = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    from[d] = f;
    to[d] = axes.includes(d) ? 0 : t;
    f *= shape[d]!;
    if (!axes.includes(d)) t *= shape[d]!;
  }
  return [from, to];
}

function evaluateReduce(x: Value, { kind, axes, dtype, empty }: ReduceParams): Value {
  const shape = without(x.shape, axes), n = sizeOf(shape);
  const [from, to] = placeStrides(x.shape, axes);
  const isExtreme = kind === "max" || kind === "min";
  if (isExtreme && empty !== true && axes.some((axis) => x.shape[axis] === 0)) {
    throw noElements(kind, axes);
  }
  const data = valueData(dtype, n);
  const visit = (f: (i: number, o: number) => void) =>
    forEachPosition(x.shape, [from, to], ([i, o]) => f(i!, o!));
  if (kind === "any" || kind === "all") {
    const isAny = kind === "any", pairs = isComplex(x.dtype);
    data.fill((isAny ? 0 : 1) as never);
    const holds = (v: number | bigint) => Number(v) !== 0 || Number.isNaN(v);
    visit((i, o) => {
      const is = pairs ? holds(x.data[2 * i]!) || holds(x.data[2 * i + 1]!) : holds(x.data[i]!);
      if (is === isAny) data[o] = (isAny ? 1 : 0) as never;
    });
  } else if (isComplex(dtype)) {
    reduceComplex(x, kind as "sum" | "prod", data as Float64Array, visit);
  } else if (isDiscrete(dtype)) {
    const wide = dtype === "uint64" ? BigInt.asUintN : BigInt.asIntN;
    const total = new Array<bigint | undefined>(n).fill(
      kind === "sum" ? 0n : kind === "prod" ? 1n : undefined,
    );
    visit((i, o) => {
      const v = wholeOf(x.data[i]!), have = total[o];
      if (have === undefined) total[o] = v;
      else if (kind === "sum") total[o] = wide(64, have + v);
      else if (kind === "prod") total[o] = wide(64, have * v);
      else if (kind === "max" ? v > have : v < have) total[o] = v;
    });
    for (let o = 0; o < n; o++) put(data, o, total[o]!);
  } else if (kind === "sum") {
    sumFloats(x, data as Float64Array, visit);
  } else {
    const start = { prod: 1, max: -Infinity, min: Infinity }[kind];
    const step = {
      prod: (p: number, q: number) => p * q,
      max: (p: number, q: number) => Math.max(p, q),
      min: (p: number, q: number) => Math.min(p, q),
    }[kind];
    data.fill(start as never);
    visit((i, o) => data[o] = step(data[o] as number, Number(x.data[i])) as never);
  }
  const value: Value = { dtype, shape, data };
  return isDiscrete(dtype) ? rounded(value) : value;
}

type Visit = (f: (i: number, o: number) => void) => void;

/** Neumaier's compensated sum, so that the reference is not itself a source of error. */
function sumFloats(x: Value, data: Float64Array, visit: Visit): void {
  const low = new Float64Array(data.length);
  visit((i, o) => {
    const v = Number(x.data[i]), have = data[o]!, sum = have + v;
    if (Number.isFinite(sum)) {
      low[o]! += Math.abs(have) >= Math.abs(v) ? (have - sum) + v : (v - sum) + have;
    }
    data[o] = sum;
  });
  for (let o = 0; o < data.length; o++) if (Number.isFinite(data[o])) data[o]! += low[o]!;
}

function reduceComplex(x: Value, kind: "sum" | "prod", data: Float64Array, visit: Visit): void {
  const pairs = isComplex(x.dtype);
  for (let o = 0; o < data.length; o += 2) data[o] = kind === "sum" ? 0 : 1;
  visit((i, o) => {
    const re = Number(x.data[pairs ? 2 * i : i]), im = pairs ? Number(x.data[2 * i + 1]) : 0;
    const [p, q] = [data[2 * o]!, data[2 * o + 1]!];
    data[2 * o] = kind === "sum" ? p + re : p * re - q * im;
    data[2 * o + 1] = kind === "sum" ? q + im : p * im + q * re;
  });
}

function evaluateArg(x: Value, { kind, axes }: ArgReduceParams): Value {
  const shape = without(x.shape, axes), n = sizeOf(shape);
  if (axes.some((axis) => x.shape[axis] === 0)) throw noElements(kind, axes);
  const [from, to] = placeStrides(x.shape, axes);
  const [, within] = placeStrides(
    x.shape,
    x.shape.map((_, d) => d).filter((d) => !axes.includes(d)),
  );
  const best = new Array<number | bigint | undefined>(n);
  const data = new BigInt64Array(n);
  forEachPosition(x.shape, [from, to, within], ([i, o, p]) => {
    const v = x.data[i!]!, have = best[o!];
    const isBetter = have === undefined ||
      (!Number.isNaN(have) && (Number.isNaN(v) || (kind === "argmax" ? v > have : v < have)));
    if (!isBetter) return;
    best[o!] = v;
    data[o!] = BigInt(p!);
  });
  return { dtype: "int64", shape, data };
}

function wholeOf(x: number | bigint): bigint {
  return typeof x === "bigint" ? x : Number.isFinite(x) ? BigInt(Math.trunc(x)) : 0n;
}

function put(data: Value["data"], i: number, x: bigint): void {
  // Those of at most 32 bits are wrapped to their dtype afterwards.
  if (data instanceof Float64Array) data[i] = Number(BigInt.asIntN(33, x));
  else data[i] = x;
}
