import { assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, grad, LimitError, scan, T, type Variable } from "../../all.ts";
import { baseSize, countsTogether } from "../ir/size.ts";

const huge = 2 ** 32;

onDevices("What has more than 2³¹ positions is a LimitError before it runs", async (device) => {
  const n = T.scalar("n", { dtype: "int64" });
  const row = T.arange(n, { dtype: "int32" });
  const [counted] = scan((s: Variable) => s.add(1), { outputsInfo: T.zeros([]), nSteps: n });
  // Through floats, so that the host does not know it.
  const last = T.cast(T.cast(n, "float32"), "int64").sub(1);
  const programs: [string, Variable, number, number][] = [
    ["positions of a mask", T.nonzero(row.eq(9))[0]!.at(0), 9, 2 ** 31 + 3],
    ["elements by a mask", T.arange(n).at(row.gt(8)).at(0), 9, 2 ** 31 + 3],
    ["elements by computed positions", T.arange(n).take(T.stack([last])).at(0), 9, huge],
    ["sum of int64", T.sum(T.arange(n)), 45, huge + 10],
    ["sum of a range", T.sum(T.cast(row, "float32")), 45, huge + 10],
    ["one more than fits", T.sum(T.cast(row, "float32")), 45, 2 ** 31],
    ["loop", counted.at(-1), 10, huge + 5],
    ["argmax over two axes", T.argmax(row.dimshuffle(0, "x").add(row)), 99, 70000],
    ["reshape", T.mul(T.ones([n, n]), T.cast(row, "float32")).ravel().at(-1), 9, 70000],
  ];
  for (const [name, program, expected, long] of programs) {
    const f = await compile([n], program, { device });
    assertEquals(numbers(f(10)), [expected], name);
    // The plan for ten must not serve it.
    assertThrows(() => f(long), LimitError, "32-bit positions", name);
    assertEquals(numbers(f(10)), [expected], name);
  }
});

onDevices("Lengths that are constant are refused at the first call", async (device) => {
  const f = await compile([], T.arange(huge + 10).sum(), { device });
  assertThrows(() => f(), LimitError, String(huge + 10));
});

onDevices("Parts of a range too long to run over are right", async (device) => {
  const n = T.scalar("n", { dtype: "int64" }), k = T.scalar("k", { dtype: "int64" });
  const range = T.arange(n);
  const outputs = [
    range.at(-1),
    range.at(k),
    range.slice(k, k.add(3)),
    range.slice(null, null, -1).slice(0, 2),
    range.slice(null, null, k),
    T.arange(0, n, k),
    T.arange(n, 0, k.neg()),
    range.shape[0]!,
  ];
  const f = await compile([n, k], outputs, { device });
  for (const [length, from] of [[10, 4], [huge + 6, huge + 1]] as const) {
    const found = f(length, from).map(numbers);
    const later = length > 2 * from ? [2 * from] : [];
    assertEquals(found, [
      [length - 1],
      [from],
      [from, from + 1, from + 2],
      [length - 1, length - 2],
      [0, from, ...later],
      [0, from, ...later],
      [length, length - from, ...(later.length > 0 ? [length - 2 * from] : [])],
      [length],
    ]);
  }
});

onDevices("Offsets of diagonals and rolls may be long", async (device) => {
  const k = T.scalar("k", { dtype: "int64" });
  const outputs = [T.sum(T.eye(3, 3, k)), T.sum(T.tri(3, 3, k)), T.roll(T.arange(5), k)];
  const f = await compile([k], outputs, { device });
  assertEquals(f(huge).map(numbers), [[0], [9], [4, 0, 1, 2, 3]]);
  assertEquals(f(-huge).map(numbers), [[0], [0], [1, 2, 3, 4, 0]]);
  assertEquals(f(1).map(numbers), [[2], [8], [4, 0, 1, 2, 3]]);
});

Deno.test("Axes run as one only while their positions fit 32 bits", () => {
  assertEquals(countsTogether([40000, 40000], [40000, 40000]), true);
  assertEquals(countsTogether([50000, 50000], [50000, 50000]), false);
  const n = baseSize("n0.0", 0, 1000);
  assertEquals(countsTogether([n, n], [n, n]), true);
  assertEquals(countsTogether([n, n], [n, n, 5000]), false);
});

onDevices(
  "What has more elements than can be counted is a LimitError, not a wrapped number",
  async (device) => {
    const n = T.lscalar("n"), q = T.fscalar("q"), rest = [n, q];
    const cube = T.alloc(q, n, n, n), ones = T.ones([n, n, n]), square = n.mul(n);
    const programs: Record<string, [Variable, number | number[]]> = {
      mean: [cube.mean(), 2],
      "mean over two axes": [T.ones([n, n, n, 2]).mean([0, 1, 2]), [1, 1]],
      "mean over four": [T.alloc(q, n, n, n, n).mean(), 2],
      var: [cube.var(), 0],
      std: [ones.std(), 0],
      "mean of bools": [T.ones([n, n, n], "bool").mean(), 1],
      size: [ones.size, 1000],
      "sum of integers": [T.ones([n, n, n], "int64").sum(), 1000],
      "count of bools": [T.ones([n, n, n], "bool").sum(), 1000],
      reshape: [cube.reshape([-1]).shape[0]!, 1000],
      flatten: [cube.flatten().shape[0]!, 1000],
      repeat: [T.repeat(T.alloc(q, n), square.mul(1000), 0).shape[0]!, 1e6],
      tile: [T.tile(T.alloc(q, n), [square.mul(1000)]).shape[0]!, 1e6],
      outer: [T.outer(T.alloc(q, square), T.alloc(q, n)).size, 1000],
      join: [
        T.join(0, T.alloc(q, square.mul(600)), T.alloc(q, square.mul(600))).shape[0]!,
        120_000,
      ],
      gradient: [grad(cube.mean(), q), 1],
    };
    for (const [name, [program, expected]] of Object.entries(programs)) {
      const f = await compile(rest, program, { device, onUnusedInput: "ignore" });
      const right = [expected].flat();
      assertEquals(numbers(f(10, 2)), right, name);
      const { message } = assertThrows(() => f(3_000_000, 2), LimitError, "exact integers", name);
      assertMatch(message, /\n {2}in .*limits_test.*\n {2}called at .*limits_test/, name);
      assertEquals(numbers(f(10, 2)), right, name);
    }
    // What is not counted is not refused, and integers of the user's wrap.
    const f = await compile(rest, [ones.sum(), square.mul(n)], { device, onUnusedInput: "ignore" });
    const [sum, product] = f(3_000_000, 2);
    assertAlmostEquals(sum!.item() as number, 2.7e19, 1e13);
    assertEquals(product!.item(), BigInt.asIntN(64, 3_000_000n ** 3n));
  },
);

Deno.test("A fixed length that cannot be counted is a LimitError", () => {
  for (const n of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    assertThrows(() => T.arange(T.constant(n, "int64")), LimitError, "exact integers");
  }
  assertThrows(() => T.tensorType("float32", [2 ** 53]), LimitError, "exact integers");
});
