import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import {
  compile,
  debugprint,
  evaluateGraph,
  grad,
  IndexError,
  scan,
  ShapeError,
  T,
  type Tensor,
  type Value,
  type Variable,
} from "../../../all.ts";

const k = T.scalar("k", { dtype: "int32" });
const v = T.vector("v");
const i = T.ivector("i");

type Feed = [k: number, v: number[], i: number[]];
const feed = (value: number, list: number[] = [1, 2], places: number[] = [0]): Feed => [
  value,
  list,
  places,
];

/** What is right, with its value, and what is wrong. */
const cases: Record<string, {
  build: () => Variable;
  right: [Feed, number[]][];
  wrong: Feed[];
}> = {
  topk: {
    build: () => T.topk(v, k),
    right: [[feed(1), [2]], [feed(2), [2, 1]], [feed(0), []]],
    wrong: [feed(3), feed(5), feed(-1)],
  },
  argtopk: { build: () => T.argtopk(v, k), right: [[feed(2), [1, 0]]], wrong: [feed(3)] },
  "topk of a number": {
    build: () => T.topk(v, 2),
    right: [[feed(0), [2, 1]]],
    wrong: [feed(0, [1])],
  },
  "topk of a negative number": {
    build: () => T.topk(v, -2),
    right: [[feed(0), [1, 2]]],
    wrong: [feed(0, [1])],
  },
  unravelIndex: {
    build: () => T.unravelIndex(i, [3, 4])[0]!,
    right: [[feed(0, [], [0, 4, 11]), [0, 1, 2]]],
    wrong: [feed(0, [], [12]), feed(0, [], [0, -1])],
  },
  "unravelIndex of a scalar": {
    build: () => T.unravelIndex(k, [3, 4])[1]!,
    right: [[feed(11), [3]]],
    wrong: [feed(12), feed(-1)],
  },
  ravelMultiIndex: {
    build: () => T.ravelMultiIndex([i, i], [3, 4]),
    right: [[feed(0, [], [2, 1]), [10, 5]]],
    wrong: [feed(0, [], [3]), feed(0, [], [-1])],
  },
  bincount: {
    build: () => T.bincount(i),
    right: [[feed(0, [], [2, 0]), [1, 0, 1]], [feed(0, [], []), []]],
    wrong: [feed(0, [], [-1]), feed(0, [], [2, -1])],
  },
  choose: {
    build: () => T.choose(i, [v, v.mul(10)]),
    right: [[feed(0, [1, 2], [1, 0]), [10, 2]]],
    wrong: [feed(0, [1, 2], [2]), feed(0, [1, 2], [-1])],
  },
  "repeat by counts": {
    build: () => T.repeat(v, i),
    right: [[feed(0, [1, 2], [0, 2]), [2, 2]]],
    wrong: [feed(0, [1, 2], [-1, 2]), feed(0, [1, 2], [2, -1])],
  },
  "sum of ones": { build: () => T.sum(T.ones([k])), right: [[feed(3), [3]]], wrong: [feed(-3)] },
  "length of zeros": {
    build: () => T.cast(T.zeros([k, 2]).shape[0]!, "int32"),
    right: [[feed(3), [3]], [feed(0), [0]]],
    wrong: [feed(-3)],
  },
  "alloc of a wrapped length": {
    build: () => T.sum(T.alloc(v.at(0), T.cast(k, "int8"))),
    right: [[feed(3), [3]]],
    wrong: [feed(200)],
  },
  "lengths that are computed": {
    build: () => T.sum(T.ones([T.sum(i, { dtype: "int32" })])),
    right: [[feed(0, [], [1, 2]), [3]]],
    wrong: [feed(0, [], [1, -2])],
  },
  "repeat and sum": {
    build: () => T.sum(T.repeat(v, k)),
    right: [[feed(2), [6]]],
    wrong: [feed(-1)],
  },
  "tile and sum": {
    build: () => T.sum(T.tile(v, [k])),
    right: [[feed(2), [6]]],
    wrong: [feed(-1)],
  },
  eye: { build: () => T.sum(T.eye(2, k)), right: [[feed(1), [1]]], wrong: [feed(-1)] },
  linspace: { build: () => T.linspace(0, 1, k), right: [[feed(2), [0, 1]]], wrong: [feed(-1)] },
  toOneHot: {
    build: () => T.toOneHot(i, k),
    right: [[feed(2, [], [1]), [0, 1]], [feed(2, [], []), []]],
    wrong: [feed(-1), feed(2, [], [2]), feed(2, [], [-1])],
  },
  "arange of floats": {
    build: () => T.arange(v.at(0), v.at(1), v.at(2)),
    right: [[feed(0, [0, 1, 0.5]), [0, 0.5]], [feed(0, [1, 0, 0.5]), []]],
    wrong: [[0, 1, NaN], [0, 1, 0], [0, NaN, 1], [NaN, 1, 1], [0, Infinity, 1], [-Infinity, 0, 1]]
      .map((bounds) => feed(0, bounds)),
  },
  split: {
    build: () => T.split(v, [k, T.sub(2, k)])[0]!,
    right: [[feed(1), [1]]],
    wrong: [feed(3), feed(-1)],
  },
  pad: {
    build: () => T.pad(v, [k, 0], { mode: "edge" }),
    right: [[feed(1), [1, 1, 2]]],
    wrong: [feed(-1)],
  },
};

