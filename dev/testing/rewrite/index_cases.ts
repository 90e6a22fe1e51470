/**
 * Cases of the rules for indexing, scattering and products of matrices.
 *
 * @module
 */

import { applyOp, outputOf, type Variable } from "../../../core/graph/graph.ts";
import { advIncOp, advIndexOp } from "../../../core/ops/index/adv_index.ts";
import { luOp, solveTriangularOp } from "../../../core/ops/linalg/factor_ops.ts";
import { rowsAt } from "../../../core/ops/linalg/rows.ts";
import { joinOp } from "../../../core/ops/shape/join.ts";
import { makeVectorOp } from "../../../core/ops/shape/shape_ops.ts";
import { reduceOp, type ReduceParams } from "../../../core/ops/reduce/reduce_ops.ts";
import {
  incSubtensorOp,
  type IndexEntry,
  subtensorOp,
  wholeEntry,
} from "../../../core/ops/index/subtensor.ts";
import { type Cases, ew, fixed, i, j, len, m, m23, num, row, s, T, v, x, x3, y } from "./cases.ts";

const at = T.iscalar("at");
const seven = fixed("seven", [7]);
const one: IndexEntry = { kind: "int" };
const six = [0, 1, 2, -1, -2, 0, 1];

function int(value: number): Variable {
  return num(value, "int64");
}

/** A system by the factors of its matrix, a triangle after the other. */
function byTriangles(
  factor: Variable,
  sides: Variable,
  ...triangles: readonly (readonly [lower: boolean, unit: boolean, transposed: boolean])[]
): Variable {
  return triangles.reduce((b, [lower, unit, transposed]) => {
    const check = !lower;
    return outputOf(solveTriangularOp, [factor, b], { lower, unit, transposed, check });
  }, sides);
}

function factorsOf(a: Variable): readonly [packed: Variable, order: Variable] {
  return applyOp(luOp, [a], { square: true }).outputs as [Variable, Variable];
}

function sub(of: Variable, index: readonly IndexEntry[], ...scalars: Variable[]): Variable {
  return outputOf(subtensorOp, [of, ...scalars], { index });
}

function slices(
  of: Variable,
  start: number | null,
  stop: number | null,
  step: number | null,
): Variable {
  const parts = [start, stop, step];
  const [p, q, r] = parts.map((part) => part !== null) as [boolean, boolean, boolean];
  const scalars = parts.filter((part) => part !== null).map(int);
  return sub(of, [{ kind: "slice", start: p, stop: q, step: r }], ...scalars);
}

function change(
  set: boolean,
  of: Variable,
  value: Variable,
  index: readonly IndexEntry[],
  ...scalars: Variable[]
): Variable {
  return outputOf(incSubtensorOp, [of, value, ...scalars], { index, set });
}

function pick(of: Variable, axes: number[], ...indices: Variable[]): Variable {
  return outputOf(advIndexOp, [of, ...indices], { axes });
}

function put(
  set: boolean,
  of: Variable,
  value: Variable,
  axes: number[],
  ...indices: Variable[]
): Variable {
  return outputOf(advIncOp, [of, value, ...indices], { axes, set });
}

function sum(of: Variable, ...axes: number[]): Variable {
  return outputOf<ReduceParams>(reduceOp, [of], { kind: "sum", axes, dtype: of.dtype });
}

function vector(...parts: Variable[]): Variable {
  return outputOf(makeVectorOp, parts, { dtype: "float64" });
}

function join(...parts: Variable[]): Variable {
  return outputOf(joinOp, parts, { axis: 0 });
}

function transposed(of: Variable): Variable {
  return T.transpose(of);
}

const zeros = T.zeros([4], "float64");
const places = T.constant([0, 1, -1], "int64");
const table = T.zeros([2, 3], "float64");

