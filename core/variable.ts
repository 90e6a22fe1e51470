/**
 * Symbolic variables, with the operations on them as methods.
 *
 * @module
 */

import type { DType } from "./dtype.ts";
import { type Apply, registerVariableClass, VariableNode } from "./graph/graph.ts";
import type { Value } from "./graph/value.ts";
import type { TensorType } from "./type.ts";

/** A tensor that a graph computes or is given. `D` is its dtype and `N` its rank, where known. */
export class Variable<D extends DType = DType, N extends number = number>
  extends VariableNode<D, N> {
  override toString(): string {
    return this.name ?? this.label;
  }
}

/** A variable whose value is fixed when the graph is built. */
export class Constant<D extends DType = DType, N extends number = number> extends Variable<D, N> {
  /** The value. */
  readonly value: Value;

  constructor(type: TensorType<D, N>, value: Value) {
    super(type);
    this.value = value;
  }
}

registerVariableClass(
  (type: TensorType, owner: Apply | null, index: number) => new Variable(type, owner, index),
  (type: TensorType, value: Value) => new Constant(type, value),
);
