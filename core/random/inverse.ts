/**
 * Counts by inversion of the cumulative distribution, for small means: elementwise ops.
 *
 * @module
 */

import type { Op } from "../graph/op.ts";
import type { ScalarBuilder } from "../ir/builder.ts";
import { kernels } from "../ops/common/kernels.ts";
import type { SNode } from "../ir/scalar.ts";
import { elementwiseOp } from "../ops/elementwise/op.ts";

/** Parameters of the ops: the float dtype of arguments and result. */
export interface InverseParams {
  readonly dtype: "float32" | "float64";
}

/** Means from this on are drawn by rejection. */
export const SMALL_MEAN = 10;

// Beyond these counts a mean below SMALL_MEAN leaves less than a uniform can tell from nothing.
const search = {
  float32: { count: 40, tiny: 2 ** -31 },
  float64: { count: 64, tiny: 2 ** -60 },
} as const;

/**
 * The number of k from 0 on with cdf(k) <= u, where `ratio(k)` is pmf(k + 1) / pmf(k). Sums of the cdf
 * that rounding keeps below 1 end where the probability is too small to matter.
 */
function hostCount(
  u: number,
  first: number,
  ratio: (k: number) => number,
  params: InverseParams,
): number {
  const { count, tiny } = search[params.dtype];
  let pmf = first, cdf = first, found = 0;
  for (let k = 0; k < count; k++) {
    if (u >= cdf && pmf > tiny) found++;
    pmf *= ratio(k);
    cdf += pmf;
  }
  return found;
}

function kernelCount(
  b: ScalarBuilder,
  u: SNode,
  first: SNode,
  ratio: (k: number) => SNode,
  params: InverseParams,
): SNode {
  const { count, tiny } = search[params.dtype];
  const number = (x: number) => b.constant(u.type, x);
  let pmf = first, cdf = first, found = number(0);
  for (let k = 0; k < count; k++) {
    const counts = b.binary(
      "and",
      b.compare("ge", u, cdf),
      b.compare("gt", pmf, number(tiny)),
    );
    found = b.add(found, b.select(counts, number(1), number(0)));
    pmf = b.mul(pmf, ratio(k));
    cdf = b.add(cdf, pmf);
  }
  return found;
}

/** The Poisson count that a uniform stands for. Inputs: u, and the mean, below `SMALL_MEAN`. */
export const poissonInverseOp: Op<InverseParams> = elementwiseOp<InverseParams>("poissonInverse", {
  arity: 2,
  params: { dtype: "plain" },
  dtypes: (_name, inputs, { dtype }) => ({ compute: inputs.map(() => dtype), output: dtype }),
  float([u, mean], _dtypes, params) {
    return hostCount(u!, Math.exp(-mean!), (k) => mean! / (k + 1), params);
  },
  scalar(b, args, params) {
    const [u, mean] = args as [SNode, SNode];
    const ratio = (k: number) => b.mul(mean, b.constant(u.type, 1 / (k + 1)));
    return kernelCount(b, u, kernels.get().math.exp(b, b.unary("neg", mean)), ratio, params);
  },
  cost: 150,
});

/**
 * The binomial count that a uniform stands for. Inputs: u, the number of trials n, and p at most 1/2,
 * where n p is below `SMALL_MEAN`.
 */
export const binomialInverseOp: Op<InverseParams> = elementwiseOp<InverseParams>(
  "binomialInverse",
  {
    arity: 3,
    params: { dtype: "plain" },
    dtypes: (_name, inputs, { dtype }) => ({ compute: inputs.map(() => dtype), output: dtype }),
    float([u, n, p], _dtypes, params) {
      const odds = p! / (1 - p!);
      const ratio = (k: number) => Math.max(n! - k, 0) / (k + 1) * odds;
      return hostCount(u!, Math.exp(n! * Math.log1p(-p!)), ratio, params);
    },
    scalar(b, args, params) {
      const [u, n, p] = args as [SNode, SNode, SNode];
      const number = (x: number) => b.constant(u.type, x);
      const odds = b.div(p, b.sub(number(1), p));
      const ratio = (k: number) => {
        const left = b.binary("max", b.sub(n, number(k)), number(0));
        return b.mul(b.mul(left, number(1 / (k + 1))), odds);
      };
      const { exp, log1p } = kernels.get().math;
      const none = exp(b, b.mul(n, log1p(b, b.unary("neg", p))));
      return kernelCount(b, u, none, ratio, params);
    },
    cost: 200,
  },
);
