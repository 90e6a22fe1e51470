import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RandomStreams } from "../../mod.ts";
import { charsTask } from "./chars_task.ts";
import { digitsTask } from "./digits_task.ts";
import { reportBody } from "./report.ts";
import { train } from "./run.ts";
import type { TrainOptions } from "./task.ts";

const small = {
  model: "softmax",
  seed: 1,
  images: 200,
  batch: 50,
  epochs: 2,
  optimizer: "adam",
  rate: 0.001,
  loop: "scan",
  device: "cpu",
} as const satisfies Partial<TrainOptions>;

/** Trains on few examples, without a word; gives the report. */
async function run(options: Partial<TrainOptions>): Promise<string> {
  const out = await Deno.makeTempDir(), report = `${out}/report.html`;
  await train({ ...small, out, print: () => {}, report, ...options });
  return await Deno.readTextFile(report);
}

/** The headings of a page with how many drawings follow each. */
function headings(page: string): [string, number][] {
  return page.split("<h2>").slice(1).map((part) => [
    part.slice(0, part.indexOf("</h2>")).replace(/\d+ of \d+$/, "N of M"),
    part.split("<svg ").length - 1,
  ]);
}

Deno.test("a report has curves, mistakes and filters, and needs nothing else", async () => {
  const page = await run({});
  assertEquals(headings(page), [
    ["Loss and error", 1],
    ["Confusion matrix, test", 1],
    ["Error of each digit, test", 1],
    ["Misclassified digits, test: N of M", 1],
    ["First-layer filters", 1],
  ]);
  assertEquals(/<h1>(.*)<\/h1>/.exec(page)![1], "softmax regression on 200 drawn digits");
  // As many mistakes as the confusion matrix has beside its diagonal, of 50 test images.
  const [, shown, all] = /test: (\d+) of (\d+)/.exec(page)!;
  assertEquals(Number(shown), Math.min(30, Number(all)));
  assertEquals(page.match(/>\d for \d<\/text>/g)!.length, Number(shown));
  const matrix = page.slice(page.indexOf("Confusion"), page.indexOf("Error of"));
  const cells = [...matrix.matchAll(/fill="(#\w+)">(\d+)<\/text>/g)].map(([, , count]) =>
    Number(count)
  );
  assertEquals(cells.reduce((a, b) => a + b), 50);
  assertEquals(/<th>test error<\/th><td>(.*?)<\/td>/.exec(page)![1], `${2 * Number(all)} %`);
  assert(!/<script|https?:(?!\/\/www\.w3\.org\/2000\/svg")|src=|NaN|undefined/.test(page));
});

Deno.test("a model shows where it looks, or samples of what it writes", async () => {
  const options = { ...small, images: 20, batch: 10, out: "" };
  const streams = () => new RandomStreams(1);
  const attention = await digitsTask({ ...options, model: "attention" }, streams());
  await attention.validate();
  const figures = await attention.look();
  assertEquals(figures.map(({ title }) => title).slice(0, 2), [
    "Confusion matrix, validation",
    "Error of each digit, validation",
  ]);
  const { title, svg } = figures.at(-1)!;
  // Five images, and below each how much its 16 patches count: the one that counts most is white.
  assertEquals([title, svg!.split('scale(2)"').length, svg!.split('scale(14)"').length], [
    "Attention",
    6,
    6,
  ]);
  const below = svg!.slice(svg!.lastIndexOf("<svg"));
  assertEquals(below.split('<path fill="#ffffff"').length, 6);

  const text = await Deno.makeTempFile();
  await Deno.writeTextFile(text, "<b>T & so on</b> ".repeat(50));
  const chars = await charsTask({ ...options, model: "chars", text }, streams());
  const [line] = await chars.show!();
  const samples = await chars.look();
  assertEquals(samples.map((one) => `  … ${one.text}`), [line]);
  const history = [{ epoch: 1, loss: 1, validation: 1 }];
  const body = reportBody({
    title: "<i>",
    device: "cpu",
    measure: "bits",
    rows: [],
    history,
    figures: [{ title: "Samples", text: "<b> & </b>" }],
  });
  assert(body.includes("<h1>&lt;i&gt;</h1>"));
  assert(body.includes("<pre>&lt;b&gt; &amp; &lt;/b&gt;</pre>"));
});

Deno.test("a page is served while a model is trained, tells of each epoch, and ends with it", async () => {
  let answers: Promise<[string, string, number]> | undefined, url = "";
  const page = await run({
    watch: 0,
    tell: (event) => {
      if (event["event"] !== "watch") return;
      url = String(event["url"]);
      const get = async (path: string, method = "GET") =>
        await fetch(new URL(path, url), { method });
      answers = Promise.all([
        get("").then((found) => found.text()),
        get("events").then((found) => found.text()), // ends with the training
        get("other").then(async (found) => (await found.text(), found.status)),
      ]);
    },
  });
  const [html, events, status] = await answers!;
  assert(url.startsWith("http://127.0.0.1:"), url);
  assertStringIncludes(html, 'new EventSource("events")');
  assertEquals(status, 404);
  const told = [...events.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, name, data]) => ({
    name: name!,
    data: JSON.parse(data!) as string,
  }));
  const bodies = told.filter(({ name }) => name === "body").map(({ data }) => data);
  for (const epoch of [1, 2]) {
    assert(bodies.some((body) => body.includes(`${epoch} of at most 2`)), `epoch ${epoch}`);
  }
  assert(bodies.at(-2)!.includes("Confusion matrix, validation"));
  assert(page.includes(bodies.at(-1)!));
  assert(told.some(({ name, data }) => name === "status" && data.startsWith("epoch 1 of 2")));
  assertEquals(told.at(-1)!.name, "end");
  await assertRejects(() => fetch(url), TypeError);
});

Deno.test("a page ends with a training that fails", async () => {
  let url = "", events: Promise<string> | undefined;
  await assertRejects(
    () =>
      run({
        watch: 0,
        optimizer: "sgd",
        rate: 1e38,
        tell: (event) => {
          if (event["event"] !== "watch") return;
          url = String(event["url"]);
          events = fetch(`${url}events`).then((found) => found.text());
        },
      }),
    RangeError,
    "the loss of epoch",
  );
  await assertRejects(() => fetch(url), TypeError);
  assert((await events!).includes("event: end\n"));
});

Deno.test("a port that is in use is an error before the training", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await assertRejects(() => run({ watch: port }), TypeError, `127.0.0.1, port ${port}: `);
});
