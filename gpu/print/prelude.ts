/**
 * Functions that printed kernels share, and the text in front of a kernel that holds those it uses.
 *
 * @module
 */

import { WIDE_HELPERS } from "./int64.ts";

/** A function that kernels can call, and those that it calls itself. */
export interface Helper {
  readonly needs?: readonly string[];
  readonly text: string;
}

const HELPERS: Record<string, Helper> = {
  ...WIDE_HELPERS,
  is_nan: {
    text: `fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}`,
  },
  max_f: {
    needs: ["is_nan"],
    text: `fn max_f(a: f32, b: f32) -> f32 {
  return select(select(select(b, a, a > b), b, is_nan(b)), a, is_nan(a));
}`,
  },
  min_f: {
    needs: ["is_nan"],
    text: `fn min_f(a: f32, b: f32) -> f32 {
  return select(select(select(b, a, a < b), b, is_nan(b)), a, is_nan(a));
}`,
  },
  // The remainder is exact: mantissas are divided eight bits at a time.
  rem_f: {
    needs: ["special"],
    text: `fn rem_f(a: f32, b: f32) -> f32 {
  let x = bitcast<u32>(a) & 0x7fffffffu;
  let y = bitcast<u32>(b) & 0x7fffffffu;
  let sign = bitcast<u32>(a) & 0x80000000u;
  if (y == 0u || x >= 0x7f800000u || y > 0x7f800000u) { return bitcast<f32>(special.z); }
  if (x < y) { return a; }
  let x_shift = max(countLeadingZeros(x), 8u) - 8u;
  let y_shift = max(countLeadingZeros(y), 8u) - 8u;
  let x_small = x < 0x00800000u;
  let y_small = y < 0x00800000u;
  let x_exp = select(i32(x >> 23u), 1i - i32(x_shift), x_small);
  let y_exp = select(i32(y >> 23u), 1i - i32(y_shift), y_small);
  let divisor = max(1u, select((y & 0x007fffffu) | 0x00800000u, y << y_shift, y_small));
  var rest = select((x & 0x007fffffu) | 0x00800000u, x << x_shift, x_small) % divisor;
  var left = u32(x_exp - y_exp);
  for (var i = 0u; i < 40u; i++) {
    if (left == 0u) { break; }
    let bits = min(left, 8u);
    rest = (rest << bits) % divisor;
    left -= bits;
  }
  if (rest == 0u) { return bitcast<f32>(sign); }
  let up = countLeadingZeros(rest) - 8u;
  let exponent = y_exp - i32(up);
  let normal = ((rest << up) & 0x007fffffu) | (u32(max(exponent, 0i)) << 23u);
  let small = (rest << up) >> u32(clamp(1i - exponent, 0i, 31i));
  return bitcast<f32>(sign | select(small, normal, exponent > 0i));
}`,
  },
  f32_to_i32: {
    text: `fn f32_to_i32(x: f32) -> i32 {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let fits = bits < 0x4f000000u;
  let limit = select(2147483647i, bitcast<i32>(0x80000000u), bitcast<u32>(x) > 0x7fffffffu);
  return select(select(limit, 0i, bits > 0x7f800000u), i32(select(0.0f, x, fits)), fits);
}`,
  },
  f32_to_u32: {
    text: `fn f32_to_u32(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let fits = bits < 0x4f800000u;
  let huge = bits >= 0x4f800000u && bits <= 0x7f800000u;
  return select(select(0u, 0xffffffffu, huge), u32(select(0.0f, x, fits)), fits);
}`,
  },
  mulhi_u: {
    text: `fn mulhi_u(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let ab = (a & 0xffffu) * (b >> 16u);
  let ba = (a >> 16u) * (b & 0xffffu);
  let middle = (low >> 16u) + (ab & 0xffffu) + (ba & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (ab >> 16u) + (ba >> 16u) + (middle >> 16u);
}`,
  },
  mulhi_i: {
    needs: ["mulhi_u"],
    text: `fn mulhi_i(a: i32, b: i32) -> i32 {
  let x = bitcast<u32>(a);
  let y = bitcast<u32>(b);
  return bitcast<i32>(mulhi_u(x, y) - select(0u, y, a < 0i) - select(0u, x, b < 0i));
}`,
  },
  // Rounds to the nearest float16, ties to even, and stays in f32.
  round_f16: {
    needs: ["special"],
    text: `fn round_f16(x: f32) -> f32 {
  let sign = bitcast<u32>(x) & 0x80000000u;
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  if (bits > 0x7f800000u) { return x; }
  if (bits >= 0x477ff000u) { return bitcast<f32>(special.x | sign); }
  if (bits < 0x38800000u) {
    let small = round(bitcast<f32>(bits) * 16777216.0f) * bitcast<f32>(0x33800000u);
    return bitcast<f32>(bitcast<u32>(small) | sign);
  }
  return bitcast<f32>(((bits + 0xfffu + ((bits >> 13u) & 1u)) & 0xffffe000u) | sign);
}`,
  },
};

/** The helper functions that a kernel uses, gathered while it is printed. */
export class Prelude {
  readonly #used = new Set<string>();
  readonly #own = new Map<string, string>();

  /** Adds a function that is not among the common ones, after those it needs; gives its name. */
  define(name: string, text: string, needs: readonly string[] = []): string {
    if (!this.#own.has(name)) {
      for (const need of needs) this.use(need);
      this.#own.set(name, text);
    }
    return name;
  }

  /** Notes that a helper is used; gives its name. */
  use(name: string): string {
    if (!this.#used.has(name)) {
      for (const need of HELPERS[name]?.needs ?? []) this.use(need);
      this.#used.add(name);
    }
    return name;
  }

  /** Whether the special values (infinities and NaN from memory) are used. */
  get special(): boolean {
    return this.#used.has("special");
  }

  /** The text of all helpers in use, each after those it needs. */
  get text(): string {
    const parts: string[] = [];
    for (const name of this.#used) if (HELPERS[name]) parts.push(HELPERS[name].text);
    return [...parts, ...this.#own.values()].join("\n");
  }
}
