/**
 * Plans an `ifelse`: each side in a scope of its own, so that what only one side needs is computed only
 * when that side is taken.
 *
 * @module
 */

import { isArgumentError } from "../base/errors.ts";
import type { Apply, Variable } from "../graph/graph.ts";
import type { CheckError, Step } from "../ir/program.ts";
import { KernelBuilder } from "./kernel.ts";
import { arrange, simplify } from "./passes.ts";
import type { BufferView } from "./buffer_view.ts";
import { Scope } from "./scope.ts";
import { StepGraph } from "./step_graph.ts";

/** Emits the steps of a choice between two lists of `n` values and places its outputs. */
export function lowerBranch(scope: Scope, apply: Apply, n: number): void {
  const { planner, shapes } = scope;
  const condition = apply.inputs[0]!;
  const used = apply.outputs.flatMap((output, i) => scope.isUsed(output) ? [i] : []);
  const views = used.map((i) => {
    const output = apply.outputs[i]!, view = scope.destinationOf(output);
    scope.bind(output, view);
    return view;
  });
  const side = (first: number) =>
    sideSteps(scope, used.map((i) => apply.inputs[first + i]!), views);
  // A side that cannot be planned for these shapes is an error when it is taken, and not before.
  const sideIfAny = (first: number) => {
    try {
      return side(first);
    } catch (error) {
      if (isArgumentError(error)) return failure(scope, error);
      throw error;
    }
  };
  if (shapes.knows(condition)) {
    // The host decides: there is nothing to branch on in this plan.
    const taken = shapes.guards.equal(shapes.integer(condition), 0) ? 1 + n : 1;
    scope.steps.push(...side(taken));
    return;
  }
  const flag = scope.contiguous(condition).buffer;
  const kept = new Set(views.map((view) => view.buffer));
  const finish = (steps: readonly Step[]) =>
    arrange(simplify(new StepGraph(planner, "ifelse", steps, kept))).steps;
  const [then, otherwise] = [sideIfAny(1), sideIfAny(1 + n)];
  scope.steps.push({
    kind: "branch",
    name: "ifelse",
    condition: flag,
    then: finish(then),
    otherwise: finish(otherwise),
  });
}

/** Steps that end in an error. */
function failure(scope: Scope, { message, constructor }: Error): readonly Step[] {
  const inner = new Scope(scope.planner, scope.shapes, scope);
  const kernel = new KernelBuilder(inner, [], [], false);
  kernel.check(kernel.b.constant("bool", 1), message, constructor as CheckError);
  inner.finish("ifelse", kernel);
  return inner.steps;
}

/** The steps that compute values into places. */
function sideSteps(
  scope: Scope,
  values: readonly Variable[],
  views: readonly BufferView[],
): readonly Step[] {
  const inner = new Scope(scope.planner, scope.shapes, scope);
  inner.prepare(values);
  values.forEach((value, i) => {
    const first = values.indexOf(value) === i;
    if (first && value.owner !== null && inner.viewOf(value) === null) {
      inner.assignDestination(value, views[i]!);
    }
  });
  values.forEach((value, i) => {
    const view = views[i]!;
    const computed = value.owner === null && inner.viewOf(value) === null
      ? null
      : inner.materialise(value);
    if (computed !== view) inner.computeInto(value, view);
  });
  return inner.steps;
}
