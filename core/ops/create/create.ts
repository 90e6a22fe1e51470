/**
 * Making input variables and constants.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import type { DType, FloatDType } from "../../graph/dtype.ts";
import { Constant, makeConstant, Variable } from "../../graph/graph.ts";
import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { MAX_RANK, type StaticShape, TensorType } from "../../graph/type.ts";
import type { DTypeOf, Like, RankOf } from "../../graph/type_arithmetic.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import type { ResolvedDType } from "../elementwise/conversion.ts";
import { asVariable, type TensorLike, valueOf } from "../common/literal.ts";
import { named, pluralOf, shaped } from "./constructors.ts";

/** What a constructor may be told beside the name. */
export interface ConstructorOptions {
  /** Lengths of the axes, null where a length is known only at the call. */
  readonly shape?: StaticShape;
}

/** The same for constructors that leave the dtype open. */
export interface OpenConstructorOptions<O extends DTypeOption> extends ConstructorOptions {
  /** dtype; floatX when left out. */
  readonly dtype?: O;
}

/** Makes input variables of one dtype and rank. */
export interface TensorConstructor<D extends DType, N extends number> {
  /** A new input variable. Throws a RangeError for a shape of another rank. */
  (name?: string | null, options?: ConstructorOptions): Variable<D, N>;
  /** The type of its variables when no shape is given. */
  readonly type: TensorType<D, N>;
}

/** Makes input variables of one rank; the dtype is floatX unless it is given. */
export interface OpenConstructor<N extends number> {
  /** A new input variable of dtype floatX. */
  (name?: string | null, options?: ConstructorOptions): Variable<FloatDType, N>;
  /** A new input variable of the dtype given, as it is or among options. */
  <O extends DTypeOption>(
    name: string | null | undefined,
    dtype: O | OpenConstructorOptions<O>,
  ): Variable<ResolvedDType<O>, N>;
  /** The type of its variables, with the floatX of now. */
  readonly type: TensorType<FloatDType, N>;
}

/** One name of one letter gives a variable; a longer one a variable for each letter. */
export type ByLetters<S extends string, V> = string extends S ? V | V[]
  : S extends `${string}${infer Rest}` ? Rest extends "" ? V : V[]
  : V[];

/** Makes several input variables. */
export interface PluralConstructor<D extends DType, N extends number> {
  /** That many variables without names. */
  (count: number): Variable<D, N>[];
  /** A variable for each name. */
  (names: readonly string[]): Variable<D, N>[];
  /** One letter gives one variable, not in an array; a longer name one for each of its letters. */
  <S extends string>(name: S): ByLetters<S, Variable<D, N>>;
  /** A variable for each name. */
  <const S extends readonly [string, string, ...string[]]>(
    ...names: S
  ): { [K in keyof S]: Variable<D, N> };
}

function openConstructor<N extends number>(pattern: StaticShape): OpenConstructor<N> {
  const make = (
    name?: string | null,
    options: DTypeOption | OpenConstructorOptions<DTypeOption> = {},
  ): Variable => {
    const { dtype = "floatX", shape }: OpenConstructorOptions<DTypeOption> =
      typeof options === "string"
        ? { dtype: options }
        : checkOptions<OpenConstructorOptions<DTypeOption>>("Cannot make a variable", options, {
          dtype: "any",
          shape: "any",
        });
    return named(TensorType.of(resolveDType(dtype), shaped(pattern, shape)), name);
  };
  Object.defineProperty(make, "type", { get: () => TensorType.of(settings.floatX, pattern) });
  return make as OpenConstructor<N>;
}

/** Lengths of axes, flags (true for an axis of length 1), or just a rank. */
export type ShapePattern = number | StaticShape | readonly boolean[];

function patternOf(pattern: ShapePattern): StaticShape {
  if (typeof pattern === "number") {
    if (!Number.isInteger(pattern) || pattern < 0 || pattern > MAX_RANK) {
      throw new RangeError(
        `Cannot make a tensor type: expected a rank from 0 to ${MAX_RANK}, got ${shown(pattern)}`,
      );
    }
    return new Array<null>(pattern).fill(null);
  }
  if (!Array.isArray(pattern)) {
    throw new TypeError(
      `Cannot make a tensor type: expected a rank or a list of lengths, got ${shown(pattern)}`,
    );
  }
  return Array.from(
    pattern,
    (n: unknown) => n === true ? 1 : n === false ? null : n as number | null,
  );
}

/** The rank that a pattern says. */
export type PatternRank<P extends ShapePattern> = P extends number ? P
  : P extends readonly unknown[] ? P["length"]
  : number;

/**
 * The type of tensors with a dtype and a rank, a shape, or Theano's flags. Equal types are the same
 * object.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 * import { assert } from "@std/assert";
 *
 * assert(T.dscalar("x").type === T.tensorType("float64", 0));
 * ```
 */
export function tensorType<O extends DTypeOption, const P extends ShapePattern>(
  dtype: O,
  pattern: P,
): TensorType<ResolvedDType<O>, PatternRank<P>> {
  const type = TensorType.of(resolveDType(dtype), patternOf(pattern));
  return type as TensorType as TensorType<ResolvedDType<O>, PatternRank<P>>;
}

/**
 * A new input variable of any dtype, rank and static shape.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const images = T.tensor("uint8", [null, 28, 28], "images");
 * const volume = T.tensor("float32", 5, "volume");
 * ```
 */
export function tensor<O extends DTypeOption, const P extends ShapePattern>(
  dtype: O,
  pattern: P,
  name?: string | null,
): Variable<ResolvedDType<O>, PatternRank<P>> {
  return named(tensorType(dtype, pattern), name);
}

