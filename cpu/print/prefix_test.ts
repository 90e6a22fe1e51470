import { assert, assertEquals } from "@std/assert";
import type { DType } from "../../core/graph/dtype.ts";
import { executorOf } from "../../core/runtime/callable.ts";
import { eachLeaf } from "../../core/ir/steps.ts";
import { compile, T, tensor, type Variable } from "../../all.ts";
import { planNest } from "./choose_vector.ts";
import { lowerNest } from "./kernel.ts";

const kinds = {
  sum: { of: T.cumsum, of2: (x: number, y: number) => x + y },
  max: { of: T.cummax, of2: (x: number, y: number) => Math.max(x, y) },
  min: { of: T.cummin, of2: (x: number, y: number) => Math.min(x, y) },
  prod: { of: T.cumprod, of2: (x: number, y: number) => x * y },
};

function running(values: readonly number[], together: (x: number, y: number) => number): number[] {
  const result = [...values];
  for (let i = 1; i < result.length; i++) result[i] = together(result[i - 1]!, result[i]!);
  return result;
}

const dtypes: readonly DType[] = ["float32", "float64", "float16", "int32", "int64", "uint8"];

/** Small numbers whose sums and products every dtype holds. */
function entries(n: number, kind: keyof typeof kinds, dtype: DType): number[] {
  return Array.from({ length: n }, (_, i) => {
    if (kind === "prod") return i % 9 === 4 ? 2 : 1;
    const value = (i * 7919) % 5;
    return dtype === "uint8" ? value : value - 2;
  });
}

Deno.test("running values are right for any length, dtype and direction", async () => {
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const { of, of2 } = kinds[kind];
    for (const dtype of dtypes) {
      const x = T.tensor(dtype, 1), back = T.slice(null, null, -1);
      for (const dynamicAxes of ["none", "all"] as const) {
        using f = await compile([x], [of(x), of(x.at(back)), of(x.at(T.slice(1, null, 2)))], {
          device: "cpu",
          dynamicAxes,
        });
        for (const n of [0, 1, 3, 4, 5, 16, 17, 30, 67]) {
          const values = entries(n, kind, dtype);
          const results = f(tensor(values, { shape: [n], dtype }));
          const views = [values, values.toReversed(), values.filter((_, i) => i % 2 === 1)];
          results.forEach((result, i) => {
            const found = Array.from(result.dataSync() as ArrayLike<number>, Number);
            const place = `${kind}, ${dtype}, ${n}, ${dynamicAxes}, view ${i}`;
            // Zeros of either sign are equal.
            assertEquals(found.map((y) => y + 0), running(views[i]!, of2).map((y) => y + 0), place);
          });
        }
      }
    }
  }
});

Deno.test("running sums go on along rows and columns, and beside other values", async () => {
  const X = T.fmatrix("X"), [m, n] = [9, 37];
  const values = Array.from({ length: m * n }, (_, i) => (i * 31) % 17 - 8);
  const x = tensor(values, { shape: [m, n], dtype: "float32" });
  const row = (i: number) => values.slice(n * i, n * i + n);
  const sums = Array.from({ length: m }, (_, i) => running(row(i), (a, b) => a + b));
  using f = await compile(
    [X],
    [
      T.cumsum(X.sqr(), 1),
      T.cumsum(X, 0),
      T.cumsum(X),
      T.cumsum(X, 1).sub(X.sum(1).dimshuffle(0, "x")),
    ],
    { device: "cpu" },
  );
  const [squares, columns, all, rest] = f(x).map((y) => Array.from(y.dataSync()));
  assertEquals(
    squares,
    Array.from({ length: m }, (_, i) => running(row(i).map((y) => y * y), (a, b) => a + b)).flat(),
  );
  assertEquals(
    columns,
    values.map((_, k) => {
      let sum = 0;
      for (let i = k % n; i <= k; i += n) sum += values[i]!;
      return sum;
    }),
  );
  assertEquals(all, running(values, (a, b) => a + b));
  assertEquals(rest, sums.flatMap((row) => row.map((y) => y - row.at(-1)!)));
});

Deno.test("running sums of float32 lose no digits, and take NaN and infinities along", async () => {
  const x = T.fvector("x"), n = 1_000_000;
  using f = await compile([x], T.cumsum(x), { device: "cpu" });
  const result = f(tensor(new Float32Array(n).fill(0.1))).dataSync();
  for (const i of [10, 1000, n - 1]) {
    assertEquals(result[i], Math.fround((i + 1) * Math.fround(0.1)), `${i}`);
  }
  for (let at = 0; at < 9; at++) {
    const values = Array.from(
      { length: 9 },
      (_, i) => i === at ? Infinity : i === 7 ? -Infinity : 1,
    );
    const found = Array.from(f(tensor(values, { dtype: "float32" })).dataSync());
    assertEquals(found, running(values, (a, b) => a + b));
  }
  using max = await compile([x], T.cummax(x), { device: "cpu" });
  const found = Array.from(max(tensor([1, 3, NaN, 5, 2, 9], { dtype: "float32" })).dataSync());
  assertEquals(found, [1, 3, NaN, NaN, NaN, NaN]);
});

Deno.test("running values are vectors where any grouping gives them", async () => {
  const modesOf = async (x: Variable, output: Variable): Promise<string> => {
    using f = await compile([x], output, { device: "cpu" });
    f(tensor(new Array(300).fill(1), { shape: [300], dtype: x.dtype }));
    const { program } = executorOf(f).plans[0]!, modes: string[] = [];
    const dtypeOf = (buffer: number) => program.buffers.find(({ id }) => id === buffer)!.dtype;
    eachLeaf(program.steps, (step) => {
      assert(step.kind === "nest");
      modes.push(...planNest(lowerNest(step, dtypeOf), true).levels.map(({ mode }) => mode));
    });
    return modes.join();
  };
  const x = T.fvector("x"), i = T.ivector("i");
  assertEquals(await modesOf(x, T.cumsum(x)), "vector");
  assertEquals(await modesOf(x, T.cummax(x)), "vector");
  assertEquals(await modesOf(i, T.cumprod(i)), "vector");
  // A product of a few may be out of range where that of all is not.
  assertEquals(await modesOf(x, T.cumprod(x)), "loop");
});

Deno.test("running sums leave the range only where they do in order", async () => {
  const x = T.dvector("x");
  // Beside other work, since a sum alone may be of another form.
  const y = T.cumsum(T.mul(T.mul(T.sqrt(T.abs(x)), T.sign(x)), 1e308));
  using f = await compile([x], y, { device: "cpu" });
  const signs = [0, 0, 0, -1, 1, 1, 0, -1, 0, 1, -1, -1, 1, 1, -1, 0];
  assertEquals(f(signs).arraySync(), running(signs.map((s) => s * 1e308), (a, b) => a + b));
});
