/**
 * Addresses of a nest as pointers that move with its loops: each distinct way to run through a buffer
 * has one pointer, which is advanced by additions, and accesses at constant distances share it.
 *
 * @module
 */

import { axisKey } from "../../core/ir/builder.ts";
import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { Address, LoadNode, SNode } from "../../core/ir/scalar.ts";
import { type Size, sizeKey } from "../../core/ir/size.ts";
import type { FunctionContext } from "./context.ts";
import type { Storage } from "./kernel.ts";
import type { Analysis, NestPlan } from "./nest_plan.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import { splitSize } from "./params.ts";
import type { Local } from "../wasm/mod.ts";

/** One place in a kernel that loads or stores. */
export interface AddressUse {
  readonly buffer: number;
  readonly storage: Storage;
  readonly address: Address;
  /** Whether the address may lie outside the buffer at some points, where nothing is accessed. */
  readonly guarded: boolean;
}

/** Accesses that differ by constants. */
interface Group {
  readonly buffer: number;
  readonly bytes: number;
  readonly address: Address;
  /** The smallest constant part of the offsets, in elements; the pointer includes it. */
  least: number;
  /** The computed part, where it is the same in all lanes. */
  readonly rest: SNode | null;
  /** Pointers by depth, innermost last. */
  readonly pointers: Local<"i32">[];
}

/** How an access reaches its element: the pointer on the stack plus these bytes. */
type Displacement = number;

/** The pointers of one nest. */
export class Pointers {
  readonly #context: FunctionContext;
  readonly #plan: NestPlan;
  readonly #analysis: Analysis;
  readonly #groups = new Map<string, Group>();
  /** Where the axes stand whose iterations are printed one by one. */
  readonly fixed: (number | undefined)[] = [];

  constructor(context: FunctionContext, plan: NestPlan, analysis: Analysis) {
    this.#context = context;
    this.#plan = plan;
    this.#analysis = analysis;
  }

