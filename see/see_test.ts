import { assert, assertEquals, assertThrows } from "@std/assert";
import { compile, grad, scan, shared, T } from "../all.ts";
import { graphPage, toDot, toSvg } from "./all.ts";
import { layered } from "./layout.ts";

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
      'label="train, on the CPU"',
    ]
  ) assert(dot.includes(part), part);
  assertEquals(dot.split("{").length, dot.split("}").length);
  assert(!toDot(f, { stage: "written", steps: false }).includes("subgraph"));
  assert(!toDot(f).includes("TensorConstant{1.0}") && toDot(f) !== dot);
  const plain = toDot(T.dscalar("a").exp());
  assert(plain.match(/->/g)!.length === 2 && !plain.includes("on the"));
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
  const arrows = [...svg.matchAll(/ d="M[\d.]+ ([\d.]+)([^"z]*)" fill="none"/g)];
  assertEquals(arrows.length, dot.match(/ -> /g)!.length);
  for (const [, start, rest] of arrows) {
    const heights = rest!.match(/[\d.]+(?=$|[CL])/g)!.map(Number);
    for (const [i, height] of heights.entries()) {
      assert((heights[i - 1] ?? Number(start)) < height, rest);
    }
  }
});

Deno.test("a long graph is drawn in little space", () => {
  let v = T.dscalar("v") as ReturnType<typeof T.exp>;
  for (let i = 0; i < 150; i++) v = T.sin(v).add(v);
  const svg = toSvg(v);
  assertEquals(svg.match(/<g class="n"/g)!.length, 302);
  assert(svg.length < 5e5);
});

Deno.test("nodes lie below what they are made from, none over another, also thousands of them", () => {
  for (const [count, span] of [[1, 1], [40, 5], [3000, 400]] as const) {
    // Each node reads some of those before it, a few of them far away; every tenth is a leaf.
    const edges = Array.from({ length: count }, (_, to) => to).flatMap((to) =>
      to % 10 === 0
        ? []
        : [to - 1, to - 1 - to % span].map((from) => [Math.max(0, from), to] as const)
    );
    const sizes = Array.from(
      { length: count },
      (_, i) => [40 + i % 7 * 10, 20 + i % 3 * 30] as const,
    );
    const { x, y, bends, width, height } = layered(sizes, edges);
    edges.forEach(([from, to], i) => {
      const way = [y[from]!, ...bends[i]!.map(([, y]) => y), y[to]!];
      for (let k = 1; k < way.length; k++) assert(way[k - 1]! < way[k]!, `${from} -> ${to}`);
    });
    const rows = Map.groupBy(x.keys(), (node) => y[node]!);
    let bottom = 0;
    for (const [middle, row] of [...rows].sort(([a], [b]) => a - b)) {
      const most = Math.max(...row.map((node) => sizes[node]![1]));
      assert(middle - most / 2 >= bottom);
      bottom = middle + most / 2;
      let right = 0;
      for (const node of row.sort((a, b) => x[a]! - x[b]!)) {
        assert(x[node]! - sizes[node]![0] / 2 > right, `${node} lies over another`);
        right = x[node]! + sizes[node]![0] / 2;
      }
      assert(right < width);
    }
    assert(bottom < height);
  }
  assertEquals(layered([], []).bends, []);
});
