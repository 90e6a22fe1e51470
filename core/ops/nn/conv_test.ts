import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../base/errors.ts";
import { applyOp, makeConstant } from "../../graph/graph.ts";
import { sizeOf, type Value } from "../../graph/value.ts";
import { type BorderMode, conv2d, conv2dTranspose, type ConvOptions } from "./conv.ts";
import { pool2d, type PoolOptions } from "./pool.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import {
  anyInput,
  counting,
  evaluate,
  expectClose,
  input,
  numbers,
  randomSource,
  run,
  runPlanned,
  value,
} from "../../../dev/testing/ops/harness.ts";
import { foldWindowsOp, padded, windowed, type WindowParams } from "./window.ts";

const random = randomSource(11);

function noise(shape: readonly number[]): Value {
  return value("float64", shape, Array.from({ length: sizeOf(shape) }, () => random() * 4 - 2));
}

type Sides = readonly [readonly [number, number], readonly [number, number]];

/** The convolution by its definition: seven loops. */
function plainConv(
  x: Value,
  w: Value,
  pads: Sides,
  s: number[],
  d: number[],
  flip: boolean,
  groups: number,
) {
  const [n, c, h, v] = x.shape as [number, number, number, number];
  const [o, each, kh, kw] = w.shape as [number, number, number, number];
  const rows = Math.floor((h + pads[0][0] + pads[0][1] - ((kh - 1) * d[0]! + 1)) / s[0]!) + 1;
  const columns = Math.floor((v + pads[1][0] + pads[1][1] - ((kw - 1) * d[1]! + 1)) / s[1]!) + 1;
  const out: number[] = [];
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < o; b++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let m = 0; m < each; m++) {
            const channel = Math.floor(b / (o / groups)) * each + m;
            for (let p = 0; p < kh; p++) {
              for (let q = 0; q < kw; q++) {
                const r = i * s[0]! + p * d[0]! - pads[0][0],
                  t = j * s[1]! + q * d[1]! - pads[1][0];
                if (r < 0 || r >= h || t < 0 || t >= v) continue;
                const [fp, fq] = flip ? [kh - 1 - p, kw - 1 - q] : [p, q];
                sum += Number(x.data[((a * c + channel) * h + r) * v + t]) *
                  Number(w.data[((b * each + m) * kh + fp) * kw + fq]);
              }
            }
          }
          out.push(sum);
        }
      }
    }
  }
  return { shape: [n, o, rows, columns], out };
}

const cases: { options: ConvOptions; pads: Sides; x: number[]; w: number[] }[] = [
  { options: {}, pads: [[0, 0], [0, 0]], x: [2, 2, 5, 6], w: [3, 2, 3, 2] },
  { options: { borderMode: "half" }, pads: [[1, 1], [1, 1]], x: [2, 2, 5, 6], w: [3, 2, 3, 2] },
  { options: { borderMode: "full" }, pads: [[2, 2], [1, 1]], x: [1, 2, 4, 4], w: [2, 2, 3, 2] },
  {
    options: { borderMode: 1, subsample: [2, 1] },
    pads: [[1, 1], [1, 1]],
    x: [2, 1, 5, 4],
    w: [2, 1, 2, 2],
  },
  {
    options: { borderMode: [0, 2], filterFlip: false },
    pads: [[0, 0], [2, 2]],
    x: [1, 2, 4, 3],
    w: [1, 2, 3, 3],
  },
  {
    options: { borderMode: [[1, 0], [0, 2]] },
    pads: [[1, 0], [0, 2]],
    x: [1, 1, 3, 3],
    w: [2, 1, 2, 3],
  },
  {
    options: { filterDilation: [2, 1], borderMode: "half" },
    pads: [[2, 2], [1, 1]],
    x: [1, 2, 5, 5],
    w: [2, 2, 3, 3],
  },
  {
    options: { numGroups: 2, strides: 2 },
    pads: [[0, 0], [0, 0]],
    x: [2, 4, 5, 5],
    w: [6, 2, 3, 3],
  },
  { options: { numGroups: 3 }, pads: [[0, 0], [0, 0]], x: [1, 3, 3, 3], w: [3, 1, 2, 2] },
];

Deno.test("conv2d is the convolution that its definition says", () => {
  for (const { options, pads, x, w } of cases) {
    const [xs, ws] = [noise(x), noise(w)];
    const pair = (n: number | readonly [number, number] | undefined) =>
      n === undefined ? [1, 1] : typeof n === "number" ? [n, n] : [...n];
    const wanted = plainConv(
      xs,
      ws,
      pads,
      pair(options.subsample ?? options.strides),
      pair(options.filterDilation),
      options.filterFlip !== false,
      options.numGroups ?? 1,
    );
    // Once with shapes that are known when the program is built, once without.
    for (const known of [true, false]) {
      const a = known ? input("float64", x, "a") : anyInput("float64", 4, "a");
      const b = known ? input("float64", w, "b") : anyInput("float64", 4, "b");
      const [got] = evaluate([conv2d(a, b, options)], [[a, xs], [b, ws]]);
      assertEquals(got!.shape, wanted.shape, JSON.stringify(options));
      expectClose(numbers(got!), wanted.out);
    }
  }
});

