/**
 * What objects leave behind when the program drops them.
 *
 * @module
 */

import { canCollect, collect, forgetLooks, type Generation } from "./collector.ts";

/** Those of the whole program. */
const registries: { sweep(): void }[] = [];

/**
 * Gives back what dropped objects leave behind: when the engine says so, which it does only while the program
 * waits, or when somebody asks for it by `releaseDropped`, where the engine can tell at once.
 */
export class Dropped<H extends object> {
  readonly #release: (held: H) => void;
  readonly #told: FinalizationRegistry<H>;
  readonly #owners = new Map<H, WeakRef<object>>();

  /** @param release Gives back what an object leaves behind, which must not refer to the object. */
  constructor(release: (held: H) => void) {
    this.#release = release;
    this.#told = new FinalizationRegistry((held) => this.#leave(held));
    registries.push(this);
  }

  /** Says what an object leaves behind. */
  register(owner: object, held: H): void {
    this.#told.register(owner, held, held);
    // Elsewhere a WeakRef would keep the object until the program waits.
    if (canCollect("all")) this.#owners.set(held, new WeakRef(owner));
  }

  /** Says that it was given back, or is held by something else. */
  unregister(held: H): void {
    this.#told.unregister(held);
    this.#owners.delete(held);
  }

  /** Gives back what the objects leave behind that are known to be gone. */
  sweep(): void {
    for (const [held, owner] of this.#owners) {
      if (owner.deref() !== undefined) continue;
      this.#told.unregister(held);
      this.#leave(held);
    }
  }

  #leave(held: H): void {
    this.#owners.delete(held);
    this.#release(held);
  }
}

/**
 * Collects garbage, and gives back at once what objects leave behind that the program has dropped. Whether it
 * did: nothing is done where the engine cannot tell.
 *
 * @param generation What to look at.
 */
export function releaseDropped(generation: Generation): boolean {
  if (!collect(generation)) return false;
  for (const registry of registries) registry.sweep();
  forgetLooks();
  return true;
}
