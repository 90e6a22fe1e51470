/**
 * Running sums, products, extremes and sums of exponentials.
 *
 * @module
 */

import { isComplex, isFloat } from "../../graph/dtype.ts";
import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { type Element, type EmitContext, isComplexElement, type Op } from "../../graph/op.ts";
import { sizeOf, type Value, widened, wrappedTo } from "../../graph/value.ts";
import { type Ix, type ScalarBuilder, sizeIx } from "../../ir/builder.ts";
import { subSize } from "../../ir/size.ts";
import { expectInputs, normalizeAxis, shapeLabel } from "../common/arguments.ts";
import { likeFirst } from "../common/length_rules.ts";
import { mapElement } from "../common/elements.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { copyValue } from "../common/moving.ts";
import { ravel } from "../shape/reshape.ts";
import * as special from "../elementwise/special_reference.ts";
import { kernels } from "../common/kernels.ts";
import { sameAxesBut } from "../common/row_rules.ts";

/** What may be accumulated; "logsumexp" is the logarithm of running sums of exponentials. */
type CumulativeKind = "sum" | "prod" | "max" | "min" | "logsumexp";

/** Params of {@linkcode cumulativeOp}. */
export interface CumulativeParams {
  /** What is accumulated. */
  readonly kind: CumulativeKind;
  /** The axis along which elements are accumulated. */
  readonly axis: number;
}

/** What the elements up to and including each one along an axis come to; the dtype is kept. */
export const cumulativeOp: Op<CumulativeParams> = {
  name: "cumop",
  facts: new Set(["gathers"]),
  params: { kind: "plain", axis: "axis" },
  printing: { label: ({ params: { kind, axis } }) => `Cum${kind}{axis=${axis}}` },
  infer(inputs, { kind, axis }) {
    expectInputs("cumop", inputs, 1);
    const x = inputs[0]!;
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.ndim) {
      throw new RangeError(`Cannot accumulate ${shapeLabel(x)} along axis ${axis}`);
    }
    if (x.dtype === "bool") {
      throw new TypeError(`Cannot accumulate ${x.label}: expected numbers, got bool`);
    }
    if (kind !== "sum" && kind !== "prod" && isComplex(x.dtype)) {
      throw new TypeError(`Cannot accumulate ${x.label}: expected real numbers, got ${x.dtype}`);
    }
    if (kind === "logsumexp" && !isFloat(x.dtype)) {
      throw new TypeError(`Cannot accumulate ${x.label}: expected floats, got ${x.dtype}`);
    }
    return [x.type];
  },
  ...likeFirst,
  along: sameAxesBut(({ axis }) => [axis]),
  linear: ({ params: { kind } }) => kind === "sum" ? [[0]] : [],
  evaluate(inputs, { kind, axis }) {
    const out = copyValue(widened(inputs[0]!)), n = out.shape[axis]!;
    const outer = sizeOf(out.shape.slice(0, axis)), inner = sizeOf(out.shape.slice(axis + 1));
    for (let p = 0; p < outer; p++) {
      for (let i = 1; i < n; i++) {
        for (let q = 0; q < inner; q++) {
          const at = (p * n + i) * inner + q;
          accumulate(out, kind, at, at - inner);
        }
      }
    }
    return [wrappedTo(inputs[0]!.dtype, out)];
  },
  lowering: {
    kind: "emit",
    emit(context, apply) {
      const x = apply.inputs[0]!, { kind, axis } = apply.params;
      if (kind === "logsumexp") return emitSteps(context, apply, logaddexpOf);
      if (kind === "prod" && isComplex(x.dtype)) return emitSteps(context, apply, multiply);
      const out = context.output(0), shape = context.shape(x);
      const others = shape.filter((_, d) => d !== axis);
      context.nest(`cum${kind}`, others, [shape[axis]!], (nest) => {
        const at = insertAxis(nest.axes, axis, nest.loops[0]!);
        const running = mapElement([nest.read(x, at)], ([part]) => nest.runningReduce(kind, part!));
        nest.storeInner(out, at, running);
      });
    },
  },
};

/** An index with one more axis. */
function insertAxis(index: readonly Ix[], axis: number, ix: Ix): Ix[] {
  return [...index.slice(0, axis), ix, ...index.slice(axis)];
}

/** What is no reduction of parts: each element is put together with the one before it. */
function emitSteps(
  context: EmitContext,
  { inputs: [x], params: { kind, axis } }: Apply<CumulativeParams>,
  together: (b: ScalarBuilder, before: Element, own: Element) => Element,
): void {
  const out = context.output(0), shape = context.shape(x!);
  context.nest("copy", shape, [], (nest) => {
    nest.storeOuter(out, nest.axes, nest.read(x!, nest.axes));
  });
  const steps = subSize(shape[axis]!, 1);
  if (context.guards.less(steps, 1)) return;
  context.nest(`cum${kind}`, shape.filter((_, d) => d !== axis), [steps], (nest) => {
    const before = insertAxis(nest.axes, axis, nest.loops[0]!);
    const at = insertAxis(nest.axes, axis, nest.b.addIx(nest.loops[0]!, sizeIx(1)));
    const value = together(nest.b, nest.readTarget(out, before), nest.readTarget(out, at));
    nest.storeInner(out, at, value);
  });
}

function logaddexpOf(b: ScalarBuilder, x: Element, y: Element): Element {
  if (isComplexElement(x) || isComplexElement(y)) throw new TypeError("Expected real elements");
  return kernels.get().math.logaddexp(b, x, y);
}

function multiply(b: ScalarBuilder, x: Element, y: Element): Element {
  if (!isComplexElement(x) || !isComplexElement(y)) {
    throw new TypeError("Expected complex elements");
  }
  return {
    re: b.sub(b.mul(x.re, y.re), b.mul(x.im, y.im)),
    im: b.add(b.mul(x.re, y.im), b.mul(x.im, y.re)),
  };
}

function accumulate(out: Value, kind: CumulativeKind, at: number, before: number): void {
  const data = out.data as Float64Array;
  if (!isComplex(out.dtype)) {
    data[at] = accumulated[kind](data[before]!, data[at]!);
    return;
  }
  const [re, im] = [data[2 * before]!, data[2 * before + 1]!];
  const [x, y] = [data[2 * at]!, data[2 * at + 1]!];
  data[2 * at] = kind === "sum" ? re + x : re * x - im * y;
  data[2 * at + 1] = kind === "sum" ? im + y : re * y + im * x;
}

type Integer = number | bigint;

/** The greater one, or the less; integers may be bigints. */
function extreme(sign: 1 | -1): (x: number, y: number) => number {
  return (x, y) => {
    if (x !== x) return x;
    return y !== y || (sign > 0 ? (y as Integer) > x : (y as Integer) < x) ? y : x;
  };
}

const accumulated: Readonly<Record<CumulativeKind, (x: number, y: number) => number>> = {
  sum: (x, y) => x + y,
  prod: (x, y) => x * y,
  max: extreme(1),
  min: extreme(-1),
  logsumexp: (x, y) => special.logaddexp(x, y),
};

/** Applies the op along an axis, or to the flattened tensor. */
export function cumulative(
  kind: CumulativeKind,
  x: TensorLike,
  axis: number | null | undefined,
): Variable {
  const v = asVariable(x);
  const from = axis === null || axis === undefined ? ravel(v) : v;
  const along = axis === null || axis === undefined
    ? 0
    : normalizeAxis(axis, v.ndim, `Cannot accumulate ${shapeLabel(v)}`);
  return outputOf<CumulativeParams>(cumulativeOp, [from], { kind, axis: along });
}
