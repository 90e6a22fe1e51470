import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../dev/testing/devices.ts";
import { compile, grad, scan, ShapeError, T, type Tensor, type Variable } from "../all.ts";

// deno-lint-ignore no-explicit-any
type Step = any;

function loop(step: Step, options: object): Variable {
  const results = (scan as unknown as (step: Step, options: object) => unknown[])(step, options);
  return (Array.isArray(results[0]) ? results[0][0] : results[0]) as Variable;
}

/** m numbers from s on. */
function trace(m: Variable, s: Variable): Variable {
  return loop((x: Variable) => x.mul(1.3).add(0.2), { outputsInfo: s, nSteps: m });
}

type Op = (a: Variable, m: Variable) => Variable;

const floats = (...list: number[]) => T.constant(list, { dtype: "float32" });
const column = (a: Variable) => a.dimshuffle(0, "x"), row = (a: Variable) => a.dimshuffle("x", 0);
const part = (
  a: Variable,
  start: number | Variable | null,
  stop: number | Variable | null = null,
) => a.at({ ...(start === null ? {} : { start }), ...(stop === null ? {} : { stop }) });

/** Values, and the gradient of their sum, of ops on the trace of an inner loop. */
async function check(device: TestDevice, ops: readonly Op[], calls: readonly number[][]) {
  const results = (a: Variable, m: Variable) =>
    T.stack(ops.map((op) => T.cast(op(a, m), "float32")));
  const n = T.ivector("n"), s = T.scalar("s", "float32"), m = T.iscalar("m");
  const y = loop((m: Variable, s: Variable) => results(trace(m, s), m), {
    sequences: n,
    nonSequences: s,
  });
  const options = { disconnectedInputs: "ignore" } as const;
  const one = results(trace(m, s), m);
  // Without a loop around it there is nothing to pad.
  const expected = await compile([m, s], [one, grad(one.sum(), s, options)], { device: "cpu" });
  const modes = device === "cpu"
    ? ["fastCompile", "fastRun", "debug"] as const
    : ["fastRun"] as const;
  for (const mode of modes) {
    const f = await compile([n, s], [y, grad(y.sum(), s, options)], { device, mode });
    for (const call of calls) {
      const [values, slope] = f(call, 1.5) as Tensor[];
      const each = call.map((m) => (expected(m, 1.5) as Tensor[]).map((x) => numbers(x)));
      const wanted = each.map(([list]) => list!);
      numbers(values!).forEach((x, i) => {
        const at = i % ops.length, want = wanted[Math.floor(i / ops.length)]![at]!;
        const label = `${mode}, ${call}: ${ops[at]}`;
        if (Number.isNaN(want)) assertEquals(x, want, label);
        else assertAlmostEquals(x, want, 1e-3 * Math.max(1, Math.abs(want)), label);
      });
      const total = each.reduce((sum, [, own]) => sum + own![0]!, 0);
      assertAlmostEquals(numbers(slope!)[0]!, total, 1e-3 * Math.max(1, Math.abs(total)));
    }
  }
}

/** What takes long to compile for a GPU is called with fewer lengths there. */
const large = new Set(["windows", "pools", "windows of computed sizes"]);

const calls = [[1, 2, 3], [5, 1], [2, 4, 1, 3]], withNone = [[2, 0, 3], [0], [4, 0]];

