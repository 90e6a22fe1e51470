/**
 * Shared variables: variables with a stored value that compiled functions read and update.
 *
 * @module
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import {
  canCastLosslessly,
  canHold,
  type DType,
  dtypeInfo,
  isComplex,
  isFloat,
  isInt,
  type TypedArray,
} from "../graph/dtype.ts";
import { DeviceLostError } from "../base/errors.ts";
import { Dropped } from "../base/dropped.ts";
import { sizeOf, toTypedArray } from "../graph/value.ts";
import {
  castHost,
  flattenNested,
  hostElements,
  isTypedArray,
  type NestedElement,
  nestedNumbers,
  nestedValue,
  plainArray,
  type TensorLike,
  valueOf,
} from "../ops/common/literal.ts";
import { checkOptions } from "../base/options.ts";
import { cut } from "../base/shown.ts";
import { lostValue, residencyOf } from "./residency.ts";
import { Tensor, tensor } from "./tensor.ts";
import { TensorType } from "../graph/type.ts";
import type { ValueDType, ValueRank } from "../graph/type_arithmetic.ts";
import { Variable } from "../graph/graph.ts";

const dropped = new Dropped<{ buffer: DeviceBuffer | null }>((held) => held.buffer?.dispose());

/** The cell that holds the value of a shared variable, on the host or on one device. */
export class Container {
  /** Type of the elements. */
  readonly dtype: DType;
  /** The variable whose value it is. */
  owner: SharedVariable | null = null;
  #shape: readonly number[];
  /** The elements, if the host has them; it keeps those that are on a device that it cannot read at once. */
  #host: TypedArray | null;
  #backend: Backend | null = null;
  /** Changes so far. */
  #version = 0;
  // Apart, so that the finalizer can free the buffer of the day without holding the container.
  readonly #held: { buffer: DeviceBuffer | null } = { buffer: null };

