import "../dev/testing/compiling.ts";
import { assert } from "@std/assert";
import {
  type DType,
  dtypeInfo,
  isComplex,
  isDiscrete,
  type TypedArray,
} from "../core/graph/dtype.ts";
import type { Params } from "../core/graph/op.ts";
import { toTypedArray, type Value, valueData } from "../core/graph/value.ts";
import { axisIx, ScalarBuilder } from "../core/ir/builder.ts";
import { scalarTypeOf } from "../core/ir/scalar.ts";
import {
  type ElementwiseName,
  elementwiseNames,
  elementwiseOps,
} from "../core/ops/elementwise/table.ts";
import { hasWords } from "./device/convert.ts";
import {
  gpu,
  gpuTest,
  input,
  nest,
  output,
  runOn,
  type Setup,
} from "../dev/testing/gpu/compare.ts";

// Every elementwise op on the device, for special values and random ones, against its reference.

const FLOATS = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7, 0.1, 1e-3]
  .concat([12.5, -20, 88.5, -88.5, 100, -104, 1e-30, 1e30, -1e30, 9.5, 1e4, -1e4]);
const INTS = [0, 1, 2, 3, 5, 7, 8, 31, 33, 100, -1, -2, -3, -7, 2147483647, -2147483648];

const WIDE_INTS = [...INTS.map(BigInt), 63n, 64n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n]
  .concat([2n ** 40n + 2n ** 16n, 123456789012345n, -987654321098765n, 2n ** 62n + 2n ** 38n])
  .concat([-(2n ** 62n) - 99n, -(2n ** 63n), 1n - 2n ** 63n, 2n ** 63n - 1n]);

const DTYPES: readonly DType[] = ["bool", "int8", "uint8", "int32", "uint32", "int64", "uint64"];
const ALL_DTYPES: readonly DType[] = [...DTYPES, "float16", "float32"];

const paramsOf: Partial<Record<ElementwiseName, readonly Params[]>> = {
  cast: ALL_DTYPES.map((dtype) => ({ dtype })),
  bitcast: (["int32", "uint32", "float32", "int64", "uint64"] as const).map((dtype) => ({ dtype })),
  gradScale: [{ factor: 2 }],
  gradClip: [{ lower: -1, upper: 1 }],
};

function valuesOf(dtype: DType, arity: number): TypedArray {
  if (dtype === "int64") return BigInt64Array.from(WIDE_INTS);
  if (dtype === "uint64") return BigUint64Array.from(WIDE_INTS);
  const some = isDiscrete(dtype) ? INTS : FLOATS;
  // More of them where that does not make too many combinations.
  const more = arity > 1 || isDiscrete(dtype)
    ? []
    : Array.from({ length: 400 }, (_, i) => (i - 200) / 20 * (1 + i % 7 / 10));
  const array = dtypeInfo(dtype).array(some.length + more.length);
  [...some, ...more].forEach((x, i) => array[i] = dtype === "bool" ? Number(x !== 0) : x);
  return array;
}

function inputsOf(dtype: DType, arity: number): TypedArray[] {
  const values = valuesOf(dtype, arity);
  // The last ones are the largest.
  const used = arity > 2 ? values.slice(-12) as TypedArray : values;
  const n = used.length ** arity;
  return Array.from({ length: arity }, (_, k) => {
    const array = dtypeInfo(dtype).array(n);
    for (let i = 0; i < n; i++) array[i] = used[Math.floor(i / used.length ** k) % used.length]!;
    return array;
  });
}

/** Functions whose formulas cancel near their zeros: absolute error there. */
const nearZero: Partial<Record<ElementwiseName, number>> = { gammaln: 1e-6, digamma: 1e-6 };

function agree(name: ElementwiseName, actual: number, expected: number, dtype: DType): boolean {
  if (Number.isNaN(actual) || Number.isNaN(expected)) {
    return Number.isNaN(actual) === Number.isNaN(expected);
  }
  if (actual === expected) return true;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) {
    return Math.max(Math.abs(actual), Math.abs(expected)) > 3.3e38;
  }
  const relative = dtype === "float16" ? 2e-3 : 1e-6;
  const absolute = nearZero[name] ?? 1e-37;
  return Math.abs(actual - expected) <= relative * Math.abs(expected) + absolute;
}

async function check(name: ElementwiseName, dtype: DType, params: Params): Promise<number> {
  const op = elementwiseOps[name];
  if (op.lowering.kind !== "elementwise") return 0;
  let types;
  try {
    types = op.dtypes(new Array<DType>(op.arity).fill(dtype), params);
  } catch (error) {
    assert(error instanceof TypeError);
    return 0;
  }
  const all = [...types.compute, types.output];
  if (all.some((type) => isComplex(type) || !hasWords(type))) return 0;
  const inputs = inputsOf(dtype, op.arity);
  const n = inputs[0]!.length;
  const b = new ScalarBuilder();
  const nodes = inputs.map((_, k) =>
    b.cast(b.load(k, dtype, axisIx(0)), scalarTypeOf(types.compute[k]!))
  );
  const value = op.lowering.scalar(b, nodes, params);
  const setup: Setup = {
    buffers: [
      ...inputs.map((_, k) => [`x${k}`, dtype, n, input(k)] as const),
      ["y", types.output, n, output(0)],
    ],
    steps: [nest({
      name,
      axes: [n],
      outer: [{ buffer: op.arity, address: axisIx(0), value, guard: null }],
    })],
    inputs,
  };
  const { outputs } = await runOn(await gpu(), setup);
  const values = inputs.map((array): Value => {
    const data = valueData(dtype, n);
    for (let i = 0; i < n; i++) {
      if (data instanceof Float64Array) data[i] = Number(array[i]);
      else data[i] = BigInt(array[i]!);
    }
    return { dtype, shape: [n], data };
  });
  const [reference] = op.evaluate(values, params, null as never);
  const expected = toTypedArray(reference!);
  for (let i = 0; i < n; i++) {
    const [actual, wanted] = [outputs[0]![i]!, expected[i]!];
    const same = isDiscrete(types.output) || isDiscrete(dtype) && name === "cast";
    assert(
      same ? actual === wanted : agree(name, Number(actual), Number(wanted), types.output),
      `${name}${JSON.stringify(params)} of ${dtype} ${
        inputs.map((array) => array[i])
      } is ${actual} ` +
        `on the GPU, ${wanted} by the reference`,
    );
  }
  return n;
}

for (const name of elementwiseNames) {
  gpuTest(`on the GPU: ${name}`, async () => {
    for (const params of paramsOf[name] ?? [{}]) {
      for (const dtype of ALL_DTYPES) await check(name, dtype, params);
    }
  });
}
