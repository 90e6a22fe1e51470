/**
 * Jacobian and Hessian matrices, and the same of tensors.
 *
 * @module
 */

import { spread } from "../core/batch/batched.ts";
import { Batching } from "../core/batch/batching.ts";
import { makeVariable, outputOf, Variable } from "../core/graph/graph.ts";
import { TensorType } from "../core/graph/type.ts";
import { toposort } from "../core/graph/walk.ts";
import { intConstant } from "../core/ops/common/arguments.ts";
import { moved } from "../core/ops/common/axes.ts";
import { castTo } from "../core/ops/common/build.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { eq } from "../core/ops/elementwise/elementwise.ts";
import { stack } from "../core/ops/shape/combine.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { ravel } from "../core/ops/shape/reshape.ts";
import { reshaped } from "../core/ops/shape/reshape_op.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { subtensorOp } from "../core/ops/index/subtensor.ts";
import { type DType, isFloat } from "../core/graph/dtype.ts";
import type { Less1, Plus1 } from "../core/graph/type_arithmetic.ts";
import {
  checkResultOptions,
  expectVariable,
  finished,
  grad,
  likeWrt,
  type OrNull,
  type ResultOptions,
  type Wrt,
  wrtList,
} from "./grad.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import type { Found } from "./pullback.ts";
import { pushForward } from "./pushforward.ts";
import { numberLike } from "./shapes.ts";

/**
 * Makes a loop: `body` is called with the number of the step (an int64 scalar), and its results of all
 * `count` steps are stacked along a new first axis.
 */
type LoopBuilder = (
  count: Variable,
  body: (step: Variable) => readonly Variable[],
) => readonly Variable[];

let loopBuilder: LoopBuilder | null = null;

/**
 * Tells how to make loops, which the matrices of functions need whose number of rows is not known.
 *
 * @param builder Makes a loop.
 */
export function setLoopBuilder(builder: LoopBuilder): void {
  loopBuilder = builder;
}

/** The results of `body` for each step, stacked. */
function stackedLoop(
  length: Variable,
  known: number | null,
  body: (step: Variable) => readonly Variable[],
): readonly Variable[] {
  if (loopBuilder !== null) return loopBuilder(length, body);
  if (known === null || known === 0) {
    throw new TypeError(
      "Cannot make the matrix of a function of unknown length: loops are not loaded (import scan/mod.ts)",
    );
  }
  const rows = Array.from({ length: known }, (_, i) => body(intConstant(i)));
  return rows[0]!.map((_, k) => stack(rows.map((row) => row[k]!)));
}

/** Loops in a row are slow in a loop over the rows, and so is what convolutions are made of. */
const SLOW_IN_LOOPS: ReadonlySet<string> = new Set(["scan", "windows", "foldWindows"]);

/** Of a matrix that is the same for all rows, and that derivatives mask in each row. */
const MOST_ELEMENTS = 2 ** 20;

/** All rows at once, where that is faster than a loop over them: null where it is not, or takes much memory. */
function atOnce(
  rows: readonly Variable[],
  step: Variable,
  count: Variable,
): readonly Variable[] | null {
  if (!toposort(rows).some(({ op }) => SLOW_IN_LOOPS.has(op.name))) return null;
  let isLarge = false;
  const leaves = new Map([[step, { value: arange(count), stacked: true }]]);
  const onGrowth = (elements: number | null) =>
    void (isLarge ||= elements === null || elements > MOST_ELEMENTS);
  const made = new Batching(leaves, { count, draws: "once", onGrowth }).all(rows);
  return isLarge ? null : made.map((one) => spread(one, { count, draws: "once", counting: null }));
}

/** Derivatives in the form of the variables: for one one, for several an array. */
export type JacobianOf<W extends Wrt, N extends number = number, O = Record<never, never>> =
  W extends Variable<infer D, infer M> ? Variable<D, JacobianRank<N, M>> | OrNull<O>
    : {
      -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M>
        ? Variable<D, JacobianRank<N, M>> | OrNull<O>
        : never;
    };

/** The rank of the derivatives of what has rank N with respect to what has rank M. */
export type JacobianRank<N extends number, M extends number> = number extends N | M ? number
  : N extends 0 ? M
  : JacobianRank<Less1<N>, Plus1<M>>;

/** Second derivatives in the form of the variables: for one one, for several an array. */
export type HessianOf<W extends Wrt, O = Record<never, never>> = W extends
  Variable<infer D, infer M> ? Variable<D, JacobianRank<M, M>> | OrNull<O>
  : {
    -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M>
      ? Variable<D, JacobianRank<M, M>> | OrNull<O>
      : never;
  };

/**
 * The derivatives of all elements of an expression: for each variable a tensor of the shape of the
 * expression, then that of the variable. Of a vector in a vector it is the Jacobian matrix, of a scalar
 * the gradient.
 *
 * It goes backwards for each element of the expression, or, where a variable has fewer elements and its type
 * tells that these are few, forwards for each of them.
 *
 * Throws as `grad` does.
 *
 * @param expression What to differentiate, of any rank.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param given What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { jacobian, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), m = T.dmatrix("m");
 * const matrix = jacobian(T.exp(x), x); // diagonal
 * const all = jacobian(m.dot(m), m); // of rank 4
 * ```
 */
