/**
 * Graphs of one row, for all rows at once.
 *
 * @module
 */

import { type Batched, spread } from "../../core/batch/batched.ts";
import { shown } from "../../core/base/shown.ts";
import { leavesOf, mapTree, type Tree } from "../../core/base/tree.ts";
import type { DType } from "../../core/graph/dtype.ts";
import { makeVariable, Variable } from "../../core/graph/graph.ts";
import { TensorType } from "../../core/graph/type.ts";
import { replace as replaced } from "../../core/graph/walk.ts";
import { asVariable, type TensorLike } from "../../core/ops/common/literal.ts";
import { index } from "../../core/ops/index/indexing.ts";
import { type RowValues, type Stack, together, variables } from "./arguments.ts";
import { forAllRows } from "./rows.ts";

const action = "Cannot vectorize";

/** A variable and what replaces it. */
interface Replacement {
  readonly variable: Variable;
  readonly value: Variable;
  /** How many more axes the replacement has. */
  readonly extra: number;
}

function replacement(pair: unknown): Replacement {
  const [variable, given] = Array.isArray(pair) ? pair as unknown[] : [];
  if (!(variable instanceof Variable) || given === undefined) {
    throw new TypeError(`${action}: expected pairs of variables, got ${shown(pair)}`);
  }
  const value = asVariable(given as TensorLike, variable.dtype);
  const extra = value.ndim - variable.ndim;
  if (value.dtype !== variable.dtype || extra < 0) {
    throw new TypeError(
      `${action}: expected for ${variable.label} a tensor of dtype ${variable.dtype} and at least ` +
        `${variable.ndim} axes, got ${value.type}`,
    );
  }
  return { variable, value, extra };
}

/** A placeholder for what a tensor holds behind some axes. */
function innerOf(value: Variable, skip: number): Variable {
  const made = makeVariable(TensorType.of(value.dtype, value.type.shape.slice(skip)));
  made.name = value.name;
  return made;
}

/** What replaces variables of a graph. */
export type Replacements =
  | ReadonlyMap<Variable, TensorLike>
  | readonly (readonly [Variable, TensorLike])[];

/**
 * A graph with variables replaced by others that may have more axes in front: what the graph gives for
 * each of the tensors that they hold. RowAxes in front are counted from the last, as in broadcasting: those
 * that a replacement has not, and those of a known length of 1, stretch. Random variables and loops are
 * as in {@linkcode vmap}.
 *
 * Throws a TypeError for a replacement of another dtype or of fewer axes, and a ShapeError for lengths
 * that do not go together.
 *
 * @param outputs What is computed: a variable, or a record or list of them.
 * @param replace What replaces what: a Map, or a list of pairs.
 *
 * @example
 * ```ts
 * import { T, vectorize } from "@croton/croton";
 *
 * const x = T.vector("x"), y = T.tanh(x).sum();
 * const ys = vectorize(y, [[x, T.matrix("xs")]]); // a sum for each row
 * console.assert(ys.ndim === 1);
 * ```
 */
export function vectorize<D extends DType>(
  outputs: Variable<D>,
  replace: Replacements,
): Variable<D>;
/** Of several. */
export function vectorize<const R extends RowValues>(
  outputs: R,
  replace: Replacements,
): { -readonly [K in keyof R]: R[K] extends Variable<infer D> ? Variable<D> : R[K] };
export function vectorize(outputs: RowValues, replace: Replacements): unknown {
  const isList = replace instanceof Map || Array.isArray(replace);
  if (!isList) {
    throw new TypeError(`${action}: expected a Map or pairs of variables, got ${shown(replace)}`);
  }
  const pairs = [...replace].map((pair) => replacement(pair));
  const found = leavesOf(action, outputs as Tree<Variable>, variables);
  let results = found.map(({ leaf }) => leaf);
  const deepest = Math.max(0, ...pairs.map(({ extra }) => extra));
  let current = pairs.map(({ variable }) => variable);
  for (let depth = 1; depth <= deepest; depth++) {
    const leaves = new Map<Variable, Batched>();
    const stacks: (Stack & { readonly place: Variable })[] = [];
    current = pairs.map(({ value, extra }, i) => {
      const place = current[i]!, rest = extra - depth;
      if (rest < 0) {
        leaves.set(place, { value, stacked: false });
        return value;
      }
      const next = rest === 0 ? value : innerOf(value, rest);
      if (next.type.shape[0] === 1) {
        leaves.set(place, { value: index(next, [0]), stacked: false });
      } else stacks.push({ value: next, label: value.label, place });
      return next;
    });
    const one = stacks.length === 0 ? asVariable(1, "int64") : null;
    const { count, values } = together(stacks, one, action);
    stacks.forEach(({ place }, i) => leaves.set(place, { value: values[i]!, stacked: true }));
    results = forAllRows(results, leaves, count, action).map((made) =>
      spread(made, { count, draws: "each", counting: null })
    );
  }
  if (deepest === 0) {
    results = replaced(results, new Map(pairs.map(({ variable, value }) => [variable, value])));
  }
  let next = 0;
  return mapTree<Variable, Variable>(action, outputs, variables, () => results[next++]!);
}
