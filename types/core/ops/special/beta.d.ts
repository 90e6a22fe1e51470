// Made of core/ops/special/beta.ts by `deno task types`.
/**
 * The incomplete beta function.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
/**
 * The regularised incomplete beta function I(a, b, x): the distribution function at x of beta numbers. It has
 * derivatives in all three. SciPy's `betainc`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = await T.betainc(2, 1, T.constant(0.5)).eval();
 * console.assert(Math.abs(Number(p.item()) - 0.25) < 1e-6);
 * ```
 */
export declare function betainc(a: TensorLike, b: TensorLike, x: TensorLike): Variable;
