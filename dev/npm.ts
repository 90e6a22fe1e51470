/**
 * Makes an npm package, in `dist/npm`: ES modules and their types, for Node and browsers.
 *
 * All code is in one file, so that the entry points share what they know of a program.
 *
 * @module
 */

import settings from "../deno.json" with { type: "json" };
import { bundleCode, bundleTypes } from "./bundle.ts";

const root = new URL("..", import.meta.url);

/** What is in the package as it is here. */
const files = ["README.md", "LICENSE", "xla/python/croton_xla.py"];

/** The names that a module exports. */
function namesOf(module: object): string {
  return Object.keys(module).filter((name) => name !== "xla" && name !== "see").sort().join(", ");
}

function packageText(): string {
  const entry = (name: string) => ({ types: `./${name}.d.ts`, default: `./${name}.js` });
  return JSON.stringify(
    {
      name: settings.name,
      version: settings.version,
      description: "Symbolic tensor programs, optimised, differentiated, on the CPU or the GPU",
      license: settings.license,
      type: "module",
      engines: { node: ">=20" },
      exports: {
        ".": entry("index"),
        "./see": entry("see"),
        "./xla": entry("xla"),
        "./package.json": "./package.json",
      },
      types: "./index.d.ts",
      files: ["*.js", "*.d.ts", ...files],
      keywords: ["tensor", "autodiff", "theano", "webgpu", "webassembly", "stablehlo"],
    },
    null,
    2,
  );
}

async function main(folder = new URL("dist/npm", root).pathname): Promise<void> {
  await Deno.mkdir(`${folder}/xla/python`, { recursive: true });
  await bundleCode("dev/npm_entry.ts", `${folder}/croton.js`, "");
  const all = await import(`file://${folder}/croton.js`) as { xla: object; see: object };
  const written = {
    "index.js": `export { ${namesOf(all)} } from "./croton.js";\n`,
    "see.js": `import { see } from "./croton.js";\nexport const { ${namesOf(all.see)} } = see;\n`,
    "xla.js": `import { xla } from "./croton.js";\nexport const { ${namesOf(all.xla)} } = xla;\n`,
    "package.json": `${packageText()}\n`,
  };
  for (const [name, text] of Object.entries(written)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  await bundleTypes("all.d.ts", `${folder}/index.d.ts`);
  await bundleTypes("see/all.d.ts", `${folder}/see.d.ts`, "see/", "./index.js");
  await bundleTypes("xla/all.d.ts", `${folder}/xla.d.ts`, "xla/", "./index.js");
  for (const name of files) await Deno.copyFile(new URL(name, root), `${folder}/${name}`);
  console.log(`${folder}: ${settings.name} ${settings.version}`);
}

if (import.meta.main) await main(...Deno.args);
