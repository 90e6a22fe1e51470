// Made of core/ops/reduce/support.ts by `deno task types`.
/**
 * What the library builds of reductions, and how they keep their axes.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import { type OptionKinds } from "../../base/options.d.ts";
/** Which axes to reduce, and how to leave the result. */
export interface ReduceOptions {
    /** An axis or several, from the end when negative; all axes when left out or null. */
    readonly axis?: number | readonly number[] | null;
    /** Whether reduced axes stay, with length 1. */
    readonly keepdims?: boolean;
}
/** The kinds of {@linkcode ReduceOptions}. */
export declare const reduceKinds: OptionKinds<ReduceOptions>;
/** A reduction as it was asked for. */
export interface ReductionPlan<O> {
    readonly axes: number[];
    readonly keepdims: boolean;
    readonly options: Partial<O>;
}
/** The reduction that arguments of axes and options stand for. */
export declare function planOf<O extends ReduceOptions = ReduceOptions>(name: string, x: Variable, given: readonly unknown[], kinds?: OptionKinds<O>): ReductionPlan<O>;
/** A reduced value with its axes back, of length 1, where the plan keeps them. */
export declare function finish<R>(value: Variable, ndim: number, plan: ReductionPlan<unknown>): R;
/** The greatest element along axes, which stay; -Infinity for none. For floats. */
export declare function topOf(x: Variable, axes: readonly number[]): Variable;
/** The number of elements along axes (all by default), as a 0-d int64 variable. */
export declare function countOf(x: Variable, axes?: readonly number[]): Variable;
