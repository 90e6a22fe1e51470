/**
 * How each op is written that is not elementwise.
 *
 * @module
 */

import type { Op } from "../core/graph/op.ts";
import { controlRows } from "./rows/control.ts";
import { decomposingRows } from "./rows/decomposing.ts";
import { eigenRows } from "./rows/eigen.ts";
import { fourierRows } from "./rows/fourier.ts";
import { gatheringRows } from "./rows/gathering.ts";
import { indexingRows } from "./rows/indexing.ts";
import { movingRows } from "./rows/moving.ts";
import { randomRows } from "./rows/random.ts";
import { reducingRows } from "./rows/reducing.ts";
import type { Row } from "./rows/row.ts";
import { solvingRows } from "./rows/solving.ts";
import { windowRows } from "./rows/windows.ts";

const rows: ReadonlyMap<Op, Row> = new Map([
  ...movingRows,
  ...indexingRows,
  ...gatheringRows,
  ...windowRows,
  ...reducingRows,
  ...solvingRows,
  ...decomposingRows,
  ...eigenRows,
  ...fourierRows,
  ...randomRows,
  ...controlRows,
]);

/** The row of an op; null for elementwise ones, and for those from outside of the library. */
export function rowOf(op: Op): Row | null {
  return rows.get(op) ?? null;
}
