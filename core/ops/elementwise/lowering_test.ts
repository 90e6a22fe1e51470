import "../../../dev/testing/compiling.ts";
import { assert, assertEquals } from "@std/assert";
import { type DType, dtypeInfo, dtypes, isComplex, isDiscrete, realOf } from "../../graph/dtype.ts";
import { type Element, isComplexElement, type Params } from "../../graph/op.ts";
import { toTypedArray, type Value, valueData } from "../../graph/value.ts";
import { ScalarBuilder } from "../../ir/builder.ts";
import { castValue } from "../../ir/fold.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import { type ElementwiseName, elementwiseNames, elementwiseOps } from "./table.ts";

// Every row is evaluated twice for every combination of special values: by its reference, and by its
// lowering on constants, which the builder folds by the rules of the primitives.

const floatValues = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3,
  -7,
  0.1,
  0.49999997,
  1e-3,
  12.5,
  -20,
  1e-30,
  1e30,
  -1e30,
];

function integerValues(dtype: DType): bigint[] {
  if (dtype === "bool") return [0n, 1n];
  const { bytes, kind } = dtypeInfo(dtype), bits = BigInt(8 * bytes);
  const [lo, hi] = kind === "int"
    ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
    : [0n, (1n << bits) - 1n];
  const some = [0n, 1n, 2n, 3n, 5n, 7n, 8n, 31n, 33n, 100n, -1n, -2n, -3n, -7n];
  return [lo, lo + 1n, hi - 1n, hi, ...some.filter((x) => x >= lo && x <= hi)];
}

function valuesOf(dtype: DType): (number | bigint)[] {
  if (isDiscrete(dtype)) return integerValues(dtype);
  if (dtype === "float16") return floatValues.map(Math.f16round);
  return dtype === "float32" ? floatValues.map(Math.fround) : floatValues;
}

function scalarValue(dtype: DType, x: number | bigint): Value {
  const data = valueData(dtype, 1);
  if (data instanceof Float64Array) data[0] = Number(x);
  else data[0] = BigInt(x);
  return { dtype, shape: [], data };
}

function constant(b: ScalarBuilder, dtype: DType, x: number | bigint): SNode {
  return b.constant(scalarTypeOf(dtype), x);
}

/** A folded node as a stored element. */
function stored(node: SNode, dtype: DType): number | bigint {
  assert(node.op === "const", `the lowering did not fold: ${node.op}`);
  assertEquals(node.type, scalarTypeOf(dtype));
  const array = dtypeInfo(dtype).array(1);
  array[0] = node.value as never;
  return array[0]!;
}

const paramsOf: Partial<Record<ElementwiseName, readonly Params[]>> = {
  cast: dtypes.map((dtype) => ({ dtype })),
  bitcast: dtypes.map((dtype) => ({ dtype })),
  gradScale: [{ factor: 2 }],
  gradClip: [{ lower: -1, upper: 1 }],
};

/** Where the library of functions promises less: relative tolerance against the reference. */
function tolerance(dtype: DType): number {
  return dtype === "float64" ? 1e-12 : 4e-6;
}

function agree(actual: number | bigint, expected: number | bigint, dtype: DType): boolean {
  if (isDiscrete(dtype)) return actual === expected;
  const p = Number(actual), q = Number(expected);
  if (Number.isNaN(p) || Number.isNaN(q)) return Number.isNaN(p) === Number.isNaN(q);
  if (p === q) return true;
  const tiny = dtype === "float64" ? 1e-300 : 1e-37;
  return Math.abs(p - q) <= tolerance(dtype) * Math.abs(q) + tiny;
}

function* combinations<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = lists;
  if (first === undefined) return yield [];
  for (const x of first) for (const more of combinations(rest)) yield [x, ...more];
}

function checkRow(name: ElementwiseName, dtype: DType, params: Params): number {
  const op = elementwiseOps[name];
  assert(op.lowering.kind === "elementwise");
  const inputs = new Array<DType>(op.arity).fill(dtype);
  let types;
  try {
    types = op.dtypes(inputs, params);
  } catch (error) {
    assert(error instanceof TypeError);
    return 0;
  }
  if ([...types.compute, types.output].some(isComplex)) return 0;
  let count = 0;
  for (const args of combinations(inputs.map(valuesOf))) {
    const b = new ScalarBuilder();
    const nodes = args.map((x, k) => {
      const node = constant(b, dtype, x);
      return b.cast(node, scalarTypeOf(types.compute[k]!));
    });
    const actual = stored(op.lowering.scalar(b, nodes, params), types.output);
    const values = args.map((x) => scalarValue(dtype, x));
    const [reference] = op.evaluate(values, params, null as never);
    const expected = toTypedArray(reference!)[0]!;
    assert(
      agree(actual, expected, types.output),
      `${name}${
        JSON.stringify(params)
      } of ${dtype} ${args}: kernels give ${actual}, the reference ${expected}`,
    );
    count++;
  }
  return count;
}

