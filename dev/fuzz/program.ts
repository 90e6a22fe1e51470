/**
 * Random programs as data: they can be built, printed, sent to another process and made smaller.
 *
 * @module
 */

import type { Config, DType, ModeOptions } from "../../all.ts";

/** An expression of a program. */
export type Expr =
  | { readonly kind: "ref"; readonly name: string }
  | { readonly kind: "value"; readonly value: null | boolean | number | bigint | string }
  | { readonly kind: "list"; readonly items: readonly Expr[] }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Expr>> }
  /** A call of a function of `mod.ts` ("T.add"), or of a method of the first argument (".at"). */
  | { readonly kind: "call"; readonly fn: string; readonly args: readonly Expr[] }
  | Lambda;

/** A function, as the step of a loop. */
export interface Lambda {
  readonly kind: "lambda";
  readonly params: readonly string[];
  readonly body: readonly Statement[];
  readonly result: Expr;
}

/** A name, or names for the parts of a list. */
export type Pattern = string | readonly Pattern[];

/** One line of a program: what a pattern stands for. */
export interface Statement {
  readonly pattern: Pattern;
  readonly expr: Expr;
}

/** An input, or a shared variable, which has its value from the first call. */
export interface Input {
  readonly name: string;
  readonly dtype: DType;
  /** Lengths that the type states; null where it is open. */
  readonly shape: readonly (number | null)[];
  readonly shared: boolean;
}

/** Numbers of an argument. */
export interface Data {
  readonly shape: readonly number[];
  readonly data: readonly (number | bigint)[];
}

/** What must hold of values, beside that every device computes what the reference does. */
export type Law =
  /** An output has the values that the reference gives for another spelling. */
  | { readonly kind: "equal"; readonly output: string; readonly other: string }
  /** `is` holds the derivatives of the elements of `of` by those of `wrt`, of the shapes of both, joined. */
  | {
    readonly kind: "derivative";
    readonly of: string;
    readonly wrt: string;
    readonly is: string;
    /** Whether it must be a number: elsewhere the rule of chains may well say 0 times infinity. */
    readonly defined: boolean;
  }
  /** A call that the reference refuses is refused. */
  | { readonly kind: "refused" };

/** A program with arguments for some calls. */
export interface Program {
  readonly inputs: readonly Input[];
  readonly statements: readonly Statement[];
  readonly outputs: readonly string[];
  /** Shared variables with their new values. */
  readonly updates: readonly (readonly [string, string])[];
  readonly laws: readonly Law[];
  /** Arguments by name, for one call after the other. */
  readonly calls: readonly Readonly<Record<string, Data>>[];
  readonly mode: "fastRun" | "fastCompile" | "debug" | ModeOptions;
  /** Settings of what is kept; the usual ones if left out. */
  readonly room?: Room;
}

/** How much is kept. */
export type Room = Pick<Config, "plans" | "planBytes" | "deviceBytes">;

/** All names in a pattern. */
export function namesOf(pattern: Pattern): string[] {
  return typeof pattern === "string" ? [pattern] : pattern.flatMap(namesOf);
}

/** All names that an expression reads. */
export function readsOf(expr: Expr): string[] {
  switch (expr.kind) {
    case "ref":
      return [expr.name];
    case "value":
      return [];
    case "list":
      return expr.items.flatMap(readsOf);
    case "object":
      return Object.values(expr.fields).flatMap(readsOf);
    case "call":
      return expr.args.flatMap(readsOf);
    case "lambda":
      return [...expr.body.flatMap((line) => readsOf(line.expr)), ...readsOf(expr.result)];
  }
}

/** Without the lines, inputs and laws that nothing reads. */
export function pruned(program: Program): Program {
  const names = new Set([...program.outputs, ...program.updates.flat()]);
  const laws = program.laws.filter((law) =>
    law.kind === "equal"
      ? names.has(law.output)
      : law.kind === "refused" || [law.of, law.is].every((name) => names.has(name))
  );
  for (const law of laws) {
    if (law.kind !== "refused") names.add(law.kind === "equal" ? law.other : law.wrt);
  }
  const statements = keptLines(program.statements, names);
  const inputs = program.inputs.filter(({ name }) => names.has(name));
  const calls = program.calls.map((call) =>
    Object.fromEntries(inputs.map(({ name }) => [name, call[name]!]))
  );
  return { ...program, statements, inputs, laws, calls };
}

/** The lines that the names need; adds what they read to the names. */
export function keptLines(statements: readonly Statement[], names: Set<string>): Statement[] {
  const kept: Statement[] = [];
  for (const line of statements.toReversed()) {
    if (!namesOf(line.pattern).some((name) => names.has(name))) continue;
    const { expr } = line;
    const lean = expr.kind === "call" ? { ...expr, args: expr.args.map(leanLambda) } : expr;
    readsOf(lean).forEach((name) => names.add(name));
    kept.unshift({ ...line, expr: lean });
  }
  return kept;
}

