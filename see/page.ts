/**
 * A page that shows what a graph became.
 *
 * @module
 */

// Rules of loops, which a page shows, too.
import "../scan/compiling.ts";
import { checkOptions } from "../core/base/options.ts";
import type { Step } from "../core/ir/program.ts";
import { allSteps } from "../core/ir/steps.ts";
import type { Variable } from "../core/graph/graph.ts";
import { logged, RewriteLog } from "../core/rewrite/log.ts";
import { optimise } from "../core/rewrite/mod.ts";
import { type Callable, callableOf } from "../core/runtime/callable.ts";
import { rewriteLog } from "../core/runtime/rewrites.ts";
import { type Kernels, kernelsOf, LIMIT, type Measured } from "./kernels.ts";
import { layered } from "./layout.ts";
import { memorySvg } from "./memory.ts";
import { type Drawable, rootsOf } from "./model.ts";
import { Gatherer, type PageData, rewriting } from "./page_data.ts";
import { program, style } from "./page_program.ts";
import { plansOf, type PlanView } from "./plans.ts";
import { escaped } from "./svg.ts";

/** Options of {@linkcode graphPage}. */
export interface PageOptions {
  /** The title; default: the name of the function. */
  readonly title?: string;
}

/**
 * A page of HTML, complete in itself, that shows a graph: as it is written and, beside it, after each phase of
 * rewriting; each rewrite with its law, the line in the user's program, and what it replaced by what; and for
 * a compiled function that was called its kernels, with their ops, their text (WGSL or WebAssembly), what they
 * read, write and cost, its loops with their strategy and why, and its memory over time. A function that was
 * compiled with `profile: true` has its times there, too. The pictures can be moved, enlarged and searched;
 * loops and kernels unfold to what is in them.
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
  const { title } = checkOptions("Cannot make a page", options, { title: "string" });
  return pageOf(what, title);
}

/**
 * A page as `graphPage` makes it; `scripts` are programs that run before its own, of which one may define a
 * function `otherLayout` that is used as `layered`.
 */
export function pageOf(what: Drawable, title?: string, scripts: readonly string[] = []): string {
  const callable = typeof what === "function" ? callableOf(what) : null;
  const plans = callable === null ? [] : plansOf(callable.executor);
  const data = dataOf(what, title, callable, plans), last = data.rewrites.length;
  const pane = (side: string) =>
    `<div class="pane"><div class="bar"><select id="${side}-stage"></select>${
      [["unfold", "unfold all"], ["fold", "fold all"], ["out", "−"], ["in", "+"], ["fit", "fit"]]
        .map(([act, words]) => `<button id="${side}-${act}">${words}</button>`).join("")
    }</div><canvas id="${side}"></canvas></div>`;
  const fold = (summary: string, inside: string, isOpen = false) =>
    `<details${isOpen ? " open" : ""}><summary>${summary}</summary>${inside}</details>`;
  const pictures = plans.map((view, i) =>
    `<div>${plans.length === 1 ? "" : `<h2>plan ${i + 1}</h2>`}${memorySvg(view)}</div>`
  );
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(data.title)}</title>
<style>${style}</style></head><body>
<header><h1>${escaped(data.title)}</h1>${
    callable === null ? "" : `<span id="device">${escaped(deviceText(callable))}</span>`
  }
<span>rewrites <button id="before">‹</button> <input id="at" type="range" min="0" max="${last}" value="0"> <button id="after">›</button> <output id="number">0 of ${last}</output></span>
<label>find <input id="find" type="search" placeholder="op, name, type or line"> <span id="found"></span></label></header>
<div id="rule"></div>
<main>${pane("left")}${pane("right")}<div id="facts"></div></main>
${
    plans.length === 0 ? "" : fold("Memory over time", pictures.join("")) +
      fold("Kernels and loops", kernelTable(data))
  }
${fold("The plan in words", `<pre>${escaped(callable?.toExplanation() ?? "not compiled")}</pre>`)}
<script type="application/json" id="data">${
    JSON.stringify(data).replaceAll("<", "\\u003c")
  }</script>
${
    scripts.map((text) => `<script>${text.replaceAll("</", "<\\/")}</script>\n`).join("")
  }<script>const layered = ${layered};
${program}</script></body></html>
`;
}

/** Where a function runs. */
function deviceText({ executor: { backend } }: Callable): string {
  return `on the ${backend.name.toUpperCase()} (${backend.description})`;
}

function plainLog(outputs: readonly Variable[]): RewriteLog {
  const log = new RewriteLog();
  logged(log, () => optimise(outputs));
  return log;
}

/** Gathers all that a page shows. */
function dataOf(
  what: Drawable,
  title: string | undefined,
  callable: Callable | null,
  plans: readonly PlanView[],
): PageData {
  const roots = rootsOf(what, "written");
  const log = callable === null ? plainLog(roots.outputs) : rewriteLog(callable.definition);
  const gatherer = new Gatherer((variable) => {
    for (const view of plans) {
      const shape = view.shapeOf(variable);
      if (shape !== null) return shape;
    }
    return null;
  });
  const { stages, laws, rewrites } = rewriting(
    gatherer,
    roots,
    log,
    callable === null ? null : rootsOf(what),
  );
  const kernels: Kernels = kernelsOf(gatherer, plans, measuredBy(callable, plans));
  const { nodes, graphs, labels } = gatherer;
  return {
    title: title ?? roots.name,
    ...{ nodes, graphs, labels, laws, rewrites },
    stages: [...stages, ...kernels.stages],
    first: stages.length + kernels.stages.length - 1,
    ...{ kernels: kernels.kernels, texts: kernels.texts, textKind: kernels.textKind },
  };
}

/** What the profile of a function says of the steps of its plans. */
function measuredBy(
  callable: Callable | null,
  plans: readonly PlanView[],
): (step: Step) => Measured | null {
  const rows = callable?.profile?.kernels ?? [];
  if (rows.length === 0) return () => null;
  const measured = new Map<Step, Measured>();
  plans.forEach(({ program }, plan) => {
    const own = rows.filter((row) => row.plan === plan + 1);
    allSteps(program).forEach(({ step }, i) => measured.set(step, { ...own[i] }));
  });
  return (step) => measured.get(step) ?? null;
}

/** The kernels in the order in which they run. */
function kernelTable({ kernels, nodes }: PageData): string {
  const facts = new Map(
    nodes.flatMap(({ kernel, facts, label }) =>
      kernel === undefined ? [] : [[kernel, { label, facts: new Map(facts) }] as const]
    ),
  );
  const names = ["kind", "strategy", "bytes a call", "operations a call"];
  const measured = [...new Set([...facts.values()].flatMap(({ facts }) => [...facts.keys()]))]
    .filter((name) => ["calls", "milliseconds", "share", LIMIT].includes(name));
  const head = ["kernel", ...names, ...measured].map((name) => `<th>${name}</th>`).join("");
  const rows = kernels.map(({ depth }, i) => {
    const { label, facts: own } = facts.get(i)!;
    const cells = [...names, ...measured].map((name, column) =>
      `<td${column < 2 ? "" : ` class="number"`}>${escaped(own.get(name) ?? "")}</td>`
    );
    return `<tr data-kernel="${i}"><td style="padding-left:${1.4 * depth}em">${
      escaped(label)
    }</td>${cells.join("")}</tr>`;
  });
  return `<table id="kernels"><tr>${head}</tr>${rows.join("")}</table>`;
}
