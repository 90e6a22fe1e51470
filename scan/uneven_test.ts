import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../dev/testing/devices.ts";
import { toposort } from "../core/graph/walk.ts";
import { run, value } from "../dev/testing/ops/harness.ts";
import {
  compile,
  evaluateGraph,
  grad,
  IndexError,
  replace,
  scan,
  ShapeError,
  shared,
  T,
  type Tensor,
  tensor,
  until,
  type Value,
  type Variable,
} from "../all.ts";
import type { ScanParams } from "./node.ts";

// deno-lint-ignore no-explicit-any
type Step = any;

function loop(step: Step, options: object): Variable {
  return loops(step, options)[0]!;
}

function loops(step: Step, options: object): Variable[] {
  return (scan as unknown as (step: Step, options: object) => Variable[])(step, options);
}

const one = T.constant(1, { dtype: "float32" });

/** m doublings. */
function doubled(m: Variable, start: Variable = one): Variable {
  return loop((last: Variable) => last.mul(2), { outputsInfo: start, nSteps: m });
}

/** The results for several vectors of step counts, by one function. */
async function results(
  device: TestDevice,
  step: (m: Variable) => Variable,
  ...calls: (readonly number[])[]
): Promise<number[][]> {
  const n = T.ivector("n");
  const f = await compile([n], loop(step, { sequences: n }), { device });
  return calls.map((call) => numbers(f(call) as Tensor).map((x) => Number(x.toPrecision(6))));
}

onDevices("an inner loop has as many steps as the outer step computes", async (device) => {
  const check = async (step: (m: Variable) => Variable, expected: (m: number) => number) => {
    // Longer, shorter, and again.
    const calls = [[1, 2, 3], [5, 1], [4, 2, 6, 1], [1, 2, 3]];
    const wanted = calls.map((call) => call.map((m) => Number(expected(m).toPrecision(6))));
    assertEquals(await results(device, step, ...calls), wanted, step.toString());
  };
  const powers = (m: number) => Array.from({ length: m }, (_, i) => 2 ** (i + 1));
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  await check((m) => doubled(m).at(-1), (m) => 2 ** m);
  await check((m) => doubled(m.mul(2).sub(1)).at(-1), (m) => 2 ** (2 * m - 1));
  await check((m) => doubled(m).sum(), (m) => sum(powers(m)));
  await check((m) => doubled(m).mean(), (m) => sum(powers(m)) / m);
  await check((m) => T.max(doubled(m).neg()), () => -2);
  await check((m) => T.min(doubled(m)), () => 2);
  await check((m) => T.argmax(doubled(m)), (m) => m - 1);
  await check((m) => T.exp(T.log(doubled(m))).prod(), (m) => 2 ** (m * (m + 1) / 2));
  await check((m) => T.dot(doubled(m), doubled(m)), (m) => sum(powers(m).map((x) => x * x)));
  await check((m) => T.cumsum(doubled(m)).at(-1), (m) => sum(powers(m)));
  await check((m) => doubled(m).at({ start: 1 }).sum(), (m) => sum(powers(m).slice(1)));
  await check((m) => doubled(m).at({ step: -1 }).at(0), (m) => 2 ** m);
  await check(
    (m) => doubled(m).at({ step: 2 }).sum(),
    (m) => sum(powers(m).filter((_, i) => i % 2 === 0)),
  );
  await check((m) => doubled(m).shape[0]!, (m) => m);
  await check(
    (m) => doubled(m).add(T.cast(T.arange(m), "float32")).sum(),
    (m) => sum(powers(m)) + m * (m - 1) / 2,
  );
  await check(
    (m) => doubled(m, T.stack([one, one.mul(3)])).sum(0).at(1),
    (m) => 3 * sum(powers(m)),
  );
});

