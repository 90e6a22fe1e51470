/**
 * Batching of reading and writing parts of tensors. Where each row has places of its own, the number of
 * the row is one more position.
 *
 * @module
 */

import { Constant, outputOf, type Variable } from "../graph/graph.ts";
import {
  advIncOp,
  type AdvIncParams,
  advIndexOp,
  type AdvIndexParams,
  arrange,
  layoutOf,
} from "../ops/index/adv_index.ts";
import {
  incSubtensorOp,
  type IncSubtensorParams,
  type IndexEntry,
  isWholeEntry,
  subtensorOp,
  type SubtensorParams,
  wholeEntry,
} from "../ops/index/subtensor.ts";
import { castTo } from "../ops/common/build.ts";
import { dimshuffle } from "../ops/shape/dimshuffle.ts";
import {
  aligned,
  axisMoved,
  type Batched,
  type BatchRows,
  type BatchRule,
  heldPositions,
  rowNumbers,
  spread,
  stacked,
} from "./batched.ts";

const rankOf = ({ value, stacked }: Batched) => value.ndim - Number(stacked);

/** Positions of all rows along axes of one row. */
interface Places {
  /** The axes of the rows, and that of the row itself if each has its own elements. */
  readonly axes: readonly number[];
  readonly tensors: readonly Variable[];
  /** Axes that the positions of one row have together. */
  readonly rank: number;
}

/** Positions that differ from row to row, in elements that do, or that are the same for all. */
function placesOf(
  indices: readonly Batched[],
  axes: readonly number[],
  isOwn: boolean,
  rows: BatchRows,
): Places {
  const rank = Math.max(0, ...indices.map(rankOf));
  const tensors = indices.map((index) => aligned(index, rank));
  if (!isOwn) return { axes, tensors, rank };
  return {
    axes: [0, ...axes.map((axis) => axis + 1)],
    tensors: [rowNumbers(rows, rank), ...tensors],
    rank,
  };
}

/** Where the axes of a part of one row are in a part whose positions come first. */
function partOrder(rank: number, ndim: number, axes: readonly number[]): number[] {
  const layout = layoutOf(ndim, axes);
  const places = Array.from({ length: rank }, (_, d) => d);
  return arrange(layout, places, layout.kept.map((_, d) => rank + d));
}

/** The elements of all rows at positions. */
function taken(
  x: Batched,
  indices: readonly Batched[],
  axes: readonly number[],
  rows: BatchRows,
): Variable {
  const ndim = rankOf(x), { stacked: isOwn } = x;
  if (indices.every((index) => !index.stacked)) {
    const up = axes.map((axis) => axis + 1);
    const tensors = indices.map(({ value }) => value);
    const made = outputOf<AdvIndexParams>(advIndexOp, [x.value, ...tensors], { axes: up });
    // The rows are the first axis that is kept: behind those of the positions where these come in front.
    const rank = Math.max(...indices.map(rankOf));
    return axisMoved(made, layoutOf(ndim + 1, up).at === 0 ? rank : 0, 0);
  }
  const places = placesOf(indices, axes, isOwn, rows);
  const made = outputOf<AdvIndexParams>(advIndexOp, [x.value, ...places.tensors], {
    axes: places.axes,
  });
  if (!isOwn) return axisMoved(made, layoutOf(ndim, axes).at, 0);
  const order = partOrder(places.rank, ndim, axes);
  return dimshuffle(made, 0, ...order.map((d) => d + 1));
}

/** All rows with elements at positions replaced or increased. */
function put(
  x: Batched,
  y: Batched,
  indices: readonly Batched[],
  { axes, set }: AdvIncParams,
  rows: BatchRows,
): Variable {
  const ndim = rankOf(x), all = spread(x, rows);
  const rank = Math.max(0, ...indices.map(rankOf)), partRank = rank + ndim - axes.length;
  const varies = indices.some((index) => index.stacked);
  const places = varies ? placesOf(indices, axes, true, rows) : {
    axes: axes.map((axis) => axis + 1),
    tensors: indices.map(({ value }) => value),
  };
  const part = aligned({ value: spread(y, rows), stacked: true }, partRank);
  let value = part;
  if (varies) {
    // The positions, with those of the rows, come first.
    const order = partOrder(rank, ndim, axes);
    value = dimshuffle(
      part,
      0,
      ...order.map((_, d) => order.indexOf(d) + 1),
    );
  } else if (layoutOf(ndim + 1, places.axes).at === 0) value = axisMoved(part, 0, rank);
  return outputOf<AdvIncParams>(advIncOp, [all, value, ...places.tensors], {
    axes: places.axes,
    set,
  });
}

