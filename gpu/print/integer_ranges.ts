/**
 * Bounds of the integers that a kernel computes.
 *
 * @module
 */

import { nodesOf } from "../../core/ir/nodes.ts";
import { type DType, dtypeInfo } from "../../core/graph/dtype.ts";
import type { Reduction } from "../../core/ir/program.ts";
import type { AxisRef, ScalarType, SNode } from "../../core/ir/scalar.ts";
import { type Guards, productSize, type Size } from "../../core/ir/size.ts";

/** Bounds of an integer, both included; null where nothing is known that floats hold exactly. */
export type Range = readonly [low: number, high: number] | null;

/** All values of an i32. */
const INT32: Range = [-(2 ** 31), 2 ** 31 - 1];

/** Lengths up to here are taken to be small; a plan for them is not used for longer ones. */
const SMALL = 2 ** 26;

const TYPES: Partial<Record<ScalarType, Range>> = {
  bool: [0, 1],
  i32: INT32,
  u32: [0, 2 ** 32 - 1],
};

/** All that a dtype holds; null for 64 bits and for floats. */
export function dtypeRange(dtype: DType): Range {
  const { kind, bytes } = dtypeInfo(dtype);
  if (dtype === "bool") return [0, 1];
  if (bytes === 8 || (kind !== "int" && kind !== "uint")) return null;
  const bits = 8 * bytes;
  return kind === "int" ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/** Whether all of a range fits in an i32. */
export function fitsWord(range: Range): boolean {
  return within(range, INT32);
}

function within(range: Range, outer: Range): boolean {
  return range !== null && outer !== null && range[0] >= outer[0] && range[1] <= outer[1];
}

/** All that is in one range or the other. */
export function hull(a: Range, b: Range): Range {
  return a === null || b === null ? null : [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** The positions below a length, where the length is small. */
export function positionsBelow(length: Size, guards: Guards): Range {
  return [0, Math.max(0, most(length, guards) - 1)];
}

/** The numbers up to a length, both included. */
export function countsUpTo(length: Size, guards: Guards): Range {
  return [0, most(length, guards)];
}

function most(length: Size, guards: Guards): number {
  if (typeof length === "number") return length;
  return guards.decide("small", [length], (n) => n <= SMALL) ? SMALL : Infinity;
}

/** What the ranges of the nodes of a kernel depend on. */
export interface RangeContext {
  readonly guards: Guards;
  /** Lengths of the kernel's axes, loops behind points. */
  readonly sizes: readonly Size[];
  /** Lengths of the kernel's loops. */
  readonly loops: readonly Size[];
  readonly reductions: readonly Reduction[];
  /** Steps of the enclosing loops by id. */
  readonly steps: ReadonlyMap<number, Size>;
  /** Bounds of what a buffer holds. */
  readonly buffer: (id: number) => Range;
}

/** Finds ranges of nodes, each once. */
export class Ranges {
  readonly #context: RangeContext;
  readonly #known = new Map<SNode, Range>();

  constructor(context: RangeContext) {
    this.#context = context;
  }

  /** Bounds of a node's value. */
  of(node: SNode): Range {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    for (const part of nodesOf([node])) {
      if (this.#known.has(part)) continue;
      const range = this.#find(part);
      const whole = TYPES[part.type] ?? null;
      // What leaves a type wraps.
      const exact = range !== null && Math.max(-range[0], range[1]) <= Number.MAX_SAFE_INTEGER;
      const fits = whole === null
        ? exact && (part.type === "i64" || range[0] >= 0)
        : exact && within(range, whole);
      this.#known.set(part, fits ? range : whole);
    }
    return this.#known.get(node)!;
  }

  /** Bounds of the result of a reduction. */
  reduction({ kind, value }: Reduction): Range {
    const { loops, guards } = this.#context;
    switch (kind) {
      case "max":
      case "min":
        return this.of(value);
      case "sum":
        return product(this.of(value), countsUpTo(productSize(loops), guards));
      case "argmax":
      case "argmin":
        return positionsBelow(productSize(loops), guards);
      default:
        return null;
    }
  }

  #find(node: SNode): Range {
    const { guards, reductions, buffer } = this.#context;
    if (node.type === "f32" || node.type === "f64") return null;
    switch (node.op) {
      case "const":
        return [Number(node.value), Number(node.value)];
      case "index":
        return this.#axis(node.axis);
      case "size":
        return guards.decide("small", [node.size], (n) => n >= 0 && n <= SMALL)
          ? [0, SMALL]
          : guards.decide("word", [node.size], (n) => within([n, n], INT32))
          ? INT32
          : null;
      case "load":
        return hull(buffer(node.buffer), node.args.length === 0 ? buffer(node.buffer) : [0, 0]);
      case "reduced":
      case "running": {
        const reduction = reductions[node.reduction];
        return reduction === undefined ? null : this.reduction(reduction);
      }
      case "product":
        return null;
      case "eq":
      case "ne":
      case "lt":
      case "le":
      case "gt":
      case "ge":
        return [0, 1];
      default:
        return primRange(node.op, node.type, node.args.map((arg) => this.of(arg)));
    }
  }

  #axis(axis: AxisRef): Range {
    const { sizes, steps, guards } = this.#context;
    if (axis.kind === "axis") {
      const size = sizes[axis.axis];
      return size === undefined ? INT32 : positionsBelow(size, guards);
    }
    if (axis.modulus > 0) return [0, axis.modulus - 1];
    const length = steps.get(axis.loop);
    if (length === undefined) return INT32;
    return sum(positionsBelow(length, guards), [axis.shift, axis.shift]);
  }
}

function sum(a: Range, b: Range): Range {
  return a === null || b === null ? null : [a[0] + b[0], a[1] + b[1]];
}

function product(a: Range, b: Range): Range {
  if (a === null || b === null) return null;
  const corners = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]].map((n) => n || 0);
  return [Math.min(...corners), Math.max(...corners)];
}

