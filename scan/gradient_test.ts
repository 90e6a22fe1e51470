import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/testing/devices.ts";
import { executorOf } from "../core/runtime/callable.ts";
import { compile, grad, scan, T, type Tensor, tensor, until, type Variable } from "../all.ts";

function filled(shape: number[], phase: number): Tensor {
  const size = shape.reduce((n, length) => n * length, 1);
  return tensor(Float64Array.from({ length: size }, (_, i) => 0.7 * Math.sin(1.7 * i + phase)), {
    shape,
  });
}

/** Compares the gradients of a cost with central differences. */
async function checkGradients(
  inputs: Variable[],
  cost: Variable,
  wrt: Variable[],
  values: Tensor[],
): Promise<void> {
  const f = await compile(inputs, cost, { device: "cpu", onUnusedInput: "ignore" });
  const g = await compile(inputs, grad(cost, wrt), { device: "cpu", onUnusedInput: "ignore" });
  const gradients = g(...values) as Tensor[];
  wrt.forEach((variable, w) => {
    const at = inputs.indexOf(variable);
    const value = values[at]!;
    assertEquals(gradients[w]!.shape, value.shape);
    const found = numbers(gradients[w]!);
    for (let i = 0; i < value.size; i++) {
      const moved = (by: number): number => {
        const data = Float64Array.from(numbers(value));
        data[i]! += by;
        const args = [...values];
        args[at] = tensor(data, { shape: value.shape });
        return Number((f(...args) as Tensor).item());
      };
      const expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
      assertAlmostEquals(found[i]!, expected, 1e-6 * Math.max(1, Math.abs(expected)));
    }
  });
}

function network(options: { truncateGradient?: number; checkpoint?: number | "sqrt" } = {}): {
  inputs: Variable[];
  states: Variable;
  values: Tensor[];
} {
  const X = T.dmatrix("X"), Wx = T.dmatrix("Wx"), Wh = T.dmatrix("Wh");
  const b = T.dvector("b"), h0 = T.dvector("h0");
  const [states] = scan(
    (x: Variable, h: Variable, Wx: Variable, Wh: Variable, b: Variable) =>
      T.tanh(T.dot(x, Wx).add(T.dot(h, Wh)).add(b)),
    { sequences: X, outputsInfo: h0, nonSequences: [Wx, Wh, b], ...options },
  );
  return {
    inputs: [X, Wx, Wh, b, h0],
    states: states as Variable,
    values: [
      filled([6, 3], 0),
      filled([3, 4], 1),
      filled([4, 4], 2),
      filled([4], 3),
      filled([4], 4),
    ],
  };
}

Deno.test("grad() of a recurrent network is right for every kind of input", async () => {
  const { inputs, states, values } = network();
  await checkGradients(inputs, T.index(states, [-1]).sum(), inputs, values);
  await checkGradients(inputs, states.sqr().sum(), inputs, values);
  await checkGradients(inputs, T.index(states, [2]).sum(), inputs, values);
});

Deno.test("grad() goes through any taps of sequences and outputs", async () => {
  const x = T.dvector("x"), start = T.dvector("start"), a = T.dscalar("a");
  const depths: [number[], number[]][] = [[[0], [-1]], [[0, 2], [-3, -1]], [[-2, 1], [-2]]];
  for (const [taps, back] of depths) {
    const [y] = scan((...args: Variable[]) => {
      const weighted = args.slice(0, -1).map((arg, i) =>
        arg.mul(a).add(arg.sqr().mul(0.1 * (i + 1)))
      );
      return T.tanh(weighted.reduce((sum, part) => sum.add(part)).add(args.at(-1)!.mul(0.1)));
    }, {
      sequences: { input: x, taps },
      outputsInfo: back.length === 1 && back[0] === -1
        ? T.index(start, [0])
        : { initial: start, taps: back },
      nonSequences: a,
    });
    const weights = T.arange(T.shape(y as Variable).at(0) as Variable).astype("float64").add(1);
    await checkGradients(
      [x, start, a],
      (y as Variable).mul(weights).sum(),
      [x, start, a],
      [filled([7], 0.3), filled([3], 1), tensor(0.7, { dtype: "float64" })],
    );
  }
});

