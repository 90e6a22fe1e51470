/**
 * All elementwise ops, by name.
 *
 * @module
 */

import type { Params } from "../graph/op.ts";
import { type ArithmeticName, arithmeticRows } from "./elementwise_arithmetic.ts";
import { type ConvertName, convertRows } from "./elementwise_convert.ts";
import { type LogicName, logicRows } from "./elementwise_logic.ts";
import { type ElementwiseOp, elementwiseOp, type ElementwiseRow } from "./elementwise_op.ts";

/** Names of the functions. */
export type FunctionName =
  | "exp"
  | "exp2"
  | "expm1"
  | "log"
  | "log2"
  | "log10"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "sigmoid"
  | "softplus"
  | "erf"
  | "erfc"
  | "erfinv"
  | "erfcinv"
  | "gamma"
  | "gammaln"
  | "digamma"
  | "trigamma"
  | "pow"
  | "atan2"
  | "angle";

/** The name of an elementwise op. */
export type ElementwiseName = ArithmeticName | FunctionName | LogicName | ConvertName;

/** What each op says about itself. */
export const elementwiseRows: Readonly<Record<ElementwiseName, ElementwiseRow>> = {
  ...arithmeticRows,
  ...logicRows,
  ...convertRows,
} as Record<ElementwiseName, ElementwiseRow>;

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
