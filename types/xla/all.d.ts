// Made of xla/all.ts by `deno task types`.
/**
 * All that `xla/mod.ts` exports, of the library's own types.
 *
 * @module
 */
export * from "./export.d.ts";
export type { ShapesOption } from "./arguments.d.ts";
export type { Functions } from "./level.d.ts";
export { type Mesh, shard, type Sharding, type ShardSpec } from "./sharding.d.ts";
