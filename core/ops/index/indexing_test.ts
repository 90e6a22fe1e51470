import { assert, assertEquals, assertThrows } from "@std/assert";
import { IndexError, ShapeError } from "../../base/errors.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import type { Variable } from "../../graph/graph.ts";
import {
  choose,
  flatnonzero,
  nonzero,
  nonzeroValues,
  ravelMultiIndex,
  take,
  takeAlongAxis,
  unravelIndex,
} from "./selecting.ts";
import { incIndex, incSubtensor, index, setIndex, setSubtensor, slice } from "./indexing.ts";
import type { IndexSpec } from "./index_spec.ts";
import { mul } from "../elementwise/elementwise.ts";
import { sliceRange } from "./subtensor.ts";
import {
  anyInput,
  counting,
  evaluate,
  input,
  randomSource,
  run,
  runPlanned,
  value,
} from "../../../dev/testing/ops/harness.ts";

const m34 = counting("float32", [3, 4]);
const cube = counting("float32", [2, 3, 4]);

function of(spec: IndexSpec, feed = m34): { shape: readonly number[]; elements: number[] } {
  const x = anyInput("float32", feed.shape.length, "x");
  const [result] = evaluate([index(x, spec)], [[x, feed]]);
  return { shape: result!.shape, elements: [...result!.data as Float64Array] };
}

Deno.test("sliceRange is Python's slice.indices", () => {
  // Checked against a plain walk that starts from what the bounds mean.
  for (let n = 0; n < 5; n++) {
    for (const step of [1, 2, 3, -1, -2, -3]) {
      for (let a = -7; a <= 7; a++) {
        for (let b = -7; b <= 7; b++) {
          const start = a === 7 ? null : a, stop = b === 7 ? null : b;
          const wanted: number[] = [];
          const at = (i: number) => i < 0 ? i + n : i;
          for (let i = step > 0 ? 0 : n - 1; i >= 0 && i < n; i += Math.sign(step)) {
            const after = start === null || (step > 0 ? i >= at(start) : i <= at(start));
            const before = stop === null || (step > 0 ? i < at(stop) : i > at(stop));
            if (after && before) wanted.push(i);
          }
          const every = wanted.filter((_, k) => k % Math.abs(step) === 0);
          const range = sliceRange(start, stop, step, n);
          const got = Array.from({ length: range.length }, (_, k) => range.start + k * range.step);
          assertEquals(got, every, `${start}:${stop}:${step} of ${n}`);
        }
      }
    }
  }
});

Deno.test("integers and slices", () => {
  assertEquals(of([1, 2]).elements, [6]);
  assertEquals(of([-1]).elements, [8, 9, 10, 11]);
  assertEquals(of("1:, ::-1"), { shape: [2, 4], elements: [7, 6, 5, 4, 11, 10, 9, 8] });
  assertEquals(of([slice(null, null, 2), slice(1, -1)]), {
    shape: [2, 2],
    elements: [1, 2, 9, 10],
  });
  assertEquals(of([slice(5, 9)]), { shape: [0, 4], elements: [] });
  assertEquals(of(["...", 0]).elements, [0, 4, 8]);
  assertEquals(of([null, 0, null, slice(0, 2)]), { shape: [1, 1, 2], elements: [0, 1] });
  assertEquals(of({ start: -2, step: 1 }).shape, [2, 4]);
  assertEquals(of([]).elements.length, 12);
});

Deno.test("symbolic integers and bounds follow NumPy for every value", () => {
  const x = anyInput("float32", 1, "x"),
    i = anyInput("int32", 0, "i"),
    s = anyInput("int64", 0, "s");
  const feed = [x, counting("float32", [4])] as const;
  const part = index(x, slice(i, null, s));
  for (const from of [-6, -4, -1, 0, 2, 4, 9]) {
    for (const step of [1, 2, -1, -3]) {
      const { start, length } = sliceRange(from, null, step, 4);
      const got = run(part, [feed, [i, value("int32", [], [from])], [
        s,
        value("int64", [], [step]),
      ]]);
      assertEquals(got, Array.from({ length }, (_, k) => start + k * step));
    }
  }
  const one = index(x, i);
  assertEquals(run(one, [feed, [i, value("int32", [], [-1])]]), [3]);
  assertThrows(
    () => evaluate([part], [feed, [i, value("int32", [], [0])], [s, value("int64", [], [0])]]),
    RangeError,
    "a step other than 0",
  );
});

