/**
 * float16 on the host, for engines that have it and those that don't.
 *
 * @module
 */

/**
 * The class of float16 arrays. Throws a TypeError where the engine has none, so that only programs with
 * float16 values need it.
 */
export function float16Array(): typeof Float16Array {
  if (typeof Float16Array !== "undefined") return Float16Array;
  throw new TypeError(
    "Cannot hold float16 values on the host: this engine has no Float16Array; use float32, or an engine that has it (Deno, Node 24, a browser of 2025)",
  );
}

/** Rounds a number to the nearest float16, as `Math.f16round` does where the engine has it. */
export function roundToFloat16(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 65520)) return x * Infinity;
  // Beside numbers of this size, the steps between doubles are those between float16 numbers.
  const power = Math.max(2 ** -14, 2 ** Math.floor(Math.log2(magnitude))) * 2 ** 42;
  const rounded = magnitude + power - power;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** The engine's way to round to float16, or the one here. */
export const f16round: (x: number) => number = Math.f16round ?? roundToFloat16;
