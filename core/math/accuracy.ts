/**
 * What accuracy the mathematical functions promise.
 *
 * @module
 */

/** A promise for one function. */
export interface Accuracy {
  /** Most units in the last place by which a float32 result differs from the true value. */
  readonly f32: number;
  /** The same for float64. */
  readonly f64: number;
  /** Where the promise holds, when not everywhere. */
  readonly where?: "x > 0" | "x <= 0";
}

const promised = {
  exp: { f32: 1.5, f64: 1.5 },
  exp2: { f32: 1.5, f64: 1.5 },
  expm1: { f32: 2, f64: 2 },
  log: { f32: 1, f64: 1 },
  log2: { f32: 1.5, f64: 1.5 },
  log10: { f32: 1, f64: 1 },
  log1p: { f32: 2, f64: 2 },
  sin: { f32: 3, f64: 2.5 },
  cos: { f32: 3, f64: 2.5 },
  tan: { f32: 5, f64: 5 },
  asin: { f32: 2.5, f64: 2.5 },
  acos: { f32: 1.5, f64: 1.5 },
  atan: { f32: 2.5, f64: 2.5 },
  atan2: { f32: 3, f64: 3 },
  sinh: { f32: 2, f64: 2 },
  cosh: { f32: 2, f64: 2 },
  tanh: { f32: 4, f64: 4 },
  asinh: { f32: 2, f64: 2 },
  acosh: { f32: 2, f64: 2 },
  atanh: { f32: 2.5, f64: 2.5 },
  sigmoid: { f32: 2.5, f64: 2.5 },
  softplus: { f32: 2, f64: 2.5 },
  logaddexp: { f32: 3, f64: 3, where: "x > 0" },
  // Beyond 0 it is off by as much as x is rounded, times 6.
  logdiffexp: { f32: 4, f64: 4, where: "x <= 0" },
  log1mexp: { f32: 4, f64: 4 },
  pow: { f32: 2, f64: 2 },
  erf: { f32: 1.5, f64: 1.5 },
  erfc: { f32: 6, f64: 9 },
  erfinv: { f32: 5, f64: 6 },
  erfcinv: { f32: 8, f64: 8 },
  gamma: { f32: 9, f64: 8 },
  lgamma: { f32: 6, f64: 6, where: "x > 0" },
  digamma: { f32: 6, f64: 6, where: "x > 0" },
  trigamma: { f32: 6, f64: 6 },
} satisfies Record<string, Accuracy>;

/** The names of the functions. */
export type MathName = keyof typeof promised;

/**
 * The promises, which tests enforce. They hold where the primitives round correctly, as in
 * WebAssembly, with or without fused multiply-add; WGSL allows a division 2.5 units of error.
 * Subnormal numbers count as 0, as arguments and as results.
 */
export const accuracy: Readonly<Record<MathName, Accuracy>> = promised;
