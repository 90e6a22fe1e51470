/**
 * Parts of a tensor by tensors of positions: reading them, replacing them, adding to them.
 *
 * @module
 */

import { isDiscrete } from "../../graph/dtype.ts";
import { IndexError } from "../../base/errors.ts";
import { type Apply, Constant, type Variable } from "../../graph/graph.ts";
import type {
  CheckMessage,
  ElementContext,
  LoopNestBuilder,
  Op,
  ShapeContext,
} from "../../graph/op.ts";
import { rounded, type Value } from "../../graph/value.ts";
import { type Ix, zeroIx } from "../../ir/builder.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { arangeBounds, arangeIndex, type ArangeParams } from "../create/arange.ts";
import { expectInputs, shapeLabel } from "../common/arguments.ts";
import { broadcastShapes, broadcastSizes, broadcastStatic } from "../common/broadcast.ts";
import { shapeText } from "../../base/shown.ts";
import type { DimshuffleParams } from "../shape/dimshuffle_op.ts";
import { jointLength, lengthsFrom, likeFirst } from "../common/length_rules.ts";
import {
  addElements,
  computedPosition,
  isPositionDType,
  outOfRange,
  scalarPosition,
  zeroElement,
} from "../common/elements.ts";
import {
  addElement,
  broadcastPosition,
  copyElement,
  copyValue,
  forEachIndex,
  gather,
} from "../common/moving.ts";
import { broadcastIndex, expectFits, expectValueFits } from "./subtensor.ts";
import { linearIn, linearInBoth } from "../common/row_rules.ts";

/** Params of {@linkcode advIndexOp}. */
export interface AdvIndexParams {
  /** The axes that are indexed, ascending: one for each index tensor. */
  readonly axes: readonly number[];
}

/** Where the axes of a result come from. */
interface Layout {
  /** The axes of x that are not indexed. */
  readonly kept: readonly number[];
  /** Where in the result the axes of the index tensors are. */
  readonly at: number;
}

/** NumPy's placement: in place of indexed axes that are neighbours, else in front. */
export function layoutOf(ndim: number, axes: readonly number[]): Layout {
  const kept = Array.from({ length: ndim }, (_, d) => d).filter((d) => !axes.includes(d));
  const together = axes.every((axis, i) => i === 0 || axis === axes[i - 1]! + 1);
  return { kept, at: together ? axes[0] ?? 0 : 0 };
}

/** A list for the axes of a result, from those of the index tensors and those of the kept axes. */
export function arrange<T>(layout: Layout, places: readonly T[], kept: readonly T[]): T[] {
  return [...kept.slice(0, layout.at), ...places, ...kept.slice(layout.at)];
}

/** The lists that {@linkcode arrange} was made from. */
function separate<T>(layout: Layout, rank: number, list: readonly T[]): [T[], T[]] {
  return [
    list.slice(layout.at, layout.at + rank),
    [...list.slice(0, layout.at), ...list.slice(layout.at + rank)],
  ];
}

const action = "Cannot index with positions";

function checkPositions(
  name: string,
  x: Variable,
  indices: readonly Variable[],
  axes: readonly number[],
): (number | null)[] {
  if (axes.length === 0 || indices.length !== axes.length) {
    throw new TypeError(
      `Cannot apply "${name}": expected an index tensor for each of axes [${axes}], got ${indices.length}`,
    );
  }
  axes.forEach((axis, i) => {
    if (!Number.isInteger(axis) || axis <= (axes[i - 1] ?? -1) || axis >= x.ndim) {
      throw new IndexError(
        `Cannot index ${shapeLabel(x)} on axes [${axes}]: expected ascending axes below ${x.ndim}`,
      );
    }
  });
  for (const index of indices) {
    if (!isPositionDType(index.dtype)) {
      throw new TypeError(
        `Cannot index ${x.label}: expected positions of an integer dtype, got ${index.label} of type ${index.type}`,
      );
    }
  }
  const places = broadcastStatic(action, indices.map((index) => index.type.shape));
  const layout = layoutOf(x.ndim, axes);
  return arrange(layout, places, layout.kept.map((d) => x.type.shape[d]!));
}

