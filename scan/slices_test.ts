import { assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { compile, grad, IndexError, scan, shared, T, type Variable } from "../all.ts";

onDevices("scan() slices minibatches by a place that changes with the step", async (device) => {
  const x = shared([[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]]);
  const n = T.iscalar("n");
  const [sums] = scan(
    (i: Variable) => T.index(x, [T.slice(i.mul(2), i.add(1).mul(2))]).sum({ axis: 0 }),
    { sequences: T.arange(n) },
  );
  const f = await compile([n], sums as Variable, { device });
  assertEquals(f(3).arraySync(), [[4, 6], [12, 14], [20, 22]]);
  assertEquals(f(2).arraySync(), [[4, 6], [12, 14]]);
});

Deno.test("the gradient of a slice that moves goes to the rows it read", async () => {
  const x = T.dvector("x");
  const [sums] = scan((i: Variable) => T.index(x, [T.slice(i, i.add(2))]).sqr().sum(), {
    sequences: T.arange(3),
  });
  const f = await compile([x], grad((sums as Variable).sum(), x), { device: "cpu" });
  assertEquals(numbers(f([1, 2, 3, 4, 5])), [2, 8, 12, 8, 0]);
});

Deno.test("a slice that moves out of range is an error", async () => {
  const x = T.vector("x");
  const [sums] = scan((i: Variable) => T.index(x, [T.slice(i, i.add(3))]).sum(), {
    sequences: T.arange(4),
  });
  const f = await compile([x], sums as Variable, { device: "cpu" });
  assertEquals(numbers(f([1, 1, 1, 1, 1, 1])), [3, 3, 3, 3]);
  assertThrows(() => f([1, 1, 1, 1]), IndexError);
});
