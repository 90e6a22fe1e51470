/**
 * Determinants, inverses and systems of matrices of which more is known than their numbers.
 *
 * @module
 */

import { type Apply, applyOp, outputOf, type Variable } from "../../graph/graph.ts";
import { withAxes, withoutAxes } from "../../ops/common/axes.ts";
import { lengthVariable } from "../../ops/common/length_rules.ts";
import { arange } from "../../ops/create/ranges.ts";
import type { AdvIndexParams } from "../../ops/index/adv_index.ts";
import {
  type CheckedParams,
  luOp,
  type LuParams,
  solveTriangularOp,
  type TriangularParams,
} from "../../ops/linalg/factor_ops.ts";
import { kron } from "../../ops/linalg/linalg.ts";
import { eye } from "../../ops/linalg/matrices.ts";
import { matmulOp } from "../../ops/linalg/matmul.ts";
import { matrixInverseOp, solveOp, type SolveParams } from "../../ops/linalg/solve_ops.ts";
import { withShape } from "../../ops/shape/shape_ops.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { reshaped } from "../../ops/shape/reshape_op.ts";
import { isRangeFromStart } from "../indexing/indexing_rules.ts";
import {
  applyAgain,
  constantNumber,
  ew,
  inShape,
  instead,
  isElementwise,
  number,
  sameLengths,
  under,
} from "../match.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";
import { transposed } from "../../ops/common/axes.ts";
import { diagonalUpTo, isOrthogonal, isSquare, isTurned, kronOf, zerosOf } from "./structure.ts";

/** How deep products are looked into. */
const DEPTH = 8;

/** Whether an application takes the diagonals of matrices: elements at the same places of both axes. */
function takesDiagonal({ op, inputs: [x, rows, columns], params }: Apply): boolean {
  if (op.name !== "advIndex" || rows !== columns || x === undefined) return false;
  const { axes } = params as AdvIndexParams;
  return axes.length === 2 && axes[0] === x.ndim - 2 && axes[1] === x.ndim - 1;
}

const diagonalOfParts: Rule = {
  name: "diagonal-of-parts",
  law: "diagonal(x * y) -> diagonal(x) * diagonal(y), diagonal(diag(v)) -> v",
  ops: ["advIndex"],
  rewrite(apply, context): Rewritten {
    const [x, places] = apply.inputs as [Variable, Variable], made = x.owner;
    if (!takesDiagonal(apply) || made === null || !isElementwise(made)) return null;
    const length = firstsOf(places);
    if (length === null || context.uses(x) > 1 && made.op.name !== "switch") return null;
    const diagonal = diagonalUpTo(x, length);
    return diagonal.owner?.inputs[0] === x ? null : instead(apply.output, diagonal);
  },
};

/** How many positions a range from 0 on has. */
function firstsOf(places: Variable): Variable | null {
  return isRangeFromStart(places) ? (under(places, "cast") ?? places).owner!.inputs[1]! : null;
}

/** What takes the place of factors: the diagonal of U, and which rows stay where they are; null for all. */
interface Pivots {
  readonly diagonal: Variable;
  readonly stays: Variable | null;
}

/** What is asked of pivots. */
interface Asked {
  readonly context: RewriteContext;
  /** Whether nobody asks for their signs. */
  readonly isSizeOnly: boolean;
}

function product(a: Variable, b: Variable): Variable {
  return outputOf(matmulOp, [a, b], {});
}

/** The rows and columns of a vector for each. */
function asColumns(x: Variable): Variable {
  return withAxes(x, [x.ndim]);
}

function asRows(x: Variable): Variable {
  return withAxes(x, [x.ndim - 1]);
}

/** The number in all places of vectors with one for each row of matrices. */
function everyRow(x: Variable, value: Variable): Variable {
  return inShape(value, lengthsOf(x).slice(0, -1));
}

/** The diagonals of matrices with so many rows, which are as many columns or an error. */
function diagonalOf(x: Variable, length: Variable): Variable {
  const found = diagonalUpTo(x, length);
  const diagonal = found.ndim > 0 ? found : everyRow(x, found);
  return isSquare(x) ? diagonal : ofLength(diagonal, lengthVariable(lengthsOf(x).at(-1)!));
}

