// Drawn digits are brought to the form of the pictures, and recognised in a browser while they are drawn.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { NO_TOOLS } from "../../dev/npm_tools.ts";
import { findBrowser, openPage } from "../../dev/testing/browser.ts";
import { glyphs } from "../data/glyphs.ts";
import { io } from "../../mod.ts";
import { train } from "../training/run.ts";
import { serveDrawing } from "./server.ts";
import { digitOf } from "./strokes.ts";

/** The rows and columns of an image where there is ink, and its centre of mass. */
function extentOf(image: Float32Array): { rows: number[]; columns: number[]; centre: number[] } {
  const at = Array.from(image, (value, i) => ({ value, row: Math.floor(i / 28), column: i % 28 }));
  const lit = at.filter(({ value }) => value > 0.3);
  const range = (values: number[]) => [Math.min(...values), Math.max(...values)];
  const mass = image.reduce((a, b) => a + b, 0);
  const mean = (of: (one: typeof at[number]) => number) =>
    at.reduce((sum, one) => sum + one.value * of(one), 0) / mass;
  return {
    rows: range(lit.map(({ row }) => row)),
    columns: range(lit.map(({ column }) => column)),
    centre: [mean(({ column }) => column + 0.5), mean(({ row }) => row + 0.5)],
  };
}

Deno.test("a drawn digit fills the picture alike, wherever and however large it was drawn", () => {
  const line = digitOf([[0.1, 0.2, 0.1, 0.9]]);
  assertEquals(extentOf(line).rows, [4, 23]);
  assertEquals(extentOf(line).columns, [13, 14]);
  const small = digitOf([[0.5, 0.5, 0.5, 0.6]]);
  small.forEach((value, i) => assert(Math.abs(value - line[i]!) < 1e-3, `pixel ${i}`));
  assertEquals(extentOf(digitOf([[0.1, 0.5, 0.9, 0.5]])).columns, [4, 23]);
  // Much on the left, little on the right: the middle of the extent, or the centre of mass.
  const strokes = [[0.3, 0.1, 0.3, 0.9], [0.3, 0.5, 0.8, 0.5]];
  const { centre: [x, y] } = extentOf(digitOf(strokes, "mass"));
  assert(Math.abs(x! - 14) < 0.1 && Math.abs(y! - 14) < 0.1, `${x}, ${y}`);
  assert(extentOf(digitOf(strokes)).centre[0]! < 12.5);
});

Deno.test("a drawn dot stays one, and nothing is dark", () => {
  assertEquals(digitOf([]).reduce((a, b) => a + b), 0);
  const { rows, columns } = extentOf(digitOf([[0.3, 0.7]]));
  assertEquals([rows, columns], [[13, 14], [13, 14]]);
  assertEquals(digitOf([[0.3, 0.7]]), digitOf([[0.9, 0.1, 0.9, 0.1]]));
});

Deno.test("what is no classifier is refused before a page is served", async () => {
  const path = await Deno.makeTempFile();
  await io.saveSafetensors(path, {}, { model: "chars" });
  const words = `Cannot use "${path}": it has no classifier of digits, but "chars"`;
  await assertRejects(() => serveDrawing(path, 0), TypeError, words);
});

Deno.test("deno task serve says what it needs", async () => {
  const cases: [args: string[], message: string][] = [
    [[], "There is no model to serve"],
    [["a", "b"], 'Unknown argument "b"'],
    [["a", "--fast"], 'Unknown argument "--fast"'],
    [["a", "--port=70000"], '--port must be a whole number from 0 to 65535, got "70000"'],
    [["/no/such/file"], 'Cannot read "/no/such/file"'],
  ];
  await Promise.all(cases.map(async ([args, message]) => {
    const { code, stderr } = await serving(args).output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 1, text);
    assert(text.startsWith("error: ") && text.includes(message), text);
  }));
});

/** Runs the program. */
function serving(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-check", "--import-map=dev/import_map.json"]
      .concat("examples/serve.ts", args),
    cwd: new URL("../..", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("digits are recognised in Chromium while they are drawn", async (t) => {
  const step = (name: string, fn?: () => Promise<void>) =>
    t.step({ name, ignore: fn === undefined, fn: fn ?? (() => {}) });
  const browser = await findBrowser();
  if (browser === null) return void await step("Chromium is not here");
  const out = await Deno.makeTempDir(), path = `${out}/model.safetensors`;
  await train({
    ...{ model: "mlp", seed: 1, images: 2000, epochs: 4, batch: 25, optimizer: "adam" },
    ...{ rate: 0.003, loop: "scan", device: "cpu", out, print: () => {} },
  });
  // In a process of its own, which ends without a word where the bundle's tools cannot be fetched.
  const child = serving([path]).spawn();
  const reader = child.stdout.getReader();
  try {
    const { value } = await reader.read();
    if (value === undefined && (await child.status).code === NO_TOOLS) {
      return void await step("npm is out of reach");
    }
    const [url] = /http:\S+/.exec(new TextDecoder().decode(value))!;
    await using page = await openPage(browser, url);
    const showsDigit = (what: number | string) =>
      page.until(`document.getElementById("digit").textContent === "${what}"`);
    const runsOn = (what: string) =>
      page.until(`document.getElementById("device").textContent.startsWith("${what}")`);
    await runsOn("mlp on WebAssembly: ");
    const { left, top, width } = await page.evaluate(
      `(({ left, top, width }) => ({ left, top, width }))(pad.getBoundingClientRect())`,
    ) as Record<"left" | "top" | "width", number>;
    const pointsOf = (digit: number) =>
      glyphs[digit]![0]!.map(({ points }) =>
        Array.from({ length: points.length / 2 }, (_, i): [number, number] => [
          left + width * (0.2 + 0.5 * points[2 * i]!),
          top + width * (0.2 + 0.6 * points[2 * i + 1]!),
        ])
      );

    await step("with a mouse, by WebAssembly", async () => {
      const [first, ...rest] = pointsOf(7)[0]!;
      await page.mouse("mousePressed", ...first!);
      for (const point of rest) await page.mouse("mouseMoved", ...point);
      await showsDigit(7);
      await page.mouse("mouseReleased", ...rest.at(-1)!);
      const text = String(await page.evaluate("document.body.innerText"));
      assert(/\n\d+\.\d ms for a recognition\n/.test(text), text);
      const shares = [...text.matchAll(/^(\d+\.\d) %$/gm)].map(([, share]) => Number(share));
      const sum = shares.reduce((a, b) => a + b);
      assert(shares.length === 10 && Math.abs(sum - 100) < 0.6, text);
      assert(shares[7]! > 50, text);
      assert(String(await page.evaluate("picture.innerHTML")).startsWith("<path"));
    });

    await step("with a finger, by WebGPU", async () => {
      await page.evaluate("clear.click()");
      await showsDigit("draw a digit");
      await page.evaluate(`choice.value = "gpu"; choice.dispatchEvent(new Event("change"))`);
      await runsOn("mlp on WebGPU: ");
      for (const [first, ...rest] of pointsOf(3)) {
        await page.touch("touchStart", ...first!);
        for (const point of rest) await page.touch("touchMove", ...point);
        await page.touch("touchEnd");
      }
      await showsDigit(3);
    });
  } finally {
    await Promise.all([reader.cancel(), child.stderr.cancel()]);
    child.kill();
    await child.status;
    await Deno.remove(out, { recursive: true });
  }
});