Deno.test("an integer out of range is an error of the call", () => {
  const x = anyInput("float32", 1, "x"), i = anyInput("int32", 0, "i");
  for (const at of [3, -4, 100]) {
    const feeds = [[x, counting("float32", [3])], [i, value("int32", [], [at])]] as const;
    assertThrows(() => evaluateGraph([index(x, i)], new Map(feeds)), IndexError, `index ${at}`);
    assertThrows(() => runPlanned([index(x, i)], feeds), IndexError, "axis 0 has length 3");
  }
});

Deno.test("the reference refuses positions out of range of what has no elements", () => {
  const x = anyInput("float32", 2, "x"), i = anyInput("int32", 1, "i");
  const feeds = (at: number) =>
    new Map([[x, counting("float32", [2, 0])], [i, value("int32", [1], [at])]]);
  for (const at of [2, -3]) {
    assertThrows(() => evaluateGraph([index(x, i)], feeds(at)), IndexError, `index ${at}`);
    const set = setIndex(x, i, 0);
    assertThrows(() => evaluateGraph([set], feeds(at)), IndexError, `index ${at}`);
  }
  assertEquals(evaluateGraph([index(x, i)], feeds(-2))[0]!.shape, [1, 0]);
});

Deno.test("wrong indices are errors of the program", () => {
  const x = anyInput("float32", 2, "x");
  assertThrows(() => index(x, [0, 0, 0]), IndexError, "at most 2 axes, got 3");
  assertThrows(() => index(x, ["...", "..."]), IndexError, 'one "..."');
  assertThrows(() => index(x, 0.5), TypeError, "got 0.5");
  assertThrows(() => index(x, [[true, false]] as never), TypeError, "list of booleans");
  assertThrows(() => index(x, true as never), TypeError, "the boolean true");
  assertThrows(() => index(x, anyInput("float32", 1, "f")), TypeError, '"f"');
  assertThrows(() => index(x, "1:2:3:4"), SyntaxError, '"1:2:3:4"');
  assertThrows(() => index(x, "a"), SyntaxError);
  assertThrows(() => index(x, { begin: 1 } as never), TypeError, '"begin"');
});

Deno.test("positions along one axis", () => {
  assertEquals(of([[0, 0, 2]]), {
    shape: [3, 4],
    elements: [0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11],
  });
  assertEquals(of([":", [-1, 0]]), { shape: [3, 2], elements: [3, 0, 7, 4, 11, 8] });
  assertEquals(of([[[0, 1], [2, 0]], 1]), { shape: [2, 2], elements: [1, 5, 9, 1] });
  assertEquals(of([new Int32Array([2])]).shape, [1, 4]);
  assertEquals(of([[]]), { shape: [0, 4], elements: [] });
});

Deno.test("positions on several axes pair up, and NumPy says where their axes go", () => {
  assertEquals(of([[0, 2], [1, 3]]).elements, [1, 11]);
  const shapes: [IndexSpec, number[]][] = [
    [[[0, 1], ":", [1, 3]], [2, 3]],
    [[0, ":", [1, 3, 0]], [3, 3]],
    [[":", 0, [1, 3, 0]], [2, 3]],
    [[":", [0, 1, 2], 0], [2, 3]],
    [[[0, 1], null, [1, 2]], [2, 1, 4]],
    [[":", [[0], [1]], [0, 1, 2]], [2, 2, 3]],
    [["1:", [0, 1], "::2"], [1, 2, 2]],
    [[null, 0, ":", [0, 1]], [2, 1, 3]],
    [[[1, 0], "...", [0, 1]], [2, 3]],
  ];
  for (const [spec, wanted] of shapes) {
    assertEquals(of(spec, cube).shape, wanted, JSON.stringify(spec));
  }
  assertEquals(of([0, ":", [1, 3]], cube).elements, [1, 5, 9, 3, 7, 11]);
  assertEquals(of([[0, 1], ":", [1, 3]], cube).elements, [1, 5, 9, 15, 19, 23]);
});

