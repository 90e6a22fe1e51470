// Made of core/ops/create/ranges.ts by `deno task types`.
/**
 * Evenly spaced numbers, and grids of them.
 *
 * @module
 */
import { Variable } from "../../graph/graph.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import type { SliceSpec } from "../index/index_spec.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** Options of {@linkcode arange}. */
export interface ArangeOptions {
    /** dtype of the result; int64 for integers, else that of the arguments. */
    readonly dtype?: DTypeOption;
}
/** A scalar of a range: a number, or a 0-d variable. */
export type RangeValue = number | bigint | Variable;
/**
 * The numbers start, start + step, … before stop; with one argument from 0. Integers give int64, floats
 * the promoted float dtype. All arguments may be symbolic scalars.
 *
 * Throws a RangeError for a step of 0 and a TypeError for arguments that are no real scalars.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.arange(10);
 * T.arange(1, T.iscalar("n"), 2);
 * ```
 */
export declare function arange(start: RangeValue, stop?: RangeValue | ArangeOptions | null, step?: RangeValue | ArangeOptions | null, options?: ArangeOptions): Variable;
/** Options of {@linkcode linspace}. */
export interface LinspaceOptions {
    /** Whether `stop` is the last number; true if missing. */
    readonly endpoint?: boolean;
    /** A float dtype; floatX or that of the arguments if missing. */
    readonly dtype?: DTypeOption;
}
/**
 * `count` numbers from start to stop at equal distances.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.linspace(0, 1, 11);
 * ```
 */
export declare function linspace(start: TensorLike, stop: TensorLike, count?: Dim, options?: LinspaceOptions): Variable;
/** Options of {@linkcode logspace}. */
export interface LogspaceOptions extends LinspaceOptions {
    /** What is raised to the powers; 10 if missing. */
    readonly base?: number;
}
/**
 * `count` numbers from base^start to base^stop at equal ratios.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.logspace(-3, 2, 6); // 0.001, 0.01, …, 100
 * ```
 */
export declare function logspace(start: TensorLike, stop: TensorLike, count?: Dim, options?: LogspaceOptions): Variable;
/**
 * `count` numbers from start to stop, which have one sign, at equal ratios.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.geomspace(1, 1000, 4); // 1, 10, 100, 1000
 * ```
 */
export declare function geomspace(start: TensorLike, stop: TensorLike, count?: Dim, options?: LinspaceOptions): Variable;
/** Options of {@linkcode meshgrid}. */
export interface MeshgridOptions {
    /** "xy": the first vector runs along axis 1 (as in NumPy, the default); "ij": along axis 0. */
    readonly indexing?: "xy" | "ij";
}
/**
 * For each of several vectors a tensor that varies as the vector along an axis of its own.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, y] = T.meshgrid([T.vector("xs"), T.vector("ys")]);
 * ```
 */
export declare function meshgrid(vectors: readonly TensorLike[], options?: MeshgridOptions): Variable[];
/**
 * NumPy's `mgrid`: for each slice a tensor of the positions along its axis, all of the full shape.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [rows, columns] = T.mgrid(T.slice(0, 3), T.slice(0, 4));
 * ```
 */
export declare function mgrid(...ranges: readonly SliceSpec[]): Variable[];
/** NumPy's `ogrid`: as {@linkcode mgrid}, with length 1 on the other axes. */
export declare function ogrid(...ranges: readonly SliceSpec[]): Variable[];