onDevices("lengths inside of a step may vary", async (device) => {
  const given = [3, 1, 2];
  const of = async (step: (m: Variable) => Variable) => (await results(device, step, given))[0];
  assertEquals(await of((m) => T.arange(m).sum()), [3, 0, 1]);
  assertEquals(await of((m) => T.arange(m, 10, 3).sum()), [18, 12, 15]);
  assertEquals(await of((m) => T.ones([m]).sum()), [3, 1, 2]);
  const x = T.constant([1, 10, 100, 1000], { dtype: "float32" });
  assertEquals(await of((m) => x.at({ stop: m }).sum()), [111, 1, 11]);
  assertEquals(await of((m) => x.at({ start: m }).sum()), [1000, 1110, 1100]);
  assertEquals(await of((m) => x.at({ stop: m.neg() }).sum()), [1, 111, 11]);
  assertEquals(await of((m) => x.at({ start: m.sub(1), stop: m.mul(2) }).sum()), [1100, 11, 1110]);
  assertEquals(await of((m) => x.at(T.arange(m)).sum()), [111, 1, 11]);
  const rows = (m: Variable) => doubled(m, T.stack([one, one.mul(3)])).ravel();
  assertEquals(await of((m) => rows(m).sum()), [56, 8, 24]);
  const chosen = (m: Variable) => T.ifelse(m.gt(1), doubled(m).sum(), one) as Variable;
  assertEquals(await of(chosen), [14, 1, 6]);
  // A loop over as many elements, and over as many of a sequence.
  const square = (i: Variable) => i.mul(i);
  assertEquals(await of((m) => loop(square, { sequences: T.arange(m) }).sum()), [5, 0, 1]);
  const add = (v: Variable, a: Variable) => a.add(v);
  const total = (m: Variable) =>
    loop(add, { sequences: x, nSteps: m, outputsInfo: T.constant(0, { dtype: "float32" }) });
  assertEquals(await of((m) => total(m).at(-1)), [111, 1, 11]);
});

onDevices(
  "loops of computed lengths are nested, end early and carry their number",
  async (device) => {
    const of = async (step: (m: Variable) => Variable) =>
      (await results(device, step, [1, 2, 3]))[0];
    const over = (m: Variable | number, step: (b: Variable) => Variable) =>
      loop(step, { sequences: T.arange(m) }).sum();
    assertEquals(await of((a) => over(a, (b) => doubled(b.add(1)).sum())), [2, 8, 22]);
    assertEquals(await of((a) => over(2, (b) => doubled(a.add(b)).sum())), [8, 20, 44]);
    assertEquals(await of((a) => over(2, () => doubled(a).sum())), [4, 12, 28]);
    const ending = (m: Variable, nSteps: Variable | number) =>
      loop((last: Variable) => [last.mul(2), until(last.mul(2).gt(m.mul(3)))], {
        outputsInfo: one,
        nSteps,
      });
    assertEquals(await of((m) => ending(m, 10).sum()), [6, 14, 30]);
    assertEquals(await of((m) => ending(m, m).sum()), [2, 6, 14]);
    // The number is a state, and what an inner loop gave.
    const [, y] = scan((k: Variable) => [k.add(1), doubled(k).at(-1)] as Step, {
      outputsInfo: [T.constant(0n, { dtype: "int64" }), null],
      nSteps: 4,
    })[0] as unknown as Variable[];
    assertEquals(numbers((await compile([], y!, { device }))() as Tensor), [1, 2, 4, 8]);
    const own = (count: (s: Variable) => Variable, take: (rows: Variable) => Variable) =>
      loop((s: Variable) => take(doubled(count(T.cast(s, "int64")))), {
        outputsInfo: one,
        nSteps: 3,
      });
    const last = await compile([], own((s) => s, (rows) => rows.at(-1)), { device });
    assertEquals(numbers(last() as Tensor), [2, 4, 16]);
    const bounded = own((s) => T.minimum(s, 5), (rows) => rows.sum());
    assertEquals(numbers((await compile([], bounded, { device }))() as Tensor), [2, 6, 62]);
    assertThrows(() => own((s) => s, (rows) => rows.sum()), ShapeError, "T.minimum(n, 100)");
  },
);

