/**
 * What the one file of the npm package is made from: the library, and the way out to XLA beside it.
 *
 * @module
 */

export * from "../mod.ts";
export * as xla from "../xla/mod.ts";
