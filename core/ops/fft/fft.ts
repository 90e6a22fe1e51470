/**
 * Discrete Fourier transforms, with the names, options and conventions of `numpy.fft`.
 *
 * @module
 */

import { checkOptions } from "../../base/options.ts";
import { settings } from "../../base/settings.ts";
import { type DType, isComplex, isDiscrete } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.ts";
import { type Dim, normalizeAxis, shapeLabel, staticDim } from "../common/arguments.ts";
import { castTo, typed } from "../common/build.ts";
import {
  addDims,
  dimVariable,
  floorDivDims,
  maxDims,
  mulDims,
  subDims,
} from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { padded } from "../nn/window.ts";
import { between } from "../shape/between.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { fftOp, type FftParams } from "./op.ts";
import { checkedLength } from "./lengths.ts";

/**
 * Which of a transform and its inverse is divided by the length: the inverse ("backward"), the transform
 * ("forward"), or both by its square root ("ortho").
 */
export type FftNorm = "backward" | "ortho" | "forward";

/** Options of transforms along one axis. */
export interface FftOptions {
  /** The length that is transformed: what is longer is cut, what is shorter gets zeros behind. */
  readonly n?: Dim | null;
  /** The axis; the last if missing. */
  readonly axis?: number;
  /** What is divided by the length; "backward" if missing. */
  readonly norm?: FftNorm;
}

/** Options of transforms along several axes. */
export interface FftnOptions {
  /** The lengths that are transformed, one for each axis. */
  readonly s?: readonly Dim[] | null;
  /** The axes; if missing as many of the last as there are lengths, else all (two for `fft2` and its kin). */
  readonly axes?: readonly number[] | null;
  /** What is divided by the lengths; "backward" if missing. */
  readonly norm?: FftNorm;
}

/** The dtype of a spectrum. */
export type SpectrumDType<D extends DType> = DType extends D ? "complex64" | "complex128"
  : D extends "float64" | "complex128" ? "complex128"
  : D extends "float16" | "float32" | "complex64" ? "complex64"
  : "complex64" | "complex128";

/** The dtype of what has a spectrum and is real. */
export type SignalDType<D extends DType> = SpectrumDType<D> extends "complex64" ? "float32"
  : SpectrumDType<D> extends "complex128" ? "float64"
  : "float32" | "float64";

/** What a transform gives: complex, of the same rank. */
export type Spectrum<A> = Variable<SpectrumDType<DTypeOf<A>>, RankOf<A>>;

/** What a transform to real numbers gives, of the same rank. */
export type Signal<A> = Variable<SignalDType<DTypeOf<A>>, RankOf<A>>;

const norms: readonly FftNorm[] = ["backward", "ortho", "forward"];

function byOf(norm: FftNorm, sign: 1 | -1): FftParams["by"] {
  if (norm === "ortho") return "root";
  return (norm === "backward") === (sign === 1) ? "length" : "one";
}

/** What is transformed, as floats of a kind that spectra have. */
function signalOf(x: TensorLike): Variable {
  const given = asVariable(x), dtype = isDiscrete(given.dtype) ? settings.floatX : given.dtype;
  return castTo(given, dtype === "float16" ? "float32" : dtype);
}

/** x with just so many elements along an axis: cut, or with zeros behind. */
function resized(x: Variable, axis: number, n: Dim): Variable {
  const have = shapeOf(x, axis), known = x.type.shape[axis]!, wanted = staticDim(n);
  if (known !== null && known === wanted) return x;
  const isCut = known !== null && wanted !== null && known > wanted;
  if (isCut) return between(x, axis, 0, n);
  const zero = castTo(asVariable(0), x.dtype);
  const long = padded(x, zero, [axis], [0], [maxDims(subDims(n, known ?? have), 0)]);
  return known !== null && wanted !== null ? long : between(long, axis, 0, n);
}

/** Applies one transform along one axis. */
function along(
  x: Variable,
  kind: FftParams["kind"],
  sign: 1 | -1,
  n: Dim | null | undefined,
  axis: number,
  norm: FftNorm,
): Variable {
  const params: FftParams = { axis, kind, sign, by: byOf(norm, sign) };
  if (kind !== "fromHalf") {
    return outputOf(fftOp, [n === null || n === undefined ? x : resized(x, axis, n)], params);
  }
  const have = x.type.shape[axis] ?? shapeOf(x, axis);
  const long = n ?? mulDims(subDims(have, 1), 2);
  const half = n === null || n === undefined ? x : resized(x, axis, addDims(floorDivDims(n, 2), 1));
  const length = castTo(dimVariable(long), "int64");
  const whole = isComplex(half.dtype)
    ? half
    : castTo(half, half.dtype === "float64" ? "complex128" : "complex64");
  return outputOf(fftOp, [whole, length], params);
}

function expectReal(x: Variable, action: string): void {
  if (!isComplex(x.dtype)) return;
  throw new TypeError(
    `${action}: expected real numbers, got ${x.dtype}; take fft, or the real part`,
  );
}

function one(
  name: string,
  x: TensorLike,
  options: FftOptions | undefined,
  kind: FftParams["kind"],
  sign: 1 | -1,
): Variable {
  const signal = signalOf(x), action = `Cannot apply "${name}" to ${shapeLabel(signal)}`;
  const { n, axis = -1, norm = "backward" } = checkOptions(action, options, {
    n: "any",
    axis: "number",
    norm: norms,
  });
  if (kind === "toHalf") expectReal(signal, action);
  const place = normalizeAxis(axis, signal.ndim, action);
  return along(signal, kind, sign, checkedLength(n, action), place, norm);
}

