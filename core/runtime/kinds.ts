/**
 * Telling the kinds of things apart that users pass.
 *
 * @module
 */

import { isHostTensor } from "../ops/common/literal.ts";

/** Whether a value is an object of named arguments: a plain object that is no tensor. */
export function isNamed(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || isHostTensor(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm, such as a frame or a node:vm context, have an Object.prototype of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
