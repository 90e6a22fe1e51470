/**
 * Rewriting of graphs: which phases there are, in which order, and what a mode leaves out.
 *
 * @module
 */

import { checkOptions, expectList, suggestion } from "../base/options.ts";
import { commaText, shown } from "../base/shown.ts";
import type { Variable } from "../graph/graph.ts";
import { adoptNamed, equalApplications, inSession } from "../graph/sessions.ts";
import { replace, toposort } from "../graph/walk.ts";
import { validateGraph } from "./validate.ts";
import { type RewriteObserver, type RuleHits, runPhase } from "./driver.ts";
import { addedPhases } from "./extensions.ts";
import { currentLog } from "./log.ts";
import { phases } from "./phases.ts";
import type { Mode, ModeOptions, NanGuardOptions } from "./mode.ts";
import type { Rule } from "./rule.ts";

/** A mode spelled out. */
export interface ResolvedMode {
  readonly base: "fastRun" | "fastCompile" | "none";
  readonly including: ReadonlySet<string>;
  readonly excluding: ReadonlySet<string>;
  readonly verify: boolean;
  readonly gradients: boolean;
  /** What is bad; null where results are not looked at. */
  readonly nanGuard: NanGuardOptions | null;
}

const modes: readonly unknown[] = ["fastRun", "fastCompile", "debug", "nanGuard"];

/** Phases that "fastCompile" runs. */
const quick = new Set(["fold", "canonicalize", "stabilize"]);

/** Spells a mode out. Throws a TypeError for an unknown one, or an unknown phase or rule. */
export function resolveMode(mode: Mode = "fastRun"): ResolvedMode {
  if (typeof mode === "string") {
    if (!modes.includes(mode)) {
      throw new TypeError(
        `Unknown mode ${
          shown(mode)
        }: expected "fastRun", "fastCompile", "debug", "nanGuard" or an object`,
      );
    }
    return {
      base: mode === "fastCompile" ? mode : "fastRun",
      including: new Set(),
      excluding: new Set(),
      verify: mode === "debug",
      gradients: false,
      nanGuard: mode === "nanGuard" ? {} : null,
    };
  }
  checkOptions<ModeOptions>("Cannot take the mode", mode, {
    base: ["fastRun", "fastCompile", "none"],
    including: "any",
    excluding: "any",
    verify: "boolean",
    gradients: "boolean",
    nanGuard: "any",
  });
  for (const list of [mode.including ?? [], mode.excluding ?? []]) {
    expectList("Cannot take the mode", list, "a list of names of rewrites");
  }
  const known = new Set<string>([
    ...[...phases, ...addedPhases].map(({ name }) => name),
    ...knownRules().map(({ name }) => name),
    ...tags,
  ]);
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
    verify: (mode.verify ?? false) || (mode.gradients ?? false),
    gradients: mode.gradients ?? false,
    nanGuard: guardOf(mode.nanGuard),
  };
}

function guardOf(given: ModeOptions["nanGuard"]): NanGuardOptions | null {
  if (given === undefined || given === false) return null;
  if (given === true) return {};
  const kinds = { nan: "boolean", inf: "boolean", huge: "number", test: "function" } as const;
  return checkOptions<NanGuardOptions>("Cannot guard against bad results", given, kinds);
}

/** What rules may be tagged with. */
export const tags = ["stabilises", "assumesFinite", "mayHideError"] as const;

/** All rules, each once. */
export function knownRules(): Rule[] {
  const byName = new Map<string, Rule>();
  for (const { rules } of [...phases, ...addedPhases]) {
    for (const rule of rules) byName.set(rule.name, rule);
  }
  return [...byName.values()];
}

/** Whether a rule, its phase or one of its tags is in a list. */
function isNamed(rule: Rule, phase: string, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  return names.has(rule.name) || names.has(phase) ||
    tags.some((tag) => rule[tag] === true && names.has(tag));
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
  const around = running, log = currentLog();
  running = mode;
  if (log !== null) log.depth++;
  try {
    return inSession(() => rewritten(outputs, mode, hits, observe));
  } finally {
    running = around;
    if (log !== null) log.depth--;
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
      if (isNamed(rule, phase.name, mode.excluding)) return false;
      if (rule.isOptional === true) return mode.including.has(rule.name);
      if (isNamed(rule, phase.name, mode.including)) return true;
      return rule.isInner === true || mode.base === "fastRun" ||
        mode.base === "fastCompile" && quick.has(phase.name);
    };
    const rules = phase.rules.filter(wanted);
    if (rules.length === 0) continue;
    const log = currentLog(), start = log === null ? 0 : performance.now();
    current = runPhase({ ...phase, rules }, current, hits, observe);
    if (log?.depth === 0) {
      log.phases.push({
        phase: phase.name,
        outputs: current,
        replacements: log.replacements.length,
        milliseconds: performance.now() - start,
      });
    }
    if (mode.verify) validateGraph(current, `after the phase "${phase.name}"`);
  }
  return current;
}
