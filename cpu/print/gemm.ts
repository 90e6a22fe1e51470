/**
 * Matrix products in a printed program: calls of the product functions, into the buffer that the first
 * store writes where that is possible, and a nest behind them for what is to be done with the product.
 *
 * @module
 */

import { strideAlong } from "../../core/ir/axes.ts";
import { addressKey } from "../../core/ir/builder.ts";
import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";
import type { Gemm, Operand, Store } from "../../core/ir/program.ts";
import type { Address, AxisRef, ScalarType, SNode } from "../../core/ir/scalar.ts";
import {
  addSize,
  contiguousStrides,
  mulSize,
  opaqueSize,
  productSize,
  type Size,
  sizeValue,
} from "../../core/ir/size.ts";
import type { FunctionContext } from "./context.ts";
import { type GemmDtype, gemmWorkspaceBytes } from "../gemm/gemm.ts";
import { partName } from "../threads/products.ts";
import { lowerCopy, type LoweredNest, lowerEpilogue, storageOf } from "./kernel.ts";
import { loadsOf } from "../../core/ir/nodes.ts";
import { storeOutputs } from "../../core/ir/steps.ts";
import { WORKSPACE } from "./params.ts";
import { SHARED_FROM } from "../threads/jobs.ts";
import type { MakeCut } from "./share_plan.ts";
import { type PartRange, printParts } from "./shared.ts";
import type { Func, FunctionSpec, Local } from "../wasm/mod.ts";

/** Buffer numbers of the parts of the workspace that a product uses. */
const PRODUCT = -2, LEFT = -3, RIGHT = -4;

/** Products of fewer multiplications are printed as nests. */
const SMALL = 512;

/** Matrices up to this size that lie right for it are multiplied by a vector in a nest. */
const SMALL_MATRIX = 2048;

/** From so many large products on, they are shared out rather than each of them. */
const MANY_PRODUCTS = 16;

/** The function that computes a product; one of parts has the rows and columns of the whole product, too. */
export function gemmImport({ type, whole }: Gemm): FunctionSpec {
  const dtype = type === "f32" ? "float32" : "float64", isPart = whole !== undefined;
  return {
    name: isPart ? partName(dtype) : `gemm_${dtype}`,
    params: new Array<"i32">(isPart ? 15 : 13).fill("i32"),
  };
}

/** Where the product goes. */
interface Target {
  readonly buffer: number;
  readonly address: Address;
}

/** How a product is computed. */
export interface ProductPlan {
  readonly gemm: Gemm;
  readonly left: Operand;
  readonly right: Operand;
  readonly target: Target;
  /** Strides of the target along batch axes, rows and columns. */
  readonly batch: readonly Size[];
  readonly row: Size;
  readonly column: Size;
  /** Whether the product is added to what is there. */
  readonly accumulate: boolean;
  /** What copies operands of other types. */
  readonly copies: readonly LoweredNest[];
  /** What is done with the product; at most one. */
  readonly epilogue: readonly LoweredNest[];
  /** Bytes of workspace, and where its parts are. */
  readonly workspace: Size;
  /** What of it each call works with. */
  readonly callBytes: Size;
  readonly parts: ReadonlyMap<number, Size>;
}

function native(type: ScalarType): GemmDtype {
  return type === "f32" ? "float32" : "float64";
}

function isNative(dtype: DType, type: ScalarType): boolean {
  return storageOf(dtype) === native(type);
}

