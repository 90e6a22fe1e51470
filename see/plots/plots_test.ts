import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  barsText,
  type Chart,
  chartText,
  confusion,
  confusionText,
  drawBars,
  drawCharts,
  drawConfusion,
  drawImageGrid,
  imagesText,
  sparkline,
} from "../all.ts";
import { linearScale, logScale, short } from "./ticks.ts";

/** Throws unless every element of the document is closed in the right order. */
function assertWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, attributes = ""] of svg.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
    if (close) assertEquals(name, open.pop());
    else if (!attributes.endsWith("/")) open.push(name!);
  }
  assertEquals(open, []);
  assert(!/NaN|undefined|Infinity/.test(svg), "a number is missing");
}

const chart: Chart = {
  title: "Loss <1>",
  xLabel: "epoch",
  yLabel: "loss",
  series: [{ name: "a & b", y: [3, 2, NaN, 1, 0.5] }, { name: "one", x: [2], y: [1] }],
};

Deno.test("drawCharts() draws a line for each piece and a dot for a single value", () => {
  const svg = drawCharts([chart]);
  assertWellFormed(svg);
  const lines = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, p]) =>
    p!.split(" ").length
  );
  assertEquals(lines, [2, 2]);
  assertEquals([...svg.matchAll(/<circle/g)].length, 1);
  assertStringIncludes(svg, "Loss &lt;1&gt;");
  assertStringIncludes(svg, "a &amp; b");
  // The greatest value is at the top of the frame, and the first one at its left.
  assertStringIncludes(svg, 'points="68.0,48.0 ');
});

Deno.test("drawCharts() copes with little or odd data", () => {
  for (const y of [[], [NaN], [Infinity, 1], [0, 0, 0], [5], [-3, -3], [1e-300, 1e300]]) {
    for (const log of [false, true]) {
      assertWellFormed(drawCharts([{ ...chart, log, series: [{ name: "y", y }] }]));
    }
  }
  assertStringIncludes(drawCharts([{ ...chart, series: [{ name: "y", y: [] }] }]), "no data");
  assertStringIncludes(drawCharts([chart, chart]), 'width="1120"');
  assertWellFormed(drawCharts([{ ...chart, series: [] }]));
});

