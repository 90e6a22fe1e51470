/**
 * 64-bit integers in WGSL, which has none: a `vec2<u32>` holds the low and the high word. Signed and
 * unsigned ones are alike but for the operations that look at the sign.
 *
 * @module
 */

import type { Prim } from "../../core/ir/scalar.ts";
import type { Printed, WgslType } from "./scalar.ts";
import type { Helper, Prelude } from "./prelude.ts";

/** The types of pairs. */
export type WideType = "i64" | "u64";

/** How WGSL names a pair. */
export const WIDE = "vec2<u32>";

/** Whether a type is held in a pair of words. */
export function isWide(type: WgslType): type is WideType {
  return type === "i64" || type === "u64";
}

/** Iterations that the loop of a division takes at most. */
export const WIDE_DIVISION_ITERATIONS = 64;

/** A literal. */
export function wideConstant(value: bigint): string {
  const word = (bits: bigint) => `0x${BigInt.asUintN(32, bits).toString(16)}u`;
  return `${WIDE}(${word(value)}, ${word(value >> 32n)})`;
}

/** What the helpers of print_scalar.ts are for words, for pairs. */
export const WIDE_HELPERS: Record<string, Helper> = {
  add_64: {
    text: `fn add_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}`,
  },
  sub_64: {
    text: `fn sub_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}`,
  },
  neg_64: {
    text: `fn neg_64(a: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(~a.x + 1u, ~a.y + select(0u, 1u, a.x == 0u));
}`,
  },
  mul_64: {
    needs: ["mulhi_u"],
    text: `fn mul_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(a.x * b.x, mulhi_u(a.x, b.x) + a.x * b.y + a.y * b.x);
}`,
  },
  abs_i64: {
    needs: ["neg_64"],
    text: `fn abs_i64(a: vec2<u32>) -> vec2<u32> {
  return select(a, neg_64(a), a.y > 0x7fffffffu);
}`,
  },
  lt_u64: {
    text: `fn lt_u64(a: vec2<u32>, b: vec2<u32>) -> bool {
  return (a.y < b.y) | ((a.y == b.y) & (a.x < b.x));
}`,
  },
  lt_i64: {
    text: `fn lt_i64(a: vec2<u32>, b: vec2<u32>) -> bool {
  return (bitcast<i32>(a.y) < bitcast<i32>(b.y)) | ((a.y == b.y) & (a.x < b.x));
}`,
  },
  shl_64: {
    text: `fn shl_64(a: vec2<u32>, by: u32) -> vec2<u32> {
  let n = by & 31u;
  let high = (a.y << n) | select(a.x >> ((32u - n) & 31u), 0u, n == 0u);
  return select(vec2<u32>(a.x << n, high), vec2<u32>(0u, a.x << n), (by & 32u) != 0u);
}`,
  },
  shr_u64: {
    text: `fn shr_u64(a: vec2<u32>, by: u32) -> vec2<u32> {
  let n = by & 31u;
  let low = (a.x >> n) | select(a.y << ((32u - n) & 31u), 0u, n == 0u);
  return select(vec2<u32>(low, a.y >> n), vec2<u32>(a.y >> n, 0u), (by & 32u) != 0u);
}`,
  },
  shr_i64: {
    text: `fn shr_i64(a: vec2<u32>, by: u32) -> vec2<u32> {
  let n = by & 31u;
  let low = (a.x >> n) | select(a.y << ((32u - n) & 31u), 0u, n == 0u);
  let high = bitcast<u32>(bitcast<i32>(a.y) >> n);
  let sign = bitcast<u32>(bitcast<i32>(a.y) >> 31u);
  return select(vec2<u32>(low, high), vec2<u32>(high, sign), (by & 32u) != 0u);
}`,
  },
  // The high words of a product of 128 bits.
  mulhi_u64: {
    needs: ["mulhi_u", "add_64"],
    text: `fn mulhi_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let ab = vec2<u32>(a.x * b.y, mulhi_u(a.x, b.y));
  let ba = vec2<u32>(a.y * b.x, mulhi_u(a.y, b.x));
  let middle = add_64(add_64(ab, vec2<u32>(mulhi_u(a.x, b.x), 0u)), vec2<u32>(ba.x, 0u));
  let high = vec2<u32>(a.y * b.y, mulhi_u(a.y, b.y));
  return add_64(add_64(high, vec2<u32>(middle.y, 0u)), vec2<u32>(ba.y, 0u));
}`,
  },
  mulhi_i64: {
    needs: ["mulhi_u64", "sub_64"],
    text: `fn mulhi_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let none = vec2<u32>(0u);
  let less = sub_64(mulhi_u64(a, b), select(none, b, a.y > 0x7fffffffu));
  return sub_64(less, select(none, a, b.y > 0x7fffffffu));
}`,
  },
  // Quotient and remainder, by subtracting shifted divisors; nothing for a divisor of 0.
  divide_64: {
    needs: ["shl_64", "sub_64", "lt_u64"],
    text: `fn divide_64(a: vec2<u32>, b: vec2<u32>) -> vec4<u32> {
  if ((b.x | b.y) == 0u) { return vec4<u32>(0u); }
  if ((a.y | b.y) == 0u) { return vec4<u32>(a.x / b.x, 0u, a.x % b.x, 0u); }
  let zeros_a = select(countLeadingZeros(a.y), 32u + countLeadingZeros(a.x), a.y == 0u);
  let zeros_b = select(countLeadingZeros(b.y), 32u + countLeadingZeros(b.x), b.y == 0u);
  if (zeros_a > zeros_b) { return vec4<u32>(0u, 0u, a.x, a.y); }
  let shift = zeros_b - zeros_a;
  var part = shl_64(b, shift);
  var rest = a;
  var quotient = vec2<u32>(0u);
  for (var i = 0u; i <= shift; i++) {
    let fits = !lt_u64(rest, part);
    rest = select(rest, sub_64(rest, part), fits);
    quotient = vec2<u32>((quotient.x << 1u) | select(0u, 1u, fits), (quotient.y << 1u) | (quotient.x >> 31u));
    part = vec2<u32>((part.x >> 1u) | (part.y << 31u), part.y >> 1u);
  }
  return vec4<u32>(quotient, rest);
}`,
  },
  div_u64: {
    needs: ["divide_64"],
    text: `fn div_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return divide_64(a, b).xy;
}`,
  },
  rem_u64: {
    needs: ["divide_64"],
    text: `fn rem_u64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return divide_64(a, b).zw;
}`,
  },
  div_i64: {
    needs: ["divide_64", "abs_i64"],
    text: `fn div_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let quotient = divide_64(abs_i64(a), abs_i64(b)).xy;
  return select(quotient, neg_64(quotient), ((a.y ^ b.y) & 0x80000000u) != 0u);
}`,
  },
  rem_i64: {
    needs: ["divide_64", "abs_i64"],
    text: `fn rem_i64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let rest = divide_64(abs_i64(a), abs_i64(b)).zw;
  return select(rest, neg_64(rest), a.y > 0x7fffffffu);
}`,
  },
  // The nearest float, ties to even.
  u64_to_f32: {
    needs: ["shl_64"],
    text: `fn u64_to_f32(a: vec2<u32>) -> f32 {
  let zeros = select(countLeadingZeros(a.y), 32u + countLeadingZeros(a.x), a.y == 0u);
  if (zeros == 64u) { return 0.0f; }
  let top = shl_64(a, zeros);
  let above = ((top.y & 0x7fu) | top.x) != 0u;
  let up = ((top.y >> 7u) & 1u) & (select(0u, 1u, above) | (top.y >> 8u));
  return bitcast<f32>(((190u - zeros) << 23u) + ((top.y >> 8u) & 0x007fffffu) + up);
}`,
  },
  i64_to_f32: {
    needs: ["u64_to_f32", "abs_i64"],
    text: `fn i64_to_f32(a: vec2<u32>) -> f32 {
  return bitcast<f32>(bitcast<u32>(u64_to_f32(abs_i64(a))) | (a.y & 0x80000000u));
}`,
  },
  // Towards zero, for numbers below 2^64.
  whole_64: {
    needs: ["shl_64"],
    text: `fn whole_64(bits: u32) -> vec2<u32> {
  let exponent = (bits >> 23u) & 0xffu;
  let mantissa = (bits & 0x007fffffu) | 0x00800000u;
  if (exponent < 127u) { return vec2<u32>(0u); }
  if (exponent < 150u) { return vec2<u32>(mantissa >> (150u - exponent), 0u); }
  return shl_64(vec2<u32>(mantissa, 0u), exponent - 150u);
}`,
  },
  f32_to_u64: {
    needs: ["whole_64"],
    text: `fn f32_to_u64(x: f32) -> vec2<u32> {
  let bits = bitcast<u32>(x);
  if (bits > 0x7f800000u) { return vec2<u32>(0u); }
  if (bits >= 0x5f800000u) { return vec2<u32>(0xffffffffu); }
  return whole_64(bits);
}`,
  },
  f32_to_i64: {
    needs: ["whole_64", "neg_64"],
    text: `fn f32_to_i64(x: f32) -> vec2<u32> {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let negative = bitcast<u32>(x) > 0x7fffffffu;
  if (bits > 0x7f800000u) { return vec2<u32>(0u); }
  if (bits >= 0x5f000000u) {
    return select(vec2<u32>(0xffffffffu, 0x7fffffffu), vec2<u32>(0u, 0x80000000u), negative);
  }
  let whole = whole_64(bits);
  return select(whole, neg_64(whole), negative);
}`,
  },
};

