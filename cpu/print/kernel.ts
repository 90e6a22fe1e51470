/**
 * Nests as the printers want them: nodes without float16, values already of the type that is stored,
 * no axes of size 1, and neighbouring axes that all addresses run through as one merged into one.
 *
 * @module
 */

import type { DType } from "../../core/graph/dtype.ts";
import { type Ix, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import { epilogueOf, gemmAsNest, operandAddress } from "../../core/ir/gemm.ts";
import type {
  Gemm,
  LoopNest,
  LoopNestCheck,
  Operand,
  ReduceKind,
  Store,
} from "../../core/ir/program.ts";
import {
  type Address,
  type ProductNode,
  type ScalarType,
  scalarTypeOf,
  type SNode,
  type Term,
} from "../../core/ir/scalar.ts";
import { contiguousStrides, type Size } from "../../core/ir/size.ts";
import { arrangeAxes } from "./axes.ts";
import { Rewriter } from "../../core/ir/rewriter.ts";

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

/** A nest ready to be printed. Axes are numbered as in `LoopNest`. */
export interface LoweredNest {
  readonly name: string;
  readonly axes: readonly Size[];
  readonly loops: readonly Size[];
  readonly reductions: readonly KReduction[];
  readonly inner: readonly KStore[];
  readonly outer: readonly KStore[];
  readonly checks: readonly LoopNestCheck[];
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

/** Rewrites the nodes of one kernel as the printers want them. */
class Lowering extends Rewriter {
  readonly #dtypes: (buffer: number) => DType;
  readonly #product: SNode | null;

  constructor(
    axis: (axis: number) => Ix,
    dtypes: (buffer: number) => DType,
    functions: boolean,
    product: Product | null = null,
  ) {
    super(axis, functions);
    this.#dtypes = dtypes;
    this.#product = product === null
      ? null
      : product(this.builder, (address) => this.address(address));
  }

  protected override product(node: ProductNode): SNode {
    return this.#product ?? super.product(node);
  }

  protected override load(buffer: number, dtype: DType, address: Address, guard?: SNode): SNode {
    const value = this.builder.load(buffer, storageOf(dtype), address, guard);
    return dtype === "float16" ? halfToFloat(this.builder, value) : value;
  }

  store({ buffer, address, value, guard }: Store): KStore {
    const dtype = this.#dtypes(buffer);
    let stored = this.builder.cast(this.node(value), scalarTypeOf(dtype));
    if (dtype === "float16") stored = floatToHalf(this.builder, stored);
    return {
      buffer,
      storage: storageOf(dtype),
      address: this.address(address, buffer),
      value: stored,
      guard: guard === null ? null : this.node(guard),
    };
  }
}

/**
 * Makes a kernel of a nest. `functions` says whether it calls functions, and `product` makes the node that
 * stands for the product of an epilogue.
 */
export function lowerNest(
  nest: LoopNest,
  dtypeOf: (buffer: number) => DType,
  functions = false,
  product: Product | null = null,
): LoweredNest {
  const { axes, loops, map } = arrangeAxes(nest);
  const lowering = new Lowering((axis) => axisTerm(map.get(axis)), dtypeOf, functions, product);
  return {
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
    checks: nest.checks.map((check) => ({ ...check, failed: lowering.node(check.failed) })),
  };
}

/** Makes a kernel of a product: the sum over its last axis of the products of the operands. */
export function lowerGemm(gemm: Gemm, dtypeOf: (buffer: number) => DType): LoweredNest {
  return lowerNest(gemmAsNest(gemm), dtypeOf, false, (b) => b.reduced(0, gemm.type));
}

/** Makes a kernel of the stores of a product, which lies in a buffer already or is left as a node. */
export function lowerEpilogue(
  gemm: Gemm,
  dtypeOf: (buffer: number) => DType,
  product: { readonly buffer: number; readonly dtype: DType; readonly address: Address } | null,
): LoweredNest {
  return lowerNest(
    epilogueOf(gemm),
    dtypeOf,
    false,
    product === null
      ? null
      : (b, address) => b.load(product.buffer, storageOf(product.dtype), address(product.address)),
  );
}

/** Makes a kernel that copies an operand, converted to a dtype, to a buffer as contiguous rows. */
export function lowerCopy(
  gemm: Gemm,
  operand: Operand,
  rows: Size,
  columns: Size,
  to: { readonly buffer: number; readonly dtype: DType },
): LoweredNest {
  const b = new ScalarBuilder();
  const axes = [...gemm.batch, rows, columns];
  const batch = gemm.batch.length;
  const terms = contiguousStrides(axes).map((stride, axis): Term => ({
    axis: { kind: "axis", axis },
    stride,
  }));
  return lowerNest({
    ...epilogueOf(gemm),
    axes,
    outer: [{
      buffer: to.buffer,
      address: { offset: 0, terms: terms.filter(({ stride }) => stride !== 0), rest: null },
      value: b.load(operand.buffer, operand.dtype, operandAddress(operand, batch, batch + 1)),
      guard: null,
    }],
  }, () => to.dtype);
}

function axisTerm(axis: number | undefined): Ix {
  if (axis === undefined) return sizeIx(0);
  return { offset: 0, terms: [{ axis: { kind: "axis", axis }, stride: 1 }], rest: null };
}

/** Nodes with other numbers for their axes; axes that are not in the map must not occur. */
export function renumber(nodes: readonly SNode[], axes: ReadonlyMap<number, number>): SNode[] {
  const lowering = new Lowering((axis) => axisTerm(axes.get(axis)), () => "float32", false);
  return nodes.map((node) => lowering.node(node));
}

/** The f32 value of the bits of a float16, given as u32. Exact. */
function halfToFloat(b: ScalarBuilder, bits: SNode): SNode {
  const u = (value: number) => b.constant("u32", value);
  const magnitude = b.binary("and", bits, u(0x7fff));
  const shifted = b.binary("shl", magnitude, u(13));
  // The exponent's bias differs by 112; the product also makes subnormals right.
  const scaled = b.mul(b.bitcast(shifted, "f32"), b.constant("f32", 2 ** 112));
  const special = b.bitcast(b.binary("or", shifted, u(0x7f800000)), "f32");
  const isSpecial = b.compare("ge", magnitude, u(0x7c00));
  const value = b.bitcast(b.select(isSpecial, special, scaled), "u32");
  const sign = b.binary("shl", b.binary("and", bits, u(0x8000)), u(16));
  return b.bitcast(b.binary("or", value, sign), "f32");
}

/**
 * The bits, as u32, of an f32 rounded to float16, ties to even.
 *
 * The method is Fabian Giesen's `float_to_half_fast3_rtne`.
 */
function floatToHalf(b: ScalarBuilder, value: SNode): SNode {
  const u = (x: number) => b.constant("u32", x);
  const all = b.bitcast(value, "u32");
  const sign = b.binary("and", all, u(0x80000000));
  const bits = b.binary("xor", all, sign);
  const magic = 126 << 23;
  const sum = b.add(b.bitcast(bits, "f32"), b.constant("f32", 0.5));
  const small = b.sub(b.bitcast(sum, "u32"), u(magic));
  const odd = b.binary("and", b.binary("shr", bits, u(13)), u(1));
  const rounded = b.add(b.add(bits, u((((15 - 127) << 23) + 0xfff) >>> 0)), odd);
  const normal = b.binary("shr", rounded, u(13));
  const isNan = b.compare("gt", bits, u(0x7f800000));
  const large = b.select(isNan, u(0x7e00), u(0x7c00));
  const finite = b.select(b.compare("lt", bits, u(113 << 23)), small, normal);
  const half = b.select(b.compare("ge", bits, u((127 + 16) << 23)), large, finite);
  return b.binary("or", half, b.binary("shr", sign, u(16)));
}
