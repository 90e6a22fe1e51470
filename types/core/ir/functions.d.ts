// Made of core/ir/functions.ts by `deno task types`.
/**
 * Functions of floats that a node can stand for, so that what takes many primitives is built late, and
 * once for all its uses where a device calls functions.
 *
 * @module
 */
import { ScalarBuilder } from "./builder.d.ts";
import type { CallNode, ScalarType, SNode } from "./scalar.d.ts";
/** Builds the nodes of a function of some arguments. */
export type BuildFunction = (b: ScalarBuilder, args: readonly SNode[]) => SNode;
/** A function whose arguments and value have one float type. */
export interface ScalarFunction {
    /** Equal for equal functions alone. */
    readonly name: string;
    /** Type of its arguments and value. */
    readonly type: ScalarType;
    /** Number of arguments. */
    readonly count: number;
    /** Makes its value with another builder. */
    readonly build: BuildFunction;
    /** Its value; argument `i` is written as the result of reduction `i`. */
    readonly body: SNode;
    /** All nodes of its value, arguments first. */
    readonly nodes: readonly SNode[];
}
/** What a function is made for. */
export interface FunctionType {
    /** Type of its arguments and value. */
    readonly type: ScalarType;
    /** Number of arguments. */
    readonly count: number;
    /** Whether values that are not finite count. */
    readonly ieee: boolean;
}
/**
 * The function of a name for a type, of so many arguments, made at its first use; null if it is small,
 * or not everything in it has the width of that type.
 */
export declare function scalarFunction(name: string, { type, count, ieee }: FunctionType, build: BuildFunction): ScalarFunction | null;
/** What becomes of functions on devices that build their primitives at once: there are none. */
export declare function noFunction({ func }: CallNode): TypeError;
/** About how many primitives nodes are, functions included. */
export declare function sizeOfNodes(nodes: readonly SNode[]): number;
