// Made of core/ir/size.ts by `deno task types`.
/**
 * Sizes known when a plan is made: plain numbers, or symbolic integers that carry the value they
 * have now and can be evaluated again for another call.
 *
 * A plan is traced with concrete sizes. What may change from call to call without a new plan (the
 * length of a scan, an index given as an argument) is a `Sym`: a polynomial over named atoms. Each
 * time the planner decides something by comparing a Sym, the decision is recorded as a guard; a
 * plan is used again for new values as long as all its guards still hold.
 *
 * @module
 */
/** An integer in a plan. */
export type Size = number | Sym;
/** The greatest position that kernels count to. */
export declare const MAX_POSITION: number;
/** Values of the base atoms, by slot. */
export type SizeEnv = ArrayLike<number>;
/** A named integer inside a `Sym`. */
export interface Atom {
    /** Text that is equal for equal atoms. */
    readonly key: string;
    /** The value in the trace that made it. */
    readonly value: number;
    /** Base symbols that the atom depends on. */
    readonly bases: ReadonlySet<string>;
    /** The value for other base atoms. */
    readonly evaluate: (env: SizeEnv) => number;
}
/** A part of a polynomial. */
interface Monomial {
    readonly coefficient: number;
    readonly atoms: readonly Atom[];
}
/** A symbolic integer: `constant + sum(coefficient * product of atoms)`. */
export declare class Sym {
    #private;
    /** Text that is equal for equal polynomials. */
    readonly key: string;
    /** The value in the trace that made it. */
    readonly value: number;
    /** Base symbols that the size depends on. */
    readonly bases: ReadonlySet<string>;
    /** The part without atoms. */
    readonly constant: number;
    /** Makes a sum of terms, keyed by the text of their atoms. */
    constructor(constant: number, terms: ReadonlyMap<string, Monomial>);
    /** The terms of the polynomial. */
    get terms(): ReadonlyMap<string, Monomial>;
    /** The value for other base values. */
    evaluate(env: SizeEnv): number;
    /** The polynomial and its value in the trace, as in `2*n0.0-1=41`. */
    toString(): string;
}
/** The concrete value of a size. */
export declare function sizeValue(size: Size): number;
/** The value of a size for other base values. */
export declare function sizeAt(size: Size, env: SizeEnv): number;
/** Text that is equal for equal sizes. */
export declare function sizeKey(size: Size): string;
/** A base symbol: read from slot `slot` of the environment of a call. */
export declare function baseSize(name: string, slot: number, value: number): Size;
/**
 * A length that is known inside some code only, by its name; elsewhere a size stands for it that it never
 * exceeds.
 */
export declare function localSize(name: string, most: Size): Size;
/** a + b */
export declare function addSize(a: Size, b: Size): Size;
/** a * b */
export declare function mulSize(a: Size, b: Size): Size;
/** a - b */
export declare function subSize(a: Size, b: Size): Size;
/** Whether sizes are the same, one by one, for all calls. */
export declare function sameSizes(a: readonly Size[], b: readonly Size[]): boolean;
/** Sizes without those that are the same as another for all calls. */
export declare function distinctSizes(sizes: readonly Size[]): Size[];
/** Product of sizes; 1 for none. */
export declare function productSize(sizes: readonly Size[]): Size;
/**
 * Whether some axes of a kernel may be run through as one: the number of their positions fits 32 bits,
 * and so it does for other sizes that the plan serves, because that of all axes does or nothing varies.
 */
export declare function countsTogether(some: readonly Size[], all: readonly Size[]): boolean;
/** An opaque function of sizes, such as a floor division; folded when all are numbers. */
export declare function opaqueSize(name: string, args: readonly Size[], f: (...values: number[]) => number): Size;
/** floor(a / b); b = 0 gives 0. */
export declare function floorDivSize(a: Size, b: Size): Size;
/** a modulo b with the sign of b; b = 0 gives 0. */
export declare function modSize(a: Size, b: Size): Size;
/** Row-major strides, in elements, of a contiguous array. */
export declare function contiguousStrides(shape: readonly Size[]): Size[];
/** Records the decisions of one trace, so that the plan can be checked for other values. */
export declare class Guards {
    #private;
    /** Whether `test(values)` holds now; the answer is recorded if a Sym took part. */
    decide(name: string, sizes: readonly Size[], test: (...values: number[]) => boolean): boolean;
    /** a === b */
    equal(a: Size, b: Size): boolean;
    /** a < b */
    less(a: Size, b: Size): boolean;
    /** min(a, b), by comparing them. */
    min(a: Size, b: Size): Size;
    /** max(a, b), by comparing them. */
    max(a: Size, b: Size): Size;
    /** Whether all decisions are the same for other base values. */
    hold(env: SizeEnv): boolean;
    /** How many decisions depend on base values. */
    get count(): number;
}
export {};
