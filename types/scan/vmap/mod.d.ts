// Made of scan/vmap/mod.ts by `deno task types`.
/**
 * Functions and graphs of one row, for all rows at once.
 *
 * @module
 */
export { type RowAxes, type RowValues } from "./arguments.d.ts";
export { type Replacements, vectorize } from "./vectorize.d.ts";
export { type AllRows, type AxesIn, type RowArgument, type RowArguments, vmap, type VmapOptions, } from "./vmap.d.ts";