function leanLambda(expr: Expr): Expr {
  if (expr.kind !== "lambda") return expr;
  return { ...expr, body: keptLines(expr.body, new Set(readsOf(expr.result))) };
}

function numberText(x: number | bigint): string {
  return typeof x === "bigint" ? `${x}n` : Object.is(x, -0) ? "-0" : String(x);
}

/** An expression as TypeScript. */
export function exprText(expr: Expr, indent = ""): string {
  const text = (part: Expr) => exprText(part, indent);
  switch (expr.kind) {
    case "ref":
      return expr.name;
    case "value":
      return typeof expr.value === "number" || typeof expr.value === "bigint"
        ? numberText(expr.value)
        : JSON.stringify(expr.value);
    case "list":
      return `[${expr.items.map(text).join(", ")}]`;
    case "object":
      return `{ ${
        Object.entries(expr.fields).map(([name, value]) => `${name}: ${text(value)}`).join(", ")
      } }`;
    case "call": {
      const args = expr.args.map(text);
      if (!expr.fn.startsWith(".")) return `${expr.fn}(${args.join(", ")})`;
      return `${args[0]}${expr.fn}(${args.slice(1).join(", ")})`;
    }
    case "lambda": {
      const deeper = `${indent}  `;
      const params = expr.params.map((name) => `${name}: Variable`).join(", ");
      const body = expr.body.map((line) => `${deeper}${lineText(line, deeper)}\n`).join("");
      const result = exprText(expr.result, deeper);
      return expr.body.length === 0
        ? `(${params}) => ${result}`
        : `(${params}) => {\n${body}${deeper}return ${result};\n${indent}}`;
    }
  }
}

function patternText(pattern: Pattern): string {
  return typeof pattern === "string" ? pattern : `[${pattern.map(patternText).join(", ")}]`;
}

function lineText({ pattern, expr }: Statement, indent = ""): string {
  return `const ${patternText(pattern)} = ${exprText(expr, indent)};`;
}

function dataText(dtype: DType, { shape, data }: Data): string {
  return `tensor([${data.map(numberText).join(", ")}], { dtype: "${dtype}", shape: [${
    shape.join(", ")
  }] })`;
}

/** A program as TypeScript that can be pasted and run. */
export function programText(program: Program, device: string): string {
  const { inputs, calls } = program;
  const lines = inputs.map(({ name, dtype, shape, shared }) =>
    shared
      ? `const ${name} = shared(${dataText(dtype, calls[0]![name]!)}, { name: "${name}" });`
      : `const ${name} = T.tensor("${dtype}", ${JSON.stringify(shape)}, "${name}");`
  );
  lines.push(...program.statements.map((line) => lineText(line)));
  const given = inputs.filter(({ shared }) => !shared);
  const options = [`device: "${device}"`, `onUnusedInput: "ignore"`];
  if (program.mode !== "fastRun") options.push(`mode: ${JSON.stringify(program.mode)}`);
  if (program.updates.length > 0) {
    options.push(`updates: [${program.updates.map((pair) => `[${pair.join(", ")}]`).join(", ")}]`);
  }
  if (program.room !== undefined) {
    lines.push(`Object.assign(config, ${JSON.stringify(program.room)});`);
  }
  lines.push(
    `const f = await compile([${given.map(({ name }) => name).join(", ")}], [${
      program.outputs.join(", ")
    }], { ${options.join(", ")} });`,
  );
  for (const call of calls) {
    const args = given.map(({ name, dtype }) => `\n  ${dataText(dtype, call[name]!)},`);
    lines.push(`console.log(f(${args.join("")}${args.length > 0 ? "\n" : ""}));`);
  }
  const used = new Set(["T", "compile", "tensor"]);
  const body = lines.join("\n");
  if (program.room !== undefined) used.add("config");
  if (body.includes("new RandomStreams(")) used.add("RandomStreams");
  for (
    const name of [
      "Rop",
      "grad",
      "hessian",
      "jacobian",
      "scan",
      "until",
      "shared",
      "foldl",
      "map",
      "vmap",
    ]
  ) {
    if (new RegExp(`\\b${name}\\(`).test(body)) used.add(name);
  }
  if (body.includes(": Variable")) used.add("type Variable");
  return `import { ${[...used].sort().join(", ")} } from "./mod.ts";\n\n${body}\n`;
}

/** JSON that keeps NaN, infinities, -0 and bigint. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return { $big: String(part) };
    if (typeof part === "number" && (!Number.isFinite(part) || Object.is(part, -0))) {
      return { $number: Object.is(part, -0) ? "-0" : String(part) };
    }
    return part;
  });
}

/** What `encode` wrote. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, part) => {
    if (typeof part !== "object" || part === null) return part;
    if ("$big" in part) return BigInt(part.$big);
    if ("$number" in part) return Number(part.$number);
    return part;
  });
}
