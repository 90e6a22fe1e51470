/**
 * Random inputs for examples of ops.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex, isDiscrete } from "../../../core/graph/dtype.ts";
import type { Variable } from "../../../core/graph/graph.ts";
import { evaluateGraph } from "../../../core/graph/reference.ts";
import { sizeOf, type Value } from "../../../core/graph/value.ts";
import { flip } from "../../../core/ops/shape/repeat.ts";
import { transpose } from "../../../core/ops/shape/dimshuffle.ts";
import { input, value } from "./harness.ts";

/** Which numbers floats are: ordinary ones, those of one domain, or special ones among others. */
export type Style = "plain" | "domain" | "special";

/** The least number and the largest one. */
export type Domain = readonly [number, number];

/** Each function is defined in one of them. */
const DOMAINS: readonly Domain[] = [[-2, 2], [0.3, 0.8], [1.2, 4], [-4, -0.1]];

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, 2.5, -7];

/** How inputs are drawn. */
export interface DrawOptions {
  readonly dtype: DType;
  /** Other dtypes that there may be. */
  readonly among: readonly DType[];
  readonly style: Style;
  /** Lengths of axes, of which tensors have some. */
  readonly lengths: readonly number[];
  /** Whether types say the lengths. */
  readonly known: boolean;
}

/** Draws inputs, and keeps their values. */
export class Draw {
  readonly feeds = new Map<Variable, Value>();
  readonly options: DrawOptions;
  readonly #next: () => number;
  readonly #domain: Domain;

  constructor(next: () => number, options: DrawOptions) {
    this.#next = next;
    this.options = options;
    this.#domain = options.style === "domain" ? this.one(DOMAINS) : DOMAINS[0]!;
  }

  /** An integer from 0 to n - 1. */
  pick(n: number): number {
    return Math.floor(this.#next() * n);
  }

  /** One of several. */
  one<const T>(list: readonly T[]): T {
    return list[this.pick(list.length)]!;
  }

  #number(dtype: DType, [low, high]: Domain): number {
    const { style } = this.options, { kind } = dtypeInfo(dtype), x = this.#next();
    if (kind === "bool") return this.pick(2);
    if (isDiscrete(dtype)) return Math.floor(x * 9) - (kind === "uint" ? 0 : 4);
    if (style === "special" && this.pick(2) === 0) return this.one(SPECIAL);
    return low + (high - low) * x;
  }

  /** An input with numbers in a domain. */
  input(
    shape: readonly number[],
    dtype: DType = this.options.dtype,
    domain: Domain = this.#domain,
  ): Variable {
    const count = sizeOf(shape) * (isComplex(dtype) ? 2 : 1);
    return this.given(
      shape,
      dtype,
      Array.from({ length: count }, () => this.#number(dtype, domain)),
    );
  }

  /** An input with numbers that are given. */
  given(shape: readonly number[], dtype: DType, numbers: readonly number[]): Variable {
    const variable = input(dtype, shape.map((n) => this.options.known ? n : null));
    this.feeds.set(variable, value(dtype, shape, numbers));
    return variable;
  }

  /** A shape of some axes. */
  shape(ndim: number): number[] {
    return Array.from({ length: ndim }, () => this.one(this.options.lengths));
  }

  /** A tensor of some axes, or a view of one. */
  tensor(least = 1, most = 3): Variable {
    const x = this.input(this.shape(least + this.pick(most - least + 1)));
    return [x, x, transpose(x), x.ndim > 0 ? flip(x, this.pick(x.ndim)) : x][this.pick(4)]!;
  }

  /** A whole number, from `least` to one less than `least + n`, that a call says. */
  count(n: number, least = 0): Variable {
    return this.given([], "int64", [least + this.pick(n)]);
  }

  /** Positions in a length, counted from either end. */
  positions(shape: readonly number[], length: number): Variable {
    const places = Array.from({ length: sizeOf(shape) }, () => this.pick(2 * length) - length);
    return this.given(shape, "int64", places);
  }

  /** The lengths of a tensor. */
  lengthsOf(x: Variable): readonly number[] {
    return evaluateGraph([x], this.feeds)[0]!.shape;
  }
}
