/**
 * Arithmetic on lengths and positions: on numbers at once, on integer scalars in the graph.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import { asIndexScalar, type Dim, staticDim } from "./arguments.ts";
import { castTo, elementwise } from "./build.ts";

type Name = "add" | "sub" | "mul" | "intDiv" | "mod" | "minimum" | "maximum";

function combine(name: Name, a: Dim, b: Dim, f: (x: number, y: number) => number): Dim {
  const x = staticDim(a), y = staticDim(b);
  if (x !== null && y !== null) return f(x, y);
  const scalar = (dim: Dim) => castTo(asIndexScalar(dim, "Cannot compute a length", "it"), "int64");
  return elementwise(name, [scalar(a), scalar(b)]);
}

/** a + b */
export function addDims(a: Dim, b: Dim): Dim {
  if (staticDim(a) === 0) return b;
  return staticDim(b) === 0 ? a : combine("add", a, b, (x, y) => x + y);
}

/** a - b */
export function subDims(a: Dim, b: Dim): Dim {
  return staticDim(b) === 0 ? a : combine("sub", a, b, (x, y) => x - y);
}

/** a * b */
export function mulDims(a: Dim, b: Dim): Dim {
  if (staticDim(a) === 1) return b;
  return staticDim(b) === 1 ? a : combine("mul", a, b, (x, y) => x * y);
}

/** The product of lengths; 1 for none. */
export function productDims(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>(mulDims, 1);
}

/** floor(a / b) */
export function floorDivDims(a: Dim, b: Dim): Dim {
  return staticDim(b) === 1
    ? a
    : combine("intDiv", a, b, (x, y) => y === 0 ? 0 : Math.floor(x / y));
}

/** a modulo b, with the sign of b; 0 for b = 0. */
export function modDims(a: Dim, b: Dim): Dim {
  return combine("mod", a, b, (x, y) => y === 0 ? 0 : x - y * Math.floor(x / y));
}

/** The smaller one. */
export function minDims(a: Dim, b: Dim): Dim {
  return combine("minimum", a, b, Math.min);
}

/** The larger one. */
export function maxDims(a: Dim, b: Dim): Dim {
  return combine("maximum", a, b, Math.max);
}

/** The length that two broadcast to; lengths that are not known are compared when they are. */
export function broadcastDims(a: Dim, b: Dim): Dim {
  const x = staticDim(a), y = staticDim(b);
  if (x === 1 || a === b) return b;
  if (y === 1 || x !== null) return a;
  if (y !== null) return b;
  const [p, q] = [a, b].map((dim) => castTo(dim as Variable, "int64")) as [Variable, Variable];
  const one = asIndexScalar(1, "Cannot compute a length", "it");
  return elementwise("switch", [elementwise("eq", [p, one]), q, p]);
}

/** A length as a 0-d integer variable. */
export function dimVariable(dim: Dim): Variable {
  return asIndexScalar(dim, "Cannot compute a length", "it");
}
