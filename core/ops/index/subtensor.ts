/**
 * Parts of a tensor by integers and slices: reading them, replacing them, adding to them.
 *
 * @module
 */

import { isDiscrete } from "../../graph/dtype.ts";
import { IndexError, ShapeError } from "../../base/errors.ts";
import { type Variable, writtenLabel } from "../../graph/graph.ts";
import { type ElementContext, NeedValue, type Op, type ShapeContext } from "../../graph/op.ts";
import { rounded, type Value } from "../../graph/value.ts";
import { type Ix, sizeIx, zeroIx } from "../../ir/builder.ts";
import { addSize, floorDivSize, mulSize, type Size, sizeValue, subSize } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs, shapeLabel, staticInt } from "../common/arguments.ts";
import { shapeText, shown } from "../../base/shown.ts";
import { lengthsFrom, likeFirst } from "../common/length_rules.ts";
import { addElements, outOfRange, scalarPosition, zeroElement } from "../common/elements.ts";
import {
  addElement,
  broadcastPosition,
  copyElement,
  copyValue,
  forEachIndex,
  gather,
  rowMajor,
  scalarOf,
} from "../common/moving.ts";
import { linearIn, linearInBoth } from "../common/row_rules.ts";

/** How one leading axis is indexed. Each "int" and each true flag takes one scalar input, in order. */
export type IndexEntry =
  | { readonly kind: "int" }
  | {
    readonly kind: "slice";
    readonly start: boolean;
    readonly stop: boolean;
    readonly step: boolean;
  };

/** Takes a whole axis as it is. */
export const wholeEntry: IndexEntry = { kind: "slice", start: false, stop: false, step: false };

/** Whether an entry of an index does that; so does a missing one. */
export function isWholeEntry(entry: IndexEntry | undefined): boolean {
  return entry === undefined ||
    entry.kind === "slice" && !entry.start && !entry.stop && !entry.step;
}

/** An index as it is written in brackets. */
function indexText(
  index: readonly IndexEntry[],
  scalars: readonly Variable[],
  args: readonly string[],
): string {
  const texts = scalars.map((scalar, i) => String(staticInt(scalar) ?? args[i]!));
  return bind(index, texts).map((entry) => {
    if (entry.kind === "int") return entry.at;
    const { start, stop, step } = entry;
    return `${start ?? ""}:${stop ?? ""}${step === null ? "" : `:${step}`}`;
  }).join(", ");
}

/** Params of {@linkcode subtensorOp}. */
export interface SubtensorParams {
  /** One entry for each of the leading axes; the other axes are taken whole. */
  readonly index: readonly IndexEntry[];
}

/** How many scalar inputs an index takes. */
function indexInputs(index: readonly IndexEntry[]): number {
  return index.reduce(
    (n, entry) =>
      n +
      (entry.kind === "int" ? 1 : Number(entry.start) + Number(entry.stop) + Number(entry.step)),
    0,
  );
}

/** Where a slice starts, how far it goes at each step, and how many steps it takes. */
interface SliceRange<S> {
  readonly start: S;
  readonly step: S;
  readonly length: S;
}

/** The entries with their scalar inputs; missing parts of slices are null. */
type Bound<T> =
  | { readonly kind: "int"; readonly at: T }
  | {
    readonly kind: "slice";
    readonly start: T | null;
    readonly stop: T | null;
    readonly step: T | null;
  };

function bind<T>(index: readonly IndexEntry[], scalars: readonly T[]): Bound<T>[] {
  let next = 0;
  return index.map((entry) => {
    if (entry.kind === "int") return { kind: "int", at: scalars[next++]! };
    return {
      kind: "slice",
      start: entry.start ? scalars[next++]! : null,
      stop: entry.stop ? scalars[next++]! : null,
      step: entry.step ? scalars[next++]! : null,
    };
  });
}

function zeroStep(): RangeError {
  return new RangeError("Cannot take a slice: expected a step other than 0");
}

/** NumPy's meaning of start:stop:step on an axis of length n. */
export function sliceRange(
  start: number | null,
  stop: number | null,
  step: number | null,
  n: number,
): SliceRange<number> {
  const by = step ?? 1;
  if (by === 0) throw zeroStep();
  const low = by > 0 ? 0 : -1, high = by > 0 ? n : n - 1;
  const clip = (i: number) => Math.min(Math.max(i < 0 ? i + n : i, low), high);
  const from = start === null ? (by > 0 ? low : high) : clip(start);
  const to = stop === null ? (by > 0 ? high : low) : clip(stop);
  const span = by > 0 ? to - from : from - to;
  const length = span <= 0 ? 0 : Math.floor((span - 1) / Math.abs(by)) + 1;
  return { start: from, step: by, length };
}

