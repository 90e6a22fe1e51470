/**
 * Test values: graphs are tried with values while they are built.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import { type Apply, Constant, setTrial, type Variable } from "../graph/graph.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { fromTypedArray, toTypedArray, type Value } from "../graph/value.ts";
import { convertArgument } from "./arguments.ts";
import { SharedVariable } from "./shared.ts";
import { Tensor } from "./tensor.ts";

/** Tries each application that is made from now on, or none. */
export function tryApplications(how: "off" | "raise" | "warn"): void {
  if (how === "off") setTrial(null);
  else setTrial(trial, check);
}

/** Says of a test value where it is set that it does not fit. */
function check(variable: Variable, value: Exclude<TensorLike, Variable>): void {
  attempt(() => void converted(variable, value));
}

/** Says what goes wrong in the way that was asked for. */
function attempt(work: () => void): void {
  // What is computed meanwhile is not tried itself.
  setTrial(null);
  try {
    work();
  } catch (error) {
    if (settings.computeTestValue === "raise") throw error;
    // deno-lint-ignore no-console
    console.warn(`With test values: ${error instanceof Error ? error.message : error}`);
  } finally {
    setTrial(trial, check);
  }
}

function trial(apply: Apply): void {
  attempt(() => {
    const inputs = apply.inputs.map(testValueOf);
    if (inputs.includes(null)) return;
    const values = new Map(apply.inputs.map((input, i) => [input, inputs[i]!]));
    const results = evaluateGraph(apply.outputs, values);
    apply.outputs.forEach((output, i) => output.testValue = tensorOf(results[i]!));
  });
}

function tensorOf(value: Value): Tensor {
  return new Tensor(value.dtype, value.shape, toTypedArray(value));
}

/** The value to try a variable with; null if there is none. */
function testValueOf(variable: Variable): Value | null {
  if (variable instanceof Constant) return variable.value;
  const given = variable.testValue;
  if (given !== null) return converted(variable, given);
  if (!(variable instanceof SharedVariable)) return null;
  const { dtype, shape } = variable.container;
  return fromTypedArray(dtype, shape, variable.container.hostSync());
}

/** A test value as the variable takes it: what no call would take is none. */
function converted(variable: Variable, given: Exclude<TensorLike, Variable>): Value {
  const spec = { variable, name: variable.name, options: {}, scratch: null };
  const rules = { allowDowncast: false, strict: false };
  const where = () => `Bad test value of ${variable.label}`;
  const argument = convertArgument(spec, given, rules, where);
  return fromTypedArray(argument.dtype, argument.shape, argument.dataSync());
}