Deno.test("symbolic positions", () => {
  const p = anyInput("float32", 2, "p"),
    n = anyInput("int32", 1, "n"),
    y = anyInput("int8", 1, "y");
  const picked = index(p, [n, y]);
  const feeds = (at: number[]) =>
    [[p, m34], [n, value("int32", [3], [0, 1, 2])], [y, value("int8", [3], at)]] as const;
  assertEquals(run(picked, feeds([3, 0, -1])), [3, 4, 11]);
  assertThrows(
    () => evaluateGraph([picked], new Map(feeds([0, 0, 4]))),
    IndexError,
    "index 4 of a value of shape (3, 4)",
  );
  for (const at of [4, -5]) {
    assertThrows(() => runPlanned([picked], feeds([0, 0, at])), IndexError, "axis 1 has length 4");
  }
});

Deno.test("masks", () => {
  const x = anyInput("float32", 2, "x"),
    mask = anyInput("bool", 2, "mask"),
    rows = anyInput("bool", 1, "rows");
  const feeds = [
    [x, m34],
    [mask, value("bool", [3, 4], [0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1])],
    [rows, value("bool", [3], [1, 0, 1])],
  ] as const;
  assertEquals(run(index(x, mask), feeds), [1, 4, 5, 11]);
  assertEquals(run(index(x, [rows]), feeds), [0, 1, 2, 3, 8, 9, 10, 11]);
  assertEquals(run(index(x, [rows, 1]), feeds), [1, 9]);
  assertEquals(run(index(x, [rows, "1:3"]), feeds), [1, 2, 9, 10]);
  assertEquals(run(index(x, [null, rows, 0]), feeds), [0, 8]);
  const none = [[x, m34], [mask, value("bool", [3, 4], new Array(12).fill(0))]] as const;
  assertEquals(run(index(x, mask), none), []);
  assertThrows(
    () => evaluate([index(x, rows)], [[x, m34], [rows, value("bool", [4], [1, 1, 0, 0])]]),
    ShapeError,
    'axis 0 of "x" has length 3, and axis 0 of the mask has length 4',
  );
});

Deno.test("nonzero", () => {
  const x = anyInput("int32", 2, "x");
  const feeds = [[x, value("int32", [2, 3], [0, 5, 0, -1, 0, 2])]] as const;
  const [rows, columns] = nonzero(x);
  const results = evaluate([rows!, columns!, flatnonzero(x), nonzeroValues(x)], feeds);
  assertEquals(results.map((v) => Array.from(v.data as Float64Array, Number)), [
    [0, 1, 1],
    [1, 0, 2],
    [1, 3, 5],
    [5, -1, 2],
  ]);
  assertThrows(() => nonzero(1), TypeError, "got a scalar");
});

Deno.test("take and takeAlongAxis", () => {
  const x = anyInput("float32", 2, "x"), feed = [[x, m34]] as const;
  assertEquals(run(take(x, [0, 5, -1]), feed), [0, 5, 11]);
  assertEquals(run(take(x, [[1]], 1), feed), [1, 5, 9]);
  assertEquals(run(take(x, [5, -6, 1], 0, "wrap"), feed).filter((_, i) => i % 4 === 0), [8, 0, 4]);
  assertEquals(run(take(x, [7, -6], 0, "clip"), feed).filter((_, i) => i % 4 === 0), [8, 0]);
  assertEquals(run(takeAlongAxis(x, [[3], [0], [1]], 1), feed), [3, 4, 9]);
  assertEquals(run(takeAlongAxis(x, [[2, 0, 1, 0]], 0), feed), [8, 1, 6, 3]);
  assertThrows(() => take(x, [0.5]), TypeError);
  assertThrows(() => take(x, [0], 2), RangeError);
  assertThrows(() => take(x, [0], 0, "other" as never), RangeError, '"other"');
});

