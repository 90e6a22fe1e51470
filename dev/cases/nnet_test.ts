// Activations, convolution, pooling.

import { grad, T, type Variable } from "../../all.ts";
import { type Input, type Setting, testCase } from "./harness.ts";

testCase("nnet-activations", async (input, { compile }) => {
  const x = T.vector("x");
  const f = await compile([x], [
    T.sigmoid(x),
    T.hardSigmoid(x),
    T.ultraFastSigmoid(x),
    T.relu(x),
    T.relu(x, 0.1) as Variable,
    T.elu(x),
    T.selu(x),
    T.softplus(x),
    T.softsign(x),
  ]);
  const [o1, o2, o3, o4, o5, o6, o7, o8, o9] = f(input("x_val"));
  return { o1, o2, o3, o4, o5, o6, o7, o8, o9 };
});

async function convolved(
  input: Input,
  { compile }: Setting,
  options: Parameters<typeof T.conv2d>[2],
) {
  const [x, w] = T.tensor4s("x", "w");
  const f = await compile([x, w], T.conv2d(x, w, options));
  return { r: f(input("x_val"), input("w_val")) };
}

testCase(
  "conv2d-half-odd-even",
  (input, setting) => convolved(input, setting, { borderMode: "half" }),
);

testCase(
  "conv2d-no-flip",
  (input, setting) => convolved(input, setting, { borderMode: "valid", filterFlip: false }),
);

testCase("conv2d-gradients", async (input, { compile }) => {
  const [x, w] = T.tensor4s("x", "w");
  const c = T.conv2d(x, w, { borderMode: "half", subsample: [2, 1] }).pow(2).sum();
  const [gx, gw] = (await compile([x, w], grad(c, [x, w])))(input("x_val"), input("w_val"));
  return { gx, gw };
});

async function pooled(
  input: Input,
  { compile }: Setting,
  size: readonly [number, number],
  options: Parameters<typeof T.pool2d>[2],
) {
  const x = T.tensor4("x");
  return { r: (await compile([x], T.pool2d(x, size, options)))(input("x_val")) };
}

testCase(
  "pool2d-max-ignore",
  (input, setting) => pooled(input, setting, [2, 2], { ignoreBorder: true }),
);

testCase(
  "pool2d-max-stride",
  (input, setting) => pooled(input, setting, [3, 2], { ignoreBorder: true, stride: [1, 2] }),
);

testCase(
  "pool2d-avg-keep-partial",
  (input, setting) =>
    pooled(input, setting, [2, 4], { ignoreBorder: false, mode: "average_exc_pad" }),
);