/** A comparison of pairs. */
export function wideCompare(op: Prim, a: Printed, b: Printed, prelude: Prelude): string {
  const less = (x: Printed, y: Printed) => `${prelude.use(`lt_${a.type}`)}(${x.text}, ${y.text})`;
  switch (op) {
    case "eq":
      return `all(${a.text} == ${b.text})`;
    case "ne":
      return `any(${a.text} != ${b.text})`;
    case "lt":
      return less(a, b);
    case "gt":
      return less(b, a);
    case "le":
      return `!${less(b, a)}`;
    default:
      return `!${less(a, b)}`;
  }
}

/** A primitive applied to pairs. */
export function widePrim(
  op: Prim,
  type: WideType,
  args: readonly Printed[],
  prelude: Prelude,
): string {
  const [a, b, c] = args.map((arg) => arg.text);
  const call = (name: string, ...texts: (string | undefined)[]) =>
    `${prelude.use(name)}(${texts.join(", ")})`;
  switch (op) {
    case "neg":
      return call("neg_64", a);
    case "abs":
      return type === "i64" ? call("abs_i64", a) : a!;
    case "not":
      return `(~${a})`;
    case "floor":
    case "ceil":
    case "trunc":
    case "nearest":
      return a!;
    case "add":
    case "sub":
    case "mul":
      return call(`${op}_64`, a, b);
    case "madd":
      return call("add_64", call("mul_64", a, b), c);
    case "and":
      return `(${a} & ${b})`;
    case "or":
      return `(${a} | ${b})`;
    case "xor":
      return `(${a} ^ ${b})`;
    case "min":
      return `select(${b}, ${a}, ${call(`lt_${type}`, a, b)})`;
    case "max":
      return `select(${a}, ${b}, ${call(`lt_${type}`, a, b)})`;
    case "shl":
      return call("shl_64", a, `${b}.x`);
    case "shr":
    case "mulhi":
    case "div":
    case "rem":
      return call(`${op}_${type}`, a, op === "shr" ? `${b}.x` : b);
  }
  throw new TypeError(`Cannot apply "${op}" to ${type}`);
}

/** A conversion from or to a pair. */
export function wideCast(a: Printed, to: WgslType, prelude: Prelude): string {
  if (isWide(a.type)) {
    switch (to) {
      case "bool":
        return `((${a.text}.x | ${a.text}.y) != 0u)`;
      case "i32":
        return `bitcast<i32>(${a.text}.x)`;
      case "u32":
        return `${a.text}.x`;
      case "f32":
        return `${prelude.use(`${a.type}_to_f32`)}(${a.text})`;
      default:
        return a.text;
    }
  }
  switch (a.type) {
    case "bool":
      return `${WIDE}(select(0u, 1u, ${a.text}), 0u)`;
    case "u32":
      return `${WIDE}(${a.text}, 0u)`;
    case "i32":
      return `${WIDE}(bitcast<u32>(${a.text}), bitcast<u32>(${a.text} >> 31u))`;
    default:
      return `${prelude.use(`f32_to_${to}`)}(${a.text})`;
  }
}
