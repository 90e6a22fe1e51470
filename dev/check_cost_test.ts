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

/** Deno's own declarations, which every program has, are 163 files of 60,000 names. */
function expectLittle(counts: Readonly<Record<string, number>>): void {
  expectBelow(counts["Files"], 400, "files");
  expectBelow(counts["Identifiers"], 85_000, "names");
}

Deno.test("checking a program that imports mod.ts from a host reads declarations alone", async () => {
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
    expectLittle(counts);
    // Far more if a type that stands in many signatures is computed for all of them.
    expectBelow(counts["Instantiations"], 5_000, "instantiations");
  } finally {
    await server.shutdown();
  }
});

Deno.test("checking a program that imports mod.ts from the disk reads declarations alone", async () => {
  const counts = await countsOf(new URL("mod.ts", root).href);
  expectLittle(counts);
  expectBelow(counts["Instantiations"], 40_000, "instantiations");
});
