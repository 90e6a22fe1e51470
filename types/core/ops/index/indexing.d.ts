// Made of core/ops/index/indexing.ts by `deno task types`.
/**
 * General indexing, as in NumPy: reading a part of a tensor, and the tensor with that part changed.
 *
 * @module
 */
import { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Like } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type IndexSpec, type SliceSpec } from "./index_spec.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * A part of x, by NumPy's rules. The index is one item or an array of items: integers and integer
 * scalars, slices, `"..."`, null for a new axis, integer positions as lists or tensors, masks of bools,
 * and text such as `"1:, ::-1"`. Negative integers count from the end; slices are clipped.
 *
 * Throws an IndexError for too many items now, and for integers out of range when the function is
 * called; a TypeError for items that are no index, such as lists of booleans or floats.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const m = T.matrix("m"), i = T.iscalar("i");
 * T.index(m, [i, T.slice(1)]);
 * T.index(m, "..., ::-1");
 * T.index(m, [[0, 0, 2]]); // three rows
 * T.index(m, T.vector("mask", { dtype: "bool" }));
 * ```
 */
export declare function index<A extends TensorLike>(x: A, spec: IndexSpec): Variable<DTypeOf<A>>;
/**
 * The tensor that was indexed, with the indexed part replaced by y. The first argument must be the
 * result of indexing. y broadcasts to the part and takes its dtype; where a place is picked more than
 * once, the last value wins.
 *
 * Throws a TypeError if the first argument is not the result of indexing, or if y has more axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * T.setSubtensor(T.index(x, 0), 1); // x with ones in its first row
 * ```
 */
export declare function setSubtensor(part: Variable, y: TensorLike): Variable;
/**
 * The tensor that was indexed, with y added to the indexed part. Where a place is picked more than once,
 * all are added. See {@linkcode setSubtensor}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const counts = T.vector("counts"), words = T.ivector("words");
 * T.incSubtensor(T.index(counts, words), 1);
 * ```
 */
export declare function incSubtensor(part: Variable, y: TensorLike): Variable;
/**
 * x with the part at an index replaced by y: the same as `setSubtensor(index(x, spec), y)`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.setIndex(T.vector("x"), 0, 1);
 * ```
 */
export declare function setIndex<A extends TensorLike>(x: A, spec: IndexSpec, y: TensorLike): Like<A>;
/** x with y added to the part at an index: the same as `incSubtensor(index(x, spec), y)`. */
export declare function incIndex<A extends TensorLike>(x: A, spec: IndexSpec, y: TensorLike): Like<A>;
/**
 * A slice with the parts in the order of `Array.prototype.slice`, and a step: `slice(1)` is all but the
 * first, `slice(null, null, -1)` all backwards.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.index(T.vector("v"), T.slice(1, -1));
 * ```
 */
export declare function slice(start?: Dim | null, stop?: Dim | null, step?: Dim | null): SliceSpec;
