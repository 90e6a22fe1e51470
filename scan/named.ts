/**
 * `scan` by names: sequences, carried values and results are properties, not places in lists.
 *
 * @module
 */

import type { DType } from "../core/graph/dtype.ts";
import { commaText, cut, shown } from "../core/base/shown.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import { Variable } from "../core/graph/graph.ts";
import {
  type OutputInfo,
  outputSpec,
  type SequenceInfo,
  sequenceSpec,
  stepsVariable,
} from "./arguments.ts";
import { buildScan, symbolic } from "./build.ts";
import {
  checkCheckpoint,
  expectTruncation,
  loopKinds,
  type LoopOptions,
  parseReturn,
  type ScanUpdates,
  type StepUpdates,
} from "./scan.ts";
import type { ElementOf, FixedOf, StateOf, TraceOf } from "./types.ts";
import type { Until } from "./until.ts";
import { checkOptions } from "../core/base/options.ts";

/** A sequence or a carried value inside a step: read at a tap. */
export class Tapped<D extends DType = DType, N extends number = number> {
  readonly #name: string;
  readonly #taps: readonly number[];
  readonly #variables: readonly Variable[];

  /**
   * Gathers the places of one sequence or carried value.
   *
   * @param name What messages call it.
   * @param taps The places it can be read at.
   * @param variables What is there.
   */
  constructor(name: string, taps: readonly number[], variables: readonly Variable[]) {
    this.#name = name;
    this.#taps = taps;
    this.#variables = variables;
  }

  /**
   * The value at a tap: `at(0)` is the element of this step, `at(-1)` the one before, `at(2)` the second
   * after it.
   *
   * Throws a RangeError for a tap that was not asked for.
   */
  at(tap: number): Variable<D, N> {
    const place = this.#taps.indexOf(tap);
    if (place < 0) {
      throw new RangeError(
        `Cannot read "${this.#name}" at tap ${tap}: its taps are [${this.#taps}]; add the tap where ` +
          `"${this.#name}" is given`,
      );
    }
    return this.#variables[place]! as Variable as Variable<D, N>;
  }
}

/** What a named scan runs over and carries. */
export interface NamedScanOptions<
  S extends Readonly<Record<string, TensorLike | SequenceInfo>>,
  C extends Readonly<Record<string, TensorLike | OutputInfo>>,
  F extends Readonly<Record<string, TensorLike>>,
> extends LoopOptions {
  /** What to run over, by name. */
  readonly sequences?: S;
  /** First values of what is fed back, by name; the step returns the new ones under the same names. */
  readonly carry?: C;
  /** Values that are the same at each step, by name. */
  readonly nonSequences?: F;
}

/** What a step gets. */
export type StepRecord<S, C, F> =
  & { readonly [K in keyof S]: TappedAs<ElementOf<S[K]>> }
  & { readonly [K in keyof C]: TappedAs<StateOf<C[K]>> }
  & { readonly [K in keyof F]: FixedOf<F[K]> };

/** What is read at taps as this variable. */
export type TappedAs<V extends Variable> = Tapped<V["dtype"], V["ndim"]>;

/** Results of a step by name; alone, or in a list with a condition or updates. */
export type NamedReturn<R extends Readonly<Record<string, Variable>>> =
  | R
  | readonly [R, ...(Until | StepUpdates)[]];

/** The results of all steps by name, each with a leading axis of steps. */
export type NamedResult<R> =
  & { readonly [K in keyof R]: TraceOf<R[K]> }
  & {
    /** New values of shared variables after the loop; pass them to `compile` as updates. */
    readonly updates: ScanUpdates;
  };

/** Builds a scan from named parts. */
export function namedScan<
  const S extends Readonly<Record<string, TensorLike | SequenceInfo>>,
  const C extends Readonly<Record<string, TensorLike | OutputInfo>>,
  const F extends Readonly<Record<string, TensorLike>>,
  R extends Readonly<Record<string, Variable>>,