/** The position that an index tensor gives; checked unless it is known to be in range. */
function positionOf(
  context: ElementContext,
  variable: Variable,
  at: readonly Ix[],
  n: Size,
  message: CheckMessage,
): Ix {
  const { guards, b } = context;
  const [base, index] = underViews(context, variable, at);
  if (base.owner?.op.name === "arange") {
    const range = base.owner as unknown as Apply<ArangeParams>;
    const ix = arangeIndex(context, range, index[0]!);
    const inside = ix !== null &&
      arangeBounds(context, range).every((end) => !guards.less(end, 0) && guards.less(end, n));
    if (inside) return ix;
  }
  if (base.ndim === 0 && isDiscrete(base.dtype)) {
    return scalarPosition(context, base, n, message);
  }
  const node = context.readReal(base, index);
  if (base instanceof Constant && typeof n === "number") {
    const values = Array.from(base.value.data, Number);
    if (values.every((i) => i >= 0 && i < n)) return b.ix(b.cast(node, "i32"));
  }
  return computedPosition(context, node, n, message);
}

/** Looks through dimshuffles and broadcasts. */
function underViews(
  context: ElementContext,
  variable: Variable,
  at: readonly Ix[],
): [Variable, readonly Ix[]] {
  let base = variable, index = at;
  while (base.owner !== null) {
    const { op, params, inputs } = base.owner;
    const inner: Variable = inputs[0]!;
    if (op.name === "dimshuffle") {
      const from: Ix[] = new Array(inner.ndim).fill(zeroIx);
      (params as DimshuffleParams).pattern.forEach((item, d) => {
        if (item !== "x") from[item] = index[d]!;
      });
      index = from;
    } else if (op.name === "broadcastTo") index = stretchedIndex(context, inner, index);
    else break;
    base = inner;
  }
  return [base, index];
}

/** The index into a variable whose axes of length 1 stretch. */
function stretchedIndex(context: ElementContext, variable: Variable, at: readonly Ix[]): Ix[] {
  const shape = context.shape(variable), skip = at.length - shape.length;
  return shape.map((n, d) => context.guards.equal(n, 1) ? zeroIx : at[skip + d]!);
}

/** The index into x for a result, or null if an indexed axis is empty or there are no positions: nothing can be read. */
function sourceIndex(
  context: ElementContext,
  result: Variable,
  x: Variable,
  indices: readonly Variable[],
  axes: readonly number[],
  places: readonly Ix[],
  kept: readonly Ix[],
): Ix[] | null {
  const shape = context.shape(x), { kept: keptAxes } = layoutOf(x.ndim, axes);
  const isEmpty = (n: Size) => sizeValue(n) === 0 && context.guards.equal(n, 0);
  // Positions that broadcast to none are not looked at, though some may not vary with the empty axis.
  if (indices.some((index) => context.shape(index).some(isEmpty))) return null;
  if (axes.some((axis) => isEmpty(shape[axis]!))) {
    context.check(context.b.constant("bool", 1), outOfRange(x, axes[0]!, 0, result));
    return null;
  }
  const from: Ix[] = new Array(x.ndim);
  keptAxes.forEach((axis, i) => from[axis] = kept[i]!);
  axes.forEach((axis, i) => {
    const index = indices[i]!, n = shape[axis]!;
    const at = stretchedIndex(context, index, places);
    from[axis] = positionOf(context, index, at, n, outOfRange(x, axis, n, result));
  });
  return from;
}

