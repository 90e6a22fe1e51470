/**
 * A small seeded generator for data that a program draws by itself.
 *
 * @module
 */

/** Draws the same numbers for the same seed, on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * Starts a stream.
   *
   * @param seed Any number; its integer part modulo 2³² counts
   */
  constructor(seed: number) {
    [this.#a, this.#b, this.#c] = [0x9e3779b9, 0x243f6a88, seed >>> 0];
    for (let i = 0; i < 15; i++) this.bits();
  }

  /** 32 random bits (Chris Doty-Humphrey's sfc32). */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [from, to). */
  uniform(from = 0, to = 1): number {
    return from + (to - from) * (this.bits() / 2 ** 32);
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.uniform(0, n));
  }

  /** A number around 0 with standard deviation 1, within ±3.5: the sum of 4 uniform ones. */
  bell(): number {
    const sum = this.uniform() + this.uniform() + this.uniform() + this.uniform();
    return (sum - 2) * Math.sqrt(3);
  }
}
