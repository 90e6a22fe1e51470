/**
 * `Variable.eval`: compiling and calling in one step. Equal graphs are compiled once.
 *
 * @module
 */

import { HostArgument } from "./arguments.ts";
import { defaultDevice } from "./device.ts";
import { isDiscrete } from "../graph/dtype.ts";
import { checkInputs } from "./inputs.ts";
import { leafLike } from "./leaves.ts";
import { settings } from "../base/settings.ts";
import { structureText, typedText } from "../graph/structure.ts";
import { SharedVariable } from "./shared.ts";
import { exactValueText, sizeOf, toTypedArray } from "../graph/value.ts";
import type { Tensor } from "./tensor.ts";
import { applyOp, Constant, type Variable } from "../graph/graph.ts";
import { withOrigin } from "../graph/origin.ts";
import { compile } from "./function.ts";
import type { Givens } from "./updates.ts";
import { shown } from "../base/shown.ts";
import { toposort } from "../graph/walk.ts";

type Evaluator = (...values: unknown[]) => Tensor;

/** Larger constants of integers are taken for data; smaller ones may be shapes, which plans are made for. */
const MOST_INTEGERS = 64;

/** The value of a variable for given values of the variables that it depends on. */
export async function evaluate(variable: Variable, givens: Givens): Promise<Tensor> {
  const pairs = pairsOf(givens);
  const inputs = pairs.map(([input]) => input), values = pairs.map(([, value]) => value);
  checkInputs(inputs, `"eval"`);
  const { key, constants, shared } = partsOf(variable, inputs);
  try {
    const f = await evaluators.take(
      key,
      shared,
      () => compiled(...standingFor(variable, [...inputs, ...constants])),
    );
    const data = constants.map(({ value }) =>
      new HostArgument(value.dtype, value.shape, toTypedArray(value))
    );
    return f(...values, ...data);
  } catch {
    // What is wrong is said of the user's own variables.
    evaluators.delete(key);
    const f = await compiled(inputs, variable);
    return f(...values);
  }
}

async function compiled(
  inputs: readonly Variable[],
  output: Variable,
): Promise<Evaluator> {
  const options = { name: "eval", onUnusedInput: "ignore", allowInputDowncast: true } as const;
  return await compile(inputs, output, options) as unknown as Evaluator;
}

/** A constant that is not a part of the program but data for it. */
function isData({ ndim, dtype, value }: Constant): boolean {
  return ndim > 0 && sizeOf(value.shape) > (isDiscrete(dtype) ? MOST_INTEGERS : 1);
}

/** What tells functions for graphs apart, and what is left to tell a function that is the same. */
function partsOf(output: Variable, inputs: readonly Variable[]) {
  const known = new Map(
    inputs.map((input, i) => [input, typedText(`${i}${JSON.stringify(input.name)}`, input)]),
  );
  const constants: Constant[] = [], shared = new Set<SharedVariable>();
  const leafText = (leaf: Variable, isInside: boolean): string | null => {
    const given = known.get(leaf);
    if (given !== undefined) return given;
    if (leaf instanceof SharedVariable) {
      shared.add(leaf);
      return `s${leaf.id}`;
    }
    if (!(leaf instanceof Constant)) return leaf.owner === null ? `v${leaf.id}` : null;
    if (!isData(leaf)) return exactValueText(leaf.value);
    if (isInside) return `v${leaf.id}`;
    constants.push(leaf);
    const text = typedText(`c${constants.length}`, leaf);
    known.set(leaf, text);
    return text;
  };
  const texts: string[] = [defaultDevice(), settings.floatX, settings.blas];
  texts.push(structureText([output], leafText));
  // Default updates, which may need further shared variables: the set grows.
  for (const { id, defaultUpdate } of shared) {
    if (defaultUpdate === null) continue;
    texts.push(`s${id} =`, structureText([defaultUpdate], leafText, true));
  }
  return { key: texts.join("\n"), constants, shared: [...shared] };
}

/**
 * The same graph over leaves of its own, with these: a function that is kept must keep neither what the user
 * has computed them from nor their values.
 */
function standingFor(
  output: Variable,
  leaves: readonly Variable[],
): readonly [Variable[], Variable] {
  const own = leaves.map(leafLike);
  const made = new Map(leaves.map((leaf, i) => [leaf, own[i]!]));
  const order = toposort([output], (variable) => made.has(variable));
  withOrigin(() => {
    for (const { op, inputs, params, outputs } of order) {
      if (!inputs.some((input) => made.has(input))) continue;
      const { outputs: others } = applyOp(op, inputs.map((v) => made.get(v) ?? v), params);
      outputs.forEach((one, i) => made.has(one) || made.set(one, others[i]!));
    }
  });
  return [own, made.get(output) ?? output];
}

function pairsOf(givens: Givens): (readonly [Variable, unknown])[] {
  const given: unknown = givens;
  const pairs: readonly unknown[] | null = given instanceof Map
    ? [...given]
    : Array.isArray(given)
    ? Array.from(given)
    : null;
  const wrong = pairs === null ? given : pairs.find((pair) => !Array.isArray(pair));
  if (pairs === null || pairs.some((pair) => !Array.isArray(pair))) {
    throw new TypeError(
      `Cannot evaluate: expected pairs [variable, value] in a list or a Map, got ${shown(wrong)}`,
    );
  }
  return pairs as (readonly [Variable, unknown])[];
}

/** How many functions are kept; the one that was not used for longest goes first. */
const MOST = 128;

/** Functions that read the same shared variables. */
class Shelf<F> {
  readonly functions = new Map<string, F>();
  /** Those that read one more. */
  readonly more = new WeakMap<SharedVariable, Shelf<F>>();
}

/**
 * A bounded number of functions by key. A function refers to the shared variables it reads; it is kept by
 * these alone, so that it goes when one of them does, and none is there for its sake.
 */
export class EvalCache<F> {
  readonly #root = new Shelf<F>();
  /** By key, used last at the end. A shelf is gone with its shared variables. */
  readonly #recent = new Map<string, WeakRef<Shelf<F>>>();

  /** The function of a key, made if there is none; the key says which shared variables it reads. */
  take(key: string, shared: readonly SharedVariable[], make: () => F): F {
    let shelf = this.#root;
    for (const variable of shared) {
      let next = shelf.more.get(variable);
      if (next === undefined) shelf.more.set(variable, next = new Shelf());
      shelf = next;
    }
    let found = shelf.functions.get(key);
    if (found === undefined) shelf.functions.set(key, found = make());
    this.#recent.delete(key);
    this.#recent.set(key, new WeakRef(shelf));
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= MOST) break;
      this.delete(oldest);
    }
    return found;
  }

  /** Forgets a function. */
  delete(key: string): void {
    this.#recent.get(key)?.deref()?.functions.delete(key);
    this.#recent.delete(key);
  }
}

const evaluators = new EvalCache<Promise<Evaluator>>();
