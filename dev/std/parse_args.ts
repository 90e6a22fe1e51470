/**
 * Stand-in for `@std/cli/parse-args`: the same options and results, save that a dot in the name of
 * an option is a character like any other.
 *
 * @module
 */

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
> {
  /** Whether what follows `--` goes to a list of its own, under the name `--`. */
  "--"?: boolean;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Options without a value; `true` for all that have no `=`. */
  boolean?: boolean | B | readonly B[];
  /** Values of options that are not given. */
  default?: D;
  /** Whether everything from the first argument on that is no option is left as it is. */
  stopEarly?: boolean;
  /** Options whose value is never read as a number. */
  string?: S | readonly S[];
  /** Options that may be given many times, and whose values are collected in a list. */
  collect?: C | readonly C[];
  /** Options that `--no-name` sets to false. */
  negatable?: string | readonly string[];
  /** Is told of each argument that is not known, and keeps it out by returning false. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns: options by name, and the other arguments under `_`. */
export type Args<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
> =
  & Record<string, unknown>
  & { [K in Exclude<B, C>]: boolean }
  & { [K in Exclude<S, C | keyof D>]?: string }
  & { [K in Exclude<Extract<S, keyof D>, C>]: string | D[K] }
  & { [K in Exclude<keyof D, S | B | C>]: unknown }
  & { [K in C]: K extends B ? boolean[] : K extends S ? string[] : unknown[] }
  & { _: (string | number)[]; "--"?: string[] };

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
  D extends Record<string, unknown> = Record<never, never>,
>(args: readonly string[], options: ParseOptions<B, S, C, D> = {}): Args<B, S, C, D> {
  return new Parser(options).parse(args) as Args<B, S, C, D>;
}

class Parser {
  #options: ParseOptions;
  #aliases = new Map<string, string[]>();
  #booleans: Set<string>;
  #strings: Set<string>;
  #collected: Set<string>;
  #negatable: Set<string>;
  #result: Record<string, unknown> & { _: (string | number)[] } = { _: [] };

  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [name, others] of Object.entries(options.alias ?? {})) {
      const names = [name, ...list(others)];
      for (const one of names) this.#aliases.set(one, names.filter((other) => other !== one));
    }
    const { boolean, string, collect, negatable } = options;
    this.#booleans = this.#all(typeof boolean === "boolean" ? undefined : boolean);
    this.#strings = this.#all(string);
    this.#collected = this.#all(collect);
    this.#negatable = this.#all(negatable);
  }

  parse(args: readonly string[]): Record<string, unknown> {
    const end = args.indexOf("--");
    const flags = end < 0 ? args : args.slice(0, end);
    const rest = end < 0 ? [] : args.slice(end + 1);
    for (let i = 0; i < flags.length; i++) {
      const arg = flags[i]!;
      if (/^--./.test(arg)) i += this.#long(arg, flags[i + 1]);
      else if (/^-[^-]/.test(arg)) i += this.#short(arg, flags[i + 1]);
      else {
        if (this.#options.unknown?.(arg) !== false) this.#positional(arg);
        if (this.#options.stopEarly) {
          this.#result._.push(...flags.slice(i + 1));
          break;
        }
      }
    }
    this.#fillIn();
    if (this.#options["--"]) this.#result["--"] = rest;
    else for (const arg of rest) this.#result._.push(arg);
    return this.#result;
  }

  /** Reads `--name`, `--name=value`, `--name value` or `--no-name`; returns how many more it took. */
  #long(arg: string, next: string | undefined): number {
    const [, name = "", value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (value !== undefined) {
      this.#set(name, this.#booleans.has(name) ? value !== "false" : value, arg);
      return 0;
    }
    const negated = name.startsWith("no-") ? name.slice(3) : undefined;
    if (negated !== undefined && this.#negatable.has(negated)) {
      this.#set(negated, false, arg, false);
      return 0;
    }
    const valueless = this.#booleans.has(name) || this.#options.boolean === true;
    return this.#take(name, arg, next, valueless || next?.startsWith("-") === true);
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

  #set(name: string, given: Value, arg: string, collects = true): void {
    const known = [this.#booleans, this.#strings, this.#collected, this.#aliases]
      .some((names) => names.has(name)) ||
      this.#options.boolean === true && /^--[^=]+$/.test(arg);
    if (!known && this.#options.unknown?.(arg, name, given) === false) return;
    const value = typeof given === "string" && !this.#strings.has(name) && isNumber(given)
      ? Number(given)
      : given;
    for (const one of [name, ...this.#aliases.get(name) ?? []]) {
      const before = this.#result[one];
      if (!collects || !this.#collected.has(name)) this.#result[one] = value;
      else this.#result[one] = Array.isArray(before) ? [...before, value] : [value];
    }
  }

  #positional(arg: string): void {
    this.#result._.push(!this.#strings.has("_") && isNumber(arg) ? Number(arg) : arg);
  }

  #fillIn(): void {
    const absent = (name: string): boolean => !Object.hasOwn(this.#result, name);
    for (const [name, value] of Object.entries(this.#options.default ?? {})) {
      for (const one of [name, ...this.#aliases.get(name) ?? []]) {
        if (absent(one)) this.#result[one] = value;
      }
    }
    for (const name of [...this.#collected].filter(absent)) this.#result[name] = [];
    for (const name of [...this.#booleans].filter(absent)) this.#result[name] = false;
  }

  #all(names: string | readonly string[] | undefined): Set<string> {
    return new Set(list(names).flatMap((name) => [name, ...this.#aliases.get(name) ?? []]));
  }
}

function list(names: string | readonly string[] | undefined): readonly string[] {
  return typeof names === "string" ? [names] : names ?? [];
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
