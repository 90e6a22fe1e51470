/**
 * Functions of one row, for all rows at once.
 *
 * @module
 */

import { axisMoved, type Batched, spread } from "../../core/batch/batched.ts";
import { checkOptions } from "../../core/base/options.ts";
import { shown } from "../../core/base/shown.ts";
import { leavesOf, mapTree, type Tree } from "../../core/base/tree.ts";
import type { Variable } from "../../core/graph/graph.ts";
import type { Plus1 } from "../../core/graph/type_arithmetic.ts";
import { checkedLength } from "../../core/ops/common/checks.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { asVariable, type TensorLike } from "../../core/ops/common/literal.ts";
import { asIndexScalar, type Dim } from "../../core/ops/common/arguments.ts";
import {
  axisAt,
  axisOf,
  placeholderOf,
  type RowAxes,
  type RowValues,
  type Stack,
  together,
  values,
  variables,
} from "./arguments.ts";
import { forAllRows } from "./rows.ts";

/** Options of `vmap`. */
export interface VmapOptions<O extends RowAxes = RowAxes> {
  /**
   * Which axis of each argument has the rows, counted from the end if negative; null for an argument that
   * is the same for all rows. One for all arguments (default: 0), or a list of one for each; for an argument
   * that is a record or list one for all of it, or a record or list of them.
   */
  readonly inAxes?: RowAxes;
  /**
   * Which axis of each result has the rows; default: 0. One for all results, or as the results are; null for
   * a result that is the same for all rows, which is then given once.
   */
  readonly outAxes?: O;
  /** How many rows there are; needed where no argument has any, and checked where some have. */
  readonly axisSize?: Dim;
}

/** What a function of rows gives for all rows, where `O` says which axes have them. */
export type AllRows<R, O = 0> = R extends Variable<infer D, infer N>
  ? Variable<D, [O] extends [null] ? N : [O] extends [number] ? Plus1<N> : number>
  : { -readonly [K in keyof R]: AllRows<R[K], AxesIn<O, K>> };

/** Which axes have the rows in a part of a result. */
export type AxesIn<O, K> = [O] extends [number | null] ? O : K extends keyof O ? O[K] : RowAxes;

/** An argument for all rows. */
export type RowArgument<A> = A extends Variable ? TensorLike
  : { readonly [K in keyof A]: RowArgument<A[K]> };

/** Arguments for all rows. */
export type RowArguments<A extends readonly unknown[]> = { [K in keyof A]: RowArgument<A[K]> };

const action = "Cannot vmap";

/**
 * A function of one row, as a function of all rows: what it gives for each row, stacked. It is called
 * once, with variables for one row, and what it makes of them is made of all rows at once; loops over
 * them there are none but for ops that have no other way.
 *
 * The arguments are variables or values, or records and lists of them, as the results are. All have the
 * same number of rows, or a ShapeError is thrown: at once where types tell, else when the function is
 * called.
 *
 * - A random variable that the function reads is drawn for each row, as one draw of all rows: the state of
 *   its generator is one for all and advances once. One that is an argument without rows is drawn once.
 * - A loop that ends by `until` goes on until its last row has ended; rows that have ended keep their
 *   state. Where a result has as many rows as such a loop made steps, rows that ended earlier repeat the
 *   last one.
 * - Other results must have one shape in all rows; within a row lengths may differ.
 * - An `ifelse` whose condition differs from row to row computes both sides.
 *
 * It may be nested, and differentiated: gradients, matrices of derivatives, and functions that have some
 * in them.
 *
 * Throws a TypeError for what is no function or variable, and a RangeError for an axis that is not there.
 *
 * @param f A function of the values of one row, which gives variables.
 * @param options Where the rows are.
 *
 * @example
 * ```ts
 * import { compile, grad, T, type Variable, vmap } from "@croton/croton";
 *
 * const xs = T.matrix("xs"), w = T.vector("w");
 * const loss = (x: Variable, w: Variable) => T.sqr(x.dot(w)).sum();
 * const each = vmap((x, w) => grad(loss(x, w), w), { inAxes: [0, null] });
 * const f = await compile([xs, w], each(xs, w)); // a gradient for each row of xs
 * console.assert(f([[1, 0], [0, 2]], [1, 1]).shape.join() === "2,2");
 * ```
 */
