/** Random programs of kernels, loops and branches for the GPU. */

import { axisIx, type Ix, ScalarBuilder, sizeIx } from "../../../core/ir/builder.ts";
import type { TypedArray } from "../../../core/graph/dtype.ts";
import type {
  LoopNest,
  LoopStrategy,
  ReduceKind,
  Reduction,
  Step,
  Store,
} from "../../../core/ir/program.ts";
import type { AxisRef, ScalarType, SNode } from "../../../core/ir/scalar.ts";
import { baseSize, type Size, sizeValue } from "../../../core/ir/size.ts";
import { input, nest, output, random, type Setup, sharedRole, temp } from "./compare.ts";

/** Elements of every buffer. */
const N = 96;
const TYPES = ["f32", "i32", "bool", "i64", "u64"] as const;
type T = typeof TYPES[number];
const DTYPES = {
  f32: "float32",
  i32: "int32",
  bool: "bool",
  i64: "int64",
  u64: "uint64",
} as const;
/** Types that are compared and reduced. */
const NUMBERS = ["f32", "i32", "i64", "u64"] as const;
/** Of 32 bits. */
const WORDS = [0, 1, -1, 31, 32, -32, 2 ** 31 - 1, -(2 ** 31)];
/** Of 64 bits. */
const EDGES = [0n, 1n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 32n - 1n, 2n ** 62n, -(2n ** 63n)];

const WIDE_OPS = [
  ...["add", "sub", "mul", "min", "max", "and", "or", "xor"] as const,
  ...["div", "rem", "shl", "shr", "mulhi"] as const,
];

/** Constant places that are no element of a buffer. */
const NOWHERE = [-1, -2, N, 2 ** 31 - 1, -(2 ** 31)];

/** Makes programs whose float results are exact, so that any order of operations gives the same. */
export class RandomSetup {
  readonly #next: () => number;
  readonly #special: boolean;
  readonly buffers: [string, T, "input" | "shared" | "temp" | "output"][] = [];
  readonly sizes: Size[];
  readonly env: number[];
  #loops: { id: number; steps: number }[] = [];
  /** Scratch memory that holds something only between a writer and the end of its loop. */
  readonly #local = new Set<number>();
  #written = new Set<number>();
  #nextLoop = 0;

  constructor(seed: number) {
    this.#next = random(seed);
    this.#special = this.pick([false, false, true]);
    this.env = [1 + this.int(5), 2 + this.int(3)];
    this.sizes = [
      ...this.env.map((value, slot) => baseSize(`n${slot}`, slot, value)),
      1,
      2,
      3,
      4,
      5,
      8,
    ];
    for (const kind of ["input", "shared", "temp", "output"] as const) {
      for (const type of TYPES) this.buffers.push([`${kind} ${type}`, type, kind]);
    }
    for (let i = 0; i < 4; i++) {
      this.#local.add(this.buffers.length);
      this.buffers.push([`local ${i}`, "f32", "temp"]);
    }
  }

