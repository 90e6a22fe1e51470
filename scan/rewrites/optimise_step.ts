/**
 * Rewrites of the step itself.
 *
 * @module
 */

import { inside } from "../../core/rewrite/match.ts";
import { optimise, type ResolvedMode, runningMode } from "../../core/rewrite/mod.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import type { StepGraph } from "../inner.ts";
import { partsOf, rebuild, replacements } from "./rebuild.ts";
import { rule } from "./loop_rule.ts";

/** In which mode steps are rewritten already. */
const optimised = new WeakMap<StepGraph, ResolvedMode>();

/** Rewrites the step itself, once, in the mode of the graph around it. */
export const optimiseStep: Rule = rule(
  "scan-step",
  "scan(f) -> scan(optimised f)",
  (apply) => {
    const { step } = apply.params, mode = runningMode();
    if (optimised.get(step) === mode) return null;
    const better = inside(() => optimise(step.outputs, mode));
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
