/**
 * Records and lists in each other with values at their ends, such as the parameters of a model.
 *
 * @module
 */

import { shown } from "./shown.ts";

/** Values of type `L`, in records and lists of any depth. */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [name: string]: Tree<L> };

/** A tree of the same form with other values. */
export type TreeOf<T, From, To> = T extends From ? To
  : { readonly [K in keyof T]: TreeOf<T[K], From, To> };

/** What stands at the ends of a tree: a test, and words for messages. */
export interface LeafKind<L> {
  /** Whether a value is one. */
  readonly is: (value: unknown) => value is L;
  /** What was expected, in a message: "shared variables". */
  readonly words: string;
}

/** Records and lists that may lie in each other. */
const DEEPEST = 64;

/** A tree with a value for each leaf, which is told its path: the keys and positions that lead to it. */
export function mapTree<L, R>(
  action: string,
  tree: Tree<L>,
  kind: LeafKind<L>,
  change: (leaf: L, path: readonly string[]) => R,
): Tree<R> {
  const open = new Set<object>();
  const visit = (part: unknown, path: readonly string[]): Tree<R> => {
    if (kind.is(part)) return change(part, path);
    const isList = Array.isArray(part);
    if (!isList && !isPlain(part)) {
      const where = path.length === 0 ? "" : ` at ${shown(path.join("."))}`;
      throw new TypeError(
        `${action}: expected ${kind.words}, or records and lists of them, got ${
          shown(part)
        }${where}`,
      );
    }
    if (open.has(part)) {
      throw new TypeError(`${action}: the record at ${shown(path.join("."))} holds itself`);
    }
    if (path.length > DEEPEST) {
      throw new TypeError(`${action}: records and lists are nested more than ${DEEPEST} deep`);
    }
    open.add(part);
    const made = isList
      ? part.map((item, i) => visit(item, [...path, String(i)]))
      : Object.fromEntries(
        Object.entries(part).map(([key, item]) => [key, visit(item, [...path, key])]),
      );
    open.delete(part);
    return made;
  };
  return visit(tree, []);
}

/** The leaves of a tree in the order of reading, each with its path. */
export function leavesOf<L>(
  action: string,
  tree: Tree<L>,
  kind: LeafKind<L>,
): { readonly path: readonly string[]; readonly leaf: L }[] {
  const found: { path: readonly string[]; leaf: L }[] = [];
  mapTree(action, tree, kind, (leaf, path) => void found.push({ path, leaf }));
  return found;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
