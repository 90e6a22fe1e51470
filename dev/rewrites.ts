/**
 * Writes `docs/rewrites.md`, the table of all rewrites: `deno task rewrites`, after a rule was added.
 *
 * @module
 */

import "./testing/compiling.ts";
import "../all.ts";
import { addedPhases } from "../core/rewrite/extensions.ts";
import { knownRules, tags } from "../core/rewrite/mod.ts";
import { phases } from "../core/rewrite/phases.ts";
import { elementwise, shortcomings, whole } from "./testing/stability/expressions.ts";
import { theanoRewrites } from "./theano_rewrites.ts";

const head = (count: number) =>
  `# Rewrites

The ${count} rules by which graphs are rewritten, each with its law, the phases in which it runs, and its
tags: those that make values where the graph as written overflows or loses digits (stabilises), that
may change results where values are not finite (assumesFinite), and that may hide an error that the
graph as written would have shown (mayHideError). Each has tests that it fires where it should, that
it does not where it must not, and that values stay (\`core/rewrite/rules_test.ts\`; those of loops in
\`scan/rewrites/\`). Beside rules, equal nodes are one from the start, and shapes are taken from the
graph without computing what has them.

\`mode: { excluding: [...] }\` leaves rules, phases and tags out; \`f.rewrites\` counts which fired, and
\`f.explain({ rule })\` shows where ([seeing](seeing.md)).

| rule | law | phases | tags |
| ---- | --- | ------ | ---- |
`;

/** The page. */
function page(): string {
  const all = [...phases, ...addedPhases], rules = knownRules();
  const rows = rules.map((rule) => {
    const own = all.filter(({ rules }) => rules.some(({ name }) => name === rule.name));
    const names = [...new Set(own.map(({ name }) => name))].join(", ");
    const law = rule.law.replaceAll(/[|*_<]/g, (sign) => `\\${sign}`);
    const mine = tags.filter((tag) => rule[tag] === true).join(", ");
    return `| \`${rule.name}\` | ${law} | ${names} | ${mine} |\n`;
  });
  return head(rules.length) + rows.join("") + stability() + fromTheano();
}

/** What the table of stability says. */
function stability(): string {
  const names = [...Object.keys(elementwise), ...Object.keys(whole)];
  return `
## Digits

${names.length} expressions that overflow or lose all digits as written are compared with answers to 50 digits: they,
their gradients and their Hessians, on the CPU in float64, and on the GPU in float32 what is elementwise
(\`core/rewrite/stability/table_test.ts\`). All have 12 digits in all three at every point, but
the derivatives of the logistic function and of tanh where the user wrote these: y * (1 - y) and 1 - y² of the
result cost no second exponential, and have 16 digits behind the point:

${
    names.map((name) => {
      const few = shortcomings[name];
      return `- \`${name}\`${few ? `, but its ${few.join(" and ")} where small beside 1` : ""}\n`;
    }).join("")
  }`;
}

/** Theano's rewrites, row by row. */
function fromTheano(): string {
  const chapters = Object.entries(theanoRewrites).map(([name, list]) => {
    const rows = list.map(([theano, ours, note = ""]) => {
      const rules = ours.map((rule) => `\`${rule}\``).join(", ");
      const names = theano.replaceAll("_", "\\_");
      return `| ${names} | ${[rules, note].filter((text) => text !== "").join("; ")} |\n`;
    });
    return `\n### ${name}\n\n| Theano | here |\n| --- | --- |\n${rows.join("")}`;
  });
  return `
## Theano's rewrites

What does the work of each here. Those of \`scan\` have the names \`scan-…\` above.
${chapters.join("")}`;
}

if (import.meta.main) {
  const path = new URL("../docs/rewrites.md", import.meta.url).pathname;
  await Deno.writeTextFile(path, page());
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
  console.log(path);
}
