/**
 * Builds scalar nodes: hash-consed, with constants folded and the identities that are exact applied.
 *
 * @module
 */

import type { DType } from "../graph/dtype.ts";
import {
  type Address,
  type AxisRef,
  type BinaryPrim,
  type ComparePrim,
  type Prim,
  type ScalarType,
  scalarTypeOf,
  type SNode,
  type Term,
  type UnaryPrim,
} from "./scalar.ts";
import { foldPrim } from "./fold.ts";
import type { ScalarFunction } from "./functions.ts";
import { addSize, mulSize, type Size, sizeKey } from "./size.ts";

/** Text of an axis, equal for equal axes. */
export function axisKey(axis: AxisRef): string {
  return axis.kind === "axis" ? `a${axis.axis}` : `l${axis.loop}+${axis.shift}%${axis.modulus}`;
}

/** Text of an address, equal for equal addresses. */
export function addressKey(address: Address): string {
  const terms = address.terms.map((t) => `${axisKey(t.axis)}*${sizeKey(t.stride)}`).join("+");
  return `${sizeKey(address.offset)}|${terms}|${address.rest?.id ?? ""}`;
}

/** An integer index while an expression is built: affine in the axes plus one computed part. */
export type Ix = Address;

/** The index 0. */
export const zeroIx: Ix = { offset: 0, terms: [], rest: null };

/** A constant or per-call index. */
export function sizeIx(size: Size): Ix {
  return { offset: size, terms: [], rest: null };
}

/** The index that runs with an axis. */
export function axisIx(axis: AxisRef | number): Ix {
  const ref: AxisRef = typeof axis === "number" ? { kind: "axis", axis } : axis;
  return { offset: 0, terms: [{ axis: ref, stride: 1 }], rest: null };
}

/** Ids below this make exact pairs in one number. */
const MOST_IDS = 2 ** 26;

/** Makes nodes. One builder serves one kernel, so that equal nodes are the same object. */
export class ScalarBuilder {
  /**
   * Whether the machine computes NaN and infinity as IEEE 754 says, as WebAssembly does. Otherwise
   * (WGSL) functions are built so that NaN goes round the arithmetic, chosen by its bits.
   */
  readonly ieee: boolean;
  /** Whether functions are nodes; otherwise their primitives are built at once. */
  readonly functions: boolean;
  readonly #nodes = new Map<string, SNode>();
  /** Primitives of one and two arguments, by the ids of these. */
  readonly #prims = new Map<Prim, Map<ScalarType, Map<number, SNode>>>();
  #next: number;

  /**
   * Makes a builder without nodes; `ieee` and `functions` are false by default. `firstId` keeps the nodes
   * apart from those of another builder that are used beside them.
   */
  constructor(
    options: {
      readonly ieee?: boolean;
      readonly functions?: boolean;
      readonly firstId?: number;
    } = {},
  ) {
    this.ieee = options.ieee ?? false;
    this.functions = options.functions ?? false;
    this.#next = options.firstId ?? 0;
  }

