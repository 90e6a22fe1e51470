/**
 * Reads JSON that comes from strangers: no name twice in one object, no deeper nesting than asked for.
 *
 * @module
 */

/**
 * Reads JSON as `JSON.parse` does, with two things that it lets pass made errors.
 *
 * @param text The JSON
 * @param depth How many objects and lists may lie within each other
 * @returns The value
 * @throws {SyntaxError} If the text is no JSON, is nested deeper, or an object has one name twice; the
 * message is the end of a sentence: "is no JSON"
 */
export function parseStrictJson(text: string, depth: number): unknown {
  // The names so far in each object that is open; lists have none.
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : undefined);
      if (open.length > depth) throw new SyntaxError(`is nested deeper than ${depth} levels`);
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const start = i;
      i = endOfString(text, start);
      const names = open.at(-1);
      if (names === undefined || !isName(text, i)) continue;
      const name = parse(text.slice(start, i + 1)) as string;
      if (names.has(name)) throw new SyntaxError(`has ${shown(name)} twice`);
      names.add(name);
    }
  }
  return parse(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError("is no JSON", { cause });
  }
}

/** The place of the quote that ends the string from `start` on, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** Whether a string that ends at `end` is the name of what follows. */
function isName(text: string, end: number): boolean {
  let i = end + 1;
  while (text[i] === " " || text[i] === "\n" || text[i] === "\r" || text[i] === "\t") i++;
  return text[i] === ":";
}

/**
 * Writes a value as JSON on one short line, for a message.
 *
 * @param value The value, of any kind
 */
export function shown(value: unknown): string {
  const text = (json(value) ?? String(value)).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
}

function json(value: unknown): string | undefined {
  const isNoJson = (part: unknown) =>
    typeof part === "bigint" || typeof part === "number" && !Number.isFinite(part);
  try {
    return JSON.stringify(value, (_, part) => isNoJson(part) ? String(part) : part);
  } catch {
    // It holds itself, or is nested too deep.
    return Array.isArray(value) ? "a list of lists" : "an object of objects";
  }
}

/** How much of a value a message shows, in characters. */
const LONGEST = 60;
