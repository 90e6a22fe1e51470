/**
 * Errors in the user's words: which call of theirs made an op, where, and of what.
 *
 * @module
 */

import { isDiscrete } from "./dtype.ts";
import { elementInputs } from "./op.ts";
import { isArgumentError } from "../base/errors.ts";
import {
  type Apply,
  asWritten,
  Constant,
  sameCall,
  stoodFor,
  type Variable,
  writtenLabel,
} from "./graph.ts";
import { captureOrigin, type Origin, placeOf, type Written } from "./origin.ts";

/** The most operands that a message lists, and the most characters of a name. */
const MOST_OPERANDS = 4, MOST_NAME = 60;

/** The most nodes that are looked at to find the operands. */
const MOST_NODES = 200;

/** Functions that make graphs of many ops, and that are not the op that fails. */
const BUILDERS = new Set([
  "expr",
  "grad",
  "hessian",
  "hessianVectorProduct",
  "jacobian",
  "jvp",
  "linearize",
  "Lop",
  "Rop",
  "scan",
]);

const located = new WeakMap<object, Apply>();

/** The op that an error is about, once {@linkcode locate} was told. */
export function locatedAt(error: object): Apply | undefined {
  return located.get(error);
}

/** What is known of the shape of a variable, in words; "" where nothing is. */
export type ShapeWords = (variable: Variable) => string;

function clip(text: string): string {
  return text.length <= MOST_NAME ? text : `${text.slice(0, MOST_NAME)}…`;
}

/** Whether a variable is a range: made of nothing but integers that say where and how much. */
function isRange({ owner, ndim }: Variable): boolean {
  return owner !== null && owner.op.indexFrom === 0 && ndim === 1;
}

/** Whether an integer, or a range, that the library computed tells lengths of tensors and nothing else. */
function tellsLengths(variable: Variable, depth = 0): boolean {
  const { owner } = variable;
  if (variable instanceof Constant) return variable.ndim === 0;
  if (owner === null || variable.name !== null || depth > 8) return false;
  const ranges = isRange(variable);
  if (!isDiscrete(variable.dtype) || variable.ndim > 0 && !ranges) return false;
  if (ranges && variable.written.call === owner.op.name) return false;
  return owner.inputs.length > 0 &&
    elementInputs(owner).every((input) => tellsLengths(input, depth + 1));
}

/** What the user's call was applied to: the inputs of the ops that it made, maybe with numbers. */
function operands(apply: Apply, numbers = false): Variable[] {
  const found = new Set<Variable>(), seen = new Set<Apply>();
  const visit = (from: Apply): void => {
    seen.add(from);
    for (const given of from.inputs) {
      const input = asWritten(given), value = asWritten(stoodFor(input)), owner = value.owner;
      if (owner === null) {
        const shows = input.name !== null || input.ndim > 0 || !(input instanceof Constant) ||
          from === apply && (numbers || from.op.facts?.has("indexes"));
        if (shows) found.add(input);
        continue;
      }
      if (seen.has(owner)) continue;
      const own = value.name === null && (tellsLengths(value) || sameCall(value, apply.output));
      // What a range of the library's reads are lengths of what is there besides.
      if (own && isRange(value)) continue;
      if (own && seen.size < MOST_NODES) visit(owner);
      else found.add(input);
    }
  };
  visit(apply);
  return [...found];
}

/** A call in words, as in `dot("x" of shape (2, 3), "y")`. */
function callText(apply: Apply, shapeOf: ShapeWords): string {
  const { call } = apply.output.written;
  const texts = new Set(operands(apply).map((v) => `${clip(writtenLabel(v))}${shapeOf(v)}`));
  const list = [...texts].slice(0, MOST_OPERANDS);
  if (texts.size > MOST_OPERANDS) list.push("…");
  return `${call === "" ? apply.op.name : call}(${list.join(", ")})`;
}

function placeText({ place }: Written): string {
  return place === "" ? "" : `, made at ${place}`;
}

/** Which call of the user's made an op, as in `in dot("x" of shape (2, 3), "y"), made at file:1:2`. */
export function writtenAs(apply: Apply, shapeOf: ShapeWords = () => ""): string {
  const { written } = apply.output, forward = written.forward;
  if (forward === null || forward.owner === null) {
    return `in ${callText(apply, shapeOf)}${placeText(written)}`;
  }
  const asked = written.place === "" ? "" : `; the gradient was asked for at ${written.place}`;
  return `in the gradient of ${callText(forward.owner, shapeOf)}${
    placeText(forward.written)
  }${asked}`;
}

/** The most calls within each other that a chain shows, and its most characters. */
const MOST_CALLS = 5, MOST_CHAIN = 160;

