/** Random programs, to compare two backends on. */

import type { Backend, DeviceBuffer } from "../../core/backend.ts";
import { type DType, dtypeInfo, dtypes, type TypedArray } from "../../core/dtype.ts";
import { ScalarBuilder } from "../../core/kernel/builder.ts";
import type {
  BufferDecl,
  BufferRole,
  Loop,
  Nest,
  Program,
  ReduceKind,
  Reduction,
  Step,
  Store,
} from "../../core/kernel/program.ts";
import {
  type Address,
  type AxisRef,
  type ScalarType,
  scalarTypeOf,
  type SNode,
  type Term,
} from "../../core/kernel/scalar.ts";
import {
  addSize,
  baseSize,
  contiguousStrides,
  Guards,
  mulSize,
  productSize,
  type Size,
  sizeAt,
  sizeValue,
} from "../../core/kernel/size.ts";
import { Random } from "./random.ts";
import { RandomNodes } from "./random_nodes.ts";

/** An array in a program. */
interface Tensor {
  readonly id: number;
  readonly dtype: DType;
  readonly shape: readonly Size[];
}

/** A program, and what to run it on. */
export interface Case {
  readonly program: Program;
  /** Environments to run one after the other. */
  readonly envs: readonly (readonly number[])[];
  readonly seed: number;
}

const realDtypes = dtypes.filter((dtype) => !dtype.startsWith("complex"));
const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 20, 33];

/** What kinds of steps to make. */
export interface CaseOptions {
  readonly dtypes?: readonly DType[];
  readonly kinds?: readonly StepKind[];
}

/** Kinds of steps that can be made. */
export type StepKind =
  | "map"
  | "reduce"
  | "running"
  | "gather"
  | "scatter"
  | "pad"
  | "gemm"
  | "loop";

const allKinds: readonly StepKind[] = [
  "map",
  "map",
  "reduce",
  "reduce",
  "running",
  "gather",
  "scatter",
  "pad",
  "gemm",
  "loop",
];

/** Makes a random program. */
export function randomCase(seed: number, options: CaseOptions = {}): Case {
  return new CaseMaker(seed, options).make();
}

class CaseMaker {
  readonly #seed: number;
  readonly #random: Random;
  readonly #dtypes: readonly DType[];
  readonly #kinds: readonly StepKind[];
  readonly #buffers: BufferDecl[] = [];
  readonly #tensors: Tensor[] = [];
  readonly #symbols: string[] = [];
  readonly #envs: number[][] = [[], [], []];
  #inputs = 0;
  #outputs = 0;
  #loops = 0;
  /** Enclosing loops of what is made now. */
  #enclosing: number[] = [];

