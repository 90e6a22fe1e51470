/**
 * Shapes as values: vectors of scalars, and promises about shapes.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import { type DType, promote } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import { joinOp, type JoinParams } from "./join.ts";
import type { Like, RankOf } from "../../graph/type_arithmetic.ts";
import type { Dim } from "../common/arguments.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { expectList } from "../../base/options.ts";
import {
  dimsOf,
  LONG_VECTOR,
  makeVectorOp,
  type MakeVectorParams,
  withShape,
} from "./shape_ops.ts";

/**
 * The shape of x as an int64 vector. Its value does not depend on the elements of x, so x is not
 * computed for it.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const s = T.shape(T.matrix("m")); // two elements
 * ```
 */
export function shape(x: TensorLike): Variable<"int64", 1> {
  return typed(makeVector(dimsOf(x), "int64"));
}

/**
 * A vector of scalars.
 *
 * Throws a TypeError for something that is not a scalar, or whose dtype is not `dtype`.
 */
export function makeVector(scalars: readonly TensorLike[], dtype?: DType): Variable {
  const inputs = asVariables(expectList("Cannot make a vector", scalars, "a list of scalars"));
  const type = dtype ?? inputs.map((v) => v.dtype).reduce(promote, inputs[0]?.dtype ?? "int64");
  const vector = (some: readonly Variable[]) =>
    outputOf<MakeVectorParams>(makeVectorOp, some, { dtype: type });
  if (inputs.length <= LONG_VECTOR) return vector(inputs);
  // A kernel that chooses among very many scalars would read too much.
  const parts: Variable[] = [];
  for (let i = 0; i < inputs.length; i += LONG_VECTOR) {
    parts.push(vector(inputs.slice(i, i + LONG_VECTOR)));
  }
  return outputOf<JoinParams>(joinOp, parts, { axis: 0 });
}

/**
 * x, with a promise about its shape: one length (a number or an integer scalar) for each axis, null
 * where nothing is promised. The lengths are checked when the function is called.
 *
 * Throws a TypeError for another number of lengths and a ShapeError where the type says otherwise.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const images = T.specifyShape(T.matrix("x"), [null, 784]);
 * ```
 */
export function specifyShape<A extends TensorLike>(x: A, shape: readonly (Dim | null)[]): Like<A> {
  return typed(withShape(asVariable(x), shape));
}

/** A shape as users write it: one length, several, or an integer vector. */
export type ShapeLike = Dim | readonly Dim[] | Variable;

/** The rank that a shape argument says, where its type does. */
export type ShapeRank<S> = S extends readonly unknown[] ? S["length"]
  : S extends number | bigint ? 1
  : number;

/** The rank of x after an operation along an axis; null flattens. */
export type AxisRank<A, X> = null extends X ? X extends null ? 1 : number : RankOf<A>;
