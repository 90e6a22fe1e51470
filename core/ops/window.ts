/**
 * Sliding windows over axes, the sum that undoes them, and padding.
 *
 * @module
 */

import { isDiscrete } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { type Apply, apply as applyOp } from "../graph/graph.ts";
import type {
  Element,
  ElementContext,
  EmitContext,
  NestBuilder,
  Op,
  ShapeContext,
} from "../graph/op.ts";
import { rounded, type Value } from "../graph/value.ts";
import { type Ix, sizeIx } from "../kernel/builder.ts";
import { addSize, floorDivSize, type Size, sizeValue } from "../kernel/size.ts";
import { type StaticShape, TensorType } from "../type.ts";
import type { Variable } from "../variable.ts";
import { expectIndexScalars, expectInputs, shapeLabel, staticInt } from "./arguments.ts";
import { shapeText } from "./broadcast.ts";
import { addElements, zeroElement } from "./elements.ts";
import {
  addElement,
  copyElement,
  forEachIndex,
  gather,
  rowMajor,
  scalarOf,
  zeroValue,
} from "./moving.ts";

/** Params of {@linkcode windowsOp} and {@linkcode foldWindowsOp}: one number of each for each axis. */
export interface WindowParams {
  /** The axes that windows slide along. */
  readonly axes: readonly number[];
  /** Elements of a window. */
  readonly size: readonly number[];
  /** Distance from one window to the next. */
  readonly stride: readonly number[];
  /** Distance from one element of a window to the next. */
  readonly dilation: readonly number[];
}

/** Elements from the first to the last of a window, both included. */
function extent(params: WindowParams, i: number): number {
  return (params.size[i]! - 1) * params.dilation[i]! + 1;
}

