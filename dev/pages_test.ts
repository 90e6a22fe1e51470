// The README and the pages beside it: programs print what the pages say, and what they name exists.

import { assert, assertEquals } from "@std/assert";
import { comparable, examples, runPrograms } from "./pages.ts";
import { availability } from "./testing/gpu_device.ts";
import { type Accuracy, accuracy } from "../core/math/accuracy.ts";
import { T } from "../all.ts";

const root = new URL("..", import.meta.url);

const pages = ["README.md"];
for (const { name } of Deno.readDirSync(new URL("docs", root))) {
  if (name.endsWith(".md")) pages.push(`docs/${name}`);
}

/** A file or folder of the repository. */
const PATH = /`((?:core|autodiff|scan|io|nn|cpu|gpu|xla|see|examples|dev|docs)\/[\w./]*)`/g;

for (const page of pages) {
  const text = await Deno.readTextFile(new URL(page, root));
  // Programs for the GPU need one.
  const found = examples(text).filter(({ code }) =>
    availability.available || !code.includes('device: "gpu"')
  );
  if (page === "README.md") assert(found.length > 10, `${page} has ${found.length} programs`);

  if (found.length > 0) {
    Deno.test(`the programs of ${page} print what it says, without a permission`, async () => {
      const printed = await runPrograms(
        found.map(({ code }) => code),
        new URL("mod.ts", root).href,
      );
      for (const [i, { line, printed: said }] of found.entries()) {
        const [actual, expected] = [printed[i]!, said].map(comparable);
        assertEquals(actual, expected, `The program at ${page}:${line}`);
      }
    });
  }

  Deno.test(`the pages, files and folders that ${page} names exist`, async () => {
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .filter(([, link]) => !link!.includes("://"))
      .map(([, link]) => new URL(link!, new URL(page, root)));
    const paths = [...text.matchAll(PATH)].map(([, path]) => new URL(path!, root));
    for (const url of [...links, ...paths]) {
      assert(await Deno.stat(url).then(() => true, () => false), `${page} names ${url.pathname}`);
    }
  });
}

Deno.test("README.md counts the distributions that there are", async () => {
  const text = await Deno.readTextFile(new URL("README.md", root));
  const counts = [...text.matchAll(/(\d+) distributions/g)].map(([, count]) => Number(count));
  assertEquals(counts, [Object.keys(T.stats).length]);
});

Deno.test("docs/accuracy.md says what the tests of accuracy enforce", async () => {
  const text = await Deno.readTextFile(new URL("docs/accuracy.md", root));
  const table: Record<string, Accuracy> = {};
  for (const [, names, f32, f64] of text.matchAll(/^\| (`.*?) +\| ([\d.]+) +\| ([\d.]+) +\|$/gm)) {
    for (const [, name, where] of names!.matchAll(/`(\w+)`(?: \((x .*?)\))?/g)) {
      const place = where === undefined ? {} : { where: where as "x > 0" | "x <= 0" };
      table[name!] = { f32: Number(f32), f64: Number(f64), ...place };
    }
  }
  assertEquals(table, { ...accuracy });
});
