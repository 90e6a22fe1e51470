/**
 * The rules of ops for tensors of which only the first rows along some axes count: what they may ask for.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { castTo } from "../../core/ops/common/build.ts";
import { mul } from "../../core/ops/elementwise/elementwise.ts";
import { asVariable } from "../../core/ops/common/literal.ts";
import { type Extent, isPadded, type IsSame, type Made, type Padded } from "../padded.ts";

/** What a rule may ask for. */
export interface PaddedStep {
  /** What was made of a variable. Throws where there is no number of rows. */
  of(variable: Variable): Made;
  /** The variable with the lengths that it should have. */
  plain(variable: Variable): Variable;
  /** Whether the value of a variable changes with the step. */
  varies(variable: Variable): boolean;
  /** The most that a length is in any step, or null. */
  most(length: Variable): Variable | null;
  readonly isSame: IsSame;
  /** How many rows of a trace its loop has computed, or null. */
  executed(variable: Variable): Variable | null;
}

export type PaddedRule = (apply: Apply, step: PaddedStep) => Made | readonly Made[] | null;
export type Extents = readonly (Extent | null)[];

export const actionOf = ({ output, op }: Apply) =>
  `Cannot apply "${output.written.call === "" ? op.name : output.written.call}"`;

export const int64 = (step: PaddedStep, variable: Variable) =>
  castTo(step.plain(variable), "int64");

/** The same of all rows: what does not count stays behind what does. */
export function first(apply: Apply, step: PaddedStep): Padded | null {
  const made = step.of(apply.inputs[0]!);
  return isPadded(made) ? made : null;
}

export const product = (list: readonly Variable[]): Variable =>
  list.reduce((a, b) => mul(a, b), asVariable(1, "int64"));
