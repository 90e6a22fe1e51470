/**
 * The grammar of `T.expr`: text with holes becomes a tree. The operators are Python's, with Python's
 * precedence.
 *
 * @module
 */

import { cutWords } from "../base/shown.ts";
import { runTask, type Task } from "./tasks.ts";

/** A node of the tree; `at` is its place in the text, for messages. */
export type Node =
  | { readonly kind: "number"; readonly value: number; readonly at: number }
  | { readonly kind: "text"; readonly value: string; readonly at: number }
  | { readonly kind: "hole"; readonly hole: number; readonly at: number }
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: "unary"; readonly op: string; readonly x: Node; readonly at: number }
  | {
    readonly kind: "binary";
    readonly op: string;
    readonly x: Node;
    readonly y: Node;
    readonly at: number;
  }
  | { readonly kind: "attribute"; readonly x: Node; readonly name: string; readonly at: number }
  | {
    readonly kind: "call";
    readonly f: Node;
    readonly args: readonly Node[];
    readonly named: readonly (readonly [string, Node])[];
    readonly at: number;
  }
  | {
    readonly kind: "index";
    readonly x: Node;
    readonly items: readonly IndexNode[];
    readonly at: number;
  };

/** One item between brackets. */
export type IndexNode =
  | Node
  | {
    readonly kind: "slice";
    readonly start: Node | null;
    readonly stop: Node | null;
    readonly step: Node | null;
  }
  | { readonly kind: "ellipsis" };

interface Token {
  readonly kind: "number" | "text" | "hole" | "name" | "sign" | "end";
  readonly text: string;
  readonly at: number;
  readonly hole: number;
}

/** The text of a template, with holes shown as `${1}`, `${2}`, … */
export function sourceOf(parts: readonly string[]): string {
  return parts.map((part, i) => i === 0 ? part : `\${${i}}${part}`).join("");
}

/** Characters that are shown on each side of a mistake. */
const AROUND = 100;

/** A SyntaxError that shows the line, as far as it is near, with a caret below the column. */
export function syntaxError(source: string, at: number, message: string): SyntaxError {
  const start = source.lastIndexOf("\n", at - 1) + 1;
  const end = source.indexOf("\n", at);
  const line = source.slice(start, end < 0 ? source.length : end), column = at - start;
  const row = source.slice(0, start).split("\n").length;
  const place = source.includes("\n")
    ? `line ${row}, column ${column + 1}`
    : `column ${column + 1}`;
  const from = Math.max(0, column - AROUND);
  const before = (from > 0 ? "…" : "") + line.slice(from, column);
  const after = line.slice(column, column + AROUND);
  const more = column + AROUND < line.length ? "…" : "";
  const caret = `${before.replace(/[^\t]/g, " ")}^`;
  return new SyntaxError(
    `Cannot read the expression: ${
      cutWords(message)
    } at ${place}\n  ${before}${after}${more}\n  ${caret}`,
  );
}

