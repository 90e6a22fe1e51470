/**
 * Loops whose steps build on the steps before.
 *
 * @module
 */
import {
  compile,
  grad,
  RandomStreams,
  scan,
  shared,
  type SharedVariable,
  T,
  type Tensor,
  tensor,
  until,
} from "../../mod.ts";
import { Random } from "../data/random.ts";
import type { Chapter, Results } from "./program.ts";

/** Programs with scan whose steps read earlier results, change shared variables, or end the loop. */
export const recurrences: Chapter = {
  title: "Scan: recurrences",
  url: import.meta.url,
  programs: [
    { title: "x(t) = tanh(x(t−1)·W + y(t)·U + p(T−t)·V)", run: reversed },
    { title: "x(t) = x(t−2)·U + x(t−1)·V + tanh(x(t−1)·W + b)", run: secondOrder },
    { title: "The Jacobian of tanh(v·A)", run: jacobian },
    { title: "Count the steps in a shared variable", run: counter },
    { title: "tanh(x·W + b)·d, where d is binomial noise", run: noise },
    { title: "A^k, element by element", run: elementwisePower },
    { title: "A^k of a square matrix", run: matrixPower },
    { title: "Powers of two up to a bound", run: powersOfTwo },
    {
      title: "y(t) = tanh(W1·y(t−1) + W2·x(t) + W3·x(t−1)), sizes 10 and 20",
      run: smallRecurrence,
      show: "network",
    },
    { title: "The same, sizes 100 and 200", run: largeRecurrence, show: "network" },
  ],
};

async function reversed(): Promise<Results> {
  const X = T.vector("X"), [W, U, V, Y, P] = T.matrices("W", "U", "V", "Y", "P");
  const [results] = scan(
    (y, p, before) => T.tanh(T.dot(before, W).add(T.dot(y, U)).add(T.dot(p, V))),
    { sequences: [Y, P.at("::-1")], outputsInfo: X },
  );
  const f = await compile([X, W, Y, U, P, V], results);
  const ones = [[1, 1], [1, 1]], rest = [[1, 1], [1, 1], [1, 1], [1, 1]];
  return { x: f([0, 1], ones, [[-3, -3], ...rest], ones, [[3, 3], ...rest], ones) };
}

async function secondOrder(): Promise<Results> {
  const [X, W, U, V] = T.matrices("X", "W", "U", "V"), b = T.vector("b"), n = T.iscalar("n");
  const [results] = scan(
    (x2, x1) => T.dot(x2, U).add(T.dot(x1, V)).add(T.tanh(T.dot(x1, W).add(b))),
    { nSteps: n, outputsInfo: { initial: X, taps: [-2, -1] } },
  );
  const f = await compile([X, U, V, W, b, n], results);
  const half = [[0.5, 0.5], [0.5, 0.5]];
  return { x: f([[0, 0], [0, 1]], [[0, 0.5], [0.5, 0]], half, half, [1, 1], 10) };
}

async function jacobian(): Promise<Results> {
  const v = T.vector("v"), A = T.matrix("A");
  const y = T.tanh(T.dot(v, A));
  const [rows] = scan((i) => grad(y.at(i), v), { sequences: T.arange(y.shape[0]) });
  const f = await compile([A, v], rows);
  const a = [[1, 0, 0], [0, 1, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0]];
  return { jacobian: f(a, [1, 0, 0, 0, 0]) };
}

async function counter(): Promise<Results> {
  const k = shared(0, { dtype: "int32" }), n = T.iscalar("n");
  const [, updates] = scan(() => new Map([[k as SharedVariable, k.add(1)]]), { nSteps: n });
  const count = await compile([n], [], { updates });
  const before = k.getValue();
  count(5);
  const after = k.getValue();
  count(10);
  return { before, after, later: k.getValue() };
}

async function noise(): Promise<Results> {
  const X = T.matrix("X"), W = T.matrix("W"), b = T.vector("b");
  const d = new RandomStreams(1234).binomial([W.shape[1]]);
  const [results, updates] = scan((v) => T.tanh(T.dot(v, W).add(b)).mul(d), { sequences: X });
  const f = await compile([X, W, b], results, { updates });
  const eye = Array.from({ length: 10 }, (_, i) => [i === 0 ? 1 : 0, i === 1 ? 1 : 0]);
  return { rows: f(eye, [[1, 1], [1, 1]], [1, 1]) };
}

