/**
 * The way out to XLA: compiled functions as StableHLO modules, for its CPUs, GPUs and TPUs, one or many.
 *
 * @module
 */

export {
  type ExportedModule,
  type ExportOptions,
  exportStableHlo,
  type ModuleDescription,
  type TensorDescription,
} from "./export.ts";
export type { ShapesOption } from "./arguments.ts";
export type { Functions } from "./level.ts";
export { type Mesh, shard, type Sharding, type ShardSpec } from "./sharding.ts";
