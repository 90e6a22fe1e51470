/**
 * Two loops over the same steps become one.
 *
 * @module
 */

import type { Apply } from "../../core/graph/graph.ts";
import { toposort } from "../../core/graph/walk.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import { isScan, type ScanParams } from "../op.ts";
import { partsOf, rebuild, type Rebuilt, replacements, type ScanParts } from "./rebuild.ts";

interface Merged {
  readonly parts: readonly [ScanParts, ScanParts];
  readonly rebuilt: Rebuilt;
}

// Both nodes of a pair find the same joint node.
const merged = new WeakMap<Apply<ScanParams>, WeakMap<Apply<ScanParams>, Merged>>();

/** Joins two loops of as many steps of which neither needs the other. */
export const mergeScans: Rule = {
  name: "scan-merge",
  law: "scan(f, n), scan(g, n) -> scan(f and g, n)",
  roots: ["scan"],
  rewrite: (node, context) => {
    const apply = node as unknown as Apply<ScanParams>;
    if (!isScan(apply) || !mergeable(apply)) return null;
    const clients = context.clients(apply.inputs[0]!);
    // Nodes that changed in this pass are compared in the next one.
    if (!clients.includes(node)) return null;
    // The first of them in the order of the graph decides who joins whom.
    const loops = clients.map((client) => client as unknown as Apply<ScanParams>)
      .filter((other) => isScan(other) && mergeable(other) && alike(apply, other));
    for (const other of loops) {
      if (other === apply || needs(apply, other) || needs(other, apply)) continue;
      const [a, b] = loops.indexOf(apply) < loops.indexOf(other) ? [apply, other] : [other, apply];
      if (partnerOf(b, loops) !== a || partnerOf(a, loops) !== b) continue;
      const pair = merged.get(a)?.get(b) ?? join(a, b);
      if (!merged.has(a)) merged.set(a, new WeakMap());
      merged.get(a)!.set(b, pair);
      return replacements(apply, placed(apply, pair), pair.rebuilt);
    }
    return null;
  },
};

/** The first loop that a loop can join, if that one has no earlier choice. */
function partnerOf(
  apply: Apply<ScanParams>,
  loops: readonly Apply<ScanParams>[],
): Apply<ScanParams> | null {
  const taken = new Set<Apply<ScanParams>>();
  for (const one of loops) {
    if (taken.has(one)) continue;
    const other = loops.find((candidate) =>
      candidate !== one && !taken.has(candidate) && !needs(one, candidate) && !needs(candidate, one)
    );
    if (other === undefined) continue;
    if (one === apply) return other;
    if (other === apply) return one;
    taken.add(one).add(other);
  }
  return null;
}

function mergeable(apply: Apply<ScanParams>): boolean {
  const { params } = apply;
  return !params.step.layout.until && params.shared.size === 0 && params.strategy === null;
}

function alike(a: Apply<ScanParams>, b: Apply<ScanParams>): boolean {
  return a.inputs[0] === b.inputs[0] &&
    a.params.truncateGradient === b.params.truncateGradient;
}

/** Whether `a` depends on results of `b`. */
function needs(a: Apply<ScanParams>, b: Apply<ScanParams>): boolean {
  return toposort(a.inputs).includes(b as unknown as Apply);
}

const owners = new WeakMap<ScanParts, Apply<ScanParams>>();

function placed(apply: Apply<ScanParams>, { parts }: Merged): ScanParts {
  return owners.get(parts[0]) === apply ? parts[0] : parts[1];
}

function join(a: Apply<ScanParams>, b: Apply<ScanParams>): Merged {
  const [p, q] = [partsOf(a), partsOf(b)];
  const rebuilt = rebuild({
    steps: p.steps,
    sequences: [...p.sequences, ...q.sequences],
    states: [...p.states, ...q.states],
    maps: [...p.maps, ...q.maps],
    carried: [...p.carried, ...q.carried],
    others: [...p.others, ...q.others],
    until: null,
  }, {
    ...a.params,
    name: [a.params.name ?? "scan", b.params.name ?? "scan"].join(" and "),
  });
  // In each one's own parts, what belongs to the other stands for nothing.
  const none = -1;
  const view = (mine: ScanParts, first: boolean): ScanParts => ({
    ...mine,
    states: side(p.states, q.states, first).map((s) => ({ ...s })),
    maps: side(p.maps, q.maps, first),
    carried: side(p.carried, q.carried, first),
  });
  function side<X extends { from: number }>(mine: X[], theirs: X[], first: boolean): X[] {
    const hide = (items: X[]) => items.map((item) => ({ ...item, from: none }));
    return first ? [...mine, ...hide(theirs)] : [...hide(mine), ...theirs];
  }
  const parts = [view(p, true), view(q, false)] as const;
  owners.set(parts[0], a);
  owners.set(parts[1], b);
  return { parts, rebuilt };
}
