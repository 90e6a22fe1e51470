/**
 * Where in the user's program something was made.
 *
 * @module
 */

import type { Variable } from "./graph.ts";

const limited = Error as { stackTraceLimit?: number };

/** The stack where something was made, and for a part of a gradient what was differentiated. */
export interface Origin {
  /** Formatted when it is read. */
  readonly stack?: string | undefined;
  readonly forward?: Variable;
}

/** What the user wrote: see {@linkcode Variable.written}. */
export interface Written {
  /** `file:line:column`, or "" when unknown. */
  readonly place: string;
  /** The function that they called there, or "". */
  readonly call: string;
  /** For a part of a gradient what was differentiated. */
  readonly forward: Variable | null;
}

let commonOrigin: Origin | null = null;

/**
 * Calls `build`, and says of all variables it makes that they come from where this was called: one look
 * at the stack for a whole graph.
 */
export function withOrigin<T>(build: () => T): T {
  if (commonOrigin !== null) return build();
  commonOrigin = captureOrigin();
  try {
    return build();
  } finally {
    commonOrigin = null;
  }
}

/** Says of all variables that `build`, inside {@linkcode withOrigin}, makes that they differentiate `forward`. */
export function withForward<T>(forward: Variable, build: () => T): T {
  const common = commonOrigin;
  if (common === null) return build();
  commonOrigin = {
    get stack() {
      return common.stack;
    },
    forward,
  };
  try {
    return build();
  } finally {
    commonOrigin = common;
  }
}

/** What the gradient that is being built differentiates, if one is. */
export function differentiated(): Variable | null {
  return commonOrigin?.forward ?? null;
}

/** Where the user's program is now. */
export function captureOrigin(): Origin {
  if (commonOrigin !== null) return commonOrigin;
  const before = limited.stackTraceLimit;
  limited.stackTraceLimit = 32;
  const holder: { stack?: string } = {};
  // The frames are captured now and formatted only when they are read.
  (Error as { captureStackTrace?: (target: object) => void }).captureStackTrace?.(holder);
  if (before !== undefined) limited.stackTraceLimit = before;
  return holder;
}

/** The function of a frame, as in `at Variable.add (file…)`, `at get T (file…)` and `at f [as g] (file…)`. */
const FUNCTION = /^at (?:async )?(?:new )?(?:[^\s(]*\.)?(?:get )?([\w$]+)(?: \[as ([\w$]+)\])? \(/;

/** The place of a frame: what stands in its parentheses, or all of it. */
const PLACE = /^at (?:async )?(?:.*? \()?((?:(?:file|https?|blob|data):|\/).*:\d+:\d+)\)?$/;

/** Engines write names of files in stacks with spaces, or with what stands for them in a URL. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

const here = decoded(import.meta.url.replace(/core\/graph\/origin\.ts.*$/, ""));

/** How places in the library go on after `here`: with a folder, or with a line where it is one file. */
const INSIDE = here === decoded(import.meta.url)
  ? /^:\d/
  : /^(core|cpu|gpu|autodiff|scan|nn|io|see|xla|mod\.ts)/;

/** Where the user's program was, as `file:line:column`, or "". */
export function placeOf(origin: Origin): string {
  return frameOf(origin.stack ?? "").place;
}

const NO_FRAME = { place: "", call: "" };

/** The user's innermost frame, and the function of the library that was called there. */
export function frameOf(stack: string): { place: string; call: string } {
  let call = "";
  for (const line of stack.split("\n").slice(1)) {
    const place = PLACE.exec(line.trim())?.[1];
    if (place === undefined) continue;
    const path = decoded(place);
    const inLibrary = path.startsWith(here) && INSIDE.test(path.slice(here.length)) &&
      !/_(test|bench)\.ts/.test(path);
    if (!inLibrary) return { place, call };
    const [, name = "", as] = FUNCTION.exec(line.trim()) ?? [];
    call = as ?? name;
  }
  return NO_FRAME;
}
