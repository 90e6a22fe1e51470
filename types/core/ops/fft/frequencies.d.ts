// Made of core/ops/fft/frequencies.ts by `deno task types`.
/**
 * Frequencies of transforms, and their order.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * A spectrum with frequency 0 in the middle, along all axes or those given.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.fftshift(T.fft.fft2(T.fmatrix("image")));
 * ```
 */
export declare function fftshift<A extends TensorLike>(x: A, axes?: number | readonly number[] | null): Variable<DTypeOf<A>, RankOf<A>>;
/**
 * The inverse of {@linkcode fftshift}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.ifftshift(T.fft.fftshift(T.cvector("spectrum")));
 * ```
 */
export declare function ifftshift<A extends TensorLike>(x: A, axes?: number | readonly number[] | null): Variable<DTypeOf<A>, RankOf<A>>;
/** Options of {@linkcode fftfreq} and {@linkcode rfftfreq}. */
export interface FrequencyOptions {
    /** A float dtype; that of the distance if it is a variable of floats, else floatX, if missing. */
    readonly dtype?: DTypeOption;
}
/**
 * The frequencies of {@linkcode fft} of `n` samples at a distance of `d`, in the order in which it gives
 * them: 0, those above, then those below.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * console.log((await compile([], T.fft.fftfreq(5)))());
 * ```
 */
export declare function fftfreq(n: Dim, d?: TensorLike, options?: FrequencyOptions): Variable<DType, 1>;
/**
 * The frequencies of {@linkcode rfft} of `n` samples at a distance of `d`, none of them negative.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * console.log((await compile([], T.fft.rfftfreq(6, 0.5)))());
 * ```
 */
export declare function rfftfreq(n: Dim, d?: TensorLike, options?: FrequencyOptions): Variable<DType, 1>;
