// Made of scan/solvers/states.ts by `deno task types`.
/**
 * What solvers solve for: a tensor, or a list of variables, and the vector that holds all of it.
 *
 * @module
 */
import { type DType } from "../../core/graph/dtype.d.ts";
import { Variable } from "../../core/graph/graph.d.ts";
import type { FloatLike } from "../../core/graph/type_arithmetic.d.ts";
import type { TensorLike } from "../../core/ops/common/literal.d.ts";
/** What a solver starts from: a tensor, or a list of variables. */
export type SolverState = TensorLike | readonly Variable[];
/** What a function of such a state gets, and what its solution is: a variable, or a list of them. */
export type VariablesOf<S> = S extends readonly Variable[] ? {
    -readonly [K in keyof S]: S[K];
} : FloatLike<S>;
/** A state as a list of variables. */
export declare class Pieces {
    #private;
    readonly variables: readonly Variable[];
    /** Throws a TypeError for what is no real floating tensor. */
    constructor(action: string, state: SolverState);
    /** Variables in the form of the state. */
    like(variables: readonly Variable[]): Variable | Variable[];
    /** What a function of the state gives, for each piece a variable of the same rank, in its dtype. */
    parts(action: string, given: unknown): Variable[];
    /** The vector with all elements. */
    get vector(): Variable;
    /** The pieces that a vector holds. */
    from(vector: Variable): Variable[];
}
/** Placeholders of the types of variables. */
export declare function placesLike(variables: readonly Variable[]): Variable[];
/** A placeholder for the vector of a state. */
export declare function vectorPlace(dtype: DType): Variable;
/** The elements of variables, one after the other, as a vector of the widest dtype. */
export declare function packed(variables: readonly Variable[]): Variable;
/** The variables that a vector holds, which are like others. */
export declare function unpacked(vector: Variable, like: readonly Variable[]): Variable[];
