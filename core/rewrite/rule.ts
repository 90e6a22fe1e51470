/**
 * Rewrite rules: named objects with a law in words, the ops they look at, and a replacement.
 *
 * @module
 */

import type { Apply, Variable } from "../graph/graph.ts";

/** What a rule may ask about the whole graph. */
export interface RewriteContext {
  /**
   * How many applications use a variable. Outputs of the graph count as one use more, and what was
   * made by a rewrite just now may count as none.
   */
  uses(variable: Variable): number;
  /** The applications that read a variable (empty for outputs that nothing reads). */
  clients(variable: Variable): readonly Apply[];
  /** The applications of the graph as it was before this pass, inputs first. */
  readonly order: readonly Apply[];
}

/** What a rule gives: replacements of all outputs (null for one that stays), of the first, or none. */
export type Rewritten = readonly (Variable | null)[] | Variable | null;

/** One rewrite. */
export interface Rule {
  /** Unique, in kebab-case: `mul-one`. */
  readonly name: string;
  /** The law: `x * 1 -> x`. */
  readonly law: string;
  /** Names of the ops whose applications it looks at; `*` for any op. */
  readonly ops: readonly string[];
  /** It may hide an error that the graph as written would have shown, such as a wrong shape. */
  readonly mayHideError?: boolean;
  /** It may change results where values are NaN or infinite, or where a divisor is 0. */
  readonly assumesFinite?: boolean;
  /** It gives a value where the graph as written overflows, is NaN or loses its digits. */
  readonly stabilises?: boolean;
  /** It runs only in a mode that includes it by its name. */
  readonly isOptional?: boolean;
  /** It applies the rules of the mode to the graph inside of an op, and so belongs to every mode. */
  readonly isInner?: boolean;
  /**
   * The replacements of the outputs of `apply` (null for one that stays), or null when the rule does not
   * apply. A replacement has the dtype, the rank and the shape of what it replaces, and does not contain
   * it.
   */
  rewrite(apply: Apply, context: RewriteContext): Rewritten;
}

/** Rules that run together until none applies. */
export interface Phase {
  readonly name: string;
  readonly rules: readonly Rule[];
}
