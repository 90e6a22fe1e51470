import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { executorOf } from "../core/runtime/callable.ts";
import { cpuBackend, gpuBackend } from "../core/runtime/device.ts";
import { numbers, onDevices, type TestDevice } from "../dev/testing/devices.ts";
import {
  compile,
  evaluateGraph,
  foldl,
  foldr,
  grad,
  map,
  reduce,
  scan,
  ShapeError,
  shared,
  T,
  type Tensor,
  until,
  type Variable,
} from "../all.ts";

function close(found: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  assertEquals(found.length, expected.length);
  found.forEach((value, i) =>
    assertAlmostEquals(value, expected[i]!, tolerance * Math.max(1, Math.abs(expected[i]!)))
  );
}

onDevices("scan() runs again for other lengths and steps without new kernels", async (device) => {
  const X = T.matrix("X"), W = T.matrix("W"), h0 = T.vector("h0");
  const [h] = scan((x: Variable, h: Variable) => T.tanh(x.add(T.dot(h, W))), {
    sequences: X,
    outputsInfo: h0,
  });
  const f = await compile([X, W, h0], h as Variable, { device });
  const run = (n: number): number[] => {
    const rows = Array.from({ length: n }, (_, t) => [Math.sin(t), Math.cos(t)]);
    return numbers(f(rows, [[0.5, 0.1], [-0.2, 0.3]], [0, 1]));
  };
  const expected = (n: number): number[] => {
    const rows: number[] = [];
    let a = 0, b = 1;
    for (let t = 0; t < n; t++) {
      [a, b] = [
        Math.tanh(Math.sin(t) + a * 0.5 + b * -0.2),
        Math.tanh(Math.cos(t) + a * 0.1 + b * 0.3),
      ];
      rows.push(a, b);
    }
    return rows;
  };
  close(run(7), expected(7));
  const backend = device === "cpu" ? await cpuBackend() : await gpuBackend();
  const compiled = backend.stats.compiled;
  for (const n of [3, 12, 2, 50]) close(run(n), expected(n));
  assertEquals(backend.stats.compiled, compiled);
});

onDevices("scan() takes nSteps as a symbol, also zero", async (device) => {
  const n = T.iscalar("n"), a = T.vector("a");
  const [powers] = scan((p: Variable, a: Variable) => p.mul(a), {
    outputsInfo: T.onesLike(a),
    nonSequences: a,
    nSteps: n,
  });
  const f = await compile([a, n], powers as Variable, { device });
  assertEquals(f([2, 3], 3).arraySync(), [[2, 3], [4, 9], [8, 27]]);
  assertEquals(f([2, 3], 0).shape, [0, 2]);
  assertEquals(f([2, 3], 1).arraySync(), [[2, 3]]);
  assertThrows(() => f([2, 3], -1), RangeError, "the number of steps must be >= 0, got -1");
});

onDevices("scan() stops at until, keeps that step, and never at a bound", async (device) => {
  const max = T.scalar("max");
  const [powers] = scan((v: Variable, max: Variable) => [v.mul(2), until(v.mul(2).gt(max))], {
    outputsInfo: T.constant(1),
    nonSequences: max,
    nSteps: 20,
  });
  const all = powers as Variable;
  const f = await compile([max], [all, T.index(all, [T.slice(null, -1)]), T.index(all, [-1])], {
    device,
  });
  const run = (x: number) => f(x).map(numbers);
  assertEquals(run(40), [[2, 4, 8, 16, 32, 64], [2, 4, 8, 16, 32], [64]]);
  assertEquals(run(0.5), [[2], [], [2]]);
  assertEquals(run(1e9)[0]!.length, 20);
});

onDevices("scan() with until counts in 64 bits", async (device) => {
  const start = T.tensor("int64", 0, "start");
  for (const first of [T.constant(27n, { dtype: "int64" }), start]) {
    const [counts] = scan((v) => [v!.add(1), until(v!.ge(30))], { outputsInfo: first, nSteps: 99 });
    const f = await compile([start], counts as Variable, {
      device,
      onUnusedInput: "ignore",
    });
    assertEquals((f(27n) as Tensor).dataSync(), BigInt64Array.of(28n, 29n, 30n, 31n));
  }
});

