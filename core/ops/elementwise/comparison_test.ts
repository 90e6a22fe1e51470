import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../../dev/testing/devices.ts";
import { compile, scan, T, type Tensor, type Variable } from "../../../all.ts";

const EDGES = [0n, 1n, -1n, 5n, -7n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n]
  .concat([2n ** 63n - 2n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n) - 1n]);
const lefts = EDGES.flatMap((x) => EDGES.map(() => BigInt.asUintN(64, x)));
const rights = EDGES.flatMap(() => EDGES);
const u = T.tensor("uint64", [null], "u"), i = T.lvector("i");

const comparisons: Record<string, [typeof T.lt, (x: bigint, y: bigint) => boolean]> = {
  eq: [T.eq, (x, y) => x === y],
  neq: [T.neq, (x, y) => x !== y],
  lt: [T.lt, (x, y) => x < y],
  le: [T.le, (x, y) => x <= y],
  gt: [T.gt, (x, y) => x > y],
  ge: [T.ge, (x, y) => x >= y],
};

for (const mode of ["fastRun", "debug"] as const) {
  onDevices(`uint64 is compared with signed integers exactly (${mode})`, async (device) => {
    for (const [name, [op, holds]] of Object.entries(comparisons)) {
      const outputs: Variable[] = [op(u, i), op(i, u), op(u, T.cast(i, "int8")), op(u, 2n ** 53n)];
      outputs.push(op(u, -1n), op(T.shape(i).at(0), u));
      const f = await compile([u, i], outputs, { device, mode });
      const results = f(BigUint64Array.from(lefts), BigInt64Array.from(rights)) as Tensor[];
      const length = BigInt(rights.length);
      const expected = [
        lefts.map((x, k) => holds(x, rights[k]!)),
        lefts.map((x, k) => holds(rights[k]!, x)),
        lefts.map((x, k) => holds(x, BigInt.asIntN(8, rights[k]!))),
        lefts.map((x) => holds(x, 2n ** 53n)),
        lefts.map((x) => holds(x, -1n)),
        lefts.map((x) => holds(length, x)),
      ];
      results.forEach((result, k) =>
        assertEquals(numbers(result), expected[k]!.map(Number), `${name}, output ${k}`)
      );
    }
  });
}

onDevices("uint64 is compared with signed integers in loops and choices", async (device) => {
  const [[counts]] = [scan(
    (x: Variable, y: Variable, c: Variable) => c.add(T.where(T.gt(x, y), 1n, 1000n)),
    { sequences: [u, i], outputsInfo: T.constant(0n) },
  )];
  const f = await compile([u, i], [(counts as Variable).at(-1), T.lt(u, i).sum()], { device });
  const results = f(BigUint64Array.from(lefts), BigInt64Array.from(rights)) as Tensor[];
  const greater = lefts.filter((x, k) => x > rights[k]!).length;
  const less = lefts.filter((x, k) => x < rights[k]!).length;
  assertEquals(results.flatMap(numbers), [greater + 1000 * (lefts.length - greater), less]);
});
