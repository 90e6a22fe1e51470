/**
 * The plain evaluation of a loop, for the reference.
 *
 * @module
 */

import { makeValue, sizeOf, type Value, valueData } from "../core/graph/value.ts";
import { noteStep } from "../core/graph/failures.ts";
import { evaluateGraph, evaluateUnread, failedValue, isFailed } from "../core/graph/reference.ts";
import { IndexError } from "../core/base/errors.ts";
import { shown } from "../core/base/shown.ts";
import type { Variable } from "../core/graph/graph.ts";
import { type DType, isDiscrete } from "../core/graph/dtype.ts";
import { unevenSteps } from "../core/ops/shape/join.ts";
import { NeedValue } from "../core/graph/op.ts";
import { Guards, sizeValue } from "../core/ir/size.ts";
import { type LeafInfo, Shapes } from "../core/plan/shapes.ts";
import { depthOf } from "./inner.ts";
import { scanInputs, scanLabel, type ScanParams } from "./node.ts";
import { changedShape, shapeAnyway, shapeOrError, shortSequence } from "./step_shapes.ts";

function rowOf(value: Value, i: number): Value {
  const shape = value.shape.slice(1);
  const size = sizeOf(shape) * (value.data.length / Math.max(1, sizeOf(value.shape)));
  return { dtype: value.dtype, shape, data: value.data.slice(i * size, (i + 1) * size) };
}

function stackRows(dtype: Value["dtype"], row: readonly number[], rows: readonly Value[]): Value {
  const shape = [rows.length, ...row];
  if (rows.some((value) => value.shape.some((n, d) => n !== row[d]))) {
    return unreadable(dtype, shape, () => unevenSteps(rows.map((value) => value.shape)));
  }
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
export function evaluateScan(inputs: readonly Value[], params: ScanParams): Value[] {
  const { step } = params;
  const { layout, placeholders, results } = step;
  const given = scanInputs(params, inputs), { sequences, initials, others } = given;
  const steps = Number(given.steps.data[0]), limit = Number((given.limit ?? given.steps).data[0]);
  let carried = given.carried;
  for (const asked of [steps, limit]) {
    if (asked >= 0) continue;
    throw new RangeError(
      `Cannot run ${scanLabel(params)}: the number of steps must be >= 0, got ${shown(asked)}`,
    );
  }
  sequences.forEach((sequence, i) => {
    if (steps === 0) return;
    const reach = Math.max(...layout.sequences[i]!, 0), length = sequence.shape[0]!;
    if (length >= steps + reach) return;
    throw shortSequence(params, `sequence ${i}`, length, steps, reach);
  });
  const states = initials.map((initial, i) =>
    Array.from({ length: depthOf(layout.states[i]!) }, (_, row) => rowOf(initial, row))
  );
  const maps: Value[][] = results.maps.map(() => []);
  const histories: Value[][] = carried.map(() => []);
  let count = 0;
  let emptyRows: readonly (readonly number[] | Error)[] = [];
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
    const made = stepResults(params, count, values);
    let next = 0;
    for (const [i, state] of states.entries()) {
      const was = state[0]!.shape, now = made[next]!.shape;
      if (was.join() !== now.join()) throw changedShape(params, i, was, now);
      state.push(made[next++]!);
    }
    for (const map of maps) map.push(made[next++]!);
    carried.forEach((state, i) => histories[i]!.push(state));
    carried = carried.map(() => made[next++]!);
    count++;
    if (layout.until && Number(made[next]!.data[0]) !== 0) break;
  }
  if (count === 0 && layout.maps > 0) {
    // The shape of a result without rows is that of a step, whatever its values.
    const row = (rows: Value) => isFailed(rows) ? rows : makeZero(rows.dtype, rows.shape.slice(1));
    const values = new Map<Variable, Value>();
    placeholders.sequences.forEach((taps, i) => {
      for (const tap of taps) values.set(tap, row(sequences[i]!));
    });
    placeholders.states.forEach((taps, i) => {
      for (const tap of taps) values.set(tap, row(initials[i]!));
    });
    placeholders.carried.forEach((state, i) => values.set(state, carried[i]!));
    placeholders.others.forEach((other, i) => values.set(other, others[i]!));
    emptyRows = shapesOf(results.maps, values);
  }
  const rows = [
    ...states.map((rows, i) => rows.slice(depthOf(layout.states[i]!))),
    ...maps,
  ];
  const rowShapes: readonly (readonly number[] | Error)[] = [
    ...initials.map((initial) => initial.shape.slice(1)),
    ...maps.map((map, i) => map[0]?.shape ?? emptyRows[i] ?? []),
  ];
  const dtypes = [...results.states, ...results.maps].map((v) => v.dtype);
  // An ended loop leaves the rest of its traces zero: they have one row for each step there could be.
  const pad = (list: readonly Value[], dtype: DType, row: readonly number[]): Value[] => {
    // Nothing reads a trace that no memory would hold: the loop has a limit that is found as it runs.
    if (steps > MOST_ROWS) return [...list];
    const zero = makeZero(dtype, row);
    return [...list, ...Array.from({ length: steps - list.length }, () => zero)];
  };
  return [
    ...rows.map((list, i) => {
      const row = rowShapes[i]!, dtype = dtypes[i]!;
      return row instanceof Error
        ? failedValue(dtype, row)
        : stackRows(dtype, row, pad(list, dtype, row));
    }),
    ...rows.map((list, i) =>
      list.at(-1) ??
        (i < states.length ? states[i]!.at(-1)! : noResult(params, dtypes[i]!, rowShapes[i]!))
    ),
    ...carried,
    ...carried.map(({ dtype, shape }, i) =>
      stackRows(dtype, shape, pad(histories[i]!, dtype, shape))
    ),
    makeValue("int64", [], [BigInt(count)]),
  ];
}

