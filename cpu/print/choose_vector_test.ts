import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { executorOf } from "../../core/runtime/callable.ts";
import type { DynamicAxes } from "../../core/runtime/definition.ts";
import { eachLeaf } from "../../core/ir/steps.ts";
import { sizeValue } from "../../core/ir/size.ts";
import { numbers } from "../../dev/testing/devices.ts";
import { compile, T, tensor, type Variable } from "../../all.ts";
import { planNest } from "./choose_vector.ts";
import { lowerNest } from "./kernel.ts";
import type { Level } from "./nest_plan.ts";

const X = T.fmatrix("X");

function ones(...shape: number[]) {
  const elements = shape.reduce((a, b) => a * b, 1);
  return tensor(new Float32Array(elements).fill(1), { shape });
}

/** The loops of all nests of a program on the CPU, outermost first. */
async function levelsOf(
  inputs: Variable[],
  output: Variable,
  shapes: readonly (readonly number[])[],
  dynamicAxes: DynamicAxes,
): Promise<Level[][]> {
  using f = await compile(inputs, output, { device: "cpu", dynamicAxes });
  f(...shapes.map((shape) => ones(...shape)));
  const { program } = executorOf(f).plans[0]!;
  const dtypes = new Map(program.buffers.map(({ id, dtype }) => [id, dtype]));
  const levels: Level[][] = [];
  eachLeaf(program.steps, (step) => {
    if (step.kind !== "nest") return;
    const kernel = lowerNest(step, (buffer) => dtypes.get(buffer)!);
    levels.push([...planNest(kernel, true).levels]);
  });
  return levels;
}

Deno.test("reductions go on with no more accumulators than registers hold", async () => {
  const reductions: [string, Variable][] = [
    ["sum of rows", X.sum(1)],
    ["sum of columns", X.sum(0)],
    ["greatest of rows", X.max(1)],
    ["place of the greatest", X.argmax(1)],
  ];
  for (const [name, output] of reductions) {
    for (const n of [24, 64, 300]) {
      for (const dynamicAxes of ["none", "all"] as const) {
        const [levels] = await levelsOf([X], output, [[n, n]], dynamicAxes);
        const vector = levels!.find(({ mode }) => mode === "vector")!;
        assert(vector.unroll <= 4, `${name} of ${n}, ${dynamicAxes}: ${vector.unroll}`);
      }
    }
  }
  const [short] = await levelsOf([X], X.sum(1), [[64, 16]], "none");
  assertEquals(short!.map(({ mode, unroll }) => [mode, unroll]), [["loop", 1], ["vector", 4]]);
});

Deno.test("loops over symbols are in the order of those over numbers", async () => {
  const Y = T.fmatrix("Y"), Z = T.ftensor3("Z");
  const programs: [Variable[], Variable, number[][]][] = [
    [[X, Y], X.T.add(Y), [[70, 90], [90, 70]]],
    [[Z], Z.dimshuffle(2, 0, 1).exp(), [[20, 70, 90]]],
    [[Z], Z.dimshuffle(1, 2, 0).sum(1), [[20, 70, 90]]],
    [[Z], Z.dimshuffle(2, 1, 0).sum(), [[20, 70, 90]]],
    [
      [Z],
      Z.at(T.slice(null, null, 2), T.slice(), T.slice(null, null, 2)).dimshuffle(2, 1, 0).sum(),
      [[20, 70, 91]],
    ],
  ];
  for (const [inputs, output, shapes] of programs) {
    const order = async (dynamicAxes: DynamicAxes) =>
      (await levelsOf(inputs, output, shapes, dynamicAxes)).map((levels) =>
        levels.map(({ size, mode }) => [sizeValue(size), mode === "vector"])
      );
    assertEquals(await order("all"), await order("none"), `${output}`);
  }
});

Deno.test("sums lose no digits, whichever loops are long", async () => {
  type Shape = readonly [rows: number, columns: number];
  const views: [string, Variable, (shape: Shape) => Shape][] = [
    ["rows side by side", X, (shape) => shape],
    ["rows apart", X.at(T.slice(), T.slice(null, -1)), ([m, n]) => [m, n - 1]],
    ["parts of rows", X.at(T.slice(), T.slice(null, null, 2)), ([m, n]) => [m, Math.ceil(n / 2)]],
    ["columns", X.at(T.slice(), T.slice(null, -1)).T, ([m, n]) => [n - 1, m]],
  ];
  const shapes: Shape[] = [[200_000, 4], [4, 200_000], [400, 300], [100_000, 8], [700, 35]];
  for (const [name, view, shapeOf] of views) {
    for (const dynamicAxes of ["none", "all"] as const) {
      for (const axis of [null, 0, 1] as const) {
        using f = await compile([X], view.sum(axis), { device: "cpu", dynamicAxes });
        for (const shape of shapes) {
          const found = f(tensor(new Float32Array(shape[0] * shape[1]).fill(0.1), { shape }));
          const [rows, columns] = shapeOf(shape);
          const expected = Math.fround(0.1) * [rows, columns, rows * columns][axis ?? 2]!;
          for (const got of new Set(numbers(found))) {
            const place = `${name} of ${shape}, ${dynamicAxes}, axis ${axis}`;
            assertAlmostEquals(got / expected, 1, 5e-6, place);
          }
        }
      }
    }
  }
});

Deno.test("ends of rows are stored for any number of lanes", async () => {
  const ends: [Variable, (x: number) => number][] = [
    [X.mul(3).add(1), (x) => 3 * x + 1],
    [X.mul(3).cast("float64"), (x) => 3 * x],
    [X.mul(3).cast("int32"), (x) => 3 * x],
    [X.mul(3).cast("uint8"), (x) => (3 * x) & 255],
  ];
  for (const [output, expected] of ends) {
    // Rows of a join lie beside other values, which must stay.
    using f = await compile([X], T.join(1, output, output, X.cast(output.dtype)), {
      device: "cpu",
      dynamicAxes: "all",
    });
    for (let n = 2; n < 16; n++) {
      const data = Float32Array.from({ length: 3 * n }, (_, i) => i);
      const result = f(tensor(data, { shape: [3, n] })).dataSync();
      const rows = [0, 1, 2].flatMap((row) => {
        const plain = [...data.subarray(row * n, row * n + n)];
        return [...plain.map(expected), ...plain.map(expected), ...plain];
      });
      assertEquals(Array.from(result, Number), rows, `${output.dtype} ${n}`);
    }
  }
});
