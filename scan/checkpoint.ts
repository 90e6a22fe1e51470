/**
 * Checkpointing: a scan as a scan of shorter scans. The gradient then keeps the states at the start of
 * each of them only, and computes those between again.
 *
 * The steps are split into segments of `length` steps; what is left, one segment at most, comes last.
 * Where a condition ends a segment, it ends the loop over the segments, too, and the last one has no step.
 *
 * @module
 */

import {
  type Apply,
  applyOp,
  makeConstant,
  makeVariable,
  type Variable,
} from "../core/graph/graph.ts";
import type { Op } from "../core/graph/op.ts";
import { makeValue } from "../core/graph/value.ts";
import { opaqueSize } from "../core/ir/size.ts";
import { add, intDiv, maximum, mul, sub, where } from "../core/ops/elementwise/elementwise.ts";
import { join } from "../core/ops/shape/combine.ts";
import { index, slice } from "../core/ops/index/indexing.ts";
import { castTo } from "../core/ops/common/build.ts";
import { asVariable, valueOf } from "../core/ops/common/literal.ts";
import { reshape } from "../core/ops/shape/reshape.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { TensorType } from "../core/graph/type.ts";
import { depthOf, StepGraph } from "./inner.ts";
import { scanInputs, scanOutputs, type ScanParams } from "./node.ts";
import { scanOp } from "./op.ts";

/** The least integer whose square is not less: a length that the host knows when it knows the number. */
export const ceilSqrtOp: Op = {
  name: "ceilSqrt",
  infer: () => [TensorType.of("int64", [])],
  shapes: () => [[]],
  size: (_, [n]) => opaqueSize("ceilSqrt", [n!], (x) => Math.ceil(Math.sqrt(Math.max(0, x)))),
  evaluate: ([n]) => [
    makeValue("int64", [], [BigInt(Math.ceil(Math.sqrt(Math.max(0, Number(n!.data[0])))))]),
  ],
  lowering: {
    kind: "virtual",
    cost: 1,
    element: (context, apply) =>
      context.b.size(
        context.integer(apply.output),
        "i64",
      ),
  },
};

/** What a checkpointed scan gives, as the plain one would. */
interface Checkpointed {
  readonly traces: readonly Variable[];
  readonly carried: readonly Variable[];
  /** Steps executed. */
  readonly count: Variable;
}

