import { assertEquals } from "@std/assert";
import { parts, readTally } from "./suite.ts";

Deno.test("readTally() sums the summaries of deno test", () => {
  const output = `a ... ok (1ms)
\x1b[32mok\x1b[0m | 36 passed (1 step) | 0 failed \x1b[90m(676ms)\x1b[0m

FAILED | 9 passed (16 steps) | 2 failed (3 steps) | 1 ignored (118ms)
ok | 0 passed | 0 failed (0ms)
`;
  assertEquals(readTally(output), { passed: 45, failed: 2 });
  assertEquals(readTally("error: Module not found"), { passed: 0, failed: 0 });
});

Deno.test("each file is in one part of the tests, and in one only", async () => {
  const inside = (file: string, folder: string) => folder === "." || file.startsWith(`${folder}/`);
  const all = await parts();
  const folders = ["."];
  for (let folder; (folder = folders.pop()) !== undefined;) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = folder === "." ? name : `${folder}/${name}`;
      if (isDirectory && !name.startsWith(".") && name !== "node_modules") folders.push(path);
      if (!/\.(ts|md)$/.test(name)) continue;
      const of = all.filter((part) =>
        inside(path, part.path) && !part.ignore.some((other) => inside(path, other))
      );
      assertEquals(of.length, 1, path);
    }
  }
});
