// Made of xla/level.ts by `deno task types`.
/**
 * One level of a graph while it is written: the function, the step of a loop, or a side of a choice.
 *
 * @module
 */
import { type Variable } from "../core/graph/graph.d.ts";
import type { Shapes } from "../core/plan/shapes.d.ts";
import type { Block, Hlo } from "./text/block.d.ts";
/** Whose functions such as `exp` are taken: Croton's, as primitives, or those of XLA. */
export type Functions = "croton" | "xla";
/** What is computed where, and by which values. */
export declare class Level {
    #private;
    readonly block: Block;
    readonly shapes: Shapes;
    readonly functions: Functions;
    constructor(block: Block, shapes: Shapes, functions: Functions, parent?: Level | null);
    /** A level in a region of this one, which sees its values. */
    inside(block: Block, shapes?: Shapes): Level;
    /** Says what a variable is. */
    bind(variable: Variable, value: Hlo): void;
    /** Says how a variable is spread over devices once it is computed. */
    spread(variable: Variable, text: string): void;
    /** Lengths of the axes. */
    shape(variable: Variable): number[];
    /** An integer that is known when the module is written. */
    integer(variable: Variable): number;
    /** Whether anything reads a variable. */
    isUsed(variable: Variable): boolean;
    /** Writes what some variables need; gives their values. */
    write(roots: readonly Variable[]): Hlo[];
    /** The value of a variable; written now if it is not yet. */
    value(variable: Variable): Hlo;
    /** A value without elements, or of zeros. */
    empty(variable: Variable): Hlo;
}
