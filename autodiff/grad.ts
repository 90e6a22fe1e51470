/**
 * The gradient of a scalar.
 *
 * @module
 */

import { isComplex, isDiscrete } from "../core/graph/dtype.ts";
import { DisconnectedInputError } from "../core/base/errors.ts";
import { makeConstant, Variable } from "../core/graph/graph.ts";
import { ancestors } from "../core/graph/walk.ts";
import { castTo } from "../core/ops/common/build.ts";
import { filledLike as filledNode } from "../core/ops/create/fill.ts";
import { asVariable, type TensorLike, valueOf } from "../core/ops/common/literal.ts";
import { type Gradient, UndefinedGradient, zeroGradient } from "./gradient.ts";
import { type Found, passBack, undefinedError } from "./pullback.ts";
import { filledLike } from "./shapes.ts";
import { checkOptions, expectList } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";

/** Gradients by variable. */
export type KnownGrads =
  | ReadonlyMap<Variable, TensorLike>
  | readonly (readonly [Variable, TensorLike])[];

/** Options of `grad`. */
export interface GradOptions {
  /** Variables that count as constants: nothing flows back past them. */
  readonly considerConstant?: readonly Variable[];
  /**
   * What to do when the cost does not depend on a variable, or only through its shape, through indices or
   * through `disconnectedGrad`. Default "raise".
   */
  readonly disconnectedInputs?: "raise" | "warn" | "ignore";
  /**
   * Gradients of variables inside the graph that are known already. They take the place of what would be
   * computed for them; the cost may be null then.
   */
  readonly knownGrads?: KnownGrads;
  /** What to give for such a variable if that is no error: zeros (the default), or null. */
  readonly returnDisconnected?: "zero" | "none";
  /** What to do about a gradient that is not defined: an error (the default), or NaN everywhere. */
  readonly nullGradients?: "raise" | "return";
  /** Whether to name gradients `(dcost/dx)` if cost and variable have names; default true. */
  readonly addNames?: boolean;
}

/** What `returnDisconnected: "none"` adds to a gradient. */
export type OrNull<O> = O extends { readonly returnDisconnected: "none" } ? null
  : O extends { readonly returnDisconnected: "zero" } ? never
  : O extends { readonly returnDisconnected?: infer R }
    ? "none" extends R ? unknown extends R ? never : null : never
  : never;

/** One or several variables. */
export type Wrt = Variable | readonly Variable[];

/** Gradients in the form in which variables were given: for one one, for several an array. */
export type GradOf<W extends Wrt, O = GradOptions> = W extends Variable<infer D, infer N>
  ? Variable<D, N> | OrNull<O>
  : {
    -readonly [K in keyof W]: W[K] extends Variable<infer D, infer N> ? Variable<D, N> | OrNull<O>
      : never;
  };

/** How messages call something that is no variable. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object" || typeof value === "function") return shown(value);
  return `the ${typeof value} ${shown(value)}`;
}

/** Throws a TypeError for something that is no variable. */
export function expectVariable(value: unknown, what: string): asserts value is Variable {
  if (value instanceof Variable) return;
  throw new TypeError(
    `Cannot differentiate: expected ${what} to be a variable, got ${kindOf(value)}`,
  );
}

/**
 * The variables to differentiate with respect to, as a list.
 *
 * Throws a TypeError for what is no variable or array of them, and for integers.
 */
export function wrtList(wrt: Wrt): readonly Variable[] {
  const list: readonly unknown[] = Array.isArray(wrt) ? wrt : [wrt];
  return list.map((variable, i) => {
    const what = Array.isArray(wrt) ? `item ${i} of "wrt"` : '"wrt" (or each item of an array)';
    expectVariable(variable, what);
    if (isDiscrete(variable.dtype)) {
      throw new TypeError(
        `Cannot differentiate with respect to ${variable.label} of dtype ${variable.dtype}: ` +
          `expected a float or complex dtype; cast it to a float before it is used`,
      );
    }
    return variable;
  });
}

