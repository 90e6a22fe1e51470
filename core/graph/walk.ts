/**
 * Walking graphs, without recursion.
 *
 * @module
 */

import { type Apply, applyOp, type Variable, withOriginOf } from "./graph.ts";
import { inheritName, inSession } from "./sessions.ts";
import { shown } from "../base/shown.ts";

/**
 * The applications that the outputs need, inputs first. `stop` cuts the walk at a variable, and
 * `inputsOf` says which inputs of an application count.
 */
export function toposort(
  outputs: readonly Variable[],
  stop: (variable: Variable) => boolean = () => false,
  inputsOf: (apply: Apply) => readonly Variable[] = (apply) => apply.inputs,
): Apply[] {
  const done = new Set<Apply>();
  const order: Apply[] = [];
  const stack: { apply: Apply; inputs: readonly Variable[]; next: number }[] = [];
  const open = new Set<Apply>();
  if (!Array.isArray(outputs)) throw notVariable(outputs);
  const enter = (variable: Variable) => {
    const apply = variable?.owner;
    if (apply === undefined) throw notVariable(variable);
    if (apply === null || done.has(apply) || open.has(apply) || stop(variable)) return;
    open.add(apply);
    stack.push({ apply, inputs: inputsOf(apply), next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.next < top.inputs.length) {
        enter(top.inputs[top.next++]!);
      } else {
        stack.pop();
        open.delete(top.apply);
        done.add(top.apply);
        order.push(top.apply);
      }
    }
  }
  return order;
}

function notVariable(value: unknown): TypeError {
  return new TypeError(`Cannot walk a graph: expected a list of variables, got ${shown(value)}`);
}

/** All variables that the outputs depend on, themselves included, inputs first. */
export function ancestors(outputs: readonly Variable[]): Variable[] {
  const seen = new Set<Variable>();
  for (const apply of toposort(outputs)) {
    for (const input of apply.inputs) seen.add(input);
    for (const output of apply.outputs) seen.add(output);
  }
  for (const output of outputs) seen.add(output);
  return [...seen];
}

/** The variables without owner that the outputs depend on, in order of first use. */
export function graphInputs(outputs: readonly Variable[]): Variable[] {
  return ancestors(outputs).filter((variable) => variable.owner === null);
}

/**
 * The outputs with variables replaced. A replacement is taken as it is: it is not searched for further
 * replacements.
 */
export function replace(
  outputs: readonly Variable[],
  replacements: ReadonlyMap<Variable, Variable>,
): Variable[] {
  if (!(replacements instanceof Map)) {
    throw new TypeError(
      `Cannot replace: expected a Map from variables to variables, got ${shown(replacements)}`,
    );
  }
  const made = new Map<Variable, Variable>(replacements);
  const order = toposort(outputs, (variable) => replacements.has(variable));
  inSession(() => order.forEach((apply) => rebuild(apply, made)));
  return outputs.map((output) => made.get(output) ?? output);
}

function rebuild(apply: Apply, made: Map<Variable, Variable>): void {
  const inputs = apply.inputs.map((input) => made.get(input) ?? input);
  if (inputs.every((input, i) => input === apply.inputs[i])) return;
  const rebuilt = withOriginOf(apply.output, () => applyOp(apply.op, inputs, apply.params));
  apply.outputs.forEach((output, i) => {
    if (made.has(output)) return;
    inheritName(rebuilt.outputs[i]!, output.name);
    made.set(output, rebuilt.outputs[i]!);
  });
}