/** The same at plan time; comparisons of sizes that vary between calls become guards. */
function sliceSizes(
  context: ShapeContext,
  entry: Bound<Variable> & { kind: "slice" },
  n: Size,
): SliceRange<Size> {
  const { guards } = context;
  const step: Size = entry.step === null ? 1 : context.integer(entry.step);
  if (guards.equal(step, 0)) throw zeroStep();
  const forward = guards.less(0, step);
  const low: Size = forward ? 0 : -1, high = forward ? n : subSize(n, 1);
  const clip = (i: Size): Size => {
    if (guards.less(i, 0)) {
      const back = addSize(i, n);
      return guards.less(back, low) ? low : back;
    }
    return guards.less(high, i) ? high : i;
  };
  const start = entry.start === null ? (forward ? low : high) : clip(context.integer(entry.start));
  const stop = entry.stop === null ? (forward ? high : low) : clip(context.integer(entry.stop));
  const span = forward ? subSize(stop, start) : subSize(start, stop);
  const whole = entry.start === null && entry.stop === null && step === 1;
  if (!whole && !guards.less(0, span)) return { start, step, length: 0 };
  const stride = forward ? step : mulSize(step, -1);
  const length = stride === 1 ? span : addSize(floorDivSize(subSize(span, 1), stride), 1);
  return { start, step, length };
}

/** Lengths of the part that an index takes. */
function partSizes(
  context: ShapeContext,
  x: Variable,
  index: readonly IndexEntry[],
  scalars: readonly Variable[],
): Size[] {
  const bound = bind(index, scalars);
  return context.shape(x).flatMap((n, d) => {
    const entry = bound[d];
    if (entry === undefined) return [n];
    return entry.kind === "int" ? [] : [sliceSizes(context, entry, n).length];
  });
}

/** The position in x of a position in the part; null if an integer index is certainly out of range. */
function partIndex(
  context: ElementContext,
  result: Variable,
  x: Variable,
  index: readonly IndexEntry[],
  scalars: readonly Variable[],
  at: readonly Ix[],
): Ix[] | null {
  const { b } = context;
  const bound = bind(index, scalars);
  let next = 0, empty = false;
  const from = context.shape(x).map((n, d): Ix => {
    const entry = bound[d];
    if (entry === undefined) return at[next++]!;
    if (entry.kind === "int") {
      if (context.guards.equal(n, 0)) empty = true;
      return scalarPosition(context, entry.at, n, outOfRange(x, d, n, result));
    }
    const { start, step } = sliceSizes(context, entry, n);
    return b.addIx(sizeIx(start), b.scaleIx(at[next++]!, step));
  });
  return empty ? null : from;
}

function checkIndex(
  name: string,
  x: Variable,
  index: readonly IndexEntry[],
  scalars: readonly Variable[],
): (number | null)[] {
  if (index.length > x.ndim) {
    throw new IndexError(
      `Cannot index ${shapeLabel(x)}: expected at most ${x.ndim} indices, got ${index.length}`,
    );
  }
  expectIndexScalars(name, scalars, 0);
  const wanted = indexInputs(index);
  if (scalars.length !== wanted) {
    throw new TypeError(
      `Cannot apply "${name}": expected ${wanted} scalars, got ${scalars.length}`,
    );
  }
  const bound = bind(index, scalars);
  return x.type.shape.flatMap((n, d) => {
    const entry = bound[d];
    if (entry === undefined) return [n];
    if (entry.kind === "int") return [];
    const parts = [entry.start, entry.stop, entry.step].map((part) =>
      part === null ? null : staticInt(part)
    );
    if (parts[2] === 0) throw zeroStep();
    const whole = entry.start === null && entry.stop === null;
    if (whole && (entry.step === null || Math.abs(parts[2] ?? 0) === 1)) return [n];
    const known = n !== null &&
      [entry.start, entry.stop, entry.step].every((part, i) => part === null || parts[i] !== null);
    return [known ? sliceRange(parts[0]!, parts[1]!, parts[2]!, n).length : null];
  });
}

/** Positions in x, as a flat number, of positions in the part: for the reference. */
function partPositions(
  x: Value,
  index: readonly IndexEntry[],
  scalars: readonly Value[],
): { shape: number[]; at: (index: readonly number[]) => number } {
  const bound = bind(index, scalars.map(scalarOf)), given = bind(index, scalars);
  const strides = rowMajor(x.shape);
  let base = 0;
  const shape: number[] = [], steps: number[] = [];
  x.shape.forEach((n, d) => {
    const entry = bound[d];
    if (entry === undefined) {
      shape.push(n);
      steps.push(strides[d]!);
    } else if (entry.kind === "int") {
      const i = entry.at < 0 ? entry.at + n : entry.at;
      if (i < 0 || i >= n) {
        const { at } = given[d] as Bound<Value> & { kind: "int" };
        throw new IndexError(
          `Cannot take index ${at.data[0]} of a value of shape ${
            shapeText(x.shape)
          }: axis ${d} has length ${n}`,
        );
      }
      base += i * strides[d]!;
    } else {
      const { start, step, length } = sliceRange(entry.start, entry.stop, entry.step, n);
      base += start * strides[d]!;
      shape.push(length);
      steps.push(step * strides[d]!);
    }
  });
  return { shape, at: (i) => i.reduce((at, k, d) => at + k * steps[d]!, base) };
}

