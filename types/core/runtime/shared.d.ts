// Made of core/runtime/shared.ts by `deno task types`.
/**
 * Shared variables: variables with a stored value that compiled functions read and update.
 *
 * @module
 */
import type { Backend, DeviceBuffer } from "./backend.d.ts";
import { type DType, type TypedArray } from "../graph/dtype.d.ts";
import { DeviceLostError } from "../base/errors.d.ts";
import { type TensorLike } from "../ops/common/literal.d.ts";
import { Tensor } from "./tensor.d.ts";
import { TensorType } from "../graph/type.d.ts";
import type { ValueDType, ValueRank } from "../graph/type_arithmetic.d.ts";
import { Variable } from "../graph/graph.d.ts";
/** The cell that holds the value of a shared variable, on the host or on one device. */
export declare class Container {
    #private;
    /** Type of the elements. */
    readonly dtype: DType;
    /** The variable whose value it is. */
    owner: SharedVariable | null;
    /** Holds `host` as a value of the given shape. */
    constructor(dtype: DType, shape: readonly number[], host: TypedArray);
    /** Axis lengths of the value. */
    get shape(): readonly number[];
    /** Why there is no value any more: it was on a device that was lost. Null while there is one. */
    get lost(): DeviceLostError | null;
    /** The elements on the host; not a copy, unless they had to be fetched. */
    hostSync(): TypedArray;
    /** Another number after each change. */
    get version(): number;
    /** As `hostSync`, without blocking where the device can. */
    host(): Promise<TypedArray>;
    /** Replaces the value by host elements (kept, not copied). */
    setHost(shape: readonly number[], host: TypedArray): void;
    /**
     * The value in the memory of a backend, moved there if it is elsewhere.
     *
     * @internal
     */
    bufferOn(backend: Backend): DeviceBuffer;
    /**
     * Says that the device is about to change the value in place.
     *
     * @internal
     */
    willChange(): void;
    /**
     * Takes a buffer with a new value; the old one is given back.
     *
     * @internal
     */
    replaceBuffer(backend: Backend, shape: readonly number[], buffer: DeviceBuffer): void;
}
/**
 * Throws a DeviceLostError that names all variables whose values went with their device, if there are any.
 *
 * @internal
 */
export declare function checkValues(variables: readonly SharedVariable[]): void;
/** What `setValue` takes. */
export type SharedValue = Exclude<TensorLike, Variable>;
/** Options of `setValue`. */
export interface SetValueOptions {
    /** Keep the given typed array instead of a copy of it; do not change it afterwards. */
    readonly borrow?: boolean;
}
/** A variable whose value is kept between calls and shared by all functions that use it. */
export declare class SharedVariable<D extends DType = DType, N extends number = number> extends Variable<D, N> {
    #private;
    /** The cell with the value. */
    readonly container: Container;
    /** Only values of the exact dtype are taken. */
    readonly strict: boolean;
    /** Values that lose precision are taken, too. */
    readonly allowDowncast: boolean;
    /** Makes a shared variable over a cell; `shared` is how users make one. */
    constructor(type: TensorType<D, N>, container: Container, options?: {
        strict?: boolean;
        allowDowncast?: boolean;
    });
    /** The value now. A copy: later updates do not change it. */
    getValue(): Tensor<D, N>;
    /** As `getValue`, without blocking where the device can. */
    value(): Promise<Tensor<D, N>>;
    /**
     * Replaces the value for every function that uses it. The shape may change, rank and dtype may not.
     *
     * Throws a TypeError for another rank and for a dtype that would lose something.
     */
    setValue(value: SharedValue, options?: SetValueOptions): void;
    /** Sets all elements to zero. */
    zero(): void;
    /** An update that every function using the variable applies, unless it says otherwise. */
    defaultUpdate: Variable | null;
}
/** Options of `shared`. */
export interface SharedOptions<D extends DType = DType, S extends readonly number[] = readonly number[]> {
    /** Label for messages, printing and saved models. */
    readonly name?: string;
    /** Element type; default: that of a typed array, else as for `tensor`. */
    readonly dtype?: D;
    /** Axis lengths, for a typed array. */
    readonly shape?: S;
    /** Keep the given typed array instead of a copy of it; do not change it afterwards. */
    readonly borrow?: boolean;
    /** Take only values of the exact dtype in `setValue`. */
    readonly strict?: boolean;
    /** Take values that lose precision in `setValue`. */
    readonly allowDowncast?: boolean;
}
/**
 * Makes a shared variable with this first value. Rank and dtype are fixed from then on.
 *
 * Throws a TypeError for a symbolic value: those have no value yet.
 *
 * @example
 * ```ts
 * import { shared } from "@croton/croton";
 * const w = shared(new Float32Array(784), { name: "w" });
 * const b = shared(0, { name: "b" });
 * console.assert(w.ndim === 1 && b.ndim === 0);
 * ```
 */
export declare function shared<const A extends SharedValue, D extends DType = never, const S extends readonly number[] = never>(value: A, options?: SharedOptions<D, S>): SharedVariable<ValueDType<A, D>, ValueRank<A, S>>;
