// Made of core/graph/reference.ts by `deno task types`.
/**
 * The reference interpreter: evaluates graphs plainly, in float64, one node after the other. Slow and
 * obvious; it folds constants and is what everything else is compared with.
 *
 * @module
 */
import { type Apply, type Variable } from "./graph.d.ts";
import type { Value } from "./value.d.ts";
/**
 * Values of `outputs` for given values of variables (inputs, shared variables, or anything between).
 * Only what is needed is evaluated: of an `ifelse` one branch.
 *
 * Throws a MissingInputError for a variable that has no value and cannot be computed.
 */
export declare function evaluateGraph(outputs: readonly Variable[], inputs: ReadonlyMap<Variable, Value>): Value[];
/** What an op gives that fails. */
export declare function failedValue(dtype: Value["dtype"], error: Error): Value;
/** Whether a value is one that an op failed to give. */
export declare function isFailed(value: Value): boolean;
/** The same for results of which maybe not all are read. */
export declare function evaluateUnread(outputs: readonly Variable[], inputs: ReadonlyMap<Variable, Value>): Value[];
/** What is changed at each op while a graph is evaluated. */
export interface Change {
    /** What the op gets in place of the values of its inputs. */
    readonly inputs?: (values: readonly Value[], apply: Apply) => Value[];
    /** What it gives in place of a result. */
    readonly result: (value: Value, apply: Apply, inputs: readonly Value[]) => Value;
}
/**
 * As `evaluateGraph`, with what each op gets or gives changed, also inside of loops: with rounding errors
 * of another kind it says which of the numbers are worth comparing.
 */
export declare function evaluateChanged(outputs: readonly Variable[], inputs: ReadonlyMap<Variable, Value>, change: Change): Value[];
