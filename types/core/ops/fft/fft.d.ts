// Made of core/ops/fft/fft.ts by `deno task types`.
/**
 * Discrete Fourier transforms, with the names, options and conventions of `numpy.fft`.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
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
export type SpectrumDType<D extends DType> = DType extends D ? "complex64" | "complex128" : D extends "float64" | "complex128" ? "complex128" : D extends "float16" | "float32" | "complex64" ? "complex64" : "complex64" | "complex128";
/** The dtype of what has a spectrum and is real. */
export type SignalDType<D extends DType> = SpectrumDType<D> extends "complex64" ? "float32" : SpectrumDType<D> extends "complex128" ? "float64" : "float32" | "float64";
/** What a transform gives: complex, of the same rank. */
export type Spectrum<A> = Variable<SpectrumDType<DTypeOf<A>>, RankOf<A>>;
/** What a transform to real numbers gives, of the same rank. */
export type Signal<A> = Variable<SignalDType<DTypeOf<A>>, RankOf<A>>;
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
export declare function fft<A extends TensorLike>(x: A, options?: FftOptions): Spectrum<A>;
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
export declare function ifft<A extends TensorLike>(x: A, options?: FftOptions): Spectrum<A>;
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
export declare function rfft<A extends TensorLike>(x: A, options?: FftOptions): Spectrum<A>;
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
export declare function irfft<A extends TensorLike>(x: A, options?: FftOptions): Signal<A>;
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
export declare function fft2<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A>;
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
export declare function ifft2<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A>;
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
export declare function rfft2<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A>;
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
export declare function irfft2<A extends TensorLike>(x: A, options?: FftnOptions): Signal<A>;
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
export declare function fftn<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A>;
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
export declare function ifftn<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A>;
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
export declare function rfftn<A extends TensorLike>(x: A, options?: FftnOptions): Spectrum<A>;
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
export declare function irfftn<A extends TensorLike>(x: A, options?: FftnOptions): Signal<A>;
