// Which loops run block by block of the rows of a batch, and that blocks change no bit.

import { assert, assertEquals } from "@std/assert";
import "../../dev/testing/compiling.ts";
import { optimise, resolveMode } from "../../core/rewrite/mod.ts";
import { Executor } from "../../core/runtime/executor.ts";
import { planProgram } from "../../core/plan/planner.ts";
import { allSteps } from "../../core/ir/steps.ts";
import { Random } from "../../dev/fuzz/random.ts";
import {
  config,
  grad,
  RandomStreams,
  scan,
  shared,
  T,
  tensor,
  until,
  type Variable,
} from "../../all.ts";
import { createCpuBackend } from "../mod.ts";
import { blockRows } from "./row_blocks.ts";

type Inputs = readonly (readonly [Variable, readonly number[]])[];
type Result = Variable | Variable[];

const x = T.ftensor3("x"), y0 = T.fmatrix("y0"), w = T.fmatrix("w"), u = T.fmatrix("u");
const v = T.fvector("v");

function inputsOf(steps: number, batch: number, from: number, to: number): Inputs {
  return [[x, [steps, batch, from]], [y0, [batch, to]], [w, [to, to]], [u, [from, to]], [v, [to]]];
}

function optimised(result: Result): readonly Variable[] {
  return optimise([result].flat(), resolveMode());
}

/** The rows of the loops that are about blocks. */
function blocksOf(result: Result, inputs: Inputs, products = true): number[] {
  const { program } = planProgram({
    name: "f",
    inputs: inputs.map(([variable, shape]) => ({ variable, shape: [...shape] })),
    shared: [],
    outputs: [...optimised(result)],
    updates: [],
    ieee: true,
  });
  const blocked = blockRows(program, { from: 1, products });
  return allSteps(blocked).flatMap(({ step }) =>
    step.kind === "loop" && step.block !== undefined ? [step.block.rows] : []
  );
}

function traceOf(step: (...args: Variable[]) => unknown, options: object): Variable {
  const [result] = scan(step as never, options as never) as unknown as [
    Variable | Variable[],
  ];
  return [result].flat()[0]!;
}

const recurrence = traceOf((now, y) => T.tanh(y!.dot(w).add(now!.dot(u))), {
  sequences: x,
  outputsInfo: y0,
});

const lstm = traceOf((now, h, c) => {
  const [i, f, o, g] = T.split(now!.dot(u).add(h!.dot(w)), 4, 1) as Variable[];
  const next = T.sigmoid(f!).mul(c!).add(T.sigmoid(i!).mul(T.tanh(g!)));
  return [T.sigmoid(o!).mul(T.tanh(next)), next];
}, { sequences: x, outputsInfo: [y0, y0] });

/** The inputs of the LSTM, whose products are four times as wide as its state. */
function lstmInputs(steps: number, batch: number, from: number, to: number): Inputs {
  return [[x, [steps, batch, from]], [y0, [batch, to]], [w, [to, 4 * to]], [u, [from, 4 * to]]];
}

const withTaps = traceOf(
  (before, now, older, y) => T.tanh(y!.dot(w).add(older!.mul(v)).add(now!.sub(before!).dot(u))),
  {
    sequences: { input: x, taps: [-1, 0] },
    outputsInfo: { initial: T.stack([y0, y0.mul(0.5)]), taps: [-2, -1] },
  },
);

const elementwise = traceOf((now, y) => T.sin(y!.mul(0.9).add(now!)), {
  sequences: x,
  outputsInfo: y0,
});

const sums = traceOf(
  (now, y) => T.softmax(y!.dot(w).add(now!.dot(u)).add(y!.sum(1, { keepdims: true }))),
  {
    sequences: x,
    outputsInfo: y0,
  },
);

const nested = traceOf(
  (now, y) =>
    traceOf((z) => T.tanh(z!.dot(w).add(now!.dot(u))), { outputsInfo: y, nSteps: 3 }).at(-1),
  {
    sequences: x,
    outputsInfo: y0,
  },
);

const columns = traceOf((now, y) => T.tanh(w.T.dot(y!).add(u.T.dot(now!.T))), {
  sequences: x,
  outputsInfo: y0.T,
});

const drawn = traceOf((now, y) => {
  const draws = new RandomStreams(3).normal({ size: [16, 10] });
  return T.tanh(y!.dot(w).add(now!.dot(u)).add(draws));
}, { sequences: x, outputsInfo: y0 });

Deno.test("loops over a batch are about blocks of its rows, their gradients too", () => {
  const inputs = inputsOf(5, 16, 7, 10);
  for (const [name, one] of Object.entries({ recurrence, withTaps, nested })) {
    assertEquals(blocksOf(one, inputs), [16], name);
  }
  // Vectors along the rows are not cut.
  for (const [name, one] of Object.entries({ sums, columns })) {
    assertEquals(blocksOf(one, inputs), [], name);
    assertEquals(blocksOf(one, inputsOf(5, 32, 7, 10)), [32], name);
  }
  assertEquals(blocksOf(lstm, lstmInputs(5, 16, 7, 10)), [16]);
  assertEquals(blocksOf(elementwise, inputsOf(5, 40, 10, 10)), [40]);
  assertEquals(blocksOf(grad(recurrence.sum(), [w, u]) as Variable[], inputs), [16, 16]);
  assertEquals(
    blocksOf(grad(lstm.sum(), [w, u]) as Variable[], lstmInputs(5, 16, 7, 10)),
    [16, 16],
  );
});

