import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../dev/devices.ts";
import { compile, grad, scan, ShapeError, T, type Tensor, type Variable } from "../mod.ts";

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
const part = (a: Variable, start: number | null, stop: number | null = null) =>
  a.at({ ...(start === null ? {} : { start }), ...(stop === null ? {} : { stop }) });

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
  const modes = device === "cpu" ? ["fastCompile", "fastRun"] as const : ["fastRun"] as const;
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
    await check(device, ops, calls);
  });
}

for (const [name, ops] of Object.entries(empty)) {
  onDevices(`ops on rows of a computed number, or none: ${name}`, async (device) => {
    await check(device, ops, [...calls, ...withNone]);
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
