/**
 * The op that computes one of two branches.
 *
 * @module
 */

import { isArgumentError } from "../../base/errors.ts";
import type { Variable } from "../../graph/graph.ts";
import type { Op, ShapeContext } from "../../graph/op.ts";
import type { Value } from "../../graph/value.ts";
import type { Size } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectInputs } from "../common/arguments.ts";

/** Params of {@linkcode ifelseOp}. */
export interface IfElseParams {
  /** How many outputs there are. */
  readonly n: number;
}

/** The two values that output `i` can have. */
function branches(inputs: readonly Variable[], n: number, i: number): [Variable, Variable] {
  return [inputs[1 + i]!, inputs[1 + n + i]!];
}

/** The numbers of the inputs that the condition takes. */
function taken([condition]: readonly Value[], { n }: IfElseParams): number[] {
  const first = Number(condition!.data[0]) !== 0 ? 1 : 1 + n;
  return Array.from({ length: n }, (_, i) => first + i);
}

/** The shape of a value, or null where there is none: lengths do not go together. */
function shapeIfAny(context: ShapeContext, variable: Variable): readonly Size[] | null {
  try {
    return context.shape(variable);
  } catch (error) {
    if (isArgumentError(error)) return null;
    throw error;
  }
}

/**
 * One of two lists of values, by a bool scalar: the condition, then n values for true, then n for
 * false. Only what the chosen ones need is computed.
 */
export const ifelseOp: Op<IfElseParams> = {
  name: "ifelse",
  params: { n: "plain" },
  infer(inputs, { n }) {
    expectInputs("ifelse", inputs, 1 + 2 * n);
    const condition = inputs[0]!;
    if (condition.ndim !== 0 || condition.dtype !== "bool") {
      throw new TypeError(
        `Cannot choose by ${condition.label}: expected a bool scalar, got ${condition.type}`,
      );
    }
    return Array.from({ length: n }, (_, i) => {
      const [a, b] = branches(inputs, n, i);
      if (a.dtype !== b.dtype || a.ndim !== b.ndim) {
        throw new TypeError(
          `Cannot choose between ${a.label} and ${b.label}: expected one dtype and rank, got ${a.type} and ${b.type}`,
        );
      }
      const shape = a.type.shape.map((m, d) => m === b.type.shape[d] ? m : null);
      return TensorType.of(a.dtype, shape);
    });
  },
  shapes(context, apply) {
    const { n } = apply.params, condition = apply.inputs[0]!;
    const known = context.knows(condition);
    return Array.from({ length: n }, (_, i) => {
      const [then, otherwise] = branches(apply.inputs, n, i);
      // What is not taken need not even have a shape.
      if (known) {
        return context.shape(
          context.guards.equal(context.integer(condition), 0) ? otherwise : then,
        );
      }
      const a = shapeIfAny(context, then), b = shapeIfAny(context, otherwise);
      if (a === null) return b ?? context.shape(then);
      if (b === null || a.every((m, d) => context.guards.equal(m, b[d]!))) return a;
      return context.guards.equal(context.integer(condition), 0) ? b : a;
    });
  },
  pick: taken,
  linear: ({ params: { n } }) => [[1, 1 + n]],
  evaluate(inputs, params) {
    return taken(inputs, params).map((i) => inputs[i]!);
  },
  lowering: {
    kind: "control",
    lower: (scope, apply) => scope.branch(apply, apply.params.n),
    lazy: (apply) => Array.from({ length: 2 * apply.params.n }, (_, i) => 1 + i),
  },
};