  /** Makes an access known; all of them must be before `open`. */
  add(access: AddressUse): void {
    const key = this.#key(access);
    const least = splitSize(access.address.offset).constant;
    const group = this.#groups.get(key);
    if (group !== undefined) {
      group.least = Math.min(group.least, least);
      return;
    }
    const { rest } = access.address;
    this.#groups.set(key, {
      buffer: access.buffer,
      bytes: dtypeInfo(access.storage).bytes,
      address: access.address,
      least,
      rest: rest !== null && !this.#analysis.varies(rest) ? rest : null,
      pointers: [],
    });
  }

  #key({ buffer, storage, address, guarded }: AddressUse): string {
    const { constant, rest } = splitSize(address.offset);
    const terms = address.terms.map((t) => `${axisKey(t.axis)}*${sizeKey(t.stride)}`).sort();
    const alone = guarded ? `|${constant}` : "";
    return `${buffer}|${dtypeInfo(storage).bytes}|${sizeKey(rest)}|${terms.join("+")}|` +
      `${address.rest?.id ?? ""}${alone}`;
  }

  #stride(group: Group, depth: number): Size {
    return strideAlong(group.address, this.#plan.levels[depth - 1]!.axis);
  }

  /** Pushes the parts of a group's address that don't depend on the kernel's axes. */
  #pushStart(group: Group): void {
    const context = this.#context, { f } = context;
    const { rest } = splitSize(group.address.offset);
    f.localGet(context.base(group.buffer));
    if (group.least !== 0) f.i32Const((group.least * group.bytes) | 0).i32Add();
    if (rest !== 0) {
      context.pushScaled(rest, group.bytes);
      f.i32Add();
    }
    for (const { axis, stride } of group.address.terms) {
      if (axis.kind !== "loop") continue;
      context.pushCounter(axis);
      if (typeof stride === "number") context.timesConst(stride * group.bytes);
      else {
        context.timesSize(stride);
        context.timesConst(group.bytes);
      }
      f.i32Add();
    }
  }

  /** Computes the pointers in front of the nest. */
  open(): void {
    for (const group of this.#groups.values()) {
      this.#pushStart(group);
      const local = this.#context.take("i32");
      this.#context.f.localSet(local);
      group.pointers.push(local);
    }
  }

  /** The depth at which a group's computed part is added to its pointer, or -1 where that is done at each access. */
  #restDepth(group: Group): number {
    if (group.rest === null) return -1;
    const depth = this.#analysis.level(group.rest);
    return depth < this.#analysis.addressDepth(group.address) ? depth : -1;
  }

  /** At the start of the body at a depth: adds the computed parts that are known there. */
  enterBody(depth: number, pushNode: (node: SNode) => void): () => void {
    const moved: Group[] = [];
    for (const group of this.#groups.values()) {
      if (this.#restDepth(group) !== depth) continue;
      const { f } = this.#context;
      f.localGet(group.pointers.at(-1)!);
      pushNode(group.rest!);
      this.#context.timesConst(group.bytes);
      const local = this.#context.take("i32");
      f.i32Add().localSet(local);
      group.pointers.push(local);
      moved.push(group);
    }
    return () => moved.forEach((group) => group.pointers.pop());
  }

  /** In front of a loop: gives the pointers that move with it locals of their own, at its first iteration. */
  enterLoop(depth: number, first: number | Local<"i32"> = 0): () => void {
    const moved: Group[] = [], { f } = this.#context;
    for (const group of this.#groups.values()) {
      const stride = this.#stride(group, depth);
      if (stride === 0) continue;
      const local = this.#context.take("i32");
      f.localGet(group.pointers.at(-1)!);
      if (first !== 0) {
        this.#context.pushScaled(stride, group.bytes);
        f.i32(first).i32Mul().i32Add();
      }
      f.localSet(local);
      group.pointers.push(local);
      moved.push(group);
    }
    return () => moved.forEach((group) => group.pointers.pop());
  }

  /** At the end of an iteration: moves the pointers by so many elements of the level's axis. */
  advance(depth: number, elements: number): void {
    const { f } = this.#context;
    for (const group of this.#groups.values()) {
      const stride = this.#stride(group, depth);
      if (stride === 0) continue;
      const pointer = group.pointers.at(-1)!;
      f.localGet(pointer);
      this.#context.pushScaled(stride, elements * group.bytes);
      f.i32Add().localSet(pointer);
    }
  }

  /**
   * Pushes the address of an access, for the element that lies `ahead` elements further along the
   * vector axis; the returned bytes are to be added by the instruction that accesses.
   */
  push(access: AddressUse, ahead: number, pushNode: (node: SNode) => void): Displacement {
    const context = this.#context, { f } = context;
    const group = this.#groups.get(this.#key(access))!;
    f.localGet(group.pointers.at(-1)!);
    if (group.rest !== null && this.#restDepth(group) === -1) {
      pushNode(group.rest);
      context.timesConst(group.bytes);
      f.i32Add();
    }
    let bytes = (splitSize(access.address.offset).constant - group.least) * group.bytes;
    let negative = false;
    const move = (stride: Size, elements: number) => {
      if (stride === 0 || elements === 0) return;
      if (typeof stride === "number") {
        bytes += stride * elements * group.bytes;
        if (stride < 0) negative = true;
      } else {
        context.pushScaled(stride, elements * group.bytes);
        f.i32Add();
      }
    };
    this.#plan.levels.forEach((level, i) => {
      if (level.mode === "unroll" || level.mode === "tile") {
        move(this.#stride(group, i + 1), this.fixed[level.axis] ?? 0);
      }
      if (level.mode === "vector") move(this.#stride(group, i + 1), ahead);
    });
    // Only sums that cannot leave the buffer on the way may be left to the instruction.
    if (!access.guarded && !negative && bytes >= 0 && Number.isSafeInteger(bytes)) return bytes;
    if (bytes !== 0) f.i32Const(bytes | 0).i32Add();
    return 0;
  }
}

/** Makes the access of a load. */
export function loadAccess(node: LoadNode): AddressUse {
  return {
    buffer: node.buffer,
    storage: node.dtype as Storage,
    address: node.address,
    guarded: node.args.length > 0,
  };
}
