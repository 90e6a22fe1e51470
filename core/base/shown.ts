/**
 * What users passed, in messages: short, whatever it is.
 *
 * @module
 */

/** Characters of a string that a message shows. */
const LONGEST = 60;
/** Items of a list that a message shows. */
const MOST = 8;

/** A value in a few words, never longer than a line or two. */
export function shown(value: unknown, depth = 0): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(cut(value));
    case "bigint":
      return `${cut(String(value))}n`;
    case "symbol":
      return cut(String(value));
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : shownObject(value, depth);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function shownObject(value: object, depth: number): string {
  if ("owner" in value && "label" in value) return String(value.label);
  if (Array.isArray(value)) {
    if (depth > 2) return "[…]";
    const items = Array.from(
      { length: Math.min(value.length, MOST) },
      (_, i) => shown(value[i], depth + 1),
    );
    if (value.length > MOST) items.push("…");
    return `[${items.join(", ")}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) {
    const keys = Object.keys(value);
    return keys.length === 0
      ? "an empty object"
      : `an object with ${keys.slice(0, MOST).map((key) => JSON.stringify(cut(key))).join(", ")}`;
  }
  const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? `an object of class ${cut(name)}` : "an object";
}

/** A text, shortened when it is long. */
export function cut(text: string, longest: number = LONGEST): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

/** A text whose words are shortened when they are long: names that users chose may stand in it. */
export function cutWords(text: string): string {
  return text.replace(/[^\s"]+/g, (word) => cut(word));
}

function fewOf(items: readonly string[]): readonly string[] {
  if (items.length <= 2 * MOST) return items;
  return [...items.slice(0, MOST), `${items.length - MOST} more`];
}

/** Some words in a message: "a", "a and b", "a, b and c", shortened when there are many. */
export function listText(items: readonly string[]): string {
  const few = fewOf(items);
  return few.length < 2 ? few.join("") : `${few.slice(0, -1).join(", ")} and ${few.at(-1)}`;
}

/** The same with commas alone: "a, b, c". */
export function commaText(items: readonly string[]): string {
  return fewOf(items).join(", ");
}

/** The lengths of a shape in a message, shortened when there are many. */
export function lengthsText(shape: readonly (number | null)[]): string {
  const items: unknown[] = shape.slice(0, 2 * MOST).map((n) => n ?? "?");
  if (shape.length > 2 * MOST) items.push(`… ${shape.length} axes`);
  return items.join(", ");
}

/** A shape in a message: `[2, 3]`, shortened when it is long. */
export function shownShape(shape: readonly unknown[]): string {
  return shown([...shape]);
}

/** A shape in messages: `(2, 3)`, `(5,)`, `()`. */
export function shapeText(shape: readonly (number | null)[]): string {
  if (shape.length === 1) return `(${shape[0] ?? "?"},)`;
  return `(${lengthsText(shape)})`;
}
