// Made of core/api/expr.ts by `deno task types`.
/**
 * `T.expr`: mathematics as people write it, as a tagged template.
 *
 * @module
 */
import type { DType } from "../graph/dtype.d.ts";
import { TensorType } from "../graph/type.d.ts";
import { Variable } from "../graph/graph.d.ts";
import { type TensorLike } from "../ops/common/literal.d.ts";
/** What may stand in a hole: tensors, and plain values for arguments of functions. */
export type Hole = TensorLike | string | null | readonly Hole[] | ((...args: never[]) => unknown);
/**
 * Reads mathematics: `+ - * / // % ** @`, comparisons, `& | ^ ~ << >>`, indexing and slicing in
 * brackets, `.T` and other attributes and methods, functions of `T` by name with positional and named
 * arguments, numbers, and holes for variables and values. The operators bind as in Python: `&` and `|`
 * tighter than comparisons.
 *
 * Throws a SyntaxError that points at the column of a mistake.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w] = [T.matrix("x"), T.vector("w")], b = T.scalar("b");
 * const p = T.expr`1 / (1 + exp(-(${x} @ ${w}) - ${b}))`;
 * const rows = T.expr`${x}[1:, ::-1].sum(axis=0)`;
 * ```
 */
export declare function expr(strings: TemplateStringsArray, ...holes: readonly Hole[]): Variable;
/**
 * The same for an expression of a known type: TypeScript tells no one what a template says, so this
 * is how the editor gets to know the dtype and the rank. They are checked, and lengths as by
 * `T.specifyShape`.
 *
 * Throws a TypeError if the expression has another type.
 *
 * @example
 * ```ts
 * import { T, type Variable } from "@croton/croton";
 *
 * const x = T.fmatrix("x"), w = T.fvector("w");
 * const product: Variable<"float32", 1> = T.expr(T.fvector.type)`${x} @ ${w}`;
 * ```
 */
export declare function expr<D extends DType, N extends number>(type: TensorType<D, N>): (strings: TemplateStringsArray, ...holes: readonly Hole[]) => Variable<D, N>;
