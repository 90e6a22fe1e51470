import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, ShapeError, T, type Variable } from "../../../all.ts";

function logSumExp(...x: number[]): number {
  const top = Math.max(...x);
  return top + Math.log(x.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

const x = T.fvector("x"), y = T.fvector("y"), m = T.fmatrix("m");
const X = [80, 79, -3], Y = [0.5, 0.25, 0.25], M = [Y, [0, 1, 1]];
const one = Math.log(0.5 + 0.25 / Math.E) + 80;
const { log } = Math;

const cases: readonly [name: string, build: () => Variable, expected: readonly number[]][] = [
  ["weights first", () => T.log(y.mul(T.exp(x.mul(10))).sum()), [
    logSumExp(800 + log(0.5), 790 + log(0.25)),
  ]],
  ["weights last", () => T.log(T.exp(x).mul(y).sum()), [one]],
  ["rows of weights", () => T.log(m.mul(T.exp(x)).sum(1)), [one, 79]],
  ["columns of weights", () => T.log(m.mul(T.exp(x)).sum(0)), [
    80 + log(0.5),
    79 + log(1.25),
    log(1.25) - 3,
  ]],
  ["all", () => T.log(m.mul(T.exp(x)).sum()), [logSumExp(80 + log(0.5), 79 + log(1.25))]],
  [
    "axis kept",
    () => T.log(m.mul(T.exp(x)).sum({ axis: 1, keepdims: true })),
    [one, 79],
  ],
  [
    "weights along another axis",
    () => T.log(y.dimshuffle(0, "x").mul(T.exp(x)).sum(1)),
    Y.map((v) => log(v) + logSumExp(...X)),
  ],
  ["transposed", () => T.log(m.T.mul(T.exp(x.at(":2"))).sum(1)), [
    80 + log(0.5),
    80 + log(0.25 + 1 / Math.E),
    80 + log(0.25 + 1 / Math.E),
  ]],
  [
    "densities",
    () => T.log(T.exp(T.neg(T.sqr(x.sub(y)))).div(T.sqrt(y.mul(2 * Math.PI))).sum()),
    [logSumExp(...X.map((v, i) => -((v - Y[i]!) ** 2) - 0.5 * log(2 * Math.PI * Y[i]!)))],
  ],
  ["times a number", () => T.log(T.mul(3, y.mul(T.exp(x)).sum())), [one + log(3)]],
  ["mean", () => T.log(y.mul(T.exp(x)).mean()), [one - log(3)]],
  ["times a sum", () => T.log(y.sum().mul(y.mul(T.exp(x)).sum())), [one]],
  ["over a sum", () => T.log(y.mul(T.exp(x)).sum().div(T.exp(x).sum())), [one - logSumExp(...X)]],
  ["in base 2", () => T.log2(y.mul(T.exp(x)).sum()), [one / Math.LN2]],
  [
    "two terms",
    () => T.log(y.mul(T.exp(x)).add(T.sqr(y).mul(T.exp(x.sub(1))))),
    X.map((v, i) => v + log(Y[i]! + Y[i]! ** 2 / Math.E)),
  ],
];

for (const [name, build, expected] of cases) {
  onDevices(`log of a weighted sum of exponentials: ${name}`, async (device) => {
    const f = await compile([x, y, m], build(), { device, onUnusedInput: "ignore" });
    const found = numbers(f(X, Y, M));
    assertEquals(found.length, expected.length);
    found.forEach((value, i) =>
      assertAlmostEquals(value, expected[i]!, 2e-5 * Math.abs(expected[i]!) + 1e-5)
    );
  });
}

onDevices("what has the weight 0 does not push the others out of range", async (device) => {
  const f = await compile([x, y], T.log(y.mul(T.exp(x)).sum()), { device });
  assertAlmostEquals(f([50, -60], [0, 1]).item(), -60, 1e-4);
  assertEquals(f([50, -60], [0, 0]).item(), -Infinity);
});

onDevices("an infinite exponent beside a weight makes an infinite sum", async (device) => {
  const e = T.exp(x);
  const sums = [
    T.log(y.mul(e).sum()),
    T.log(T.dot(y, e)),
    T.log(T.dot(m, e)),
    T.log(T.dot(m, T.exp(x.dimshuffle(0, "x").add([0, 1])))),
    T.log(y.mul(e).sum().add(1)),
    T.log1p(y.mul(e).sum()),
  ];
  const f = await compile([x, y, m], sums, { device });
  const all = (X: number[], Y: number[]) =>
    f(X, Y, [Y, Y]).map((value) => [...new Set(numbers(value))]);
  assertEquals(all([Infinity, 3], [1e-30, 2]), sums.map(() => [Infinity]));
  assertEquals(all([-Infinity, -Infinity], [1, 2]), [
    ...[1, 2, 3, 4].map(() => [-Infinity]),
    [0],
    [0],
  ]);
  // What has the weight 0 counts for nothing.
  assertAlmostEquals(all([Infinity, 3], [0, 2])[0]![0]!, 3 + log(2), 1e-5);
});

onDevices(
  "products of matrices of which one is known to have the inner length 1",
  async (device) => {
    const shapes = [[[null], [1, 3]], [[null], [1, null]], [[1], [null, null]]] as const;
    for (const [vector, matrix] of shapes) {
      const x = T.tensor("float32", vector), m = T.tensor("float32", matrix), e = T.exp(x);
      const f = await compile([x, m], [T.dot(e, m).div(e.sum()), T.log(T.dot(e, m))], { device });
      const found = f([-1000], [[1, 1, 1]]).map(numbers);
      assertEquals(found, [[1, 1, 1], [-1000, -1000, -1000]]);
    }
    const column = T.tensor("float32", [null, 1]);
    const f = await compile([column, m], T.log(T.dot(T.exp(column), m)), { device });
    assertThrows(() => f([[1], [2]], [[1, 2], [3, 4]]).dataSync(), ShapeError, "got 2");
  },
);

onDevices("inner lengths that differ are an error under a logarithm, too", async (device) => {
  const x = T.vector("x"), w = T.vector("w"), column = T.matrix("column");
  const forms = [
    T.dot(T.exp(x), w),
    T.dot(w, T.exp(x)),
    T.dot(T.exp(w), T.exp(x)),
    T.dot(T.exp(w), column),
    T.dot(w, T.exp(column)),
    T.dot(T.exp(column).T, w),
    T.dot(column.T, T.exp(w)),
  ];
  for (const form of forms) {
    const options = { device, onUnusedInput: "ignore" } as const;
    const f = await compile([x, w, column], T.log(form), options);
    const call = (...lengths: number[]) =>
      numbers(f(ones(lengths[0]!), ones(lengths[1]!), ones(lengths[2]!).map((one) => [one])));
    assertThrows(() => call(3, 1, 3), ShapeError);
    assertThrows(() => call(1, 3, 1), ShapeError);
    assertEquals(call(2, 2, 2).length, 1);
  }
});

function ones(count: number): number[] {
  return Array<number>(count).fill(1);
}

onDevices("quotients with weights overflow beside what does not count below", async (device) => {
  const x = T.vector("x"), v = T.vector("v"), w = T.vector("w"), e = T.exp(x);
  const quotients = [
    T.dot(e, v).div(T.dot(e, w)),
    T.dot(v, e).div(T.dot(w, e)),
    T.sum(T.mul(e, v)).div(T.sum(T.mul(e, w))),
  ];
  const f = await compile([x, v, w], quotients, { device });
  const all = (...args: number[][]) =>
    f(...args as [number[], number[], number[]]).flatMap(numbers);
  // 1e-6 * exp(200) is too much, 1e-6 times the largest number that there is would be one.
  assertEquals(all([200, 0], [1e-6, 1], [0, 1]), [Infinity, Infinity, Infinity]);
  assertEquals(all([200, 0], [-1e-6, 1], [0, 1]), [-Infinity, -Infinity, -Infinity]);
  assertEquals(all([200, 0], [0, 2], [0, 4]), [0.5, 0.5, 0.5]);
  assertEquals(all([200, 200], [1, 2], [2, 4]), [0.5, 0.5, 0.5]);
  assertEquals(all([Infinity, Infinity], [0, 1], [0, 2]).map(Number.isNaN), [true, true, true]);
});
