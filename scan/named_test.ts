import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, scan, shared, T, until, type Variable } from "../all.ts";

onDevices("scan() by names gives what the positional form gives", async (device) => {
  const X = T.matrix("X"), Y0 = T.vector("Y0"), W = T.matrix("W");
  const named = scan({
    sequences: { x: { input: X, taps: [0, -1] } },
    carry: { y: Y0 },
    nonSequences: { W },
  }, ({ x, y, W }) => {
    const next = T.tanh(x.at(-1).dot(W).add(x.at(0)).add(y.at(-1)));
    return { y: next, squared: next.sqr() };
  });
  const [positional] = scan(
    (now: Variable, before: Variable, y: Variable, W: Variable) =>
      T.tanh(before.dot(W).add(now).add(y)),
    { sequences: { input: X, taps: [0, -1] }, outputsInfo: Y0, nonSequences: W },
  );
  const f = await compile([X, Y0, W], [named.y, named.squared, positional], { device });
  const [y, squared, expected] = f([[1, 2], [0.5, -1], [0, 0.25]], [0.1, 0.2], [[0.1, 0.2], [
    0.3,
    0.4,
  ]]).map(numbers);
  assertEquals(y, expected);
  squared!.forEach((value, i) => assertAlmostEquals(value, y![i]! ** 2, 1e-6));
});

onDevices("scan() by names takes conditions and updates", async (device) => {
  const count = shared(0), n = T.iscalar("n");
  const powers = scan(
    { carry: { p: T.constant(1) }, nSteps: n },
    ({ p }) => {
      const next = p.at(-1).mul(2);
      return [{ p: next }, until(next.gt(20)), new Map([[count, count.add(1)]])];
    },
  );
  const f = await compile([n], powers.p, { updates: powers.updates, device });
  assertEquals(numbers(f(100)), [2, 4, 8, 16, 32]);
  assertEquals(count.getValue().item(), 5);
});

Deno.test("scan() by names says what is missing or doubled", () => {
  const x = T.vector("x");
  assertThrows(
    () => scan({ sequences: { x }, carry: { s: 0 } }, ({ x }) => ({ t: x.at(0) })),
    TypeError,
    '"s" is carried, so the step must return its new value; it returned t',
  );
  assertThrows(
    () => scan({ sequences: { x } }, ({ x }) => ({ y: x.at(-1) })),
    RangeError,
    'Cannot read "x" at tap -1: its taps are [0]',
  );
  assertThrows(
    () => scan({ sequences: { x }, nonSequences: { x: 1 } }, () => ({ y: T.constant(1) })),
    TypeError,
    'two of its inputs are named "x"',
  );
});

Deno.test("types: named scans keep dtype and rank", () => {
  const X = T.fmatrix("X"), W = T.dmatrix("W");
  const { y, sums } = scan(
    { sequences: { x: X, late: { input: X, taps: [-1] } }, nonSequences: { W } },
    ({ x, late, W }) => {
      const row: Variable<"float32", 1> = x.at(0), before: Variable<"float32", 1> = late.at(-1);
      const fixed: Variable<"float64", 2> = W;
      return { y: row.add(before).dot(fixed), sums: row.sum() };
    },
  );
  const products: Variable<"float64", 2> = y, vector: Variable<"float32", 1> = sums;
  // @ts-expect-error the rank is 2
  const narrow: Variable<"float64", 1> = y;
  assertEquals([products, vector, narrow].map((v) => [v.dtype, v.ndim]), [
    ["float64", 2],
    ["float32", 1],
    ["float64", 2],
  ]);
});
