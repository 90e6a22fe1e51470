/**
 * Prints the values of nodes: each node once where it is used more than once, and in front of a loop
 * where it doesn't depend on it.
 *
 * @module
 */

import type { PrimNode, ScalarType, SNode } from "../../core/ir/scalar.ts";
import type { FunctionContext } from "./context.ts";
import type { HoistedNode } from "./hoisted.ts";
import type { Analysis, NestPlan } from "./nest_plan.ts";
import { visitNodes } from "../../core/ir/nodes.ts";
import type { Pointers } from "./pointers.ts";
import { applyScalar, pushConst, valType } from "./scalar.ts";
import {
  applySimd,
  blend,
  castSimd,
  compareSimd,
  extract,
  type Form,
  formsOf,
  hasCast,
  hasVectorForm,
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
import { Loads } from "./loads.ts";
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

/** Prints nodes at the current place of a nest. */
export class Values {
  readonly #analysis: Analysis;
  readonly #bound: Bound;
  /** The axis along which vectors lie; -1 where there are none. */
  readonly vectorAxis: number;
  /** What is loaded. */
  readonly loads: Loads;
  /** The values of axes: a local, or a constant where iterations are printed one after the other. */
  readonly axes: (Local<"i32"> | number)[] = [];
  /** Which of the vectors of this iteration is printed. */
  copy = 0;
  /** How many lanes of it count. */
  lanes: Lanes = 4;

  constructor(
    readonly context: FunctionContext,
    plan: NestPlan,
    analysis: Analysis,
    pointers: Pointers,
    bound: Bound,
  ) {
    this.#analysis = analysis;
    this.#bound = bound;
    this.vectorAxis = plan.vector === 0 ? -1 : plan.levels[plan.vector - 1]!.axis;
    this.loads = new Loads(this, plan, analysis, pointers);
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
        this.loads.scalar(node);
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

  /** Pushes two lanes of a float32 value as float64. */
  promoted(node: SNode, form: 1 | 2): void {
    const { f } = this.context;
    const isLoad = node.op === "load" && (this.#analysis.uses.get(node) ?? 0) <= 1;
    if (!isLoad || !this.loads.promoted(node, form)) {
      castSimd(f, "f32", "f64", form, () => this.vector(node, 0));
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
        const start = this.axes[this.vectorAxis]!;
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
        this.loads.vector(node, form);
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

  #applyVector(node: PrimNode, form: Form): void {
    const { f, module } = this.context;
    const [a, b] = node.args as [SNode, SNode];
    switch (node.op) {
      case "select": {
        const extreme = extremeOf(node);
        if (extreme !== null) {
          for (const arg of extreme.args) this.vector(arg, form);
          f[extreme.name]();
          return;
        }
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
    } else if (from.type === "f32" && type === "f64") {
      this.promoted(from, form as 1 | 2);
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

/** The choice of the lesser or the greater of two floats, which is one instruction. */
function extremeOf({ args, type }: PrimNode) {
  const [test, x, y] = args as [SNode, SNode, SNode];
  if (type !== "f32" && type !== "f64" || test.op !== "lt" && test.op !== "gt") return null;
  const [a, b] = test.args, shape = type === "f32" ? "f32x4" : "f64x2";
  if (!(a === x && b === y) && !(a === y && b === x)) return null;
  // Of operands that are equal or NaN both forms give the last one of the choice.
  const isLess = (test.op === "lt") === (a === x);
  return { name: `${shape}${isLess ? "Pmin" : "Pmax"}`, args: [y, x] } as const;
}
