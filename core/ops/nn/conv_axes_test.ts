// Convolutions and pooling along one, two and three axes, against values computed with JAX.

import { assert, assertEquals, assertThrows } from "@std/assert";
import cases from "../../../dev/testing/conv/jax_conv.json" with { type: "json" };
import { numbers, onDevices, type TestDevice } from "../../../dev/testing/devices.ts";
import { check, spread } from "../../../dev/testing/autodiff/check.ts";
import { compile, nn, T, tensor, type Variable } from "../../../all.ts";
import { tanh } from "../elementwise/elementwise.ts";
import { conv1d, conv1dTranspose, conv3d, type ConvOptions, separableConv2d } from "./conv.ts";
import { pool1d, pool3d } from "./pool.ts";

type Call = (x: Variable, w: unknown, options: unknown) => Variable;
const functions = T as unknown as Record<string, Call>;

function made(shape: readonly number[], by: number) {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, (_, i) => ((i * by % 11) - 5) / 4);
  return tensor(data, { shape: [...shape] });
}

function expectNear(got: readonly number[], want: readonly number[], what: string) {
  assertEquals(got.length, want.length, what);
  got.forEach((x, i) =>
    assert(Math.abs(x - want[i]!) < 1e-5, `${what}, ${i}: ${x}, not ${want[i]}`)
  );
}

/** A type of every other input says no lengths. */
const typed = (i: number, shape: readonly number[]) =>
  T.tensor("float32", i % 2 === 0 ? shape : shape.map(() => null));

const among = <X>(device: TestDevice, all: readonly X[]) =>
  all.filter((_, i) => device === "cpu" || i % 3 === 1);

onDevices("convolutions and their transposes are those of JAX", async (device) => {
  const all = among(device, cases.convs), inputs: Variable[] = [], outputs: Variable[] = [];
  for (const { x, w, shape, options } of all) {
    const { padding, dilation, groups, strides } = options as Record<string, never>;
    const given = {
      filterFlip: false,
      ...padding !== undefined && { borderMode: padding },
      ...dilation !== undefined && { filterDilation: dilation },
      ...groups !== undefined && { numGroups: groups },
      ...strides !== undefined && { strides },
    };
    const [image, filters, slopes] = [x, w, shape].map((one, k) => typed(inputs.length + k, one));
    const name = `conv${x.length - 2}d`;
    inputs.push(image!, filters!, slopes!);
    outputs.push(
      functions[name]!(image!, filters, given),
      functions[`${name}Transpose`]!(slopes!, filters, { ...given, outputShape: x.slice(2) }),
    );
  }
  const f = await compile(inputs, outputs, { device });
  const found = f(
    ...all.flatMap(({ x, w, shape }) => [made(x, 7), made(w, 5), made(shape, 3)]) as never[],
  );
  all.forEach(({ x, w, shape, options, y, back }, i) => {
    const what = `[${x}] by [${w}], ${JSON.stringify(options)}`;
    assertEquals([found[2 * i]!.shape, found[2 * i + 1]!.shape], [shape, x], what);
    expectNear(numbers(found[2 * i]!), y, what);
    expectNear(numbers(found[2 * i + 1]!), back, `the transpose of ${what}`);
  });
});

onDevices("pooling is that of JAX", async (device) => {
  const all = among(device, cases.pools),
    modes = ["max", "sum", "average_inc_pad", "average_exc_pad"] as const;
  const inputs = all.map(({ x }, i) => typed(i, x));
  const outputs = all.flatMap(({ size, options }, i) =>
    modes.map((mode) =>
      functions[`pool${size.length}d`]!(inputs[i]!, size, { ...options, mode, ignoreBorder: true })
    )
  );
  const f = await compile(inputs, outputs, { device });
  const found = f(...all.map(({ x }) => made(x, 7)) as never[]);
  all.forEach((one, i) =>
    modes.forEach((mode, k) => {
      const got = found[modes.length * i + k]!, what = `${mode} of [${one.x}], [${one.size}]`;
      assertEquals(got.shape, one.shape, what);
      expectNear(numbers(got), one[mode], what);
    })
  );
});

