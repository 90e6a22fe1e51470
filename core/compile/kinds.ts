/**
 * Telling the kinds of things apart that users pass.
 *
 * @module
 */

import { isHostTensor, isTypedArray } from "../ops/literal.ts";
import { Variable } from "../variable.ts";

/** Whether a value is a symbolic variable. */
export function isVariableLike(value: unknown): boolean {
  return value instanceof Variable;
}

/** Whether a value is an object of named arguments: a plain object, no tensor and no array. */
export function isNamed(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !isTypedArray(value) && !isHostTensor(value) && !isVariableLike(value);
}
