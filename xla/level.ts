/**
 * One level of a graph while it is written: the function, the step of a loop, or a side of a choice.
 *
 * @module
 */

import { isComplex, isDiscrete } from "../core/graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../core/graph/graph.ts";
import { lazyInputs } from "../core/graph/op.ts";
import { makeValue, sizeOf, toTypedArray } from "../core/graph/value.ts";
import { toposort } from "../core/graph/walk.ts";
import { sizeValue } from "../core/ir/size.ts";
import { dataInputs } from "../core/plan/materialise.ts";
import type { Shapes } from "../core/plan/shapes.ts";
import { writeElementwise } from "./elementwise.ts";
import { rowOf } from "./table.ts";
import type { Block, Hlo } from "./text/block.ts";
import { elementOf } from "./text/types.ts";

/** Whose functions such as `exp` are taken: Croton's, as primitives, or those of XLA. */
export type Functions = "croton" | "xla";

/** What is computed where, and by which values. */
export class Level {
  readonly #parent: Level | null;
  readonly #values = new Map<Variable, Hlo>();
  /** What is computed at this level whatever the choices in it are. */
  readonly #always = new Set<Variable>();
  readonly #used = new Set<Variable>();
  /** How computed values are spread over devices, as attributes. */
  readonly #spread = new Map<Variable, string>();

  constructor(
    readonly block: Block,
    readonly shapes: Shapes,
    readonly functions: Functions,
    parent: Level | null = null,
  ) {
    this.#parent = parent;
  }

  /** A level in a region of this one, which sees its values. */
  inside(block: Block, shapes: Shapes = this.shapes): Level {
    return new Level(block, shapes, this.functions, this);
  }

  /** Says what a variable is. */
  bind(variable: Variable, value: Hlo): void {
    this.#values.set(variable, value);
  }

  /** Says how a variable is spread over devices once it is computed. */
  spread(variable: Variable, text: string): void {
    this.#spread.set(variable, text);
  }

  /** Lengths of the axes. */
  shape(variable: Variable): number[] {
    return this.shapes.shape(variable).map(sizeValue);
  }

  /** An integer that is known when the module is written. */
  integer(variable: Variable): number {
    return sizeValue(this.shapes.integer(variable));
  }

  /** Whether anything reads a variable. */
  isUsed(variable: Variable): boolean {
    return this.#used.has(variable);
  }

  /** Writes what some variables need; gives their values. */
  write(roots: readonly Variable[]): Hlo[] {
    const stop = (variable: Variable) => this.#known(variable) !== null;
    const all = toposort(roots, stop, (apply) => [...this.#data(apply), ...lazies(apply)]);
    for (const root of roots) this.#used.add(root);
    for (const apply of all) {
      for (const input of [...this.#data(apply), ...lazies(apply)]) this.#used.add(input);
    }
    const order = toposort(roots, stop, (apply) => this.#data(apply));
    for (const apply of order) for (const output of apply.outputs) this.#always.add(output);
    for (const apply of order) this.#write(apply);
    return roots.map((root) => this.value(root));
  }

  #data(apply: Apply): readonly Variable[] {
    return rowOf(apply.op)?.reads?.(apply) ?? dataInputs(apply, this.shapes);
  }

  #known(variable: Variable): Hlo | null {
    return this.#values.get(variable) ??
      (this.#parent === null ? null : this.#parent.#known(variable));
  }

  /** The value of a variable; written now if it is not yet. */
  value(variable: Variable): Hlo {
    const known = this.#known(variable);
    if (known !== null) return known;
    const always = this.#parent === null ? null : this.#parent.#computing(variable);
    if (always !== null) return always.value(variable);
    if (variable instanceof Constant || variable.owner === null) {
      const value = this.#constant(variable);
      this.bind(variable, value);
      return value;
    }
    const order = toposort(
      [variable],
      (one) => this.#known(one) !== null,
      (apply) => this.#data(apply),
    );
    for (const apply of order) this.#write(apply);
    return this.#values.get(variable)!;
  }

  /** The level around that computes a variable anyway. */
  #computing(variable: Variable): Level | null {
    if (this.#always.has(variable)) return this;
    return this.#parent === null ? null : this.#parent.#computing(variable);
  }

  #constant(variable: Variable): Hlo {
    if (!(variable instanceof Constant)) {
      throw new TypeError(`Cannot export: nothing is known of the input ${variable.label}`);
    }
    const { dtype, shape } = variable.value, data = toTypedArray(variable.value);
    const [first] = data, all = data as ArrayLike<number | bigint>;
    const isSplat = first !== undefined && !isComplex(dtype) &&
      Array.prototype.every.call(all, (x) => Object.is(x, first));
    if (isSplat) return this.block.constant(elementOf(dtype), shape, first);
    return this.block.elements(dtype, elementOf(dtype), shape, data);
  }

  /** A value without elements, or of zeros. */
  empty(variable: Variable): Hlo {
    return this.block.constant(elementOf(variable.dtype), this.shape(variable), 0);
  }

  #write(apply: Apply): void {
    if (apply.outputs.every((output) => this.#values.has(output))) return;
    this.shapes.located(apply, () => {
      const [output] = apply.outputs as [Variable, ...Variable[]];
      if (apply.outputs.length === 1) {
        this.bind(
          output,
          this.#known(output) ?? this.#spreadOver(output, this.#single(apply, output)),
        );
        return;
      }
      rowFor(apply).write(this, apply).forEach((value, i) => {
        const output = apply.outputs[i]!;
        if (value !== null) this.bind(output, this.#spreadOver(output, value));
      });
    });
  }

  /** The value of a variable, spread over devices if that was said. */
  #spreadOver(variable: Variable, value: Hlo): Hlo {
    const text = this.#spread.get(variable);
    return text === undefined ? value : this.block.spread(value, text);
  }

  #single(apply: Apply, output: Variable): Hlo {
    const { dtype } = output, shape = this.shape(output);
    if (sizeOf(shape) === 0) return this.empty(output);
    if (isDiscrete(dtype) && this.shapes.knows(output)) {
      const integers = this.shapes.integers(output).map(sizeValue);
      const data = toTypedArray(makeValue(dtype, shape, integers));
      return this.block.elements(dtype, elementOf(dtype), shape, data);
    }
    if (apply.op.lowering.kind === "elementwise") return writeElementwise(this, apply);
    const [value] = rowFor(apply).write(this, apply);
    return value!;
  }
}

function lazies(apply: Apply): Variable[] {
  return lazyInputs(apply).map((i) => apply.inputs[i]!);
}

function rowFor(apply: Apply) {
  const row = rowOf(apply.op);
  if (row !== null) return row;
  throw new TypeError(
    `Cannot export "${apply.op.name}", which is not of the library: compute it in a function of its own, ` +
      "and give this one the result",
  );
}
