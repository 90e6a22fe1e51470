// What checkers of types read in place of modules (`@ts-types`) says what those modules export.

import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The modules that users load, in a folder. */
function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (/(?<!_test|_bench|\.d)\.ts$/.test(name)) yield path;
  }
}

/** For each face the modules that it stands for. */
const faces = new Map<string, Set<string>>();
const folders = ["core", "autodiff", "scan", "io", "nn", "cpu", "gpu", "xla", "see"];
for (
  const file of [join(root, "mod.ts"), ...folders.flatMap((name) => [...sources(join(root, name))])]
) {
  const text = Deno.readTextFileSync(file);
  const late = /\/\* @ts-types="(.+)" \*\/ import\(\s*"(.+)",?\s*\)/g;
  const early = /^\/\/ @ts-types="(.+)"\nimport [^"]*"(.+)";/gm;
  for (const [, face, module] of [...text.matchAll(late), ...text.matchAll(early)]) {
    const path = join(dirname(file), face!);
    if (!faces.has(path)) faces.set(path, new Set());
    faces.get(path)!.add(join(dirname(file), module!));
  }
}

Deno.test("each name of a face is exported, as it is declared, by a module that it stands for", async () => {
  assert(faces.size > 2);
  let program = "";
  [...faces].forEach(([face, modules], i) => {
    program += `import type * as face${i} from "file://${face}";\n`;
    const names: string[] = [];
    [...modules].forEach((module, j) => {
      const real = `real${i}_${j}`;
      names.push(`keyof typeof ${real}`);
      program += `import type * as ${real} from "file://${module}";
declare const ${real}value: typeof ${real};
export const ${real}faced: Pick<typeof face${i}, keyof typeof face${i} & keyof typeof ${real}> = ${real}value;
`;
    });
    program += `export const all${i}: [Exclude<keyof typeof face${i}, ${
      names.join(" | ")
    }>] extends [never] ? true : false = true;\n`;
  });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/faces.ts`, program);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", join(root, "deno.json"), `${folder}/faces.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
