/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3" (SC 2011). Written once over an arithmetic of 32-bit words, so that kernels and
 * the reference compute the same bits.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";

/** The operations on 32-bit words that the generator needs. */
interface WordArithmetic<W> {
  constant(value: number): W;
  add(a: W, b: W): W;
  xor(a: W, b: W): W;
  /** Low word of the product. */
  mulLow(a: W, b: W): W;
  /** High word of the product. */
  mulHigh(a: W, b: W): W;
}

/** Four words. */
export type FourWords<W> = readonly [W, W, W, W];

const M0 = 0xd2511f53, M1 = 0xcd9e8d57, W0 = 0x9e3779b9, W1 = 0xbb67ae85;

/** Ten rounds of Philox on a counter, with a key of two words. */
export function philox<W>(
  m: WordArithmetic<W>,
  counter: FourWords<W>,
  key: readonly [W, W],
): FourWords<W> {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  const m0 = m.constant(M0), m1 = m.constant(M1);
  for (let round = 0; round < 10; round++) {
    if (round > 0) {
      k0 = m.add(k0, m.constant(W0));
      k1 = m.add(k1, m.constant(W1));
    }
    const high0 = m.mulHigh(m0, c0), low0 = m.mulLow(m0, c0);
    const high1 = m.mulHigh(m1, c2), low1 = m.mulLow(m1, c2);
    [c0, c1, c2, c3] = [
      m.xor(m.xor(high1, c1), k0),
      low1,
      m.xor(m.xor(high0, c3), k1),
      low0,
    ];
  }
  return [c0, c1, c2, c3];
}

/** Words as JavaScript numbers. */
export const hostWords: WordArithmetic<number> = {
  constant: (value) => value >>> 0,
  add: (a, b) => (a + b) >>> 0,
  xor: (a, b) => (a ^ b) >>> 0,
  mulLow: (a, b) => Math.imul(a, b) >>> 0,
  mulHigh: (a, b) => Number((BigInt(a) * BigInt(b)) >> 32n),
};

/** Words as u32 nodes of a kernel. */
export function kernelWords(b: ScalarBuilder): WordArithmetic<SNode> {
  return {
    constant: (value) => b.constant("u32", value),
    add: (x, y) => b.add(x, y),
    xor: (x, y) => b.binary("xor", x, y),
    mulLow: (x, y) => b.mul(x, y),
    mulHigh: (x, y) => b.binary("mulhi", x, y),
  };
}
