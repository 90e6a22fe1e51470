// Made of core/ops/control/control.ts by `deno task types`.
/**
 * Lazy choice between two branches.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * One of two values by a scalar condition, or one of two lists of values: the first where the condition
 * is not zero. Only the chosen one is computed, unlike with `where`, which chooses for each element.
 *
 * Throws a TypeError for a condition that is no scalar, for lists of different length, and for values of
 * different dtype or rank.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.vector("x"), y = T.vector("y");
 * T.ifelse(T.iscalar("c"), x, y);
 * const [a, b] = T.ifelse(T.iscalar("c"), [x, y], [y, x]);
 * ```
 */
export declare function ifelse(condition: TensorLike, then: Variable | number, otherwise: Variable | number): Variable;
/** The same for lists. */
export declare function ifelse(condition: TensorLike, then: readonly TensorLike[], otherwise: readonly TensorLike[]): Variable[];
