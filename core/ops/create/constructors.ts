/**
 * What makes the functions that make variables of one type.
 *
 * @module
 */

import type { DType } from "../../graph/dtype.ts";
import { makeVariable, type Variable } from "../../graph/graph.ts";
import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { type StaticShape, TensorType } from "../../graph/type.ts";
import type { ConstructorOptions, PluralConstructor, TensorConstructor } from "./create.ts";

export function named<D extends DType, N extends number>(
  type: TensorType<D, N>,
  name: string | null | undefined,
): Variable<D, N> {
  if (name !== undefined && name !== null && typeof name !== "string") {
    throw new TypeError(`Cannot make a variable: expected a string as name, got ${shown(name)}`);
  }
  const variable = makeVariable(type) as Variable as Variable<D, N>;
  variable.name = name ?? null;
  return variable;
}

export function shaped(pattern: StaticShape, given: StaticShape | undefined): StaticShape {
  if (given === undefined) return pattern;
  if (!Array.isArray(given)) {
    throw new TypeError(`Cannot make a variable: expected a list of lengths, got ${shown(given)}`);
  }
  if (given.length !== pattern.length) {
    throw new RangeError(
      `Cannot make a variable: expected a shape of ${pattern.length} lengths, got ${given.length}`,
    );
  }
  pattern.forEach((n, d) => {
    if (n !== null && given[d] !== n) {
      throw new RangeError(
        `Cannot make a variable: expected length ${n} on axis ${d}, got ${given[d]}`,
      );
    }
  });
  return given;
}

/** The constructor of variables with a dtype and a shape pattern. */
export function constructorOf<D extends DType, N extends number>(
  dtype: D,
  pattern: StaticShape,
): TensorConstructor<D, N> {
  const make = (name?: string | null, options: ConstructorOptions = {}): Variable<D, N> =>
    named(
      TensorType.of<D, N>(
        dtype,
        shaped(pattern, checkOptions("Cannot make a variable", options, { shape: "any" }).shape),
      ),
      name,
    );
  // A getter, since all constructors are made whenever the library is loaded.
  Object.defineProperty(make, "type", { get: () => TensorType.of(dtype, pattern) });
  return make as TensorConstructor<D, N>;
}

const MOST_AT_ONCE = 10_000;

/** The constructor of several variables of one kind at once. */
export function pluralOf<D extends DType, N extends number>(
  make: (name?: string | null) => Variable<D, N>,
): PluralConstructor<D, N> {
  const several = (...names: readonly (number | string | readonly string[])[]) => {
    const first = names[0];
    if (names.length === 1 && typeof first === "number") {
      if (!Number.isInteger(first) || first < 0 || first > MOST_AT_ONCE) {
        throw new RangeError(
          `Cannot make ${first} variables: expected an integer from 0 to ${MOST_AT_ONCE}`,
        );
      }
      return Array.from({ length: first }, () => make());
    }
    if (names.length === 1 && typeof first === "string") {
      if (first.length > MOST_AT_ONCE) {
        throw new RangeError(`Cannot make ${first.length} variables: expected a shorter name`);
      }
      const letters = [...first];
      return letters.length === 1 ? make(first) : letters.map((letter) => make(letter));
    }
    const list = names.length === 1 && Array.isArray(first) ? first as readonly string[] : names;
    return Array.from(list, (name) => make(name as string));
  };
  return several as PluralConstructor<D, N>;
}