  /** Holds `host` as a value of the given shape. */
  constructor(dtype: DType, shape: readonly number[], host: TypedArray) {
    this.dtype = dtype;
    this.#shape = [...shape];
    this.#host = host;
    dropped.register(this, this.#held);
  }

  /** Axis lengths of the value. */
  get shape(): readonly number[] {
    return this.#shape;
  }

  /** Why there is no value any more: it was on a device that was lost. Null while there is one. */
  get lost(): DeviceLostError | null {
    return this.#host === null ? this.#backend!.lost : null;
  }

  /** The elements on the host; not a copy, unless they had to be fetched. */
  hostSync(): TypedArray {
    if (this.#host !== null) return this.#host;
    try {
      return this.#read(
        this.#held.buffer!.readSync(this.dtype, sizeOf(this.#shape)),
        this.#version,
      );
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** As `hostSync`, without blocking where the device can. */
  async host(): Promise<TypedArray> {
    if (this.#host !== null) return this.#host;
    const version = this.#version;
    try {
      return this.#read(await this.#held.buffer!.read(this.dtype, sizeOf(this.#shape)), version);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #read(elements: TypedArray, version: number): TypedArray {
    if (!this.#backend!.hostReadable && version === this.#version) this.#host = elements;
    return elements;
  }

  #explain(error: unknown): unknown {
    return error instanceof DeviceLostError && this.owner !== null
      ? lostValues([this.owner], error)
      : error;
  }

  /** Replaces the value by host elements (kept, not copied). */
  setHost(shape: readonly number[], host: TypedArray): void {
    const { buffer } = this.#held;
    const same = buffer !== null && this.#backend!.lost === null &&
      sizeOf(shape) === sizeOf(this.#shape);
    if (same) buffer.write(this.dtype, host);
    else this.#free();
    this.#shape = [...shape];
    this.#version++;
    this.#host = same && this.#backend!.hostReadable ? null : host;
  }

  /**
   * The value in the memory of a backend, moved there if it is elsewhere.
   *
   * @internal
   */
  bufferOn(backend: Backend): DeviceBuffer {
    if (this.#backend === backend && this.#held.buffer !== null) return this.#held.buffer;
    const host = this.hostSync();
    const buffer = residencyOf(backend).allocate(this.dtype, sizeOf(this.#shape));
    buffer.write(this.dtype, host);
    this.#free();
    this.#host = backend.hostReadable ? null : host;
    this.#backend = backend;
    this.#held.buffer = buffer;
    return buffer;
  }

  /**
   * Says that the device is about to change the value in place.
   *
   * @internal
   */
  willChange(): void {
    this.#version++;
    this.#host = null;
  }

  /**
   * Takes a buffer with a new value; the old one is given back.
   *
   * @internal
   */
  replaceBuffer(backend: Backend, shape: readonly number[], buffer: DeviceBuffer): void {
    this.#free();
    this.willChange();
    this.#backend = backend;
    this.#shape = [...shape];
    this.#held.buffer = buffer;
  }

  #free(): void {
    this.#held.buffer?.dispose();
    this.#held.buffer = null;
  }
}

/** The error for values that went with their device. */
function lostValues(variables: readonly SharedVariable[], cause: DeviceLostError): DeviceLostError {
  const names = variables.map(({ label, name, origin }) =>
    name !== null || origin === "" ? label : `${label} (made at ${origin})`
  );
  const drawn = variables.some(({ defaultUpdate }) => defaultUpdate !== null);
  const advice = `give it a new one by setValue${drawn ? ", or by seed of its random stream" : ""}`;
  return lostValue(names.join(" and of "), advice, cause);
}

/**
 * Throws a DeviceLostError that names all variables whose values went with their device, if there are any.
 *
 * @internal
 */
export function checkValues(variables: readonly SharedVariable[]): void {
  for (const { container } of variables) {
    if (container.lost === null) continue;
    throw lostValues(variables.filter((one) => one.container.lost !== null), container.lost);
  }
}

/** What `setValue` takes. */
export type SharedValue = Exclude<TensorLike, Variable>;

/** Options of `setValue`. */
export interface SetValueOptions {
  /** Keep the given typed array instead of a copy of it; do not change it afterwards. */
  readonly borrow?: boolean;
}

/** A variable whose value is kept between calls and shared by all functions that use it. */
export class SharedVariable<D extends DType = DType, N extends number = number>
  extends Variable<D, N> {
  /** The cell with the value. */
  readonly container: Container;
  /** Only values of the exact dtype are taken. */
  readonly strict: boolean;
  /** Values that lose precision are taken, too. */
  readonly allowDowncast: boolean;
  #defaultUpdate: Variable | null = null;

  /** Makes a shared variable over a cell; `shared` is how users make one. */
  constructor(
    type: TensorType<D, N>,
    container: Container,
    options: { strict?: boolean; allowDowncast?: boolean } = {},
  ) {
    super(type);
    this.container = container;
    container.owner = this;
    this.strict = options.strict ?? false;
    this.allowDowncast = options.allowDowncast ?? false;
  }

  /** The value now. A copy: later updates do not change it. */
  getValue(): Tensor<D, N> {
    const host = this.container.hostSync().slice() as TypedArray;
    return new Tensor(this.dtype, this.container.shape, host);
  }

  /** As `getValue`, without blocking where the device can. */
  async value(): Promise<Tensor<D, N>> {
    const shape = this.container.shape;
    const host = (await this.container.host()).slice() as TypedArray;
    return new Tensor(this.dtype, shape, host);
  }

  /**
   * Replaces the value for every function that uses it. The shape may change, rank and dtype may not.
   *
   * Throws a TypeError for another rank and for a dtype that would lose something.
   */
  setValue(value: SharedValue, options: SetValueOptions = {}): void {
    const action = `Cannot set the value of the shared variable ${this.label}`;
    const { borrow = false } = checkOptions(action, options, { borrow: "boolean" });
    const taken = this.#convert(value, borrow);
    if (taken.shape.length !== this.ndim) {
      throw new TypeError(
        `Cannot set the value of the shared variable ${this.label}: expected ${this.ndim} axes, ` +
          `got shape [${taken.shape}]`,
      );
    }
    this.container.setHost(taken.shape, taken.data);
  }

  #convert(value: SharedValue, borrow: boolean): { shape: readonly number[]; data: TypedArray } {
    if ((value as unknown) instanceof Variable) {
      throw new TypeError(
        `Cannot set the value of the shared variable ${this.label}: expected a value, got a symbolic ` +
          `variable; for an expression use an update`,
      );
    }
    const host = hostElements(value);
    if (host !== null) {
      const from = host.dtype;
      const own = isTypedArray(value) && this.ndim !== 1 &&
        host.data.length === sizeOf(this.container.shape);
      const shape = own ? this.container.shape : host.shape;
      if (from === this.dtype) {
        return { shape, data: borrow ? host.data : host.data.slice() as TypedArray };
      }
      if (this.strict || !(this.allowDowncast || canCastLosslessly(from, this.dtype))) {
        // A typed array of integers is as good as an array of whole numbers; a tensor has a dtype.
        if (this.strict || !isTypedArray(value) || !isInt(from)) {
          throw new TypeError(
            `Cannot set the value of the shared variable ${this.label}: expected ${this.dtype}, got ` +
              `${from}, which it cannot hold without loss; convert the value, or make the variable with ` +
              `allowDowncast: true`,
          );
        }
        checkNumbers(host.data, this.dtype, this.label);
      }
      const source = valueOf({ dtype: from, shape, dataSync: () => host.data });
      return { shape, data: toTypedArray(castHost(source, this.dtype)) };
    }
    const plain = nestedNumbers(value, this.dtype);
    if (plain !== null) return plain;
    const flat = flattenNested(value);
    if (!isFloat(this.dtype) && !this.allowDowncast) {
      checkNumbers(flat.elements, this.dtype, this.label);
    }
    return { shape: flat.shape, data: toTypedArray(nestedValue(flat, this.dtype)) };
  }

  /** Sets all elements to zero. */
  zero(): void {
    const shape = this.container.shape;
    this.container.setHost(shape, dtypeInfo(this.dtype).array(sizeOf(shape)));
  }

  /** An update that every function using the variable applies, unless it says otherwise. */
  get defaultUpdate(): Variable | null {
    return this.#defaultUpdate;
  }

  set defaultUpdate(update: Variable | null) {
    if (update !== null && (update.dtype !== this.dtype || update.ndim !== this.ndim)) {
      throw new TypeError(
        `Cannot set the default update of ${this.label}: expected ${this.type}, got ${update.type}`,
      );
    }
    this.#defaultUpdate = update;
  }
}

function checkNumbers(values: Iterable<NestedElement>, dtype: DType, label: string): void {
  for (const value of values) {
    if (typeof value === "object") {
      if (isComplex(dtype)) continue;
    } else if (canHold(dtype, value)) continue;
    const text = typeof value === "object" ? `${value.re} + ${value.im}i` : cut(String(value));
    throw new TypeError(
      `Cannot set the value of the shared variable ${label}: ${text} cannot be stored as ${dtype} ` +
        `without loss; convert the value, or make the variable with allowDowncast: true`,
    );
  }
}

/** Options of `shared`. */
export interface SharedOptions<
  D extends DType = DType,
  S extends readonly number[] = readonly number[],
> {
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
export function shared<
  const A extends SharedValue,
  D extends DType = never,
  const S extends readonly number[] = never,
>(value: A, options: SharedOptions<D, S> = {}): SharedVariable<ValueDType<A, D>, ValueRank<A, S>> {
  if ((value as unknown) instanceof Variable) {
    throw new TypeError(
      "Cannot make a shared variable from a symbolic variable: give a value, such as a number, an " +
        "array or a Tensor",
    );
  }
  const { dtype, shape, borrow } = checkOptions("Cannot make a shared variable", options, {
    name: "string",
    dtype: "string",
    shape: "any",
    borrow: "boolean",
    strict: "boolean",
    allowDowncast: "boolean",
  });
  const initial = tensor<SharedValue, DType, readonly number[]>(value, {
    ...(dtype === undefined ? {} : { dtype }),
    ...(shape === undefined ? {} : { shape }),
  });
  const own = borrow === true && isTypedArray(value) ? plainArray(value) : null;
  const data = own !== null && own.dtype === initial.dtype ? own.data : initial.dataSync();
  const type = TensorType.of(initial.dtype, initial.shape.map(() => null));
  const made = new SharedVariable(
    type,
    new Container(initial.dtype, initial.shape, data),
    options,
  );
  if (options.name !== undefined) made.name = options.name;
  return made as SharedVariable as SharedVariable<ValueDType<A, D>, ValueRank<A, S>>;
}
