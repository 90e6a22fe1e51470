// Made of xla/arguments.ts by `deno task types`.
/**
 * Arguments of a module: their shapes, and the values that are known of them.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import type { LeafInfo } from "../core/plan/shapes.d.ts";
/** Shapes of inputs, in order or by name. */
export type ShapesOption = readonly (readonly number[] | null)[] | Readonly<Record<string, readonly number[] | null>>;
/** An argument of a module. */
export interface Argument {
    readonly variable: Variable;
    readonly name: string;
    readonly shape: readonly number[];
}
/** The shape of an input, as it is given or as its type says. */
export declare function shapeOfInput(action: string, variable: Variable, name: string, i: number, shapes: ShapesOption | undefined): readonly number[];
/** Checks that an option is about inputs that there are. */
export declare function checkNames(action: string, given: object | undefined, names: readonly string[], option: string): void;
/** What is known of an argument. */
export declare function leafOf(action: string, { variable, name, shape }: Argument, values: Readonly<Record<string, number>>): LeafInfo;
