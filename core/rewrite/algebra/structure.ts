/**
 * What is known of matrices by how they are made: where they have zeros, which are square or orthogonal, and
 * what is on their diagonals.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import type { Length } from "../../graph/op.ts";
import { moved } from "../../ops/common/axes.ts";
import { lengthVariable } from "../../ops/common/length_rules.ts";
import { arange } from "../../ops/create/ranges.ts";
import { advIndexOp, type AdvIndexParams } from "../../ops/index/adv_index.ts";
import type { SvdParams } from "../../ops/linalg/decompose_ops.ts";
import { between } from "../../ops/shape/between.ts";
import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { isFullRange } from "../indexing/indexing_rules.ts";
import {
  applied,
  applyAgain,
  isElementwise,
  isNumber,
  number,
  numberOf,
  sameLengths,
} from "../match.ts";

/** Where a matrix has zeros for sure. */
interface Zeros {
  /** Above its main diagonal: it is a lower triangle. */
  readonly above: boolean;
  /** Below its main diagonal: it is an upper triangle. */
  readonly below: boolean;
}

/** How deep expressions are looked into. */
const DEPTH = 8;

const nowhere: Zeros = { above: false, below: false };

/** Column number less row number of the places where a mask holds, from the least to the most. */
interface Band {
  readonly least: number;
  readonly most: number;
}

/** The lengths of matrices without the axes that count them. */
function sizesOf(x: Variable): readonly [rows: Length, columns: Length] {
  return lengthsOf(x).slice(-2) as [Length, Length];
}

/** Whether an element of matrices is its own row or column number, and how much more. */
function placeOf(
  x: Variable,
  sizes: readonly [Length, Length],
): { axis: "row" | "column"; more: number } | null {
  const apply = x.owner;
  if (apply === null) return null;
  if (apply.op.name === "add" || apply.op.name === "sub") {
    const isSum = apply.op.name === "add";
    const [a, b] = apply.inputs as [Variable, Variable];
    for (const [place, by] of isSum ? [[a, b], [b, a]] as const : [[a, b]] as const) {
      const found = numberOf(by) === null ? null : placeOf(place, sizes);
      if (found !== null) return { ...found, more: found.more + (isSum ? 1 : -1) * numberOf(by)! };
    }
    return null;
  }
  const isMoved = apply.op.name === "dimshuffle", range = isMoved ? apply.inputs[0]! : x;
  if (range.ndim !== 1) return null;
  const pattern = isMoved ? (apply.params as DimshuffleParams).pattern : [0];
  const fromEnd = pattern.length - pattern.indexOf(0);
  if (fromEnd > 2 || !isFullRange(range, sizes[2 - fromEnd]!)) return null;
  return { axis: fromEnd === 1 ? "column" : "row", more: 0 };
}

const turnedNames: Readonly<Record<string, string>> = { le: "ge", lt: "gt", ge: "le", gt: "lt" };

/** Where a mask of matrices of these sizes holds, if that is a band along the diagonal. */
function bandOf(mask: Variable, sizes: readonly [Length, Length]): Band | null {
  const apply = mask.owner;
  if (apply === null || apply.inputs.length !== 2) return null;
  const [a, b] = apply.inputs.map((input) => placeOf(input, sizes));
  if (a == null || b == null || a.axis === b.axis) return null;
  const isTurned = a.axis === "row", [column, row] = isTurned ? [b, a] : [a, b];
  const name = isTurned ? turnedNames[apply.op.name] ?? apply.op.name : apply.op.name;
  const at = row.more - column.more;
  switch (name) {
    case "eq":
      return { least: at, most: at };
    case "le":
    case "lt":
      return { least: -Infinity, most: name === "le" ? at : at - 1 };
    case "ge":
    case "gt":
      return { least: name === "ge" ? at : at + 1, most: Infinity };
    default:
      return null;
  }
}

/** Where something else than a mask holds, if that is a band. */
function outside({ least, most }: Band): Band | null {
  if (least === -Infinity) return { least: most + 1, most: Infinity };
  return most === Infinity ? { least: -Infinity, most: least - 1 } : null;
}

function zerosOutside(band: Band | null): Zeros {
  return band === null ? nowhere : { above: band.most <= 0, below: band.least >= 0 };
}