function checkParams(name: string, params: WindowParams, ndim: number): void {
  const { axes, size, stride, dilation } = params;
  const whole = [size, stride, dilation].every((list) =>
    list.length === axes.length && list.every((n) => Number.isInteger(n) && n >= 1)
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

/** How many windows fit on an axis of length n; 0 if none does. */
export function windowCount(n: number, params: WindowParams, i: number): number {
  return Math.max(0, Math.floor((n - extent(params, i)) / params.stride[i]!) + 1);
}

function windowedStatic(shape: StaticShape, params: WindowParams): (number | null)[] {
  const lengths = shape.map((n, d) => {
    const i = params.axes.indexOf(d);
    return i < 0 || n === null ? n : windowCount(n, params, i);
  });
  return [...lengths, ...params.size];
}

function windowedSizes(
  context: ShapeContext,
  shape: readonly Size[],
  params: WindowParams,
): Size[] {
  const lengths = shape.map((n, d) => {
    const i = params.axes.indexOf(d);
    if (i < 0) return n;
    const room = addSize(n, -extent(params, i));
    return context.guards.less(room, 0) ? 0 : addSize(floorDivSize(room, params.stride[i]!), 1);
  });
  return [...lengths, ...params.size];
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
 * the elements of a window is appended.
 */
export const windowsOp: Op<WindowParams> = {
  name: "windows",
  infer(inputs: readonly Variable[], params: WindowParams): readonly TensorType[] {
    expectInputs("windows", inputs, 1);
    const x = inputs[0]!;
    checkParams("windows", params, x.ndim);
    return [TensorType.of(x.dtype, windowedStatic(x.type.shape, params))];
  },
  shapes(context: ShapeContext, apply: Apply<WindowParams>): readonly (readonly Size[])[] {
    return [windowedSizes(context, context.shape(apply.inputs[0]!), apply.params)];
  },
  evaluate(inputs: readonly Value[], params: WindowParams): readonly Value[] {
    const x = inputs[0]!;
    const shape = windowedStatic(x.shape, params) as number[];
    return [gather(x, shape, windowPosition(x.shape, params))];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    element(context: ElementContext, apply: Apply<WindowParams>, index: readonly Ix[]): Element {
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
  indexFrom: 1,
  infer(inputs: readonly Variable[], params: WindowParams): readonly TensorType[] {
    const ndim = (inputs[0]?.ndim ?? 0) - params.axes.length;
    expectInputs("foldWindows", inputs, 1 + ndim);
    expectIndexScalars("foldWindows", inputs, 1);
    checkParams("foldWindows", params, ndim);
    const [w, ...dims] = inputs as [Variable, ...Variable[]];
    const shape = dims.map((dim, d) =>
      staticInt(dim) ?? (params.axes.includes(d) ? null : w.type.shape[d]!)
    );
    const wanted = windowedStatic(shape, params);
    const fits = wanted.every((n, d) => {
      const have = w.type.shape[d];
      return n === null || have === null || n === have;
    });
    if (!fits) throw foldError(w.label, w.type.shape, wanted);
    return [TensorType.of(w.dtype, shape)];
  },
  shapes(context: ShapeContext, apply: Apply<WindowParams>): readonly (readonly Size[])[] {
    const [w, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const shape = dims.map((dim) => context.integer(dim));
    const have = context.shape(w), wanted = windowedSizes(context, shape, apply.params);
    if (!wanted.every((n, d) => context.guards.equal(n, have[d]!))) {
      throw foldError(w.label, have.map(sizeValue), wanted.map(sizeValue));
    }
    return [shape];
  },
  evaluate(inputs: readonly Value[], params: WindowParams): readonly Value[] {
    const [w, ...dims] = inputs as [Value, ...Value[]];
    const out = zeroValue(w.dtype, dims.map(scalarOf));
    const wanted = windowedStatic(out.shape, params) as number[];
    if (wanted.some((n, d) => n !== w.shape[d])) throw foldError("a value", w.shape, wanted);
    const at = windowPosition(out.shape, params);
    forEachIndex(w.shape, (index, flat) => addElement(out, at(index), w, flat));
    return [isDiscrete(out.dtype) ? rounded(out) : out];
  },
  lowering: {
    kind: "emit",
    emit(context: EmitContext, apply: Apply<WindowParams>): void {
      const w = apply.inputs[0]!, { params } = apply;
      const out = context.output(0), shape = context.shape(w);
      const ndim = shape.length - params.axes.length;
      context.nest("zero", out.shape, [], (nest) => {
        nest.storeOuter(out, nest.axes, zeroElement(nest, w.dtype));
      });
      const places = shape.slice(0, ndim);
      const add = (nest: NestBuilder, place: readonly Ix[], k: readonly Ix[], inLoops: boolean) => {
        const index = [...place, ...k];
        const to = windowIndex(nest, index, params);
        const sum = addElements(nest.b, nest.readTarget(out, to), nest.read(w, index));
        if (inLoops) nest.storeInner(out, to, sum);
        else nest.storeOuter(out, to, sum);
      };
      const positions = params.size.reduce((product, n) => product * n, 1);
      if (positions <= MANY_POSITIONS) {
        // One element of all windows at a time: no two windows share it, so all are independent.
        forEachIndex(params.size, (k) => {
          const fixed = k.map((i) => sizeIx(i));
          context.nest("fold", places, [], (nest) => add(nest, nest.axes, fixed, false));
        });
        return;
      }
      const free = places.filter((_, d) => !params.axes.includes(d));
      const sliding = params.axes.map((d) => places[d]!);
      context.nest("fold", free, [...params.size, ...sliding], (nest) => {
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
  readonly axes: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** x with elements of one value added on both sides of some axes: x, then the value, a scalar. */
export const padOp: Op<PadParams> = {
  name: "pad",
  infer(inputs: readonly Variable[], params: PadParams): readonly TensorType[] {
    expectInputs("pad", inputs, 2);
    const [x, value] = inputs as [Variable, Variable];
    const widths = [...params.before, ...params.after];
    if (widths.some((n) => !Number.isInteger(n) || n < 0)) {
      throw new RangeError(
        `Cannot pad ${
          shapeLabel(x)
        }: expected widths >= 0, got [${params.before}] before and [${params.after}] after`,
      );
    }
    if (params.axes.some((d) => !(d >= 0 && d < x.ndim))) {
      throw new RangeError(
        `Cannot pad ${shapeLabel(x)}: expected axes below ${x.ndim}, got [${params.axes}]`,
      );
    }
    if (value.ndim !== 0 || value.dtype !== x.dtype) {
      throw new TypeError(
        `Cannot pad ${x.label}: expected a scalar of dtype ${x.dtype}, got ${value.label} of type ${value.type}`,
      );
    }
    const shape = x.type.shape.map((n, d) => n === null ? null : n + added(params, d));
    return [TensorType.of(x.dtype, shape)];
  },
  shapes(context: ShapeContext, apply: Apply<PadParams>): readonly (readonly Size[])[] {
    const shape = context.shape(apply.inputs[0]!);
    return [shape.map((n, d) => addSize(n, added(apply.params, d)))];
  },
  evaluate(inputs: readonly Value[], params: PadParams): readonly Value[] {
    const [x, value] = inputs as [Value, Value];
    const out = zeroValue(x.dtype, x.shape.map((n, d) => n + added(params, d)));
    forEachIndex(out.shape, (index, flat) => {
      let from = 0, inside = true;
      x.shape.forEach((n, d) => {
        const i = index[d]! - offset(params, d);
        inside &&= i >= 0 && i < n;
        from = from * n + i;
      });
      copyElement(out, flat, inside ? x : value, inside ? from : 0);
    });
    return [out];
  },
  lowering: {
    kind: "emit",
    emit(context: EmitContext, apply: Apply<PadParams>): void {
      const [x, value] = apply.inputs as [Variable, Variable];
      const out = context.output(0);
      context.nest("pad", out.shape, [], (nest) => {
        nest.storeOuter(out, nest.axes, nest.read(value, []));
      });
      context.nest("padded", context.shape(x), [], (nest) => {
        const to = nest.axes.map((ix, d) => nest.b.addIx(ix, sizeIx(offset(apply.params, d))));
        nest.storeOuter(out, to, nest.read(x, nest.axes));
      });
    },
  },
};

function offset({ axes, before }: PadParams, d: number): number {
  const i = axes.indexOf(d);
  return i < 0 ? 0 : before[i]!;
}

function added({ axes, before, after }: PadParams, d: number): number {
  const i = axes.indexOf(d);
  return i < 0 ? 0 : before[i]! + after[i]!;
}

/** Windows of x, without more ado. */
export function windowed(x: Variable, params: WindowParams): Variable {
  return applyOp(windowsOp, [x], params);
}

/** Pads without more ado; nothing to add gives x itself. */
export function padded(x: Variable, value: Variable, params: PadParams): Variable {
  if (params.before.every((n) => n === 0) && params.after.every((n) => n === 0)) return x;
  return applyOp(padOp, [x, value], params);
}
