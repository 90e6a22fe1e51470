/**
 * `mode: "debug"`: every call is compared with the reference interpreter.
 *
 * @module
 */

import { isComplex, isFloat, realOf } from "../graph/dtype.ts";
import { isArgumentError, VerificationError } from "../base/errors.ts";
import { fromTypedArray, type Value } from "../graph/value.ts";
import { ancestors, graphInputs } from "../graph/walk.ts";
import { evaluateGraph } from "../graph/reference.ts";
import { optimise, type ResolvedMode } from "../rewrite/mod.ts";
import { difference } from "./difference.ts";
import { deviceSpreadOf, spreadOf } from "./rounding.ts";
import { SharedVariable } from "./shared.ts";
import type { Tensor } from "./tensor.ts";
import type { Variable } from "../graph/graph.ts";
import type { Argument } from "./arguments.ts";
import type { Executor } from "./executor.ts";

/** The part of a function's definition that is checked: the graph before rewriting. */
interface Verifiable {
  readonly name: string;
  readonly specs: readonly { readonly variable: Variable }[];
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  readonly states: readonly Variable[];
}

/** Compares gradients of outputs with finite differences at a point. */
type GradientCheck = (
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
) => void;

let checkGradients: GradientCheck | null = null;

/** Says how gradients are checked. */
export function registerGradientCheck(check: GradientCheck): void {
  checkGradients = check;
}

/** The functions whose gradients were checked. */
const checked = new WeakSet<Verifiable>();

const tolerances: Record<string, number> = { float16: 2e-2, float32: 1e-3, float64: 1e-8 };

/**
 * Runs a call and the reference: on the graph as it was rewritten, which must give what the call gives,
 * and on the graph as the user wrote it, which must give the same where its numbers are finite. Throws a
 * VerificationError that names the output, the place and both values where they differ by more than
 * rounding, and the rewrite if it is one that changes values.
 */
export function verifyCall(
  definition: Verifiable,
  executor: Executor,
  args: readonly Argument[],
  mode: ResolvedMode,
): Tensor[] {
  const inputs = new Map<Variable, Value>();
  definition.specs.forEach(({ variable }, i) => {
    const arg = args[i]!;
    inputs.set(variable, fromTypedArray(arg.dtype, arg.shape, arg.dataSync()));
  });
  const wanted = [
    ...definition.outputs,
    ...definition.states,
    ...definition.updates.map(([, value]) => value),
  ];
  // The graph as written may read more than what is left of it.
  for (const variable of new Set([...executor.shared, ...graphInputs(wanted)])) {
    if (!(variable instanceof SharedVariable)) continue;
    const { dtype, shape } = variable.container;
    inputs.set(variable, fromTypedArray(dtype, shape, variable.container.hostSync()));
  }
  if (mode.gradients && !checked.has(definition)) {
    checked.add(definition);
    checkGradients?.(wanted, inputs);
  }
  const asWritten = evaluateGraph(wanted, inputs);
  const { request } = executor;
  const rewritten = [...request.outputs, ...request.updates.map(([, value]) => value)];
  const remade = evaluateIfAny(rewritten, inputs), expected = remade ?? asWritten;
  const changed = changesOf(wanted, inputs, asWritten),
    moved = deviceSpreadOf(remade === null ? wanted : rewritten, inputs, expected);
  expected.forEach((value, i) => {
    const wrong = changed(i, value);
    if (wrong === null) return;
    throw new VerificationError(
      `Rewriting the function "${definition.name}" changed ${wanted[i]!.label}: ${wrong}` +
        culprit(wanted, inputs, mode),
    );
  });
  const results = executor.run(args);
  const updated = definition.updates.map(([target]) => target.getValue());
  [...results, ...updated].forEach((tensor, i) => {
    const variable = wanted[i]!;
    compareValues(definition.name, variable, tensor, expected[i]!, (at) => moved(i, at));
  });
  return results;
}

/** Says where values are others than those of the graph as written, by more than that may be off itself. */
function changesOf(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): (output: number, value: Value) => string | null {
  const spread = spreadOf(outputs, inputs, values);
  return (output, value) =>
    difference(values[output]!, value, {
      tolerance: 1e-6,
      onlyFinite: true,
      slack: (position) => 4 * spread(output, position),
    });
}

/** Values of a rewritten graph; null where it is refused: then what runs is the graph as it was written. */
function evaluateIfAny(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): Value[] | null {
  try {
    return evaluateGraph(outputs, inputs);
  } catch (error) {
    if (isArgumentError(error)) return null;
    throw error;
  }
}

/** The first rewrite that changes a value, in words; nothing if none does it by itself. */
function culprit(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  mode: ResolvedMode,
): string {
  let found = "";
  optimise(outputs, mode, new Map(), (rule, before, after) => {
    if (found !== "") return;
    const [was, is] = evaluateGraph([before, after], inputs);
    const wrong = changesOf([before], inputs, [was!])(0, is!);
    if (wrong !== null) found = ` (by the rewrite "${rule.name}": ${rule.law}; ${wrong})`;
  });
  return found;
}

/** What rounding may change: that of the coarsest float on the way to a variable. */
export function toleranceOf(variable: Variable): number {
  const floats = ancestors([variable]).flatMap(({ dtype }) =>
    isFloat(dtype) || isComplex(dtype) ? [tolerances[realOf(dtype)]!] : []
  );
  return Math.max(...floats);
}

function compareValues(
  name: string,
  variable: Variable,
  tensor: Tensor,
  value: Value,
  spread: (position: number) => number,
): void {
  if (tensor.shape.join() !== value.shape.join()) {
    throw new VerificationError(
      `The function "${name}" computed ${variable.label} with shape [${tensor.shape}]; the reference ` +
        `says [${value.shape}]`,
    );
  }
  const data = tensor.dataSync();
  const exact = !isFloat(tensor.dtype) && !isComplex(tensor.dtype);
  const tolerance = exact ? 0 : toleranceOf(variable);
  for (let i = 0; i < data.length; i++) {
    const have = Number(data[i]), want = Number(value.data[i]);
    if (Object.is(have, want) || have === want || Number.isNaN(have) && Number.isNaN(want)) {
      continue;
    }
    const scale = Math.max(1, Math.abs(want));
    if (Math.abs(have - want) <= tolerance * scale) continue;
    // Rounding on the device may matter more: whole numbers jump, remainders of large ones are noise.
    const moves = spread(i);
    if (moves === Infinity || (exact ? moves > 0 : Math.abs(have - want) <= 4 * moves)) continue;
    throw new VerificationError(
      `The function "${name}" computed ${variable.label} with ${have} at position ${i}; the reference ` +
        `says ${want}`,
    );
  }
}
