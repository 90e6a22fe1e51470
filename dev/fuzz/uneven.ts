/**
 * Whether results of loops may have another shape in each step: such programs may be refused.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { toposort } from "../../core/graph/walk.ts";
import { lengthsOf } from "../../core/ops/shape/known_lengths.ts";
import { isScan, scanInputs, scanOutputs, type ScanParams } from "../../scan/node.ts";

/** Whether results of a loop behind `outputs`, or of one in its step, have lengths that its steps compute. */
export function variesByStep(outputs: readonly Variable[]): boolean {
  return toposort(outputs).filter(isScan).some((apply) => {
    const { step } = apply.params;
    const { sequences, states, carried } = step.placeholders;
    const lengths = new Lengths([...sequences, ...states, carried].flat(), []);
    return step.outputs.some((result) => lengths.vary(result)) || variesByStep(step.outputs);
  });
}

/** Lengths in a step, and what they are computed from. */
class Lengths {
  /** Values that are others in each step. */
  readonly #changing: readonly Variable[];
  /** Values of other shapes in each step. */
  readonly #uneven: readonly Variable[];
  readonly #known: Map<Variable, boolean>;

  constructor(changing: readonly Variable[], uneven: readonly Variable[]) {
    this.#changing = changing;
    this.#uneven = uneven;
    this.#known = new Map(changing.map((place) => [place, true]));
  }

  /** Whether a shape is another one in each step. */
  vary(variable: Variable): boolean {
    return variable.type.shape.some((_, axis) => this.#length(variable, axis));
  }

  #value(variable: Variable): boolean {
    const known = this.#known.get(variable);
    if (known !== undefined) return known;
    const { owner } = variable;
    const found = owner?.op.name === "shapeI"
      ? this.#length(owner.inputs[0]!, (owner.params as { axis: number }).axis)
      : owner?.inputs.some((input) => this.#value(input)) ?? false;
    this.#known.set(variable, found);
    return found;
  }

  #length(variable: Variable, axis: number): boolean {
    if (this.#uneven.includes(variable)) return true;
    const { owner } = variable, length = lengthsOf(variable)[axis]!;
    if (typeof length === "number") return false;
    const isOwn = length.owner?.op.name === "shapeI" && length.owner.inputs[0] === variable;
    if (!isOwn) return this.#value(length);
    if (owner === null) return false;
    if (isScan(owner)) return this.#ofLoop(owner, variable, axis);
    return owner.inputs.some((input) => this.#value(input) || this.vary(input));
  }

  /** The same for what a loop in the step gives. */
  #ofLoop(apply: Apply<ScanParams>, variable: Variable, axis: number): boolean {
    const { step } = apply.params, { results, placeholders } = step;
    const given = scanInputs(apply.params, apply.inputs), made = scanOutputs(apply);
    const isRow = [...made.finals, ...made.carried].includes(variable);
    if (axis === 0 && !isRow) return this.#value(given.steps);
    const traced = [...results.states, ...results.maps];
    const from = new Map([
      ...traced.flatMap((row, i) => [[made.traces[i]!, row], [made.finals[i]!, row]] as const),
      ...results.carried.flatMap((row, i) =>
        [[made.carried[i]!, row], [made.histories[i]!, row]] as const
      ),
    ]);
    const others = placeholders.others.map((place, i) => [place, given.others[i]!] as const);
    const places = [
      ...others,
      ...placeholders.carried.map((place, i) => [place, given.carried[i]!] as const),
    ];
    const rows = [...placeholders.sequences, ...placeholders.states];
    const starts = [...given.sequences, ...given.initials];
    const uneven = [
      ...places.filter(([, outer]) => this.vary(outer)).map(([place]) => place),
      ...rows.filter((_, i) =>
        starts[i]!.type.shape.some((_, d) => d > 0 && this.#length(starts[i]!, d))
      ).flat(),
    ];
    const changing = others.filter(([, outer]) => this.#value(outer)).map(([place]) => place);
    const inner = new Lengths([...this.#changing, ...changing], [...this.#uneven, ...uneven]);
    return inner.#length(from.get(variable)!, axis - Number(!isRow));
  }
}
