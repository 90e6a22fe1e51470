/**
 * Evenly spaced integers.
 *
 * @module
 */

import { type DType, isComplex } from "../../graph/dtype.ts";
import type { Apply } from "../../graph/graph.ts";
import type { ElementContext, Op, ShapeContext } from "../../graph/op.ts";
import { makeValue, rounded } from "../../graph/value.ts";
import { type Ix, wrapSmall } from "../../ir/builder.ts";
import { scalarTypeOf, type SNode } from "../../ir/scalar.ts";
import {
  addSize,
  floorDivSize,
  type Guards,
  mulSize,
  type Size,
  sizeValue,
  subSize,
} from "../../ir/size.ts";
import { wrappedSize } from "../../ir/size_dtype.ts";
import { TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs, staticInt } from "../common/arguments.ts";
import { isNotNegative, lengthOfDim, toldBy } from "../common/length_rules.ts";
import { scalarOf } from "../common/moving.ts";

/** Params of {@linkcode arangeOp}. */
export interface ArangeParams {
  /** dtype of the elements. */
  readonly dtype: DType;
}

function zeroStep(): RangeError {
  return new RangeError("Cannot make a range: expected a step other than 0");
}

/** How many numbers there are from start on, before stop. */
function rangeLength(start: number, stop: number, step: number): number {
  if (step === 0) throw zeroStep();
  return Math.max(0, Math.ceil((stop - start) / step));
}

function rangeSize(guards: Guards, start: Size, stop: Size, step: Size): Size {
  if (guards.equal(step, 0)) throw zeroStep();
  const up = guards.less(0, step);
  const span = up ? subSize(stop, start) : subSize(start, stop);
  if (typeof span === "number" ? span <= 0 : guards.less(span, 0)) return 0;
  const stride = up ? step : mulSize(step, -1);
  return stride === 1 ? span : floorDivSize(addSize(span, subSize(stride, 1)), stride);
}

/** The numbers start, start + step, … before stop: three 0-d integers. */
export const arangeOp: Op<ArangeParams> = {
  name: "arange",
  params: { dtype: "plain" },
  facts: new Set(["symbolic", "made"]),
  indexFrom: 0,
  infer(inputs, { dtype }) {
    expectInputs("arange", inputs, 3);
    expectIndexScalars("arange", inputs, 0);
    if (dtype === "bool" || isComplex(dtype)) {
      throw new TypeError(`Cannot make a range of dtype ${dtype}: expected a real number type`);
    }
    const [start, stop, step] = inputs.map(staticInt) as [
      number | null,
      number | null,
      number | null,
    ];
    const known = start !== null && stop !== null && step !== null;
    return [TensorType.of(dtype, [known ? rangeLength(start, stop, step) : null])];
  },
  shapes(context, apply) {
    const [start, stop, step] = apply.inputs.map((v) => context.integer(v)) as [Size, Size, Size];
    return [[rangeSize(context.guards, start, stop, step)]];
  },
  lengths: {
    needs: ({ inputs }) => toldBy(inputs[1]!),
    find: ({ inputs: [start, stop, step] }, of) => {
      const counts = staticInt(start!) === 0 && staticInt(step!) === 1 && isNotNegative(stop!);
      return [counts ? lengthOfDim(stop!, of) : null];
    },
  },
  evaluate(inputs, { dtype }) {
    const [start, stop, step] = inputs.map(scalarOf) as [number, number, number];
    const n = rangeLength(start, stop, step);
    const out = makeValue(dtype, [n], Array.from({ length: n }, (_, i) => start + i * step));
    return [rounded(out)];
  },
  integers(context, apply) {
    const [start, , step] = apply.inputs.map((v) => context.integer(v)) as [Size, Size, Size];
    const n = context.shape(apply.output)[0]!;
    context.guards.equal(n, sizeValue(n));
    return Array.from(
      { length: sizeValue(n) },
      (_, i) => wrappedSize(context.guards, addSize(start, mulSize(step, i)), apply.output.dtype),
    );
  },
  lowering: {
    kind: "virtual",
    cost: 1,
    element(context, apply, index) {
      const { b } = context, { dtype } = apply.params, held = context.held(dtype);
      const type = scalarTypeOf(held);
      const affine = arangeIndex(context, apply, index[0]!);
      if (affine !== null) return wrapSmall(b, b.cast(b.ixNode(affine), type), dtype);
      const bounds = arangeBounds(context, apply).map(sizeValue);
      if (dtype !== held && bounds.some((n) => n !== (n | 0))) {
        throw new RangeError(
          `Cannot make a range from ${bounds[0]} to ${
            bounds[1]
          }: expected ${dtype} numbers that fit into 32 bits on this device`,
        );
      }
      const [start, , step] = apply.inputs.map((v) => context.integer(v)) as [Size, Size, Size];
      const wide = type === "u64" ? "i64" : type === "u32" ? "i32" : type;
      const { offset, terms, rest } = index[0]!;
      // A position may need more bits than an index of memory has: of a part of a long range.
      let value = b.size(addSize(start, mulSize(step, offset)), wide);
      const plus = (at: SNode, stride: Size) => {
        value = b.add(value, b.mul(b.cast(at, wide), b.size(stride, wide)));
      };
      for (const term of terms) plus(b.index(term.axis), mulSize(step, term.stride));
      if (rest !== null) plus(rest, step);
      return wrapSmall(b, b.cast(value, type), dtype);
    },
  },
};

/** The element of a range as an index, if all of the range fits 32 bits for sure; null otherwise. */
export function arangeIndex(
  context: ElementContext,
  apply: Apply<ArangeParams>,
  index: Ix,
): Ix | null {
  const fits = (n: number) => Math.abs(n) <= 2 ** 30;
  if (
    !context.guards.decide(
      "range fits 32 bits",
      arangeBounds(context, apply),
      (a, b) => fits(a) && fits(b),
    )
  ) return null;
  const [start, , step] = apply.inputs.map((v) => context.integer(v)) as [Size, Size, Size];
  return context.b.addIx({ offset: start, terms: [], rest: null }, context.b.scaleIx(index, step));
}

/** The first and the last element of a range. */
export function arangeBounds(context: ShapeContext, apply: Apply<ArangeParams>): [Size, Size] {
  const [start, , step] = apply.inputs.map((v) => context.integer(v)) as [Size, Size, Size];
  const n = context.shape(apply.output)[0]!;
  return [start, addSize(start, mulSize(step, subSize(n, 1)))];
}
