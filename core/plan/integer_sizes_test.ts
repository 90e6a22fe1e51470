import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import {
  compile,
  type DType,
  IndexError,
  scan,
  shared,
  T,
  type Tensor,
  type Variable,
} from "../../all.ts";
import { executorOf } from "../runtime/callable.ts";
import { Guards } from "../ir/size.ts";
import { Shapes } from "./shapes.ts";

const x = T.vector("x");
const xs = [10, 20, 30, 40, 50];

/** Runs a program of `x` and of an integer for some values of it. */
async function run(
  device: TestDevice,
  dtype: DType,
  values: readonly (number | bigint)[],
  build: (i: Variable) => Variable,
): Promise<number[][]> {
  const i = T.scalar("i", { dtype });
  const f = await compile([x, i], build(i), { device, onUnusedInput: "ignore" });
  return values.map((value) => numbers(f(xs, value as number) as Tensor));
}

/** Counts the steps of a loop. */
function counted(nSteps: Variable): Variable {
  const [count] = scan((s: Variable) => s.add(1), { outputsInfo: T.zeros([]), nSteps });
  return count.at(-1);
}

onDevices("Integers that say how much wrap as their dtype does", async (device) => {
  const cases: [string, DType, (number | bigint)[], (i: Variable) => Variable, number[][]][] = [
    ["uint8 i-2", "uint8", [1, 5], (i) => x.slice(null, i.sub(2)), [xs, [10, 20, 30]]],
    ["uint16 i-2", "uint16", [1, 5], (i) => x.slice(null, i.sub(2)), [xs, [10, 20, 30]]],
    ["uint32 i-2", "uint32", [1, 5], (i) => x.slice(null, i.sub(2)), [xs, [10, 20, 30]]],
    ["int8 i-2", "int8", [1], (i) => x.slice(null, i.sub(2)), [[10, 20, 30, 40]]],
    ["int8 arange(i+100)", "int8", [50, 10], (i) => T.arange(i.add(100)).shape[0]!, [[0], [110]]],
    ["uint8 arange(i*i)", "uint8", [50, 10], (i) => T.arange(i.mul(i)).shape[0]!, [[196], [100]]],
    ["uint8 i**2", "uint8", [17], (i) => T.arange(T.pow(i, 2)).shape[0]!, [[33]]],
    ["uint8 i<<4", "uint8", [17], (i) => T.arange(T.leftShift(i, 4)).shape[0]!, [[16]]],
    ["uint8 -i", "uint8", [254, 252], (i) => x.slice(T.neg(i)), [[30, 40, 50], [50]]],
    ["uint8 |i-3|", "uint8", [2], (i) => T.zeros([T.abs(i.sub(3))]).shape[0]!, [[255]]],
    ["int8 |-128|", "int8", [-128], (i) => x.slice(T.abs(i).add(125)), [[30, 40, 50]]],
    ["int8 (i-2)%7", "int8", [1], (i) => T.zeros([i.sub(2).mod(7)]).shape[0]!, [[6]]],
    ["uint8 (i-2)%7", "uint8", [1], (i) => T.zeros([i.sub(2).mod(7)]).shape[0]!, [[3]]],
    [
      "int32 i*i > 0",
      "int32",
      [50000, 100],
      (i) => x.at(T.cast(T.where(i.mul(i).gt(0), 1, 2), "int32")),
      [[30], [20]],
    ],
    ["uint8 of a length", "int64", [0], () => x.slice(T.cast(x.shape[0]!, "uint8").add(254)), [[
      40,
      50,
    ]]],
    [
      "elements of a range",
      "int64",
      [300],
      (i) => x.at(T.arange(0, i, 1, { dtype: "uint8" }).at(259)),
      [[40]],
    ],
    ["reshape", "int8", [18], (i) => T.zeros([136]).reshape([i.mul(i), -1]).shape[0]!, [[68]]],
    ["slice of slice", "int8", [1], (i) => x.slice(i).slice(i), [[30, 40, 50]]],
    ["steps", "int64", [1, 5], (i) => counted(T.cast(i, "uint8").sub(2)), [[255], [3]]],
    ["negated steps", "int64", [251], (i) => counted(T.cast(i, "int8").neg()), [[5]]],
  ];
  for (const [name, dtype, values, build, expected] of cases) {
    assertEquals(await run(device, dtype, values, build), expected, name);
  }
});

Deno.test("64-bit integers that say how much are exact", async () => {
  const big = 2n ** 62n;
  assertEquals(await run("cpu", "int64", [big, 1n], (i) => x.slice(null, i.mul(4).add(2))), [
    [10, 20],
    xs,
  ]);
  const offset = T.constant(big - 3n, { dtype: "int64" });
  assertEquals(await run("cpu", "int64", [big, big - 1n], (i) => x.slice(null, i.sub(offset))), [
    [10, 20, 30],
    [10, 20],
  ]);
  const low = (i: Variable) => x.at(T.cast(i, "int32"));
  assertEquals(await run("cpu", "int64", [2n ** 32n + 1n, 2n], low), [[20], [30]]);
  assertEquals(await run("cpu", "uint64", [1n], (i) => x.slice(null, i.sub(2))), [xs]);
  assertEquals(await run("cpu", "int64", [big], (i) => x.slice(null, i)), [xs]);
});

