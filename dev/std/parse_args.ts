/**
 * Stand-in for `@std/cli/parse-args`: the options that this repository uses, with the same results, save
 * that a dot in the name of an option is a character like any other.
 *
 * @module
 */

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
> {
  /** Options without a value. */
  boolean?: readonly B[];
  /** Options whose value is never read as a number. */
  string?: readonly S[];
  /** Options that may be given many times, and whose values are collected in a list. */
  collect?: readonly C[];
  /** Is told of each argument that is not known, and keeps it out by returning false. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns: options by name, and the other arguments under `_`. */
export type Args<
  B extends string = string,
  S extends string = string,
  C extends string = string,
> =
  & Record<string, unknown>
  & { [K in Exclude<B, C>]: boolean }
  & { [K in Exclude<S, C>]?: string }
  & { [K in C]: K extends B ? boolean[] : K extends S ? string[] : unknown[] }
  & { _: (string | number)[] };

type Value = string | number | boolean;

/**
 * Reads command line arguments.
 *
 * @param args The arguments, mostly `Deno.args`
 * @param options Which options there are
 * @returns The options by name, and the other arguments under `_`
 */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
>(args: readonly string[], options: ParseOptions<B, S, C> = {}): Args<B, S, C> {
  return new Parser(options).parse(args) as Args<B, S, C>;
}

class Parser {
  #unknown: ParseOptions["unknown"];
  #booleans: ReadonlySet<string>;
  #strings: ReadonlySet<string>;
  #collected: ReadonlySet<string>;
  #result: Record<string, unknown> & { _: (string | number)[] } = { _: [] };

  constructor({ boolean, string, collect, unknown }: ParseOptions) {
    this.#unknown = unknown;
    this.#booleans = new Set(boolean);
    this.#strings = new Set(string);
    this.#collected = new Set(collect);
  }

  parse(args: readonly string[]): Record<string, unknown> {
    const end = args.indexOf("--");
    const flags = end < 0 ? args : args.slice(0, end);
    const rest = end < 0 ? [] : args.slice(end + 1);
    for (let i = 0; i < flags.length; i++) {
      const arg = flags[i]!;
      if (/^--./.test(arg)) i += this.#long(arg, flags[i + 1]);
      else if (/^-[^-]/.test(arg)) i += this.#short(arg, flags[i + 1]);
      else if (this.#unknown?.(arg) !== false) this.#positional(arg);
    }
    this.#fillIn();
    this.#result._.push(...rest);
    return this.#result;
  }

  /** Reads `--name`, `--name=value` or `--name value`; returns how many more it took. */
  #long(arg: string, next: string | undefined): number {
    const [, name = "", value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (value !== undefined) {
      this.#set(name, this.#booleans.has(name) ? value !== "false" : value, arg);
      return 0;
    }
    const alone = this.#booleans.has(name) || next?.startsWith("-") === true;
    return this.#take(name, arg, next, alone);
  }

  /** Reads `-n`, `-n value`, `-n5`, `-n=value` or a cluster `-abc`. */
  #short(arg: string, next: string | undefined): number {
    for (let i = 1; i < arg.length - 1; i++) {
      const name = arg[i]!;
      const rest = arg.slice(i + 1);
      if (/^\W/.test(rest) || /[A-Za-z]/.test(name) && /^\d/.test(rest)) {
        this.#set(name, rest[0] === "=" ? rest.slice(1) : rest, arg);
        return 0;
      }
      this.#set(name, this.#strings.has(name) ? "" : true, arg);
    }
    const name = arg.at(-1)!;
    const valueless = this.#booleans.has(name);
    return this.#take(name, arg, next, valueless || /^--?[^-]/.test(next ?? ""));
  }

  /** Gives the option the next argument, or `true` if it cannot have that. */
  #take(name: string, arg: string, next: string | undefined, alone: boolean): number {
    if (next && !alone) {
      this.#set(name, next, arg);
      return 1;
    }
    if (next === "true" || next === "false") {
      this.#set(name, next === "true", arg);
      return 1;
    }
    this.#set(name, this.#strings.has(name) ? "" : true, arg);
    return 0;
  }

  #set(name: string, given: Value, arg: string): void {
    const known = [this.#booleans, this.#strings, this.#collected]
      .some((names) => names.has(name));
    if (!known && this.#unknown?.(arg, name, given) === false) return;
    const value = typeof given === "string" && !this.#strings.has(name) && isNumber(given)
      ? Number(given)
      : given;
    const before = this.#result[name];
    if (!this.#collected.has(name)) this.#result[name] = value;
    else this.#result[name] = Array.isArray(before) ? [...before, value] : [value];
  }

  #positional(arg: string): void {
    this.#result._.push(!this.#strings.has("_") && isNumber(arg) ? Number(arg) : arg);
  }

  #fillIn(): void {
    const absent = (name: string): boolean => !Object.hasOwn(this.#result, name);
    for (const name of [...this.#collected].filter(absent)) this.#result[name] = [];
    for (const name of [...this.#booleans].filter(absent)) this.#result[name] = false;
  }
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
