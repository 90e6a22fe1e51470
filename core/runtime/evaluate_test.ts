import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import { compile, config, grad, RandomStreams, scan, shared, T, type Variable } from "../../all.ts";
import { EvalCache } from "./evaluate.ts";
import { callableOf } from "./callable.ts";
import type { SharedVariable } from "./shared.ts";

/** Runs with a device as the one that nobody asked for. */
function onEach(name: string, body: (device: TestDevice) => Promise<void>): void {
  onDevices(name, async (device) => {
    const before = config.device;
    config.device = device;
    try {
      await body(device);
    } finally {
      config.device = before;
    }
  });
}

/** How many plans `work` adds. */
async function added(work: () => Promise<unknown>): Promise<number> {
  const before = config.memory().plans;
  await work();
  return config.memory().plans - before;
}

const f32 = { dtype: "float32" } as const;
const long = (first: number) => Float32Array.from({ length: 5 }, (_, i) => first + i);

/** For a number the value of a graph that is built anew for it, with what it should be. */
type Program = (n: number) => readonly [value: () => ReturnType<Variable["eval"]>, want: number[]];

/** Graphs that differ in data alone. */
const alike: Record<string, Program> = {
  "an input": (n) => {
    const x = T.fvector("x");
    return [() => x.mul(2).add(1).eval([[x, [n, 1]]]), [2 * n + 1, 3]];
  },
  "what is computed": (n) => {
    const x = T.fvector("x"), y = T.constant(long(n)).mul(x);
    return [() => y.sum().eval([[y, [n, 1, 1, 1, 1]]]), [n + 4]];
  },
  "constants": (n) => [
    () => T.add(T.constant(long(n)), T.constant(long(9))).eval(),
    [0, 1, 2, 3, 4].map((i) => n + 9 + 2 * i),
  ],
  "a constant alone": (n) => [() => T.constant(long(n)).eval(), [...long(n)]],
  "many integers": (n) => {
    const table = new Int32Array(100).fill(n);
    return [() => T.constant(table).max().eval(), [n]];
  },
  "a loop": (n) => {
    const x = T.fvector("x");
    const [h] = scan((x: Variable, h: Variable) => h.mul(0.5).add(x), {
      sequences: [x],
      outputsInfo: [T.constant(0, "float32")],
    });
    return [() => h.at(-1).eval([[x, [n, 2]]]), [n / 2 + 2]];
  },
  "a loop over data": (n) => {
    const [h] = scan((x: Variable, h: Variable) => h.add(x.mul(T.constant(long(n)))).sum(), {
      sequences: [T.constant(long(9))],
      outputsInfo: [T.constant(0, "float32")],
    });
    return [() => h.at(-1).eval(), [referenceLoop(n)]];
  },
  "a gradient": (n) => {
    const x = T.fvector("x"), y = x.mul(x).mul(T.constant(long(0).subarray(0, 2))).sum();
    return [() => grad(y, x).eval([[x, [n, n]]]), [0, 2 * n]];
  },
};

function referenceLoop(n: number): number {
  let h = 0;
  for (let t = 9; t < 14; t++) {
    let sum = 0;
    for (let i = 0; i < 5; i++) sum += h + t * (n + i);
    h = sum;
  }
  return h;
}

onEach("eval compiles graphs that differ in data alone once", async () => {
  for (const [name, program] of Object.entries(alike)) {
    const first = program(1);
    assertEquals(numbers(await first[0]()), first[1], name);
    const more = await added(async () => {
      for (const n of [2, 3]) {
        const [value, want] = program(n);
        assertEquals(numbers(await value()), want, name);
      }
    });
    assertEquals(more, 0, name);
  }
});

onEach("eval tells graphs apart that are not equal", async () => {
  const x = T.fvector("x"), m = T.fmatrix("m"), at = [1, 2, 3];
  const a = shared([1, 2, 3], f32), b = shared([4, 5, 6], f32);
  const pairs: [Variable, number[]][] = [
    [x.mul(2), [2, 4, 6]],
    [x.mul(3), [3, 6, 9]],
    [T.constant(0, "float32").reciprocal(), [Infinity]],
    [T.constant(-0, "float32").reciprocal(), [-Infinity]],
    [x.at([0, 1]), [1, 2]],
    [x.at([1, 2]), [2, 3]],
    [x.sum({ keepdims: true }), [6]],
    [x.sub(x.sum()), [-5, -4, -3]],
    [x.sum().sub(x), [5, 4, 3]],
    [x.add(a), [2, 4, 6]],
    [x.add(b), [5, 7, 9]],
    [x.add(T.constant([1, 1, 1], "int32")), [2, 3, 4]],
    [x.add(T.constant([1, 2, 1], "int32")), [2, 4, 4]],
    [x.sub(T.constant(2)).astype("int32"), [-1, 0, 1]],
    [x.sub(T.constant(2)).astype("float16"), [-1, 0, 1]],
  ];
  for (let round = 0; round < 2; round++) {
    for (const [y, want] of pairs) {
      const value = await y.eval([[x, at]]);
      assertEquals([value.dtype, numbers(value)], [y.dtype, want]);
    }
  }
  // The order of the inputs counts, and their types.
  const y = T.fvector("y");
  assertEquals(numbers(await x.sub(y).eval([[x, at], [y, [1, 1, 1]]])), [0, 1, 2]);
  assertEquals(numbers(await x.sub(y).eval([[y, at], [x, [1, 1, 1]]])), [0, -1, -2]);
  assertEquals(numbers(await m.mul(2).eval([[m, [at]]])), [2, 4, 6]);
});