Deno.test("grad() visits the executed steps of a loop that until ended, wherever it ended", async () => {
  const x = T.dvector("x"), a = T.dscalar("a"), start = T.dvector("start");
  for (const taps of [[-1], [-2], [-3, -1]]) {
    for (let stop = 0; stop <= 6; stop++) {
      const [y] = scan((v: Variable, ...past: Variable[]) => {
        const old = past.slice(0, -1).reduce((sum, part) => sum.add(part));
        const now = T.tanh(old.mul(a).add(v));
        return [now, until(v.gt(stop + 0.5))];
      }, {
        sequences: x,
        outputsInfo: taps.length === 1 && taps[0] === -1
          ? T.index(start, [0])
          : { initial: start, taps },
        nonSequences: a,
      });
      const values = [
        tensor(Float64Array.from([1, 2, 3, 4, 5, 6])),
        tensor(0.3, { dtype: "float64" }),
        filled([3], 1),
      ];
      const count = await compile([x, a, start], (y as Variable).shape[0]!, {
        device: "cpu",
      });
      assertEquals(
        Number(count(...values as [Tensor, Tensor, Tensor]).item()),
        Math.min(stop + 1, 6),
      );
      await checkGradients([x, a, start], (y as Variable).sqr().sum(), [x, a, start], values);
    }
  }
});

Deno.test("grad() of a nested scan, and of a gradient inside a scan", async () => {
  const A = T.dmatrix("A"), B = T.dmatrix("B");
  const [P] = scan((row: Variable, B: Variable) => {
    const [r] = scan((column: Variable, row: Variable) => row.mul(column).sum(), {
      sequences: B.T,
      nonSequences: row,
    });
    return r as Variable;
  }, { sequences: A, nonSequences: B });
  await checkGradients([A, B], T.tanh(P as Variable).sqr().sum(), [A, B], [
    filled([3, 4], 0),
    filled([4, 2], 1),
  ]);

  const b = T.dvector("b"), rate = T.dscalar("rate");
  const [steps] = scan((t: Variable, A: Variable, b: Variable, rate: Variable) => {
    const cost = t.dot(A.dot(t)).mul(0.5).sub(b.dot(t));
    return t.sub(rate.mul(grad(cost, t)));
  }, { outputsInfo: T.zerosLike(b), nonSequences: [A, b, rate], nSteps: 6 });
  await checkGradients([A, b, rate], T.index(steps as Variable, [-1]).sqr().sum(), [A, b, rate], [
    filled([3, 3], 0),
    filled([3], 1),
    tensor(0.25, { dtype: "float64" }),
  ]);
});

Deno.test("grad() three times of x**4 by a scan agrees with calculus", async () => {
  const x = T.dscalar("x");
  const [powers] = scan((p: Variable, x: Variable) => p.mul(x), {
    outputsInfo: T.constant(1, { dtype: "float64" }),
    nonSequences: x,
    nSteps: 4,
  });
  const y = T.index(powers as Variable, [-1]);
  const first = grad(y, x), second = grad(first, x), third = grad(second, x);
  const f = await compile([x], [y, first, second, third], { device: "cpu" });
  assertEquals(f(2).map((v) => Number(v.item())), [16, 32, 48, 48]);
});

Deno.test("grad() of a scan with truncateGradient stops after that many steps", async () => {
  const full = network(), cut = network({ truncateGradient: 2 });
  const gradients = async ({ inputs, states, values }: ReturnType<typeof network>) => {
    const f = await compile(inputs, grad(states.sum(), inputs), { device: "cpu" });
    return (f(...values) as Tensor[]).map(numbers);
  };
  const [whole, part] = [await gradients(full), await gradients(cut)];
  // Rows of the sequence before the last two steps have none, and neither has the first state.
  assertEquals(part[0]!.slice(0, 12), new Array(12).fill(0));
  assertEquals(part[4], [0, 0, 0, 0]);
  // The very last step does not depend on where it stops.
  part[0]!.slice(15).forEach((value, i) => assertAlmostEquals(value, whole[0]![15 + i]!, 1e-12));
});

