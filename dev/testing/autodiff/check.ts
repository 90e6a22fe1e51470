/**
 * Checks gradients in tests: first and second derivatives by finite differences, and the graph of the
 * gradient as a plan runs it by the reference.
 *
 * @module
 */

import { isComplex } from "../../../core/graph/dtype.ts";
import { makeVariable, type Variable } from "../../../core/graph/graph.ts";
import type { Value } from "../../../core/graph/value.ts";
import { add, imag, mul, real, sqr } from "../../../core/ops/elementwise/elementwise.ts";
import { valueOf } from "../../../core/ops/common/literal.ts";
import { sum } from "../../../core/ops/reduce/reduce.ts";
import { evaluate, numbers } from "../ops/harness.ts";
import { tensor } from "../../../core/runtime/tensor.ts";
import { TensorType } from "../../../core/graph/type.ts";
import { grad, verifyGrad, type VerifyOptions } from "../../../autodiff/mod.ts";

/** What builds a function of variables. */
export type Build = (...variables: Variable[]) => Variable;

/** A point: nested numbers, or a tensor for shapes that these cannot say. */
export type Point = Parameters<typeof verifyGrad>[1][number];

/** What to check beside the first derivative. */
export interface CheckOptions extends VerifyOptions {
  /** Also the second derivative; default true. */
  readonly second?: boolean;
  /** Also run plans of the gradients; default true. */
  readonly plan?: boolean;
}

/** A float64 tensor of zeros and more, of any shape. */
export function filled(shape: readonly number[], element: (i: number) => number = () => 0): Point {
  const n = shape.reduce((product, length) => product * length, 1);
  return tensor(Float64Array.from({ length: n }, (_, i) => element(i)), { shape });
}

/** A tensor of complex numbers (re, im, re, im, …). */
export function complexPoint(shape: readonly number[], parts: readonly number[]): Point {
  return tensor(Float64Array.from(parts), { shape, dtype: "complex128" });
}

/** Numbers that look random, between lo and hi. */
export function spread(shape: readonly number[], lo = -2, hi = 2, seed = 1): Point {
  return filled(
    shape,
    (i) => lo + (hi - lo) * frac(Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453),
  );
}

function frac(x: number): number {
  return x - Math.floor(x);
}

/** The value of a point, in float64 or complex128. */
export function pointValue(point: Point): Value {
  const value = valueOf(point);
  const dtype = isComplex(value.dtype) ? "complex128" : "float64";
  return { ...value, dtype };
}

/** Sum of the squares of what a function gives and of its gradients: a scalar for the next derivative. */
function energy(output: Variable): Variable {
  if (!isComplex(output.dtype)) return sum(sqr(output) as Variable);
  return add(sum(sqr(real(output)) as Variable), sum(sqr(imag(output)) as Variable));
}

function gradientEnergy(fun: Build): Build {
  return (...variables) => {
    const gradients = grad(energy(fun(...variables)), variables, {
      disconnectedInputs: "ignore",
    }) as Variable[];
    return gradients.map((gradient) => mul(energy(gradient), 0.01) as Variable)
      .reduce((a, b) => add(a, b));
  };
}

/** Checks the derivatives of a function at a point. */
export function check(
  fun: Build,
  points: readonly Point[],
  { second = true, plan = true, ...options }: CheckOptions = {},
): void {
  verifyGrad(fun, points, options);
  if (plan) {
    for (const known of [false, true]) gradients(fun, points, known);
  }
  if (second) {
    verifyGrad(fun, points, { absTol: 1e-5, relTol: 1e-4, ...options, order: 2 });
    verifyGrad(gradientEnergy(fun), points, { absTol: 1e-5, relTol: 1e-4, ...options });
  }
}

/** Gradients of the sum of what a function gives, by a plan and by the reference, which must agree. */
export function gradients(fun: Build, points: readonly Point[], known = false): number[][] {
  const values = points.map(pointValue);
  const variables = values.map((value) =>
    makeVariable(TensorType.of(value.dtype, value.shape.map((n) => known ? n : null)))
  );
  const output = fun(...variables);
  const cost = isComplex(output.dtype)
    ? add(sum(real(output) as Variable), sum(mul(imag(output), 2) as Variable))
    : sum(output);
  const list = grad(cost, variables, { disconnectedInputs: "ignore" }) as Variable[];
  const feeds = variables.map((variable, i) => [variable, values[i]!] as const);
  const used = feeds.filter(([variable]) => needs(list, variable));
  return evaluate(list, used, 1e-9).map(numbers);
}

function needs(outputs: readonly Variable[], leaf: Variable): boolean {
  const seen = new Set<Variable>(), stack = [...outputs];
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (seen.has(top)) continue;
    seen.add(top);
    stack.push(...top.owner?.inputs ?? []);
  }
  return seen.has(leaf);
}
