// Made of scan/vmap/vectorize.ts by `deno task types`.
/**
 * Graphs of one row, for all rows at once.
 *
 * @module
 */
import type { DType } from "../../core/graph/dtype.d.ts";
import { Variable } from "../../core/graph/graph.d.ts";
import { type TensorLike } from "../../core/ops/common/literal.d.ts";
import { type RowValues } from "./arguments.d.ts";
/** What replaces variables of a graph. */
export type Replacements = ReadonlyMap<Variable, TensorLike> | readonly (readonly [Variable, TensorLike])[];
/**
 * A graph with variables replaced by others that may have more axes in front: what the graph gives for
 * each of the tensors that they hold. RowAxes in front are counted from the last, as in broadcasting: those
 * that a replacement has not, and those of a known length of 1, stretch. Random variables and loops are
 * as in {@linkcode vmap}.
 *
 * Throws a TypeError for a replacement of another dtype or of fewer axes, and a ShapeError for lengths
 * that do not go together.
 *
 * @param outputs What is computed: a variable, or a record or list of them.
 * @param replace What replaces what: a Map, or a list of pairs.
 *
 * @example
 * ```ts
 * import { T, vectorize } from "@croton/croton";
 *
 * const x = T.vector("x"), y = T.tanh(x).sum();
 * const ys = vectorize(y, [[x, T.matrix("xs")]]); // a sum for each row
 * console.assert(ys.ndim === 1);
 * ```
 */
export declare function vectorize<D extends DType>(outputs: Variable<D>, replace: Replacements): Variable<D>;
/** Of several. */
export declare function vectorize<const R extends RowValues>(outputs: R, replace: Replacements): {
    -readonly [K in keyof R]: R[K] extends Variable<infer D> ? Variable<D> : R[K];
};
