// Made of core/graph/print.ts by `deno task types`.
/**
 * Graphs as text: in one line as mathematics (`pp`), or as a tree of nodes (`debugprint`).
 *
 * @module
 */
import { type Apply, type Variable } from "./graph.d.ts";
/**
 * One line of mathematics for an expression, in Theano's manner: everything in parentheses, constants
 * as `TensorConstant{2}`.
 *
 * @example
 * ```ts
 * import { pp, T } from "@croton/croton";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, y] = T.dscalars("x", "y");
 * assertEquals(pp(x.add(y).exp().neg()), "(-exp((x + y)))");
 * ```
 */
export declare function pp(expression: Variable): string;
/** As `pp`, with `…` in the place of what `hides` says. */
export declare function partText(expression: Variable, hides: (variable: Variable) => boolean): string;
/** An op with its parameters: `Sum{axis=[0]}`, `Cast{float32}`, `exp`. */
export declare function opText(apply: Apply): string;
/** A name as labels of ops begin. */
export declare function capital(name: string): string;
/** What `debugprint` can print. */
export type Printable = Variable | Apply | readonly Variable[] | {
    readonly graph: {
        readonly outputs: readonly Variable[];
        readonly updates: readonly (readonly [Variable, Variable])[];
    };
};
/** Options of `debugprint`. */
export interface DebugPrintOptions {
    /** Levels to print; all by default. */
    readonly depth?: number;
    /** Whether to print the type of each variable. */
    readonly printType?: boolean;
    /** How nodes are numbered: letters (default), numbers, or not at all. */
    readonly ids?: "CHAR" | "int" | "";
    /** Whether to print nothing below a variable with a name. */
    readonly stopOnName?: boolean;
    /** "str" only returns the text; otherwise it is printed, too. */
    readonly file?: "str";
}
/**
 * The nodes of a graph, one line for each variable, depth first: indentation, the op or the name, and
 * an id. A variable that was printed before is not followed again. For compiled functions each op has
 * its place in the order of evaluation. The steps of scans come at the end.
 *
 * @returns The text, which is also printed unless `file` is "str".
 *
 * @example
 * ```ts
 * import { debugprint, T } from "@croton/croton";
 *
 * const [x, y] = T.dscalars("x", "y");
 * debugprint(x.add(y).exp());
 * ```
 */
export declare function debugprint(printable: Printable, options?: DebugPrintOptions): string;