onDevices("scan() reads taps of sequences and outputs in the order given", async (device) => {
  const [S1, S2, S3, O1] = T.vectors("S1", "S2", "S3", "O1");
  const O3 = T.scalar("O3"), A1 = T.scalar("A1"), A2 = T.scalar("A2");
  let count = 0;
  const [results] = scan((...args: Variable[]) => {
    count = args.length;
    const total = args.map((arg, i) => arg.mul(i + 1)).reduce((sum, part) => sum.add(part));
    return [total.mul(0.0078125), total.mul(0.125), total.mul(0.001953125)];
  }, {
    sequences: [{ input: S1, taps: [-3, 2, -1] }, S2, { input: S3, taps: 3 }],
    outputsInfo: [{ initial: O1, taps: [-3, -5] }, { initial: T.scalar("O2"), taps: null }, O3],
    nonSequences: [A1, A2],
  });
  assertEquals(count, 10);
  const f = await compile([S1, S2, S3, O1, O3, A1, A2], results as Variable[], { device });
  const range = (n: number, step: number, start = 0) =>
    Array.from({ length: n }, (_, i) => start + i * step);
  const [o1, o2, o3] = f(range(12, 1), range(7, 1, 0.5), range(9, 2), range(5, 0.25), 1.5, 2, 3)
    .map(numbers);
  close(o1!, [0.8671875, 0.96862793, 1.15185356, 1.31841275, 1.49569213, 1.65603764]);
  close(o2!, o1!.map((x) => x * 16));
  close(o3!, o1!.map((x) => x / 4));
});

onDevices(
  "scan() changes shared variables step by step, if its updates are passed on",
  async (device) => {
    const total = shared(0), x = T.vector("x");
    const step = (v: Variable): [Variable[], Map<typeof total, Variable>] => [
      [total.mul(1)],
      new Map([[total, total.add(v)]]),
    ];
    const [before, updates] = scan(step, { sequences: x });
    const f = await compile([x], before as Variable, { updates, device });
    assertEquals(numbers(f([1, 2, 3, 4])), [0, 1, 3, 6]);
    assertEquals(total.getValue().item(), 10);
    assertEquals(numbers(f([1, 2, 3, 4])), [10, 11, 13, 16]);
    const quiet = await compile([x], before as Variable, { device });
    quiet([1, 2, 3, 4]);
    assertEquals(total.getValue().item(), 20);
  },
);

onDevices("scan() goes backwards from the ends", async (device) => {
  const [x, y] = T.vectors("x", "y");
  const [r] = scan((a: Variable, b: Variable) => a.mul(10).add(b), {
    sequences: [x, y],
    goBackwards: true,
  });
  const f = await compile([x, y], r as Variable, { device });
  assertEquals(numbers(f([1, 2, 3, 4, 5], [1, 2, 3])), [53, 42, 31]);
});

onDevices("map(), reduce(), foldl() and foldr() are scans of one form", async (device) => {
  const x = T.vector("x");
  const weigh = (a: Variable, s: Variable) => a.add(s.mul(2));
  const options = { sequences: x, outputsInfo: 0 };
  const outputs = [
    map((a) => a.mul(2), { sequences: x })[0],
    reduce((a, s) => (s as Variable).add(a as Variable), options)[0],
    foldl(weigh as never, options)[0],
    foldr(weigh as never, options)[0],
  ] as Variable[];
  const f = await compile([x], outputs, { device });
  assertEquals(f([1, 2, 3]).map(numbers), [[2, 4, 6], [6], [11], [17]]);
});

/** The same loop by every strategy that its step allows. */
async function byStrategies(
  build: (strategy?: "lanes" | "resident" | "parallel" | "stepped") => {
    inputs: Variable[];
    outputs: Variable[];
  },
  args: never[],
  strategies: readonly ("lanes" | "resident" | "parallel" | "stepped")[],
  device: TestDevice,
): Promise<void> {
  const run = async (strategy?: "lanes" | "resident" | "parallel" | "stepped") => {
    const { inputs, outputs } = build(strategy);
    const f = await compile(inputs, outputs, { device });
    const results = (f as (...args: never[]) => Tensor[])(...args).map(numbers);
    if (strategy !== undefined) assert(f.explain().includes(`${strategy}: `), f.explain());
    return results;
  };
  const plain = await run();
  for (const strategy of strategies) {
    (await run(strategy)).forEach((values, i) => close(values, plain[i]!));
  }
}