/** Results in the form of the argument. */
export function likeWrt<W extends Wrt, O>(
  wrt: W,
  results: readonly (Variable | null)[],
): GradOf<W, O> {
  return (Array.isArray(wrt) ? [...results] : results[0]) as GradOf<W, O>;
}

/** A given gradient, checked and in the dtype of its variable. */
export function givenGradient(variable: Variable, gradient: TensorLike): Variable {
  const given = asVariable(gradient, variable.dtype);
  const what = `Cannot use ${given.label} as the gradient of ${variable.label}`;
  if (isDiscrete(given.dtype)) {
    throw new TypeError(`${what}: expected a float or complex dtype, got ${given.dtype}`);
  }
  if (given.ndim !== variable.ndim) {
    throw new TypeError(`${what}: expected ${variable.ndim} axes, got ${given.ndim}`);
  }
  if (isDiscrete(variable.dtype)) return given;
  if (isComplex(given.dtype) && !isComplex(variable.dtype)) {
    throw new TypeError(`${what}: expected real numbers, got ${given.dtype}`);
  }
  return castTo(given, variable.dtype);
}

/** Variables with gradients that an option gives, checked. */
export function knownPairs(option: string, known: KnownGrads | undefined): [Variable, Variable][] {
  if (known === undefined) return [];
  const given: unknown = known;
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
    throw new TypeError(
      `Cannot differentiate: expected "${option}" to be a Map or a list of pairs, got ${
        shown(given)
      }`,
    );
  }
  return Array.from(known, (pair: unknown) => {
    expectList(
      "Cannot differentiate",
      pair as [],
      `pairs of variables and gradients in "${option}"`,
    );
    const [variable, gradient] = pair as readonly [Variable, TensorLike];
    expectVariable(variable, `each key of "${option}"`);
    return [variable, givenGradient(variable, gradient)];
  });
}

/** Checks a cost. Throws a TypeError for one that is no real scalar. */
function expectCost(cost: unknown): asserts cost is Variable {
  expectVariable(cost, "the cost");
  if (cost.ndim !== 0) {
    throw new TypeError(
      `Cannot differentiate ${cost.label}: expected a scalar cost, got ${cost.type}; take its sum or mean, or use jacobian`,
    );
  }
  if (isComplex(cost.dtype)) {
    throw new TypeError(
      `Cannot differentiate ${cost.label}: expected a real cost, got ${cost.dtype}; take real, imag or abs`,
    );
  }
}

/** The gradient of a cost with respect to itself. Throws a TypeError for one that is no real scalar. */
export function seedOf(cost: unknown): Gradient {
  expectCost(cost);
  if (isDiscrete(cost.dtype)) return zeroGradient;
  return filledNode(cost, makeConstant(valueOf(1, cost.dtype)));
}

/** What to do about gradients that are not there. */
export type ResultOptions = Pick<
  GradOptions,
  "disconnectedInputs" | "returnDisconnected" | "nullGradients"
>;

/** The options `given` to what is done, checked. */
export function checkResultOptions(given: ResultOptions | undefined): ResultOptions {
  return checkOptions<ResultOptions>("Cannot differentiate", given, resultKinds);
}

const resultKinds = {
  disconnectedInputs: ["raise", "warn", "ignore"],
  returnDisconnected: ["zero", "none"],
  nullGradients: ["raise", "return"],
} as const;