/** Vectors of a length, or an error. */
function ofLength(x: Variable, length: Variable): Variable {
  if (lengthVariable(lengthsOf(x).at(-1)!) === length) return x;
  return withShape(x, Array.from({ length: x.ndim }, (_, d) => d === x.ndim - 1 ? length : null));
}

/** Pivots as they are computed. */
function factored(x: Variable, length: Variable): Pivots {
  const [packed, , exchanged] = applyOp<LuParams>(luOp, [x], { square: true }).outputs;
  const stays = ew("eq", exchanged!, arange(length));
  return { diagonal: diagonalUpTo(packed!, length), stays };
}

/** The pivots of products of the same number of each of two things; `side` says where they go. */
function together(
  [a, b]: readonly [Pivots, Pivots],
  [x, y]: readonly [Variable, Variable],
  sides: readonly ((vector: Variable) => Variable)[],
): Pivots {
  const joined = (name: "mul" | "eq", ...vectors: Variable[]) =>
    ew(name, ...vectors.map((vector, i) => sides[i]!(vector)));
  const all = (matrices: Variable) => everyRow(matrices, number(1, "bool"));
  const none = a.stays === null && b.stays === null;
  return {
    diagonal: joined("mul", a.diagonal, b.diagonal),
    stays: none ? null : joined("eq", a.stays ?? all(x), b.stays ?? all(y)),
  };
}

/** The pivots of matrices with so many rows by what they are made of; null where that says nothing. */
function pivotsOf(x: Variable, length: Variable, asked: Asked, depth = DEPTH): Pivots | null {
  const { above, below } = zerosOf(x), apply = x.owner;
  if (above || below) return { diagonal: diagonalOf(x, length), stays: null };
  if (apply === null || depth === 0) return null;
  if (asked.isSizeOnly && isOrthogonal(x)) {
    return { diagonal: everyRow(x, number(1, x.dtype)), stays: null };
  }
  const of = (y: Variable, rows = length): Pivots =>
    pivotsOf(y, rows, asked, depth - 1) ?? factored(y, rows);
  const [a, b] = apply.inputs as [Variable, Variable];
  if (isTurned(apply)) return of(a);
  const isShared = asked.context.uses(x) > 1;
  const pair = kronOf(x);
  if (pair !== null && !isShared) {
    const own = (y: Variable) => of(y, lengthVariable(lengthsOf(y)[0]!));
    const both = together([own(pair[0]), own(pair[1])], pair, [asColumns, asRows]);
    const flat = (y: Variable) => reshaped(y, [length]);
    return { diagonal: flat(both.diagonal), stays: both.stays && flat(both.stays) };
  }
  switch (apply.op.name) {
    case "matmul": {
      if (isShared || !isSquare(a) && !isSquare(b)) return null;
      const same = (y: Variable) => y;
      return together([of(a), of(b)], [a, b], [same, same]);
    }
    case "matrixInverse": {
      // Where a singular matrix is an error, it stays one.
      if ((apply.params as CheckedParams).check) return null;
      const { diagonal, stays } = of(a);
      return { diagonal: ew("reciprocal", diagonal), stays };
    }
    case "neg":
    case "mul":
    case "div": {
      const matrix = scaledOf(apply);
      if (matrix === null) return null;
      const { diagonal, stays } = of(matrix);
      const inputs = apply.inputs.map((input) => input === matrix ? diagonal : scalesOf(input));
      return { diagonal: applyAgain(apply, inputs), stays };
    }
    default:
      return null;
  }
}

/** Whether something has one number for all rows, or one for all columns, of matrices. */
function isScale(x: Variable): boolean {
  return x.ndim < 2 || x.type.shape.at(-1) === 1 || x.type.shape.at(-2) === 1;
}

/** The numbers that rows or columns are scaled by, as vectors. */
function scalesOf(x: Variable): Variable {
  if (x.ndim < 2) return x;
  return withoutAxes(x, [x.ndim - (x.type.shape.at(-1) === 1 ? 1 : 2)]);
}

