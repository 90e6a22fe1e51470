/**
 * `T.linalg`: powers and exponentials of matrices, and matrices put together.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { DType } from "../../graph/dtype.ts";
import { promote, realOf } from "../../graph/dtype.ts";
import type { FloatLike, MatrixRank, OfRank } from "../../graph/type_arithmetic.ts";
import { shown } from "../../base/shown.ts";
import { type Dim, shapeLabel } from "../common/arguments.ts";
import { castTo, typed } from "../common/build.ts";
import { addDims, subDims } from "../common/lengths.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { ifelse } from "../control/control.ts";
import { abs, add, ceil, div, maximum, mul, sub } from "../elementwise/arithmetic.ts";
import { where } from "../elementwise/elementwise.ts";
import { exp2, log2 } from "../elementwise/functions.ts";
import { gt } from "../elementwise/logic.ts";
import { padded } from "../nn/window.ts";
import { any, sum } from "../reduce/reduce.ts";
import { topOf } from "../reduce/support.ts";
import { join } from "../shape/combine.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { matmul } from "./linalg.ts";
import { eye } from "./matrices.ts";
import { prepareSquare } from "./prepared.ts";
import { inv, solve } from "./systems.ts";

const times = (a: Variable, b: Variable): Variable => matmul(a as never, b as never);

/**
 * Square matrices to the power of an integer, by repeated squaring; of a negative one, of their inverses.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.linalg.matrixPower(T.matrix("transitions"), -2);
 * ```
 */
export function matrixPower<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  n: number,
): Variable;
export function matrixPower(a: TensorLike, n: number): Variable {
  const m = asVariable(a);
  if (m.ndim < 2) {
    throw new TypeError(`Cannot raise ${m.label} to a power: expected matrices, got ${m.type}`);
  }
  if (!Number.isSafeInteger(n)) {
    throw new RangeError(
      `Cannot raise ${shapeLabel(m)} to a power: expected an integer, got ${shown(n)}`,
    );
  }
  if (n < 0) return matrixPower(inv(m as never) as Variable as never, -n);
  const size = shapeOf(m, m.ndim - 1);
  if (n === 0) return add(mul(m, 0), eye(size, size, 0, m.dtype));
  let result: Variable | null = null, square = m;
  for (let rest = n;;) {
    if (rest % 2 === 1) result = result === null ? square : times(result, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result!;
    square = times(square, square);
  }
}

/** Coefficients of the numerator of Padé's approximant, and the largest norm for which it serves. */
const PADE: Readonly<
  Record<string, { readonly numbers: readonly number[]; readonly most: number }>
> = {
  float64: {
    numbers: [
      64764752532480000,
      32382376266240000,
      7771770303897600,
      1187353796428800,
      129060195264000,
      10559470521600,
      670442572800,
      33522128640,
      1323241920,
      40840800,
      960960,
      16380,
      182,
      1,
    ],
    most: 5.371920351148152,
  },
  float32: {
    numbers: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1],
    most: 3.925724783138660,
  },
};

/**
 * How often a matrix is squared, in steps: the later ones where one of some matrices needs them. It is halved
 * more often than squared if it is larger still: what rounding has left of it has vanished or overflowed then.
 */
const SQUARINGS: Readonly<Record<string, readonly number[]>> = {
  float64: [8, 16, 64],
  float32: [8, 32],
};

/**
 * The exponentials of square matrices, by scaling and squaring with Padé's approximants (Higham, 2005).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const flow = T.linalg.expm(T.matrix("a").mul(0.1));
 * ```
 */
export function expm<A extends TensorLike>(a: OfRank<A, MatrixRank>): FloatLike<A> {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot take the exponential of");
  const { numbers, most } = PADE[realOf(matrices.dtype)]!;
  const axes = Array.from({ length: matrices.ndim - 2 }, (_, d) => d);
  const each = (x: Variable) => shuffled(x, [...axes, "x", "x"]);
  // Rows of no matrix have -Infinity as the greatest of them.
  const sums: Variable = sum(abs(matrices), -2);
  const norm: Variable = sum(topOf(sums, [sums.ndim - 1]), -1);
  const count: Variable = ceil(log2(div(maximum(norm, most), most)));
  const x: Variable = div(matrices, each(exp2(count)));
  const size = shapeOf(x, x.ndim - 1), one: Variable = eye(size, size, 0, x.dtype);
  // Even powers for the one part, odd ones for the other.
  const square = times(x, x), powers = [one, square];
  while (powers.length < numbers.length / 2) powers.push(times(powers.at(-1)!, square));
  const part = (odd: number) =>
    powers.map((power, i) => mul(power, numbers[2 * i + odd]!))
      .reduce((sum, next) => add(sum, next));
  const odd = times(x, part(1)), even = part(0);
  const quotient = solve(sub(even, odd) as never, add(even, odd) as never, { check: false });
  return typed(castTo(squared(quotient, each(count), SQUARINGS[realOf(matrices.dtype)]!), dtype));
}

/** Matrices squared as often as `count` says, and up to the last of some limits. */
function squared(
  x: Variable,
  count: Variable,
  [limit, ...more]: readonly number[],
  from = 0,
): Variable {
  let result = x;
  for (let i = from; i < limit!; i++) {
    const before = result;
    result = where(gt(count, i), times(before, before), before);
  }
  if (more.length === 0) return result;
  const isMore: Variable = any(gt(count, limit!));
  return ifelse(isMore, squared(result, count, more, limit!), result);
}

/**
 * One matrix with those given on its diagonal, one after the other, and zeros elsewhere. Vectors count as one
 * row, and scalars as one number.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.linalg.blockDiag(T.matrix("a"), T.matrix("b"));
 * ```
 */
export function blockDiag(...blocks: readonly TensorLike[]): Variable {
  const all = asVariables(blocks);
  if (all.length === 0) {
    throw new TypeError("Cannot put matrices on a diagonal: expected at least one, got none");
  }
  const dtype = all.map((x): DType => x.dtype).reduce(promote);
  const matrices = all.map((x) => {
    if (x.ndim > 2) {
      throw new TypeError(
        `Cannot put ${x.label} on a diagonal: expected a matrix, got ${x.type}`,
      );
    }
    return castTo(x.ndim === 2 ? x : shuffled(x, x.ndim === 1 ? ["x", 0] : ["x", "x"]), dtype);
  });
  const widths: Dim[] = matrices.map((x) => shapeOf(x, 1));
  const width = widths.reduce(addDims), zero = castTo(asVariable(0), dtype);
  let left: Dim = 0;
  const rows = matrices.map((x, i) => {
    const before = left;
    left = addDims(left, widths[i]!);
    return padded(x, zero, [1], [before], [subDims(width, left)]);
  });
  return join(0, ...rows);
}