Deno.test("conv2dTranspose is the adjoint of conv2d", () => {
  for (const { options, x, w } of cases) {
    const a = input("float64", x, "a"), b = input("float64", w, "b");
    const [xs, ws] = [noise(x), noise(w)];
    const [forward] = evaluate([conv2d(a, b, options)], [[a, xs], [b, ws]]);
    const g = anyInput("float64", 4, "g"), gs = noise(forward!.shape);
    const back = conv2dTranspose(g, b, { ...options, outputShape: [x[2]!, x[3]!] });
    const [adjoint] = evaluate([back], [[g, gs], [b, ws]]);
    assertEquals(adjoint!.shape, x);
    const inner = (p: Value, q: Value) =>
      numbers(p).reduce((sum, n, i) => sum + n * Number(q.data[i]), 0);
    expectClose([inner(forward!, gs)], [inner(xs, adjoint!)], 1e-9);
  }
});

Deno.test("conv2d knows static shapes", () => {
  const y = conv2d(input("float32", [null, 1, 28, 28]), input("float32", [20, 1, 5, 5]));
  assertEquals(y.type.shape, [null, 20, 24, 24]);
  const z = conv2d(anyInput("float32", 4), anyInput("float32", 4), {
    inputShape: [10, 1, 28, 28],
    filterShape: [20, 1, 5, 5],
    borderMode: "half",
  });
  assertEquals(z.type.shape, [10, 20, 28, 28]);
});

Deno.test("what conv2d refuses", () => {
  const x = anyInput("float32", 4, "x"), w = anyInput("float32", 4, "w");
  assertThrows(() => conv2d(anyInput("float32", 3, "m"), w), TypeError, '"m"');
  assertThrows(() => conv2d(x, w, { borderMode: [1, -1] }), RangeError, "[1, -1]");
  assertThrows(() => conv2d(x, w, { borderMode: "wide" as BorderMode }), RangeError, '"wide"');
  assertThrows(() => conv2d(x, w, { subsample: 0 }), RangeError, "strides");
  assertThrows(() => conv2d(x, w, { numGroups: 0 }), RangeError, "groups");
  assertThrows(
    () => conv2d(input("float32", [1, 3, 5, 5], "x"), input("float32", [1, 2, 3, 3], "w")),
    ShapeError,
    "expected 2 channels, got 3",
  );
  assertThrows(
    () => runPlanned([conv2d(x, w)], [[x, noise32([1, 3, 5, 5])], [w, noise32([1, 2, 3, 3])]]),
    ShapeError,
  );
});

function noise32(shape: readonly number[]): Value {
  return counting("float32", shape);
}

/** Pooling by its definition, over the elements that a window has. */
function plainPool(
  x: Value,
  ws: number[],
  options: PoolOptions,
): { shape: number[]; out: number[] } {
  const [h, v] = x.shape.slice(-2) as [number, number];
  const st = options.stride === undefined || options.stride === null
    ? ws
    : options.stride as readonly number[];
  const pad = (options.pad ?? [0, 0]) as readonly number[], mode = options.mode ?? "max";
  const count = (n: number, i: number) => {
    const [w, s] = [ws[i]!, st[i]!];
    if (options.ignoreBorder) return Math.floor((n + 2 * pad[i]! - w) / s) + 1;
    if (s >= w) return Math.floor((n - 1) / s) + 1;
    return Math.max(0, Math.floor((n - 1 - w + s) / s)) + 1;
  };
  const [rows, columns] = [count(h, 0), count(v, 1)];
  const outer = sizeOf(x.shape.slice(0, -2)), out: number[] = [];
  for (let a = 0; a < outer; a++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const found: number[] = [];
        let area = 0;
        for (let p = 0; p < ws[0]!; p++) {
          for (let q = 0; q < ws[1]!; q++) {
            const r = i * st[0]! + p - pad[0]!, t = j * st[1]! + q - pad[1]!;
            if (r < h + pad[0]! && t < v + pad[1]!) area++;
            if (r >= 0 && r < h && t >= 0 && t < v) found.push(Number(x.data[(a * h + r) * v + t]));
          }
        }
        const sum = found.reduce((total, n) => total + n, 0);
        if (mode === "max") out.push(Math.max(...found));
        else if (mode === "sum") out.push(sum);
        else out.push(sum / (mode === "average_inc_pad" ? area : found.length));
      }
    }
  }
  return { shape: [...x.shape.slice(0, -2), rows, columns], out };
}

