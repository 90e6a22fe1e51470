/**
 * Sliding windows over axes, the sum that undoes them, and padding.
 *
 * @module
 */

import { isDiscrete } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { type Apply, outputOf, type Variable, writtenLabel } from "../../graph/graph.ts";
import type {
  ElementContext,
  LoopNestBuilder,
  Op,
  PlainLowering,
  ShapeContext,
} from "../../graph/op.ts";
import { rounded, sizeOf, type Value } from "../../graph/value.ts";
import { type Ix, sizeIx } from "../../ir/builder.ts";
import { addSize, floorDivSize, mulSize, type Size, sizeValue, subSize } from "../../ir/size.ts";
import { type StaticShape, TensorType } from "../../graph/type.ts";
import {
  type Dim,
  expectIndexScalars,
  expectInputs,
  shapeLabel,
  staticDim,
  staticInt,
} from "../common/arguments.ts";
import { shapeText } from "../../base/shown.ts";
import { lengthsFrom, lengthsNamed } from "../common/length_rules.ts";
import { addElements, zeroElement } from "../common/elements.ts";
import {
  addElement,
  copyElement,
  forEachIndex,
  gather,
  rowMajor,
  scalarOf,
  zeroValue,
} from "../common/moving.ts";
import { linearIn, linearInBoth, sameAxesBut } from "../common/row_rules.ts";

/** Params of {@linkcode windowsOp} and {@linkcode foldWindowsOp}: one entry of each for each axis. */
export interface WindowParams {
  /** The axes that windows slide along. */
  readonly axes: readonly number[];
  /** Elements of a window; null where it is an input (see the ops). */
  readonly size: readonly (number | null)[];
  /** Distance from one window to the next. */
  readonly stride: readonly number[];
  /** Distance from one element of a window to the next. */
  readonly dilation: readonly number[];
}

function checkParams(name: string, params: WindowParams, ndim: number): void {
  const { axes, size, stride, dilation } = params;
  const whole = [size, stride, dilation].every((list) =>
    list.length === axes.length && list.every((n) => n === null || Number.isInteger(n) && n >= 1)
  );
  if (!whole) {
    throw new RangeError(
      `Cannot apply "${name}": expected sizes, strides and dilations >= 1, got [${size}], [${stride}] and [${dilation}]`,
    );
  }
  if (new Set(axes).size !== axes.length || axes.some((d) => !(d >= 0 && d < ndim))) {
    throw new RangeError(
      `Cannot apply "${name}": expected different axes below ${ndim}, got [${axes}]`,
    );
  }
}

/** The sizes of windows with those that are inputs filled in. */
function withInputs<T>(size: readonly (number | null)[], given: readonly T[]): (number | T)[] {
  let next = 0;
  return size.map((n) => n ?? given[next++]!);
}

/** How many windows of `extent` elements fit on n elements; 0 if none does. */
function windowCount(n: number, size: number, params: WindowParams, i: number): number {
  const extent = (size - 1) * params.dilation[i]! + 1;
  return Math.max(0, Math.floor((n - extent) / params.stride[i]!) + 1);
}

function windowedStatic(
  shape: StaticShape,
  size: readonly (number | null)[],
  params: WindowParams,
): (number | null)[] {
  const lengths = shape.map((n, d) => {
    const i = params.axes.indexOf(d);
    if (i < 0 || n === null) return n;
    return size[i] === null ? null : windowCount(n, size[i]!, params, i);
  });
  return [...lengths, ...size];
}

function windowedSizes(
  context: ShapeContext,
  shape: readonly Size[],
  size: readonly Size[],
  params: WindowParams,
): Size[] {
  const lengths = shape.map((n, d) => {
    const i = params.axes.indexOf(d);
    if (i < 0) return n;
    if (context.guards.less(size[i]!, 1)) {
      throw new RangeError(
        `Cannot take windows: expected windows of at least one element, got ${sizeValue(size[i]!)}`,
      );
    }
    const extent = addSize(mulSize(subSize(size[i]!, 1), params.dilation[i]!), 1);
    const room = subSize(n, extent);
    return context.guards.less(room, 0) ? 0 : addSize(floorDivSize(room, params.stride[i]!), 1);
  });
  return [...lengths, ...size];
}

/** The index in x of an index of windows(x). */
function windowIndex(nest: ElementContext, index: readonly Ix[], params: WindowParams): Ix[] {
  const { b } = nest, ndim = index.length - params.axes.length;
  return index.slice(0, ndim).map((ix, d) => {
    const i = params.axes.indexOf(d);
    if (i < 0) return ix;
    return b.addIx(
      b.scaleIx(ix, params.stride[i]!),
      b.scaleIx(index[ndim + i]!, params.dilation[i]!),
    );
  });
}

