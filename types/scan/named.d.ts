// Made of scan/named.ts by `deno task types`.
/**
 * `scan` by names: sequences, carried values and results are properties, not places in lists.
 *
 * @module
 */
import type { DType } from "../core/graph/dtype.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import { Variable } from "../core/graph/graph.d.ts";
import { type OutputInfo, type SequenceInfo } from "./arguments.d.ts";
import { type LoopOptions, type ScanUpdates, type StepUpdates } from "./scan.d.ts";
import type { ElementOf, FixedOf, StateOf, TraceOf } from "./types.d.ts";
import type { Until } from "./until.d.ts";
/** A sequence or a carried value inside a step: read at a tap. */
export declare class Tapped<D extends DType = DType, N extends number = number> {
    #private;
    /**
     * Gathers the places of one sequence or carried value.
     *
     * @param name What messages call it.
     * @param taps The places it can be read at.
     * @param variables What is there.
     */
    constructor(name: string, taps: readonly number[], variables: readonly Variable[]);
    /**
     * The value at a tap: `at(0)` is the element of this step, `at(-1)` the one before, `at(2)` the second
     * after it.
     *
     * Throws a RangeError for a tap that was not asked for.
     */
    at(tap: number): Variable<D, N>;
}
/** What a named scan runs over and carries. */
export interface NamedScanOptions<S extends Readonly<Record<string, TensorLike | SequenceInfo>>, C extends Readonly<Record<string, TensorLike | OutputInfo>>, F extends Readonly<Record<string, TensorLike>>> extends LoopOptions {
    /** What to run over, by name. */
    readonly sequences?: S;
    /** First values of what is fed back, by name; the step returns the new ones under the same names. */
    readonly carry?: C;
    /** Values that are the same at each step, by name. */
    readonly nonSequences?: F;
}
/** What a step gets. */
export type StepRecord<S, C, F> = {
    readonly [K in keyof S]: TappedAs<ElementOf<S[K]>>;
} & {
    readonly [K in keyof C]: TappedAs<StateOf<C[K]>>;
} & {
    readonly [K in keyof F]: FixedOf<F[K]>;
};
/** What is read at taps as this variable. */
export type TappedAs<V extends Variable> = Tapped<V["dtype"], V["ndim"]>;
/** Results of a step by name; alone, or in a list with a condition or updates. */
export type NamedReturn<R extends Readonly<Record<string, Variable>>> = R | readonly [R, ...(Until | StepUpdates)[]];
/** The results of all steps by name, each with a leading axis of steps. */
export type NamedResult<R> = {
    readonly [K in keyof R]: TraceOf<R[K]>;
} & {
    /** New values of shared variables after the loop; pass them to `compile` as updates. */
    readonly updates: ScanUpdates;
};
/** Builds a scan from named parts. */
export declare function namedScan<const S extends Readonly<Record<string, TensorLike | SequenceInfo>>, const C extends Readonly<Record<string, TensorLike | OutputInfo>>, const F extends Readonly<Record<string, TensorLike>>, R extends Readonly<Record<string, Variable>>>(options: NamedScanOptions<S, C, F>, fn: (record: StepRecord<S, C, F>) => NamedReturn<R>): NamedResult<R>;
