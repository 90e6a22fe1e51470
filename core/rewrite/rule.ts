/**
 * Rewrite rules: named objects with a law in words, a root op, and a replacement.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import type { Variable } from "../variable.ts";

/** What a rule may ask about the whole graph. */
export interface RewriteContext {
  /** The applications that use a variable. Outputs of the graph count as one use more. */
  uses(variable: Variable): number;
  /** The applications that read a variable (empty for outputs nobody reads). */
  clients(variable: Variable): readonly Apply[];
}

/** One rewrite. */
export interface Rule {
  /** Unique, in kebab-case: `mul-one`. */
  readonly name: string;
  /** The law: `x * 1 -> x`. */
  readonly law: string;
  /** Names of the ops at the root of the pattern. */
  readonly roots: readonly string[];
  /** It may hide an error that the graph as written would have shown, such as a wrong shape. */
  readonly mayHideError?: boolean;
  /** It may change results where values are NaN or infinite. */
  readonly assumesFinite?: boolean;
  /**
   * The replacements of the outputs of `apply` (null for one that stays), or null when the rule does not
   * apply. A replacement has the dtype and rank of what it replaces.
   */
  rewrite(apply: Apply, context: RewriteContext): readonly (Variable | null)[] | Variable | null;
}

/** Rules that run together until none applies. */
export interface Phase {
  readonly name: string;
  readonly rules: readonly Rule[];
}
