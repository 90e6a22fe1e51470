/**
 * Cases of the rules for matrices of which more is known than their numbers.
 *
 * @module
 */

import { applyOp, outputOf, type Variable } from "../../../core/graph/graph.ts";
import { advIndexOp } from "../../../core/ops/index/adv_index.ts";
import { luOp, solveTriangularOp } from "../../../core/ops/linalg/factor_ops.ts";
import { type Cases, ew, fixed, len, m, num, s, T, v, w, x } from "./cases.ts";

const numbers = [2, 0.5, -1, 0.25, 3, 1, -0.5];
const square = fixed("square", [3, 3]), other = fixed("other", [3, 3]), two = fixed("two", [2, 2]);
const unchecked = { check: false } as const;

function turned(a: Variable): Variable {
  return T.dimshuffle(a, 1, 0) as Variable;
}

function column(a: Variable): Variable {
  return T.dimshuffle(a, 0, "x") as Variable;
}

function range(n: Variable): Variable {
  return T.arange(n) as Variable;
}

/** So many elements of a diagonal. */
function diagonal(a: Variable, length: Variable): Variable {
  return outputOf(advIndexOp, [a, range(length), range(length)], { axes: [0, 1] });
}

function onDiagonal(like: Variable, d: Variable): Variable {
  const isOn = ew("eq", range(len(like, 1)), column(range(len(like))));
  return ew("switch", isOn, column(d), num(0));
}

function factors(a: Variable): readonly Variable[] {
  return applyOp(luOp, [a], { square: true }).outputs;
}

/** A determinant of factors, or of what takes their place. */
function det(
  a: Variable,
  packed: Variable = factors(a)[0]!,
  exchanged: Variable = factors(a)[2]!,
): Variable {
  const isOwn = ew("eq", exchanged, range(len(a)));
  const signs = T.prod(ew("switch", isOwn, num(1), num(-1))) as Variable;
  return ew("mul", T.prod(diagonal(packed, len(a))) as Variable, signs);
}

/** The same by a diagonal and by which rows stay where they are; without these all do. */
function detOf(a: Variable, d: Variable, stays?: Variable): Variable {
  const own = range(len(a));
  const moves = stays === undefined ? own : ew("switch", stays, own, num(-1, "int64"));
  return det(a, onDiagonal(a, d), moves);
}

function pivots(a: Variable): readonly [diagonal: Variable, stays: Variable] {
  const [packed, , exchanged] = factors(a) as [Variable, Variable, Variable];
  return [diagonal(packed, len(a)), ew("eq", exchanged, range(len(a)))];
}

function triangular(a: Variable, b: Variable, lower: boolean, check = true): Variable {
  return outputOf(solveTriangularOp, [a, b], { lower, unit: false, transposed: false, check });
}

/** What is on and below, or above, a diagonal, as the rules for constants leave it. */
function triangle(a: Variable, lower: boolean, k = 0): Variable {
  const rows = column(range(len(a))), by = num(lower ? k : k - 1, "int64");
  const isBelow = ew("le", range(len(a, 1)), ew("add", by, rows));
  return ew("switch", isBelow, ...lower ? [a, num(0)] : [num(0), a]);
}

/** A diagonal matrix. */
function diag(d: Variable): Variable {
  const isOn = ew("eq", range(len(d)), column(range(len(d))));
  return ew("switch", isOn, column(d), num(0));
}

const tril = triangle(square, true), triu = triangle(square, false);
const vectors = T.linalg.eigh(square)[1] as Variable;

const q = fixed("q", [3]), three = range(num(3, "int64"));