/** Builds the nested form of a scan node. */
export function checkpointed(
  plain: Apply<ScanParams>,
  every: number | "sqrt",
): Checkpointed {
  const { params } = plain;
  const { step } = params, { layout } = step;
  const outer = scanInputs(params, plain.inputs);
  const { steps } = outer;
  const length = every === "sqrt"
    ? maximum(applyOp(ceilSqrtOp, [steps], {}).output, 1)
    : asVariable(every, "int64");
  // At least one step is left for the last segment.
  const segments = intDiv(maximum(sub(steps, 1), 0), length);
  const done = mul(segments, length);

  // Each tap becomes a sequence of its own, so that segments do not overlap.
  const rows = outer.sequences.flatMap((sequence, i) =>
    layout.sequences[i]!.map((tap) => index(sequence, [slice(tap, add(steps, tap))]))
  );
  const single: ScanParams = {
    ...params,
    checkpoint: null,
    step: singleStep(step, rows.length, false),
  };
  const cut = rows.map((row) => {
    const whole = index(row, [slice(null, done)]);
    const rest = Array.from({ length: row.ndim - 1 }, (_, d) => shapeOf(row, d + 1));
    return reshape(whole, [segments, length, ...rest]);
  });

  // One segment, as the step of the outer loop.
  const place = (variable: Variable, rank = variable.ndim): Variable =>
    makeVariable(TensorType.of(variable.dtype, variable.type.shape.slice(variable.ndim - rank)));
  const places = {
    segments: cut.map((part) => place(part, part.ndim - 1)),
    states: outer.initials.map((initial) => place(initial)),
    carried: outer.carried.map((value) => place(value)),
    others: outer.others.map((value) => place(value)),
    // Whether the loop has ended, and after how many steps.
    flow: layout.until ? [makeVariable(TensorType.of("bool", [])), place(steps)] : [],
    length: place(length),
  };
  const start = layout.until ? [makeConstant(valueOf(false)), asVariable(0, "int64")] : [];
  const segment = scanOutputs(applyOp(scanOp, [
    places.length,
    ...places.segments,
    ...places.states,
    ...places.carried,
    ...places.flow.slice(0, 1),
    ...places.others,
  ], single));
  const ended = segment.carried.slice(layout.carried);
  const flow = [...ended, ...places.flow.slice(1).map((count) => add(count, segment.count))];
  const states = outer.initials.map((_, i) =>
    lastRows(places.states[i]!, segment.traces[i]!, depthOf(layout.states[i]!))
  );
  const nested = scanOutputs(applyOp(scanOp, [
    segments,
    ...cut,
    ...outer.initials.map((initial, i) =>
      reshapeRows(index(initial, [slice(null, depthOf(layout.states[i]!))]))
    ),
    ...outer.carried,
    ...start,
    ...outer.others,
    length,
  ], {
    ...params,
    checkpoint: null,
    name: params.name === null ? "segments" : `segments of ${params.name}`,
    step: new StepGraph(
      {
        sequences: cut.map(() => [0]),
        states: states.map(() => [-1]),
        maps: segment.traces.length,
        carried: layout.carried + flow.length,
        others: outer.others.length + 1,
        until: layout.until,
      },
      [
        ...places.segments,
        ...places.states,
        ...places.carried,
        ...places.flow,
        ...places.others,
        places.length,
      ],
      [
        ...states,
        ...segment.traces,
        ...segment.carried.slice(0, layout.carried),
        ...flow,
        ...ended,
      ],
    ),
  }));

  // The last segment starts where the others end.
  const [hasEnded, before] = nested.carried.slice(layout.carried);
  const left = sub(steps, done);
  const last = scanOutputs(applyOp(scanOp, [
    left,
    ...rows.map((row) => index(row, [slice(done)])),
    ...outer.initials.map((_, i) => nested.finals[i]!),
    ...nested.carried.slice(0, layout.carried + (hasEnded ? 1 : 0)),
    ...outer.others,
    ...(hasEnded ? [where(hasEnded, 0, left)] : []),
  ], { ...single, step: singleStep(step, rows.length, layout.until) }));
  const count = layout.states.length;
  const traces = last.traces.map((trace, i) => {
    const cuts = nested.traces[count + i]!;
    const rest = Array.from({ length: trace.ndim - 1 }, (_, d) => shapeOf(cuts, d + 2));
    return join(0, reshape(cuts, [done, ...rest]), trace);
  });
  return {
    traces,
    carried: last.carried.slice(0, layout.carried),
    count: before === undefined ? steps : add(before, last.count),
  };
}

/** The step over sequences of one tap each, which keeps the value of its condition, if it has one. */
function singleStep(step: StepGraph, sequences: number, limited: boolean): StepGraph {
  const { layout, placeholders, results } = step;
  const until = results.until === null ? [] : [castTo(results.until, "bool")];
  return new StepGraph(
    {
      ...layout,
      sequences: Array.from({ length: sequences }, () => [0]),
      carried: layout.carried + until.length,
      limited,
    },
    [
      ...step.inputs.slice(0, step.inputs.length - placeholders.others.length),
      ...until.map(({ type }) => makeVariable(type)),
      ...placeholders.others,
    ],
    [...results.states, ...results.maps, ...results.carried, ...until, ...until],
  );
}

/** The rows that the next segment reads back. */
function lastRows(before: Variable, trace: Variable, depth: number): Variable {
  return index(join(0, before, trace), [slice(-depth)]);
}

/** Rows as one value of a state: with a leading axis of one step. */
function reshapeRows(rows: Variable): Variable {
  const dims = Array.from({ length: rows.ndim }, (_, d) => shapeOf(rows, d));
  return reshape(rows, [1, ...dims]);
}