/** Plans a product; null where it is better printed as a nest. */
export function planProduct(
  gemm: Gemm,
  dtypeOf: (buffer: number) => DType,
): ProductPlan | null {
  const { type, m, n, k, batch } = gemm;
  if (type !== "f32" && type !== "f64") return null;
  if (gemm.left.base.rest !== null || gemm.right.base.rest !== null) return null;
  if (isSmall(gemm.whole ?? gemm)) return null;
  const dtype = native(type);
  const bytes = dtypeInfo(dtype).bytes;
  const parts = new Map<number, Size>();
  const known: Size[] = [m, n, k];
  const callBytes = opaqueSize(
    `gemm_${dtype}`,
    known,
    (...sizes) => gemmWorkspaceBytes(sizes[0]!, sizes[1]!, sizes[2]!, dtype),
  );
  let workspace = callBytes;
  const part = (id: number, elements: Size) => {
    parts.set(id, workspace);
    // A row may be read past its end.
    workspace = addSize(workspace, addSize(mulSize(elements, bytes), 64));
  };
  const copies: LoweredNest[] = [];
  const operand = (one: Operand, id: number, rows: Size, columns: Size): Operand => {
    if (isNative(one.dtype, type)) return one;
    const sizes = [...batch, rows, columns];
    part(id, productSize(sizes));
    copies.push(lowerCopy(gemm, one, rows, columns, { buffer: id, dtype }));
    const strides = contiguousStrides(sizes);
    return {
      buffer: id,
      dtype,
      base: { offset: 0, terms: [], rest: null },
      batch: strides.slice(0, -2),
      row: columns,
      column: 1,
    };
  };
  const left = operand(gemm.left, LEFT, m, k), right = operand(gemm.right, RIGHT, k, n);
  const direct = findTarget(gemm.whole ?? gemm, dtypeOf) === null ? null : gemm.stores[0]!;
  const sizes = [...batch, m, n];
  let target: Target;
  if (direct === null) {
    part(PRODUCT, productSize(sizes));
    const terms = contiguousStrides(sizes).map((stride, axis) => ({
      axis: { kind: "axis", axis } as AxisRef,
      stride,
    }));
    target = { buffer: PRODUCT, address: { offset: 0, terms, rest: null } };
  } else target = { buffer: direct.buffer, address: direct.address };
  const strides = sizes.map((_, axis) => strideAlong(target.address, axis));
  const accumulate = direct !== null && isAccumulation(direct);
  const isPlain = direct !== null && gemm.stores.length === 1 &&
    (accumulate || direct.value.op === "product");
  const epilogue = isPlain ? [] : [lowerEpilogue(gemm, dtypeOf, { ...target, dtype })];
  return {
    gemm,
    left,
    right,
    target,
    batch: strides.slice(0, -2),
    row: strides.at(-2)!,
    column: strides.at(-1)!,
    accumulate,
    copies,
    epilogue,
    workspace,
    callBytes,
    parts,
  };
}

/** Whether a nest computes the product better than a call. */
function isSmall({ m, n, k, batch, left, right }: Gemm): boolean {
  if (typeof m !== "number" || typeof n !== "number" || typeof k !== "number") return false;
  if (m * n * k < SMALL) return true;
  if (batch.some((size) => size !== 1) || m * n * k > SMALL_MATRIX) return false;
  return (n === 1 && left.row === 1) || (m === 1 && right.column === 1);
}

/** The store that the product may be written to in place of its value, if there is one. */
function findTarget(gemm: Gemm, dtypeOf: (buffer: number) => DType): Store | null {
  const store = gemm.stores[0];
  if (store === undefined || store.guard !== null || store.address.rest !== null) return null;
  const dtype = dtypeOf(store.buffer);
  // The parts of complex numbers don't lie side by side.
  if (dtype !== native(gemm.type)) return null;
  const sizes = [...gemm.batch, gemm.m, gemm.n];
  const [row, column] = [sizes.length - 2, sizes.length - 1].map((axis) =>
    sizes[axis] === 1 ? 1 : strideAlong(store.address, axis)
  );
  if (row !== 1 && column !== 1) return null;
  if (sizes.some((size, axis) => size !== 1 && strideAlong(store.address, axis) === 0)) return null;
  const extent = extentOf(store.address, sizes);
  const apart = (address: Address, other: number | null) =>
    other !== null && extent !== null && areApart(store.address, extent, address, other);
  for (
    const [operand, rows, columns] of [
      [gemm.left, gemm.m, gemm.k],
      [gemm.right, gemm.k, gemm.n],
    ] as const
  ) {
    if (operand.buffer !== store.buffer) continue;
    const strides = [...operand.batch, operand.row, operand.column];
    const reach = extentBy(strides, [...gemm.batch, rows, columns]);
    if (!apart(operand.base, reach)) return null;
  }
  if (gemm.stores.length === 1 && isAccumulation(store)) return store;
  const isFree = loadsOf(storeOutputs(gemm.stores)).every(({ buffer, address }) =>
    buffer !== store.buffer ||
    address.rest === null && apart(address, extentOf(address, sizes))
  );
  return isFree ? store : null;
}

