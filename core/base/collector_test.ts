// Collections that tell at once what was dropped.

import { assert, assertEquals } from "@std/assert";
import { canCollect, collect, forgetLooks, type Generation, loadCollector } from "./collector.ts";

/** WeakRefs to objects that nothing else refers to. */
function drop(count: number): WeakRef<object>[] {
  return Array.from({ length: count }, (_, i) => new WeakRef({ i }));
}

function gone(refs: readonly WeakRef<object>[]): number {
  const count = refs.filter((ref) => ref.deref() === undefined).length;
  forgetLooks();
  return count;
}

for (const generation of ["young", "all"] as const satisfies readonly Generation[]) {
  Deno.test({
    name:
      `a collection of what is ${generation} tells at once what was dropped, without permissions`,
    permissions: "none",
    async fn() {
      await loadCollector();
      let turns = 0;
      queueMicrotask(() => void turns++);
      const kept = Array.from({ length: 50 }, (_, i) => ({ i }));
      const refs = kept.map((one) => new WeakRef(one)), dropped = drop(50);
      assertEquals(gone(dropped), 0);
      // One under way may have to end first.
      assert(collect(generation) || collect(generation));
      assertEquals([gone(dropped), gone(refs)], [50, 0]);
      assert(canCollect(generation));
      assertEquals(turns, 0, "what waits for the end of the turn has to wait");
      await Promise.resolve();
      assertEquals([turns, kept.length], [1, 50]);
    },
  });
}

Deno.test("collections tell at once in workers, too", async () => {
  const program = `
    import { collect, loadCollector } from ${
    JSON.stringify(new URL("collector.ts", import.meta.url).href)
  };
    await loadCollector();
    const make = () => new WeakRef({});
    const dropped = Array.from({ length: 20 }, make);
    const told = collect("all") || collect("all");
    postMessage([told, dropped.filter((ref) => ref.deref() === undefined).length]);`;
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  try {
    const told = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
    assertEquals(told, [true, 20]);
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
});
