// Made of all.ts by `deno task types`.
/**
 * All that the library is. Its own tests and tools import this, and users `mod.ts`: the same, but that
 * checkers of types read only declarations there.
 *
 * @module
 */
export * from "./core/mod.d.ts";
export * from "./autodiff/mod.d.ts";
export * as extend from "./autodiff/extend.d.ts";
export * from "./scan/mod.d.ts";
export * from "./scan/vmap/mod.d.ts";
export * as io from "./io/mod.d.ts";
export * as solvers from "./scan/solvers/mod.d.ts";
export * as nn from "./nn/mod.d.ts";
