/**
 * Reductions of parts that stand in a row, and of products whose factors have few of the axes.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import { padded, reduced, reducedAs, withAxes, withoutAxes } from "../../ops/common/axes.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import type { JoinParams } from "../../ops/shape/join.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import { buildProduct, type Factor, opensSingle, productOf, unpadded } from "./factors.ts";
import { ew, inShape, instead, isOneFromEnd, isReal } from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

/** More parts than this stay in a row. */
const MOST_PARTS = 12;

const together = { sum: "add", prod: "mul", max: "maximum", min: "minimum" } as const;

const reduceJoined: Rule = {
  name: "reduce-joined",
  law: "sum(join(a, b), 0) -> a + b for single rows, and so for products and extremes",
  ops: ["reduce"],
  mayHideError: true,
  rewrite({ inputs: [x], params, output }, context): Rewritten {
    const { kind, axes, dtype } = params as ReduceParams, { owner } = x!;
    const parts = owner?.inputs ?? [], isVector = owner?.op.name === "makeVector";
    if (!isVector && owner?.op.name !== "join") return null;
    if (!Object.hasOwn(together, kind) || dtype !== x!.dtype || context.uses(x!) > 1) return null;
    const { axis } = isVector ? { axis: 0 } : owner!.params as JoinParams;
    const areSingle = isVector || parts.every(({ type }) => type.shape[axis] === 1);
    if (!axes.includes(axis) || !areSingle || parts.length > MOST_PARTS) return null;
    if (!parts.every((part) => part.dtype === dtype)) return null;
    const rows = isVector ? parts : parts.map((part) => withoutAxes(part, [axis]));
    const op = together[kind as keyof typeof together];
    const all = rows.reduce((a, b) => ew(op, a, b));
    const left = axes.filter((other) => other !== axis)
      .map((other) => other - (other > axis ? 1 : 0));
    return instead(output, left.length === 0 ? all : reducedAs(params as ReduceParams, all, left));
  },
};

const sumOfOuter: Rule = {
  name: "sum-of-outer",
  law: "sum(x[i] * y[i, j]) -> sum(x[i] * sum(y[i, j], j)), where no factor has all axes, as of " +
    "sqr(x[i, j] * y[j, k])",
  ops: ["reduce"],
  assumesFinite: true,
  rewrite({ inputs: [x], params, output }, context): Rewritten {
    const { kind, axes, dtype } = params as ReduceParams, rank = x!.ndim;
    if (kind !== "sum" || dtype !== x!.dtype || !isReal(dtype) || context.uses(x!) > 1) return null;
    const product = productOf(x!, opensSingle(context));
    if (product === null || product.steps === 0) return null;
    const has = ({ base }: Factor, axis: number) => !isOneFromEnd(base, rank - axis);
    const lengths = lengthsOf(x!), all = lengths.flatMap((n, axis) => n === 1 ? [] : [axis]);
    const { factors } = product;
    if (factors.some((f) => f.power < 0 || all.every((axis) => has(f, axis)))) return null;
    for (const axis of axes) {
      const varying = factors.filter((f) => has(f, axis));
      const fixed = factors.filter((f) => !has(f, axis));
      if (varying.length === 0 || fixed.length === 0) continue;
      const inner = padded(
        buildProduct({ ...product, over: 1, below: 1, factors: varying }),
        rank,
      );
      if (lengthsOf(inner)[axis] !== lengths[axis]) continue;
      const base: Variable = unpadded(withAxes(reduced("sum", inner, [axis], dtype), [axis]));
      const whole = buildProduct({ ...product, factors: [...fixed, { base, power: 1 }] });
      const left = lengths.map((n, d) => d === axis ? 1 : n);
      return instead(output, reduced("sum", inShape(whole, left), axes, dtype));
    }
    return null;
  },
};

/** Rules that take work out of reductions. */
export const cheaperSums: readonly Rule[] = [reduceJoined, sumOfOuter];
