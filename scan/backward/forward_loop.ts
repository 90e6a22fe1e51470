/**
 * The loop whose gradient is wanted: its parts, what its steps gave, and the gradients of that.
 *
 * @module
 */

import { stableFormsOf } from "../../autodiff/stable.ts";
import { replaceWithKinks } from "../../autodiff/support.ts";
import { isComplex, isFloat } from "../../core/graph/dtype.ts";
import { type Apply, applyOp, makeVariable, type Variable } from "../../core/graph/graph.ts";
import { StepGraph } from "../inner.ts";
import {
  type ScanInputs,
  scanInputs,
  type ScanOutputs,
  scanOutputs,
  type ScanParams,
} from "../node.ts";
import { scanOp } from "../op.ts";
import { namePlaceholders } from "../step_shapes.ts";

/** A gradient; null where there is none. */
export type Gradient = Variable | null;

/** Whether a variable can have a gradient. */
export function differentiable(variable: Variable): boolean {
  return isFloat(variable.dtype) || isComplex(variable.dtype);
}

/** A loop, and the gradients of its outputs. */
export class ForwardLoop {
  readonly params: ScanParams;
  readonly step: StepGraph;
  /** The placeholders of the step by kind. */
  readonly placeholders: StepGraph["placeholders"];
  /** The results of the step by kind. */
  readonly results: StepGraph["results"];
  readonly outer: ScanInputs;
  readonly outputs: ScanOutputs;
  /** What the steps gave, for the gradient to read. */
  readonly values: ScanOutputs;
  readonly #given: ReadonlyMap<Variable, Gradient>;

  constructor(apply: Apply<ScanParams>, outputGradients: readonly Gradient[]) {
    // Errors in a gradient speak of what was differentiated.
    namePlaceholders(apply);
    this.params = apply.params;
    this.step = apply.params.step;
    this.placeholders = this.step.placeholders;
    this.results = this.step.results;
    this.outer = scanInputs(apply.params, apply.inputs);
    this.outputs = scanOutputs(apply);
    this.values = valuesOf(apply);
    this.#given = new Map(apply.outputs.map((output, i) => [output, outputGradients[i] ?? null]));
  }

  /** The gradient of an output of the loop. */
  gradientOf(output: Variable): Gradient {
    return this.#given.get(output) ?? null;
  }
}

/**
 * What the steps give that the gradient reads. Where it flows through stable forms, they are computed by
 * these, too: a state that has overflowed in one step would be wrong in the derivatives of the next. With
 * all rewrites, that is the loop that runs anyway.
 */
function valuesOf(apply: Apply<ScanParams>): ScanOutputs {
  const { params, inputs } = apply, { step: { layout, inputs: places, outputs } } = params;
  // A loop that draws numbers draws them once.
  const stable = params.shared.size === 0 && layout.states.length + layout.carried > 0
    ? stableFormsOf(outputs)
    : null;
  if (stable === null) return scanOutputs(apply);
  // Placeholders belong to one step only.
  const fresh = new Map(places.map((place) => [place, makeVariable(place.type)] as const));
  const own = new StepGraph(layout, [...fresh.values()], replaceWithKinks(stable, fresh));
  return scanOutputs(applyOp(scanOp, inputs, { ...params, step: own }));
}
