import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { htmlPage, serveLivePage } from "../all.ts";

Deno.test("a page shows what it was given last, to those who come and to those who are there", async () => {
  await using page = serveLivePage("a < b");
  page.show("<p>one</p>");
  const first = await (await fetch(page.url)).text();
  assert(/<title>a &(lt|#60); b<\/title>/.test(first) && first.includes("<p>one</p>"), first);
  const events = (await fetch(`${page.url}events`)).body!.pipeThrough(new TextDecoderStream());
  const reader = events.getReader();
  let text = "";
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) text += (await reader.read()).value ?? "";
  };
  await until('data: "starting"');
  page.show("<p>two</p>");
  page.status("step 2");
  await until('event: status\ndata: "step 2"');
  assert(text.includes('event: body\ndata: "<p>one</p>"'), text);
  assert(text.includes('event: body\ndata: "<p>two</p>"'), text);
  const other = await fetch(page.url, { method: "POST", body: "" });
  assertEquals([other.status, await other.text()], [405, "expected GET\n"]);
  await reader.cancel();
});

Deno.test("pages that change nothing have no script", () => {
  assert(!htmlPage("title", "<p>text</p>").includes("<script"));
  assert(htmlPage("title", "", "start();").includes("<script>start();</script>"));
});

Deno.test("pages that cannot be served are errors", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assertThrows(() => serveLivePage("page", { port }), TypeError, `127.0.0.1, port ${port}: `);
  const wrong = { prot: 1 } as { port?: number };
  assertThrows(() => serveLivePage("page", wrong), TypeError, 'unknown option "prot"');
});

Deno.test({
  name: "a page ends though somebody does not read it, and keeps little for them",
  // Their connection is left open.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const page = serveLivePage("page"), port = Number(new URL(page.url).port);
    using idle = await Deno.connect({ hostname: "127.0.0.1", port });
    await idle.write(new TextEncoder().encode("GET /events HTTP/1.1\r\nhost: page\r\n\r\n"));
    await idle.read(new Uint8Array(1));
    for (let i = 0; i < 100; i++) {
      page.show("x".repeat(1_000_000));
      await new Promise((resolve) => setTimeout(resolve));
    }
    await page.close();
    await assertRejects(() => fetch(page.url), TypeError);
    let length = 0;
    const some = new Uint8Array(1_000_000);
    for (let read; (read = await idle.read(some)) !== null;) length += read;
    assert(length > 1_000_000 && length < 50_000_000, `${length} bytes`);
  },
});
