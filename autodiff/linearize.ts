/**
 * Functions with their changes: values and products with the Jacobian matrix, forwards.
 *
 * @module
 */

import { makeVariable, type Variable } from "../core/graph/graph.ts";
import { assumeShape } from "../core/ops/shape/known_lengths.ts";
import { expectVariable, grad, type GradOf, likeWrt, type Wrt, wrtList } from "./grad.ts";
import { type ForEach, Rop } from "./products.ts";
import { replaceWithKinks } from "./support.ts";

/** The variables that a function gets, one by one. */
export type Primals<W extends Wrt> = W extends Variable ? [W]
  : { -readonly [K in keyof W]: W[K] };

/** A function of variables, or what it gives. */
export type Differentiable<F extends Wrt, W extends Wrt> = F | ((...primals: Primals<W>) => F);

/** A function applied to variables of its own, and what puts the given ones in their place. */
interface Applied<F extends Wrt, W extends Wrt> {
  readonly value: F;
  readonly wrt: W;
  placed<G extends Wrt>(results: G): G;
}

/**
 * What a function gives. Its variables are new ones, so that one that is given twice counts as two, and what
 * the function reads besides stays as it is.
 */
function applied<F extends Wrt, W extends Wrt>(f: Differentiable<F, W>, primals: W): Applied<F, W> {
  const list = wrtList(primals);
  if (typeof f !== "function") return { value: f, wrt: primals, placed: (results) => results };
  const places = list.map((primal) => {
    const place = makeVariable(primal.type);
    place.name = primal.name;
    assumeShape(place, primal);
    return place;
  });
  const given = new Map(places.map((place, i) => [place, list[i]!] as const));
  return {
    value: f(...places as Primals<W>),
    wrt: likeWrt(primals, places) as unknown as W,
    placed<G extends Wrt>(results: G): G {
      const all: readonly Variable[] = Array.isArray(results) ? results : [results as Variable];
      return likeWrt(results, replaceWithKinks(all, given)) as unknown as G;
    },
  };
}

/**
 * The value of a function, and its change when its arguments change: the product of its Jacobian matrix with
 * the vector of changes, in one pass forwards. Several arguments are moved together.
 *
 * `f` is a function of the variables, as in JAX, or an expression of them. Outputs that do not depend on them
 * do not change. It is {@linkcode Rop} with the value beside it.
 *
 * Throws as `grad` does, and a TypeError if `tangents` do not go with `primals`.
 *
 * @param f A function of `primals`, or what it gives: one variable or several.
 * @param primals The variable or variables that change.
 * @param tangents Their changes: for each a tensor of its shape.
 *
 * @example
 * ```ts
 * import { compile, jvp, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), dx = T.dvector("dx");
 * const [value, change] = jvp((x) => T.sin(x).mul(x), x, dx);
 * const f = await compile([x, dx], [value, change]);
 * console.log(f([0, 1], [1, 0.5]));
 * ```
 */
export function jvp<const F extends Wrt, const W extends Wrt>(
  f: Differentiable<F, W>,
  primals: W,
  tangents: ForEach<W>,
): [value: F, change: GradOf<F, Record<never, never>>] {
  const [value, linear] = linearize<F, W>(f, primals);
  return [value, linear(tangents)];
}

/**
 * The value of a function, and the linear function that it is close to there: from changes of its arguments
 * to the change of its value. However often that is used, what it shares with the value, and with itself, is
 * computed once.
 *
 * Throws as {@linkcode jvp} does.
 *
 * @param f A function of `primals`, or what it gives: one variable or several.
 * @param primals The variable or variables that change.
 *
 * @example
 * ```ts
 * import { compile, linearize, T } from "@croton/croton";
 *
 * const x = T.dvector("x");
 * const [value, linear] = linearize((x) => T.exp(x).sum(), x);
 * const f = await compile([x], [value, linear([1, 0]), linear([0, 1])]);
 * console.log(f([1, 2]));
 * ```
 */
export function linearize<const F extends Wrt, const W extends Wrt>(
  f: Differentiable<F, W>,
  primals: W,
): [value: F, linear: (tangents: ForEach<W>) => GradOf<F, Record<never, never>>] {
  const { value, wrt, placed } = applied(f, primals);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const item of list) expectVariable(item, "what is differentiated");
  const options = { disconnectedOutputs: "ignore" } as const;
  return [placed(value), (tangents) => placed(Rop<F, W>(value, wrt, tangents, options)) as never];
}

/**
 * The product of the Hessian matrix of a scalar with a vector, without making the matrix: the change of the
 * gradient when the variables change, forwards over backwards. For several variables it is the product with
 * the whole matrix, with the derivatives between them. It has the form and shapes of `wrt`, and costs a few
 * times as much as `cost`.
 *
 * Throws as `grad` does, and a TypeError if `v` does not go with `wrt`.
 *
 * @param cost A real scalar.
 * @param wrt The variable or variables, of any rank.
 * @param v A tensor of the shape of `wrt`; for an array `wrt` one for each.
 *
 * @example
 * ```ts
 * import { compile, hessianVectorProduct, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), v = T.dvector("v");
 * const f = await compile([x, v], hessianVectorProduct(T.pow(x, 3).sum(), x, v));
 * console.log(f([1, 2], [1, 10])); // 6x times v
 * ```
 */
export function hessianVectorProduct<const W extends Wrt>(
  cost: Variable,
  wrt: W,
  v: ForEach<W>,
): GradOf<W, Record<never, never>> {
  const gradients = grad(cost, wrt, { addNames: false }) as unknown as W;
  return Rop<W, W>(gradients, wrt, v, { disconnectedOutputs: "ignore" });
}
