import { assertEquals, assertThrows } from "@std/assert";
import { onDevices } from "../../../dev/testing/devices.ts";
import {
  AssertionError,
  compile,
  grad,
  type HookInfo,
  scan,
  shared,
  T,
  until,
  vmap,
} from "../../../all.ts";

/** Lines that are printed, and the option by which they are. */
function recorder() {
  const lines: string[] = [];
  return { lines, write: (text: string) => void lines.push(text) };
}

onDevices("values of a function and of its loops, in order", async (device) => {
  const { lines, write } = recorder();
  const x = T.fmatrix("x");
  const doubled = T.print("doubled", x.mul(2), { write });
  const [rows] = scan((row, sum) => {
    const [inner] = scan((v) => T.print("cell", v.mul(10), { write, every: 2 }), {
      sequences: T.print("row", row, { attrs: ["shape", "mean", "min", "max", "nans"], write }),
    });
    return T.print("sum", sum.add(inner.sum()), { write });
  }, { sequences: doubled, outputsInfo: T.constant(0, "float32") });
  const f = await compile([x], T.print("rows", rows, { write, every: 2 }), { device });
  const expected = [
    "doubled =\n[[2, 4],\n [6, 8]]",
    "row, step 0: shape [2], mean 3, min 2, max 4, 0 NaN",
    "cell, step 0, 0 = 20",
    "sum, step 0 = 60",
    "row, step 1: shape [2], mean 7, min 6, max 8, 0 NaN",
    "cell, step 1, 0 = 60",
    "sum, step 1 = 200",
  ];
  f([[1, 2], [3, 4]]);
  assertEquals(lines.splice(0), [...expected, "rows = [ 60, 200]"]);
  f([[1, 2], [3, 4]]);
  assertEquals(lines, expected);
});

onDevices(
  "only what is computed prints: sides of choices, steps that were made, rows",
  async (device) => {
    const { lines, write } = recorder();
    const x = T.fvector("x"), c = T.iscalar("c");
    const side = T.ifelse(
      c,
      T.print("one", x.add(1), { write }).sum(),
      T.ifelse(c.eq(0), 0, T.print("never", x, { write }).sum()),
    );
    const [walk] = scan((v, last) => {
      const next = T.print("next", last.add(v), { write });
      return [next, until(next.gt(2))];
    }, { sequences: x, outputsInfo: T.constant(0, "float32") });
    const [sums] = scan(
      (i) => T.print("part", x.at(T.slice(null, i)), { write }).sum(),
      { sequences: T.arange(3) },
    );
    const f = await compile([x, c], [side, walk, sums], { device });
    const steps = [
      "next, step 0 = 1",
      "next, step 1 = 3",
      "part, step 0 = []",
      "part, step 1 = [1]",
      "part, step 2 = [1, 2]",
    ];
    f([1, 2, 3], 1);
    assertEquals(lines.splice(0), ["one = [2, 3, 4]", ...steps]);
    f([1, 2, 3], 0);
    assertEquals(lines, steps);
  },
);

