/**
 * Loops over the same steps become one.
 *
 * Joining has a phase of its own: nothing else changes a loop while partners are sought, so that no loop
 * joins one that is about to be another. In each pass some loops of one level become one, so there are
 * fewer loops after it than before, and the phase ends.
 *
 * @module
 */

import { type Apply, applyOp, makeVariable, type Variable } from "../../core/graph/graph.ts";
import type { RewriteContext, Rule } from "../../core/rewrite/rule.ts";
import { endsEarly, StepGraph } from "../inner.ts";
import { isScan, type ScanParams } from "../node.ts";
import { scanOp } from "../op.ts";
import { partsOf, rebuild, replacements, type ScanParts } from "./rebuild.ts";

type Loop = Apply<ScanParams>;
type Replacements = ReadonlyMap<Loop, readonly (Variable | null)[]>;

/** A rule that joins loops of one kind of which none needs another. */
function joining(name: string, law: string, kindOf: (loop: Loop) => string): Rule {
  const plans = new WeakMap<RewriteContext, Replacements>();
  return {
    name,
    law,
    ops: ["scan"],
    rewrite: (node, context) => {
      const { order } = context;
      let plan = plans.get(context);
      if (plan === undefined) plans.set(context, plan = planOf(order, kindOf));
      return plan.get(node as unknown as Loop) ?? null;
    },
  };
}

/** Joins loops of as many steps. */
export const mergeScans: Rule = joining(
  "scan-merge",
  "scan(f, n), scan(g, n) -> scan(f and g, n)",
  ({ inputs, params }) => `${inputs[0]!.id} ${params.truncateGradient}`,
);

/**
 * Joins loops over the same values, before their steps are rewritten each by itself: what is equal in them
 * is then seen to be.
 */
export const mergeTwins: Rule = joining(
  "scan-merge-twins",
  "scan(f, x, s0), scan(g, x, s0) -> scan(f and g, x, s0)",
  ({ inputs, params }) => `${inputs.map(({ id }) => id).join()} ${params.truncateGradient}`,
);

/** What becomes of the first loops of a graph that can be joined. */
function planOf(order: readonly Apply[], kindOf: (loop: Loop) => string): Replacements {
  const kinds = new Map<string, Loop[]>();
  for (const node of order) {
    const loop = node as unknown as Loop;
    if (!isScan(loop) || !isMergeable(loop)) continue;
    const kind = kindOf(loop);
    kinds.set(kind, [...kinds.get(kind) ?? [], loop]);
  }
  for (const loops of kinds.values()) {
    const group = loops.length < 2 ? null : independent(order, loops);
    if (group !== null) return join(group);
  }
  return new Map();
}

/** Whether a loop is joined with others of as many steps. */
export function isMergeable({ params }: Loop): boolean {
  return !endsEarly(params.step.layout) && params.shared.size === 0 && params.strategy === null;
}

/**
 * The first two or more loops behind equally many others of their kind: a loop that needs another has one
 * more behind it.
 */
function independent(order: readonly Apply[], loops: readonly Loop[]): Loop[] | null {
  const kind = new Set<unknown>(loops);
  const behind = new Map<Apply, number>();
  const levels: Loop[][] = [];
  for (const node of order) {
    let level = 0;
    for (const { owner } of node.inputs) {
      if (owner !== null) level = Math.max(level, behind.get(owner)!);
    }
    if (kind.has(node)) (levels[level++] ??= []).push(node as unknown as Loop);
    behind.set(node, level);
  }
  return levels.find((level) => level.length > 1) ?? null;
}

function join(loops: readonly Loop[]): Replacements {
  const parts = loops.map((loop, i) =>
    partsOf(
      loops.slice(0, i).some((one) => one.params.step === loop.params.step) ? own(loop) : loop,
    )
  );
  const all = (mine: number | null): ScanParts => {
    // In each one's own parts, what belongs to the others is left out.
    const side = <X extends { from: number }>(list: (part: ScanParts) => X[]): X[] =>
      parts.flatMap((part, i) =>
        list(part).map((item) => mine === null || i === mine ? item : { ...item, from: -1 })
      );
    return {
      steps: parts[0]!.steps,
      sequences: parts.flatMap(({ sequences }) => sequences),
      states: side(({ states }) => states),
      maps: side(({ maps }) => maps),
      carried: side(({ carried }) => carried),
      others: parts.flatMap(({ others }) => others),
      until: null,
      limit: null,
    };
  };
  const names = new Set(loops.map(({ params }) => params.name ?? "scan"));
  const rebuilt = rebuild(all(null), {
    ...loops[0]!.params,
    name: [...names].join(" and "),
  });
  return new Map(loops.map((loop, i) => [loop, replacements(loop, all(i), rebuilt)]));
}

/** The loop with placeholders of its own, which another loop with the same step does not have. */
function own(loop: Loop): Loop {
  const { step } = loop.params;
  const places = step.inputs.map(({ type }) => makeVariable(type));
  return applyOp(scanOp, loop.inputs, {
    ...loop.params,
    step: new StepGraph(step.layout, places, step.substitute(places)),
  });
}
