/**
 * Distributions over the elements of a set: categories, choices, orders.
 *
 * @module
 */

import { isDiscrete } from "../graph/dtype.ts";
import { asIndexScalar, type Dim, shapeLabel, staticInt } from "../ops/common/arguments.ts";
import { castTo } from "../ops/common/build.ts";
import { and, le, log, lt, mul } from "../ops/elementwise/elementwise.ts";
import { index, slice } from "../ops/index/indexing.ts";
import { take, takeAlongAxis } from "../ops/index/selecting.ts";
import { asVariable, type TensorLike } from "../ops/common/literal.ts";
import { argsort, cumsum } from "../ops/order/order.ts";
import { argmax, sum } from "../ops/reduce/reduce.ts";
import { concatenate } from "../ops/shape/combine.ts";
import { dimsOf, shapeOf } from "../ops/shape/shape_ops.ts";
import { expandDims } from "../ops/shape/dimshuffle.ts";
import { reshape } from "../ops/shape/reshape.ts";
import { zerosLike } from "../ops/create/alloc.ts";
import { Constant, type Variable } from "../graph/graph.ts";
import {
  checkBounds,
  computeDType,
  countDType,
  type DrawOptions,
  floatDType,
  parameter,
  sized,
} from "./arguments.ts";
import { gumbelOf } from "./continuous.ts";
import { drawIntegers, wholeParameter } from "./discrete.ts";
import { Source } from "./source.ts";
import { shown } from "../base/shown.ts";

/** Options of `categorical`. */
export interface CategoricalOptions extends DrawOptions {
  /** Probabilities along the last axis. */
  readonly p?: TensorLike;
  /** Logarithms of probabilities up to a constant, instead of `p`. */
  readonly logits?: TensorLike;
}

/** Probabilities along the last axis, checked where they are known. */
function probabilities(value: TensorLike, name: string, action: string): Variable {
  const p = parameter(value, name, action);
  if (p.ndim === 0) {
    throw new TypeError(`${action}: expected "${name}" to be a vector or more, got a scalar`);
  }
  checkBounds(p, { min: 0, max: 1 }, name, action);
  if (p instanceof Constant) {
    const { data, shape } = p.value, k = shape.at(-1)!;
    for (let row = 0; row < data.length; row += k) {
      let total = 0;
      for (let i = 0; i < k; i++) total += Number(data[row + i]);
      if (Math.abs(total - 1) > 1e-3) {
        throw new RangeError(
          `${action}: expected the sum of "${name}" to be 1, got ${shown(total)}`,
        );
      }
    }
  }
  return p;
}

/** Where a uniform number falls: sums of the probabilities, but for the last one, and their total. */
function steps(p: Variable): { inner: Variable; total: Variable } {
  const sums = cumsum(p, -1);
  return { inner: index(sums, ["...", slice(null, -1)]), total: index(sums, ["...", slice(-1)]) };
}

/** Category numbers. */
export function drawCategorical(state: Variable, options: CategoricalOptions): Variable {
  const action = "Cannot draw categories";
  if ((options.p === undefined) === (options.logits === undefined)) {
    throw new TypeError(`${action}: expected either "p" or "logits"`);
  }
  const dtype = countDType(options.dtype, 0, action);
  const name = options.p === undefined ? "logits" : "p";
  const weights = options.p === undefined
    ? parameter(options.logits!, name, action)
    : probabilities(options.p, name, action);
  if (weights.ndim === 0) {
    throw new TypeError(`${action}: expected "${name}" to be a vector or more, got a scalar`);
  }
  const compute = computeDType(floatDType(undefined, [weights], action));
  const { dims } = sized(options, [index(weights, ["...", 0])], [name], action);
  const w = castTo(weights, compute);
  const rank = dims.length;
  if (name === "logits") {
    const source = new Source(state, [...dims, shapeOf(weights, weights.ndim - 1)], compute);
    const tiny = compute === "float64" ? 2 ** -54 : 2 ** -25;
    return castTo(argmax(gumbelOf(source.all("uniform"), tiny).add(w), rank), dtype);
  }
  const source = new Source(state, dims, compute);
  const { inner, total } = steps(w);
  const at = mul(expandDims(source.all("uniform"), rank), total);
  return castTo(sum(le(inner, at), rank), dtype);
}

/** Options of `multinomial`. */
export interface MultinomialOptions extends DrawOptions {
  /** Number of trials, a scalar; default 1. */
  readonly n?: Dim;
  /** Probabilities of the categories along the last axis. */
  readonly pvals: TensorLike;
}

/** Counts of the categories of n trials; the last axis is that of the categories. */
export function drawMultinomial(state: Variable, options: MultinomialOptions): Variable {
  const action = "Cannot draw multinomial numbers";
  if (options.pvals === undefined) throw new TypeError(`${action}: "pvals" is missing`);
  const n = asIndexScalar(options.n ?? 1, action, `"n"`);
  checkBounds(n, { min: 0 }, "n", action);
  const pvals = probabilities(options.pvals, "pvals", action);
  const dtype = countDType(options.dtype, staticInt(n) ?? 0, action);
  const compute = computeDType(floatDType(undefined, [pvals], action));
  const { dims } = sized(options, [index(pvals, ["...", 0])], ["pvals"], action);
  const source = new Source(state, dims, compute);
  const rank = dims.length;
  const { inner, total } = steps(castTo(pvals, compute));
  // For each trial, and each category: whether the trial falls into it.
  const u = expandDims(source.each("uniform", 0, source.rounds(n)), rank + 1);
  const at = mul(u, total);
  const first = zerosLike(total), last = total.add(1);
  const below = concatenate([first, inner], -1), above = concatenate([inner, last], -1);
  const hits = and(le(below, at), lt(at, above));
  return castTo(sum(hits, 0), dtype);
}

