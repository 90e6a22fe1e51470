/**
 * Stand-in for `@std/assert`: the assertions that this repository uses, with the same signatures.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { equal } from "./equal.ts";

export { equal };

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

/** The error that a failed assertion throws. */
export class AssertionError extends Error {
  /** Makes an error with this message. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
  });
}

function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

/** The lines in which two texts differ, with two common lines around them. */
function difference(actual: string, expected: string): string {
  const [a, b] = [actual.split("\n"), expected.split("\n")];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const part = (lines: string[], mark: string): string[] =>
    lines.slice(head, lines.length - tail).map((line) => `${mark}   ${line}`);
  const before = a.slice(Math.max(0, head - 2), head);
  const after = a.slice(a.length - tail, a.length - tail + 2);
  return [
    "[Diff] Actual / Expected",
    "",
    ...before.map((line) => `    ${line}`),
    ...part(a, "-"),
    ...part(b, "+"),
    ...after.map((line) => `    ${line}`),
  ].join("\n");
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Asserts that `actual` and `expected` are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  const diff = typeof actual === "string" && typeof expected === "string"
    ? difference(actual, expected)
    : difference(format(actual), format(expected));
  throw new AssertionError(`Values are not equal${suffix(msg)}\n${diff}`);
}

/** Asserts that `actual` and `expected` are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`,
  );
}

/** Asserts that `actual` and `expected` are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const [a, b] = [format(actual), format(expected)];
  throw new AssertionError(
    a === b
      ? `Values have the same structure but are not reference-equal${suffix(msg)}\n\n${a}\n`
      : `Values are not strictly equal${suffix(msg)}\n${difference(a, b)}`,
  );
}

/** Asserts that `actual` and `expected` are not the same value. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    `Expected "actual" to not be strictly equal to: ${format(actual)}${suffix(msg)}\n`,
  );
}

/** Asserts that two numbers differ by `tolerance` at most, by default a 10⁻⁷th of `expected`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const delta = Math.abs(expected - actual);
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (delta <= allowed) return;
  const show = (n: number): string => Number.isInteger(n) ? String(n) : n.toExponential();
  throw new AssertionError(
    `Expected actual: "${show(actual)}" to be close to "${show(expected)}": ` +
      `delta "${show(delta)}" is greater than "${show(allowed)}"${suffix(msg)}`,
  );
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}

/** Asserts that `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}

/** Asserts that `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`,
  );
}

/** What `actual` has of the properties and elements that `pattern` has. */
function common(actual: unknown, pattern: unknown): unknown {
  if (!isPlain(actual) || !isPlain(pattern)) return actual;
  if (Array.isArray(actual) || Array.isArray(pattern)) {
    if (!Array.isArray(actual) || !Array.isArray(pattern)) return actual;
    return pattern.map((item, i) => common(actual[i], item)).slice(0, actual.length);
  }
  const result: Record<PropertyKey, unknown> = {};
  for (const key of Reflect.ownKeys(pattern)) {
    if (key in actual) result[key] = common(Reflect.get(actual, key), Reflect.get(pattern, key));
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) &&
    ![Date, RegExp, Map, Set].some((type) => value instanceof type);
}

/** Asserts that `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  order(actual < expected, actual, "<", expected, msg);
}

function order(holds: boolean, a: unknown, sign: string, b: unknown, msg?: string): void {
  if (!holds) throw new AssertionError(msg ?? `Expect ${format(a)} ${sign} ${format(b)}`);
}

/** Asserts that `error` is an error of a class, with a message that includes or matches a text. */
function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: Class<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${suffix(msg)}`);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${nameOf(error)}"${
        suffix(msg)
      }`,
    );
  }
  if (!msgMatches) return;
  const text = stripVTControlCharacters(error.message);
  const found = typeof msgMatches === "string"
    ? text.includes(stripVTControlCharacters(msgMatches))
    : msgMatches.test(text);
  if (found) return;
  throw new AssertionError(
    `Expected error message to include ${
      typeof msgMatches === "string" ? JSON.stringify(msgMatches) : msgMatches
    }, but got ${JSON.stringify(error.message)}${suffix(msg)}`,
  );
}

/** The optional arguments of {@linkcode assertThrows}: a class and a text, or a message alone. */
interface Wanted<E> {
  ErrorClass?: Class<E> | undefined;
  msgIncludes?: string | undefined;
  msg?: string | undefined;
}

function wanted<E>(first?: Class<E> | string, second?: string, third?: string): Wanted<E> {
  return typeof first === "string"
    ? { msg: first }
    : { ErrorClass: first, msgIncludes: second, msg: third };
}

function checkThrown<E extends Error>(error: unknown, want: Wanted<E>, verb: string): void {
  if (want.ErrorClass === undefined) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${verb}${suffix(want.msg)}`);
  }
  assertIsError(error, want.ErrorClass, want.msgIncludes, want.msg);
}

/** Asserts that `fn` throws, and returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an error of a class whose message includes `msgIncludes`. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClassOrMsg?: Class<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const want = wanted(errorClassOrMsg, msgIncludes, msg);
  let error: unknown;
  try {
    fn();
  } catch (thrown) {
    error = thrown;
    checkThrown(error, want, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(want.msg)}`);
}

/** Asserts that the promise of `fn` rejects, and returns the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that the promise of `fn` rejects with an error whose message includes `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: Class<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const want = wanted(errorClassOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch {
    // Handled below: throwing is not rejecting.
  }
  if (typeof promise?.then !== "function") {
    throw new AssertionError(`Function throws when expected to reject${suffix(want.msg)}`);
  }
  try {
    await promise;
  } catch (error) {
    checkThrown(error, want, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(want.msg)}`);
}
