/**
 * Which rewrites a function went through.
 *
 * @module
 */

import { partText } from "../graph/print.ts";
import type { Variable } from "../graph/graph.ts";
import { logged, RewriteLog } from "../rewrite/log.ts";
import { knownRules, optimise, resolveMode } from "../rewrite/mod.ts";
import type { RewriteCount } from "./measured.ts";
import { suggestion } from "../base/options.ts";
import { shown } from "../base/shown.ts";
import type { Definition } from "./definition.ts";

/** All that a function computes, as it is written. */
function rootsOf({ outputs, updates, states }: Definition): readonly Variable[] {
  return [...outputs, ...updates.map(([, value]) => value), ...states];
}

/** The rewriting of a function, done once more and recorded. */
export function rewriteLog(definition: Definition): RewriteLog {
  const log = new RewriteLog(), mode = resolveMode(definition.options.mode);
  logged(log, () => optimise(rootsOf(definition), mode));
  return log;
}

/** How often each rule fired, the one that took longest first. */
export function countsOf(log: RewriteLog): RewriteCount[] {
  const counts = new Map<string, { law: string; fired: number }>();
  for (const { rule } of log.replacements) {
    const have = counts.get(rule.name);
    if (have === undefined) counts.set(rule.name, { law: rule.law, fired: 1 });
    else have.fired++;
  }
  return [...counts]
    .map(([rule, count]) => ({ rule, ...count, milliseconds: log.times.get(rule) ?? 0 }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Where a rule fired in a function, and what it replaced by what. */
export function explainRule(definition: Definition, name: string): string {
  const rule = knownRules().find((one) => one.name === name);
  if (rule === undefined) {
    const known = knownRules().map((one) => one.name);
    throw new TypeError(
      `Cannot explain ${shown(name)}: there is no such rewrite${suggestion(name, known)}`,
    );
  }
  const hits = rewriteLog(definition).replacements.filter((one) => one.rule === rule);
  const lines = [
    `${name}: ${rule.law}`,
    `  fired ${hits.length} times in ${definition.name}`,
    ...hits.flatMap(({ phase, before, after, depth }) => {
      const { place } = before.written, where = depth === 0 ? "" : ", in the step of a loop";
      return [
        `  in the phase "${phase}"${where}${place === "" ? "" : `, made at ${place}`}`,
        `    ${briefText(before)}`,
        `    -> ${briefText(after)}`,
      ];
    }),
  ];
  return lines.join("\n");
}

/** How many ops deep a text goes. */
const DEPTH = 5;

/** An expression as one line, deep parts and long ends left out. */
export function briefText(variable: Variable): string {
  const near = new Set([variable]);
  let level = [variable];
  for (let depth = 0; depth < DEPTH; depth++) {
    level = level.flatMap(({ owner }) => owner?.inputs ?? []).filter((input) => !near.has(input));
    for (const input of level) near.add(input);
  }
  const text = partText(
    variable,
    (one) => one.owner !== null && one.name === null && !near.has(one),
  );
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
