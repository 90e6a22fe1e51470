// Made of scan/until.ts by `deno task types`.
/**
 * The condition that ends a scan early.
 *
 * @module
 */
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
/** A condition under which a scan ends, after the step in which it is true. */
export declare class Until {
    /** The condition, 0-d; non-zero ends the loop. */
    readonly condition: Variable;
    /**
     * Wraps a condition; `until` is the function that users call.
     *
     * @param condition A scalar; non-zero ends the loop.
     */
    constructor(condition: TensorLike);
}
/**
 * Ends a scan: return it from the step function beside the outputs. The step in which the condition is
 * true is the last one; at least one step runs.
 *
 * Throws a TypeError when the condition is not a scalar.
 *
 * @example
 * ```ts
 * import { scan, T, until, type Variable } from "@croton/croton";
 * const max = T.scalar("max");
 * const [powers] = scan((last: Variable) => [last.mul(2), until(last.mul(2).gt(max))], {
 *   outputsInfo: T.constant(1),
 *   nSteps: 1000,
 * });
 * console.assert(powers !== null);
 * ```
 */
export declare function until(condition: TensorLike): Until;
