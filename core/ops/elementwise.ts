/**
 * Elementwise operations: the ops by name, and the functions that build with them.
 *
 * @module
 */

export * from "./arithmetic.ts";
export * from "./conversion.ts";
export * from "./functions.ts";
export * from "./logic.ts";
export { castTo, type DTypeOption, elementwise, resolveDType } from "./build.ts";
export { type ElementwiseName, elementwiseNames, elementwiseOps } from "./elementwise_table.ts";
export type { CastParams, GradClipParams, GradScaleParams } from "./elementwise_convert.ts";
export type { ElementwiseOp } from "./elementwise_op.ts";