Deno.test("linearScale() widens a range to round numbers", () => {
  assertEquals(linearScale(0.13, 0.88).range, [0, 1]);
  assertEquals(linearScale(0.13, 0.88).ticks, [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assertEquals(linearScale(-12, 30).ticks, [-20, -10, 0, 10, 20, 30]);
  for (const [low, high] of [[0, 0], [7, 7], [-1, -1], [1e-12, 2e-12], [0, 1e9], [0.1, 0.3]]) {
    const { range, ticks, place } = linearScale(low!, high!);
    assert(range[0] <= low! && range[1] >= high! && range[1] > range[0]);
    assert(ticks.length >= 2 && ticks.length <= 8, `${ticks}`);
    assertEquals([place(range[0]), place(range[1])], [0, 1]);
  }
});

Deno.test("logScale() marks powers and round numbers between them", () => {
  assertEquals(logScale(0.35, 2.2).ticks, [0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3]);
  assertEquals(logScale(0.01, 0.9).ticks, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  assertEquals(logScale(1e-5, 1).ticks, [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
  const { place, range } = logScale(1, 100);
  assertEquals([range, place(10)], [[1, 100], 0.5]);
  assertEquals(logScale(3, 3).range, [3, 4]);
  assertEquals(logScale(1e-20, 1e20).ticks, [1e-20, 1e-15, 1e-10, 1e-5, 1, 1e5, 1e10, 1e15, 1e20]);
});

Deno.test("short() writes numbers with few digits", () => {
  assertEquals(
    [0.1 + 0.2, 1 / 3, 123456, 1234567, 0.00001234, 0, -2.5].map((value) => short(value)),
    ["0.3", "0.3333", "123500", "1.235e6", "1.234e-5", "0", "-2.5"],
  );
});

Deno.test("drawImageGrid() draws every image with caption and mark", () => {
  const images = Float32Array.from({ length: 12 * 784 }, (_, i) => i % 784 / 783);
  const svg = drawImageGrid(images, {
    size: [28, 28],
    captions: Array.from({ length: 12 }, (_, i) => `it is ${i}`),
    marked: [false, true],
    columns: 5,
  });
  assertWellFormed(svg);
  assertEquals([...svg.matchAll(/it is \d+/g)].length, 12);
  assertEquals([...svg.matchAll(/fill="#d55e00" font-weight/g)].length, 1);
  assertMatch(svg, /width="328" height="254"/);
  assertWellFormed(drawImageGrid([], { size: [28, 28] }));
});

Deno.test("drawImageGrid() draws images of other sizes as high, and what is no shade in the range", () => {
  const svg = drawImageGrid(new Float32Array([-1, 2, NaN, 0.5, 1, 1, 0, 0]), { size: [2, 2] });
  assertWellFormed(svg);
  assertMatch(svg, /width="136" height="72"/);
  const paths = [...svg.matchAll(/<path fill="(#\w+)" d="([^"]*)"/g)].map(([, ...found]) => found);
  assertEquals(paths, [
    ["#ffffff", "M1 0h1v1h-1z"],
    ["#888888", "M1 1h1v1h-1z"],
    ["#ffffff", "M0 0h2v1h-2z"],
  ]);
  const wide = drawImageGrid(new Float32Array(8), { size: [2, 2], width: 100, columns: 1 });
  assertMatch(wide, /width="116" height="136"/);
  assertMatch(wide, /translate\(30 8\)[^]*translate\(30 72\)/);
});

Deno.test("drawConfusion() shows counts of classes that were taken for others", () => {
  const counts = confusion([0, 0, 1, 2, 2, 2, 1], [0, 1, 1, 2, 2, 0, -1], 3);
  assertEquals(counts, [[1, 1, 0], [0, 1, 0], [1, 0, 2]]);
  const svg = drawConfusion(counts);
  assertWellFormed(svg);
  const cells = [
    ...svg.matchAll(/<rect x="\d+" y="\d+" [^>]*fill="(#\w+)" fill-opacity="([\d.]+)"/g),
  ];
  assertEquals(cells.map(([, color, opacity]) => `${color} ${opacity}`).slice(0, 3), [
    "#0072b2 0.71",
    "#d55e00 0.71",
    "#d55e00 0.00",
  ]);
  assertEquals(cells.length, 9);
  assertWellFormed(drawConfusion(confusion([], [], 2)));
});

Deno.test("drawBars() draws bars in proportion", () => {
  const svg = drawBars([{ name: "<a>", value: 1, text: "1 %" }, {
    name: "b",
    value: 4,
    text: "4 %",
  }]);
  assertWellFormed(svg);
  const widths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, w]) => w);
  assertEquals(widths, ["70.0", "280.0"]);
  assertStringIncludes(svg, "&lt;a&gt;");
  assertWellFormed(drawBars([]));
  assertWellFormed(drawBars([{ name: "none", value: 0, text: "0 %" }]));
});

Deno.test("drawCharts() draws a dot for each value of a scatter", () => {
  const series = [{ name: "s", kind: "scatter", x: [0, 5, NaN, 10], y: [1, 2, 3, 3] }] as const;
  const svg = drawCharts([{ ...chart, series }]);
  assertWellFormed(svg);
  // Three values, and the mark in the legend.
  assertEquals([...svg.matchAll(/<circle/g)].length, 4);
  assert(!svg.includes("<polyline"));
  assertStringIncludes(svg, '<circle cx="68.0" cy="308.0"');
});

Deno.test("chartText() writes lines and points on axes", () => {
  const text = chartText({
    title: "Training",
    xLabel: "epoch",
    yLabel: "loss",
    series: [{ name: "loss", y: [4, 2, NaN, 1, 0] }, {
      name: "at",
      kind: "scatter",
      x: [1, 5],
      y: [0, 4],
    }],
  }, { width: 17, height: 5 });
  assertEquals(
    text,
    `Training
loss
4 │••              ×
3 │  ••
2 │    •
1 │            •••
0 │×              ••
  └─────────────────
   1     epoch     5
   • loss   × at`,
  );
  assertEquals(chartText({ ...chart, series: [] }), "Loss <1>\nno data");
  for (const y of [[Infinity, 1], [0, 0, 0], [5], [-3, -3], [1e-300, 1e300]]) {
    for (const log of [false, true]) chartText({ ...chart, log, series: [{ name: "y", y }] });
  }
});

Deno.test("barsText() writes bars in eighths of a character", () => {
  const bars = [{ name: "a", value: 8, text: "8" }, { name: "bc", value: 3, text: "3 %" }];
  assertEquals(barsText(bars, 2), "a  ██ 8\nbc ▊ 3 %");
  assertEquals(barsText([{ name: "a", value: 0, text: "0" }]), "a 0");
  assertEquals(barsText([]), "");
});

Deno.test("confusionText() writes counts in columns", () => {
  assertEquals(
    confusionText([[10, 1], [0, 2]]),
    "  │  0  1\n──┼──────\n0 │ 10  1\n1 │  ·  2",
  );
  assertEquals(confusionText([]).split("\n").length, 2);
});

Deno.test("imagesText() writes images side by side, a line for two rows", () => {
  const two = [1, 1, 1, 1, 0.5, 0.5, 0, 0, 0, 0, 1, 1];
  assertEquals(imagesText(two, [3, 2]), "@@\n++  @@");
  assertEquals(imagesText([-1, NaN, 9, 0.5], [1, 1], 2), "\n\n@  +");
  assertEquals(imagesText([], [2, 2]), "");
  const image = new Float32Array(784);
  image.fill(1, 0, 56);
  image.fill(0.5, 56, 70);
  const lines = imagesText(image, [28, 28]).split("\n");
  assertEquals(lines.length, 14);
  assertEquals(lines.slice(0, 3), ["@".repeat(28), ":".repeat(14), ""]);
});

Deno.test("sparkline() draws means, and blanks for what is not finite", () => {
  assertEquals(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
  assertEquals(sparkline([7, 7, 0, 0], 2), "█▁");
  assertEquals(sparkline([1, NaN, 1]), "▁ ▁");
  assertEquals(sparkline([]), "");
});
