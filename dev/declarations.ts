/**
 * Writes `types/`: the declarations of what users import, which checkers of types read in place of the
 * library (`@ts-types` in `mod.ts`). They follow from the text of each module alone.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fetched, tools } from "./npm_tools.ts";

/** What is used of TypeScript. */
interface TypeScript {
  transpileDeclaration(
    text: string,
    options: Readonly<Record<string, unknown>>,
  ): { outputText: string; diagnostics?: readonly Diagnostic[] };
  flattenDiagnosticMessageText(text: Diagnostic["messageText"], newLine: string): string;
}

interface Diagnostic {
  code: number;
  messageText: string | Readonly<Record<string, unknown>>;
}

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** The modules behind those that users import. */
const entries = ["all.ts", "see/all.ts", "xla/all.ts"];

/** "Computed property names cannot be inferred": what `console.log` calls needs no type. */
const COMPUTED_NAME = 9038;

/** The declarations of a module. */
function declarationsOf(ts: TypeScript, file: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(
    Deno.readTextFileSync(join(root, file)),
    {
      fileName: file,
      compilerOptions: { isolatedDeclarations: true, target: 99, module: 99, newLine: 1 },
    },
  );
  for (const { code, messageText } of diagnostics) {
    if (code === COMPUTED_NAME) continue;
    throw new TypeError(`${file}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  }
  return outputText
    // Methods named by a symbol are declared twice, as properties first.
    .replace(/^ *(?:static )?\[Symbol\.\w+\]: \(.*\) => .*;\n/gm, "")
    // What is imported for what it does says nothing of types.
    .replace(/^import "[^"]+";\n/gm, "")
    // A getter and a setter of one type are a property; `deno doc` wants a setter to return a type.
    .replace(
      /^( *)get (\w+)\(\): (.+);\n(?: *\/\*\*.*\*\/\n)? *set \2\(\w+: \3\);\n/gm,
      "$1$2: $3;\n",
    );
}

/** The declarations of the library: the text of each module that types of users come from. */
export async function declarations(): Promise<Map<string, string>> {
  const { default: ts }: { default: TypeScript } = await fetched(tools.typescript);
  const found = new Map<string, string>(), next = [...entries];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    const path = file.replace(/\.ts$/, ".d.ts");
    if (found.has(path)) continue;
    const text = declarationsOf(ts, file).replace(
      /(\bfrom |\bimport\()"(\.[^"]+)\.ts"/g,
      (_, before, module) => {
        next.push(join(dirname(path), `${module}.ts`));
        return `${before}"${module}.d.ts"`;
      },
    );
    found.set(path, text);
  }
  return found;
}

async function main(folder = `${root}/types`): Promise<void> {
  const found = await declarations();
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  for (const [path, text] of found) {
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    const module = path.replace(/\.d\.ts$/, ".ts");
    const head = `// Made of ${module} by \`deno task types\`.\n`;
    await Deno.writeTextFile(join(folder, path), head + text);
  }
  console.log(`${folder}: ${found.size} files`);
}

if (import.meta.main) await main(...Deno.args);