/** Whether a store adds the product to what it overwrites. */
function isAccumulation({ buffer, address, value }: Store): boolean {
  if (value.op !== "add") return false;
  const [a, b] = value.args as [SNode, SNode];
  const isOld = (node: SNode) =>
    node.op === "load" && node.buffer === buffer && node.args.length === 0 &&
    addressKey(node.address) === addressKey(address);
  return (a.op === "product" && isOld(b)) || (b.op === "product" && isOld(a));
}

/** How many elements an address reaches over, if that is known and it only goes up. */
function extentOf(address: Address, sizes: readonly Size[]): number | null {
  return extentBy(sizes.map((_, axis) => strideAlong(address, axis)), sizes);
}

function extentBy(strides: readonly Size[], sizes: readonly Size[]): number | null {
  let extent = 1;
  for (const [i, stride] of strides.entries()) {
    const size = sizes[i]!;
    if (typeof size !== "number" || typeof stride !== "number" || stride < 0) return null;
    extent += stride * Math.max(0, size - 1);
  }
  return extent;
}

/** Whether two places in a buffer are different iterations of one loop that don't reach into each other. */
function areApart(a: Address, extentA: number, b: Address, extentB: number): boolean {
  const loops = (address: Address) => address.terms.filter(({ axis }) => axis.kind === "loop");
  const [x, ...moreX] = loops(a), [y, ...moreY] = loops(b);
  if (x?.axis.kind !== "loop" || y?.axis.kind !== "loop" || moreX.length + moreY.length > 0) {
    return false;
  }
  if (x.axis.loop !== y.axis.loop || x.axis.modulus !== y.axis.modulus) return false;
  if (typeof x.stride !== "number" || x.stride !== y.stride || a.offset !== b.offset) return false;
  const distance = Math.abs(x.axis.shift - y.axis.shift);
  const { modulus } = x.axis;
  const differs = modulus === 0 ? distance > 0 : distance % modulus !== 0;
  return differs && x.stride >= extentA && x.stride >= extentB;
}

/**
 * Prints a product.
 *
 * @param gemm The product function.
 * @param cut How a batch is cut for threads, if it may be.
 * @param nest Prints a nest.
 */
export function printProduct(
  context: FunctionContext,
  plan: ProductPlan,
  gemm: Func,
  cut: MakeCut,
  nest: (context: FunctionContext, kernel: LoweredNest) => void,
): void {
  const { f } = context;
  context.scoped(() => {
    // The parts of the workspace are not in the block of parameters.
    const parts = [...plan.parts].map(([id, offset]) => {
      f.localGet(context.base(WORKSPACE));
      context.pushSize(offset);
      const local = context.take("i32");
      f.i32Add().localSet(local);
      return [`b${id}`, local] as const;
    });
    const inside = parts.length === 0 ? context : context.with(parts);
    for (const kernel of plan.copies) nest(inside, kernel);
    printBatch(inside, plan, gemm, cut);
    for (const kernel of plan.epilogue) nest(inside, kernel);
  });
}

