/**
 * The functions that build elementwise operations.
 *
 * @module
 */

export * from "./arithmetic.ts";
export * from "./conversion.ts";
export * from "./functions.ts";
export * from "./logic.ts";
