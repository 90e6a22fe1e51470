// Made of core/ops/elementwise/elementwise.ts by `deno task types`.
/**
 * The functions that build elementwise operations.
 *
 * @module
 */
export * from "./arithmetic.d.ts";
export * from "./conversion.d.ts";
export * from "./functions.d.ts";
export * from "./logic.d.ts";
