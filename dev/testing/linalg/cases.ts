/**
 * Results of NumPy and SciPy, and matrices for tests of linear algebra.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { compile, T, type Tensor, tensor, type Variable } from "../../../all.ts";
import type { TestDevice } from "../devices.ts";
import { randomSource } from "../ops/harness.ts";

/** Numbers with a shape. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What a function of `T.linalg` gives in NumPy or SciPy. */
export interface NumpyCase {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Numbers[];
  readonly outputs: readonly Numbers[];
}

type Stored = { readonly shape: readonly number[]; readonly data: string };

const read = ({ shape, data }: Stored): Numbers => ({
  shape,
  data: data === "" ? [] : data.split(" ").map((x) => x === "-inf" ? -Infinity : Number(x)),
});

function casesOf(file: string): readonly NumpyCase[] {
  const text = Deno.readTextFileSync(new URL(file, import.meta.url));
  return JSON.parse(text).map((one: NumpyCase & { inputs: Stored[]; outputs: Stored[] }) => ({
    ...one,
    inputs: one.inputs.map(read),
    outputs: one.outputs.map(read),
  }));
}

/** The results, made by numpy_cases.py. */
export const numpyCases = casesOf("numpy_cases.json");

/** The same of complex matrices, made by complex_cases.py; both parts of numbers follow one another. */
export const complexCases = casesOf("complex_cases.json");

/** The widest float dtype of a device. */
export function widest(device: TestDevice): "float64" | "float32" {
  return device === "cpu" ? "float64" : "float32";
}

/** Numbers as a tensor. */
export function asTensor(
  { shape, data }: Numbers,
  dtype: "float16" | "float32" | "float64" | "complex64" | "complex128",
) {
  const isDouble = dtype === "float64" || dtype === "complex128";
  const list = isDouble ? Float64Array.from(data) : Float32Array.from(data);
  return tensor(list as Float64Array<ArrayBuffer>, { shape: [...shape], dtype }) as Tensor;
}

/** Numbers from -1 to 1, the same for each seed. */
export function random(seed: number, ...shape: readonly number[]): Numbers {
  const next = randomSource(seed), count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Array.from({ length: count }, () => 2 * next() - 1) };
}

/** Compares up to a part of the largest number. */
export function assertNear(got: Tensor, want: Numbers, part: number, what: string): void {
  assertEquals([...got.shape], [...want.shape], what);
  const most = want.data.filter(Number.isFinite).reduce((m, x) => Math.max(m, Math.abs(x)), 1);
  got.dataSync().forEach((x, i) => {
    const wanted = want.data[i]!;
    const isNear = Number(x) === wanted || Math.abs(Number(x) - wanted) <= part * most;
    assert(isNear, `${what}: number ${i} is ${x}, not ${wanted}`);
  });
}

/** Runs cases of NumPy in one function, whose shapes only the call says. */
export async function checkCases(
  device: TestDevice,
  cases: readonly NumpyCase[],
  dtype: Parameters<typeof asTensor>[1] = widest(device),
): Promise<void> {
  assert(cases.length > 0);
  const inputs = cases.flatMap((one) =>
    one.inputs.map(({ shape }) => T.tensor(dtype, shape.map(() => null)) as Variable)
  );
  let next = 0;
  const outputs = cases.map((one) => {
    const own = one.inputs.map(() => inputs[next++]!);
    const f = T.linalg[one.name as "inv"] as unknown as (
      ...args: unknown[]
    ) => Variable | Variable[];
    return [f(...own, ...Object.keys(one.options).length === 0 ? [] : [one.options])].flat();
  });
  const f = await compile(inputs, outputs.flat(), { device });
  const found = f(...cases.flatMap((one) => one.inputs.map((x) => asTensor(x, dtype)))) as Tensor[];
  let at = 0;
  for (const one of cases) {
    for (const want of one.outputs) {
      const what = `${one.name} ${JSON.stringify(one.options)}`;
      assertNear(found[at++]!, want, device === "cpu" ? 1e-11 : 2e-3, what);
    }
  }
}
