/**
 * Parameters of models: shared variables in records and lists.
 *
 * @module
 */

import { type LeafKind, leavesOf, mapTree, type Tree, type TreeOf } from "../core/base/tree.ts";
import { shown } from "../core/base/shown.ts";
import { isFloat, type TypedArray } from "../core/graph/dtype.ts";
import { Variable } from "../core/graph/graph.ts";
import { dtypeInfo } from "../core/graph/dtype.ts";
import { sizeOf } from "../core/graph/value.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import { RandomStreams } from "../core/random/streams.ts";
import { shared, SharedVariable } from "../core/runtime/shared.ts";

/** Shared variables in records and lists: the parameters of a model. */
export type ParameterTree = Tree<SharedVariable>;

/** Variables in records and lists. */
export type VariableTree = Tree<Variable>;

const sharedVariables: LeafKind<SharedVariable> = {
  is: (value) => value instanceof SharedVariable,
  words: "shared variables",
};

const variables: LeafKind<Variable> = {
  is: (value) => value instanceof Variable,
  words: "variables",
};

/** What a record holds under this key is kept with a model, and no gradient is taken of it. */
const RUNNING = "running";

/** A parameter, and the keys and positions that lead to it. */
interface Parameter {
  /** Keys and positions, joined by dots. */
  readonly name: string;
  /** The shared variable. */
  readonly variable: SharedVariable;
}

/** The parameters that are trained. Throws a TypeError for what is no real floating shared variable. */
export function parametersOf(action: string, tree: ParameterTree): Parameter[] {
  const found = leavesOf(action, tree, sharedVariables)
    .filter(({ path }) => !path.includes(RUNNING))
    .map(({ path, leaf }) => ({ name: path.join("."), variable: leaf }));
  const seen = new Set<SharedVariable>();
  for (const { variable } of found) {
    if (!isFloat(variable.dtype)) {
      throw new TypeError(
        `${action}: expected real floating parameters, got ${variable.label} of ${variable.dtype}`,
      );
    }
    if (seen.has(variable)) throw new TypeError(`${action}: ${variable.label} is there twice`);
    seen.add(variable);
  }
  return found;
}

/**
 * The parameters of a model that are trained, in the order of reading: all shared variables in its records
 * and lists but those under a key `running`, as batch normalisation keeps.
 *
 * Throws a TypeError for parameters that are no real floating numbers, or are there twice.
 *
 * @param model Shared variables in records and lists.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const model = { out: { W: shared([[1]]), b: shared([0]) }, norm: { running: { mean: shared(0) } } };
 * console.assert(nn.trainable(model).length === 2);
 * ```
 */
export function trainable(model: ParameterTree): SharedVariable[] {
  return parametersOf("Cannot list parameters", model).map(({ variable }) => variable);
}

/** The variables of a tree, in the order of reading. */
export function variablesOf(action: string, tree: VariableTree): Variable[] {
  return leavesOf(action, tree, variables).map(({ leaf }) => leaf);
}

/**
 * The parameters of a layer by name, checked, as variables.
 *
 * Throws a TypeError that says which one is wrong.
 *
 * @param optional A name that may be missing.
 */
export function weightsOf<K extends string, O extends string = never>(
  action: string,
  p: Readonly<Record<K, Variable>> & { readonly [N in NoInfer<O>]?: Variable },
  names: readonly K[],
  optional?: O,
): Record<K, Variable> & Partial<Record<O, Variable>> {
  const parts = recordOf(action, p) as Readonly<Record<string, unknown>>;
  const made: Record<string, Variable> = {};
  for (const name of [...names, ...optional === undefined ? [] : [optional]]) {
    const part = parts[name];
    if (part instanceof Variable) made[name] = part;
    else if (part !== undefined) made[name] = numbersOf(`${action}: "${name}"`, part);
    else if (name !== optional) {
      throw new TypeError(
        `${action}: expected a variable called "${name}", got ${shown(Object.keys(p))}`,
      );
    }
  }
  return made as Record<K, Variable> & Partial<Record<O, Variable>>;
}

/** Numbers that stand in place of a variable. */
function numbersOf(what: string, part: unknown): Variable {
  try {
    return asVariable(part as TensorLike);
  } catch (cause) {
    throw new TypeError(`${what} must be a variable, got ${shown(part)}`, { cause });
  }
}

/** A record of parameters, or of layers. Throws a TypeError for anything else. */
export function recordOf<P extends object>(action: string, p: P): P {
  const given: unknown = p;
  if (typeof given === "object" && given !== null && !(given instanceof Variable)) return p;
  throw new TypeError(`${action}: expected its parameters in a record, got ${shown(given)}`);
}

/** Streams to draw from. Throws a TypeError for anything else. */
export function streamsOf(action: string, streams: RandomStreams): RandomStreams {
  if (streams instanceof RandomStreams) return streams;
  throw new TypeError(`${action}: expected random streams to draw from, got ${shown(streams)}`);
}

/** A tree of variables made of those of another. */
export function mapVariables<T extends VariableTree>(
  action: string,
  tree: T,
  change: (variable: Variable, index: number) => Variable,
): TreeOf<T, Variable, Variable> {
  let index = 0;
  const changed = mapTree(action, tree, variables, (one) => change(one, index++));
  return changed as TreeOf<T, Variable, Variable>;
}

/**
 * Shared variables of zeros with the dtypes and shapes that those of a tree have now, in the same records
 * and lists.
 *
 * @param tree Shared variables in records and lists, or one.
 *
 * @example
 * ```ts
 * import { nn, shared } from "@croton/croton";
 *
 * const velocity = nn.zerosLike({ W: shared(new Float32Array(6), { shape: [2, 3] }) });
 * console.assert(velocity.W.getValue().shape.join() === "2,3");
 * ```
 */
export function zerosLike<T extends ParameterTree>(
  tree: T,
): TreeOf<T, SharedVariable, SharedVariable> {
  const made = mapTree(
    "Cannot make zeros",
    tree,
    sharedVariables,
    (one) =>
      filled(one.dtype, one.container.shape, 0, one.name === null ? "" : `${one.name}.zeros`),
  );
  return made as TreeOf<T, SharedVariable, SharedVariable>;
}

/** A shared variable whose elements are all the same. */
export function filled(
  dtype: SharedVariable["dtype"],
  shape: readonly number[],
  value: number,
  name: string,
): SharedVariable {
  const data = dtypeInfo(dtype).array(sizeOf(shape));
  if (value !== 0) (data as Float32Array).fill(value);
  return shared<TypedArray, typeof dtype, readonly number[]>(data, {
    dtype,
    shape,
    borrow: true,
    ...(name === "" ? {} : { name }),
  });
}
