import { assertEquals } from "@std/assert";
import { compile, nn, RandomStreams, T, tensor, type Variable } from "../all.ts";

Deno.test("layers along one and three axes are the functions of T, filters unturned, with biases", async () => {
  const streams = new RandomStreams(3), line = T.ftensor3("line"), box = T.ftensor5("box");
  const p = await nn.init({
    line: nn.initConv1d(streams, 1, 4, { size: [3] }),
    box: nn.initConv3d(streams, 2, 2, { size: [1, 2, 3] }),
  });
  p.line.b.setValue([1, 2, 3, 4]);
  const turned = (w: Variable, axes: number[]) => T.flip(w, axes);
  const pairs: [Variable, Variable][] = [
    [
      nn.conv1d(p.line, line, { groups: 2, padding: "half", stride: 2 }),
      T.conv1d(line, turned(p.line.W, [2]) as Variable<"float32", 3>, {
        numGroups: 2,
        borderMode: "half",
        strides: 2,
      }).add(T.dimshuffle(p.line.b, "x", 0, "x")),
    ],
    [
      nn.conv3d(p.box, box, { dilation: [1, 1, 1] }),
      T.conv3d(box, turned(p.box.W, [2, 3, 4]) as Variable<"float32", 5>),
    ],
    [nn.maxPool1d(line, 2), T.pool1d(line, 2, { ignoreBorder: true })],
    [
      nn.averagePool1d(line, 3, { stride: 1, padding: 1 }),
      T.pool1d(line, 3, { stride: 1, pad: 1, ignoreBorder: true, mode: "average_inc_pad" }),
    ],
    [nn.maxPool3d(box, [1, 2, 2]), T.pool3d(box, [1, 2, 2], { ignoreBorder: true })],
    [
      nn.averagePool3d(box, 2),
      T.pool3d(box, 2, { ignoreBorder: true, mode: "average_inc_pad" }),
    ],
  ];
  const f = await compile([line, box], pairs.flat(), { device: "cpu" });
  const made = (shape: number[]) =>
    tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)), {
      shape,
    });
  const found = f(made([2, 2, 6]), made([1, 2, 3, 4, 5])).map((result) => result.arraySync());
  pairs.forEach((_, i) => assertEquals(found[2 * i], found[2 * i + 1], `${i}`));
});
