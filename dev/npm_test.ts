// The npm package, packed and installed into an empty project: it runs in Node, and has its types.

import { assertEquals } from "@std/assert";
import { NO_TOOLS } from "./npm_tools.ts";

/** A program of a user's; what it prints is the same with and without types. */
const PROGRAM = `import { compile, grad, shared, T } from "@croton/croton";
import { exportStableHlo, shard } from "@croton/croton/xla";

const x = T.matrix("x"), w = shared(new Float32Array([1, 2]), { name: "w" });
const cost = x.dot(w).sqr().sum();
const step = await compile([x], cost, { updates: [[w, w.sub(grad(cost, w).mul(0.5))]] });
const { module, description } = exportStableHlo(step, {
  shapes: [[8, 2]],
  mesh: { data: 4 },
  shard: [shard(x, ["data", null])],
});
console.log(step([[1, 0]]).item(), [...w.getValue().dataSync()].join(" "));
console.log(module.includes("stablehlo.dot_general"), description.donated.join(" "));
`;

/** What the checker of types must refuse. */
const REFUSED = `// @ts-expect-error There is no such option.
exportStableHlo(step, { shapess: [] });
export const mesh = { data: 4 };
`;

async function run(command: string, args: string[], cwd: string): Promise<[number, string]> {
  const env: Record<string, string> = { NO_COLOR: "1" };
  const { code, stdout, stderr } = await new Deno.Command(command, { args, cwd, env }).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout) + decoder.decode(stderr)];
}

/** Whether Node and npm are here. */
async function hasNode(): Promise<boolean> {
  try {
    const [node] = await run("node", ["--version"], "."),
      [npm] = await run("npm", ["--version"], ".");
    return node === 0 && npm === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const there = await hasNode();

Deno.test({
  name: `the npm package${there ? "" : " (Node and npm are not here)"}`,
  ignore: !there,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "croton npm " });
    try {
      const made = `${folder}/made`, project = `${folder}/project`;
      const script = new URL("npm.ts", import.meta.url).pathname;
      const flags = ["run", "--quiet", "-A", "--no-check"];
      const [status, text] = await run(Deno.execPath(), [...flags, script, made], folder);
      if (status === NO_TOOLS) {
        console.log(text);
        await t.step({ name: "is made (npm is out of reach)", ignore: true, fn: () => {} });
        return;
      }
      assertEquals(status, 0, text);

      await t.step("is packed, and installed into an empty project", async () => {
        const [packing, output] = await run("npm", ["pack", "--silent", made], folder);
        assertEquals(packing, 0, output);
        await Deno.mkdir(project);
        await Deno.writeTextFile(`${project}/package.json`, '{ "type": "module" }');
        const quiet = ["--offline", "--no-audit", "--no-fund", "--silent"];
        const tarball = `${folder}/${output.trim().split("\n").at(-1)}`;
        assertEquals(await run("npm", ["install", ...quiet, tarball], project), [0, ""]);
        const files = [...Deno.readDirSync(`${project}/node_modules/@croton/croton`)];
        assertEquals(files.map(({ name }) => name).sort(), [
          "LICENSE",
          "README.md",
          "croton.js",
          "index.d.ts",
          "index.js",
          "package.json",
          "see.d.ts",
          "see.js",
          "xla",
          "xla.d.ts",
          "xla.js",
        ]);
      });

      await t.step("runs in Node", async () => {
        await Deno.writeTextFile(`${project}/main.js`, PROGRAM);
        assertEquals(await run("node", ["main.js"], project), [0, "1 0 2\ntrue 1,1\n"]);
      });

      await t.step("has types for strict TypeScript", async () => {
        await Deno.writeTextFile(`${project}/main.ts`, PROGRAM + REFUSED);
        const settings = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
        const target = ["--target", "es2022", "--module", "nodenext", "--noEmit"];
        const tsc = ["run", "--quiet", "-A", "--no-config", "npm:typescript@5.9.3/tsc"];
        const args = [...tsc, ...settings, ...target, "main.ts"];
        assertEquals(await run(Deno.execPath(), args, project), [0, ""]);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
