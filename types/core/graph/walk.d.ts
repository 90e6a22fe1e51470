// Made of core/graph/walk.ts by `deno task types`.
/**
 * Walking graphs, without recursion.
 *
 * @module
 */
import { type Apply, type Variable } from "./graph.d.ts";
/**
 * The applications that the outputs need, inputs first. `stop` cuts the walk at a variable, and
 * `inputsOf` says which inputs of an application count.
 */
export declare function toposort(outputs: readonly Variable[], stop?: (variable: Variable) => boolean, inputsOf?: (apply: Apply) => readonly Variable[]): Apply[];
/** All variables that the outputs depend on, themselves included, inputs first. */
export declare function ancestors(outputs: readonly Variable[]): Variable[];
/** The variables without owner that the outputs depend on, in order of first use. */
export declare function graphInputs(outputs: readonly Variable[]): Variable[];
/**
 * The outputs with variables replaced. A replacement is taken as it is: it is not searched for further
 * replacements.
 */
export declare function replace(outputs: readonly Variable[], replacements: ReadonlyMap<Variable, Variable>): Variable[];
