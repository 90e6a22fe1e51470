import { assertEquals } from "@std/assert";
import type { DType } from "../../core/graph/dtype.ts";
import type { DynamicAxes } from "../../core/runtime/definition.ts";
import { executorOf } from "../../core/runtime/callable.ts";
import { eachLeaf } from "../../core/ir/steps.ts";
import { compile, T, tensor, type Variable } from "../../all.ts";
import { planNest } from "./choose_vector.ts";
import { lowerNest } from "./kernel.ts";

const whole = T.slice(), back = T.slice(null, null, -1);

/** Small whole numbers, which every dtype holds and sums keep. */
function entries(elements: number): number[] {
  return Array.from({ length: elements }, (_, i) => (i * 7919) % 61);
}

function at(values: readonly number[], columns: number, i: number, j: number): number {
  return values[i * columns + j]!;
}

type Matrix = (i: number, j: number) => number;

/** What a case gives of a matrix of m rows and n columns: as an expression, and element by element. */
interface Case {
  readonly of: (X: Variable) => Variable;
  readonly shape: (m: number, n: number) => readonly [number, number];
  readonly value: (x: Matrix, m: number, n: number) => Matrix;
}

const turned = (m: number, n: number) => [n, m] as const;

const cases: Record<string, Case> = {
  "the transpose": { of: (X) => X.T, shape: turned, value: (x) => (i, j) => x(j, i) },
  "of the transpose": {
    of: (X) => X.T.mul(2).add(1),
    shape: turned,
    value: (x) => (i, j) => 2 * x(j, i) + 1,
  },
  "rows backwards": {
    of: (X) => X.at(back, whole).T,
    shape: turned,
    value: (x, m) => (i, j) => x(m - 1 - j, i),
  },
  "columns backwards": {
    of: (X) => X.at(whole, back).T,
    shape: turned,
    value: (x, _, n) => (i, j) => x(j, n - 1 - i),
  },
  "part of it": {
    of: (X) => X.at(T.slice(1), T.slice(null, -1)).T,
    shape: (m, n) => [n - 1, m - 1],
    value: (x) => (i, j) => x(j + 1, i),
  },
  "every other row": {
    of: (X) => X.at(T.slice(null, null, 2), whole).T,
    shape: (m, n) => [n, Math.ceil(m / 2)],
    value: (x) => (i, j) => x(2 * j, i),
  },
  "with another layout": {
    of: (X) => X.T.add(X.reshape([X.shape[1]!, X.shape[0]!])),
    shape: turned,
    value: (x, m, n) => (i, j) => {
      const flat = i * m + j;
      return x(j, i) + x(Math.floor(flat / n), flat % n);
    },
  },
  "with its numbers": {
    of: (X) => X.T.add(T.arange(X.shape[1]!).cast(X.dtype).dimshuffle(0, "x")),
    shape: turned,
    value: (x) => (i, j) => x(j, i) + i,
  },
};

const dtypes: readonly DType[] = ["float32", "float64", "int64", "int16", "uint8", "float16"];
const sizes = [[4, 4], [5, 7], [40, 33], [32, 64], [70, 130], [1, 9], [9, 1], [4, 0], [0, 4]];

Deno.test("transposes are right for any size, layout and dtype", async () => {
  for (const [name, { of, shape, value }] of Object.entries(cases)) {
    for (const dtype of dtypes) {
      for (const dynamicAxes of ["none", "all"] as DynamicAxes[]) {
        if (dynamicAxes === "all" && dtype !== "float32") continue;
        const X = T.tensor(dtype, 2);
        using f = await compile([X], of(X), { device: "cpu", dynamicAxes });
        for (const [m, n] of sizes as [number, number][]) {
          const [rows, columns] = shape(m, n).map((size) => Math.max(size, 0)) as [number, number];
          const values = entries(m * n);
          const x = value((i, j) => at(values, n, i, j), m, n);
          const expected = Array.from(
            { length: rows * columns },
            (_, k) => x(Math.floor(k / columns), k % columns) & (dtype === "uint8" ? 255 : -1),
          );
          const result = f(tensor(values, { shape: [m, n], dtype }));
          const place = `${name}, ${dtype}, ${m}×${n}, ${dynamicAxes}`;
          assertEquals(result.shape, [rows, columns], place);
          assertEquals(Array.from(result.dataSync() as ArrayLike<number>, Number), expected, place);
        }
      }
    }
  }
});

Deno.test("axes of tensors are put in any order", async () => {
  const shape = [6, 17, 5, 20], Z = T.tensor("float32", 4);
  const values = entries(shape.reduce((a, b) => a * b));
  const strides = [17 * 5 * 20, 5 * 20, 20, 1];
  for (const order of [[0, 2, 1, 3], [0, 1, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1], [1, 0, 3, 2]]) {
    using f = await compile([Z], T.sqr(Z.dimshuffle(...order)), { device: "cpu" });
    const to = order.map((axis) => shape[axis]!), expected: number[] = [];
    for (let a = 0; a < to[0]!; a++) {
      for (let b = 0; b < to[1]!; b++) {
        for (let c = 0; c < to[2]!; c++) {
          for (let d = 0; d < to[3]!; d++) {
            const at = [a, b, c, d].reduce((sum, i, k) => sum + i * strides[order[k]!]!, 0);
            expected.push(values[at]! ** 2);
          }
        }
      }
    }
    const result = f(tensor(values, { shape, dtype: "float32" }));
    assertEquals(Array.from(result.dataSync()), expected, `${order}`);
  }
});

/** The modes of the levels of a program's one nest, outermost first. */
async function modes(inputs: Variable[], output: Variable, shapes: number[][]): Promise<string[]> {
  using f = await compile(inputs, output, { device: "cpu" });
  f(...shapes.map((shape) => tensor(entries(shape.reduce((a, b) => a * b)), { shape })));
  const { program } = executorOf(f).plans[0]!;
  const dtypeOf = (buffer: number) => program.buffers.find(({ id }) => id === buffer)!.dtype;
  const found: string[] = [];
  eachLeaf(program.steps, (step) => {
    if (step.kind !== "nest") return;
    found.push(...planNest(lowerNest(step, dtypeOf), true).levels.map(({ mode }) => mode));
  });
  return found;
}

Deno.test("tiles are for what lies across", async () => {
  const X = T.matrix("X"), Y = T.matrix("Y"), Z = T.tensor3("Z"), shape = [64, 64];
  const tiles = ["tile", "vector"];
  assertEquals(await modes([X], X.T, [shape]), tiles);
  assertEquals(await modes([X, Y], X.T.add(Y).mul(2), [shape, shape]), tiles);
  assertEquals(await modes([Z], Z.dimshuffle(2, 1, 0), [[16, 17, 18]]), ["loop", ...tiles]);
  // Vectors as they lie, and a nest that computes more than it loads.
  assertEquals(await modes([X, Y], X.add(Y).mul(2), [shape, shape]), ["vector"]);
  assertEquals(await modes([X], X.at(whole, T.slice(null, -1)).mul(2), [shape]), [
    "loop",
    "vector",
  ]);
  assertEquals(await modes([X], T.erfinv(X.T.tanh()), [shape]), ["loop", "vector"]);
});