export function vmap<const R extends RowValues, const O extends RowAxes = 0>(
  f: (...args: Variable[]) => R,
  options?: VmapOptions<O>,
): (...args: TensorLike[]) => AllRows<R, O>;
/** Of arguments of certain types, or of records and lists. */
export function vmap<
  A extends readonly unknown[],
  const R extends RowValues,
  const O extends RowAxes = 0,
>(
  f: (...args: A) => R,
  options?: VmapOptions<O>,
): (...args: RowArguments<A>) => AllRows<R, O>;
export function vmap(f: unknown, given?: VmapOptions): unknown {
  const options = checkOptions<VmapOptions>(action, given, {
    inAxes: "any",
    outAxes: "any",
    axisSize: "any",
  });
  if (typeof f !== "function") {
    throw new TypeError(`${action}: expected a function, got ${shown(f)}`);
  }
  return (...args: Tree<TensorLike>[]) => mapped(f as Rowwise, options, args);
}

/** A function of the values of one row. */
type Rowwise = (...args: RowValues[]) => RowValues;

function mapped(
  f: Rowwise,
  { inAxes = 0, outAxes = 0, axisSize }: VmapOptions,
  args: readonly Tree<TensorLike>[],
): unknown {
  if (Array.isArray(inAxes) && inAxes.length !== args.length) {
    throw new TypeError(
      `${action}: expected an axis for each of ${args.length} arguments, got ${inAxes.length}`,
    );
  }
  const stacks: Stack[] = [], leaves = new Map<Variable, Batched>();
  const places: Variable[] = [];
  const rowOf = (value: TensorLike, path: readonly string[]): Variable => {
    const variable = asVariable(value), axis = axisAt(inAxes, path, action);
    if (axis === null) {
      // What is drawn outside is so once.
      leaves.set(variable, { value: variable, stacked: false });
      return variable;
    }
    const label = variable.name === null ? `argument ${path.join(".")}` : variable.label;
    const all = axisMoved(variable, axisOf(axis, variable.ndim, label, action), 0);
    const place = placeholderOf(all);
    place.name = variable.name;
    stacks.push({ value: all, label });
    places.push(place);
    return place;
  };
  const rowArgs = args.map((arg, i) =>
    mapTree<TensorLike, Variable>(
      action,
      arg,
      values,
      (value, path) => rowOf(value, [`${i}`, ...path]),
    )
  ) as RowValues[];
  const size = axisSize === undefined
    ? null
    : castTo(checkedLength(asIndexScalar(axisSize, action, "axisSize"), action), "int64");
  if (stacks.length === 0 && size === null) {
    throw new TypeError(
      `${action}: no argument has rows; say how many there are by axisSize, or which axis has them by inAxes`,
    );
  }
  const { count, values: all } = together(stacks, size, action);
  places.forEach((place, i) => leaves.set(place, { value: all[i]!, stacked: true }));
  const results = f(...rowArgs);
  const found = leavesOf(`${action}: results`, results as Tree<Variable>, variables);
  const made = forAllRows(found.map(({ leaf }) => leaf), leaves, count, action);
  let next = 0;
  return mapTree<Variable, Variable>(action, results, variables, (leaf, path) => {
    const own = made[next++]!, axis = axisAt(outAxes, path, action);
    if (axis === null) {
      if (!own.stacked) return own.value;
      throw new TypeError(
        `${action}: outAxes is null for a result that depends on the row; expected its axis`,
      );
    }
    const value = spread(own, { count, draws: "each", counting: null });
    const label = `a result of rank ${leaf.ndim} with rows`;
    return axisMoved(value, 0, axisOf(axis, value.ndim, label, action));
  });
}