onDevices("an inner loop may have no step, and not fewer", async (device) => {
  const n = T.ivector("n");
  const compiled = async (step: (m: Variable) => Variable) =>
    await compile([n], loop(step, { sequences: n }), { device });
  const last = await compiled((m) => doubled(m).at(-1));
  assertEquals(numbers(last([0, 2]) as Tensor), [1, 4]);
  assertEquals(numbers(last([0, 0]) as Tensor), [1, 1]);
  assertEquals(numbers(last([]) as Tensor), []);
  const total = await compiled((m) => doubled(m).sum());
  assertEquals(numbers(total([0, 2]) as Tensor), [0, 6]);
  assertThrows(
    () => (last([2, -1]) as Tensor).dataSync(),
    RangeError,
    "number of steps must be >= 0",
  );
  const most = await compiled((m) => doubled(m).max());
  assertEquals(numbers(most([1, 2]) as Tensor), [2, 4]);
  assertThrows(
    () => (most([2, 0]) as Tensor).dataSync(),
    ShapeError,
    "Cannot take the max of no elements",
  );
  const second = await compiled((m) => doubled(m).at(-2));
  assertEquals(numbers(second([2, 3]) as Tensor), [2, 4]);
  assertThrows(() => (second([1, 3]) as Tensor).dataSync(), IndexError);
  const whole = await compiled((m) => doubled(m));
  assertThrows(
    () => whole([1, 2]),
    ShapeError,
    "the shapes inside a loop must be the same at each step",
  );
});

onDevices("gradients go through loops of a computed number of steps", async (device) => {
  const check = async (
    step: (m: Variable, w: Variable) => Variable,
    f: (m: number, w: number) => number,
    nested = false,
  ) => {
    const n = T.ivector("n"), w = device === "cpu" ? T.dscalar("w") : T.fscalar("w");
    const cost = (w: Variable) =>
      loop((m: Variable, w: Variable) => nested ? grad(step(m, w), w) : step(m, w), {
        sequences: n,
        nonSequences: w,
      }).sum();
    const slope = await compile([n, w], nested ? cost(w) : grad(cost(w), w), { device });
    for (const call of [[1, 2, 3], [4], [3, 0, 2]]) {
      const h = 1e-5, at = (w: number) => call.reduce((sum, m) => sum + f(m, w), 0);
      const expected = (at(1.3 + h) - at(1.3 - h)) / (2 * h);
      const found = Number((slope(call, 1.3) as Tensor).item());
      assertAlmostEquals(found, expected, (device === "cpu" ? 1e-7 : 1e-4) * Math.abs(expected));
    }
  };
  const powers = (m: Variable, w: Variable) =>
    loop((last: Variable, w: Variable) => last.mul(w), {
      outputsInfo: T.onesLike(w),
      nonSequences: w,
      nSteps: m,
    });
  const sum = (m: number, f: (i: number) => number) =>
    Array.from({ length: m }, (_, i) => f(i + 1)).reduce((a, b) => a + b, 0);
  await check((m, w) => powers(m, w).at(-1), (m, w) => w ** m);
  await check((m, w) => powers(m, w).sqr().sum(), (m, w) => sum(m, (i) => w ** (2 * i)));
  await check((m, w) => T.log(powers(m, w)).sum(), (m, w) => sum(m, (i) => i * Math.log(w)));
  await check((m, w) => powers(m, w).at(-1).mul(w), (m, w) => w ** (m + 1), true);
});

/** s, s·1.3 + 0.2 and so on, up to the first beyond 2.2. */
function ending(s: Variable, nSteps: Variable | number = 4): Variable {
  return loop((x: Variable) => [x.mul(1.3).add(0.2), until(x.gt(2.2))], {
    outputsInfo: s,
    nSteps,
  });
}

function endingOf(s: number): number[] {
  const rows: number[] = [];
  for (let x = s; rows.length < 4;) {
    const ends = x > 2.2;
    x = x * 1.3 + 0.2;
    rows.push(x);
    if (ends) break;
  }
  return rows;
}

