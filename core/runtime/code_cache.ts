/**
 * Compiled code that programs of equal text share.
 *
 * @module
 */

interface CachedCode<T> {
  readonly value: T;
  users: number;
}

/** Keeps code while programs use it, and what nothing uses any more for a while. */
export class CodeCache<T> {
  readonly #entries = new Map<string, CachedCode<T>>();
  /** Keys of what nothing uses, the ones left last at the end: the same program is often planned again. */
  readonly #unused = new Set<string>();
  readonly #mostUnused: number;
  readonly #drop: (value: T) => void;

  /**
   * @param mostUnused How much is kept although nothing uses it.
   * @param drop What to do with code that goes.
   */
  constructor(mostUnused: number, drop: (value: T) => void = () => {}) {
    this.#mostUnused = mostUnused;
    this.#drop = drop;
  }

  /** How many are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The code of a text, with one user more; undefined if it has to be compiled. */
  acquire(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.users++;
    this.#unused.delete(key);
    return entry.value;
  }

  /** Adds code, with one user. */
  add(key: string, value: T): T {
    this.#entries.set(key, { value, users: 1 });
    return value;
  }

  /** Takes one user away. */
  release(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || --entry.users > 0) return;
    this.#unused.add(key);
    for (const oldest of this.#unused) {
      if (this.#unused.size <= this.#mostUnused) break;
      this.delete(oldest);
    }
  }

  /** Forgets code that turned out to be wrong. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#drop(entry.value);
    this.#entries.delete(key);
    this.#unused.delete(key);
  }
}
