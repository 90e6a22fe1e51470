/**
 * Loops over elements and rows.
 *
 * @module
 */
import { compile, map, reduce, scan, T, tensor } from "../../mod.ts";
import type { Chapter, Results } from "./program.ts";

/** Programs with scan whose steps need little or nothing of the steps before. */
export const loops: Chapter = {
  title: "Scan: over elements and rows",
  url: import.meta.url,
  programs: [
    { title: "Double every element", run: double },
    { title: "The same by map", run: doubleByMap },
    { title: "Sum", run: sum },
    { title: "The same by reduce", run: sumByReduce },
    { title: "A polynomial from coefficients and exponents", run: polynomial },
    { title: "A polynomial, the exponents by arange", run: polynomialByArange },
    { title: "Add to every row", run: addToRows },
    { title: "tanh(x·W + b), row by row", run: affineRows },
    { title: "Norms of rows", run: rowNorms },
    { title: "Norms of columns", run: columnNorms },
    { title: "Trace", run: trace },
    { title: "Up to ten arguments, in order", run: tenArguments },
  ],
};

async function double(): Promise<Results> {
  const x = T.vector();
  const [results] = scan((t) => t.mul(2), { sequences: x });
  const f = await compile([x], results);
  return { doubled: f([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };
}

async function doubleByMap(): Promise<Results> {
  const x = T.vector();
  const [results] = map((t) => t.mul(2), { sequences: x });
  const f = await compile([x], results);
  return { doubled: f([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };
}

async function sum(): Promise<Results> {
  const x = T.vector();
  const [results] = scan((t, v) => t.add(v), { sequences: x, outputsInfo: 0 });
  const f = await compile([x], results.at(-1));
  return { sum: f([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };
}

async function sumByReduce(): Promise<Results> {
  const x = T.vector();
  const [result] = reduce((t, v) => t.add(v), { sequences: x, outputsInfo: 0 });
  const f = await compile([x], result);
  return { sum: f([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };
}

async function polynomial(): Promise<Results> {
  const x = T.scalar("x"), A = T.vector("A"), N = T.ivector("N");
  const [components] = scan((a, n, v) => a.mul(v.pow(n)), { sequences: [A, N], nonSequences: x });
  const f = await compile([x, A, N], components.sum());
  return { "1 + 3·10² + 2·10³": f(10, [1, 3, 2], [0, 2, 3]) };
}

async function polynomialByArange(): Promise<Results> {
  const coefficients = T.vector("coefficients"), x = T.scalar("x");
  const [components] = scan((coefficient, power, x) => coefficient.mul(x.pow(power)), {
    sequences: [coefficients, T.arange(10_000)],
    nonSequences: x,
  });
  const f = await compile([coefficients, x], components.sum());
  return { "1 + 2·3²": f([1, 0, 2], 3) };
}

async function addToRows(): Promise<Results> {
  const x = T.matrix("x"), y = T.scalar("y");
  const [rows] = scan((row) => y.add(row), { sequences: x });
  const f = await compile([x, y], rows);
  return { rows: f([[1, 2], [3, 4]], 100) };
}

async function affineRows(): Promise<Results> {
  const X = T.matrix("X"), W = T.matrix("W"), b = T.vector("b");
  const [results] = scan((v) => T.tanh(T.dot(v, W).add(b)), { sequences: X });
  const f = await compile([X, W, b], results);
  return { rows: f([[1, 0], [0, 1]], [[1, 1], [1, 1]], [1, 2]) };
}

async function rowNorms(): Promise<Results> {
  const X = T.matrix("X");
  const [norms] = scan((row) => T.sqrt(row.pow(2).sum()), { sequences: X });
  const f = await compile([], norms, { givens: [[X, T.diag([1, 2, 3, 4, 5], 1)]] });
  return { norms: f() };
}

async function columnNorms(): Promise<Results> {
  const X = T.matrix("X");
  const [norms] = scan((column) => T.sqrt(column.pow(2).sum()), { sequences: X.T });
  const f = await compile([], norms, { givens: [[X, T.diag([1, 2, 3, 4, 5], 1)]] });
  return { norms: f() };
}

async function trace(): Promise<Results> {
  const X = T.matrix("X");
  const [sums] = scan((i, j, sum) => X.at(i, j).add(sum), {
    sequences: [T.arange(X.shape[0]), T.arange(X.shape[1])],
    outputsInfo: tensor(0, { dtype: "float32" }),
  });
  const f = await compile([X], sums.at(-1));
  return {
    trace: f([[0, 1, 2, 3, 4], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]),
  };
}

async function tenArguments(): Promise<Results> {
  const [s1, s2, s3] = T.vectors("s1", "s2", "s3");
  const order: string[] = [];
  const [outputs] = scan((...args) => {
    order.push(...args.map(String));
    return [args[5].add(1), args[0], args[7].add(args[8])];
  }, {
    sequences: [{ input: s1, taps: [-3, 2, -1] }, s2, { input: s3, taps: 3 }],
    outputsInfo: [{ initial: T.zeros([5]), taps: [-3, -5] }, null, T.zeros([])],
    nonSequences: [T.constant(1), T.constant(2)],
  });
  const f = await compile([s1, s2, s3], outputs);
  const range = (n: number) => Array.from({ length: n }, (_, i) => i);
  const [first, second, third] = f(range(12), range(7), range(9));
  return { arguments: order.length, first, second, third };
}