  constructor(seed: number, { dtypes = realDtypes, kinds = allKinds }: CaseOptions) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#dtypes = dtypes;
    this.#kinds = kinds;
  }

  make(): Case {
    const random = this.#random;
    const steps: Step[] = [];
    const count = 1 + random.below(4);
    for (let i = 0; i < count; i++) steps.push(...this.#steps(random.pick(this.#kinds)));
    const program: Program = {
      name: `case${this.#seed}`,
      buffers: this.#buffers,
      steps,
      commit: [],
      checks: [],
      symbols: this.#symbols,
      guards: new Guards(),
    };
    return { program, envs: this.#envs, seed: this.#seed };
  }

  #steps(kind: StepKind): Step[] {
    switch (kind) {
      case "map":
        return [this.#map()];
      case "reduce":
        return [this.#reduce(false)];
      case "running":
        return [this.#reduce(true)];
      case "gather":
        return [this.#gather()];
      case "scatter":
        return this.#scatter();
      case "pad":
        return [this.#pad()];
      case "gemm":
        return [this.#gemm()];
      case "loop":
        return this.#loop();
    }
  }

  #size(): Size {
    const random = this.#random;
    const value = random.chance(0.04) ? 0 : random.chance(0.05) ? 70 : random.pick(lengths);
    if (!random.chance(0.15)) return value;
    const slot = this.#symbols.length;
    this.#symbols.push(`n${slot}`);
    this.#envs.forEach((env, i) => env.push(i === 0 ? value : random.pick([0, ...lengths])));
    return random.chance(0.3)
      ? addSize(baseSize(`n${slot}`, slot, value), 2)
      : baseSize(`n${slot}`, slot, value);
  }

  #shape(rank: number): Size[] {
    const shape: Size[] = [];
    let total = 1;
    for (let i = 0; i < rank; i++) {
      const size = total > 600 ? 2 : this.#size();
      total *= sizeValue(size) || 1;
      shape.push(size);
    }
    return shape;
  }

  #buffer(dtype: DType, shape: readonly Size[], role: BufferRole): Tensor {
    const id = this.#buffers.length;
    this.#buffers.push({ id, name: `v${id}`, dtype, elements: productSize(shape), role });
    return { id, dtype, shape };
  }

  #input(dtype: DType, shape: readonly Size[]): Tensor {
    return this.#buffer(dtype, shape, { kind: "input", input: this.#inputs++ });
  }

  /** A tensor to write: an output, or a temp that an output is later made of. */
  #result(dtype: DType, shape: readonly Size[]): Tensor {
    const role: BufferRole = this.#enclosing.length > 0 || this.#random.chance(0.3)
      ? { kind: "temp" }
      : { kind: "output", output: this.#outputs++ };
    const tensor = this.#buffer(dtype, shape, role);
    if (this.#enclosing.length === 0) this.#tensors.push(tensor);
    return tensor;
  }

  /** An address that reads a tensor of the wanted sizes along the given axes, in some odd way. */
  #view(axes: readonly Size[], first: number, dtype = this.#random.pick(this.#dtypes)): {
    tensor: Tensor;
    address: Address;
  } {
    const random = this.#random;
    const known = this.#tensors.filter((tensor) =>
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
    const tensor = this.#input(dtype, shape);
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

  #leaves(b: ScalarBuilder, axes: readonly Size[]): SNode[] {
    const random = this.#random;
    const leaves: SNode[] = [];
    const count = 1 + random.below(3);
    for (let i = 0; i < count; i++) {
      const { tensor, address } = this.#view(axes, 0);
      leaves.push(b.load(tensor.id, tensor.dtype, address));
    }
    axes.forEach((_, axis) => {
      if (random.chance(0.15)) leaves.push(b.index({ kind: "axis", axis }));
    });
    for (const loop of this.#enclosing) {
      leaves.push(b.index({ kind: "loop", loop, shift: random.below(3), modulus: 0 }));
    }
    return leaves;
  }

  #contiguous(shape: readonly Size[], axes = shape.map((_, d) => d)): Address {
    const strides = contiguousStrides(shape);
    const terms = axes.map((axis, d): Term => ({
      axis: { kind: "axis", axis },
      stride: strides[d]!,
    }));
    return { offset: 0, terms: terms.filter((term) => term.stride !== 0), rest: null };
  }

  #nest(parts: Partial<Nest>): Nest {
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

  #value(b: ScalarBuilder, leaves: readonly SNode[], dtype: DType, depth: number): SNode {
    const nodes = new RandomNodes(this.#random, b, leaves);
    return nodes.make(scalarTypeOf(dtype), depth);
  }

  #map(): Nest {
    const random = this.#random, b = new ScalarBuilder();
    const axes = this.#shape(random.below(4));
    const leaves = this.#leaves(b, axes);
    const stores: Store[] = [];
    const count = 1 + random.below(2);
    for (let i = 0; i < count; i++) {
      const dtype = random.pick(this.#dtypes);
      const out = this.#result(dtype, axes);
      stores.push({
        buffer: out.id,
        address: this.#contiguous(axes),
        value: this.#value(b, leaves, random.chance(0.8) ? dtype : "float32", 1 + random.below(4)),
        guard: null,
      });
    }
    return this.#nest(random.chance(0.5) ? { axes, outer: stores } : { axes, inner: stores });
  }

  #reduce(running: boolean): Nest {
    const random = this.#random, b = new ScalarBuilder();
    const axes = this.#shape(random.below(3)), loops = this.#shape(1 + random.below(2));
    const all = [...axes, ...loops];
    const leaves = this.#leaves(b, all);
    const reductions: Reduction[] = [];
    const kinds: ReduceKind[] = ["sum", "prod", "max", "min", "any", "all", "argmax", "argmin"];
    const count = 1 + random.below(2);
    for (let i = 0; i < count; i++) {
      const kind = random.pick(running ? kinds.slice(0, 4) : kinds);
      const nodes = new RandomNodes(random, b, leaves);
      let type: ScalarType = random.pick(["i32", "u32", "i64", "u64", "f32", "f32", "f64", "bool"]);
      if (kind === "any" || kind === "all") type = "bool";
      else if (type === "bool" && kind !== "max") type = "f32";
      // A product of many numbers soon depends on how it is rounded.
      if (kind === "prod" && (type === "f32" || type === "f64")) {
        const value = b.select(nodes.make("bool", 1), b.constant(type, -1), b.constant(type, 1));
        reductions.push({ kind, type, value });
        continue;
      }
      const value = nodes.make(type, random.below(3));
      const isArg = kind === "argmax" || kind === "argmin";
      reductions.push({ kind, type: isArg ? "i32" : type, value });
    }
    const outLeaves = reductions.map(({ type }, r) => b.reduced(r, type));
    const outer: Store[] = [];
    reductions.forEach(({ type, kind }, r) => {
      if (running && kind === "sum" && random.chance(0.5)) return;
      const dtype = dtypeFor(type);
      const out = this.#result(dtype, axes);
      const value = random.chance(0.6) ? outLeaves[r]! : this.#value(b, [outLeaves[r]!], dtype, 2);
      outer.push({ buffer: out.id, address: this.#contiguous(axes), value, guard: null });
    });
    const inner: Store[] = [];
    if (running) {
      reductions.forEach(({ type }, r) => {
        const out = this.#result(dtypeFor(type), all);
        inner.push({
          buffer: out.id,
          address: this.#contiguous(all),
          value: b.running(r, type),
          guard: null,
        });
      });
    } else if (random.chance(0.2)) {
      const dtype = random.pick(this.#dtypes);
      const out = this.#result(dtype, all);
      const value = this.#value(b, leaves, dtype, 2);
      inner.push({ buffer: out.id, address: this.#contiguous(all), value, guard: null });
    }
    return this.#nest({ axes, loops, reductions, inner, outer });
  }

  #gather(): Nest {
    const random = this.#random, b = new ScalarBuilder();
    const axes = this.#shape(1 + random.below(2));
    const rows = random.pick([1, 3, 6]);
    const width = axes.length === 2 ? axes[1]! : 1;
    const { tensor, address } = this.#view(axes.slice(0, 1), 0, "int32");
    const raw = b.cast(b.load(tensor.id, tensor.dtype, address), "u32");
    const row = b.cast(b.binary("rem", raw, b.constant("u32", rows)), "i32");
    const table = this.#input(random.pick(this.#dtypes), [rows, width]);
    const at = b.scaleIx(b.ix(row), width);
    const index = axes.length === 2
      ? b.addIx(at, {
        offset: 0,
        terms: [{ axis: { kind: "axis", axis: 1 }, stride: 1 }],
        rest: null,
      })
      : at;
    const value = b.load(table.id, table.dtype, index);
    const out = this.#result(table.dtype, axes);
    return this.#nest({
      axes,
      outer: [{ buffer: out.id, address: this.#contiguous(axes), value, guard: null }],
    });
  }

  /** Fills a buffer, then adds to computed places of it. */
  #scatter(): Step[] {
    const random = this.#random;
    const rows = random.pick([1, 3, 6]), width = random.pick([1, 4, 5, 9]);
    const count = this.#size();
    const dtype = random.pick(this.#dtypes);
    const type = scalarTypeOf(dtype);
    const out = this.#result(dtype, [rows, width]);
    const b0 = new ScalarBuilder();
    const fill = this.#nest({
      axes: [rows, width],
      outer: [{
        buffer: out.id,
        address: this.#contiguous([rows, width]),
        value: this.#value(b0, this.#leaves(b0, [rows, width]), dtype, 1),
        guard: null,
      }],
    });
    const b = new ScalarBuilder();
    const { tensor, address } = this.#view([count], 1, "uint8");
    const raw = b.cast(b.load(tensor.id, tensor.dtype, address), "u32");
    const row = b.cast(b.binary("rem", raw, b.constant("u32", rows)), "i32");
    const place = b.addIx(b.scaleIx(b.ix(row), width), {
      offset: 0,
      terms: [{ axis: { kind: "axis", axis: 0 }, stride: 1 }],
      rest: null,
    });
    const added = b.cast(b.index({ kind: "axis", axis: 1 }), type);
    const old = b.load(out.id, dtype, place);
    const add = this.#nest({
      axes: [width],
      loops: [count],
      inner: [{
        buffer: out.id,
        address: place,
        value: random.chance(0.7) ? b.add(old, added) : added,
        guard: random.chance(0.3) ? b.compare("ne", row, b.constant("i32", 1)) : null,
      }],
    });
    return [fill, add];
  }

  /** Copies with a border of zeros, by a guard, or joins two arrays by guarded stores. */
  #pad(): Nest {
    const random = this.#random, b = new ScalarBuilder();
    const n = this.#size(), m = random.pick([1, 3, 8]);
    const before = random.below(3), after = random.below(3);
    const total = addSize(n, before + after);
    const along = random.below(2);
    const source = this.#input(random.pick(this.#dtypes), along === 0 ? [n, m] : [m, n]);
    const shape: Size[] = along === 0 ? [total, m] : [m, total];
    const i = b.index({ kind: "axis", axis: along });
    const inside = b.binary(
      "and",
      b.compare("ge", i, b.constant("i32", before)),
      b.compare("lt", i, b.size(addSize(n, before))),
    );
    const strides = contiguousStrides(source.shape);
    const address: Address = {
      offset: mulSize(strides[along]!, -before),
      terms: strides.map((stride, d): Term => ({ axis: { kind: "axis", axis: d }, stride }))
        .filter((term) => term.stride !== 0),
      rest: null,
    };
    const value = b.load(source.id, source.dtype, address, inside);
    const out = this.#result(source.dtype, shape);
    const store: Store = {
      buffer: out.id,
      address: this.#contiguous(shape),
      value,
      guard: null,
    };
    const stores = random.chance(0.5) ? [store] : [
      { ...store, guard: inside },
      { ...store, value: b.constant(value.type, 2), guard: b.unary("not", inside) },
    ];
    return this.#nest({ axes: shape, outer: stores });
  }

  #gemm(): Step {
    const random = this.#random, b = new ScalarBuilder();
    const batch = random.chance(0.3) ? [random.pick([1, 2, 3])] : [];
    const [m, n, k] = [this.#size(), this.#size(), this.#size()];
    const dtype: DType = random.pick([
      "float32",
      "float32",
      "float64",
      "int32",
      "int64",
      "float16",
    ]);
    const type = scalarTypeOf(dtype);
    const operand = (rows: Size, columns: Size) => {
      const flip = random.chance(0.4);
      const shape = [...batch, ...(flip ? [columns, rows] : [rows, columns])];
      const tensor = this.#input(dtype, shape);
      const strides = contiguousStrides(shape);
      const [r, c] = strides.slice(-2) as [Size, Size];
      return {
        buffer: tensor.id,
        dtype,
        base: { offset: 0, terms: [], rest: null },
        batch: strides.slice(0, -2),
        row: flip ? c : r,
        column: flip ? r : c,
      };
    };
    const shape = [...batch, m, n];
    const product = b.product(type);
    const bias = this.#view(shape, 0, dtype);
    const value = random.chance(0.5) ? product : b.binary(
      "max",
      b.add(product, b.load(bias.tensor.id, bias.tensor.dtype, bias.address)),
      b.constant(type, 0),
    );
    const out = this.#result(dtype, shape);
    const usable = bias.tensor.dtype === dtype ? value : product;
    return {
      kind: "gemm",
      name: "gemm",
      type,
      batch,
      m,
      n,
      k,
      left: operand(m, k),
      right: operand(k, n),
      stores: [{ buffer: out.id, address: this.#contiguous(shape), value: usable, guard: null }],
    };
  }

  /** A recurrence over a state of a few elements, kept for all steps or for the last ones. */
  #loop(): Step[] {
    const random = this.#random;
    const id = this.#loops++;
    const steps = random.chance(0.3) ? this.#size() : random.pick([0, 1, 3, 10, 25]);
    const width = random.pick([1, 2, 4, 7, 20]);
    const dtype: DType = random.pick(["float32", "float64", "int32", "uint8", "int64"]);
    const type = scalarTypeOf(dtype);
    const taps = 1 + random.below(2);
    const keep = random.chance(0.5) ? 0 : taps + 1;
    const slots: Size = keep === 0 ? addSize(steps, taps) : keep;
    const role: BufferRole = { kind: "output", output: this.#outputs++ };
    const state = this.#buffer(dtype, [slots, width], role);
    const at = (shift: number): AxisRef => ({ kind: "loop", loop: id, shift, modulus: keep });
    const element: Term = { axis: { kind: "axis", axis: 0 }, stride: 1 };
    const place = (shift: number): Address => ({
      offset: 0,
      terms: [{ axis: at(shift), stride: width }, element],
      rest: null,
    });
    const start: Step[] = [];
    const b0 = new ScalarBuilder();
    const all = mulSize(slots, width);
    const ramp = b0.binary("and", b0.index({ kind: "axis", axis: 0 }), b0.constant("i32", 3));
    start.push(this.#nest({
      axes: [all],
      outer: [{
        buffer: state.id,
        address: { offset: 0, terms: [element], rest: null },
        value: b0.cast(ramp, type),
        guard: null,
      }],
    }));
    this.#enclosing.push(id);
    const b = new ScalarBuilder();
    const leaves: SNode[] = [];
    for (let tap = 0; tap < taps; tap++) leaves.push(b.load(state.id, dtype, place(tap)));
    const sequence = this.#input(dtype, [steps, width]);
    leaves.push(b.load(
      sequence.id,
      dtype,
      place(0).terms[0]!.axis.kind === "loop"
        ? {
          offset: 0,
          terms: [
            { axis: { kind: "loop", loop: id, shift: 0, modulus: 0 }, stride: width },
            element,
          ],
          rest: null,
        }
        : place(0),
    ));
    leaves.push(b.index({ kind: "loop", loop: id, shift: 1, modulus: 3 }));
    // Halves and minima keep the numbers small, so that they stay exact.
    const mixed = b.binary(
      "min",
      b.add(leaves[0]!, leaves[taps]!),
      b.cast(leaves[taps + 1]!, type),
    );
    const body: Step[] = [this.#nest({
      axes: [width],
      outer: [{ buffer: state.id, address: place(taps), value: mixed, guard: null }],
    })];
    let until: number | null = null, count: number | null = null;
    if (random.chance(0.4)) {
      const flag = this.#buffer("bool", [], { kind: "temp" });
      const b2 = new ScalarBuilder();
      until = flag.id;
      const t = b2.index({ kind: "loop", loop: id, shift: 0, modulus: 0 });
      body.push(this.#nest({
        outer: [{
          buffer: flag.id,
          address: { offset: 0, terms: [], rest: null },
          value: b2.compare("eq", t, b2.constant("i32", random.pick([0, 4, 12]))),
          guard: null,
        }],
      }));
    }
    if (random.chance(0.5)) {
      count = this.#buffer("int32", [], { kind: "output", output: this.#outputs++ }).id;
    }
    this.#enclosing.pop();
    const loop: Loop = {
      kind: "loop",
      name: "loop",
      id,
      steps,
      body,
      until,
      count,
      strategy: "stepped",
      reason: "test",
    };
    return [...start, loop];
  }
}

