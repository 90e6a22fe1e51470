/**
 * All that `xla/mod.ts` exports, of the library's own types.
 *
 * @module
 */

export * from "./export.ts";
export type { ShapesOption } from "./arguments.ts";
export type { Functions } from "./level.ts";
export { type Mesh, shard, type Sharding, type ShardSpec } from "./sharding.ts";
