/**
 * Stores of a nest: of single elements and of vectors, where a guard holds.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import type { FunctionContext } from "./context.ts";
import type { KStore, LoweredNest } from "./kernel.ts";
import type { Analysis, NestPlan } from "./nest_plan.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import type { AddressUse, Pointers } from "./pointers.ts";
import { storeScalar, valType } from "./scalar.ts";
import { type Form, formsOf } from "./simd.ts";
import type { Values } from "./values.ts";
import { storeLanes } from "./vector_memory.ts";
import type { Local } from "../wasm/mod.ts";

/** The nest that stores belong to, and what pushes their parts. */
interface StoreContext {
  readonly context: FunctionContext;
  readonly kernel: LoweredNest;
  readonly plan: NestPlan;
  readonly analysis: Analysis;
  readonly pointers: Pointers;
  readonly values: Values;
  /** Buffers that the nest both loads and stores. */
  readonly selfLoaded: ReadonlySet<number>;
}

/** Prints the stores of one nest. */
export class StorePrinter {
  readonly #nest: StoreContext;
  readonly #context: FunctionContext;
  readonly #plan: NestPlan;
  readonly #pointers: Pointers;
  readonly #values: Values;

  constructor(nest: StoreContext) {
    this.#nest = nest;
    this.#context = nest.context;
    this.#plan = nest.plan;
    this.#pointers = nest.pointers;
    this.#values = nest.values;
  }

  /** Prints stores; all values are read before the first is written where that matters. */
  print(stores: readonly KStore[]): void {
    for (const { value, guard, address } of stores) {
      for (const node of [value, guard, address.rest]) {
        if (node !== null) this.#values.shorten(node);
      }
    }
    const first = stores.length > 1 && this.#nest.selfLoaded.size > 0;
    if (!first) {
      for (const store of stores) this.#prepareStore(store)();
      return;
    }
    this.#context.scoped(() => {
      const writes = stores.map((store) => this.#prepareStore(store));
      for (const write of writes) write();
    });
  }

  /** Computes what a store needs; the result prints the store itself. */
  #prepareStore(store: KStore): () => void {
    return this.#plan.vector > 0 && this.#variesAt(store)
      ? this.#prepareVector(store)
      : this.#prepareScalar(store);
  }

  /** Whether a store is one of the vector part: always, except behind loops that reduced the lanes. */
  #variesAt(store: KStore): boolean {
    const { vector, axisCount } = this.#plan;
    return vector <= axisCount || this.#nest.kernel.inner.includes(store);
  }

  #prepareScalar(store: KStore): () => void {
    const { f } = this.#context;
    const values = this.#values;
    const access = storeAccess(store);
    const type = valType(store.value.type);
    const pushRest = (rest: SNode) => values.scalar(rest);
    if (store.guard === null && this.#nest.selfLoaded.size === 0) {
      return () => {
        const offset = this.#pointers.push(access, 0, pushRest);
        values.scalar(store.value);
        storeScalar(f, store.storage, offset);
      };
    }
    const address = this.#context.take("i32"), value = this.#context.take(type);
    const offset = this.#pointers.push(access, 0, pushRest);
    f.localSet(address);
    values.scalar(store.value);
    f.localSet(value);
    const guard = store.guard === null ? null : this.#context.take("i32");
    if (guard !== null) {
      values.scalar(store.guard!);
      f.localSet(guard);
    }
    const write = () => {
      f.localGet(address).localGet(value);
      storeScalar(f, store.storage, offset);
    };
    return () => {
      if (guard === null) write();
      else f.localGet(guard).if(write);
    };
  }

  #prepareVector(store: KStore): () => void {
    const { f } = this.#context;
    const values = this.#values;
    const access = storeAccess(store);
    const { rest } = store.address;
    const axis = this.#plan.levels[this.#plan.vector - 1]!.axis;
    const restVaries = rest !== null && this.#nest.analysis.varies(rest);
    const stride = strideAlong(store.address, axis);
    const { copy, lanes } = values;
    const held = new Map<Form, Local<"v128">>();
    for (const form of formsOf(store.value.type)) {
      const local = this.#context.take("v128");
      if (store.value.type === "bool") values.mask(store.value, form);
      else values.vector(store.value, form);
      f.localSet(local);
      held.set(form, local);
    }
    let guard: Local<"v128"> | null = null;
    if (store.guard !== null) {
      guard = this.#context.take("v128");
      values.mask(store.guard, 0);
      f.localSet(guard);
    }
    let places: Local<"v128"> | null = null;
    if (restVaries) {
      places = this.#context.take("v128");
      values.vector(rest, 0);
      f.localSet(places);
    }
    const { bytes } = dtypeInfo(access.storage);
    return () => {
      const before = values.copy;
      values.copy = copy;
      storeLanes(this.#context, {
        storage: store.storage,
        lanes,
        whole: !restVaries && stride === 1,
        guard: guard === null ? null : () => void f.localGet(guard!),
        address: (lane) => {
          const ahead = stride === 0 ? 0 : 4 * copy + lane;
          const offset = this.#pointers.push(access, ahead, (node) => values.scalar(node));
          if (places !== null) {
            f.localGet(places).i32x4ExtractLane(lane);
            this.#context.timesConst(bytes);
            f.i32Add();
          }
          return offset;
        },
      }, (form) => held.get(form)!);
      values.copy = before;
    };
  }
}

/** The memory that a store writes. */
export function storeAccess(store: KStore): AddressUse {
  return {
    buffer: store.buffer,
    storage: store.storage,
    address: store.address,
    guarded: store.guard !== null,
  };
}
