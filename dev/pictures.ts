/**
 * `deno task pictures`: makes the pictures of the pages in docs/: a graph as SVG, and pages as a browser without
 * a window shows them.
 *
 * @module
 */

import { compile, type CompiledFunction, grad, scan, shared, T } from "../all.ts";
import { toSvg } from "../see/all.ts";
import { pageOf } from "../see/page.ts";
import { runDeno } from "./process.ts";
import { type BrowserPage, findBrowser, openPage } from "./testing/browser.ts";

/** The most bytes of a picture. */
const MOST_BYTES = 200_000;

const root = new URL("..", import.meta.url);

/** A step of logistic regression. */
async function logistic(): Promise<CompiledFunction> {
  const x = T.fmatrix("x"), y = T.fvector("y");
  const w = shared(new Float32Array(3), { name: "w" });
  const b = shared(0, { name: "b", dtype: "float32" });
  const cost = T.binaryCrossentropy(T.sigmoid(x.dot(w).add(b)), y).mean().add(T.sqr(w).sum());
  const [dw, db] = grad(cost, [w, b]);
  const f = await compile([x, y], cost, {
    updates: [[w, w.sub(dw.mul(0.1))], [b, b.sub(db.mul(0.1))]],
    name: "logistic regression",
    device: "cpu",
    profile: true,
  });
  for (let i = 0; i < 10; i++) f([[1, 2, 3], [4, 5, 6]], [0, 1]);
  return f as CompiledFunction;
}

/** A step of training an LSTM. */
async function lstm(): Promise<CompiledFunction> {
  const n = 4, xs = T.fmatrix("xs"), target = T.fvector("target");
  const rows = Array.from(
    { length: n + 3 },
    (_, i) => Array.from({ length: 4 * n }, (_, j) => Math.sin(4 * n * i + j) / 4),
  );
  const W = shared(rows, { name: "W", dtype: "float32" });
  const [[h]] = scan((x, h, c) => {
    const gates = T.concatenate([x, h]).dot(W);
    const gate = (k: number) => gates.at(`${k * n}:${(k + 1) * n}`);
    const kept = T.sigmoid(gate(0)).mul(c).add(T.sigmoid(gate(1)).mul(T.tanh(gate(2))));
    return [T.sigmoid(gate(3)).mul(T.tanh(kept)), kept];
  }, {
    sequences: xs,
    outputsInfo: [T.zeros([n], "float32"), T.zeros([n], "float32")],
    name: "lstm",
  });
  const cost = T.sqr(h!.at(-1).sub(target)).sum();
  const f = await compile([xs, target], cost, {
    updates: [[W, W.sub(grad(cost, W).mul(0.1))]],
    name: "gradient of an LSTM",
    device: "cpu",
    profile: true,
  });
  for (let i = 0; i < 10; i++) f([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [0, 1, 0, 1]);
  return f as CompiledFunction;
}

/** Text without the place of the library. */
const placeless = (text: string) => text.replaceAll(root.href, "");

/** Opens a page that is given as text, and does something with it. */
export async function onPage<R>(
  browser: string,
  html: string,
  size: readonly [width: number, height: number],
  work: (page: BrowserPage) => Promise<R>,
): Promise<R> {
  const file = await Deno.makeTempFile({ prefix: "croton-", suffix: ".html" });
  try {
    await Deno.writeTextFile(file, html);
    await using page = await openPage(browser, `file://${file}`, size);
    return await work(page);
  } finally {
    await Deno.remove(file);
  }
}

/** A picture of a page, after something was done on it. */
async function picture(
  browser: string,
  f: CompiledFunction,
  clicks: string,
  file: string,
): Promise<void> {
  const bytes = await onPage(browser, placeless(pageOf(f)), [1200, 850], async (page) => {
    await page.until("panes.length === 2");
    await page.evaluate(`{${clicks}}`);
    // What is drawn is drawn with the next frame.
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))",
    );
    return await page.screenshot();
  });
  if (bytes.length > MOST_BYTES) {
    throw new RangeError(`${file} has ${bytes.length} bytes, over ${MOST_BYTES}`);
  }
  await Deno.writeFile(new URL(`docs/${file}`, root), bytes);
  console.log(`docs/${file}: ${Math.round(bytes.length / 1024)} KiB`);
}

/** Makes all pictures. */
async function main(): Promise<number> {
  const browser = await findBrowser(), f = await logistic(), g = await lstm();
  const svg = new URL("docs/logistic.svg", root).pathname;
  await Deno.writeTextFile(svg, placeless(toSvg(f)));
  await runDeno(["fmt", "--quiet", svg]);
  if (browser === null) {
    console.error("Cannot make pictures of pages: Chromium is not here");
    return 3;
  }
  const chooseKernel = `
    panes[0].show(data.stages.length - 2);
    panes[0].fit();
    panes[1].fit();
    choose(nodes.findIndex(({ kernel, label }) => kernel !== undefined && label.includes("+")));`;
  await picture(browser, f, chooseKernel, "page_logistic.png");
  const chooseLoop = `
    toggle(nodes.findIndex(({ label }) => label === "loop lstm"));
    panes[0].fit();
    go(nodes.findIndex(({ label }) => label === "loop lstm"));
    panes[1].y += 140;`;
  await picture(browser, g, chooseLoop, "page_lstm.png");
  return 0;
}

if (import.meta.main) Deno.exit(await main());