Deno.test("gradients along one and three axes, of first and second order", () => {
  const options: ConvOptions<1> = { strides: 2, borderMode: "same", filterDilation: [2] };
  const second = { second: true };
  check(
    (x, w) => tanh(conv1d(x, w, options)),
    [spread([1, 2, 5]), spread([2, 2, 2], -1, 1, 2)],
    second,
  );
  check((x, w) => tanh(conv3d(x, w, { numGroups: 2, borderMode: [1, 0, 0] })), [
    spread([1, 2, 2, 2, 3]),
    spread([2, 1, 2, 1, 2], -1, 1, 2),
  ], second);
  check((x, w) => tanh(conv1dTranspose(x, w, { strides: 2, borderMode: "same" })), [
    spread([1, 2, 3]),
    spread([2, 1, 3], -1, 1, 2),
  ], second);
  check((x) => tanh(pool1d(x, 2, { stride: 1, mode: "sum" })), [spread([2, 4])], second);
  check((x) => tanh(pool3d(x, 2, { mode: "average_exc_pad" })), [spread([1, 3, 2, 2])], second);
  check((x) => tanh(pool3d(x, [1, 2, 2])), [spread([1, 2, 3, 2])], { second: false });
});

onDevices(
  "separable convolutions are one of each channel, then one of all at each place",
  async (device) => {
    const x = T.tensor("float32", [2, 3, 5, 4], "x"),
      d = T.ftensor4("d"),
      p = T.ftensor4("p"),
      any = T.ftensor4("any");
    const options = { borderMode: "same", strides: [2, 1] } as const;
    const first = T.conv2d(x, d, { ...options, numGroups: 3 }), both = T.conv2d(first, p);
    const outputs = [both, separableConv2d(x, d, p, options), separableConv2d(any, d, p, options)];
    const f = await compile([x, d, p, any], outputs, { device });
    const image = made([2, 3, 5, 4], 7);
    const [want, known, open] = f(image, made([6, 1, 3, 2], 5), made([4, 6, 1, 1], 3), image).map(
      numbers,
    );
    expectNear(known!, want!, "known channels");
    expectNear(open!, want!, "channels of a call");
  },
);

onDevices(
  'with padding "same" there is an output for each stride, of any length',
  async (device) => {
    const x = T.ftensor3("x"),
      w = T.ftensor3("w"),
      options = { borderMode: "same", strides: 2 } as const;
    const y = T.conv1d(x, w, options), back = T.conv1dTranspose(y, w, options);
    const layer = nn.conv1d({ W: w }, x, { padding: "same", stride: 2 });
    const f = await compile([x, w], [y, back, layer], { device });
    for (const [n, k] of [[5, 3], [6, 4], [1, 5], [4, 1]] as const) {
      const shapes = f(made([1, 1, n], 7), made([1, 1, k], 5)).map(({ shape }) => shape[2]!);
      const many = Math.ceil(n / 2);
      assertEquals(shapes, [many, 2 * many, many], `${n}, ${k}`);
    }
  },
);

Deno.test("other numbers of axes are errors, and types say the rank", () => {
  const x = T.ftensor3("x"), y = T.ftensor5("y");
  const line: Variable<"float32", 3> = T.conv1d(x, x), box: Variable<"float32", 5> = T.conv3d(y, y);
  assertEquals([line.ndim, box.ndim], [3, 5]);
  // @ts-expect-error a matrix
  assertThrows(() => T.conv1d(T.fmatrix("m"), x), TypeError, "(image, channel, position)");
  // @ts-expect-error two strides
  assertThrows(() => T.conv3d(y, y, { strides: [1, 1] }), RangeError, "strides");
  assertThrows(() => T.conv3d(y, y, { filterDilation: 0 }), RangeError, "dilations");
  // @ts-expect-error a vector
  assertThrows(() => T.pool3d(T.fvector("v"), 2), TypeError, "at least three axes");
  assertThrows(() => T.pool1d(x, 0), RangeError, "window sizes");
  assertThrows(() => T.separableConv1d(x, x, x, { numGroups: 2 } as never), TypeError, "numGroups");
});