/** The matrices that an application scales the rows or the columns of; null for what does something else. */
function scaledOf({ op, inputs, output }: Apply): Variable | null {
  if (inputs.some(({ dtype }) => dtype !== output.dtype)) return null;
  const found = inputs.find((x, i) =>
    (op.name !== "div" || i === 0) && sameLengths(lengthsOf(x), lengthsOf(output)) &&
    inputs.every((other, k) => k === i || isScale(other))
  );
  return found ?? null;
}

const structuredPivots: Rule = {
  name: "determinant-of-structure",
  law:
    "det(triangle) -> prod(diagonal(triangle)), det(dot(x, y)) -> det(x) * det(y); so of products with numbers and vectors, Kronecker's, transposes and inverses",
  ops: ["lu"],
  assumesFinite: true,
  rewrite(apply, context): Rewritten {
    if (!(apply.params as LuParams).square) return null;
    const [packed, order, exchanged] = apply.outputs as [Variable, Variable, Variable];
    const readers = context.clients(packed);
    if (context.uses(order) > 0 || context.uses(packed) !== readers.length) return null;
    if (!readers.every(takesDiagonal) || readers.length === 0) return null;
    const [x] = apply.inputs as [Variable];
    // The factors are there anyway where a system is solved by them.
    if (context.clients(x).some(({ op }) => ["solve", "matrixInverse"].includes(op.name))) {
      return null;
    }
    const isSizeOnly = context.uses(exchanged) === 0 && readers.every(({ output }) => {
      const all = context.clients(output);
      return all.length === context.uses(output) && all.every(({ op }) => op.name === "abs");
    });
    const lengths = lengthsOf(x), rows = lengthVariable(lengths.at(-2)!);
    const found = pivotsOf(x, rows, { context, isSizeOnly });
    if (found === null) return null;
    const { diagonal, stays } = found, own: Variable = arange(rows);
    const matrix = diagonalMatrix(x, diagonal);
    // Which row another one is exchanged with is of no concern.
    const moves = stays === null ? own : ew("switch", stays, own, number(-1, "int64"));
    return [inShape(matrix, lengths), null, inShape(moves, lengths.slice(0, -1))];
  },
};

/** Matrices with a vector each on their diagonals, of the size of others. */
function diagonalMatrix(like: Variable, diagonal: Variable): Variable {
  const [rows, columns] = lengthsOf(like).slice(-2).map((n) => arange(lengthVariable(n))) as [
    Variable,
    Variable,
  ];
  const isOn = ew("eq", columns, asColumns(rows));
  return ew("switch", isOn, asColumns(diagonal), number(0, like.dtype));
}

/** The solutions of systems of diagonal matrices. */
function overDiagonal(x: Variable, sides: Variable, check: boolean): Variable {
  const [length, rows] = [x, sides].map((y) => lengthVariable(lengthsOf(y).at(-2)!));
  const diagonal = ofLength(diagonalOf(x, length!), rows!);
  if (!check) return ew("div", sides, asColumns(diagonal));
  // Matrices with one element each, of which zero is as much an error.
  const params = { lower: true, unit: false, transposed: false, check };
  const lengths = lengthsOf(sides).slice(0, -1);
  const ones = withAxes(inShape(diagonal, lengths), [diagonal.ndim, diagonal.ndim + 1]);
  const each = withAxes(sides, [sides.ndim - 1]);
  const solved = outputOf<TriangularParams>(solveTriangularOp, [ones, each], params);
  return withoutAxes(solved, [solved.ndim - 2]);
}

/** The solutions of systems of matrices with a structure; null for others. */
function solvedBy(x: Variable, sides: Variable, params: SolveParams): Variable | null {
  const { above, below } = zerosOf(x), { transposed: isOther, check } = params;
  if (above && below) return instead(sides, overDiagonal(x, sides, check));
  if (above || below) {
    const triangle = { lower: above, unit: false, transposed: isOther, check };
    return outputOf<TriangularParams>(solveTriangularOp, [x, sides], triangle);
  }
  if (isOrthogonal(x)) return product(isOther ? x : transposed(x), sides);
  if (x.owner === null || !isTurned(x.owner)) return null;
  return outputOf<SolveParams>(solveOp, [x.owner.inputs[0]!, sides], {
    ...params,
    transposed: !isOther,
  });
}

