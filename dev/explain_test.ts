import { assert, assertEquals, assertRejects } from "@std/assert";
import { main } from "./explain.ts";

Deno.test("the task makes a page of what a module exports", async () => {
  const folder = await Deno.makeTempDir({ prefix: "croton explain " });
  try {
    const library = new URL("../mod.ts", import.meta.url).href, file = `${folder}/program.ts`;
    const page = `${folder}/page.html`;
    await Deno.writeTextFile(
      file,
      `import { T } from ${JSON.stringify(library)};\nexport const y = T.dscalar("x").exp();\n`,
    );
    assertEquals(await main([`file://${file}#y`, page]), 0);
    const text = await Deno.readTextFile(page);
    assert(text.includes("program.ts:2:") && text.includes("as it is written"));
    await assertRejects(() => main([`file://${file}#z`, page]), TypeError, "exports y, not z");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
