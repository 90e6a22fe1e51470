/**
 * Slices whose place changes with the step and whose length does not: `x[i*B:(i+1)*B]`.
 *
 * Memory is planned before a loop runs, so that the length of a slice must be known then. Where start and
 * stop differ by a constant it is; the slice becomes rows that are looked up, and a place outside of `x` is
 * an error instead of a shorter slice.
 *
 * @module
 */

import { isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../core/graph/graph.ts";
import { replace, toposort } from "../core/graph/walk.ts";
import { add, cast } from "../core/ops/elementwise/elementwise.ts";
import { index } from "../core/ops/index/indexing.ts";
import { arange } from "../core/ops/create/ranges.ts";

interface SliceEntry {
  readonly kind: string;
  readonly start?: boolean;
  readonly stop?: boolean;
  readonly step?: boolean;
}

/** The results of a step with such slices as rows; `varying` are the placeholders that change. */
export function movingSlices(
  results: readonly Variable[],
  varying: readonly Variable[],
): Variable[] {
  const depends = new Set<Variable>(varying);
  const rows = new Map<Variable, Variable>();
  for (const node of toposort(results)) {
    if (!node.inputs.some((input) => depends.has(input))) continue;
    for (const output of node.outputs) depends.add(output);
    const length = movingLength(node, depends);
    if (length === null) continue;
    const [x, start] = node.inputs as [Variable, Variable];
    const from = replace([x, start], rows) as [Variable, Variable];
    const places = add(arange(length), cast(from[1], "int64"));
    rows.set(node.output, index(from[0], [places]));
  }
  return rows.size === 0 ? [...results] : replace(results, rows);
}

/** The constant length of a slice whose start changes, or null if the node is nothing of the kind. */
function movingLength(node: Apply, depends: ReadonlySet<Variable>): number | null {
  if (node.op.name !== "subtensor") return null;
  const { index: entries } = node.params as { index: readonly SliceEntry[] };
  const [entry] = entries;
  const plain = entries.length === 1 && entry!.kind === "slice" && entry!.start === true &&
    entry!.stop === true && entry!.step !== true;
  if (!plain) return null;
  const [, start, stop] = node.inputs as [Variable, Variable, Variable];
  if (!depends.has(start) || !depends.has(stop)) return null;
  const low = linearForm(start), high = linearForm(stop);
  const keys = new Set([...low.terms.keys(), ...high.terms.keys()]);
  for (const key of keys) {
    if ((low.terms.get(key) ?? 0) !== (high.terms.get(key) ?? 0)) return null;
  }
  const length = high.constant - low.constant;
  return length > 0 ? length : null;
}

interface Linear {
  readonly constant: number;
  readonly terms: ReadonlyMap<Variable, number>;
}

/** An integer as `constant + sum(coefficient * variable)`. */
function linearForm(variable: Variable): Linear {
  if (variable instanceof Constant) {
    return { constant: Number(variable.value.data[0]), terms: new Map() };
  }
  const alone: Linear = { constant: 0, terms: new Map([[variable, 1]]) };
  const owner = variable.owner;
  if (owner === null || variable.ndim !== 0 || !isDiscrete(variable.dtype)) return alone;
  const parts = () => owner.inputs.map(linearForm);
  switch (owner.op.name) {
    case "add":
      return parts().reduce((a, b) => sumOf(a, b, 1));
    case "sub": {
      const [a, b] = parts() as [Linear, Linear];
      return sumOf(a, b, -1);
    }
    case "mul": {
      const [a, b] = parts() as [Linear, Linear];
      if (a.terms.size === 0) return sumOf({ constant: 0, terms: new Map() }, b, a.constant);
      if (b.terms.size === 0) return sumOf({ constant: 0, terms: new Map() }, a, b.constant);
      return alone;
    }
    case "cast":
      return isDiscrete(owner.inputs[0]!.dtype) ? linearForm(owner.inputs[0]!) : alone;
    default:
      return alone;
  }
}

/** a + factor * b */
function sumOf(a: Linear, b: Linear, factor: number): Linear {
  const terms = new Map(a.terms);
  for (const [variable, coefficient] of b.terms) {
    terms.set(variable, (terms.get(variable) ?? 0) + factor * coefficient);
  }
  return { constant: a.constant + factor * b.constant, terms };
}
