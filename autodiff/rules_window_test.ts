import { conv2d, conv2dTranspose } from "../core/ops/nn/conv.ts";
import { tanh } from "../core/ops/elementwise/elementwise.ts";
import { pool2d, type PoolOptions } from "../core/ops/nn/pool.ts";
import { expectClose } from "../dev/testing/ops/harness.ts";
import { check, filled, gradients, spread } from "../dev/testing/autodiff/check.ts";

Deno.test("convolutions", () => {
  const options: NonNullable<Parameters<typeof conv2d>[2]>[] = [
    {},
    { borderMode: "full" },
    { borderMode: "half", filterFlip: false },
    { borderMode: [1, 2], subsample: [2, 1] },
    { filterDilation: [2, 1] },
  ];
  for (const option of options) {
    check(
      (x, w) => tanh(conv2d(x, w, option)),
      [spread([2, 2, 4, 3]), spread([2, 2, 2, 2], -1, 1, 2)],
      { second: option.borderMode === undefined },
    );
  }
  check(
    (x, w) => tanh(conv2d(x, w, { numGroups: 2 })),
    [spread([1, 4, 3, 3]), spread([2, 2, 2, 2], -1, 1, 2)],
    { second: false },
  );
  check(
    (x, w) => tanh(conv2dTranspose(x, w, { strides: [2, 2] })),
    [spread([1, 2, 2, 2]), spread([2, 1, 2, 3], -1, 1, 2)],
    { second: false },
  );
});

Deno.test("pooling", () => {
  const options: PoolOptions[] = [
    { mode: "max", ignoreBorder: true },
    { mode: "max", ignoreBorder: true, stride: [1, 2], pad: [1, 1] },
    { mode: "max" },
    { mode: "sum", ignoreBorder: true },
    { mode: "average_inc_pad", ignoreBorder: true, pad: [1, 0] },
    { mode: "average_exc_pad", ignoreBorder: true, pad: [1, 1] },
  ];
  for (const option of options) {
    check((x) => tanh(pool2d(x, [2, 3], option)), [spread([1, 2, 5, 6])], {
      second: option.mode === "sum",
    });
  }
});

Deno.test("equal elements of a window share the gradient", () => {
  const x = filled([1, 1, 2, 2], (i) => [1, 3, 3, 0][i]!);
  const [g] = gradients((v) => pool2d(v, [2, 2], { ignoreBorder: true }), [x]);
  expectClose(g!, [0, 0.5, 0.5, 0]);
});
