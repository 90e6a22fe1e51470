/**
 * What the one file of the npm package is made from: the library, and what has entry points of its own beside it.
 *
 * @module
 */

export * from "../mod.ts";
export * as see from "../see/mod.ts";
export * as xla from "../xla/mod.ts";
