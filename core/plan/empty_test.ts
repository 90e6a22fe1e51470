import { assertEquals, assertThrows } from "@std/assert";
import { onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import {
  compile,
  grad,
  IndexError,
  scan,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../../all.ts";

// A bad position in what has no elements is an IndexError, as in NumPy; a kernel of no elements does not
// look at it by itself.

const x = T.fmatrix("x"), i = T.iscalar("i"), v = T.ivector("v"), w = T.lvector("w");
const noColumns = tensor([], { shape: [2, 0] }), noRows = tensor([], { shape: [0, 2] });
const values = tensor([[1, 2], [3, 4]]), none = new Int32Array(0);

type Case = readonly [
  name: string,
  inputs: readonly Variable[],
  output: Variable,
  good: readonly unknown[],
  bad: readonly unknown[],
];

const few = Int32Array.of(0, 1), far = Int32Array.of(0, 5);

const cases: readonly Case[] = [
  ["a scalar", [x, i], x.at(i), [noColumns, -2], [noColumns, 2]],
  ["a computed scalar", [x, i], x.at(i.mul(i)), [noColumns, 1], [noColumns, 2]],
  ["a sum", [x, v], x.at(v.sum()), [noColumns, few], [noColumns, far]],
  ["an argmax", [x, v], x.at(T.argmax(v)), [noColumns, far], [noColumns, Int32Array.of(0, 1, 2)]],
  ["positions", [x, v], T.take(x, v, 0), [noColumns, few], [noColumns, far]],
  ["positions of an argmax of rows", [x, v], T.take(x, T.argmax(T.outer(v, v), 1), 0), [
    noColumns,
    few,
  ], [noColumns, Int32Array.of(0, 0, 7)]],
  ["sorted positions", [x, v], T.take(x, T.sort(v), 0), [noColumns, few], [noColumns, far]],
  ["int64 positions", [x, w], T.take(x, w.sub(1), 0), [noColumns, BigInt64Array.of(-1n)], [
    noColumns,
    BigInt64Array.of(-2n),
  ]],
  ["positions into an axis of no length", [x, v], T.take(x, v, 0), [noRows, none], [noRows, few]],
  ["beside an empty slice", [x, v], T.index(x, [v, T.slice(0, 0)]), [values, few], [values, far]],
  ["positions that broadcast to none", [x, v, w], T.index(x, [v.dimshuffle(0, "x"), w]), [
    values,
    far,
    new BigInt64Array(0),
  ], [values, far, BigInt64Array.of(0n)]],
  ["positions of positions", [x, v], T.take(T.take(x, v, 0), v, 0), [noColumns, few], [
    noColumns,
    Int32Array.of(0, 1, 2),
  ]],
  ["what is summed", [x, v], T.take(x, v, 0).add(1).sum(), [noColumns, few], [noColumns, far]],
  ["rows that are summed", [x, v], T.take(x, v, 0).sum(1), [noColumns, few], [noColumns, far]],
  ["columns that are summed", [x, v], T.take(x, v, 0).sum(0), [noColumns, few], [noColumns, far]],
  ["a product", [x, v], T.dot(T.take(x, v, 0), x.T), [noColumns, few], [noColumns, far]],
  ["a gradient", [x, v], grad(T.sqr(T.take(x, v, 0)).sum(), x), [noColumns, few], [noColumns, far]],
  ["set at a scalar", [x, i], T.setSubtensor(x.at(i), 1), [noColumns, 1], [noColumns, -3]],
  ["set at positions", [x, v], T.setSubtensor(T.take(x, v, 0), 1), [noColumns, few], [
    noColumns,
    far,
  ]],
  ["added at positions", [x, v], T.incSubtensor(T.take(x, v, 0), 1), [noColumns, few], [
    noColumns,
    far,
  ]],
  [
    "a branch",
    [x, i],
    T.ifelse(i, x.at(5), x.at(0)),
    [noColumns, 0],
    [noColumns, 1],
  ],
  [
    "a step",
    [x, v],
    scan((k) => x.at(k), { sequences: v })[0] as Variable,
    [noColumns, few],
    [noColumns, far],
  ],
  [
    "a step that was there",
    [x, v],
    scan((k, p) => p.add(x.at(k).sum()), { sequences: v, outputsInfo: T.constant(0, "float32") })[
      0
    ] as Variable,
    [noColumns, none],
    [noColumns, far],
  ],
];

async function read(device: TestDevice, [, inputs, output]: Case, args: readonly unknown[]) {
  const f = await compile([...inputs], output, { device });
  return () => (f(...args as never[]) as Tensor).dataSync();
}

for (const each of cases) {
  const [name, , , good, bad] = each;
  onDevices(`positions in nothing: ${name}`, async (device) => {
    (await read(device, each, good))();
    assertThrows(await read(device, each, bad), IndexError, "out of range");
  });
}

onDevices("positions in nothing that are constant", async (device) => {
  for (const part of [x.at(5), T.take(x, [0, 5], 0), T.setSubtensor(x.at(-3), 1)]) {
    const f = await compile([x], part, { device });
    assertThrows(() => (f(noColumns) as Tensor).dataSync(), IndexError, "out of range");
  }
});

onDevices("positions are looked at when the columns go, and come back", async (device) => {
  const f = await compile([x, v], T.take(x, v, 0), { device });
  for (let k = 0; k < 2; k++) {
    assertEquals((f(values, few) as Tensor).arraySync(), [[1, 2], [3, 4]]);
    assertThrows(() => (f(noColumns, far) as Tensor).dataSync(), IndexError, "got 5");
    assertEquals((f(noColumns, few) as Tensor).shape, [2, 0]);
  }
});

Deno.test("a kernel that has elements is not accompanied by a kernel of its checks", async () => {
  const f = await compile([x, v], T.take(x, v, 0), { device: "cpu" });
  const steps = (text: string) => text.split("\n").filter((line) => line.includes("checks")).length;
  f(values, few);
  const with2 = f.explain();
  f(noColumns, few);
  assertEquals([steps(with2) < steps(f.explain())], [true]);
});

onDevices("what is divided by its sum has sum 0 where there is nothing", async (device) => {
  const m = T.fmatrix("m"), v = T.fvector("v");
  const outputs = [T.softmax(v).sum(), T.softmax(m).sum(1), T.div(v, v.sum()).sum()];
  const f = await compile([m, v], outputs, { device });
  for (const rows of [0, 2]) {
    const results = f(tensor([], { shape: [rows, 0] }), []);
    assertEquals(results.map((y) => y.arraySync()), [0, Array(rows).fill(0), 0]);
  }
  assertEquals(f([[1, 2]], [1, 3])[2]!.arraySync(), 1);
});

onDevices("the sum of what a mean of no elements passes on is 0", async (device) => {
  const v = T.fvector("v"), slope = grad(v.mean(), v);
  const f = await compile([v], [slope.sum(), slope.mul(3).sum()], { device });
  for (const [given, want] of [[[], [0, 0]], [[1, 2], [1, 3]], [[], [0, 0]]] as const) {
    assertEquals(f([...given]).map((result) => result.item()), [...want]);
  }
});
