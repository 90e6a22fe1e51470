import { assertEquals } from "@std/assert";
import { drawLooks, looksText } from "./looks.ts";

const picture = new Float32Array(16);
picture[0] = picture[13] = 0.5; // the first pixel, and the second one of the last row
const looks = [
  { word: "three", weights: Float32Array.of(0, 0.1, 0.4, 0.5) },
  { word: "<end>", weights: Float32Array.of(0.25, 0.25, 0.25, 0.25) },
];

Deno.test("where was looked is drawn over the picture, the most as dense as can be", () => {
  const svg = drawLooks(picture, looks, "three & <end>");
  const squares = [...svg.matchAll(/<rect x="(\d)" y="(\d)" width="2" .*?fill-opacity="(.*?)"/g)];
  assertEquals(squares.map(([, ...found]) => found.join(" ")), [
    ...["2 0 0.15", "0 2 0.60", "2 2 0.75"],
    ...["0 0 0.75", "2 0 0.75", "0 2 0.75", "2 2 0.75"],
  ]);
  assertEquals(svg.split('scale(21)"').length - 1, 3);
  const texts = [...svg.matchAll(/<text .*?>(.*?)<\/text>/g)].map(([, text]) => text);
  assertEquals(texts, ["three &amp; &lt;end&gt;", "", "three", "&lt;end&gt;"]);
});

Deno.test("where was looked is written beside the picture in dots", () => {
  assertEquals(looksText(picture, looks), [
    "⢁⠀ three <end>",
    "    ░    ██",
    "   ▓█    ██",
  ]);
});
