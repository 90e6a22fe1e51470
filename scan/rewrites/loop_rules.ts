/**
 * Rewrites of a loop: what does not depend on it moves out of it, what nobody reads is dropped.
 *
 * @module
 */

import {
  type Apply,
  applyOp,
  Constant,
  makeVariable,
  type Variable,
} from "../../core/graph/graph.ts";
import { eagerInputs } from "../../core/graph/op.ts";
import { replace, toposort } from "../../core/graph/walk.ts";
import { add } from "../../core/ops/elementwise/elementwise.ts";
import { broadcastTo } from "../../core/ops/shape/broadcast_to.ts";
import { join } from "../../core/ops/shape/combine.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { index, slice } from "../../core/ops/index/indexing.ts";
import { matmul } from "../../core/ops/linalg/linalg.ts";
import { reshape } from "../../core/ops/shape/reshape.ts";
import { shapeOf } from "../../core/ops/shape/shape_ops.ts";
import { optimise, type ResolvedMode, runningMode } from "../../core/rewrite/mod.ts";
import type { RewriteContext, Rule } from "../../core/rewrite/rule.ts";
import { batch, type Batched } from "../batch.ts";
import { depthOf, endsEarly, type StepGraph } from "../inner.ts";
import { isScan, scanInputs, scanOutputs, type ScanParams } from "../node.ts";
import { isCounted, partsOf, reachedBy, rebuild, replacements, type ScanParts } from "./rebuild.ts";
import { shareStates } from "./share.ts";

type Results = readonly (Variable | null)[] | null;

function rule(
  name: string,
  law: string,
  rewrite: (apply: Apply<ScanParams>, context: RewriteContext) => Results,
  facts: Pick<Rule, "mayHideError" | "isInner"> = {},
): Rule {
  return {
    name,
    law,
    ops: ["scan"],
    ...facts,
    rewrite: (apply, context) => rewrite(apply as unknown as Apply<ScanParams>, context),
  };
}

function finish(apply: Apply<ScanParams>, parts: ScanParts): Results {
  return replacements(apply, parts, rebuild(parts, apply.params));
}

/** In which mode steps are rewritten already. */
const optimised = new WeakMap<StepGraph, ResolvedMode>();

/** Rewrites the step itself, once, in the mode of the graph around it. */
export const optimiseStep: Rule = rule(
  "scan-step",
  "scan(f) -> scan(optimised f)",
  (apply) => {
    const { step } = apply.params, mode = runningMode();
    if (optimised.get(step) === mode) return null;
    const better = optimise(step.outputs, mode);
    if (better.every((output, i) => output === step.outputs[i])) {
      optimised.set(step, mode);
      return null;
    }
    const parts = partsOf(apply);
    let next = 0;
    for (const state of parts.states) state.next = better[next++]!;
    for (const map of parts.maps) map.value = better[next++]!;
    for (const state of parts.carried) state.next = better[next++]!;
    if (parts.until !== null) parts.until = better[next]!;
    const rebuilt = rebuild(parts, apply.params);
    optimised.set(rebuilt.apply.params.step, mode);
    return replacements(apply, parts, rebuilt);
  },
  { isInner: true },
);

