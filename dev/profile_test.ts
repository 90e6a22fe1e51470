import { assert, assertEquals } from "@std/assert";

Deno.test("the task shows where the time of a program goes", async () => {
  const folder = await Deno.makeTempDir({ prefix: "croton profile " });
  try {
    const library = new URL("../all.ts", import.meta.url).href, file = `${folder}/program.ts`;
    await Deno.writeTextFile(
      file,
      `import { compile, T } from ${JSON.stringify(library)};
const x = T.dvector("x");
const f = await compile([x], x.exp().sum(), { name: "seen", device: "cpu" });
f([1, 2]);
`,
    );
    const task = new URL("profile.ts", import.meta.url).pathname;
    const map = new URL("import_map.json", import.meta.url).pathname;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", `--import-map=${map}`, task, file, `--trace=${folder}/t`],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 0);
    assert(text.startsWith("Profile of seen\n  calls       1\n"), text);
    const { traceEvents } = JSON.parse(await Deno.readTextFile(`${folder}/t`));
    assertEquals(traceEvents[0].args.name, "seen");
    assert(traceEvents.length > 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
