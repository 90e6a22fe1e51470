/**
 * Fourier transforms.
 *
 * @module
 */

import { isComplex } from "../../core/graph/dtype.ts";
import { fftOp, scaleOf } from "../../core/ops/fft/op.ts";
import { type ElementType, partOf } from "../text/types.ts";
import { type OpRow, row } from "./row.ts";

/** The rows. */
export const fourierRows: readonly OpRow[] = [
  row(fftOp, (level, { inputs: [input], output, params }) => {
    const { block } = level, { axis, kind, sign } = params, x = level.value(input!);
    const shape = level.shape(output), isBack = sign === 1;
    const n = (kind === "toHalf" ? x.shape : shape)[axis]!, last = shape.length - 1;
    // XLA transforms last axes.
    const order = shape.map((_, d) => d).filter((d) => d !== axis);
    const turned = block.transpose(x, [...order, axis]);
    const toComplex = kind === "complex" && !isComplex(input!.dtype);
    const zero = () => block.constant(turned.type, turned.shape, 0);
    const from = toComplex ? block.complex(turned, zero()) : turned;
    const part = partOf(from.type),
      type: ElementType = kind === "fromHalf"
        ? part
        : part === "f64"
        ? "complex<f64>"
        : "complex<f32>";
    const name = `${isBack ? "I" : ""}${kind === "complex" ? "" : "R"}FFT`;
    const made = block.generic(
      "fft",
      [from],
      `fft_length = array<i64: ${n}>, fft_type = #stablehlo<fft_type ${name}>`,
      [],
      [{ type, shape: order.map((d) => shape[d]!).concat(shape[axis]!) }],
    )[0]!;
    // It divides by the length on the way back.
    const scale = scaleOf(params, n) * (isBack ? n : 1);
    const scaled = Math.abs(scale - 1) < 1e-15
      ? made
      : block.binary("multiply", made, block.constant(made.type, made.shape, scale));
    const back = shape.map((_, d) => d === axis ? last : order.indexOf(d));
    return block.transpose(scaled, back);
  }),
];