>(
  options: NamedScanOptions<S, C, F>,
  fn: (record: StepRecord<S, C, F>) => NamedReturn<R>,
): NamedResult<R> {
  checkOptions<NamedScanOptions<S, C, F>>("Cannot build a scan", options, {
    ...loopKinds,
    sequences: "any",
    carry: "any",
    nonSequences: "any",
  });
  const label = options.name === undefined ? "scan" : `scan "${cut(options.name)}"`;
  checkCheckpoint(options.checkpoint, label);
  const sequences = entriesOf(options.sequences, "sequences", label);
  const carry = entriesOf(options.carry, "carry", label);
  const fixed = entriesOf(options.nonSequences, "nonSequences", label).map(([key, value]) =>
    [key, asVariable(value)] as const
  );
  checkNames([...sequences, ...carry, ...fixed].map(([key]) => key), label);
  const sequenceSpecs = sequences.map(([, value], i) => sequenceSpec(value, i));
  const carrySpecs = carry.map(([, value], i) => outputSpec(value, i));
  // How many results are not fed back is known when the step has run once.
  let keys: string[] = [];
  const step = (
    taps: readonly (readonly Variable[])[],
    states: readonly (readonly Variable[])[],
  ) => {
    const record: Record<string, Tapped | Variable> = Object.fromEntries(fixed);
    sequences.forEach(([key], i) =>
      record[key] = new Tapped(key, sequenceSpecs[i]!.taps, taps[i]!)
    );
    carry.forEach(([key], i) =>
      record[key] = new Tapped(key, carrySpecs[i]!.taps, states[i] ?? [])
    );
    const returned = fn(record as StepRecord<S, C, F>);
    const [named, ...rest] = Array.isArray(returned) ? returned : [returned];
    const results = checkResults(named, carry.map(([key]) => key), label);
    keys = Object.keys(results);
    const extra = parseReturn(rest.length === 0 ? null : rest, label);
    return { outputs: Object.values(results), updates: extra.updates, until: extra.until };
  };
  const built = buildScan({
    sequences: sequenceSpecs,
    outputs: carrySpecs,
    openOutputs: true,
    nonSequences: fixed.map(([, variable]) => variable),
    nSteps: stepsVariable(options.nSteps),
    goBackwards: options.goBackwards ?? false,
    truncateGradient: expectTruncation(options.truncateGradient ?? -1, label),
    strict: options.strict ?? false,
    name: options.name ?? null,
    strategy: options.strategy ?? null,
    checkpoint: options.checkpoint ?? null,
  }, ({ sequences: taps, states }) => step(taps, states));
  const result = Object.fromEntries(keys.map((key, i) => [key, built.outputs[i]!]));
  Object.defineProperty(result, "updates", { value: built.updates });
  return result as unknown as NamedResult<R>;
}

/** The fields of an option that names what it holds. */
function entriesOf<V>(
  named: Readonly<Record<string, V>> | null | undefined,
  option: string,
  label: string,
): [string, V][] {
  if (named === undefined || named === null) return [];
  if (typeof named === "object" && !Array.isArray(named) && !(named instanceof Variable)) {
    return Object.entries(named);
  }
  throw new TypeError(
    `Cannot build ${label}: expected "${option}" to be an object of names, got ${shown(named)}`,
  );
}

function checkNames(names: readonly string[], label: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(`Cannot build ${label}: two of its inputs are named "${twice}"`);
  }
}

/** The results with those that are fed back first. */
function checkResults(
  named: unknown,
  carried: readonly string[],
  label: string,
): Record<string, Variable> {
  if (typeof named !== "object" || named === null) {
    throw new TypeError(`Cannot build ${label}: the step must return an object of named results`);
  }
  const record = named as Record<string, unknown>;
  for (const key of carried) {
    if (!(key in record)) {
      throw new TypeError(
        `Cannot build ${label}: "${key}" is carried, so the step must return its new value; it returned ` +
          `${commaText(Object.keys(record).map((name) => cut(name))) || "nothing"}`,
      );
    }
  }
  if ("updates" in record) {
    throw new TypeError(`Cannot build ${label}: a result cannot be named "updates"`);
  }
  const rest = Object.keys(record).filter((key) => !carried.includes(key));
  return Object.fromEntries(
    [...carried, ...rest].map((key) => [key, symbolic(record[key], label)]),
  );
}