const sumOf = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** What is made of rows of an inner loop that ends early, with lengths of their own. */
const reductions: (readonly [(a: Variable) => Variable, (a: number[]) => number])[] = [
  [(a) => T.repeat(a, 2, 0).sum(), (a) => 2 * sumOf(a)],
  [(a) => T.tile(a, [2]).sum(), (a) => 2 * sumOf(a)],
  [(a) => T.repeat(a, T.ones([a.shape[0]!], "int64").mul(2)).sum(), (a) => 2 * sumOf(a)],
  [(a) => T.pad(a, 1, { mode: "wrap" }).sum(), (a) => sumOf(a) + a[0]! + a.at(-1)!],
  [
    (a) => T.join(0, a, T.cast(T.arange(a.shape[0]!), "float32")).sum(),
    (a) => sumOf(a) + a.length * (a.length - 1) / 2,
  ],
  [(a) => T.outer(a, a).reshape([-1]).sum(), (a) => sumOf(a) ** 2],
  [(a) => T.roll(a, 1).at(0), (a) => a.at(-1)!],
  [(a) => T.cast(T.bincount(T.arange(a.shape[0]!)).sum(), "float32"), (a) => a.length],
  [(a) => loop((v: Variable) => a.mul(v).sum(), { sequences: a }).sum(), (a) => sumOf(a) ** 2],
];

onDevices(
  "the end and the states of a loop depend on an inner loop that ends early",
  async (device) => {
    const modes = device === "cpu" ? ["fastCompile", "fastRun"] as const : ["fastRun"] as const;
    const s = T.fscalar("s");
    const next = (a: Variable) => T.log1p(a).mul(0.5).add(0.3);
    const nextOf = (a: number) => Math.log1p(a) * 0.5 + 0.3;
    for (const [op, of] of reductions) {
      const step = (p: Variable) => next(op(ending(p)));
      const state = loop(step, { outputsInfo: s, nSteps: 4 });
      const ended = loop((p: Variable) => [step(p), until(step(p).gt(1.6))], {
        outputsInfo: s,
        nSteps: 4,
      });
      // The rows of one more loop, as many as that result says.
      const nested = loop((p: Variable) => {
        const m = T.cast(T.minimum(step(p).mul(2), 5), "int32");
        return loop((x: Variable) => x.mul(0.5), { outputsInfo: p, nSteps: m }).sum().add(0.6);
      }, { outputsInfo: s, nSteps: 3 });
      const run = (next: (s: number) => number, steps: number, ends = (_: number) => false) => {
        const rows: number[] = [];
        for (let s = 1.1; rows.length < steps;) {
          rows.push(s = next(s));
          if (ends(s)) break;
        }
        return rows;
      };
      const stepOf = (s: number) => nextOf(of(endingOf(s)));
      const wanted = [
        run(stepOf, 4),
        run(stepOf, 4, (s) => s > 1.6),
        run((s) => s * (1 - 0.5 ** Math.trunc(Math.min(2 * stepOf(s), 5))) + 0.6, 3),
      ];
      for (const mode of modes) {
        const f = await compile([s], [state, ended, nested], { device, mode });
        (f(1.1) as Tensor[]).forEach((found, i) => {
          const list = numbers(found), label = `${mode}, ${i}: ${op}`;
          assertEquals(list.length, wanted[i]!.length, label);
          list.forEach((x, at) => assertAlmostEquals(x, wanted[i]![at]!, 1e-4, label));
        });
      }
    }
  },
);

