/**
 * Products with Jacobian matrices, without making the matrices.
 *
 * @module
 */

import type { Variable } from "../core/graph/graph.ts";
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
import { passBack, undefinedError } from "./pullback.ts";
import { pushForward } from "./pushforward.ts";

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
 * It goes forwards through the graph once, so that it costs about as much as `f` itself, whatever the number
 * of its elements. Ops of one's own that say their gradient alone go by that.
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
  const by = list.map((variable) => variable.label).join(", ");
  const found = pushForward(directions, outputs);
  const broken = found.find((change) => change instanceof UndefinedGradient);
  if (broken instanceof UndefinedGradient) throw undefinedError({ label: by }, broken);
  const results = finished(found, outputs, `by ${by} and`, {
    disconnectedInputs: disconnectedOutputs,
  });
  return likeWrt(f, results as Variable[]);
}