function many(
  name: string,
  x: TensorLike,
  options: FftnOptions | undefined,
  kind: FftParams["kind"],
  sign: 1 | -1,
  count: number | null,
): Variable {
  const signal = signalOf(x), action = `Cannot apply "${name}" to ${shapeLabel(signal)}`;
  const { s, axes, norm = "backward" } = checkOptions(action, options, {
    s: "any",
    axes: "any",
    norm: norms,
  });
  if (kind === "toHalf") expectReal(signal, action);
  const lengths = s?.map((n) => checkedLength(n, action)!);
  const most = axes?.length ?? lengths?.length ?? count ?? signal.ndim;
  const given = axes ?? Array.from({ length: most }, (_, i) => i - most);
  const places = given.map((axis) => normalizeAxis(axis, signal.ndim, action));
  if (lengths !== undefined && lengths.length !== places.length) {
    throw new RangeError(
      `${action}: expected a length for each of ${places.length} axes, got ${lengths.length}`,
    );
  }
  if (places.length === 0) throw new RangeError(`${action}: expected at least one axis`);
  const steps = places.map((axis, i) => ({ axis, n: lengths?.[i] }));
  const last = steps.pop()!;
  const rest = (value: Variable) =>
    steps.reduceRight((part, { axis, n }) => along(part, "complex", sign, n, axis, norm), value);
  if (kind === "fromHalf") return along(rest(signal), kind, sign, last.n, last.axis, norm);
  return rest(along(signal, kind, sign, last.n, last.axis, norm));
}

/**
 * The discrete Fourier transform along an axis: sums over j of x[j]·exp(-2πijk/n), for k = 0 … n - 1. Any
 * length is fast, also a prime one.
 * Throws a RangeError or a ShapeError for a length of 0.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.dvector("x");
 * T.abs(T.fft.fft(x)); // how much there is of each frequency
 * ```
 */
export function fft<A extends TensorLike>(x: A, options?: FftOptions): Spectrum<A> {
  return typed(one("fft", x, options, "complex", -1));
}

/**
 * The inverse of {@linkcode fft}: sums over k of y[k]·exp(2πijk/n), divided by n.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.dvector("x"), kernel = T.dvector("kernel");
 * T.fft.ifft(T.fft.fft(x).mul(T.fft.fft(kernel))).real(); // a circular convolution
 * ```
 */
export function ifft<A extends TensorLike>(x: A, options?: FftOptions): Spectrum<A> {
  return typed(one("ifft", x, options, "complex", 1));
}

/**
 * The first n/2 + 1 elements of the transform of real numbers, of which the others are the conjugates; in
 * half the time.
 * Throws a TypeError for complex numbers.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.rfft(T.fmatrix("signals"), { axis: 1 });
 * ```
 */
export function rfft<A extends TensorLike>(x: A, options?: FftOptions): Spectrum<A> {
  return typed(one("rfft", x, options, "toHalf", -1));
}

/**
 * The inverse of {@linkcode rfft}: `n` real numbers from the first n/2 + 1 elements of their transform. If
 * `n` is missing it is even: twice as many as there are elements, but one.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.fvector("x"), n = x.shape[0]!;
 * T.fft.irfft(T.fft.rfft(x), { n }); // x again, if its length is odd, too
 * ```
 */
export function irfft<A extends TensorLike>(x: A, options?: FftOptions): Signal<A> {
  return typed(one("irfft", x, options, "fromHalf", 1));
}

/**
 * The transform along two axes, the last two if `axes` is missing.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.fft2(T.fmatrix("image"));
 * ```
 */
export function fft2<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A> {
  return typed(many("fft2", x, options, "complex", -1, 2));
}

/**
 * The inverse of {@linkcode fft2}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.ifft2(T.fft.fft2(T.fmatrix("image"))).real();
 * ```
 */
export function ifft2<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A> {
  return typed(many("ifft2", x, options, "complex", 1, 2));
}

/**
 * The transform of real numbers along two axes; of the last of them the first half.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.rfft2(T.ftensor3("images")); // each image by itself
 * ```
 */
export function rfft2<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A> {
  return typed(many("rfft2", x, options, "toHalf", -1, 2));
}

/**
 * The inverse of {@linkcode rfft2}; `s` says the lengths where the last one is odd.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const image = T.fmatrix("image");
 * T.fft.irfft2(T.fft.rfft2(image), { s: [image.shape[0]!, image.shape[1]!] });
 * ```
 */
export function irfft2<A extends TensorLike>(x: A, options?: FftnOptions): Signal<A> {
  return typed(many("irfft2", x, options, "fromHalf", 1, 2));
}

/**
 * The transform along several axes, all if `axes` and `s` are missing.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.fftn(T.ftensor3("volume"), { axes: [0, 2] });
 * ```
 */
export function fftn<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A> {
  return typed(many("fftn", x, options, "complex", -1, null));
}

/**
 * The inverse of {@linkcode fftn}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.ifftn(T.fft.fftn(T.ftensor3("volume")));
 * ```
 */
export function ifftn<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A> {
  return typed(many("ifftn", x, options, "complex", 1, null));
}

/**
 * The transform of real numbers along several axes; of the last of them the first half.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.rfftn(T.ftensor3("volume"));
 * ```
 */
export function rfftn<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A> {
  return typed(many("rfftn", x, options, "toHalf", -1, null));
}

/**
 * The inverse of {@linkcode rfftn}; `s` says the lengths where the last one is odd.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.irfftn(T.fft.rfftn(T.ftensor3("volume")), { s: [8, 8, 7], axes: [0, 1, 2] });
 * ```
 */
export function irfftn<A extends TensorLike>(x: A, options?: FftnOptions): Signal<A> {
  return typed(many("irfftn", x, options, "fromHalf", 1, null));
}
