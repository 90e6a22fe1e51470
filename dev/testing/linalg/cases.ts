/**
 * Results of NumPy and SciPy, and matrices for tests of linear algebra.
 *
 * @module
 */

import { type Tensor, tensor } from "../../../mod.ts";
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

/** The results, made by numpy_cases.py. */
export const numpyCases: readonly NumpyCase[] = JSON.parse(
  Deno.readTextFileSync(new URL("numpy_cases.json", import.meta.url)),
).map((one: NumpyCase & { inputs: Stored[]; outputs: Stored[] }) => ({
  ...one,
  inputs: one.inputs.map(read),
  outputs: one.outputs.map(read),
}));

/** The widest float dtype of a device. */
export function widest(device: TestDevice): "float64" | "float32" {
  return device === "cpu" ? "float64" : "float32";
}

/** Numbers as a tensor. */
export function asTensor({ shape, data }: Numbers, dtype: "float16" | "float32" | "float64") {
  const list = dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data);
  return tensor(list as Float64Array<ArrayBuffer>, { shape: [...shape], dtype }) as Tensor;
}

/** Numbers from -1 to 1, the same for each seed. */
export function random(seed: number, ...shape: readonly number[]): Numbers {
  const next = randomSource(seed), count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Array.from({ length: count }, () => 2 * next() - 1) };
}
