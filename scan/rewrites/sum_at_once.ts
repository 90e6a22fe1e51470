/**
 * Sums over the steps that one product of whole sequences gives.
 *
 * @module
 */

import type { Variable } from "../../core/graph/graph.ts";
import { add } from "../../core/ops/elementwise/elementwise.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { matmul } from "../../core/ops/linalg/linalg.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import type { Batched } from "../../core/batch/batched.ts";
import { batch } from "./batch_steps.ts";
import { sumOfProducts } from "../backward/over_time.ts";
import { endsEarly } from "../inner.ts";
import { scanOutputs } from "../node.ts";
import { checksMore, isCounted, partsOf, reachedBy, rebuild, replacements } from "./rebuild.ts";
import { rule } from "./loop_rule.ts";
import { sequenceLeaves } from "./at_once.ts";

/** A sum over the steps of something that does not depend on the sum. */
export const sumAtOnce: Rule = rule(
  "scan-sum-at-once",
  "last of s[t] = s[t-1] + g(x[t]) -> s0 + sum of g of all x at once",
  (apply, context) => {
    if (endsEarly(apply.params.step.layout) || !isCounted(apply, context)) return null;
    const parts = partsOf(apply);
    const outputs = scanOutputs(apply);
    const leaves = sequenceLeaves(parts);
    const found: (Variable | null)[] = apply.outputs.map(() => null);
    const gone = new Set<number>();
    parts.carried.forEach((state, i) => {
      if (context.uses(outputs.histories[i]!) > 0) return;
      const term = addend(state.next, state.place);
      if (term === null) return;
      const others = [
        ...parts.states.map((s) => s.next),
        ...parts.maps.map((m) => m.value),
        ...parts.carried.flatMap((s, j) => j === i ? [] : [s.next]),
      ];
      if (reachedBy([...others, term]).has(state.place)) return;
      const total = sumOfAll(term, leaves);
      if (total === null) return;
      gone.add(i);
      found[apply.outputs.indexOf(outputs.carried[i]!)] = add(state.initial, total);
    });
    if (gone.size === 0) return null;
    const kept = { ...parts, carried: parts.carried.filter((_, i) => !gone.has(i)) };
    if (kept.carried.length + kept.states.length + kept.maps.length === 0) {
      return checksMore(parts) ? null : found;
    }
    const rest = replacements(apply, kept, rebuild(kept, apply.params));
    return found.map((value, i) => value ?? rest[i] ?? null);
  },
);

function addend(next: Variable, place: Variable): Variable | null {
  if (next.owner?.op.name !== "add") return null;
  const [a, b] = next.owner.inputs as [Variable, Variable];
  return a === place ? b : b === place ? a : null;
}

/** The sum over all steps; only for products, whose sum is one product. */
function sumOfAll(term: Variable, leaves: ReadonlyMap<Variable, Batched>): Variable | null {
  const owner = term.owner;
  if (owner?.op.name === "dimshuffle") {
    const inner = sumOfAll(owner.inputs[0]!, leaves);
    const { pattern } = owner.params as { pattern: readonly (number | "x")[] };
    return inner === null ? null : dimshuffle(inner, ...pattern);
  }
  if (owner?.op.name === "mul" && term.ndim === 2) return sumOfOuter(owner.inputs, leaves);
  if (owner?.op.name !== "matmul" || term.ndim !== 2) return null;
  const [a, b] = batch(owner.inputs, leaves);
  if (!a?.stacked || !b?.stacked) return null;
  return sumOfProducts(a.value, b.value);
}

/** The sum over all steps of a column times a row. */
function sumOfOuter(
  factors: readonly Variable[],
  leaves: ReadonlyMap<Variable, Batched>,
): Variable | null {
  const [p, q] = factors as [Variable, Variable];
  const column = columnOf(p) ?? columnOf(q);
  const row = rowOf(columnOf(p) === null ? p : q);
  if (column === null || row === null) return null;
  const [a, b] = batch([column, row], leaves);
  if (!a?.stacked || !b?.stacked) return null;
  return matmul(dimshuffle(a.value, 1, 0), b.value);
}

function patternOf(variable: Variable): string {
  if (variable.owner?.op.name !== "dimshuffle") return "";
  return (variable.owner.params as { pattern: readonly (number | "x")[] }).pattern.join();
}

function columnOf(variable: Variable): Variable | null {
  return patternOf(variable) === "0,x" ? variable.owner!.inputs[0]! : null;
}

function rowOf(variable: Variable): Variable | null {
  if (variable.ndim === 1) return variable;
  return patternOf(variable) === "x,0" ? variable.owner!.inputs[0]! : null;
}