/** The flat position in x of an index of windows(x). */
function windowPosition(shape: readonly number[], params: WindowParams) {
  const strides = rowMajor(shape), ndim = shape.length;
  return (index: readonly number[]): number => {
    let at = 0;
    for (let d = 0; d < ndim; d++) {
      const i = params.axes.indexOf(d);
      const o = i < 0
        ? index[d]!
        : index[d]! * params.stride[i]! + index[ndim + i]! * params.dilation[i]!;
      at += o * strides[d]!;
    }
    return at;
  };
}

/**
 * All windows of x: the listed axes run over the windows, and for each of them an axis that runs over
 * the elements of a window is appended. Inputs are x, then the sizes that are null in the params.
 */
export const windowsOp: Op<WindowParams> = {
  name: "windows",
  params: { axes: "axes", size: "plain", stride: "plain", dilation: "plain" },
  indexFrom: 1,
  infer(inputs, params) {
    const open = params.size.filter((n) => n === null).length;
    expectInputs("windows", inputs, 1 + open);
    expectIndexScalars("windows", inputs, 1);
    const x = inputs[0]!;
    const size = withInputs(params.size, inputs.slice(1).map(staticInt));
    checkParams("windows", { ...params, size }, x.ndim);
    return [TensorType.of(x.dtype, windowedStatic(x.type.shape, size, params))];
  },
  shapes(context, apply) {
    const [x, ...given] = apply.inputs as [Variable, ...Variable[]];
    const size = withInputs(apply.params.size, given.map((n) => context.integer(n)));
    return [windowedSizes(context, context.shape(x), size, apply.params)];
  },
  lengths: lengthsFrom(
    1,
    ([own], { params: { axes } }) => own!.map((n, d) => axes.includes(d) ? null : n),
  ),
  along: sameAxesBut(({ axes }) => axes),
  linear: linearIn(0),
  evaluate(inputs, params) {
    const [x, ...given] = inputs as [Value, ...Value[]];
    const size = withInputs(params.size, given.map(scalarOf));
    const shape = windowedStatic(x.shape, size, params) as number[];
    return [gather(x, shape, windowPosition(x.shape, params))];
  },
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element(context, apply, index) {
      return context.read(apply.inputs[0]!, windowIndex(context, index, apply.params));
    },
  },
};

function foldError(
  label: string,
  got: readonly (number | null)[],
  wanted: readonly (number | null)[],
) {
  return new ShapeError(
    `Cannot fold the windows ${label} of shape ${shapeText(got)}: expected shape ${
      shapeText(wanted)
    }`,
  );
}

/** More window positions than this are loops of one kernel instead of a kernel each. */
const MANY_POSITIONS = 64;

/**
 * The adjoint of {@linkcode windowsOp}: windows are added up where they overlap. Inputs are the windows
 * and the lengths of all axes of the result.
 */
