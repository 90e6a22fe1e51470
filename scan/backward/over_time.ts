/**
 * Sums over all steps of what each step contributes to a value that is the same in all of them.
 *
 * @module
 */

import { makeVariable, type Variable } from "../../core/graph/graph.ts";
import { TensorType } from "../../core/graph/type.ts";
import { zerosLike } from "../../core/ops/create/alloc.ts";
import { add } from "../../core/ops/elementwise/elementwise.ts";
import { matmul } from "../../core/ops/linalg/linalg.ts";
import { sum } from "../../core/ops/reduce/reduce.ts";
import { dimshuffle } from "../../core/ops/shape/dimshuffle.ts";
import { reshape } from "../../core/ops/shape/reshape.ts";
import { shapeOf } from "../../core/ops/shape/shape_ops.ts";
import type { BackwardResults, BackwardStep } from "./backward_step.ts";

/** Makes the sum of what the backward loop gives. */
export type Finish = (results: BackwardResults) => Variable;

/** The sum over all steps of a contribution of one step. */
export function sumOverTime(
  back: BackwardStep,
  contribution: Variable,
  other: Variable,
  byProducts: boolean,
): Finish {
  const finishes: Finish[] = [];
  const rest: Variable[] = [];
  for (const term of terms(contribution)) {
    const product = byProducts ? productOverTime(back, term) : null;
    if (product !== null) finishes.push(product);
    else rest.push(term);
  }
  for (const term of rest) {
    const traced = back.maps.includes(term);
    if (traced) {
      const at = back.map(term);
      finishes.push(({ traces }) => sum(traces[at]!, { axis: 0 }));
      continue;
    }
    const place = makeVariable(TensorType.of(term.dtype, term.type.shape));
    const at = back.carry(zerosLike(other), place, add(place, term));
    finishes.push(({ finals }) => finals[at]!);
  }
  return (results) => finishes.map((finish) => finish(results)).reduce((a, b) => add(a, b));
}

function terms(variable: Variable): Variable[] {
  const found: Variable[] = [];
  const stack = [variable];
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (top.owner?.op.name === "add") stack.push(...top.owner.inputs.toReversed());
    else found.push(top);
  }
  return found;
}

/** For a product of two matrices that change with the step: one product of their stacks. */
function productOverTime(back: BackwardStep, term: Variable): Finish | null {
  const owner = term.owner;
  if (owner?.op.name === "dimshuffle") {
    const inner = productOverTime(back, owner.inputs[0]!);
    if (inner === null) return null;
    const { pattern } = owner.params as { pattern: readonly (number | "x")[] };
    return (results) => dimshuffle(inner(results), ...pattern);
  }
  if (owner?.op.name !== "matmul" || term.ndim !== 2) return null;
  const [left, right] = owner.inputs as [Variable, Variable];
  const a = stackOverTime(back, left), b = stackOverTime(back, right);
  return (results) => {
    return sumOfProducts(a(results), b(results));
  };
}

/** An expression of the step for all steps at once, on a leading axis. */
function stackOverTime(back: BackwardStep, variable: Variable): Finish {
  const known = back.sequences.find(({ place }) => place === variable);
  if (known !== undefined) return () => known.outer;
  if (variable.owner?.op.name === "dimshuffle") {
    const inner = stackOverTime(back, variable.owner.inputs[0]!);
    const { pattern } = variable.owner.params as { pattern: readonly (number | "x")[] };
    const shifted = pattern.map((axis) => axis === "x" ? axis : axis + 1);
    return (results) => dimshuffle(inner(results), 0, ...shifted);
  }
  const at = back.map(variable);
  return ({ traces }) => traces[at]!;
}

/**
 * The sum over t of `A[t] · B[t]`, as one product. Steps are laid one behind another before A is turned:
 * where they come in another order than in memory, rows are copied, not single elements.
 */
export function sumOfProducts(a: Variable, b: Variable): Variable {
  const rows = (x: Variable) => reshape(x, [-1, shapeOf(x, 2)]);
  return matmul(dimshuffle(rows(dimshuffle(a, 0, 2, 1)), 1, 0), rows(b));
}
