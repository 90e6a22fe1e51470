/**
 * Factorisations, systems of equations and inverses. Nothing is refused: singular matrices give
 * infinities and NaN.
 *
 * @module
 */

import { sizeOf } from "../../core/graph/value.ts";
import {
  choleskyOp,
  luOp,
  solveTriangularOp,
  type TriangularParams,
} from "../../core/ops/linalg/factor_ops.ts";
import { matrixInverseOp, solveOp, type SolveParams } from "../../core/ops/linalg/solve_ops.ts";
import { type DType, isComplex, realOf } from "../../core/graph/dtype.ts";
import { type Block, type Hlo, typeOf } from "../text/block.ts";
import { isComplexType } from "../text/types.ts";
import { gathered } from "./gathering.ts";
import { lifted, taxicab } from "./numbers.ts";
import { extreme, sorted } from "./reducing.ts";
import { type OpRow, row, rowOfMany } from "./row.ts";

/** Tensors of matrices with one axis that counts them. */
function flat(block: Block, x: Hlo, last: number): Hlo {
  const own = x.shape.slice(x.shape.length - last);
  return block.reshape(x, [sizeOf(x.shape.slice(0, -last)), ...own]);
}

/** The lower factors; what is above the diagonal is 0. Imaginary parts on the diagonal are not read. */
function cholesky(block: Block, x: Hlo): Hlo {
  const { type, shape } = x, ndim = shape.length;
  const rows = block.iota("i32", shape, ndim - 2), columns = block.iota("i32", shape, ndim - 1);
  const given = isComplexType(type)
    ? block.select(block.compare("EQ", rows, columns), lifted(block, block.real(x), type), x)
    : x;
  const factor = block.op(
    `stablehlo.cholesky ${given.name}, lower = true : ${typeOf(x)}`,
    type,
    shape,
  );
  const inside = block.compare("GE", rows, columns);
  return block.select(inside, factor, block.constant(type, shape, 0));
}

function triangular(
  block: Block,
  a: Hlo,
  b: Hlo,
  { lower, unit, transposed, adjoint = false }:
    & Pick<TriangularParams, "lower" | "unit" | "transposed">
    & {
      readonly adjoint?: boolean;
    },
): Hlo {
  const how = adjoint ? "ADJOINT" : transposed ? "TRANSPOSE" : "NO_TRANSPOSE";
  const attributes =
    `left_side = true, lower = ${lower}, transpose_a = #stablehlo<transpose ${how}>, unit_diagonal = ${unit}`;
  return block.generic("triangular_solve", [a, b], attributes, [], [b])[0]!;
}

/** Factors of matrices with one axis that counts them. */
interface Factors {
  readonly packed: Hlo;
  readonly order: Hlo;
  readonly pivots: Hlo;
}

/** Rows are exchanged and eliminated one by one. */
function lu(block: Block, x: Hlo, dtype: DType): Factors {
  const [count, m, n] = x.shape as [number, number, number], steps = Math.min(m, n);
  const start = [
    block.constant("i32", [], 0),
    x,
    block.iota("i64", [count, m], 1),
    block.constant("i64", [count, steps], 0),
  ];
  const [, packed, order, pivots] = block.loop(
    start,
    (test, [t]) => test.compare("LT", t!, test.constant("i32", [], steps)),
    (body, [t, rows, order, pivots]) => {
      const next = body.binary("add", t!, body.constant("i32", [], 1));
      return [next, ...eliminated(body, t!, rows!, order!, pivots!, dtype)];
    },
  );
  return { packed: packed!, order: order!, pivots: pivots! };
}

