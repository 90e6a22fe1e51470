/**
 * The Fourier transform as an op.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { shapeText } from "../../base/shown.ts";
import { type DType, isComplex } from "../../graph/dtype.ts";
import { writtenLabel } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import { addSize, floorDivSize, sizeValue } from "../../ir/size.ts";
import { expectIndexScalars, expectInputs, shapeLabel, staticInt } from "../common/arguments.ts";
import { kernels } from "../common/kernels.ts";
import { lengthOfDim, toldBy } from "../common/length_rules.ts";
import { scalarOf, zeroValue } from "../common/moving.ts";
import { linearIn, sameAxesBut } from "../common/row_rules.ts";
import { rootsOf, transformed } from "./numbers.ts";

/** Params of {@linkcode fftOp}. */
export interface FftParams {
  /** The axis that is transformed. */
  readonly axis: number;
  /**
   * From any numbers to complex ones, of n elements; from real numbers to the first n/2 + 1 of those; or
   * from these back to real ones.
   */
  readonly kind: "complex" | "toHalf" | "fromHalf";
  /** The sign of the exponent: -1 is forward, as for "toHalf", and 1 backward, as for "fromHalf". */
  readonly sign: 1 | -1;
  /** What results are divided by: nothing, the square root of the length, or the length. */
  readonly by: "one" | "root" | "length";
}

/** What results are multiplied by. */
export function scaleOf({ by }: FftParams, n: number): number {
  return by === "one" ? 1 : by === "root" ? 1 / Math.sqrt(n) : 1 / n;
}

function outputDType(dtype: DType, { kind }: FftParams): DType {
  const isDouble = dtype === "float64" || dtype === "complex128";
  if (kind === "fromHalf") return isDouble ? "float64" : "float32";
  return isDouble ? "complex128" : "complex64";
}

function takes(dtype: DType, { kind }: FftParams): boolean {
  const isReal = dtype === "float32" || dtype === "float64";
  return kind === "toHalf"
    ? isReal
    : kind === "fromHalf"
    ? isComplex(dtype)
    : isReal || isComplex(dtype);
}

function emptyError(label: string): ShapeError {
  return new ShapeError(
    `Cannot apply "fft" to ${label}: expected at least one element to transform`,
  );
}

function halfError(label: string, n: number): ShapeError {
  return new ShapeError(
    `Cannot apply "fft" to ${label}: expected the ${
      Math.floor(n / 2) + 1
    } first elements of a transform of ${n} along the axis`,
  );
}

/** How long a transform of so many elements is. */
export function halfOf(n: number): number {
  return Math.floor(n / 2) + 1;
}

/**
 * The discrete Fourier transform along an axis. Inputs are x and, for "fromHalf", how many elements the
 * result has.
 */
export const fftOp: Op<FftParams> = {
  name: "fft",
  params: { axis: "axis", kind: "plain", sign: "plain", by: "plain" },
  indexFrom: 1,
  infer(inputs, params) {
    const { axis, kind } = params, x = inputs[0]!;
    expectInputs("fft", inputs, kind === "fromHalf" ? 2 : 1);
    expectIndexScalars("fft", inputs, 1);
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.ndim) {
      throw new RangeError(`Cannot apply "fft" to ${shapeLabel(x)} along axis ${axis}`);
    }
    if (!takes(x.dtype, params)) {
      throw new TypeError(`Cannot apply "fft" (${kind}) to ${x.label} of type ${x.type}`);
    }
    const have = x.type.shape[axis]!;
    const n = kind === "fromHalf" ? staticInt(inputs[1]!) : have;
    if (n !== null && n < 1) throw emptyError(shapeLabel(x));
    if (kind === "fromHalf" && n !== null && have !== null && have !== halfOf(n)) {
      throw halfError(shapeLabel(x), n);
    }
    const long = n === null || kind !== "toHalf" ? n : halfOf(n);
    const shape = x.type.shape.map((length, d) => d === axis ? long : length);
    return [TensorType.of(outputDType(x.dtype, params), shape)];
  },
  shapes(context, apply) {
    const [x, length] = apply.inputs, { axis, kind } = apply.params;
    const shape = context.shape(x!), have = shape[axis]!;
    const n = kind === "fromHalf" ? context.integer(length!) : have;
    const label = () => `${writtenLabel(x!)} of shape ${shapeText(shape.map(sizeValue))}`;
    if (context.guards.less(n, 1)) throw emptyError(label());
    const half = addSize(floorDivSize(n, 2), 1);
    if (kind === "fromHalf" && !context.guards.equal(have, half)) {
      throw halfError(label(), sizeValue(n));
    }
    return [shape.map((size, d) => d !== axis ? size : kind === "toHalf" ? half : n)];
  },
  lengths: {
    needs: ({ inputs: [x, n] }) => [x!, ...n === undefined ? [] : toldBy(n)],
    find: ({ inputs: [x, n], params: { axis, kind } }, of) =>
      of(x!).map((length, d) => {
        if (d !== axis || kind === "complex") return length;
        return n === undefined ? null : lengthOfDim(n, of);
      }),
  },
  along: sameAxesBut(({ axis }) => [axis]),
  linear: linearIn(0),
  evaluate(inputs, params) {
    const [x, length] = inputs as [Value, Value?], { axis, kind, sign } = params;
    const have = x.shape[axis]!, n = length === undefined ? have : scalarOf(length);
    const label = `a value of shape ${shapeText(x.shape)}`;
    if (n < 1) throw emptyError(label);
    if (kind === "fromHalf" && have !== halfOf(n)) throw halfError(label, n);
    const long = kind === "toHalf" ? halfOf(n) : n;
    const shape = x.shape.map((size, d) => d === axis ? long : size);
    const out = zeroValue(outputDType(x.dtype, params), shape), roots = rootsOf(n);
    const step = sizeOf(x.shape.slice(axis + 1)), scale = scaleOf(params, n);
    const [from, to] = [x.data, out.data] as [Float64Array, Float64Array];
    const [wide, parts] = [x, out].map(({ dtype }) => isComplex(dtype) ? 2 : 1) as [number, number];
    for (let line = 0; line < sizeOf(x.shape.slice(0, axis)) * step; line++) {
      const before = Math.floor(line / step), behind = line % step;
      const re = new Float64Array(n), im = new Float64Array(n);
      for (let j = 0; j < n; j++) {
        const isMirrored = j >= have, place = isMirrored ? n - j : j;
        const at = ((before * have + place) * step + behind) * wide;
        re[j] = from[at]!;
        const isReal = wide === 1 || kind === "fromHalf" && 2 * j % n === 0;
        // exp(+…) are conj(exp(-…)): conjugates are transformed back.
        im[j] = isReal ? 0 : (isMirrored ? -1 : 1) * -sign * from[at + 1]!;
      }
      const y = transformed({ re, im }, roots);
      for (let k = 0; k < long; k++) {
        const at = ((before * long + k) * step + behind) * parts;
        to[at] = scale * y.re[k]!;
        if (parts === 2) to[at + 1] = scale * -sign * y.im[k]!;
      }
    }
    return [out];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit: (context, apply) => kernels.get().emitFft(context, apply),
  },
};
