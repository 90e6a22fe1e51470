// Made of scan/solvers/options.ts by `deno task types`.
/**
 * Options of solvers, and how exact solutions are.
 *
 * @module
 */
import { type OptionKinds } from "../../core/base/options.d.ts";
import type { DType } from "../../core/graph/dtype.d.ts";
import type { Variable } from "../../core/graph/graph.d.ts";
/** Options that solvers share. */
export interface SolverOptions {
    /** How exact the solution is to be; each solver says what it measures. */
    readonly tolerance?: number;
    /** The most steps. */
    readonly maxSteps?: number;
}
/** The options, checked. */
export declare function checkedOptions<O extends SolverOptions = SolverOptions>(action: string, options: O | undefined, kinds?: Omit<OptionKinds<O>, keyof SolverOptions>): O;
/** Throws a RangeError for what is no positive integer. */
export declare function checkCount(action: string, name: string, count: number): void;
/** The distance from 1 to the next number. */
export declare function epsilonOf(dtype: DType): number;
/** The tolerance where none is given. */
export declare function defaultTolerance(dtype: DType): number;
/** The largest absolute value; 0 of an empty vector. */
export declare function largest(x: Variable): Variable;
/** Whether a number is neither infinite nor NaN. */
export declare function isFinite(x: Variable): Variable;
