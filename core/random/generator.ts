/**
 * The state of a generator: as a value, and as a shared variable.
 *
 * @module
 */

import type { TypedArray } from "../graph/dtype.ts";
import { applyOp, Variable } from "../graph/graph.ts";
import {
  Container,
  type SetValueOptions,
  type SharedValue,
  SharedVariable,
} from "../runtime/shared.ts";
import { Tensor, tensor } from "../runtime/tensor.ts";
import { TensorType } from "../graph/type.ts";
import { advanceOp } from "./draw.ts";
import { type FourWords, hostWords, philox } from "./philox.ts";
import { shown } from "../base/shown.ts";

/** A seed: any integer; integers that differ by a multiple of 2^64 are the same seed. */
export type Seed = number | bigint;

/** What keys are derived for. Different purposes never give the same key. */
type KeyPurpose = "seed" | "variable" | "split";

const purposes: Record<KeyPurpose, number> = { seed: 0, variable: 1, split: 2 };

/** A key: two words. */
export type Key = readonly [number, number];

/** The key that a seed is. Throws a TypeError for what is no integer. */
export function keyOfSeed(seed: Seed, action: string): Key {
  if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) {
    throw new TypeError(`${action}: expected an integer, got ${shown(seed)}`);
  }
  const bits = BigInt.asUintN(64, BigInt(seed));
  return [Number(bits & 0xffffffffn), Number(bits >> 32n)];
}

/** A key derived from another one: the first words of Philox(counter = [index, 0, 0, purpose], key). */
export function deriveKey(key: Key, purpose: KeyPurpose, index: number): Key {
  const [a, b] = philox(hostWords, [index >>> 0, 0, 0, purposes[purpose]], key);
  return [a, b];
}

/** The state with a key, before its first draw. */
export function freshState([k0, k1]: Key): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(k0, k1, 0, 0);
}

function checkState(state: ArrayLike<number>): FourWords<number> {
  const words = Array.from(state ?? []);
  const isState = words.length === 4 &&
    words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32);
  if (!isState) {
    throw new TypeError(
      `Cannot set the state of a generator: expected four words from 0 to 4294967295, got ${
        shown(words)
      }`,
    );
  }
  return words as unknown as FourWords<number>;
}

/**
 * The state of a generator, as the value of `rv.rng`: two words that are its key, and a 64-bit number,
 * low word first, that counts draws. A copy: `setValue` gives a changed one back to the variable.
 *
 * It is a tensor of dtype uint32 and shape [4], and can be saved as one.
 *
 * @example
 * ```ts
 * import { Generator } from "@croton/croton";
 *
 * const generator = new Generator().seed(89234);
 * const copy = Generator.from(generator.toTypedArray());
 * console.assert(copy.getState().join() === generator.getState().join());
 * ```
 */
export class Generator extends Tensor<"uint32", 1> {
  readonly #words: Uint32Array<ArrayBuffer>;

  /** A generator with this state; by default that of seed 0. */
  constructor(state: ArrayLike<number> = freshState(deriveKey([0, 0], "seed", 0))) {
    const words = Uint32Array.from(checkState(state));
    super("uint32", [4], words);
    this.#words = words;
  }

  /** A generator with a saved state. Throws a TypeError for anything but four words. */
  static from(state: ArrayLike<number>): Generator {
    return new Generator(state);
  }

  /** Starts anew, as the seed says. Returns the generator. Throws a TypeError for no integer. */
  seed(seed: Seed): this {
    const key = keyOfSeed(seed, "Cannot seed a generator");
    this.#words.set(freshState(deriveKey(key, "seed", 0)));
    return this;
  }

  /** A copy of the four words. */
  getState(): Uint32Array<ArrayBuffer> {
    return this.#words.slice();
  }

  /** Takes a state that `getState` gave. Throws a TypeError for anything but four words. */
  setState(state: ArrayLike<number>): void {
    this.#words.set(checkState(state));
  }

  /** As `getState`: what to save. */
  toTypedArray(): Uint32Array<ArrayBuffer> {
    return this.getState();
  }
}

/** Options of `getValue` of a generator. */
export interface GeneratorValueOptions {
  /** Taken for the sake of programs that give it; the value is always a copy. */
  readonly borrow?: boolean;
}

/** The shared variable that holds the state of a generator. Functions advance it by themselves. */
export class GeneratorVariable extends SharedVariable<"uint32", 1> {
  /** Holds a copy of a state of four words: key, key, counter, counter. */
  constructor(state: Uint32Array<ArrayBuffer>) {
    super(
      TensorType.of<"uint32", 1>("uint32", [4]),
      new Container("uint32", [4], state.slice()),
    );
    this.defaultUpdate = applyOp(advanceOp, [this], {}).output;
  }

  /** The state after one draw. */
  get next(): Variable<"uint32", 1> {
    return this.defaultUpdate as Variable as Variable<"uint32", 1>;
  }

  /** The state now. A copy: later draws do not change it. */
  override getValue(_options: GeneratorValueOptions = {}): Generator {
    return new Generator(this.container.hostSync() as Uint32Array);
  }

  /** As `getValue`, without blocking where the device can. */
  override async value(): Promise<Generator> {
    return new Generator(await this.container.host() as Uint32Array);
  }

  /** Replaces the state. Throws a TypeError for anything but four words. */
  override setValue(value: SharedValue, _options: SetValueOptions = {}): void {
    if ((value as unknown) instanceof Variable) {
      throw new TypeError("Cannot set the state of a generator: expected a value, got a variable");
    }
    const { shape, data } = elements(value);
    if (shape.length !== 1) {
      throw new TypeError(
        `Cannot set the state of a generator: expected a vector of four words, got shape [${shape}]`,
      );
    }
    this.container.setHost([4], Uint32Array.from(checkState(data)));
  }

  /** Starts anew, as the seed says. */
  seed(seed: Seed): void {
    this.setValue(this.getValue().seed(seed));
  }
}

function elements(value: SharedValue): { shape: readonly number[]; data: ArrayLike<number> } {
  const held = value instanceof Tensor
    ? value
    : Array.isArray(value)
    ? tensor(value, { dtype: "float64" })
    : tensor(value);
  return {
    shape: held.shape,
    data: Array.from(held.dataSync() as TypedArray as Float64Array, Number),
  };
}