async function elementwisePower(): Promise<Results> {
  const A = T.vector("A"), k = T.iscalar("k");
  const [powers, updates] = scan((before, A) => before.mul(A), {
    outputsInfo: T.onesLike(A),
    nonSequences: A,
    nSteps: k,
  });
  const f = await compile([A, k], powers.at(-1), { updates });
  return { squares: f([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 2), cubes: f([1, 2, 3], 3) };
}

async function matrixPower(): Promise<Results> {
  const A = T.matrix("A"), k = T.iscalar("k");
  const [powers] = scan((P, A) => P.dot(A), {
    outputsInfo: T.eye(A.shape[0]),
    nonSequences: A,
    nSteps: k,
  });
  const f = await compile([A, k], powers.at(-1));
  return { power: f([[2, -2], [-1, 2]], 10) };
}

async function powersOfTwo(): Promise<Results> {
  const bound = T.scalar("bound");
  const [powers] = scan(
    (before, bound) => [before.mul(2), until(before.mul(2).gt(bound))],
    { outputsInfo: T.constant(1), nonSequences: bound, nSteps: 1000 },
  );
  const f = await compile([bound], powers.at({ stop: -1 }));
  return { powers: f(40) };
}

/** Rows of a matrix. */
type Rows = readonly Float64Array[];
type Network = (...parts: [X: Tensor, Y: Tensor, W1: Tensor, W2: Tensor, W3: Tensor]) => Tensor;

async function network(): Promise<Network> {
  const [X, W1, W2, W3] = T.matrices("X", "W1", "W2", "W3"), Y = T.vector("Y");
  const [results] = scan(
    (x, xBefore, y) => T.tanh(T.dot(W1, y).add(T.dot(W2, x)).add(T.dot(W3, xBefore))),
    { sequences: { input: X, taps: [0, -1] }, outputsInfo: Y },
  );
  return await compile([X, Y, W1, W2, W3], results);
}

async function recurrence(inputs: number, states: number, steps: number): Promise<Results> {
  const f = await network();
  const random = new Random(7);
  const rows = (count: number, length: number): Rows =>
    Array.from({ length: count }, () => new Float64Array(length).map(() => random.uniform(-1, 1)));
  const float32 = (rows: Rows) => tensor(rows.map((row) => [...row]));
  const x = rows(steps, inputs), y = new Float64Array(states).fill(-1);
  const w1 = rows(states, states), w2 = rows(states, inputs), w3 = rows(states, inputs);
  const parts = [float32(x), tensor([...y]), float32(w1), float32(w2), float32(w3)] as const;
  f(...parts).dataSync();
  const start = performance.now();
  const found = f(...parts).dataSync();
  const middle = performance.now();
  const expected = plainLoop(x, y, w1, w2, w3);
  const end = performance.now();

  let difference = 0;
  for (let i = 0; i < 10 * states; i++) {
    difference = Math.max(difference, Math.abs(Number(found[i]) - expected[i]!));
  }
  const milliseconds = (time: number) => `${time.toFixed(2)} ms`;
  return {
    steps: found.length / states,
    scan: milliseconds(middle - start),
    "plain loop": milliseconds(end - middle),
    "max difference of the first 10 steps": difference,
  };
}

/** The same by hand, in float64: all states after the first, one after the other. */
function plainLoop(
  x: Rows,
  start: Float64Array,
  w1: Rows,
  w2: Rows,
  w3: Rows,
): Float64Array {
  const out = new Float64Array((x.length - 1) * start.length);
  let y = start;
  for (let t = 1; t < x.length; t++) {
    const next = out.subarray((t - 1) * start.length, t * start.length);
    for (let i = 0; i < next.length; i++) {
      next[i] = Math.tanh(dot(w1[i]!, y) + dot(w2[i]!, x[t]!) + dot(w3[i]!, x[t - 1]!));
    }
    y = next;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

async function smallRecurrence(): Promise<Results> {
  return await recurrence(10, 20, 1001);
}

async function largeRecurrence(): Promise<Results> {
  return await recurrence(100, 200, 1001);
}
