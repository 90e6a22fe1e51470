/**
 * Shorthand for writing formulas in the scalar language: numbers become constants of the type of
 * their partner.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { BinaryPrim, ComparePrim, ScalarType, SNode } from "../ir/scalar.ts";

/** A node, or a literal that takes the type of the node it meets. */
type Arg = SNode | number | bigint;

/** Builds formulas of one float type. */
export class Calc {
  /** The float type. */
  readonly type: "f32" | "f64";
  /** Whether the type is f64. */
  readonly wide: boolean;
  /** The signed integer type of the same width. */
  readonly int: "i32" | "i64";
  /** The unsigned integer type of the same width. */
  readonly uint: "u32" | "u64";
  /** Number of stored mantissa bits. */
  readonly mantissa: 23 | 52;
  /** The exponent bias. */
  readonly bias: 127 | 1023;

  /**
   * @param b Where nodes are made.
   * @param x Any node of the float type.
   */
  constructor(readonly b: ScalarBuilder, x: SNode) {
    if (x.type !== "f32" && x.type !== "f64") {
      throw new TypeError(`Cannot apply a float function to ${x.type}`);
    }
    this.type = x.type;
    this.wide = x.type === "f64";
    this.int = this.wide ? "i64" : "i32";
    this.uint = this.wide ? "u64" : "u32";
    this.mantissa = this.wide ? 52 : 23;
    this.bias = this.wide ? 1023 : 127;
  }

  /** A node for a literal of the given type, by default the float type. */
  value(a: Arg, type: ScalarType = this.type): SNode {
    return typeof a === "object" ? a : this.b.constant(type, a);
  }

  /** Chooses by width: the first for f32, the second for f64. */
  pick<V>(narrow: V, wide: V): V {
    return this.wide ? wide : narrow;
  }

