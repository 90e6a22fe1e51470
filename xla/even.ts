/**
 * Lengths that hang on data: as many rows as there can be, and the number of those that count.
 *
 * @module
 */

import type { Variable } from "../core/graph/graph.ts";
import { NeedValue } from "../core/graph/op.ts";
import { toposort } from "../core/graph/walk.ts";
import type { Shapes } from "../core/plan/shapes.ts";
import { optimise } from "../core/rewrite/mod.ts";
import { boundOf } from "../scan/bound.ts";
import { opened } from "../scan/padded.ts";
import { padEach } from "../scan/uneven.ts";

/** Results whose lengths are known: where they hang on data, with as many rows as there can be. */
interface Even {
  readonly values: readonly Variable[];
  /** The numbers of rows that count. */
  readonly lengths: readonly Variable[];
  /** Of which result and axis each number is that of. */
  readonly rows: readonly (readonly [result: number, axis: number, length: number])[];
}

/** The graph as it is where all lengths are known, or else with rows that may not count. */
export function evened(
  roots: readonly Variable[],
  varying: readonly Variable[],
  shapes: Shapes,
): Even {
  if (hasShapes(roots, shapes)) return { values: roots, lengths: [], rows: [] };
  const made = padEach(roots, varying, (count) => boundOf(count, varying)).map(opened);
  const lengths: Variable[] = [], rows: [number, number, number][] = [];
  made.forEach(({ extents }, result) =>
    extents.forEach((extent, axis) => {
      if (extent === null) return;
      if (!lengths.includes(extent.length)) lengths.push(extent.length);
      rows.push([result, axis, lengths.indexOf(extent.length)]);
    })
  );
  const better = optimise([...made.map(({ value }) => value), ...lengths]);
  return { values: better.slice(0, roots.length), lengths: better.slice(roots.length), rows };
}

/** Whether the shapes of all that is computed are known. */
function hasShapes(roots: readonly Variable[], shapes: Shapes): boolean {
  try {
    for (const { outputs } of toposort(roots)) for (const output of outputs) shapes.shape(output);
    return true;
  } catch (error) {
    if (error instanceof NeedValue) return false;
    throw error;
  }
}
