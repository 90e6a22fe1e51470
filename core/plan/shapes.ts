/**
 * Concrete shapes and host-known integers of a graph at plan time.
 *
 * @module
 */

import { isArgumentError } from "../base/errors.ts";
import { isDiscrete } from "../graph/dtype.ts";
import { eagerInputs, NeedValue, type ShapeContext } from "../graph/op.ts";
import { makeValue } from "../graph/value.ts";
import { locate } from "../graph/written.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import { paramsKey } from "../graph/sessions.ts";
import { type Guards, opaqueSize, type Size, sizeValue } from "../ir/size.ts";
import { expectExact, fitsDType, tooMany } from "../ir/size_dtype.ts";
import { isNotNegative } from "../ops/common/length_rules.ts";
import { shapeText } from "../base/shown.ts";

/** What is known of a leaf: its shape, and the integers it holds when the host has them. */
export interface LeafInfo {
  readonly shape: readonly Size[];
  /** Elements in row-major order, for integer leaves of rank 0 and 1 whose value the host knows. */
  readonly integers?: readonly Size[] | undefined;
  /** What has to be computed for the host to have them; default: the leaf itself. */
  readonly need?: Variable | undefined;
}

/** The shape of what an op refuses; null where nothing tells it. */
type AnywayRule = (context: ShapeContext, variable: Variable) => readonly Size[] | null;

/** The host follows the elements of vectors up to this length; longer ones stay on the device. */
const MOST_INTEGERS = 64;

/** Finds shapes and integers on demand and remembers them. */
export class Shapes implements ShapeContext {
  readonly guards: Guards;
  readonly #leaves: ReadonlyMap<Variable, LeafInfo>;
  readonly #parent: Shapes | null;
  readonly #shapes = new Map<Variable, readonly Size[]>();
  /** Variables without a shape, which matters once it is asked for. */
  readonly #unknown = new Map<Variable, Error>();
  readonly #integers = new Map<Variable, readonly Size[]>();
  readonly #anyway: AnywayRule | null;

  /** With a rule for what never runs: what an op refuses there has the shape that the rule tells. */
  constructor(
    guards: Guards,
    leaves: ReadonlyMap<Variable, LeafInfo>,
    parent: Shapes | null = null,
    anyway: AnywayRule | null = null,
  ) {
    this.guards = guards;
    this.#leaves = leaves;
    this.#parent = parent;
    this.#anyway = anyway;
  }

  #leaf(variable: Variable): LeafInfo | undefined {
    const mine = this.#leaves.get(variable);
    return mine ?? (this.#parent === null ? undefined : this.#parent.#leaf(variable));
  }