/** Options of `constant`. */
export interface ConstantOptions<O extends DTypeOption = DTypeOption> {
  /** dtype; otherwise that of the value, and floatX for numbers. */
  readonly dtype?: O;
  /** Name for messages and printing. */
  readonly name?: string;
  /** Rank; axes of length 1 are added in front. */
  readonly ndim?: number;
}

/** The dtype of a constant: the one asked for, or the value's own. */
export type ConstantDType<A, O> = [O] extends [never] ? DTypeOf<A>
  : O extends DTypeOption ? ResolvedDType<O>
  : DType;

/**
 * A constant. A number is floatX unless a dtype is given; typed arrays keep their dtype, BigInts are
 * int64, booleans bool.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const half = T.constant(0.5);
 * const table = T.constant([[1, 2], [3, 4]], { dtype: "int32", name: "table" });
 * ```
 */
export function constant<A extends Exclude<TensorLike, Variable>, O extends DTypeOption = never>(
  value: A,
  options: O | ConstantOptions<O> = {},
): Constant<ConstantDType<A, O>, RankOf<A>> {
  if ((value as unknown) instanceof Variable) {
    throw new TypeError("Cannot make a constant of a variable: expected a value");
  }
  const { dtype, name, ndim }: ConstantOptions = typeof options === "string"
    ? { dtype: options }
    : checkOptions<ConstantOptions>("Cannot make a constant", options, {
      dtype: "any",
      name: "string",
      ndim: "number",
    });
  const plain = valueOf(value, dtype === undefined ? undefined : resolveDType(dtype));
  const missing = (ndim ?? plain.shape.length) - plain.shape.length;
  if (!Number.isInteger(missing) || missing < 0 || missing > MAX_RANK) {
    throw new TypeError(
      `Cannot make a constant of rank ${ndim}: the value has rank ${plain.shape.length}`,
    );
  }
  const full = { ...plain, shape: [...new Array<number>(missing).fill(1), ...plain.shape] };
  // Equal constants are one variable, so one with a name of its own is made apart.
  const made = name === undefined
    ? makeConstant(full)
    : new Constant(TensorType.of(full.dtype, full.shape), full);
  if (name !== undefined) made.name = name;
  return made as Variable as Constant<ConstantDType<A, O>, RankOf<A>>;
}

/**
 * The variable for a value; a variable is its own. A number is floatX, or takes its dtype from `like`
 * where that can hold it.
 */
export function asTensor<A extends TensorLike>(value: A): Like<A>;
/** The same beside values of dtype `like`. */
export function asTensor(value: TensorLike, like: DType | undefined): Variable;
export function asTensor(value: TensorLike, like?: DType): Variable {
  return asVariable(value, like);
}

/**
 * A 0-d variable of dtype floatX, or of the dtype given.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.scalar("x");
 * const n = T.scalar("n", "int32");
 * ```
 */
export const scalar: OpenConstructor<0> = openConstructor([]);
/** A variable of rank 1. */
export const vector: OpenConstructor<1> = openConstructor([null]);
/** A variable of rank 2. */
export const matrix: OpenConstructor<2> = openConstructor([null, null]);
/** A variable of rank 2 whose axis 0 has length 1. */
export const row: OpenConstructor<2> = openConstructor([1, null]);
/** A variable of rank 2 whose axis 1 has length 1. */
export const col: OpenConstructor<2> = openConstructor([null, 1]);
/** A variable of rank 3. */
export const tensor3: OpenConstructor<3> = openConstructor(new Array<null>(3).fill(null));
/** A variable of rank 4. */
export const tensor4: OpenConstructor<4> = openConstructor(new Array<null>(4).fill(null));
/** A variable of rank 5. */
export const tensor5: OpenConstructor<5> = openConstructor(new Array<null>(5).fill(null));
/** A variable of rank 6. */
export const tensor6: OpenConstructor<6> = openConstructor(new Array<null>(6).fill(null));
/** A variable of rank 7. */
export const tensor7: OpenConstructor<7> = openConstructor(new Array<null>(7).fill(null));

/**
 * Several 0-d variables: by names, or by number.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, y] = T.scalars("x", "y");
 * const unnamed = T.scalars(3);
 * ```
 */
export const scalars: PluralConstructor<FloatDType, 0> = pluralOf<FloatDType, 0>(scalar);
/** Several variables of rank 1. */
export const vectors: PluralConstructor<FloatDType, 1> = pluralOf<FloatDType, 1>(vector);
/** Several variables of rank 2. */
export const matrices: PluralConstructor<FloatDType, 2> = pluralOf<FloatDType, 2>(matrix);
/** Several rows. */
export const rows: PluralConstructor<FloatDType, 2> = pluralOf<FloatDType, 2>(row);
/** Several columns. */
export const cols: PluralConstructor<FloatDType, 2> = pluralOf<FloatDType, 2>(col);
/** Several variables of rank 3. */
export const tensor3s: PluralConstructor<FloatDType, 3> = pluralOf<FloatDType, 3>(tensor3);
/** Several variables of rank 4. */
export const tensor4s: PluralConstructor<FloatDType, 4> = pluralOf<FloatDType, 4>(tensor4);
/** Several variables of rank 5. */
export const tensor5s: PluralConstructor<FloatDType, 5> = pluralOf<FloatDType, 5>(tensor5);
/** Several variables of rank 6. */
export const tensor6s: PluralConstructor<FloatDType, 6> = pluralOf<FloatDType, 6>(tensor6);
/** Several variables of rank 7. */
export const tensor7s: PluralConstructor<FloatDType, 7> = pluralOf<FloatDType, 7>(tensor7);
