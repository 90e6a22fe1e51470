/**
 * What solvers solve for: a tensor, or a list of variables, and the vector that holds all of it.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import { shown } from "../../core/base/shown.ts";
import { type DType, isFloat, promote } from "../../core/graph/dtype.ts";
import { makeVariable, Variable } from "../../core/graph/graph.ts";
import { TensorType } from "../../core/graph/type.ts";
import type { FloatLike } from "../../core/graph/type_arithmetic.ts";
import { asFloating, castTo } from "../../core/ops/common/build.ts";
import type { TensorLike } from "../../core/ops/common/literal.ts";
import { knownDims } from "../../core/ops/shape/known_lengths.ts";

/** What a solver starts from: a tensor, or a list of variables. */
export type SolverState = TensorLike | readonly Variable[];

/** What a function of such a state gets, and what its solution is: a variable, or a list of them. */
export type VariablesOf<S> = S extends readonly Variable[] ? { -readonly [K in keyof S]: S[K] }
  : FloatLike<S>;

/** A state as a list of variables. */
export class Pieces {
  readonly #isList: boolean;
  readonly variables: readonly Variable[];

  /** Throws a TypeError for what is no real floating tensor. */
  constructor(action: string, state: SolverState) {
    this.#isList = Array.isArray(state) && state.some((item) => item instanceof Variable);
    const given = this.#isList ? state as readonly unknown[] : [state];
    this.variables = given.map((one) => {
      if (this.#isList && !(one instanceof Variable)) {
        throw new TypeError(`${action}: expected variables in the list, got ${shown(one)}`);
      }
      const variable = asFloating(one as TensorLike);
      if (isFloat(variable.dtype)) return variable;
      throw new TypeError(
        `${action}: expected real numbers to start from, got ${variable.label} of ${variable.dtype}`,
      );
    });
  }

  /** Variables in the form of the state. */
  like(variables: readonly Variable[]): Variable | Variable[] {
    return this.#isList ? [...variables] : variables[0]!;
  }

  /** What a function of the state gives, for each piece a variable of the same rank, in its dtype. */
  parts(action: string, given: unknown): Variable[] {
    const list = Array.isArray(given) ? given : [given];
    if (Array.isArray(given) !== this.#isList || list.length !== this.variables.length) {
      const wanted = this.#isList ? `a list of ${this.variables.length} variables` : "a variable";
      throw new TypeError(
        `${action}: expected the function to give ${wanted}, as it gets, got ${
          Array.isArray(given) ? `a list of ${given.length}` : shown(given)
        }`,
      );
    }
    return this.variables.map((piece, i) => {
      const part: unknown = list[i];
      if (!(part instanceof Variable)) {
        throw new TypeError(
          `${action}: expected the function to give variables, got ${shown(part)}`,
        );
      }
      if (part.ndim === piece.ndim && promote(part.dtype, piece.dtype) === piece.dtype) {
        return castTo(part, piece.dtype);
      }
      throw new TypeError(
        `${action}: the function gives ${part.type} for ${piece.label} of ${piece.type}; ` +
          (part.ndim === piece.ndim
            ? `start from ${part.dtype}, or cast what it gives`
            : "what it gives has the shape of what it gets"),
      );
    });
  }

  /** The vector with all elements. */
  get vector(): Variable {
    return packed(this.variables);
  }

  /** The pieces that a vector holds. */
  from(vector: Variable): Variable[] {
    return unpacked(vector, this.variables);
  }
}

/** Placeholders of the types of variables. */
export function placesLike(variables: readonly Variable[]): Variable[] {
  return variables.map(({ type, name }) => {
    const place = makeVariable(type);
    place.name = name;
    return place;
  });
}

/** A placeholder for the vector of a state. */
export function vectorPlace(dtype: DType): Variable {
  return makeVariable(TensorType.of(dtype, [null]));
}

/** The elements of variables, one after the other, as a vector of the widest dtype. */
export function packed(variables: readonly Variable[]): Variable {
  const dtype = variables.map((one) => one.dtype).reduce(promote);
  const flat = variables.map((one) => {
    const cast = castTo(one, dtype);
    return one.ndim === 1 ? cast : T.reshape(cast, [-1]) as Variable;
  });
  return flat.length === 1 ? flat[0]! : T.concatenate(flat) as Variable;
}

/** The variables that a vector holds, which are like others. */
export function unpacked(vector: Variable, like: readonly Variable[]): Variable[] {
  const [only] = like;
  if (like.length === 1) return [only!.ndim === 1 ? vector : T.reshape(vector, knownDims(only!))];
  let from: Variable = T.constant(0n) as Variable;
  return like.map((one) => {
    const dims = knownDims(one);
    const count = dims.reduce<Variable>(
      (product, n) => T.mul(product, n) as Variable,
      T.constant(1n) as Variable,
    );
    const to = T.add(from, count) as Variable;
    const part = vector.at(T.slice(from, to));
    from = to;
    return castTo(one.ndim === 1 ? part : T.reshape(part, dims), one.dtype);
  });
}
