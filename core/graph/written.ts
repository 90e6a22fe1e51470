/**
 * Errors in the user's words: which call of theirs made an op, where, and of what.
 *
 * @module
 */

import { isArgumentError } from "../errors.ts";
import type { Variable } from "../variable.ts";
import { type Apply, captureOrigin, placeOf } from "./graph.ts";

/** The most operands that a message lists, and the most characters of a name. */
const MOST_OPERANDS = 4, MOST_NAME = 60;

/** The most nodes that are looked at to find the operands. */
const MOST_NODES = 200;

const located = new WeakSet<object>();

/** What is known of the shape of a variable, in words; "" where nothing is. */
export type ShapeWords = (variable: Variable) => string;

function clip(text: string): string {
  return text.length <= MOST_NAME ? text : `${text.slice(0, MOST_NAME)}…`;
}

/** What the user's call was applied to: the inputs of the ops that it made. */
function operands(apply: Apply): Variable[] {
  const { place, call } = apply.output.written;
  const found = new Set<Variable>(), seen = new Set<Apply>();
  const visit = (from: Apply): void => {
    seen.add(from);
    for (const input of from.inputs) {
      const owner = input.owner;
      if (owner === null) {
        if (input.name !== null || !("value" in input)) found.add(input);
        continue;
      }
      if (seen.has(owner)) continue;
      const same = place !== "" && seen.size < MOST_NODES && input.name === null &&
        input.written.place === place && input.written.call === call;
      if (same) visit(owner);
      else found.add(input);
    }
  };
  visit(apply);
  return [...found];
}

/** Which call of the user's made an op, as in `in dot("x" of shape (2, 3), "y"), made at file:1:2`. */
export function writtenAs(apply: Apply, shapeOf: ShapeWords = () => ""): string {
  const { place, call, forward } = apply.output.written;
  const all = operands(apply);
  const list = all.slice(0, MOST_OPERANDS).map((v) => `${clip(v.label)}${shapeOf(v)}`);
  if (all.length > MOST_OPERANDS) list.push("…");
  const where = place === "" ? "" : `, made at ${place}`;
  if (forward === null) {
    return `in ${call === "" ? apply.op.name : call}(${list.join(", ")})${where}`;
  }
  const of = forward.written;
  const name = of.call === "" ? forward.owner?.op.name : of.call;
  const at = of.place === "" ? "" : `, made at ${of.place}`;
  return `in the gradient of ${name}(${list.join(", ")})${at}${
    place === "" ? "" : `; the gradient was asked for at ${place}`
  }`;
}

function append(error: Error, words: string): void {
  const before = error.message, message = `${before}\n  ${words}`;
  const stack = error.stack;
  error.message = message;
  // The text that is printed was made with the old message.
  if (stack !== undefined) error.stack = stack.replace(before, () => message);
}

/** Says of an error, once, which call of the user's it is about. */
export function locate(error: unknown, apply: Apply, shapeOf?: ShapeWords): void {
  if (!isArgumentError(error) || located.has(error)) return;
  located.add(error);
  const { call } = apply.output.written, { name } = apply.op;
  if (call !== "" && call !== name) {
    const before = error.message;
    error.message = before.replace(`Cannot apply "${name}"`, () => `Cannot apply "${call}"`);
    if (error.stack !== undefined) error.stack = error.stack.replace(before, () => error.message);
  }
  append(error, writtenAs(apply, shapeOf));
}

const called = new WeakSet<object>();

/** Says of an error about an op, once, which call of a compiled function it ended. */
export function locateCall(error: unknown, origin = captureOrigin()): void {
  if (!isArgumentError(error) || called.has(error)) return;
  called.add(error);
  const place = placeOf(origin);
  if (place !== "") append(error, `called at ${place}`);
}
