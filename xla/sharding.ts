/**
 * Which axes of tensors are spread over the devices of a mesh.
 *
 * @module
 */

import { type Variable, Variable as AnyVariable } from "../core/graph/graph.ts";
import { commaText, shown } from "../core/base/shown.ts";

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
export function shard(variable: Variable, spec: ShardSpec): Sharding {
  if (!(variable instanceof AnyVariable)) {
    throw new TypeError(`Cannot shard: expected a variable, got ${shown(variable)}`);
  }
  const isName = (name: unknown) => typeof name === "string" && /^\w+$/.test(name);
  const isSpec = Array.isArray(spec) && spec.length === variable.ndim &&
    spec.every((axis: unknown) =>
      axis === null || isName(axis) || Array.isArray(axis) && axis.every(isName)
    );
  if (!isSpec) {
    throw new TypeError(
      `Cannot shard ${variable.label}: expected for each of its ${variable.ndim} axes the name of an ` +
        `axis of the mesh, a list of names, or null, got ${shown(spec)}`,
    );
  }
  const axes = spec.map((axis) => axis === null ? [] : typeof axis === "string" ? [axis] : axis);
  return { variable, axes };
}

/** The mesh as a line of the module. */
export function meshText(mesh: Mesh): string {
  const axes = Object.entries(mesh).map(([name, count]) => `"${name}"=${count}`);
  return `  sdy.mesh @mesh = <[${axes.join(", ")}]>`;
}

/** For each axis those of the mesh. */
export function spreadText(axes: Sharding["axes"]): string {
  const texts = axes.map((names) => `{${names.map((name) => `"${name}"`).join(", ")}}`);
  return `<@mesh, [${texts.join(", ")}]>`;
}

/** The attribute of an argument or a result; whole on all devices where nothing is said. */
export function shardingText(ndim: number, sharding: Sharding | undefined): string {
  const axes = sharding?.axes ?? Array.from({ length: ndim }, () => []);
  return `sdy.sharding = #sdy.sharding${spreadText(axes)}`;
}

/** Checks a mesh. */
export function checkMesh(action: string, mesh: Mesh | undefined): Mesh | null {
  if (mesh === undefined) return null;
  const given: unknown = mesh;
  const isMesh = typeof given === "object" && given !== null && Object.keys(given).length > 0 &&
    Object.entries(given).every(([name, count]) =>
      /^\w+$/.test(name) && Number.isSafeInteger(count) && count >= 1
    );
  if (!isMesh) {
    throw new TypeError(
      `${action}: expected a mesh of named axes such as { data: 8 }, got ${shown(mesh)}`,
    );
  }
  return mesh;
}

/** Checks that a tensor can be spread so over a mesh. */
export function checkSharding(
  action: string,
  mesh: Mesh,
  { variable, axes }: Sharding,
  shape: readonly number[],
): void {
  const seen = new Set<string>();
  axes.forEach((names, d) => {
    let parts = 1;
    for (const name of names) {
      if (!Object.hasOwn(mesh, name) || seen.has(name)) {
        const what = seen.has(name) ? "twice" : "which the mesh does not have";
        throw new TypeError(
          `${action}: ${variable.label} is sharded over "${name}" ${what}; its axes are ${
            commaText(Object.keys(mesh))
          }`,
        );
      }
      seen.add(name);
      parts *= mesh[name]!;
    }
    if (shape[d]! % parts === 0) return;
    throw new RangeError(
      `${action}: expected a length of axis ${d} of ${variable.label} that ${parts} devices divide, got ${
        shape[d]
      }`,
    );
  });
}
