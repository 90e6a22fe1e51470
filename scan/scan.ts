/**
 * The positional form of `scan`, as in Theano.
 *
 * @module
 */

import type { LoopStrategy } from "../core/ir/program.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import type { Variable } from "../core/graph/graph.ts";
import {
  asList,
  type OutputInfoLike,
  outputSpec,
  type SequenceLike,
  sequenceSpec,
  stepsVariable,
} from "./arguments.ts";
import { buildScan, symbolic, updateValue } from "./build.ts";
import type { StepResult } from "./request.ts";
import { Until } from "./until.ts";
import { cut, shown } from "../core/base/shown.ts";
import { checkOptions, type OptionKinds } from "../core/base/options.ts";

/** Updates that a step may return: a Map, or pairs in a list. */
export type StepUpdates =
  | ReadonlyMap<SharedVariable, TensorLike>
  | readonly (readonly [SharedVariable, TensorLike])[];

/** What a step may return: outputs, updates and a condition, alone or together in a list. */
export type StepReturn =
  | Variable
  | Until
  | StepUpdates
  | readonly unknown[]
  | null
  | undefined
  | void;

/** Options that all loops share. */
export interface LoopOptions {
  /** Number of steps: an integer, or an integer scalar. Default: as many as the shortest sequence allows. */
  readonly nSteps?: TensorLike;
  /** Run over the sequences from their ends; outputs are in the order of the steps. */
  readonly goBackwards?: boolean;
  /** Let the gradient go back this many steps from the end only; -1 for all. */
  readonly truncateGradient?: number;
  /** Every shared variable that the step uses must be listed in `nonSequences`. */
  readonly strict?: boolean;
  /** Label in profiles and messages. */
  readonly name?: string;
  /** For the gradient, keep every n-th state and compute the others again: n, or "sqrt" of the steps. */
  readonly checkpoint?: number | "sqrt";
  /**
   * How to run the loop on a GPU; default: what the planner finds best. "parallel" takes the steps in
   * pieces side by side, where they are associative in their state: sums, products, maxima, `a * s + b`.
   * Float products are taken so only when asked for, since a product of many factors can overflow
   * though no state does. A strategy that the step does not allow is a TypeError that says why.
   */
  readonly strategy?: LoopStrategy;
}

/** What the options of loops must be. */
export const loopKinds: OptionKinds<LoopOptions> = {
  nSteps: "any",
  goBackwards: "boolean",
  truncateGradient: "number",
  strict: "boolean",
  name: "string",
  checkpoint: "any",
  strategy: ["parallel", "lanes", "resident", "stepped"],
};

/** One sequence, or several. */
export type Sequences = SequenceLike | readonly SequenceLike[] | null;

/** What is known of one output, or of several. */
export type OutputsInfo = OutputInfoLike | readonly OutputInfoLike[];

/** One value that stays the same, or several. */
export type NonSequences = TensorLike | readonly TensorLike[] | null;

/** Options of `scan`. */
export interface ScanOptions<
  S extends Sequences = Sequences,
  I extends OutputsInfo = OutputsInfo,
  F extends NonSequences = NonSequences,
  W extends boolean = boolean,
> extends LoopOptions {
  /** What to run over: along the first axis, read at the step itself or at other taps. */
  readonly sequences?: S;
  /** For each output, the first value if it is fed back, or null. */
  readonly outputsInfo?: I;
  /** Values that are the same at each step; they come last among the arguments of the step. */
  readonly nonSequences?: F;
  /** Give outputs as a list, also a single one. */
  readonly returnList?: W;
}

/** The outputs of a scan: none, one, or a list. */
export type ScanResult = Variable | Variable[] | null;

/** New values of shared variables after the loop; pass them to `compile` as updates. */
export type ScanUpdates = Map<SharedVariable, Variable>;

/** Builds a scan in the positional form: see `scan`. */
export function positionalScan(
  fn: (...args: Variable[]) => StepReturn,
  options: ScanOptions = {},
): [ScanResult, ScanUpdates] {
  checkOptions<ScanOptions>("Cannot build a scan", options, {
    ...loopKinds,
    sequences: "any",
    outputsInfo: "any",
    nonSequences: "any",
    returnList: "boolean",
  });
  const label = options.name === undefined ? "scan" : `scan "${cut(options.name)}"`;
  const sequences = asList<SequenceLike>(options.sequences).map(sequenceSpec);
  const info = options.outputsInfo;
  const listed = info === undefined || info === null || Array.isArray(info) && info.length === 0
    ? null
    : asList<OutputInfoLike>(info as OutputInfoLike);
  checkCheckpoint(options.checkpoint, label);
  const nonSequences = asList<TensorLike>(options.nonSequences).map((value) => asVariable(value));
  const built = buildScan(
    {
      sequences,
      outputs: listed === null ? null : listed.map(outputSpec),
      nonSequences,
      nSteps: stepsVariable(options.nSteps),
      goBackwards: options.goBackwards ?? false,
      truncateGradient: expectTruncation(options.truncateGradient ?? -1, label),
      strict: options.strict ?? false,
      name: options.name ?? null,
      strategy: options.strategy ?? null,
      checkpoint: options.checkpoint ?? null,
    },
    ({ sequences: taps, states }) =>
      parseReturn(called(fn, [...taps.flat(), ...states.flat(), ...nonSequences], label), label),
  );
  return [pack(built.outputs, options.returnList ?? false), built.updates];
}

