/**
 * The floors of the library: which folder may import from which, as the page on its architecture says.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The floors, from the lowest to the highest. */
function floors(page: string): string[] {
  return [...page.matchAll(/^\| `([\w/]+)` +\|/gm)].map((row) => row[1]!);
}

/** The files of the library that users load. */
function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (/\.ts$/.test(name) && !/_(test|bench)\.ts$/.test(name)) yield path;
    else if (name === "self_test.ts") yield path;
  }
}

/** The files whose values a module imports or exports, as written. */
function valueImports(text: string): string[] {
  const statement =
    /^(?:import|export)\s+(?:(type\s)?\s*(\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s+)?"(\.[^"]+)";/gm;
  return [...text.matchAll(statement)].filter(([, type, names]) => {
    if (type !== undefined) return false;
    const listed = names?.startsWith("{") ? names.slice(1, -1).split(",") : [];
    const own = listed.map((name) => name.trim()).filter((name) => name !== "");
    return own.length === 0 || own.some((name) => !name.startsWith("type "));
  }).map((match) => match[3]!);
}

/** Files that import each other's values in a circle, if any do. */
function circle(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  for (const start of imports.keys()) {
    const path: string[] = [], next: string[][] = [[start]];
    while (next.length > 0) {
      const file = next.at(-1)!.pop();
      if (file === undefined) {
        next.pop();
        const left = path.pop();
        if (left !== undefined) done.add(left);
      } else if (path.includes(file)) {
        return path.slice(path.indexOf(file));
      } else if (!done.has(file)) {
        path.push(file);
        next.push([...imports.get(file) ?? []]);
      }
    }
  }
  return null;
}

const order = floors(await Deno.readTextFile(join(root, "docs/architecture.md")));
const imports = new Map<string, string[]>();
for (const folder of ["core", "autodiff", "scan", "io", "nn", "cpu", "gpu", "xla", "see"]) {
  for (const file of sources(join(root, folder))) {
    const found = valueImports(Deno.readTextFileSync(file));
    imports.set(
      relative(root, file),
      found.map((path) => relative(root, join(dirname(file), path))),
    );
  }
}

function floorOf(file: string): number {
  return order.findIndex((folder) => file.startsWith(`${folder}/`));
}

Deno.test("each file of the library is on a floor, and imports values from none above", () => {
  assert(order.length > 10 && imports.size > 300);
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    if (file === "core/mod.ts") continue;
    assert(floorOf(file) >= 0, `${file} is on no floor`);
    for (const target of targets) {
      if (floorOf(target) > floorOf(file) || floorOf(target) < 0) wrong.push(`${file} → ${target}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("the backends do not import from each other", () => {
  const wrong = [...imports].filter(([file, targets]) =>
    /^[cg]pu\//.test(file) && targets.some((to) => /^[cg]pu\//.test(to) && to[0] !== file[0])
  );
  assertEquals(wrong, []);
});

Deno.test("no files import each other's values in a circle", () => {
  assertEquals(circle(imports), null);
  assertEquals(circle(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b", "c"]);
});

Deno.test("imports of values are told from those of types", () => {
  const text = `import type { A } from "./a.ts";
import { type B, type C } from "./b.ts";
import { type D, e } from "./d.ts";
import * as f from "./f.ts";
export * from "./g.ts";
export type { H } from "./h.ts";
import "./i.ts";
`;
  assertEquals(valueImports(text), ["./d.ts", "./f.ts", "./g.ts", "./i.ts"]);
});
