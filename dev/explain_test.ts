import { assert, assertEquals, assertRejects } from "@std/assert";
import { layoutScripts, main } from "./explain.ts";
import { onPage } from "./pictures.ts";
import { findBrowser } from "./testing/browser.ts";
import { compile, scan, shared, T } from "../all.ts";
import { pageOf } from "../see/page.ts";

Deno.test("the task makes a page of what a module exports", async () => {
  const folder = await Deno.makeTempDir({ prefix: "croton explain " });
  try {
    const library = new URL("../all.ts", import.meta.url).href, file = `${folder}/program.ts`;
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

const scripts = await layoutScripts();

Deno.test("where a library for layouts cannot be fetched, pages do without", async () => {
  assertEquals(await layoutScripts("file:///nowhere"), []);
  if (scripts.length > 0) assert(scripts[0]!.includes("Permission is hereby granted"));
});

/** What somebody does on a page, and what comes of it. */
const clicks = `(() => {
const done = {};
const press = (pane, box, x) => {
  const { canvas, scale } = pane, { left, top } = canvas.getBoundingClientRect();
  const clientX = left + (x - pane.x) * scale, clientY = top + (box.y + 13 - pane.y) * scale;
  for (const type of ["pointerdown", "click"]) {
    const Event = type === "click" ? MouseEvent : PointerEvent;
    canvas.dispatchEvent(new Event(type, { clientX, clientY, bubbles: true, pointerId: 1 }));
  }
};
const find = (pane, label) => pane.scene.boxes.find(({ n }) => nodes[n].label === label);
const [left, right] = panes, painted = (pane) => {
  pane.paint();
  const { data } = pane.canvas.getContext("2d").getImageData(0, 0, pane.canvas.width, pane.canvas.height);
  return data.some((value) => value !== 0);
};
HTMLCanvasElement.prototype.setPointerCapture = () => {};
done.layout = typeof other;
done.painted = panes.map(painted);
done.folded = right.scene.boxes.length;
const loop = find(right, "loop walk");
right.reveal(loop.n);
press(right, find(right, "loop walk"), loop.x + loop.w - 10);
done.unfolded = right.scene.boxes.length;
const frame = find(right, "loop walk"), inner = right.scene.boxes.filter((box) =>
  box !== frame && box.x > frame.x && box.y > frame.y && box.x + box.w < frame.x + frame.w &&
  box.y + box.h < frame.y + frame.h
);
done.inside = inner.map(({ n }) => nodes[n].label);
right.reveal(frame.n);
press(right, frame, frame.x + 10);
done.loop = id("facts").textContent;
const op = find(left, "exp");
left.reveal(op.n);
press(left, op, op.x + op.w / 2);
done.op = id("facts").textContent;
done.kernels = [...marks].filter(([n, color]) => nodes[n].kind === "kernel" && color === "#e8590c")
  .map(([n]) => nodes[n].label);
id("facts").querySelector(".chip").click();
done.text = id("text").textContent;
done.ops = [...marks.keys()].map((n) => nodes[n].label);
id("after").click();
done.rule = id("rule").textContent;
id("find").value = "exp";
id("find").oninput();
done.found = id("found").textContent;
id("right-unfold").click();
id("right-fold").click();
done.again = right.scene.boxes.every(({ isOpen }) => !isOpen);
document.querySelector("#kernels [data-kernel]").click();
done.row = id("facts").querySelector("h3").textContent;
return JSON.stringify({ ...done, errors });
})()`;

const browser = await findBrowser();
Deno.test({
  name: browser === null
    ? "pages work in Chromium (it is not here)"
    : "pages work in Chromium, with and without a library for layouts",
  ignore: browser === null,
  fn: async () => {
    const x = T.fvector("x"), w = shared(2, { name: "w", dtype: "float32" });
    const [h] = scan((v, sum) => T.tanh(sum.add(v.mul(w))), {
      sequences: x,
      outputsInfo: T.constant(0, "float32"),
      name: "walk",
    });
    const f = await compile([x], T.exp(h.at(-1)).add(1).mul(1), { device: "cpu" });
    f([1, 2, 3]);
    for (const used of scripts.length === 0 ? [[]] : [scripts, []]) {
      const html = pageOf(f, undefined, used).replace(
        "</head>",
        `<script>const errors = []; onerror = (error) => void errors.push(error);</script></head>`,
      );
      const done = await onPage(browser!, html, [1300, 900], async (page) => {
        await page.until("panes.length === 2", "String(errors)");
        return JSON.parse(String(await page.evaluate(clicks)));
      });
      assertEquals(done.errors, []);
      assertEquals(done.layout, used.length > 0 ? "function" : "undefined");
      assertEquals(done.painted, [true, true]);
      assert(done.unfolded > done.folded && done.inside.length === done.unfolded - done.folded);
      assert(done.inside.some((label: string) => /tanh|add/.test(label)), done.inside);
      assert(/loop of 3 steps.*strategy.*because/s.test(done.loop), done.loop);
      assert(/float32.*now of shape \(\).*explain_test\.ts:/s.test(done.op), done.op);
      assertEquals(done.kernels.length, 1);
      assert(/^\(func \$run/m.test(done.text), done.text);
      assert(done.ops.includes("exp"), done.ops);
      assert(done.rule.includes("→") && done.rule.includes("in the phase"), done.rule);
      assert(/^[1-9]\d* and [1-9]\d* shown$/.test(done.found), done.found);
      assertEquals(done.again, true);
      assert(done.row !== "");
    }
  },
});
