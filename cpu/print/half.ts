/**
 * float16 in memory as the scalar language sees it: 16-bit integers and arithmetic on their bits.
 *
 * @module
 */

import type { ScalarBuilder } from "../../core/ir/builder.ts";
import type { SNode } from "../../core/ir/scalar.ts";

/** The f32 value of the bits of a float16, given as u32. Exact. */
export function halfToFloat(b: ScalarBuilder, bits: SNode): SNode {
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
export function floatToHalf(b: ScalarBuilder, value: SNode): SNode {
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
