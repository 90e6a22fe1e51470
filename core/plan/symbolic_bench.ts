// What calls cost whose plan has symbols for all lengths, next to those of a plan made for the lengths:
// one group for each kind of kernel and length.

import {
  compile,
  type DType,
  grad,
  shared,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../../all.ts";

const device = "cpu";

function random(...shape: number[]): Tensor<DType> {
  const elements = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: elements }, () => Math.random()), { shape });
}

const x = T.fvector("x"), y = T.fvector("y"), X = T.fmatrix("X"), Y = T.fmatrix("Y");
const images = T.ftensor4("images"), filters = T.ftensor4("filters");
const weights = shared(random(784, 50)), last = shared(random(50, 10));

type Case = [name: string, inputs: Variable[], result: Variable[], make: (n: number) => Tensor[]];
const vectors = (n: number) => [random(n), random(n)];
const matrix = (n: number) => [random(n, n)];
const matrices = (n: number) => [random(n, n), random(n, n)];

const cases: Case[] = [
  ["elementwise", [x, y], [x.mul(2).add(y)], vectors],
  ["functions", [x, y], [x.mul(y).tanh()], vectors],
  ["transposed", [X, Y], [X.T.add(Y)], matrices],
  ["outer product", [x, y], [T.outer(x, y)], vectors],
  ["sum of rows", [X], [X.sum(1)], matrix],
  ["sum of columns", [X], [X.sum(0)], matrix],
  ["variance of rows", [X], [X.var(1)], matrix],
  ["place of the greatest", [X], [X.argmax(1)], matrix],
  ["softmax", [X], [T.softmax(X)], matrix],
  ["cumulative sum", [x], [x.cumsum()], (n) => [random(n)]],
  ["sort", [x], [x.sort()], (n) => [random(n)]],
  ["rows by number", [X], [X.take(T.arange(X.shape[0]!).mul(7).mod(X.shape[0]!), 0)], matrix],
  ["matrix by vector", [X, x], [X.dot(x)], (n) => [random(n, n), random(n)]],
  ["matrix product", [X, Y], [X.dot(Y)], matrices],
  ["convolution", [images, filters], [T.conv2d(images, filters)], (n) => [
    random(n / 32, 3, 28, 28),
    random(8, 3, 5, 5),
  ]],
  [
    "gradient of a network",
    [X],
    grad(T.tanh(X.dot(weights)).dot(last).sqr().sum(), [
      weights,
      last,
    ]),
    (n) => [random(n, 784)],
  ],
];

for (const [name, inputs, results, make] of cases) {
  for (const n of [64, 320]) {
    for (const [kind, dynamicAxes] of [["numbers", "none"], ["symbols", "all"]] as const) {
      const f = await compile(inputs, results, { device, dynamicAxes });
      const args = make(n);
      f(...args);
      Deno.bench({
        name: `${name} of ${n}: ${kind}`,
        group: `${name} of ${n}`,
        baseline: kind === "numbers",
        fn: () => {
          for (const result of f(...args)) result.dispose();
        },
      });
    }
  }
}
