/**
 * Rewriting of graphs: which phases there are, in which order, and what a mode leaves out.
 *
 * @module
 */

import { checkOptions, expectList, suggestion } from "../base/options.ts";
import { commaText, shown } from "../base/shown.ts";
import { adoptNamed, equalApplications, inSession, type Variable } from "../graph/graph.ts";
import { replace, toposort } from "../graph/walk.ts";
import { validateGraph } from "./validate.ts";
import { type RewriteObserver, type RuleHits, runPhase } from "./driver.ts";
import { addedPhases } from "./extensions.ts";
import { phases } from "./phases.ts";
import type { Rule } from "./rule.ts";

/** Changes to the set of rewrites. */
export interface ModeOptions {
  /** Start from all rewrites, from those that numerics and merging need, or from none. */
  readonly base?: "fastRun" | "fastCompile" | "none";
  /** Names of phases or rules to add. */
  readonly including?: readonly string[];
  /** Names of phases or rules to leave out. */
  readonly excluding?: readonly string[];
  /** Compare every rewrite and every call with the reference interpreter. */
  readonly verify?: boolean;
}

/** Which rewrites run. */
export type Mode = "fastRun" | "fastCompile" | "debug" | ModeOptions;

/** A mode spelled out. */
export interface ResolvedMode {
  readonly base: "fastRun" | "fastCompile" | "none";
  readonly including: ReadonlySet<string>;
  readonly excluding: ReadonlySet<string>;
  readonly verify: boolean;
}

/** Phases that "fastCompile" runs. */
const quick = new Set(["fold", "canonicalize", "stabilize"]);

/** Spells a mode out. Throws a TypeError for an unknown one, or an unknown phase or rule. */
export function resolveMode(mode: Mode = "fastRun"): ResolvedMode {
  if (typeof mode === "string") {
    if (mode !== "fastRun" && mode !== "fastCompile" && mode !== "debug") {
      throw new TypeError(
        `Unknown mode ${shown(mode)}: expected "fastRun", "fastCompile", "debug" or an object`,
      );
    }
    return {
      base: mode === "debug" ? "fastRun" : mode,
      including: new Set(),
      excluding: new Set(),
      verify: mode === "debug",
    };
  }
  checkOptions<ModeOptions>("Cannot take the mode", mode, {
    base: ["fastRun", "fastCompile", "none"],
    including: "any",
    excluding: "any",
    verify: "boolean",
  });
  for (const list of [mode.including ?? [], mode.excluding ?? []]) {
    expectList("Cannot take the mode", list, "a list of names of rewrites");
  }
  const known = new Set(
    [...phases, ...addedPhases].flatMap((phase) => [phase.name, ...phase.rules.map((r) => r.name)]),
  );
  for (const name of [...mode.including ?? [], ...mode.excluding ?? []]) {
    if (!known.has(name)) {
      throw new TypeError(
        `Unknown rewrite ${shown(name)}${suggestion(String(name), [...known])}; known are ${
          commaText([...known].sort())
        }`,
      );
    }
  }
  return {
    base: mode.base ?? "fastRun",
    including: new Set(mode.including),
    excluding: new Set(mode.excluding),
    verify: mode.verify ?? false,
  };
}

/** The mode in which a graph is being rewritten. */
let running: ResolvedMode | null = null;

/** The mode of the graph around, for rules that rewrite the graph inside of an op. */
export function runningMode(): ResolvedMode {
  return running ?? resolveMode();
}

/** Rewrites a graph: all phases of the mode, in order. */
export function optimise(
  outputs: readonly Variable[],
  mode: ResolvedMode = resolveMode(),
  hits: RuleHits = new Map(),
  observe: RewriteObserver | null = null,
): Variable[] {
  const around = running;
  running = mode;
  try {
    return inSession(() => rewritten(outputs, mode, hits, observe));
  } finally {
    running = around;
  }
}

function rewritten(
  outputs: readonly Variable[],
  mode: ResolvedMode,
  hits: RuleHits,
  observe: RewriteObserver | null,
): Variable[] {
  let current = replace(outputs, equalApplications(toposort(outputs)));
  adoptNamed(toposort(current));
  if (mode.verify) validateGraph(current, "before rewriting");
  for (const phase of [...phases, ...addedPhases]) {
    const wanted = (rule: Rule): boolean => {
      if (mode.excluding.has(rule.name) || mode.excluding.has(phase.name)) return false;
      if (mode.including.has(rule.name) || mode.including.has(phase.name)) return true;
      return rule.isInner === true || mode.base === "fastRun" ||
        mode.base === "fastCompile" && quick.has(phase.name);
    };
    const rules = phase.rules.filter(wanted);
    if (rules.length === 0) continue;
    current = runPhase({ ...phase, rules }, current, hits, observe);
    if (mode.verify) validateGraph(current, `after the phase "${phase.name}"`);
  }
  return current;
}
