// What dropped objects leave behind.

import { assert, assertEquals } from "@std/assert";
import { loadCollector } from "./collector.ts";
import { Dropped, releaseDropped } from "./dropped.ts";

Deno.test("what dropped objects leave behind is given back once, within the turn", async () => {
  await loadCollector();
  const given: number[] = [];
  const registry = new Dropped<{ i: number }>(({ i }) => void given.push(i));
  const kept: object[] = [];
  const unregistered: { i: number }[] = [];
  const make = () => {
    for (let i = 0; i < 60; i++) {
      const owner = {}, held = { i };
      registry.register(owner, held);
      if (i % 3 === 0) kept.push(owner);
      if (i % 3 === 1) unregistered.push(held);
    }
    for (const held of unregistered) registry.unregister(held);
  };
  make();
  const expected = Array.from({ length: 20 }, (_, i) => 3 * i + 2);
  releaseDropped("all");
  assertEquals(given, expected);
  releaseDropped("young");
  releaseDropped("all");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(given, expected);
  assert(kept.length === 20);
});
