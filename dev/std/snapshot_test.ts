import { assertEquals, AssertionError, assertRejects } from "./assert.ts";
import { assertSnapshot, serialize, updates } from "./snapshot.ts";

Deno.test("serialize() sorts keys and shows everything", () => {
  assertEquals(serialize({ b: [1], a: "x" }), '{\n  a: "x",\n  b: [\n    1,\n  ],\n}');
});

Deno.test("assertSnapshot() compares with the snapshot file", async (t) => {
  await assertSnapshot(t, { text: "`${x}`\n\\end", list: [1, 2] });
  await assertSnapshot(t, "one line");
  await t.step("step", async (t) => await assertSnapshot(t, 3));
});

Deno.test({
  name: "assertSnapshot() fails where the snapshot differs or is missing",
  ignore: updates,
  async fn() {
    const origin = new URL("fixed.ts", import.meta.url).href;
    await assertRejects(
      () => assertSnapshot({ name: "two", origin }, "b"),
      AssertionError,
      "Snapshot does not match",
    );
    await assertRejects(
      () => assertSnapshot({ name: "two", origin }, "a"),
      AssertionError,
      "Missing snapshot: two 2",
    );
  },
});
