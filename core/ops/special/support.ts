/**
 * What special functions are made with: polynomials, quadrature, and the floats that they are computed in.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import { isComplex, isDiscrete, promote } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import { castTo } from "../common/build.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { add, mul } from "../elementwise/arithmetic.ts";
import { where } from "../elementwise/logic.ts";
import { sum } from "../reduce/reduce.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";

/**
 * Computes a real function in the dtype that its arguments meet in; float16 in float32. Integers become
 * floatX.
 */
export function inFloat(
  name: string,
  args: readonly TensorLike[],
  compute: (...args: Variable[]) => Variable,
): Variable {
  const variables = asVariables(args);
  const together = variables.map(({ dtype }) => dtype).reduce(promote);
  if (isComplex(together)) {
    throw new TypeError(`Cannot apply "${name}": expected real numbers, got ${together}`);
  }
  const dtype = isDiscrete(together) ? settings.floatX : together;
  const wide = dtype === "float16" ? "float32" : dtype;
  return castTo(compute(...variables.map((v) => castTo(v, wide))), dtype);
}

/** A sum of two or more. */
export function plus(...terms: readonly TensorLike[]): Variable {
  return terms.reduce((a, b) => add(a, b)) as Variable;
}

/** A product of two or more. */
export function times(...factors: readonly TensorLike[]): Variable {
  return factors.reduce((a, b) => mul(a, b)) as Variable;
}

/** A choice. */
export function choose(condition: TensorLike, a: TensorLike, b: TensorLike): Variable {
  return where(condition, a, b);
}

/** c[0] + c[1] x + c[2] x² + … by Horner's rule. */
export function polynomial(x: Variable, c: readonly number[]): Variable {
  return c.reduceRight<Variable | null>(
    (inner, c) => inner === null ? asVariable(c, x.dtype) : plus(times(inner, x), c),
    null,
  )!;
}

/** With one more axis at the end, for the nodes of a rule. */
export function beside(x: Variable): Variable {
  return shuffled(x, [...Array.from({ length: x.ndim }, (_, i) => i), "x"]);
}

/** Where an integrand that falls has fallen to nothing: to e^-this. */
export const negligible = (x: Variable): number => x.dtype === "float64" ? 38 : 18;

/** Where a rule reads an integrand, and what each place counts. */
interface Quadrature {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

const rules = new Map<number, Quadrature>();

/** Gauss and Legendre's rule of n nodes for [0, 1]. */
function gauss(n: number): Quadrature {
  const have = rules.get(n);
  if (have !== undefined) return have;
  const nodes: number[] = [], weights: number[] = [];
  for (let i = 0; i < n; i++) {
    let z = Math.cos(Math.PI * (i + 0.75) / (n + 0.5)), slope = 1;
    for (let step = 0; step < 6; step++) {
      let [p, before] = [1, 0];
      for (let j = 0; j < n; j++) {
        [p, before] = [((2 * j + 1) * z * p - j * before) / (j + 1), p];
      }
      slope = n * (z * p - before) / (z * z - 1);
      z -= p / slope;
    }
    nodes.push((1 - z) / 2);
    weights.push(1 / ((1 - z * z) * slope * slope));
  }
  const made = { nodes, weights };
  rules.set(n, made);
  return made;
}

/**
 * Integrals over [0, 1] of functions of a node, which goes along the last axis; `values` gives one or more
 * integrands. Smooth ones that fall to nothing are integrated to the last digits.
 */
export function integrals(
  dtype: Variable["dtype"],
  values: (node: Variable) => readonly Variable[],
): Variable[] {
  const { nodes, weights } = gauss(dtype === "float64" ? 56 : 24);
  const [u, w] = [nodes, weights].map((list) => asVariable([...list], dtype)) as [
    Variable,
    Variable,
  ];
  return values(u).map((value) => sum(times(value, w), { axis: -1 }));
}

/** The mean over midpoints t of the first quarter of a circle of functions of sin t. */
export function quarterMean(
  dtype: Variable["dtype"],
  value: (sine: Variable) => Variable,
): Variable {
  const n = 20;
  const sines = Array.from({ length: n }, (_, i) => Math.sin((i + 0.5) * Math.PI / (2 * n)));
  return times(sum(value(asVariable(sines, dtype)), { axis: -1 }), 1 / n);
}
