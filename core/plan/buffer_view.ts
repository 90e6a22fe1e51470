/**
 * Where variables live: buffers, and affine views of them.
 *
 * @module
 */

import { type DType, isComplex } from "../graph/dtype.ts";
import type { Element } from "../graph/op.ts";
import { toTypedArray, type Value } from "../graph/value.ts";
import { type Ix, type ScalarBuilder, zeroIx } from "../ir/builder.ts";
import type { BufferDecl, BufferRole } from "../ir/program.ts";
import type { Address, SNode } from "../ir/scalar.ts";
import { contiguousStrides, mulSize, productSize, type Size } from "../ir/size.ts";
import type { Storage } from "./element.ts";

/** An affine view of a buffer that holds a tensor. */
export interface BufferView {
  readonly buffer: number;
  /** The dtype of the tensor; the buffer's own is its storage. */
  readonly dtype: DType;
  readonly shape: readonly Size[];
  /** Elements from the start of the buffer, with terms of enclosing loops. */
  readonly base: Address;
  readonly strides: readonly Size[];
}

/** The buffers of a program while it is planned. */
export class BufferTable {
  readonly storage: Storage;
  readonly #buffers: BufferDecl[] = [];
  readonly #constants = new Map<Value, BufferView>();

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** All buffers so far. */
  get all(): readonly BufferDecl[] {
    return this.#buffers;
  }

  /** Adds a buffer that holds a contiguous tensor. */
  add(name: string, dtype: DType, shape: readonly Size[], role: BufferRole): BufferView {
    const parts = isComplex(dtype) ? 2 : 1;
    const id = this.#buffers.length;
    this.#buffers.push({
      id,
      name,
      dtype: this.storage.of(dtype),
      elements: mulSize(productSize(shape), parts),
      role,
    });
    return { buffer: id, dtype, shape, base: zeroIx, strides: contiguousStrides(shape) };
  }

  /** Changes what a buffer is bound to, or its length. */
  change(id: number, to: Partial<Pick<BufferDecl, "role" | "elements">>): void {
    this.#buffers[id] = { ...this.#buffers[id]!, ...to };
  }

  /** The buffer of a constant. */
  constant(value: Value): BufferView {
    let view = this.#constants.get(value);
    if (view === undefined) {
      const data = toTypedArray(value);
      view = this.add("constant", value.dtype, value.shape, { kind: "constant", data });
      this.#constants.set(value, view);
    }
    return view;
  }
}

/** The element index of an element of a view. */
export function addressOf(b: ScalarBuilder, view: BufferView, index: readonly Ix[]): Ix {
  let address: Ix = view.base;
  index.forEach((ix, d) => {
    address = b.addIx(address, b.scaleIx(ix, view.strides[d]!));
  });
  return address;
}

/** Loads an element of a view. */
export function loadView(
  b: ScalarBuilder,
  storage: Storage,
  view: BufferView,
  index: readonly Ix[],
  guard?: SNode,
): Element {
  const address = addressOf(b, view, index);
  const held = storage.of(view.dtype);
  if (!isComplex(view.dtype)) return b.load(view.buffer, held, address, guard);
  const re = b.scaleIx(address, 2);
  const im = b.addIx(re, { offset: 1, terms: [], rest: null });
  return { re: b.load(view.buffer, held, re, guard), im: b.load(view.buffer, held, im, guard) };
}