Deno.test("scan() with checkpoint has the same gradients in less memory", async () => {
  const W = T.dmatrix("W"), h0 = T.dmatrix("h0"), n = T.iscalar("n");
  const run = async (checkpoint?: number | "sqrt") => {
    const [h] = scan((h: Variable, W: Variable) => T.tanh(T.dot(h, W).add(0.1)), {
      outputsInfo: h0,
      nonSequences: W,
      nSteps: n,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    const cost = T.index(h as Variable, [-1]).sqr().sum();
    const f = await compile([W, h0, n], [cost, grad(cost, h0)], { device: "cpu" });
    const results = [1, 7, 400].map((steps) => f(filled([8, 8], 0), filled([4, 8], 1), steps));
    const bytes = executorOf(f).executables.at(-1)!.info.scratchBytes;
    return { results: results.map(([c, g]) => [...numbers(c), ...numbers(g)]), bytes };
  };
  const plain = await run();
  for (const checkpoint of [3, 20, "sqrt"] as const) {
    const { results, bytes } = await run(checkpoint);
    results.forEach((values, i) =>
      values.forEach((value, k) => assertAlmostEquals(value, plain.results[i]![k]!, 1e-9))
    );
    if (checkpoint !== 3) assert(bytes < plain.bytes / 2, `${bytes} of ${plain.bytes} bytes`);
  }
});

Deno.test("scan() refuses a checkpoint that is no number of steps", () => {
  const x = T.dvector("x");
  const step = (v: Variable, s: Variable) => s.add(v);
  assertThrows(
    () => scan(step, { sequences: x, outputsInfo: 0, checkpoint: 0 }),
    RangeError,
    "checkpoint must be a positive integer",
  );
});

Deno.test("grad() of a loop over a batch turns no sequence element by element", async () => {
  const x = T.tensor("float64", [9, 5, 3]), w = T.dmatrix("w"), u = T.dmatrix("u");
  const [states] = scan((x: Variable, h: Variable) => T.tanh(x.dot(w).add(h.dot(u))), {
    sequences: x,
    outputsInfo: T.zeros([5, 4], "float64"),
  });
  const inputs = [x, w, u], cost = (states as Variable).sqr().sum();
  const values = [filled([9, 5, 3], 0), filled([3, 4], 1), filled([4, 4], 2)];
  await checkGradients(inputs, cost, [w, u], values);
  // Which steps a plan has does not depend on the device.
  const f = await compile(inputs, grad(cost, [w, u]), { device: "cpu" });
  f(...values);
  assert(!/^ *dimshuffle \[/m.test(f.explain()), f.explain());
});

Deno.test("grad() of a loop keeps its products rather than making them again", async () => {
  const x = T.tensor("float64", [9, 5, 3]), w = T.dmatrix("w"), u = T.dmatrix("u");
  const products = async (activation: (z: Variable) => Variable, units: number) => {
    const [states] = scan((x: Variable, h: Variable) => activation(x.dot(w).add(h.dot(u))), {
      sequences: x,
      outputsInfo: T.zeros([5, units], "float64"),
    });
    const inputs = [x, w, u], cost = (states as Variable).sqr().sum();
    const values = [filled([9, 5, 3], 0), filled([3, units], 1), filled([units, units], 2)];
    await checkGradients(inputs, cost, [w, u], values);
    const f = await compile(inputs, [cost, ...grad(cost, [w, u])], { device: "cpu" });
    f(...values);
    return f.explain().match(/^ *product /gm)!.length;
  };
  // Two forward, one back, and one for each weight. The derivative of tanh needs its result alone.
  assertEquals(await products(T.tanh, 16), 5);
  assertEquals(await products((z) => T.sin(z).mul(T.sigmoid(z)), 16), 5);
});

Deno.test("grad() of a loop stores one trace for what is added up", async () => {
  const x = T.tensor("float64", [9, 5, 3]), w = T.dmatrix("w"), u = T.dmatrix("u");
  const v = T.dmatrix("v"), b = T.dvector("b");
  const [states] = scan(
    (before: Variable, now: Variable, h: Variable) =>
      T.tanh(h.dot(u).add(now.dot(w)).add(before.dot(v)).add(b)),
    { sequences: { input: x, taps: [-1, 0] }, outputsInfo: T.zeros([5, 4], "float64") },
  );
  const inputs = [x, w, v, u, b], wrt = inputs.slice(1);
  const cost = (states as Variable).sqr().sum();
  const values = [[9, 5, 3], [3, 4], [3, 4], [4, 4], [4]].map(filled);
  await checkGradients(inputs, cost, wrt, values);
  const f = await compile(inputs, grad(cost, wrt), { device: "cpu" });
  f(...values);
  assert(/^ *mul \[5, 4\].*-> %\d+$/m.test(f.explain()), f.explain());
});

onDevices("second gradients of a product that a choice and an output read", async (device) => {
  const x = T.tensor("float32", [null, null, null]), h0 = T.matrix("h0"), w = T.matrix("w");
  const [[states, products]] = scan((n: Variable, y: Variable) => {
    const p = n.add(y.dot(w));
    return [T.sigmoid(T.ifelse(y.sum().gt(0), p.dot(w), p)), p];
  }, { sequences: x, outputsInfo: [h0, null], returnList: true }) as unknown as [
    [Variable, Variable],
  ];
  const first = grad(states.sum().add(products.sum()), [w, h0, x]);
  const cost = first.map((slope) => slope.sqr().sum()).reduce((a, b) => a.add(b));
  const f = await compile([x, h0, w], grad(cost, [w, h0, x]), { device });
  const same = (...shape: number[]) =>
    tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1), { shape });
  const found = f(same(3, 2, 8), same(2, 8), same(8, 8)).map((one) => one.dataSync()[0]!);
  [231.0140680771445, 141.31311837421734, 58.96072114787356].forEach((right, i) =>
    assertAlmostEquals(found[i]!, right, 1e-4 * right)
  );
});
