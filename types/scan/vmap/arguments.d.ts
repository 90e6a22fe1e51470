// Made of scan/vmap/arguments.ts by `deno task types`.
/**
 * Arguments and results of functions of rows: variables, in records and lists.
 *
 * @module
 */
import { Variable } from "../../core/graph/graph.d.ts";
import type { TensorLike } from "../../core/ops/common/literal.d.ts";
import type { LeafKind } from "../../core/base/tree.d.ts";
/** An axis of rows for each value, or one for all values of a record or list; null: the same for all rows. */
export type RowAxes = number | null | readonly RowAxes[] | {
    readonly [name: string]: RowAxes;
};
/** What can be an argument. */
export declare const values: LeafKind<TensorLike>;
/** What can be a result. */
export declare const variables: LeafKind<Variable>;
/** The axis that is said for a value at a path of records and lists. */
export declare function axisAt(axes: RowAxes, path: readonly string[], action: string): number | null;
/** An axis counted from the first one. */
export declare function axisOf(axis: number, ndim: number, what: string, action: string): number;
/** A placeholder for a row of a tensor whose first axis are the rows. */
export declare function placeholderOf(value: Variable): Variable;
/** A tensor whose first axis are the rows. */
export interface Stack {
    readonly value: Variable;
    /** How messages call it. */
    readonly label: string;
}
/** The number of rows, and tensors that are checked to have so many. */
export declare function together(stacks: readonly Stack[], size: Variable | null, action: string): {
    count: Variable;
    values: Variable[];
};
/** RowValues in records and lists, as arguments and results are. */
export type RowValues = Variable | readonly RowValues[] | {
    readonly [name: string]: RowValues;
};