/** What a step returns; if it fails because it got fewer arguments than it takes, the error says so. */
function called(
  fn: (...args: Variable[]) => StepReturn,
  args: readonly Variable[],
  label: string,
): StepReturn {
  try {
    return fn(...args);
  } catch (error) {
    if (fn.length <= args.length || !(error instanceof TypeError)) throw error;
    throw new TypeError(
      `Cannot build ${label}: the step has ${fn.length} parameters and ${args.length} of them get values, one for ` +
        `each tap of a sequence, each tap of an output with a first value, and each non-sequence; a list of ` +
        `numbers is one value, so write [T.constant(0), T.constant(1)] for two`,
      { cause: error },
    );
  }
}

/** Checks the option `checkpoint`. */
export function checkCheckpoint(checkpoint: LoopOptions["checkpoint"], label: string): void {
  if (checkpoint === undefined || checkpoint === "sqrt") return;
  if (Number.isInteger(checkpoint) && checkpoint > 0) return;
  throw new RangeError(
    `Cannot build ${label}: checkpoint must be a positive integer or "sqrt", got ${
      shown(checkpoint)
    }`,
  );
}

/** Checks the option `truncateGradient`. */
export function expectTruncation(steps: number, label: string): number {
  if (Number.isInteger(steps) && steps >= -1) return steps;
  throw new RangeError(
    `Cannot build ${label}: truncateGradient must be a number of steps, or -1 for all, got ${steps}`,
  );
}

function pack(outputs: readonly Variable[], list: boolean): ScanResult {
  if (list) return [...outputs];
  return outputs.length === 0 ? null : outputs.length === 1 ? outputs[0]! : [...outputs];
}

function isUpdates(value: unknown): value is StepUpdates {
  if (value instanceof Map) return true;
  return Array.isArray(value) && value.length > 0 &&
    value.every((pair) =>
      Array.isArray(pair) && pair.length === 2 && pair[0] instanceof SharedVariable
    );
}

/** Lists of outputs, updates and pairs are nested no deeper than this. */
const DEEPEST = 8;

/** Tells outputs, updates and the condition apart, by their kinds. */
export function parseReturn(value: unknown, label: string): StepResult {
  const outputs: Variable[] = [];
  const updates = new Map<SharedVariable, Variable>();
  let until: Variable | null = null;
  const addUpdates = (pairs: StepUpdates) => {
    for (const [target, next] of pairs) {
      if (!(target instanceof SharedVariable)) {
        throw new TypeError(`Cannot build ${label}: the step updates something that is not shared`);
      }
      if (updates.has(target)) {
        throw new TypeError(`Cannot build ${label}: the step updates ${target.label} twice`);
      }
      const variable = updateValue(target, next);
      if (variable.dtype !== target.dtype || variable.ndim !== target.ndim) {
        throw new TypeError(
          `Cannot build ${label}: the update of ${target.label} must have type ${target.type}, and it has ` +
            `${variable.type}`,
        );
      }
      updates.set(target, variable);
    }
  };
  const add = (part: unknown, depth: number): void => {
    if (part instanceof Until) {
      if (until !== null) {
        throw new TypeError(`Cannot build ${label}: the step returned two conditions`);
      }
      until = part.condition;
    } else if (isUpdates(part)) addUpdates(part);
    else if (Array.isArray(part)) {
      if (depth === DEEPEST) {
        throw new TypeError(
          `Cannot build ${label}: the step returned lists nested more than ${DEEPEST} deep`,
        );
      }
      part.forEach((inner) => add(inner, depth + 1));
    } else outputs.push(symbolic(part, label));
  };
  if (value instanceof Until) {
    throw new TypeError(
      `Cannot build ${label}: the step returned a condition alone; return outputs or updates with it`,
    );
  }
  if (value === undefined) {
    throw new TypeError(
      `Cannot build ${label}: the step returned nothing; return its outputs, or null if it has none`,
    );
  }
  if (value !== null) add(value, 0);
  return { outputs, updates, until };
}
