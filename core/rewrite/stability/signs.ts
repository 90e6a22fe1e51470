/**
 * What is certainly not negative.
 *
 * @module
 */

import { type Apply, Constant, type Variable } from "../../graph/graph.ts";
import { placedInputs } from "../../graph/op.ts";
import { toposort } from "../../graph/walk.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import { isReal } from "../match.ts";
import { isView } from "../indexing/views.ts";

const known = new WeakMap<Variable, boolean>();

/** Constants with more elements than this are not looked into. */
const LARGE = 4096;

/** Ops whose results are not negative where all of their inputs are not. */
const keeping = new Set([
  "add",
  "mul",
  "div",
  "reciprocal",
  "minimum",
  "sqrt",
  "matmul",
  "sort",
  "cumop",
  "cast",
  "disconnectedGrad",
  "copy",
]);

/** Whether elements of a variable are certainly not negative, unless they are NaN. */
export function isNotNegative(variable: Variable): boolean {
  const isOpen = (apply: Apply) => !apply.op.facts?.has("notNegative");
  const order = toposort(
    [variable],
    (v) => known.has(v),
    (apply) => isOpen(apply) ? apply.inputs : [],
  );
  for (const apply of order) {
    for (const output of apply.outputs) known.set(output, isMadeSo(apply, output));
  }
  return isKnown(variable);
}

function isKnown(variable: Variable): boolean {
  if (!(variable instanceof Constant)) return known.get(variable) ?? false;
  const { data } = variable.value;
  return isReal(variable.dtype) && data.length <= LARGE &&
    Array.from(data, Number).every((x) => x >= 0);
}

function isMadeSo(apply: Apply, { dtype }: Variable): boolean {
  const { op: { name, facts }, inputs, params } = apply;
  if (!isReal(dtype)) return false;
  if (facts?.has("notNegative") === true) return true;
  const placed = placedInputs(apply);
  if (placed !== null) return placed.every((i) => isKnown(inputs[i]!));
  switch (name) {
    case "maximum":
      return inputs.some(isKnown);
    case "switch":
      return inputs.slice(1).every(isKnown);
    case "reduce":
      return ["sum", "prod", "max", "min"].includes((params as ReduceParams).kind) &&
        isKnown(inputs[0]!);
    case "pow":
      return isKnown(inputs[0]!);
    default:
      return isView(apply) ? isKnown(inputs[0]!) : keeping.has(name) && inputs.every(isKnown);
  }
}