for (const [name, { build, right, wrong }] of Object.entries(cases)) {
  onDevices(`${name}: a value or an error`, async (device) => {
    const f = await compile([k, v, i], build(), { device, onUnusedInput: "ignore" });
    for (const [args, expected] of right) {
      assertEquals(numbers(f(...args) as Tensor), expected);
      for (const bad of wrong) {
        assertThrows(() => (f(...bad) as Tensor).dataSync(), Error, "Cannot");
      }
      assertEquals(numbers(f(...args) as Tensor), expected);
    }
  });
}

onDevices("Positions are checked whatever they are positions of", async (device) => {
  const n = T.shape(v).at(0);
  const programs: Record<string, Variable> = {
    "zeros at": T.zeros([3]).at(k),
    "ones at": T.ones([n]).at(k).mul(2),
    "like ones": T.onesLike(v).at(k),
    "a row of zeros": T.zeros([3, 2]).at(k).sum(),
    "alloc of a vector": T.alloc(v, 2, 2).at(k),
    "a number stretched": T.broadcastTo(v.at(0), [3]).at(k),
    "a number repeated": T.repeat(v.at(0), 3).at(k),
    "taken from zeros": T.take(T.zerosLike(v), i.mul(k)),
    "taken along an axis": T.take(T.ones([3, 2]), i.mul(k), 1).sum(),
    "both positions": T.zeros([n]).at(k).add(T.ones([n]).at(k)),
    "set to zero": T.setSubtensor(T.zeros([3]).at(k), T.constant(0)),
    "increased by nothing": T.incSubtensor(v.at(k), T.constant(0)),
    "set and read back": T.setSubtensor(v.at(k), T.constant(5)).at(k),
    "sum of a change": T.sum(T.incSubtensor(T.take(T.zerosLike(v), i.mul(k)), 1)),
    "sum of counts": T.sum(T.bincount(i.sub(k))),
    gradient: grad(v.at(k), v),
    "gradient of what is taken": grad(T.sum(T.take(v, i.mul(k))), v),
    "in a step": scan((e: Variable) => T.zeros([3]).at(k).add(e), { sequences: v })[0] as Variable,
  };
  for (const [name, program] of Object.entries(programs)) {
    const f = await compile([v, i, k], program, { device, onUnusedInput: "ignore" });
    const right = () => numbers(f([1, 2], [0, 1], 0));
    const before = right();
    assertThrows(() => f([1, 2], [0, 1], 9).dataSync(), IndexError, "", name);
    assertEquals(right(), before, name);
  }
});

