/**
 * Which applications stand for equal ones: those without names do everywhere, those with names within the
 * stretch of work that gave these.
 *
 * @module
 */

import { WeakValues } from "../base/weak_values.ts";
import type { Apply, Variable } from "./graph.ts";
import type { Op, Params } from "./op.ts";

let made = 0;

/** A number for what is made next. */
export function nextId(): number {
  return ++made;
}

/** How many variables and applications have been made up to now. */
export function variablesMade(): number {
  return made;
}

const applies = new WeakValues<Apply>();

function plainKey(op: { readonly name: string }, params: Params): string {
  try {
    return JSON.stringify(params);
  } catch {
    throw new TypeError(
      `Cannot apply "${op.name}": expected numbers, strings and lists of them as parameters`,
    );
  }
}

/** What tells applications of an op to the same inputs apart. */
export function paramsKey<P extends Params>(op: Op<P>, params: P): string {
  return op.key === undefined ? plainKey(op, params) : op.key(params);
}

/** What tells applications of ops apart. */
export function keyOf<P extends Params>(op: Op<P>, inputs: readonly Variable[], params: P): string {
  return `${op.name}(${inputs.map((v) => v.id).join(",")})${paramsKey(op, params)}`;
}

/**
 * Applications with a name, with the session that gave it, or 0 outside of any. Names are not part of what
 * a node is: the same expression built elsewhere is a node without this name.
 */
const named = new WeakMap<Apply, number>();

/** A stretch of work on one graph: nodes that it names are the same node within it alone. */
let session: { readonly number: number; readonly start: number } | null = null;
let sessions = 0;

/** Runs `work` as one session; inside another one as part of that. */
export function inSession<R>(work: () => R): R {
  if (session !== null) return work();
  session = { number: ++sessions, start: made };
  try {
    return work();
  } finally {
    session = null;
  }
}

/** Whether there is a session. */
export function isInSession(): boolean {
  return session !== null;
}

/** Notes that a user has given an application a name: it stands for no equal one. */
export function setApart(apply: Apply): void {
  named.set(apply, 0);
}

/** Whether an application may stand for an equal one that is wanted now. */
export function isSharable(apply: Apply): boolean {
  const where = named.get(apply);
  return where === undefined || where === session?.number;
}

/** Gives a name to what stands for something of that name, if it is new in this session. */
export function inheritName(variable: Variable, name: string | null): void {
  const { owner } = variable;
  if (name === null || variable.name !== null || owner === null || session === null) return;
  if (variable.id <= session.start) return;
  variable.name = name;
  named.set(owner, session.number);
}

/** Makes the named applications of a graph part of this session. */
export function adoptNamed(order: readonly Apply[]): void {
  for (const apply of order) {
    if (session === null || !named.has(apply) || apply.op.pure === false) continue;
    named.set(apply, session.number);
    remember(keyOf(apply.op, apply.inputs, apply.params), apply);
  }
}

/** Of applications that differ in nothing but names, the first stands for all. */
export function equalApplications(order: readonly Apply[]): Map<Variable, Variable> {
  const same = new Map<Variable, Variable>();
  if (!order.some((apply) => named.has(apply))) return same;
  const first = new Map<string, Apply>();
  for (const apply of order) {
    if (apply.op.pure === false) continue;
    const key = keyOf(apply.op, apply.inputs.map((v) => same.get(v) ?? v), apply.params);
    const have = first.get(key);
    if (have === undefined) first.set(key, apply);
    else apply.outputs.forEach((output, i) => same.set(output, have.outputs[i]!));
  }
  return same;
}

/** Lets an application stand for all of its key. */
export function remember(key: string, apply: Apply): void {
  applies.set(key, apply);
}

/** The application of a key, if there is one that may stand for what is wanted now. */
export function sharable(key: string): Apply | undefined {
  const have = applies.get(key);
  return have !== undefined && isSharable(have) ? have : undefined;
}
