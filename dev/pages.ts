/**
 * Programs in pages of text: finding them and running them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** A program of a page and what the page says that it prints. */
export interface Example {
  line: number;
  code: string;
  printed: string;
}

/** The programs of a page that are followed by what they print. */
export function examples(text: string): Example[] {
  const found: Example[] = [];
  for (const { index, 1: code, 2: printed } of text.matchAll(FOLLOWED)) {
    found.push({ line: text.slice(0, index).split("\n").length, code: code!, printed: printed! });
  }
  return found;
}

const FOLLOWED = /^```ts\n((?:(?!```).*\n)*)```\n\n```text\n((?:(?!```).*\n)*)```$/gm;

/** Programs stand in other files than the page says, in a folder with spaces; lines and columns count. */
export const withoutFiles = (text: string) =>
  text.replace(/file:\/\/\/.*?\.ts/g, "file:///main.ts").trim();

/** What a page says, and what a program printed, as far as they are the same at each run. */
export function comparable(text: string): string {
  const plain = withoutFiles(text);
  if (!plain.startsWith("Profile of ")) return plain;
  // Times differ, and by them the order of rows: what is left are the rows and how often they ran.
  const [title, ...rows] = plain.split("\n");
  return [
    title,
    ...rows.map((row) =>
      /^ *[\d.–]+ +[\d.–]+%/.test(row)
        ? row.replace(/^ *\S+ +\S+ +(\d+) .*?%( bytes| operations| –) +/, "$1 ").replace(
          /\w+\.ts:/,
          "main.ts:",
        )
        : /^ +ms/.test(row)
        ? row.trim()
        : row.trim().split(" ", 1)[0]!
    ).sort(),
  ].join("\n");
}

/** Runs programs in one process that has no permission; what each of them prints. */
export async function runPrograms(programs: readonly string[], library: string): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "croton pages " }), mark = "=== next program";
  try {
    const see = new URL("../see/all.ts", import.meta.url).href;
    const map = { imports: { "@croton/croton": library, "@croton/croton/see": see } };
    await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify(map));
    // The last digits may be others on a GPU.
    let main = `import { config } from "@croton/croton";\nconfig.device = "cpu";\n`;
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
