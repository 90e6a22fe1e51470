/**
 * The reference interpreter: evaluates graphs plainly, in float64, one node after the other. Slow and
 * obvious; it folds constants and is what everything else is compared with.
 *
 * @module
 */

import { isArgumentError, MissingInputError } from "../base/errors.ts";
import { type Apply, Constant, type Variable } from "./graph.ts";
import { noteFailure } from "./failures.ts";
import { eagerInputs } from "./op.ts";
import { locate } from "./written.ts";
import { shapeText } from "../base/shown.ts";
import type { Value } from "./value.ts";

/**
 * Values of `outputs` for given values of variables (inputs, shared variables, or anything between).
 * Only what is needed is evaluated: of an `ifelse` one branch.
 *
 * Throws a MissingInputError for a variable that has no value and cannot be computed.
 */
export function evaluateGraph(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): Value[] {
  const results = evaluateUnread(outputs, inputs);
  // What has no value, such as the last result of no steps, is an error when it is read.
  for (const result of results) void result.data;
  return results;
}

/** Values that there are not, and why: that is an error of who reads them. */
const failed = new WeakMap<Value, Error>();

/** What an op gives that fails. */
export function failedValue(dtype: Value["dtype"], error: Error): Value {
  const raise = (): never => {
    throw error;
  };
  const value = Object.defineProperties({ dtype } as Value, {
    shape: { get: raise },
    data: { get: raise },
  });
  failed.set(value, error);
  return value;
}

/** Whether a value is one that an op failed to give. */
export function isFailed(value: Value): boolean {
  return failed.has(value);
}

/** A value that is read; throws the error of the op that failed to give it. */
function read(value: Value): Value {
  const error = failed.get(value);
  if (error !== undefined) throw error;
  return value;
}

/** The same for results of which maybe not all are read. */
export function evaluateUnread(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): Value[] {
  const values = new Map<Variable, Value>(inputs);
  const stack = outputs.toReversed();
  while (stack.length > 0) {
    const variable = stack[stack.length - 1]!;
    if (values.has(variable)) {
      stack.pop();
    } else if (variable instanceof Constant) {
      values.set(variable, variable.value);
    } else if (variable.owner === null) {
      throw new MissingInputError(`Cannot evaluate the graph: ${variable.label} has no value`);
    } else {
      const needed = neededInputs(variable.owner, values);
      const missing = needed.filter((input) => !values.has(input));
      if (missing.length > 0) stack.push(...missing.reverse());
      else evaluateApply(variable.owner, needed.map((input) => values.get(input)!), values);
    }
  }
  return outputs.map((output) => read(values.get(output)!));
}

/** What is changed at each op while a graph is evaluated. */
export interface Change {
  /** What the op gets in place of the values of its inputs. */
  readonly inputs?: (values: readonly Value[], apply: Apply) => Value[];
  /** What it gives in place of a result. */
  readonly result: (value: Value, apply: Apply, inputs: readonly Value[]) => Value;
}

/** What is done at each op, while there is something. */
let changed: Change | null = null;

/**
 * As `evaluateGraph`, with what each op gets or gives changed, also inside of loops: with rounding errors
 * of another kind it says which of the numbers are worth comparing.
 */
export function evaluateChanged(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  change: Change,
): Value[] {
  const before = changed;
  changed = change;
  try {
    return evaluateGraph(outputs, inputs);
  } finally {
    changed = before;
  }
}

/** The inputs to evaluate before a node: of one that picks first what it picks by, then what it picks. */
function neededInputs(apply: Apply, values: ReadonlyMap<Variable, Value>): readonly Variable[] {
  const { op, params, inputs } = apply;
  if (op.pick === undefined) return inputs;
  const eager = eagerInputs(apply);
  if (eager.some((input) => !values.has(input))) return eager;
  return op.pick(eager.map((input) => read(values.get(input)!)), params).map((i) => inputs[i]!);
}

function evaluateApply(apply: Apply, args: Value[], values: Map<Variable, Value>): void {
  const { op } = apply;
  let results: readonly Value[] = args;
  try {
    // A loop reads what its steps do, if it makes any; others all they are given, be it of no elements.
    if (op.idle === undefined) args.forEach(read);
    if (op.idle === undefined && op.pick === undefined) {
      for (const { data } of args.slice(op.dataFrom ?? 0)) void data;
    }
    if (op.pick === undefined) results = resultsOf(apply, args, values);
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    results = apply.outputs.map(({ dtype }) => failedValue(dtype, error));
  }
  apply.outputs.forEach((output, i) => {
    if (!values.has(output)) values.set(output, results[i]!);
  });
}

/** Evaluates one op; its errors say which one it is. */
function resultsOf(
  apply: Apply,
  args: Value[],
  values: ReadonlyMap<Variable, Value>,
): readonly Value[] {
  try {
    const given = changed?.inputs?.(args, apply) ?? args;
    const results = apply.op.evaluate(given, apply.params, apply);
    return results.map((value) => changed?.result(value, apply, given) ?? value);
  } catch (error) {
    noteFailure(error, apply);
    locate(error, apply, (variable) => {
      const value = values.get(variable);
      return value === undefined ? "" : ` of shape ${shapeText(value.shape)}`;
    });
    throw error;
  }
}
