/**
 * Graphs of two float dtypes before and after rewriting, and their gradients, without a device.
 *
 * @module
 */

import "../../testing/compiling.ts";
import { isFloat } from "../../../core/graph/dtype.ts";
import type { Value } from "../../../core/graph/value.ts";
import { toposort } from "../../../core/graph/walk.ts";
import { optimise, resolveMode } from "../../../core/rewrite/mod.ts";
import { difference } from "../../../core/runtime/difference.ts";
import { graphText } from "../../testing/rewrite/rules.ts";
import { evaluateGraph, grad, T, type Variable } from "../../../all.ts";
import { build, valueOf } from "../build.ts";
import { Generator, type KernelKind } from "../generator.ts";
import { commonInputs, wander } from "./graphs.ts";

const mode = { ...resolveMode(), verify: true };

/** A graph and values of its inputs. */
interface RandomGraph {
  readonly outputs: readonly Variable[];
  readonly inputs: ReadonlyMap<Variable, Value>;
}

function randomGraph(seed: number, size: number): RandomGraph {
  const g = new Generator(seed, null, 1);
  commonInputs(g);
  wander(g, size);
  const program = g.finish();
  if (program === null) return { outputs: [], inputs: new Map() };
  const { variables } = build(program);
  const inputs = program.inputs.map((input) =>
    [variables.get(input.name)!, valueOf(input, program.calls[0]![input.name]!)] as const
  );
  return {
    outputs: program.outputs.map((name) => variables.get(name)!),
    inputs: new Map(inputs),
  };
}

/** Whether an output may depend on how a number that is not finite compares. */
function comparesNaN(output: Variable, inputs: ReadonlyMap<Variable, Value>): boolean {
  const compared = toposort([output]).filter((apply) => !isFloat(apply.output.dtype))
    .flatMap((apply) => apply.inputs).filter(({ dtype }) => isFloat(dtype));
  const values = evaluateGraph(compared, inputs);
  return values.some(({ data }) => !(data as Float64Array).every(Number.isFinite));
}

/** Says where values are not the same before and after rewriting; null if they are. */
function changed(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): string | null {
  const better = optimise(outputs, mode);
  const before = evaluateGraph(outputs, inputs), after = evaluateGraph(better, inputs);
  for (const [i, want] of before.entries()) {
    const wrong = difference(want, after[i]!, { tolerance: 1e-5, onlyFinite: true });
    if (wrong === null) continue;
    // Rules take numbers for finite (x / x is 1): a comparison with what was NaN may come out otherwise.
    if (comparesNaN(outputs[i]!, inputs)) continue;
    return `output ${i}: ${wrong}\n  before: ${graphText(outputs[i]!)}\n  after: ${
      graphText(better[i]!)
    }`;
  }
  return null;
}

function gradientsOf({ outputs, inputs }: RandomGraph): readonly Variable[] {
  const parts = outputs.filter(({ dtype }) => isFloat(dtype));
  if (parts.length === 0) return [];
  const cost = parts.map((part): Variable => T.sum(T.mul(part, 0.7))).reduce((a, b) => T.add(a, b));
  const wrt = [...inputs.keys()].filter(({ dtype }) => isFloat(dtype));
  return grad(cost, wrt, { disconnectedInputs: "ignore" });
}

/** Rewriting alone. */
export const rewriting: KernelKind = {
  name: "rewriting",
  devices: ["cpu"],
  check(seed) {
    const large = randomGraph(seed, 10 + seed % 40), small = randomGraph(seed, 8 + seed % 25);
    const wrong = changed(large.outputs, large.inputs) ??
      changed(gradientsOf(small), small.inputs);
    return Promise.resolve(wrong);
  },
};