function both(a: Zeros, b: Zeros): Zeros {
  return { above: a.above && b.above, below: a.below && b.below };
}

function either(a: Zeros, b: Zeros): Zeros {
  return { above: a.above || b.above, below: a.below || b.below };
}

/** Where a matrix has zeros. */
export function zerosOf(x: Variable, depth = DEPTH): Zeros {
  const apply = x.owner;
  if (apply === null || depth === 0 || x.ndim < 2) return nowhere;
  const sizes = sizesOf(x);
  // What is stretched has its diagonal elsewhere.
  const inside = (y: Variable): Zeros =>
    y.ndim >= 2 && sameLengths(sizesOf(y), sizes) ? zerosOf(y, depth - 1) : nowhere;
  const [a, b, c] = apply.inputs as [Variable, Variable, Variable];
  switch (apply.op.name) {
    case "cholesky":
      return { above: true, below: false };
    case "qr":
      return { above: false, below: x.index === 1 };
    case "switch": {
      const [isOn, isOff] = [b, c].map((part) => isNumber(part, 0)), band = bandOf(a, sizes);
      const onlyOn = isOff ? zerosOutside(band) : nowhere;
      const onlyOff = isOn && band !== null ? zerosOutside(outside(band)) : nowhere;
      const all: Zeros = { above: true, below: true };
      return either(either(onlyOn, onlyOff), both(isOn ? all : inside(b), isOff ? all : inside(c)));
    }
    case "cast":
      return a.dtype === "bool" ? zerosOutside(bandOf(a, sizes)) : inside(a);
    case "neg":
    case "sqr":
    case "broadcastTo":
      return inside(a);
    case "specifyShape":
      return zerosOf(a, depth - 1);
    case "mul":
      return either(inside(a), inside(b));
    case "div":
      return inside(a);
    case "add":
    case "sub":
      return both(inside(a), inside(b));
    case "dimshuffle": {
      if (!isTurned(apply)) return nowhere;
      const { above, below } = zerosOf(a, depth - 1);
      return { above: below, below: above };
    }
    case "matrixInverse":
      return zerosOf(a, depth - 1);
    case "matmul":
      return both(zerosOf(a, depth - 1), zerosOf(b, depth - 1));
    case "solveTriangular": {
      const { lower, transposed } = apply.params as { lower: boolean; transposed: boolean };
      const isLower = lower !== transposed, right = zerosOf(b, depth - 1);
      return { above: isLower && right.above, below: !isLower && right.below };
    }
    default:
      return nowhere;
  }
}

/** Whether an application does nothing but exchange the last two axes. */
export function isTurned({ op, inputs, params }: Apply): boolean {
  if (op.name !== "dimshuffle") return false;
  const { pattern } = params as DimshuffleParams, last = pattern.length - 1;
  return last >= 1 && inputs[0]!.ndim === pattern.length &&
    pattern.every((item, d) => item === (d === last ? d - 1 : d === last - 1 ? last : d));
}

/** Ops that take nothing but square matrices and give such ones. */
const squareOps = new Set(["cholesky", "matrixInverse", "sqrtm"]);

/** Whether matrices are square for sure. */
export function isSquare(x: Variable): boolean {
  const [rows, columns] = sizesOf(x), apply = x.owner;
  if (rows === columns) return true;
  if (apply === null) return false;
  if (isTurned(apply)) return isSquare(apply.inputs[0]!);
  return squareOps.has(apply.op.name) || apply.op.name === "eigh" && x.index === 1 ||
    apply.op.name === "qr" && x.index === 0 && (apply.params as { complete: boolean }).complete;
}

/** Whether real matrices are square with orthonormal rows for sure. */
export function isOrthogonal(x: Variable): boolean {
  const apply = x.owner;
  if (apply === null || isComplex(x.dtype)) return false;
  if (isTurned(apply)) return isOrthogonal(apply.inputs[0]!);
  switch (apply.op.name) {
    case "eigh":
      return x.index === 1;
    case "qr":
      return x.index === 0 && isSquare(x);
    case "svd":
      return x.index > 0 && ((apply.params as SvdParams).full || isSquare(x));
    default:
      return false;
  }
}

