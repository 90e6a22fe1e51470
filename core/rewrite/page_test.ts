import { assert, assertEquals } from "@std/assert";
import "../../dev/testing/compiling.ts";
import { elementwise, shortcomings, whole } from "../../dev/testing/stability/expressions.ts";
import { theanoRewrites } from "../../dev/theano_rewrites.ts";
import { knownRules } from "./mod.ts";

/** Text of Markdown without its signs. */
const plain = (text: string) => text.replaceAll(/\\(.)/g, "$1").trim();

Deno.test("docs/rewrites.md has all rules and their laws", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/rewrites.md", import.meta.url));
  const rows = [
    ...text.split("## Digits")[0]!.matchAll(/^\| `([^`]+)` *\| ((?:[^|\\]|\\.)*) \|/gm),
  ];
  const rules = knownRules();
  const there = new Set(rows.map(([, name]) => name!)), names = new Set(rules.map((r) => r.name));
  const advice = "run deno task rewrites, which writes docs/rewrites.md";
  assertEquals([...names.difference(there)], [], `rules without a row: ${advice}`);
  assertEquals([...there.difference(names)], [], `rows without a rule: ${advice}`);
  assertEquals(
    rows.map(([, name, law]) => [name, plain(law!)]),
    rules.map((r) => [r.name, r.law]),
    advice,
  );
  assertEquals(text.includes(`The ${rules.length} rules by which`), true);
});

Deno.test("the rules that do the work of Theano's exist, and docs/rewrites.md has them", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/rewrites.md", import.meta.url));
  const known = new Set(knownRules().map(({ name }) => name));
  const rows = [...text.matchAll(/^\| (\S.*?) +\| (.*?) +\|$/gm)];
  const found = new Map(rows.map(([, name, ours]) => [plain(name!), ours!]));
  for (const [name, ours, note = ""] of Object.values(theanoRewrites).flat()) {
    for (const rule of ours) assert(known.has(rule), `${name}: there is no rule "${rule}"`);
    assert(ours.length > 0 || note !== "", `${name}: nothing does its work, and nobody says why`);
    const words = [ours.map((rule) => `\`${rule}\``).join(", "), note].filter((w) => w !== "");
    assertEquals(found.get(name), words.join("; "), "run deno task rewrites");
  }
});

Deno.test("docs/rewrites.md has the table of stability", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/rewrites.md", import.meta.url));
  const names = Object.keys({ ...elementwise, ...whole });
  assert(text.includes(`${names.length} expressions that overflow`), "run deno task rewrites");
  for (const name of names) {
    const end = name in shortcomings ? `, but its ${shortcomings[name]!.join(" and ")} ` : "\n";
    assert(text.includes(`- \`${name}\`${end}`), `run deno task rewrites: ${name}`);
  }
});