const shapes = (): readonly (readonly ["number" | "name" | "text" | "sign", RegExp])[] => [
  ["number", /(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["name", /[\p{L}_][\p{L}\p{N}_]*/yu],
  ["text", /"[^"\n]*"|'[^'\n]*'/y],
  ["sign", /\.\.\.|\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+*/%@<>&|^~()[\],:.=]/y],
];

function tokenize(parts: readonly string[], source: string): Token[] {
  const tokens: Token[] = [];
  let base = 0;
  parts.forEach((part, i) => {
    if (i > 0) {
      const text = `\${${i}}`;
      tokens.push({ kind: "hole", text, at: base, hole: i - 1 });
      base += text.length;
    }
    let at = 0;
    while (at < part.length) {
      if (/\s/.test(part[at]!)) {
        at++;
        continue;
      }
      const found = match(part, at);
      if (found === null) {
        throw syntaxError(source, base + at, `unexpected character "${part[at]}"`);
      }
      tokens.push({ ...found, at: base + at, hole: -1 });
      at += found.text.length;
    }
    base += part.length;
  });
  return [...tokens, { kind: "end", text: "the end", at: source.trimEnd().length, hole: -1 }];
}

function match(part: string, at: number): Pick<Token, "kind" | "text"> | null {
  for (const [kind, pattern] of shapes()) {
    pattern.lastIndex = at;
    const text = pattern.exec(part)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return null;
}

/** How tightly binary operators bind, as in Python. */
const binding: Readonly<Record<string, number>> = {
  "<": 1,
  "<=": 1,
  ">": 1,
  ">=": 1,
  "==": 1,
  "!=": 1,
  "|": 2,
  "^": 3,
  "&": 4,
  "<<": 5,
  ">>": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "//": 7,
  "%": 7,
  "@": 7,
  "**": 9,
};
const UNARY = 8;
const COMPARISON = 1;
/** Words of Python that people may write. */
const words: Readonly<Record<string, string>> = { and: "&", or: "|", not: "~", is: "==" };

/** Reading a part of the text: it yields the expressions inside it, which are read first. */
type Reading<V> = Task<V, Node>;

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(parts: readonly string[]) {
    this.#source = sourceOf(parts);
    this.#tokens = tokenize(parts, this.#source);
  }

  parse(): Node {
    const node = runTask(this.#expression(0));
    if (this.#peek().kind !== "end") throw this.#unexpected("an operator or the end");
    return node;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #isSign(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === "sign" && token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#isSign(text)) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected(`"${text}"`);
  }

  #unexpected(expected: string): SyntaxError {
    const { kind, text, at } = this.#peek();
    const operator = kind === "name" ? words[text] : undefined;
    if (operator !== undefined) {
      return syntaxError(
        this.#source,
        at,
        `expected ${expected}, got "${text}" (write ${operator})`,
      );
    }
    const got = kind === "end" ? text : `"${text}"`;
    return syntaxError(this.#source, at, `expected ${expected}, got ${got}`);
  }

  *#expression(least: number): Reading<Node> {
    let x = yield* this.#unary();
    while (true) {
      const { kind, text, at } = this.#peek();
      const power = kind === "sign" ? binding[text] : undefined;
      if (power === undefined || power < least) return x;
      this.#next++;
      // The power is right-associative and takes a sign: 2 ** -1.
      const y: Node = yield this.#expression(text === "**" ? UNARY : power + 1);
      x = { kind: "binary", op: text, x, y, at };
      const after = this.#peek();
      if (power === COMPARISON && after.kind === "sign" && binding[after.text] === COMPARISON) {
        throw syntaxError(
          this.#source,
          after.at,
          `comparisons cannot be chained (write (a < b) & (b < c)), got "${after.text}"`,
        );
      }
    }
  }

  *#unary(): Reading<Node> {
    const { kind, text, at } = this.#peek();
    if (kind === "sign" && (text === "-" || text === "+" || text === "~")) {
      this.#next++;
      return { kind: "unary", op: text, x: yield this.#expression(UNARY), at };
    }
    return yield* this.#postfix(yield* this.#atom());
  }

  *#atom(): Reading<Node> {
    const { kind, text, at, hole } = this.#peek();
    switch (kind) {
      case "number":
        this.#next++;
        return { kind: "number", value: Number(text.replaceAll("_", "")), at };
      case "text":
        this.#next++;
        return { kind: "text", value: text.slice(1, -1), at };
      case "hole":
        this.#next++;
        return { kind: "hole", hole, at };
      case "name":
        if (words[text] !== undefined && !this.#isSign("(", 1)) break;
        this.#next++;
        return { kind: "name", name: text, at };
      case "sign":
        if (text === "(") return yield* this.#group();
        if (text === "[") {
          this.#next++;
          return { kind: "list", items: yield* this.#list("]"), at };
        }
    }
    throw this.#unexpected("a value");
  }

  /** Parentheses: one value, or a list when there is a comma. */
  *#group(): Reading<Node> {
    const { at } = this.#take();
    if (this.#accept(")")) return { kind: "list", items: [], at };
    const first = yield this.#expression(0);
    if (this.#accept(")")) return first;
    if (!this.#accept(",")) throw this.#unexpected(`")"`);
    return { kind: "list", items: [first, ...yield* this.#list(")")], at };
  }

  *#list(close: string): Reading<Node[]> {
    const items: Node[] = [];
    while (!this.#accept(close)) {
      items.push(yield this.#expression(0));
      if (!this.#isSign(close)) this.#separate(close);
    }
    return items;
  }

  #separate(close: string): void {
    if (!this.#accept(",")) throw this.#unexpected(`"," or "${close}"`);
  }

  *#postfix(x: Node): Reading<Node> {
    while (true) {
      const { at } = this.#peek();
      if (this.#accept("(")) x = yield* this.#call(x, at);
      else if (this.#accept("[")) x = { kind: "index", x, items: yield* this.#index(), at };
      else if (this.#accept(".")) {
        if (this.#peek().kind !== "name") throw this.#unexpected("a name");
        x = { kind: "attribute", x, name: this.#take().text, at };
      } else return x;
    }
  }

  *#call(f: Node, at: number): Reading<Node> {
    const args: Node[] = [];
    const named: [string, Node][] = [];
    while (!this.#accept(")")) {
      const token = this.#peek();
      if (token.kind === "name" && this.#isSign("=", 1)) {
        this.#next += 2;
        if (named.some(([name]) => name === token.text)) {
          throw syntaxError(this.#source, token.at, `argument "${token.text}" is given twice`);
        }
        named.push([token.text, yield this.#expression(0)]);
      } else if (named.length > 0) {
        throw syntaxError(this.#source, token.at, "a positional argument after a named one");
      } else args.push(yield this.#expression(0));
      if (!this.#isSign(")")) this.#separate(")");
    }
    return { kind: "call", f, args, named, at };
  }

  *#index(): Reading<IndexNode[]> {
    const items: IndexNode[] = [];
    if (this.#isSign("]")) throw this.#unexpected("an index");
    while (!this.#accept("]")) {
      items.push(yield* this.#indexItem());
      if (!this.#isSign("]")) this.#separate("]");
    }
    return items;
  }

  *#indexItem(): Reading<IndexNode> {
    if (this.#accept("...")) return { kind: "ellipsis" };
    const ends = () => this.#isSign(":") || this.#isSign(",") || this.#isSign("]");
    const start: Node | null = ends() ? null : yield this.#expression(0);
    if (start !== null && !this.#isSign(":")) return start;
    this.#expect(":");
    const stop: Node | null = ends() ? null : yield this.#expression(0);
    const step: Node | null = this.#accept(":") && !ends() ? yield this.#expression(0) : null;
    return { kind: "slice", start, stop, step };
  }
}

/**
 * Reads the text of a template. Throws a SyntaxError that points at the column.
 *
 * @param parts The pieces of text around the holes.
 */
export function parseExpression(parts: readonly string[]): Node {
  return new Parser(parts).parse();
}
