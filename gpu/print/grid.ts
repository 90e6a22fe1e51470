/**
 * Spreading a number of workgroups over the three dimensions of a dispatch, each of which holds
 * only so many (65,535 on most devices).
 *
 * @module
 */

import { LimitError } from "../../core/base/errors.ts";

/** Workgroup counts of a dispatch. */
export type Grid = readonly [x: number, y: number, z: number];

/** WGSL that gives the linear number of a workgroup in a grid made by {@linkcode foldGrid}. */
export const LINEAR_GROUP_WGSL = `fn linear_group(id: vec3<u32>, count: vec3<u32>) -> u32 {
  return id.x + count.x * (id.y + count.y * id.z);
}`;

/**
 * The smallest grid of near-equal sides that has at least `total` workgroups. It may have a few
 * more, which the kernel must skip by their linear number, `x + countX * (y + countY * z)`.
 *
 * @param total Workgroups needed; 0 gives an empty grid.
 * @param perDimension The device's limit for one dimension.
 * @throws {LimitError} If three dimensions cannot hold as many.
 */
export function foldGrid(total: number, perDimension = 65535): Grid {
  if (total <= perDimension) return [total, total > 0 ? 1 : 0, total > 0 ? 1 : 0];
  const rows = Math.ceil(total / perDimension);
  if (rows <= perDimension) {
    // Few rows of equal length: at most rows - 1 workgroups too many.
    return [Math.ceil(total / rows), rows, 1];
  }
  const planes = Math.ceil(total / (perDimension * perDimension));
  if (planes > perDimension) {
    throw new LimitError("Cannot dispatch workgroups", {
      limit: "maxComputeWorkgroupsPerDimension",
      requested: total,
      maximum: perDimension ** 3,
    });
  }
  const perPlane = Math.ceil(total / planes);
  const planeRows = Math.ceil(perPlane / perDimension);
  return [Math.ceil(perPlane / planeRows), planeRows, planes];
}
