// Made of scan/solvers/options.ts by `deno task types`.
/**
 * Options of solvers.
 *
 * @module
 */
import { type OptionKinds } from "../../core/base/options.d.ts";
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