/** Drops results, states and inputs that nothing needs. */
export const dropUnused: Rule = rule(
  "scan-drop-unused",
  "scan without readers of an output -> scan without the output",
  (apply, context) => {
    if (!isCounted(apply, context)) return null;
    const outputs = scanOutputs(apply);
    const parts = partsOf(apply);
    const read = (variable: Variable) => context.uses(variable) > 0;
    const count = parts.states.length;
    const maps = parts.maps.filter((_, i) =>
      read(outputs.traces[count + i]!) || read(outputs.finals[count + i]!)
    );
    const stateRead = parts.states.map((_, i) =>
      read(outputs.traces[i]!) || read(outputs.finals[i]!)
    );
    const carriedRead = parts.carried.map((_, i) =>
      read(outputs.carried[i]!) || read(outputs.histories[i]!)
    );
    // A state stays if it is read outside, or by something that stays.
    const keepState = [...stateRead], keepCarried = [...carriedRead];
    for (let grew = true; grew;) {
      grew = false;
      const reached = reachedBy([
        ...parts.states.filter((_, i) => keepState[i]).map((state) => state.next),
        ...parts.carried.filter((_, i) => keepCarried[i]).map((state) => state.next),
        ...maps.map((map) => map.value),
        ...(parts.until === null ? [] : [parts.until]),
      ]);
      parts.states.forEach((state, i) => {
        if (!keepState[i] && state.places.some((place) => reached.has(place))) {
          keepState[i] = grew = true;
        }
      });
      parts.carried.forEach((state, i) => {
        if (!keepCarried[i] && reached.has(state.place)) keepCarried[i] = grew = true;
      });
    }
    const { step } = apply.params;
    const reached = reachedBy(step.outputs);
    const inputsUsed = step.placeholders.sequences.flat().every((place) => reached.has(place)) &&
      step.placeholders.others.every((place) => reached.has(place));
    if (
      inputsUsed && maps.length === parts.maps.length && keepState.every(Boolean) &&
      keepCarried.every(Boolean)
    ) return null;
    const fewer: ScanParts = {
      ...parts,
      maps,
      states: parts.states.filter((_, i) => keepState[i]),
      carried: parts.carried.filter((_, i) => keepCarried[i]),
    };
    return finish(apply, fewer);
  },
);

/** Constants enter the step, where they can be folded; equal inputs become one. */
export const inlineConstants: Rule = rule(
  "scan-inline-constants",
  "scan(f(c), other: c) -> scan(f with c in it)",
  (apply) => {
    const parts = partsOf(apply);
    const known = new Map<Variable, Variable>();
    const seen = new Map<Variable, Variable>();
    for (const { outer, place } of parts.others) {
      const before = seen.get(outer);
      if (outer instanceof Constant && outer.value.data.length <= 2) known.set(place, outer);
      else if (before !== undefined) known.set(place, before);
      else seen.set(outer, place);
    }
    if (known.size === 0) return null;
    return finish(apply, substituted(parts, known));
  },
);

function substituted(parts: ScanParts, known: ReadonlyMap<Variable, Variable>): ScanParts {
  const results = replace([
    ...parts.states.map((state) => state.next),
    ...parts.maps.map((map) => map.value),
    ...parts.carried.map((state) => state.next),
    ...(parts.until === null ? [] : [parts.until]),
  ], known);
  let next = 0;
  return {
    ...parts,
    states: parts.states.map((state) => ({ ...state, next: results[next++]! })),
    maps: parts.maps.map((map) => ({ ...map, value: results[next++]! })),
    carried: parts.carried.map((state) => ({ ...state, next: results[next++]! })),
    until: parts.until === null ? null : results[next]!,
  };
}

/** Values of the step that depend on nothing that changes are computed once, in front. */
export const hoistInvariants: Rule = rule(
  "scan-hoist-invariants",
  "scan(f(g(other))) -> scan(f(h), other: h = g(other))",
  (apply) => {
    const parts = partsOf(apply);
    const { step } = apply.params;
    const fixed = new Map(parts.others.map(({ outer, place }) => [place, outer] as const));
    const invariant = new Set<Variable>(fixed.keys());
    const order = toposort(step.outputs);
    for (const node of order) {
      const all = node.inputs.every((input) => invariant.has(input) || input instanceof Constant);
      if (all && node.op.pure !== false && !node.op.facts?.has("draws")) {
        for (const output of node.outputs) invariant.add(output);
      }
    }
    const cuts = frontier(
      step.outputs,
      (variable) => variable.owner !== null && invariant.has(variable),
    );
    if (cuts.length === 0) return null;
    const known = new Map<Variable, Variable>();
    const outside = replace(cuts, fixed);
    const others = [...parts.others];
    cuts.forEach((cut, i) => {
      const place = makeVariable(cut.type);
      known.set(cut, place);
      others.push({ outer: outside[i]!, place });
    });
    return finish(apply, { ...substituted(parts, known), others });
  },
);

/**
 * The variables of a kind that are read by something of another kind, or are results. What only a branch of
 * an `ifelse` reads stays in it: it may be nothing that can be computed where another branch is taken.
 */