/** Flat positions in x for the reference. */
function valuePositions(
  x: Value,
  indices: readonly Value[],
  axes: readonly number[],
): { shape: number[]; at: (index: readonly number[]) => number } {
  const layout = layoutOf(x.shape.length, axes);
  const places = broadcastShapes(action, indices.map((index) => index.shape));
  const shape = arrange(layout, places, layout.kept.map((d) => x.shape[d]!));
  const positionOn = (which: number, place: readonly number[]): number => {
    const tensor = indices[which]!, axis = axes[which]!, n = x.shape[axis]!;
    const given = tensor.data[broadcastPosition(place, tensor.shape)]!;
    const i = Number(given) + (given < 0 ? n : 0);
    if (i >= 0 && i < n) return i;
    throw new IndexError(
      `Cannot take index ${given} of a value of shape ${
        shapeText(x.shape)
      }: axis ${axis} has length ${n}`,
    );
  };
  // Where the result has no elements, too.
  forEachIndex(places, (place) => axes.forEach((_, which) => positionOn(which, place)));
  const at = (index: readonly number[]): number => {
    const [place, kept] = separate(layout, places.length, index);
    let position = 0;
    x.shape.forEach((n, d) => {
      const which = axes.indexOf(d);
      const i = which < 0 ? kept[layout.kept.indexOf(d)]! : positionOn(which, place);
      position = position * n + i;
    });
    return position;
  };
  return { shape, at };
}

/** Shape of the index tensors together, and of the result. */
function resultSizes(
  context: ShapeContext,
  x: Variable,
  indices: readonly Variable[],
  axes: readonly number[],
): { places: Size[]; kept: Size[]; result: Size[] } {
  const layout = layoutOf(x.ndim, axes), shape = context.shape(x);
  const places = broadcastSizes(context, action, indices.map((index) => context.shape(index)));
  const kept = layout.kept.map((d) => shape[d]!);
  return { places, kept, result: arrange(layout, places, kept) };
}

/** For each axis of a part the one of x that it has whole, or null. */
function axesOfPart(
  x: Variable,
  indices: readonly Variable[],
  { axes }: AdvIndexParams,
): (number | null)[] {
  const layout = layoutOf(x.ndim, axes), rank = Math.max(...indices.map(({ ndim }) => ndim));
  return arrange<number | null>(layout, Array.from({ length: rank }, () => null), layout.kept);
}

/** x indexed by integer tensors on some axes; the tensors broadcast together. */
export const advIndexOp: Op<AdvIndexParams> = {
  name: "advIndex",
  params: { axes: "axes" },
  facts: new Set(["moves"]),
  printing: {
    formula([x, ...indices], { params: { axes } }) {
      const items = Array.from(
        { length: axes.at(-1)! + 1 },
        (_, axis) => indices[axes.indexOf(axis)] ?? ":",
      );
      return `${x}[${items.join(", ")}]`;
    },
  },
  positions: ({ params: { axes } }) => axes.map((axis, i) => ({ input: 1 + i, axis })),
  infer(inputs, { axes }) {
    expectInputs("advIndex", inputs, 2, Infinity);
    const x = inputs[0]!;
    return [TensorType.of(x.dtype, checkPositions("advIndex", x, inputs.slice(1), axes))];
  },
  shapes(context, apply) {
    const [x, ...indices] = apply.inputs as [Variable, ...Variable[]];
    return [resultSizes(context, x, indices, apply.params.axes).result];
  },
  lengths: lengthsFrom(Infinity, ([whole, ...indices], { params: { axes } }) => {
    const layout = layoutOf(whole!.length, axes), rank = Math.max(...indices.map((i) => i.length));
    const places = Array.from(
      { length: rank },
      (_, d) => jointLength(indices.map((own) => own[d - rank + own.length] ?? 1)),
    );
    return arrange(layout, places, layout.kept.map((d) => whole![d]!));
  }),
  along: (
    apply,
    axis,
  ) => [axesOfPart(apply.inputs[0]!, apply.inputs.slice(1), apply.params)[axis]!],
  linear: linearIn(0),
  evaluate(inputs, { axes }) {
    const { shape, at } = valuePositions(inputs[0]!, inputs.slice(1), axes);
    return [gather(inputs[0]!, shape, at)];
  },
  lowering: {
    kind: "virtual",
    cost: 2,
    element(context, apply, index) {
      const [x, ...indices] = apply.inputs as [Variable, ...Variable[]];
      const { axes } = apply.params, layout = layoutOf(x.ndim, axes);
      const rank = index.length - layout.kept.length;
      const [places, kept] = separate(layout, rank, index);
      const from = sourceIndex(context, apply.output, x, indices, axes, places, kept);
      return from === null ? zeroElement(context, x.dtype) : context.read(x, from);
    },
  },
};

