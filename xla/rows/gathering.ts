/**
 * Parts of tensors at computed positions: reading, replacing, increasing.
 *
 * @module
 */

import type { Variable } from "../../core/graph/graph.ts";
import { sizeOf } from "../../core/graph/value.ts";
import {
  advIncOp,
  advIndexOp,
  type AdvIndexParams,
  layoutOf,
} from "../../core/ops/index/adv_index.ts";
import { broadcastShapes } from "../../core/ops/common/broadcast.ts";
import type { Level } from "../level.ts";
import type { Block, Hlo } from "../text/block.ts";
import type { ElementType } from "../text/types.ts";
import { added, wrapped } from "./indexing.ts";
import { type OpRow, row } from "./row.ts";

/** Positions on some axes of a tensor. */
interface Positions {
  /** For each place the positions, one axis behind the other. */
  readonly value: Hlo;
  /** Lengths of the places. */
  readonly places: readonly number[];
  /** The axes of a part that are whole axes of the tensor. */
  readonly windows: readonly number[];
}

function positionsOf(
  level: Level,
  x: Hlo,
  indices: readonly Variable[],
  { axes }: AdvIndexParams,
): Positions {
  const { block } = level, values = indices.map((index) => level.value(index));
  const places = broadcastShapes("Cannot index", values.map(({ shape }) => shape));
  const parts = values.map((value, i) => {
    const position = wrapped(block, value, x.shape[axes[i]!]!);
    return block.reshape(block.stretch(position, places), [...places, 1]);
  });
  const layout = layoutOf(x.shape.length, axes);
  const windows = layout.kept.map((_, i) => i < layout.at ? i : i + places.length);
  return { value: block.concatenate(parts, places.length), places, windows };
}

/** The part of x at positions. */
export function gathered(
  block: Block,
  x: Hlo,
  { value, places, windows }: Positions,
  axes: readonly number[],
  shape: readonly number[],
): Hlo {
  const sizes = x.shape.map((n, d) => axes.includes(d) ? 1 : n);
  const numbers =
    `dimension_numbers = #stablehlo.gather<offset_dims = [${windows}], collapsed_slice_dims = [${axes}], ` +
    `start_index_map = [${axes}], index_vector_dim = ${places.length}>`;
  const attributes = `${numbers}, indices_are_sorted = false, slice_sizes = array<i64: ${
    sizes.join(", ")
  }>`;
  const [part] = block.generic("gather", [x, value], attributes, [], [{ type: x.type, shape }]);
  return part!;
}

/** x with values at positions put together with those that are there. */
function scattered(
  block: Block,
  x: Hlo,
  values: Hlo,
  { value, places, windows }: Positions,
  axes: readonly number[],
  put: (block: Block, old: Hlo, given: Hlo) => Hlo,
): Hlo {
  const numbers =
    `scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [${windows}], ` +
    `inserted_window_dims = [${axes}], scatter_dims_to_operand_dims = [${axes}], index_vector_dim = ${places.length}>`;
  const args = [0, 1].map(() => ({ name: "", type: x.type, shape: [] }));
  const build = (inner: Block, [old, given]: readonly Hlo[]) => [put(inner, old!, given!)];
  const attributes = `indices_are_sorted = false, ${numbers}, unique_indices = false`;
  const [result] = block.generic("scatter", [x, value, values], attributes, [{ args, build }], [x]);
  return result!;
}

/**
 * x with values set at positions. Where a place is set more than once the last value wins, which XLA
 * does not promise: so first each place finds out which value that is.
 */
function setAt(block: Block, x: Hlo, values: Hlo, positions: Positions, axes: readonly number[]) {
  if (sizeOf(positions.places) === 1) {
    return scattered(block, x, values, positions, axes, (_, _old, given) => given);
  }
  const type: ElementType = "i64", count = sizeOf(positions.places);
  const order = block.reshape(block.iota(type, [count], 0), positions.places);
  const indexed = axes.map((axis) => x.shape[axis]!);
  const own: Positions = { ...positions, windows: [] };
  const all = axes.map((_, i) => i);
  const last = scattered(
    block,
    block.constant(type, indexed, -1),
    order,
    own,
    all,
    (inner, a, b) => inner.binary("maximum", a, b),
  );
  // Values with the places first, in a row.
  const { windows } = positions;
  const at = values.shape.map((_, d) => d).filter((d) => !windows.includes(d));
  const kept = windows.map((d) => values.shape[d]!);
  const rows = block.reshape(block.transpose(values, [...at, ...windows]), [count, ...kept]);
  const none = block.constant(type, indexed, 0);
  const found = block.binary("maximum", last, none);
  const place: Positions = {
    value: block.reshape(found, [...indexed, 1]),
    places: indexed,
    windows: kept.map((_, i) => indexed.length + i),
  };
  const given = gathered(block, rows, place, [0], [...indexed, ...kept]);
  const isSet = block.compare("GE", last, none);
  const others = x.shape.flatMap((_, d) => axes.includes(d) ? [] : [d]);
  // From the order of indexed axes, then others, to that of x.
  const back = x.shape.map((_, d) =>
    axes.includes(d) ? axes.indexOf(d) : axes.length + others.indexOf(d)
  );
  const spread = block.broadcast(isSet, given.shape, indexed.map((_, d) => d));
  return block.select(block.transpose(spread, back), block.transpose(given, back), x);
}

/** The rows. */
export const gatheringRows: readonly OpRow[] = [
  row(advIndexOp, (level, { inputs: [source, ...indices], output, params }) => {
    const x = level.value(source!);
    // There is nothing to read: an error elsewhere.
    if (x.shape.includes(0)) return level.empty(output);
    const positions = positionsOf(level, x, indices, params);
    return gathered(level.block, x, positions, params.axes, level.shape(output));
  }),
  row(advIncOp, (level, { inputs: [source, y, ...indices], params }) => {
    const { block } = level, { axes, set } = params, x = level.value(source!);
    const positions = positionsOf(level, x, indices, params), { places } = positions;
    const layout = layoutOf(x.shape.length, axes), kept = layout.kept.map((d) => x.shape[d]!);
    const part = [...kept.slice(0, layout.at), ...places, ...kept.slice(layout.at)];
    if (sizeOf(part) === 0) return x;
    const values = block.stretch(level.value(y!), part);
    if (set) return setAt(block, x, values, positions, axes);
    return scattered(block, x, values, positions, axes, added);
  }),
];