  shape(variable: Variable): readonly Size[] {
    const known = this.#shapes.get(variable);
    if (known !== undefined) return known;
    // Deep graphs: settle the producers first, so that the recursion below stays shallow.
    const stack: Variable[] = [variable];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      // Who asks for the shape of what has none gets the error; not everybody does.
      if (this.#shapes.has(top) || stack.length > 1 && this.#unknown.has(top)) {
        stack.pop();
        continue;
      }
      const unknown = this.#unknown.get(top);
      if (unknown !== undefined) throw unknown;
      const owner = top.owner;
      if (owner === null || this.#leaf(top) !== undefined) {
        this.#settle([top], () => [this.#leafShape(top)]);
        continue;
      }
      const waiting = shapeInputs(owner).filter((input) =>
        !this.#shapes.has(input) && !this.#unknown.has(input)
      );
      if (waiting.length > 0) stack.push(...waiting);
      else this.#settle(owner.outputs, () => this.#shapesOf(owner));
    }
    return this.#shapes.get(variable)!;
  }

  /** Keeps shapes, or why there are none. */
  #settle(variables: readonly Variable[], find: () => readonly (readonly Size[] | Error)[]): void {
    let shapes: readonly (readonly Size[] | Error)[];
    try {
      shapes = find();
    } catch (error) {
      if (!(error instanceof NeedValue) && !isArgumentError(error)) throw error;
      shapes = variables.map((variable) => this.#anyway?.(this, variable) ?? error);
    }
    variables.forEach((variable, i) => {
      const shape = shapes[i]!;
      if (shape instanceof Error) this.#unknown.set(variable, shape);
      else this.#shapes.set(variable, shape);
    });
  }

  /** How many elements a variable has for the sizes at hand. */
  elements(variable: Variable): number {
    return this.shape(variable).reduce<number>((n, size) => n * sizeValue(size), 1);
  }

  #shapesOf(apply: Apply): readonly (readonly Size[] | Error)[] {
    return this.located(apply, () => {
      const shapes = apply.op.shapes(this, apply);
      for (const shape of shapes) {
        if (shape instanceof Error) continue;
        for (const size of shape) expectExact(this.guards, size);
      }
      return shapes;
    });
  }

  /** Asks something of an op; its errors say which one it is. */
  located<T>(apply: Apply, ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      locate(error, apply, this.words);
      throw error;
    }
  }

  /** The shape of a variable for messages, where it is known. */
  readonly words = (variable: Variable): string => {
    if (this.#leaf(variable) !== undefined) {
      this.#settle([variable], () => [this.#leafShape(variable)]);
    }
    const shape = this.#shapes.get(variable);
    if (shape !== undefined) return ` of shape ${shapeText(shape.map(sizeValue))}`;
    return this.#parent === null ? "" : this.#parent.words(variable);
  };

  #leafShape(variable: Variable): readonly Size[] {
    const leaf = this.#leaf(variable);
    if (leaf !== undefined) return leaf.shape;
    if (variable instanceof Constant) return variable.value.shape;
    throw new TypeError(`Cannot plan: nothing is known of the input ${variable.label}`);
  }

  integer(variable: Variable): Size {
    return this.integers(variable)[0]!;
  }

  integers(variable: Variable): readonly Size[] {
    const known = this.#integers.get(variable);
    if (known !== undefined) return known;
    const found = this.#find(variable);
    this.#integers.set(variable, found);
    return found;
  }

  /** Whether the integers of a variable are known without running anything. */
  knows(variable: Variable): boolean {
    if (!isDiscrete(variable.dtype) || variable.ndim > 1) return false;
    try {
      this.integers(variable);
      return true;
    } catch (error) {
      if (error instanceof NeedValue) return false;
      throw error;
    }
  }

  /** Throws a LimitError for a product or sum of lengths that is too large to be counted. */
  expectCounted(variable: Variable): void {
    if (variable.ndim === 0 && variable.dtype === "int64" && isNotNegative(variable)) {
      this.knows(variable);
    }
  }

  /** Whether a vector is as short as those that hold shapes: each element costs a guard, or more. */
  #isShort(variable: Variable): boolean {
    return this.guards.decide("few", this.shape(variable), (n) => n <= MOST_INTEGERS);
  }

  #find(variable: Variable): readonly Size[] {
    if (variable.ndim === 1 && !this.#isShort(variable)) throw new NeedValue(variable);
    const leaf = this.#leaf(variable);
    if (leaf !== undefined) {
      if (leaf.integers === undefined) {
        throw new NeedValue(leaf.need ?? variable, leaf.need !== undefined);
      }
      return leaf.integers;
    }
    if (variable instanceof Constant) return Array.from(variable.value.data, Number);
    const owner = variable.owner;
    if (owner === null || !isDiscrete(variable.dtype) || variable.ndim > 1) {
      throw new NeedValue(variable);
    }
    if (owner.op.integers !== undefined && variable.index === 0) {
      try {
        return owner.op.integers(this, owner);
      } catch (error) {
        locate(error, owner, this.words);
        throw variable.ndim === 0 ? needed(error, variable) : error;
      }
    }
    if (owner.op.size !== undefined && variable.ndim === 0) {
      const size = owner.op.size(this, this.#arguments(owner, variable), owner.params);
      if (fitsDType(this.guards, size, variable.dtype)) return [size];
      // Numbers of the user's wrap; lengths that do would be others.
      if (isNotNegative(variable)) throw tooMany(size);
    }
    // The reference wraps as the dtype says.
    return this.#generic(owner, variable);
  }

  /** Host values of the inputs of a scalar op. */
  #arguments(owner: Apply, variable: Variable): readonly Size[] {
    return owner.inputs.map((input) => {
      if (!isDiscrete(input.dtype) || input.ndim > 0) throw new NeedValue(variable);
      try {
        return this.#exact(input, variable)[0]!;
      } catch (error) {
        throw needed(error, variable);
      }
    });
  }

  /**
   * The integers of an input, to compute `variable` with. What JavaScript numbers do not hold exactly is
   * left to the device.
   */
  #exact(input: Variable, variable: Variable): readonly Size[] {
    const sizes = this.integers(input);
    if (!sizes.every((size) => fitsDType(this.guards, size, input.dtype))) {
      throw new NeedValue(variable);
    }
    return sizes;
  }

  /** Any other op on host-known integers: the reference, as opaque sizes. */
  #generic(owner: Apply, variable: Variable): readonly Size[] {
    const inputs: (readonly Size[])[] = [];
    for (const input of owner.inputs) {
      if (!isDiscrete(input.dtype) || input.ndim > 1) throw new NeedValue(variable);
      try {
        inputs.push(this.#exact(input, variable));
      } catch (error) {
        throw needed(error, variable);
      }
    }
    const count = variable.ndim === 0 ? 1 : sizeValue(this.shape(variable)[0]!);
    const compute = (values: readonly number[], at: number): number => {
      let next = 0;
      const hosts = owner.inputs.map((input, i) => {
        const mine = values.slice(next, next += inputs[i]!.length);
        const whole = mine.map(Math.trunc);
        return makeValue(input.dtype, input.ndim === 0 ? [] : [mine.length], whole);
      });
      const result = owner.op.evaluate(hosts, owner.params, owner)[variable.index]!;
      return Number(result.data[at]);
    };
    const flat = inputs.flat();
    const types = [...owner.inputs, variable].map((one) => one.dtype).join();
    return Array.from({ length: count }, (_, at) =>
      opaqueSize(
        `${owner.op.name}:${types}${paramsKey(owner.op, owner.params)}#${variable.index}.${at}`,
        flat,
        (...values) => compute(values, at),
      ));
  }
}

/** An error of an input, for what is computed from it. */
function needed(error: unknown, variable: Variable): unknown {
  return error instanceof NeedValue && !error.isOutside ? new NeedValue(variable) : error;
}

/** Inputs whose shape the shape of an application depends on, most often all. */
function shapeInputs(owner: Apply): readonly Variable[] {
  const { indexFrom } = owner.op;
  return indexFrom === undefined ? eagerInputs(owner) : owner.inputs.slice(0, indexFrom);
}
