// Made of io/stored.ts by `deno task types`.
/**
 * What files of tensors hold: values of variables and states of random streams, by name.
 *
 * @module
 */
import { type Tree } from "../core/base/tree.d.ts";
import { type DType, type TypedArray } from "../core/graph/dtype.d.ts";
import { RandomStreams } from "../core/random/streams.d.ts";
import { SharedVariable } from "../core/runtime/shared.d.ts";
import { Tensor } from "../core/runtime/tensor.d.ts";
/** What can be saved: tensors, values of shared variables, and states of random streams. */
export type Savable = Tensor | SharedVariable | RandomStreams;
/** What is restored: shared variables and random streams. */
export type Restorable = SharedVariable | RandomStreams;
/** What to save, in records and lists; keys and positions make the names, as in `layers.0.W`. */
export type SavedTree = readonly Tree<Savable>[] | {
    readonly [name: string]: Tree<Savable>;
};
/** What to restore, in records and lists of the form that was saved. */
export type RestoredTree = readonly Tree<Restorable>[] | {
    readonly [name: string]: Tree<Restorable>;
};
/** Elements on the host. */
export interface HostArray {
    /** Type of the elements. */
    readonly dtype: DType;
    /** Lengths of the axes. */
    readonly shape: readonly number[];
    /** The elements, the last axis running fastest. */
    readonly data: TypedArray;
}
/** The values at this moment, by name. */
export declare function gather(action: string, tree: SavedTree): Promise<[name: string, array: HostArray][]>;
/**
 * Gives shared variables and random streams the values of a file: all of them, or none if one is missing,
 * has another shape, or elements that the variable cannot hold. What else the file has is left alone.
 *
 * Throws a TypeError that names what does not fit.
 *
 * @param targets What was saved: the same records and lists.
 * @param tensors The tensors of the file by name.
 *
 * @example
 * ```ts
 * import { io, shared, tensor } from "@croton/croton";
 *
 * const model = { out: { W: shared(new Float32Array(2), { name: "W" }) } };
 * io.restore(model, { "out.W": tensor([3, 4]) });
 * console.assert(model.out.W.getValue().dataSync()[1] === 4);
 * ```
 */
export declare function restore(targets: RestoredTree, tensors: Readonly<Record<string, Tensor>>): void;