const kinds: Record<string, readonly Op[]> = {
  "order": [
    (a) => T.sort(a.neg()).at(0),
    (a) => T.argsort(a.neg()).at(0),
    (a) => T.argmin(a.neg()),
    (a) => T.topk(a, 1).at(0),
    (a) => T.cumprod(a).at(-1),
    (a) => a.at({ step: -1 }).at(0),
    (a) => T.take(a, T.argmax(a)),
    (a) => a.at(T.argsort(a.neg())).at(0),
    (a) => T.logsumexp(a),
    (a) => T.std(a),
    (a) => T.imag(T.sort(complex(a)).at(0)),
    (a) => counted(T.argsort(complex(a))),
    (a) => T.imag(T.topk(complex(a), 1).at(0)),
  ],
  "windows of computed sizes": [
    (a) => total(T.conv2d(T.ones([1, 1, 9, 9], "float32"), image(a))),
    (a) =>
      total(
        T.conv2d(floats(1, 2, 3).dimshuffle("x", "x", "x", 0), image(a), { borderMode: "full" }),
      ),
    (a) =>
      total(T.conv2d(image(a), image(a.add(1)), { borderMode: "full", filterDilation: [2, 1] })),
    (a) => total(T.conv2d(a.dimshuffle("x", 0, "x", "x"), a.dimshuffle("x", 0, "x", "x"))),
  ],
  "of two axes": [
    (a) => T.argmax(T.outer(a, a)),
    (a) => T.outer(a, a).sum(0).at(-1),
    (a) => T.outer(a, a).ravel().at(-1),
    (a) => T.dot(T.outer(a, a), T.outer(a, a)).max(),
    (a) => T.join(1, T.outer(a, a), column(a)).sum(1).at(-1),
    (a) => T.stack([a, a.mul(2)], 1).max(),
    (a) => T.maximum(column(a), floats(1, 2, 3)).sum(),
  ],
};

const rowsOf = (a: Variable) => T.outer(floats(1, 2, 3), a);
const square = (a: Variable) => T.outer(a, a.add(1));
const image = (a: Variable) => square(a).dimshuffle("x", "x", 0, 1);
const filters = T.constant([[[[1, 2], [3, 4]]]], { dtype: "float32" });
const counted = (a: Variable) => a.mul(T.arange(a.shape[0]!)).sum();
const total = (a: Variable) => T.sqr(a).mul(0.01).sum();
/** Places found, those of each axis with a weight of its own. */
const placesOf = (mask: Variable) =>
  T.nonzero(mask).reduce<Variable>(
    (sum, axis, d) => sum.add(counted(axis).mul(d + 1)),
    T.constant(0),
  );
const complex = (a: Variable) => T.complex(T.round(T.sin(a)), a.neg());

