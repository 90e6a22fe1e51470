/**
 * Values on the host or on a device: what compiled functions take and give.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import type { Backend, DeviceBuffer } from "./backend.ts";
import {
  type DType,
  dtypeInfo,
  isComplex,
  isDType,
  type TypedArray,
  type TypedArrayOf,
} from "../graph/dtype.ts";
import { DeviceLostError } from "../base/errors.ts";
import { Dropped } from "../base/dropped.ts";
import { sizeOf, toTypedArray } from "../graph/value.ts";
import {
  checkLengths,
  type ComplexNumber,
  flattenNested,
  hostElements,
  isTypedArray,
  type NestedElement,
  nestedNumbers,
  nestedValue,
  type TensorLike,
  valueOf,
} from "../ops/common/literal.ts";
import { formatTensor } from "./format.ts";
import { checkOptions } from "../base/options.ts";
import { joinPieces } from "./pieces.ts";
import { lostValue, residencyOf, type Resident } from "./residency.ts";
import { shown } from "../base/shown.ts";
import type {
  ForAxes,
  NestedValues,
  Nestings,
  ValueDType,
  ValueRank,
} from "../graph/type_arithmetic.ts";
import { Variable } from "../graph/graph.ts";

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
class TensorMemory implements Resident {
  readonly #dtype: DType;
  host: TypedArray | null;
  backend: Backend | null = null;
  buffer: DeviceBuffer | null = null;
  /** Refers to this while it has a buffer: what waits for the end of a tensor must not keep its elements. */
  readonly held: { memory: TensorMemory | null } = { memory: null };
  #elements = 0;
  /** The elements as they left a device, until they are read. */
  #pieces: TypedArray[] | null = null;
  /** What went wrong when they left. */
  #failure: unknown = null;

  constructor(dtype: DType, host: TypedArray | null) {
    this.#dtype = dtype;
    this.host = host;
  }

  /** Why there are no elements any more: they were on a device that was lost. Null while there are. */
  get lost(): DeviceLostError | null {
    const there = this.host !== null || this.#pieces !== null || this.#failure !== null;
    return there || this.backend === null ? null : this.backend.lost;
  }

  /** Bytes of device memory. */
  get bytes(): number {
    return this.buffer?.bytes ?? 0;
  }

  /** Takes a buffer that holds the elements. */
  enter(backend: Backend, buffer: DeviceBuffer, elements: number): void {
    this.backend = backend;
    this.buffer = buffer;
    this.#elements = elements;
    this.held.memory = this;
    this.use();
  }

  /** Says that a call uses the device memory, which may leave when others need it more. */
  use(): void {
    if (this.host === null && !this.backend!.readsSync) return;
    residencyOf(this.backend!).touch(this);
  }

  /** Moves to the host. */
  evict(): void {
    if (this.buffer === null) return;
    if (this.host === null && this.#pieces === null) {
      try {
        this.#pieces = this.buffer.readPieces(this.#dtype, this.#elements);
        residencyOf(this.backend!).moved += this.buffer.bytes;
      } catch (error) {
        if (this.backend!.lost !== null) return;
        // An error of the call that computed it: it is thrown when the value is read.
        this.#failure = error;
      }
    }
    this.leave();
  }

  /** The elements on the host, fetched if they are not there yet. */
  read(): TypedArray {
    if (this.#failure !== null) throw this.#failure;
    this.host ??= this.#pieces !== null
      ? joinPieces(this.#dtype, this.#pieces)
      : this.buffer!.readSync(this.#dtype, this.#elements);
    this.#pieces = null;
    return this.host;
  }

  /** Copies the elements to a buffer. */
  writeTo(buffer: DeviceBuffer): void {
    if (this.#pieces === null) buffer.write(this.#dtype, this.read());
    else buffer.writePieces(this.#dtype, this.#pieces);
  }

  /** Gives the device memory back; the elements are lost if the host does not have them. */
  leave(): void {
    if (this.buffer === null) return;
    residencyOf(this.backend!).delete(this);
    dropped.unregister(this.held);
    this.buffer.dispose();
    this.backend = null;
    this.buffer = null;
    this.held.memory = null;
  }

  /** Gives the elements up. */
  dispose(): void {
    this.leave();
    this.host = null;
    this.#pieces = null;
    this.#failure = null;
  }
}

// What a user drops is freed. The held value must not refer to the tensor.
const dropped = new Dropped<TensorMemory["held"]>(({ memory }) => memory?.leave());

/** Values from this size on press on the garbage collector by their size on the device. */
const PRESSING_BYTES = 1 << 16;

/**
 * Memory that is never touched, so that the system gives none for it: the garbage collector looks at the host's
 * memory alone, and would let large values on a device wait for long.
 */
function pressure(bytes: number): ArrayBuffer | null {
  if (bytes < PRESSING_BYTES) return null;
  try {
    return new ArrayBuffer(bytes, { maxByteLength: bytes });
  } catch {
    return null;
  }
}

/** Stands for elements that the host does not have. */
const elsewhere: TypedArray = new Uint8Array(0);

/** Throws a TypeError for what cannot be the elements of a tensor as they are. */
function checkElements(dtype: unknown, shape: unknown, host: unknown): void {
  const action = "Cannot make a tensor";
  if (!isDType(dtype)) {
    throw new TypeError(`${action}: expected a dtype, got ${shown(dtype)}; tensor() takes numbers`);
  }
  const info = dtypeInfo(dtype);
  const count = sizeOf(checkLengths(shape, action)) * (isComplex(info.name) ? 2 : 1);
  const { constructor: { name } } = info.array(0);
  if (isTypedArray(host) && host.constructor.name === name && host.length === count) return;
  throw new TypeError(
    `${action}: expected its elements in a ${name} of length ${count}, got ${
      isTypedArray(host) ? `a ${host.constructor.name} of length ${host.length}` : shown(host)
    }; tensor() takes others`,
  );
}

/**
 * An immutable array of numbers with a dtype and a shape, in host or device memory. `D` is its dtype and
 * `N` its rank, where known.
 */
export class Tensor<D extends DType = DType, N extends number = number> {
  /** Type of the elements. */
  readonly dtype: D;
  /** Lengths of the axes. */
  readonly shape: ForAxes<number>[N];
  readonly #memory: TensorMemory;
  /** For the garbage collector alone. */
  #pressure: ArrayBuffer | null = null;
  #disposed = false;

  /** Wraps elements as they are (not copied). Users call `tensor()`. */
  constructor(dtype: D, shape: readonly number[], host: TypedArray) {
    if (host !== elsewhere) checkElements(dtype, shape, host);
    this.dtype = dtype;
    this.shape = Object.freeze([...shape]) as readonly number[] as ForAxes<number>[N];
    this.#memory = new TensorMemory(dtype, host === elsewhere ? null : host);
  }

  /**
   * A tensor in device memory; the tensor owns the buffer.
   *
   * @internal
   */
  static onDevice<D extends DType>(
    dtype: D,
    shape: readonly number[],
    { backend, buffer }: { readonly backend: Backend; readonly buffer: DeviceBuffer },
  ): Tensor<D> {
    const tensor = new Tensor(dtype, shape, elsewhere);
    if (residencyOf(backend).pressing) tensor.#pressure = pressure(buffer.bytes);
    tensor.#reside(backend, buffer);
    return tensor;
  }

  /**
   * A tensor of elements that a device gave: they need no check.
   *
   * @internal
   */
  static onHost<D extends DType>(
    dtype: D,
    shape: readonly number[],
    host: TypedArray,
  ): Tensor<D> {
    const tensor = new Tensor(dtype, shape, elsewhere);
    tensor.#memory.host = host;
    return tensor;
  }

  /** Whether a value is a tensor itself, and not something that only looks like one. */
  static is(value: unknown): value is Tensor {
    return typeof value === "object" && value !== null && #memory in value;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of axes. */
  get ndim(): N {
    return this.shape.length as N;
  }

  /** Whether its memory was given back. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Where the elements are: "host", or the name of the backend that holds them. */
  get device(): "host" | "cpu" | "gpu" {
    const { host, backend } = this.#memory;
    return host === null && backend !== null ? backend.name : "host";
  }

  /** The elements as a typed array, row-major; complex numbers as (re, im) pairs. Not a copy. */
  dataSync(): TypedArrayOf[D] {
    Tensor.#checkAlive(this);
    try {
      return this.#memory.read() as TypedArrayOf[D];
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** As `dataSync`, without blocking where the device can. */
  async data(): Promise<TypedArrayOf[D]> {
    Tensor.#checkAlive(this);
    const memory = this.#memory, { buffer } = memory;
    try {
      if (memory.host === null && buffer !== null) {
        const read = await buffer.read(this.dtype, this.size);
        memory.host ??= read;
      }
      return memory.read() as TypedArrayOf[D];
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof DeviceLostError)) return error;
    return lostValue(
      `this ${this.dtype} tensor of shape [${this.shape}]`,
      "compute it again",
      error,
    );
  }

  /** The only element. Throws a TypeError when there are more or none. */
  item(): ItemOf<D> {
    if (this.size !== 1) {
      throw new TypeError(
        `Cannot take the item of a tensor of shape [${this.shape}]: it has ${this.size} elements, not 1`,
      );
    }
    return element(this.dtype, this.dataSync(), 0) as ItemOf<D>;
  }

  /** The elements as nested arrays; a scalar as a number. */
  arraySync(): ArrayOf<D, N> {
    const data = this.dataSync();
    return nest(this.shape, (i) => element(this.dtype, data, i)) as ArrayOf<D, N>;
  }

  /** As `arraySync`, without blocking where the device can. */
  async array(): Promise<ArrayOf<D, N>> {
    const data = await this.data();
    return nest(this.shape, (i) => element(this.dtype, data, i)) as ArrayOf<D, N>;
  }

  /** The value of a tensor of one element, so that `+tensor` and `Math.max(tensor, …)` work. */
  valueOf(): number | bigint | boolean | this {
    if (this.size !== 1 || isComplex(this.dtype)) return this;
    return element(this.dtype, this.dataSync(), 0) as number;
  }

  /** The values, as people like to read them. */
  toString(): string {
    return formatTensor(this.dtype, this.shape, this.dataSync());
  }

  /**
   * What `JSON.stringify` writes: the values as `arraySync` gives them, but numbers for integers of 64 bits.
   *
   * Throws a TypeError for what JSON has no number for: NaN, infinities, and integers of 64 bits beyond
   * 2^53.
   */
  toJSON(): NestedValues<number | boolean | ComplexNumber> {
    const { dtype } = this, data = this.dataSync();
    return nest(this.shape, (i) => jsonElement(dtype, element(dtype, data, i)));
  }

  /** What `console.log` shows: dtype, shape and values. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    if (this.#disposed) return `Tensor(${this.dtype}[${this.shape}], disposed)`;
    if (this.#memory.lost !== null) return `Tensor(${this.dtype}[${this.shape}], lost)`;
    return `Tensor(${this.dtype}[${this.shape}]) ${this.toString()}`;
  }

  /**
   * The elements in the memory of a backend, uploaded once.
   *
   * @internal
   */
  bufferOn(backend: Backend): DeviceBuffer {
    Tensor.#checkAlive(this);
    if (this.#memory.backend === backend) {
      this.#memory.use();
      return this.#memory.buffer!;
    }
    const buffer = residencyOf(backend).allocate(this.dtype, this.size);
    try {
      this.#memory.writeTo(buffer);
    } catch (error) {
      buffer.dispose();
      throw this.#explain(error);
    }
    this.#memory.leave();
    this.#reside(backend, buffer);
    return buffer;
  }

  #reside(backend: Backend, buffer: DeviceBuffer): void {
    dropped.register(this, this.#memory.held);
    this.#memory.enter(backend, buffer, this.size);
  }

  /**
   * Where its elements are.
   *
   * @internal
   */
  get memory(): TensorMemory {
    return this.#memory;
  }

  static #checkAlive(tensor: Tensor): void {
    if (!Tensor.is(tensor)) {
      throw new TypeError("Cannot use a proxy or a copy of a tensor: pass the tensor itself");
    }
    if (tensor.#disposed) throw new TypeError("Cannot use a tensor after dispose()");
  }

  /** Gives its memory back at once; the tensor cannot be used afterwards. */
  dispose(): void {
    this.#memory.dispose();
    this.#pressure = null;
    this.#disposed = true;
  }

  /** Frees the memory at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function element(dtype: DType, data: TypedArray, i: number): ItemOf<DType> {
  if (isComplex(dtype)) return { re: Number(data[2 * i]), im: Number(data[2 * i + 1]) };
  return dtype === "bool" ? data[i] !== 0 : data[i]!;
}

/** An element as JSON has it. */
function jsonElement(dtype: DType, value: ItemOf<DType>): number | boolean | ComplexNumber {
  const exact = typeof value === "bigint" ? Number(value) : value;
  const parts = typeof exact === "object" ? [exact.re, exact.im] : [Number(exact)];
  const isHeld = typeof value === "bigint"
    ? Number.isSafeInteger(exact)
    : parts.every(Number.isFinite);
  if (isHeld) return exact;
  const told = typeof value === "bigint"
    ? '(_, v) => typeof v === "bigint" ? String(v) : v'
    : '(_, v) => typeof v === "number" && !isFinite(v) ? String(v) : v';
  throw new TypeError(
    `Cannot write a tensor of dtype ${dtype} as JSON, which has no number for ${
      parts.find((n) => !Number.isFinite(n)) ?? value
    }: say what to write, as in JSON.stringify(x.arraySync(), ${told})`,
  );
}

function nest<V>(shape: readonly number[], at: (i: number) => V): NestedValues<V> {
  let next = 0;
  const level = (depth: number): NestedValues<V> => {
    if (depth === shape.length) return at(next++);
    return Array.from({ length: shape[depth]! }, () => level(depth + 1));
  };
  return level(0);
}

/** Options of `tensor`. */
export interface TensorOptions<
  D extends DType = DType,
  S extends readonly number[] = readonly number[],
> {
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
export function tensor<
  const A extends Exclude<TensorLike, Variable>,
  D extends DType = never,
  const S extends readonly number[] = never,
>(data: A, options: TensorOptions<D, S> = {}): Tensor<ValueDType<A, D>, ValueRank<A, S>> {
  return makeTensor(data, options) as Tensor as Tensor<ValueDType<A, D>, ValueRank<A, S>>;
}

function makeTensor(data: Exclude<TensorLike, Variable>, options: TensorOptions): Tensor {
  const action = "Cannot make a tensor";
  const { dtype, shape: asked } = checkOptions(action, options, { dtype: "string", shape: "any" });
  const given: unknown = data;
  if (given instanceof Variable) {
    throw new TypeError(`${action} from the symbolic variable ${given.label}: give a value`);
  }
  const info = dtype === undefined ? null : dtypeInfo(dtype);
  const wanted = asked === undefined ? null : checkLengths(asked, action);
  const host = hostElements(data);
  if (host !== null && isTypedArray(data)) {
    if (info === null || dtype === host.dtype) {
      const shape = checkCount(wanted ?? host.shape, host.data.length);
      return new Tensor(host.dtype, shape, host.data.slice() as TypedArray);
    }
    const interleaved = wanted !== null && isComplex(dtype!) &&
      host.data.length === 2 * sizeOf(wanted);
    if (interleaved) {
      const array = info.array(sizeOf(wanted)) as Float64Array<ArrayBuffer>;
      array.set(host.data as Float64Array<ArrayBuffer>);
      return new Tensor(dtype!, wanted, array);
    }
  }
  const plain = host === null ? nestedNumbers(data, dtype ?? settings.floatX) : null;
  if (plain !== null) {
    const shape = checkCount(wanted ?? plain.shape, plain.data.length);
    return new Tensor(dtype ?? settings.floatX, shape, plain.data);
  }
  const value = host !== null
    ? valueOf({ ...host, dataSync: () => host.data }, dtype)
    : nestedValue(flattenNested(data), dtype);
  const array = toTypedArray(value);
  return new Tensor(
    value.dtype,
    checkCount(wanted ?? value.shape, sizeOf(value.shape)),
    array,
  );
}

function checkCount(shape: readonly number[], elements: number): readonly number[] {
  if (sizeOf(shape) !== elements) {
    throw new TypeError(
      `Cannot give ${elements} elements the shape ${
        shape.length > 8 ? shown(shape) : `[${shape}]`
      }, which has ${sizeOf(shape)}`,
    );
  }
  return shape;
}
