// Made of core/ops/shape/repeat.ts by `deno task types`.
/**
 * Repeating, rolling, flipping and padding.
 *
 * @module
 */
import { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Like } from "../../graph/type_arithmetic.d.ts";
import { type AxesArguments, type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { AxisRank, ShapeLike } from "./shape.d.ts";
/**
 * x repeated as a whole, `reps[d]` times along axis d. With fewer numbers than axes the last axes are
 * repeated; with more, x gets axes in front.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tile(T.vector("v"), [3, 2]); // three rows of v twice
 * ```
 */
export declare function tile<A extends TensorLike>(x: A, reps: ShapeLike, ndim?: number): Variable<DTypeOf<A>>;
/**
 * x with each element repeated along an axis (of the flattened x without one): all equally often, or
 * each its own number of times, given as a list or an integer vector.
 *
 * Throws a RangeError for negative numbers, and a ShapeError for another number of counts than elements.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.repeat(T.vector("v"), 2);
 * T.repeat(T.vector("v"), T.lvector("counts"));
 * ```
 */
export declare function repeat<A extends TensorLike, const X extends number | null = null>(x: A, counts: Dim | TensorLike, axis?: X): Variable<DTypeOf<A>, AxisRank<A, X>>;
/**
 * x shifted around along axes: what leaves at the end comes in at the front. Without an axis the
 * flattened x is shifted and the shape restored.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.roll(T.matrix("m"), -1, 1);
 * ```
 */
export declare function roll<A extends TensorLike>(x: A, shift: Dim | readonly Dim[], axis?: number | readonly number[] | null): Like<A>;
/**
 * x with the order of elements reversed along axes; along all without any.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.flip(T.matrix("m"), 0); // rows from the last to the first
 * ```
 */
export declare function flip<A extends TensorLike>(x: A, ...axes: AxesArguments): Like<A>;
/**
 * x turned by k times 90 degrees in the plane of two axes, from the first towards the second.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const m = T.matrix("m");
 * const f = await compile([m], T.rot90(m));
 * f([[1, 2], [3, 4]]).arraySync(); // [[2, 4], [1, 3]]
 * ```
 */
export declare function rot90<A extends TensorLike>(x: A, k?: number, axes?: readonly [number, number]): Like<A>;
/** What {@linkcode pad} puts around a tensor: one value, its border, its mirror image, or its other end. */
export type PadMode = "constant" | "edge" | "reflect" | "wrap";
/** Options of {@linkcode pad}. */
export interface PadOptions {
    /** "constant" if missing. */
    readonly mode?: PadMode;
    /** The value for "constant"; 0 if missing. */
    readonly value?: TensorLike;
}
/** How far to pad: everywhere, in front of and behind every axis, or for each axis. */
export type PadWidths = Dim | readonly [Dim, Dim] | readonly (readonly [Dim, Dim])[];
/**
 * x with elements added around it, as NumPy's `pad`: of one value, or copies of the border ("edge"), of
 * what is inside of the border, mirrored ("reflect"), or of the other end ("wrap").
 *
 * Throws a RangeError for negative widths.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pad(T.matrix("m"), [[1, 1], [0, 2]], { mode: "edge" });
 * ```
 */
export declare function pad<A extends TensorLike>(x: A, widths: PadWidths, options?: PadOptions): Like<A>;