  int(below: number): number {
    return Math.floor(this.#next() * below);
  }

  pick<V>(values: readonly V[]): V {
    return values[this.int(values.length)]!;
  }

  chance(p: number): boolean {
    return this.#next() < p;
  }

  /** An integer of any magnitude. */
  wide(): bigint {
    if (this.chance(0.3)) return this.pick(EDGES);
    const bits = (BigInt(this.int(2 ** 32)) << 32n) | BigInt(this.int(2 ** 32));
    return BigInt.asIntN(64, bits) >> BigInt(this.int(64));
  }

  data(type: T): TypedArray {
    const special = [NaN, Infinity, -Infinity, -0];
    switch (type) {
      case "f32":
        return Float32Array.from(
          { length: N },
          () => this.#special && this.chance(0.1) ? this.pick(special) : (this.int(65) - 32) / 4,
        );
      case "i32":
        return Int32Array.from({ length: N }, () => this.int(41) - 20);
      case "bool":
        return Uint8Array.from({ length: N }, () => this.int(2));
      case "i64":
        return BigInt64Array.from({ length: N }, () => this.wide());
      case "u64":
        return BigUint64Array.from({ length: N }, () => this.wide());
    }
  }

  setup(): Setup {
    const steps: Step[] = [];
    // Results and scratch memory begin with known values.
    this.buffers.forEach(([, type, kind], id) => {
      if (kind === "input" || kind === "shared" || this.#local.has(id)) return;
      const b = new ScalarBuilder();
      const value = b.cast(b.index({ kind: "axis", axis: 0 }), type);
      steps.push(
        nest({ axes: [N], outer: [{ buffer: id, address: axisIx(0), value, guard: null }] }),
      );
    });
    for (let i = 0; i < 3; i++) {
      steps.push(...this.#localWriter(), this.#step(0));
      this.#written.clear();
    }
    const roles = { input: 0, shared: 0, temp: 0, output: 0 };
    return {
      buffers: this.buffers.map(([name, type, kind]) => {
        const number = roles[kind]++;
        const role = kind === "input"
          ? input(number)
          : kind === "shared"
          ? sharedRole(number)
          : kind === "output"
          ? output(number)
          : temp;
        return [name, DTYPES[type], N, role] as const;
      }),
      steps,
      inputs: TYPES.map((type) => this.data(type)),
      shared: TYPES.map((type) => this.data(type)),
      env: this.env,
    };
  }

  #step(depth: number): Step {
    const kind = this.int(10);
    if (depth < 2 && kind === 0) {
      const condition = this.pick(this.#buffersOf("bool", true));
      // What decides must stay as it is.
      const frozen = new Set([condition]);
      return {
        kind: "branch",
        name: "branch",
        condition,
        then: [this.#nest(frozen)],
        otherwise: this.chance(0.5) ? [this.#nest(frozen), this.#nest(frozen)] : [],
      };
    }
    if (depth < 2 && kind < 6) {
      const id = this.#nextLoop++;
      const size = this.pick(this.sizes);
      this.#loops.push({ id, steps: sizeValue(size) });
      const before = new Set(this.#written);
      const body = Array.from(
        { length: 1 + this.int(3) },
        () => [...this.#localWriter(), this.#step(depth + 1)],
      ).flat();
      // Nothing is known behind a loop that may not have run.
      this.#written = before;
      this.#loops.pop();
      return {
        kind: "loop",
        name: `loop ${id}`,
        id,
        steps: size,
        body,
        until: this.chance(0.3) ? this.pick(this.#buffersOf("bool", true)) : null,
        count: this.chance(0.3) ? this.pick(this.#buffersOf("i32", false)) : null,
        strategy: this.pick<LoopStrategy>(["lanes", "resident", "parallel", "stepped"]),
        reason: "test",
      };
    }
    return this.#nest(new Set());
  }

  #buffersOf(type: T, readable: boolean): number[] {
    return this.buffers.flatMap(([, t, kind], id) => {
      if (this.#local.has(id)) return readable && t === type && this.#written.has(id) ? [id] : [];
      return t === type && (readable || kind !== "input") ? [id] : [];
    });
  }

  /** Now and then, a nest that fills a piece of local memory, which may be read from then on. */
  #localWriter(): Step[] {
    if (this.chance(0.5)) return [];
    const b = new ScalarBuilder();
    const id = this.pick([...this.#local].filter((local) => !this.#written.has(local)).slice(0, 1));
    if (id === undefined) return [];
    const refs: AxisRef[] = [{ kind: "axis", axis: 0 }];
    const value = this.#bounded(b, this.#value(b, "f32", 2, [N], refs, new Map()));
    this.#written.add(id);
    return [nest({ axes: [N], outer: [{ buffer: id, address: axisIx(0), value, guard: null }] })];
  }

  #nest(frozen: ReadonlySet<number>): LoopNest {
    const b = new ScalarBuilder();
    const axes = this.#box(N), inLoops = this.chance(0.5) ? this.#box(24) : [];
    const all = [...axes, ...inLoops];
    const points = axes.map((_, axis): AxisRef => ({ kind: "axis", axis }));
    const refs = all.map((_, axis): AxisRef => ({ kind: "axis", axis }));
    const own = this.#contiguous(b, axes);
    const targets = new Map<number, Ix>();
    const target = (type: T, address: Ix) => {
      const free = this.#buffersOf(type, false).filter((id) => !targets.has(id) && !frozen.has(id));
      if (free.length === 0) return null;
      const id = this.pick(free);
      targets.set(id, address);
      return id;
    };
    // Places for results first, so that values know what they must not read.
    const outerTypes = Array.from({ length: 1 + this.int(3) }, () => this.pick(TYPES));
    const outer = outerTypes.flatMap((type) => {
      const id = target(type, own);
      return id === null ? [] : [{ type, id }];
    });
    const kinds: ReduceKind[] = ["sum", "max", "min", "any", "all", "argmax", "argmin", "prod"];
    const reductions = inLoops.length === 0 ? [] : Array.from({ length: 1 + this.int(2) }, () => {
      const kind = this.pick(kinds);
      const of: T = kind === "any" || kind === "all"
        ? "bool"
        : kind === "prod"
        ? this.pick(["i32", "i64", "u64"] as const)
        : this.pick(NUMBERS);
      const type: ScalarType = kind.startsWith("arg") ? "i32" : of;
      const value = this.#value(b, of, 2, all, refs, targets);
      return { kind, type, value } satisfies Reduction;
    });
    const inner: Store[] = [];
    const r = this.int(3);
    const running = reductions[r];
    if (running !== undefined && !running.kind.startsWith("arg")) {
      const size = all.reduce<number>((p, q) => p * sizeValue(q), 1);
      if (size <= N) {
        const address = this.#contiguous(b, all);
        const id = target(running.type as T, address);
        if (id !== null) {
          inner.push({
            buffer: id,
            address,
            value: this.#bounded(b, b.running(r, running.type)),
            guard: null,
          });
        }
      }
    }
    // A value of a reduction must not read what the nest writes either.
    const clean = reductions.every(({ value }) => !this.#reads(value, targets));
    const stores: Store[] = outer.map(({ type, id }) => {
      let value = this.#value(b, type, 3, axes, points, targets);
      const reduced = reductions.findIndex((reduction) => reduction.type === type);
      if (reduced >= 0) value = this.#join(b, type, value, b.reduced(reduced, type));
      const never = this.chance(0.05) ? this.#never(b) : null;
      const guard = never ??
        (this.chance(0.2) ? this.#value(b, "bool", 1, axes, points, targets) : null);
      const address = never === null ? own : sizeIx(this.pick(NOWHERE));
      return { buffer: id, address, value: this.#bounded(b, value), guard };
    });
    return nest({
      name: "fuzz",
      axes,
      loops: inLoops,
      reductions,
      inner: clean ? inner : [],
      outer: stores,
    });
  }

  #reads(root: SNode, targets: ReadonlyMap<number, Ix>): boolean {
    if (root.op === "load" && targets.has(root.buffer)) return true;
    return root.args.some((arg) => this.#reads(arg, targets));
  }

  #box(limit: number): Size[] {
    const sizes: Size[] = [];
    let total = 1;
    for (let d = this.int(4); d > 0; d--) {
      const size = this.pick(this.sizes);
      // Other values of the same sizes must fit too, so the largest counts.
      if (total * sizeValue(size) > limit) continue;
      total *= sizeValue(size);
      sizes.push(size);
    }
    return sizes;
  }

  #contiguous(b: ScalarBuilder, sizes: readonly Size[]): Ix {
    let at: Ix = sizeIx(0);
    sizes.forEach((size, axis) => at = b.addIx(b.scaleIx(at, size), axisIx(axis)));
    return at;
  }

  /** A random affine index that stays inside of the buffers. */
  #index(b: ScalarBuilder, sizes: readonly Size[], refs: readonly AxisRef[]): Ix {
    let least = 0, most = 0;
    let at: Ix = sizeIx(0);
    const use = (ref: AxisRef, size: number) => {
      const room = Math.floor((N - 1 - (most - least)) / Math.max(1, size - 1));
      const stride = Math.min(room, this.int(6)) * (this.chance(0.3) ? -1 : 1);
      if (stride === 0) return;
      const end = stride * (size - 1);
      least += Math.min(0, end);
      most += Math.max(0, end);
      at = b.addIx(at, b.scaleIx(axisIx(ref), stride));
    };
    refs.forEach((ref, i) => use(ref, sizeValue(sizes[i]!)));
    for (const { id, steps } of this.#loops) {
      if (this.chance(0.5)) use({ kind: "loop", loop: id, shift: 0, modulus: 0 }, steps);
      if (this.chance(0.3)) {
        const modulus = 1 + this.int(3);
        use({ kind: "loop", loop: id, shift: this.int(5) - 2, modulus }, modulus);
      }
    }
    return b.addIx(at, sizeIx(-least + this.int(N - (most - least))));
  }

  #value(
    b: ScalarBuilder,
    type: T,
    depth: number,
    sizes: readonly Size[],
    refs: readonly AxisRef[],
    targets: ReadonlyMap<number, Ix>,
  ): SNode {
    const sub = (t: T) => this.#value(b, t, depth - 1, sizes, refs, targets);
    if (depth === 0 || this.chance(0.2)) {
      const kind = this.int(8);
      if (kind === 0 && (type === "i64" || type === "u64")) return b.constant(type, this.wide());
      if (kind === 0 && type === "i32" && this.chance(0.3)) {
        return b.constant(type, this.pick(WORDS));
      }
      if (kind === 0) return b.constant(type, (this.int(33) - 16) / (type === "f32" ? 4 : 1));
      if (kind === 1 && type !== "bool") return b.size(this.sizes[this.int(2)]!, type);
      if (kind === 2 && refs.length > 0) return b.cast(b.index(this.pick(refs)), type);
      if (kind === 3 && this.#loops.length > 0) {
        const { id } = this.pick(this.#loops);
        return b.cast(b.index({ kind: "loop", loop: id, shift: 1, modulus: 0 }), type);
      }
      const id = this.pick(this.#buffersOf(type, true));
      const written = targets.get(id);
      // What this nest writes is read at the own point, or not at all.
      if (written !== undefined) {
        const mine = written.terms.every((term) =>
          term.axis.kind === "axis" && term.axis.axis < refs.length
        );
        if (!mine || sizes.length !== refs.length) return b.constant(type, 1);
        return b.load(id, DTYPES[type], written);
      }
      if (this.chance(0.05)) {
        return b.load(id, DTYPES[type], sizeIx(this.pick(NOWHERE)), this.#never(b));
      }
      const guard = this.chance(0.2)
        ? b.compare(
          "lt",
          b.load(
            this.pick(this.#buffersOf("i32", true).slice(0, 1)),
            "int32",
            this.#index(b, sizes, refs),
          ),
          b.constant("i32", 5),
        )
        : undefined;
      let index = this.#index(b, sizes, refs);
      if (this.chance(0.15)) {
        const loaded = b.load(1, "int32", index);
        const inside = b.binary(
          "max",
          b.binary("min", loaded, b.constant("i32", N - 1)),
          b.constant("i32", 0),
        );
        index = b.ix(inside);
      }
      return b.load(id, DTYPES[type], index, guard);
    }
    if (this.chance(0.15)) return b.select(sub("bool"), sub(type), sub(type));
    if (this.chance(0.1)) return this.#bounded(b, b.cast(sub(this.pick(TYPES)), type));
    switch (type) {
      case "bool": {
        if (this.chance(0.4)) {
          return b.binary(this.pick(["and", "or", "xor"] as const), sub("bool"), sub("bool"));
        }
        const of = this.pick(NUMBERS);
        return b.compare(
          this.pick(["eq", "ne", "lt", "le", "gt", "ge"] as const),
          sub(of),
          sub(of),
        );
      }
      case "i32":
        return this.#bounded(
          b,
          b.binary(
            this.pick(
              [
                ...["add", "sub", "mul", "min", "max", "and", "or", "xor"] as const,
                ...["div", "rem", "shl", "shr"] as const,
              ],
            ),
            sub("i32"),
            sub("i32"),
          ),
        );
      case "i64":
      case "u64": {
        if (this.chance(0.2)) {
          return b.unary(this.pick(["neg", "abs", "not", "trunc"] as const), sub(type));
        }
        if (this.chance(0.1)) return b.madd(sub(type), sub(type), sub(type));
        // Addresses and counts among them: small numbers are held in words.
        if (this.chance(0.2)) {
          return b.binary("rem", sub(type), b.constant(type, 1 + this.int(1000)));
        }
        return b.binary(this.pick(WIDE_OPS), sub(type), sub(type));
      }
      case "f32": {
        const op = this.int(8);
        if (op === 0) return b.mul(sub("f32"), b.constant("f32", this.pick([0, 0.5, 2, -1, 3])));
        if (op === 1) {
          return b.unary(this.pick(["neg", "abs", "floor", "nearest"] as const), sub("f32"));
        }
        return b.binary(this.pick(["add", "sub", "min", "max"] as const), sub("f32"), sub("f32"));
      }
    }
  }

  /** What is always false, and is no constant. */
  #never(b: ScalarBuilder): SNode {
    return b.compare("lt", b.size(this.sizes[0]!), b.constant("i32", 0));
  }

  #join(b: ScalarBuilder, type: T, x: SNode, y: SNode): SNode {
    return type === "bool" ? b.binary("xor", x, y) : b.add(x, y);
  }

  /** Keeps values small: quarters up to 64, and integers up to 1000. */
  #bounded(b: ScalarBuilder, x: SNode): SNode {
    if (x.type === "i32") return b.binary("rem", x, b.constant("i32", 1000));
    if (x.type !== "f32") return x;
    const four = b.constant("f32", 4);
    const quarters = b.div(b.unary("nearest", b.mul(x, four)), four);
    return b.binary(
      "max",
      b.binary("min", quarters, b.constant("f32", 64)),
      b.constant("f32", -64),
    );
  }
}
