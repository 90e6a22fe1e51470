// The bundle in the engines that it is for: Deno, Node and a browser, and its types in TypeScript.

import { assert, assertEquals } from "@std/assert";
import * as library from "../all.ts";
import { NO_TOOLS } from "./npm_tools.ts";
import { BROWSER_FLAGS, findBrowser } from "./testing/browser.ts";
import { examples, runPrograms, withoutFiles } from "./pages.ts";

const root = new URL("..", import.meta.url);

/** Versions of Node: the oldest that is promised, and one with `Float16Array`. */
const NODES = ["20", "24"];

/** A program for the checkers of types: the wrong call must be an error, so the types are there. */
const TYPED = `import { compile, extend, grad, IndexError, scan, T } from "./croton.js";
const x = T.matrix("x");
const f = await compile([x], [x.sum(), grad(x.sum(), x)]);
const { y } = scan({ sequences: { x }, carry: { y: x.at(0) } }, ({ x, y }) => ({ y: y.at(-1).add(x.at(0)) }));
export const found: readonly number[] = f([[1, 2]])[0].shape;
export const error: Error = new IndexError("no such row");
export const rows = y.sum(0);
export const options: T.ConvOptions = { borderMode: "full" };
export const node = (b: extend.ScalarBuilder): extend.SNode => b.constant("f32", 1);
// @ts-expect-error There is no such op.
export const wrong = () => x.summ();
`;

interface Outcome {
  code: number;
  text: string;
}

