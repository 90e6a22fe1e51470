// Made of core/base/tree.ts by `deno task types`.
/**
 * Records and lists in each other with values at their ends, such as the parameters of a model.
 *
 * @module
 */
/** Values of type `L`, in records and lists of any depth. */
export type Tree<L> = L | readonly Tree<L>[] | {
    readonly [name: string]: Tree<L>;
};
/** A tree of the same form with other values. */
export type TreeOf<T, From, To> = T extends From ? To : {
    readonly [K in keyof T]: TreeOf<T[K], From, To>;
};
/** What stands at the ends of a tree: a test, and words for messages. */
export interface LeafKind<L> {
    /** Whether a value is one. */
    readonly is: (value: unknown) => value is L;
    /** What was expected, in a message: "shared variables". */
    readonly words: string;
}
/** A tree with a value for each leaf, which is told its path: the keys and positions that lead to it. */
export declare function mapTree<L, R>(action: string, tree: Tree<L>, kind: LeafKind<L>, change: (leaf: L, path: readonly string[]) => R): Tree<R>;
/** The leaves of a tree in the order of reading, each with its path. */
export declare function leavesOf<L>(action: string, tree: Tree<L>, kind: LeafKind<L>): {
    readonly path: readonly string[];
    readonly leaf: L;
}[];
