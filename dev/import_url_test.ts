// The library as users get it: over HTTP, in a program of their own, with no permissions.

import { assert, assertEquals } from "@std/assert";

const root = new URL("..", import.meta.url);

/** A program that uses each public feature at least once, and prints what it found. */
const program = await Deno.readTextFile(new URL("testdata/import_url_program.ts", import.meta.url));

/** Serves the repository on loopback while `use` runs. */
async function served(use: (host: string, asked: Set<string>) => Promise<void>): Promise<void> {
  const asked = new Set<string>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      asked.add(path);
      try {
        const text = await Deno.readFile(new URL(path, root));
        return new Response(text, { headers: { "content-type": "application/typescript" } });
      } catch {
        return new Response("not found", { status: 404 });
      }
    },
  );
  try {
    await use(`127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

/** Runs `text` as a program in an empty folder, with its own cache. */
async function runAlone(
  text: string,
  flags: string[],
): Promise<{ code: number; out: string; err: string }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, text);
    const env: Record<string, string> = { DENO_DIR: `${folder}/cache`, NO_COLOR: "1" };
    if (Deno.build.os === "linux") env["DENO_WEBGPU_BACKEND"] = "vulkan";
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--no-lock", "--no-config", ...flags, "main.ts"],
      cwd: folder,
      env,
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a program that imports the library from a URL uses every feature without a permission", async () => {
  await served(async (host, asked) => {
    const text = program.replaceAll("@croton/croton", `http://${host}/mod.ts`);
    const { code, out, err } = await runAlone(text, ["--check", `--allow-import=${host}`]);
    assertEquals(code, 0, out + err);
    const lines = out.trim().split("\n");
    assertEquals(lines.at(-1), "all features work", out);
    assert(lines.length > 30, out);
    // Only the library itself is fetched: no tests, no development tools, nothing from elsewhere.
    for (const path of asked) {
      assert(
        /^(?:(?:mod|all)\.ts|(?:types|core|cpu|gpu|autodiff|scan|io|nn|see)\/.*\.ts)$/.test(path),
        `${path} was fetched`,
      );
      // The check that the GPU computes rightly is part of the library, in spite of its name.
      if (path === "gpu/self_test.ts") continue;
      assert(!/_(?:test|bench)\.ts$/.test(path), `${path} was fetched`);
    }
  });
});

Deno.test("the import needs no permission and leaves the GPU alone", async () => {
  const text = `
    const gpu = Object.getOwnPropertyDescriptor(Navigator.prototype, "gpu");
    let touched = 0;
    Object.defineProperty(navigator, "gpu", { get: () => (touched++, gpu?.get?.call(navigator)) });
    const start = performance.now();
    await import("URL");
    const time = performance.now() - start;
    const states = ["read", "write", "net", "env", "run", "sys", "ffi"].map((name) =>
      Deno.permissions.querySync({ name }).state);
    console.log(JSON.stringify({ touched, states, time }));
  `.replace("URL", new URL("mod.ts", root).href);
  const { code, out, err } = await runAlone(text, ["--no-check"]);
  assertEquals([code, err], [0, ""]);
  const { touched, states } = JSON.parse(out);
  assertEquals(touched, 0);
  assertEquals(states, Array(7).fill("prompt"));
});

Deno.test("the library runs the same program from a file URL without a permission", async () => {
  const text = program.replaceAll("@croton/croton", new URL("mod.ts", root).href);
  const { code, out, err } = await runAlone(text, ["--no-check"]);
  assertEquals(code, 0, out + err);
  assert(out.includes("all features work"), out);
});
