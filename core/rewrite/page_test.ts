import { assertEquals } from "@std/assert";
import "../../scan/mod.ts";
import { knownRules } from "./mod.ts";

/** Text of Markdown without its signs. */
const plain = (text: string) => text.replaceAll(/\\(.)/g, "$1").trim();

Deno.test("docs/rewrites.md has all rules and their laws", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/rewrites.md", import.meta.url));
  const rows = [...text.matchAll(/^\| `([^`]+)` *\| ((?:[^|\\]|\\.)*) \|/gm)];
  const rules = knownRules();
  assertEquals(
    rows.map(([, name, law]) => [name, plain(law!)]),
    rules.map((r) => [r.name, r.law]),
    "run deno task rewrites",
  );
  assertEquals(text.includes(`The ${rules.length} rules by which`), true);
});