/** The same of no element at all. */
const empty: Record<string, readonly Op[]> = {
  "lengths": [
    (a) => T.join(0, a, floats(5, 6), a).sum(),
    (a) => T.join(0, a, floats(5, 6)).at(-1),
    (a) => T.repeat(a, 2).sum(),
    (a) => T.diff(a).sum(),
    (a) => T.tile(a, [2]).sum(),
    (a) => T.roll(a, 1).sum(),
    (a) => T.pad(a, 1).sum(),
    (a) => part(a, 1, -1).sum(),
    (a, m) => a.at({ start: m.sub(1) }).sum(),
    (a, m) => T.ifelse(m.gt(2), a, part(a, 1)).sum(),
  ],
  "elements": [
    (a) => T.outer(a, a).sum(),
    (a) => T.eq(column(a), row(a)).sum(),
    (a) => T.any(a.gt(3)),
    (a) => T.all(a.gt(1)),
    (a) => T.dot(a, a.at({ step: -1 })),
    (a, m) => T.where(T.gt(T.arange(m), 1), a, 0).sum(),
    (a) => a.at(a.gt(2.5)).sum(),
    (a) => T.searchsorted(a, 3),
    (a) => T.setSubtensor(part(a, 1), 7).sum(),
    (a) => T.repeat(a, T.ones([a.shape[0]!], "int64").mul(2)).sum(),
  ],
  "masks": [
    (a) => placesOf(rowsOf(a).gt(3)),
    (a) => placesOf(square(a).gt(4)),
    (a) => rowsOf(a).at(rowsOf(a).gt(3)).sum(),
    (_, m) => counted(floats(1, 2, 3).at(T.gt([1, 2, 3], m))),
    (a, m) => T.unique(part(floats(2, 1, 2, 1).mul(a.sum()), m.sub(1))).sum(),
    (a) => counted(square(a).at(square(a).gt(4))),
    (a) => T.setSubtensor(rowsOf(a).at(rowsOf(a).gt(3)), 7).sum(),
    (a) => T.flatnonzero(T.stack([square(a), rowsOf(a).sum(0).mul(square(a))], 1).gt(9)).sum(),
  ],
  "computed widths": [
    (a, m) => counted(T.pad(a, [[m, 1]])),
    (a, m) => counted(T.pad(a, [[1, m]], { value: 2 })),
    (_, m) => counted(T.pad(floats(1, 2, 3), [[m, m]])),
    (a, m) => counted(T.pad(square(a), [[m, 1], [0, m]], { value: m }).sum(0)),
    (_, m) => counted(T.pad(T.arange(m), [[T.cast(m, "uint8"), 2]])),
    (a, m) => grad(T.sqr(T.pad(a, [[m, 1]])).sum(), a).sum(),
    (_, m) => counted(T.pad(floats(1, 2, 3), [[m, 2]], { mode: "wrap" })),
  ],
  "windows": [
    (a) => total(T.conv2d(image(a), filters, { borderMode: "full" })),
    (a) => total(T.conv2d(image(a), filters, { borderMode: "half", subsample: [2, 1] })),
    (a) => total(T.conv2d(image(a), filters, { borderMode: 1, filterDilation: [2, 2] })),
    (a) => total(T.conv2dTranspose(image(a), filters, { strides: [2, 2] })),
    (a) =>
      total(
        T.conv2d(a.dimshuffle("x", "x", "x", 0), filters.at({ start: 0 }), { borderMode: "full" }),
      ),
  ],
  "pools": [
    (a) => T.pool2d(image(a.neg()), [2, 2]).sum(),
    (a) => T.pool2d(image(a), [3, 2], { stride: [2, 1], mode: "sum" }).sum(),
    (a) =>
      T.pool2d(image(a), [2, 2], { ignoreBorder: true, stride: 1, pad: 1, mode: "average_exc_pad" })
        .sum(),
    (a) => grad(T.sqr(T.pool2d(image(a), [2, 2], { stride: 1 })).sum(), a).sum(),
  ],
  "shifted and written": [
    (a, m) => counted(T.roll(a, m.sub(2))),
    (a, m) => counted(T.roll(floats(1, 2, 3).mul(a.sum()), m)),
    (a, m) => counted(T.roll(rowsOf(a), [m, 1], [1, 0]).sum(0)),
    (a, m) => counted(T.setSubtensor(part(T.zeros([5], "float32"), null, m), part(a, null, 5))),
    (a, m) => counted(T.setSubtensor(part(T.ones([9], "float32").mul(a.sum()), m, m.add(2)), 3)),
    (a, m) => counted(T.incSubtensor(part(T.ones([9], "float32"), m.neg()), a.sum())),
    (_, m) =>
      loop((s: Variable) => T.roll(s, T.cast(s.at(0), "int32")), {
        outputsInfo: floats(1, 2, 3).mul(m),
        nSteps: 3,
      }).mul(floats(1, 2, 4)).sum(),
  ],
  "loops": [
    (a) => loop((v: Variable) => a.mul(v).sum(), { sequences: a }).sum(),
    (a) => loop((v: Variable) => a.mul(v), { sequences: a }).sum(),
    (a) => loop((s: Variable) => s.add(a), { outputsInfo: a, nSteps: 2 }).at(-1).sum(),
    (a) => loop((r: Variable) => r.sum(), { sequences: T.outer(a, a) }).sum(),
    (a) => grad(T.sqr(T.sort(a)).sum(), a).sum(),
  ],
};

for (const [name, ops] of Object.entries(kinds)) {
  onDevices(`ops on rows of a computed number: ${name}`, async (device) => {
    await check(device, ops, device === "gpu" && large.has(name) ? [[1, 3]] : calls);
  });
}

for (const [name, ops] of Object.entries(empty)) {
  onDevices(`ops on rows of a computed number, or none: ${name}`, async (device) => {
    const few = device === "gpu" && large.has(name);
    await check(device, ops, few ? [[1, 3], [2, 0, 3], [0]] : [...calls, ...withNone]);
  });
}

