/**
 * Nests as the printers want them: nodes without float16, values already of the type that is stored,
 * no axes of size 1, and neighbouring axes that all addresses run through as one merged into one.
 *
 * @module
 */

import type { DType } from "../core/dtype.ts";
import { type Ix, ScalarBuilder, sizeIx } from "../core/kernel/builder.ts";
import type { BufferDecl, Gemm, Nest, Operand, ReduceKind, Store } from "../core/kernel/program.ts";
import {
  type Address,
  type ScalarType,
  scalarTypeOf,
  type SNode,
  type Term,
} from "../core/kernel/scalar.ts";
import { contiguousStrides, mulSize, type Size, sizeKey } from "../core/kernel/size.ts";
import { visitNodes } from "./nodes.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** How elements lie in memory. */
export type Storage = Exclude<DType, "float16" | "complex64" | "complex128">;

/** A store of a value that has the machine type of the storage. */
export interface KStore {
  readonly buffer: number;
  readonly storage: Storage;
  readonly address: Address;
  readonly value: SNode;
  readonly guard: SNode | null;
}

/** A reduction; `value` has the accumulator's type unless the kind is argmax or argmin. */
export interface KReduction {
  readonly kind: ReduceKind;
  readonly value: SNode;
  readonly type: ScalarType;
}

/** A nest ready to be printed. Axes are numbered as in `Nest`. */
export interface Kernel {
  readonly name: string;
  readonly axes: readonly Size[];
  readonly loops: readonly Size[];
  readonly reductions: readonly KReduction[];
  readonly inner: readonly KStore[];
  readonly outer: readonly KStore[];
  readonly checks: readonly { readonly failed: SNode; readonly check: number }[];
}

/** The dtype that describes the bytes of a buffer: floats instead of complex, uint16 instead of float16. */
export function storageOf(dtype: DType): Storage {
  switch (dtype) {
    case "float16":
      return "uint16";
    case "complex64":
      return "float32";
    case "complex128":
      return "float64";
    default:
      return dtype;
  }
}

/** Makes the node that stands for the product in an epilogue. */
type Product = (b: ScalarBuilder, address: (address: Address) => Ix) => SNode;

/** Rewrites the nodes of one kernel into a builder of its own. */
class Lowering {
  readonly builder = new ScalarBuilder();
  readonly #memo = new Map<SNode, SNode>();
  readonly #axis: (axis: number) => Ix;
  readonly #dtypes: (buffer: number) => DType;
  readonly #product: SNode | null;

  constructor(
    axis: (axis: number) => Ix,
    dtypes: (buffer: number) => DType,
    product: Product | null = null,
  ) {
    this.#axis = axis;
    this.#dtypes = dtypes;
    this.#product = product === null
      ? null
      : product(this.builder, (address) => this.address(address));
  }

