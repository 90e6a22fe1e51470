/**
 * Frequencies of transforms, and their order.
 *
 * @module
 */

import { checkOptions } from "../../base/options.ts";
import { settings } from "../../base/settings.ts";
import { type DType, dtypeInfo, isFloat } from "../../graph/dtype.ts";
import { Variable } from "../../graph/graph.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.ts";
import { type Dim, normalizeAxis, shapeLabel } from "../common/arguments.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import { addDims, dimVariable, floorDivDims, subDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { arange } from "../create/ranges.ts";
import { roll } from "../shape/repeat.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { checkedLength } from "./lengths.ts";

function shifted(
  name: string,
  x: TensorLike,
  axes: number | readonly number[] | null | undefined,
  by: (n: Dim) => Dim,
): Variable {
  const v = asVariable(x), action = `Cannot apply "${name}" to ${shapeLabel(v)}`;
  const listed = axes === null || axes === undefined
    ? v.type.shape.map((_, d) => d)
    : typeof axes === "number"
    ? [axes]
    : axes;
  const places = listed.map((axis) => normalizeAxis(axis, v.ndim, action));
  return roll(v, places.map((d) => by(v.type.shape[d] ?? shapeOf(v, d))), places);
}

/**
 * A spectrum with frequency 0 in the middle, along all axes or those given.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.fftshift(T.fft.fft2(T.fmatrix("image")));
 * ```
 */
export function fftshift<A extends TensorLike>(
  x: A,
  axes?: number | readonly number[] | null,
): Variable<DTypeOf<A>, RankOf<A>> {
  return typed(shifted("fftshift", x, axes, (n) => floorDivDims(n, 2)));
}

/**
 * The inverse of {@linkcode fftshift}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fft.ifftshift(T.fft.fftshift(T.cvector("spectrum")));
 * ```
 */
export function ifftshift<A extends TensorLike>(
  x: A,
  axes?: number | readonly number[] | null,
): Variable<DTypeOf<A>, RankOf<A>> {
  return typed(shifted("ifftshift", x, axes, (n) => subDims(0, floorDivDims(n, 2))));
}

/** Options of {@linkcode fftfreq} and {@linkcode rfftfreq}. */
export interface FrequencyOptions {
  /** A float dtype; that of the distance if it is a variable of floats, else floatX, if missing. */
  readonly dtype?: DTypeOption;
}

function frequencies(
  name: string,
  n: Dim,
  d: TensorLike,
  options: FrequencyOptions | undefined,
  count: (n: Dim) => Dim,
  isTwoSided: boolean,
): Variable {
  const action = `Cannot apply "${name}"`, length = checkedLength(n, action)!;
  const { dtype } = checkOptions(action, options, { dtype: "any" });
  const own = d instanceof Variable && isFloat(d.dtype) ? d.dtype : settings.floatX;
  const float = dtype === undefined ? own : resolveDType(dtype);
  if (dtypeInfo(float).kind !== "float") {
    throw new TypeError(`${action}: expected a float dtype, got ${float}`);
  }
  let k: Variable = arange(count(length));
  if (isTwoSided) {
    const middle = dimVariable(floorDivDims(addDims(length, 1), 2));
    const behind = elementwise("sub", [k, castTo(dimVariable(length), "int64")]);
    k = elementwise("switch", [elementwise("lt", [k, middle]), k, behind]);
  }
  const spacing = castTo(asVariable(d, float), float);
  const whole = elementwise("mul", [castTo(dimVariable(length), float), spacing]);
  return elementwise("div", [castTo(k, float), whole]);
}

/**
 * The frequencies of {@linkcode fft} of `n` samples at a distance of `d`, in the order in which it gives
 * them: 0, those above, then those below.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * console.log((await compile([], T.fft.fftfreq(5)))());
 * ```
 */
export function fftfreq(n: Dim, d: TensorLike = 1, options?: FrequencyOptions): Variable<DType, 1> {
  return frequencies("fftfreq", n, d, options, (n) => n, true) as Variable<DType, 1>;
}

/**
 * The frequencies of {@linkcode rfft} of `n` samples at a distance of `d`, none of them negative.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * console.log((await compile([], T.fft.rfftfreq(6, 0.5)))());
 * ```
 */
export function rfftfreq(
  n: Dim,
  d: TensorLike = 1,
  options?: FrequencyOptions,
): Variable<DType, 1> {
  const half = (n: Dim) => addDims(floorDivDims(n, 2), 1);
  return frequencies("rfftfreq", n, d, options, half, false) as Variable<DType, 1>;
}