  #intern(key: string, make: (id: number) => SNode): SNode {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = make(this.#next++);
      this.#nodes.set(key, node);
    }
    return node;
  }

  /** A literal; for f32 the value is rounded, for integers wrapped, for bool made 0 or 1. */
  constant(type: ScalarType, value: number | bigint | boolean): SNode {
    const exact = literal(type, value);
    const text = typeof exact === "number" && Object.is(exact, -0) ? "-0" : String(exact);
    return this.#intern(`c:${type}:${text}`, (id) => ({
      id,
      op: "const",
      type,
      args: [],
      value: exact,
    }));
  }

  /** The value of an axis, i32. */
  index(axis: AxisRef): SNode {
    return this.#intern(
      `i:${axisKey(axis)}`,
      (id) => ({ id, op: "index", type: "i32", args: [], axis }),
    );
  }

  /** A size as a number of the given type. */
  size(size: Size, type: ScalarType = "i32"): SNode {
    if (typeof size === "number") return this.constant(type, size);
    return this.#intern(
      `s:${type}:${sizeKey(size)}`,
      (id) => ({ id, op: "size", type, args: [], size }),
    );
  }

  /** One element of a buffer that stores `dtype`. */
  load(buffer: number, dtype: DType, address: Address, guard?: SNode): SNode {
    const type = scalarTypeOf(dtype);
    if (guard?.op === "const") {
      if (guard.value === 0) return this.constant(type, 0);
      guard = undefined;
    }
    return this.#intern(
      `l:${buffer}:${dtype}:${addressKey(address)}:${guard?.id ?? ""}`,
      (id) => ({
        id,
        op: "load",
        type,
        args: guard === undefined ? [] : [guard],
        buffer,
        dtype,
        address,
      }),
    );
  }

  /** The final value of a reduction. */
  reduced(reduction: number, type: ScalarType): SNode {
    return this.#intern(
      `r:${reduction}:${type}`,
      (id) => ({ id, op: "reduced", type, args: [], reduction }),
    );
  }

  /** The running value of a reduction. */
  running(reduction: number, type: ScalarType): SNode {
    return this.#intern(
      `q:${reduction}:${type}`,
      (id) => ({ id, op: "running", type, args: [], reduction }),
    );
  }

  /** The product of a gemm kernel. */
  product(type: ScalarType): SNode {
    return this.#intern(`p:${type}`, (id) => ({ id, op: "product", type, args: [] }));
  }

  /** A function of arguments. */
  call(func: ScalarFunction, args: readonly SNode[]): SNode {
    if (!this.functions || args.every((arg) => arg.op === "const")) return func.build(this, args);
    const { name, type } = func;
    return this.#intern(
      `f:${name}:${args.map((arg) => arg.id).join(",")}`,
      (id) => ({ id, op: "call", type, args, func }),
    );
  }

  /** A primitive; constants are folded and exact identities applied. */
  prim(op: Prim, type: ScalarType, ...args: SNode[]): SNode {
    const simple = this.#simplify(op, type, args);
    if (simple !== null) return simple;
    const [a, b] = args;
    if (args.length > 2 || b !== undefined && b.id + 1 >= MOST_IDS) {
      const key = `${op}:${type}:${args.map((arg) => arg.id).join(",")}`;
      return this.#intern(key, (id) => ({ id, op, type, args }));
    }
    // Most nodes by far: found by a number, which is made faster than a text.
    let byType = this.#prims.get(op);
    if (byType === undefined) this.#prims.set(op, byType = new Map());
    let table = byType.get(type);
    if (table === undefined) byType.set(type, table = new Map());
    const key = a!.id * MOST_IDS + (b === undefined ? 0 : b.id + 1);
    let node = table.get(key);
    if (node === undefined) table.set(key, node = { id: this.#next++, op, type, args });
    return node;
  }

  #simplify(op: Prim, type: ScalarType, args: readonly SNode[]): SNode | null {
    if (args.every((arg) => arg.op === "const")) {
      const values = args.map((arg) => arg.op === "const" ? arg.value : 0);
      return this.constant(type, foldPrim(op, type, args[0]!.type, values));
    }
    const [a, b, c] = args;
    if (op === "select") {
      if (a!.op === "const") return a!.value !== 0 ? b! : c!;
      if (b === c) return b!;
    }
    if (op === "cast" && a!.type === type) return a!;
    if (op === "abs") {
      // So that even functions of x and of -x share what they compute.
      const size = this.#opposite(a!);
      if (size !== null) return this.unary("abs", size);
    }
    const isInt = type !== "f32" && type !== "f64";
    if (b?.op === "const" && isInt) {
      const n = Number(b.value);
      if (n === 0 && ["add", "sub", "or", "xor", "shl", "shr"].includes(op)) {
        if (type !== "bool") return a!;
      }
      if (n === 1 && (op === "mul" || op === "div") && type !== "bool") return a!;
      if (n === 0 && op === "mul") return b;
    }
    if (type === "bool" && (op === "and" || op === "or")) {
      for (const [x, y] of [[a!, b!], [b!, a!]] as const) {
        if (x.op === "const") return (x.value !== 0) === (op === "and") ? y : x;
      }
      if (a === b) return a!;
    }
    return null;
  }

  /** x for what is computed as -x, also as a negative number times something; null for anything else. */
  #opposite({ op, type, args: [a, b] }: SNode): SNode | null {
    if (type !== "f32" && type !== "f64") return null;
    if (op === "neg") return a!;
    if (op !== "mul") return null;
    const [factor, other] = a!.op === "const" ? [a!, b!] : [b!, a!];
    if (factor.op !== "const" || !(factor.value < 0)) return null;
    const size = this.constant(type, -factor.value);
    return a === factor ? this.mul(size, other) : this.mul(other, size);
  }

  // Short forms. The type is that of the first argument.

  /** One argument, same type. */
  unary(op: UnaryPrim, a: SNode): SNode {
    return this.prim(op, a.type, a);
  }
  /** Two arguments of one type. */
  binary(op: BinaryPrim, a: SNode, b: SNode): SNode {
    return this.prim(op, a.type, a, b);
  }
  /** A comparison. */
  compare(op: ComparePrim, a: SNode, b: SNode): SNode {
    return this.prim(op, "bool", a, b);
  }
  /** a + b */
  add(a: SNode, b: SNode): SNode {
    return this.binary("add", a, b);
  }
  /** a - b */
  sub(a: SNode, b: SNode): SNode {
    return this.binary("sub", a, b);
  }
  /** a * b */
  mul(a: SNode, b: SNode): SNode {
    return this.binary("mul", a, b);
  }
  /** a / b; see the rules for integers in scalar.ts. */
  div(a: SNode, b: SNode): SNode {
    return this.binary("div", a, b);
  }
  /** a*b + c */
  madd(a: SNode, b: SNode, c: SNode): SNode {
    return this.prim("madd", a.type, a, b, c);
  }
  /** condition ? a : b */
  select(condition: SNode, a: SNode, b: SNode): SNode {
    return this.prim("select", a.type, condition, a, b);
  }
  /** Conversion of the value. */
  cast(a: SNode, type: ScalarType): SNode {
    return this.prim("cast", type, a);
  }
  /** Conversion of the bits, between types of one width. */
  bitcast(a: SNode, type: ScalarType): SNode {
    return a.type === type ? a : this.prim("bitcast", type, a);
  }
  /** Whether a float is NaN, by its bits (compilers may fold `x != x`). */
  isNan(a: SNode): SNode {
    if (a.type === "f32") {
      const bits = this.binary("and", this.bitcast(a, "u32"), this.constant("u32", 0x7fffffff));
      return this.compare("gt", bits, this.constant("u32", 0x7f800000));
    }
    const mask = this.constant("u64", 0x7fffffffffffffffn);
    const bits = this.binary("and", this.bitcast(a, "u64"), mask);
    return this.compare("gt", bits, this.constant("u64", 0x7ff0000000000000n));
  }
  /** Whether a float is +Inf or -Inf, by its bits. */
  isInf(a: SNode): SNode {
    if (a.type === "f32") {
      const bits = this.binary("and", this.bitcast(a, "u32"), this.constant("u32", 0x7fffffff));
      return this.compare("eq", bits, this.constant("u32", 0x7f800000));
    }
    const mask = this.constant("u64", 0x7fffffffffffffffn);
    const bits = this.binary("and", this.bitcast(a, "u64"), mask);
    return this.compare("eq", bits, this.constant("u64", 0x7ff0000000000000n));
  }

  // Indices.

  /** A computed i32 as an index. Constants and axes become affine again. */
  ix(node: SNode): Ix {
    if (node.op === "const") return sizeIx(Number(node.value));
    if (node.op === "size") return sizeIx(node.size);
    if (node.op === "index") return axisIx(node.axis);
    return { offset: 0, terms: [], rest: node };
  }

  /** a + b */
  addIx(a: Ix, b: Ix): Ix {
    const terms = new Map<string, Term>();
    for (const term of [...a.terms, ...b.terms]) {
      const key = axisKey(term.axis);
      const have = terms.get(key);
      terms.set(
        key,
        have ? { axis: term.axis, stride: addSize(have.stride, term.stride) } : term,
      );
    }
    return {
      offset: addSize(a.offset, b.offset),
      terms: [...terms].sort(([p], [q]) => p < q ? -1 : 1).map(([, term]) => term)
        .filter((term) => term.stride !== 0),
      rest: a.rest === null ? b.rest : b.rest === null ? a.rest : this.add(a.rest, b.rest),
    };
  }

  /** a * k */
  scaleIx(a: Ix, k: Size): Ix {
    if (k === 0) return zeroIx;
    if (k === 1) return a;
    return {
      offset: mulSize(a.offset, k),
      terms: a.terms.map((t) => ({ axis: t.axis, stride: mulSize(t.stride, k) })),
      rest: a.rest === null ? null : this.mul(a.rest, this.size(k)),
    };
  }

  /** The index as an i32 node. */
  ixNode(a: Ix): SNode {
    let sum: SNode | null = a.rest;
    const plus = (node: SNode) => sum = sum === null ? node : this.add(sum, node);
    for (const term of a.terms) {
      const axis = this.index(term.axis);
      plus(term.stride === 1 ? axis : this.mul(axis, this.size(term.stride)));
    }
    if (a.offset !== 0 || sum === null) plus(this.size(a.offset));
    return sum!;
  }
}

/** Brings an integer that is held in 32 bits back to the range of its dtype. */
export function wrapSmall(b: ScalarBuilder, node: SNode, dtype: DType): SNode {
  switch (dtype) {
    case "int8":
    case "int16": {
      const bits = b.constant("i32", dtype === "int8" ? 24 : 16);
      return b.binary("shr", b.binary("shl", node, bits), bits);
    }
    case "uint8":
      return b.binary("and", node, b.constant("u32", 0xff));
    case "uint16":
      return b.binary("and", node, b.constant("u32", 0xffff));
    default:
      return node;
  }
}

function literal(type: ScalarType, value: number | bigint | boolean): number | bigint {
  switch (type) {
    case "bool":
      return Number(value) !== 0 || Number.isNaN(value) ? 1 : 0;
    case "i32":
      return typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : Number(value) | 0;
    case "u32":
      return typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : Number(value) >>> 0;
    case "i64":
      return BigInt.asIntN(64, BigInt(value));
    case "u64":
      return BigInt.asUintN(64, BigInt(value));
    case "f32":
      return Math.fround(Number(value));
    case "f64":
      return Number(value);
  }
}