/** Params of {@linkcode advIncOp}. */
export interface AdvIncParams extends AdvIndexParams {
  /** Whether the part is replaced by y, or increased by it. */
  readonly set: boolean;
}

/**
 * x with the part that integer tensors pick replaced by y or increased by y. Where a place is picked
 * more than once the last value wins, or all are added.
 */
export const advIncOp: Op<AdvIncParams> = {
  name: "advInc",
  params: { axes: "axes", set: "plain" },
  facts: new Set(["made"]),
  holds: (inputs: readonly Variable[], { set }: AdvIncParams) => set ? inputs.slice(0, 2) : null,
  positions: ({ params: { axes } }) => axes.map((axis, i) => ({ input: 2 + i, axis })),
  infer(inputs, { axes }) {
    expectInputs("advInc", inputs, 3, Infinity);
    const [x, y] = inputs as [Variable, Variable];
    expectFits(x, y, checkPositions("advInc", x, inputs.slice(2), axes));
    return [x.type];
  },
  ...likeFirst,
  along: ({ inputs: [x, y, ...indices], params }, axis) => {
    if (params.axes.includes(axis)) return [];
    const part = axesOfPart(x!, indices, params), own = part.indexOf(axis) - part.length + y!.ndim;
    return [axis, own < 0 ? null : own];
  },
  linear: linearInBoth,
  evaluate(inputs, { axes, set }) {
    const [x, y] = inputs as [Value, Value];
    const out = copyValue(x);
    const { shape, at } = valuePositions(x, inputs.slice(2), axes);
    expectValueFits(shape, y.shape);
    const put = set ? copyElement : addElement;
    forEachIndex(shape, (i) => put(out, at(i), y, broadcastPosition(i, y.shape)));
    return [isDiscrete(out.dtype) ? rounded(out) : out];
  },
  lowering: {
    kind: "emit",
    from: 0,
    emit(context, apply) {
      const [x, y, ...indices] = apply.inputs as [Variable, Variable, ...Variable[]];
      const { axes, set } = apply.params, layout = layoutOf(x.ndim, axes);
      const out = context.outputFrom(0, x);
      const { places, kept, result } = resultSizes(context, x, indices, axes);
      // Places that may coincide are visited in order by one point; others are points of their own.
      const free = allDistinct(indices, places);
      const points = free ? [...kept, ...places] : kept;
      const build = (nest: LoopNestBuilder) => {
        const at = free ? nest.axes.slice(kept.length) : nest.loops;
        const own = nest.axes.slice(0, kept.length);
        const to = sourceIndex(nest, apply.output, x, indices, axes, at, own);
        if (to === null) return;
        const index = arrange(layout, at, own);
        const value = nest.read(y, broadcastIndex(nest, y, result, index));
        const sum = set ? value : addElements(nest.b, nest.readTarget(out, to), value);
        if (free) nest.storeOuter(out, to, sum);
        else nest.storeInner(out, to, sum);
      };
      context.nest(set ? "setAt" : "incAt", points, free ? [] : places, build);
    },
  },
};

/** Whether all picked places are certainly different: a range or positions from a mask on each axis. */
function allDistinct(indices: readonly Variable[], places: readonly Size[]): boolean {
  const covered = new Set<number>();
  for (const index of indices) {
    // The axis of the index tensors along which this one runs through different values.
    let base = index, axis = places.length - 1;
    while (base.owner?.op.name === "dimshuffle") {
      const { pattern } = base.owner.params as DimshuffleParams;
      const at = pattern.findIndex((item) => item !== "x");
      if (at < 0 || base.owner.inputs[0]!.ndim !== 1) break;
      axis -= pattern.length - 1 - at;
      base = base.owner.inputs[0]!;
    }
    const name = base.owner?.op.name;
    if (base.ndim === 1 && (name === "arange" || name === "nonzero")) covered.add(axis);
  }
  return places.every((n, axis) => n === 1 || covered.has(axis));
}
