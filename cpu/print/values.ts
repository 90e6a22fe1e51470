/**
 * Prints the values of nodes: each node once where it is used more than once, and in front of a loop
 * where it doesn't depend on it.
 *
 * @module
 */

import type { LoadNode, PrimNode, ScalarType, SNode } from "../../core/ir/scalar.ts";
import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { Size } from "../../core/ir/size.ts";
import type { FunctionContext } from "./context.ts";
import type { Storage } from "./kernel.ts";
import type { HoistedNode } from "./hoisted.ts";
import type { Analysis, NestPlan } from "./nest_plan.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import { visitNodes } from "../../core/ir/nodes.ts";
import type { AddressUse, Pointers } from "./pointers.ts";
import { applyScalar, loadScalar, pushConst, valType } from "./scalar.ts";
import {
  applySimd,
  blend,
  castSimd,
  compareSimd,
  extract,
  type Form,
  formsOf,
  hasCast,
  isWide,
  lanesOf,
  narrowMask,
  pushLaneNumbers,
  replace,
  shiftSimd,
  splat,
  splatConst,
  widenMask,
} from "./simd.ts";
import { gatherLanes, loadVector, transposed } from "./vector_memory.ts";
import type { Local } from "../wasm/mod.ts";

/** How many of a vector's lanes count: all, so many, or a number found at run time. */
export type Lanes = 4 | 1 | 2 | 3 | Local<"i32">;

/** Stands beside the forms of vectors for a value that is not a vector. */
const SCALAR = 3;
/** More than the vectors that an iteration may have. */
const MOST_COPIES = 1024;

/** Expressions of this height are computed in parts. */
const MOST_HEIGHT = 64;

/** Where the values are that the nest printer makes: reductions and products. */
export interface Bound {
  /** Pushes a value that is the same in all lanes, or the value in scalar code. */
  scalar(node: SNode): void;
  /** Pushes a form of a value that differs between lanes. */
  vector(node: SNode, form: Form): void;
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

/** The place of a vector of a tile. */
function tileKey(node: LoadNode, form: Form, i: number): string {
  return `tile${node.id}.${form}.${i}`;
}

/** Prints nodes at the current place of a nest. */
export class Values {
  readonly context: FunctionContext;
  readonly #plan: NestPlan;
  readonly #analysis: Analysis;
  readonly #pointers: Pointers;
  readonly #bound: Bound;
  readonly #vectorAxis: number;
  /** The values of axes: a local, or a constant where iterations are printed one after the other. */
  readonly axes: (Local<"i32"> | number)[] = [];
  /** Which of the vectors of this iteration is printed. */
  copy = 0;
  /** How many lanes of it count. */
  lanes: Lanes = 4;
  /** Which iteration of a tile is printed; -1 outside of tiles. */
  tile = -1;

  constructor(
    context: FunctionContext,
    plan: NestPlan,
    analysis: Analysis,
    pointers: Pointers,
    bound: Bound,
  ) {
    this.context = context;
    this.#plan = plan;
    this.#analysis = analysis;
    this.#pointers = pointers;
    this.#bound = bound;
    this.#vectorAxis = plan.vector === 0 ? -1 : plan.levels[plan.vector - 1]!.axis;
  }

  /** Computes something ahead. */
  prepare({ node, vector }: HoistedNode): void {
    this.shorten(node);
    this.#keep(node, vector);
  }

  /**
   * Computes parts of a tall expression ahead, so that printing the rest doesn't need a deep stack.
   */
  shorten(root: SNode): void {
    if (this.#analysis.height(root) <= MOST_HEIGHT) return;
    visitNodes([root], (node) => {
      const height = this.#analysis.height(node);
      if (height > 0 && height % MOST_HEIGHT === 0) this.#keep(node, this.#analysis.varies(node));
    });
  }

  #keep(node: SNode, vector: boolean): void {
    if (!vector) {
      this.#keepScalar(node);
      return;
    }
    for (const form of this.#formsUsed(node)) this.#keepVector(node, form);
  }

  /** Whether a node has one user and is computed where that is. */
  isPrivate(node: SNode): boolean {
    return this.#analysis.uses.get(node) === 1 && this.#analysis.varies(node) &&
      this.context.find(this.#key(node, 0)) === undefined &&
      this.context.find(this.#key(node, 1)) === undefined;
  }

  #formsUsed(node: SNode): readonly Form[] {
    return formsOf(node.type);
  }

  /** A number for a value: the node, its form, and the copy if it differs between them. */
  #key(node: SNode, kind: Form | typeof SCALAR): number {
    const copy = this.#analysis.varies(node) ? this.copy : 0;
    return (node.id * 4 + kind) * MOST_COPIES + copy;
  }

  #keepScalar(node: SNode): Local {
    return this.context.cached(
      this.#key(node, SCALAR),
      valType(node.type),
      () => this.#computeScalar(node),
    );
  }

