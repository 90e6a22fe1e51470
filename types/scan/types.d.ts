// Made of scan/types.ts by `deno task types`.
/**
 * Types of what steps of loops get and of what loops give, so that an editor knows dtype and rank.
 *
 * @module
 */
import type { DType } from "../core/graph/dtype.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
import type { DTypeOf, Less1, Like, Plus1, RankOf, Scalar } from "../core/graph/type_arithmetic.d.ts";
import type { TensorLike } from "../core/ops/common/literal.d.ts";
import type { OutputInfoLike, SequenceLike } from "./arguments.d.ts";
import type { StepUpdates } from "./scan.d.ts";
import type { Until } from "./until.d.ts";
/** The items of an option that is one value or a list of them; numbers in lists are one value. */
export type Listed<X, Item> = [Item] extends [X] ? Item[] : [X] extends [null | undefined | readonly []] ? [] : [X] extends [readonly (Scalar | readonly unknown[])[]] ? [X] : [X] extends [readonly unknown[]] ? X : [Extract<X, readonly unknown[] | null | undefined>] extends [never] ? [X] : Item[];
/** The variable that a step reads of a sequence. */
export type ElementOf<A> = A extends {
    readonly input: infer X;
} ? ElementOf<X> : Variable<DTypeOf<A>, Less1<RankOf<A>>>;
/** The variable that a step reads of a carried value; a number takes the dtype of the step. */
export type StateOf<A> = A extends {
    readonly initial: infer X;
} ? A extends {
    readonly taps: infer P;
} ? Variable<StateDType<X>, StateRank<RankOf<X>, P>> : StateOf<X> : Variable<StateDType<A>, RankOf<A>>;
/** The dtype of a carried value. */
export type StateDType<X> = X extends number | readonly unknown[] ? DType : DTypeOf<X>;
/** The rank of a carried value: with taps that reach back further, first values have an axis of rows. */
export type StateRank<N extends number, P> = P extends -1 | readonly [-1] ? N : P extends readonly (infer Tap)[] ? number extends Tap ? number : Less1<N> : number extends P ? number : Less1<N>;
/** A variable for each tap. */
export type ForTaps<P, V> = P extends readonly number[] ? {
    -readonly [K in keyof P]: V;
} : P extends null ? [] : [V];
/** What a step gets of a list of sequences. */
export type SequenceArguments<L> = L extends readonly [infer A, ...infer Rest] ? [
    ...A extends {
        readonly taps: infer P;
    } ? ForTaps<P, ElementOf<A>> : [ElementOf<A>],
    ...SequenceArguments<Rest>
] : L extends readonly [] ? [] : Variable[];
/** What a step gets of a list of outputs: the earlier values of those that are fed back. */
export type StateArguments<L> = L extends readonly [infer A, ...infer Rest] ? [
    ...A extends null | undefined ? [] : A extends {
        readonly taps: infer P;
    } ? ForTaps<P, StateOf<A>> : [StateOf<A>],
    ...StateArguments<Rest>
] : L extends readonly [] ? [] : Variable[];
/** What a step gets of a value that stays the same: variables are given as they are. */
export type FixedOf<A> = A extends Variable ? A : Like<A>;
/** What a step gets of a list of values that stay the same. */
export type FixedArguments<L> = L extends readonly [infer A, ...infer Rest] ? [FixedOf<A>, ...FixedArguments<Rest>] : L extends readonly [] ? [] : Variable[];
/** What a step gets, by places: of sequences S, outputs I and non-sequences F. */
export type StepArguments<S, I, F> = KnownCount<[
    ...SequenceArguments<Listed<S, SequenceLike>>,
    ...StateArguments<Listed<I, OutputInfoLike>>,
    ...FixedArguments<Listed<F, TensorLike>>
]>;
/** A list if it is known how many there are; else any variables. */
export type KnownCount<L> = [L] extends [infer V extends Variable[]] ? number extends V["length"] ? Variable[] : V : never;
/** The outputs in what a step returns, in a list. */
export type StepOutputs<R> = R extends Variable ? [R] : R extends Until | StepUpdates | null | undefined | void ? [] : R extends readonly [infer A, ...infer Rest] ? [...StepOutputs<A>, ...StepOutputs<Rest>] : R extends readonly Variable[] ? R[number][] : Variable[];
/** A result of all steps: it has a leading axis of steps. */
export type TraceOf<V> = V extends Variable<infer D, infer N> ? Variable<D, Plus1<N>> : Variable;
/** The results of all steps. */
export type TracesOf<L> = {
    -readonly [K in keyof L]: TraceOf<L[K]>;
};
/** What a loop gives: none, one, or a list; always a list if W is true. */
export type Packed<L extends readonly unknown[], W> = W extends true ? L : number extends L["length"] ? L | L[number] | null : L extends readonly [] ? null : L extends readonly [infer V] ? V : L;
/** The outputs of a scan whose step returns R; W says whether one output is in a list too. */
export type ScanResultOf<R, W = false> = Packed<TracesOf<StepOutputs<R>>, W>;
/** The outputs of a reduction whose step returns R. */
export type ReductionOf<R> = Packed<StepOutputs<R>, false>;