onDevices("gradients print when asked to, and nothing twice", async (device) => {
  const { lines, write } = recorder();
  const w = shared(2, { name: "w", dtype: "float32" }), x = T.fvector("x");
  const seen: unknown[] = [];
  for (const checkpoint of [undefined, 2]) {
    const [states] = scan((v, h) => {
      const next = T.print("h", T.tanh(h.mul(w).add(v)), { write });
      return T.hook(next, (value, info) => seen.push([value.shape, info]), {
        gradient: checkpoint !== undefined,
        every: 2,
      });
    }, {
      sequences: x,
      outputsInfo: T.constant(0, "float32"),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    const cost = T.log(T.print("e", T.exp(states.at(-1).mul(100)), { write, gradient: true }));
    const f = await compile([x], [grad(cost, w)], { updates: [[w, w.sub(grad(cost, w))]], device });
    w.setValue(2);
    f([0, 0, 0]);
    assertEquals(lines.filter((line) => line.startsWith("h")).length, 3);
    assertEquals(lines.splice(0).filter((line) => /^(gradient of )?e/.test(line)), [
      "e = 1",
      "gradient of e = 1",
    ]);
  }
  const info = (steps: number[], isGradient: boolean) => [[], { steps, isGradient }];
  // Without a gradient; then of two segments, of each of which the first step is seen.
  assertEquals(seen.slice(0, 4), [
    info([0], false),
    info([2], false),
    info([0, 0], false),
    info([0], false),
  ]);
  assertEquals(seen.slice(4).every((one) => (one as [unknown, HookInfo])[1].isGradient), true);
  assertEquals(seen.length > 4, true);
});

onDevices("assertions", async (device) => {
  const x = T.fvector("x"), total = shared(0, { name: "total", dtype: "float32" });
  const sure = T.assert(x, x.gt(0), "x must be positive");
  const [logs] = scan((v) => T.log(T.assert(v, v.lt(10), "too large")), { sequences: sure });
  const f = await compile([x], logs.sum(), { updates: [[total, total.add(sure.sum())]], device });
  f([1, 2]).dataSync();
  for (const [bad, words] of [[[1, -1], "x must be positive"], [[1, 11], "too large"]] as const) {
    const error = assertThrows(() => f(bad).dataSync(), AssertionError, words);
    assertEquals(error.message.includes("print_test.ts"), true, error.message);
  }
  assertEquals(total.getValue().item(), 3);
  const slope = await compile([x], grad(T.sqr(sure).sum(), x), { device });
  assertEquals([...slope([1, 2]).dataSync()], [2, 4]);
});

Deno.test("what cannot be printed or asserted says so", () => {
  const x = T.dvector("x");
  assertThrows(() => T.print("x", x, { attrs: ["median" as "mean"] }), TypeError, "attrs");
  assertThrows(() => T.print("x", x, { every: 0 }), TypeError, "every");
  assertThrows(() => T.print(x as unknown as string, x), TypeError, "label");
  assertThrows(() => T.hook(x, 3 as unknown as () => void), TypeError, "function");
  assertThrows(() => T.assert(x, x.gt(0), 3 as unknown as string), TypeError, "message");
});

onDevices("lengths may be zero, and loops have any strategy", async (device) => {
  const { lines, write } = recorder(), x = T.fvector("x"), m = T.fmatrix("m");
  const [h] = scan((row, h) => T.print("h", h.mul(0.5).add(row), { write }), {
    sequences: m,
    outputsInfo: T.zeros([2], "float32"),
    strategy: "lanes",
  });
  const shown = T.print("x", x, { attrs: ["shape", "min", "max"], write });
  const f = await compile([x, m], [shown.sum(), h.at(-1)], { device });
  f([], [[1, 2], [3, 4]]);
  f([2, 1], [[1, 2]]);
  assertEquals(lines, [
    "x: shape [0], min 0, max 0",
    "h, step 0 = [1, 2]",
    "h, step 1 = [3.5,   5]",
    "x: shape [2], min 1, max 2",
    "h, step 0 = [1, 2]",
  ]);
});

Deno.test("functions of one row print and assert for all rows", async () => {
  const { lines, write } = recorder(), rows = T.fmatrix("rows");
  const one = (row: typeof rows) => {
    const small = T.assert(row, row.lt(5), "too large");
    return T.print("row", small, { attrs: ["max"], write }).sum();
  };
  const f = await compile([rows], vmap(one)(rows), { device: "cpu" });
  assertEquals([...f([[1, 2], [3, 4]]).dataSync()], [3, 7]);
  assertEquals(lines, ["row, step 0: max 2", "row, step 1: max 4"]);
  assertThrows(() => f([[1, 2], [3, 9]]), AssertionError, "too large");
});