  /** Pushes a value that is the same in all lanes, or the value in scalar code. */
  scalar(node: SNode): void {
    const { f } = this.context;
    if (node.op === "const") {
      pushConst(f, node.type, node.value);
      return;
    }
    const have = this.context.find(this.#key(node, SCALAR));
    if (have !== undefined) {
      f.localGet(have);
    } else if ((this.#analysis.uses.get(node) ?? 0) > 1 && node.op !== "index") {
      f.localGet(this.#keepScalar(node));
    } else {
      this.#computeScalar(node);
    }
  }

  #computeScalar(node: SNode): void {
    const { f } = this.context;
    switch (node.op) {
      case "const":
        pushConst(f, node.type, node.value);
        return;
      case "index":
        this.#pushIndex(node.axis);
        return;
      case "size":
        this.#pushSize(node.size, node.type);
        return;
      case "load":
        this.#loadScalar(node);
        return;
      case "reduced":
      case "running":
      case "product":
        this.#bound.scalar(node);
        return;
      case "call":
        for (const arg of node.args) this.scalar(arg);
        f.call(this.context.module.call(node.func, false));
        return;
      default:
        for (const arg of node.args) this.scalar(arg);
        applyScalar(f, node.op, node.type, node.args[0]!.type, this.context.module.helper);
    }
  }

  #pushIndex(axis: Extract<SNode, { op: "index" }>["axis"]): void {
    const { f } = this.context;
    if (axis.kind === "loop") {
      this.context.pushCounter(axis);
      return;
    }
    const value = this.axes[axis.axis]!;
    if (typeof value === "number") f.i32Const(value);
    else f.localGet(value);
  }

  #pushSize(size: Extract<SNode, { op: "size" }>["size"], type: ScalarType): void {
    const { f, block, module } = this.context;
    if (typeof size === "number") pushConst(f, type, size);
    else if (type === "i32" || type === "u32") this.context.pushSize(size);
    else {
      f.localGet(block).f64Load(module.params.size(size, true));
      if (type === "f32") f.f32DemoteF64();
      else if (type !== "f64") f.i64TruncSatF64S();
    }
  }

  #loadScalar(node: LoadNode): void {
    const { f } = this.context;
    const access = loadAccess(node);
    const push = () => {
      const offset = this.#pointers.push(access, 0, (rest) => this.scalar(rest));
      loadScalar(f, access.storage, offset);
    };
    if (node.args.length === 0) {
      push();
      return;
    }
    // The computed part of the address may be used elsewhere too.
    const address = f.alloc("i32");
    this.#pointers.push(access, 0, (rest) => this.scalar(rest));
    f.localSet(address);
    this.scalar(node.args[0]!);
    f.if(
      () => {
        f.localGet(address);
        loadScalar(f, access.storage, 0);
      },
      () => pushConst(f, node.type, 0),
      valType(node.type),
    );
    f.free(address);
  }

  // Vectors.

