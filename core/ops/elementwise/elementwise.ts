/**
 * Elementwise operations: the ops by name, and the functions that build with them.
 *
 * @module
 */

export * from "./arithmetic.ts";
export * from "./conversion.ts";
export * from "./functions.ts";
export * from "./logic.ts";
export { castTo, type DTypeOption, elementwise, resolveDType } from "../common/build.ts";
export { type ElementwiseName, elementwiseNames, elementwiseOps } from "./table.ts";
export type { CastParams, GradClipParams, GradScaleParams } from "./op_convert.ts";
export type { ElementwiseOp } from "./op.ts";
