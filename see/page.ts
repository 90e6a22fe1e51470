/**
 * A page that shows what a graph became.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import type { Variable } from "../core/graph/graph.ts";
import { logged, RewriteLog } from "../core/rewrite/log.ts";
import { optimise } from "../core/rewrite/mod.ts";
import { callableOf } from "../core/runtime/callable.ts";
import { briefText, rewriteLog } from "../core/runtime/rewrites.ts";
import { type Drawable, modelOf, type Roots, rootsOf } from "./model.ts";
import { script, style } from "./page_parts.ts";
import { escaped, svgOf } from "./svg.ts";

/** Options of {@linkcode graphPage}. */
export interface PageOptions {
  /** The title; default: the name of the function. */
  readonly title?: string;
}

/** What the page's program reads. */
interface PageData {
  readonly stages: readonly { readonly name: string; readonly svg: string }[];
  readonly rewrites: readonly {
    readonly rule: string;
    readonly law: string;
    readonly phase: string;
    readonly place: string;
    readonly before: string;
    readonly after: string;
    /** Numbers of the variables. */
    readonly ids: readonly [number, number];
    /** Number of the stage that the phase ends with. */
    readonly stage: number;
  }[];
}

/**
 * A page of HTML, complete in itself, that shows a graph: as it is written and, beside it, after each phase of
 * rewriting; each rewrite with its law, the line in the user's program, and what it replaced by what; and for
 * a compiled function that was called its kernels with their text, its loops with their strategy and why, and
 * its memory. The pictures can be moved, enlarged and searched; the steps of loops can be folded.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { graphPage } from "@croton/croton/see";
 *
 * const x = T.dvector("x"), f = await compile([x], T.log(T.exp(x).sum()));
 * f([1, 2]);
 * console.assert(graphPage(f).startsWith("<!DOCTYPE html>"));
 * ```
 */
export function graphPage(what: Drawable, options?: PageOptions): string {
  const given = checkOptions("Cannot make a page", options, { title: "string" });
  const roots = rootsOf(what, "written"), title = given.title ?? roots.name;
  const isFunction = typeof what === "function";
  const log = isFunction ? rewriteLog(callableOf(what).definition) : plainLog(roots.outputs);
  const data = dataOf(roots, log);
  const plans = isFunction ? callableOf(what).toExplanation() : "not compiled";
  const choices = data.stages.map(({ name }, i) =>
    `<option value="${i}">${escaped(name)}</option>`
  );
  const last = data.rewrites.length;
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>${style}</style></head><body>
<header><h1>${escaped(title)}</h1>
<label>beside it <select id="stage">${choices.slice(1).join("")}</select></label>
<label>rewrite <input id="at" type="range" min="0" max="${last}" value="0"> <output id="number">0 of ${last}</output></label>
<label>find <input id="find" type="search" placeholder="op, name or line"></label>
<label><input id="fold" type="checkbox"> fold loops</label></header>
<div id="rule"></div>
<main><section><h2>as it is written</h2><div class="pane" id="left"></div></section>
<section><h2 id="name"></h2><div class="pane" id="right"></div></section></main>
<pre id="facts">Click on a node.</pre>
<details><summary>Kernels, loops and memory</summary><pre>${escaped(plans)}</pre></details>
<script type="application/json" id="data">${
    JSON.stringify(data).replaceAll("<", "\\u003c")
  }</script>
<script>${script}</script></body></html>
`;
}

function plainLog(outputs: readonly Variable[]): RewriteLog {
  const log = new RewriteLog();
  logged(log, () => optimise(outputs));
  return log;
}

function dataOf(roots: Roots, log: RewriteLog): PageData {
  const stages = [{ name: "as it is written", svg: svgOf(modelOf(roots)) }];
  const count = roots.outputs.length;
  const ends: { readonly replacements: number; readonly stage: number }[] = [];
  for (const { phase, outputs, replacements } of log.phases) {
    if (replacements > (ends.at(-1)?.replacements ?? 0)) {
      const updates = roots.updates.map(([target], i) => [target, outputs[count + i]!] as const);
      const after = { name: roots.name, outputs: outputs.slice(0, count), updates };
      stages.push({ name: `after ${phase} (${stages.length})`, svg: svgOf(modelOf(after)) });
    }
    ends.push({ replacements, stage: stages.length - 1 });
  }
  if (stages.length === 1) stages.push({ name: "after rewriting: the same", svg: stages[0]!.svg });
  const rewrites = log.replacements.map(({ rule, phase, before, after }, i) => ({
    rule: rule.name,
    law: rule.law,
    phase,
    place: before.written.place,
    before: briefText(before),
    after: briefText(after),
    ids: [before.id, after.id] as const,
    stage: ends.find(({ replacements }) => i < replacements)?.stage ?? stages.length - 1,
  }));
  return { stages, rewrites };
}
