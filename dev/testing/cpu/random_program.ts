/** Random programs, whose results are the same on every correct machine. */

import type { DType } from "../../../core/graph/dtype.ts";
import { ScalarBuilder } from "../../../core/ir/builder.ts";
import type {
  LoopNest,
  Program,
  ReduceKind,
  Reduction,
  Step,
  Store,
} from "../../../core/ir/program.ts";
import { type Address, type ScalarType, scalarTypeOf, type Term } from "../../../core/ir/scalar.ts";
import { addSize, contiguousStrides, Guards, mulSize, type Size } from "../../../core/ir/size.ts";
import { loopSteps, networkSteps } from "./random_loops.ts";
import { rowSteps } from "./random_rows.ts";
import { RandomNodes } from "./random_nodes.ts";
import { CaseParts } from "./random_parts.ts";

/** A program, and what to run it on. */
export interface Case {
  readonly program: Program;
  /** Environments to run one after the other. */
  readonly envs: readonly (readonly number[])[];
  readonly seed: number;
}

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
  | "loop"
  | "network"
  | "rows";

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
  "network",
  "rows",
];

/** Makes a random program. */
export function randomCase(seed: number, options: CaseOptions = {}): Case {
  return new CaseMaker(seed, options).make();
}

class CaseMaker extends CaseParts {
  readonly #seed: number;
  readonly #kinds: readonly StepKind[];

  constructor(seed: number, { dtypes, kinds = allKinds }: CaseOptions) {
    super(seed, dtypes);
    this.#seed = seed;
    this.#kinds = kinds;
  }

  make(): Case {
    const random = this.random;
    const steps: Step[] = [];
    const count = 1 + random.below(4);
    for (let i = 0; i < count; i++) steps.push(...this.#steps(random.pick(this.#kinds)));
    const program: Program = {
      name: `case${this.#seed}`,
      buffers: this.buffers,
      steps,
      commit: [],
      checks: [],
      symbols: this.symbols,
      guards: new Guards(),
    };
    return { program, envs: this.envs, seed: this.#seed };
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
        return loopSteps(this);
      case "network":
        return networkSteps(this);
      case "rows":
        return rowSteps(this);
    }
  }

  #map(): LoopNest {
    const random = this.random, b = new ScalarBuilder();
    const axes = this.shape(random.below(4));
    const leaves = this.leaves(b, axes);
    const stores: Store[] = [];
    const count = 1 + random.below(2);
    for (let i = 0; i < count; i++) {
      const dtype = random.pick(this.dtypes);
      const out = this.result(dtype, axes);
      stores.push({
        buffer: out.id,
        address: this.contiguous(axes),
        value: this.value(b, leaves, random.chance(0.8) ? dtype : "float32", 1 + random.below(4)),
        guard: null,
      });
    }
    return this.nest(random.chance(0.5) ? { axes, outer: stores } : { axes, inner: stores });
  }

