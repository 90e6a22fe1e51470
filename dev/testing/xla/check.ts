/**
 * Runs graphs by XLA, and calls of compiled functions once more by XLA.
 *
 * @module
 */

import { isDiscrete } from "../../../core/graph/dtype.ts";
import type { Variable } from "../../../core/graph/graph.ts";
import { fromTypedArray, toTypedArray, type Value } from "../../../core/graph/value.ts";
import { executorOf } from "../../../core/runtime/callable.ts";
import { ShapeError, type SharedVariable, type Tensor } from "../../../all.ts";
import { type ExportedModule, exportStableHlo } from "../../../xla/all.ts";
import { resultValue } from "../../fuzz/build.ts";
import type { JaxRunner } from "./runner.ts";

/** A compiled function, whatever its inputs and outputs are. */
export type AnyFunction = Parameters<typeof exportStableHlo>[0];

/**
 * A function as a module for values of its inputs: where lengths hang on integers, for these. Null where
 * lengths hang on data and have no bound.
 */
export function moduleFor(f: AnyFunction, values: readonly Value[]): ExportedModule | null {
  const shapes = values.map(({ shape }) => shape);
  const fixed = Object.fromEntries(
    f.inputs.flatMap((input, i) =>
      input.ndim === 0 && isDiscrete(input.dtype)
        ? [[input.name ?? `input ${i}`, Number(values[i]!.data[0])]]
        : []
    ),
  );
  for (const options of [{ shapes }, { shapes, values: fixed }]) {
    try {
      return exportStableHlo(f, options);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
    }
  }
  return null;
}

/** How much two numbers may differ, in parts of the largest that there is, by dtype. */
const units: Readonly<Record<string, number>> = {
  float16: 2e-3,
  float32: 2e-5,
  complex64: 2e-5,
  float64: 1e-11,
  complex128: 1e-11,
};

/** Says where values differ; null if they do not. Integers and bools are equal. */
export function difference(got: Value, want: Value): string | null {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join()) {
    return `${got.dtype} [${got.shape}] instead of ${want.dtype} [${want.shape}]`;
  }
  const [a, b] = [got, want].map((v) => toTypedArray(v) as ArrayLike<number | bigint>) as [
    ArrayLike<number | bigint>,
    ArrayLike<number | bigint>,
  ];
  const finite = Array.from(b, (y) => Math.abs(Number(y))).filter(Number.isFinite);
  const scale = finite.reduce((most, y) => Math.max(most, y), 1);
  const allowed = isDiscrete(want.dtype) ? 0 : units[want.dtype]! * scale;
  for (let i = 0; i < a.length; i++) {
    const x = Number(a[i]), y = Number(b[i]);
    if (a[i] === b[i] || Number.isNaN(x) && Number.isNaN(y) || Math.abs(x - y) <= allowed) continue;
    return `number ${i} is ${a[i]}, expected ${b[i]}`;
  }
  return null;
}

/** Values of outputs, then of updates in the order of the arguments, by XLA; null where there is no module. */
export async function runByXla(
  runner: JaxRunner,
  f: AnyFunction,
  values: ReadonlyMap<Variable, Value>,
): Promise<readonly Value[] | null> {
  const shared = f.sharedVariables.map((v) => values.get(v) ?? resultValue(v.getValue()));
  const given = f.inputs.map((v) => values.get(v)!);
  const module = moduleFor(f, given);
  return module === null ? null : (await runner.run(module, [...given, ...shared])).results;
}

/** A call, as it was made. */
export interface Call {
  readonly f: AnyFunction;
  readonly inputs: readonly Value[];
  readonly shared: readonly Value[];
  readonly module: ExportedModule | null;
  /** Results, then new values of shared variables, in the order of the arguments. */
  readonly results: readonly Value[];
}

/** Keeps the first call of a compiled function, and what it gave. */
export function keepCall(f: AnyFunction, calls: Call[]): void {
  const executor = executorOf(f), run = executor.run.bind(executor);
  const { shared, request: { updates } } = executor, count = f.graph.outputs.length;
  const valuesOf = (variables: readonly SharedVariable[]) =>
    variables.map((v) => resultValue(v.getValue()));
  executor.run = (args): Tensor[] => {
    executor.run = run;
    const inputs = args.map((arg) => fromTypedArray(arg.dtype, arg.shape, arg.dataSync()));
    const before = valuesOf(shared), module = moduleFor(f, inputs), results = run(args);
    const targets = new Set(updates.map(([target]) => target));
    const found = results.map(resultValue), after = valuesOf(shared.filter((v) => targets.has(v)));
    const all = [...found.slice(0, count), ...after, ...found.slice(count)];
    calls.push({ f, inputs, shared: before, module, results: all });
    return results;
  };
}