function negative(a: Range): Range {
  return a === null ? null : [-a[1], -a[0]];
}

/** The largest absolute value. */
function magnitude(range: Range): number {
  return range === null ? Infinity : Math.max(-range[0], range[1]);
}

function isPositive(range: Range): range is readonly [number, number] {
  return range !== null && range[0] >= 0;
}

/** The value of a range of one. */
function single(range: Range): number | null {
  return range !== null && range[0] === range[1] ? range[0] : null;
}

function primRange(op: SNode["op"], type: ScalarType, ranges: readonly Range[]): Range {
  const [a = null, b = null, c = null] = ranges;
  switch (op) {
    case "add":
      return sum(a, b);
    case "sub":
      return sum(a, negative(b));
    case "mul":
      return product(a, b);
    case "madd":
      return sum(product(a, b), c);
    case "neg":
      return negative(a);
    case "not":
      return type === "bool" ? null : sum(negative(a), [-1, -1]);
    case "abs":
      return a === null ? null : isPositive(a) ? a : [0, magnitude(a)];
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
    case "cast":
    case "bitcast":
      return a;
    case "min":
      return a && b && [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
    case "max":
      return a && b && [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
    case "select":
      return hull(b, c);
    case "div": {
      const most = magnitude(a);
      return isPositive(a) && isPositive(b) ? a : [-most, most];
    }
    case "rem": {
      const most = Math.min(magnitude(a), Math.max(0, magnitude(b) - 1));
      return [isPositive(a) ? 0 : -most, most];
    }
    case "and":
      if (isPositive(a)) return [0, isPositive(b) ? Math.min(a[1], b[1]) : a[1]];
      return isPositive(b) ? [0, b[1]] : null;
    case "or":
    case "xor":
      if (!isPositive(a) || !isPositive(b)) return null;
      return [0, 2 ** Math.ceil(Math.log2(Math.max(a[1], b[1]) + 1)) - 1];
    case "shl": {
      const by = single(b);
      return by !== null && by >= 0 && by < 32 ? product(a, [2 ** by, 2 ** by]) : null;
    }
    case "shr": {
      const by = single(b);
      if (by === null || by < 0 || by > 63) return null;
      if (a !== null) return [Math.floor(a[0] / 2 ** by), Math.floor(a[1] / 2 ** by)];
      return type === "u64" && by > 11 ? [0, 2 ** (64 - by) - 1] : null;
    }
  }
  return null;
}
