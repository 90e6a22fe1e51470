/**
 * Test values: graphs are tried with values while they are built.
 *
 * @module
 */

import { settings } from "../base/settings.ts";
import { type Apply, Constant, setTrial, type Variable } from "../graph/graph.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { fromTypedArray, toTypedArray, type Value } from "../graph/value.ts";
import { castHost, valueOf } from "../ops/common/literal.ts";
import { SharedVariable } from "./shared.ts";
import { Tensor } from "./tensor.ts";

/** Tries each application that is made from now on, or none. */
export function tryApplications(how: "off" | "raise" | "warn"): void {
  setTrial(how === "off" ? null : trial);
}

function trial(apply: Apply): void {
  // What is computed meanwhile is not tried itself.
  setTrial(null);
  try {
    const inputs = apply.inputs.map(testValueOf);
    if (inputs.includes(null)) return;
    const values = new Map(apply.inputs.map((input, i) => [input, inputs[i]!]));
    const results = evaluateGraph(apply.outputs, values);
    apply.outputs.forEach((output, i) => output.testValue = tensorOf(results[i]!));
  } catch (error) {
    if (settings.computeTestValue === "raise") throw error;
    // deno-lint-ignore no-console
    console.warn(`With test values: ${error instanceof Error ? error.message : error}`);
  } finally {
    setTrial(trial);
  }
}

function tensorOf(value: Value): Tensor {
  return new Tensor(value.dtype, value.shape, toTypedArray(value));
}

/** The value to try a variable with; null if there is none. */
function testValueOf(variable: Variable): Value | null {
  if (variable instanceof Constant) return variable.value;
  const given = variable.testValue;
  if (given !== null) {
    const value = valueOf(given);
    if (value.shape.length !== variable.ndim) {
      throw new TypeError(
        `Cannot try ${variable.label}: expected a test value of rank ${variable.ndim}, got one of shape ` +
          `[${value.shape}]`,
      );
    }
    return castHost(value, variable.dtype);
  }
  if (!(variable instanceof SharedVariable)) return null;
  const { dtype, shape } = variable.container;
  return fromTypedArray(dtype, shape, variable.container.hostSync());
}
