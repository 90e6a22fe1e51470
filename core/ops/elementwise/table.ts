/**
 * All elementwise ops, by name.
 *
 * @module
 */

import type { Params } from "../../graph/op.ts";
import { type ArithmeticName, arithmeticRows } from "./op_arithmetic.ts";
import { type ConvertName, convertRows } from "./op_convert.ts";
import { type FunctionName, functionRows } from "./op_functions.ts";
import { type LogicName, logicRows } from "./op_logic.ts";
import { type SpecialName, specialRows } from "./op_special.ts";
import { type ElementwiseOp, elementwiseOp, type ElementwiseRow } from "./op.ts";

/** The name of an elementwise op. */
export type ElementwiseName = ArithmeticName | FunctionName | SpecialName | LogicName | ConvertName;

/** What each op says about itself. */
export const elementwiseRows: Readonly<Record<ElementwiseName, ElementwiseRow>> = {
  ...arithmeticRows,
  ...functionRows,
  ...specialRows,
  ...logicRows,
  ...convertRows,
};

/** The ops. */
export const elementwiseOps: Readonly<Record<ElementwiseName, ElementwiseOp<Params>>> = Object
  .freeze(
    Object.fromEntries(
      Object.entries(elementwiseRows).map(([name, row]) => [name, elementwiseOp(name, row)]),
    ) as Record<ElementwiseName, ElementwiseOp>,
  );

/** All names, in the order of the table. */
export const elementwiseNames: readonly ElementwiseName[] = Object.freeze(
  Object.keys(elementwiseRows) as ElementwiseName[],
);