/** An index taken apart: the slices with whole axes for integers, and the integers. */
function parted(entries: readonly IndexEntry[], scalars: readonly Batched[]) {
  const slices: IndexEntry[] = [], bounds: Batched[] = [];
  const axes: number[] = [], places: Batched[] = [];
  let next = 0;
  entries.forEach((entry, axis) => {
    if (entry.kind === "int") {
      slices.push(wholeEntry);
      axes.push(axis);
      places.push(scalars[next++]!);
      return;
    }
    slices.push(entry);
    for (const has of [entry.start, entry.stop, entry.step]) if (has) bounds.push(scalars[next++]!);
  });
  return { slices, bounds, axes, places };
}

/** A part of all rows by slices that are the same for them. */
function sliced(x: Batched, slices: readonly IndexEntry[], bounds: readonly Batched[]): Batched {
  if (slices.every(isWholeEntry)) return x;
  const index = x.stacked ? [wholeEntry, ...slices] : slices;
  const value = outputOf<SubtensorParams>(
    subtensorOp,
    [x.value, ...bounds.map((bound) => bound.value)],
    { index },
  );
  return { value, stacked: x.stacked };
}

/** An integer as a position, which is one of the axis in the rows that do not count. */
const asPosition = (rows: BatchRows) => ({ value, stacked }: Batched): Batched =>
  heldPositions({ value: castTo(value, "int64"), stacked }, rows);

const asPositions = (rows: BatchRows) => (index: Batched): Batched => heldPositions(index, rows);

/** Whether a place is the same in all rows. */
const isFixed = ({ value, stacked }: Batched, { counting }: BatchRows) =>
  !stacked && (counting === null || value instanceof Constant);

export const indexRules: Readonly<Record<string, BatchRule>> = {
  subtensor: (apply, [x, ...scalars], rows) => {
    const { index } = apply.params as SubtensorParams;
    const { slices, bounds, axes, places } = parted(index, scalars);
    if (bounds.some((bound) => bound.stacked)) return null;
    if (places.every((place) => isFixed(place, rows))) {
      const all = [x!.value, ...scalars.map(({ value }) => value)];
      return stacked(
        outputOf<SubtensorParams>(subtensorOp, all, { index: [wholeEntry, ...index] }),
      );
    }
    const part = sliced(x!, slices, bounds), at = places.map(asPosition(rows));
    const made = taken(part, at, axes, rows);
    return stacked(made);
  },

  incSubtensor: (apply, [x, y, ...scalars], rows) => {
    const { index, set } = apply.params as IncSubtensorParams;
    const all = spread(x!, rows);
    const { slices, bounds, axes, places } = parted(index, scalars);
    if (bounds.some((bound) => bound.stacked)) return null;
    const partRank = apply.output.ndim - axes.length;
    const params = (own: readonly IndexEntry[]) => ({ index: [wholeEntry, ...own], set });
    if (places.every((place) => isFixed(place, rows))) {
      const inputs = [all, aligned(y!, partRank), ...scalars.map(({ value }) => value)];
      return stacked(outputOf<IncSubtensorParams>(incSubtensorOp, inputs, params(index)));
    }
    const part = sliced({ value: all, stacked: true }, slices, bounds);
    const changed = put(part, y!, places.map(asPosition(rows)), { axes, set }, rows);
    if (slices.every(isWholeEntry)) return stacked(changed);
    const inputs = [all, changed, ...bounds.map(({ value }) => value)];
    const replaced = { ...params(slices), set: true };
    return stacked(outputOf<IncSubtensorParams>(incSubtensorOp, inputs, replaced));
  },

  advIndex: (apply, [x, ...indices], rows) =>
    stacked(taken(x!, indices.map(asPositions(rows)), (apply.params as AdvIndexParams).axes, rows)),

  advInc: (apply, [x, y, ...indices], rows) =>
    stacked(put(x!, y!, indices.map(asPositions(rows)), apply.params as AdvIncParams, rows)),
};
