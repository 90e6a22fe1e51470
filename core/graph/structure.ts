/**
 * A graph as text, equal for equal graphs that were built apart.
 *
 * @module
 */

import type { Variable } from "./graph.ts";
import { paramsKey } from "./sessions.ts";
import { toposort } from "./walk.ts";

/**
 * What a graph computes, as text: the same for graphs that differ in nothing but which objects they are
 * made of, and in names. `leafText` says what a variable stands for where the walk is to end, as it must for
 * one that nothing computes; it gives null for one to go on behind. `isInside` says that it is in the graph of
 * an op.
 */
export function structureText(
  outputs: readonly Variable[],
  leafText: (variable: Variable, isInside: boolean) => string | null,
  isInside = false,
): string {
  const texts = new Map<Variable, string>();
  const isLeaf = (variable: Variable): boolean => {
    if (texts.has(variable)) return true;
    const text = leafText(variable, isInside);
    if (text !== null) texts.set(variable, text);
    return text !== null;
  };
  const textOf = (variable: Variable) => isLeaf(variable) ? texts.get(variable)! : "?";
  const parts: string[] = [];
  for (const apply of toposort(outputs, isLeaf)) {
    const { op, inputs, params } = apply;
    let key: string | null = null;
    if (op.pure === false) key = `#${apply.id}`;
    else if (op.inner !== undefined && op.key !== undefined) {
      const inner = op.inner(apply);
      const places = new Map(inner.places.map(([place], i) => [place, typedText(`p${i}`, place)]));
      const inside = (v: Variable) => places.get(v) ?? leafText(v, true);
      key = op.key(params, structureText(inner.outputs, inside, true));
    }
    const number = parts.length;
    parts.push(`${op.name}(${inputs.map(textOf).join()})${key ?? paramsKey(op, params)}`);
    apply.outputs.forEach((output, i) => texts.set(output, `${number}.${i}`));
  }
  return [...parts, outputs.map(textOf).join()].join("\n");
}

/** A name for a variable that nothing computes, with its type. */
export function typedText(name: string, { dtype, type }: Variable): string {
  return `${name}:${dtype}[${type.shape.map((n) => n ?? "?")}]`;
}
