/**
 * Compiled code that programs of equal text share.
 *
 * @module
 */

interface CachedCode<T> {
  readonly value: T;
  users: number;
}

/** Texts of this many characters in all are kept though nothing uses their code. */
const MOST_CHARACTERS = 1 << 23;

/** Keeps code while programs use it, and what nothing uses any more for a while. */
export class CodeCache<T> {
  readonly #entries = new Map<string, CachedCode<T>>();
  /** Keys of what nothing uses, the ones left last at the end: the same program is often planned again. */
  readonly #unused = new Set<string>();
  /** Characters of their texts. */
  #unusedLength = 0;
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
    this.#take(key);
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
    this.#unusedLength += key.length;
    for (const oldest of this.#unused) {
      if (this.#unused.size <= this.#mostUnused && this.#unusedLength <= MOST_CHARACTERS) break;
      this.delete(oldest);
    }
  }

  /** Takes a text from the unused. */
  #take(key: string): void {
    if (this.#unused.delete(key)) this.#unusedLength -= key.length;
  }

  /** Forgets code that turned out to be wrong. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#drop(entry.value);
    this.#entries.delete(key);
    this.#take(key);
  }
}
