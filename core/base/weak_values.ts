/**
 * What is known by a text as long as something else holds it.
 *
 * @module
 */

/** Objects by keys, which do not keep them alive. */
export class WeakValues<T extends object> {
  readonly #values = new Map<string, WeakRef<T>>();
  readonly #gone = new FinalizationRegistry<string>((key) => {
    if (this.get(key) === undefined) this.#values.delete(key);
  });

  /** The object of a key, if it is still there. */
  get(key: string): T | undefined {
    return this.#values.get(key)?.deref();
  }

  /** Notes an object. */
  set(key: string, value: T): void {
    this.#values.set(key, new WeakRef(value));
    this.#gone.register(value, key);
  }
}