export const foldWindowsOp: Op<WindowParams> = {
  name: "foldWindows",
  params: { axes: "axes", size: "plain", stride: "plain", dilation: "plain" },
  indexFrom: 1,
  infer(inputs, params) {
    const ndim = (inputs[0]?.ndim ?? 0) - params.axes.length;
    expectInputs("foldWindows", inputs, 1 + ndim);
    expectIndexScalars("foldWindows", inputs, 1);
    checkParams("foldWindows", params, ndim);
    const [w, ...dims] = inputs as [Variable, ...Variable[]];
    const shape = dims.map((dim, d) =>
      staticInt(dim) ?? (params.axes.includes(d) ? null : w.type.shape[d]!)
    );
    const size = params.size.map((n, i) => n ?? w.type.shape[ndim + i]!);
    const wanted = windowedStatic(shape, size, params);
    const fits = wanted.every((n, d) => {
      const have = w.type.shape[d]!;
      return n === null || have === null || n === have;
    });
    if (!fits) throw foldError(w.label, w.type.shape, wanted);
    return [TensorType.of(w.dtype, shape)];
  },
  shapes(context, apply) {
    const [w, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const shape = dims.map((dim) => context.integer(dim)), have = context.shape(w);
    const size = apply.params.size.map((n, i) => n ?? have[shape.length + i]!);
    const wanted = windowedSizes(context, shape, size, apply.params);
    if (!wanted.every((n, d) => context.guards.equal(n, have[d]!))) {
      throw foldError(writtenLabel(w), have.map(sizeValue), wanted.map(sizeValue));
    }
    return [shape];
  },
  lengths: lengthsNamed(),
  along: sameAxesBut(({ axes }) => axes),
  linear: linearIn(0),
  evaluate(inputs, params) {
    const [w, ...dims] = inputs as [Value, ...Value[]];
    const out = zeroValue(w.dtype, dims.map(scalarOf));
    const size = params.size.map((n, i) => n ?? w.shape[out.shape.length + i]!);
    const wanted = windowedStatic(out.shape, size, params) as number[];
    if (wanted.some((n, d) => n !== w.shape[d])) throw foldError("a value", w.shape, wanted);
    const at = windowPosition(out.shape, params);
    forEachIndex(w.shape, (index, flat) => addElement(out, at(index), w, flat));
    return [isDiscrete(out.dtype) ? rounded(out) : out];
  },
  lowering: {
    kind: "emit",
    emit(context, apply) {
      const w = apply.inputs[0]!, { params } = apply;
      const out = context.output(0), shape = context.shape(w);
      const ndim = shape.length - params.axes.length;
      context.nest("zero", out.shape, [], (nest) => {
        nest.storeOuter(out, nest.axes, zeroElement(nest, w.dtype));
      });
      const places = shape.slice(0, ndim), size = shape.slice(ndim);
      const add = (
        nest: LoopNestBuilder,
        place: readonly Ix[],
        k: readonly Ix[],
        inLoops: boolean,
      ) => {
        const index = [...place, ...k];
        const to = windowIndex(nest, index, params);
        const sum = addElements(nest.b, nest.readTarget(out, to), nest.read(w, index));
        if (inLoops) nest.storeInner(out, to, sum);
        else nest.storeOuter(out, to, sum);
      };
      const positions = size.every((n) => typeof n === "number") ? sizeOf(size) : Infinity;
      if (positions <= MANY_POSITIONS) {
        // One element of all windows at a time: no two windows share it, so all are independent.
        forEachIndex(size as number[], (k) => {
          const fixed = k.map((i) => sizeIx(i));
          context.nest("fold", places, [], (nest) => add(nest, nest.axes, fixed, false));
        });
        return;
      }
      const free = places.filter((_, d) => !params.axes.includes(d));
      const sliding = params.axes.map((d) => places[d]!);
      context.nest("fold", free, [...size, ...sliding], (nest) => {
        const k = nest.loops.slice(0, params.axes.length);
        let next = 0;
        const place = places.map((_, d) => {
          const i = params.axes.indexOf(d);
          return i < 0 ? nest.axes[next++]! : nest.loops[params.axes.length + i]!;
        });
        add(nest, place, k, true);
      });
    },
  },
};

/** Params of {@linkcode padOp}: how many elements to add on both sides of axes. */
export interface PadParams {
  /** The axes that are padded. */
  readonly axes: readonly number[];
  /** How many in front of each axis; null where it is an input. */
  readonly before: readonly (number | null)[];
  /** How many behind each axis; null where it is an input. */
  readonly after: readonly (number | null)[];
}

/** What is added to each axis of a tensor. */
interface Widths<S> {
  readonly before: readonly S[];
  readonly after: readonly S[];
}

function widthsOf<S>(params: PadParams, ndim: number, given: readonly S[]): Widths<S | number> {
  const all = withInputs([...params.before, ...params.after], given);
  const count = params.axes.length;
  const spread = (list: readonly (S | number)[]) =>
    Array.from({ length: ndim }, (_, d) => {
      const i = params.axes.indexOf(d);
      return i < 0 ? 0 : list[i]!;
    });
  return { before: spread(all.slice(0, count)), after: spread(all.slice(count)) };
}

function padError(label: string, widths: readonly (number | null)[]): RangeError {
  return new RangeError(`Cannot pad ${label}: expected widths >= 0, got [${widths.join(", ")}]`);
}

function widthSizes(context: ShapeContext, apply: Apply<PadParams>): Widths<Size> {
  const [x, , ...given] = apply.inputs as [Variable, Variable, ...Variable[]];
  const widths = widthsOf(apply.params, x.ndim, given.map((n) => context.integer(n)));
  const all = [...widths.before, ...widths.after];
  if (all.some((n) => context.guards.less(n, 0))) {
    throw padError(writtenLabel(x), all.map(sizeValue));
  }
  return widths;
}

/**
 * x with elements of one value added on both sides of some axes. Inputs are x, the value (a scalar), and
 * the widths that are null in the params: first those in front, then those behind.
 */
export const padOp: Op<PadParams> = {
  name: "pad",
  params: { axes: "axes", before: "plain", after: "plain" },
  holds: (inputs) => inputs.slice(0, 2),
  indexFrom: 2,
  infer(inputs, params) {
    const open = [...params.before, ...params.after].filter((n) => n === null).length;
    expectInputs("pad", inputs, 2 + open);
    expectIndexScalars("pad", inputs, 2);
    const [x, value, ...given] = inputs as [Variable, Variable, ...Variable[]];
    const { before, after } = widthsOf(params, x.ndim, given.map(staticInt));
    const widths = [...before, ...after];
    if (widths.some((n) => n !== null && (!Number.isInteger(n) || n < 0))) {
      throw padError(shapeLabel(x), widths);
    }
    const { axes } = params;
    if (axes.some((d) => !(d >= 0 && d < x.ndim)) || new Set(axes).size !== axes.length) {
      throw new RangeError(
        `Cannot pad ${shapeLabel(x)}: expected different axes below ${x.ndim}, got [${axes}]`,
      );
    }
    if (value.ndim !== 0 || value.dtype !== x.dtype) {
      throw new TypeError(
        `Cannot pad ${x.label}: expected a scalar of dtype ${x.dtype}, got ${value.label} of type ${value.type}`,
      );
    }
    const shape = x.type.shape.map((n, d) => {
      const all = [n, before[d]!, after[d]!];
      return all.reduce<number | null>((sum, m) => sum === null || m === null ? null : sum + m, 0);
    });
    return [TensorType.of(x.dtype, shape)];
  },
  shapes(context, apply) {
    const { before, after } = widthSizes(context, apply);
    const shape = context.shape(apply.inputs[0]!);
    return [shape.map((n, d) => addSize(addSize(n, before[d]!), after[d]!))];
  },
  lengths: lengthsFrom(
    1,
    ([own], { params: { axes } }) => own!.map((n, d) => axes.includes(d) ? null : n),
  ),
  along: sameAxesBut(({ axes }) => axes),
  linear: linearInBoth,
  evaluate(inputs, params) {
    const [x, value, ...given] = inputs as [Value, Value, ...Value[]];
    const { before, after } = widthsOf(params, x.shape.length, given.map(scalarOf));
    if ([...before, ...after].some((n) => n < 0)) throw padError("a value", [...before, ...after]);
    const out = zeroValue(x.dtype, x.shape.map((n, d) => n + before[d]! + after[d]!));
    forEachIndex(out.shape, (index, flat) => {
      let from = 0, inside = true;
      x.shape.forEach((n, d) => {
        const i = index[d]! - before[d]!;
        inside &&= i >= 0 && i < n;
        from = from * n + i;
      });
      copyElement(out, flat, inside ? x : value, inside ? from : 0);
    });
    return [out];
  },
  lowering: {
    kind: "byShape",
    choose(context, apply) {
      const { before, after } = widthSizes(context, apply);
      return [...before, ...after].every((n) => context.guards.equal(n, 0)) ? unpadded : padding;
    },
  },
};

/** Nothing to add: x itself. */
const unpadded: PlainLowering<PadParams> = {
  kind: "virtual",
  view: true,
  cost: 0,
  element: (context, apply, index) => context.read(apply.inputs[0]!, index),
};

const padding: PlainLowering<PadParams> = {
  kind: "emit",
  emit(context, apply) {
    const [x, value] = apply.inputs as [Variable, Variable];
    const { before } = widthSizes(context, apply);
    const out = context.output(0);
    context.nest("pad", out.shape, [], (nest) => {
      nest.storeOuter(out, nest.axes, nest.read(value, []));
    });
    context.nest("padded", context.shape(x), [], (nest) => {
      const to = nest.axes.map((ix, d) => nest.b.addIx(ix, sizeIx(before[d]!)));
      nest.storeOuter(out, to, nest.read(x, nest.axes));
    });
  },
};

/** Windows of x; sizes that are not known now become inputs. */
export function windowed(
  x: Variable,
  axes: readonly number[],
  size: readonly Dim[],
  stride: readonly number[],
  dilation: readonly number[],
): Variable {
  const known = size.map(staticDim);
  const open = size.flatMap((n, i) => known[i] === null ? [n as Variable] : []);
  return outputOf<WindowParams>(windowsOp, [x, ...open], { axes, size: known, stride, dilation });
}

/** Pads x; widths that are not known now become inputs, and nothing to add gives x itself. */
export function padded(
  x: Variable,
  value: Variable,
  axes: readonly number[],
  before: readonly Dim[],
  after: readonly Dim[],
): Variable {
  const all = [...before, ...after], known = all.map(staticDim);
  if (known.every((n) => n === 0)) return x;
  const open = all.flatMap((n, i) => known[i] === null ? [n as Variable] : []);
  return outputOf<PadParams>(padOp, [x, value, ...open], {
    axes,
    before: known.slice(0, before.length),
    after: known.slice(before.length),
  });
}
