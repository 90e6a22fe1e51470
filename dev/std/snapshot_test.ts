import { assertEquals, AssertionError, assertRejects } from "./assert.ts";
import { assertSnapshot, serialize } from "./snapshot.ts";

Deno.test("serialize() sorts keys and shows everything", () => {
  assertEquals(serialize({ b: [1], a: "x" }), '{\n  a: "x",\n  b: [\n    1,\n  ],\n}');
});

Deno.test("assertSnapshot() compares with the snapshot file", async (t) => {
  await assertSnapshot(t, { text: "`${x}`\n\\end", list: [1, 2] });
  await assertSnapshot(t, "one line");
  await t.step("step", async (t) => await assertSnapshot(t, 3));
});

Deno.test("assertSnapshot() fails where the snapshot differs or is missing", async (t) => {
  const options = { mode: "assert", path: "__snapshots__/fixed.snap" } as const;
  await assertSnapshot(t, "a\nb", { ...options, name: "two", serializer: String });
  await assertRejects(
    () => assertSnapshot(t, "a\nc", { ...options, name: "lines", serializer: String }),
    AssertionError,
    "Snapshot does not match",
  );
  await assertRejects(
    () => assertSnapshot(t, 1, { ...options, name: "nowhere" }),
    AssertionError,
    "Missing snapshot: nowhere 1",
  );
  await assertRejects(
    () => assertSnapshot(t, 1, { mode: "assert", path: "no/such/file.snap", msg: "of mine" }),
    AssertionError,
    "of mine",
  );
});