/** Prints the calls of the product function for a batch, which threads share if that pays. */
function printBatch(
  context: FunctionContext,
  plan: ProductPlan,
  gemm: Func,
  cut: MakeCut,
): void {
  const { batch, m, n, k } = plan.gemm;
  const each = productSize([m, n, k]), axis = batch.findIndex((size) => size !== 1);
  const isMany = axis >= 0 &&
    (sizeValue(each) < SHARED_FROM || sizeValue(batch[axis]!) >= MANY_PRODUCTS);
  const parts = isMany ? cut(batch[axis]!, 1, 1, mulSize(productSize(batch), each)) : null;
  if (parts === null) {
    printCalls(context, plan, gemm);
    return;
  }
  printParts(context, `${plan.gemm.name}_batch`, parts, true, (inside, range) => {
    printCalls(inside, plan, gemm, { axis, ...range });
  });
}

/** Part of a batch: from where to where along an axis, and a workspace. */
interface BatchRange extends PartRange {
  readonly axis: number;
}

/** Prints the calls of the product function, for all of the batch. */
function printCalls(
  context: FunctionContext,
  plan: ProductPlan,
  gemm: Func,
  range: BatchRange | null = null,
): void {
  const { f } = context;
  const { left, right, target } = plan;
  const { m, n, k, type, batch } = plan.gemm;
  const { bytes } = dtypeInfo(native(type));
  const pointer = (buffer: number, address: Address): Local<"i32"> => {
    f.localGet(context.base(buffer));
    context.pushScaled(address.offset, bytes);
    f.i32Add();
    for (const { axis, stride } of address.terms) {
      if (axis.kind !== "loop") continue;
      context.pushCounter(axis);
      context.timesSize(stride);
      context.timesConst(bytes);
      f.i32Add();
    }
    const local = context.take("i32");
    f.localSet(local);
    return local;
  };
  const a = pointer(left.buffer, left.base), b = pointer(right.buffer, right.base);
  const c = pointer(target.buffer, target.address);
  const call = () => {
    // Columns of the result lie side by side: else the transposed product is computed.
    const turned = plan.column !== 1 && (plan.gemm.whole ?? plan.gemm).n !== 1;
    const [rows, columns, first, second] = turned ? [n, m, b, a] : [m, n, a, b];
    const { whole } = plan.gemm;
    f.localGet(first).localGet(second).localGet(c);
    f.localGet(range?.work ?? context.base(WORKSPACE));
    for (const size of [rows, columns, k]) context.pushSize(size);
    const strides = turned
      ? [right.column, right.row, left.column, left.row, plan.column]
      : [left.row, left.column, right.row, right.column, plan.row];
    for (const stride of strides) context.pushSize(stride);
    f.i32Const(plan.accumulate ? 1 : 0);
    if (whole !== undefined) {
      for (const size of turned ? [whole.n, whole.m] : [whole.m, whole.n]) context.pushSize(size);
    }
    f.call(gemm);
  };
  const loop = (axis: number) => {
    const size = batch[axis];
    if (size === undefined) {
      call();
      return;
    }
    if (size === 1) {
      loop(axis + 1);
      return;
    }
    const i = context.take("i32");
    const { from, to } = range?.axis === axis ? range : { from: 0, to: context.operand(size) };
    if (typeof from !== "number") move(axis, 1, from);
    f.forLoop(i, from, to, 1, () => {
      context.scoped(() => {
        loop(axis + 1);
        move(axis, 1);
      });
    });
    // Back to where the axis started.
    if (typeof from === "number") move(axis, mulSize(size, -1));
  };
  const move = (axis: number, times: Size, more: Local<"i32"> | null = null) => {
    const pairs = [
      [a, left.batch[axis]!],
      [b, right.batch[axis]!],
      [c, plan.batch[axis]!],
    ] as const;
    for (const [at, stride] of pairs) {
      f.localGet(at);
      context.pushScaled(mulSize(stride, times), bytes);
      if (more !== null) f.localGet(more).i32Mul();
      f.i32Add().localSet(at);
    }
  };
  loop(0);
}