Deno.test("A position beyond 32 bits is out of range", async () => {
  const i = T.scalar("i", { dtype: "int64" });
  const f = await compile([x, i], x.at(i), { device: "cpu" });
  assertThrows(() => f(xs, 2 ** 32 + 1), Error, "out of range");
});

onDevices("a shared integer is a size, whatever its value at the call", async (device) => {
  for (const dtype of ["int32", "int64", "uint8"] as const) {
    const k = shared(3, { dtype, name: "k" }), x = T.fvector("x");
    const range = await compile([], T.arange(k), { device, updates: [[k, k.add(1)]] });
    const head = await compile([x], x.slice(0, k), { device });
    const ones = await compile([], T.ones([k, 2], "float32").sum(), { device });
    const steps = await compile([x], powers(x, k), { device });
    const inside = await compile([x], ranges(x, k), { device, mode: "debug" });
    const given = new Float32Array([1, 2, 3, 4, 5, 6]);
    for (const n of [3, 4, 5]) {
      assertEquals(numbers(head(given)), [1, 2, 3, 4, 5].slice(0, n));
      assertEquals(ones().item(), 2 * n);
      assertEquals(numbers(steps([2])), [2 ** n]);
      assertEquals(numbers(inside([1, 2])), [1, 2].map((v) => v * n * (n - 1) / 2));
      assertEquals(numbers(range()), Array.from({ length: n }, (_, i) => i));
    }
    k.setValue(0);
    assertEquals([numbers(head(given)), ones().item()], [[], 0]);
    assertEquals(executorOf(head).plans.length <= 3, true);
  }
});

function powers(x: Variable, k: Variable): Variable {
  const [rows] = scan((v: Variable) => v.mul(x), {
    outputsInfo: T.onesLike(x),
    nSteps: k,
  }) as unknown as [Variable];
  return rows.at(-1);
}

function ranges(x: Variable, k: Variable): Variable {
  const [rows] = scan((v: Variable) => v.mul(T.cast(T.arange(k).sum(), "float32")), {
    sequences: x,
  }) as unknown as [Variable];
  return rows;
}

Deno.test("The host follows the elements of vectors that are as short as shapes", () => {
  const shapes = new Shapes(new Guards(), new Map());
  for (const make of [(n: number) => T.arange(n), (n: number) => T.arange(n).mul(2).mod(7)]) {
    assertEquals(shapes.knows(make(64)), true);
    assertEquals(shapes.knows(make(65)), false);
    assertEquals(shapes.knows(T.max(make(64))), true);
    assertEquals(shapes.knows(T.max(make(65))), false);
  }
});

onDevices("Lengths that are computed from a range plan for all of its lengths", async (device) => {
  const n = T.scalar("n", { dtype: "int64" }), range = T.arange(n);
  const outputs = [
    range.at(range.mod(3).eq(1)).sum(),
    T.nonzero(range.ge(n.sub(2)))[0]!,
    T.arange(T.sum(T.cast(range.gt(3), "int32")).mod(5)),
    T.zeros([T.max(range).mod(4)]),
  ];
  const f = await compile([n], outputs, { device });
  for (const length of [10, 64, 65, 100, 20_000, 30_001, 2]) {
    const all = Array.from({ length }, (_, i) => i);
    const above = all.filter((i) => i > 3).length;
    assertEquals(f(length).map(numbers), [
      [all.filter((i) => i % 3 === 1).reduce((a, b) => a + b, 0)],
      [length - 2, length - 1],
      all.slice(0, above % 5),
      Array((length - 1) % 4).fill(0),
    ]);
  }
});

onDevices("an index that is out of range is told as it is given", async (device) => {
  const x = T.ivector("x"), k = T.lscalar("k"), i = T.lvector("i");
  const indices = [9007199254740993n, -9007199254740993n, 2n ** 63n - 1n];
  for (const mode of [{}, { base: "none" }, "debug"] as const) {
    const one = await compile([x, k], x.at(k), { device, mode });
    const several = await compile([x, i], x.at(i), { device, mode });
    for (const index of indices) {
      assertThrows(() => one([1, 2, 3], index).item(), IndexError, String(index));
      assertThrows(() => numbers(several([1, 2, 3], [0n, index])), IndexError, String(index));
    }
    assertEquals([one([1, 2, 3], -1n).item(), ...numbers(several([1, 2, 3], [1n]))], [3, 2]);
  }
  const fixed = await compile([x], x.at(T.constant(9007199254740993n, "int64")), { device });
  assertThrows(() => fixed([1, 2, 3]).item(), IndexError, "9007199254740993");
});
