/**
 * Derivatives of Fourier transforms, which are transforms the other way.
 *
 * @module
 */

import { outputOf, type Variable } from "../core/graph/graph.ts";
import { castTo, elementwise } from "../core/ops/common/build.ts";
import { asVariable } from "../core/ops/common/literal.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { fftOp, type FftParams } from "../core/ops/fft/op.ts";
import { shuffled } from "../core/ops/shape/dimshuffle_op.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { type GradientRules, ruleOf } from "./rule.ts";

/**
 * Half a spectrum times a number, but for the elements that have no mirror image: the first, and the middle one
 * of an even length.
 */
function mirroredTimes(by: number, half: Variable, n: Variable, axis: number): Variable {
  const k: Variable = arange(knownDims(half)[axis]!);
  const [none, two] = [0, 2].map((value) => asVariable(value, "int64")) as [Variable, Variable];
  const isOwn = elementwise("or", [
    elementwise("eq", [k, none]),
    elementwise("eq", [elementwise("mul", [k, two]), n]),
  ]);
  const [one, other] = [1, by].map((value) => castTo(asVariable(value), half.dtype));
  const weights = elementwise("switch", [isOwn, one!, other!]);
  const pattern = half.type.shape.map((_, d) => d === axis ? 0 : "x" as const);
  return elementwise("mul", [half, shuffled(weights, pattern)]);
}

/** The rules of Fourier transforms. */
export const fftGradients: GradientRules = {
  fft: ruleOf<FftParams>({
    pullback({ inputs: [x, length], params }, [g]) {
      const { axis, kind } = params;
      if (kind === "complex") {
        return [outputOf(fftOp, [g!], { ...params, sign: params.sign === 1 ? -1 : 1 })];
      }
      if (kind === "toHalf") {
        const n = knownDims(x!)[axis]!, back: FftParams = { ...params, kind: "fromHalf", sign: 1 };
        return [outputOf(fftOp, [mirroredTimes(0.5, g!, n, axis), n], back)];
      }
      const half = outputOf(fftOp, [g!], { ...params, kind: "toHalf", sign: -1 });
      return [mirroredTimes(2, half, length!, axis)];
    },
  }),
};
