/** What random programs are made of: buffers, shapes, views and values. */

import { type DType, dtypes } from "../../../core/graph/dtype.ts";
import type { ScalarBuilder } from "../../../core/ir/builder.ts";
import type { BufferDecl, BufferRole, LoopNest } from "../../../core/ir/program.ts";
import { type Address, scalarTypeOf, type SNode, type Term } from "../../../core/ir/scalar.ts";
import {
  addSize,
  baseSize,
  contiguousStrides,
  mulSize,
  productSize,
  type Size,
  sizeValue,
} from "../../../core/ir/size.ts";
import { Random } from "../../fuzz/random.ts";
import { RandomNodes } from "./random_nodes.ts";

/** An array in a program. */
export interface Tensor {
  readonly id: number;
  readonly dtype: DType;
  readonly shape: readonly Size[];
}

const realDtypes = dtypes.filter((dtype) => !dtype.startsWith("complex"));
const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 20, 33];

/** A program under construction. */
export class CaseParts {
  readonly random: Random;
  readonly dtypes: readonly DType[];
  readonly buffers: BufferDecl[] = [];
  readonly tensors: Tensor[] = [];
  readonly symbols: string[] = [];
  readonly envs: number[][] = [[], [], []];
  inputs = 0;
  outputs = 0;
  loops = 0;
  /** Enclosing loops of what is made now. */
  enclosing: number[] = [];

  constructor(seed: number, types: readonly DType[] = realDtypes) {
    this.random = new Random(seed);
    this.dtypes = types;
  }

  /** A length, or a symbol. */
  size(): Size {
    const random = this.random;
    const value = random.chance(0.04) ? 0 : random.chance(0.05) ? 70 : random.pick(lengths);
    if (!random.chance(0.15)) return value;
    const slot = this.symbols.length;
    this.symbols.push(`n${slot}`);
    this.envs.forEach((env, i) => env.push(i === 0 ? value : random.pick([0, ...lengths])));
    return random.chance(0.3)
      ? addSize(baseSize(`n${slot}`, slot, value), 2)
      : baseSize(`n${slot}`, slot, value);
  }

  /** Lengths. */
  shape(rank: number): Size[] {
    const shape: Size[] = [];
    let total = 1;
    for (let i = 0; i < rank; i++) {
      const size = total > 600 ? 2 : this.size();
      total *= sizeValue(size) || 1;
      shape.push(size);
    }
    return shape;
  }

  /** A new buffer. */
  buffer(dtype: DType, shape: readonly Size[], role: BufferRole): Tensor {
    const id = this.buffers.length;
    this.buffers.push({ id, name: `v${id}`, dtype, elements: productSize(shape), role });
    return { id, dtype, shape };
  }

  /** A new argument. */
  input(dtype: DType, shape: readonly Size[]): Tensor {
    return this.buffer(dtype, shape, { kind: "input", input: this.inputs++ });
  }

  /** A tensor to write: an output, or a temp that an output is later made of. */
  result(dtype: DType, shape: readonly Size[]): Tensor {
    const role: BufferRole = this.enclosing.length > 0 || this.random.chance(0.3)
      ? { kind: "temp" }
      : { kind: "output", output: this.outputs++ };
    const tensor = this.buffer(dtype, shape, role);
    if (this.enclosing.length === 0) this.tensors.push(tensor);
    return tensor;
  }

  /** An address that reads a tensor of the wanted sizes along the given axes, in some odd way. */
  view(axes: readonly Size[], first: number, dtype = this.random.pick(this.dtypes)): {
    tensor: Tensor;
    address: Address;
  } {
    const random = this.random;
    const known = this.tensors.filter((tensor) =>
      tensor.shape.length === axes.length &&
      tensor.shape.every((size, d) => size === axes[d])
    );
    if (known.length > 0 && random.chance(0.5)) {
      const tensor = random.pick(known);
      const strides = contiguousStrides(tensor.shape);
      const terms = strides.map((stride, d): Term => ({
        axis: { kind: "axis", axis: first + d },
        stride,
      })).filter((term) => term.stride !== 0);
      return { tensor, address: { offset: 0, terms, rest: null } };
    }
    const order = random.chance(0.6)
      ? axes.map((_, d) => d)
      : random.shuffle(axes.map((_, d) => d));
    const shape: Size[] = [];
    const used: { axis: number; dim: number; flip: boolean; step: number }[] = [];
    for (const axis of order) {
      if (random.chance(0.2)) continue;
      const step = random.chance(0.1) ? 2 : 1;
      used.push({ axis, dim: shape.length, flip: random.chance(0.15), step });
      shape.push(mulSize(axes[axis]!, step));
    }
    const tensor = this.input(dtype, shape);
    const strides = contiguousStrides(shape);
    let offset: Size = 0;
    const terms: Term[] = [];
    for (const { axis, dim, flip, step } of used) {
      const stride = mulSize(strides[dim]!, step);
      if (flip) {
        offset = addSize(offset, mulSize(addSize(axes[axis]!, -1), stride));
        terms.push({ axis: { kind: "axis", axis: first + axis }, stride: mulSize(stride, -1) });
      } else terms.push({ axis: { kind: "axis", axis: first + axis }, stride });
    }
    return {
      tensor,
      address: { offset, terms: terms.filter((term) => term.stride !== 0), rest: null },
    };
  }

  /** Loads and indices that values are made of. */
  leaves(b: ScalarBuilder, axes: readonly Size[]): SNode[] {
    const random = this.random;
    const leaves: SNode[] = [];
    const count = 1 + random.below(3);
    for (let i = 0; i < count; i++) {
      const { tensor, address } = this.view(axes, 0);
      leaves.push(b.load(tensor.id, tensor.dtype, address));
    }
    axes.forEach((_, axis) => {
      if (random.chance(0.15)) leaves.push(b.index({ kind: "axis", axis }));
    });
    for (const loop of this.enclosing) {
      leaves.push(b.index({ kind: "loop", loop, shift: random.below(3), modulus: 0 }));
    }
    return leaves;
  }

  /** The address that runs through a whole tensor. */
  contiguous(shape: readonly Size[], axes = shape.map((_, d) => d)): Address {
    const strides = contiguousStrides(shape);
    const terms = axes.map((axis, d): Term => ({
      axis: { kind: "axis", axis },
      stride: strides[d]!,
    }));
    return { offset: 0, terms: terms.filter((term) => term.stride !== 0), rest: null };
  }

  /** A nest with nothing in what is left open. */
  nest(parts: Partial<LoopNest>): LoopNest {
    return {
      kind: "nest",
      name: "nest",
      axes: [],
      loops: [],
      reductions: [],
      inner: [],
      outer: [],
      checks: [],
      ...parts,
    };
  }

  /** A random value. */
  value(b: ScalarBuilder, leaves: readonly SNode[], dtype: DType, depth: number): SNode {
    const nodes = new RandomNodes(this.random, b, leaves);
    return nodes.make(scalarTypeOf(dtype), depth);
  }
}
