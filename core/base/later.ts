/**
 * Parts that only compiling needs: they are loaded with the first function that is compiled, so that
 * programs start sooner, and graphs are built without them.
 *
 * @module
 */

const loaders: (() => Promise<unknown>)[] = [];
let loading: Promise<void> | null = null;

/** Adds what is loaded before the first function is compiled. */
export function beforeCompiling(load: () => Promise<unknown>): void {
  loaders.push(load);
}

/** Loads all that is needed to compile. */
export function loadParts(): Promise<void> {
  loading ??= Promise.all(loaders.map((load) => load())).then(() => {}, (error) => {
    // After a failure (a file that did not load), another try may go better.
    loading = null;
    throw error;
  });
  return loading;
}

/** A part that a module which is loaded later gives to one that is there from the start. */
export class Later<T> {
  readonly #what: string;
  #value: T | null = null;

  /** Names the part. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Gives the part. */
  set(value: T): void {
    this.#value = value;
  }

  /** The part. Throws an Error as long as it is not loaded. */
  get(): T {
    if (this.#value === null) {
      throw new Error(`${this.#what} is not loaded before the first compile`);
    }
    return this.#value;
  }
}
