/**
 * Parts of an axis, for what the library builds.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import type { Dim } from "../common/arguments.ts";
import { dimVariable } from "../common/lengths.ts";
import {
  type IndexEntry,
  subtensorOp,
  type SubtensorParams,
  wholeEntry,
} from "../index/subtensor.ts";

/** The positions from start to before stop along an axis. */
export function between(
  x: Variable,
  axis: number,
  start: Dim | null,
  stop: Dim | null,
  step: Dim | null = null,
): Variable {
  const given = [start, stop, step];
  const entry: IndexEntry = {
    kind: "slice",
    start: start !== null,
    stop: stop !== null,
    step: step !== null,
  };
  const index = [...new Array<IndexEntry>(axis).fill(wholeEntry), entry];
  const scalars = given.flatMap((dim) => dim === null ? [] : [dimVariable(dim)]);
  return outputOf<SubtensorParams>(subtensorOp, [x, ...scalars], { index });
}
