/**
 * Functions and graphs of one row, for all rows at once.
 *
 * @module
 */

export { type RowAxes, type RowValues } from "./arguments.ts";
export { type Replacements, vectorize } from "./vectorize.ts";
export {
  type AllRows,
  type AxesIn,
  type RowArgument,
  type RowArguments,
  vmap,
  type VmapOptions,
} from "./vmap.ts";