for (const name of elementwiseNames) {
  Deno.test(`lowering agrees with the reference: ${name}`, () => {
    let count = 0;
    for (const params of paramsOf[name] ?? [{}]) {
      for (const dtype of dtypes) {
        if (!isComplex(dtype)) count += checkRow(name, dtype, params);
      }
    }
    const onlyComplex = ["complex"];
    assert(count > 0 || onlyComplex.includes(name), "no dtype was checked");
  });
}

const complexValues: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -2],
  [3, 4],
  [-3, 0.5],
  [0.25, -0.125],
  [1.5, 2],
  [40, 1],
];

function complexScalar(dtype: DType, [re, im]: readonly [number, number]): Value {
  return { dtype, shape: [], data: Float64Array.of(re, im) };
}

function parts(element: Element): SNode[] {
  return isComplexElement(element) ? [element.re, element.im] : [element];
}

for (const name of elementwiseNames) {
  const op = elementwiseOps[name];
  if (op.lowering.kind !== "elementwise" || op.lowering.complex === undefined) continue;
  const { complex } = op.lowering;
  Deno.test(`complex lowering agrees with the reference: ${name}`, () => {
    for (const dtype of ["complex64", "complex128"] as const) {
      const params = { ...(paramsOf[name] === undefined ? {} : { dtype: "complex128" }) };
      const from: DType = name === "complex" ? realOf(dtype) : dtype;
      const inputs = new Array<DType>(op.arity).fill(from);
      const { output } = op.dtypes(inputs, params);
      // A power turns by the angle times the exponent: a large one leaves no digits in float32.
      const some = name === "pow" ? complexValues.slice(0, -1) : complexValues;
      for (const args of combinations(inputs.map(() => some))) {
        const b = new ScalarBuilder();
        const type = scalarTypeOf(dtype);
        const nodes = args.map(([re, im]): Element =>
          name === "complex"
            ? b.constant(type, re)
            : { re: b.constant(type, re), im: b.constant(type, im) }
        );
        const actual = parts(complex(b, nodes, params)).map((node) => {
          assert(node.op === "const");
          return Number(node.value);
        });
        const values = args.map((z) =>
          name === "complex" ? scalarValue(from, z[0]) : complexScalar(dtype, z)
        );
        const expected = [...op.evaluate(values, params, null as never)[0]!.data].map(Number);
        assertEquals(actual.length, isComplex(output) ? 2 : 1);
        const size = Math.hypot(...expected.filter(Number.isFinite));
        actual.forEach((x, i) => {
          const y = expected[i]!;
          const near = Math.abs(x - y) <= tolerance(realOf(dtype)) * Math.max(size, 1e-6);
          const isSame = x === y || near || Number.isNaN(x) && Number.isNaN(y);
          assert(isSame, `${name} of ${args.join(" and ")}: ${actual}, the reference ${expected}`);
        });
      }
    }
  });
}

Deno.test("casts to float16 round like Math.f16round", () => {
  const b = new ScalarBuilder();
  const { lowering } = elementwiseOps.cast;
  assert(lowering.kind === "elementwise");
  const values = [
    65504,
    65519,
    65520,
    1e-7,
    2 ** -24,
    2 ** -25,
    3 * 2 ** -25,
    6.1e-5,
    1 / 3,
    2049,
    2051,
  ];
  for (const x of [...values, ...values.map((x) => -x), 0, -0, NaN, Infinity, -Infinity]) {
    const node = lowering.scalar(b, [b.constant("f32", x)], { dtype: "float16" });
    assert(node.op === "const");
    assertEquals(node.value, Math.f16round(Math.fround(x)));
  }
});

Deno.test("float64 beyond int64 saturates", () => {
  const { lowering } = elementwiseOps.cast;
  assert(lowering.kind === "elementwise");
  assertEquals(castValue("f64", "i64", 1e300), 2n ** 63n - 1n);
  const [value] = elementwiseOps.cast.evaluate([scalarValue("float64", 1e300)], {
    dtype: "int64",
  }, null as never);
  assertEquals(value!.data[0], 2n ** 63n - 1n);
});
