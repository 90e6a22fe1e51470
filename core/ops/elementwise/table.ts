/**
 * All elementwise ops, by name.
 *
 * @module
 */

import type { Params } from "../../graph/op.ts";
import { arithmeticRows } from "./op_arithmetic.ts";
import { convertRows } from "./op_convert.ts";
import { functionRows } from "./op_functions.ts";
import { logicRows } from "./op_logic.ts";
import { type ElementwiseOp, elementwiseOp, type ElementwiseRow } from "./op.ts";

/** What each op says about itself. */
const rows = { ...arithmeticRows, ...functionRows, ...logicRows, ...convertRows };

/** The name of an elementwise op. */
export type ElementwiseName = keyof typeof rows;

/** The ops. */
export const elementwiseOps: Readonly<Record<ElementwiseName, ElementwiseOp<Params>>> = Object
  .freeze(
    Object.fromEntries(
      Object.entries<ElementwiseRow>(rows).map(([name, row]) => [name, elementwiseOp(name, row)]),
    ) as Record<ElementwiseName, ElementwiseOp>,
  );

/** All names, in the order of the table. */
export const elementwiseNames: readonly ElementwiseName[] = Object.freeze(
  Object.keys(rows) as ElementwiseName[],
);