/** The inputs that are positions, of those that an index takes. */
function positionsFrom(first: number, index: readonly IndexEntry[]) {
  return index.flatMap((entry, axis) =>
    entry.kind === "int" ? [{ input: first + indexInputs(index.slice(0, axis)), axis }] : []
  );
}

/** The axes of x that are left in x[index]. */
function keptAxes(x: Variable, index: readonly IndexEntry[]): number[] {
  return x.type.shape.flatMap((_, axis) => index[axis]?.kind === "int" ? [] : [axis]);
}

/** An axis, if an index takes all of it; else null. */
function wholeAxisOf(index: readonly IndexEntry[], axis: number): number | null {
  return isWholeEntry(index[axis]) ? axis : null;
}

/** x[index] for integers and slices, with NumPy's meaning of negative ones and of clipping. */
export const subtensorOp: Op<SubtensorParams> = {
  name: "subtensor",
  params: { index: "plain" },
  facts: new Set(["moves", "symbolic", "indexes"]),
  printing: {
    formula: ([x, ...args], { inputs, params: { index } }) =>
      `${x}[${indexText(index, inputs.slice(1), args)}]`,
  },
  indexFrom: 1,
  positions: ({ params: { index } }) => positionsFrom(1, index),
  infer(inputs, { index }) {
    expectInputs("subtensor", inputs, 1, Infinity);
    const x = inputs[0]!;
    return [TensorType.of(x.dtype, checkIndex("subtensor", x, index, inputs.slice(1)))];
  },
  shapes(context, apply) {
    const [x, ...scalars] = apply.inputs as [Variable, ...Variable[]];
    return [partSizes(context, x, apply.params.index, scalars)];
  },
  lengths: lengthsFrom(
    1,
    ([own], { params: { index }, inputs: [, ...scalars] }) => {
      const entries = bind(index, scalars);
      return own!.flatMap((n, axis) => {
        const entry = entries[axis];
        if (entry?.kind === "int") return [];
        // Whole, or turned around.
        const isAll = entry === undefined || entry.start === null && entry.stop === null &&
            (entry.step === null || Math.abs(staticInt(entry.step) ?? 0) === 1);
        return [isAll ? n : null];
      });
    },
  ),
  along: (
    { inputs: [x], params: { index } },
    axis,
  ) => [wholeAxisOf(index, keptAxes(x!, index)[axis]!)],
  linear: linearIn(0),
  evaluate(inputs, { index }) {
    const { shape, at } = partPositions(inputs[0]!, index, inputs.slice(1));
    return [gather(inputs[0]!, shape, at)];
  },
  integers(context, apply) {
    const [x, ...scalars] = apply.inputs as [Variable, ...Variable[]];
    const { index } = apply.params;
    if (x.ndim > 1) throw new NeedValue(apply.output);
    const values = context.integers(x);
    if (index.length === 0) return values;
    const entry = bind(index, scalars)[0]!;
    const n = values.length;
    // Which element it is must be fixed in a plan; sizes that vary from call to call become guards.
    const fix = (size: Size): number => {
      const value = sizeValue(size);
      context.guards.equal(size, value);
      return value;
    };
    if (entry.kind === "int") {
      const at = fix(context.integer(entry.at));
      const value = values[at < 0 ? at + n : at];
      if (value === undefined) {
        throw new IndexError(
          `An index into ${writtenLabel(x)} is out of range: axis 0 has length ${n}, got ${
            shown(at)
          }`,
        );
      }
      return [value];
    }
    const { start, step, length } = sliceSizes(context, entry, n);
    const first = fix(start), by = fix(step);
    return Array.from({ length: fix(length) }, (_, i) => values[first + i * by]!);
  },
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element(context, apply, index) {
      const [x, ...scalars] = apply.inputs as [Variable, ...Variable[]];
      const from = partIndex(context, apply.output, x, apply.params.index, scalars, index);
      return from === null ? zeroElement(context, x.dtype) : context.read(x, from);
    },
  },
};

/** Params of {@linkcode incSubtensorOp}. */
export interface IncSubtensorParams extends SubtensorParams {
  /** Whether the part is replaced by y, or increased by it. */
  readonly set: boolean;
}

