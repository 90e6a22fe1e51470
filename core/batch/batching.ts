/**
 * An expression of one row, for all rows at once: every value that differs from row to row gets a leading
 * axis of rows.
 *
 * @module
 */

import { type Apply, applyOp, Constant, type Variable, withOriginOf } from "../graph/graph.ts";
import { toposort } from "../graph/walk.ts";
import { staticInt } from "../ops/common/arguments.ts";
import { and, invert } from "../ops/elementwise/elementwise.ts";
import { shapeOf } from "../ops/shape/shape_ops.ts";
import type { Batched, BatchRows } from "./batched.ts";
import { type BranchSide, choicesAround } from "./choices.ts";
import { drawsNumbers } from "./draws.ts";
import { overRows, ruleOf } from "./rules.ts";

/** How an expression is made for all rows. */
interface BatchOptions {
  /** How many rows there are; default: as many as the first stacked leaf has. */
  readonly count?: Variable;
  /** Whether random numbers are drawn for each row, or once for all. */
  readonly draws: BatchRows["draws"];
  /** Rows that count (a bool for each), where not all do. */
  readonly counting?: Variable | null;
  /** Told of values that take many times the memory of one row's. */
  readonly onGrowth?: BatchRows["onGrowth"];
  /** What is not made for all rows, though it could be; default: nothing. Loops over rows are not, then. */
  readonly leave?: (apply: Apply, inputs: readonly Batched[]) => boolean;
}

/** Whether what is the same for all rows is spread over them along an axis that nothing of a row has. */
function grows({ op, output }: Apply, inputs: readonly Batched[]): boolean {
  if (op.lowering.kind !== "elementwise") return false;
  return output.type.shape.some((_, axis) => {
    const lengths = inputs.map(({ value, stacked }) => {
      const own = axis - output.ndim + value.ndim;
      return own < Number(stacked) ? 1 : value.type.shape[own];
    });
    const isWide = (stacked: boolean) =>
      lengths.some((length, i) => inputs[i]!.stacked === stacked && length !== 1);
    return isWide(false) && !isWide(true);
  });
}

/** Makes expressions of one row for all rows, each part of them once. */
export class Batching {
  readonly #rows: BatchRows | null;
  readonly #leave: BatchOptions["leave"];
  readonly #known: Map<Variable, Batched | null>;

  /** Of what the placeholders stand for. */
  constructor(leaves: ReadonlyMap<Variable, Batched>, options: BatchOptions) {
    const first = [...leaves.values()].find(({ stacked }) => stacked);
    const count = options.count ?? (first === undefined ? null : shapeOf(first.value, 0));
    this.#rows = count === null ? null : {
      count,
      draws: options.draws,
      counting: options.counting ?? null,
      onGrowth: options.onGrowth,
    };
    this.#leave = options.leave;
    this.#known = new Map(leaves);
  }

  /** Says what a variable is for all rows. */
  set(variable: Variable, batched: Batched): void {
    this.#known.set(variable, batched);
  }

  /** Expressions for all rows; null for one that depends on what is left. */
  some(outputs: readonly Variable[]): (Batched | null)[] {
    const order = toposort(outputs, (variable) => this.#known.has(variable));
    const choices = choicesAround(order, outputs);
    for (const apply of order) {
      const made = withOriginOf(
        apply.outputs[0]!,
        () => this.#apply(apply, choices.get(apply) ?? []),
      );
      apply.outputs.forEach((output, i) => {
        if (!this.#known.has(output)) this.#known.set(output, made?.[i] ?? null);
      });
    }
    return outputs.map((output) => this.#find(output));
  }

  /** Expressions for all rows, where nothing is left. */
  all(outputs: readonly Variable[]): Batched[] {
    return this.some(outputs) as Batched[];
  }

  #find(variable: Variable): Batched | null {
    const known = this.#known.get(variable);
    if (known !== undefined) return known;
    // Of what is left, nothing can be made but what is the same everywhere.
    const isFree = this.#leave === undefined || variable instanceof Constant;
    return isFree ? { value: variable, stacked: false } : null;
  }

  #apply(apply: Apply, choices: readonly BranchSide[]): readonly Batched[] | null {
    const found = apply.inputs.map((input) => this.#find(input));
    if (found.includes(null)) return null;
    const inputs = found as Batched[];
    const rows = this.#rows === null ? null : this.#within(this.#rows, choices);
    if (rows === null || !inputs.some(({ stacked }) => stacked) && !this.#isDrawn(apply)) {
      const values = inputs.map(({ value }) => value);
      const isSame = values.every((value, i) => value === apply.inputs[i]);
      const { outputs } = isSame ? apply : applyOp(apply.op, values, apply.params);
      return outputs.map((value) => ({ value, stacked: false }));
    }
    if (this.#leave?.(apply, inputs)) return null;
    if (rows.onGrowth !== undefined && grows(apply, inputs)) {
      const lengths = [staticInt(rows.count), ...apply.output.type.shape];
      rows.onGrowth(lengths.reduce((a, b) => a === null || b === null ? null : a * b));
    }
    const made = ruleOf(apply.op)(apply, inputs, rows);
    return made ?? (this.#leave === undefined ? overRows(apply, inputs) : null);
  }

  /** The rows that take the sides of choices. */
  #within(rows: BatchRows, choices: readonly BranchSide[]): BatchRows {
    return choices.reduce((all, { choice, side }) => {
      const condition = this.#find(choice.inputs[0]!);
      if (!condition?.stacked) return all;
      const takes = side === 0 ? condition.value : invert(condition.value);
      return { ...all, counting: all.counting === null ? takes : and(all.counting, takes) };
    }, rows);
  }

  /** Whether numbers are drawn for each row though all is the same for them. */
  #isDrawn(apply: Apply): boolean {
    return this.#rows!.draws === "each" && drawsNumbers(apply);
  }
}