/** Cases by rule. */
export const matrixCases: Cases = {
  "diagonal-of-parts": {
    fires: [
      () => [diagonal(diag(x), len(x)), x],
      () => [diagonal(tril, num(3, "int64")), diagonal(square, num(3, "int64"))],
      () => [
        diagonal(ew("mul", square, num(2)), num(3, "int64")),
        ew("mul", diagonal(square, num(3, "int64")), num(2)),
      ],
    ],
    not: [
      () => diagonal(T.dot(square, other), num(3, "int64")),
      () => {
        const product = ew("mul", square, other);
        return ew("add", diagonal(product, num(3, "int64")), product);
      },
      // Some lengths may be 1, and are stretched then.
      () => diagonal(ew("mul", m, w), len(m)),
    ],
    numbers,
  },
  "determinant-of-structure": {
    fires: [
      () => [det(tril), detOf(tril, diagonal(square, num(3, "int64")))],
      () => [det(triu), detOf(triu, diagonal(square, num(3, "int64")))],
      () => [det(diag(q)), detOf(diag(q), q)],
      () => {
        const product = T.dot(square, other),
          [d, stays] = pivots(square),
          [e, stay] = pivots(other);
        return [det(product), detOf(product, ew("mul", d, e), ew("eq", stays, stay))];
      },
      () => {
        const kron = T.kron(square, two), [d, stays] = pivots(square), [e, stay] = pivots(two);
        const flat = (name: "mul" | "eq", a: Variable, b: Variable) =>
          T.reshape(ew(name, column(a), T.dimshuffle(b, "x", 0) as Variable), [6]) as Variable;
        return [det(kron), detOf(kron, flat("mul", d, e), flat("eq", stays, stay))];
      },
      () => [det(turned(square)), detOf(square, ...pivots(square))],
      () => {
        const scaled = ew("mul", square, s), [d, stays] = pivots(square);
        return [det(scaled), detOf(scaled, ew("mul", d, s), stays)];
      },
      () => {
        const scaled = ew("div", square, column(q)), [d, stays] = pivots(square);
        return [det(scaled), detOf(scaled, ew("div", d, q), stays)];
      },
      () => {
        const inverse = T.linalg.inv(square, unchecked) as Variable, [d, stays] = pivots(square);
        return [det(inverse), detOf(inverse, ew("reciprocal", d), stays)];
      },
      () => {
        const size = (packed: Variable) => ew("abs", diagonal(packed, num(3, "int64")));
        const ones = T.broadcastTo(num(1), [3]) as Variable;
        return [
          T.prod(size(factors(vectors)[0]!)) as Variable,
          T.prod(size(onDiagonal(vectors, ones))) as Variable,
        ];
      },
    ],
    not: [
      () => det(square),
      // A tall matrix times a wide one may be square.
      () => det(T.dot(m, w)),
      () => det(vectors),
      () => det(ew("mul", square, other)),
      () => det(T.linalg.inv(square)),
      () => det(triangle(square, false, -1)),
      () => det(triangle(square, true, 1)),
      () => ew("mul", det(tril), T.linalg.solve(tril, x)),
      () => ew("mul", det(tril), factors(tril)[0]!),
      () => {
        const product = T.dot(square, other);
        return ew("mul", det(product), product);
      },
    ],
    numbers,
  },
  "solve-of-structure": {
    fires: [
      () => [T.linalg.solve(tril, square), triangular(tril, square, true)],
      () => [T.linalg.solve(triu, square, unchecked), triangular(triu, square, false, false)],
      () => [T.linalg.solve(vectors, square), T.dot(turned(vectors), square)],
      () => [
        T.linalg.solve(turned(square), other),
        T.linalg.solve(square, other, { transposed: true }),
      ],
      () => {
        return [T.linalg.solve(diag(q), square, unchecked), ew("div", square, column(q))];
      },
      () => {
        const each = T.dimshuffle(square, 0, "x", 1) as Variable;
        const solved = triangular(T.dimshuffle(q, 0, "x", "x") as Variable, each, true);
        return [T.linalg.solve(diag(q), square), T.dimshuffle(solved, 0, 2) as Variable];
      },
    ],
    not: [
      () => T.linalg.solve(square, other),
      () => T.linalg.solve(T.linalg.qr(m)[0] as Variable, v),
      () => T.linalg.solve(tril, square, { assume: "positive definite" }),
    ],
    numbers,
  },
  "inverse-of-structure": {
    fires: [
      () => {
        const ones = T.broadcastTo(num(1), [3]) as Variable, isOn = ew("eq", three, column(three));
        const inverse = T.dimshuffle(ew("div", column(ones), column(q)), 0, "x") as Variable;
        return [T.linalg.inv(diag(q), unchecked), ew("switch", isOn, inverse, num(0))];
      },
      () => [T.linalg.inv(tril), triangular(tril, T.eye(3, 3, 0, "float64"), true)],
      () => [T.linalg.inv(vectors), turned(vectors)],
      () => [T.linalg.inv(turned(square)), turned(T.linalg.inv(square) as Variable)],
      () => [T.linalg.inv(ew("neg", square)), ew("neg", T.linalg.inv(square) as Variable)],
      () => [
        T.linalg.inv(ew("mul", num(2), square)),
        ew("div", T.linalg.inv(square) as Variable, num(2)),
      ],
      () => [
        T.linalg.inv(ew("div", square, s), unchecked),
        ew("mul", T.linalg.inv(square, unchecked) as Variable, s),
      ],
      () => [
        T.linalg.inv(T.kron(square, two)),
        T.kron(T.linalg.inv(square) as Variable, T.linalg.inv(two) as Variable),
      ],
      () => [
        T.linalg.inv(T.dot(vectors, square)),
        T.dot(T.linalg.inv(square) as Variable, turned(vectors)),
      ],
    ],
    not: [
      () => T.linalg.inv(square),
      // A zero is an error.
      () => T.linalg.inv(ew("mul", square, s)),
      () => T.linalg.inv(ew("mul", square, other)),
      () => T.linalg.inv(T.dot(square, other)),
      () => T.dot(T.linalg.inv(tril) as Variable, square),
      () => T.linalg.inv(triangle(square, true, 1)),
    ],
    numbers,
  },
};
