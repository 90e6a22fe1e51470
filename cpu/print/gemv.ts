/**
 * Small matrix-vector products whose matrix lies in rows along the sum: the vector stays in locals,
 * four rows at a time become one vector of results, and what is done with the product follows at once.
 *
 * @module
 */

import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";
import type { Gemm, Operand } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import type { Size } from "../../core/ir/size.ts";
import type { FunctionContext } from "./context.ts";
import { type LoweredNest, lowerEpilogue, storageOf } from "./kernel.ts";
import type { NestPlan } from "./nest_plan.ts";
import type { AddressUse, Pointers } from "./pointers.ts";
import { applySimd, type Form, formsOf } from "./simd.ts";
import type { Bound, Values } from "./values.ts";
import type { FunctionBuilder, Local } from "../wasm/mod.ts";

/** The longest sum that is kept in locals. */
const MOST_TERMS = 64;
/** The largest matrix that is multiplied here. */
const MOST_ELEMENTS = 4096;
/** The largest matrix that is printed without a loop. */
const MOST_PRINTED = 1600;

/** A small product of a matrix by a vector. */
export interface RowPlan {
  readonly kernel: LoweredNest;
  readonly nest: NestPlan;
  readonly type: "f32" | "f64";
  readonly terms: number;
  readonly matrix: AddressUse;
  readonly vector: AddressUse;
}

/** Plans a product, if it is one for this way. */
export function planRows(
  gemm: Gemm,
  dtypeOf: (buffer: number) => DType,
): RowPlan | null {
  const { type, m, n, k, batch } = gemm;
  if ((type !== "f32" && type !== "f64") || batch.some((size) => size !== 1)) return null;
  const turned = m === 1;
  if (!turned && n !== 1) return null;
  const rows = turned ? n : m;
  if (typeof rows !== "number" || typeof k !== "number" || rows < 2 || k < 1) return null;
  if (k > MOST_TERMS || rows * k > MOST_ELEMENTS) return null;
  const [matrix, vector] = turned ? [gemm.right, gemm.left] : [gemm.left, gemm.right];
  const [byRow, byTerm] = turned ? [matrix.column, matrix.row] : [matrix.row, matrix.column];
  const step = turned ? vector.column : vector.row;
  const storage = type === "f32" ? "float32" : "float64";
  if (storageOf(matrix.dtype) !== storage || storageOf(vector.dtype) !== storage) return null;
  if (matrix.base.rest !== null || vector.base.rest !== null) return null;
  if (k > 1 && (byTerm !== 1 || step !== 1)) return null;
  if (typeof byRow !== "number" || byRow < 0) return null;
  const vectors = Math.ceil(rows / 4);
  const unroll = rows * k <= MOST_PRINTED ? vectors : 1;
  const access = ({ buffer, base }: Operand, stride: Size): AddressUse => ({
    buffer,
    storage,
    address: {
      ...base,
      terms: stride === 0
        ? base.terms
        : [...base.terms, { axis: { kind: "axis", axis: 0 }, stride }],
    },
    guarded: false,
  });
  return {
    kernel: lowerEpilogue(gemm, dtypeOf, null),
    nest: {
      levels: [{ axis: 0, size: rows, mode: "vector", unroll }],
      axisCount: 1,
      vector: 1,
    },
    type,
    terms: k,
    matrix: access(matrix, byRow),
    vector: access(vector, 0),
  };
}

/** Prints the products of the rows of an iteration. */
export class RowProducts implements Bound {
  readonly #context: FunctionContext;
  readonly #plan: RowPlan;
  readonly #vector: Local<"v128">[] = [];
  readonly #results: Partial<Record<Form, Local<"v128">>>[] = [];
  #values!: Values;
  #pointers!: Pointers;

  constructor(context: FunctionContext, plan: RowPlan) {
    this.#context = context;
    this.#plan = plan;
  }

  /** What the products read. */
  get accesses(): readonly AddressUse[] {
    return [this.#plan.matrix, this.#plan.vector];
  }

  /** Sets what the nest prints with. */
  bind(values: Values, pointers: Pointers): void {
    this.#values = values;
    this.#pointers = pointers;
  }

  get #lanes(): number {
    return this.#plan.type === "f32" ? 4 : 2;
  }