  #keepVector(node: SNode, form: Form): Local<"v128"> {
    return this.context.cached(
      this.#key(node, form),
      "v128",
      () => this.#computeVector(node, form),
    );
  }

  /** Pushes a form of a value. */
  vector(node: SNode, form: Form): void {
    const { f } = this.context;
    const have = this.context.find(this.#key(node, form));
    if (have !== undefined) {
      f.localGet(have);
    } else if ((this.#analysis.uses.get(node) ?? 0) > 1) {
      f.localGet(this.#keepVector(node, form));
    } else {
      this.#computeVector(node, form);
    }
  }

  #computeVector(node: SNode, form: Form): void {
    const { f } = this.context;
    if (node.op === "const") {
      splatConst(f, node.type, form, node.value);
      return;
    }
    if (!this.#analysis.varies(node)) {
      this.scalar(node);
      splat(f, node.type);
      return;
    }
    switch (node.op) {
      case "index": {
        const start = this.axes[this.#vectorAxis]!;
        const ahead = 4 * this.copy;
        if (typeof start === "number") pushLaneNumbers(f, start + ahead);
        else {
          f.localGet(start).i32x4Splat();
          pushLaneNumbers(f, ahead);
          f.i32x4Add();
        }
        return;
      }
      case "load":
        this.#loadVector(node, form);
        return;
      case "reduced":
      case "running":
      case "product":
        this.#bound.vector(node, form);
        return;
      case "size":
        throw new TypeError("Cannot print a size that differs between lanes");
      case "call":
        for (const arg of node.args) this.vector(arg, form);
        f.call(this.context.module.call(node.func, true));
        return;
      default:
        this.#applyVector(node, form);
    }
  }

  /** Loads a tile for each load that is turned: in iteration `i` of the tile they have its vector `i`. */
  loadTiles(): void {
    for (const node of this.#analysis.turned) {
      for (const form of formsOf(node.type)) this.#loadTile(node, form);
    }
  }

  #loadTile(node: LoadNode, form: Form): void {
    const { f } = this.context;
    const access = loadAccess(node);
    const { axis } = this.#plan.levels[this.#plan.tile! - 1]!;
    const isBack = strideAlong(node.address, axis) === -1;
    const { bytes } = dtypeInfo(access.storage);
    const [first, count] = lanesOf(form);
    // Where iterations run backwards, the last of the tile comes first in memory.
    this.#pointers.fixed[axis] = isBack ? 3 : 0;
    const rows = Array.from({ length: count }, (_, lane) => {
      return (bytes === 8 ? [0, 16] : [0]).map((more) => {
        const offset = this.#pointers.push(access, first + lane, (rest) => this.scalar(rest));
        loadVector(f, access.storage, offset + more);
        const local = f.alloc("v128");
        f.localSet(local);
        return local;
      });
    });
    const vectors = transposed(f, rows);
    vectors.forEach((vector, i) => {
      const local = this.context.take("v128");
      f.localGet(vector).localSet(local).free(vector);
      this.context.note(tileKey(node, form, isBack ? 3 - i : i), local);
    });
  }

  #loadVector(node: LoadNode, form: Form): void {
    const { f } = this.context;
    const turned = this.tile < 0 ? undefined : this.context.find(tileKey(node, form, this.tile));
    if (turned !== undefined) {
      f.localGet(turned);
      this.#maskOfBool(node.type, form);
      return;
    }
    const access = loadAccess(node);
    const { rest } = node.address;
    const [first] = lanesOf(form);
    const ahead = 4 * this.copy;
    const guard = node.args[0];
    const restVaries = rest !== null && this.#analysis.varies(rest);
    const stride = strideAlong(node.address, this.#vectorAxis);
    const whole = !restVaries && stride === 1;
    if (whole && guard === undefined) {
      const offset = this.#pointers.push(access, ahead + first, (r) => this.scalar(r));
      loadVector(f, access.storage, offset);
      this.#maskOfBool(node.type, form);
      return;
    }
    const { bytes } = dtypeInfo(access.storage);
    if (guard === undefined && !restVaries && isShuffled(stride, bytes)) {
      // Whole vectors hold the lanes, in another order.
      const [start, count] = [ahead + first, bytes === 8 ? 2 : 4];
      const push = (lane: number, more: number) => {
        const offset = this.#pointers.push(access, lane, (r) => this.scalar(r));
        loadVector(f, access.storage, offset + more);
      };
      if (stride === -1) {
        const whole = f.alloc("v128");
        push(start + count - 1, 0);
        f.localTee(whole).localGet(whole).free(whole);
        if (count === 2) f.i64x2Shuffle(1, 0);
        else f.i32x4Shuffle(3, 2, 1, 0);
      } else {
        push(start, 0);
        push(start, 16);
        f.i32x4Shuffle(0, 2, 4, 6);
      }
      return;
    }
    gatherLanes(this.context, {
      storage: access.storage,
      form,
      lanes: this.lanes,
      whole,
      guard: guard === undefined ? null : () => this.vector(guard, 0),
      /** Pushes the address of a lane, numbered within the vector; returns the displacement. */
      address: (lane) => {
        const at = stride === 0 ? 0 : ahead + lane;
        const offset = this.#pointers.push(access, at, (r) => this.scalar(r));
        if (restVaries) {
          this.vector(rest, 0);
          f.i32x4ExtractLane(lane);
          this.context.timesConst(bytes);
          f.i32Add();
        }
        return offset;
      },
    });
    this.#maskOfBool(node.type, form);
  }

  /** A bool was loaded as four i32; in the wide forms too, it is then made a mask of its form. */
  #maskOfBool(type: ScalarType, form: Form): void {
    const { f } = this.context;
    if (type !== "bool") return;
    f.i32x4Const(0).i32x4Ne();
    if (form !== 0) throw new TypeError("Cannot load a bool as a wide mask");
  }

  #applyVector(node: PrimNode, form: Form): void {
    const { f, module } = this.context;
    const [a, b] = node.args as [SNode, SNode];
    switch (node.op) {
      case "select": {
        // Beside a zero the mask itself chooses.
        const zero = node.type === "bool" ? 0 : isZero(node.args[2]!) ? 2 : isZero(b) ? 1 : 0;
        if (zero > 0) {
          this.vector(node.args[3 - zero]!, form);
          this.mask(a, form);
          if (zero === 2) f.v128And();
          else f.v128Andnot();
          return;
        }
        for (const arg of [node.args[1]!, node.args[2]!]) {
          if (node.type === "bool") this.mask(arg, form);
          else this.vector(arg, form);
        }
        this.mask(a, form);
        blend(f, form, module.relaxed);
        return;
      }
      case "bitcast":
        this.vector(a, form);
        return;
      case "cast":
        this.#castVector(node, form);
        return;
      case "eq":
      case "ne":
      case "lt":
      case "le":
      case "gt":
      case "ge": {
        const wide = isWide(a.type);
        if (wide && form === 0) {
          for (const half of [1, 2] as const) {
            this.vector(a, half);
            this.vector(b, half);
            compareSimd(f, node.op, a.type);
          }
          narrowMask(f);
        } else if (!wide && form !== 0) {
          this.vector(node, 0);
          widenMask(f, form);
        } else {
          this.vector(a, form);
          this.vector(b, form);
          compareSimd(f, node.op, a.type);
        }
        return;
      }
      case "shl":
      case "shr":
        if (!this.#analysis.varies(b)) {
          this.vector(a, form);
          this.scalar(b);
          if (isWide(b.type)) f.i32WrapI64();
          shiftSimd(f, node.op, node.type);
          return;
        }
        this.#byLane(node, form);
        return;
    }
    if (node.type === "bool") {
      for (const arg of node.args) this.mask(arg, form);
      applySimd(f, node.op, "bool", module.relaxed);
      return;
    }
    if (!hasVectorForm(node)) {
      this.#byLane(node, form);
      return;
    }
    const limit = limitOf(node);
    if (limit !== null) {
      const isMax = node.op === "max";
      this.vector(limit.value, form);
      this.vector(limit.limit, form);
      if (node.type === "f32") isMax ? f.f32x4Pmax() : f.f32x4Pmin();
      else isMax ? f.f64x2Pmax() : f.f64x2Pmin();
      if (isMax && isZero(limit.limit)) {
        // Of zeros the positive one is greater.
        this.vector(limit.limit, form);
        applySimd(f, "add", node.type, module.relaxed);
      }
      return;
    }
    for (const arg of node.args) this.vector(arg, form);
    applySimd(f, node.op, node.type, module.relaxed);
  }

  /** Pushes a bool as a mask of a form. */
  mask(node: SNode, form: Form): void {
    const { f } = this.context;
    if (node.type !== "bool") throw new TypeError(`Cannot use a ${node.type} as a mask`);
    const direct = node.op !== "load" && node.op !== "reduced" && node.op !== "running" &&
      node.op !== "product";
    if (form === 0 || direct) {
      this.vector(node, form);
      return;
    }
    this.vector(node, 0);
    widenMask(f, form);
  }

  #castVector(node: PrimNode, form: Form): void {
    const { f } = this.context;
    const from = node.args[0]!, { type } = node;
    if (type === "bool") {
      const wide = isWide(from.type);
      if (wide && form === 0) {
        for (const half of [1, 2] as const) {
          castSimd(f, from.type, "bool", half, (h) => this.vector(from, h));
        }
        narrowMask(f);
      } else if (!wide && form !== 0) {
        this.vector(node, 0);
        widenMask(f, form);
      } else {
        castSimd(f, from.type, "bool", form, (h) => this.vector(from, h));
      }
    } else if (from.type === "bool") {
      castSimd(f, "bool", type, form, (h) => this.mask(from, h));
    } else if (hasCast(from.type, type)) {
      castSimd(f, from.type, type, form, (h) => this.vector(from, h));
    } else {
      this.#byLane(node, form);
    }
  }

  /** Applies a primitive lane by lane with scalar instructions. */
  #byLane(node: PrimNode, form: Form): void {
    const { f, module } = this.context;
    const [first, count] = lanesOf(form);
    const args = node.args.map((arg) => {
      const forms: Form = isWide(arg.type) ? (form === 0 ? 1 : form) : 0;
      const halves: Local<"v128">[] = [];
      const wanted: Form[] = isWide(arg.type) && form === 0 ? [1, 2] : [forms];
      for (const one of wanted) {
        const local = f.alloc("v128");
        this.vector(arg, one);
        f.localSet(local);
        halves.push(local);
      }
      return { type: arg.type, wanted, halves };
    });
    const result = f.alloc("v128");
    f.i32x4Const(0).localSet(result);
    for (let i = 0; i < count; i++) {
      f.localGet(result);
      for (const { type, wanted, halves } of args) {
        const lane = first + i;
        const half = halves.length === 2 ? lane >> 1 : 0;
        const one = wanted[half]!;
        f.localGet(halves[half]!);
        extract(f, type, one, lane - lanesOf(one)[0]);
      }
      applyScalar(f, node.op, node.type, node.args[0]!.type, module.helper);
      replace(f, node.type, form, i);
      f.localSet(result);
    }
    f.localGet(result).free(result, ...args.flatMap(({ halves }) => halves));
  }
}