Deno.test("pool2d in all modes, with borders and padding", () => {
  const modes = ["max", "sum", "average_inc_pad", "average_exc_pad"] as const;
  const layouts: [number[], PoolOptions][] = [
    [[2, 2], { ignoreBorder: true }],
    [[3, 2], { ignoreBorder: true, stride: [1, 2] }],
    [[2, 4], { ignoreBorder: false }],
    [[2, 2], {}],
    [[3, 3], { stride: [2, 2] }],
    [[2, 3], { stride: [3, 4] }],
    [[3, 3], { ignoreBorder: true, pad: [1, 2], stride: [2, 2] }],
    [[7, 7], { stride: [1, 3] }],
  ];
  for (const [size, layout] of layouts) {
    for (const mode of modes) {
      const options = { ...layout, mode }, xs = noise([1, 2, 5, 6]);
      const wanted = plainPool(xs, size, options);
      for (const x of [input("float64", [1, 2, 5, 6], "x"), anyInput("float64", 4, "x")]) {
        const [got] = evaluate([pool2d(x, size as [number, number], options)], [[x, xs]]);
        assertEquals(got!.shape, wanted.shape, JSON.stringify([size, options]));
        expectClose(numbers(got!), wanted.out);
      }
    }
  }
});

Deno.test("pool2d of integers and what it refuses", () => {
  const i = anyInput("int8", 2, "i"),
    feed = [[i, value("int8", [3, 2], [-9, -8, -7, -6, -5, -4])]] as const;
  assertEquals(run(pool2d(i, 2), feed), [-6, -4]);
  assertEquals(run(pool2d(i, 2, { mode: "average_exc_pad" }), feed), [-7.5, -4.5]);
  assertThrows(() => pool2d(i, 2, { pad: 1 }), RangeError, "ignoreBorder");
  assertThrows(
    () => pool2d(i, 2, { pad: 2, ignoreBorder: true }),
    RangeError,
    "below the window sizes",
  );
  assertThrows(() => pool2d(i, [2, 0]), RangeError);
  assertThrows(() => pool2d(anyInput("float32", 1, "v"), 2), TypeError, '"v"');
  assertThrows(() => pool2d(i, 2, { mode: "mean" as never }), RangeError, '"mean"');
});

Deno.test("windows, and the sum that undoes them, are adjoint", () => {
  const layouts: [number[], WindowParams][] = [
    [[7], { axes: [0], size: [3], stride: [1], dilation: [1] }],
    [[9], { axes: [0], size: [3], stride: [2], dilation: [2] }],
    [[5, 6], { axes: [0, 1], size: [2, 3], stride: [2, 1], dilation: [1, 2] }],
    [[5, 2, 6], { axes: [2], size: [2], stride: [3], dilation: [1] }],
    [[9, 10], { axes: [0, 1], size: [9, 8], stride: [1, 1], dilation: [1, 1] }],
    [[2], { axes: [0], size: [3], stride: [1], dilation: [1] }],
  ];
  for (const [shape, params] of layouts) {
    const x = anyInput("float64", shape.length, "x"), xs = noise(shape);
    const { axes, size, stride, dilation } = params;
    const [w] = evaluate([windowed(x, axes, size as number[], stride, dilation)], [[x, xs]]);
    const g = anyInput("float64", w!.shape.length, "g"), gs = noise(w!.shape);
    const lengths = shape.map((_, d) => shapeOf(x, d));
    for (const given of [params, { ...params, size: size.map(() => null) }]) {
      const fold = applyOp<WindowParams>(foldWindowsOp, [g, ...lengths], given).output;
      const [folded] = evaluate([fold], [[g, gs], [x, xs]]);
      const inner = (p: Value, q: Value) =>
        numbers(p).reduce((sum, n, i) => sum + n * Number(q.data[i]), 0);
      expectClose([inner(w!, gs)], [inner(xs, folded!)], 1e-9);
    }
  }
});

Deno.test("window sizes and widths may be symbolic", () => {
  const x = anyInput("float32", 1, "x"), n = anyInput("int32", 0, "n");
  const feeds = [[x, counting("float32", [4])], [n, value("int32", [], [2])]] as const;
  const [w] = evaluate([windowed(x, [0], [n], [1], [1])], feeds);
  assertEquals([w!.shape, numbers(w!)], [[3, 2], [0, 1, 1, 2, 2, 3]]);
  const nine = makeConstant(value("float32", [], [9]));
  assertEquals(run(padded(x, nine, [0], [n], [1]), feeds), [9, 9, 0, 1, 2, 3, 9]);
  const none = [feeds[0], [n, value("int32", [], [0])]] as const;
  assertThrows(() => runPlanned([windowed(x, [0], [n], [1], [1])], none), RangeError, "got 0");
  const negative = [feeds[0], [n, value("int32", [], [-1])]] as const;
  assertThrows(
    () => runPlanned([padded(x, nine, [0], [n], [0])], negative),
    RangeError,
    "widths >= 0",
  );
});