/** What an op computes as a chain of the user's calls; "" where its operands are no calls. */
function chainText(apply: Apply): string {
  const isCall = (v: Variable) => v.name === null && v.owner !== null && v.written.call !== "";
  const text = (from: Apply, depth: number): string => {
    const { call } = from.output.written;
    const parts = new Set(
      // What a rewrite makes of a call, as a sum of a difference, has other numbers.
      operands(from, call === from.op.name).map((v) =>
        !isCall(v) ? clip(writtenLabel(v)) : depth === 1 ? "…" : text(v.owner!, depth - 1)
      ),
    );
    const list = [...parts].slice(0, MOST_OPERANDS);
    if (parts.size > MOST_OPERANDS) list.push("…");
    return `${call === "" ? from.op.name : call}(${list.join(", ")})`;
  };
  if (!operands(apply).some(isCall)) return "";
  const chain = text(apply, MOST_CALLS);
  return chain.length <= MOST_CHAIN ? chain : `${chain.slice(0, MOST_CHAIN)}…`;
}

/** The call of the user's that an op is, as in `tanh "hidden"` or `gradient of tanh`, and where it was made. */
export function writtenCall(apply: Apply): { readonly op: string; readonly place: string } {
  const { written } = apply.output, isGradient = written.forward?.owner != null;
  const of = isGradient ? written.forward! : apply.output;
  const { call, place } = isGradient ? of.written : written;
  const own = call === "" || BUILDERS.has(call) ? of.owner!.op.name : call;
  const label = of.name === null ? "" : ` "${clip(String(of.name))}"`;
  return { op: `${isGradient ? "gradient of " : ""}${own}${label}`, place };
}

/** As `writtenAs`, of a check in a kernel: with the chain of calls that it is a part of. */
export function checkedAs(apply: Apply): string {
  const chain = chainText(apply.output.written.forward?.owner ?? apply);
  return `${chain === "" ? "" : `computing ${chain}\n  `}${writtenAs(apply)}`;
}

/** Whether a message speaks of the call that made an op. */
export function placeOfCheck(apply: Apply, message: string): boolean {
  const { written } = apply.output, { place } = written.forward?.written ?? written;
  const at = place === "" ? -1 : message.indexOf(`made at ${place}`);
  return at >= 0 && !/\d/.test(message.charAt(at + `made at ${place}`.length));
}

const withSteps = new WeakSet<object>();

/**
 * Puts the steps of loops, once, into the message of a check, behind what went wrong. A device may tell the
 * integer of another step: then the message is that of the `first`.
 */
export function saySteps(
  error: Error,
  steps: readonly string[],
  first: string = error.message,
): void {
  if (steps.length === 0 || withSteps.has(error)) return;
  withSteps.add(error);
  const [own, other] = [error.message, first].map((text) => text.split(PLACE, 1)[0]!);
  const got = /got (-?\d+)/.exec(own!)?.[1];
  const same = got === undefined || other!.match(/-?\d+/g)?.includes(got);
  const place = error.message.slice(own!.length);
  reword(error, `${same ? own : other}\n  at ${steps.join(", ")}${place}`);
}

/** Where a message begins to tell the place. */
const PLACE = /\n {2}(?:computing|in) /;

function append(error: Error, words: string): void {
  reword(error, `${error.message}\n  ${words}`);
}

function reword(error: Error, message: string): void {
  const before = error.message, stack = error.stack;
  error.message = message;
  // The text that is printed was made with the old message.
  if (stack !== undefined) error.stack = stack.replace(before, () => message);
}

/** Says of an error, once, which call of the user's it is about. */
export function locate(error: unknown, apply: Apply, shapeOf?: ShapeWords): void {
  if (!isArgumentError(error) || located.has(error)) return;
  located.set(error, apply);
  const { call } = apply.output.written, { name } = apply.op;
  if (call !== "" && !BUILDERS.has(call)) {
    const named = error.message.replace(`Cannot apply "${name}"`, () => `Cannot apply "${call}"`);
    // What runs has the name of a step of the plan.
    reword(error, named.replace(/^Cannot run "[^"]*"/, () => `Cannot run "${call}"`));
  }
  append(error, writtenAs(apply, shapeOf));
}

const called = new WeakSet<object>();

/** Says of an error about an op, once, which call of a compiled function it ended. */
export function locateCall(error: unknown, origin: Origin = captureOrigin()): void {
  if (!isArgumentError(error) || called.has(error)) return;
  called.add(error);
  const place = placeOf(origin);
  if (place !== "") append(error, `called at ${place}`);
}
