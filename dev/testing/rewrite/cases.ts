/**
 * What the cases of rewrite rules have in common: variables by name and short ways to build.
 *
 * @module
 */

import type { DType } from "../../../core/graph/dtype.ts";
import { makeConstant, makeVariable, type Variable } from "../../../core/graph/graph.ts";
import { TensorType } from "../../../core/graph/type.ts";
import * as T from "../../../core/api/t.ts";
import { jointLengthOf } from "../../../core/ops/shape/joint_length.ts";
import { shapeOf } from "../../../core/ops/shape/shape_ops.ts";
import { valueOf } from "../../../core/ops/common/literal.ts";
import { ew } from "../../../core/rewrite/match.ts";
import type { RuleCases } from "./rules.ts";

export { ew, T };

const made = new Map<string, Variable>();

/** Cases by rule. */
export type Cases = Readonly<Record<string, RuleCases>>;

/** Vectors, matrices and scalars of float64. */
export const [x, y, z] = ["x", "y", "z"].map((name) => T.dvector(name) as Variable) as [
  Variable,
  Variable,
  Variable,
];
export const [m, w, v] = ["m", "w", "v"].map((name) => T.dmatrix(name) as Variable) as [
  Variable,
  Variable,
  Variable,
];
export const [s, t] = ["s", "t"].map((name) => T.dscalar(name) as Variable) as [Variable, Variable];
/** Integers, bools and complex numbers. */
export const [i, j] = ["i", "j"].map((name) => T.ivector(name) as Variable) as [Variable, Variable];
export const [a, b] = ["a", "b"].map((name) => T.vector(name, { dtype: "bool" }) as Variable) as [
  Variable,
  Variable,
];
export const c: Variable = T.zvector("c");
/** A vector of three, a matrix of 2 × 3, and one of 1 × 3. */
export const x3: Variable = fixed("q", [3]);
export const m23: Variable = fixed("n", [2, 3]);
export const row: Variable = T.drow("r");
export const col: Variable = T.dcol("k");

/** A variable of a known shape. Equal names and shapes are the same variable. */
export function fixed(name: string, shape: readonly number[]): Variable {
  const key = `${name}${shape}`, have = made.get(key);
  if (have !== undefined) return have;
  const variable = makeVariable(TensorType.of("float64", shape));
  variable.name = name;
  made.set(key, variable);
  return variable;
}

/** A 0-d constant. */
export function num(value: number, dtype: DType = "float64"): Variable {
  return makeConstant(valueOf(value, dtype));
}

/** The length of an axis. */
export function len(variable: Variable, axis = 0): Variable {
  return shapeOf(variable, axis);
}

/** The length that the first axes of vectors broadcast to. */
export function joint(...vectors: readonly Variable[]): Variable {
  return jointLengthOf(vectors.map((vector) => len(vector)));
}
