/**
 * Making a scan node again with other parts: what every rewrite of loops ends with.
 *
 * @module
 */

import { type Apply, applyOp, makeVariable, type Variable } from "../../core/graph/graph.ts";
import { isSharable } from "../../core/graph/sessions.ts";
import { WeakValues } from "../../core/base/weak_values.ts";
import { replace, toposort } from "../../core/graph/walk.ts";
import { hasCheckedRows } from "../../core/ops/shape/shape_ops.ts";
import type { RewriteContext } from "../../core/rewrite/rule.ts";
import type { SharedVariable } from "../../core/runtime/shared.ts";
import { StepGraph } from "../inner.ts";
import { scanInputs, type ScanOutputs, scanOutputs, type ScanParams } from "../node.ts";
import { scanOp } from "../op.ts";

/** The parts of a scan, free to be changed. */
export interface ScanParts {
  steps: Variable;
  sequences: { outer: Variable; taps: readonly number[]; places: readonly Variable[] }[];
  states: {
    initial: Variable;
    taps: readonly number[];
    places: readonly Variable[];
    next: Variable;
    /** Number of the state in the original node. */
    from: number;
  }[];
  maps: { value: Variable; from: number }[];
  carried: { initial: Variable; place: Variable; next: Variable; from: number }[];
  others: { outer: Variable; place: Variable }[];
  until: Variable | null;
  limit: Variable | null;
}

/** Takes a node apart. */
export function partsOf(apply: Apply<ScanParams>): ScanParts {
  const { params } = apply;
  const { layout, placeholders, results } = params.step;
  const outer = scanInputs(params, apply.inputs);
  return {
    steps: outer.steps,
    sequences: placeholders.sequences.map((places, i) => ({
      outer: outer.sequences[i]!,
      taps: layout.sequences[i]!,
      places,
    })),
    states: placeholders.states.map((places, i) => ({
      initial: outer.initials[i]!,
      taps: layout.states[i]!,
      places,
      next: results.states[i]!,
      from: i,
    })),
    maps: results.maps.map((value, from) => ({ value, from })),
    carried: placeholders.carried.map((place, i) => ({
      initial: outer.carried[i]!,
      place,
      next: results.carried[i]!,
      from: i,
    })),
    others: placeholders.others.map((place, i) => ({ outer: outer.others[i]!, place })),
    until: results.until,
    limit: outer.limit,
  };
}

/**
 * Whether the rewriter has counted the readers of a node: of one that was made in the same pass it has
 * not, and then no reader means nothing.
 */
export function isCounted(apply: Apply<ScanParams>, context: RewriteContext): boolean {
  return apply.outputs.some((output) => context.uses(output) > 0);
}

/**
 * Whether a sequence that is not read as a whole is checked to be long enough for the steps, and no other
 * one says the same.
 */
export function isCheck(
  { sequences }: ScanParts,
  sequence: ScanParts["sequences"][number],
  reached: ReadonlySet<Variable>,
): boolean {
  const isRead = ({ places }: typeof sequence) => places.every((place) => reached.has(place));
  if (isRead(sequence) || !hasCheckedRows(sequence.outer)) return false;
  const at = sequences.indexOf(sequence), reach = Math.max(...sequence.taps);
  return !sequences.some((other, i) =>
    other.outer === sequence.outer && (i < at || i > at && isRead(other)) &&
    Math.max(...other.taps) >= reach
  );
}

/** Whether a loop checks something that is not checked any more once its results do not need it. */
export function checksMore(parts: ScanParts): boolean {
  const reached = reachedBy(resultsOf(parts));
  return parts.sequences.some((sequence) => isCheck(parts, sequence, reached));
}

/** What the steps give, the condition to end last. */
export function resultsOf(parts: ScanParts): Variable[] {
  return [
    ...parts.states.map((state) => state.next),
    ...parts.maps.map((map) => map.value),
    ...parts.carried.map((state) => state.next),
    ...(parts.until === null ? [] : [parts.until]),
  ];
}

/** The variables that the results of a step depend on. */
export function reachedBy(results: readonly Variable[]): Set<Variable> {
  const reached = new Set<Variable>(results);
  for (const apply of toposort(results)) for (const input of apply.inputs) reached.add(input);
  return reached;
}