onDevices("scan() gives the same by each strategy", async (device) => {
  const x = T.matrix("x"), h0 = T.vector("h0");
  await byStrategies(
    (strategy) => {
      const [h] = scan((x: Variable, h: Variable) => T.tanh(x.mul(h).add(x)), {
        sequences: x,
        outputsInfo: h0,
        ...(strategy === undefined ? {} : { strategy }),
      });
      return { inputs: [x, h0], outputs: [h as Variable] };
    },
    [[[1, 2, 3], [4, 5, 6], [0.1, 0.2, 0.3]], [0.5, -0.5, 1]] as never[],
    ["lanes", "resident", "stepped"],
    device,
  );
  const W = T.matrix("W");
  await byStrategies(
    (strategy) => {
      const [h] = scan((x: Variable, h: Variable) => T.tanh(x.add(T.dot(W, h))), {
        sequences: x,
        outputsInfo: h0,
        ...(strategy === undefined ? {} : { strategy }),
      });
      return { inputs: [x, h0, W], outputs: [h as Variable] };
    },
    [[[1, 2], [4, 5], [0.1, 0.2]], [0.5, -0.5], [[0.1, 0.2], [0.3, -0.4]]] as never[],
    ["resident", "stepped"],
    device,
  );
});

onDevices("scan() in parallel gives what it gives in order", async (device) => {
  const x = T.matrix("x"), h0 = T.vector("h0"), a = T.vector("a");
  const steps: ((x: Variable, h: Variable, a: Variable) => Variable)[] = [
    (x, h, a) => h.mul(a).add(x).sub(h.mul(0.1)),
    (x, h) => h.add(x),
    (x, h) => T.maximum(h, x),
    (x, h) => h.mul(x.add(1)),
    (x, h, a) => T.where(x.gt(0.9), a, h.add(x)),
  ];
  const both = steps.flatMap((step) => {
    const options = { sequences: x, outputsInfo: h0, nonSequences: a };
    const [plain] = scan(step, options);
    const [scanned] = scan(step, { ...options, strategy: "parallel" });
    const cost = (y: Variable) => T.sum(T.sqr(y as Variable));
    return [plain, scanned, grad(cost(plain as Variable), a, { disconnectedInputs: "ignore" })]
      .concat(grad(cost(scanned as Variable), a, { disconnectedInputs: "ignore" })) as Variable[];
  });
  const f = await compile([x, h0, a], both, { device });
  for (const n of [1, 17, 300]) {
    const rows = Array.from({ length: n }, (_, t) => [Math.sin(t), Math.cos(t)]);
    const found = f(rows, [1, 2], [0.5, -0.9]).map(numbers);
    for (let i = 0; i < found.length; i += 4) {
      close(found[i + 1]!, found[i]!, 1e-4);
      close(found[i + 3]!, found[i + 2]!, 1e-4);
    }
  }
});

onDevices("scan() runs inside ifelse, only when it is chosen", async (device) => {
  const x = T.vector("x"), c = T.iscalar("c");
  const [sums] = scan((v, s) => s!.add(v!), { sequences: x, outputsInfo: 0 });
  const f = await compile([x, c], T.ifelse(c, sums, x), { device });
  assertEquals(numbers(f([1, 2, 3], 1)), [1, 3, 6]);
  assertEquals(numbers(f([1, 2, 3], 0)), [1, 2, 3]);
});

Deno.test("scan() refuses a strategy that the step does not allow, and names those it does", async () => {
  const x = T.matrix("x");
  const [h] = scan((x: Variable, h: Variable) => h.add(x.sum()), {
    sequences: x,
    outputsInfo: T.zeros([2]),
    strategy: "lanes",
  });
  const f = await compile([x], h as Variable, { device: "cpu" });
  assertThrows(() => f([[1, 2]]), TypeError, 'Cannot run "scan" with strategy "lanes"');
});

Deno.test("scan() keeps of a state only what is read", async () => {
  const h0 = T.vector("h0"), n = T.iscalar("n");
  const [h] = scan((h: Variable) => T.tanh(h.mul(2)), { outputsInfo: h0, nSteps: n });
  const last = await compile([h0, n], T.index(h as Variable, [-1]), { device: "cpu" });
  last(new Float32Array(256), 1000);
  // Two rows of the state, not a thousand.
  assert(executorOf(last).executables[0]!.info.scratchBytes < 16 * 256 * 4);
});