onEach("eval reads and advances shared variables of its own graph", async () => {
  const s = shared([1, 2], f32);
  const double = () => s.mul(2).eval();
  assertEquals(numbers(await double()), [2, 4]);
  s.setValue([1, 2, 3]);
  assertEquals(numbers(await double()), [2, 4, 6]);
  // A default update given later, and another one.
  s.defaultUpdate = s.add(1);
  await double();
  assertEquals(numbers(await double()), [4, 6, 8]);
  s.defaultUpdate = s.sub(T.constant([1, 1, 2], "float32"));
  await double();
  assertEquals(numbers(s.getValue()), [2, 3, 3]);
  s.defaultUpdate = s.sub(T.constant([2, 1, 2], "float32"));
  await double();
  assertEquals(numbers(s.getValue()), [0, 2, 1]);

  const streams = new RandomStreams(7), draw = streams.uniform([3]);
  const first = numbers(await draw.eval()), second = numbers(await draw.eval());
  assertNotEquals(first, second);
  streams.seed(7);
  assertEquals(numbers(await draw.eval()), first);
  const other = new RandomStreams(7).uniform([3]);
  assertEquals(numbers(await other.eval()), first);
  assertEquals(numbers(await draw.eval()), second);
});

onEach("eval runs where and in the float that the settings say", async (device) => {
  const x = T.fvector("x");
  const f = await compile([x], x.exp());
  assertEquals(callableOf(f).executor.backend.name, device);
  const value = () => x.exp().add(device === "cpu" ? 5 : 6).eval([[x, [1]]]);
  await value();
  assertEquals(await added(value), 0);
  if (device === "gpu") {
    config.device = "cpu";
    assertEquals(await added(value), 1);
  }
});

Deno.test("what is wrong with an eval is said of the user's own variables", async () => {
  const build = (name: string) => {
    const a = T.dvector(name), b = T.dvector("b");
    return { sum: a.add(b), a, b };
  };
  const good = build("a");
  assertEquals(numbers(await good.sum.eval([[good.a, [1, 2]], [good.b, [3, 4]]])), [4, 6]);
  const bad = build("a");
  const first = await assertRejects(() => good.sum.eval([[good.a, [1, 2]], [good.b, [3, 4, 5]]]));
  const second = await assertRejects(() => bad.sum.eval([[bad.a, [1, 2]], [bad.b, [3, 4, 5]]]));
  assertMatch((first as Error).message, /2.*3/s);
  assertEquals((second as Error).message, (first as Error).message);
  assertEquals(numbers(await bad.sum.eval([[bad.a, [1, 2]], [bad.b, [3, 4]]])), [4, 6]);
  const other = build("other");
  await assertRejects(() => other.sum.eval([[other.a, [1]]]), Error, `"b"`);
  await assertRejects(() => other.sum.eval([[other.b, [1]]]), Error, `"other"`);
  await assertRejects(() => other.sum.eval([[other.a, "x" as never], [other.b, [1]]]), TypeError);
});

Deno.test("functions for eval are a bounded number", () => {
  const cache = new EvalCache<number>();
  let made = 0;
  const take = (key: string, ...owners: SharedVariable[]) => cache.take(key, owners, () => ++made);
  const a = shared(1), b = shared(2);
  assertEquals([take("x"), take("y", a), take("z", a, b), take("x")], [1, 2, 3, 1]);
  assertEquals([take("y", a), take("z", a, b), made], [2, 3, 3]);
  for (let i = 0; i < 127; i++) take(`more ${i}`);
  assertEquals(take("z", a, b), 3);
  assertEquals([take("x"), take("y", a)], [131, 132]);
  cache.delete("y");
  assertEquals(take("y", a), 133);
});
