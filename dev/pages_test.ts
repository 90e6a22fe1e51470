// The README and the pages beside it: programs print what the pages say, and what they name exists.

import { assert, assertEquals } from "@std/assert";
import { type Accuracy, accuracy } from "../core/kernel/math/accuracy.ts";

const root = new URL("..", import.meta.url);

const pages = ["README.md"];
for (const { name } of Deno.readDirSync(new URL("docs", root))) pages.push(`docs/${name}`);

/** A program of a page and what the page says that it prints. */
interface Example {
  line: number;
  code: string;
  printed: string;
}

/** The programs of a page that are followed by what they print. */
function examples(text: string): Example[] {
  const found: Example[] = [];
  for (const { index, 1: code, 2: printed } of text.matchAll(FOLLOWED)) {
    found.push({ line: text.slice(0, index).split("\n").length, code: code!, printed: printed! });
  }
  return found;
}

const FOLLOWED = /^```ts\n((?:(?!```).*\n)*)```\n\n```text\n((?:(?!```).*\n)*)```$/gm;

/** A file or folder of the repository. */
const PATH = /`((?:core|autodiff|scan|cpu|gpu|examples|dev|docs)\/[\w./]*)`/g;

/** Programs stand in files of other names than the page gives them; lines and columns count. */
const withoutFiles = (text: string) =>
  text.replace(/file:\/\/\/\S*?\.ts/g, "file:///main.ts").trim();

/** Runs programs in one process that has no permission; what each of them prints. */
async function run(programs: readonly string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir(), mark = "=== next program";
  try {
    const map = { imports: { "@croton/croton": new URL("mod.ts", root).href } };
    await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify(map));
    let main = "";
    for (const [i, code] of programs.entries()) {
      await Deno.writeTextFile(`${folder}/program${i}.ts`, code);
      main += `await import("./program${i}.ts");\nconsole.log("${mark}");\n`;
    }
    await Deno.writeTextFile(`${folder}/main.ts`, main);
    const flags = ["--quiet", "--no-prompt", "--no-check", "--no-config", "--no-lock"];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, `--import-map=${folder}/map.json`, `${folder}/main.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    assertEquals([code, decoder.decode(stderr)], [0, ""]);
    return decoder.decode(stdout).split(`${mark}\n`).slice(0, -1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const page of pages) {
  const text = await Deno.readTextFile(new URL(page, root));
  const found = examples(text);
  if (page === "README.md") assert(found.length > 10, `${page} has ${found.length} programs`);

  if (found.length > 0) {
    Deno.test(`the programs of ${page} print what it says, without a permission`, async () => {
      const printed = await run(found.map(({ code }) => code));
      for (const [i, { line, printed: said }] of found.entries()) {
        const [actual, expected] = [printed[i]!, said].map(withoutFiles);
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

Deno.test("docs/accuracy.md says what the tests of accuracy enforce", async () => {
  const text = await Deno.readTextFile(new URL("docs/accuracy.md", root));
  const table: Record<string, Accuracy> = {};
  for (const [, names, f32, f64] of text.matchAll(/^\| (`.*?) +\| ([\d.]+) +\| ([\d.]+) +\|$/gm)) {
    for (const [, name, where] of names!.matchAll(/`(\w+)`(?: \((x .*?)\))?/g)) {
      const place = where === undefined ? {} : { where: where as Accuracy["where"] };
      table[name!] = { f32: Number(f32), f64: Number(f64), ...place };
    }
  }
  assertEquals(table, { ...accuracy });
});