onDevices("an initial value with fewer rows than taps is an error", async (device) => {
  const x = T.vector("x"), n = T.iscalar("n");
  const [y] = scan((a: Variable, b: Variable) => a.mul(b), {
    outputsInfo: { initial: x, taps: [-1, -3] },
    nSteps: n,
  });
  const last = (y as Variable).at(-1);
  for (const wanted of [[y as Variable], [last], [grad(last, x)], [(y as Variable).sum(), last]]) {
    const f = await compile([x, n], wanted, { device });
    for (const steps of [1, 7]) {
      assertEquals(f([2, 1, 3, 9], steps).length, wanted.length);
      for (const few of [[2, 1], []]) {
        const told = 'taps [-1,-3] need 3 rows of the initial value "x": expected length 3';
        assertThrows(() => f(few, steps), ShapeError, told);
      }
    }
  }
});

Deno.test("scan() says what is wrong with its arguments", () => {
  const x = T.dvector("x"), y = T.dvector("y");
  const add = (a: Variable, b: Variable) => a.add(b);
  assertThrows(
    () => scan(add, { outputsInfo: { initial: y, taps: [-1, -1] }, nSteps: 3 }),
    RangeError,
    "all taps of output 0 must be different",
  );
  assertThrows(
    () => scan((a) => a, { outputsInfo: { initial: y, taps: [0] }, nSteps: 3 }),
    RangeError,
    "must be negative",
  );
  assertThrows(
    () => scan(add, { sequences: x, outputsInfo: T.constant(0, { dtype: "float32" }) }),
    TypeError,
    "starts as float32 and the step returns float64",
  );
  assertThrows(
    () => scan((a: Variable) => a.mul(2), { outputsInfo: T.constant(1), nSteps: T.dscalar("n") }),
    TypeError,
    "nSteps must be an integer",
  );
  assertThrows(
    () => scan(() => 1 as never, { sequences: x }),
    TypeError,
    "only symbolic variables",
  );
  assertThrows(
    () => scan((a: Variable) => a, { outputsInfo: x }),
    TypeError,
    "no way to know the number of steps",
  );
  assertThrows(
    () => scan(add, { sequences: x, outputsInfo: [T.constant(0), null] }),
    RangeError,
    "describes 2 outputs and the step returned 1",
  );
  assertThrows(() => until(x), TypeError, "expected a scalar condition");
  assertThrows(
    () => scan((a: Variable) => until(a.gt(0)), { sequences: x }),
    TypeError,
    "returned a condition alone",
  );
  assertThrows(
    () => scan((a: Variable) => a, { sequences: T.scalar("s") }),
    TypeError,
    "is a scalar",
  );
  const W = shared([[1, 0], [0, 1]]);
  assertThrows(
    () => scan((row: Variable) => T.dot(row, W), { sequences: T.matrix("m"), strict: true }),
    TypeError,
    "missing from nonSequences",
  );
});

Deno.test("the reference checks the lengths of sequences, also of those that no step reads", () => {
  const x = T.constant(new Float32Array(2)), first = T.constant(1);
  for (const step of [(x: Variable, a: Variable) => a.add(x), (_: Variable, a: Variable) => a]) {
    const [run] = scan(step, { sequences: x, outputsInfo: first, nSteps: 4 });
    assertThrows(
      () => evaluateGraph([run as Variable], new Map()),
      TypeError,
      "sequence 0 has 2 elements, and 4 steps need 4",
    );
  }
});

onDevices("scan() with states of one column, read without it in a gradient", async (device) => {
  const x = T.tensor("float32", [null, 1], "x"), h0 = T.tensor("float32", [2, 1], "h0");
  const w = T.fvector("w");
  const [h] = scan(
    (x: Variable, before: Variable, h: Variable) => T.sin(h.mul(w)).add(before).add(x),
    {
      sequences: x,
      outputsInfo: { initial: h0, taps: [-2, -1] },
    },
  );
  const first = grad((h as Variable).sum(), w), second = grad(first.sum(), x);
  // Debug mode compares with the reference.
  const f = await compile([x, h0, w], [first, second], { device, mode: "debug" });
  f([[1], [-0.5], [2], [0.25]], [[0.3], [-1]], [0.7]);
});

Deno.test("traces of a constant number of steps have a static length", () => {
  const x = T.fscalar("x"), n = T.iscalar("n");
  const lengthOf = (nSteps: number | Variable, ends = false) => {
    const [states] = scan(
      (s: Variable) => ends ? [s.mul(2), until(s.gt(9))] : [s.mul(2)],
      { outputsInfo: x, nSteps, returnList: true },
    );
    return (states as unknown as Variable[])[0]!.type.shape[0];
  };
  assertEquals(lengthOf(3), 3);
  assertEquals(lengthOf(0), 0);
  assertEquals(lengthOf(n), null);
  assertEquals(lengthOf(3, true), null);
});