export function jacobian<
  const W extends Wrt,
  N extends number = number,
  const O extends ResultOptions = Record<never, never>,
>(expression: Variable<DType, N>, wrt: W, options?: O): JacobianOf<W, N, O>;
export function jacobian(
  expression: Variable,
  wrt: Wrt,
  given: ResultOptions = {},
): unknown {
  const options = checkResultOptions(given);
  expectVariable(expression, "what is differentiated");
  const list = wrtList(wrt);
  if (expression.ndim === 0) {
    return likeWrt(wrt, grad(expression, list, options) as Variable[]);
  }
  const columns = list.map((variable) => byColumns(expression, variable, options));
  const others = list.filter((_, i) => columns[i] === undefined);
  const rest = others.length === 0 ? [] : byRows(expression, others, options);
  return likeWrt(wrt, columns.map((one) => one === undefined ? rest.shift()! : one));
}

/** The most elements of a variable that are moved one by one, which takes a pass for each. */
const FEW = 8;

/** The number of elements, where the type tells; null for others. */
function countOf({ type }: Variable): number | null {
  return type.shape.reduce<number | null>((n, m) => n === null || m === null ? null : n * m, 1);
}

/** The derivatives by few elements, of more, forwards; undefined for others. */
function byColumns(
  expression: Variable,
  variable: Variable,
  options: ResultOptions,
): Variable | null | undefined {
  const n = countOf(variable), all = countOf(expression);
  const isReal = [expression, variable].every(({ dtype }) => isFloat(dtype));
  if (!isReal || n === null || n === 0 || n > FEW || all !== null && all <= n) return undefined;
  const along = (step: Variable): Found => {
    const unit = castTo(eq(arange(n), step), variable.dtype);
    return pushForward([[variable, reshaped(unit, knownDims(variable))]], [expression])[0]!;
  };
  const first = along(intConstant(0));
  const dims = [...knownDims(expression), ...knownDims(variable)];
  if (!(first instanceof Variable)) {
    const [none] = finished([first], [variable], expression.label, options);
    return none ? stretched(none, dims) : null;
  }
  if (n === 1) return reshaped(castTo(first, variable.dtype), dims);
  const [rows] = stackedLoop(intConstant(n), n, (step) => [along(step) as Variable]);
  const turned = moved(rows!, [...expression.type.shape.map((_, axis) => axis + 1), 0]);
  return reshaped(castTo(turned, variable.dtype), dims);
}

/** The derivatives of the elements of an expression, one after the other. */
function byRows(
  expression: Variable,
  list: readonly Variable[],
  options: ResultOptions,
): (Variable | null)[] {
  // Rows are those of the expression as one vector.
  const vector = ravel(expression), length = shapeOf(vector, 0);
  const missing = new Set<number>();
  const row = (step: Variable): Variable[] => {
    const element = outputOf(subtensorOp, [vector, step], { index: [{ kind: "int" }] });
    const gradients: (Variable | null)[] = grad(element, list, {
      ...options,
      returnDisconnected: "none",
      addNames: false,
    });
    return gradients.flatMap((gradient, i) => {
      if (gradient === null) missing.add(i);
      return gradient === null ? [] : [gradient];
    });
  };
  const step = makeVariable(TensorType.of("int64", [])), rows = row(step);
  // With no variable left there is no loop.
  const all = rows.length === 0
    ? []
    : [...atOnce(rows, step, length) ?? stackedLoop(length, vector.type.shape[0]!, row)];
  return list.map((variable, i) => {
    const dims = [...knownDims(expression), ...knownDims(variable)];
    if (!missing.has(i)) return vector === expression ? all.shift()! : reshaped(all.shift()!, dims);
    if (options.returnDisconnected === "none") return null;
    return stretched(numberLike(variable, 0), dims);
  });
}

/**
 * The second derivatives of a scalar with respect to the elements of a variable: a tensor of the
 * variable's shape twice, which for a vector is the Hessian matrix. For several variables it is one for
 * each, without those between two of them. What does not depend on the variable is zero.
 *
 * Throws as `grad` does.
 *
 * @param cost A real scalar.
 * @param wrt The variable or variables, of any rank.
 * @param given What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { hessian, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), m = T.dmatrix("m");
 * const matrix = hessian(T.pow(x, 3).sum(), x); // 6x on the diagonal
 * const all = hessian(m.dot(m).sum(), m); // of rank 4
 * ```
 */
export function hessian<const W extends Wrt, const O extends ResultOptions = Record<never, never>>(
  cost: Variable,
  wrt: W,
  options?: O,
): HessianOf<W, O>;
export function hessian(cost: Variable, wrt: Wrt, given: ResultOptions = {}): unknown {
  const options = checkResultOptions(given);
  const list = wrtList(wrt);
  const gradients: (Variable | null)[] = grad(cost, list, { ...options, addNames: false });
  const matrices = gradients.map((gradient, i) =>
    gradient === null
      ? null
      : jacobian(gradient, list[i]!, { ...options, disconnectedInputs: "ignore" })
  );
  return likeWrt(wrt, matrices);
}
