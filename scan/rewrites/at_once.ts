/**
 * What steps compute independently of each other is computed for all steps at once, in front of the loop or
 * behind it.
 *
 * @module
 */

import {
  type Apply,
  Constant,
  makeVariable,
  standsFor,
  type Variable,
} from "../../core/graph/graph.ts";
import { replace, toposort } from "../../core/graph/walk.ts";
import { add } from "../../core/ops/elementwise/elementwise.ts";
import { stretched } from "../../core/ops/shape/broadcast_to_op.ts";
import { join } from "../../core/ops/shape/combine.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { index, slice } from "../../core/ops/index/indexing.ts";
import { shapeOf } from "../../core/ops/shape/shape_ops.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import type { Batched } from "../../core/batch/batched.ts";
import { batch } from "./batch_steps.ts";
import { depthOf, endsEarly } from "../inner.ts";
import { scanOutputs } from "../node.ts";
import {
  checksMore,
  isCounted,
  partsOf,
  rebuild,
  replacements,
  type ScanParts,
} from "./rebuild.ts";
import { finish, frontier, rule, substituted } from "./loop_rule.ts";

/** What is worth doing for all steps at once: products, and functions that cost more than memory. */
function isExpensive(variable: Variable): boolean {
  return toposort([variable]).some((node) =>
    node.op.lowering.kind === "matmul" ||
    node.op.lowering.kind === "elementwise" && node.op.lowering.cost >= 8
  );
}

/** What the sequences of a scan stand for at all its steps. */
export function sequenceLeaves(parts: ScanParts): Map<Variable, Batched> {
  const leaves = new Map<Variable, Batched>();
  for (const { outer, taps, places } of parts.sequences) {
    places.forEach((place, k) => {
      const tap = taps[k]!;
      const rows = index(outer, [
        slice(tap === 0 ? null : tap, tap === 0 ? parts.steps : add(parts.steps, tap)),
      ]);
      if (rows !== outer) standsFor(rows, outer, "elements of ");
      leaves.set(place, { value: rows, stacked: true });
    });
  }
  for (const { outer, place } of parts.others) leaves.set(place, { value: outer, stacked: false });
  return leaves;
}

/** Values that depend on sequences alone are computed for all steps at once, in front of the loop. */
export const batchSequences: Rule = rule(
  "scan-batch-sequences",
  "scan(f(g(x[t]))) -> scan(f(h[t])), h = g of all x at once",
  (apply, context) => {
    // Sums of products come first, and those need to know who reads the sum.
    if (endsEarly(apply.params.step.layout) || !isCounted(apply, context)) return null;
    const parts = partsOf(apply);
    const leaves = sequenceLeaves(parts);
    const places = new Set(leaves.keys());
    const { step } = apply.params;
    const order = toposort(step.outputs);
    const depends = new Set<Variable>(places);
    const varying = new Set<Variable>(parts.sequences.flatMap((sequence) => sequence.places));
    for (const node of order) {
      const all = node.inputs.every((input) => depends.has(input) || input instanceof Constant);
      if (!all) continue;
      const varies = node.inputs.some((input) => varying.has(input));
      for (const output of node.outputs) {
        depends.add(output);
        if (varies) varying.add(output);
      }
    }
    const cuts = frontier(
      step.outputs,
      (variable) => variable.owner !== null && varying.has(variable) && depends.has(variable),
    ).filter(isExpensive);
    if (cuts.length === 0) return null;
    const batched = batch(cuts, leaves);
    const known = new Map<Variable, Variable>();
    const sequences = [...parts.sequences];
    cuts.forEach((cut, i) => {
      const found = batched[i] ?? null;
      if (found === null || !found.stacked) return;
      const place = makeVariable(cut.type);
      known.set(cut, place);
      sequences.push({ outer: found.value, taps: [0], places: [place] });
    });
    if (known.size === 0) return null;
    return finish(apply, { ...substituted(parts, known), sequences });
  },
  { mayHideError: true },
);

/** Results that no later step reads are computed for all steps at once, behind the loop. */
export const batchResults: Rule = rule(
  "scan-batch-results",
  "scan(.., g(s[t])) -> g of all s at once",
  (apply) => {
    const { layout } = apply.params.step;
    if (endsEarly(layout) || layout.maps === 0) return null;
    const parts = partsOf(apply);
    const outputs = scanOutputs(apply);
    const leaves = sequenceLeaves(parts);
    parts.states.forEach((state, i) => {
      const depth = depthOf(state.taps);
      let rows: Variable | null = null;
      state.places.forEach((place, k) => {
        rows ??= join(0, index(state.initial, [slice(null, depth)]), outputs.traces[i]!);
        const start = depth + state.taps[k]!;
        const value = index(rows, [slice(start, add(parts.steps, start))]);
        standsFor(value, state.initial, "the state that starts as ");
        leaves.set(place, { value, stacked: true });
      });
      if (state.next.owner !== null) {
        leaves.set(state.next, { value: outputs.traces[i]!, stacked: true });
      }
    });
    parts.carried.forEach((state, i) =>
      leaves.set(state.place, { value: outputs.histories[i]!, stacked: true })
    );
    const alone = parts.states.length + parts.carried.length === 0;
    const values = batch(parts.maps.map((map) => map.value), leaves);
    const inside = new Set(
      toposort([...parts.states, ...parts.carried].map(({ next }) => next)),
    );
    const moved = parts.maps.map((map, i) => {
      const found = values[i] ?? null;
      if (found === null) return null;
      // Without products it is cheaper inside, unless there is nothing to do or the whole loop goes.
      const whole = leaves.has(map.value) || alone && values.every((value) => value !== null);
      if (!whole && !hasProductAfter(map.value, leaves, inside)) return null;
      if (found.stacked) return found.value;
      const { value } = found;
      return broadcastRows(value, parts.steps);
    });
    if (moved.every((value) => value === null)) return null;
    const kept = { ...parts, maps: parts.maps.filter((_, i) => moved[i] === null) };
    const empty = kept.maps.length + kept.states.length + kept.carried.length === 0;
    if (empty && checksMore(parts)) return null;
    const found: (Variable | null)[] = empty
      ? apply.outputs.map(() => null)
      : [...replacements(apply, kept, rebuild(kept, apply.params))];
    // The moved results read the traces of the node that stays.
    const again = new Map(
      apply.outputs.flatMap((output, i) => found[i] ? [[output, found[i]!] as const] : []),
    );
    moved.forEach((value, i) => {
      if (value === null) return;
      const trace = replace([value], again)[0]!;
      const at = layout.states.length + i;
      found[apply.outputs.indexOf(outputs.traces[at]!)] = trace;
      found[apply.outputs.indexOf(outputs.finals[at]!)] = index(trace, [-1]);
    });
    return found;
  },
  { mayHideError: true },
);

function broadcastRows(value: Variable, steps: Variable): Variable {
  const row = dimshuffle(value, "x", ...Array.from({ length: value.ndim }, (_, d) => d));
  const lengths = Array.from({ length: value.ndim }, (_, d) => shapeOf(value, d));
  return stretched(row, [steps, ...lengths]);
}

/** Whether there are products behind the leaves that the loop does not compute anyway. */
function hasProductAfter(
  variable: Variable,
  leaves: ReadonlyMap<Variable, Batched>,
  inside: ReadonlySet<Apply>,
): boolean {
  return toposort([variable], (other) => leaves.has(other)).some((node) =>
    node.op.lowering.kind === "matmul" && !inside.has(node)
  );
}