Deno.test("a loop whose rows meet runs them together", () => {
  const inputs = inputsOf(5, 16, 10, 10);
  const step = (change: (y: Variable) => Variable) =>
    blocksOf(
      traceOf((now, y) => change(T.tanh(y!.dot(w).add(now!))), { sequences: x, outputsInfo: y0 }),
      inputs,
    );
  assertEquals(step((y) => y), [16]);
  const apart: Record<string, (y: Variable) => Variable> = {
    "a mean over the batch": (y) => y.sub(y.mean(0)),
    "rows in another order": (y) => T.roll(y, 1, 0),
    "a product of rows": (y) => T.softmax(y.dot(y.T)).dot(y.mul(2)),
    "a single number of all": (y) => y.div(y.max()),
    "rows that are turned around": (y) => y.add(T.flip(y, 0)),
    "rows at computed places": (y) => y.take(y.argmax(1), 0),
  };
  for (const [what, change] of Object.entries(apart)) assertEquals(step(change), [], what);
});

Deno.test("a loop that ends early, one that checks, and few rows stay whole", () => {
  const inputs = inputsOf(5, 16, 10, 10);
  const ends = traceOf((now, y) => {
    const next = T.tanh(y!.dot(w).add(now!));
    return [next, until(next.max().lt(0.1))];
  }, { sequences: x, outputsInfo: y0 });
  assertEquals(blocksOf(ends.at(-1), inputs), []);
  assertEquals(blocksOf(recurrence, inputsOf(5, 15, 7, 10)), []);
  assertEquals(blocksOf(recurrence, inputsOf(5, 1, 7, 10)), []);
  assertEquals(blocksOf(recurrence, inputsOf(5, 16, 7, 10), false), [], "products of a library");
  assertEquals(blocksOf(elementwise, inputsOf(5, 40, 10, 10), false), [40]);
});

const threads = { from: 16, start: 0 };

/** The results on each number of threads. */
function onThreads(result: Result, inputs: Inputs, random: Random, options = {}): number[][] {
  const values = inputs.map(([, shape]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length }, () => random.below(1000) / 1000 - 0.5);
    return tensor(data, { shape });
  });
  const backend = createCpuBackend({ check: true, threads, ...options });
  const executor = new Executor({
    name: "f",
    inputs: inputs.map(([variable]) => variable),
    outputs: optimised(result),
    updates: [],
    backend,
  });
  const before = config.threads;
  try {
    return [1, 2, 3].map((count) => {
      config.threads = count;
      // Threads start one by one, and take part once they are there.
      return [1, 2, 3].map(() =>
        executor.run(values).flatMap((one) => Array.from(one.dataSync(), Number))
      ).at(-1)!;
    });
  } finally {
    config.threads = before;
  }
}

Deno.test("blocks of rows have the bits of the whole, on any number of threads", () => {
  const random = new Random(11);
  const works: [Result, (...sizes: [number, number, number, number]) => Inputs][] = [
    [recurrence, inputsOf],
    [withTaps, inputsOf],
    [sums, inputsOf],
    [nested, inputsOf],
    [columns, inputsOf],
    [grad(recurrence.sqr().sum(), [w, u, y0]) as Variable[], inputsOf],
    [grad(withTaps.sqr().sum(), [w, u, y0, v]) as Variable[], inputsOf],
    [lstm, lstmInputs],
    [grad(lstm.sqr().sum(), [w, u]) as Variable[], lstmInputs],
    [elementwise, (steps, batch, _, to) => inputsOf(steps, batch, to, to)],
  ];
  for (const [i, [result, inputs]] of works.entries()) {
    const sizes = [33 + random.below(40), 1 + random.below(12), 2 + random.below(50)] as const;
    const [alone, ...others] = onThreads(result, inputs(4, ...sizes), random, { simd: i !== 3 });
    assert(alone!.every(Number.isFinite));
    for (const other of others) assertEquals(other, alone, `${i}: ${sizes}`);
  }
});

Deno.test("blocks give what the loop as a whole gives", () => {
  const random = new Random(5), inputs = inputsOf(6, 48, 12, 33);
  for (const result of [recurrence, withTaps, sums, grad(recurrence.sum(), [w, u]) as Variable[]]) {
    const never = { threads: { from: 2 ** 40, start: 0 } };
    const seed = random.below(1000);
    const [whole] = onThreads(result, inputs, new Random(seed), never);
    const [blocks] = onThreads(result, inputs, new Random(seed));
    blocks!.forEach((value, i) => {
      const expected = whole![i]!;
      assert(Math.abs(value - expected) <= 1e-4 * (1 + Math.abs(expected)), `${value} ${expected}`);
    });
  }
});

Deno.test("random numbers of a step are the same in blocks", () => {
  const inputs = inputsOf(6, 16, 7, 10), random = new Random(1);
  const [alone, ...others] = onThreads(drawn, inputs, random);
  for (const other of others) assertEquals(other, alone);
});

Deno.test("updates of shared variables come from blocks of rows, too", async () => {
  const { compile } = await import("../../all.ts");
  const state = shared(tensor(new Float32Array(64 * 40).fill(0.5), { shape: [64, 40] }));
  const weights = shared(tensor(Float32Array.from({ length: 1600 }, (_, i) => Math.sin(i) / 5), {
    shape: [40, 40],
  }));
  const last = traceOf((y) => T.tanh(y!.dot(weights)), { outputsInfo: state, nSteps: 200 }).at(-1);
  const f = await compile([], last.sum(), { updates: [[state, last]], device: "cpu" });
  const before = config.threads;
  try {
    const run = (threads: number) => {
      config.threads = threads;
      state.setValue(tensor(new Float32Array(64 * 40).fill(0.5), { shape: [64, 40] }));
      f();
      f();
      return Array.from(state.getValue().dataSync(), Number);
    };
    const alone = run(1);
    for (let i = 0; i < 3; i++) assertEquals(run(2), alone);
  } finally {
    config.threads = before;
  }
});
