/**
 * Products with Jacobian matrices, without making the matrices.
 *
 * @module
 */

import { makeVariable, type Variable } from "../core/graph/graph.ts";
import { replace } from "../core/graph/walk.ts";
import type { TensorLike } from "../core/ops/common/literal.ts";
import { UndefinedGradient } from "./gradient.ts";
import { checkOptions } from "../core/base/options.ts";
import {
  checkResultOptions,
  expectVariable,
  finished,
  givenGradient,
  type GradOf,
  likeWrt,
  type ResultOptions,
  type Wrt,
  wrtList,
} from "./grad.ts";
import { assumeShape } from "../core/ops/shape/known_lengths.ts";
import { passBack, undefinedError } from "./pullback.ts";
import { filledLike } from "./shapes.ts";

export type { ResultOptions } from "./grad.ts";

/** One value for each variable, in the same form. */
export type ForEach<W extends Wrt> = W extends Variable ? TensorLike
  : readonly TensorLike[];

/** Variables and one value for each of them, as pairs. */
function paired(
  variables: readonly Variable[],
  values: TensorLike | readonly TensorLike[],
  several: boolean,
  what: string,
): [Variable, Variable][] {
  const list = (several ? values : [values]) as readonly TensorLike[];
  if (!Array.isArray(list) || list.length !== variables.length) {
    throw new TypeError(
      `Cannot differentiate: expected ${what} to be an array of ${variables.length}, got ${
        Array.isArray(list) ? list.length : "no array"
      }`,
    );
  }
  return variables.map((variable, i) => [variable, givenGradient(variable, list[i]!)]);
}

function outputList(f: Wrt): readonly Variable[] {
  const list: readonly unknown[] = Array.isArray(f) ? f : [f];
  return list.map((variable) => {
    expectVariable(variable, "what is differentiated");
    return variable;
  });
}

/**
 * The product vᵀJ of a vector with the Jacobian matrix of `f` with respect to `wrt`: the gradient of
 * Σ f·v. It has the form and shapes of `wrt`.
 *
 * Throws as `grad` does, and a TypeError if `v` does not go with `f`.
 *
 * @param f The variable or variables to differentiate, of any rank.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param v A tensor of the shape of `f`; for an array `f` one for each.
 * @param options What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { Lop, T } from "@croton/croton";
 *
 * const w = T.dmatrix("w"), x = T.dvector("x"), v = T.dvector("v");
 * const gradient = Lop(T.tanh(w.dot(x)), w, v);
 * ```
 */
export function Lop<
  const W extends Wrt,
  const F extends Wrt,
  const O extends ResultOptions = Record<never, never>,
>(f: F, wrt: W, v: ForEach<F>, options?: O): GradOf<W, O> {
  const given = checkResultOptions(options);
  const outputs = outputList(f), list = wrtList(wrt);
  const seeds = paired(outputs, v as TensorLike, Array.isArray(f), "the vectors");
  const found = passBack(seeds, list);
  const of = outputs.map((output) => output.label).join(", ");
  return likeWrt<W, O>(wrt, finished(found, list, of, given));
}

/** Options of `Rop`. */
export interface RopOptions {
  /** What to do with an output that does not depend on any variable: an error (default), or zeros. */
  readonly disconnectedOutputs?: "raise" | "ignore";
}

/**
 * The product Jv of the Jacobian matrix of `f` with respect to `wrt` with a vector: the change of `f` when
 * `wrt` changes in the direction v. Several variables are moved together. It has the form and shapes
 * of `f`.
 *
 * It is made of two gradients: u ↦ uᵀJ is linear, and its own gradient is v ↦ Jv.
 *
 * Throws as `grad` does, and a TypeError if `v` does not go with `wrt`.
 *
 * @param f The variable or variables to differentiate, of any rank.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param v A tensor of the shape of `wrt`; for an array `wrt` one for each.
 * @param options What to do with outputs that do not depend on the variables.
 *
 * @example
 * ```ts
 * import { Rop, T } from "@croton/croton";
 *
 * const w = T.dmatrix("w"), x = T.dvector("x"), v = T.dmatrix("v");
 * const change = Rop(T.tanh(w.dot(x)), w, v);
 * ```
 */
export function Rop<const F extends Wrt, const W extends Wrt>(
  f: F,
  wrt: W,
  v: ForEach<W>,
  options: RopOptions = {},
): GradOf<F, Record<never, never>> {
  const { disconnectedOutputs = "raise" } = checkOptions("Cannot differentiate", options, {
    disconnectedOutputs: ["raise", "ignore"],
  });
  const outputs = wrtList(f), list = wrtList(wrt);
  const directions = paired(list, v as TensorLike, Array.isArray(wrt), "the vectors");
  const vectors = outputs.map((output) => {
    const vector = makeVariable(output.type);
    assumeShape(vector, output);
    return vector;
  });
  const back = passBack(outputs.map((output, i) => [output, vectors[i]!] as const), list);
  const seeds = back.flatMap((gradient, i): [Variable, Variable][] => {
    const [variable, direction] = directions[i]!;
    if (gradient instanceof UndefinedGradient) throw undefinedError(variable, gradient);
    if (gradient === null || !("dtype" in gradient)) return [];
    return [[gradient, direction]];
  });
  const found = passBack(seeds, vectors).map((gradient, i) =>
    // Connected, but with zero gradient: no seed came from it.
    gradient === null && isReached(outputs[i]!, list) ? filledLike(outputs[i]!, 0) : gradient
  );
  const by = list.map((variable) => variable.label).join(", ");
  const results = finished(found, outputs, `by ${by} and`, {
    disconnectedInputs: disconnectedOutputs,
  });
  // Where the vectors are still there, only their shapes matter.
  const stand = new Map(vectors.map((vector, i) => [vector, filledLike(outputs[i]!, 0)]));
  return likeWrt(f, replace(results as Variable[], stand));
}

function isReached(output: Variable, wrt: readonly Variable[]): boolean {
  return passBack([[output, filledLike(output, 0)]], wrt).some((gradient) => gradient !== null);
}