  #two(op: BinaryPrim, x: Arg, y: Arg): SNode {
    const type = typeof x === "object" ? x.type : typeof y === "object" ? y.type : this.type;
    return this.b.binary(op, this.value(x, type), this.value(y, type));
  }

  #compare(op: ComparePrim, x: SNode, y: Arg): SNode {
    return this.b.compare(op, x, this.value(y, x.type));
  }

  /** x + y */
  add(x: Arg, y: Arg): SNode {
    return this.#two("add", x, y);
  }
  /** x - y */
  sub(x: Arg, y: Arg): SNode {
    return this.#two("sub", x, y);
  }
  /** x * y */
  mul(x: Arg, y: Arg): SNode {
    return this.#two("mul", x, y);
  }
  /** x / y */
  div(x: Arg, y: Arg): SNode {
    return this.#two("div", x, y);
  }
  /** x * y + z */
  madd(x: Arg, y: Arg, z: Arg): SNode {
    return this.b.madd(this.value(x), this.value(y), this.value(z));
  }
  /** -x */
  neg(x: SNode): SNode {
    return this.b.unary("neg", x);
  }
  /** |x| */
  abs(x: SNode): SNode {
    return this.b.unary("abs", x);
  }
  /** The square root. */
  sqrt(x: SNode): SNode {
    return this.b.unary("sqrt", x);
  }
  /** The nearest integer, ties to even. */
  nearest(x: SNode): SNode {
    return this.b.unary("nearest", x);
  }
  /** The greatest integer that is not above x. */
  floor(x: SNode): SNode {
    return this.b.unary("floor", x);
  }
  /** x without its fraction. */
  trunc(x: SNode): SNode {
    return this.b.unary("trunc", x);
  }
  /** x & y */
  and(x: Arg, y: Arg): SNode {
    return this.#two("and", x, y);
  }
  /** x | y */
  or(x: Arg, y: Arg): SNode {
    return this.#two("or", x, y);
  }
  /** x ^ y */
  xor(x: Arg, y: Arg): SNode {
    return this.#two("xor", x, y);
  }
  /** x << n */
  shl(x: Arg, n: Arg): SNode {
    return this.#two("shl", x, n);
  }
  /** x >> n */
  shr(x: Arg, n: Arg): SNode {
    return this.#two("shr", x, n);
  }
  /** The high half of the product of integers. */
  mulhi(x: Arg, y: Arg): SNode {
    return this.#two("mulhi", x, y);
  }
  /** not x */
  not(x: SNode): SNode {
    return this.b.unary("not", x);
  }

  /** x < y */
  lt(x: SNode, y: Arg): SNode {
    return this.#compare("lt", x, y);
  }
  /** x <= y */
  le(x: SNode, y: Arg): SNode {
    return this.#compare("le", x, y);
  }
  /** x > y */
  gt(x: SNode, y: Arg): SNode {
    return this.#compare("gt", x, y);
  }
  /** x >= y */
  ge(x: SNode, y: Arg): SNode {
    return this.#compare("ge", x, y);
  }
  /** x = y */
  eq(x: SNode, y: Arg): SNode {
    return this.#compare("eq", x, y);
  }
  /** x ≠ y */
  ne(x: SNode, y: Arg): SNode {
    return this.#compare("ne", x, y);
  }

  /** condition ? x : y */
  select(condition: SNode, x: Arg, y: Arg): SNode {
    const type = typeof x === "object" ? x.type : typeof y === "object" ? y.type : this.type;
    return this.b.select(condition, this.value(x, type), this.value(y, type));
  }
  /** The bits as a signed integer. */
  ints(x: SNode): SNode {
    return this.b.bitcast(x, this.int);
  }
  /** The bits as an unsigned integer. */
  uints(x: SNode): SNode {
    return this.b.bitcast(x, this.uint);
  }
  /** The float with the given bits. */
  float(bits: SNode): SNode {
    return this.b.bitcast(bits, this.type);
  }

  /** c[0] + c[1] x + c[2] x² + … by Horner's rule. */
  poly(x: SNode, c: readonly Arg[]): SNode {
    let sum: Arg = c[c.length - 1]!;
    for (let i = c.length - 2; i >= 0; i--) sum = this.madd(sum, x, c[i]!);
    return this.value(sum);
  }

  /** min(x, limit), NaN for NaN where the machine knows NaN. */
  atMost(x: SNode, limit: number): SNode {
    return this.select(this.lt(this.value(limit), x), limit, x);
  }

  /** max(x, limit), NaN for NaN where the machine knows NaN. */
  atLeast(x: SNode, limit: number): SNode {
    return this.select(this.gt(this.value(limit), x), limit, x);
  }

  /** y with the sign bit flipped where `sign`, a value of the unsigned type, has its top bit set. */
  flipSign(y: SNode, sign: SNode): SNode {
    return this.float(this.xor(this.uints(y), sign));
  }

  /** The sign bit of x, alone. */
  signBit(x: SNode): SNode {
    return this.and(this.uints(x), this.pick<number | bigint>(0x80000000, 1n << 63n));
  }

  /** x with only so many leading bits (the implied one counted) as were asked for. */
  shorten(x: SNode, bits: number): SNode {
    const cut = BigInt(this.mantissa + 1 - bits);
    const mask = -1n << cut;
    return this.float(this.and(this.uints(x), mask));
  }

  /** Whether x is NaN. */
  isNan(x: SNode): SNode {
    return this.b.ieee || this.wide ? this.ne(x, x) : this.b.isNan(x);
  }

  /** a and b, of bools */
  both(a: SNode, b: SNode): SNode {
    return this.b.binary("and", a, b);
  }

  /** a or b, of bools */
  either(a: SNode, b: SNode): SNode {
    return this.b.binary("or", a, b);
  }

  /** y, but NaN for a NaN x: only where the machine does not see to that itself. */
  keepNan(x: SNode, y: SNode): SNode {
    return this.b.ieee || this.wide ? y : this.select(this.b.isNan(x), x, y);
  }

  /** y, but x itself where x is ±0. */
  keepZero(x: SNode, y: SNode): SNode {
    return this.select(this.eq(x, 0), x, y);
  }
}