/**
 * What a float is limited to, if one instruction does it: that takes the limit only where it is on the
 * right side of the value, so NaN stays, and a zero of any sign.
 */
function limitOf({ op, type, args }: PrimNode): { value: SNode; limit: SNode } | null {
  if (op !== "max" && op !== "min" || type !== "f32" && type !== "f64") return null;
  const [a, b] = args as [SNode, SNode];
  const [value, limit] = a.op === "const" ? [b, a] : [a, b];
  if (limit.op !== "const" || Number.isNaN(limit.value)) return null;
  // That zero would have to win over the other one.
  return op === "min" && Object.is(limit.value, -0) ? null : { value, limit };
}

/** Whether a node is the constant whose bits are all 0. */
function isZero(node: SNode): boolean {
  return node.op === "const" && (node.value === 0n || Object.is(node.value, 0));
}

/** Whether lanes at this stride are loaded as whole vectors and put in order. */
export function isShuffled(stride: Size, bytes: number): boolean {
  return (stride === -1 && bytes >= 4) || (stride === 2 && bytes === 4);
}

/** Whether a primitive that is neither a cast nor a comparison has vector instructions. */
export function hasVectorForm(node: SNode): boolean {
  const { op, type } = node;
  const integer = type !== "f32" && type !== "f64";
  switch (op) {
    case "div":
    case "rem":
      return !integer && op === "div";
    case "mulhi":
      return type === "i32" || type === "u32";
    case "sqrt":
      return !integer;
  }
  return true;
}