async function run(command: string, args: string[], cwd: string): Promise<Outcome> {
  const env: Record<string, string> = { NO_COLOR: "1" };
  const { code, stdout, stderr } = await new Deno.Command(command, { args, cwd, env }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

const deno = (args: string[], cwd: string) => run(Deno.execPath(), args, cwd);

/** Whether a command is installed, and what version it says it has. */
async function versionOf(command: string, ...args: string[]): Promise<string | null> {
  try {
    const { code, text } = await run(command, [...args, "--version"], root.pathname);
    return code === 0 ? text.trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function expectAll(text: string): void {
  assert(text.includes("all features work"), text);
}

/** Writes the programs of the tests beside the bundle, as JavaScript that imports it. */
async function writePrograms(folder: string): Promise<void> {
  for (const name of ["import_url_program", "bundle_gpu_program", "bundle_threads_program"]) {
    const source = new URL(`testdata/${name}.ts`, import.meta.url).pathname, file = `${name}.mjs`;
    const { code, text } = await deno(["transpile", "--no-check", "-o", file, source], folder);
    assertEquals(code, 0, text);
    const js = await Deno.readTextFile(`${folder}/${file}`);
    await Deno.writeTextFile(`${folder}/${file}`, js.replace("@croton/croton", "./croton.js"));
  }
}

/** With these a page in a browser may share memory with its workers. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Runs programs as modules of a page in the browser; what they print. */
async function browse(
  browser: string,
  folder: string,
  programs: string[],
  isolation: Record<string, string> = {},
): Promise<string> {
  const printed = Promise.withResolvers<string>();
  const page = `<!doctype html><script type="module">
    let text = "";
    console.log = (...values) => text += values.join(" ") + "\\n";
    try {
      for (const name of ${JSON.stringify(programs)}) await import("./" + name);
    } catch (error) {
      text += error.stack;
    }
    await fetch("/printed", { method: "POST", body: text });
  </script>`;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/printed") printed.resolve(await request.text());
      if (pathname === "/") {
        return new Response(page, { headers: { "content-type": "text/html", ...isolation } });
      }
      const headers = { "content-type": "text/javascript" };
      const file = await Deno.readFile(folder + pathname).catch(() => null);
      return new Response(file, { headers, status: file === null ? 404 : 200 });
    },
  );
  const profile = `--user-data-dir=${folder}/profile`,
    url = `http://127.0.0.1:${server.addr.port}/`;
  const child = new Deno.Command(browser, {
    args: [...BROWSER_FLAGS, profile, url],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const ended = child.status.then(({ code }) => `The browser ended with status ${code}`);
    return await Promise.race([printed.promise, ended]);
  } finally {
    try {
      child.kill();
    } catch {
      // It has ended.
    }
    await child.status;
    await server.shutdown();
  }
}

Deno.test("the bundle", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "croton bundle " });
  try {
    const script = new URL("bundle.ts", import.meta.url).pathname;
    const made = await deno(["run", "--quiet", "-A", "--no-check", script, folder], folder);
    if (made.code === NO_TOOLS) {
      console.log(made.text);
      await t.step({ name: "is made (npm is out of reach)", ignore: true, fn: () => {} });
      return;
    }
    assertEquals(made.code, 0, made.text);
    await writePrograms(folder);
    await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
    const program = `${folder}/import_url_program.mjs`, onGpu = `${folder}/bundle_gpu_program.mjs`;

    await t.step("exports what the library does, by the same names", async () => {
      const names = (module: Readonly<Record<string, unknown>>) =>
        Object.entries(module).map(([key, value]) =>
          `${key}: ${typeof value === "function" ? value.name : typeof value}`
        ).sort();
      const bundle = await import(`file://${folder}/croton.js`);
      assertEquals(names(bundle), names(library));
      // Constructors of variables have one name in the library, which nothing reads.
      const ops = (module: { T: object }) =>
        names({ ...module.T }).filter((name) => !/: (?:make|several)?\d*$/.test(name));
      assertEquals(ops(bundle), ops(library));
    });

    await t.step("runs in Deno without a permission", async () => {
      const flags = ["run", "--no-prompt", "--no-config"];
      expectAll((await deno([...flags, program], folder)).text);
      const { code, text } = await deno([...flags, onGpu], folder);
      assertEquals(code, 0, text);
      assert(/^gpu: /m.test(text), text);
    });

    await t.step("prints what the README says, and its errors say the same", async () => {
      const found = examples(await Deno.readTextFile(new URL("README.md", root)));
      const printed = await runPrograms(
        found.map(({ code }) => code),
        `file://${folder}/croton.js`,
      );
      assertEquals(
        printed.map(withoutFiles),
        found.map(({ printed }) => withoutFiles(printed)),
      );
    });

    await t.step("is one request, and its types one more", async () => {
      const asked: string[] = [];
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        async (request) => {
          const { pathname } = new URL(request.url);
          asked.push(pathname);
          const type = pathname.endsWith(".ts") ? "application/typescript" : "text/javascript";
          return new Response(await Deno.readFile(folder + pathname), {
            headers: { "content-type": type },
          });
        },
      );
      try {
        const host = `127.0.0.1:${server.addr.port}`;
        const main = TYPED.replace("./croton.js", `http://${host}/croton.js`);
        await Deno.writeTextFile(`${folder}/main_url.ts`, `${main}console.log(found);\n`);
        const flags = ["--no-config", "--no-lock", `--allow-import=${host}`];
        const { code, text } = await deno(
          ["run", "--quiet", "--check", ...flags, "main_url.ts"],
          folder,
        );
        assertEquals([code, text], [0, "[]\n"]);
        assertEquals(asked.sort(), ["/croton.d.ts", "/croton.js"]);
      } finally {
        await server.shutdown();
      }
    });

    await t.step("has types for strict TypeScript", async () => {
      await Deno.writeTextFile(`${folder}/main.ts`, TYPED);
      // A user's settings may be laxer than ours, and what is read without them must hold, too.
      const strictest = ["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
      const target = ["--target", "es2022", "--module", "nodenext", "--noEmit"];
      const tsc = ["run", "--quiet", "-A", "--no-config", "npm:typescript@5.9.3/tsc"];
      for (const settings of [strictest, []]) {
        const args = [...tsc, "--strict", ...settings, ...target, "main.ts"];
        const { code, text } = await deno(args, folder);
        assertEquals([code, text], [0, ""]);
      }
    });

    const installed = await versionOf("node");
    const commands: [name: string, command: string[] | null][] = [
      ["runs in the Node that is installed", installed === null ? null : ["node"]],
    ];
    for (const version of NODES) {
      if (installed?.startsWith(`v${version}.`)) continue;
      const npx = ["npx", "--yes", `--package=node@${version}`, "--", "node"];
      // npx also says how it fetched a package, at the beginning.
      const found = (await versionOf(npx[0]!, ...npx.slice(1)))?.split("\n").at(-1);
      const there = found?.startsWith(`v${version}.`) === true;
      commands.push([`runs in Node ${version}`, there ? npx : null]);
    }
    for (const [name, command] of commands) {
      await t.step({
        name: command === null ? `${name} (it is not here)` : name,
        ignore: command === null,
        fn: async () => {
          const [file, ...args] = command!;
          expectAll((await run(file!, [...args, program], folder)).text);
          const { code, text } = await run(file!, [...args, onGpu], folder);
          assertEquals(code, 0, text);
          assert(/^gpu: /m.test(text), text);
          const threads = await run(file!, [...args, "bundle_threads_program.mjs"], folder);
          assertEquals(threads, { code: 0, text: "on 2 threads, same bits: true\n" });
        },
      });
    }

    const browser = await findBrowser();
    await t.step({
      name: browser === null
        ? "runs in Chromium (it is not here)"
        : "runs in Chromium, on its GPU too",
      ignore: browser === null,
      fn: async () => {
        const programs = ["import_url_program.mjs", "bundle_gpu_program.mjs"];
        const text = await browse(browser!, folder, programs);
        expectAll(text);
        assert(/^gpu: \d+ programs agree with the CPU$/m.test(text), text);
        const threads = ["bundle_threads_program.mjs"];
        assertEquals(await browse(browser!, folder, threads), "on one thread, same bits: true\n");
        const isolated = await browse(browser!, folder, threads, ISOLATED);
        assertEquals(isolated, "on 2 threads, same bits: true\n");
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