Deno.test("choose", () => {
  const which = anyInput("int32", 1, "which"), a = anyInput("float32", 1, "a");
  const feeds = [[which, value("int32", [3], [1, 0, 1])], [a, counting("float32", [3])]] as const;
  assertEquals(run(choose(which, [a, 10]), feeds), [10, 1, 10]);
  assertEquals(run(choose(which, [mul(a, 2), a]), feeds), [0, 2, 2]);
  const far = [[which, value("int32", [3], [4, -1, 1])], feeds[1]] as const;
  assertEquals(run(choose(which, [a, 10], "clip"), far), [10, 1, 10]);
  assertEquals(run(choose(which, [a, 10], "wrap"), far), [0, 10, 10]);
  const table = anyInput("float32", 2, "table");
  assertEquals(run(choose(which, table), [feeds[0], [table, counting("float32", [2, 3])]]), [
    3,
    1,
    5,
  ]);
});

Deno.test("positions and multi-indices", () => {
  const flat = anyInput("int64", 1, "flat"),
    feed = [[flat, value("int64", [3], [0, 7, 23])]] as const;
  const parts = unravelIndex(flat, [2, 3, 4]);
  assertEquals(parts.map((part) => run(part, feed)), [[0, 0, 1], [0, 1, 2], [0, 3, 3]]);
  assertEquals(run(ravelMultiIndex(parts, [2, 3, 4]), feed), [0, 7, 23]);
});

Deno.test("setSubtensor and incSubtensor change what indexing reads", () => {
  const specs: IndexSpec[] = [
    [1, 2],
    [slice(1, 3)],
    ["...", "::-2"],
    [null, 0, slice(0, 2)],
    [[0, 2]],
    [":", [3, 1]],
    [[0, 2], [1, 3]],
    ["1:", [0, 2]],
    [null, [1], null, "1:3"],
  ];
  for (const spec of specs) {
    const x = anyInput("float32", 2, "x"), y = anyInput("float32", index(x, spec).ndim, "y");
    const part = index(x, spec);
    const [read] = evaluate([part], [[x, m34]]);
    const fresh = counting("float32", read!.shape, 100);
    const feeds = [[x, m34], [y, fresh]] as const;
    // Setting and reading again gives y; the rest of x stays.
    const set = setSubtensor(part, y), inc = incSubtensor(part, y);
    assertEquals(
      run(index(set, spec), feeds),
      [...fresh.data as Float64Array],
      JSON.stringify(spec),
    );
    const touched = run(setSubtensor(part, 0), [[x, counting("float32", [3, 4], 1)]]);
    const [all, before] = [run(set, feeds), [...m34.data as Float64Array]];
    touched.forEach((mark, i) => assert(mark === 0 || all[i] === before[i]));
    const sum = run(inc, feeds), base = run(index(inc, spec), feeds);
    base.forEach((v, i) => assertEquals(v, Number(read!.data[i]) + Number(fresh.data[i])));
    touched.forEach((mark, i) => assert(mark === 0 || sum[i] === before[i]));
  }
});

Deno.test("setIndex puts NumPy's order of axes right", () => {
  const x = anyInput("float32", 3, "x");
  const spec: IndexSpec = [0, ":", [1, 3]];
  const y = counting("float32", [2, 3], 100);
  const v = anyInput("float32", 2, "v");
  const feeds = [[x, cube], [v, y]] as const;
  assertEquals(run(index(setIndex(x, spec, v), spec), feeds), [100, 101, 102, 103, 104, 105]);
  assertEquals(run(setIndex(x, spec, v), feeds).slice(0, 8), [0, 100, 2, 103, 4, 101, 6, 104]);
});

Deno.test("duplicates: the last wins, or all are added", () => {
  const x = anyInput("float32", 1, "x"), feed = [[x, value("float32", [3], [0, 0, 0])]] as const;
  assertEquals(run(setIndex(x, [[0, 0, 2]], [1, 2, 3]), feed), [2, 0, 3]);
  assertEquals(run(incIndex(x, [[0, 0, 2]], [1, 2, 3]), feed), [3, 0, 3]);
  assertEquals(run(incIndex(x, [[1, 1, 1]], 1), feed), [0, 3, 0]);
  const m = anyInput("float32", 2, "m"), rows = [[m, counting("float32", [2, 2])]] as const;
  assertEquals(run(incIndex(m, [[1, 1]], [[10, 20], [30, 40]]), rows), [0, 1, 42, 63]);
});

