/**
 * Makes one file of the library, `dist/croton.js`, and one of its types, `dist/croton.d.ts`: for Node,
 * for browsers, and for users who want one request instead of hundreds.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { declarations } from "./declarations.ts";
import { fetched, tools } from "./npm_tools.ts";

/** What is used of esbuild. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{ outputFiles: { text: string }[] }>;
  transform(text: string, options: Readonly<Record<string, unknown>>): Promise<{ code: string }>;
  stop(): Promise<void>;
}

/** What is used of rollup. */
interface Rollup {
  rollup(options: Readonly<Record<string, unknown>>): Promise<{
    generate(options: Readonly<Record<string, unknown>>): Promise<{ output: { code: string }[] }>;
  }>;
}

const root = new URL("..", import.meta.url);

/** Engines that run the file: those of 2023 and later. */
const target = ["es2022", "node20", "chrome120", "firefox121", "safari17"];

/** Deno finds the types by this line. */
const banner = '// @ts-self-types="./croton.d.ts"\n';

/** What of TypeScript's own libraries the types refer to, whatever the user's settings name. */
const libraries = ["esnext.disposable", "esnext.float16"]
  .map((name) => `/// <reference lib="${name}" />\n`).join("");

/** The text of a module that imports at its start what it would load later: one file holds all anyway. */
function loadedAtOnce(text: string): string {
  let head = "";
  let count = 0;
  const pattern = /\bawait import\(\s*("\.[^"]+"),?\s*\)/g;
  const body = text.replace(pattern, (_, path) => {
    const name = `loaded${count++}`;
    head += `import * as ${name} from ${path};\n`;
    return name;
  });
  return head + body;
}

const atOnce = {
  name: "at once",
  setup(
    build: { onLoad(which: { filter: RegExp }, load: (file: { path: string }) => unknown): void },
  ) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: loadedAtOnce(Deno.readTextFileSync(path)),
      loader: "ts",
    }));
  },
};

/** One file of a module and all that it needs. */
export async function bundleCode(entry: string, file: string, first: string): Promise<void> {
  const esbuild: Esbuild = await fetched(tools.esbuild);
  const folder = root.pathname;
  try {
    const { outputFiles: [bundle] } = await esbuild.build({
      absWorkingDir: folder,
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      target,
      plugins: [atOnce],
      logLevel: "warning",
    });
    const { code } = await esbuild.transform(bundle!.text + namesIn(bundle!.text, folder), {
      minifyWhitespace: true,
      minifySyntax: true,
      target,
    });
    await Deno.writeTextFile(file, first + code);
  } finally {
    await esbuild.stop();
  }
}

/** A function or class at the top level: the variable, and the name if it differs. */
const DECLARATION =
  /^(?:async function|function|class|var(?= [\w$]+ = class\b))\*? ([\w$]+)(?: = class (?!extends\b)([\w$]+))?/;

/**
 * A statement that gives functions and classes the names back that they have in their modules: esbuild
 * changes what two modules call the same. Users read the names of classes, and the library reads those
 * of its functions in stacks, to say in an error which of them was called.
 */
function namesIn(bundle: string, folder: string): string {
  const pairs: string[] = [];
  let source = "", last = -1;
  /** Where the source declares a function or class, at its last overload. */
  const placeOf = (name: string) => {
    const declared = new RegExp(
      `^(?:export |async |abstract )*(?:function\\*?|class) ${name}\\b`,
      "gm",
    );
    return [...source.matchAll(declared)].at(-1)?.index ?? -1;
  };
  for (const line of bundle.split("\n")) {
    const [, file] = /^\/\/ (.+\.ts)$/.exec(line) ?? [];
    if (file !== undefined) {
      source = Deno.readTextFileSync(`${folder}/${file}`);
      last = -1;
    }
    const found = DECLARATION.exec(line);
    if (found === null) continue;
    const [, variable, inner = variable!] = found;
    const candidates = [
      inner,
      inner.replace(/^_/, ""),
      inner.replace(/\d$/, ""),
      inner.replace(/\d\d$/, ""),
    ];
    // Declarations keep their order: where both atan and atan2 are there, "atan2" may stand for the first.
    const next = candidates.filter((name) => placeOf(name) > last);
    const written = next.length > 0
      ? next.reduce((a, b) => placeOf(b) < placeOf(a) ? b : a)
      : candidates.find((name) => new RegExp(`\\b(?:function\\*?|class) ${name}\\b`).test(source));
    if (next.length > 0) last = placeOf(written!);
    if (written === undefined) throw new TypeError(`${inner} is not in its module: ${line}`);
    if (written !== inner) pairs.push(`[${variable}, "${written}"]`);
  }
  return `for (const [value, name] of [${pairs}]) Object.defineProperty(value, "name", { value: name });\n`;
}

/** One file of a module's types; those outside of the folder `inside` are imported from `others`. */
export async function bundleTypes(
  entry: string,
  file: string,
  inside = "",
  others = "",
): Promise<void> {
  // First, since the other tools then take the same TypeScript.
  const found = await declarations();
  const { rollup }: Rollup = await fetched(tools.rollup);
  const { dts }: { dts(): unknown } = await fetched(tools.dts);
  const virtual = {
    name: "declarations",
    resolveId: (id: string, from: string | undefined) => {
      const path = from === undefined ? id : join(dirname(from), id);
      return path.startsWith(inside) ? path : { id: others, external: true };
    },
    load: (id: string) => found.get(id),
  };
  const bundle = await rollup({
    input: entry,
    plugins: [virtual, dts()],
    onwarn: (warning: { code?: string; message: string }) => {
      // Modules of types import each other.
      if (warning.code !== "CIRCULAR_DEPENDENCY") console.error(warning.message);
    },
  });
  const { output } = await bundle.generate({ format: "es" });
  await Deno.writeTextFile(file, libraries + output[0]!.code);
}

async function main(folder = new URL("dist", root).pathname): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await bundleCode("mod.ts", `${folder}/croton.js`, banner);
  await bundleTypes("all.d.ts", `${folder}/croton.d.ts`);
  for (const name of ["croton.js", "croton.d.ts"]) {
    const { size } = await Deno.stat(`${folder}/${name}`);
    console.log(`${folder}/${name}: ${Math.round(size / 1024)} KiB`);
  }
}

if (import.meta.main) await main(...Deno.args);
