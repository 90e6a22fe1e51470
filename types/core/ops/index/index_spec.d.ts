// Made of core/ops/index/index_spec.ts by `deno task types`.
/**
 * What users write between brackets: integers, slices, `...`, new axes, lists and tensors of positions,
 * masks, or text such as `"1:, ::-1"`.
 *
 * @module
 */
import type { TypedArray } from "../../graph/dtype.d.ts";
import { Variable } from "../../graph/graph.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type HostTensor, type NestedArray } from "../common/literal.d.ts";
/** A slice: missing or null parts mean as far as possible. */
export interface SliceSpec {
    /** First position. */
    readonly start?: Dim | null;
    /** First position that is not taken any more. */
    readonly stop?: Dim | null;
    /** Distance between positions, 1 if missing; negative to go backwards. */
    readonly step?: Dim | null;
}
/**
 * One item of an index: an integer (or integer scalar), a slice, `"..."` for as many whole axes as fit,
 * null for a new axis, integer positions (lists, arrays, tensors), a bool mask, or text that holds
 * several items, as `"1:, ::-1"`.
 */
export type IndexItem = Dim | SliceSpec | string | null | readonly Dim[] | NestedArray | TypedArray | HostTensor | Variable;
/** An index: one item, or several in an array. */
export type IndexSpec = IndexItem | readonly IndexItem[];
/** An item of an index, understood. */
export type Item = {
    readonly kind: "int";
    readonly at: Variable;
} | {
    readonly kind: "slice";
    readonly start: Variable | null;
    readonly stop: Variable | null;
    readonly step: Variable | null;
} | {
    readonly kind: "ellipsis";
} | {
    readonly kind: "newaxis";
} | {
    readonly kind: "positions";
    readonly tensor: Variable;
} | {
    readonly kind: "mask";
    readonly tensor: Variable;
};
/** Axes of the indexed tensor that an item stands for; an ellipsis counts for none here. */
export declare function axesTaken(item: Item): number;
/** Understands an index. Throws a TypeError or SyntaxError that says what is wrong with it. */
export declare function parseIndex(spec: IndexSpec, action: string): Item[];
/** The items for all axes of a tensor: the ellipsis, or the end, becomes whole slices. */
export declare function fillIndex(items: readonly Item[], ndim: number, action: string): Item[];