  /** Loads the vector, in front of all loops. */
  open(): void {
    const count = Math.ceil(this.#plan.terms / this.#lanes);
    for (let i = 0; i < count; i++) {
      const local = this.#context.take("v128");
      this.#load(this.#plan.vector, 0, i);
      this.#context.f.localSet(local);
      this.#vector.push(local);
    }
  }

  /** Pushes vector `i` of a row; what is behind the end of the sum is 0. */
  #load(access: AddressUse, ahead: number, i: number): void {
    const { f } = this.#context;
    const { bytes } = dtypeInfo(access.storage);
    const rest = Math.min(this.#lanes, this.#plan.terms - i * this.#lanes);
    const push = () => this.#pointers.push(access, ahead, () => {}) + i * this.#lanes * bytes;
    if (rest === this.#lanes) f.v128Load(push(), 4);
    else if (bytes === 8) f.v128Load64Zero(push(), 8);
    else if (rest === 1) f.v128Load32Zero(push(), 4);
    else if (rest === 2) f.v128Load64Zero(push(), 4);
    else {
      const low = f.alloc("v128");
      f.v128Load64Zero(push(), 4).localSet(low);
      const offset = push() + 8;
      f.localGet(low).v128Load32Lane(2, offset, 4).free(low);
    }
  }

  /** Prints the products of an iteration of so many vectors; lanes that don't count in the last one are 0. */
  produce(copies: number, last: number): void {
    const { f, module } = this.#context;
    const { type, matrix } = this.#plan;
    for (let copy = 0; copy < copies; copy++) {
      const rows = copy === copies - 1 ? last : 4;
      const sums: Local<"v128">[] = [];
      for (let row = 0; row < 4; row++) {
        const sum = f.alloc("v128");
        sums.push(sum);
        if (row >= rows) {
          f.i32x4Const(0).localSet(sum);
          continue;
        }
        this.#vector.forEach((x, i) => {
          this.#load(matrix, 4 * copy + row, i);
          f.localGet(x);
          if (i > 0) f.localGet(sum);
          applySimd(f, i === 0 ? "mul" : "madd", type, module.relaxed);
          f.localSet(sum);
        });
      }
      this.#results[copy] = {};
      for (const form of formsOf(type)) {
        const result = this.#context.take("v128");
        if (form === 0) addFour(f, sums);
        else addTwo(f, sums[2 * form - 2]!, sums[2 * form - 1]!);
        f.localSet(result);
        this.#results[copy]![form] = result;
      }
      f.free(...sums);
    }
  }

  scalar(node: SNode): void {
    throw new TypeError(`Cannot print "${node.op}" as a scalar here`);
  }

  vector(_node: SNode, form: Form): void {
    this.#context.f.localGet(this.#results[this.#values.copy]![form]!);
  }
}

/** Pushes the sums of the lanes of four f32x4. */
function addFour(f: FunctionBuilder, [a, b, c, d]: readonly Local<"v128">[]): void {
  const pair = (x: Local, y: Local) => {
    f.localGet(x).localGet(y).i32x4Shuffle(0, 4, 1, 5);
    f.localGet(x).localGet(y).i32x4Shuffle(2, 6, 3, 7).f32x4Add();
  };
  const low = f.alloc("v128"), high = f.alloc("v128");
  pair(a!, b!);
  f.localSet(low);
  pair(c!, d!);
  f.localSet(high);
  f.localGet(low).localGet(high).i32x4Shuffle(0, 1, 4, 5);
  f.localGet(low).localGet(high).i32x4Shuffle(2, 3, 6, 7).f32x4Add().free(low, high);
}

/** Pushes the sums of the lanes of two f64x2. */
function addTwo(f: FunctionBuilder, a: Local<"v128">, b: Local<"v128">): void {
  f.localGet(a).localGet(b).i64x2Shuffle(0, 2);
  f.localGet(a).localGet(b).i64x2Shuffle(1, 3).f64x2Add();
}
