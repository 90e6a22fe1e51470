/**
 * Makes failing programs small.
 *
 * @module
 */

import type { DType } from "../../all.ts";
import { type Data, type Expr, namesOf, type Program, pruned, type Statement } from "./program.ts";

/** Whether a program still fails in the same way. */
export type StillFails = (program: Program) => Promise<boolean>;

/** Programs that are a little smaller, the greatest steps first. */
export function* smaller(program: Program, changeLines: boolean): Generator<Program> {
  const { outputs, updates, statements, calls, laws } = program;
  if (calls.length > 1) {
    for (let i = 0; i < calls.length; i++) yield { ...program, calls: [calls[i]!] };
  }
  if (outputs.length + updates.length > 1) {
    for (const name of outputs) yield pruned({ ...program, outputs: [name] });
    for (const name of outputs) {
      yield pruned({ ...program, outputs: outputs.filter((other) => other !== name) });
    }
    for (const pair of updates) {
      yield pruned({ ...program, updates: updates.filter((other) => other !== pair) });
    }
  }
  for (const [i, output] of changeLines ? outputs.entries() : []) {
    const expr = statements.find(({ pattern }) => pattern === output)?.expr;
    for (const arg of expr?.kind === "call" ? expr.args : []) {
      if (arg.kind === "ref") yield pruned({ ...program, outputs: outputs.with(i, arg.name) });
    }
  }
  for (const law of changeLines ? laws : []) {
    yield pruned({ ...program, laws: laws.filter((other) => other !== law) });
  }
  for (let i = statements.length - 1; changeLines && i >= 0; i--) {
    for (const lines of smallerLine(statements, i)) yield pruned({ ...program, statements: lines });
  }
  yield* smallerData(program);
}

/** The lines with one of them left out, for one of its arguments or without one. */
function* smallerLine(lines: readonly Statement[], i: number): Generator<Statement[]> {
  const line = lines[i]!;
  const { expr, pattern } = line;
  if (expr.kind !== "call") return;
  if (typeof pattern === "string") {
    for (const arg of expr.args) {
      if (arg.kind !== "ref") continue;
      yield renamed(lines.toSpliced(i, 1), pattern, arg.name);
    }
  }
  for (const [k, arg] of expr.args.entries()) {
    if (arg.kind !== "lambda") continue;
    for (let j = arg.body.length - 1; j >= 0; j--) {
      for (const body of smallerLine(arg.body, j)) {
        const name = arg.body[j]!.pattern;
        const kept = new Set(body.flatMap((one) => namesOf(one.pattern)));
        const source = typeof name === "string" && !kept.has(name)
          ? replacedBy(arg.body[j]!, body, arg.body)
          : null;
        const result = source === null ? arg.result : renameIn(arg.result, name as string, source);
        const lambda: Expr = { ...arg, body, result };
        yield lines.with(i, { pattern, expr: { ...expr, args: expr.args.with(k, lambda) } });
      }
    }
    yield* fewerResults(lines, i, k);
  }
}

/** What took the place of a dropped line: the argument that its readers read now. */
function replacedBy(
  line: Statement,
  after: readonly Statement[],
  before: readonly Statement[],
): string | null {
  if (line.expr.kind !== "call") return null;
  const args = line.expr.args.flatMap((arg) => arg.kind === "ref" ? [arg.name] : []);
  for (const name of args) {
    const tried = renamed(before.filter((other) => other !== line), line.pattern as string, name);
    if (JSON.stringify(tried, big) === JSON.stringify(after, big)) return name;
  }
  return args[0] ?? null;
}

function big(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** A loop without one of its results, if nothing reads it. */
function* fewerResults(lines: readonly Statement[], i: number, k: number): Generator<Statement[]> {
  const { expr, pattern } = lines[i]!;
  if (expr.kind !== "call" || typeof pattern === "string") return;
  const lambda = expr.args[k]!, names = pattern[0];
  if (lambda.kind !== "lambda" || lambda.result.kind !== "list" || !Array.isArray(names)) return;
  const { items } = lambda.result;
  if (items.length > names.length) {
    const result: Expr = { kind: "list", items: items.slice(0, names.length) };
    yield lines.with(i, {
      pattern,
      expr: { ...expr, args: expr.args.with(k, { ...lambda, result }) },
    });
  }
}

function renamed(lines: readonly Statement[], from: string, to: string): Statement[] {
  return lines.map((line) => ({ ...line, expr: renameIn(line.expr, from, to) }));
}

function renameIn(expr: Expr, from: string, to: string): Expr {
  const inside = (part: Expr) => renameIn(part, from, to);
  switch (expr.kind) {
    case "ref":
      return expr.name === from ? { kind: "ref", name: to } : expr;
    case "value":
      return expr;
    case "list":
      return { kind: "list", items: expr.items.map(inside) };
    case "object":
      return {
        kind: "object",
        fields: Object.fromEntries(
          Object.entries(expr.fields).map(([name, part]) => [name, inside(part)]),
        ),
      };
    case "call":
      return { ...expr, args: expr.args.map(inside) };
    case "lambda":
      return { ...expr, body: renamed(expr.body, from, to), result: inside(expr.result) };
  }
}

/** Simpler numbers, one argument at a time. */
function* smallerData(program: Program): Generator<Program> {
  for (const { name, dtype } of program.inputs) {
    for (const [call, args] of program.calls.entries()) {
      const given = args[name]!;
      for (const data of simpler(dtype, given)) {
        yield { ...program, calls: program.calls.with(call, { ...args, [name]: data }) };
      }
    }
  }
}

function* simpler(dtype: DType, { shape, data }: Data): Generator<Data> {
  const whole = (x: number) => typeof data[0] === "bigint" ? BigInt(x) : x;
  const tries = [
    data.map(() => whole(1)),
    data.map(() => whole(0)),
    dtype.startsWith("float") ? data.map((x) => Math.round(Number(x))) : [],
    dtype.startsWith("float") ? data.map((x) => Math.round(Number(x) * 4) / 4) : [],
  ];
  for (const list of tries) {
    if (list.length === 0 || list.every((x, i) => Object.is(x, data[i]))) continue;
    yield { shape, data: list };
  }
}

/** How much a program may be made smaller. */
export interface Budget {
  readonly tries: number;
  /** Milliseconds. */
  readonly time: number;
  /** Whether lines may change; else only outputs are dropped and numbers made simpler. */
  readonly lines: boolean;
}

/** Makes a program smaller as long as it fails in the same way and there are tries left. */
export async function shrink(
  program: Program,
  stillFails: StillFails,
  budget: Budget,
): Promise<Program> {
  const end = performance.now() + budget.time;
  let best = program, tries = budget.tries, improved = true;
  while (improved) {
    improved = false;
    for (const candidate of smaller(best, budget.lines)) {
      if (tries-- <= 0 || performance.now() > end) return best;
      if (!await stillFails(candidate)) continue;
      best = candidate;
      improved = true;
      break;
    }
  }
  return best;
}