/** Options of `permutation`. */
export interface PermutationOptions extends DrawOptions {
  /** How many numbers there are. */
  readonly n: Dim;
}

/** Orders of the numbers from 0 to n - 1, along an axis at the end. */
export function drawPermutation(state: Variable, options: PermutationOptions): Variable {
  const action = "Cannot draw permutations";
  if (options.n === undefined) throw new TypeError(`${action}: "n" is missing`);
  const n = asIndexScalar(options.n, action, `"n"`);
  checkBounds(n, { min: 0 }, "n", action);
  const dtype = countDType(options.dtype, Math.max(0, (staticInt(n) ?? 1) - 1), action);
  const { dims } = sized(options, [], [], action);
  const keys = new Source(state, [...dims, n], "float32").bits();
  return castTo(argsort(keys, -1), dtype);
}

/** x with the elements of each row (of the last axis) in another order, for each row its own. */
export function drawShuffledElements(state: Variable, x: TensorLike): Variable {
  const v = asVariable(x);
  if (v.ndim === 0) throw new TypeError(`Cannot shuffle ${shapeLabel(v)}: it has no axis`);
  const keys = new Source(state, dimsOf(v), "float32").bits();
  return takeAlongAxis(v, argsort(keys, -1), -1);
}

/** x with its rows (along axis 0) in another order. */
export function drawShuffledRows(state: Variable, x: TensorLike): Variable {
  const v = asVariable(x);
  if (v.ndim === 0) throw new TypeError(`Cannot shuffle ${shapeLabel(v)}: it has no axis`);
  const keys = new Source(state, [shapeOf(v, 0)], "float32").bits();
  return take(v, argsort(keys, -1), 0);
}

/** Options of `choice`. */
export interface ChoiceOptions extends DrawOptions {
  /** What to choose from: a number n for 0 to n - 1, or a vector; default 2. */
  readonly a?: TensorLike;
  /** Whether an element can be chosen again; default true. */
  readonly replace?: boolean;
  /** Probabilities of the elements; default: all equal. */
  readonly p?: TensorLike;
}

/** Chosen elements. */
export function drawChoice(state: Variable, options: ChoiceOptions): Variable {
  const action = "Cannot choose";
  const from = typeof options.a === "number" || options.a === undefined
    ? wholeParameter(options.a ?? 2, "a", action)
    : asVariable(options.a);
  if (from.ndim > 1 || from.ndim === 0 && !isDiscrete(from.dtype)) {
    throw new TypeError(`${action}: expected "a" to be an integer or a vector, got ${from.type}`);
  }
  checkBounds(from.ndim === 0 ? from : asVariable(1), { min: 1 }, "a", action);
  const n = from.ndim === 0 ? from : shapeOf(from, 0);
  const p = options.p === undefined ? null : probabilities(options.p, "p", action);
  if (p !== null && (p.ndim !== 1 || differ(shapeOf(p, 0), n))) {
    throw new RangeError(
      `${action}: expected "p" to be a vector with a probability for each element, got ${p.type}`,
    );
  }
  const { size, ndim } = options;
  const place = { size: size ?? [], ...(ndim === undefined ? {} : { ndim }) };
  const chosen = options.replace !== false
    ? p === null
      ? drawIntegers(state, { ...place, high: n }, false, from.ndim > 0)
      : drawCategorical(state, { ...place, p })
    : withoutReplacement(state, place, n, p, action);
  // The positions are within the vector: nothing needs to be checked.
  const result = from.ndim === 0 ? chosen : take(from, chosen, 0, "clip");
  if (options.dtype === undefined) return result;
  const most = from.ndim === 0 ? (staticInt(n) ?? 1) - 1 : 0;
  return castTo(
    result,
    isDiscrete(result.dtype)
      ? countDType(options.dtype, most, action)
      : floatDType(options.dtype, [], action),
  );
}

function differ(a: Variable, b: Variable): boolean {
  const [m, n] = [staticInt(a), staticInt(b)];
  return m !== null && n !== null && m !== n;
}

function withoutReplacement(
  state: Variable,
  place: DrawOptions,
  n: Variable,
  p: Variable | null,
  action: string,
): Variable {
  const { dims } = sized(place, [], [], action);
  const count = dims.reduce((a, b) => mul(a, b), asIndexScalar(1, action, `"size"`));
  const lengths = dims.map(staticInt), there = staticInt(n);
  const wanted = lengths.reduce((a, b) => a === null || b === null ? null : a * b, 1);
  if (wanted !== null && there !== null && wanted > there) {
    throw new RangeError(`${action} ${wanted} elements of ${there} without replacement`);
  }
  if (p === null) {
    const keys = new Source(state, [n], "float32").bits();
    return reshape(index(argsort(keys, -1), [slice(0, count)]), dims);
  }
  if (p instanceof Constant && wanted !== null) {
    const possible = Array.from(p.value.data as ArrayLike<number>).filter((x) => x > 0).length;
    if (wanted > possible) {
      throw new RangeError(
        `${action} ${wanted} elements without replacement: "p" has ${possible} that are not zero`,
      );
    }
  }
  // The order of log p plus Gumbel noise is that of drawing one after the other (Efraimidis and
  // Spirakis, "Weighted random sampling with a reservoir", 2006).
  const compute = computeDType(floatDType(undefined, [p], action));
  const noise = gumbelOf(
    new Source(state, [n], compute).all("uniform"),
    compute === "float64" ? 2 ** -54 : 2 ** -25,
  );
  const keys = log(castTo(p, compute)).add(noise);
  return reshape(index(argsort(keys.neg(), -1), [slice(0, count)]), dims);
}