Deno.test("masks are changed by scalars and by values", () => {
  const x = anyInput("float32", 2, "x"), mask = anyInput("bool", 2, "mask");
  const feeds = [[x, counting("float32", [2, 2], 1)], [
    mask,
    value("bool", [2, 2], [1, 0, 0, 1]),
  ]] as const;
  assertEquals(run(setIndex(x, mask, 0), feeds), [0, 2, 3, 0]);
  assertEquals(run(incIndex(x, mask, 10), feeds), [11, 2, 3, 14]);
  assertEquals(run(setSubtensor(index(x, mask), [7, 8]), feeds), [7, 2, 3, 8]);
  assertEquals(run(incSubtensor(index(x, mask), [7, 8]), feeds), [8, 2, 3, 12]);
});

Deno.test("changed parts keep the dtype, and refuse what does not fit", () => {
  const x = anyInput("int32", 1, "x"), feed = [[x, value("int32", [3], [1, 2, 3])]] as const;
  assertEquals(run(setIndex(x, 0, 1.5), feed), [1, 2, 3]);
  assertEquals(run(incIndex(x, slice(1), 2.9), feed), [1, 4, 5]);
  assertThrows(() => setIndex(x, 0, anyInput("int32", 1, "y")), TypeError, "at most 0 axes");
  assertThrows(
    () => setSubtensor(anyInput("float32", 1, "v"), anyInput("float32", 1, "u")),
    TypeError,
    'expected the result of indexing, such as x.at(0), got "v"',
  );
  const y = anyInput("int32", 1, "y");
  assertThrows(
    () => evaluate([setIndex(x, slice(1), y)], [...feed, [y, value("int32", [3], [0, 0, 0])]]),
    ShapeError,
    "Cannot change a part of shape (2,)",
  );
  assertThrows(() => setIndex(input("float32", [3]), slice(), input("float32", [2])), ShapeError);
});

Deno.test("integers of all widths and complex numbers can be picked and changed", () => {
  for (const dtype of ["int64", "uint8", "bool", "float64"] as const) {
    const x = anyInput(dtype, 1, "x"), feed = [[x, value(dtype, [3], [1, 0, 1])]] as const;
    assertEquals(run(index(x, [[2, 1]]), feed), [1, 0]);
    assertEquals(
      run(incIndex(x, [[1, 1]], x.dtype === "bool" ? true : 1), feed)[1],
      dtype === "bool" ? 1 : 2,
    );
  }
  const z = anyInput("complex64", 1, "z"),
    feed = [[z, value("complex64", [2], [1, 2, 3, 4])]] as const;
  assertEquals(run(index(z, slice(null, null, -1)), feed), [3, 4, 1, 2]);
  assertEquals(run(incIndex(z, [[0, 0]], z), feed), [5, 8, 3, 4]);
});

Deno.test("random basic indices agree with a plain walk", () => {
  const random = randomSource(7);
  const pick = (list: readonly (number | null)[]) => list[Math.floor(random() * list.length)]!;
  for (let round = 0; round < 60; round++) {
    const shape = [0, 1, 2].map(() => Math.floor(random() * 4));
    const feed = counting("float32", shape);
    const spec = shape.map(() =>
      slice(
        pick([null, -3, -1, 0, 1, 2, 5]),
        pick([null, -2, 0, 1, 3, 6]),
        pick([null, 1, 2, -1, -2]),
      )
    );
    const ranges = spec.map((s, d) =>
      sliceRange(
        s.start as number | null,
        s.stop as number | null,
        s.step as number | null,
        shape[d]!,
      )
    );
    const wanted: number[] = [];
    const [a, b, c] = ranges as [typeof ranges[0], typeof ranges[0], typeof ranges[0]];
    for (let i = 0; i < a!.length; i++) {
      for (let j = 0; j < b!.length; j++) {
        for (let k = 0; k < c!.length; k++) {
          const at = [i, j, k].map((p, d) => ranges[d]!.start + p * ranges[d]!.step);
          wanted.push((at[0]! * shape[1]! + at[1]!) * shape[2]! + at[2]!);
        }
      }
    }
    const x: Variable = anyInput("float32", 3, "x");
    assertEquals(run(index(x, spec), [[x, feed]]), wanted);
  }
});