/** A node made again, with its outputs by kind. */
interface Rebuilt {
  readonly apply: Apply<ScanParams>;
  readonly outputs: ScanOutputs;
}

const built = new WeakValues<Apply<ScanParams>>();

/**
 * Builds a node from parts. Inputs that the step does not read are left out, if nothing checks them. The
 * placeholders are made anew, so that no two nodes share them.
 *
 * @param copy Puts them into the results.
 */
export function rebuild(
  parts: ScanParts,
  params: ScanParams,
  copy: typeof replace = replace,
): Rebuilt {
  const results = resultsOf(parts);
  const reached = reachedBy(results);
  const sequences = parts.sequences.flatMap((sequence) => {
    const used = sequence.places.flatMap((place, k) => reached.has(place) ? [k] : []);
    if (isCheck(parts, sequence, reached)) return [sequence];
    if (used.length === 0) return [];
    return [{
      outer: sequence.outer,
      taps: used.map((k) => sequence.taps[k]!),
      places: used.map((k) => sequence.places[k]!),
    }];
  });
  const others = parts.others.filter(({ place }) => reached.has(place));
  const old = [
    ...sequences.flatMap(({ places }) => places),
    ...parts.states.flatMap(({ places }) => places),
    ...parts.carried.map(({ place }) => place),
    ...others.map(({ place }) => place),
  ];
  const outer = [
    parts.steps,
    ...sequences.map((sequence) => sequence.outer),
    ...parts.states.map(({ initial }) => initial),
    ...parts.carried.map(({ initial }) => initial),
    ...others.map((other) => other.outer),
    ...(parts.limit === null ? [] : [parts.limit]),
  ];
  // The same parts give the same node, however often a rewrite makes it.
  const key = [
    scanOp.key!(params),
    sequences.map(({ taps }) => taps.join(",")).join(";"),
    parts.states.map(({ taps, from }) => `${taps.join(",")}@${from}`).join(";"),
    parts.carried.map(({ from }) => from).join(),
    parts.limit === null ? "" : "limited",
    ...[old, results, outer].map((list) => list.map((variable) => variable.id).join()),
  ].join("|");
  const known = built.get(key);
  if (known !== undefined && isSharable(known)) {
    return { apply: known, outputs: scanOutputs(known) };
  }
  const fresh = new Map(old.map((place) => {
    const made = makeVariable(place.type);
    made.name = place.name;
    return [place, made] as const;
  }));
  const step = new StepGraph(
    {
      sequences: sequences.map(({ taps }) => taps),
      states: parts.states.map(({ taps }) => taps),
      maps: parts.maps.length,
      carried: parts.carried.length,
      others: others.length,
      until: parts.until !== null,
      limited: parts.limit !== null,
    },
    old.map((place) => fresh.get(place)!),
    copy(results, fresh),
  );
  const shared = new Map<number, SharedVariable>();
  const implicit = new Set<number>();
  parts.carried.forEach(({ from }, i) => {
    const variable = params.shared.get(from);
    if (variable === undefined) return;
    shared.set(i, variable);
    if (params.implicit.has(from)) implicit.add(i);
  });
  const apply = applyOp(scanOp, outer, { ...params, step, shared, implicit });
  built.set(key, apply);
  return { apply, outputs: scanOutputs(apply) };
}

/** Replacements of all outputs of a node, by those of a node that was rebuilt from its parts. */
export function replacements(
  original: Apply<ScanParams>,
  parts: ScanParts,
  rebuilt: Rebuilt,
): (Variable | null)[] {
  const before = scanOutputs(original);
  const after = rebuilt.outputs;
  const found = new Map<Variable, Variable>();
  const traced = (was: number, now: number) => {
    found.set(before.traces[was]!, after.traces[now]!);
    found.set(before.finals[was]!, after.finals[now]!);
  };
  parts.states.forEach(({ from }, i) => {
    if (from >= 0) traced(from, i);
  });
  const states = original.params.step.layout.states.length;
  parts.maps.forEach(({ from }, i) => {
    if (from >= 0) traced(states + from, parts.states.length + i);
  });
  parts.carried.forEach(({ from }, i) => {
    if (from < 0) return;
    found.set(before.carried[from]!, after.carried[i]!);
    found.set(before.histories[from]!, after.histories[i]!);
  });
  found.set(before.count, after.count);
  return original.outputs.map((output) => found.get(output) ?? null);
}
