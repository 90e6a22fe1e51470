// Made of xla/sharding.ts by `deno task types`.
/**
 * Which axes of tensors are spread over the devices of a mesh.
 *
 * @module
 */
import { type Variable } from "../core/graph/graph.d.ts";
/** A mesh of devices: its axes by name, and how many devices there are along each. */
export type Mesh = Readonly<Record<string, number>>;
/** For each axis of a tensor the axis of the mesh that it is spread over, several of them, or null. */
export type ShardSpec = readonly (string | readonly string[] | null)[];
/** A variable, and how it is spread. */
export interface Sharding {
    /** An input, an output, a shared variable, or what is computed on the way. */
    readonly variable: Variable;
    /** For each axis the axes of the mesh that it is spread over. */
    readonly axes: readonly (readonly string[])[];
}
/**
 * Says over which axes of a mesh the axes of an input, an output, a shared variable, or of what is computed
 * on the way, are spread, for {@linkcode exportStableHlo}.
 *
 * Throws a TypeError for a list that does not have an entry for each axis.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 * import { shard } from "@croton/croton/xla";
 * const x = T.matrix("x");
 * const rows = shard(x, ["data", null]);
 * console.assert(rows.axes[0]![0] === "data");
 * ```
 */
export declare function shard(variable: Variable, spec: ShardSpec): Sharding;
/** The mesh as a line of the module. */
export declare function meshText(mesh: Mesh): string;
/** For each axis those of the mesh. */
export declare function spreadText(axes: Sharding["axes"]): string;
/** The attribute of an argument or a result; whole on all devices where nothing is said. */
export declare function shardingText(ndim: number, sharding: Sharding | undefined): string;
/** Checks a mesh. */
export declare function checkMesh(action: string, mesh: Mesh | undefined): Mesh | null;
/** Checks that a tensor can be spread so over a mesh. */
export declare function checkSharding(action: string, mesh: Mesh, { variable, axes }: Sharding, shape: readonly number[]): void;