  #reduce(running: boolean): LoopNest {
    const random = this.random, b = new ScalarBuilder();
    const axes = this.shape(random.below(3)), loops = this.shape(1 + random.below(2));
    const all = [...axes, ...loops];
    const leaves = this.leaves(b, all);
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
      const out = this.result(dtype, axes);
      const value = random.chance(0.6) ? outLeaves[r]! : this.value(b, [outLeaves[r]!], dtype, 2);
      outer.push({ buffer: out.id, address: this.contiguous(axes), value, guard: null });
    });
    const inner: Store[] = [];
    if (running) {
      reductions.forEach(({ type }, r) => {
        const out = this.result(dtypeFor(type), all);
        inner.push({
          buffer: out.id,
          address: this.contiguous(all),
          value: b.running(r, type),
          guard: null,
        });
      });
    } else if (random.chance(0.2)) {
      const dtype = random.pick(this.dtypes);
      const out = this.result(dtype, all);
      const value = this.value(b, leaves, dtype, 2);
      inner.push({ buffer: out.id, address: this.contiguous(all), value, guard: null });
    }
    return this.nest({ axes, loops, reductions, inner, outer });
  }

  #gather(): LoopNest {
    const random = this.random, b = new ScalarBuilder();
    const axes = this.shape(1 + random.below(2));
    const rows = random.pick([1, 3, 6]);
    const width = axes.length === 2 ? axes[1]! : 1;
    const { tensor, address } = this.view(axes.slice(0, 1), 0, "int32");
    const raw = b.cast(b.load(tensor.id, tensor.dtype, address), "u32");
    const row = b.cast(b.binary("rem", raw, b.constant("u32", rows)), "i32");
    const table = this.input(random.pick(this.dtypes), [rows, width]);
    const at = b.scaleIx(b.ix(row), width);
    const index = axes.length === 2
      ? b.addIx(at, {
        offset: 0,
        terms: [{ axis: { kind: "axis", axis: 1 }, stride: 1 }],
        rest: null,
      })
      : at;
    const value = b.load(table.id, table.dtype, index);
    const out = this.result(table.dtype, axes);
    return this.nest({
      axes,
      outer: [{ buffer: out.id, address: this.contiguous(axes), value, guard: null }],
    });
  }

  /** Fills a buffer, then adds to computed places of it. */
  #scatter(): Step[] {
    const random = this.random;
    const rows = random.pick([1, 3, 6]), width = random.pick([1, 4, 5, 9]);
    const count = this.size();
    const dtype = random.pick(this.dtypes);
    const type = scalarTypeOf(dtype);
    const b0 = new ScalarBuilder();
    const start = this.value(b0, this.leaves(b0, [rows, width]), dtype, 1);
    // Made only now, so that nothing reads it before it is filled.
    const out = this.result(dtype, [rows, width]);
    const fill = this.nest({
      axes: [rows, width],
      outer: [{
        buffer: out.id,
        address: this.contiguous([rows, width]),
        value: start,
        guard: null,
      }],
    });
    const b = new ScalarBuilder();
    const { tensor, address } = this.view([count], 1, "uint8");
    const raw = b.cast(b.load(tensor.id, tensor.dtype, address), "u32");
    const row = b.cast(b.binary("rem", raw, b.constant("u32", rows)), "i32");
    const place = b.addIx(b.scaleIx(b.ix(row), width), {
      offset: 0,
      terms: [{ axis: { kind: "axis", axis: 0 }, stride: 1 }],
      rest: null,
    });
    const added = b.cast(b.index({ kind: "axis", axis: 1 }), type);
    const old = b.load(out.id, dtype, place);
    const add = this.nest({
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
  #pad(): LoopNest {
    const random = this.random, b = new ScalarBuilder();
    const n = this.size(), m = random.pick([1, 3, 8]);
    const before = random.below(3), after = random.below(3);
    const total = addSize(n, before + after);
    const along = random.below(2);
    const source = this.input(random.pick(this.dtypes), along === 0 ? [n, m] : [m, n]);
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
    const out = this.result(source.dtype, shape);
    const store: Store = {
      buffer: out.id,
      address: this.contiguous(shape),
      value,
      guard: null,
    };
    const stores = random.chance(0.5) ? [store] : [
      { ...store, guard: inside },
      { ...store, value: b.constant(value.type, 2), guard: b.unary("not", inside) },
    ];
    return this.nest({ axes: shape, outer: stores });
  }

  #gemm(): Step {
    const random = this.random, b = new ScalarBuilder();
    const batch = random.chance(0.3) ? [random.pick([1, 2, 3])] : [];
    const [m, n, k] = [this.size(), this.size(), this.size()];
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
      const tensor = this.input(dtype, shape);
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
    const bias = this.view(shape, 0, dtype);
    const value = random.chance(0.5) ? product : b.binary(
      "max",
      b.add(product, b.load(bias.tensor.id, bias.tensor.dtype, bias.address)),
      b.constant(type, 0),
    );
    const out = this.result(dtype, shape);
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
      stores: [{ buffer: out.id, address: this.contiguous(shape), value: usable, guard: null }],
    };
  }
}

function dtypeFor(type: ScalarType): DType {
  const found = { bool: "bool", i32: "int32", u32: "uint32", i64: "int64", u64: "uint64" } as const;
  return type === "f32" ? "float32" : type === "f64" ? "float64" : found[type];
}