/** What a step gives; an error says which step it was. */
function stepResults(
  params: ScanParams,
  step: number,
  values: ReadonlyMap<Variable, Value>,
): readonly Value[] {
  try {
    return evaluateUnread(params.step.outputs, values);
  } catch (error) {
    noteStep(error, step, scanLabel(params));
    throw error;
  }
}

/**
 * Shapes in a step that is never taken, for given values of the placeholders, or why there are none. The rules
 * of shapes find them: an op may fail, as there may be no element at a place.
 */
function shapesOf(
  variables: readonly Variable[],
  values: ReadonlyMap<Variable, Value>,
): (readonly number[] | Error)[] {
  const leaves = new Map<Variable, LeafInfo>();
  const know = (variable: Variable, value: Value) => leaves.set(variable, new Known(value));
  for (const [variable, value] of values) know(variable, value);
  while (true) {
    const shapes = new Shapes(new Guards(), leaves, null, shapeAnyway);
    const found = variables.map((variable) => shapeOrError(shapes, variable, true));
    const need = found.find((one) => one instanceof NeedValue)?.variable;
    if (need === undefined || leaves.has(need)) {
      return found.map((one) => one instanceof Error ? one : one.map(sizeValue));
    }
    know(need, evaluateGraph([need], values)[0]!);
  }
}

/** What is known of a variable that has a value, if it has one. */
class Known implements LeafInfo {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  get shape(): readonly number[] {
    return this.#value.shape;
  }

  get integers(): readonly number[] | undefined {
    const { dtype, shape, data } = this.#value;
    return isDiscrete(dtype) && shape.length <= 1 ? Array.from(data, Number) : undefined;
  }
}

/** What is an error for who reads it. */
function unreadable(dtype: DType, shape: readonly number[], error: () => Error): Value {
  return {
    dtype,
    shape,
    get data(): never {
      throw error();
    },
  };
}

/** The last result of no steps. */
function noResult(params: ScanParams, dtype: DType, row: readonly number[] | Error): Value {
  if (row instanceof Error) return failedValue(dtype, row);
  const text = `Cannot take the last result of ${scanLabel(params)}: it has no steps`;
  return unreadable(dtype, row, () => new IndexError(text));
}

function makeZero(dtype: Value["dtype"], shape: readonly number[]): Value {
  return { dtype, shape, data: valueData(dtype, sizeOf(shape)) };
}
