// Made of core/runtime/tensor.ts by `deno task types`.
/**
 * Values on the host or on a device: what compiled functions take and give.
 *
 * @module
 */
import type { Backend, DeviceBuffer } from "./backend.d.ts";
import { type DType, type TypedArray, type TypedArrayOf } from "../graph/dtype.d.ts";
import { DeviceLostError } from "../base/errors.d.ts";
import { type ComplexNumber, type NestedElement, type TensorLike } from "../ops/common/literal.d.ts";
import { type Resident } from "./residency.d.ts";
import type { ForAxes, NestedValues, Nestings, ValueDType, ValueRank } from "../graph/type_arithmetic.d.ts";
import { Variable } from "../graph/graph.d.ts";
export type { ComplexNumber };
/** For each dtype what an element is in JavaScript. */
export interface Items extends Record<DType, NestedElement> {
    /** Whether it holds. */
    bool: boolean;
    /** Of 8 bits. */
    int8: number;
    /** Of 16 bits. */
    int16: number;
    /** Of 32 bits. */
    int32: number;
    /** Of 64 bits, more than a number holds. */
    int64: bigint;
    /** Of 8 bits, without sign. */
    uint8: number;
    /** Of 16 bits, without sign. */
    uint16: number;
    /** Of 32 bits, without sign. */
    uint32: number;
    /** Of 64 bits, without sign. */
    uint64: bigint;
    /** Of half precision. */
    float16: number;
    /** Of single precision. */
    float32: number;
    /** Of double precision. */
    float64: number;
    /** Of two float32. */
    complex64: ComplexNumber;
    /** Of two float64. */
    complex128: ComplexNumber;
}
/** What `item()` gives for a dtype. */
export type ItemOf<D extends DType> = Items[D];
/** What `array()` gives for a dtype and a rank: nested arrays, or a scalar. */
export type ArrayOf<D extends DType, N extends number> = Nestings<ItemOf<D>>[N];
/**
 * Where the elements of a tensor are. Apart from the tensor, so that what watches over device memory
 * does not keep the tensor alive.
 *
 * @internal
 */
declare class TensorMemory implements Resident {
    #private;
    host: TypedArray | null;
    backend: Backend | null;
    buffer: DeviceBuffer | null;
    /** Refers to this while it has a buffer: what waits for the end of a tensor must not keep its elements. */
    readonly held: {
        memory: TensorMemory | null;
    };
    constructor(dtype: DType, host: TypedArray | null);
    /** Why there are no elements any more: they were on a device that was lost. Null while there are. */
    get lost(): DeviceLostError | null;
    /** Bytes of device memory. */
    get bytes(): number;
    /** Takes a buffer that holds the elements. */
    enter(backend: Backend, buffer: DeviceBuffer, elements: number): void;
    /** Says that a call uses the device memory, which may leave when others need it more. */
    use(): void;
    /** Moves to the host. */
    evict(): void;
    /** The elements on the host, fetched if they are not there yet. */
    read(): TypedArray;
    /** Copies the elements to a buffer. */
    writeTo(buffer: DeviceBuffer): void;
    /** Gives the device memory back; the elements are lost if the host does not have them. */
    leave(): void;
    /** Gives the elements up. */
    dispose(): void;
}
/**
 * An immutable array of numbers with a dtype and a shape, in host or device memory. `D` is its dtype and
 * `N` its rank, where known.
 */
export declare class Tensor<D extends DType = DType, N extends number = number> {
    #private;
    /** Frees the memory at the end of a `using` block. */
    /** Type of the elements. */
    readonly dtype: D;
    /** Lengths of the axes. */
    readonly shape: ForAxes<number>[N];
    /** Wraps elements as they are (not copied). Users call `tensor()`. */
    constructor(dtype: D, shape: readonly number[], host: TypedArray);
    /**
     * A tensor in device memory; the tensor owns the buffer.
     *
     * @internal
     */
    static onDevice<D extends DType>(dtype: D, shape: readonly number[], { backend, buffer }: {
        readonly backend: Backend;
        readonly buffer: DeviceBuffer;
    }): Tensor<D>;
    /**
     * A tensor of elements that a device gave: they need no check.
     *
     * @internal
     */
    static onHost<D extends DType>(dtype: D, shape: readonly number[], host: TypedArray): Tensor<D>;
    /** Whether a value is a tensor itself, and not something that only looks like one. */
    static is(value: unknown): value is Tensor;
    /** Number of elements. */
    get size(): number;
    /** Number of axes. */
    get ndim(): N;
    /** Whether its memory was given back. */
    get disposed(): boolean;
    /** Where the elements are: "host", or the name of the backend that holds them. */
    get device(): "host" | "cpu" | "gpu";
    /** The elements as a typed array, row-major; complex numbers as (re, im) pairs. Not a copy. */
    dataSync(): TypedArrayOf[D];
    /** As `dataSync`, without blocking where the device can. */
    data(): Promise<TypedArrayOf[D]>;
    /** The only element. Throws a TypeError when there are more or none. */
    item(): ItemOf<D>;
    /** The elements as nested arrays; a scalar as a number. */
    arraySync(): ArrayOf<D, N>;
    /** As `arraySync`, without blocking where the device can. */
    array(): Promise<ArrayOf<D, N>>;
    /** The value of a tensor of one element, so that `+tensor` and `Math.max(tensor, …)` work. */
    valueOf(): number | bigint | boolean | this;
    /** The values, as people like to read them. */
    toString(): string;
    /**
     * What `JSON.stringify` writes: the values as `arraySync` gives them, but numbers for integers of 64 bits.
     *
     * Throws a TypeError for what JSON has no number for: NaN, infinities, and integers of 64 bits beyond
     * 2^53.
     */
    toJSON(): NestedValues<number | boolean | ComplexNumber>;
    /**
     * The elements in the memory of a backend, uploaded once.
     *
     * @internal
     */
    bufferOn(backend: Backend): DeviceBuffer;
    /**
     * Where its elements are.
     *
     * @internal
     */
    get memory(): TensorMemory;
    /** Gives its memory back at once; the tensor cannot be used afterwards. */
    dispose(): void;
    /** Frees the memory at the end of a `using` block. */
    [Symbol.dispose](): void;
}
/** Options of `tensor`. */
export interface TensorOptions<D extends DType = DType, S extends readonly number[] = readonly number[]> {
    /** Element type; default: that of a typed array, bool for booleans, int64 for bigint, else floatX. */
    readonly dtype?: D;
    /** Axis lengths; default: those of nested arrays, or one axis for a typed array. */
    readonly shape?: S;
}
/**
 * Makes a tensor from a number, nested arrays, a typed array or another tensor. The data are copied.
 *
 * Throws a TypeError for ragged arrays and when the number of elements does not fit the shape.
 *
 * @example
 * ```ts
 * import { tensor } from "@croton/croton";
 * const x = tensor([[1, 2], [3, 4]], { dtype: "float64" });
 * console.assert(x.shape.join() === "2,2");
 * ```
 */
export declare function tensor<const A extends Exclude<TensorLike, Variable>, D extends DType = never, const S extends readonly number[] = never>(data: A, options?: TensorOptions<D, S>): Tensor<ValueDType<A, D>, ValueRank<A, S>>;