/** Step `t` of an elimination. */
function eliminated(
  block: Block,
  t: Hlo,
  x: Hlo,
  order: Hlo,
  pivots: Hlo,
  dtype: DType,
): [Hlo, Hlo, Hlo] {
  const [count, m, n] = x.shape as [number, number, number], { type } = x;
  const zero = block.constant("i32", [], 0), at = block.convert(t, "i64");
  const spread = (value: Hlo, shape: readonly number[], axes: readonly number[]) =>
    block.broadcast(value, shape, axes);
  const lines = [count, m], index = block.iota("i64", lines, 1), step = spread(at, lines, []);
  const column = (of: Hlo) =>
    block.reshape(block.dynamicSlice(of, [zero, zero, t], [count, m, 1]), lines);
  const passed = block.compare("LT", index, step);
  const own = taxicab(block, column(x));
  const sizes = block.select(passed, block.constant(own.type, lines, -1), own);
  const pivot = extreme(block, "argmax", sizes, realOf(dtype)), chosen = spread(pivot, lines, [0]);
  const isStep = block.compare("EQ", index, step), isPivot = block.compare("EQ", index, chosen);

  /** Lines with those of the step and of the pivot exchanged, and the one that is at the step then. */
  const exchanged = (all: Hlo, rest: readonly number[]): [Hlo, Hlo] => {
    const axes = [0, ...rest.map((_, d) => d + 2)], shape = [count, m, ...rest];
    const wide = (mask: Hlo) => spread(mask, shape, [0, 1]);
    const starts = [zero, t, ...rest.map(() => zero)];
    const own = block.reshape(block.dynamicSlice(all, starts, [count, 1, ...rest]), [
      count,
      ...rest,
    ]);
    const none = block.constant(all.type, shape, 0);
    const kept = block.select(wide(isPivot), all, none);
    const other = block.reduce("add", kept, block.constant(all.type, [], 0), [1]);
    const moved = block.select(wide(isPivot), spread(own, shape, axes), all);
    return [block.select(wide(isStep), spread(other, shape, axes), moved), other];
  };
  const [rows, top] = exchanged(x, [n]), [places] = exchanged(order, []);
  const found = block.dynamicUpdate(pivots, block.reshape(pivot, [count, 1]), [zero, t]);

  const head = block.reshape(block.dynamicSlice(top, [zero, t], [count, 1]), [count]);
  const by = spread(head, lines, [0]), none = block.constant(type, lines, 0);
  const quotients = block.select(
    block.compare("EQ", by, none),
    none,
    block.binary("divide", column(rows), by),
  );
  const factors = spread(quotients, x.shape, [0, 1]);
  const behind = (axis: number) =>
    block.compare("GT", block.iota("i64", x.shape, axis), spread(at, x.shape, []));
  const isFactor = block.compare("EQ", block.iota("i64", x.shape, 2), spread(at, x.shape, []));
  const less = block.binary("multiply", factors, spread(top, x.shape, [0, 2]));
  const inside = block.select(behind(2), block.binary("subtract", rows, less), rows);
  const below = block.select(isFactor, factors, inside);
  return [block.select(behind(1), below, rows), places, found];
}

/** Rows at the places that an order gives. */
export function rowsAt(block: Block, b: Hlo, order: Hlo): Hlo {
  const [count, n] = order.shape as [number, number], places = [count, n];
  const parts = [block.iota("i64", places, 0), order].map((part) =>
    block.reshape(part, [count, n, 1])
  );
  const value = block.concatenate(parts, 2);
  return gathered(block, b, { value, places, windows: [2] }, [0, 1], b.shape);
}

function solved(
  block: Block,
  a: Hlo,
  b: Hlo,
  dtype: DType,
  { positive, transposed }: Pick<SolveParams, "positive" | "transposed">,
): Hlo {
  const plain = { unit: false, lower: true, transposed: false };
  if (positive) {
    const factor = cholesky(block, a), half = triangular(block, factor, b, plain);
    return triangular(block, factor, half, {
      ...plain,
      transposed: true,
      adjoint: isComplex(dtype),
    });
  }
  const { packed, order } = lu(block, flat(block, a, 2), dtype), sides = flat(block, b, 2);
  const lower = { ...plain, unit: true, transposed },
    upper = { ...plain, lower: false, transposed };
  if (!transposed) {
    const half = triangular(block, packed, rowsAt(block, sides, order), lower);
    return block.reshape(triangular(block, packed, half, upper), b.shape);
  }
  const half = triangular(block, packed, sides, upper);
  const moved = triangular(block, packed, half, lower);
  const [, back] = sorted(block, "int64", [order, block.iota("i64", order.shape, 1)], 1);
  return block.reshape(rowsAt(block, moved, back!), b.shape);
}

/** The rows. */
export const solvingRows: readonly OpRow[] = [
  row(choleskyOp, (level, { inputs }) => cholesky(level.block, level.value(inputs[0]!))),
  row(
    solveTriangularOp,
    (level, { inputs: [a, b], params }) =>
      triangular(level.block, level.value(a!), level.value(b!), params),
  ),
  row(
    solveOp,
    (level, { inputs: [a, b], params }) =>
      solved(level.block, level.value(a!), level.value(b!), a!.dtype, params),
  ),
  row(matrixInverseOp, (level, { inputs: [a] }) => {
    const { block } = level, value = level.value(a!), { shape, type } = value;
    const at = [1, 2].map((back) => block.iota("i32", shape, shape.length - back)) as [Hlo, Hlo];
    const one = lifted(block, block.compare("EQ", ...at), type);
    return solved(block, value, one, a!.dtype, { positive: false, transposed: false });
  }),
  rowOfMany(luOp, {
    write(level, { inputs: [x], outputs }) {
      const { block } = level, value = level.value(x!);
      if (value.shape.includes(0)) return outputs.map((output) => level.empty(output));
      const { packed, order, pivots } = lu(block, flat(block, value, 2), x!.dtype);
      return [packed, order, pivots].map((one, i) => block.reshape(one, level.shape(outputs[i]!)));
    },
  }),
];
