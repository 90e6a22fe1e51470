/**
 * What nothing needs of a loop is dropped: results, states, inputs, and states that never change.
 *
 * @module
 */

import { Constant, makeVariable, type Variable } from "../../core/graph/graph.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import { scanOutputs } from "../node.ts";
import {
  checksMore,
  isCheck,
  isCounted,
  partsOf,
  reachedBy,
  rebuild,
  replacements,
  type ScanParts,
} from "./rebuild.ts";
import { finish, rule, substituted } from "./loop_rule.ts";

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
    const inputsUsed =
      parts.sequences.every((sequence) =>
        sequence.places.every((place) => reached.has(place)) || isCheck(parts, sequence, reached)
      ) &&
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
    if (kept.carried.length + kept.states.length + kept.maps.length === 0) {
      return checksMore(parts) ? null : found;
    }
    const rest = replacements(apply, kept, rebuild(kept, apply.params));
    return found.map((value, i) => value ?? rest[i] ?? null);
  },
);
