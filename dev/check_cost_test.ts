// What it takes to check a program that imports mod.ts, in numbers that no load of the machine changes.

import { assert } from "@std/assert";

const root = new URL("..", import.meta.url);

/** What the checker counts of a program of two lines. */
async function countsOf(mod: string): Promise<Record<string, number>> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/program.ts`;
    await Deno.writeTextFile(path, `import { T } from "${mod}";\nT.matrix("x").add(1);\n`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", "--allow-import", "--log-level=debug", path],
      env: { NO_COLOR: "1", DENO_DIR: `${directory}/cache` },
    }).output();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    const found = text.matchAll(/^\s*(Files|Identifiers|Instantiations): (\d+)/gm);
    return Object.fromEntries([...found].map(([, name, count]) => [name, Number(count)]));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function expectBelow(count: number | undefined, limit: number, what: string): void {
  assert(count! < limit, `expected fewer than ${limit} ${what}, got ${count}`);
}

Deno.test("checking a program that imports mod.ts from a host reads and instantiates little", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const headers = { "content-type": "application/typescript" };
      return new Response(await Deno.readTextFile(new URL(`.${pathname}`, root)), { headers });
    },
  );
  try {
    // What is not local is checked as far as the program uses it.
    const counts = await countsOf(`http://127.0.0.1:${server.addr.port}/mod.ts`);
    // Far more if a type that stands in many signatures is computed for all of them.
    expectBelow(counts["Instantiations"], 5_000, "instantiations");
    // Deno's own are 163 files and 60,000 names; twice as many if faces of modules are passed by.
    expectBelow(counts["Files"], 500, "files");
    expectBelow(counts["Identifiers"], 190_000, "names");
  } finally {
    await server.shutdown();
  }
});

Deno.test("checking a program that imports mod.ts from the disk instantiates few types", async () => {
  const counts = await countsOf(new URL("mod.ts", root).href);
  expectBelow(counts["Instantiations"], 200_000, "instantiations");
});
