/**
 * Cosine and sine of a fraction of a turn, in kernels.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";

// Taylor's series; on ±pi/4 the first term left out is below half an ULP.
const terms = { f32: 5, f64: 9 } as const;

function series(b: ScalarBuilder, square: SNode, first: number): SNode {
  const type = square.type as "f32" | "f64";
  const n = terms[type];
  const coefficient = (k: number) => {
    let c = k % 2 === 0 ? 1 : -1;
    for (let i = 2; i <= 2 * k + first; i++) c /= i;
    return b.constant(type, c);
  };
  let sum = coefficient(n - 1);
  for (let k = n - 2; k >= 0; k--) sum = b.madd(sum, square, coefficient(k));
  return sum;
}

/**
 * cos and sin of 2 pi u, for u in [0, 1). The quarter of the turn is split off exactly, so that no
 * reduction of large angles is needed.
 */
export function circle(b: ScalarBuilder, u: SNode): { cos: SNode; sin: SNode } {
  const type = u.type as "f32" | "f64";
  const number = (x: number) => b.constant(type, x);
  const quarters = b.mul(u, number(4));
  const nearest = b.unary("nearest", quarters);
  const r = b.mul(b.sub(quarters, nearest), number(Math.PI / 2));
  const square = b.mul(r, r);
  const cos = series(b, square, 0), sin = b.mul(r, series(b, square, 1));
  const which = b.cast(nearest, "i32");
  const bit = (x: SNode, mask: number) =>
    b.compare("ne", b.binary("and", x, b.constant("i32", mask)), b.constant("i32", 0));
  const odd = bit(which, 1);
  const [x, y] = [b.select(odd, sin, cos), b.select(odd, cos, sin)];
  const left = bit(b.add(which, b.constant("i32", 1)), 2), lower = bit(which, 2);
  return {
    cos: b.select(left, b.unary("neg", x), x),
    sin: b.select(lower, b.unary("neg", y), y),
  };
}
