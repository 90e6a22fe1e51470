/**
 * Updates and givens in the forms that users write them.
 *
 * @module
 */

import { ancestors, graphInputs, toposort } from "../graph/walk.ts";
import { asVariable, type TensorLike } from "../ops/common/literal.ts";
import { SharedVariable } from "./shared.ts";
import { isRecord } from "../base/options.ts";
import { shown } from "../base/shown.ts";
import { Variable } from "../graph/graph.ts";

/** One update: the shared variable and its new value. */
export type UpdatePair = readonly [SharedVariable, TensorLike];

/** Updates: pairs in a list or a Map, or an object whose values are pairs. */
export type Updates =
  | readonly UpdatePair[]
  | ReadonlyMap<SharedVariable, TensorLike>
  | Readonly<Record<string, UpdatePair>>;

/** Replacements: pairs in a list or a Map. */
export type Givens =
  | readonly (readonly [Variable, TensorLike])[]
  | ReadonlyMap<Variable, TensorLike>;

/** The pairs of updates, checked: targets are shared and differ, new values have the same type. */
export function checkUpdates(
  updates: Updates | undefined,
  what: string,
): [SharedVariable, Variable][] {
  if (updates === undefined) return [];
  const given: unknown = updates;
  if (
    typeof given !== "object" || given === null ||
    !(Array.isArray(given) || given instanceof Map || isRecord(given))
  ) {
    throw new TypeError(
      `Cannot compile ${what}: updates are pairs in a list, a Map or an object, got ${
        shown(updates)
      }`,
    );
  }
  const pairs: readonly unknown[] = updates instanceof Map
    ? [...updates]
    : Array.isArray(updates)
    ? Array.from(updates)
    : Object.values(updates);
  const seen = new Set<SharedVariable>();
  return pairs.map((pair, i): [SharedVariable, Variable] => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError(
        `Cannot compile ${what}: update ${i} is not a pair [shared variable, new value]`,
      );
    }
    const [target, expression] = pair as [unknown, TensorLike];
    if (!(target instanceof SharedVariable)) {
      throw new TypeError(
        `Cannot compile ${what}: only shared variables can be updated, and update ${i} is of ${
          shown(target)
        }`,
      );
    }
    if (seen.has(target)) {
      throw new TypeError(`Cannot compile ${what}: ${target.label} has two updates`);
    }
    seen.add(target);
    return [target, checkUpdate(target, asVariable(expression, target.dtype), what)];
  });
}

/** Checks that a new value has the type of the shared variable. Constants are converted. */
function checkUpdate(target: SharedVariable, value: Variable, what: string): Variable {
  if (value.dtype === target.dtype && value.ndim === target.ndim) return value;
  const advice = value.dtype !== target.dtype && value.ndim === target.ndim
    ? `: convert it, as in value.astype("${target.dtype}")`
    : ": updates must keep the rank";
  throw new TypeError(
    `Cannot compile ${what}: the update of ${target.label} must have type ${target.type}, and it has ` +
      `${value.type}${advice}`,
  );
}

/**
 * Variables and what stands for each, in a list of pairs or a Map. Throws a TypeError for anything else.
 *
 * @param what How the message starts, as in "Cannot compile f: givens".
 */
export function replacementPairs(given: unknown, what: string): [Variable, unknown][] {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
    throw new TypeError(`${what} are pairs in a list or a Map, got ${shown(given)}`);
  }
  return Array.from(given as Iterable<unknown>, (pair): [Variable, unknown] => {
    if (Array.isArray(pair) && pair.length === 2 && pair[0] instanceof Variable) {
      return [pair[0], pair[1]];
    }
    throw new TypeError(`${what} are pairs [variable, replacement], got ${shown(pair)}`);
  });
}

/** The replacements of givens, checked. */
export function checkGivens(
  givens: Givens | undefined,
  inputs: readonly Variable[],
  what: string,
): Map<Variable, Variable> {
  const replacements = new Map<Variable, Variable>();
  if (givens === undefined) return replacements;
  for (const [old, given] of replacementPairs(givens, `Cannot compile ${what}: givens`)) {
    const fresh = asVariable(given as TensorLike, old.dtype);
    if (fresh.dtype !== old.dtype || fresh.ndim !== old.ndim) {
      throw new TypeError(
        `Cannot compile ${what}: the replacement of ${old.label} must have type ${old.type}, and it has ` +
          `${fresh.type}`,
      );
    }
    if (inputs.includes(old)) {
      throw new TypeError(
        `Cannot compile ${what}: ${old.label} is an input, so "givens" cannot replace it`,
      );
    }
    if (replacements.has(old)) {
      throw new TypeError(`Cannot compile ${what}: "givens" replaces ${old.label} twice`);
    }
    replacements.set(old, fresh);
  }
  for (const [old, fresh] of replacements) {
    for (const part of ancestors([fresh])) {
      if (!replacements.has(part)) continue;
      const self = part === old ? "itself" : `${part.label}, which is replaced, too`;
      throw new TypeError(
        `Cannot compile ${what}: the replacement of ${old.label} depends on ${self}`,
      );
    }
  }
  return replacements;
}

/** What decides which default updates a function applies. */
interface DefaultUpdateRequest {
  /** Variables that have an update already. */
  readonly targets: readonly SharedVariable[];
  /** Leave out all default updates, or these. */
  readonly suppressed: boolean | readonly SharedVariable[];
  /** Variables that something else stands for. */
  readonly replaced: ReadonlySet<Variable>;
  /** Puts what was given in the place of variables. */
  substitute(graph: readonly Variable[]): Variable[];
  readonly what: string;
}

/**
 * The default updates of the shared variables that a graph reads, also through other updates. The graph
 * is that after replacing: what is replaced is not read, and so not advanced.
 */
export function defaultUpdates(
  graph: readonly Variable[],
  { targets, suppressed, replaced, substitute, what }: DefaultUpdateRequest,
): [SharedVariable, Variable][] {
  if (suppressed === true) return [];
  const done = new Set([...targets, ...suppressed === false ? [] : suppressed]);
  const all: [SharedVariable, Variable][] = [];
  // Generators drawn from inside a loop advance as the loop leaves them.
  for (const apply of toposort(graph)) {
    for (const [target, value] of apply.op.implicitUpdates?.(apply) ?? []) {
      if (done.has(target) || replaced.has(target)) continue;
      done.add(target);
      all.push([target, value]);
    }
  }
  let frontier: Variable[] = [...graph, ...all.map(([, value]) => value)];
  while (frontier.length > 0) {
    const next: Variable[] = [];
    for (const leaf of graphInputs(frontier)) {
      if (!(leaf instanceof SharedVariable) || done.has(leaf)) continue;
      if (leaf.defaultUpdate === null) continue;
      done.add(leaf);
      const [value] = substitute([checkUpdate(leaf, leaf.defaultUpdate, what)]);
      all.push([leaf, value!]);
      next.push(value!);
    }
    frontier = next;
  }
  return all;
}
