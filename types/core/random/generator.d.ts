// Made of core/random/generator.ts by `deno task types`.
/**
 * The state of a generator: as a value, and as a shared variable.
 *
 * @module
 */
import { Variable } from "../graph/graph.d.ts";
import { type SetValueOptions, type SharedValue, SharedVariable } from "../runtime/shared.d.ts";
import { Tensor } from "../runtime/tensor.d.ts";
/** A seed: any integer; integers that differ by a multiple of 2^64 are the same seed. */
export type Seed = number | bigint;
/** What keys are derived for. Different purposes never give the same key. */
type KeyPurpose = "seed" | "variable" | "split";
/** A key: two words. */
export type Key = readonly [number, number];
/** The key that a seed is. Throws a TypeError for what is no integer. */
export declare function keyOfSeed(seed: Seed, action: string): Key;
/** A key derived from another one: the first words of Philox(counter = [index, 0, 0, purpose], key). */
export declare function deriveKey(key: Key, purpose: KeyPurpose, index: number): Key;
/** The state with a key, before its first draw. */
export declare function freshState([k0, k1]: Key): Uint32Array<ArrayBuffer>;
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
export declare class Generator extends Tensor<"uint32", 1> {
    #private;
    /** A generator with this state; by default that of seed 0. */
    constructor(state?: ArrayLike<number>);
    /** A generator with a saved state. Throws a TypeError for anything but four words. */
    static from(state: ArrayLike<number>): Generator;
    /** Starts anew, as the seed says. Returns the generator. Throws a TypeError for no integer. */
    seed(seed: Seed): this;
    /** A copy of the four words. */
    getState(): Uint32Array<ArrayBuffer>;
    /** Takes a state that `getState` gave. Throws a TypeError for anything but four words. */
    setState(state: ArrayLike<number>): void;
    /** As `getState`: what to save. */
    toTypedArray(): Uint32Array<ArrayBuffer>;
}
/** Options of `getValue` of a generator. */
export interface GeneratorValueOptions {
    /** Taken for the sake of programs that give it; the value is always a copy. */
    readonly borrow?: boolean;
}
/** The shared variable that holds the state of a generator. Functions advance it by themselves. */
export declare class GeneratorVariable extends SharedVariable<"uint32", 1> {
    /** Holds a copy of a state of four words: key, key, counter, counter. */
    constructor(state: Uint32Array<ArrayBuffer>);
    /** The state after one draw. */
    get next(): Variable<"uint32", 1>;
    /** The state now. A copy: later draws do not change it. */
    getValue(_options?: GeneratorValueOptions): Generator;
    /** As `getValue`, without blocking where the device can. */
    value(): Promise<Generator>;
    /** Replaces the state. Throws a TypeError for anything but four words. */
    setValue(value: SharedValue, _options?: SetValueOptions): void;
    /** Starts anew, as the seed says. */
    seed(seed: Seed): void;
}
export {};