/** By rule. */
export const indexCases: Cases = {
  "whole-slices": {
    fires: [
      () => [slices(x, null, null, null), x],
      () => [slices(x, 0, null, 1), x],
      () => [slices(x3, 0, 5, null), x3],
      () => [sub(m, [one, wholeEntry], at), sub(m, [one], at)],
      () => [sub(row, [one], int(0)), T.dimshuffle(row, 1)],
      () => [slices(x, -1, null, -1), slices(x, null, null, -1)],
    ],
    not: [
      () => slices(x, 1, null, null),
      () => slices(x, null, 5, null),
      () => slices(x, null, null, -1),
      () => sub(x, [one], int(0)),
    ],
    numbers: six,
  },
  "part-of-part": {
    fires: [
      () => [slices(slices(x, 2, null, null), 1, null, null), slices(x, 3, null, null)],
      () => [slices(slices(x, 1, 9, 2), 1, 3, 2), slices(x, 3, 7, 4)],
      () => [slices(slices(x, null, null, -1), null, null, -1), x],
      () => [slices(slices(x, null, null, -1), 1, 3, null), slices(x, -2, -4, -1)],
      () => [sub(slices(x, null, null, -1), [one], int(1)), sub(x, [one], int(-2))],
      () => [sub(slices(x, 1, null, null), [one], int(1)), sub(x, [one], int(2))],
      () => [
        slices(slices(slices(seven, 2, null, null), null, null, -1), 1, 3, null),
        slices(seven, 5, 3, -1),
      ],
      () => [slices(slices(seven, null, null, -2), null, null, -1), slices(seven, null, null, 2)],
      () => [sub(slices(seven, 1, -1, null), [one], int(-2)), sub(seven, [one], int(4))],
      () => [sub(sub(m, [one], at), [one], at), sub(m, [one, one], at, at)],
    ],
    not: [
      () => slices(slices(x, 2, -1, null), 1, null, null),
      () => sub(slices(x, null, 2, null), [one], int(2)),
      () => sub(slices(x, 1, null, null), [one], int(-1)),
      () => slices(slices(x, null, null, -2), null, null, -1),
    ],
    length: 6,
    numbers: six,
  },
  "element-of-vector": {
    fires: [
      () => [sub(vector(s, num(2), s), [one], int(1)), num(2)],
      () => [sub(vector(s, num(2)), [one], int(-2)), s],
      () => [slices(vector(s, num(2), num(3)), 1, null, null), vector(num(2), num(3))],
    ],
    not: [() => sub(vector(s, num(2)), [one], at), () => sub(vector(s, s), [one], int(5))],
  },
  "element-of-range": {
    fires: [
      () => [
        sub(T.arange(2, 10, 3), [one], int(1)),
        ew("add", int(2), ew("mul", int(1), int(3))),
      ],
    ],
    not: [() => sub(T.arange(len(x)), [one], int(1)), () => sub(T.arange(3), [one], int(3))],
  },
  "part-of-stretched": {
    fires: [
      () => [sub(T.broadcastTo(x, [4, len(x)]), [one], int(-4)), x],
      () => [slices(T.broadcastTo(x, [4, len(x)]), 1, 3, null), T.broadcastTo(x, [2, len(x)])],
      () => [
        sub(T.broadcastTo(x3, [2, 3]), [wholeEntry, one], at),
        T.broadcastTo(sub(x3, [one], at), [2]),
      ],
    ],
    not: [
      () => sub(T.broadcastTo(x, [len(m), len(y)]), [wholeEntry, one], at),
      () => sub(T.broadcastTo(x, [len(m), len(x)]), [one], int(0)),
      () => sub(T.broadcastTo(x, [4, len(x)]), [one], at),
      () => sub(T.broadcastTo(x, [4, len(x)]), [one], int(4)),
    ],
    numbers: six,
  },
  "part-of-moved": {
    fires: [
      () => [sub(transposed(m), [one], at), sub(m, [wholeEntry, one], at)],
      () => [
        sub(T.dimshuffle(m, 1, "x", 0), [one], at),
        T.dimshuffle(sub(m, [wholeEntry, one], at), "x", 0),
      ],
    ],
    not: [() => sub(T.dimshuffle(x, "x", 0), [one], at)],
    numbers: six,
  },
  "part-of-join": {
    fires: [
      () => [sub(join(x3, seven), [one], int(1)), sub(x3, [one], int(1))],
      () => [sub(join(x3, seven), [one], int(-1)), sub(seven, [one], int(6))],
      () => [slices(join(x3, seven), 3, 5, null), slices(seven, 0, 2, null)],
      () => [slices(join(x3, y), 1, 3, null), slices(x3, 1, 3, null)],
    ],
    not: [
      () => slices(join(x3, seven), 2, 5, null),
      () => sub(join(x, y), [one], int(0)),
      () => sub(join(x3, seven), [one], int(10)),
    ],
    numbers: six,
  },
  "read-back": {
    fires: [
      () => [sub(change(true, x3, s, [one], int(2)), [one], int(2)), s],
      () => [
        sub(change(false, x, s, [one], at), [one], at),
        ew("add", sub(x, [one], at), s),
      ],
      () => [
        ew("add", sub(change(true, m, s, [one], at), [one], at), sub(m, [one], at)),
        ew("add", T.broadcastTo(s, [len(m, 1)]), sub(m, [one], at)),
      ],
      () => {
        const changed = change(true, x, s, [one], at);
        return [ew("add", changed, sub(changed, [one], at)), ew("add", changed, s)];
      },
    ],
    not: [
      () => sub(change(true, x, s, [one], int(0)), [one], at),
      () => sub(change(true, x, s, [one], at), [one], at),
    ],
    numbers: six,
  },
  "change-nothing": {
    fires: [
      () => [change(false, x3, num(0), [one], int(1)), x3],
      () => [change(true, x3, sub(x3, [one], int(1)), [one], int(1)), x3],
      () => [put(false, x3, num(0), [0], places), x3],
      () => [
        ew("add", put(false, x, num(0), [0], i), sum(pick(x, [0], i), 0)),
        ew("add", x, sum(pick(x, [0], i), 0)),
      ],
    ],
    not: [
      () => change(false, x, num(0), [one], at),
      () => change(true, x, sub(x, [one], at), [one], at),
      () => put(false, x, num(0), [0], i),
      () => change(true, x, num(0), [one], at),
      () => change(true, x, sub(x, [one], at), [one], int(0)),
    ],
    numbers: six,
  },
  "set-to-inc": {
    fires: [
      () => [
        change(true, x, ew("add", sub(x, [one], at), s), [one], at),
        change(false, x, s, [one], at),
      ],
      () => [
        change(true, x, ew("add", num(2), sub(x, [one], at)), [one], at),
        change(false, x, num(2), [one], at),
      ],
      () => [
        change(true, x, ew("sub", sub(x, [one], at), s), [one], at),
        change(false, x, ew("neg", s), [one], at),
      ],
    ],
    not: [
      () => change(false, x, ew("add", sub(x, [one], at), s), [one], at),
      () => change(true, x, ew("add", sub(y, [one], at), s), [one], at),
      () => change(true, x, ew("add", sub(x, [one], int(0)), s), [one], at),
      () => change(true, x, ew("sub", s, sub(x, [one], at)), [one], at),
      // Of two places that are the same, the last one is set.
      () => put(true, x, ew("add", pick(x, [0], i), num(1)), [0], i),
    ],
    numbers: six,
  },
  "change-all": {
    fires: [
      () => [change(true, x, s, [wholeEntry]), T.broadcastTo(s, [len(x)])],
      () => [change(false, x, s, []), ew("add", x, s)],
    ],
    not: [() => change(true, x, s, [one], at), () => change(false, x, y, [wholeEntry])],
    numbers: six,
  },
  "change-twice": {
    fires: [
      () => [
        change(true, change(true, x, s, [one], at), num(2), [one], at),
        change(true, x, num(2), [one], at),
      ],
      () => [
        change(false, change(false, x, s, [one], at), num(2), [one], at),
        change(false, x, ew("add", s, num(2)), [one], at),
      ],
    ],
    not: [
      () => change(true, change(true, x, s, [one], int(0)), num(2), [one], at),
    ],
    numbers: six,
  },
  "all-positions": {
    fires: [
      () => [pick(x, [0], T.arange(len(x))), x],
      () => [pick(m23, [1], T.arange(3)), m23],
    ],
    not: [() => pick(x, [0], T.arange(len(y))), () => pick(x, [0], i)],
    numbers: six,
  },
  "positions-of-stretched-scalar": {
    fires: [
      () => [pick(T.broadcastTo(s, [2]), [0], places), T.broadcastTo(s, [3])],
      // Another one checks them.
      () => [
        ew("add", pick(T.broadcastTo(s, [len(x)]), [0], i), pick(x, [0], i)),
        ew("add", T.broadcastTo(s, [len(i)]), pick(x, [0], i)),
      ],
    ],
    not: [
      () => pick(x, [0], i),
      () => pick(T.broadcastTo(s, [len(m)]), [0], i),
      () => pick(T.broadcastTo(s, [1]), [0], places),
      () => ew("add", pick(T.broadcastTo(s, [len(m)]), [0], i), pick(x, [0], i)),
    ],
    numbers: six,
  },
  "part-of-reduced": {
    fires: [
      () => [sub(sum(m, 1), [one], at), sum(sub(m, [one], at), 0)],
      () => [sub(sum(m, 0), [one], at), sum(sub(m, [wholeEntry, one], at), 0)],
    ],
    not: [
      () => sub(ew("exp", x), [one], at),
      () => {
        const rows = sum(m, 1);
        return ew("add", rows, sub(rows, [one], at));
      },
    ],
    numbers: six,
  },
  "part-of-matmul": {
    fires: [
      () => [
        sub(T.dot(m, v), [one], at),
        T.dimshuffle(T.matmul(T.dimshuffle(sub(m, [one], at), "x", 0), v), 1),
      ],
    ],
    not: [
      () => sub(ew("add", m, v), [one], at),
      () => {
        const product = T.dot(m, v);
        return ew("add", product, sub(product, [one], at));
      },
    ],
    numbers: six,
  },
  "add-changed-zeros": {
    fires: [
      () => [ew("add", put(false, table, num(2), [0], i), m23), put(false, m23, num(2), [0], i)],
      () => [
        ew("add", m23, change(true, table, s, [one], at)),
        change(false, m23, s, [one], at),
      ],
    ],
    not: [
      () => ew("add", put(true, table, s, [0], i), m23),
      () => ew("add", put(false, m23, s, [0], i), m23),
      () => ew("add", put(false, table, s, [0], i), x3),
    ],
    numbers: [0, 1, -1, 0, 1, -2],
  },

  "scatter-of-nothing": {
    fires: [() => [put(false, table, num(0), [0], places), table]],
    not: [
      () => put(false, m23, num(0), [0], places),
      () => put(false, table, s, [0], places),
      () => put(false, table, num(0), [0], i),
    ],
    numbers: [0, 1, -1, 0, 1, -2],
  },
  "stretched-values": {
    fires: [
      () => [
        put(false, zeros, T.broadcastTo(s, [len(i)]), [0], i),
        put(false, zeros, s, [0], i),
      ],
      () => [
        change(false, m, T.broadcastTo(s, [len(m, 1)]), [one], at),
        change(false, m, s, [one], at),
      ],
    ],
    not: [() => put(false, zeros, T.broadcastTo(s, [len(j)]), [0], i)],
    numbers: [0, 1, -1, 0, 1, -2],
  },
  "scatter-cancel": {
    fires: [
      () => [
        ew("mul", put(false, table, ew("div", s, pick(m23, [0], i)), [0], i), m23),
        put(false, table, ew("mul", ew("div", s, pick(m23, [0], i)), pick(m23, [0], i)), [0], i),
      ],
      () => [
        ew("mul", num(2), put(false, zeros, x, [0], i)),
        put(false, zeros, ew("mul", num(2), x), [0], i),
      ],
    ],
    not: [
      () => ew("mul", put(false, table, s, [0], i), m23),
      () => ew("mul", put(false, m23, s, [0], i), m23),
    ],
    numbers: [1, -1, 1, 0.5, -2, 1],
  },
  "scatter-times": {
    fires: [
      () => [
        ew("mul", put(false, table, s, [0], i), m23),
        put(false, table, ew("mul", s, pick(m23, [0], i)), [0], i),
      ],
      () => [
        ew("div", change(false, table, s, [one], at), m23),
        change(false, table, ew("div", s, sub(m23, [one], at)), [one], at),
      ],
    ],
    not: [
      () => ew("mul", put(false, m23, s, [0], i), m23),
      () => ew("mul", put(false, table, s, [0], i), s),
    ],
    numbers: [1, -1, 1, 0.5, -2, 1],
  },
  "sum-of-scatter": {
    fires: [
      () => [
        sum(put(false, table, x3, [0, 1], places, places), 0, 1),
        sum(x3, 0),
      ],
      () => [
        sum(put(false, table, s, [0, 1], places, places), 1),
        put(false, T.zeros([2], "float64"), T.broadcastTo(s, [3]), [0], places),
      ],
      () => {
        const changed = put(false, table, x, [0, 1], i, i);
        return [
          ew("mul", changed, sum(changed, 0, 1)),
          ew("mul", changed, sum(T.broadcastTo(x, [len(i)]), 0)),
        ];
      },
    ],
    not: [
      () => sum(put(false, table, x, [0, 1], i, i), 0, 1),
      () => sum(put(false, table, s, [0, 1], i, i), 1),
      () => sum(put(true, table, s, [0, 1], i, i), 1),
      () => sum(put(false, m23, s, [0, 1], i, i), 1),
      () => sum(put(false, table, s, [0, 1], i, j), 1),
    ],
    numbers: [0, 1, -1, 0, 1, -2],
  },
  "change-everywhere": {
    fires: [
      () => [put(false, x, s, [0], T.arange(len(x))), ew("add", x, s)],
      () => [put(true, x3, y, [0], T.arange(3)), T.broadcastTo(y, [3])],
    ],
    not: [() => put(false, x, s, [0], T.arange(len(y)))],
    numbers: six,
  },

  "matmul-zero": {
    fires: [() => [T.dot(m23, T.zeros([3, 4], "float64")), T.zeros([2, 4], "float64")]],
    not: [() => T.dot(m, v)],
    numbers: six,
  },
  "transposed-matmul": {
    fires: [() => [transposed(T.dot(m, v)), T.matmul(transposed(v), transposed(m))]],
    not: [
      () => T.dimshuffle(T.dot(m, v), 0, 1, "x"),
      () => {
        const product = T.dot(m, v);
        return T.dot(product, transposed(product));
      },
    ],
    numbers: six,
  },
  "scaled-matmul": {
    fires: [
      () => [T.dot(ew("mul", num(2), m), v), ew("mul", num(2), T.dot(m, v))],
      () => [T.dot(m, ew("mul", s, v)), ew("mul", s, T.dot(m, v))],
      () => [T.dot(ew("neg", m), v), ew("neg", T.dot(m, v))],
    ],
    not: [
      () => T.dot(ew("mul", m, v), v),
      // Of no products the sum is 0, and not 0 / 0.
      () => T.dot(ew("div", m, T.mean(x)), v),
      () => {
        const twice = ew("mul", num(2), m);
        return ew("add", T.dot(twice, v), twice);
      },
    ],
    numbers: six,
  },
  "inverse-matmul": {
    fires: [
      () => [T.dot(T.linalg.inv(m), v), T.linalg.solve(m, v)],
      () => [T.dot(T.linalg.inv(m), x), T.linalg.solve(m, x)],
      () => [
        T.dot(v, T.linalg.inv(m, { check: false })),
        T.transpose(T.linalg.solve(m, T.transpose(v), { check: false, transposed: true })),
      ],
    ],
    not: [
      () => T.dot(m, v),
      () => {
        const inverse = T.linalg.inv(m);
        return ew("add", T.dot(inverse, v), inverse);
      },
    ],
    numbers: [2, 0.5, -1, 0.25, 3, 1, -0.5],
  },
  "solve-by-factors": {
    fires: [
      () => {
        const [packed, order] = factorsOf(m), [, size] = T.linalg.slogdet(m);
        const made = byTriangles(packed, rowsAt(T.specifyShape(v, [m.shape[0]!, null]), order), [
          true,
          true,
          false,
        ], [
          false,
          false,
          false,
        ]);
        return [ew("add", T.linalg.solve(m, v), size), ew("add", made, size)];
      },
      () => {
        const [packed, order] = factorsOf(m), [, size] = T.linalg.slogdet(m);
        const made = byTriangles(packed, v, [false, false, true], [true, true, true]);
        return [
          ew("add", T.linalg.solve(m, v, { transposed: true }), size),
          ew("add", rowsAt(made, T.argsort(order) as Variable), size),
        ];
      },
      () => {
        const [packed, order] = factorsOf(m), [, size] = T.linalg.slogdet(m);
        const ones = T.eye(m.shape[0]!, m.shape[1]!, 0, "float64") as Variable;
        const made = byTriangles(packed, rowsAt(ones, order), [true, true, false], [
          false,
          false,
          false,
        ]);
        return [ew("add", T.linalg.inv(m), size), ew("add", made, size)];
      },
      () => {
        const squares = T.dot(m, T.transpose(m)) as Variable;
        const square = T.add(squares, T.identityLike(squares)) as Variable;
        const L = T.linalg.cholesky(square);
        const made = byTriangles(L, v, [true, false, false], [true, false, true]);
        return [
          ew("add", T.linalg.solve(square, v, { assume: "positive definite" }), L),
          ew("add", made, L),
        ];
      },
    ],
    not: [
      () => T.linalg.solve(m, v),
      () => T.linalg.inv(m),
      () => ew("add", T.linalg.solve(m, v), T.linalg.lu(m)[2]),
      () => {
        const L = T.linalg.cholesky(m, { check: false });
        return ew("add", T.linalg.solve(m, v, { assume: "positive definite" }), L);
      },
    ],
    numbers: [2, 0.5, -1, 0.25, 3, 1, -0.5],
  },
};
