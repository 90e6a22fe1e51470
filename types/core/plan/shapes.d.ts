// Made of core/plan/shapes.ts by `deno task types`.
/**
 * Concrete shapes and host-known integers of a graph at plan time.
 *
 * @module
 */
import { type ShapeContext } from "../graph/op.d.ts";
import { type Apply, type Variable } from "../graph/graph.d.ts";
import { type Guards, type Size } from "../ir/size.d.ts";
/** What is known of a leaf: its shape, and the integers it holds when the host has them. */
export interface LeafInfo {
    readonly shape: readonly Size[];
    /** Elements in row-major order, for integer leaves of rank 0 and 1 whose value the host knows. */
    readonly integers?: readonly Size[] | undefined;
    /** What has to be computed for the host to have them; default: the leaf itself. */
    readonly need?: Variable | undefined;
}
/** The shape of what an op refuses; null where nothing tells it. */
type AnywayRule = (context: ShapeContext, variable: Variable) => readonly Size[] | null;
/** Finds shapes and integers on demand and remembers them. */
export declare class Shapes implements ShapeContext {
    #private;
    readonly guards: Guards;
    /** With a rule for what never runs: what an op refuses there has the shape that the rule tells. */
    constructor(guards: Guards, leaves: ReadonlyMap<Variable, LeafInfo>, parent?: Shapes | null, anyway?: AnywayRule | null);
    shape(variable: Variable): readonly Size[];
    /** How many elements a variable has for the sizes at hand. */
    elements(variable: Variable): number;
    /** Asks something of an op; its errors say which one it is. */
    located<T>(apply: Apply, ask: () => T): T;
    /** The shape of a variable for messages, where it is known. */
    readonly words: (variable: Variable) => string;
    integer(variable: Variable): Size;
    integers(variable: Variable): readonly Size[];
    /** Whether the integers of a variable are known without running anything. */
    knows(variable: Variable): boolean;
    /** Throws a LimitError for a product or sum of lengths that is too large to be counted. */
    expectCounted(variable: Variable): void;
}
export {};
