/**
 * What files of the library export: somebody else uses it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A name, and the one that it has where it comes from. */
type Names = readonly (readonly [string, string])[];

/** A file as it is written. */
interface Module {
  readonly text: string;
  /** Names of what it declares, and exports. */
  readonly own: ReadonlySet<string>;
  /** What it exports of another file: names, or all. */
  readonly passed: readonly { readonly from: string; readonly names: Names | null }[];
  readonly imported: readonly { readonly from: string; readonly names: Names }[];
  /** Files that it imports as a whole, and the names by which it knows them. */
  readonly wholes: readonly { readonly from: string; readonly name: string }[];
}

/** The names in braces: those outside and those inside. */
function namesIn(list: string): Names {
  const items = list.split(",").map((item) => item.trim().replace(/^type\s+/, ""));
  return items.filter((item) => item !== "").map((item) => {
    const [inside, outside = inside] = item.split(/\s+as\s+/);
    return [outside!, inside!];
  });
}

function moduleOf(source: string): Module {
  // Examples in comments import, too.
  const text = source.replaceAll(/\/\*\*[^]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match.slice(1));
  const declared = all(
    /^export (?:declare |async |abstract )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm,
  ).map(([name]) => name!);
  const listed = all(/^export (?:type )?\{([^}]*)\}(?! from)/gm).flatMap(([list]) =>
    namesIn(list!)
  );
  return {
    text,
    own: new Set([...declared, ...listed.map(([outside]) => outside)]),
    passed: [
      ...all(/^export (?:type )?\{([^}]*)\} from "([^"]+)"/gm).map(([list, from]) => ({
        from: from!,
        names: namesIn(list!),
      })),
      ...all(/^export (?:type )?\*(?: as \w+)? from "([^"]+)"/gm).map(([from]) => ({
        from: from!,
        names: null,
      })),
    ],
    imported: [
      ...all(/^import (?:type )?\{([^}]*)\} from "([^"]+)"/gm).map(([list, from]) => ({
        from: from!,
        names: namesIn(list!),
      })),
      ...all(/\{([^{}]*)\} = await import\("([^"]+)"\)/g).map(([list, from]) => ({
        from: from!,
        names: namesIn(list!.replaceAll(/(\w+):\s*(\w+)/g, "$1 as $2")),
      })),
      ...all(/\bimport\("([^"]+)"\)\)?\s*\.(\w+)/g).map(([from, name]) => ({
        from: from!,
        names: [[name!, name!]] as const,
      })),
    ],
    wholes: all(/^import (?:type )?\* as (\w+) from "([^"]+)"/gm).map(([name, from]) => ({
      from: from!,
      name: name!,
    })),
  };
}

/** Names that files export and that others use, by file. */
class Uses {
  readonly #files: ReadonlyMap<string, Module>;
  readonly #used = new Map<string, Set<string>>();

  constructor(files: ReadonlyMap<string, Module>, by: (file: string) => boolean) {
    this.#files = files;
    for (const [file, { text, imported, wholes }] of files) {
      if (!by(file)) continue;
      for (const { from, names } of imported) {
        for (const [, inside] of names) this.add(join(dirname(file), from), inside);
      }
      for (const { from, name } of wholes) {
        const path = join(dirname(file), from);
        const own = [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"))].map((m) => m[1]!);
        const isWhole = new RegExp(`\\b${name}\\b(?!\\.\\w)(?! from)`).test(text);
        if (isWhole) this.addAll(path);
        else for (const one of own) this.add(path, one);
      }
    }
  }

  has(file: string, name: string): boolean {
    return this.#used.get(file)?.has(name) ?? false;
  }

  add(file: string, name: string): void {
    const found = this.#files.get(file), used = this.#used.get(file) ?? new Set();
    if (found === undefined || used.has(name)) return;
    this.#used.set(file, used.add(name));
    if (found.own.has(name)) return;
    for (const { from, names } of found.passed) {
      const path = join(dirname(file), from);
      if (names === null) this.add(path, name);
      for (const [outside, inside] of names ?? []) if (outside === name) this.add(path, inside);
    }
  }

  addAll(file: string): void {
    const found = this.#files.get(file);
    for (const name of found?.own ?? []) this.add(file, name);
    for (const { from, names } of found?.passed ?? []) {
      const path = join(dirname(file), from);
      if (names === null) this.addAll(path);
      for (const [outside] of names ?? []) this.add(file, outside);
    }
  }
}

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sources(join(folder, name));
    else if (name.endsWith(".ts")) yield join(folder, name);
  }
}

