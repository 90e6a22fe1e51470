/**
 * What a loop computes twice, it computes once.
 *
 * @module
 */

import { replace } from "../../core/graph/walk.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import type { Apply, Variable } from "../../core/graph/graph.ts";
import { scanOutputs, type ScanParams } from "../node.ts";
import { partsOf, rebuild, replacements, type ScanParts } from "./rebuild.ts";

/**
 * Equal states and results become one. States are equal if they start equal and stay equal in a step in
 * which they are: those that start equal are taken for equal until a step tells them apart.
 */
export const shareStates: Rule = {
  name: "scan-share-states",
  law: "scan(s[t] = f(s[t-1]), r[t] = f(r[t-1])) -> scan(s[t] = f(s[t-1])), if r0 = s0",
  ops: ["scan"],
  rewrite: (node) => {
    const apply = node as unknown as Apply<ScanParams>;
    const { layout } = apply.params.step;
    if (layout.states.length + layout.carried + layout.maps + layout.sequences.length < 2) {
      return null;
    }
    const parts = partsOf(apply);
    const sequences = sharedSequences(parts);
    const states = firsts(
      parts.states.map(({ initial, taps }) => `${initial.id}|${taps.join()}`),
    );
    const carried = firsts(parts.carried.map(({ initial }) => String(initial.id)));
    const maps = parts.maps.map((_, i) => i);
    let nexts: Variable[] = [];
    for (let split = true; split;) {
      const known = new Map(sequences);
      states.forEach((first, i) =>
        parts.states[i]!.places.forEach((place, k) => {
          if (first !== i) known.set(place, parts.states[first]!.places[k]!);
        })
      );
      carried.forEach((first, i) => {
        if (first !== i) known.set(parts.carried[i]!.place, parts.carried[first]!.place);
      });
      nexts = replace([
        ...parts.states.map(({ next }) => next),
        ...parts.carried.map(({ next }) => next),
        ...parts.maps.map(({ value }) => value),
        ...(parts.until === null ? [] : [parts.until]),
      ], known);
      const [n, m] = [states.length, carried.length];
      split = refine(states, nexts.slice(0, n));
      split = refine(carried, nexts.slice(n, n + m)) || split;
      firsts(nexts.slice(n + m, n + m + maps.length).map(({ id }) => String(id)))
        .forEach((first, i) => maps[i] = first);
    }
    const same = [states, carried, maps].every((list) => list.every((first, i) => first === i));
    if (same && sequences.size === 0) return null;
    let at = 0;
    const fewer: ScanParts = {
      ...parts,
      states: parts.states.map((state) => ({ ...state, next: nexts[at++]! }))
        .filter((_, i) => states[i] === i),
      carried: parts.carried.map((state) => ({ ...state, next: nexts[at++]! }))
        .filter((_, i) => carried[i] === i),
      maps: parts.maps.map((map) => ({ ...map, value: nexts[at++]! }))
        .filter((_, i) => maps[i] === i),
      until: parts.until === null ? null : nexts.at(-1)!,
    };
    const rest = replacements(apply, fewer, rebuild(fewer, apply.params));
    // A result that went is the one that stands for it.
    const outputs = scanOutputs(apply);
    const found = new Map(apply.outputs.map((output, i) => [output, rest[i] ?? null] as const));
    const stands = (list: readonly Variable[], firsts: readonly number[], start = 0) =>
      firsts.forEach((first, i) => found.set(list[start + i]!, found.get(list[start + first]!)!));
    for (const list of [outputs.traces, outputs.finals]) {
      stands(list, states);
      stands(list, maps, states.length);
    }
    stands(outputs.carried, carried);
    stands(outputs.histories, carried);
    return apply.outputs.map((output) => found.get(output)!);
  },
};

/** For each key, the place where it occurs first. */
function firsts(keys: readonly string[]): number[] {
  const seen = new Map<string, number>();
  return keys.map((key, i) => {
    if (!seen.has(key)) seen.set(key, i);
    return seen.get(key)!;
  });
}

/** Parts states whose next values differ from each other; whether there were any. */
function refine(classes: number[], nexts: readonly Variable[]): boolean {
  const finer = firsts(classes.map((first, i) => `${first}|${nexts[i]!.id}`));
  const changed = finer.some((first, i) => first !== classes[i]);
  finer.forEach((first, i) => classes[i] = first);
  return changed;
}

/** Placeholders that read what another one reads, with that one. */
function sharedSequences({ sequences }: ScanParts): Map<Variable, Variable> {
  const seen = new Map<string, Variable>(), known = new Map<Variable, Variable>();
  for (const { outer, taps, places } of sequences) {
    places.forEach((place, k) => {
      const key = `${outer.id}|${taps[k]}`, before = seen.get(key);
      if (before === undefined) seen.set(key, place);
      else known.set(place, before);
    });
  }
  return known;
}
