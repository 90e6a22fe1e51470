import { assert } from "@std/assert";

Deno.test("checking a program that imports mod.ts instantiates few types", async () => {
  const directory = await Deno.makeTempDir(), root = new URL("..", import.meta.url);
  // As from a host of files: what is not local is checked as far as the program uses it.
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const headers = { "content-type": "application/typescript" };
      return new Response(await Deno.readTextFile(new URL(`.${pathname}`, root)), { headers });
    },
  );
  try {
    const path = `${directory}/program.ts`;
    const mod = `http://127.0.0.1:${server.addr.port}/mod.ts`;
    await Deno.writeTextFile(path, `import { T } from "${mod}";\nT.matrix("x").add(1);\n`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", "--allow-import", "--log-level=debug", path],
      env: { NO_COLOR: "1", DENO_DIR: `${directory}/cache` },
    }).output();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    const count = Number(/Instantiations: (\d+)/.exec(text)?.[1]);
    // Far more if a type that stands in many signatures is computed for all of them.
    assert(count < 5_200, `expected fewer than 5,200 type instantiations, got ${count}`);
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
});