onDevices("a state that never changes may say how many steps there are", async (device) => {
  const x = T.vector("x", "float32"), s = T.scalar("s", "float32");
  for (const mode of ["fastCompile", "fastRun"] as const) {
    const [[, y] = []] = scan((p: Variable, s: Variable) =>
      [
        s,
        loop((v: Variable) => v.add(1), { outputsInfo: s, nSteps: T.cast(s, "int32") }).add(p),
      ] as Step, { sequences: x, outputsInfo: [s, null] }) as unknown as Variable[][];
    const f = await compile([x, s], [y!, grad(y!.sum(), s)], { device, mode });
    const [values, slope] = f([0, 1], 2.5) as Tensor[];
    assertEquals(values!.shape, [2, 2]);
    assertEquals(numbers(values!), [3.5, 4.5, 4.5, 5.5]);
    assertEquals(numbers(slope!), [4]);
    assertEquals((f([0], 1) as Tensor[])[0]!.shape, [1, 1]);
  }
});

onDevices("a length that leaves the step is named as it was written", async (device) => {
  const n = T.ivector("n"), s = T.scalar("s", "float32");
  const y = loop((m: Variable, s: Variable) => trace(T.add(m, 1), s), {
    sequences: n,
    nonSequences: s,
  });
  const f = await compile([n, s], y, { device });
  const error = assertThrows(() => f([1, 2], 1), ShapeError, "the result of add (made at ");
  assertEquals(/maximum|minimum/.test(error.message), false, error.message);
});

onDevices("results of a computed shape that nothing reads do not matter", async (device) => {
  const x = T.vector("x", "float32"), s = T.scalar("s", "float32");
  const modes = device === "cpu"
    ? ["fastCompile", "fastRun", "debug"] as const
    : ["fastRun"] as const;
  for (const mode of modes) {
    const [[sums, rows] = []] = scan(
      (x: Variable, s: Variable) => [s.add(x), trace(T.cast(s, "int32"), s)] as Step,
      {
        sequences: x,
        outputsInfo: [s, null],
      },
    ) as unknown as Variable[][];
    const f = await compile([x, s], [sums!, grad(sums!.sum(), x)], { device, mode });
    const [values, slope] = f([1, 2, 3], 1) as Tensor[];
    assertEquals([numbers(values!), numbers(slope!)], [[2, 4, 7], [3, 2, 1]]);
    const all = await compile([x, s], [sums!, rows!], { device, mode });
    assertThrows(
      () => all([1, 2, 3], 1),
      ShapeError,
      "the shapes inside a loop must be the same at each step",
    );
  }
});

onDevices("what is shifted by a computed amount keeps its shape", async (device) => {
  const n = T.ivector("n"), x = T.vector("x", "float32");
  const modes = device === "cpu" ? ["fastCompile", "fastRun"] as const : ["fastRun"] as const;
  for (const mode of modes) {
    const y = loop((m: Variable) => T.roll(x, m), { sequences: n });
    const f = await compile([n, x], [y, grad(y.mul([[1, 2, 3]]).sum(), x)], { device, mode });
    const [rows, slope] = f([0, 1, -4], [1, 2, 3]) as Tensor[];
    assertEquals(numbers(rows!), [1, 2, 3, 3, 1, 2, 2, 3, 1]);
    assertEquals(numbers(slope!), [1 + 2 + 3, 2 + 3 + 1, 3 + 1 + 2]);
    assertEquals((f([], [1, 2, 3]) as Tensor[])[0]!.shape, [0, 3]);
  }
});

onDevices("widths and windows of a computed size are checked in each step", async (device) => {
  const n = T.ivector("n"), s = T.scalar("s", "float32");
  const over = (step: (m: Variable, s: Variable) => Variable) =>
    compile([n, s], loop(step, { sequences: n, nonSequences: s }), { device });
  const wide = await over((m, s) => T.pad(floats(1, 2).mul(s), [[m.sub(2), 0]]).sum());
  assertEquals(numbers(wide([2, 4], 1) as Tensor), [3, 3]);
  assertThrows(() => numbers(wide([3, 1], 1) as Tensor), ShapeError, "expected widths >= 0");
  const images = T.ones([1, 1, 4, 4], "float32");
  const slid = await over((m, s) => T.conv2d(images, image(trace(m, s))).sum());
  assertThrows(() => numbers(slid([2, 0], 1) as Tensor), ShapeError, "expected sizes >= 1");
  const spread = await over((m, s) => T.conv2dTranspose(images, image(trace(m, s))).sum());
  assertThrows(() => numbers(spread([2, 0], 1) as Tensor), ShapeError, "expected sizes >= 1");
});
