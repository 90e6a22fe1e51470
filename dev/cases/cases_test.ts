// Every case is tested, or says why not.

import { assert, assertEquals } from "@std/assert";
import { exempt } from "./exempt.ts";
import { cases } from "./harness.ts";

async function testedIds(): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { name } of Deno.readDir(new URL(".", import.meta.url))) {
    if (!name.endsWith("_test.ts") || name === "cases_test.ts") continue;
    const text = await Deno.readTextFile(new URL(name, import.meta.url));
    for (const [, id] of text.matchAll(/"((?:[A-Za-z0-9]+-)+[A-Za-z0-9]+)"/g)) {
      if (id !== undefined && cases.has(id)) found.add(id);
    }
  }
  return found;
}

Deno.test("every case has a test or a reason for having none", async () => {
  assertEquals(cases.size, 147);
  const tested = await testedIds();
  const open = [...cases.keys()].filter((id) => !tested.has(id) && !Object.hasOwn(exempt, id));
  assertEquals(open, []);
});

Deno.test("only cases are exempt, each for a reason", () => {
  for (const [id, reason] of Object.entries(exempt)) {
    assert(cases.has(id), `There is no case "${id}"`);
    assert(reason.length > 20);
  }
});
