/**
 * Reductions, running sums and products, sorting, and products of matrices.
 *
 * @module
 */

import { type DType, dtypeInfo, isDiscrete, isFloat } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { nonzeroOp } from "../../core/ops/index/nonzero.ts";
import { matmulOp } from "../../core/ops/linalg/matmul.ts";
import { argsortOp, sortOp } from "../../core/ops/order/sort.ts";
import { cumulativeOp } from "../../core/ops/reduce/cumulative.ts";
import { argreduceOp, reduceOp, type ReduceOpKind } from "../../core/ops/reduce/reduce_ops.ts";
import { sumToOp } from "../../core/ops/reduce/sum_to.ts";
import { castTo } from "../elementwise.ts";
import type { Level } from "../level.ts";
import type { BinaryName, Block, Hlo } from "../text/block.ts";
import { elementOf } from "../text/types.ts";
import { type OpRow, row } from "./row.ts";

const reducers: Readonly<Record<ReduceOpKind, BinaryName>> = {
  sum: "add",
  prod: "multiply",
  max: "maximum",
  min: "minimum",
  any: "or",
  all: "and",
};

/** The dtype in which numbers are added up. */
function accumulator(dtype: DType): DType {
  return dtype === "float16" ? "float32" : dtype;
}

/** What changes nothing in a reduction. */
function neutral(block: Block, kind: ReduceOpKind, dtype: DType): Hlo {
  return block.constant(elementOf(dtype), [], startOf(kind, dtype));
}

function startOf(kind: ReduceOpKind, dtype: DType): number | bigint {
  switch (kind) {
    case "sum":
    case "any":
      return 0;
    case "prod":
    case "all":
      return 1;
  }
  const isMost = kind === "min";
  if (!isDiscrete(dtype)) return isMost ? Infinity : -Infinity;
  const { kind: sign, bytes } = dtypeInfo(dtype), width = BigInt(8 * bytes);
  if (sign === "uint") return isMost ? 2n ** width - 1n : 0n;
  return isMost ? 2n ** (width - 1n) - 1n : -(2n ** (width - 1n));
}

/** x reduced over axes, in a dtype. */
function reduced(
  block: Block,
  kind: ReduceOpKind,
  x: Hlo,
  from: DType,
  dtype: DType,
  axes: readonly number[],
): Hlo {
  const inner = accumulator(dtype), value = castTo(block, x, from, inner);
  const result = block.reduce(reducers[kind], value, neutral(block, kind, inner), axes);
  return castTo(block, result, inner, dtype);
}

/** Whether `a` comes before `b` in ascending order, NaN last. */
function isBefore(block: Block, a: Hlo, b: Hlo, dtype: DType): Hlo {
  const less = block.compare("LT", a, b);
  if (!isFloat(dtype)) return less;
  const only = block.binary("and", block.compare("NE", b, b), block.compare("EQ", a, a));
  return block.binary("or", less, only);
}

/** x with equal elements in their order along an axis, and other tensors in the order of x. */
export function sorted(block: Block, dtype: DType, tensors: readonly Hlo[], axis: number): Hlo[] {
  const args = tensors.flatMap(({ type }) => [0, 1].map(() => ({ name: "", type, shape: [] })));
  const attributes = `dimension = ${axis} : i64, is_stable = true`;
  const build = (inner: Block, [a, b]: readonly Hlo[]) => [isBefore(inner, a!, b!, dtype)];
  return block.generic("sort", tensors, attributes, [{ args, build }], tensors);
}

function positions(level: Level, x: Variable, axis: number): Hlo {
  const value = level.value(x);
  const at = level.block.iota("i64", value.shape, axis);
  return sorted(level.block, x.dtype, [value, at], axis)[1]!;
}

/** Elements up to and including each one: those 1, 2, 4, … places before join in turn. */
function accumulated(
  block: Block,
  join: (a: Hlo, b: Hlo) => Hlo,
  x: Hlo,
  axis: number,
  unit: Hlo,
): Hlo {
  const n = x.shape[axis]!, none = x.shape.map(() => 0);
  let sums = x;
  for (let by = 1; by < n; by *= 2) {
    const head = block.sliceAxis(sums, axis, 0, n - by);
    const low = none.map((_, d) => d === axis ? by : 0);
    sums = join(sums, block.pad(head, unit, { low, high: none }));
  }
  return sums;
}

/** log(exp(a) + exp(b)); equal infinities have no difference. */
function logaddexp(block: Block, a: Hlo, b: Hlo): Hlo {
  const high = block.binary("maximum", a, b), low = block.binary("minimum", a, b);
  const zero = block.constant(a.type, a.shape, 0);
  const apart = block.select(block.compare("EQ", a, b), zero, block.binary("subtract", low, high));
  const more = block.unary("log_plus_one", block.unary("exponential", apart));
  return block.binary("add", high, more);
}