  node(root: SNode): SNode {
    if (!this.#memo.has(root)) {
      // Arguments come first, so the stack stays flat.
      visitNodes([root], (node) => {
        if (!this.#memo.has(node)) this.#memo.set(node, this.#make(node));
      });
    }
    return this.#memo.get(root)!;
  }

  #make(node: SNode): SNode {
    const b = this.builder;
    switch (node.op) {
      case "const":
        return b.constant(node.type, node.value);
      case "index":
        return node.axis.kind === "axis"
          ? b.ixNode(this.#axis(node.axis.axis))
          : b.index(node.axis);
      case "size":
        return b.size(node.size, node.type);
      case "load": {
        const address = this.address(node.address);
        const guard = node.args[0] && this.node(node.args[0]);
        return this.load(node.buffer, node.dtype, address, guard);
      }
      case "reduced":
        return b.reduced(node.reduction, node.type);
      case "running":
        return b.running(node.reduction, node.type);
      case "product":
        return this.#product ?? b.product(node.type);
      default:
        return b.prim(node.op, node.type, ...node.args.map((arg) => this.node(arg)));
    }
  }

  load(buffer: number, dtype: DType, address: Address, guard?: SNode): SNode {
    const value = this.builder.load(buffer, storageOf(dtype), address, guard);
    return dtype === "float16" ? halfToFloat(this.builder, value) : value;
  }

  address(address: Address): Ix {
    const b = this.builder;
    let sum: Ix = sizeIx(address.offset);
    for (const { axis, stride } of address.terms) {
      sum = b.addIx(
        sum,
        axis.kind === "axis"
          ? b.scaleIx(this.#axis(axis.axis), stride)
          : { offset: 0, terms: [{ axis, stride }], rest: null },
      );
    }
    return address.rest === null ? sum : b.addIx(sum, b.ix(this.node(address.rest)));
  }

  store({ buffer, address, value, guard }: Store): KStore {
    const dtype = this.#dtypes(buffer);
    let stored = this.builder.cast(this.node(value), scalarTypeOf(dtype));
    if (dtype === "float16") stored = floatToHalf(this.builder, stored);
    return {
      buffer,
      storage: storageOf(dtype),
      address: this.address(address),
      value: stored,
      guard: guard === null ? null : this.node(guard),
    };
  }
}

/** Makes a kernel of a nest. */
export function lowerNest(nest: Nest, buffers: ReadonlyMap<number, BufferDecl>): Kernel {
  const order = axisOrder(nest);
  const map = new Map<number, number>();
  const axes: Size[] = [], loops: Size[] = [];
  for (const axis of order) {
    map.set(axis, axes.length);
    axes.push(nest.axes[axis]!);
  }
  nest.loops.forEach((size, i) => {
    if (size === 1) return;
    map.set(nest.axes.length + i, axes.length + loops.length);
    loops.push(size);
  });
  const lowering = new Lowering(
    (axis) => axisTerm(map.get(axis)),
    (buffer) => buffers.get(buffer)!.dtype,
  );
  return mergeAxes({
    name: nest.name,
    axes,
    loops,
    reductions: nest.reductions.map(({ kind, type, value }) => {
      const lowered = lowering.node(value);
      const isArg = kind === "argmax" || kind === "argmin";
      return { kind, type, value: isArg ? lowered : lowering.builder.cast(lowered, type) };
    }),
    inner: nest.inner.map((store) => lowering.store(store)),
    outer: nest.outer.map((store) => lowering.store(store)),
    checks: nest.checks.map(({ failed, check }) => ({ failed: lowering.node(failed), check })),
  });
}

/** The numbers of the axes of a product that are not of size 1, and their sizes. */
function gemmAxes(gemm: Gemm): { map: Map<number, number>; axes: Size[] } {
  const map = new Map<number, number>();
  const axes: Size[] = [];
  [...gemm.batch, gemm.m, gemm.n].forEach((size, i) => {
    if (size === 1) return;
    map.set(i, axes.length);
    axes.push(size);
  });
  return { map, axes };
}

/** Makes a kernel of a product: the sum over its last axis of the products of the operands. */
export function lowerGemm(gemm: Gemm, buffers: ReadonlyMap<number, BufferDecl>): Kernel {
  const { map, axes } = gemmAxes(gemm);
  const batch = gemm.batch.length;
  const hasLoop = gemm.k !== 1;
  if (hasLoop) map.set(batch + 2, axes.length);
  const lowering = new Lowering(
    (axis) => axisTerm(map.get(axis)),
    (buffer) => buffers.get(buffer)!.dtype,
    (b) => b.reduced(0, gemm.type),
  );
  const operand = (one: Operand, at: number[]) =>
    lowering.builder.cast(
      lowering.load(one.buffer, one.dtype, elementOf(one, at, lowering)),
      gemm.type,
    );
  const left = operand(gemm.left, [batch, batch + 2]);
  const right = operand(gemm.right, [batch + 2, batch + 1]);
  return mergeAxes({
    name: gemm.name,
    axes,
    loops: hasLoop ? [gemm.k] : [],
    reductions: [{ kind: "sum", type: gemm.type, value: lowering.builder.mul(left, right) }],
    inner: [],
    outer: gemm.stores.map((store) => lowering.store(store)),
    checks: [],
  });
}

/** The address of an element of an operand, with the axes that its rows and columns run along. */
function elementOf(operand: Operand, at: readonly number[], lowering: Lowering): Address {
  const { base, batch, row, column } = operand;
  const term = (axis: number, stride: Size): Term => ({ axis: { kind: "axis", axis }, stride });
  const terms = [
    ...batch.map((stride, i) => term(i, stride)),
    term(at[0]!, row),
    term(at[1]!, column),
  ];
  return lowering.address({ ...base, terms: [...base.terms, ...terms] });
}

/** Makes a kernel of the stores of a product, which lies in a buffer already or is left as a node. */
export function lowerEpilogue(
  gemm: Gemm,
  buffers: ReadonlyMap<number, BufferDecl>,
  product: { readonly buffer: number; readonly dtype: DType; readonly address: Address } | null,
): Kernel {
  const { map, axes } = gemmAxes(gemm);
  const lowering = new Lowering(
    (axis) => axisTerm(map.get(axis)),
    (buffer) => buffers.get(buffer)!.dtype,
    product === null
      ? null
      : (b, address) => b.load(product.buffer, storageOf(product.dtype), address(product.address)),
  );
  return mergeAxes({
    name: gemm.name,
    axes,
    loops: [],
    reductions: [],
    inner: [],
    outer: gemm.stores.map((store) => lowering.store(store)),
    checks: [],
  });
}

/** Makes a kernel that copies an operand, converted to a dtype, to a buffer as contiguous rows. */
export function lowerCopy(
  gemm: Gemm,
  operand: Operand,
  rows: Size,
  columns: Size,
  to: { readonly buffer: number; readonly dtype: DType },
): Kernel {
  const sizes = [...gemm.batch, rows, columns];
  const map = new Map<number, number>();
  const axes: Size[] = [];
  sizes.forEach((size, i) => {
    if (size === 1) return;
    map.set(i, axes.length);
    axes.push(size);
  });
  const lowering = new Lowering((axis) => axisTerm(map.get(axis)), () => to.dtype);
  const batch = gemm.batch.length;
  const from = elementOf(operand, [batch, batch + 1], lowering);
  const value = lowering.load(operand.buffer, operand.dtype, from);
  const strides = contiguousStrides(sizes);
  return mergeAxes({
    name: gemm.name,
    axes,
    loops: [],
    reductions: [],
    inner: [],
    outer: [{
      buffer: to.buffer,
      storage: storageOf(to.dtype),
      address: lowering.address({
        offset: 0,
        terms: strides.map((stride, axis) => ({ axis: { kind: "axis", axis }, stride })),
        rest: null,
      }),
      value: lowering.builder.cast(value, scalarTypeOf(to.dtype)),
      guard: null,
    }],
    checks: [],
  });
}

function axisTerm(axis: number | undefined): Ix {
  if (axis === undefined) return sizeIx(0);
  return { offset: 0, terms: [{ axis: { kind: "axis", axis }, stride: 1 }], rest: null };
}

/**
 * The axes that are not of size 1, such that those along which the stores run fastest come last.
 * The axes of a nest are independent of each other, so any order will do.
 */
function axisOrder(nest: Nest): number[] {
  const axes = nest.axes.map((_, axis) => axis).filter((axis) => nest.axes[axis] !== 1);
  const store = nest.outer[0] ?? nest.inner[0];
  if (store === undefined || store.address.rest !== null) return axes;
  const strides = new Map<number, number>();
  for (const { axis, stride } of store.address.terms) {
    if (axis.kind !== "axis") continue;
    if (typeof stride !== "number") return axes;
    strides.set(axis.axis, Math.abs(stride));
  }
  if (!axes.every((axis) => strides.has(axis))) return axes;
  return axes.sort((a, b) => strides.get(b)! - strides.get(a)! || a - b);
}

/** Merges neighbouring axes, and neighbouring loops, that every address runs through as one. */
function mergeAxes(kernel: Kernel): Kernel {
  let current = kernel;
  for (let axis = kernel.axes.length + kernel.loops.length - 2; axis >= 0; axis--) {
    const { axes, loops } = current;
    if (axis === axes.length - 1 || axis + 1 >= axes.length + loops.length) continue;
    const sizes = [...axes, ...loops];
    if (!canMerge(current, axis, sizes[axis + 1]!)) continue;
    const merged = mulSize(sizes[axis]!, sizes[axis + 1]!);
    const inAxes = axis < axes.length;
    sizes.splice(axis, 2, merged);
    const count = axes.length - (inAxes ? 1 : 0);
    // The merged axis takes the place of the inner one, whose stride it has.
    const lowering = new Lowering(
      (old) => old === axis ? sizeIx(0) : axisTerm(old > axis ? old - 1 : old),
      () => "float32",
    );
    const store = (one: KStore): KStore => ({
      ...one,
      address: lowering.address(one.address),
      value: lowering.node(one.value),
      guard: one.guard === null ? null : lowering.node(one.guard),
    });
    current = {
      name: current.name,
      axes: sizes.slice(0, count),
      loops: sizes.slice(count),
      reductions: current.reductions.map((r) => ({ ...r, value: lowering.node(r.value) })),
      inner: current.inner.map(store),
      outer: current.outer.map(store),
      checks: current.checks.map((c) => ({ ...c, failed: lowering.node(c.failed) })),
    };
  }
  return current;
}

/** Nodes with other numbers for their axes; axes that are not in the map must not occur. */
export function renumber(nodes: readonly SNode[], axes: ReadonlyMap<number, number>): SNode[] {
  const lowering = new Lowering((axis) => axisTerm(axes.get(axis)), () => "float32");
  return nodes.map((node) => lowering.node(node));
}

/** Whether all addresses run through `axis` and the next one as through one axis. */
function canMerge(kernel: Kernel, axis: number, inner: Size): boolean {
  const addressOk = (address: Address): boolean => {
    const stride = (wanted: number): Size =>
      address.terms.find(({ axis }) => axis.kind === "axis" && axis.axis === wanted)?.stride ?? 0;
    return sizeKey(stride(axis)) === sizeKey(mulSize(stride(axis + 1), inner));
  };
  const stores = [...kernel.inner, ...kernel.outer];
  if (!stores.every(({ address }) => addressOk(address))) return false;
  const roots = [
    ...kernel.reductions.map(({ value }) => value),
    ...kernel.checks.map(({ failed }) => failed),
    ...stores.flatMap(({ value, guard, address }) => [value, guard, address.rest]),
  ].filter((node) => node !== null);
  let ok = true;
  visitNodes(roots, (node) => {
    if (node.op === "load" && !addressOk(node.address)) ok = false;
    if (node.op !== "index" || node.axis.kind !== "axis") return;
    if (node.axis.axis === axis || node.axis.axis === axis + 1) ok = false;
  });
  return ok;
}
