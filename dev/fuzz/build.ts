/**
 * Programs as graphs.
 *
 * @module
 */

import * as croton from "../../all.ts";
import type { SharedVariable, Variable } from "../../all.ts";
import { fromTypedArray, makeValue, rounded, type Value } from "../../core/graph/value.ts";
import { toposort } from "../../core/graph/walk.ts";
import type { Data, Expr, Input, Pattern, Program, Statement } from "./program.ts";

/** What names stand for. */
export type Scope = Map<string, unknown>;

type Callable = (...args: unknown[]) => unknown;

/** A function of `mod.ts` by its name: "T.add", "grad". */
function functionNamed(path: string): Callable {
  if (path === "new RandomStreams") return (seed) => new croton.RandomStreams(seed as number);
  let found: unknown = croton;
  for (const part of path.split(".")) found = (found as Record<string, unknown>)[part];
  if (typeof found !== "function") throw new TypeError(`There is no function ${path}`);
  return found as Callable;
}

/** The value of an expression. */
export function interpret(expr: Expr, scope: Scope): unknown {
  switch (expr.kind) {
    case "ref":
      if (!scope.has(expr.name)) throw new TypeError(`There is no ${expr.name}`);
      return scope.get(expr.name);
    case "value":
      return expr.value;
    case "list":
      return expr.items.map((item) => interpret(item, scope));
    case "object":
      return Object.fromEntries(
        Object.entries(expr.fields).map(([name, value]) => [name, interpret(value, scope)]),
      );
    case "call": {
      const args = expr.args.map((arg) => interpret(arg, scope));
      if (!expr.fn.startsWith(".")) return functionNamed(expr.fn)(...args);
      const [self, ...rest] = args;
      return (self as Record<string, Callable>)[expr.fn.slice(1)]!(...rest);
    }
    case "lambda":
      return (...args: unknown[]) => {
        const inner = new Map(scope);
        expr.params.forEach((name, i) => inner.set(name, args[i]));
        for (const line of expr.body) run(line, inner);
        return interpret(expr.result, inner);
      };
  }
}

function bind(pattern: Pattern, value: unknown, scope: Scope): void {
  if (typeof pattern === "string") scope.set(pattern, value);
  else pattern.forEach((part, i) => bind(part, (value as unknown[])[i], scope));
}

/** Runs one line. */
export function run({ pattern, expr }: Statement, scope: Scope): void {
  bind(pattern, interpret(expr, scope), scope);
}

/** The variable of an input. */
export function inputVariable(input: Input, data: Data): Variable {
  const { name, dtype, shape } = input;
  if (!input.shared) return croton.T.tensor(dtype, shape as number[], name) as Variable;
  return croton.shared(tensorOf(input, data), { name }) as Variable;
}

/** The values, and those of the shared variables that numbers are drawn by. */
export function withStates(
  outputs: readonly Variable[],
  values: ReadonlyMap<Variable, Value>,
): Map<Variable, Value> {
  const all = new Map(values);
  for (const variable of toposort(outputs).flatMap(({ inputs }) => inputs)) {
    if (!(variable instanceof croton.SharedVariable) || all.has(variable)) continue;
    all.set(variable, resultValue(variable.getValue()));
  }
  return all;
}

/** Numbers as an argument. */
export function tensorOf({ dtype }: Input, { shape, data }: Data): croton.Tensor {
  const list = data as unknown as croton.NestedArray;
  return croton.tensor(list, { dtype, shape });
}

/** Numbers as a value of the reference. */
export function valueOf({ dtype }: Input, { shape, data }: Data): Value {
  return rounded(makeValue(dtype, shape, data));
}

/** A program as a graph. */
export interface Built {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly shared: readonly SharedVariable[];
}

/** Builds a program. */
export function build(program: Program): Built {
  const scope: Scope = new Map();
  const shared: SharedVariable[] = [];
  for (const input of program.inputs) {
    const variable = inputVariable(input, program.calls[0]![input.name]!);
    if (variable instanceof croton.SharedVariable) shared.push(variable);
    scope.set(input.name, variable);
  }
  for (const line of program.statements) run(line, scope);
  const variables = new Map<string, Variable>();
  for (const [name, value] of scope) {
    if (value instanceof croton.Variable) variables.set(name, value);
  }
  return { variables, shared };
}

/** A result as a value of the reference. */
export function resultValue(tensor: croton.Tensor): Value {
  return fromTypedArray(tensor.dtype, tensor.shape, tensor.dataSync());
}
