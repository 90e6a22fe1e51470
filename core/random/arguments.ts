/**
 * Arguments of distributions: the size, parameters, and dtypes.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import { type DType, dtypeInfo, isComplex, isFloat, promote } from "../graph/dtype.ts";
import { staticInt } from "../ops/common/arguments.ts";
import { castTo } from "../ops/common/build.ts";
import { type DTypeOption, resolveDType } from "../ops/common/dtype_option.ts";
import { stretched } from "../ops/shape/broadcast_to_op.ts";
import { add } from "../ops/elementwise/elementwise.ts";
import { checkOptions, type OptionKinds } from "../base/options.ts";
import { asVariable, isHostTensor, isTypedArray, type TensorLike } from "../ops/common/literal.ts";
import type { ShapeLike } from "../ops/shape/shape.ts";
import { asDims, dimsOf } from "../ops/shape/shape_ops.ts";
import { Constant, Variable } from "../graph/graph.ts";
import { cut, shown } from "../base/shown.ts";

/** Lengths of the axes of a draw: numbers, integer scalars, or an integer vector. */
export type SizeLike = ShapeLike | null | undefined;

/** Options that every distribution has. */
export interface DrawOptions {
  /** Lengths of the axes; by default the shape that the parameters have together. */
  readonly size?: SizeLike;
  /** Number of axes, needed for a size that is a vector of unknown length. */
  readonly ndim?: number;
  /** Element type of the result. */
  readonly dtype?: DTypeOption;
}

/**
 * What a distribution takes: options alone, a size and options, or a size and parameters in the order
 * that Theano has them, and then options.
 */
export type DrawArguments<O> =
  | readonly [options?: O]
  | readonly [size: SizeLike, options?: O]
  | readonly [size: SizeLike, ...parameters: readonly (TensorLike | Partial<O> | undefined)[]];

/**
 * The options that arguments stand for.
 *
 * @param names Parameters that may come after the size, in order.
 * @param others Options that are only given by name.
 */
export function optionsOf<O extends DrawOptions>(
  args: DrawArguments<O>,
  names: readonly (keyof O & string)[],
  action: string,
  others: readonly (keyof O & string)[] = [],
): O {
  const list: unknown[] = [...args];
  const options = list.length > 0 && isOptions(list.at(-1)) ? list.pop() as O : {} as O;
  const order = ["size", ...names];
  if (list.length > order.length) {
    throw new TypeError(
      `${action}: expected at most ${order.length} values (${
        order.join(", ")
      }), got ${list.length}`,
    );
  }
  const kinds = Object.fromEntries(
    [...order, ...others, "ndim", "dtype"].map((key) => [key, optionKinds[key] ?? "any"]),
  );
  checkOptions(action, options as object, kinds as OptionKinds<object>);
  const given: Record<string, unknown> = { ...options as unknown as Record<string, unknown> };
  list.forEach((value, i) => {
    const name = order[i]!;
    if (value === undefined) return;
    if (given[name] !== undefined) {
      throw new TypeError(`${action}: "${name}" is given by place and by name`);
    }
    given[name] = value;
  });
  for (const name of [...names, ...others]) {
    const value = given[name];
    if (value !== undefined && !mayBeParameter(value)) {
      throw new TypeError(
        `${action}: expected "${name}" to be numbers or a variable, got ${shown(value)}`,
      );
    }
  }
  return given as unknown as O;
}

/** Options whose values are not numbers. */
const optionKinds: Readonly<Record<string, "boolean" | "number">> = {
  ndim: "number",
  replace: "boolean",
};

/** Whether a value may stand for numbers; what they are is checked by whom they are for. */
function mayBeParameter(value: unknown): boolean {
  return typeof value === "object"
    ? value !== null
    : ["number", "bigint", "boolean"].includes(typeof value);
}

function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !isTypedArray(value) && !isHostTensor(value) && !(value instanceof Variable);
}

/** What constants must keep. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Whether the bound itself is refused. */
  readonly above?: number;
  readonly whole?: boolean;
}

/** Checks the elements of a parameter that is known. Throws a RangeError. */
export function checkBounds(param: Variable, bounds: Bounds, name: string, action: string): void {
  if (!(param instanceof Constant)) return;
  for (const element of param.value.data) {
    const x = Number(element);
    const ok = !Number.isNaN(x) && x >= (bounds.min ?? -Infinity) &&
      x <= (bounds.max ?? Infinity) &&
      (bounds.above === undefined || x > bounds.above) &&
      (bounds.whole !== true || Number.isInteger(x));
    if (!ok) {
      throw new RangeError(
        `${action}: expected "${name}" to be ${boundsText(bounds)}, got ${shown(x)}`,
      );
    }
  }
}

function boundsText({ min, max, above, whole }: Bounds): string {
  const noun = whole === true ? "an integer" : "a number";
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (above !== undefined && max !== undefined) return `${noun} above ${above} and at most ${max}`;
  if (above !== undefined) return `${noun} above ${above}`;
  if (min !== undefined) return `${noun} from ${min} on`;
  return noun;
}

/** A real parameter, as a variable. Throws a TypeError for complex ones. */
export function parameter(value: TensorLike, name: string, action: string): Variable {
  const variable = asVariable(value);
  if (isComplex(variable.dtype)) {
    throw new TypeError(`${action}: expected "${name}" to be real, got ${variable.type}`);
  }
  return variable;
}

