import { assert, assertEquals, assertThrows } from "@std/assert";
import { compile, grad, scan, shared, T } from "../mod.ts";
import { graphPage, toDot, toSvg } from "./mod.ts";

const x = T.fmatrix("x"), w = shared(new Float32Array([1, 2]), { name: "w <&>" });
const [h] = scan((row, sum) => T.tanh(sum.add(row.dot(w))), {
  sequences: x,
  outputsInfo: T.constant(0, "float32"),
  name: "walk",
});
const cost = T.sqr(h.at(-1)).mul(1);
const f = await compile([x], cost, {
  updates: [[w, w.sub(grad(cost, w))]],
  name: "train",
  device: "cpu",
});

/** Whether each tag that is opened is closed, in order. */
function isBalanced(markup: string): boolean {
  const open: string[] = [];
  for (const [, close, name, self] of markup.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
    if (self === "/") continue;
    if (close === "") open.push(name!);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

Deno.test("graphs as text for Graphviz: shapes, colours, updates, steps", () => {
  const dot = toDot(f, { stage: "written" });
  for (
    const part of [
      'digraph "train" {',
      'label="x", shape=box, fillcolor="#90ee90"',
      'label="w <&>", shape=box, fillcolor="#66ffff"',
      'label="Scan{walk}", shape=ellipse, fillcolor="#ffff66"',
      'label="output 0", shape=box, fillcolor="#add8e6"',
      "style=dashed, color=blue",
      "subgraph cluster_",
      'label="the step of Scan{walk}"',
      "see_test.ts:6:",
    ]
  ) assert(dot.includes(part), part);
  assertEquals(dot.split("{").length, dot.split("}").length);
  assert(!toDot(f, { stage: "written", steps: false }).includes("subgraph"));
  assert(!toDot(f).includes("TensorConstant{1.0}") && toDot(f) !== dot);
  assertEquals(toDot(T.dscalar("a").exp()).match(/->/g)!.length, 2);
  const junk = 3 as unknown as typeof x;
  for (const draw of [toDot, toSvg, graphPage]) {
    assertThrows(() => draw(junk), TypeError, "Cannot draw 3");
  }
});

Deno.test("pictures have each node once, in layers that follow the arrows", () => {
  const svg = toSvg(f, { stage: "written" }), dot = toDot(f, { stage: "written" });
  assert(isBalanced(svg));
  assertEquals(svg.match(/<g class="n"/g)!.length, dot.match(/shape=/g)!.length);
  assertEquals(svg.match(/marker-end/g)!.length, dot.match(/ -> /g)!.length);
  assert(svg.includes("w &lt;&amp;&gt;"));
  for (const [, y1, y2] of svg.matchAll(/d="M[\d.]+ ([\d.]+)C[\d. ]+ ([\d.]+)" fill="none"/g)) {
    assert(Number(y1) < Number(y2));
  }
});

Deno.test("a page holds all stages and rewrites, and nothing from elsewhere", () => {
  f([[1, 2], [3, 4]]);
  for (const page of [graphPage(f), graphPage([cost], { title: "a </script> title" })]) {
    const [, json] = page.match(/id="data">(.*?)<\/script>/s)!;
    const { stages, rewrites } = JSON.parse(json!);
    assert(stages.length > 2, `${stages.length}`);
    for (const { svg } of stages) assert(isBalanced(svg), svg);
    assertEquals(stages[0].svg, toSvg(page.includes("title<") ? [cost] : f, { stage: "written" }));
    const one = rewrites.find(({ rule }: { rule: string }) => rule === "mul-one");
    assert(one.place.includes("see_test.ts:11") && one.stage > 0, JSON.stringify(one));
    assert(!/(?:src|href)=/.test(page.replace(json!, "")), "it loads something");
    assertEquals(page.match(/<script/g)!.length, 2);
  }
  assert(/loop walk, .* steps, \w+: /.test(graphPage(f)));
});

Deno.test("a long graph is drawn in little space", () => {
  let v = T.dscalar("v") as ReturnType<typeof T.exp>;
  for (let i = 0; i < 150; i++) v = T.sin(v).add(v);
  const svg = toSvg(v);
  assertEquals(svg.match(/<g class="n"/g)!.length, 302);
  assert(svg.length < 3e5);
});
