/**
 * How much rounding may change a value: the graph with noise behind whatever rounds. Evaluated a few
 * times, it says which numbers are worth comparing, and how closely.
 *
 * @module
 */

import { isComplex, isFloat } from "../../core/graph/dtype.ts";
import { type Apply, applyOp, type Variable } from "../../core/graph/graph.ts";
import type { Op, Params } from "../../core/graph/op.ts";
import type { Value } from "../../core/graph/value.ts";
import { toposort } from "../../core/graph/walk.ts";
import { TensorType } from "../../core/graph/type.ts";
import { isScan } from "../../scan/node.ts";
import { StepGraph } from "../../scan/inner.ts";
import { Random } from "./random.ts";

const random = new Random(1);

/** One part in so many is what a dtype rounds by. */
const units: Readonly<Record<string, number>> = {
  float16: 2 ** -11,
  float32: 2 ** -24,
  complex64: 2 ** -24,
  float64: 2 ** -53,
  complex128: 2 ** -53,
};

interface NoiseParams {
  /** Rounding errors that one result may have. */
  readonly ulps: number;
}

function roundTo(dtype: Value["dtype"], x: number): number {
  if (dtype === "float32" || dtype === "complex64") return Math.fround(x);
  return dtype === "float16" ? Math.f16round(x) : x;
}

/** Whether arithmetic on numbers is exact: small whole ones. */
function isWhole(value: Value): boolean {
  return value.data.every((x: number | bigint) =>
    Number.isInteger(x) && Math.abs(Number(x)) < 65536
  );
}

/**
 * The first value with an error of some units in the last place. Small whole numbers have none where
 * all that they are computed with, the other values, are such.
 */
const noiseOp: Op<NoiseParams> = {
  name: "noise",
  infer: ([x]) => [TensorType.of(x!.dtype, x!.type.shape)],
  shapes: (context, apply: Apply<NoiseParams>) => [context.shape(apply.inputs[0]!)],
  evaluate: ([x, ...others], { ulps }) => {
    const exact = others.every(isWhole);
    const unit = units[x!.dtype]! * ulps;
    const numbers = x!.data as Float64Array, isPair = isComplex(x!.dtype);
    const data = numbers.map((value, i) => {
      if (exact && Number.isInteger(value) && Math.abs(value) < 65536) return value;
      // Either part of a complex number has the errors of the greater one.
      const size = isPair ? Math.max(Math.abs(value), Math.abs(numbers[i ^ 1]!)) : value;
      return roundTo(x!.dtype, value + size * unit * (2 * random.next() - 1));
    });
    return [{ ...x!, data }];
  },
  lowering: {
    kind: "reduce",
    reduction: () => {
      throw new TypeError("noise has no kernel");
    },
  },
};

/** Ops whose results are exact, or elements of their arguments. */
const exact = new Set([
  "neg",
  "abs",
  "sign",
  "switch",
  "maximum",
  "minimum",
  "floor",
  "ceil",
  "trunc",
  "round",
  "clip",
  "isnan",
  "isinf",
  "subtensor",
  "advIndex",
  "dimshuffle",
  "reshape",
  "join",
  "broadcastTo",
  "fill",
  "sort",
  "ifelse",
  "shapeI",
  "scan",
  "conj",
  "real",
  "imag",
  "complex",
  "copy",
  "identity",
]);

/** Ops that add up, in whatever order: errors are relative to what is added. */
const adding = new Set([
  "add",
  "sub",
  "reduce",
  "matmul",
  "cumop",
  "sumTo",
  "incSubtensor",
  "mean",
]);

function noisy(variable: Variable, ulps: number, others: readonly Variable[] = []): Variable {
  if (!isFloat(variable.dtype) && !isComplex(variable.dtype)) return variable;
  return applyOp(noiseOp, [variable, ...others], { ulps }).output as Variable;
}

/** The graph of outputs with noise, also inside the steps of loops. */
export function withNoise(outputs: readonly Variable[]): Variable[] {
  const made = new Map<Variable, Variable>();
  for (const apply of toposort(outputs)) {
    let inputs = apply.inputs.map((input) => made.get(input) ?? input);
    if (adding.has(apply.op.name)) {
      const added = inputs.filter(({ dtype }) => isFloat(dtype));
      inputs = inputs.map((input) => noisy(input, 1, added));
    }
    let params: Params = apply.params;
    if (isScan(apply)) {
      const { step } = apply.params;
      params = {
        ...apply.params,
        step: new StepGraph(step.layout, step.inputs, withNoise(step.outputs)),
      };
    }
    const fresh = applyOp(apply.op, inputs, params);
    apply.outputs.forEach((output, i) => {
      const value = fresh.outputs[i]! as Variable;
      made.set(output, exact.has(apply.op.name) ? value : noisy(value, 4));
    });
  }
  return outputs.map((output) => made.get(output) ?? output);
}