onDevices("Lengths are checked where their tensor comes to nothing", async (device) => {
  const total = T.sum(i, { dtype: "int32" });
  const programs: Record<string, Variable> = {
    "sum of zeros": T.sum(T.zeros([k])),
    "mean of ones": T.mean(T.ones([k])),
    "sum of zeros, length computed": T.sum(T.zeros([total])),
    "mean of ones, length computed": T.mean(T.ones([total])),
    "sum of ones, length computed": T.sum(T.ones([T.sum(i), 2]), 0),
    "shape, length computed": T.ones([T.sum(i)]).shape[0]!,
    "sum of a number": T.sum(T.alloc(v.at(0), T.sum(i))),
  };
  for (const [name, program] of Object.entries(programs)) {
    const f = await compile([v, i, k], program, { device, onUnusedInput: "ignore" });
    f([1, 2], [1, 2], 3).dataSync();
    assertThrows(() => f([1, 2], [1, -2], -1).dataSync(), Error, "length", name);
    f([1, 2], [1, 2], 3).dataSync();
  }
});

Deno.test("The reference checks as the devices do", () => {
  const int = (data: number[], shape = [data.length]): Value => ({
    dtype: "int32",
    shape,
    data: Float64Array.from(data),
  });
  const flat = T.unravelIndex(i, [3, 4]);
  assertEquals(evaluateGraph(flat, new Map([[i, int([11])]])).map((x) => Number(x.data[0])), [
    2,
    3,
  ]);
  assertThrows(() => evaluateGraph(flat, new Map([[i, int([12])]])), IndexError, "got 12");
  const ones = [T.ones([k])];
  assertThrows(() => evaluateGraph(ones, new Map([[k, int([-1], [])]])), ShapeError, "got -1");
});

Deno.test("Lengths that cannot be negative are not checked", () => {
  const unsigned = T.scalar("n", { dtype: "uint8" });
  assert(!debugprint(T.ones([v.shape[0]!.mul(2)])).includes("Length"));
  assert(!debugprint(T.ones([unsigned])).includes("Length"));
  assert(debugprint(T.ones([k])).includes("Length"));
});

onDevices("NaN is put after all numbers by searchsorted", async (device) => {
  const edges = T.vector("edges");
  const outputs = [T.searchsorted(edges, v), T.searchsorted(edges, v, "right")];
  const f = await compile([edges, v], outputs.map((x) => T.cast(x, "int32")), { device });
  const found = f([1, 2, 3], [NaN, 2, 4]).map(numbers);
  assertEquals(found, [[3, 1, 3], [3, 2, 3]]);
  assertEquals(f([1, NaN, NaN], [NaN, 1, 7]).map(numbers), [[1, 0, 1], [3, 1, 1]]);
});

onDevices("A floor division that gives 0 has the sign of the quotient", async (device) => {
  const [x, y] = [T.vector("x"), T.vector("y")];
  const f = await compile([x, y], T.intDiv(x, y), { device });
  const found = numbers(f([-0.05, 0.05, 0, 0, -0.05, 6], [-0.9, 0.9, 1, -1, 0.9, 4]));
  assertEquals(found.map(Math.abs), [0, 0, 0, 0, 1, 1]);
  if (device === "cpu") assertEquals(found.map((q) => Object.is(q, -0)).indexOf(true), 3);
});

onDevices("More degrees of freedom than elements divide by 0", async (device) => {
  const f = await compile([v], [T.var(v, { ddof: 2 }), T.std(v, { ddof: 5 })], { device });
  assertEquals(f([1, 2]).map(numbers), [[Infinity], [Infinity]]);
  assertEquals(f([3, 3]).map((t) => Number.isNaN(numbers(t)[0])), [true, true]);
  assertEquals(f([1, 2, 3, 4]).map((t) => Number.isFinite(numbers(t)[0])), [true, false]);
});
