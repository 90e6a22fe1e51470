import { assert } from "@std/assert";

Deno.test("checking a program that imports mod.ts instantiates few types", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/program.ts`, mod = new URL("../mod.ts", import.meta.url).href;
    await Deno.writeTextFile(path, `import { T } from "${mod}";\nT.matrix("x").add(1);\n`);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", "--log-level=debug", path],
      env: { NO_COLOR: "1" },
    }).output();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    const count = Number(/Instantiations: (\d+)/.exec(text)?.[1]);
    // It was 651,000 when names of T were looked up by an indexed type.
    assert(count < 470_000, `expected fewer than 470,000 type instantiations, got ${count}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
