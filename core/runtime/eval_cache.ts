/**
 * Functions that `eval` has compiled, for equal graphs.
 *
 * @module
 */

import type { SharedVariable } from "./shared.ts";

/** How many functions are kept; the one that was not used for longest goes first. */
const MOST = 128;

/** Functions that read the same shared variables. */
class Shelf<F> {
  readonly functions = new Map<string, F>();
  /** Those that read one more. */
  readonly more = new WeakMap<SharedVariable, Shelf<F>>();
}

/**
 * A bounded number of functions by key. A function refers to the shared variables it reads; it is kept by
 * these alone, so that it goes when one of them does, and none is there for its sake.
 */
export class EvalCache<F> {
  readonly #root = new Shelf<F>();
  /** By key, used last at the end. A shelf is gone with its shared variables. */
  readonly #recent = new Map<string, WeakRef<Shelf<F>>>();

  /** The function of a key, made if there is none; the key says which shared variables it reads. */
  take(key: string, shared: readonly SharedVariable[], make: () => F): F {
    let shelf = this.#root;
    for (const variable of shared) {
      let next = shelf.more.get(variable);
      if (next === undefined) shelf.more.set(variable, next = new Shelf());
      shelf = next;
    }
    let found = shelf.functions.get(key);
    if (found === undefined) shelf.functions.set(key, found = make());
    this.#recent.delete(key);
    this.#recent.set(key, new WeakRef(shelf));
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= MOST) break;
      this.delete(oldest);
    }
    return found;
  }

  /** Forgets a function. */
  delete(key: string): void {
    this.#recent.get(key)?.deref()?.functions.delete(key);
    this.#recent.delete(key);
  }
}
