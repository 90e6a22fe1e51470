/**
 * What the one file of the npm package is made from: the library, and what has entry points of its own beside it.
 *
 * @module
 */

export * from "../all.ts";
export * as see from "../see/all.ts";
export * as xla from "../xla/all.ts";
