/**
 * Putting tensors one behind the other.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { type Apply, asWritten } from "../../graph/graph.ts";
import type { Op, ShapeContext } from "../../graph/op.ts";
import { sizeIx } from "../../ir/builder.ts";
import { addSize, type Size, sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectInputs, expectSameDType } from "../common/arguments.ts";
import { listText, shapeText } from "../../base/shown.ts";
import { lengthsFrom } from "../common/length_rules.ts";
import { copyElement, forEachIndex, zeroValue } from "../common/moving.ts";
import { sameAxesBut } from "../common/row_rules.ts";

/** Params of {@linkcode joinOp}. */
export interface JoinParams {
  /** The axis along which the parts follow each other. */
  readonly axis: number;
}

type Lengths = readonly (number | null)[];

function joinError(shapes: readonly Lengths[], axis: number, at: number): ShapeError {
  return new ShapeError(
    `Cannot join tensors of shapes ${
      listText(shapes.map(shapeText))
    } along axis ${axis}: expected equal lengths of axis ${at}`,
  );
}

/** What to do about rows of which steps return more or fewer. */
export const UNEVEN_ADVICE =
  "of rows whose number varies, return what has one shape, such as their sum or rows.at(-1), or " +
  "compute the most there can be and keep T.where(T.arange(most).lt(n), rows, 0)";

/** What steps return has no tensor to go into, as its shapes differ. */
export function unevenSteps(shapes: readonly Lengths[]): ShapeError {
  const different = [...new Set(shapes.map(shapeText))];
  return new ShapeError(
    `Cannot stack what steps return, of shapes ${listText(different)}: the shapes inside a loop ` +
      `must be the same at each step; ${UNEVEN_ADVICE}`,
  );
}

/** The error in the user's terms: tensors that were stacked have one axis less than what is joined. */
function unjoinable(
  context: ShapeContext,
  apply: Apply<JoinParams>,
  shapes: readonly Lengths[],
  at: number,
): ShapeError {
  const written = apply.inputs.map(asWritten);
  // Steps of a loop that were written out.
  if (apply.output.written.call === "scan") return unevenSteps(shapes.map(([, ...row]) => row));
  const stacks = apply.output.written.call === "stack" &&
    written.every((x, i) => x.ndim === apply.inputs[i]!.ndim - 1);
  if (!stacks) return joinError(shapes, apply.params.axis, at);
  const texts = written.map((x) => shapeText(context.shape(x).map(sizeValue)));
  return new ShapeError(`Cannot stack tensors of shapes ${listText(texts)}: expected equal shapes`);
}

/** Tensors of one dtype and rank, one behind the other along an axis. */
export const joinOp: Op<JoinParams> = {
  name: "join",
  facts: new Set(["gathers"]),
  params: { axis: "axis" },
  holds: (inputs) => inputs,
  infer(inputs, { axis }) {
    expectInputs("join", inputs, 1, Infinity);
    const dtype = expectSameDType("join", inputs);
    const ndim = inputs[0]!.ndim, shapes = inputs.map((x) => x.type.shape);
    if (inputs.some((x) => x.ndim !== ndim)) {
      throw new TypeError(
        `Cannot join tensors along axis ${axis}: expected one rank, got ${
          listText(inputs.map((x) => String(x.type)))
        }`,
      );
    }
    if (!Number.isInteger(axis) || axis < 0 || axis >= ndim) {
      throw new RangeError(`Cannot join tensors of ${ndim} axes along axis ${axis}`);
    }
    const shape = shapes[0]!.map((first, d) => {
      if (d === axis) {
        return shapes.reduce<number | null>(
          (sum, s) => sum === null || s[d] === null ? null : sum + s[d]!,
          0,
        );
      }
      const known = [...new Set(shapes.map((s) => s[d]!).filter((n) => n !== null))];
      if (known.length > 1) throw joinError(shapes, axis, d);
      return known[0] ?? first;
    });
    return [TensorType.of(dtype, shape)];
  },
  shapes(context, apply) {
    const { axis } = apply.params;
    const shapes = apply.inputs.map((x) => context.shape(x));
    return [shapes[0]!.map((first, d) => {
      if (d === axis) return shapes.reduce<Size>((sum, shape) => addSize(sum, shape[d]!), 0);
      for (const shape of shapes) {
        if (!context.guards.equal(first, shape[d]!)) {
          throw unjoinable(context, apply, shapes.map((s) => s.map(sizeValue)), d);
        }
      }
      return first;
    })];
  },
  lengths: lengthsFrom(
    1,
    ([own], { params: { axis } }) => own!.map((n, d) => d === axis ? null : n),
  ),
  along: sameAxesBut(({ axis }) => [axis]),
  linear: ({ inputs }) => [inputs.map((_, i) => i)],
  evaluate(inputs, { axis }) {
    const first = inputs[0]!, shapes = inputs.map((x) => x.shape);
    first.shape.forEach((n, d) => {
      if (d !== axis && shapes.some((s) => s[d] !== n)) throw joinError(shapes, axis, d);
    });
    const total = shapes.reduce((sum, s) => sum + s[axis]!, 0);
    const out = zeroValue(first.dtype, first.shape.map((n, d) => d === axis ? total : n));
    let offset = 0;
    for (const x of inputs) {
      forEachIndex(x.shape, (index, from) => {
        let to = 0;
        out.shape.forEach((n, d) => to = to * n + index[d]! + (d === axis ? offset : 0));
        copyElement(out, to, x, from);
      });
      offset += x.shape[axis]!;
    }
    return [out];
  },
  integers(context, apply) {
    return apply.inputs.flatMap((x) => context.integers(x));
  },
  lowering: {
    kind: "emit",
    emit(context, apply) {
      const { axis } = apply.params;
      const out = context.output(0);
      let offset: Size = 0;
      for (const x of apply.inputs) {
        const shape = context.shape(x), start = offset;
        context.nest("join", shape, [], (nest) => {
          const to = nest.axes.map((ix, d) => d === axis ? nest.b.addIx(ix, sizeIx(start)) : ix);
          nest.storeOuter(out, to, nest.read(x, nest.axes));
        });
        offset = addSize(offset, shape[axis]!);
      }
    },
  },
};