/** Checks that `y` broadcasts to a part, as far as the types tell. */
export function expectFits(
  x: Variable,
  y: Variable,
  part: readonly (number | null)[],
): void {
  if (y.dtype !== x.dtype) {
    throw new TypeError(
      `Cannot change a part of ${x.label}: expected a value of dtype ${x.dtype}, got ${y.dtype}`,
    );
  }
  if (y.ndim > part.length) {
    throw new TypeError(
      `Cannot change a part of ${x.label}: expected a value of at most ${part.length} axes, got ${
        shapeLabel(y)
      }`,
    );
  }
  const skip = part.length - y.ndim;
  y.type.shape.forEach((n, d) => {
    const wanted = part[skip + d]!;
    if (n !== null && n !== 1 && wanted !== null && n !== wanted) {
      throw new ShapeError(
        `Cannot change a part of shape ${shapeText(part)} of ${x.label}: got ${shapeLabel(y)}`,
      );
    }
  });
}

/** The index in `y` that broadcasts to an index of a part; throws a ShapeError if it does not fit. */
export function broadcastIndex(
  context: ElementContext,
  y: Variable,
  part: readonly Size[],
  at: readonly Ix[],
): Ix[] {
  const shape = context.shape(y), skip = part.length - shape.length;
  return shape.map((n, d) => {
    if (context.guards.equal(n, part[skip + d]!)) return at[skip + d]!;
    if (context.guards.equal(n, 1)) return zeroIx;
    throw new ShapeError(
      `Cannot change a part of shape ${shapeText(part.map(sizeValue))} with ${
        writtenLabel(y)
      } of shape ${shapeText(shape.map(sizeValue))}: expected equal lengths or 1`,
    );
  });
}

/** Throws a ShapeError unless a value broadcasts to a part. */
export function expectValueFits(part: readonly number[], y: readonly number[]): void {
  const skip = part.length - y.length;
  if (skip >= 0 && y.every((n, d) => n === 1 || n === part[skip + d])) return;
  throw new ShapeError(
    `Cannot change a part of shape ${shapeText(part)} with a value of shape ${shapeText(y)}`,
  );
}

/** x with x[index] replaced by y or increased by y; y broadcasts to the part. */
export const incSubtensorOp: Op<IncSubtensorParams> = {
  name: "incSubtensor",
  params: { index: "plain", set: "plain" },
  facts: new Set(["made", "indexes"]),
  holds: (inputs: readonly Variable[], { set }: IncSubtensorParams) =>
    set ? inputs.slice(0, 2) : null,
  printing: {
    formula: ([x, y, ...args], { inputs, params: { index, set } }) =>
      `${set ? "SetSubtensor" : "IncSubtensor"}(${x}[${
        indexText(index, inputs.slice(2), args)
      }], ${y})`,
  },
  indexFrom: 2,
  positions: ({ params: { index } }) => positionsFrom(2, index),
  infer(inputs, { index }) {
    expectInputs("incSubtensor", inputs, 2, Infinity);
    const [x, y] = inputs as [Variable, Variable];
    expectFits(x, y, checkIndex("incSubtensor", x, index, inputs.slice(2)));
    return [x.type];
  },
  ...likeFirst,
  along: ({ inputs: [x, y], params: { index } }, axis) => {
    const own = keptAxes(x!, index).indexOf(axis), all = keptAxes(x!, index).length;
    const whole = wholeAxisOf(index, axis), part = own - all + y!.ndim;
    return [whole, whole === null || part < 0 ? null : part];
  },
  linear: linearInBoth,
  evaluate(inputs, { index, set }) {
    const [x, y] = inputs as [Value, Value];
    const out = copyValue(x);
    const { shape, at } = partPositions(x, index, inputs.slice(2));
    expectValueFits(shape, y.shape);
    forEachIndex(shape, (i) => {
      const put = set ? copyElement : addElement;
      put(out, at(i), y, broadcastPosition(i, y.shape));
    });
    return [isDiscrete(out.dtype) ? rounded(out) : out];
  },
  lowering: {
    kind: "emit",
    from: 0,
    emit(context, apply) {
      const [x, y, ...scalars] = apply.inputs as [Variable, Variable, ...Variable[]];
      const { index, set } = apply.params;
      const out = context.outputFrom(0, x);
      const part = partSizes(context, x, index, scalars);
      context.nest(set ? "setSubtensor" : "incSubtensor", part, [], (nest) => {
        const to = partIndex(nest, apply.output, x, index, scalars, nest.axes);
        if (to === null) return;
        const value = nest.read(y, broadcastIndex(nest, y, part, nest.axes));
        nest.storeOuter(
          out,
          to,
          set ? value : addElements(nest.b, nest.readTarget(out, to), value),
        );
      });
    },
  },
};
