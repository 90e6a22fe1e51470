/**
 * What the builder functions of elementwise ops have in common: arguments become variables, and the
 * dtypes that depend on `config.floatX` are settled with explicit casts.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import { type DType, isDiscrete, promote } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { Params } from "../../graph/op.ts";
import { type ElementwiseName, elementwiseOps } from "../elementwise/table.ts";
import { asVariable, asVariables, type TensorLike } from "./literal.ts";

/** Applies an elementwise op to variables. */
export function elementwise(
  name: ElementwiseName,
  inputs: readonly Variable[],
  params: Params = {},
): Variable {
  return outputOf(elementwiseOps[name], inputs, params);
}

/** `x` as another dtype; itself when it has that dtype. */
export function castTo(x: Variable, dtype: DType): Variable {
  return x.dtype === dtype ? x : elementwise("cast", [x], { dtype });
}

/** `x` as a float or complex variable: integers and bools become floatX. */
export function asFloating(x: TensorLike): Variable {
  const variable = asVariable(x);
  return isDiscrete(variable.dtype) ? castTo(variable, settings.floatX) : variable;
}

/** A variable as what types say of it. */
export function typed<R>(x: unknown): R {
  return x as Variable & R;
}

/** Applies an op whose result has the dtype of its argument. */
export function unary<R>(name: ElementwiseName, x: TensorLike): R {
  return elementwise(name, [asVariable(x)]) as Variable & R;
}

/** Applies a float function: integers become floatX first. */
export function floating<R>(name: ElementwiseName, x: TensorLike): R {
  return elementwise(name, [asFloating(x)]) as Variable & R;
}

/** Applies an op to arguments that meet in one dtype; numbers take the dtype of the others. */
export function meeting<R>(
  name: ElementwiseName,
  ...args: readonly TensorLike[]
): R {
  return elementwise(name, asVariables(args)) as Variable & R;
}

/** Applies a float function of several arguments: if all are integers they become floatX first. */
export function floatingMeeting<R>(
  name: ElementwiseName,
  ...args: readonly TensorLike[]
): R {
  const variables = asVariables(args);
  const together = variables.map((v) => v.dtype).reduce(promote);
  const floats = isDiscrete(together)
    ? variables.map((v) => castTo(v, settings.floatX))
    : variables;
  return elementwise(name, floats) as Variable & R;
}

/** Applies an op to several arguments from left to right; on bools alone `logical` is applied. */
export function folded<R>(
  name: ElementwiseName,
  logical: ElementwiseName | null,
  args: readonly TensorLike[],
): R {
  const variables = asVariables(args);
  const first = variables[0];
  if (first === undefined) {
    throw new TypeError(`Cannot apply "${name}": expected at least one argument, got none`);
  }
  return variables.slice(1).reduce((x, y) => {
    const isBool = x.dtype === "bool" && y.dtype === "bool";
    return elementwise(isBool && logical !== null ? logical : name, [x, y]);
  }, first) as Variable & R;
}