onDevices(
  "shared variables are updated by what an inner loop that ends early gives",
  async (device) => {
    const modes = device === "cpu" ? ["fastCompile", "fastRun"] as const : ["fastRun"] as const;
    for (const mode of modes) {
      const w = shared(tensor([1.1], { dtype: "float32" }));
      const n = T.ivector("n");
      const [seen, updates] = scan((_: Variable) => {
        const total = T.repeat(ending(w.at(0)), 2, 0).sum();
        return [[total], new Map([[w, T.log1p(total).mul(0.5).dimshuffle("x")]])] as Step;
      }, { sequences: n }) as unknown as [Variable, Map<typeof w, Variable>];
      const f = await compile([n], seen, { device, mode, updates });
      let s = 1.1;
      const wanted = [0, 0, 0].map(() => {
        const total = 2 * sumOf(endingOf(s));
        s = Math.log1p(total) * 0.5;
        return total;
      });
      numbers(f([0, 0, 0]) as Tensor).forEach((x, i) => assertAlmostEquals(x, wanted[i]!, 1e-4));
      assertAlmostEquals(numbers(w.getValue() as Tensor)[0]!, s, 1e-5);
    }
  },
);

onDevices("the rows of an inner loop may end the loop around it", async (device) => {
  const n = T.ivector("n");
  const modes = device === "cpu" ? ["fastCompile", "fastRun"] as const : ["fastRun"] as const;
  for (const mode of modes) {
    const y = loop((m: Variable) => {
      const total = T.repeat(doubled(m), 2, 0).sum();
      return [total, until(total.gt(20))];
    }, { sequences: n });
    const f = await compile([n], y, { device, mode });
    assertEquals(numbers(f([1, 2, 3, 1]) as Tensor), [4, 12, 28]);
    assertEquals(numbers(f([4, 2]) as Tensor), [60]);
    assertEquals(numbers(f([2, 1, 1]) as Tensor), [12, 4, 4]);
  }
});

Deno.test("the last result of an inner loop without steps is an error of the reference, too", () => {
  const n = T.lvector("n"), x = T.fvector("x");
  const [last] = scan((k) => {
    const [rows] = scan((v) => v, { sequences: T.broadcastTo(x.at(-1), [k]) });
    return rows.at(-1);
  }, { sequences: n });
  const seven = value("float32", [1], [7]);
  const at = (...counts: number[]) =>
    run(last, [[n, value("int64", [counts.length], counts)], [x, seven]]);
  assertEquals(at(2, 1), [7, 7]);
  assertThrows(() => at(2, 0), IndexError, "it has no steps");
});

onDevices(
  "rows whose number varies are an error that says so, of few steps and many",
  async (device) => {
    for (const steps of [2, 4, null]) {
      const x = T.fvector("x"), rows = T.tensor("float32", [steps, 2]);
      const [, traces] = loops((_row: Variable, state: Variable) => {
        const n = T.cast(state.sum(), "int64");
        const trace = loop((v: Variable) => v, { outputsInfo: state, nSteps: n });
        return [T.sigmoid(state), trace];
      }, { sequences: rows, outputsInfo: [x, null], returnList: true })[0] as unknown as Variable[];
      const f = await compile([x, rows], traces!, { device });
      const text = "the shapes inside a loop must be the same at each step";
      const given = Array.from({ length: steps ?? 3 }, () => [0, 0]);
      assertThrows(() => (f([0, 0], given) as Tensor).dataSync(), ShapeError, text);
      const values = new Map<Variable, Value>([
        [x, value("float32", [2], [0, 0])],
        [rows, value("float32", [given.length, 2], given.flat())],
      ]);
      assertThrows(() => evaluateGraph([traces!], values), ShapeError, text);
    }
  },
);

Deno.test("what a step computes of rows of unknown lengths is still what the user wrote", () => {
  const x = T.tensor4("x"), h = T.tanh(T.conv2d(x, T.tensor4("w")));
  const rows = T.tensor("float32", [null, null, 1, 8, 8]);
  const sums = loop((row: Variable) => replace([h.sum()], new Map([[x as Variable, row]]))[0], {
    sequences: rows,
  });
  const { maps } = (sums.owner!.params as unknown as ScanParams).step.results;
  const places = toposort(maps).map(({ output }) => output.origin);
  const line = h.origin.replace(/:\d+$/, "");
  assertEquals(places.slice(0, -1).filter((place) => !place.startsWith(line)), []);
  assertEquals(toposort(maps).at(-2)!.output.written.call, "tanh");
});
