// Sums whose terms a compiler would let meet: NaN, infinities and what is lost to rounding stay.

import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, T, type Variable } from "../../mod.ts";

const { add, sub, mul, neg } = T as unknown as Record<string, (...args: unknown[]) => Variable>;

type Write = (x: Variable, y: Variable) => Variable;

const sums: Readonly<Record<string, Write>> = {
  "x - x": (x) => sub!(x, x),
  "(x + y) - y": (x, y) => sub!(add!(x, y), y),
  "((x + y) + 1) - y": (x, y) => sub!(add!(add!(x, y), 1), y),
  "((x + y) - -1) - y": (x, y) => sub!(sub!(add!(x, y), -1), y),
  "((x + y) - -1) - x": (x, y) => sub!(sub!(add!(x, y), -1), x),
  "((x + 1) + y) - (y - 2)": (x, y) => sub!(add!(add!(x, 1), y), sub!(y, 2)),
  "(x + 1) - (y + x)": (x, y) => sub!(add!(x, 1), add!(y, x)),
  "((x + 1) - y) + y": (x, y) => add!(sub!(add!(x, 1), y), y),
  "(1 - x) + (x + 2)": (x) => add!(sub!(1, x), add!(x, 2)),
  "(-y + (x + 3)) + y": (x, y) => add!(add!(neg!(y), add!(x, 3)), y),
  "(x + 1) - (x + 1) * 1": (x) => sub!(add!(x, 1), mul!(add!(x, 1), 1)),
};

onDevices("sums keep what their terms have lost", async (device) => {
  const x = T.vector("x"), y = T.vector("y");
  const special = [0, 1, -2.5, 1e10, NaN, Infinity, -Infinity];
  const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
  const one = (value: number) => Math.fround(value);
  const plain: Readonly<Record<string, (x: number, y: number) => number>> = {
    "x - x": (x) => x - x,
    "(x + y) - y": (x, y) => one(x + y) - y,
    "((x + y) + 1) - y": (x, y) => one(one(x + y) + 1) - y,
    "((x + y) - -1) - y": (x, y) => one(one(x + y) + 1) - y,
    "((x + y) - -1) - x": (x, y) => one(one(x + y) + 1) - x,
    "((x + 1) + y) - (y - 2)": (x, y) => one(one(x + 1) + y) - one(y - 2),
    "(x + 1) - (y + x)": (x, y) => one(x + 1) - one(y + x),
    "((x + 1) - y) + y": (x, y) => one(one(x + 1) - y) + y,
    "(1 - x) + (x + 2)": (x) => one(1 - x) + one(x + 2),
    "(-y + (x + 3)) + y": (x, y) => one(-y + one(x + 3)) + y,
    "(x + 1) - (x + 1) * 1": (x) => one(x + 1) - one(x + 1),
  };
  for (const [name, write] of Object.entries(sums)) {
    // One by one: what has other uses is not moved.
    const f = await compile([x, y], write(x, y), {
      device,
      mode: { base: "none" },
      onUnusedInput: "ignore",
    });
    const found = numbers(f(pairs.map(([a]) => a), pairs.map(([, b]) => b)));
    const expected = pairs.map(([a, b]) => one(plain[name]!(a, b)));
    // The sign of 0 is left to the device.
    assertEquals(found.map((v) => v + 0), expected.map((v) => v + 0), name);
  }
});
