/**
 * The scan op: a loop as one node of the graph.
 *
 * Inputs: the number of steps (int64 scalar); the sequences; the first rows of the states (oldest first,
 * as many as the state reads back); the first values of the carried states; the values that stay the
 * same; and for a limited loop how many of the steps are executed, a number that the device may have
 * computed. Outputs: the traces of states and mapped results (one row for each step); their last rows; the
 * last values of the carried states; the histories of the carried states (their value before each step);
 * the number of steps executed. What nobody reads is not computed.
 *
 * @module
 */

import { ShapeError } from "../core/errors.ts";
import { type Apply, standsFor, writtenLabel } from "../core/graph/graph.ts";
import { isDiscrete } from "../core/dtype.ts";
import { NeedValue, type Op, type ShapeContext } from "../core/graph/op.ts";
import { makeValue, sizeOf, type Value, valueData } from "../core/graph/value.ts";
import type { LoopStrategy } from "../core/kernel/program.ts";
import { addSize, type Guards, type Size, sizeValue } from "../core/kernel/size.ts";
import { type LeafInfo, Shapes } from "../core/plan/shapes.ts";
import { evaluateGraph } from "../core/reference.ts";
import type { SharedVariable } from "../core/shared.ts";
import { TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { depthOf, type StepGraph } from "./inner.ts";
import { lowerScan } from "./lower.ts";
import { cut, shown } from "../core/shown.ts";

/** What a scan node is made of, beside its inputs. */
export interface ScanParams {
  readonly step: StepGraph;
  /** Label in profiles and messages. */
  readonly name: string | null;
  /** Steps that the gradient goes back, or -1 for all. */
  readonly truncateGradient: number;
  /** The strategy asked for, or null to let the planner choose. */
  readonly strategy: LoopStrategy | null;
  /** States kept for the gradient: all, or every n-th with recomputation between. */
  readonly checkpoint: number | "sqrt" | null;
  readonly profile: boolean;
  /** Shared variables whose new value is a carried state, by number of the carried state. */
  readonly shared: ReadonlyMap<number, SharedVariable>;
  /** Carried states that advance by a default update: functions apply them unasked. */
  readonly implicit: ReadonlySet<number>;
}

/** The inputs of a scan node by kind. */
export interface ScanInputs {
  readonly steps: Variable;
  readonly sequences: readonly Variable[];
  readonly initials: readonly Variable[];
  readonly carried: readonly Variable[];
  readonly others: readonly Variable[];
  /** How many of the steps are executed, if that is another number (int64 scalar). */
  readonly limit: Variable | null;
}

/** Splits the inputs of a scan node. */
export function scanInputs(params: ScanParams, inputs: readonly Variable[]): ScanInputs {
  const { layout } = params.step;
  let at = 1;
  const take = (n: number) => inputs.slice(at, at += n);
  return {
    steps: inputs[0]!,
    sequences: take(layout.sequences.length),
    initials: take(layout.states.length),
    carried: take(layout.carried),
    others: take(layout.others),
    limit: layout.limited ? inputs[at]! : null,
  };
}

/** The outputs of a scan node by kind. */
export interface ScanOutputs {
  /** One row for each step, states first, then mapped results. */
  readonly traces: readonly Variable[];
  /** The last rows of the traces. */
  readonly finals: readonly Variable[];
  readonly carried: readonly Variable[];
  /** The carried states before each step: one row for each step. */
  readonly histories: readonly Variable[];
  /** Steps executed (int64 scalar). */
  readonly count: Variable;
}

/** Splits the outputs of a scan node. */
export function scanOutputs(apply: Apply<ScanParams>): ScanOutputs {
  const { layout } = apply.params.step;
  const traced = layout.states.length + layout.maps;
  return {
    traces: apply.outputs.slice(0, traced),
    finals: apply.outputs.slice(traced, 2 * traced),
    carried: apply.outputs.slice(2 * traced, 2 * traced + layout.carried),
    histories: apply.outputs.slice(2 * traced + layout.carried, 2 * (traced + layout.carried)),
    count: apply.outputs.at(-1)!,
  };
}

/** Whether a node is a scan. */
export function isScan(apply: Apply | null): apply is Apply<ScanParams> {
  return apply !== null && apply.op.name === "scan";
}

/** How messages call a scan. */
export function scanLabel(params: ScanParams): string {
  return params.name === null ? "scan" : `scan "${cut(params.name)}"`;
}

/** The number of steps of a node, checked against zero and the lengths of its sequences. */
export function stepCount(context: ShapeContext, apply: Apply<ScanParams>): Size {
  const { params } = apply;
  const { steps, sequences } = scanInputs(params, apply.inputs);
  const count = context.integer(steps);
  if (context.guards.less(count, 0)) {
    throw new RangeError(
      `Cannot run ${scanLabel(params)}: the number of steps must be >= 0, got ${sizeValue(count)}`,
    );
  }
  sequences.forEach((sequence, i) => {
    const length = context.shape(sequence)[0]!;
    const reach = Math.max(...params.step.layout.sequences[i]!, 0);
    const needed = addSize(count, reach);
    if (!context.guards.equal(count, 0) && context.guards.less(length, needed)) {
      const what = `sequence ${i} (${writtenLabel(sequence)})`;
      throw shortSequence(params, what, sizeValue(length), sizeValue(count), reach);
    }
  });
  return count;
}

function shortSequence(
  params: ScanParams,
  what: string,
  length: number,
  steps: number,
  reach: number,
): ShapeError {
  return new ShapeError(
    `Cannot run ${scanLabel(params)}: ${what} has ${length} elements, and ${steps} steps` +
      `${reach > 0 ? ` with taps reaching ${reach} further` : ""} need ${steps + reach}`,
  );
}

/** What the shape rules know of the placeholders. */
export function placeholderLeaves(
  context: ShapeContext,
  apply: Apply<ScanParams>,
): Map<Variable, LeafInfo> {
  const { step } = apply.params;
  const outer = scanInputs(apply.params, apply.inputs);
  const inner = step.placeholders;
  const leaves = new Map<Variable, LeafInfo>();
  const state = "the state that starts as ";
  inner.sequences.forEach((taps, i) => {
    const shape = context.shape(outer.sequences[i]!).slice(1);
    for (const tap of taps) {
      leaves.set(tap, { shape });
      standsFor(tap, outer.sequences[i]!, "an element of ");
    }
  });
  inner.states.forEach((taps, i) => {
    const shape = context.shape(outer.initials[i]!).slice(1);
    for (const tap of taps) {
      leaves.set(tap, { shape });
      standsFor(tap, outer.initials[i]!, state);
    }
  });
  inner.carried.forEach((place, i) => {
    leaves.set(place, { shape: context.shape(outer.carried[i]!) });
    standsFor(place, outer.carried[i]!, state);
  });
  inner.others.forEach((other, i) => {
    const value = outer.others[i]!;
    leaves.set(other, { shape: context.shape(value), ...integersOf(context, value) });
    standsFor(other, value);
  });
  return leaves;
}

function integersOf(
  context: ShapeContext,
  value: Variable,
): Pick<LeafInfo, "integers" | "need"> {
  if (!isDiscrete(value.dtype) || value.ndim > 1) return {};
  try {
    return { integers: context.integers(value) };
  } catch (error) {
    if (error instanceof NeedValue) return { need: error.variable };
    throw error;
  }
}

/** Shapes inside the step. */
export function stepShapes(
  context: ShapeContext,
  guards: Guards,
  apply: Apply<ScanParams>,
): Shapes {
  // What the host found out about constants of the step is known to whoever the loop is in.
  const around = context instanceof Shapes ? context : null;
  return new Shapes(guards, placeholderLeaves(context, apply), around);
}

function checkStateShape(
  params: ScanParams,
  i: number,
  was: readonly Size[],
  now: readonly Size[],
  guards: Guards,
): void {
  if (was.length === now.length && was.every((size, d) => guards.equal(size, now[d]!))) return;
  throw new ShapeError(
    `Cannot run ${scanLabel(params)}: state ${i} has shape [${
      was.map(sizeValue)
    }] before the step and ` +
      `[${now.map(sizeValue)}] after it; a state keeps its shape`,
  );
}

/** The scan op. */
export const scanOp: Op<ScanParams> = {
  name: "scan",
  indexFirst: true,

  infer(inputs, params) {
    const { step } = params;
    const { steps } = scanInputs(params, inputs);
    if (steps.ndim !== 0) {
      throw new TypeError("Cannot build a scan: the number of steps is a scalar");
    }
    const { results } = step;
    const traced = [...results.states, ...results.maps];
    const row = (v: Variable) => TensorType.of(v.dtype, v.type.shape);
    return [
      ...traced.map((v) => TensorType.of(v.dtype, [null, ...v.type.shape])),
      ...traced.map(row),
      ...results.carried.map(row),
      ...results.carried.map((v) => TensorType.of(v.dtype, [null, ...v.type.shape])),
      TensorType.of("int64", []),
    ];
  },

  shapes(context, apply) {
    const { params } = apply;
    const { step } = params;
    const count = stepCount(context, apply);
    const inner = stepShapes(context, context.guards, apply);
    const { placeholders, results } = step;
    results.states.forEach((state, i) => {
      const was = inner.shape(placeholders.states[i]![0]!);
      checkStateShape(params, i, was, inner.shape(state), context.guards);
    });
    results.carried.forEach((state, i) => {
      const was = inner.shape(placeholders.carried[i]!);
      checkStateShape(
        params,
        step.layout.states.length + i,
        was,
        inner.shape(state),
        context.guards,
      );
    });
    const rows = [...results.states, ...results.maps].map((v) => inner.shape(v));
    return [
      ...rows.map((row) => [count, ...row]),
      ...rows,
      ...results.carried.map((v) => inner.shape(v)),
      ...results.carried.map((v) => [count, ...inner.shape(v)]),
      [],
    ];
  },

  dynamicSizes(context, apply) {
    return [stepCount(context, apply)];
  },

  evaluate(inputs, params) {
    return evaluateScan(inputs, params);
  },

  key(params) {
    const shared = [...params.shared].map(([i, v]) => `${i}:${v.id}`).join();
    return [
      params.step.id,
      params.name,
      params.truncateGradient,
      params.strategy,
      params.checkpoint,
      params.profile,
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
    lower: lowerScan,
    reads: (apply) => {
      // First rows are copied into the loop's own memory: they need none of theirs.
      const { layout } = apply.params.step;
      const first = 1 + layout.sequences.length;
      const last = first + layout.states.length + layout.carried;
      return apply.inputs.flatMap((_, i) => i >= first && i < last ? [i] : []);
    },
  },
};

function rowOf(value: Value, i: number): Value {
  const shape = value.shape.slice(1);
  const size = sizeOf(shape) * (value.data.length / Math.max(1, sizeOf(value.shape)));
  return { dtype: value.dtype, shape, data: value.data.slice(i * size, (i + 1) * size) };
}

function stackRows(dtype: Value["dtype"], row: readonly number[], rows: readonly Value[]): Value {
  const shape = [rows.length, ...row];
  const data = valueData(dtype, sizeOf(shape));
  let at = 0;
  for (const value of rows) {
    (data as Float64Array).set(value.data as Float64Array, at);
    at += value.data.length;
  }
  return { dtype, shape, data };
}

/** More rows than the reference keeps. */
const MOST_ROWS = 2 ** 26;

/** Runs the loop plainly. */
function evaluateScan(inputs: readonly Value[], params: ScanParams): Value[] {
  const { step } = params;
  const { layout, placeholders, results } = step;
  let at = 1;
  const take = (n: number) => inputs.slice(at, at += n);
  const steps = Number(inputs[0]!.data[0]);
  const sequences = take(layout.sequences.length);
  const initials = take(layout.states.length);
  let carried = take(layout.carried);
  const others = take(layout.others);
  const limit = layout.limited ? Number(inputs[at]!.data[0]) : steps;
  for (const asked of [steps, limit]) {
    if (asked >= 0) continue;
    throw new RangeError(
      `Cannot run ${scanLabel(params)}: the number of steps must be >= 0, got ${shown(asked)}`,
    );
  }
  sequences.forEach(({ shape }, i) => {
    const reach = Math.max(...layout.sequences[i]!, 0), length = shape[0]!;
    if (steps === 0 || length >= steps + reach) return;
    throw shortSequence(params, `sequence ${i}`, length, steps, reach);
  });
  const states = initials.map((initial, i) =>
    Array.from({ length: depthOf(layout.states[i]!) }, (_, row) => rowOf(initial, row))
  );
  const maps: Value[][] = results.maps.map(() => []);
  const histories: Value[][] = carried.map(() => []);
  let count = 0;
  let emptyRows: readonly (readonly number[])[] = [];
  while (count < Math.min(steps, limit)) {
    const values = new Map<Variable, Value>();
    placeholders.sequences.forEach((taps, i) =>
      taps.forEach((tap, k) =>
        values.set(tap, rowOf(sequences[i]!, count + layout.sequences[i]![k]!))
      )
    );
    placeholders.states.forEach((taps, i) =>
      taps.forEach((tap, k) => values.set(tap, states[i]!.at(layout.states[i]![k]!)!))
    );
    placeholders.carried.forEach((state, i) => values.set(state, carried[i]!));
    placeholders.others.forEach((other, i) => values.set(other, others[i]!));
    const made = evaluateGraph(step.outputs, values);
    let next = 0;
    for (const state of states) state.push(made[next++]!);
    for (const map of maps) map.push(made[next++]!);
    carried.forEach((state, i) => histories[i]!.push(state));
    carried = carried.map(() => made[next++]!);
    count++;
    if (layout.until && Number(made[next]!.data[0]) !== 0) break;
  }
  if (count === 0 && layout.maps > 0) {
    // The shape of a result without rows is that of a step, whatever its values.
    const zero = (value: Value) => makeZero(value.dtype, value.shape);
    const values = new Map<Variable, Value>();
    placeholders.sequences.forEach((taps, i) => {
      const row = sequences[i]!;
      for (const tap of taps) values.set(tap, makeZero(row.dtype, row.shape.slice(1)));
    });
    placeholders.states.forEach((taps, i) => {
      for (const tap of taps) values.set(tap, zero(states[i]![0]!));
    });
    placeholders.carried.forEach((state, i) => values.set(state, carried[i]!));
    placeholders.others.forEach((other, i) => values.set(other, others[i]!));
    emptyRows = evaluateGraph(results.maps, values).map((value) => value.shape);
  }
  const rows = [
    ...states.map((rows, i) => rows.slice(depthOf(layout.states[i]!))),
    ...maps,
  ];
  const rowShapes = [
    ...initials.map((initial) => initial.shape.slice(1)),
    ...maps.map((map, i) => map[0]?.shape ?? emptyRows[i] ?? []),
  ];
  const dtypes = [...results.states, ...results.maps].map((v) => v.dtype);
  // An ended loop leaves the rest of its traces zero: they have one row for each step there could be.
  const pad = (list: readonly Value[], dtype: Value["dtype"], row: readonly number[]): Value[] => {
    // Nobody reads a trace that no memory would hold: the loop has a limit that is found as it runs.
    if (steps > MOST_ROWS) return [...list];
    const zero = makeZero(dtype, row);
    return [...list, ...Array.from({ length: steps - list.length }, () => zero)];
  };
  const padded = rows.map((list, i) => pad(list, dtypes[i]!, rowShapes[i]!));
  return [
    ...padded.map((list, i) => stackRows(dtypes[i]!, rowShapes[i]!, list)),
    ...rows.map((list, i) =>
      list.at(-1) ?? (i < states.length ? states[i]!.at(-1)! : makeZero(dtypes[i]!, rowShapes[i]!))
    ),
    ...carried,
    ...carried.map(({ dtype, shape }, i) =>
      stackRows(dtype, shape, pad(histories[i]!, dtype, shape))
    ),
    makeValue("int64", [], [BigInt(count)]),
  ];
}

function makeZero(dtype: Value["dtype"], shape: readonly number[]): Value {
  return { dtype, shape, data: valueData(dtype, sizeOf(shape)) };
}
