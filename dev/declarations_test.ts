// What checkers of types read in place of the library (`types/`) is what they would find in its modules.

import { assertEquals } from "@std/assert";
import { relative } from "node:path";
import { NO_TOOLS } from "./npm_tools.ts";

const root = new URL("..", import.meta.url).pathname;

/** The text of each file in a folder. */
function filesOf(folder: string, path = folder): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    const file = `${path}/${name}`;
    if (isDirectory) filesOf(folder, file).forEach((text, key) => found.set(key, text));
    else found.set(relative(folder, file), Deno.readTextFileSync(file));
  }
  return found;
}

/** Where files differ. */
function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort();
}

Deno.test("the declarations that users' checkers read are those of the library", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--no-check", `${root}/dev/declarations.ts`, folder],
      env: { NO_COLOR: "1" },
    }).output();
    const there = code !== NO_TOOLS;
    await t.step({
      name: there ? "as they are now" : "as they are now (npm is out of reach)",
      ignore: !there,
      fn: () => {
        assertEquals(code, 0, new TextDecoder().decode(stderr));
        const stale = differing(filesOf(folder), filesOf(`${root}/types`));
        assertEquals(stale, [], "`deno task types` writes them anew");
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("files that differ are found, and those that one side lacks", () => {
  const files = (text: string) => new Map([["a", "1"], ["b", text]]);
  assertEquals(differing(files("2"), files("2")), []);
  assertEquals(differing(files("2"), files("3")), ["b"]);
  assertEquals(differing(files("2"), new Map([["b", "2"], ["c", ""]])), ["a", "c"]);
});
