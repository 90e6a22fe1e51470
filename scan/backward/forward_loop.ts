/**
 * The loop whose gradient is wanted: its parts, what its steps gave, and the gradients of that.
 *
 * @module
 */

import { stableFormsOf } from "../../autodiff/stable.ts";
import { replaceWithKinks } from "../../autodiff/support.ts";
import { isComplex, isFloat } from "../../core/graph/dtype.ts";
import { type Apply, applyOp, makeVariable, type Variable } from "../../core/graph/graph.ts";
import { derivedAs } from "../../core/ops/control/derived_as.ts";
import { lazyInputs } from "../../core/graph/op.ts";
import { toposort } from "../../core/graph/walk.ts";
import { StepGraph } from "../inner.ts";
import {
  type ScanInputs,
  scanInputs,
  type ScanOutputs,
  scanOutputs,
  type ScanParams,
} from "../node.ts";
import { scanOp } from "../op.ts";
import { isMergeable } from "../rewrites/merge.ts";
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
  /** The products of the step, and their rows, which the gradient reads, too. */
  readonly products: ReadonlyMap<Variable, Variable>;
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
    const stable = stableLoop(apply);
    this.values = scanOutputs(stable ?? apply);
    this.products = stable === null ? productsOf(apply) : new Map();
    this.#given = new Map(apply.outputs.map((output, i) => [output, outputGradients[i] ?? null]));
  }

  /** The gradient of an output of the loop. */
  gradientOf(output: Variable): Gradient {
    return this.#given.get(output) ?? null;
  }
}

/**
 * The loop whose values the gradient reads where it flows through stable forms: they are computed by these,
 * too, as a state that has overflowed in one step would be wrong in the derivatives of the next. With all
 * rewrites, that is the loop that runs anyway.
 */
function stableLoop(apply: Apply<ScanParams>): Apply<ScanParams> | null {
  const { params, params: { step: { layout, outputs } } } = apply;
  // A loop that draws numbers draws them once.
  const stable = params.shared.size === 0 && layout.states.length + layout.carried > 0
    ? stableFormsOf(outputs)
    : null;
  if (stable === null) return null;
  // What derivatives are connected to is a matter of the step as it is written.
  const results = stable.map((form, i) =>
    form === outputs[i] ? form : derivedAs(form, outputs[i]!)
  );
  return withResults(apply, layout, results);
}

/** The loop with another step of the same placeholders. */
function withResults(
  { params, inputs }: Apply<ScanParams>,
  layout: StepGraph["layout"],
  results: readonly Variable[],
): Apply<ScanParams> {
  // Placeholders belong to one step only.
  const fresh = new Map(
    params.step.inputs.map((place) => [place, makeVariable(place.type)] as const),
  );
  const step = new StepGraph(layout, [...fresh.values()], replaceWithKinks(results, fresh));
  return applyOp(scanOp, inputs, { ...params, step });
}

/** Products of fewer multiplications for each number are computed again. */
const LEAST_LENGTH = 8;

/**
 * The products of a step that change from step to step, or sums of them, with their rows. They come from a
 * loop of their own, which rewrites join with the one that runs anyway; a gradient that reads none of them
 * has no such loop.
 */
function productsOf(apply: Apply<ScanParams>): ReadonlyMap<Variable, Variable> {
  const { step: { layout, placeholders, results } } = apply.params;
  if (!isMergeable(apply) || layout.states.length + layout.carried === 0) return new Map();
  const all = [...results.states, ...results.maps];
  const varying = new Set([
    ...placeholders.sequences.flat(),
    ...placeholders.states.flat(),
    ...placeholders.carried,
  ]);
  const given = new Set([...all, ...results.carried]);
  const order = toposort([...given]);
  // Shapes of what is kept must not depend on what is chosen.
  if (order.some((node) => lazyInputs(node).length > 0)) return new Map();
  const readers = new Map<Variable, Apply[]>();
  for (const node of order) {
    for (const input of new Set(node.inputs)) {
      readers.set(input, [...readers.get(input) ?? [], node]);
    }
  }
  /** The sum that a product goes into, if nothing else reads the product. */
  const sumWith = (product: Variable): Variable => {
    const [reader, ...others] = readers.get(product) ?? [], sum = reader?.outputs[0];
    const goesOn = reader?.op.name === "add" && others.length === 0 && !given.has(product) &&
      String(sum!.type.shape) === String(product.type.shape);
    return goesOn ? sumWith(sum!) : product;
  };
  const found = new Set<Variable>();
  for (const { op, inputs, outputs } of order) {
    if (!inputs.some((input) => varying.has(input))) continue;
    for (const output of outputs) varying.add(output);
    const length = inputs[0]!.type.shape.at(-1);
    if (op.lowering.kind === "matmul" && (length === null || length! >= LEAST_LENGTH)) {
      found.add(sumWith(outputs[0]!));
    }
  }
  const products = [...found];
  if (products.length === 0) return new Map();
  const { traces } = scanOutputs(withResults(
    apply,
    { ...layout, maps: layout.maps + products.length },
    [...all, ...products, ...results.carried],
  ));
  return new Map(products.map((product, i) => [product, traces[all.length + i]!]));
}
