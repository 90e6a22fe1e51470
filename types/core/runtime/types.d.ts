// Made of core/runtime/types.ts by `deno task types`.
/**
 * The types of compiled functions, as editors show them.
 *
 * @module
 */
import type { DType } from "../graph/dtype.d.ts";
import type { SharedValue, SharedVariable } from "./shared.d.ts";
import type { Tensor } from "./tensor.d.ts";
import type { Variable } from "../graph/graph.d.ts";
import type { In, InputLike, Out } from "./inputs.d.ts";
import type { Profile, RewriteCount } from "./measured.d.ts";
/** What can be asked for: nothing, one variable, a list, or an object of variables. */
export type OutputSpec = null | undefined | OutputLike | readonly OutputLike[] | Readonly<Record<string, OutputLike>>;
/** One thing to compute. */
export type OutputLike = Variable | Out;
/** The result of one output. */
export type OneResult<O> = O extends Variable<infer D, infer N> ? Tensor<D, N> : O extends Out<infer D, infer N> ? Tensor<D, N> : Tensor;
/** The result of a call: of the form that was asked for. */
export type ResultOf<O> = O extends null | undefined ? undefined : O extends Variable | Out ? OneResult<O> : O extends readonly unknown[] ? {
    -readonly [K in keyof O]: OneResult<O[K]>;
} : {
    -readonly [K in keyof O]: OneResult<O[K]>;
};
/** What a caller may give for an input of rank N. */
export type ArgumentOf<N extends number> = number extends N ? SharedValue : N extends 0 ? number | bigint | boolean | Tensor : Exclude<SharedValue, number | bigint | boolean>;
/** Whether an input has a value without an argument. */
export type HasDefault<I> = I extends In<DType, number, infer O> ? O extends {
    readonly value: SharedValue;
} | {
    readonly implicit: true;
} ? true : false : false;
/** The rank of an input. */
export type InputRank<I> = I extends In<DType, infer N> ? N : I extends Variable<DType, infer N> ? N : number;
/** The positional arguments: those with a default, and all after them, may be left out. */
export type ArgumentsOf<I extends readonly InputLike[]> = I extends readonly [infer First, ...infer Rest extends readonly InputLike[]] ? HasDefault<First> extends true ? OptionalArguments<I> : [argument: ArgumentOf<InputRank<First>>, ...ArgumentsOf<Rest>] : I extends readonly [] ? [] : SharedValue[];
/** Arguments that may all be left out. */
export type OptionalArguments<I extends readonly InputLike[]> = I extends readonly [infer First, ...infer Rest extends readonly InputLike[]] ? [argument?: ArgumentOf<InputRank<First>>, ...OptionalArguments<Rest>] : I extends readonly [] ? [] : SharedValue[];
/** Arguments by input name. */
export type NamedArguments = {
    readonly [name: string]: SharedValue | undefined;
};
/** Arguments that end with named ones, or else the positional ones, of which messages tell what is missing. */
export type CheckedArguments<A extends readonly unknown[], I extends readonly InputLike[]> = A extends readonly [...unknown[], Readonly<Record<string, unknown>>] ? A extends readonly [...unknown[], NamedArguments] ? A : [...unknown[], NamedArguments] : ArgumentsOf<I>;
/** Options of `copy`. */
export interface CopyOptions {
    /** Shared variables to put in the place of others. */
    readonly swap?: ReadonlyMap<SharedVariable, SharedVariable> | readonly (readonly [SharedVariable, SharedVariable])[];
    /** Drop all updates. */
    readonly deleteUpdates?: boolean;
    /** Name of the copy; default: the old one and " copy". */
    readonly name?: string;
}
/** A compiled function. */
export interface CompiledFunction<I extends readonly InputLike[] = readonly InputLike[], O extends OutputSpec = OutputSpec> {
    /** Computes the outputs and applies the updates. */
    (...args: ArgumentsOf<I>): ResultOf<O>;
    /** The same, with inputs given by name in an object after the positional ones. */
    <A extends readonly unknown[]>(...args: CheckedArguments<A, I>): ResultOf<O>;
    /** Name in messages and profiles. */
    readonly name: string;
    /** The device that runs it. */
    readonly device: "cpu" | "gpu";
    /** The device in words, the library of its products, and why `device: "auto"` took the CPU if it did. */
    readonly deviceInfo: string;
    /** The shared variables it reads or updates. */
    readonly sharedVariables: readonly SharedVariable[];
    /** The inputs, in order. */
    readonly inputs: readonly Variable[];
    /** The graph it runs, after rewriting: outputs, then the new values of updates. */
    readonly graph: {
        readonly outputs: readonly Variable[];
        readonly updates: readonly (readonly [SharedVariable, Variable])[];
    };
    /** Measurements, when compiled with `profile: true`; else null. */
    readonly profile: Profile | null;
    /**
     * The plans at hand, the one that was used last first, with the shapes that each is for: an axis is a number,
     * or a symbol that may have any length, and why. `explain()` says what they compute. A function that was
     * never called has no plan yet; `config.plans` is how many are kept.
     *
     * @example
     * ```ts
     * import { compile, T } from "@croton/croton";
     * const x = T.matrix("x");
     * const f = await compile([x], x.sum(1));
     * f([[1, 2, 3]]);
     * f([[1, 2, 3], [4, 5, 6]]);
     * f([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
     * const [rows, columns] = f.plans[0]!.inputs[0]!.axes;
     * console.assert(typeof rows === "object" && rows.reason === "it had lengths 2 and 3");
     * console.assert(columns === 3);
     * ```
     */
    readonly plans: readonly PlanShapes[];
    /**
     * The rewrites that its graph went through, the one that took longest first: how often each rule fired, and
     * the time. They are done once more to find out. `mode: { excluding }` leaves some of them out.
     */
    readonly rewrites: readonly RewriteCount[];
    /** Runs it for some outputs only (by index or key); updates are applied all the same. */
    subset(keys: readonly (number | string)[], ...args: unknown[]): Tensor[];
    /** The default or state of an input, or the value of a shared variable, by name or variable. */
    get(key: string | Variable): Tensor;
    /** Sets what `get` gives. */
    set(key: string | Variable, value: SharedValue): void;
    /** A function of the same graph, with other shared variables or without updates. */
    copy(options?: CopyOptions): CompiledFunction<I, O>;
    /** Compiles for these argument shapes, so that the first call need not. */
    warmUp(...args: unknown[]): Promise<void>;
    /** Gives scratch memory back; it is taken again at the next call. */
    free(): void;
    /** Gives everything back that the function holds: plans, code, memory. It cannot be called afterwards. */
    dispose(): void;
    /** As `dispose`, at the end of a `using` block. */
    [Symbol.dispose](): void;
    /**
     * What runs, in words: the kernels and loops of each plan so far, with the strategy of each loop and
     * why, what they read and write, and the memory that is planned. A function that was never called has
     * no plan yet. With `passes`, the steps after each pass of the planner, too; with `code`, the kernels
     * as text (WGSL), or on the CPU the size of the WebAssembly module. With `rule`, where that rewrite fired.
     */
    explain(options?: ExplainOptions): string;
    /**
     * Shows a page of it, as `graphPage` of the entry point for pictures makes it: in a notebook as the result of
     * the cell, in a browser in a window of its own, else in a file, whose address is printed: `path`, or a new
     * one among temporary files. Only the file needs a permission, to write.
     *
     * Throws (rejects) with a FileError where the file cannot be written.
     */
    show(options?: ShowOptions): Promise<ShownPage>;
}
/** The shapes that a plan is for. */
export interface PlanShapes {
    /** The inputs, in order; behind them lengths that the function computes first, because shapes depend on them. */
    readonly inputs: readonly PlannedShape[];
    /** The shared variables that it reads or updates. */
    readonly shared: readonly PlannedShape[];
}
/** The shape of an input or a shared variable, as a plan takes it. */
export interface PlannedShape {
    /** What messages call it. */
    readonly label: string;
    /** The length of each axis, or the symbol that stands for it. */
    readonly axes: readonly (number | SymbolicAxis)[];
}
/** An axis that a plan serves with any length. */
export interface SymbolicAxis {
    /** Its name in `explain()`; axes of one symbol have one length. */
    readonly symbol: string;
    /** The least length that the plan is for. */
    readonly least: number;
    /** Why it is no number: the lengths that it had, a loop that runs over it, or `dynamicAxes`. */
    readonly reason: string;
}
/** Options of {@linkcode CompiledFunction.show}. */
export interface ShowOptions {
    /** The file of the page. */
    readonly path?: string;
    /** The title; default: the name of the function. */
    readonly title?: string;
}
/** A page that is shown; notebooks display it. */
export interface ShownPage {
    /** The page. */
    readonly html: string;
    /** Where it is; null in a notebook. */
    readonly address: string | null;
}
/** Options of {@linkcode CompiledFunction.explain}. */
export interface ExplainOptions {
    /** The steps after each pass of the planner, too. */
    readonly passes?: boolean;
    /** The text of the kernels, too. */
    readonly code?: boolean;
    /** Not the plans, but where the rewrite of this name fired, and what it replaced by what. */
    readonly rule?: string;
}
