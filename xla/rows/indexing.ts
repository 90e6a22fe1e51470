/**
 * Parts of tensors, read and written, and windows over them.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { sizeOf } from "../../core/graph/value.ts";
import {
  incSubtensorOp,
  type IndexEntry,
  sliceRange,
  subtensorOp,
} from "../../core/ops/index/subtensor.ts";
import type { Level } from "../level.ts";
import type { Block, Hlo } from "../text/block.ts";
import { type OpRow, row } from "./row.ts";

/** What of an axis is taken. */
type Taken =
  | { readonly kind: "at"; readonly position: Hlo | number }
  | { readonly kind: "range"; readonly start: number; readonly step: number; length: number };

/** Positions along an axis as 64-bit integers; negative ones count from the end. */
export function wrapped(block: Block, value: Hlo, n: number): Hlo {
  const wide = block.convert(value, "i64"), { shape } = wide;
  if (value.type.startsWith("u")) return wide;
  const isBack = block.compare("LT", wide, block.constant("i64", shape, 0));
  const ahead = block.binary("add", wide, block.constant("i64", shape, n));
  return block.select(isBack, ahead, wide);
}

/** What an index takes of each axis of a tensor. */
function takenOf(
  level: Level,
  shape: readonly number[],
  index: readonly IndexEntry[],
  scalars: readonly Variable[],
): Taken[] {
  let next = 0;
  const bound = (given: boolean) => given ? level.integer(scalars[next++]!) : null;
  return shape.map((n, d): Taken => {
    const entry = index[d];
    if (entry === undefined) return { kind: "range", start: 0, step: 1, length: n };
    if (entry.kind === "slice") {
      const [start, stop, step] = [bound(entry.start), bound(entry.stop), bound(entry.step)];
      return { kind: "range", ...sliceRange(start, stop, step, n) };
    }
    const scalar = scalars[next++]!;
    if (!level.shapes.knows(scalar)) {
      return { kind: "at", position: wrapped(level.block, level.value(scalar), n) };
    }
    // As out of range as on other devices, which say so: read where there is something.
    const at = level.integer(scalar), position = Math.min(Math.max(at < 0 ? at + n : at, 0), n - 1);
    return { kind: "at", position };
  });
}

/** Where a part starts on each axis, if any of it is computed. */
function startsOf(block: Block, taken: readonly Taken[]): Hlo[] | null {
  if (!taken.some((one) => one.kind === "at" && typeof one.position !== "number")) return null;
  return taken.map((one) => {
    const at = one.kind === "at" ? one.position : 0;
    return typeof at === "number" ? block.constant("i64", [], at) : at;
  });
}

/** The part of x that an index takes. */
function partOf(block: Block, x: Hlo, taken: readonly Taken[]): Hlo {
  const starts = startsOf(block, taken);
  const rows = starts === null ? x : block.dynamicSlice(
    x,
    starts,
    x.shape.map((n, d) => taken[d]!.kind === "at" ? 1 : n),
  );
  const ranges = taken.map((one, d) => {
    if (one.kind === "at") {
      const at = starts === null ? one.position as number : 0;
      return { from: at, to: at + 1, by: 1, back: false };
    }
    const { start, step, length } = one;
    if (length === 0) return { from: 0, to: 0, by: 1, back: false };
    const last = start + (length - 1) * step;
    return step > 0
      ? { from: start, to: last + 1, by: step, back: false }
      : { from: last, to: start + 1, by: -step, back: d >= 0 };
  });
  const part = block.slice(
    rows,
    ranges.map(({ from }) => from),
    ranges.map(({ to }) => to),
    ranges.map(({ by }) => by),
  );
  const turned = block.reverse(part, ranges.flatMap(({ back }, d) => back ? [d] : []));
  return block.reshape(
    turned,
    x.shape.flatMap((_, d) => taken[d]!.kind === "at" ? [] : [part.shape[d]!]),
  );
}

/** x with the part replaced by y, or increased by it. */
function changed(block: Block, x: Hlo, y: Hlo, taken: readonly Taken[], set: boolean): Hlo {
  const lengths = taken.map((one) => one.kind === "at" ? 1 : one.length);
  if (sizeOf(lengths) === 0) return x;
  const axes = taken.flatMap((one, d) => one.kind === "range" && one.step < 0 ? [d] : []);
  const kept = taken.flatMap((one) => one.kind === "at" ? [] : [one.length]);
  const value = block.reverse(block.reshape(block.stretch(y, kept), lengths), axes);
  // A box around what changes: what lies between is as it was.
  const box = taken.map((one) => {
    if (one.kind === "at") return { start: one.position, length: 1, step: 1 };
    const step = Math.abs(one.step), span = (one.length - 1) * step;
    return { start: one.step > 0 ? one.start : one.start - span, length: span + 1, step };
  });
  const size = box.map(({ length }) => length), isWhole = box.every(({ step }) => step === 1);
  const starts = box.map(({ start }) =>
    typeof start === "number" ? block.constant("i64", [], start) : start
  );
  const isAll = size.every((n, d) => n === x.shape[d]);
  const old = set && isWhole ? null : isAll ? x : block.dynamicSlice(x, starts, size);
  const inside = combined(block, old, value, box.map(({ step }) => step - 1), set);
  return isAll ? inside : block.dynamicUpdate(x, inside, starts);
}

function combined(
  block: Block,
  old: Hlo | null,
  value: Hlo,
  interior: readonly number[],
  set: boolean,
): Hlo {
  const none = interior.map(() => 0), spread = { low: none, high: none, interior };
  const { type } = value;
  const wide = block.pad(value, block.constant(type, [], 0), spread);
  if (old === null) return wide;
  if (!set) return added(block, old, wide);
  if (wide === value) return value;
  const places = block.pad(
    block.constant("i1", value.shape, 1),
    block.constant("i1", [], 0),
    spread,
  );
  return block.select(places, wide, old);
}

/** a + b; of bools "or". */
export function added(block: Block, a: Hlo, b: Hlo): Hlo {
  return block.binary(a.type === "i1" ? "or" : "add", a, b);
}

type Indexed = Apply<{ readonly index: readonly IndexEntry[] }>;

function taken(level: Level, { inputs, params }: Indexed, from: number): Taken[] {
  return takenOf(level, level.shape(inputs[0]!), params.index, inputs.slice(from));
}

/** The rows. */
export const indexingRows: readonly OpRow[] = [
  row(subtensorOp, (level, apply) => {
    const x = level.value(apply.inputs[0]!), { block } = level;
    // There is nothing to read: an error elsewhere.
    if (x.shape.includes(0)) {
      return level.empty(apply.output);
    }
    return partOf(block, x, taken(level, apply, 1));
  }),
  row(incSubtensorOp, (level, apply) => {
    const [x, y] = apply.inputs.slice(0, 2).map((input) => level.value(input)) as [Hlo, Hlo];
    return changed(level.block, x, y, taken(level, apply, 2), apply.params.set);
  }),
];
