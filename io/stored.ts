/**
 * What files of tensors hold: values of variables and states of random streams, by name.
 *
 * @module
 */

import { type LeafKind, leavesOf, type Tree } from "../core/base/tree.ts";
import { shown } from "../core/base/shown.ts";
import { canCastLosslessly, type DType, type TypedArray } from "../core/graph/dtype.ts";
import { RandomStreams } from "../core/random/streams.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import { Tensor } from "../core/runtime/tensor.ts";

/** What can be saved: tensors, values of shared variables, and states of random streams. */
export type Savable = Tensor | SharedVariable | RandomStreams;

/** What is restored: shared variables and random streams. */
export type Restorable = SharedVariable | RandomStreams;

/** What to save, in records and lists; keys and positions make the names, as in `layers.0.W`. */
export type SavedTree =
  | readonly Tree<Savable>[]
  | { readonly [name: string]: Tree<Savable> };

/** What to restore, in records and lists of the form that was saved. */
export type RestoredTree =
  | readonly Tree<Restorable>[]
  | { readonly [name: string]: Tree<Restorable> };

/** Elements on the host. */
export interface HostArray {
  /** Type of the elements. */
  readonly dtype: DType;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** The elements, the last axis running fastest. */
  readonly data: TypedArray;
}

const savable: LeafKind<Savable> = {
  is: (value) =>
    value instanceof Tensor || value instanceof SharedVariable || value instanceof RandomStreams,
  words: "tensors, shared variables or random streams",
};

const restorable: LeafKind<Restorable> = {
  is: (value) => value instanceof SharedVariable || value instanceof RandomStreams,
  words: "shared variables or random streams",
};

function named<L>(action: string, tree: Tree<L>, kind: LeafKind<L>): Map<string, L> {
  const found = new Map<string, L>();
  for (const { path, leaf } of leavesOf(action, tree, kind)) {
    const name = path.join(".");
    if (path.length === 0) {
      throw new TypeError(`${action}: expected a record or a list of ${kind.words}`);
    }
    if (found.has(name)) throw new TypeError(`${action}: two things are called ${shown(name)}`);
    found.set(name, leaf);
  }
  return found;
}

/** The values at this moment, by name. */
export async function gather(
  action: string,
  tree: SavedTree,
): Promise<[name: string, array: HostArray][]> {
  // All are asked for at once: what changes while they come doesn't change them.
  const asked = [...named(action, tree, savable)].map(([name, leaf]) =>
    [name, valueOf(leaf)] as const
  );
  return await Promise.all(asked.map(async ([name, value]) => [name, await value] as const)) as [
    string,
    HostArray,
  ][];
}

async function valueOf(leaf: Savable): Promise<HostArray> {
  if (leaf instanceof RandomStreams) {
    const data = leaf.toTypedArray();
    return { dtype: "uint32", shape: [data.length], data };
  }
  const tensor = leaf instanceof SharedVariable ? await leaf.value() : leaf;
  return { dtype: tensor.dtype, shape: [...tensor.shape], data: await tensor.data() as TypedArray };
}

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
export function restore(
  targets: RestoredTree,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  const action = "Cannot restore";
  if (typeof tensors !== "object" || tensors === null) {
    throw new TypeError(`${action}: expected tensors by name, got ${shown(tensors)}`);
  }
  const steps = [...named(action, targets, restorable)].map(([name, target]) => {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!(tensor instanceof Tensor)) {
      const others = Object.keys(tensors).slice(0, 8).map((other) => shown(other)).join(", ");
      throw new TypeError(
        `${action} ${shown(name)}: there is no tensor of this name, there are ${others || "none"}`,
      );
    }
    checkFit(`${action} ${shown(name)}`, target, tensor);
    return () => {
      if (target instanceof SharedVariable) target.setValue(tensor);
      else target.restore(tensor.dataSync() as Uint32Array);
    };
  });
  for (const step of steps) step();
}

function checkFit(action: string, target: Restorable, tensor: Tensor): void {
  const isStream = target instanceof RandomStreams;
  const shape = isStream ? [target.toTypedArray().length] : target.container.shape;
  const dtype = isStream ? "uint32" : target.dtype;
  if (shape.join() !== tensor.shape.join() || shape.length !== tensor.shape.length) {
    throw new TypeError(`${action}: expected shape [${shape}], got [${tensor.shape}]`);
  }
  const exact = isStream || target.strict || dtype === "uint32";
  const fits = tensor.dtype === dtype ||
    !exact && (target.allowDowncast || canCastLosslessly(tensor.dtype, dtype));
  if (!fits) {
    throw new TypeError(
      `${action}: expected ${dtype}, got ${tensor.dtype}, which it cannot hold without loss`,
    );
  }
}
