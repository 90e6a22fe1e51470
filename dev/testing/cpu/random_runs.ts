/** Runs random programs, to compare two backends. */

import type { Backend, DeviceBuffer } from "../../../core/runtime/backend.ts";
import { type DType, dtypeInfo, type TypedArray } from "../../../core/graph/dtype.ts";
import { sizeAt } from "../../../core/ir/size.ts";
import { Random } from "../../fuzz/random.ts";
import type { Case } from "./random_program.ts";

/** Values of a dtype that arithmetic keeps exact, with some special ones. */
export function randomData(random: Random, dtype: DType, elements: number): TypedArray {
  const data = dtypeInfo(dtype).array(elements);
  const { kind } = dtypeInfo(dtype);
  for (let i = 0; i < data.length; i++) {
    if (kind === "bool") data[i] = random.below(2);
    else if (kind === "float" || kind === "complex") {
      data[i] = random.chance(0.02)
        ? random.pick([NaN, Infinity, -Infinity, -0])
        : random.below(13) / 2 - 3;
    } else {
      const value = random.chance(0.05)
        ? random.pick([255, -128, 1000, -1])
        : random.below(15) - (kind === "int" ? 7 : 0);
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value);
      else data[i] = value;
    }
  }
  return data;
}

/** Runs a case on a backend, for each of its environments; gives all outputs. */
export function runCase(backend: Backend, { program, envs, seed }: Case): TypedArray[][] {
  const executable = backend.prepare(program);
  const results = envs.map((values) => {
    const random = new Random(seed + 1);
    const env = Float64Array.from(values);
    const bound: Record<"input" | "output", DeviceBuffer[]> = { input: [], output: [] };
    const outputs: [DType, number, DeviceBuffer][] = [];
    for (const { dtype, elements, role } of program.buffers) {
      if (role.kind !== "input" && role.kind !== "output") continue;
      const count = Math.max(0, sizeAt(elements, env));
      const buffer = backend.allocate(dtype, count);
      if (role.kind === "input") {
        buffer.write(dtype, randomData(random, dtype, count));
        bound.input[role.input] = buffer;
      } else {
        buffer.write(dtype, dtypeInfo(dtype).array(count));
        bound.output[role.output] = buffer;
        outputs.push([dtype, count, buffer]);
      }
    }
    executable.run({ env, inputs: bound.input, shared: [], outputs: bound.output });
    const read = outputs.map(([dtype, count, buffer]) => buffer.readSync(dtype, count));
    for (const buffer of [...bound.input, ...bound.output]) buffer.dispose();
    return read;
  });
  executable.dispose();
  return results;
}

/** Says where two results differ by more than rounding; null where they don't. */
export function difference(expected: TypedArray[][], actual: TypedArray[][]): string | null {
  for (const [e, outputs] of expected.entries()) {
    for (const [o, array] of outputs.entries()) {
      const other = actual[e]![o]!;
      if (array.length !== other.length) return `env ${e} output ${o}: lengths differ`;
      for (let i = 0; i < array.length; i++) {
        const a = array[i]!, b = other[i]!;
        if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
        const isFloat = array instanceof Float32Array || array instanceof Float64Array ||
          array instanceof Float16Array;
        const tolerance = array instanceof Float64Array
          ? 1e-12
          : array instanceof Float32Array
          ? 1e-5
          : 1e-2;
        if (isFloat && Math.abs(Number(a) - Number(b)) <= tolerance * Math.abs(Number(a))) continue;
        return `env ${e} output ${o} element ${i}: expected ${a}, got ${b}`;
      }
    }
  }
  return null;
}
