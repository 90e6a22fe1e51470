// Sums whose terms a compiler would let meet: NaN, infinities and what is lost to rounding stay.

import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, T, type Variable } from "../../all.ts";

const { add, sub, mul, neg } = T as unknown as Record<string, (...args: unknown[]) => Variable>;

type Write = (x: Variable, y: Variable) => Variable;

const r = Math.fround;

/** What is written, and the same of numbers, rounded to float32 by `r`. */
const sums: Readonly<Record<string, readonly [Write, (x: number, y: number) => number]>> = {
  "x - x": [(x) => sub!(x, x), (x) => x - x],
  "(x + y) - y": [(x, y) => sub!(add!(x, y), y), (x, y) => r(x + y) - y],
  "((x + y) + 1) - y": [(x, y) => sub!(add!(add!(x, y), 1), y), (x, y) => r(r(x + y) + 1) - y],
  "((x + y) - -1) - y": [(x, y) => sub!(sub!(add!(x, y), -1), y), (x, y) => r(r(x + y) + 1) - y],
  "((x + y) - -1) - x": [(x, y) => sub!(sub!(add!(x, y), -1), x), (x, y) => r(r(x + y) + 1) - x],
  "((x + 1) + y) - (y - 2)": [
    (x, y) => sub!(add!(add!(x, 1), y), sub!(y, 2)),
    (x, y) => r(r(x + 1) + y) - r(y - 2),
  ],
  "(x + 1) - (y + x)": [(x, y) => sub!(add!(x, 1), add!(y, x)), (x, y) => r(x + 1) - r(y + x)],
  "((x + 1) - y) + y": [(x, y) => add!(sub!(add!(x, 1), y), y), (x, y) => r(r(x + 1) - y) + y],
  "(1 - x) + (x + 2)": [(x) => add!(sub!(1, x), add!(x, 2)), (x) => r(1 - x) + r(x + 2)],
  "(-y + (x + 3)) + y": [
    (x, y) => add!(add!(neg!(y), add!(x, 3)), y),
    (x, y) => r(-y + r(x + 3)) + y,
  ],
  "(x + 1) - (x + 1) * 1": [
    (x) => sub!(add!(x, 1), mul!(add!(x, 1), 1)),
    (x) => r(x + 1) - r(x + 1),
  ],
};

onDevices("sums keep what their terms have lost", async (device) => {
  const x = T.vector("x"), y = T.vector("y");
  const special = [0, 1, -2.5, 1e10, NaN, Infinity, -Infinity];
  const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
  for (const [name, [write, plain]] of Object.entries(sums)) {
    // One by one: what has other uses is not moved.
    const f = await compile([x, y], write(x, y), {
      device,
      mode: { base: "none" },
      onUnusedInput: "ignore",
    });
    const found = numbers(f(pairs.map(([a]) => a), pairs.map(([, b]) => b)));
    const expected = pairs.map(([a, b]) => r(plain(a, b)));
    // The sign of 0 is left to the device.
    assertEquals(found.map((v) => v + 0), expected.map((v) => v + 0), name);
  }
});
