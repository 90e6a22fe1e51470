/**
 * The scan op: types, shapes, evaluation and lowering of the nodes that are loops.
 *
 * @module
 */

import { Later } from "../core/base/later.ts";
import type { Op, PlainLowering } from "../core/graph/op.ts";
import { TensorType } from "../core/graph/type.ts";
import type { Variable } from "../core/graph/graph.ts";
import { staticInt } from "../core/ops/common/arguments.ts";
import { evaluateScan } from "./evaluate.ts";
import { endsEarly } from "./inner.ts";
import { scanInputs, scanOutputs, type ScanParams } from "./node.ts";
import {
  idleInputs,
  isIdle,
  keptShape,
  shapeOrError,
  stepCount,
  stepShapes,
} from "./step_shapes.ts";

type Lower = Extract<PlainLowering<ScanParams>, { kind: "control" }>["lower"];

/** How loops become kernels. */
export const scanLowering: Later<Lower> = new Later("The lowering of loops");

/** The scan op. */
export const scanOp: Op<ScanParams> = {
  name: "scan",
  params: {
    step: "graph",
    name: "plain",
    truncateGradient: "plain",
    strategy: "plain",
    checkpoint: "plain",
    shared: "graph",
    implicit: "graph",
  },
  facts: new Set(["opaque"]),
  printing: { label: ({ params: { name } }) => name === null ? "Scan" : `Scan{${name}}` },
  inner({ inputs, params: { step } }) {
    const { sequences, states, carried, others } = step.placeholders;
    const groups = [...sequences, ...states, ...[...carried, ...others].map((place) => [place])];
    // The first input is the number of steps.
    const places = groups.flatMap((group, i) =>
      group.map((place) => [place, inputs[1 + i]!] as const)
    );
    return { outputs: step.outputs, places };
  },
  indexFirst: true,

  infer(inputs, params) {
    const { step } = params;
    const { steps } = scanInputs(params, inputs);
    if (steps.ndim !== 0) {
      throw new TypeError("Cannot build a scan: the number of steps is a scalar");
    }
    const { results } = step;
    const traced = [...results.states, ...results.maps];
    // A loop that may end early has as many rows as steps it made.
    const count = endsEarly(step.layout) ? null : staticInt(steps);
    const length = count === null || count < 0 ? null : count;
    const row = (v: Variable) => TensorType.of(v.dtype, v.type.shape);
    return [
      ...traced.map((v) => TensorType.of(v.dtype, [length, ...v.type.shape])),
      ...traced.map(row),
      ...results.carried.map(row),
      ...results.carried.map((v) => TensorType.of(v.dtype, [length, ...v.type.shape])),
      TensorType.of("int64", []),
    ];
  },

  shapes(context, apply) {
    const { params } = apply;
    const { step } = params;
    const count = stepCount(context, apply);
    const idle = isIdle(context, apply), inner = stepShapes(context, context.guards, apply);
    const { results } = step, { initials, carried } = scanInputs(params, apply.inputs);
    const states = results.states.map((state, i) => {
      const was = context.shape(initials[i]!).slice(1);
      return idle ? was : keptShape(params, i, was, inner.shape(state), context.guards);
    });
    const values = results.carried.map((state, i) => {
      const was = context.shape(carried[i]!), number = states.length + i;
      return idle ? was : keptShape(params, number, was, inner.shape(state), context.guards);
    });
    // Results that nothing reads may have another shape in each step.
    const rows = [...states, ...results.maps.map((v) => shapeOrError(inner, v, idle))];
    return [
      ...rows.map((row) => row instanceof Error ? row : [count, ...row]),
      ...rows,
      ...values,
      ...values.map((shape) => [count, ...shape]),
      [],
    ];
  },

  idle: (context, apply) => idleInputs(context, apply),

  dynamicSizes(context, apply) {
    const { sequences } = apply.params.step.layout;
    // Sequences are as long as there are steps: their lengths change together.
    const rows = apply.inputs.slice(1, 1 + sequences.length).map((v) => context.shape(v)[0]!);
    return [stepCount(context, apply), ...rows];
  },

  evaluate: evaluateScan,

  key(params, inner) {
    const shared = [...params.shared].map(([i, v]) => `${i}:${v.id}`).join();
    return [
      inner === undefined ? params.step.id : JSON.stringify(params.step.layout) + inner,
      params.name,
      params.truncateGradient,
      params.strategy,
      params.checkpoint,
      shared,
      [...params.implicit].join(),
    ].join("|");
  },

  implicitUpdates(apply) {
    const { params } = apply;
    const { carried } = scanOutputs(apply);
    return [...params.implicit].map((i) => [params.shared.get(i)!, carried[i]!] as const);
  },

  lowering: {
    kind: "control",
    lower: (scope, apply) => scanLowering.get()(scope, apply),
    reads: (apply) => {
      // First rows are copied into the loop's own memory: they need none of theirs.
      const { layout } = apply.params.step;
      const first = 1 + layout.sequences.length;
      const last = first + layout.states.length + layout.carried;
      return apply.inputs.flatMap((_, i) => i >= first && i < last ? [i] : []);
    },
  },
};