function frontier(
  results: readonly Variable[],
  kind: (variable: Variable) => boolean,
): Variable[] {
  const found = new Set<Variable>();
  for (const result of results) if (kind(result)) found.add(result);
  for (const node of toposort(results, kind, eagerInputs)) {
    for (const input of eagerInputs(node)) if (kind(input)) found.add(input);
  }
  return [...found];
}

/** What is worth doing for all steps at once: products, and functions that cost more than memory. */
function isDear(variable: Variable): boolean {
  return toposort([variable]).some((node) =>
    node.op.lowering.kind === "matmul" ||
    node.op.lowering.kind === "elementwise" && node.op.lowering.cost >= 8
  );
}

/** What the sequences of a scan stand for at all its steps. */
function sequenceLeaves(parts: ScanParts): Map<Variable, Batched> {
  const leaves = new Map<Variable, Batched>();
  for (const { outer, taps, places } of parts.sequences) {
    places.forEach((place, k) => {
      const tap = taps[k]!;
      const rows = index(outer, [
        slice(tap === 0 ? null : tap, tap === 0 ? parts.steps : add(parts.steps, tap)),
      ]);
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
    ).filter(isDear);
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
        leaves.set(place, {
          value: index(rows, [slice(start, add(parts.steps, start))]),
          stacked: true,
        });
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
    const moved = parts.maps.map((map, i) => {
      const found = values[i] ?? null;
      if (found === null) return null;
      // Without products it is cheaper inside, unless the whole loop goes.
      const whole = alone && values.every((value) => value !== null);
      if (!whole && !hasProductAfter(map.value, leaves)) return null;
      if (found.stacked) return found.value;
      const { value } = found;
      return broadcastRows(value, parts.steps);
    });
    if (moved.every((value) => value === null)) return null;
    const kept = { ...parts, maps: parts.maps.filter((_, i) => moved[i] === null) };
    const empty = kept.maps.length + kept.states.length + kept.carried.length === 0;
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
  return broadcastTo(row, [steps, ...lengths]);
}

function hasProductAfter(variable: Variable, leaves: ReadonlyMap<Variable, Batched>): boolean {
  return toposort([variable], (other) => leaves.has(other)).some((node) =>
    node.op.lowering.kind === "matmul"
  );
}

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
    if (kept.carried.length + kept.states.length + kept.maps.length === 0) return found;
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
  const left = dimshuffle(a.value, 1, 0, 2);
  return matmul(
    reshape(left, [shapeOf(left, 0), -1]),
    reshape(b.value, [-1, shapeOf(b.value, 2)]),
  );
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

/** A state that never changes is a value that is the same at each step. */
export const constantStates: Rule = rule(
  "scan-constant-state",
  "scan(s[t] = s[t-1]) -> other: s0",
  (apply, context) => {
    if (!isCounted(apply, context)) return null;
    const parts = partsOf(apply);
    const outputs = scanOutputs(apply);
    const still = parts.carried.flatMap((state, i) =>
      state.next === state.place && context.uses(outputs.histories[i]!) === 0 ? [i] : []
    );
    if (still.length === 0) return null;
    const known = new Map<Variable, Variable>();
    const others = [...parts.others];
    const found: (Variable | null)[] = apply.outputs.map(() => null);
    for (const i of still) {
      const { initial, place } = parts.carried[i]!;
      const fresh = makeVariable(place.type);
      known.set(place, fresh);
      others.push({ outer: initial, place: fresh });
      found[apply.outputs.indexOf(outputs.carried[i]!)] = initial;
    }
    const kept = {
      ...substituted(parts, known),
      others,
    };
    kept.carried = kept.carried.filter((_, i) => !still.includes(i));
    if (kept.carried.length + kept.states.length + kept.maps.length === 0) return found;
    const rest = replacements(apply, kept, rebuild(kept, apply.params));
    return found.map((value, i) => value ?? rest[i] ?? null);
  },
);

/** Loops of so few steps are written out. */
const UNROLL = 3;

/** A loop of one or few steps is written out. */
export const unroll: Rule = rule(
  "scan-unroll",
  "scan of 1 to 3 steps -> the steps",
  (apply) => {
    const { params } = apply;
    const { layout, placeholders } = params.step;
    const outer = scanInputs(params, apply.inputs);
    if (endsEarly(layout) || params.strategy !== null || !(outer.steps instanceof Constant)) {
      return null;
    }
    const steps = Number(outer.steps.value.data[0]);
    if (steps < 1 || steps > UNROLL) return null;
    const states = outer.initials.map((initial, i) =>
      Array.from({ length: depthOf(layout.states[i]!) }, (_, row) => index(initial, [row]))
    );
    const maps: Variable[][] = Array.from({ length: layout.maps }, () => []);
    const histories: Variable[][] = outer.carried.map(() => []);
    let carried = [...outer.carried];
    for (let t = 0; t < steps; t++) {
      const values = [
        ...placeholders.sequences.flatMap((taps, i) =>
          taps.map((_, k) => index(outer.sequences[i]!, [t + layout.sequences[i]![k]!]))
        ),
        ...states.flatMap((rows, i) => layout.states[i]!.map((tap) => rows.at(tap)!)),
        ...carried,
        ...outer.others,
      ];
      const made = params.step.substitute(values);
      let next = 0;
      for (const rows of states) rows.push(made[next++]!);
      for (const rows of maps) rows.push(made[next++]!);
      carried.forEach((state, i) => histories[i]!.push(state));
      carried = carried.map(() => made[next++]!);
    }
    const rows = [...states.map((list, i) => list.slice(depthOf(layout.states[i]!))), ...maps];
    return [
      ...rows.map(stackRows),
      ...rows.map((list) => list.at(-1)!),
      ...carried,
      ...histories.map(stackRows),
      outer.steps,
    ];
  },
);

function stackRows(rows: readonly Variable[]): Variable {
  return join(
    0,
    ...rows.map((row) => dimshuffle(row, "x", ...Array.from({ length: row.ndim }, (_, d) => d))),
  );
}

/** The last element of a trace is the last value of the state: the trace need not be kept. */
export const lastValue: Rule = {
  name: "scan-last-value",
  law: "trace of a scan [-1] -> its last value",
  ops: ["subtensor"],
  mayHideError: true,
  rewrite: (apply) => {
    const entries = (apply.params as { index: readonly { kind: string }[] }).index;
    if (entries[0]?.kind !== "int") return null;
    const at = apply.inputs[1]!;
    if (!(at instanceof Constant) || Number(at.value.data[0]) !== -1) return null;
    const last = lastOfTrace(apply.inputs[0]!);
    if (last === null) return null;
    if (entries.length === 1) return last;
    const rest = applyOp(apply.op, [last, ...apply.inputs.slice(2)], {
      ...apply.params,
      index: entries.slice(1),
    });
    return rest.output;
  },
};

/** The last value of the state or result whose trace a variable is, or null if it is none. */
export function lastOfTrace(variable: Variable): Variable | null {
  const trace = executedRows(variable);
  if (trace === null) return null;
  const outputs = scanOutputs(trace.owner as unknown as Apply<ScanParams>);
  const place = outputs.traces.indexOf(trace);
  return place < 0 ? null : outputs.finals[place]!;
}

/** The trace that a variable is: whole, or cut to the executed steps. */
function executedRows(variable: Variable): Variable | null {
  if (isScan(variable.owner as Apply<ScanParams> | null)) return variable;
  const owner = variable.owner;
  // The last part of a checkpointed trace is never empty, unless there are no steps at all.
  if (owner?.op.name === "join" && (owner.params as { axis: number }).axis === 0) {
    return executedRows(owner.inputs.at(-1)!);
  }
  if (owner?.op.name !== "subtensor") return null;
  const source = owner.inputs[0]!;
  const scan = source.owner as Apply<ScanParams> | null;
  if (!isScan(scan)) return null;
  const entries = (owner.params as {
    index: readonly { kind: string; start?: boolean; stop?: boolean; step?: boolean }[];
  }).index;
  const [entry] = entries;
  const whole = entries.length === 1 && entry!.kind === "slice" && entry!.stop && !entry!.start &&
    !entry!.step && owner.inputs[1] === scanOutputs(scan).count;
  return whole ? source : null;
}

/** All of them, in the order in which they are tried. */
export const loopRules: readonly Rule[] = [
  optimiseStep,
  lastValue,
  dropUnused,
  inlineConstants,
  shareStates,
  constantStates,
  hoistInvariants,
  unroll,
  sumAtOnce,
  batchSequences,
  batchResults,
];
