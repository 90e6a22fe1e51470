/**
 * Options as users give them: known by name, of the right type.
 *
 * @module
 */

import { shown } from "./shown.ts";

/** What the value of an option must be: a JavaScript type, one of some words, or checked elsewhere. */
type OptionKind = "boolean" | "string" | "number" | "function" | "any" | readonly string[];

/** The kind of each option of `O`. */
export type OptionKinds<O> = { readonly [K in keyof Required<O>]: OptionKind };

/**
 * The options, checked: an object whose keys are known and whose values have their type. An option that
 * is undefined is as good as left out.
 *
 * Throws a TypeError that says which ones there are.
 *
 * @param action What cannot be done otherwise, as in "Cannot sum x".
 */
export function checkOptions<O extends object>(
  action: string,
  options: O | undefined,
  kinds: OptionKinds<O>,
): O {
  if (options === undefined) return {} as O;
  const given: unknown = options;
  const plain = typeof given === "object" && given !== null && !Array.isArray(given) &&
    !ArrayBuffer.isView(given) && !("owner" in given) && !(Symbol.iterator in given) &&
    !("then" in given) && isRecord(given);
  if (!plain) {
    throw new TypeError(`${action}: expected an object of options, got ${shown(given)}`);
  }
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(kinds, key)) throw unknownOption(action, key, Object.keys(kinds));
    const value = (given as Record<string, unknown>)[key];
    const kind = (kinds as Record<string, OptionKind>)[key]!;
    if (value === undefined || kind === "any" || typeof value === kind) continue;
    if (typeof kind !== "string") {
      if (kind.includes(value as string)) continue;
      const words = kind.map((word) => `"${word}"`).join(" or ");
      throw new TypeError(`${action}: expected "${key}" to be ${words}, got ${shown(value)}`);
    }
    const wanted = kind === "boolean" ? "true or false" : `a ${kind}`;
    throw new TypeError(`${action}: expected "${key}" to be ${wanted}, got ${shown(value)}`);
  }
  return options;
}

/** Whether an object is one of named things: a plain one, or one of a class with fields, not a Date. */
export function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.keys(value).length > 0;
}

/** The known name that is nearly the one given, for the end of a message; nothing if there is none. */
export function suggestion(given: string, known: readonly string[]): string {
  const close = known.find((name) => distance(name, given) <= 2);
  return close === undefined ? "" : `; did you mean "${close}"?`;
}

function unknownOption(action: string, key: string, known: readonly string[]): TypeError {
  const advice = suggestion(key, known);
  return new TypeError(
    `${action}: unknown option ${shown(key)}${advice}; options are ${known.join(", ") || "none"}`,
  );
}

/** How many letters to add, drop, change or swap with a neighbour to get from one word to another. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The list, if it is one. Throws a TypeError for anything else. */
export function expectList<T>(action: string, list: readonly T[], what = "a list"): readonly T[] {
  if (Array.isArray(list)) return list;
  throw new TypeError(`${action}: expected ${what}, got ${shown(list)}`);
}