/** The float dtype of a draw: as given, or what floatX and the parameters promote to. */
export function floatDType(
  dtype: DTypeOption | undefined,
  params: readonly Variable[],
  action: string,
): DType {
  if (dtype === undefined) {
    const floats = params.map((param) => param.dtype).filter(isFloat);
    return floats.reduce<DType>(promote, settings.floatX);
  }
  const chosen = resolveDType(dtype);
  if (!isFloat(chosen)) {
    throw new TypeError(
      `${action}: expected a float dtype, which can hold fractions, got ${shown(chosen)}`,
    );
  }
  return chosen;
}

/** The dtype in which a draw is computed: float16 has too few digits to compute in. */
export function computeDType(dtype: DType): "float32" | "float64" {
  return dtype === "float64" ? "float64" : "float32";
}

/** The dtype of counts: int64 unless given. Throws a RangeError if it cannot hold `most`. */
export function countDType(dtype: DTypeOption | undefined, most: number, action: string): DType {
  const chosen = dtype === undefined ? "int64" : resolveDType(dtype);
  checkHolds(chosen, 0, most, action);
  return chosen;
}

/** Throws a RangeError for a dtype that cannot hold all integers from `low` to `high`. */
export function checkHolds(dtype: DType, low: number, high: number, action: string): void {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "complex") {
    throw new TypeError(`${action}: expected a real dtype, got ${dtype}`);
  }
  const digits = { bool: 1, int: 8 * bytes - 1, uint: 8 * bytes, float: 0 }[kind];
  const most = kind === "float" ? floatWhole[bytes]! : 2 ** digits - 1;
  const least = kind === "int" ? -(2 ** digits) : kind === "float" ? -most : 0;
  if (low < least || high > most) {
    throw new RangeError(
      `${action}: ${dtype} cannot hold the integers from ${low} to ${high}`,
    );
  }
}

const floatWhole: Record<number, number> = { 2: 2 ** 11, 4: 2 ** 24, 8: 2 ** 53 };

/**
 * Lengths of the axes of a draw, and its parameters, each a scalar or brought to that shape.
 *
 * `own` axes at the end of a parameter belong to the parameter and not to the draw.
 */
export function sized(
  options: DrawOptions,
  params: readonly Variable[],
  names: readonly string[],
  action: string,
): { dims: Variable[]; params: Variable[] } {
  const { size, ndim } = options;
  if (ndim !== undefined && (!Number.isInteger(ndim) || ndim < 0)) {
    throw new RangeError(
      `${action}: expected "ndim" to be an integer from 0 on, got ${shown(ndim)}`,
    );
  }
  const shaped = params.filter((param) => param.ndim > 0);
  if (size === undefined || size === null) {
    const dims = shaped.length === 0 ? [] : dimsOf(shaped.reduce((a, b) => add(a, b)));
    if (ndim !== undefined && ndim !== dims.length) {
      throw new RangeError(
        `${action}: expected a draw of ${ndim} axes, and its parameters have ${dims.length}`,
      );
    }
    return { dims, params: params.map((param) => brought(param, dims)) };
  }
  const dims = asDims(size, action, ndim);
  dims.forEach((dim, axis) => {
    const n = staticInt(dim);
    if (n !== null && n < 0) {
      throw new RangeError(
        `${action}: expected the length of axis ${axis} to be an integer from 0 on, got ${
          shown(n)
        }`,
      );
    }
  });
  params.forEach((param, i) => {
    const skip = dims.length - param.ndim;
    const fits = skip >= 0 && param.type.shape.every((n, d) => {
      const length = staticInt(dims[skip + d]!);
      return n === null || n === 1 || length === null || n === length;
    });
    if (!fits) {
      throw new RangeError(
        `${action}: "${names[i]}" of shape [${lengthsText(param.type.shape)}] does not fit ` +
          `size [${lengthsText(dims.map(staticInt))}]`,
      );
    }
  });
  return { dims, params: params.map((param) => brought(param, dims)) };
}

function lengthsText(lengths: readonly (number | null)[]): string {
  return cut(lengths.map((n) => n ?? "?").join(","));
}

function brought(param: Variable, dims: readonly Variable[]): Variable {
  return param.ndim === 0 ? param : stretched(param, dims);
}

/** A whole number of a draw, such as the number of trials, as a number when it is known. */
export function known(param: Variable): number | null {
  if (!(param instanceof Constant) || param.value.data.length !== 1) return null;
  return Number(param.value.data[0]);
}

/** The greatest element of a parameter, or null when it is not known. */
export function greatest(param: Variable): number | null {
  if (!(param instanceof Constant)) return null;
  return Array.from(param.value.data, Number).reduce((a, b) => Math.max(a, b), -Infinity);
}

/** The least element of a parameter, or null when it is not known. */
export function least(param: Variable): number | null {
  if (!(param instanceof Constant)) return null;
  return Array.from(param.value.data, Number).reduce((a, b) => Math.min(a, b), Infinity);
}

/** Whole floats as integers of a dtype: through int32, which the GPU has, where that is enough. */
export function whole(x: Variable, dtype: DType, most: number): Variable {
  // Also for a float result: no gradient passes integers.
  return castTo(castTo(x, most <= 2 ** 31 - 1 ? "int32" : "int64"), dtype);
}