/** The matrices that a Kronecker product is made of; null for what is none of square ones. */
export function kronOf(x: Variable): readonly [Variable, Variable] | null {
  const apply = applied(x, "reshape"), pairs = apply === null ? null : apply.inputs[0]!;
  if (pairs === null || x.ndim !== 2 || pairs.ndim !== 4) return null;
  const product = applied(pairs, "mul");
  if (product === null) return null;
  const [left, right] = [[1, 3], [0, 2]].map((ones) => {
    const found = product.inputs.find((input) =>
      ones.every((d) => d < 4 - input.ndim || input.type.shape[d - 4 + input.ndim] === 1) &&
      input.ndim >= 3
    );
    if (found === undefined) return null;
    const skip = 4 - found.ndim, own = [0, 1, 2, 3].filter((d) => !ones.includes(d));
    return moved(found, own.map((d) => d < skip ? "x" : d - skip));
  });
  if (left == null || right == null || product.inputs.length !== 2) return null;
  if (!isSquare(left) || !isSquare(right)) return null;
  const rows = (y: Variable) => lengthsOf(y)[0]!;
  return isProduct(lengthsOf(x)[0]!, rows(left), rows(right)) ? [left, right] : null;
}

function isProduct(length: Length, a: Length, b: Length): boolean {
  if (typeof length === "number") {
    return typeof a === "number" && typeof b === "number" && a * b === length;
  }
  const apply = applied(length, "mul");
  if (apply === null) return false;
  const [x, y] = apply.inputs as [Variable, Variable];
  const is = (dim: Variable, of: Length) => typeof of === "number" ? isNumber(dim, of) : dim === of;
  return is(x, a) && is(y, b) || is(x, b) && is(y, a);
}

/** So many elements of the main diagonal, without the rest of the matrices where that can be. */
export function diagonalUpTo(x: Variable, length: Variable, depth = DEPTH): Variable {
  const apply = x.owner;
  if (apply !== null && depth > 0) {
    if (isTurned(apply)) return diagonalUpTo(apply.inputs[0]!, length, depth - 1);
    const parts = isElementwise(apply) ? partsOf(x, apply, length, depth) : null;
    if (parts !== null) return parts;
  }
  const places: Variable = arange(length);
  return outputOf<AdvIndexParams>(advIndexOp, [x, places, places], {
    axes: [x.ndim - 2, x.ndim - 1],
  });
}

function firsts(vectors: Variable, length: Variable): Variable {
  const axis = vectors.ndim - 1, isAll = lengthVariable(lengthsOf(vectors)[axis]!) === length;
  return isAll ? vectors : between(vectors, axis, null, length);
}

/** The diagonal of what is computed element by element; null where operands are stretched unawares. */
function partsOf(x: Variable, apply: Apply, length: Variable, depth: number): Variable | null {
  const sizes = sizesOf(x);
  const of = (part: Variable): Variable | null => {
    if (part.ndim === 0) return part;
    const lengths = lengthsOf(part), last = part.ndim - 1;
    const [row, column] = [lengths[last - 1] ?? 1, lengths[last]!];
    const [isRow, isColumn] = [row === 1 && sizes[0] !== 1, column === 1 && sizes[1] !== 1];
    const batch = Array.from({ length: Math.max(last - 1, 0) }, (_, d) => d);
    if (isRow && isColumn) return moved(part, batch.length === 0 ? [] : [...batch, "x"]);
    if (isRow) {
      if (column !== sizes[1]) return null;
      return firsts(moved(part, [...batch, last]), length);
    }
    if (isColumn) {
      if (row !== sizes[0]) return null;
      return firsts(moved(part, [...batch, last - 1]), length);
    }
    return last >= 1 && row === sizes[0] && column === sizes[1]
      ? diagonalUpTo(part, length, depth - 1)
      : null;
  };
  if (apply.op.name === "switch") {
    const band = bandOf(apply.inputs[0]!, sizes);
    if (band !== null) {
      const isOn = band.least <= 0 && band.most >= 0;
      return of(apply.inputs[isOn ? 1 : 2]!);
    }
  }
  const mask = apply.op.name === "cast" ? bandOf(apply.inputs[0]!, sizes) : null;
  if (mask !== null) return number(mask.least <= 0 && mask.most >= 0 ? 1 : 0, x.dtype);
  const parts = apply.inputs.map(of);
  return parts.some((part) => part === null) ? null : applyAgain(apply, parts as Variable[]);
}