const library = ["core", "autodiff", "scan", "io", "nn", "cpu", "gpu", "xla", "see"];

function isTest(file: string): boolean {
  return !library.includes(file.split("/")[0]!) && !["mod.ts", "all.ts"].includes(file) ||
    /_(test|bench)\.ts$/.test(file);
}

/** Exports of the library that nothing else uses, or nothing but tests. */
function dead(files: ReadonlyMap<string, Module>): string[] {
  const uses = new Uses(files, (file) => !isTest(file)), tests = new Uses(files, isTest);
  const usesElsewhere = (file: string) =>
    new Uses(files, (test) => isTest(test) && dirname(test) !== dirname(file));
  uses.addAll("mod.ts");
  uses.addAll("xla/mod.ts");
  uses.addAll("see/mod.ts");
  return [...files].filter(([file]) => !isTest(file)).flatMap(([file, { own, text, passed }]) => {
    const names = [...own, ...passed.flatMap(({ names }) => names ?? []).map(([name]) => name)];
    return names.filter((name) => {
      // Tests find all ops by how they are called.
      if (uses.has(file, name) || /^\w+Op$/.test(name)) return false;
      const isOwn = [...text.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length > 1;
      // What its own test alone uses serves nobody; tests elsewhere look into things by it.
      return !tests.has(file, name) || !isOwn && !usesElsewhere(file).has(file, name);
    }).map((name) => `${file}: ${name}`);
  });
}

Deno.test("nothing is exported that no other file uses", () => {
  const files = new Map<string, Module>();
  for (const folder of [...library, "dev", "examples"]) {
    for (const file of sources(join(root, folder))) {
      files.set(relative(root, file), moduleOf(Deno.readTextFileSync(file)));
    }
  }
  for (const file of ["mod.ts", "all.ts"]) {
    files.set(file, moduleOf(Deno.readTextFileSync(join(root, file))));
  }
  assert(files.size > 500);
  assertEquals(dead(files), []);
});

Deno.test("exports that nothing uses are found, however they are passed on", () => {
  const files = {
    "mod.ts": `export * from "./core/mod.ts";\n`,
    "core/mod.ts": `export { shown } from "./a.ts";\nexport * as all from "./b.ts";\n`,
    "core/a.ts": `/** import { Tested } from "./a.ts"; */
export function shown() {}
export const used = 1;
export interface Lost {}
export class Tested {}
export function helped() {}
helped();
`,
    "core/b.ts":
      `import {\n  used as other,\n} from "./a.ts";\nexport type { Lost as Passed } from "./a.ts";\n`,
    "core/c.ts":
      `import * as a from "./a.ts";\nexport { used as never } from "./a.ts";\na.missing;\n`,
    "core/a_test.ts": `import { Tested, helped } from "./a.ts";\n`,
  };
  const modules = new Map(Object.entries(files).map(([file, text]) => [file, moduleOf(text)]));
  assertEquals(dead(modules), ["core/a.ts: Tested", "core/c.ts: never"]);
  modules.set("core/b.ts", moduleOf(`import { used } from "./a.ts";\n`));
  modules.set("dev/tool.ts", moduleOf(`import { Tested } from "../core/a.ts";\n`));
  assertEquals(dead(modules), ["core/a.ts: Lost", "core/c.ts: never"]);
});
