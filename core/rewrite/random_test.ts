import { assert } from "@std/assert";
import { grad, T, type Variable } from "../../mod.ts";
import { isFloat } from "../dtype.ts";
import type { Value } from "../graph/value.ts";
import { evaluateGraph } from "../reference.ts";
import { optimise, resolveMode } from "./mod.ts";
import { randomGraph } from "./testdata/random_graph.ts";
import { difference, graphText } from "./testing.ts";

const GRAPHS = 300;

const mode = { ...resolveMode(), verify: true };

/** Compares values before and after rewriting; returns how many finite numbers there were. */
function compare(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  seed: number,
): number {
  const better = optimise(outputs, mode);
  const before = evaluateGraph(outputs, inputs), after = evaluateGraph(better, inputs);
  let compared = 0;
  before.forEach((want, i) => {
    const wrong = difference(want, after[i]!, { tolerance: 1e-5, onlyFinite: true });
    compared += want.data.filter((x) => Number.isFinite(Number(x))).length;
    if (wrong === null) return;
    throw new Error(
      `Seed ${seed}, output ${i}: ${wrong}\n  before: ${graphText(outputs[i]!)}\n  after: ${
        graphText(better[i]!)
      }`,
    );
  });
  return compared;
}

Deno.test("random graphs have the same values before and after rewriting", () => {
  let compared = 0;
  for (let seed = 1; seed <= GRAPHS; seed++) {
    const { outputs, inputs } = randomGraph(seed, 10 + seed % 40);
    compared += compare(outputs, inputs, seed);
  }
  assert(compared > 5 * GRAPHS, `only ${compared} finite numbers were compared`);
});

Deno.test("gradients of random graphs have the same values before and after rewriting", () => {
  let compared = 0;
  for (let seed = 1; seed <= GRAPHS; seed++) {
    const { outputs, inputs } = randomGraph(seed, 8 + seed % 25);
    const parts = outputs.filter(({ dtype }) => isFloat(dtype));
    const cost = parts.map((part): Variable => T.sum(T.mul(part, 0.7))).reduce((a, b) =>
      T.add(a, b)
    );
    const wrt = [...inputs.keys()].filter(({ dtype }) => isFloat(dtype));
    compared += compare(grad(cost, wrt, { disconnectedInputs: "ignore" }), inputs, seed);
  }
  assert(compared > 5 * GRAPHS, `only ${compared} finite numbers were compared`);
});