/** Turns what a pass has found into variables, or complains. */
export function finished(
  found: readonly Found[],
  wrt: readonly Variable[],
  of: string,
  options: ResultOptions,
): (Variable | null)[] {
  const { disconnectedInputs = "raise", returnDisconnected = "zero", nullGradients = "raise" } =
    options;
  return found.map((gradient, i) => {
    const variable = wrt[i]!;
    if (gradient instanceof Variable) return gradient;
    if (gradient instanceof UndefinedGradient) {
      if (nullGradients === "raise") throw undefinedError(variable, gradient);
      return filledLike(variable, NaN);
    }
    if (gradient !== null) return filledLike(variable, 0);
    const message = `Cannot differentiate ${of} with respect to ${variable.label}: it does not ` +
      `depend on its values, except maybe through a shape, an index or disconnectedGrad`;
    if (disconnectedInputs === "raise") {
      throw new DisconnectedInputError(
        `${message}; disconnectedInputs: "ignore" gives zeros`,
      );
    }
    // deno-lint-ignore no-console
    if (disconnectedInputs === "warn") console.warn(message);
    return returnDisconnected === "zero" ? filledLike(variable, 0) : null;
  });
}

/**
 * The gradient of a scalar with respect to variables: expressions for the derivatives, which are compiled
 * like any others and can be differentiated again.
 *
 * The result has the form of `wrt`: for a variable a variable, for an array an array. A gradient has the
 * shape and dtype of its variable. Variables may be inputs, shared variables or intermediate results; of
 * the latter it is the derivative through all uses of them.
 *
 * Conventions where there is a choice: equal elements share the gradient of `max`, `min`, `maximum` and
 * `minimum`; `abs` has slope 0 at 0; `clip` passes the gradient on the closed interval; the derivative of
 * `x ** y` with respect to `y` is 0 where `x` is 0; products are exact where factors are 0. For complex
 * variables the gradient is dL/dRe + i dL/dIm. Rounding, comparisons and casts to integers have zero
 * gradient.
 *
 * Throws a TypeError for a cost that is no real scalar and for integer variables, a
 * DisconnectedInputError for a variable that the cost does not depend on, and a NullGradientError for a
 * gradient that is not defined.
 *
 * @param cost A real scalar; null if `knownGrads` says where to start.
 * @param wrt The variable or variables.
 * @param options What counts as constant, and what to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { grad, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), w = T.dvector("w");
 * const cost = x.mul(w).sum().sqr();
 * const [gx, gw] = grad(cost, [x, w]);
 * ```
 */
export function grad<const W extends Wrt, const O extends GradOptions = Record<never, never>>(
  cost: Variable | null,
  wrt: W,
  options?: O,
): GradOf<W, O> {
  const given: GradOptions = checkOptions<GradOptions>("Cannot differentiate", options, {
    ...resultKinds,
    considerConstant: "any",
    knownGrads: "any",
    addNames: "boolean",
  });
  const list = wrtList(wrt);
  const known = new Map(knownPairs("knownGrads", given.knownGrads));
  const constants = given.considerConstant ?? [];
  expectList("Cannot differentiate", constants, '"considerConstant" to be a list of variables');
  for (const variable of constants) expectVariable(variable, 'each item of "considerConstant"');
  if (cost === null && known.size === 0) {
    throw new TypeError('Cannot differentiate: without a cost expected "knownGrads"');
  }
  const seeds: [Variable, Gradient][] = [];
  if (cost !== null) {
    seeds.push([cost, seedOf(cost)]);
  }
  const found = passBack(seeds, list, { constants: new Set(constants), known });
  const results = finished(found, list, cost?.label ?? "the known gradients", given);
  if (given.addNames !== false && cost !== null) addNames(cost, list, results);
  return likeWrt<W, O>(wrt, results);
}

function addNames(
  cost: Variable,
  wrt: readonly Variable[],
  results: readonly (Variable | null)[],
): void {
  if (cost.name === null || wrt.every(({ name }) => name === null)) return;
  // Equal expressions are one variable: the user's own must not get a name that is not theirs.
  const theirs = new Set(ancestors([cost]));
  results.forEach((result, i) => {
    const { name } = wrt[i]!;
    if (name === null || result === null || result.owner === null || result.name !== null) return;
    if (!theirs.has(result)) result.name = `(d${cost.name}/d${name})`;
  });
}
