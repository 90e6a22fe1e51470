// Made of core/api/fft.ts by `deno task types`.
/**
 * Discrete Fourier transforms: what `T.fft` has, as `numpy.fft`. The dtypes are complex64 and float32, or
 * complex128 and float64; transforms of any length are made of passes over it, by 8, 4, 2 and primes up to 13,
 * and others by Bluestein's way.
 *
 * @module
 */
export * from "../ops/fft/fft.d.ts";
export * from "../ops/fft/frequencies.d.ts";
