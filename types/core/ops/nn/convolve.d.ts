// Made of core/ops/nn/convolve.ts by `deno task types`.
/**
 * What convolutions along any axes are made of: windows and one matrix product.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { WrongRank } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** What a convolution is given; checkers of types have seen to its rank. */
type Ranked = TensorLike | WrongRank<number>;
/** A number of axes along which there are convolutions and windows. */
export type Spatial = 1 | 2 | 3;
/** An item for each of them. */
export type EachAxis<X, R extends Spatial> = R extends 1 ? readonly [X] : R extends 2 ? readonly [X, X] : readonly [X, X, X];
/**
 * How far images are padded with zeros: not at all; so that every overlap counts ("full"); by half the
 * filter on both sides ("half"); so that there is an output for each stride of the image, with what is odd
 * behind ("same", as JAX and TensorFlow do); or by given numbers for all axes, each axis, or each side.
 */
export type BorderMode<R extends Spatial = 2> = "valid" | "full" | "half" | "same" | number | EachAxis<number, R> | EachAxis<readonly [number, number], R>;
/** Options of {@linkcode conv2d}, and of the same along `R` axes. */
export interface ConvOptions<R extends Spatial = 2> {
    /** Padding; "valid" if missing. */
    readonly borderMode?: BorderMode<R>;
    /** Distance between output positions, on all axes or each; 1 if missing. */
    readonly subsample?: number | EachAxis<number, R>;
    /** Another name of `subsample`. */
    readonly strides?: number | EachAxis<number, R>;
    /** Whether filters are flipped, as the mathematical convolution does; true if missing. */
    readonly filterFlip?: boolean;
    /** Distance between the elements of a filter, on all axes or each; 1 if missing. */
    readonly filterDilation?: number | EachAxis<number, R>;
    /** Number of groups: block g of outputs sees block g of inputs only; 1 if missing. */
    readonly numGroups?: number;
    /** Lengths that the images are known to have; null where nothing is known. */
    readonly inputShape?: readonly (Dim | null)[] | null;
    /** Lengths that the filters are known to have; null where nothing is known. */
    readonly filterShape?: readonly (Dim | null)[] | null;
}
/** Options of {@linkcode conv2dTranspose}, and of the same along `R` axes. */
export interface ConvTransposeOptions<R extends Spatial = 2> extends ConvOptions<R> {
    /** Lengths of the axes of the result (height and width), where the stride leaves a choice. */
    readonly outputShape?: EachAxis<Dim, R> | null;
}
/** Options of {@linkcode separableConv2d}, and of the same along `R` axes: groups are channels. */
export type SeparableConvOptions<R extends Spatial = 2> = Omit<ConvOptions<R>, "numGroups" | "filterShape">;
/** Options as they are looked at, for any number of axes. */
type AnyOptions = {
    readonly [K in keyof ConvTransposeOptions]?: unknown;
};
/** What is common to the convolution and its transpose. */
interface Setup {
    readonly x: Variable;
    readonly w: Variable;
    readonly groups: Dim;
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
    readonly mode: unknown;
    /** Elements from the first to the last of a filter, both included. */
    readonly extent: readonly Dim[];
    /** The axes that are convolved, of images and filters. */
    readonly axes: readonly number[];
}
/** Images and filters of `rank` axes behind two others, and options, checked. */
export declare function setUp(images: Ranked, filters: Ranked, given: AnyOptions, rank: Spatial, channels?: Dim | null): Setup;
/** The convolution along the axes behind the first two. */
export declare function convolve({ x: given, w, groups, stride, dilation, mode, extent, axes }: Setup): Variable;
/** The adjoint of the convolution, in its images. */
export declare function convolveBack(setup: Setup, outputShape: readonly Dim[] | null | undefined): Variable;
/** A convolution of each channel by itself, then one of all channels at each place. */
export declare function separable(images: Ranked, depthwise: Ranked, pointwise: Ranked, options: AnyOptions, rank: Spatial): Variable;
export {};