function dtypeFor(type: ScalarType): DType {
  const found = { bool: "bool", i32: "int32", u32: "uint32", i64: "int64", u64: "uint64" } as const;
  return type === "f32" ? "float32" : type === "f64" ? "float64" : found[type];
}

/** Values of a dtype that arithmetic keeps exact, with some special ones. */
export function randomData(random: Random, dtype: DType, elements: number): TypedArray {
  const data = dtypeInfo(dtype).array(elements);
  const { kind } = dtypeInfo(dtype);
  for (let i = 0; i < data.length; i++) {
    if (kind === "bool") data[i] = random.below(2);
    else if (kind === "float" || kind === "complex") {
      data[i] = random.chance(0.02)
        ? random.pick([NaN, Infinity, -Infinity, -0])
        : random.below(13) / 2 - 3;
    } else {
      const value = random.chance(0.05)
        ? random.pick([255, -128, 1000, -1])
        : random.below(15) - (kind === "int" ? 7 : 0);
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value);
      else data[i] = value;
    }
  }
  return data;
}

/** Runs a case on a backend, for each of its environments; gives all outputs. */
export function runCase(backend: Backend, { program, envs, seed }: Case): TypedArray[][] {
  const executable = backend.prepare(program);
  const results = envs.map((values) => {
    const random = new Random(seed + 1);
    const env = Float64Array.from(values);
    const bound: Record<"input" | "output", DeviceBuffer[]> = { input: [], output: [] };
    const outputs: [DType, number, DeviceBuffer][] = [];
    for (const { dtype, elements, role } of program.buffers) {
      if (role.kind !== "input" && role.kind !== "output") continue;
      const count = Math.max(0, sizeAt(elements, env));
      const buffer = backend.allocate(dtype, count);
      if (role.kind === "input") {
        buffer.write(dtype, randomData(random, dtype, count));
        bound.input[role.input] = buffer;
      } else {
        buffer.write(dtype, dtypeInfo(dtype).array(count));
        bound.output[role.output] = buffer;
        outputs.push([dtype, count, buffer]);
      }
    }
    executable.run({ env, inputs: bound.input, shared: [], outputs: bound.output });
    const read = outputs.map(([dtype, count, buffer]) => buffer.readSync(dtype, count));
    for (const buffer of [...bound.input, ...bound.output]) buffer.dispose();
    return read;
  });
  executable.dispose();
  return results;
}

/** Says where two results differ by more than rounding; null where they don't. */
export function difference(expected: TypedArray[][], actual: TypedArray[][]): string | null {
  for (const [e, outputs] of expected.entries()) {
    for (const [o, array] of outputs.entries()) {
      const other = actual[e]![o]!;
      if (array.length !== other.length) return `env ${e} output ${o}: lengths differ`;
      for (let i = 0; i < array.length; i++) {
        const a = array[i]!, b = other[i]!;
        if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
        const isFloat = array instanceof Float32Array || array instanceof Float64Array ||
          array instanceof Float16Array;
        const tolerance = array instanceof Float64Array
          ? 1e-12
          : array instanceof Float32Array
          ? 1e-5
          : 1e-2;
        if (isFloat && Math.abs(Number(a) - Number(b)) <= tolerance * Math.abs(Number(a))) continue;
        return `env ${e} output ${o} element ${i}: expected ${a}, got ${b}`;
      }
    }
  }
  return null;
}
