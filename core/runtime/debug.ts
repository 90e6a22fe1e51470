/**
 * `mode: "debug"`: every call is compared with the reference interpreter.
 *
 * @module
 */

import { type DType, isComplex, isFloat, realOf } from "../graph/dtype.ts";
import { VerificationError } from "../base/errors.ts";
import { fromTypedArray, type Value } from "../graph/value.ts";
import { ancestors, graphInputs } from "../graph/walk.ts";
import { evaluateChanged, evaluateGraph } from "../graph/reference.ts";
import { optimise, type ResolvedMode } from "../rewrite/mod.ts";
import { type Closeness, difference } from "./difference.ts";
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
  const asWritten = evaluateGraph(wanted, inputs);
  const { request } = executor;
  const rewritten = [...request.outputs, ...request.updates.map(([, value]) => value)];
  const expected = evaluateGraph(rewritten, inputs);
  // The graph as written may have lost digits that rewriting keeps: it is as far off as rounding moves it.
  const moved = once(() =>
    [1, 2, 3].map((seed) => evaluateChanged(wanted, inputs, roundedBy(seed, exactUnits)))
  );
  const withSlack = (output: number): Closeness => ({
    ...whereFinite,
    slack: (position) => {
      const at = (values: readonly Value[]) => Number(values[output]!.data[position]);
      const errors = moved().map((values) => Math.abs(at(values) - at(asWritten)));
      return 4 * Math.max(...errors.map((error) => Number.isNaN(error) ? Infinity : error));
    },
  });
  expected.forEach((value, i) => {
    const wrong = difference(asWritten[i]!, value, whereFinite);
    if (wrong === null || difference(asWritten[i]!, value, withSlack(i)) === null) return;
    throw new VerificationError(
      `Rewriting the function "${definition.name}" changed ${wanted[i]!.label}: ${wrong}` +
        culprit(wanted, inputs, mode),
    );
  });
  // Whole numbers that come of floats jump where rounding moves those.
  const jumping = once(() =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
      evaluateChanged(rewritten, inputs, roundedBy(seed, deviceUnits))
    )
  );
  const jumps = (output: number, position: number): boolean => {
    const want = Number(expected[output]!.data[position]);
    return jumping().some((values) => Number(values[output]!.data[position]) !== want);
  };
  const results = executor.run(args);
  const updated = definition.updates.map(([target]) => target.getValue());
  [...results, ...updated].forEach((tensor, i) => {
    const variable = wanted[i]!;
    compareValues(definition.name, variable, tensor, expected[i]!, (at) => jumps(i, at));
  });
  return results;
}

const whereFinite = { tolerance: 1e-6, onlyFinite: true };

/** A value that is computed when it is first asked for. */
function once<V>(compute: () => V): () => V {
  let value: V | undefined;
  return () => value ??= compute();
}

/** By what a result may be off, relative to it. */
type Units = (dtype: DType, x: number) => number;

/** In the reference: whole numbers may be exact. */
const exactUnits: Units = (_, x) => Number.isInteger(x) ? 0 : Number.EPSILON;

/** On a device. */
const deviceUnits: Units = (dtype) =>
  ({ float16: 2 ** -10, float32: 2 ** -22 } as Record<string, number>)[realOf(dtype)] ?? 2 ** -50;

/** Changes floats by rounding errors. */
function roundedBy(seed: number, unitOf: Units): (value: Value) => Value {
  let state = seed;
  return (value) => {
    const { dtype } = value;
    if (!(isFloat(dtype) || isComplex(dtype))) return value;
    const data = (value.data as Float64Array).map((x) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return x * (1 + unitOf(dtype, x) * (state / 2 ** 31 - 1));
    });
    return { ...value, data };
  };
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
    const wrong = difference(was!, is!, whereFinite);
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
  jumps: (position: number) => boolean,
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
    if (Math.abs(have - want) <= tolerance * scale || exact && jumps(i)) continue;
    throw new VerificationError(
      `The function "${name}" computed ${variable.label} with ${have} at position ${i}; the reference ` +
        `says ${want}`,
    );
  }
}