/** What is as long as what it replaces, since that is square, in its type as well. */
function fitting(original: Variable, value: Variable | null): Variable | null {
  if (value === null || value.type === original.type) return value;
  return instead(original, value);
}

const structuredSystem: Rule = {
  name: "solve-of-structure",
  law:
    "solve(triangle, x) -> solveTriangular(triangle, x), solve(diag(v), x) -> x / v, solve(q, x) -> dot(qᵀ, x) for orthogonal q",
  ops: ["solve"],
  assumesFinite: true,
  rewrite(apply): Rewritten {
    const params = apply.params as SolveParams, [x, sides] = apply.inputs as [Variable, Variable];
    return params.positive ? null : fitting(apply.output, solvedBy(x, sides, params));
  },
};

/** The inverses of matrices with a structure; null for others. */
function inverseOf(x: Variable, check: boolean, context: RewriteContext): Variable | null {
  const inverse = (y: Variable) => outputOf<CheckedParams>(matrixInverseOp, [y], { check });
  const { above, below } = zerosOf(x), [rows, columns] = lengthsOf(x).slice(-2).map(lengthVariable);
  if (above && below) {
    const ones = asColumns(everyRow(x, number(1, x.dtype)));
    return instead(x, diagonalMatrix(x, withoutAxes(overDiagonal(x, ones, check), [x.ndim - 1])));
  }
  if (above || below) {
    const identity = inShape(eye(rows!, columns!, 0, x.dtype), lengthsOf(x));
    return solvedBy(x, identity, { positive: false, transposed: false, check });
  }
  if (isOrthogonal(x)) return transposed(x);
  const apply = x.owner, pair = kronOf(x);
  if (pair !== null) return kron(...pair.map(inverse) as [Variable, Variable]);
  if (apply === null) return null;
  const [a, b] = apply.inputs as [Variable, Variable];
  if (isTurned(apply)) return transposed(inverse(a));
  switch (apply.op.name) {
    case "matmul": {
      if (context.uses(x) > 1 || !isSquare(a) && !isSquare(b)) return null;
      const isKnown = [a, b].some((y) => {
        const zeros = zerosOf(y);
        return zeros.above || zeros.below || isOrthogonal(y);
      });
      return isKnown ? product(inverse(b), inverse(a)) : null;
    }
    case "neg":
      return ew("neg", inverse(a));
    case "mul":
    case "div": {
      const matrix = scaledOf(apply);
      if (matrix === null) return null;
      const scale = a === matrix ? b : a, by = constantNumber(scale);
      // A zero would be an error of the matrix.
      if (scale.ndim > 0 || check && (by === null || by === 0)) return null;
      return ew(apply.op.name === "mul" ? "div" : "mul", inverse(matrix), scale);
    }
    default:
      return null;
  }
}

const structuredInverse: Rule = {
  name: "inverse-of-structure",
  law:
    "inverse(diag(v)) -> diag(1 / v), inverse(q) -> qᵀ for orthogonal q; so of triangles, products with them or with numbers, Kronecker's products and transposes",
  ops: ["matrixInverse"],
  assumesFinite: true,
  rewrite(apply, context): Rewritten {
    const { check } = apply.params as CheckedParams, [x] = apply.inputs as [Variable];
    // A product with an inverse is a system, which has its own rules.
    const readers = context.clients(apply.output);
    const isSystem = readers.length === 1 && context.uses(apply.output) === 1 &&
      readers[0]!.op.name === "matmul";
    return isSystem && kronOf(x) === null
      ? null
      : fitting(apply.output, inverseOf(x, check, context));
  },
};

/** The rules of this file. */
export const structureRules: readonly Rule[] = [
  diagonalOfParts,
  structuredPivots,
  structuredSystem,
  structuredInverse,
];
