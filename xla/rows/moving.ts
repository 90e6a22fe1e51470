/**
 * Ops that move elements, or make them of lengths.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { assertOp } from "../../core/ops/control/assert_op.ts";
import { printOp } from "../../core/ops/control/print_op.ts";
import { derivedAsOp } from "../../core/ops/control/derived_as.ts";
import { customVjpOp } from "../../core/ops/control/custom_vjp.ts";
import { arangeOp } from "../../core/ops/create/arange.ts";
import { fillOp } from "../../core/ops/create/fill.ts";
import { inRangeOp, lengthOp } from "../../core/ops/common/checks.ts";
import { broadcastToOp } from "../../core/ops/shape/broadcast_to_op.ts";
import { dimshuffleOp } from "../../core/ops/shape/dimshuffle_op.ts";
import { jointLengthOp } from "../../core/ops/shape/joint_length.ts";
import { joinOp } from "../../core/ops/shape/join.ts";
import { reshapeOp } from "../../core/ops/shape/reshape_op.ts";
import { makeVectorOp, shapeIOp, specifyShapeOp } from "../../core/ops/shape/shape_ops.ts";
import type { Level } from "../level.ts";
import { castTo } from "../elementwise.ts";
import type { Hlo } from "../text/block.ts";
import { elementOf } from "../text/types.ts";
import { type OpRow, row } from "./row.ts";

/** The first input as it is; XLA has no errors to report, so what it checks goes unchecked. */
const first = (level: Level, { inputs }: Apply): Hlo => level.value(inputs[0]!);
const readsFirst = ({ inputs }: Apply): readonly Variable[] => inputs.slice(0, 1);

/** An integer that the shapes around it tell. */
const known = (level: Level, { output }: Apply): Hlo =>
  level.block.constant(elementOf(output.dtype), [], level.integer(output));

/** The rows. */
export const movingRows: readonly OpRow[] = [
  row(shapeIOp, known),
  row(jointLengthOp, known),
  row(
    lengthOp,
    (level, apply) => castTo(level.block, first(level, apply), apply.inputs[0]!.dtype, "int64"),
  ),
  row(inRangeOp, first),
  row(specifyShapeOp, first),
  row(derivedAsOp, first, readsFirst),
  row(printOp, first, readsFirst),
  row(assertOp, first, readsFirst),
  row(customVjpOp, first, readsFirst),

  row(makeVectorOp, (level, { inputs }) => {
    const parts = inputs.map((input) => level.block.reshape(level.value(input), [1]));
    return level.block.concatenate(parts, 0);
  }),
  row(
    fillOp,
    (level, { inputs, output }) =>
      level.block.broadcast(level.value(inputs[1]!), level.shape(output), []),
  ),
  row(
    broadcastToOp,
    (level, { inputs, output }) =>
      level.block.stretch(level.value(inputs[0]!), level.shape(output)),
  ),
  row(
    reshapeOp,
    (level, { inputs, output }) =>
      level.block.reshape(level.value(inputs[0]!), level.shape(output)),
  ),

  row(dimshuffleOp, (level, { inputs, output, params: { pattern } }) => {
    const x = level.value(inputs[0]!), { block } = level;
    const kept = pattern.filter((item) => item !== "x");
    const isOrdered = kept.every((axis, i) => i === 0 || axis > kept[i - 1]!);
    const dropped = x.shape.flatMap((_, axis) => kept.includes(axis) ? [] : [axis]);
    const turned = isOrdered ? x : block.transpose(x, [...dropped, ...kept]);
    return block.reshape(turned, level.shape(output));
  }),

  row(joinOp, (level, { inputs, params: { axis } }) => {
    const parts = inputs.map((input) => level.value(input));
    const full = parts.filter(({ shape }) => shape[axis] !== 0);
    return level.block.concatenate(full, axis);
  }),

  row(arangeOp, (level, { inputs, output, params: { dtype } }) => {
    const { block } = level, shape = level.shape(output);
    const [start, , step] = inputs.map((input) => level.integer(input)) as [number, number, number];
    const at = block.iota("i64", shape, 0);
    const scaled = block.binary("multiply", at, block.constant("i64", shape, step));
    const value = block.binary("add", scaled, block.constant("i64", shape, start));
    return castTo(block, value, "int64", dtype);
  }),
];