/** The first position of an extreme along the last axis. */
export function extreme(block: Block, kind: "argmax" | "argmin", x: Hlo, dtype: DType): Hlo {
  const { type } = x, last = x.shape.length - 1, shape = x.shape.slice(0, -1);
  const at = block.iota("i64", x.shape, last);
  const start = neutral(block, kind === "argmax" ? "max" : "min", dtype);
  const none = block.constant("i64", [], 0);
  const args = [type, "i64" as const, type, "i64" as const].map((type) => ({
    name: "",
    type,
    shape: [],
  }));
  const build = (inner: Block, [a, i, b, j]: readonly Hlo[]): Hlo[] => {
    let better = inner.compare(kind === "argmax" ? "GT" : "LT", a!, b!);
    let equal = inner.compare("EQ", a!, b!);
    if (isFloat(dtype)) {
      const [strayA, strayB] = [inner.compare("NE", a!, a!), inner.compare("NE", b!, b!)];
      const only = inner.binary("and", strayA, inner.unary("not", strayB));
      better = inner.binary("or", better, only);
      equal = inner.binary("or", equal, inner.binary("and", strayA, strayB));
    }
    const earlier = inner.binary("and", equal, inner.compare("LT", i!, j!));
    const wins = inner.binary("or", better, earlier);
    return [inner.select(wins, a!, b!), inner.select(wins, i!, j!)];
  };
  const [, found] = block.generic(
    "reduce",
    [x, at, start, none],
    `dimensions = array<i64: ${last}>`,
    [{ args, build }],
    [{ type, shape }, { type: "i64", shape }],
  );
  return found!;
}

/** The rows. */
export const reducingRows: readonly OpRow[] = [
  row(
    reduceOp,
    (level, { inputs: [x], params: { kind, axes, dtype } }) =>
      reduced(level.block, kind, level.value(x!), x!.dtype, dtype, axes),
  ),

  row(argreduceOp, (level, { inputs: [x], params: { kind, axes } }) => {
    const { block } = level, own = level.value(x!);
    const dtype = x!.dtype === "bool" ? "int32" : x!.dtype;
    const value = castTo(block, own, x!.dtype, dtype);
    const kept = value.shape.flatMap((_, d) => axes.includes(d) ? [] : [d]);
    const turned = block.transpose(value, [...kept, ...axes]);
    const count = axes.reduce((n, axis) => n * value.shape[axis]!, 1);
    const rows = block.reshape(turned, [...kept.map((d) => value.shape[d]!), count]);
    return extreme(block, kind, rows, dtype);
  }),

  row(sumToOp, (level, { inputs: [x], output }) => {
    const shape = level.shape(output), value = level.value(x!);
    const axes = shape.flatMap((n, d) => n === value.shape[d] ? [] : [d]);
    if (axes.length === 0) return value;
    const dtype = x!.dtype, kind = dtype === "bool" ? "any" : "sum";
    return level.block.reshape(reduced(level.block, kind, value, dtype, dtype, axes), shape);
  }),

  row(cumulativeOp, (level, { inputs: [x], params: { kind, axis } }) => {
    const { block } = level, { dtype } = x!, inner = accumulator(dtype);
    const value = castTo(block, level.value(x!), dtype, inner);
    const sums = kind === "logsumexp"
      ? accumulated(
        block,
        (a, b) => logaddexp(block, a, b),
        value,
        axis,
        neutral(block, "max", inner),
      )
      : accumulated(
        block,
        (a, b) => block.binary(reducers[kind], a, b),
        value,
        axis,
        neutral(block, kind, inner),
      );
    return castTo(block, sums, inner, dtype);
  }),

  row(
    sortOp,
    (level, { inputs: [x], params: { axis } }) =>
      sorted(level.block, x!.dtype, [level.value(x!)], axis)[0]!,
  ),
  row(argsortOp, (level, { inputs: [x], params: { axis } }) => positions(level, x!, axis)),

  row(nonzeroOp, (level, { inputs: [mask], output }) => {
    const { block } = level, value = level.value(mask!);
    const flat = block.unary("not", block.reshape(value, [value.shape.reduce((n, m) => n * m, 1)]));
    const at = block.iota("i64", flat.shape, 0);
    const [, found] = sorted(block, "bool", [flat, at], 0);
    return block.sliceAxis(found!, 0, 0, level.shape(output)[0]!);
  }),

  row(matmulOp, (level, { inputs: [x, y] }) => {
    const { block } = level, { dtype } = x!, inner = accumulator(dtype);
    const [a, b] = [x!, y!].map((v) => castTo(block, level.value(v), dtype, inner)) as [Hlo, Hlo];
    return castTo(block, block.matmul(a, b, a.shape.length - 2), inner, dtype);
  }),
];
